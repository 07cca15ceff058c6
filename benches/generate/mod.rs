//! A register as a ministry has it after decades, made up from a seed: the same number of records is always the same bytes, but for
//! the file of SQLite around them. It is written as a restored log is, through the guards of the tables.
//!
//! A hundred records an agreement: its terms, two documents, two bodies, fifteen provisions, then what was done under it. Most agreements
//! are long over; about one in eight still has effect on [`LAST_DAY`]. A few things were not done, were put off, were reversed.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::path::Path;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};
use events::event::{
    Achievement, Assessment, AssessmentMade, Certainty, ConditionEstablished, DecisionTaken, DueDateSet, ExtensionGranted,
    MeetingHeld, MeetingPostponed, MeetingScheduled, Milestone, MinutesAdopted, NoticeGiven, NoticeReceived, PartyRenamed,
    PerformanceReported, Project, RecordCorrected, WaiverGranted,
};
use events::record::{Draft, Record, SourceRef};
use events::terms::{AgreementTerms, Body, Force, Form, Party, Provision, Source, Term, Terms};
use events::{DateSpec, Event, codec};
use store::{SqliteLog, StoreError};
use uuid::Uuid;

/// Records an agreement has.
pub const EACH: u64 = 100;

/// The day of the last act: look at the register from the day after.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");

/// The id of every log that is made up.
pub const ORIGIN: Uuid = Uuid::from_u128(0x0192_b1f0_0000_7000_8000_0000_0000_beac);

const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1990, 1, 8).expect("a day");

/// Agreements that begin later would have to hold a hundred records in a few weeks.
const LAST_BEGINNING: NaiveDate = NaiveDate::from_ymd_opt(2025, 11, 3).expect("a day");

/// Makes a register where there is none, with at least so many records: whole agreements.
pub fn write(path: &Path, records: u64) -> Result<(), StoreError> {
    SqliteLog::restore(path, ORIGIN, entries(records))
}

/// The entries of such a log, in order.
pub fn entries(records: u64) -> impl Iterator<Item = Vec<u8>> {
    self::records(records).map(|record| codec::encode(&record))
}

/// The entries of such a log that has what has effect on [`LAST_DAY`] or had within the year before, and every so-manieth agreement of those
/// that are over for longer.
pub fn entries_with_less_past(records: u64, every: u64) -> impl Iterator<Item = Vec<u8>> {
    let drafts = Drafts { every, ..Drafts::new(records.div_ceil(EACH)) };
    in_order(drafts).map(|record| codec::encode(&record))
}

/// The records of such a log, in order.
pub fn records(records: u64) -> impl Iterator<Item = Record> {
    in_order(Drafts::new(records.div_ceil(EACH)))
}

fn in_order(drafts: Drafts) -> impl Iterator<Item = Record> {
    drafts.zip(1..).scan(Ends::default(), |ends, (drafted, seq)| Some(ends.record(seq, drafted)))
}

/// The id of an agreement by its number, from 0.
pub fn id(number: u64) -> String {
    let [first, second] = parties(number);
    format!("{}-{}-{number:05}", first.0, second.0).to_lowercase()
}

/// The two parties of an agreement: each meets each of the others.
fn parties(number: u64) -> [&'static PartyWords; 2] {
    let (first, after) = (place(number, PARTIES.len()), 1 + place(number / 13, PARTIES.len() - 1));
    [&PARTIES[first], &PARTIES[(first + after) % PARTIES.len()]]
}

/// A draft that is to be recorded at an instant; those of one instant are of one command.
struct Drafted {
    at: DateTime<Utc>,
    draft: Draft,
}

/// The drafts of all agreements in the order of their instants. Only the agreements that run at one time are in memory.
struct Drafts {
    agreements: u64,
    /// Of the agreements that are over for a year, every so-manieth is there.
    every: u64,
    begun: u64,
    waiting: BinaryHeap<Reverse<(DateTime<Utc>, u64)>>,
    running: HashMap<u64, std::iter::Peekable<std::vec::IntoIter<Drafted>>>,
}

impl Drafts {
    fn new(agreements: u64) -> Self {
        Drafts { agreements, every: 1, begun: 0, waiting: BinaryHeap::new(), running: HashMap::new() }
    }

