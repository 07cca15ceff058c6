//! "Annually" and its like: a window in which something must happen at least once, not an instant that repeats.
//! Every window is derived from the anchor, never from the window before, so that month ends do not drift.

use chrono::{Datelike, NaiveDate};

use super::period::Period;
use super::span::Span;

/// A lawful way to read how often something is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Once in each calendar year, half-year, quarter or month.
    CalendarPeriod,
    /// Within the period after the last time; the first time within the period after coming into effect.
    Rolling,
}

impl Reading {
    /// The reading of that name. A year's readings may be called by their own names.
    pub fn named(name: &str) -> Option<Reading> {
        match name {
            "calendar-period" | "calendar-year" => Some(Reading::CalendarPeriod),
            "rolling" | "twelve-months" => Some(Reading::Rolling),
            _ => None,
        }
    }

    /// The name under which it is chosen.
    pub fn name(self, every: Period) -> &'static str {
        match (self, every.months() == 12 && every.days() == 0) {
            (Reading::CalendarPeriod, true) => "calendar-year",
            (Reading::CalendarPeriod, false) => "calendar-period",
            (Reading::Rolling, true) => "twelve-months",
            (Reading::Rolling, false) => "rolling",
        }
    }
}

/// One window and the date by which each reading wants it met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// Name of the window: `2026`, or its last day.
    pub key: String,
    /// First and last day of the window.
    pub window: Span,
    /// By when, reading by reading.
    pub due: Vec<(Reading, Span)>,
    /// What happened in it, by place in the list handed in; the first one meets it.
    pub met_by: Option<usize>,
    /// What may have happened in it or in its neighbour.
    pub maybe_met_by: Option<usize>,
    /// What it rests on beside: the last time before it, from which the rolling reading counts, and for one that has not begun what met
    /// the one before.
    pub rests_on: Vec<usize>,
}

impl Cycle {
    /// The earliest and the latest day over all readings.
    pub fn due_over_readings(&self) -> Span {
        self.due.iter().map(|(_, span)| *span).reduce(Span::hull).unwrap_or(self.window)
    }
}

/// More windows than any agreement has: thirty years of days, ten thousand years of years.
pub const MOST_WINDOWS: u32 = 10_000;

/// The windows that had begun by `until`, and the one after a last one that is met.
///
/// `since` is when the commitment came into effect; `happened` are the times it was done, each as precisely as is known.
/// A period that fits the calendar (months that divide a year, or whole years) has both readings, any other only its schedule.
/// No windows when the period is past the calendar.
pub fn cycles(every: Period, since: Span, readings: &[Reading], happened: &[Span], until: NaiveDate) -> Vec<Cycle> {
    cycles_counted(every, since, readings, happened, until, &|_, _| None)
}

/// The same, where somebody may have said for which windows a time counts: `counts` is asked for a window by its key and for a time by
/// its place. Where nothing was said it counts for the window in which it lies.
pub fn cycles_counted(
    every: Period,
    since: Span,
    readings: &[Reading],
    happened: &[Span],
    until: NaiveDate,
    counts: &dyn Fn(&str, usize) -> Option<bool>,
) -> Vec<Cycle> {
    let mut cycles = Vec::new();
    let mut place = 0;
    while let Some(window) = window(every, since, place).filter(|_| place < MOST_WINDOWS) {
        let is_next = until < window.earliest;
        if is_next && cycles.last().is_none_or(|last: &Cycle| last.met_by.is_none()) && !cycles.is_empty() {
            break;
        }
        let before = cycles.last().and_then(|last: &Cycle| last.met_by);
        cycles.push(cycle(every, since, readings, happened, window, counts));
        if is_next {
            let next = cycles.last_mut().into_iter();
            next.for_each(|next| next.rests_on.extend(before.filter(|place| !next.rests_on.contains(place))));
            break;
        }
        place += 1;
    }
    cycles
}

