//! What must hold of alerts, judged from what was recorded and what arrived, by code that is naive and shares nothing with the rules of
//! alerts but the docket.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use events::DateSpec;
use events::alert::{AlertFact, RunCompleted, Rung};
use rules::docket::{Docket, Kind, Line, Performance, Timing};
use uuid::Uuid;

use crate::cast::MANAGER;
use crate::world::{Arrival, Happened};

/// The ladder, written once more.
const DAYS_BEFORE: [i64; 6] = [180, 90, 30, 7, 1, 0];

/// An alert as the log has it.
struct Alert {
    id: Uuid,
    channel: String,
    entry: String,
    /// Days before; `None`: after the date.
    before: Option<i64>,
    date: Option<NaiveDate>,
    item: (Option<NaiveDate>, Option<NaiveDate>),
    message: Uuid,
    raised_on: NaiveDate,
    /// How many runs there had been.
    runs_before: usize,
    late_by: Option<u32>,
    stands: bool,
    /// The message that is to say that it is over, and whether it arrived.
    over: Option<(Uuid, bool)>,
    is_delivered: bool,
    has_arrived: bool,
    is_acknowledged: bool,
    snoozed_until: Option<NaiveDate>,
    /// By how many messages, those that the receiver knew left out.
    told: usize,
}

/// Counts for the table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub days: u64,
    pub runs: u64,
    pub completed: u64,
    pub crashes: u64,
    pub rivals: u64,
    pub skewed: u64,
    pub acts: u64,
    pub alerts: u64,
    pub late: u64,
    pub withdrawn: u64,
    pub arrivals: u64,
    pub dead: u64,
}

#[derive(Default)]
pub struct Oracle {
    alerts: Vec<Alert>,
    by_id: BTreeMap<Uuid, usize>,
    by_entry: BTreeMap<String, Vec<usize>>,
    /// The day of each run that was recorded.
    runs: Vec<NaiveDate>,
    /// The day of the first completed run that saw a date of a line.
    seen: BTreeMap<(String, bool, NaiveDate), NaiveDate>,
    dead: BTreeSet<Uuid>,
    /// From here on alerts are of the session that is going on.
    of_session: usize,
    claimed: Vec<usize>,
    pub counts: Counts,
    pub faults: Vec<String>,
}

/// Which day it is where an agreement's parties are: furthest ahead, furthest behind.
pub type Days<'a> = &'a dyn Fn(&str) -> (NaiveDate, NaiveDate);

impl Oracle {
    fn wrong(&mut self, what: String) {
        self.faults.push(what);
    }

    pub fn hears(&mut self, happened: Vec<Happened>) {
        for one in happened {
            match one {
                Happened::Recorded(seq, fact, as_of) => self.records(seq, fact, as_of),
                Happened::Arrived(arrival) => self.arrives(&arrival),
            }
        }
    }

