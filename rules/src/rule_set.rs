//! What a docket is derived by, as one thing that has a name and a digest: the regimes, the calendars, and how far these rules have
//! grown. A register adopts a rule set by a record, so that one can say later by which rules an answer was given, and give it again.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use crate::time::regime::Almanac;

/// Stages of the rules that this program can go by. A later one does more than an earlier one, and what it does more is switched here:
/// stage 4 says of a date that was missed whether it could have been known in time.
pub const STAGES: RangeInclusive<u32> = 3..=4;

/// A rule set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name (`obligo-rules/4`).
    pub id: String,
    /// SHA-256 of what it holds, 64 hexadecimal digits.
    pub digest: String,
    /// The stage of the rules, one of [`STAGES`].
    pub stage: u32,
    /// Regimes and calendars.
    pub almanac: Almanac,
}

impl RuleSet {
    /// Whether lines say that they were known only after their date.
    pub fn late_known(&self) -> bool {
        4 <= self.stage
    }

    /// The same with what was known of it by a day: editions of calendars that came later are not in it.
    pub fn known_by(self, day: NaiveDate) -> Self {
        RuleSet { almanac: self.almanac.known_by(day), ..self }
    }
}