fn cycle(
    every: Period,
    since: Span,
    readings: &[Reading],
    happened: &[Span],
    window: Span,
    counts: &dyn Fn(&str, usize) -> Option<bool>,
) -> Cycle {
    let inside = |span: &Span| window.earliest <= span.earliest && span.latest <= window.latest;
    let touches = |span: &Span| span.earliest <= window.latest && window.earliest <= span.latest;
    let due = if fits_the_calendar(every) {
        readings.iter().map(|reading| (*reading, due(*reading, every, since, happened, window))).collect()
    } else {
        vec![(Reading::Rolling, Span::day(window.latest))]
    };
    let key = if every == Period::of_months(12) { window.latest.year().to_string() } else { window.latest.to_string() };
    let counts_from_last = fits_the_calendar(every) && readings.contains(&Reading::Rolling);
    let rests_on = last_before(happened, window).filter(|_| counts_from_last).into_iter().collect();
    let first = |lies: &dyn Fn(&Span) -> bool| {
        happened.iter().enumerate().position(|(place, span)| counts(&key, place).unwrap_or_else(|| lies(span)))
    };
    let met_by = first(&inside);
    let maybe_met_by = if met_by.is_some() { None } else { first(&touches) };
    Cycle { key, window, due, met_by, maybe_met_by, rests_on }
}

fn due(reading: Reading, every: Period, since: Span, happened: &[Span], window: Span) -> Span {
    match reading {
        Reading::CalendarPeriod => Span::day(window.latest),
        Reading::Rolling => {
            let anchor = last_before(happened, window).map_or(since, |place| happened[place]);
            rolled_into(window, anchor, every)
        }
    }
}

/// The last of what happened before a window.
fn last_before(happened: &[Span], window: Span) -> Option<usize> {
    (0..happened.len()).filter(|place| happened[*place].latest < window.earliest).max_by_key(|place| happened[*place].latest)
}

/// The corresponding day of the anchor that falls in the window; the whole window if the anchor is too vague for one.
fn rolled_into(window: Span, anchor: Span, every: Period) -> Span {
    let roll = |from: NaiveDate| {
        let between = months_of(window.earliest) - months_of(from);
        let step = i64::from(every.months());
        let turns = (between.max(1) + step - 1) / step;
        let after = |turns: i64| {
            let months = u32::try_from(turns * step).ok()?;
            Period::of_months(months).after(from)
        };
        // From the first day of a window the period leads to the first day of the next, and belongs to the one it began in.
        after(turns).filter(|day| window.earliest < *day).or_else(|| after(turns + 1))
    };
    let last = window.latest.succ_opt().unwrap_or(window.latest);
    match (roll(anchor.earliest), roll(anchor.latest)) {
        (Some(earliest), Some(latest)) if earliest <= latest && window.earliest < earliest && latest <= last => {
            Span { earliest, latest }
        }
        _ => window,
    }
}

fn months_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// Months that divide a year, or whole years: only these have a calendar period of their own.
pub fn fits_the_calendar(every: Period) -> bool {
    let months = every.months();
    every.days() == 0 && months > 0 && (12 % months == 0 || months.is_multiple_of(12))
}

/// Window number `place`. On the calendar the first begins with the first whole calendar period after coming into effect;
/// otherwise it begins the day after coming into effect, or after the latest day that could be.
fn window(every: Period, since: Span, place: u32) -> Option<Span> {
    if fits_the_calendar(every) {
        let step = i64::from(every.months().min(12));
        let begun = months_of(since.latest) + i64::from(since.latest.day() > 1);
        let first = (begun + step - 1).div_euclid(step) * step;
        let start = first + i64::from(place) * i64::from(every.months());
        let earliest = first_of_month(start)?;
        let latest = first_of_month(start + i64::from(every.months()))?.pred_opt()?;
        return Some(Span { earliest, latest });
    }
    let times = |turns: u32| every.times(turns)?.after(since.latest);
    Some(Span { earliest: times(place)?.succ_opt()?, latest: times(place.checked_add(1)?)? })
}

