//! Counting time. The order is fixed: add the years and months, round the month end once, then add the days.
//! Which rule rounds is the regime's to say, never a library's.

pub mod span;

pub mod period;
pub mod then;

pub mod calendar;
pub mod regime;

pub mod compute;
mod roll;

pub mod notice_day;
pub mod recurrence;

pub use compute::{Answer, Clause, Counting, compute};
pub use period::Period;
pub use span::Span;
