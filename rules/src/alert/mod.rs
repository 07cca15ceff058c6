//! Which lines of a docket are flagged on a day, at which rung, for whom: from the docket and the ledger of what was flagged before, so that
//! any run heals any gap and none flags twice.
//!
//! | a rung of a line that is owed | flagged |
//! |---|---|
//! | so many days before the earliest day that it could be due, and that day has come where any party's clock is furthest ahead | yes |
//! | after the latest day, and it has passed by every party's clock, days of grace included | yes |
//! | it was reached before the log said so, or before the first run, and a later rung is reached as well | no: the later one says it |
//! | its date cannot be counted from | never; the run says how many such lines there are |
//!
//! An alert is one line, one rung, one date, one channel. It is raised once; when its date moves, or nothing is owed any more, it is
//! withdrawn, and only then could the same be raised again. What was performed is not withdrawn: it was right when it was raised.

mod ledger;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use events::DateSpec;
use events::Uuid;
use events::alert::{Alert, Rung};

use crate::docket::{Docket, Existence, Kind, Line, Performance, Timing};

pub use ledger::{ATTEMPTS, Attempts, Flag, Ledger, Message, Run, State};

/// How many days before, and whether after, dates are flagged, where nothing else is set.
pub const LADDER: [Rung; 7] =
    [Rung::Before(180), Rung::Before(90), Rung::Before(30), Rung::Before(7), Rung::Before(1), Rung::Before(0), Rung::AFTER];

/// The channel that is always told, all of it: the log itself.
pub const LOG: &str = "log";

/// The ladders that are set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ladders {
    /// Of all that has no other; [`LADDER`], if nothing is set.
    pub default: Option<Vec<Rung>>,
    /// By kind of line.
    pub kinds: BTreeMap<Kind, Vec<Rung>>,
    /// By agreement; goes before that of the kind.
    pub agreements: BTreeMap<String, Vec<Rung>>,
}

impl Ladders {
    /// The ladder of a line.
    pub fn of(&self, line: &Line) -> &[Rung] {
        let own = self.agreements.get(&line.agreement).or_else(|| self.kinds.get(&line.kind)).or(self.default.as_ref());
        own.map_or(&LADDER, Vec::as_slice)
    }
}

/// Somebody who hears of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearer {
    /// The channel.
    pub channel: String,
    /// At which rungs; `None`: at those of the line.
    pub rungs: Option<Vec<Rung>>,
    /// Whether acknowledging an item, or putting it off, spares them.
    pub can_be_spared: bool,
    /// Whether they are told once of an item, whatever comes after: a manager, and whoever it was sent up to.
    pub once: bool,
}

/// Which day it is for those whom a line concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Today {
    /// Where clocks are furthest ahead.
    pub ahead: NaiveDate,
    /// Where they are furthest behind.
    pub behind: NaiveDate,
}

/// By what it is evaluated.
pub struct Plan<'a> {
    /// The log's id.
    pub origin: Uuid,
    /// The ladders.
    pub ladders: &'a Ladders,
    /// Who hears of a line, beside the log.
    pub hearers: &'a dyn Fn(&Line) -> Vec<Hearer>,
    /// Which day it is for those of an agreement.
    pub today: &'a dyn Fn(&str) -> Today,
}

/// What a run has to record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Alerts to raise, by channel.
    pub raise: BTreeMap<String, Vec<Alert>>,
    /// Alerts to withdraw, by channel, each with why.
    pub withdraw: BTreeMap<String, Vec<(Uuid, String)>>,
    /// How many lines there are.
    pub evaluated: u64,
    /// How many of them are owed and have reached a rung.
    pub due: u64,
    /// How many are owed and have no day to count from.
    pub undetermined: u64,
}

