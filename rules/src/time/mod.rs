//! Counting time. The order is fixed: add the years and months, round the month end once, then add the days.
//! Which rule rounds is the regime's to say, never a library's.

pub mod calendar;
pub mod compute;
pub mod period;
pub mod reckoning;
pub mod regime;

pub mod recurrence;

pub use period::Period;
pub use reckoning::{Reckoning, Span};