    fn begins(&self, number: u64) -> NaiveDate {
        let days = (LAST_BEGINNING - FIRST_DAY).num_days().unsigned_abs();
        FIRST_DAY + Days::new(days * number / self.agreements.max(1))
    }
}

impl Iterator for Drafts {
    type Item = Drafted;

    fn next(&mut self) -> Option<Drafted> {
        let next = self.waiting.peek().map(|Reverse((at, _))| at.date_naive());
        while self.begun < self.agreements && next.is_none_or(|next| self.begins(self.begun) <= next) {
            let number = self.begun;
            let story = Story::of(number, self.begins(number));
            if story.ends < LAST_DAY - Days::new(365) && !number.is_multiple_of(self.every) {
                self.begun += 1;
                continue;
            }
            let drafts = story.drafts();
            self.waiting.extend(drafts.first().map(|first| Reverse((first.at, number))));
            self.running.insert(number, drafts.into_iter().peekable());
            self.begun += 1;
            if next.is_none() {
                break;
            }
        }
        let Reverse((_, number)) = self.waiting.pop()?;
        let story = self.running.get_mut(&number)?;
        let drafted = story.next();
        match story.peek() {
            Some(next) => self.waiting.push(Reverse((next.at, number))),
            None => drop(self.running.remove(&number)),
        }
        drafted
    }
}

/// What a record's place follows from: the last version of each stream with its `seq`, and the last command.
#[derive(Default)]
struct Ends {
    streams: HashMap<String, (u64, u64)>,
    command: Option<(DateTime<Utc>, String, Uuid)>,
}

impl Ends {
    fn record(&mut self, seq: u64, Drafted { at, mut draft }: Drafted) -> Record {
        let (version, last_seq) = self.streams.get(&draft.agreement).copied().unwrap_or_default();
        let version = version + 1;
        self.streams.insert(draft.agreement.clone(), (version, seq));
        let last = self.command.take().filter(|(when, agreement, _)| *when == at && *agreement == draft.agreement);
        let command = last.map_or_else(|| time_ordered(at, seq, 1), |(_, _, command)| command);
        self.command = Some((at, draft.agreement.clone(), command));
        draft.id = time_ordered(at, seq, 2);
        // A reversal names the record before it in its stream; that is where the story puts its target.
        draft.corrects = draft.corrects.map(|_| last_seq);
        Record { origin: ORIGIN, seq, version, command, recorded_at: at, draft }
    }
}

/// A UUID of version 7 whose chance is made up.
fn time_ordered(at: DateTime<Utc>, seq: u64, of: u64) -> Uuid {
    let mut chance = Chance(seq << 2 | of);
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&chance.next().to_be_bytes());
    bytes[0] = (seq >> 8) as u8;
    bytes[1] = seq as u8;
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// SplitMix64: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        place(self.next(), end)
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// One of `end` places.
fn place(number: u64, end: usize) -> usize {
    usize::try_from(number % end.max(1) as u64).unwrap_or_default()
}