/// What is to be raised and withdrawn on the docket's day.
pub fn evaluate(docket: &Docket, ledger: &Ledger, plan: &Plan) -> Evaluation {
    let mut found = Evaluation { evaluated: docket.entries.len() as u64, ..Evaluation::default() };
    for line in docket.entries.iter().filter(|line| line.axes.is_pending()) {
        if line.due.earliest.is_none() && line.due.latest.is_none() {
            found.undetermined += u64::from(matches!(line.axes.timing, Timing::Undetermined(_)));
            continue;
        }
        let today = (plan.today)(&line.agreement);
        found.due += u64::from(!reached(line, plan.ladders.of(line), today).is_empty());
        raise(&mut found, line, today, docket.as_of, ledger, plan);
    }
    // A clock that was set back takes nothing away that a later day raised: what it cannot see yet was seen.
    let lines: BTreeMap<&str, &Line> = docket.entries.iter().map(|line| (line.id.as_str(), line)).collect();
    let was_raised_by_now = |flag: &&Flag| flag.raised_on.is_none_or(|day| day <= docket.as_of);
    for flag in ledger.flags().filter(|flag| flag.withdrawn.is_none()).filter(was_raised_by_now) {
        if let Some(why) = over(flag, lines.get(flag.alert.entry.as_str()).copied(), docket.as_of) {
            found.withdraw.entry(flag.channel.clone()).or_default().push((flag.alert.id, why));
        }
    }
    found
}

/// Adds what was to be flagged of dates that came and went since the last run: the last day on which a power could be used, or notice given
/// against a renewal. `passed` has each of those lines as it was while its date was to come.
pub fn catch_up(found: &mut Evaluation, passed: &[Line], as_of: NaiveDate, ledger: &Ledger, plan: &Plan) {
    for line in passed {
        raise(found, line, (plan.today)(&line.agreement), as_of, ledger, plan);
    }
}

/// What has to be raised of a line, for each who hears of it.
fn raise(found: &mut Evaluation, line: &Line, today: Today, as_of: NaiveDate, ledger: &Ledger, plan: &Plan) {
    let ladder = plan.ladders.of(line);
    let log = Hearer { channel: LOG.into(), rungs: None, can_be_spared: false, once: false };
    let mut hearers = (plan.hearers)(line);
    hearers.retain(|hearer| !hearer.once || !ledger.has_told(line, &hearer.channel));
    for channel in ledger.escalated(line) {
        // Who watches it hears of it once more; who does not is told once of an item, whatever comes.
        let is_told_anyway = hearers.iter().any(|hearer| hearer.channel == channel && !hearer.once);
        if is_told_anyway || !ledger.has_told(line, &channel) {
            hearers.push(Hearer { channel, rungs: None, can_be_spared: false, once: true });
        }
    }
    for hearer in [log].into_iter().chain(hearers) {
        let rungs = reached(line, hearer.rungs.as_deref().unwrap_or(ladder), today);
        for alert in missing(line, &hearer, &rungs, as_of, ledger, plan.origin) {
            let of_channel = found.raise.entry(hearer.channel.clone()).or_default();
            // Somebody who owns it and watches it too is told once.
            if of_channel.iter().all(|other| other.id != alert.id) {
                of_channel.push(alert);
            }
        }
    }
}

/// The rungs that have come, each with its day, the last to come last.
fn reached(line: &Line, rungs: &[Rung], today: Today) -> Vec<(Rung, NaiveDate)> {
    let day = |rung: &Rung| match rung {
        Rung::Before(days) => line
            .due
            .earliest
            .and_then(|earliest| earliest.checked_sub_days(Days::new(u64::from(*days))))
            .filter(|day| *day <= today.ahead),
        Rung::After(_) => line
            .due
            .latest
            .filter(|latest| matches!(line.axes.timing, Timing::Overdue(_)) && *latest < today.behind)
            .and_then(|latest| latest.succ_opt()),
    };
    let mut reached: Vec<(Rung, NaiveDate)> = rungs.iter().filter_map(|rung| Some((*rung, day(rung)?))).collect();
    reached.sort_by_key(|(rung, day)| (*day, *rung == Rung::AFTER));
    reached.dedup();
    reached
}

