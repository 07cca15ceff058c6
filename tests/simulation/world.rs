//! What a run works on, made so that it can break at any step: a clock, a log, and whoever receives mail and HTTP.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use events::alert::{AlertFact, AlertsRaised, Rung};
use events::log::{EventLog, Expected, Head, LogError, Receipt, Select};
use events::record::Draft;
use events::tree::Hash;
use events::{DateSpec, Event};
use obligo::app::Ids;
use obligo::jobs::message::{Message, Undelivered};
use obligo::jobs::run::Channels;
use uuid::Uuid;

/// A run that is wrong on purpose. Each must be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It says of what it sends that it arrived, and sends it at the end.
    RecordsBeforeSending,
    /// What an earlier run did not send is taken for sent.
    ForgetsTheOutbox,
    /// An alert has the same id whatever its date.
    NoDateInIdentity,
    /// A clock that is set back withdraws what was raised by a later day.
    UnflagsWhenSetBack,
    /// After a gap the last rung alone is flagged.
    LastRungAlone,
    /// Each time it is sent, a message has another id.
    NewIdEachTime,
    /// What was withdrawn stays standing.
    NeverWithdraws,
}

/// How a way to somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Open,
    /// Nobody answers.
    Closed,
    /// It is refused for good.
    Refuses,
    /// It arrives, and the answer that it did is lost.
    LosesTheAnswer,
}

/// What came about, in order.
#[derive(Debug, Clone)]
pub enum Happened {
    Recorded(u64, AlertFact, Option<NaiveDate>),
    Arrived(Arrival),
}

/// A message as it reached somebody.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub channel: String,
    pub message: Uuid,
    /// Each alert, and the line that it is of.
    pub alerts: Vec<(Uuid, String)>,
    pub withdrawn: Vec<Uuid>,
    /// The receiver had a message of that id already, and paid no heed.
    pub is_known: bool,
}

/// What a process meets.
#[derive(Default)]
pub struct World {
    pub wrong: Option<Wrong>,
    pub happened: Vec<Happened>,
    /// How each kind of channel works, by what its name begins with.
    pub ways: BTreeMap<&'static str, Way>,
    /// The process dies at this step, counted from its start.
    pub dies_at: Option<u64>,
    /// Nothing it does has an effect any more.
    pub is_dead: bool,
    step: u64,
    /// What somebody else does, between what is read and what is appended.
    pub rival: Option<Box<dyn FnOnce(SimLog)>>,
    received: BTreeSet<(String, Uuid)>,
    held_back: Vec<Message>,
    of_this_run: BTreeSet<Uuid>,
    pub arrivals: u64,
    pub crashes: u64,
}

pub type Shared = Rc<RefCell<World>>;

impl World {
    pub fn with(wrong: Option<Wrong>) -> Self {
        World { wrong, ..World::default() }
    }

    /// A new process.
    pub fn starts(&mut self, dies_at: Option<u64>) {
        (self.dies_at, self.is_dead, self.step) = (dies_at, false, 0);
        self.held_back.clear();
        self.of_this_run.clear();
    }

    /// One step further; whether the process is still alive.
    fn lives(&mut self) -> bool {
        self.step += 1;
        if !self.is_dead && self.dies_at == Some(self.step) {
            self.is_dead = true;
            self.crashes += 1;
        }
        !self.is_dead
    }

    fn arrives(&mut self, message: &Message) {
        let is_known = !self.received.insert((message.channel.clone(), message.id));
        let alerts = message.items.iter().map(|item| (item.alert, item.entry.clone())).collect();
        let withdrawn = message.withdrawn.iter().map(|withdrawn| withdrawn.alert).collect();
        let arrival = Arrival { channel: message.channel.clone(), message: message.id, alerts, withdrawn, is_known };
        self.arrivals += 1;
        self.happened.push(Happened::Arrived(arrival));
    }
}

/// Fake mail and webhooks.
pub struct Sinks(pub Shared);