/// The id of a party, its name, through whom it acts.
type PartyWords = (&'static str, &'static str, &'static str);

const PARTIES: [PartyWords; 13] = [
    ("AX", "Axland", "Ministry of Digital Affairs"),
    ("BL", "Beland", "Department for Science and Technology"),
    ("CR", "Cerland", "Ministry of Economy and Trade"),
    ("DV", "Devonia", "Federal Office for Information Security"),
    ("EM", "Emland", "Ministry of Foreign Affairs"),
    ("FR", "Ferrania", "Ministry of Industry"),
    ("GL", "Gallia Minor", "Agency for the Environment"),
    ("HO", "Hollenia", "Ministry of Transport and the Sea"),
    ("IS", "Isteria", "Meteorological Institute"),
    ("KO", "Korvia", "Ministry of Science and ICT"),
    ("LU", "Lunaria", "Customs Administration"),
    ("MO", "Moravia Nova", "Ministry of Health"),
    ("NO", "Nordmark", "Statistical Office"),
];

const SUBJECTS: [&str; 8] = [
    "the exchange of weather data",
    "cooperation on semiconductors",
    "the mutual recognition of certificates",
    "trusted flows of data",
    "the protection of a shared river",
    "cooperation in research and training",
    "mutual assistance in customs matters",
    "the safety of artificial intelligence",
];

const TOPICS: [&str; 6] = ["weather", "semiconductors", "standards", "data-flows", "research", "artificial-intelligence"];

const WORK: [&str; 8] = [
    "A working group compared the two lists",
    "Experts went through the open points",
    "First results of the study presented",
    "A training week was held for officials",
    "The points of contact brought up to date",
    "A joint paper before the standards body",
    "The figures of the half-year exchanged",
    "A pilot begun at two places",
];

/// One agreement from its beginning to its end or to the last day.
struct Story {
    number: u64,
    id: String,
    parties: [&'static PartyWords; 2],
    begins: NaiveDate,
    /// The last day on which something is done under it.
    ends: NaiveDate,
    /// How long its text says that it lasts; `None`: without a fixed end.
    years: Option<u32>,
    chance: Chance,
    acts: Vec<(NaiveDate, Event)>,
}

impl Story {
    fn of(number: u64, begins: NaiveDate) -> Self {
        let mut chance = Chance(number ^ 0x6f62_6c69_676f);
        // What has no end goes back ten years at most, so that a hundred records tell all of it.
        let years = (begins.year() < 2017 || chance.percent(80)).then_some(3);
        let end = years.map_or(LAST_DAY, |years| begins + Months::new(12 * years) - Days::new(1));
        Story {
            number,
            id: id(number),
            parties: parties(number),
            begins,
            ends: end.min(LAST_DAY),
            years,
            chance,
            acts: Vec::new(),
        }
    }

    fn drafts(mut self) -> Vec<Drafted> {
        let terms = self.terms();
        let left = (EACH as usize).saturating_sub(terms.len());
        self.years_of_work();
        self.dated_duties();
        self.end();
        self.fill(left);
        self.acts.sort_by_key(|(day, _)| *day);
        self.acts.truncate(left);
        let imported = instant(self.begins, 9, self.number);
        let mut drafts: Vec<Drafted> = Vec::with_capacity(EACH as usize);
        drafts.extend(terms.into_iter().map(|event| Drafted { at: imported, draft: self.draft(None, event) }));
        for (day, event) in std::mem::take(&mut self.acts) {
            let later = Days::new(self.chance.below(4) as u64);
            let last = drafts.last().map_or(imported, |last| last.at + TimeDelta::seconds(60));
            let at = instant((day + later).min(LAST_DAY), 10, self.chance.next()).max(last);
            drafts.push(Drafted { at, draft: self.draft(Some(day), event) });
        }
        drafts
    }

    fn draft(&mut self, on: Option<NaiveDate>, event: Event) -> Draft {
        let is_reversal = matches!(event, Event::RecordCorrected(_));
        let is_term = on.is_none();
        let paragraph = 1 + self.chance.below(30);
        let source = SourceRef {
            id: if is_term { "text" } else { "minutes" }.into(),
            sha256: None,
            locator: Some(format!("para. {paragraph}").into()),
        };
        // The terms say where they stand; of what was done, every third record cites the minutes.
        let source = (is_term || paragraph.is_multiple_of(3)).then_some(source);
        Draft {
            id: Uuid::nil(),
            agreement: self.id.clone(),
            event,
            occurred_on: on.map(DateSpec::day),
            actor: format!("0192b1f0-{:04x}", self.chance.below(24)),
            authority: None,
            source,
            reason: None,
            // Which record that is, is known when it is written.
            corrects: is_reversal.then_some(0),
            rules: None,
        }
    }

    fn party(&self, which: usize) -> String {
        self.parties[which % 2].0.into()
    }

    fn both(&self) -> Vec<String> {
        vec![self.party(0), self.party(1)]
    }

    fn terms(&mut self) -> Vec<Event> {
        let subject = SUBJECTS[place(self.number, SUBJECTS.len())];
        let party = |(id, name, through): &PartyWords| Party {
            id: (*id).into(),
            name: (*name).into(),
            acts_through: Some((*through).into()),
            zone: None,
        };
        let about = AgreementTerms {
            title: format!("Agreement between {} and {} on {subject}", self.parties[0].1, self.parties[1].1),
            form: [Form::Agreement, Form::Treaty, Form::Memorandum][self.chance.below(3)],
            force: Force::Binding,
            reckoning: "corresponding-date".into(),
            zone: None,
            calendars: Vec::new(),
            paragraphs: Some(15),
            parties: self.parties.iter().map(|known| party(known)).collect(),
            relates: Vec::new(),
        };
        let source = |id: &str, title: String, published: NaiveDate| {
            Event::SourceRecorded(Box::new(Source {
                id: id.into(),
                title,
                published: DateSpec::day(published),
                handling: "public".into(),
                sha256: Some(format!("{:064x}", u128::from(self.number) << 7 | 1)),
                url: Some(format!("https://example.org/treaties/{}/{id}", self.id)),
            }))
        };
        let body = |id: &str, name: &str| {
            Event::BodyRecorded(Box::new(Body { id: id.into(), name: format!("{name} on {subject}"), chair: None }))
        };
        let mut events = vec![
            source("text", about.title.clone(), self.begins),
            source("minutes", format!("Minutes of the Joint Council on {subject}"), self.begins),
            body("council", "Joint Council"),
            body("experts", "Group of Experts"),
        ];
        events.insert(0, Event::AgreementRecorded(Box::new(about)));
        events.extend(self.provisions().into_iter().map(|one| Event::ProvisionRecorded(Box::new(one))));
        events
    }

    fn provisions(&self) -> Vec<Provision> {
        let text = |words: &str| Term::Text(words.into());
        let table = |pairs: &[(&str, &str)]| Term::Table(pairs.iter().map(|(key, value)| ((*key).into(), text(value))).collect());
        let provision = |id: &str, reference: &str, kind: &str, by: &[String], words: &str, terms: &[(&str, Term)]| Provision {
            id: id.into(),
            reference: reference.into(),
            kind: kind.into(),
            text: Some(words.into()),
            quote: None,
            quote_prefix: None,
            quote_suffix: None,
            force: None,
            by: by.to_vec(),
            to: Vec::new(),
            topics: vec![TOPICS[place(self.number, TOPICS.len())].into()],
            undetermined: None,
            terms: terms.iter().map(|(key, term)| ((*key).into(), term.clone())).collect::<Terms>(),
        };
        let (both, first, second) = (self.both(), [self.party(0)], [self.party(1)]);
        let either = ["either".to_string()];
        let due = |years: u32| text(&(self.begins + Months::new(12 * years)).to_string());
        let yearly = [("every", text("1 year")), ("reading", text("calendar-year"))];
        let council = [("body", text("council")), yearly[0].clone(), yearly[1].clone()];
        let after_meeting = Term::Table([("act", "meeting-held"), ("of", "council")].map(|(k, v)| (k.into(), text(v))).into());
        let term: Vec<(&str, Term)> = match self.years {
            Some(years) => vec![("length", text(&format!("{years} years"))), ("from", text("signature"))],
            None => vec![("from", text("signature"))],
        };
        let notice = table(&[("at_least", "6 months"), ("counted_from", "received")]);
        vec![
            provision("1", "1", "statement", &[], "Working together serves both sides", &[]),
            provision("2", "2", "commitment", &both, "Work together and tell each other early", &[]),
            provision("3", "3", "report", &first, "Report each year on what was done", &yearly),
            provision("4", "4", "report", &second, "Report each year on the use of the funds", &yearly),
            provision("5", "5", "commitment", &first, "Name a point of contact and tell the other side", &[("due", due(1))]),
            provision("6", "6", "commitment", &second, "Bring the joint list into force at home", &[("due", due(2))]),
            provision(
                "7",
                "7",
                "commitment",
                &both,
                "Send the minutes of each meeting to the bodies",
                &[("when", after_meeting), ("due", table(&[("within", "60 days")]))],
            ),
            provision("8", "8", "meeting-series", &[], "The Council meets every year", &council),
            provision(
                "9",
                "9",
                "review",
                &both,
                "Look at the agreement anew where a side asks for it",
                &[("when", text("a side asks for it"))],
            ),
            provision("10", "10", "cost", &both, "Each side bears its own costs", &[]),
            provision("11", "11", "consultation", &both, "Differences are settled by talking", &[]),
            provision(
                "entry-into-effect",
                "12",
                "entry-into-effect",
                &[],
                "It comes into effect with signature",
                &[("on", text("signature"))],
            ),
            provision("term", "13", "term", &[], "How long it lasts", &term),
            provision("termination", "14", "termination", &either, "Either side may end it by notice", &[("notice", notice)]),
            provision("amendment", "15", "amendment", &both, "It is amended in writing", &[]),
        ]
    }

    fn put(&mut self, day: NaiveDate, event: Event) {
        if self.begins <= day && day <= self.ends {
            self.acts.push((day, event));
        }
    }

    fn day(&mut self, year: i32, month: u32, days: usize) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(self.begins);
        first + Days::new(self.chance.below(days) as u64)
    }

    fn performance(&self, instance: String, which: Option<usize>) -> Event {
        Event::PerformanceReported(Box::new(PerformanceReported {
            instance,
            by: which.map(|which| self.party(which)).into_iter().collect(),
            evidence: None,
            quantity: None,
            milestone: None,
            asserted_by: None,
        }))
    }

    /// Signature; then each year a meeting, what it decided, the reports.
    fn years_of_work(&mut self) {
        self.put(self.begins, Event::AgreementSigned(Milestone { place: Some("Cerra".into()), text: None }));
        for (decision, year) in (1..).zip(self.begins.year()..=self.ends.year()) {
            let (stated, planned) = (self.day(year, 2, 20), self.day(year, 6, 20));
            let meeting = format!("council-{planned}");
            if stated < self.begins || self.ends < planned {
                // Nobody planned one for this year.
            } else {
                self.meeting(decision, year, stated, planned, meeting);
            }
            for (provision, which) in [("3", 0), ("4", 1)] {
                let reported = self.day(year, 11, 18);
                if self.chance.percent(98) {
                    let instance = format!("{provision}-{year}");
                    self.put(reported, self.performance(instance.clone(), Some(which)));
                    let by = self.party(which + 1);
                    let assessment = AssessmentMade { instance, by, assessment: Assessment::Accepted };
                    self.put(reported + Days::new(1), Event::AssessmentMade(Box::new(assessment)));
                }
            }
        }
    }

    fn meeting(&mut self, decision: u32, year: i32, stated: NaiveDate, planned: NaiveDate, meeting: String) {
        let scheduled = MeetingScheduled {
            meeting: meeting.clone(),
            body: "council".into(),
            on: DateSpec::day(planned),
            certainty: Certainty::Indicative,
            name: Some(format!("Meeting of the Joint Council in {year}")),
            place: Some("Cerra".into()),
            topics: vec![TOPICS[place(self.number, TOPICS.len())].into()],
        };
        self.put(stated, Event::MeetingScheduled(Box::new(scheduled)));
        let mut on = planned;
        if self.chance.percent(20) && planned + Days::new(14) <= self.ends {
            on = planned + Days::new(14);
            let postponed = MeetingPostponed { meeting: meeting.clone(), on: DateSpec::day(on) };
            self.put(planned - Days::new(7), Event::MeetingPostponed(postponed));
        }
        let text = "Went through the programme of work and both reports";
        let held = MeetingHeld {
            meeting: meeting.clone(),
            body: "council".into(),
            name: None,
            place: Some("Cerra".into()),
            text: Some(text.into()),
            topics: Vec::new(),
            counts_for: Vec::new(),
            form: None,
        };
        self.put(on, Event::MeetingHeld(Box::new(held)));
        let taken = DecisionTaken {
            decision: format!("decision-{decision}"),
            text: "Propose the next programme of work".into(),
            meeting: Some(meeting.clone()),
            by: vec![self.party(decision as usize)],
            due: format!("{year}-12").parse().ok(),
            provision: Some("2".into()),
            topics: Vec::new(),
        };
        self.put(on, Event::DecisionTaken(Box::new(taken)));
        self.put(on + Days::new(21), Event::MinutesAdopted(MinutesAdopted { meeting }));
        self.put(on + Days::new(30), self.performance(format!("7-{on}"), None));
        if self.chance.percent(97) {
            self.put(on + Days::new(90), self.performance(format!("decision-{decision}"), None));
        }
    }

    /// The commitments with one date: done, done late, put off, waived, not done.
    fn dated_duties(&mut self) {
        let (first, second) = (self.begins + Months::new(12), self.begins + Months::new(24));
        match self.chance.below(20) {
            0 => {}
            1 => {
                let waiver = WaiverGranted { of: "5".into(), by: vec![self.party(1)], all_from: false, until: None };
                self.put(first - Days::new(60), Event::WaiverGranted(Box::new(waiver)));
            }
            2 => self.put(first + Days::new(40), self.performance("5".into(), None)),
            _ => self.put(first - Days::new(30), self.performance("5".into(), None)),
        }
        if self.chance.percent(25) {
            let to = DateSpec::day(second + Months::new(3));
            let extension = ExtensionGranted { instance: "6".into(), to, by: vec![self.party(0)] };
            self.put(second - Days::new(45), Event::ExtensionGranted(Box::new(extension)));
        } else if self.chance.percent(10) {
            let on = DateSpec::day(second + Days::new(20));
            let set = DueDateSet { instance: "6".into(), on, certainty: Certainty::Definitive };
            self.put(second - Days::new(50), Event::DueDateSet(set));
        }
        if self.chance.percent(96) {
            self.put(second - Days::new(10), self.performance("6".into(), None));
        }
        if self.chance.percent(10) {
            let condition = "a side asks for it".into();
            let established = ConditionEstablished { condition, of: None, holds: true };
            self.put(self.begins + Days::new(500), Event::ConditionEstablished(Box::new(established)));
        }
        if self.chance.percent(5) {
            let (party, name) = (self.party(0), format!("Republic of {}", self.parties[0].1));
            self.put(
                self.begins + Days::new(400),
                Event::PartyRenamed(Box::new(PartyRenamed { party, name: Some(name), acts_through: None })),
            );
        }
        let project = Project {
            project: "pilot".into(),
            text: WORK[7].into(),
            ends: format!("{}", self.begins.year() + 2).parse().ok(),
            topics: Vec::new(),
        };
        self.put(self.begins + Days::new(200), Event::ProjectBegun(Box::new(project)));
    }

    /// One in fifteen is ended by notice before its time, and its notice arrives.
    fn end(&mut self) {
        if !self.chance.percent(7) {
            return;
        }
        let given = self.begins + Days::new(900);
        let notice = NoticeGiven {
            notice: "notice-1".into(),
            by: self.party(0),
            power: "termination".into(),
            received: None,
            dispatched: None,
            stated: None,
            effective: None,
            in_place_of: None,
        };
        self.put(given, Event::NoticeGiven(Box::new(notice)));
        let received = NoticeReceived { notice: "notice-1".into(), by: None };
        self.put(given + Days::new(5), Event::NoticeReceived(received));
    }

    /// What fills the files: reports of work, announcements, things that were delivered; some of it recorded in error.
    fn fill(&mut self, left: usize) {
        let days = (self.ends - self.begins).num_days().unsigned_abs() as usize;
        while self.acts.len() < left {
            let day = self.begins + Days::new(1 + self.chance.below(days.max(2) - 1) as u64);
            let provision = Some(format!("{}", 2 + self.chance.below(5)));
            let by = if self.chance.percent(50) { vec![self.party(self.acts.len())] } else { Vec::new() };
            let text: String = WORK[self.chance.below(WORK.len())].into();
            let done = Achievement { text, by, provision, meeting: None, topics: Vec::new() };
            let event = match self.chance.below(10) {
                0 => Event::AnnouncementMade(Box::new(done)),
                1 => Event::DeliverableDelivered(Box::new(done)),
                _ => Event::WorkReported(Box::new(done)),
            };
            self.put(day, event);
            // The sort by day keeps the reversal directly after its target.
            if self.chance.percent(1) && self.acts.len() < left {
                self.put(day, Event::RecordCorrected(RecordCorrected {}));
            }
        }
    }
}

/// Some time of a working day.
fn instant(day: NaiveDate, hour: u32, number: u64) -> DateTime<Utc> {
    let seconds = i64::try_from(number % 20_000).unwrap_or_default();
    day.and_hms_opt(hour, 0, 0).unwrap_or_default().and_utc() + TimeDelta::seconds(seconds)
}