/// The alerts that have to be there and are not.
fn missing(
    line: &Line,
    hearer: &Hearer,
    reached: &[(Rung, NaiveDate)],
    as_of: NaiveDate,
    ledger: &Ledger,
    origin: Uuid,
) -> Vec<Alert> {
    let Some((last, _)) = reached.last() else { return Vec::new() };
    let spared = ledger.spared(line, as_of);
    if hearer.can_be_spared && (spared.is_snoozed || (spared.is_acknowledged && *last != Rung::AFTER)) {
        return Vec::new();
    }
    // Before the log said so, before the first run, and while it was put off, nobody could have been told.
    let since = ledger.first_day().unwrap_or(as_of);
    let since = line.known_since.map_or(as_of, |known| known.max(since));
    // Nor of a date that was another one until now.
    let since = ledger.dated_since(line, as_of).map_or(since, |dated| since.max(dated));
    let since = if hearer.can_be_spared { spared.until.map_or(since, |until| since.max(until)) } else { since };
    let is_wanted = |rung: Rung, day: NaiveDate| {
        let was_spared = hearer.can_be_spared && spared.is_acknowledged && rung != Rung::AFTER;
        (since <= day && !was_spared && !hearer.once) || rung == *last
    };
    let wanted = reached.iter().filter(|(rung, day)| is_wanted(*rung, *day));
    let raised = wanted.filter_map(|(rung, day)| {
        let (earliest, latest) = (line.due.earliest.map(DateSpec::from), line.due.latest.map(DateSpec::from));
        let mut alert = Alert { id: Uuid::nil(), entry: line.id.clone(), rung: *rung, earliest, latest, late_by: None };
        let before = ledger.same(&alert, &hearer.channel);
        // A clock that was set back does not say again what a later day withdrew.
        let is_back = ledger.latest_day().is_some_and(|latest| as_of < latest);
        if before.is_standing || (is_back && before.withdrawn > 0) {
            return None;
        }
        alert.id = alert.identity(origin, &hearer.channel, before.withdrawn);
        // A run may be a day behind its parties' clocks; what came since the last run could not be told sooner than by this one.
        let due_since = ledger.day_before(as_of).and_then(|run| run.succ_opt()).map_or(*day, |next| next.max(*day));
        let late = (as_of - due_since).num_days();
        alert.late_by = u32::try_from(late).ok().filter(|days| *days > 0 && since <= *day);
        Some(alert)
    });
    raised.collect()
}

/// Why an alert is to be withdrawn, if it is.
fn over(flag: &Flag, line: Option<&Line>, as_of: NaiveDate) -> Option<String> {
    let Some(line) = line else { return Some("no longer owed".into()) };
    // The last day on which something could be done was not moved by passing, and the next such day is another.
    let is_past = flag.alert.latest.as_ref().and_then(DateSpec::exact).is_some_and(|latest| latest < as_of);
    if is_past && matches!(line.kind, Kind::Power | Kind::Term) {
        return None;
    }
    if line.axes.is_pending() {
        let (held, now) = match flag.alert.rung {
            Rung::Before(_) => (&flag.alert.earliest, line.due.earliest),
            Rung::After(_) => (&flag.alert.latest, line.due.latest),
        };
        if held.as_ref().and_then(DateSpec::exact) != now {
            return Some(now.map_or("its date is no longer known".into(), |now| format!("moved to {now}")));
        }
        let is_early = flag.alert.rung == Rung::AFTER && !matches!(line.axes.timing, Timing::Overdue(_));
        return is_early.then(|| format!("not overdue: {}", line.label));
    }
    match (&line.axes.existence, line.axes.performance) {
        (_, Performance::Complete) => None,
        (Existence::Suspended(_), _) => Some("suspended".into()),
        (Existence::Dormant(_), _) => Some("not owed yet".into()),
        (_, _) => Some(format!("no longer owed: {}", line.label)),
    }
}
