//! Random histories: what may happen under an agreement, on which day, and the log that tells it.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate};
use events::event::{
    Achievement, AgreementRenewed, AgreementResumed, AgreementSuperseded, AgreementSuspended, AgreementTerminated, Assessment,
    AssessmentMade, AssumptionMade, BreachDetermined, Certainty, Clock, ConditionEstablished, ConsentNotified, CycleExcused,
    DecisionTaken, DueDateSet, EffectStated, Event, ExtensionGranted, ImpossibilityAccepted, IncidentReported,
    InvalidityEstablished, MeetingCancelled, MeetingHeld, MeetingInquorate, MeetingPostponed, MeetingScheduled, Milestone,
    MinutesAdopted, NoticeDrafted, NoticeExtended, NoticeFoundDefective, NoticeGiven, NoticeReceived, NoticeRetracted,
    NoticeStep, ObligationReleased, PartyRenamed, PartySucceeded, PerformanceReported, PowerExercised, PowerWaived, Project,
    ProvisionAdded, ProvisionAmended, ProvisionRepealed, ReadingChosen, RecordCorrected, ReservationMade, ReservationWithdrawn,
    Transition, WaiverGranted,
};
use events::terms::Term;
use events::{DateSpec, Draft, Record, codec};
use proptest::prelude::*;
use rules::RuleSet;
use rules::time::regime::{Almanac, AtLeast, Backward, Cited, Edition, EffectDay, MissingDay, Regime, RollBack};
use rules::{Docket, Register, assess, replay};
use uuid::Uuid;

use crate::forms::{self, Agreed};