impl Channels for Sinks {
    fn send(&mut self, message: &Message) -> Result<(), Undelivered> {
        let mut world = self.0.borrow_mut();
        let lost = |is_final| Undelivered { class: "no connection".into(), detail: String::new(), is_final };
        if !world.lives() {
            return Err(lost(false));
        }
        match world.wrong {
            Some(Wrong::RecordsBeforeSending) => {
                world.held_back.push(message.clone());
                return Ok(());
            }
            Some(Wrong::ForgetsTheOutbox) if !world.of_this_run.contains(&message.id) => return Ok(()),
            _ => {}
        }
        let way = world.ways.iter().find(|(kind, _)| message.channel.starts_with(**kind)).map_or(Way::Open, |(_, way)| *way);
        let mut message = message.clone();
        if world.wrong == Some(Wrong::NewIdEachTime) {
            message.id = Uuid::new_v5(&message.id, &world.arrivals.to_be_bytes());
        }
        match way {
            Way::Open => world.arrives(&message),
            Way::Closed => return Err(lost(false)),
            Way::Refuses => return Err(lost(true)),
            Way::LosesTheAnswer => {
                world.arrives(&message);
                return Err(lost(false));
            }
        }
        // Who dies now has sent it, and records nothing of it any more.
        world.lives();
        Ok(())
    }
}

impl Sinks {
    /// The process comes to its end.
    pub fn ends(&self) {
        let mut world = self.0.borrow_mut();
        let held_back = std::mem::take(&mut world.held_back);
        if !world.is_dead {
            held_back.iter().for_each(|message| world.arrives(message));
        }
    }
}

/// A log that can fail before an append and after it, and in which somebody else may write meanwhile.
#[derive(Clone)]
pub struct SimLog {
    pub inner: Rc<RefCell<Box<dyn EventLog>>>,
    pub world: Shared,
    /// Records of runs that a replay is not handed; see [`SimLog::scan`].
    passed_over: Rc<RefCell<BTreeSet<u64>>>,
    runs: Rc<RefCell<Vec<(u64, NaiveDate)>>>,
    /// Whether a replay is handed all there is.
    whole: bool,
}

impl SimLog {
    pub fn new(inner: Box<dyn EventLog>, world: Shared, whole: bool) -> Self {
        let inner = Rc::new(RefCell::new(inner));
        SimLog { inner, world, passed_over: Rc::default(), runs: Rc::default(), whole }
    }

    /// Of the runs all are passed over but the first, the one of the latest day and the last twenty.
    fn ran(&self, seq: u64, as_of: NaiveDate) {
        let (mut runs, mut passed_over) = (self.runs.borrow_mut(), self.passed_over.borrow_mut());
        runs.push((seq, as_of));
        let latest = runs.iter().max_by_key(|(_, day)| *day).copied();
        if runs.len() > 22 {
            let place = (1..runs.len()).find(|place| Some(runs[*place]) != latest).expect("there are more than two");
            passed_over.insert(runs.remove(place).0);
        }
    }

    /// What a wrong run would have recorded.
    fn spoilt(&self, drafts: &[Draft]) -> Vec<Draft> {
        let mut drafts = drafts.to_vec();
        let wrong = self.world.borrow().wrong;
        for draft in &mut drafts {
            let Event::Alert(AlertFact::Raised(raised)) = &mut draft.event else { continue };
            match wrong {
                Some(Wrong::NoDateInIdentity) => undated(raised, self.origin()),
                Some(Wrong::LastRungAlone) => last_rungs(raised),
                _ => {}
            }
        }
        if wrong == Some(Wrong::NeverWithdraws) {
            drafts.retain(|draft| !matches!(draft.event, Event::Alert(AlertFact::Withdrawn(_))));
        }
        drafts
    }
}

fn undated(raised: &mut AlertsRaised, origin: Uuid) {
    for alert in &mut raised.alerts {
        alert.id = Uuid::new_v5(&origin, format!("{} {:?} {}", alert.entry, alert.rung, raised.channel).as_bytes());
    }
}

