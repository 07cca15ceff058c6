//! Years of runs, with everything that goes wrong in twenty years, against an oracle that counts naively: nothing is missed, nothing is
//! flagged twice, nothing is told without a record.
//!
//! A seed decides all of it. The same few seeds are tried always; four years each; `OBLIGO_SEEDS=1000` tries so many of
//! twenty years, and `OBLIGO_SEED=17` that one again, with what happened in it:
//!
//! ```text
//! OBLIGO_SEED=17 cargo test --test simulation
//! ```
//!
//! In a seed there are agreements whose parties' clocks are up to nine hours apart, and a job in a zone of its own. Mostly it runs on every
//! day that matters; sometimes it is down for up to thirty days, runs twice, runs twice at once, looks at a clock that is up to seven days
//! behind or two ahead, or dies between any two steps. Mail and HTTP fail for days, for good, or lose the answer. Officers record what was
//! done (in time, late, backdated), move dates, take that back, give notice, end agreements, acknowledge, put off, send up.

mod cast;
mod chance;
mod oracle;
mod world;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use events::alert::{AlertFact, AlertsAcknowledged, AlertsEscalated, AlertsSnoozed};
use events::event::{
    AgreementResumed, AgreementSuspended, AgreementTerminated, Certainty, DueDateSet, ExtensionGranted, NoticeGiven,
    PerformanceReported, WaiverGranted,
};
use events::log::{EventLog, Expected};
use events::memory::MemoryLog;
use events::record::{ALERTS, Draft};
use events::{DateSpec, Event};
use obligo::app::{App, Write};
use obligo::config::Settings;
use obligo::jobs::plan::{Plan, When};
use obligo::jobs::run::{Job, deliver, run};
use obligo::rule_sets::Shelf;
use rules::Docket;
use rules::decide::Proposal;
use rules::docket::{Kind, Line};
use store::{PrivateFile, SqliteLog};
use uuid::Uuid;

use chance::Chance;
use oracle::{Counts, Oracle};
use world::{Counted, Machine, Shared, SimLog, Sinks, Way, World, Wrong};

/// The seeds that are tried always.
const SAMPLE: u64 = 12;

/// How many years a seed has in the long run, and one that is looked at alone. Each run reads all that was recorded before it: twenty years
/// take fifteen times as long as four.
const YEARS: i64 = 20;

/// How many years a seed of the sample has.
const YEARS_OF_SAMPLE: i64 = 4;

struct Sim {
    chance: Chance,
    log: SimLog,
    world: Shared,
    machine: Machine,
    ids: Counted,
    plan: Rc<Plan>,
    zone: Tz,
    at: NaiveTime,
    zones: Rc<RefCell<BTreeMap<String, Vec<Tz>>>>,
    parties: BTreeMap<String, Vec<String>>,
    oracle: Oracle,
    docket: Option<Docket>,
    agreements: usize,
    /// Records of dates that were moved, and can be moved back: the agreement and the record.
    moved: Vec<(String, u64)>,
    is_told: bool,
}

/// What a run needs, for the run and for a rival.
#[derive(Clone)]
struct Runner {
    plan: Rc<Plan>,
    ids: Counted,
    world: Shared,
    now: DateTime<Utc>,
    zone: Tz,
}

/// How a run ended.
enum Ended {
    Well(Box<Docket>),
    Died,
    Failed(String),
}

impl Runner {
    fn app(&self, log: SimLog) -> App<SimLog> {
        let today = self.now.with_timezone(&self.zone).date_naive();
        let (shelf, private, ids) = (Shelf::default(), PrivateFile::nowhere(), Box::new(self.ids.clone()));
        App { log, shelf, private, actor: "job".into(), today, late_after_days: None, ids }
    }