/// Plain counting, and nothing else.
pub fn rule_set() -> RuleSet {
    fn rule<T>(value: T) -> Cited<T> {
        Cited { value, article: String::new(), source: String::new() }
    }
    let edition = Edition {
        from: None,
        trigger_day_counted: rule(false),
        missing_day: rule(MissingDay::Last),
        sticky: rule(false),
        ends_at: rule("end of the day".into()),
        effect: rule(EffectDay::SameDay),
        effect_is_settled: true,
        at_least: rule(AtLeast::CorrespondingDay),
        at_least_is_settled: true,
        backward: rule(Backward { clear: false, roll: RollBack::None }),
        roll: None,
        short_period: None,
    };
    let id = "corresponding-date".to_string();
    let regime = Regime { name: id.clone(), about: String::new(), id, weekend: Vec::new(), editions: vec![edition] };
    let almanac = Almanac { regimes: vec![regime], calendars: Vec::new() };
    RuleSet { id: "test".into(), digest: String::new(), stage: 4, almanac }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What happened under one agreement.
#[derive(Debug, Clone)]
pub struct History {
    /// Which of [`forms::agreed`] it is.
    pub form: usize,
    /// In the order of their days.
    pub acts: Vec<(Event, DateSpec)>,
    /// Reversals, recorded after all acts: each of an act, or of a reversal before it, by its place among them.
    pub reversals: Vec<usize>,
}

/// The records of one agreement or of several, each with its `seq` and its bytes.
#[derive(Debug, Clone)]
pub struct Log {
    pub entries: Vec<(u64, String, Vec<u8>)>,
    /// Those that tell of acts, and not of what was agreed.
    pub acts: BTreeMap<u64, (Event, Option<DateSpec>)>,
}

impl History {
    /// Everything that its stream tells, with the place in the stream that a reversal means.
    fn facts(&self) -> Vec<(Event, Option<DateSpec>, Option<usize>)> {
        let Agreed { terms, beginning } = forms::agreed(self.form);
        let terms: Vec<_> = terms.into_iter().map(|event| (event, None, None)).collect();
        let first = terms.len();
        let acts = beginning.into_iter().chain(self.acts.iter().cloned()).map(|(event, on)| (event, Some(on), None));
        let reversals = self
            .reversals
            .iter()
            .map(|place| (Event::RecordCorrected(RecordCorrected {}), Some(day("2026-06-01").into()), Some(first + place)));
        terms.into_iter().chain(acts).chain(reversals).collect()
    }
}

/// The log of several histories; `turns` says whose record is next, and what is left comes in order.
pub fn log(histories: &[(&str, &History)], turns: &[usize]) -> Log {
    let mut streams: Vec<_> = histories.iter().map(|(id, history)| (*id, history.facts(), Vec::<u64>::new())).collect();
    let rest = streams.iter().enumerate().flat_map(|(place, (_, facts, _))| std::iter::repeat_n(place, facts.len()));
    let turns: Vec<usize> = turns.iter().map(|turn| turn % histories.len()).chain(rest).collect();
    let mut log = Log { entries: Vec::new(), acts: BTreeMap::new() };
    for turn in turns {
        let (id, facts, seqs) = &mut streams[turn];
        let Some((event, on, corrects)) = facts.get(seqs.len()).cloned() else { continue };
        let seq = log.entries.len() as u64 + 1;
        let corrects = corrects.map(|place| seqs[place]);
        seqs.push(seq);
        let is_agreed = matches!(
            event,
            Event::AgreementRecorded(_) | Event::SourceRecorded(_) | Event::BodyRecorded(_) | Event::ProvisionRecorded(_)
        );
        if !is_agreed {
            log.acts.insert(seq, (event.clone(), on.clone()));
        }
        let draft = Draft {
            id: Uuid::from_u128(seq.into()),
            agreement: (*id).into(),
            event,
            occurred_on: on,
            actor: "t".into(),
            authority: None,
            source: None,
            reason: None,
            corrects,
            rules: None,
        };
        let recorded_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let version = seqs.len() as u64;
        let record = Record { origin: Uuid::nil(), seq, version, command: Uuid::nil(), recorded_at, draft };
        log.entries.push((seq, (*id).into(), codec::encode(&record)));
    }
    log
}

impl Log {
    /// What the log says. Nothing in it is odd.
    pub fn register(&self) -> Register {
        let (register, findings) = replay::replay(self.entries.iter().map(|(seq, _, bytes)| (*seq, bytes.as_slice())));
        assert_eq!(findings, []);
        register
    }
}

impl History {
    /// The same without the acts at these places, nor the reversals of them.
    pub fn without(&self, places: &[usize]) -> History {
        let kept: Vec<usize> = (0..self.acts.len()).filter(|place| !places.contains(place)).collect();
        self.reordered(&kept)
    }

    /// The acts at these places, in that order; each reversal goes with what it reverses.
    pub fn reordered(&self, places: &[usize]) -> History {
        let first = forms::agreed(self.form).beginning.len();
        let acts: Vec<_> = places.iter().map(|place| self.acts[*place].clone()).collect();
        let mut now: BTreeMap<usize, usize> = (0..first).map(|place| (place, place)).collect();
        now.extend(places.iter().enumerate().map(|(slot, place)| (first + place, first + slot)));
        let mut reversals = Vec::new();
        for (made, of) in self.reversals.iter().enumerate() {
            let Some(target) = now.get(of).copied() else { continue };
            now.insert(first + self.acts.len() + made, first + acts.len() + reversals.len());
            reversals.push(target);
        }
        History { form: self.form, acts, reversals }
    }
}

/// The docket of one history on a day.
pub fn docket(history: &History, as_of: NaiveDate) -> Docket {
    assess(&log(&[("x-y", history)], &[]).register(), Vec::new(), &rule_set(), as_of)
}

/// What is drawn for one act: its kind, its day, which of several things it speaks of, and whether its day is known by the month alone.
type Drawn = (u8, u64, u16, bool);

/// More acts than any history has.
pub fn most_acts() -> usize {
    16
}

/// Histories of an agreement of any form.
pub fn histories() -> impl Strategy<Value = History> {
    let acts = prop::collection::vec((0..KINDS, 0u64..1500, any::<u16>(), any::<bool>()), 0..most_acts());
    (0..forms::COUNT, acts, prop::collection::vec(any::<u16>(), 0..3))
        .prop_map(|(form, acts, reversals)| history(form, acts, &reversals))
}

/// The history that was drawn. No two acts have the same day.
pub fn history(form: usize, drawn: Vec<Drawn>, reversals: &[u16]) -> History {
    let by_day: BTreeMap<u64, Drawn> = drawn.into_iter().map(|drawn| (drawn.1, drawn)).collect();
    let mut acts: Vec<(Event, DateSpec)> = Vec::new();
    for (place, (kind, offset, pick, is_vague)) in by_day.into_values().enumerate() {
        let on = day("2022-01-10") + Days::new(offset);
        let spec = if is_vague { on.format("%Y-%m").to_string().parse().unwrap() } else { on.into() };
        acts.push((Drawing { form, acts: &acts, place, on, pick: pick.into() }.event(kind), spec));
    }
    let first = forms::agreed(form).beginning.len();
    let reversals = reversals.iter().enumerate().map(|(made, pick)| usize::from(*pick) % (first + acts.len() + made).max(1));
    let reversals = if first + acts.len() == 0 { Vec::new() } else { reversals.collect() };
    History { form, acts, reversals }
}

/// How many kinds of act there are to draw from, those that come more often counted as often.
pub const KINDS: u8 = 74;

struct Drawing<'a> {
    form: usize,
    /// What happened before.
    acts: &'a [(Event, DateSpec)],
    place: usize,
    on: NaiveDate,
    pick: usize,
}

