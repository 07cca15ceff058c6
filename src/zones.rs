//! Whose day it is: when a day ends in one place, and what the clocks of the others then say.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use rules::register::Agreement;
use rules::time::Span;

/// Somebody with a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// A party's id, or `the agreement` for the zone that it names.
    pub who: String,
    /// Its zone.
    pub zone: Tz,
}

/// When a day ends in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayEnd {
    /// Where.
    pub place: Place,
    /// The instant at which the next day begins there.
    pub at: DateTime<Utc>,
    /// What the clocks of the other places then say: `2026-08-31 23:00`.
    pub elsewhere: Vec<(Place, String)>,
}

/// Whoever has a clock of its own: the parties, and the agreement where it names a zone that no party has.
pub fn places(agreement: &Agreement) -> Vec<Place> {
    let about = agreement.about();
    let place = |who: &str, zone: &Option<String>| Some(Place { who: who.into(), zone: zone.as_ref()?.parse().ok()? });
    let mut places: Vec<Place> = about.parties.iter().filter_map(|party| place(&party.id, &party.zone)).collect();
    let own = place("the agreement", &about.zone).filter(|own| places.iter().all(|known| known.zone != own.zone));
    places.extend(own);
    places
}

/// The end of a day in each place, the first to come first. Places of one zone are told once each, and not against each other.
pub fn day_ends(day: NaiveDate, places: &[Place]) -> Vec<DayEnd> {
    let end = |place: &Place| {
        let at = midnight(day.checked_add_days(Days::new(1))?, place.zone)?;
        let others = places.iter().filter(|other| other.zone != place.zone);
        let elsewhere = others.map(|other| (other.clone(), clock(at, other.zone))).collect();
        Some(DayEnd { place: place.clone(), at, elsewhere })
    };
    let mut ends: Vec<DayEnd> = places.iter().filter_map(end).collect();
    ends.sort_by_key(|end| end.at);
    ends
}

/// The day that it is at an instant: one, or where the clocks of the places do not agree, the days between. An instant by itself has
/// the day of the clock it was written by.
pub fn days_of(instant: DateTime<FixedOffset>, places: &[Place]) -> Span {
    let days = places.iter().map(|place| instant.with_timezone(&place.zone).date_naive());
    days.map(Span::day).reduce(Span::hull).unwrap_or_else(|| Span::day(instant.date_naive()))
}

/// The first instant of a day in a zone. Where a clock is put forward over midnight, the day begins later; where it is put back, earlier.
fn midnight(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let local = day.and_time(NaiveTime::MIN);
    let found = (0..24).find_map(|hour| zone.from_local_datetime(&(local + TimeDelta::hours(hour))).earliest())?;
    Some(found.with_timezone(&Utc))
}

/// A clock's face: the end of a day is that day's 24:00.
fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone).naive_local();
    match (local.time() == NaiveTime::MIN, local.date().pred_opt()) {
        (true, Some(before)) => format!("{before} 24:00"),
        _ => local.format("%Y-%m-%d %H:%M").to_string(),
    }
}

impl DayEnd {
    /// `+09:00`.
    pub fn offset(&self) -> String {
        self.at.with_timezone(&self.place.zone).offset().fix().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(day: &str, zones: &[&str]) -> Vec<String> {
        let places: Vec<Place> = zones.iter().map(|zone| Place { who: (*zone).into(), zone: zone.parse().unwrap() }).collect();
        day_ends(day.parse().unwrap(), &places)
            .iter()
            .flat_map(|end| {
                end.elsewhere.iter().map(|(other, clock)| format!("{} ends at {clock} in {}", end.place.who, other.who))
            })
            .collect()
    }

    #[test]
    fn the_end_of_a_day_in_seoul_is_an_hour_before_it_in_singapore() {
        assert_eq!(
            told("2026-08-31", &["Asia/Singapore", "Asia/Seoul"]),
            ["Asia/Seoul ends at 2026-08-31 23:00 in Asia/Singapore", "Asia/Singapore ends at 2026-09-01 01:00 in Asia/Seoul"]
        );
    }

    #[test]
    fn midnight_in_brussels_on_29_march_2019_is_eleven_in_london() {
        // The two years of TEU 50 were over at midnight in Brussels (worked example).
        assert_eq!(
            told("2019-03-29", &["Europe/Brussels", "Europe/London"]),
            [
                "Europe/Brussels ends at 2019-03-29 23:00 in Europe/London",
                "Europe/London ends at 2019-03-30 01:00 in Europe/Brussels"
            ]
        );
    }

    #[test]
    fn a_day_that_begins_after_midnight_ends_the_one_before_at_its_beginning() {
        // In 2018 São Paulo put its clocks forward at midnight: 4 November began at 01:00.
        assert_eq!(told("2018-11-03", &["America/Sao_Paulo", "UTC"])[1], "America/Sao_Paulo ends at 2018-11-04 03:00 in UTC");
    }
}