    /// Runs, shows what the run saw, and tells whoever is to be told.
    fn go(&self, log: SimLog, mut completed: impl FnMut(&obligo::jobs::run::Evaluated)) -> Ended {
        let settings = "0".repeat(64);
        let when = When::Clock(self.now, self.zone);
        let job = Job { plan: &self.plan, settings, when, clock_says: None, accept_clock: false };
        let mut app = self.app(log);
        let died = |error: obligo::error::Error| {
            if self.world.borrow().is_dead { Ended::Died } else { Ended::Failed(format!("{error:?}")) }
        };
        match run(&mut app, &job, false) {
            Err(error) => died(error),
            Ok(mut seen) => {
                completed(&seen);
                let mut sinks = Sinks(self.world.clone());
                let done = deliver(&mut app, &job, &mut seen, &mut sinks, self.now);
                sinks.ends();
                match done {
                    Ok(_) if self.world.borrow().is_dead => Ended::Died,
                    Ok(_) => Ended::Well(Box::new(seen.view.docket)),
                    Err(error) => died(error),
                }
            }
        }
    }
}

impl Sim {
    fn new(seed: u64, wrong: Option<Wrong>, folder: Option<&std::path::Path>) -> Self {
        let mut chance = Chance::of(seed);
        let name = cast::job(&mut chance);
        let zone: Tz = name.parse().expect("a zone");
        let settings: Settings = toml::from_str(&cast::settings(name)).expect("settings");
        let plan = Rc::new(Plan::of(&settings).expect("sound settings"));
        let machine = Machine::default();
        machine.set("2027-01-01T00:00:00Z".parse().expect("an instant"));
        let clock = machine.clone();
        let origin = Uuid::from_u128(u128::from(seed) + 1);
        let inner: Box<dyn EventLog> = match folder {
            None => Box::new(MemoryLog::new(origin, move || clock.now())),
            Some(folder) => {
                Box::new(SqliteLog::create(folder.join("obligo.db"), origin, move || clock.now()).expect("a register"))
            }
        };
        let world = Rc::new(RefCell::new(World::with(wrong)));
        let at = *chance.pick(&[(2, 30), (6, 0), (0, 10), (23, 50)]);
        Sim {
            log: SimLog::new(inner, world.clone(), folder.is_some()),
            world,
            machine,
            ids: Counted(Rc::new(Cell::new(0))),
            plan,
            zone,
            at: NaiveTime::from_hms_opt(at.0, at.1, 0).expect("a time"),
            zones: Rc::default(),
            parties: BTreeMap::new(),
            oracle: Oracle::default(),
            docket: None,
            agreements: 0,
            moved: Vec::new(),
            is_told: std::env::var_os("OBLIGO_SEED").is_some(),
            chance,
        }
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if self.is_told {
            println!("{}", what());
        }
    }

    /// The instant at which the timer goes off on a day: where a clock is put forward over it, later.
    fn goes_off(&self, day: NaiveDate) -> DateTime<Utc> {
        let at = |hour: i64| self.zone.from_local_datetime(&(day.and_time(self.at) + TimeDelta::minutes(30 * hour))).earliest();
        (0..4).find_map(at).expect("no clock is put forward by two hours").with_timezone(&Utc)
    }

    /// Twenty years.
    fn live(&mut self, years: i64) {
        let first = NaiveDate::from_ymd_opt(2027, 1, 1).expect("a day") + TimeDelta::days(self.chance.between(0, 365));
        let last = first + TimeDelta::days(years * 365 + years / 4);
        let mut day = first;
        while day < last && self.oracle.faults.is_empty() {
            self.oracle.counts.days += 1;
            let now = self.goes_off(day);
            self.machine.set(now);
            self.ways_change();
            if self.agreements == 0 || self.chance.one_in(80) {
                self.agree(day);
            }
            for _ in 0..2 {
                if self.chance.one_in(5) {
                    self.officers(day);
                }
            }
            self.runs(now);
            day = self.next_day(day);
        }
        // Then everything works, and there is time enough for every pause.
        for after in 0..35 {
            if !self.oracle.faults.is_empty() {
                return;
            }
            day = day.max(self.oracle.latest_day().unwrap_or(day)) + TimeDelta::days(i64::from(after > 0));
            self.world.borrow_mut().ways.clear();
            let now = self.goes_off(day) + TimeDelta::hours(1);
            self.machine.set(now);
            self.session(now, None, false);
            if !self.oracle.waits() && after > 1 {
                break;
            }
        }
        self.oracle.is_calm(day);
    }

