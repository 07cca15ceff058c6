//! How periods are counted, as data: each rule of a regime with its article and where that is from. A regime has editions by date,
//! because rules of counting change (Saturday in Korea since 2007, the American rules since 2009).

use std::borrow::Cow;

use chrono::{NaiveDate, Weekday};

/// A way of counting periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regime {
    /// Its id (`eu-1182-71`).
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it applies, in one sentence.
    pub about: String,
    /// Days that are no working days besides holidays.
    pub weekend: Vec<Weekday>,
    /// Editions, the latest last.
    pub editions: Vec<Edition>,
}

/// The rules of a regime from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// First day whose events it counts; the earliest edition counts from ever.
    pub from: Option<NaiveDate>,
    /// The day of the event counts as the first day.
    pub trigger_day_counted: Cited<bool>,
    /// What a day means that the last month lacks.
    pub missing_day: Cited<MissingDay>,
    /// The last day of a month leads to the last day of a month.
    pub sticky: Cited<bool>,
    /// Where the last day ends, in words.
    pub ends_at: Cited<String>,
    /// Whether an effect begins on the corresponding day or after it.
    pub effect: Cited<EffectDay>,
    /// Whether the regime settles that. Where it does not, `effect` is what most do, and some who read the same words do the other.
    pub effect_is_settled: bool,
    /// Whether the corresponding day satisfies "at least".
    pub at_least: Cited<AtLeast>,
    /// Whether those who apply the regime agree on that.
    pub at_least_is_settled: bool,
    /// Counting backward.
    pub backward: Cited<Backward>,
    /// Moving a last day on which nothing can be done.
    pub roll: Option<Cited<Roll>>,
    /// A rule for short periods.
    pub short_period: Option<Cited<ShortPeriod>>,
}

/// A rule with its article and where that is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited<T> {
    /// The rule.
    pub value: T,
    /// Article or section.
    pub article: String,
    /// Where it is from, and whether the text was opened.
    pub source: String,
}

/// What a day means that the last month lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingDay {
    /// The last day of that month.
    Last,
    /// The first day of the next.
    Next,
    /// Not settled.
    Refuse,
}

/// On which day an effect begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectDay {
    /// On the corresponding day.
    SameDay,
    /// On the day after it.
    NextDay,
}

/// Which day satisfies "at least" and "not less than" first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtLeast {
    /// The corresponding day.
    CorrespondingDay,
    /// The day after it.
    DayAfter,
}

/// Counting backward: a function of its own, not the inverse of counting forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backward {
    /// Both the event and the last day lie outside the period.
    pub clear: bool,
    /// Where a last day goes on which nothing can be done.
    pub roll: RollBack,
}

/// Where a last day goes when counting backward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RollBack {
    None,
    Preceding,
    Following,
}

/// Moving a last day to the next one on which something can be done. Acts only, never effects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// Days of the week that move it.
    pub weekdays: Vec<Weekday>,
    /// Holidays move it.
    pub holidays: bool,
    /// A condition under which alone it moves, in words.
    pub condition: Option<String>,
    /// Periods in hours move too, to the same hour.
    pub hours: bool,
}

/// A rule for short periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortPeriod {
    /// In periods up to so many days, days that are no working days do not count.
    SkipNonWorking {
        /// The longest such period.
        upto_days: u32,
    },
    /// Periods from so many days on contain at least two working days.
    TwoWorkingDays {
        /// The shortest such period.
        from_days: u32,
    },
}

/// What the program counts by: every regime and every calendar that it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Almanac {
    /// Regimes, by the order in which they are shown.
    pub regimes: Vec<Regime>,
    /// Calendars.
    pub calendars: Vec<super::calendar::Calendar>,
}

impl Almanac {
    /// The regime of that id. `frcp@2009-12-01` pins the edition that counts from that day on.
    pub fn regime(&self, id: &str) -> Option<Cow<'_, Regime>> {
        let (id, pinned) = id.split_once('@').map_or((id, None), |(id, day)| (id, Some(day)));
        let regime = self.regimes.iter().find(|regime| regime.id == id)?;
        let Some(day) = pinned else { return Some(Cow::Borrowed(regime)) };
        let edition = Edition { from: None, ..regime.edition(day.parse().ok()?).clone() };
        Some(Cow::Owned(Regime { editions: vec![edition], ..regime.clone() }))
    }

    /// What of it was known by a day: editions of calendars that came later are not in it.
    pub fn known_by(mut self, day: NaiveDate) -> Self {
        for calendar in &mut self.calendars {
            calendar.editions.retain(|edition| edition.known_from <= day);
        }
        self
    }

    /// The calendar of that id.
    pub fn calendar(&self, id: &str) -> Option<&super::calendar::Calendar> {
        self.calendars.iter().find(|calendar| calendar.id == id)
    }
}

impl Regime {
    /// The edition that counts from an event on that day. A regime has at least one.
    pub fn edition(&self, event: NaiveDate) -> &Edition {
        let begun = |edition: &&Edition| edition.from.is_none_or(|from| from <= event);
        self.editions.iter().rev().find(begun).unwrap_or(&self.editions[0])
    }
}