    fn records(&mut self, seq: u64, fact: AlertFact, as_of: Option<NaiveDate>) {
        let day = |date: &Option<DateSpec>| date.as_ref().and_then(DateSpec::exact);
        match fact {
            AlertFact::Raised(raised) => {
                let on = as_of.expect("a run says its day");
                for alert in raised.alerts {
                    let before = if let Rung::Before(days) = alert.rung { Some(i64::from(days)) } else { None };
                    let item = (day(&alert.earliest), day(&alert.latest));
                    let date = if before.is_some() { item.0 } else { item.1 };
                    let of_line = self.by_entry.entry(alert.entry.clone()).or_default();
                    let same = |place: &&usize| {
                        let other = &self.alerts[**place];
                        other.stands && other.channel == raised.channel && other.before == before && other.date == date
                    };
                    if of_line.iter().any(|place| same(&place)) || self.by_id.contains_key(&alert.id) {
                        let what = format!("flagged twice: #{seq} {} {before:?} {date:?} {}", alert.entry, raised.channel);
                        self.faults.push(what);
                    }
                    of_line.push(self.alerts.len());
                    self.by_id.insert(alert.id, self.alerts.len());
                    self.counts.alerts += 1;
                    self.counts.late += u64::from(alert.late_by.is_some());
                    self.alerts.push(Alert {
                        id: alert.id,
                        channel: raised.channel.clone(),
                        entry: alert.entry,
                        before,
                        date,
                        item,
                        message: raised.message,
                        raised_on: on,
                        runs_before: self.runs.len(),
                        late_by: alert.late_by,
                        stands: true,
                        over: None,
                        is_delivered: false,
                        has_arrived: false,
                        is_acknowledged: false,
                        snoozed_until: None,
                        told: 0,
                    });
                }
            }
            AlertFact::Withdrawn(withdrawn) => {
                for one in withdrawn.alerts {
                    self.counts.withdrawn += 1;
                    let Some(place) = self.known(one.id, "withdrawn") else { continue };
                    let alert = &mut self.alerts[place];
                    let (entry, raised_on) = (alert.entry.clone(), alert.raised_on);
                    let was_standing = std::mem::replace(&mut alert.stands, false);
                    alert.over = Some((withdrawn.message, false));
                    if !was_standing {
                        self.wrong(format!("withdrawn twice: #{seq} {entry}"));
                    }
                    if as_of.is_some_and(|as_of| as_of < raised_on) {
                        self.wrong(format!("un-flagged by a clock set back: #{seq} {entry}, raised on {raised_on}"));
                    }
                }
            }
            AlertFact::Delivered(delivered) => {
                for id in delivered.alerts {
                    if let Some(place) = self.known(id, "delivered") {
                        self.alerts[place].is_delivered = true;
                        self.claimed.push(place);
                    }
                }
            }
            AlertFact::Failed(failed) => {
                if failed.is_final {
                    self.counts.dead += 1;
                    self.dead.insert(failed.message);
                }
            }
            AlertFact::Acknowledged(said) => self.each(&said.alerts, |alert| alert.is_acknowledged = true),
            AlertFact::Snoozed(said) => {
                self.each(&said.alerts, |alert| alert.snoozed_until = said.until.exact());
            }
            AlertFact::Escalated(_) => {}
            AlertFact::Run(_) => self.runs.extend(as_of),
        }
    }

    fn known(&mut self, id: Uuid, what: &str) -> Option<usize> {
        let place = self.by_id.get(&id).copied();
        if place.is_none() {
            self.wrong(format!("{what} without a record that it was raised: {id}"));
        }
        place
    }

    fn each(&mut self, ids: &[Uuid], change: impl Fn(&mut Alert)) {
        for id in ids {
            if let Some(place) = self.by_id.get(id) {
                change(&mut self.alerts[*place]);
            }
        }
    }

    fn arrives(&mut self, arrival: &Arrival) {
        self.counts.arrivals += 1;
        for id in &arrival.withdrawn {
            let Some(place) = self.known(*id, "told as withdrawn") else { continue };
            match &mut self.alerts[place].over {
                Some((_, is_told)) => *is_told = true,
                None => self.wrong(format!("told as withdrawn, and it stands: {}", self.alerts[place].entry)),
            }
        }
        for (id, entry) in &arrival.alerts {
            let Some(place) = self.known(*id, "arrived") else { continue };
            let alert = &mut self.alerts[place];
            alert.told += usize::from(!arrival.is_known);
            let is_again = alert.told > 1 && alert.snoozed_until.is_none();
            let (is_other, stands) = (alert.channel != arrival.channel, alert.stands);
            let told = format!("{entry} {:?} {:?} to {} in {}", alert.before, alert.date, arrival.channel, arrival.message);
            if is_again {
                self.wrong(format!("told twice: {told}"));
            }
            if is_other {
                self.wrong(format!("told to another: {told}"));
            }
            if !stands {
                self.wrong(format!("told though it was withdrawn: {told}"));
            }
            // Of several rungs of a line in one message the last is told, and stands for them.
            for other in &self.by_entry[entry] {
                let other = &mut self.alerts[*other];
                other.has_arrived |= other.channel == arrival.channel;
            }
        }
    }