    /// The next day on which something matters; sometimes any other, and sometimes nobody runs anything for up to thirty days.
    fn next_day(&mut self, day: NaiveDate) -> NaiveDate {
        if self.chance.one_in(25) {
            return day + TimeDelta::days(self.chance.between(2, 30));
        }
        let any = day + TimeDelta::days(self.chance.between(1, 35));
        let rung = self.docket.as_ref().and_then(oracle::next_rung).map_or(any, |rung| rung.max(day + TimeDelta::days(1)));
        let soon =
            day + TimeDelta::days(if self.oracle.waits() && self.chance.one_in(2) { self.chance.between(1, 3) } else { 35 });
        any.min(soon).min(rung)
    }

    fn ways_change(&mut self) {
        if !self.chance.one_in(6) {
            return;
        }
        let way =
            *self.chance.pick(&[Way::Open, Way::Open, Way::Open, Way::Closed, Way::Closed, Way::LosesTheAnswer, Way::Refuses]);
        let kind = *self.chance.pick(&["mail/dg-1", "mail/dg-2", "mail/dg-9", "webhook/"]);
        self.world.borrow_mut().ways.insert(kind, way);
    }

    /// The runs of a day.
    fn runs(&mut self, now: DateTime<Utc>) {
        let skewed = self.chance.one_in(10);
        let clock = if skewed {
            self.oracle.counts.skewed += 1;
            now + TimeDelta::hours(self.chance.between(-7 * 24, 2 * 24))
        } else {
            now
        };
        let dies_at = self.chance.one_in(6).then(|| self.chance.below(9) + 1);
        let is_contested = self.chance.one_in(12);
        self.session(clock, dies_at, is_contested);
        if self.chance.one_in(8) {
            let again = if self.chance.one_in(2) { clock } else { now };
            let later = TimeDelta::minutes(self.chance.between(0, 300));
            self.session(again + later, None, false);
        }
    }

    /// One process, from its start to its end or its death.
    fn session(&mut self, clock: DateTime<Utc>, dies_at: Option<u64>, is_contested: bool) {
        self.oracle.counts.runs += 1;
        self.machine.set(clock);
        self.tell(|| format!("{clock} run{}", dies_at.map_or(String::new(), |step| format!(", to die at step {step}"))));
        let runner =
            Runner { plan: self.plan.clone(), ids: self.ids.clone(), world: self.world.clone(), now: clock, zone: self.zone };
        if self.world.borrow().wrong == Some(Wrong::UnflagsWhenSetBack) {
            self.unflag(&runner);
        }
        self.world.borrow_mut().starts(dies_at);
        if is_contested {
            self.oracle.counts.rivals += 1;
            let rival = runner.clone();
            self.world.borrow_mut().rival = Some(Box::new(move |log| drop(rival.go(log, |_| {}))));
        }
        let zones = self.zones.clone();
        let (oracle, world) = (&mut self.oracle, self.world.clone());
        let ended = runner.go(self.log.clone(), |seen| {
            let happened = std::mem::take(&mut world.borrow_mut().happened);
            oracle.hears(happened);
            let as_of = seen.view.docket.as_of;
            let days = |agreement: &str| {
                let zones = zones.borrow();
                let days = zones.get(agreement).into_iter().flatten().map(|zone| clock.with_timezone(zone).date_naive());
                let days: Vec<NaiveDate> = days.chain([as_of]).collect();
                (days.iter().copied().max().expect("its own"), days.iter().copied().min().expect("its own"))
            };
            oracle.completed(&seen.view.docket, &seen.completed, &days);
        });
        let happened = std::mem::take(&mut self.world.borrow_mut().happened);
        self.oracle.hears(happened);
        self.oracle.session_ends();
        match ended {
            Ended::Well(docket) => self.docket = Some(*docket),
            Ended::Died => self.tell(|| "  it died".into()),
            Ended::Failed(error) => self.oracle.faults.push(format!("a run failed: {error}")),
        }
        let mut world = self.world.borrow_mut();
        world.rival = None;
        world.starts(None);
    }