impl Drawing<'_> {
    fn of<T: Clone>(&self, list: &[T]) -> T {
        list[self.pick % list.len()].clone()
    }

    fn party(&self) -> String {
        self.of(forms::parties(self.form)).to_string()
    }

    /// Nobody by name, which is everybody, or one.
    fn some_parties(&self) -> Vec<String> {
        if self.pick.is_multiple_of(3) { Vec::new() } else { vec![self.party()] }
    }

    fn later(&self) -> DateSpec {
        (self.on + Days::new(20 + 70 * (self.pick as u64 / 7 % 9))).into()
    }

    /// One of the things that earlier acts brought, or one that nobody has heard of.
    fn earlier(&self, what: impl Fn(&Event) -> Option<String>) -> String {
        let known: Vec<String> = self.acts.iter().filter_map(|(event, _)| what(event)).collect();
        if known.is_empty() { "x".into() } else { self.of(&known) }
    }

    fn notice(&self) -> String {
        self.earlier(|event| match event {
            Event::NoticeGiven(given) => Some(given.notice.clone()),
            Event::ConditionEstablished(condition) if condition.holds => Some("exit".into()),
            _ => None,
        })
    }

    fn meeting(&self) -> String {
        self.earlier(|event| match event {
            Event::MeetingScheduled(meeting) => Some(meeting.meeting.clone()),
            Event::MeetingHeld(meeting) => Some(meeting.meeting.clone()),
            _ => None,
        })
    }

    /// An instance: one that is always there, or one that an earlier meeting set off.
    fn instance(&self) -> String {
        let held = self.acts.iter().filter(|(event, _)| matches!(event, Event::MeetingHeld(_)));
        let mut known: Vec<String> = held.map(|(_, on)| format!("2-{on}")).collect();
        known.extend(forms::INSTANCES.iter().map(ToString::to_string));
        self.of(&known)
    }

    fn step(&self) -> NoticeStep {
        NoticeStep { notice: self.notice() }
    }

    fn achievement(&self) -> Achievement {
        let provision = Some(self.of(forms::INSTANCES).to_string());
        Achievement { text: "done".into(), by: vec![], provision, meeting: None, topics: vec![] }
    }

    fn condition(&self, holds: bool) -> Event {
        let of = if self.pick.is_multiple_of(5) { Some(self.party()) } else { None };
        Event::ConditionEstablished(Box::new(ConditionEstablished { condition: self.of(forms::CONDITIONS).into(), of, holds }))
    }

    /// A provision that reads otherwise from its day, or from a later one.
    fn amendment(&self) -> Event {
        let text = |words: &str| Term::Text(words.into());
        let yearly = [("each", "1 year"), ("anchor", "due"), ("grace", "40 days")];
        let yearly = yearly.map(|(key, words)| (key.to_string(), text(words)));
        let changes: [(&str, &str, Term); 9] = [
            ("3", "due", text("2024-09")),
            ("5", "every", text("2 years")),
            ("5", "text", text("Tell how it goes")),
            ("9", "by", Term::List(vec![text("GB")])),
            ("7", "due", text("2024-09-30")),
            ("20", "due", Term::Table(yearly.into())),
            ("20", "text", text("Tell of the year")),
            ("22", "due", Term::Table([("within".to_string(), text("20 days"))].into())),
            ("2", "due", Term::Table([("within".to_string(), text("90 days"))].into())),
        ];
        let (provision, key, term) = self.of(&changes);
        Event::ProvisionAmended(Box::new(ProvisionAmended {
            provision: provision.into(),
            changes: [(key.to_string(), term)].into(),
            without: vec![],
            effective: if self.pick.is_multiple_of(2) { None } else { Some(self.later()) },
            transition: self.of(&[None, Some(Transition::Old), Some(Transition::New)]),
        }))
    }

    /// Every kind of act that there is.
    fn event(&self, kind: u8) -> Event {
        let own = format!("m{}", self.place);
        let body = self.of(&["forum", "council"]).to_string();
        match kind {
            0..4 => {
                // Of a meeting that was planned, or of one that nobody planned.
                let planned = self.earlier(|event| match event {
                    Event::MeetingScheduled(meeting) if meeting.body == body => Some(meeting.meeting.clone()),
                    _ => None,
                });
                let meeting = if planned == "x" || self.pick.is_multiple_of(4) { own } else { planned };
                Event::MeetingHeld(Box::new(MeetingHeld {
                    meeting,
                    body,
                    name: None,
                    place: None,
                    text: None,
                    topics: vec![],
                    counts_for: if self.pick.is_multiple_of(6) { vec!["forum-2023".into(), "forum-2024".into()] } else { vec![] },
                    form: None,
                }))
            }
            4 | 5 => Event::MeetingScheduled(Box::new(MeetingScheduled {
                meeting: own,
                body,
                on: self.later(),
                certainty: self.of(&[Certainty::Indicative, Certainty::Tentative]),
                name: None,
                place: None,
                topics: vec![],
            })),
            6 => Event::MeetingPostponed(MeetingPostponed { meeting: self.meeting(), on: self.later() }),
            7 => Event::MeetingCancelled(MeetingCancelled { meeting: self.meeting() }),
            8 => Event::CycleExcused(CycleExcused { cycle: format!("forum-{}", 2023 + self.pick % 3) }),
            9..15 => Event::PerformanceReported(Box::new(PerformanceReported {
                instance: self.instance(),
                by: self.some_parties(),
                evidence: None,
                asserted_by: if self.pick.is_multiple_of(4) { Some(self.party()) } else { None },
                quantity: self.of(&[None, Some(1), Some(2)]),
                milestone: self.of(&[None, Some("draft".into()), Some("final".into())]),
            })),
            15 => Event::WorkReported(Box::new(self.achievement())),
            16 => Event::AnnouncementMade(Box::new(self.achievement())),
            17 => Event::DeliverableDelivered(Box::new(self.achievement())),
            18 => {
                let project = format!("p{}", self.place);
                Event::ProjectBegun(Box::new(Project { project, text: "a programme".into(), ends: None, topics: vec![] }))
            }
            19 | 20 => Event::ExtensionGranted(Box::new(ExtensionGranted {
                instance: self.instance(),
                to: self.later(),
                by: self.some_parties(),
            })),
            21 | 22 => Event::DueDateSet(DueDateSet {
                instance: self.instance(),
                on: self.later(),
                certainty: self.of(&[Certainty::Indicative, Certainty::Definitive, Certainty::Tentative]),
            }),
            23 | 24 => {
                let all_from = self.pick.is_multiple_of(4);
                let of = if all_from { self.of(&["3", "5", "9"]).into() } else { self.instance() };
                let until = if self.pick.is_multiple_of(7) { Some(self.later()) } else { None };
                Event::WaiverGranted(Box::new(WaiverGranted { of, by: self.some_parties(), all_from, until }))
            }
            25 | 26 => {
                // Of what was reported, if anything was.
                let reported = self.earlier(|event| match event {
                    Event::PerformanceReported(report) => Some(report.instance.clone()),
                    _ => None,
                });
                let all = [Assessment::Accepted, Assessment::Acknowledged, Assessment::Rejected, Assessment::Contested];
                let instance = if reported == "x" { self.instance() } else { reported };
                Event::AssessmentMade(Box::new(AssessmentMade { instance, by: self.party(), assessment: self.of(&all) }))
            }
            27 => Event::ObligationReleased(ObligationReleased { instance: self.instance() }),
            28 => Event::ImpossibilityAccepted(ImpossibilityAccepted { instance: self.instance() }),
            29 => Event::BreachDetermined(BreachDetermined { instance: self.instance(), by: "panel".into() }),
            30 => {
                let until = if self.pick.is_multiple_of(2) { Some(self.later()) } else { None };
                Event::IncidentReported(Box::new(IncidentReported { provision: "9".into(), text: "not done".into(), until }))
            }
            31 => Event::AgreementSuspended(Box::new(AgreementSuspended {
                parties: if self.pick.is_multiple_of(5) { vec!["GB".into(), "KR".into()] } else { vec![] },
                provisions: self.of(&[vec![], vec!["3".into(), "9".into()]]),
                until: if self.pick.is_multiple_of(3) { None } else { Some(self.later()) },
                clock: self.of(&[None, Some(Clock::Stops), Some(Clock::Runs)]),
            })),
            32 => Event::AgreementResumed(AgreementResumed { provisions: self.of(&[vec![], vec!["3".into()]]) }),
            33 => Event::AgreementTerminated(AgreementTerminated { effective: self.later() }),
            34 => Event::AgreementSuperseded(Box::new(AgreementSuperseded {
                by: "later".into(),
                provisions: self.of(&[vec!["3".into(), "5".into()], vec!["9".into()], vec![]]),
                effective: if self.pick.is_multiple_of(2) { None } else { Some(self.later()) },
            })),
            35 => Event::AgreementRenewed(AgreementRenewed { until: (self.on + Days::new(600)).into() }),
            36 => Event::AgreementProvisionallyApplied(Milestone::default()),
            37 | 38 => {
                let consent = format!("c{}", self.place);
                Event::ConsentNotified(Box::new(ConsentNotified { consent, by: self.party(), how: None }))
            }
            39..42 => Event::NoticeGiven(Box::new(NoticeGiven {
                notice: format!("n{}", self.place),
                by: self.party(),
                power: self.of(&["termination", "termination", "term"]).into(),
                received: None,
                dispatched: None,
                stated: None,
                effective: if self.pick.is_multiple_of(5) { Some((self.on + Days::new(400)).into()) } else { None },
                in_place_of: if self.pick.is_multiple_of(4) { Some(self.notice()) } else { None },
            })),
            42 => Event::NoticeDispatched(self.step()),
            43 | 44 => {
                let by = if self.pick.is_multiple_of(2) { None } else { Some("depositary".into()) };
                Event::NoticeReceived(NoticeReceived { notice: self.notice(), by })
            }
            45 => self.of(&[Event::NoticeDeposited(self.step()), Event::NoticeRegistered(self.step())]),
            46 => Event::NoticeRetracted(NoticeRetracted { notice: self.notice(), accepted: self.pick.is_multiple_of(2) }),
            47 => Event::NoticeSuspended(self.step()),
            48 => Event::NoticeResumed(self.step()),
            49 => Event::NoticeExtended(NoticeExtended { notice: self.notice(), to: self.later() }),
            50 => self.of(&[Event::NoticeContested(self.step()), Event::NoticeUpheld(self.step())]),
            51 => Event::NoticeFoundDefective(NoticeFoundDefective { notice: self.notice(), defect: "form".into() }),
            52 => Event::NoticeCured(self.step()),
            53 => {
                let consented = self.earlier(|event| match event {
                    Event::ConsentNotified(consent) => Some(consent.consent.clone()),
                    _ => None,
                });
                let of = if consented == "x" || self.pick.is_multiple_of(2) { self.notice() } else { consented };
                Event::EffectStated(EffectStated { of, effective: self.later() })
            }
            54 => self.condition(true),
            55 => self.condition(self.pick.is_multiple_of(3)),
            56 => {
                let readings =
                    [("1", "calendar-year"), ("1", "twelve-months"), ("5", "twelve-months"), ("termination", "received")];
                let (provision, reading) = self.of(&readings);
                Event::ReadingChosen(ReadingChosen { provision: provision.into(), reading: reading.into() })
            }
            57 => Event::InvalidityEstablished(InvalidityEstablished { by: "court".into() }),
            58..62 => self.amendment(),
            62 => {
                let provision = forms::added(&format!("added{}", self.place));
                let effective = if self.pick.is_multiple_of(2) { None } else { Some(self.later()) };
                Event::ProvisionAdded(Box::new(ProvisionAdded { provision, effective }))
            }
            63 => {
                let effective = if self.pick.is_multiple_of(2) { None } else { Some(self.later()) };
                let provision = self.of(&["3", "5", "9", "2", "20", "22", "termination"]).into();
                Event::ProvisionRepealed(ProvisionRepealed { provision, effective })
            }
            64 => {
                let name = Some(format!("Name {}", self.place));
                Event::PartyRenamed(Box::new(PartyRenamed { party: self.party(), name, acts_through: None }))
            }
            65 => {
                let by = format!("N{}", self.place);
                Event::PartySucceeded(Box::new(PartySucceeded { party: self.party(), by, name: "Successor".into() }))
            }
            66 => {
                let provisions = self.of(&[vec!["3".into(), "9".into()], vec!["7".into()], vec!["5".into()]]);
                if self.pick.is_multiple_of(3) {
                    Event::ReservationWithdrawn(ReservationWithdrawn { by: self.party(), provisions: vec![] })
                } else {
                    Event::ReservationMade(Box::new(ReservationMade { by: self.party(), provisions, text: None }))
                }
            }
            67 => Event::MeetingInquorate(MeetingInquorate { meeting: own, body }),
            68 => Event::DecisionTaken(Box::new(DecisionTaken {
                decision: format!("decision-{}", self.place),
                text: "a paper".into(),
                meeting: Some(self.meeting()),
                by: self.some_parties(),
                due: if self.pick.is_multiple_of(2) { None } else { Some(self.later()) },
                provision: None,
                topics: vec![],
            })),
            69 => Event::MinutesAdopted(MinutesAdopted { meeting: self.meeting() }),
            // It is given under its id if the next act is a notice.
            70 => Event::NoticeDrafted(Box::new(NoticeDrafted {
                notice: format!("n{}", self.place + 1),
                by: self.party(),
                power: "termination".into(),
            })),
            71 => {
                let until = if self.pick.is_multiple_of(2) { None } else { Some(self.later()) };
                Event::PowerWaived(Box::new(PowerWaived {
                    power: self.of(&["termination", "termination", "32"]).into(),
                    by: self.party(),
                    until,
                }))
            }
            72 => {
                let text = if self.pick.is_multiple_of(2) { None } else { Some("once".into()) };
                let power = self.of(&["30", "31", "32", "33"]).into();
                Event::PowerExercised(Box::new(PowerExercised { power, by: self.party(), text }))
            }
            _ => Event::AssumptionMade(AssumptionMade { provision: "termination".into(), rule: "vclt-56".into() }),
        }
    }
}
