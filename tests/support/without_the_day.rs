//! What a docket says whatever day it is looked at from. The laws of the rules and the sweep over all stories hold it together.

use chrono::NaiveDate;
use rules::Docket;
use rules::docket::Timing;

/// The docket without the day: neither how many days ago a date passed, nor the day by which nothing is recorded.
pub fn without_the_day(docket: &Docket) -> Docket {
    let mut docket = docket.clone();
    let today = docket.as_of.to_string();
    for line in &mut docket.entries {
        if let Timing::Overdue(days) = &mut line.axes.timing {
            *days = 0;
        }
        for reason in &mut line.because {
            reason.text = reason.text.replace(&format!("by {today}"), "by today");
        }
    }
    Docket { as_of: NaiveDate::MIN, ..docket }
}
