//! What is at rest is told the same from day to day, but for the day itself.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{Days, NaiveDate};
use events::log::{EventLog, Select};
use obligo::rule_sets;
use rules::replay::Replay;
use rules::rest::AtRest;
use rules::{Docket, Register, assess, assess_moving};
use store::SqliteLog;

use super::without_the_day::without_the_day;

/// What a register's file says, its sealed texts sealed.
pub fn register_of(path: &Path) -> Register {
    let log = SqliteLog::open_read_only(path).expect("it is opened");
    let mut replay = Replay::default();
    log.scan(&Select::default(), &mut |seq, entry| {
        replay.take(seq, entry);
        true
    })
    .expect("it is read");
    replay.finish().0
}

/// Every so many days between two days, and some that are far.
pub fn days(from: &str, to: &str, apart: usize) -> Vec<NaiveDate> {
    let [from, to]: [NaiveDate; 2] = [from, to].map(|day| day.parse().expect("a day"));
    let near = from.iter_days().take_while(|day| *day < to).step_by(apart);
    near.chain([1, 400, 4_000, 20_000].map(|days| to + Days::new(days))).collect()
}

/// Where that is not so on one of these days, which are in order: what was at rest is not any more, or is told otherwise; or what moves is
/// not the rest of the docket. With it comes what is at rest on the last day.
pub fn broken(register: &Register, days: &[NaiveDate]) -> (Vec<String>, BTreeSet<String>) {
    let rules = &rule_sets::newest().set;
    let mut wrong = Vec::new();
    let mut before = assess(register, Vec::new(), rules, days[0]);
    for day in &days[1..] {
        let at_rest = AtRest::of(&before);
        let now = assess(register, Vec::new(), rules, *day);
        let rests = |id: &str| at_rest.agreements.contains(id);
        let (one, other) = (without_the_day(&of(&before, rests)), without_the_day(&of(&now, rests)));
        let at = format!("at rest on {}, and on {day}", before.as_of);
        for line in &one.entries {
            if other.line(&line.id) != Some(line) {
                wrong.push(format!("{at} {line:?}\n is {:?}", other.line(&line.id)));
            }
        }
        if one != other {
            wrong.push(format!("{at} {:?}\n is {:?}", one.agreements, other.agreements));
        }
        if assess_moving(register, &at_rest, rules, *day) != of(&now, |id| !rests(id)) {
            wrong.push(format!("on {day} what moves is not what is not at rest"));
        }
        before = now;
    }
    (wrong, AtRest::of(&before).agreements)
}

/// What a docket says of some agreements.
fn of(docket: &Docket, is_meant: impl Fn(&str) -> bool) -> Docket {
    let mut part = docket.with_entries(|line| is_meant(&line.agreement));
    part.agreements.retain(|line| is_meant(&line.id));
    part.findings.retain(|finding| finding.agreement.as_ref().is_some_and(|id| is_meant(id)));
    part
}