    /// A run that is wrong on purpose takes back what a later day raised.
    fn unflag(&mut self, runner: &Runner) {
        let as_of = runner.now.with_timezone(&self.zone).date_naive();
        let later: Vec<Uuid> = self.oracle.standing().filter(|(.., raised)| as_of < *raised).map(|(id, ..)| id).collect();
        let Some(id) = later.first() else { return };
        let alerts = vec![events::alert::Withdrawal { id: *id, why: "not due yet".into() }];
        let withdrawn = events::alert::AlertsWithdrawn { message: Uuid::nil(), channel: "log".into(), alerts };
        let size = self.log.head().expect("a log").size;
        let draft = Draft {
            id: Uuid::from_u128(u128::from(size) + (1 << 64)),
            agreement: ALERTS.into(),
            event: Event::Alert(AlertFact::Withdrawn(Box::new(withdrawn))),
            occurred_on: Some(DateSpec::from(as_of)),
            actor: "job".into(),
            authority: None,
            source: None,
            reason: None,
            corrects: None,
            rules: None,
        };
        let mut log = self.log.clone();
        log.append(draft.id, &Expected::Size(size), &[draft]).expect("it is appended");
    }

    fn agree(&mut self, today: NaiveDate) {
        self.agreements += 1;
        let agreement = if self.agreements == 2 && self.chance.one_in(12) {
            cast::example("kr-sg-dpa.toml")
        } else {
            cast::made_up(&mut self.chance, self.agreements, today)
        };
        self.zones.borrow_mut().insert(agreement.id.clone(), agreement.zones);
        self.parties.insert(agreement.id.clone(), agreement.parties);
        if let Err(error) = self.record(&agreement.proposals, today) {
            self.oracle.faults.push(format!("{} cannot be imported: {error}", agreement.id));
        }
    }

    fn record(&mut self, proposals: &[Proposal], today: NaiveDate) -> Result<Option<u64>, String> {
        let ids = Box::new(self.ids.clone());
        let (shelf, private) = (Shelf::default(), PrivateFile::nowhere());
        let log = self.log.clone();
        let mut app = App { log, shelf, private, actor: "dg-1".into(), today, late_after_days: None, ids };
        // Judged as the program judges it, and appended here: a log in memory has no file beside it in which reasons are kept.
        let judged = app.execute(proposals, Write { dry_run: true, ..Write::default() });
        let judged = judged.map_err(|error| format!("{:?}", error.into_error()));
        let done = judged.map(|outcome| {
            let drafts: Vec<Draft> = outcome.records.iter().map(|record| record.draft.clone()).collect();
            let (command, expected) = (app.ids.next(), Expected::Size(app.log.head().expect("a log").size));
            let append = || app.log.append(command, &expected, &drafts).expect("nobody else writes").last;
            (!drafts.is_empty()).then(append)
        });
        self.tell(|| {
            let refused = done.as_ref().err().map_or(String::new(), |why| format!("refused: {why}"));
            format!("{today} {:?} {refused}", proposals.last().map(|one| (&one.agreement, &one.event)))
        });
        self.oracle.counts.acts += u64::from(matches!(done, Ok(Some(_))));
        done
    }