    /// A run was recorded, and these are the lines that it saw.
    pub fn completed(&mut self, docket: &Docket, said: &RunCompleted, days: Days) {
        self.counts.completed += 1;
        let as_of = docket.as_of;
        let (mut due, mut undetermined) = (0, 0);
        for line in docket.entries.iter().filter(|line| line.axes.is_pending()) {
            let reached = reached(line, days(&line.agreement));
            due += u64::from(!reached.is_empty());
            let has_no_date = line.due.earliest.is_none() && line.due.latest.is_none();
            undetermined += u64::from(has_no_date && matches!(line.axes.timing, Timing::Undetermined(_)));
            self.is_flagged(line, &reached, as_of);
        }
        if (said.evaluated, said.due, said.undetermined) != (docket.entries.len() as u64, due, undetermined) {
            self.wrong(format!("{as_of}: the run says {said:?}, and there are {due} due, {undetermined} undetermined"));
        }
        let lines: BTreeMap<&str, &Line> = docket.entries.iter().map(|line| (line.id.as_str(), line)).collect();
        let outlived = self.alerts.iter().filter(|alert| alert.stands && alert.raised_on <= as_of);
        let outlived: Vec<String> =
            outlived.filter_map(|alert| outlived_why(alert, lines.get(alert.entry.as_str()).copied(), as_of)).collect();
        outlived.into_iter().for_each(|why| self.wrong(format!("{as_of}: still standing: {why}")));
    }

    fn is_flagged(&mut self, line: &Line, reached: &[(Option<i64>, NaiveDate, NaiveDate)], as_of: NaiveDate) {
        let last = reached.iter().max_by_key(|(before, day, _)| (*day, before.is_none())).copied();
        let mut faults = Vec::new();
        let again = self.again(line, as_of);
        for rung @ (before, day, date) in reached {
            let seen = *self.seen.entry((line.id.clone(), before.is_none(), *date)).or_insert(as_of);
            let since = line.known_since.unwrap_or(as_of);
            let is_owed = (*day > seen && *day >= since && *day >= again) || Some(*rung) == last;
            let of_line = self.by_entry.get(&line.id).into_iter().flatten();
            let flagged = of_line.clone().find(|place| {
                let alert = &self.alerts[**place];
                alert.stands && alert.channel == "log" && alert.before == *before && alert.date == Some(*date)
            });
            // A clock that was set back says nothing again that a later day withdrew.
            let is_back = self.runs.iter().any(|run| as_of < *run);
            let was_withdrawn = of_line.clone().any(|place| {
                let alert = &self.alerts[*place];
                !alert.stands && alert.channel == "log" && alert.before == *before && alert.date == Some(*date)
            });
            let is_owed = is_owed && !(is_back && was_withdrawn);
            let told = format!("{} {before:?} of {date}, which came on {day}", line.id);
            match flagged {
                None if is_owed => faults.push(format!("{as_of}: missed: {told}")),
                Some(place) if *place >= self.of_session => {
                    let earlier = &self.runs[..self.alerts[*place].runs_before];
                    let run_before = earlier.iter().copied().filter(|day| *day <= as_of).max();
                    let begun = earlier.first().copied().unwrap_or(as_of);
                    let from = run_before.map_or(*day, |run| (run + TimeDelta::days(1)).max(*day));
                    let late = u32::try_from((as_of - from).num_days()).unwrap_or(0);
                    let late = Some(late).filter(|late| *late > 0 && *day >= since && *day >= begun && *day >= again);
                    let said = self.alerts[*place].late_by;
                    if said != late && self.alerts[*place].raised_on == as_of {
                        faults.push(format!(
                            "{as_of}: late by {said:?}, and it is {late:?}: {told}; the run before was {run_before:?}"
                        ));
                    }
                }
                _ => {}
            }
        }
        // A date is seen from the first run that sees it, be a rung reached or not.
        for (is_after, date) in [(false, line.due.earliest), (true, line.due.latest)] {
            if let Some(date) = date {
                self.seen.entry((line.id.clone(), is_after, date)).or_insert(as_of);
            }
        }
        self.faults.extend(faults);
    }