fn first_of_month(months: i64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(months.div_euclid(12)).ok()?, months.rem_euclid(12) as u32 + 1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Reading; 2] = [Reading::CalendarPeriod, Reading::Rolling];

    fn span(text: &str) -> Span {
        let (earliest, latest) = text.parse::<events::DateSpec>().unwrap().bounds().unwrap();
        Span { earliest, latest }
    }

    fn told(every: &str, since: &str, happened: &[&str], until: &str) -> Vec<String> {
        let happened: Vec<Span> = happened.iter().map(|text| span(text)).collect();
        cycles(every.parse().unwrap(), span(since), &BOTH, &happened, until.parse().unwrap())
            .iter()
            .map(|cycle| {
                let met = match (cycle.met_by, cycle.maybe_met_by) {
                    (Some(place), _) => format!("met by {}", happened[place].words()),
                    (None, Some(_)) => "perhaps met".into(),
                    (None, None) => "open".into(),
                };
                format!("{} due {}: {met}", cycle.key, cycle.due_over_readings().words())
            })
            .collect()
    }

    #[test]
    fn annually_without_a_meeting_has_one_window_a_year_and_two_dates_in_each() {
        assert_eq!(
            told("1 year", "2023-11-22", &[], "2026-11-21"),
            [
                "2024 due between 2024-11-22 and 2024-12-31: open",
                "2025 due between 2025-11-22 and 2025-12-31: open",
                "2026 due between 2026-11-22 and 2026-12-31: open",
            ]
        );
    }

    #[test]
    fn a_meeting_moves_the_rolling_date_of_the_next_window_and_shows_it() {
        assert_eq!(
            told("1 year", "2023-11-22", &["2024-06-10"], "2024-12-01"),
            ["2024 due between 2024-11-22 and 2024-12-31: met by 2024-06-10", "2025 due between 2025-06-10 and 2025-12-31: open"]
        );
    }

    #[test]
    fn twelve_months_from_the_first_of_january_end_a_day_after_the_year() {
        assert_eq!(
            told("1 year", "2024-01-01", &[], "2025-02-01"),
            ["2024 due between 2024-12-31 and 2025-01-01: open", "2025 due between 2025-12-31 and 2026-01-01: open",]
        );
    }

    #[test]
    fn one_meeting_meets_one_window_and_missed_ones_stay() {
        let lines = told("1 year", "2022-11-28", &["2024-03-26"], "2026-01-01");
        assert_eq!(lines.iter().filter(|line| line.contains("met by")).count(), 1);
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn a_meeting_on_an_unknown_day_across_two_years_meets_neither_for_sure() {
        assert_eq!(
            told("1 year", "2022", &["2023-10/2024-02"], "2024-06-01"),
            [
                "2023 due between 2023-01-01 and 2023-12-31: perhaps met",
                "2024 due between 2024-01-01 and 2024-12-31: perhaps met"
            ]
        );
    }

    #[test]
    fn half_years_quarters_and_odd_periods_have_their_windows() {
        assert_eq!(told("6 months", "2024-03-15", &[], "2024-09-01"), ["2024-12-31 due between 2024-09-15 and 2024-12-31: open"]);
        assert_eq!(
            told("90 days", "2024-01-01", &[], "2024-04-01"),
            ["2024-03-31 due 2024-03-31: open", "2024-06-29 due 2024-06-29: open",]
        );
        assert_eq!(
            told("2 years", "2023-11-22", &[], "2026-02-01"),
            ["2025-12-31 due between 2025-11-22 and 2025-12-31: open", "2027-12-31 due between 2027-11-22 and 2027-12-31: open",]
        );
    }

    proptest::proptest! {
        #[test]
        fn every_reading_of_a_window_lies_in_the_window_or_on_the_day_after(year in 1990i32..2090, ordinal in 1u32..366, months in proptest::sample::select(vec![1u32, 2, 3, 4, 6, 12, 24, 36])) {
            let since = Span::day(NaiveDate::from_yo_opt(year, ordinal).unwrap());
            let until = since.latest + chrono::Duration::days(4000);
            for cycle in cycles(Period::of_months(months), since, &BOTH, &[], until) {
                let due = cycle.due_over_readings();
                assert!(cycle.window.earliest <= due.earliest && due.latest <= cycle.window.latest.succ_opt().unwrap(), "{cycle:?}");
            }
        }
    }
}