    /// Somebody records something. What is refused was not recorded: that happens too.
    fn officers(&mut self, today: NaiveDate) {
        match self.chance.below(20) {
            0..=10 => self.about_a_line(today),
            11..=12 => {
                if let Some((agreement, seq)) = self.moved.pop() {
                    let reversal =
                        Proposal { reason: Some("entered by mistake".into()), ..Proposal::reversal(&agreement, seq, today) };
                    drop(self.record(&[reversal], today));
                }
            }
            13 => self.about_an_agreement(today),
            _ => self.about_an_alert(today),
        }
    }

    fn about_a_line(&mut self, today: NaiveDate) {
        let near = |line: &&Line| {
            line.axes.is_pending()
                && matches!(line.kind, Kind::Commitment)
                && line.due.earliest.is_some_and(|earliest| earliest <= today + TimeDelta::days(200))
        };
        let lines: Vec<(String, Option<NaiveDate>)> = self
            .docket
            .iter()
            .flat_map(|docket| docket.entries.iter().filter(near).map(|line| (line.id.clone(), line.due.latest)))
            .collect();
        if lines.is_empty() {
            return;
        }
        let (id, latest) = self.chance.pick(&lines).clone();
        let Some((agreement, instance)) = id.split_once('/') else { return };
        let instance = instance.to_string();
        let latest = latest.unwrap_or(today);
        let on = today - TimeDelta::days(if self.chance.one_in(2) { 0 } else { self.chance.between(0, 40) });
        let to = DateSpec::from(today.max(latest) + TimeDelta::days(self.chance.between(-60, 200)));
        let (event, on, moves) = match self.chance.below(10) {
            0..=4 => (Event::PerformanceReported(Box::new(performed(instance))), on, false),
            5..=6 => (Event::ExtensionGranted(Box::new(ExtensionGranted { instance, to, by: Vec::new() })), today, true),
            7 => (Event::DueDateSet(DueDateSet { instance, on: to, certainty: Certainty::Definitive }), today, true),
            8 => (Event::PerformanceReported(Box::new(performed(instance))), on, true),
            _ => (
                Event::WaiverGranted(Box::new(WaiverGranted { of: instance, by: Vec::new(), all_from: false, until: None })),
                today,
                false,
            ),
        };
        let proposal = Proposal { reason: Some("told".into()), ..Proposal::new(agreement, event).on(on) };
        if let (Ok(Some(seq)), true) = (self.record(&[proposal], today), moves) {
            self.moved.push((agreement.into(), seq));
        }
    }

    fn about_an_agreement(&mut self, today: NaiveDate) {
        let ids: Vec<String> = self.zones.borrow().keys().cloned().collect();
        let agreement = self.chance.pick(&ids).clone();
        let parties = self.parties[&agreement].clone();
        let by = self.chance.pick(&parties).clone();
        let event = match self.chance.below(5) {
            0 => Event::NoticeGiven(Box::new(NoticeGiven {
                notice: String::new(),
                by,
                power: String::new(),
                received: Some(DateSpec::from(today)),
                dispatched: None,
                stated: None,
                effective: None,
                in_place_of: None,
            })),
            1 => Event::AgreementTerminated(AgreementTerminated { effective: (today + TimeDelta::days(30)).into() }),
            2..=3 => Event::AgreementSuspended(Box::new(AgreementSuspended {
                provisions: Vec::new(),
                until: Some((today + TimeDelta::days(self.chance.between(5, 90))).into()),
                clock: None,
                parties: Vec::new(),
            })),
            _ => Event::AgreementResumed(AgreementResumed { provisions: Vec::new() }),
        };
        let proposal = Proposal { reason: Some("told".into()), ..Proposal::new(&agreement, event).on(today) };
        drop(self.record(&[proposal], today));
    }

