//! Random histories: the same steps on a log and on the memory log must give the same answers and leave the same bytes.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{HandClock, Make, Outcome, samples};
use crate::log::{EventLog, Expected, LogError, Select};
use crate::memory::MemoryLog;
use crate::record::Draft;

/// Runs a history of `steps` steps on a fresh log and beside it on a memory log. The seed alone makes the history.
///
/// # Errors
/// The seed, the step and both answers, at the first difference.
pub fn agrees_with_memory(make: Make<'_>, seed: u64, steps: usize) -> Outcome {
    let mut random = Random(seed);
    let origin = random.uuid(u64::MAX);
    let clock = HandClock::at(random.instant());
    let mut log = make(origin, clock.clone());
    let mut memory = MemoryLog::new(origin, clock.clone());
    for number in 1..=steps {
        let size = memory.head().map_err(|error| error.to_string())?.size;
        let step = random.step(size, &memory);
        if let Step::Clock(instant) = &step {
            clock.set(*instant);
        }
        for asked in [&step, &Step::Head] {
            agree(&format!("seed {seed}, step {number}"), asked, &mut *log, &mut memory)?;
        }
    }
    agree(&format!("seed {seed}, at the end"), &Step::Scan(Select::default(), u64::MAX), &mut *log, &mut memory)
}

fn agree(place: &str, step: &Step, log: &mut dyn EventLog, memory: &mut MemoryLog) -> Outcome {
    let (found, wanted) = (step.answer(log), step.answer(memory));
    if found == wanted {
        return Ok(());
    }
    Err(format!("{place}, {step:?}: the log says {found}, the memory log says {wanted}"))
}

#[derive(Debug)]
enum Step {
    Append(Uuid, Expected, Vec<Draft>),
    Clock(DateTime<Utc>),
    Head,
    RootAt(u64),
    SizeAt(DateTime<Utc>),
    RecordedAt(u64),
    Receipt(Uuid),
    /// Which entries, and how many of them at most.
    Scan(Select, u64),
}

impl Step {
    /// What a log answers, as text; how a store words a failure is its own affair.
    fn answer(&self, log: &mut dyn EventLog) -> String {
        match self {
            Step::Append(command, expected, drafts) => shown(log.append(*command, expected, drafts)),
            Step::Clock(_) => String::new(),
            Step::Head => shown(log.head()),
            Step::RootAt(size) => shown(log.root_at(*size)),
            Step::SizeAt(instant) => shown(log.size_at(*instant)),
            Step::RecordedAt(seq) => shown(log.recorded_at(*seq)),
            Step::Receipt(command) => shown(log.receipt(*command)),
            Step::Scan(select, most) => shown(scanned(log, select, *most)),
        }
    }
}

fn shown<T: std::fmt::Debug>(answer: Result<T, LogError>) -> String {
    match answer {
        Err(LogError::World(..)) => "World".into(),
        answer => format!("{answer:?}"),
    }
}

fn scanned(log: &dyn EventLog, select: &Select, most: u64) -> Result<Vec<String>, LogError> {
    let mut entries = Vec::new();
    log.scan(select, &mut |seq, bytes| {
        entries.push(format!("{seq}: {}", String::from_utf8_lossy(bytes)));
        (entries.len() as u64) < most
    })?;
    Ok(entries)
}

/// Steele, Lea and Flood's SplitMix64: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One of the first `many` ids.
    fn uuid(&mut self, many: u64) -> Uuid {
        Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + u128::from(self.below(many)))
    }

    /// An instant within two minutes of the turn of a year, to the nanosecond.
    fn instant(&mut self) -> DateTime<Utc> {
        let turn: DateTime<Utc> = "2027-01-01T00:00:00Z".parse().expect("an instant");
        let offset = self.below(120_000_000_000) as i64 - 60_000_000_000;
        turn + TimeDelta::nanoseconds(offset)
    }

    fn agreement(&mut self) -> String {
        ["eu-kr-dp", "uk-kr-dp", "EU-KR-DP", "jp"][self.below(4) as usize].into()
    }

    /// Appends more often than questions; few ids and commands, so that some come twice.
    fn step(&mut self, size: u64, memory: &MemoryLog) -> Step {
        match self.below(11) {
            0..5 => Step::Append(self.uuid(60), self.expected(size, memory), self.drafts()),
            5 => Step::Clock(self.instant()),
            6 => Step::RootAt(self.below(size + 2)),
            7 => Step::SizeAt(self.instant()),
            8 => Step::Receipt(self.uuid(60)),
            9 => Step::RecordedAt(self.below(size + 2)),
            _ => Step::Scan(self.select(size), self.below(8) + 1),
        }
    }

    /// Right three times out of four.
    fn expected(&mut self, size: u64, memory: &MemoryLog) -> Expected {
        let off = u64::from(self.below(4) == 0);
        if self.below(2) == 0 {
            return Expected::Size(size + off);
        }
        let agreement = self.agreement();
        let select = Select { agreement: Some(agreement.clone()), upto: None };
        let version = scanned(memory, &select, u64::MAX).map_or(0, |entries| entries.len() as u64);
        Expected::Version { agreement, version: version + off }
    }

    fn drafts(&mut self) -> Vec<Draft> {
        (0..self.below(5)).map(|_| self.draft()).collect()
    }

    fn draft(&mut self) -> Draft {
        let mut events = samples::events();
        let event = events.swap_remove(self.below(events.len() as u64) as usize);
        let (id, agreement) = (self.uuid(600), self.agreement());
        samples::draft(id, &agreement, event)
    }

    fn select(&mut self, size: u64) -> Select {
        let agreement = (self.below(2) == 0).then(|| self.agreement());
        let upto = (self.below(2) == 0).then(|| self.below(size + 2));
        Select { agreement, upto }
    }
}