    /// Since when a line is flagged by the date that it has now, where something of it was withdrawn, or was of another date: the rungs that
    /// came before were another's.
    fn again(&self, line: &Line, as_of: NaiveDate) -> NaiveDate {
        let of_line: Vec<&Alert> = self.by_entry.get(&line.id).into_iter().flatten().map(|place| &self.alerts[*place]).collect();
        // Before this run recorded its own.
        let earlier = &of_line[..of_line.iter().take_while(|alert| self.by_id[&alert.id] < self.of_session).count()];
        let is_of = |alert: &Alert| alert.date == if alert.before.is_some() { line.due.earliest } else { line.due.latest };
        let could_pass = matches!(line.kind, Kind::Term | Kind::Power);
        let has_passed = |alert: &Alert| could_pass && alert.item.1 < line.due.earliest.or(line.due.latest);
        let is_other = |alert: &Alert| !(is_of(alert) || has_passed(alert));
        if !of_line.iter().any(|alert| !alert.stands || is_other(alert)) {
            return NaiveDate::MIN;
        }
        let now = earlier.iter().filter(|alert| alert.stands && alert.channel == "log" && is_of(alert));
        now.map(|alert| alert.raised_on).min().unwrap_or(as_of)
    }

    /// A process came to its end, or died.
    pub fn session_ends(&mut self) {
        let claimed = std::mem::take(&mut self.claimed);
        for place in claimed.iter().copied() {
            if !self.alerts[place].has_arrived {
                let alert = &self.alerts[place];
                let what = format!("recorded as delivered, and never arrived: {} to {}", alert.entry, alert.channel);
                self.wrong(what);
            }
        }
        let told: BTreeSet<String> = claimed.into_iter().map(|place| self.alerts[place].entry.clone()).collect();
        self.of_session = self.alerts.len();
        told.iter().for_each(|entry| self.few_mails(entry));
    }

    /// At most two mails of an item, and one to a manager.
    fn few_mails(&mut self, entry: &str) {
        let mut mails: BTreeMap<_, usize> = BTreeMap::new();
        for place in &self.by_entry[entry] {
            let alert = &self.alerts[*place];
            if alert.stands && alert.channel.starts_with("mail/") {
                *mails.entry((alert.channel.clone(), alert.item)).or_default() += alert.told.min(1);
            }
        }
        for ((channel, item), told) in mails {
            let most = if channel == format!("mail/{MANAGER}") { 1 } else { 2 };
            if told > most {
                self.wrong(format!("{told} mails of {entry} {item:?} to {channel}"));
            }
        }
    }

    /// Everything works again and has worked for a while.
    pub fn is_calm(&mut self, as_of: NaiveDate) {
        let mut faults = Vec::new();
        for alert in self.alerts.iter().filter(|alert| alert.channel != "log") {
            let is_put_off = alert.snoozed_until.is_some_and(|until| as_of < until);
            let is_spared = alert.is_acknowledged || is_put_off || self.dead.contains(&alert.message);
            let told = || format!("{} {:?} {:?} to {} ({})", alert.entry, alert.before, alert.date, alert.channel, alert.id);
            if alert.stands && !is_spared && !alert.is_delivered {
                faults.push(format!("never delivered: {}", told()));
            }
            if alert.told > 0 && alert.over.is_some_and(|(message, is_told)| !is_told && !self.dead.contains(&message)) {
                faults.push(format!("never told that it is over: {}", told()));
            }
            if alert.stands && alert.told > 0 && !is_spared && !alert.is_delivered {
                faults.push(format!("arrived, and there is no record of it: {}", told()));
            }
        }
        self.faults.extend(faults);
    }

    /// Alerts that stand, newest last: id, line, channel.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = (Uuid, &str, &str, NaiveDate)> {
        let standing = self.alerts.iter().filter(|alert| alert.stands);
        standing.map(|alert| (alert.id, alert.entry.as_str(), alert.channel.as_str(), alert.raised_on))
    }

    pub fn latest_day(&self) -> Option<NaiveDate> {
        self.runs.iter().copied().max()
    }

    /// Whether something waits to be told.
    pub fn waits(&self) -> bool {
        let waits = |alert: &Alert| {
            alert.channel != "log"
                && alert.stands
                && !alert.is_delivered
                && !alert.is_acknowledged
                && !self.dead.contains(&alert.message)
        };
        self.alerts.iter().rev().take(60).any(waits)
    }
}