    fn about_an_alert(&mut self, today: NaiveDate) {
        let recent: Vec<Uuid> = self.oracle.standing().rev().take(6).map(|(id, ..)| id).collect();
        if recent.is_empty() {
            return;
        }
        let alerts = vec![*self.chance.pick(&recent)];
        let fact = match self.chance.below(3) {
            0 => AlertFact::Acknowledged(AlertsAcknowledged { alerts }),
            1 => {
                let until = (today + TimeDelta::days(self.chance.between(1, 20))).into();
                AlertFact::Snoozed(AlertsSnoozed { alerts, until })
            }
            _ => AlertFact::Escalated(AlertsEscalated { alerts, to: cast::MANAGER.into() }),
        };
        let proposal = Proposal { reason: Some("told".into()), ..Proposal::new(ALERTS, Event::Alert(fact)).on(today) };
        let said = self.record(&[proposal], today);
        if let (Ok(Some(seq)), true) = (said, self.chance.one_in(5)) {
            self.moved.push((ALERTS.into(), seq));
        }
    }
}

fn performed(instance: String) -> PerformanceReported {
    PerformanceReported { instance, by: Vec::new(), evidence: None, quantity: None, milestone: None, asserted_by: None }
}

/// One seed: what it counted, and what went wrong.
fn seed(seed: u64, wrong: Option<Wrong>, folder: Option<&std::path::Path>, years: i64) -> (Counts, Vec<String>) {
    let mut sim = Sim::new(seed, wrong, folder);
    sim.live(years);
    let mut counts = sim.oracle.counts;
    counts.crashes = sim.world.borrow().crashes;
    (counts, sim.oracle.faults)
}

/// Seeds, on as many threads as there are.
fn all(seeds: u64, years: i64) -> (Counts, Vec<String>) {
    let next = AtomicU64::new(0);
    let sum = Mutex::new((Counts::default(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= seeds {
                        return;
                    }
                    let (counts, faults) = seed(number, None, None, years);
                    let mut sum = sum.lock().expect("nobody panics holding it");
                    sum.0.add(counts);
                    sum.1.extend(faults.into_iter().map(|fault| format!("OBLIGO_SEED={number}: {fault}")));
                }
            });
        }
    });
    sum.into_inner().expect("nobody panicked holding it")
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_is_missed_nothing_is_told_twice_and_nothing_without_a_record() {
    let one = number("OBLIGO_SEED");
    let seeds = one.map_or_else(|| number("OBLIGO_SEEDS").unwrap_or(SAMPLE), |_| 1);
    let (counts, faults) = match one {
        Some(one) => seed(one, None, None, YEARS),
        None if number("OBLIGO_SEEDS").is_some() => all(seeds, YEARS),
        None => all(seeds, YEARS_OF_SAMPLE),
    };
    println!("{}", counts.table(seeds, &faults));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}

#[test]
fn a_register_on_disk_that_is_read_whole_does_the_same() {
    if number("OBLIGO_SEED").is_some() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for a test");
    let (counts, faults) = seed(2, None, Some(folder.path()), 1);
    assert!(counts.completed > 5, "{}", counts.table(1, &faults));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What each wrong run is found by, within the seeds that are tried always.
const CONTROLS: [(Wrong, &str); 7] = [
    (Wrong::RecordsBeforeSending, "never arrived"),
    (Wrong::ForgetsTheOutbox, "never arrived"),
    (Wrong::NoDateInIdentity, "flagged twice"),
    (Wrong::UnflagsWhenSetBack, "un-flagged"),
    (Wrong::LastRungAlone, "missed"),
    (Wrong::NewIdEachTime, "told twice"),
    (Wrong::NeverWithdraws, "still standing"),
];

#[test]
fn a_run_that_is_wrong_on_purpose_is_found() {
    if number("OBLIGO_SEED").is_some() {
        return;
    }
    let mut lost = Vec::new();
    for (wrong, by) in CONTROLS {
        let mut faults = (0..SAMPLE).flat_map(|number| seed(number, Some(wrong), None, 2).1);
        match faults.next() {
            Some(fault) if fault.contains(by) => {}
            found => lost.push(format!("{wrong:?} is not found by `{by}`: {found:?}")),
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
