//! How an agreement counts a period from a day: plainly, by the corresponding date. The regimes of `regime.rs` are for whoever computes;
//! an agreement names its own way of counting, which is shown with each date it gives.

use chrono::{Days, Months, NaiveDate, TimeDelta};

use super::period::Period;

/// How an agreement counts its periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reckoning {
    /// The day of the event is not counted; months end on the day of the same number, or on the last day of a month that lacks it;
    /// nothing rolls for weekends or holidays.
    CorrespondingDate,
}

/// Days from the earliest to the latest that a date could be; a known date has both ends on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Earliest day.
    pub earliest: NaiveDate,
    /// Latest day, not before the earliest.
    pub latest: NaiveDate,
}

impl Span {
    /// A single day.
    pub fn day(day: NaiveDate) -> Self {
        Span { earliest: day, latest: day }
    }

    /// The smallest span that holds both.
    pub fn hull(self, other: Span) -> Span {
        Span { earliest: self.earliest.min(other.earliest), latest: self.latest.max(other.latest) }
    }

    /// `2027-02-28`, `between 2026-11-22 and 2026-12-31`, or `by 2021-12-15` where nothing bounds the beginning.
    pub fn words(self) -> String {
        if self.earliest == self.latest {
            self.earliest.to_string()
        } else if self.earliest == NaiveDate::MIN {
            format!("by {}", self.latest)
        } else if self.latest == NaiveDate::MAX {
            format!("no earlier than {}", self.earliest)
        } else {
            format!("between {} and {}", self.earliest, self.latest)
        }
    }
}

impl Reckoning {
    /// The ids that an agreement may name.
    pub const KNOWN: [&str; 1] = ["corresponding-date"];

    /// The regime of that id.
    pub fn named(id: &str) -> Option<Reckoning> {
        (id == "corresponding-date").then_some(Reckoning::CorrespondingDate)
    }

    /// Its id.
    pub fn id(self) -> &'static str {
        match self {
            Reckoning::CorrespondingDate => "corresponding-date",
        }
    }

    /// The day on which a period from `from` ends. `None` past the calendar's end.
    ///
    /// Adding a month is not reversible: 31 January and a month is 28 February, and 28 February less a month is 28 January.
    pub fn forward(self, from: NaiveDate, period: Period) -> Option<NaiveDate> {
        match self {
            Reckoning::CorrespondingDate => {
                from.checked_add_months(Months::new(period.months()))?.checked_add_days(Days::new(period.days().into()))
            }
        }
    }

    /// The last day from which a period, counted forward, ends by `end`: a search, not a subtraction. Six months end by
    /// 28 February if they begin by 31 August, though counting back gives the 28th. `None` before the calendar's beginning.
    pub fn backward(self, end: NaiveDate, period: Period) -> Option<NaiveDate> {
        let subtracted =
            end.checked_sub_days(Days::new(period.days().into()))?.checked_sub_months(Months::new(period.months()))?;
        // A month end moves the answer by three days at most.
        let candidates = (-4i64..=4).rev().filter_map(|days| subtracted.checked_add_signed(TimeDelta::days(days)));
        candidates.into_iter().find(|day| self.forward(*day, period).is_some_and(|last| last <= end))
    }

    /// Both ends of a span, counted forward: a day inside the one gives a day inside the other.
    pub fn forward_span(self, from: Span, period: Period) -> Option<Span> {
        Some(Span { earliest: self.forward(from.earliest, period)?, latest: self.forward(from.latest, period)? })
    }

    /// Both ends of a span, counted backward.
    pub fn backward_span(self, from: Span, period: Period) -> Option<Span> {
        Some(Span { earliest: self.backward(from.earliest, period)?, latest: self.backward(from.latest, period)? })
    }

    /// The step as an officer reads it.
    pub fn step(self, from: NaiveDate, period: Period) -> String {
        let Some(to) = self.forward(from, period) else { return format!("{from} and {period} is past the calendar") };
        let missing = period.days() == 0 && chrono::Datelike::day(&to) != chrono::Datelike::day(&from);
        let why = if missing { ", the last day of a month without a day of that number" } else { "" };
        format!("{from} and {period} is {to}{why} (regime {})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn six_months_from_31_august_end_on_28_february() {
        let end = Reckoning::CorrespondingDate.forward(day("2026-08-31"), Period::of_months(6));
        assert_eq!(end, Some(day("2027-02-28")));
    }

    #[test]
    fn the_last_day_for_six_months_to_28_february_is_31_august() {
        let last = Reckoning::CorrespondingDate.backward(day("2027-02-28"), Period::of_months(6));
        assert_eq!(last, Some(day("2026-08-31")));
    }

    #[test]
    fn it_agrees_with_jiff_on_every_day_from_1990_to_2100_and_1_to_60_months() {
        let mut from = day("1990-01-01");
        while from < day("2101-01-01") {
            let oracle: jiff::civil::Date = from.to_string().parse().unwrap();
            for months in [1, 2, 3, 5, 6, 9, 12, 13, 18, 24, 36, 48, 59, 60] {
                let ours = Reckoning::CorrespondingDate.forward(from, Period::of_months(months)).unwrap();
                let theirs = oracle.checked_add(jiff::Span::new().months(months)).unwrap();
                assert_eq!(ours.to_string(), theirs.to_string(), "{from} + {months} months");
            }
            from = from.succ_opt().unwrap();
        }
    }

    proptest::proptest! {
        #[test]
        fn the_last_day_to_begin_is_in_time_and_the_next_day_is_not(offset in 0i64..60_000, months in 0u32..61, days in 0u32..100) {
            let end = day("1950-01-01") + chrono::Duration::days(offset);
            let period: Period = format!("P{}M{}D", months, days + 1).parse().unwrap();
            let last = Reckoning::CorrespondingDate.backward(end, period).unwrap();
            assert!(Reckoning::CorrespondingDate.forward(last, period).unwrap() <= end);
            assert!(Reckoning::CorrespondingDate.forward(last.succ_opt().unwrap(), period).unwrap() > end);
        }

        #[test]
        fn a_day_inside_the_span_lands_inside_the_counted_span(start in 0i64..50_000, width in 0i64..400, inside in 0i64..400, months in 0u32..60, days in 0u32..400) {
            let origin = day("1980-01-01");
            let at = |offset| origin + chrono::Duration::days(offset);
            let span = Span { earliest: at(start), latest: at(start + width) };
            let chosen = at(start + inside.min(width));
            let period = Period::of_months(months);
            let period = if days == 0 { period } else { Period::of_days(days) };
            let counted = Reckoning::CorrespondingDate.forward_span(span, period).unwrap();
            let landed = Reckoning::CorrespondingDate.forward(chosen, period).unwrap();
            assert!(counted.earliest <= landed && landed <= counted.latest);
        }
    }
}