/// The rungs that have come, each with its day and the date that it is counted from.
fn reached(line: &Line, (ahead, behind): (NaiveDate, NaiveDate)) -> Vec<(Option<i64>, NaiveDate, NaiveDate)> {
    let mut reached = Vec::new();
    if let Some(earliest) = line.due.earliest {
        let days = DAYS_BEFORE.map(|days| (Some(days), earliest - TimeDelta::days(days), earliest));
        reached.extend(days.into_iter().filter(|(_, day, _)| *day <= ahead));
    }
    if let Some(latest) = line.due.latest
        && latest < behind
        && matches!(line.axes.timing, Timing::Overdue(_))
    {
        reached.push((None, latest + TimeDelta::days(1), latest));
    }
    reached
}

/// Why an alert should have been withdrawn.
fn outlived_why(alert: &Alert, line: Option<&Line>, as_of: NaiveDate) -> Option<String> {
    let told = format!("{} {:?} {:?} for {}", alert.entry, alert.before, alert.date, alert.channel);
    let Some(line) = line else { return Some(format!("{told}, and there is no such line")) };
    if line.axes.performance == Performance::Complete {
        return None;
    }
    // What could be done, and need not, until a day: that the day went by takes nothing back.
    if matches!(line.kind, Kind::Term | Kind::Power) && alert.item.1.is_some_and(|latest| latest < as_of) {
        return None;
    }
    if !line.axes.is_pending() || (alert.before.is_none() && !matches!(line.axes.timing, Timing::Overdue(_))) {
        return Some(format!("{told}, and it is {}", line.label));
    }
    let now = if alert.before.is_some() { line.due.earliest } else { line.due.latest };
    (now != alert.date).then(|| format!("{told}, and its date is {now:?}"))
}

/// The next day after this on which a rung of a line comes.
pub fn next_rung(docket: &Docket) -> Option<NaiveDate> {
    let pending = docket.entries.iter().filter(|line| line.axes.is_pending());
    let days = pending.flat_map(|line| {
        let before = line.due.earliest.into_iter().flat_map(|earliest| DAYS_BEFORE.map(|days| earliest - TimeDelta::days(days)));
        let after = line.due.latest.into_iter().flat_map(|latest| [1, 2].map(|days| latest + TimeDelta::days(days)));
        before.chain(after).collect::<Vec<_>>()
    });
    days.filter(|day| *day > docket.as_of).min()
}

impl Counts {
    pub fn add(&mut self, other: Counts) {
        self.days += other.days;
        self.runs += other.runs;
        self.completed += other.completed;
        self.crashes += other.crashes;
        self.rivals += other.rivals;
        self.skewed += other.skewed;
        self.acts += other.acts;
        self.alerts += other.alerts;
        self.late += other.late;
        self.withdrawn += other.withdrawn;
        self.arrivals += other.arrivals;
        self.dead += other.dead;
    }

    pub fn table(&self, seeds: u64, faults: &[String]) -> String {
        let of = |words: &[&str]| faults.iter().filter(|fault| words.iter().any(|word| fault.contains(word))).count();
        let rows = [
            ("seeds", seeds),
            ("days on which something was done", self.days),
            ("runs", self.runs),
            ("  that were recorded", self.completed),
            ("  that died", self.crashes),
            ("  two at once", self.rivals),
            ("  by a clock that was off", self.skewed),
            ("acts of officers", self.acts),
            ("alerts raised", self.alerts),
            ("  marked late", self.late),
            ("  withdrawn", self.withdrawn),
            ("messages that arrived", self.arrivals),
            ("dead letters", self.dead),
            ("missed", of(&["missed", "never delivered", "never told"]) as u64),
            ("flagged or told twice", of(&["twice", "mails of"]) as u64),
            ("told without a record", of(&["without a record", "no record", "never arrived"]) as u64),
            ("faults in all", faults.len() as u64),
        ];
        rows.map(|(what, many)| format!("{what:<36}{many:>10}")).join("\n")
    }
}