fn last_rungs(raised: &mut AlertsRaised) {
    let order = |rung: Rung| if let Rung::Before(days) = rung { i32::from(days) } else { -1 };
    let all = raised.alerts.clone();
    let is_last =
        |entry: &str, rung| all.iter().filter(|other| other.entry == entry).all(|other| order(rung) <= order(other.rung));
    raised.alerts.retain(|alert| is_last(&alert.entry, alert.rung));
}

impl EventLog for SimLog {
    fn origin(&self) -> Uuid {
        self.inner.borrow().origin()
    }

    fn head(&self) -> Result<Head, LogError> {
        self.inner.borrow().head()
    }

    fn root_at(&self, size: u64) -> Result<Hash, LogError> {
        self.inner.borrow().root_at(size)
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, LogError> {
        self.inner.borrow().node(level, index)
    }

    fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, LogError> {
        self.inner.borrow().entry(seq)
    }

    fn size_at(&self, instant: DateTime<Utc>) -> Result<u64, LogError> {
        self.inner.borrow().size_at(instant)
    }

    fn recorded_at(&self, seq: u64) -> Result<Option<DateTime<Utc>>, LogError> {
        self.inner.borrow().recorded_at(seq)
    }

    /// Twenty years of runs are thousands of records that say nothing but that it was run, and each run reads all of them: most of them are
    /// passed over, or a seed would take hours. Where the log is whole, nothing is.
    fn scan(&self, select: &Select, visit: &mut dyn FnMut(u64, &[u8]) -> bool) -> Result<(), LogError> {
        let passed_over = self.passed_over.borrow();
        let is_left_out = |seq: u64| !self.whole && passed_over.contains(&seq);
        self.inner.borrow().scan(select, &mut |seq, entry| is_left_out(seq) || visit(seq, entry))
    }

    fn agreements(&self, after: u64) -> Result<Vec<String>, LogError> {
        self.inner.borrow().agreements(after)
    }

    fn receipt(&self, command: Uuid) -> Result<Option<Receipt>, LogError> {
        self.inner.borrow().receipt(command)
    }

    fn append(&mut self, command: Uuid, expected: &Expected, drafts: &[Draft]) -> Result<Receipt, LogError> {
        let died = || LogError::World("the process died".into(), None);
        let rival = self.world.borrow_mut().rival.take();
        if let Some(rival) = rival {
            rival(self.clone());
        }
        if !self.world.borrow_mut().lives() {
            return Err(died());
        }
        let drafts = self.spoilt(drafts);
        let receipt = self.inner.borrow_mut().append(command, expected, &drafts)?;
        for (seq, draft) in (receipt.first..=receipt.last).zip(&drafts).filter(|_| !receipt.repeated) {
            let Event::Alert(fact) = &draft.event else { continue };
            let as_of = draft.occurred_on.as_ref().and_then(DateSpec::exact);
            match (fact, as_of) {
                (AlertFact::Raised(raised), _) => drop(self.world.borrow_mut().of_this_run.insert(raised.message)),
                (AlertFact::Withdrawn(withdrawn), _) => drop(self.world.borrow_mut().of_this_run.insert(withdrawn.message)),
                (AlertFact::Run(_), Some(as_of)) => self.ran(seq, as_of),
                _ => {}
            }
            self.world.borrow_mut().happened.push(Happened::Recorded(seq, fact.clone(), as_of));
        }
        if self.world.borrow_mut().lives() { Ok(receipt) } else { Err(died()) }
    }
}

/// The clock that the machine shows.
#[derive(Clone, Default)]
pub struct Machine(Arc<AtomicI64>);

impl Machine {
    pub fn set(&self, now: DateTime<Utc>) {
        self.0.store(now.timestamp_micros(), Ordering::SeqCst);
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).expect("it was an instant")
    }
}

/// Ids that follow from how many there were.
#[derive(Clone)]
pub struct Counted(pub Rc<Cell<u64>>);

impl Ids for Counted {
    fn next(&mut self) -> Uuid {
        self.0.set(self.0.get() + 1);
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.0.get().to_be_bytes())
    }
}
