//! Whether runs come as they should: what `doctor` and a monitor say of the ledger.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rules::alert::{LOG, Ledger, State};

use crate::config::Settings;
use crate::report::words;

/// So many hours may pass between two runs, where nothing else is set: a day, and some for a timer that spreads its work.
pub const RUN_EVERY_HOURS: u32 = 26;

/// What is wrong with when the last run was, if anything is.
pub fn late_run(ledger: &Ledger, settings: &Settings, now: DateTime<Utc>) -> Option<String> {
    let Some(run) = ledger.last_run() else { return Some("no run was ever recorded".into()) };
    let hours = settings.run_every_hours.map_or(RUN_EVERY_HOURS, Into::into);
    let at = run.recorded_at.format("%Y-%m-%d %H:%M");
    if run.recorded_at > now + TimeDelta::minutes(5) {
        return Some(format!("the last run was recorded at {at} UTC, which is to come: a clock was wrong, then or now"));
    }
    let since = now - run.recorded_at;
    (since > TimeDelta::hours(hours.into())).then(|| {
        let since = words::counted(usize::try_from(since.num_hours()).unwrap_or(0), "hour");
        format!("the last run was {since} ago, at {at} UTC; one is expected every {hours}")
    })
}

/// How many alerts have not arrived, and how many of them never will by themselves.
pub fn undelivered(ledger: &Ledger, as_of: NaiveDate) -> (usize, usize) {
    let count = |wanted: State| ledger.flags().filter(|flag| flag.channel != LOG && ledger.state(flag, as_of) == wanted).count();
    (count(State::Undelivered), count(State::Dead))
}
