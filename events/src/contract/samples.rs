//! One fact of every kind, with every key filled: what the golden records hold, and what stores are tried with.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::alert::{
    Alert, AlertFact, AlertsAcknowledged, AlertsDelivered, AlertsEscalated, AlertsRaised, AlertsSnoozed, AlertsWithdrawn,
    DeliveryFailed, RunCompleted, Rung, Withdrawal,
};
use crate::date_spec::DateSpec;
use crate::event::{
    Achievement, AgreementRenewed, AgreementResumed, AgreementSuperseded, AgreementSuspended, AgreementTerminated, Assessment,
    AssessmentMade, AssumptionMade, BreachDetermined, Certainty, Clock, ConditionEstablished, ConsentNotified, CycleExcused,
    DecisionTaken, DueDateSet, EffectStated, Event, Evidence, ExtensionGranted, ImpossibilityAccepted, IncidentReported,
    InvalidityEstablished, MeetingCancelled, MeetingHeld, MeetingInquorate, MeetingPostponed, MeetingScheduled, Milestone,
    MinutesAdopted, NoticeDrafted, NoticeExtended, NoticeFoundDefective, NoticeGiven, NoticeReceived, NoticeRetracted,
    NoticeStep, ObligationReleased, PartyRenamed, PartySucceeded, PerformanceReported, PowerExercised, PowerWaived, Project,
    ProvisionAdded, ProvisionAmended, ProvisionRepealed, ReadingChosen, RecordCorrected, ReservationMade, ReservationWithdrawn,
    RulesAdopted, TextErased, Transition, WaiverGranted,
};
use crate::record::{Draft, SourceRef};
use crate::terms::{AgreementTerms, Body, Force, Form, Party, Provision, Relation, Source, Term, Terms};

/// A fact of every kind, in the order of an agreement's life.
pub fn events() -> Vec<Event> {
    std::iter::successors(after(None), |event| after(Some(event))).collect()
}

/// Facts with the keys that were added to their kind after its golden record was written; each has a golden record of its own.
pub fn events_with_later_keys() -> Vec<Event> {
    let mut terms = agreement();
    terms.calendars = vec!["KR".into(), "EU".into()];
    terms.parties[1].zone = Some("Asia/Seoul".into());
    let given = NoticeGiven {
        dispatched: Some(words("2026-03-01")),
        stated: Some(words("2026-04")),
        effective: Some(words("2026-12-31")),
        ..notice_given()
    };
    let replacing = NoticeGiven { in_place_of: Some("n0".into()), ..given.clone() };
    let performed = PerformanceReported { quantity: Some(2), milestone: Some("draft".into()), ..performance() };
    let asserted = PerformanceReported { asserted_by: Some("KR".into()), ..performed.clone() };
    let received = NoticeReceived { notice: "n1".into(), by: Some("depositary".into()) };
    let held = MeetingHeld {
        counts_for: vec!["council-2024".into(), "council-2025".into()],
        form: Some("video".into()),
        ..meeting_held()
    };
    let suspended =
        AgreementSuspended { provisions: Vec::new(), until: None, clock: None, parties: vec!["EU".into(), "KR".into()] };
    vec![
        Event::AgreementRecorded(Box::new(terms)),
        Event::NoticeGiven(Box::new(given)),
        Event::NoticeReceived(received),
        Event::PerformanceReported(Box::new(performed)),
        Event::NoticeGiven(Box::new(replacing)),
        Event::PerformanceReported(Box::new(asserted)),
        Event::MeetingHeld(Box::new(held)),
        Event::AgreementSuspended(Box::new(suspended)),
        Event::ProvisionRecorded(Box::new(Provision {
            quote_prefix: Some("may end it".into()),
            quote_suffix: Some("in writing".into()),
            ..provision()
        })),
    ]
}

/// A draft of a fact with every key of the envelope filled, words with quotes, line ends and several scripts among them.
pub fn draft(id: Uuid, agreement: &str, event: Event) -> Draft {
    Draft {
        id,
        agreement: agreement.into(),
        event,
        occurred_on: Some(words("2025-Q3/2025-Q4")),
        actor: "0192-opaque".into(),
        authority: Some("Depositary".into()),
        source: Some(SourceRef {
            id: "text".into(),
            sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
            locator: Some("Art. 20(a), \"second\" sentence\n대한민국 – Übereinkommen 🖋 \\ \u{7f}\u{2028}".into()),
        }),
        reason: Some(String::new()),
        corrects: Some(1),
        rules: Some("rules/1".into()),
    }
}

/// The kind that follows in [`events`]. No wildcard: whoever adds a kind is sent here by the compiler, and must name the kind
/// twice, once in the chain and once as its link, or the test of the golden records finds it missing.
fn after(event: Option<&Event>) -> Option<Event> {
    Some(match event {
        None => Event::AgreementRecorded(Box::new(agreement())),
        Some(Event::AgreementRecorded(_)) => Event::SourceRecorded(Box::new(source())),
        Some(Event::SourceRecorded(_)) => Event::BodyRecorded(Box::new(body())),
        Some(Event::BodyRecorded(_)) => Event::ProvisionRecorded(Box::new(provision())),
        Some(Event::ProvisionRecorded(_)) => Event::AgreementAnnounced(milestone("announced")),
        Some(Event::AgreementAnnounced(_)) => Event::AgreementConcluded(milestone("concluded")),
        Some(Event::AgreementConcluded(_)) => Event::AgreementSigned(milestone("signed")),
        Some(Event::AgreementSigned(_)) => Event::AgreementLaunched(milestone("launched")),
        Some(Event::AgreementLaunched(_)) => Event::AgreementTookEffect(milestone("took effect")),
        Some(Event::AgreementTookEffect(_)) => Event::AgreementProvisionallyApplied(milestone("applied provisionally")),
        Some(Event::AgreementProvisionallyApplied(_)) => Event::ConsentNotified(Box::new(consent())),
        Some(Event::ConsentNotified(_)) => Event::AgreementRenewed(AgreementRenewed { until: words("2027-11-28") }),
        Some(Event::AgreementRenewed(_)) => Event::AgreementSuspended(Box::new(AgreementSuspended {
            provisions: vec!["20a".into()],
            until: Some(words("2026-12")),
            clock: Some(Clock::Stops),
            parties: Vec::new(),
        })),
        Some(Event::AgreementSuspended(_)) => Event::AgreementResumed(AgreementResumed { provisions: vec!["20a".into()] }),
        Some(Event::AgreementResumed(_)) => Event::AgreementTerminated(AgreementTerminated { effective: words("2026-12-31") }),
        Some(Event::AgreementTerminated(_)) => Event::AgreementSuperseded(Box::new(AgreementSuperseded {
            by: "eu-kr-dta".into(),
            provisions: vec!["20a".into()],
            effective: Some(words("2027")),
        })),
        Some(Event::AgreementSuperseded(_)) => Event::InvalidityEstablished(InvalidityEstablished { by: "court".into() }),
        Some(Event::InvalidityEstablished(_)) => Event::ProvisionAmended(Box::new(ProvisionAmended {
            provision: "20a".into(),
            changes: Terms::from([("every".into(), Term::Text("2 years".into()))]),
            without: vec!["reading".into()],
            effective: Some(words("2027")),
            transition: Some(Transition::Old),
        })),
        Some(Event::ProvisionAmended(_)) => {
            Event::ProvisionAdded(Box::new(ProvisionAdded { provision: provision(), effective: Some(words("2027-01-01")) }))
        }
        Some(Event::ProvisionAdded(_)) => {
            Event::ProvisionRepealed(ProvisionRepealed { provision: "20a".into(), effective: Some(words("2028")) })
        }
        Some(Event::ProvisionRepealed(_)) => Event::PartyRenamed(Box::new(PartyRenamed {
            party: "KR".into(),
            name: Some("Republic of Korea".into()),
            acts_through: Some("Ministry of Science".into()),
        })),
        Some(Event::PartyRenamed(_)) => {
            Event::PartySucceeded(Box::new(PartySucceeded { party: "KR".into(), by: "KX".into(), name: "Successor".into() }))
        }
        Some(Event::PartySucceeded(_)) => Event::ReservationMade(Box::new(ReservationMade {
            by: "KR".into(),
            provisions: vec!["20a".into()],
            text: Some("not for small firms".into()),
        })),
        Some(Event::ReservationMade(_)) => {
            Event::ReservationWithdrawn(ReservationWithdrawn { by: "KR".into(), provisions: vec!["20a".into()] })
        }
        Some(Event::ReservationWithdrawn(_)) => Event::MeetingScheduled(Box::new(meeting_scheduled())),
        Some(Event::MeetingScheduled(_)) => Event::MeetingHeld(Box::new(meeting_held())),
        Some(Event::MeetingHeld(_)) => Event::MeetingPostponed(meeting_postponed()),
        Some(Event::MeetingPostponed(_)) => Event::MeetingCancelled(MeetingCancelled { meeting: "council-2025".into() }),
        Some(Event::MeetingCancelled(_)) => {
            Event::MeetingInquorate(MeetingInquorate { meeting: "council-2025".into(), body: "council".into() })
        }
        Some(Event::MeetingInquorate(_)) => Event::CycleExcused(CycleExcused { cycle: "council-2025".into() }),
        Some(Event::CycleExcused(_)) => Event::DecisionTaken(Box::new(DecisionTaken {
            decision: "d1".into(),
            text: "a joint paper".into(),
            meeting: Some("council-2025".into()),
            by: vec!["KR".into()],
            due: Some(words("2026-06")),
            provision: Some("20(a)".into()),
            topics: topics(),
        })),
        Some(Event::DecisionTaken(_)) => Event::MinutesAdopted(MinutesAdopted { meeting: "council-2025".into() }),
        Some(Event::MinutesAdopted(_)) => Event::AnnouncementMade(Box::new(achievement("a joint statement"))),
        Some(Event::AnnouncementMade(_)) => Event::DeliverableDelivered(Box::new(achievement("a memorandum"))),
        Some(Event::DeliverableDelivered(_)) => Event::ProjectBegun(Box::new(project())),
        Some(Event::ProjectBegun(_)) => Event::WorkReported(Box::new(achievement("work goes on"))),
        Some(Event::WorkReported(_)) => Event::PerformanceReported(Box::new(performance())),
        Some(Event::PerformanceReported(_)) => Event::AssessmentMade(Box::new(AssessmentMade {
            instance: "12-2026".into(),
            by: "KR".into(),
            assessment: Assessment::Rejected,
        })),
        Some(Event::AssessmentMade(_)) => Event::ExtensionGranted(Box::new(ExtensionGranted {
            instance: "12-2026".into(),
            to: words("2027-03-31"),
            by: vec!["KR".into()],
        })),
        Some(Event::ExtensionGranted(_)) => {
            Event::DueDateSet(DueDateSet { instance: "12-2026".into(), on: words("2026-Q4"), certainty: Certainty::Indicative })
        }
        Some(Event::DueDateSet(_)) => Event::WaiverGranted(Box::new(WaiverGranted {
            of: "12".into(),
            by: vec!["KR".into()],
            all_from: true,
            until: Some(words("2027-12-31")),
        })),
        Some(Event::WaiverGranted(_)) => Event::ObligationReleased(ObligationReleased { instance: "12-2026".into() }),
        Some(Event::ObligationReleased(_)) => Event::ImpossibilityAccepted(ImpossibilityAccepted { instance: "12-2026".into() }),
        Some(Event::ImpossibilityAccepted(_)) => {
            Event::BreachDetermined(BreachDetermined { instance: "12-2026".into(), by: "arbitral tribunal".into() })
        }
        Some(Event::BreachDetermined(_)) => Event::IncidentReported(Box::new(IncidentReported {
            provision: "20a".into(),
            text: "data were kept".into(),
            until: Some(words("2026-02")),
        })),
        Some(Event::IncidentReported(_)) => {
            Event::NoticeDrafted(Box::new(NoticeDrafted { notice: "n1".into(), by: "KR".into(), power: "20a".into() }))
        }
        Some(Event::NoticeDrafted(_)) => Event::NoticeGiven(Box::new(notice_given())),
        Some(Event::NoticeGiven(_)) => Event::NoticeDispatched(step()),
        Some(Event::NoticeDispatched(_)) => Event::NoticeReceived(NoticeReceived { notice: "n1".into(), by: None }),
        Some(Event::NoticeReceived(_)) => Event::NoticeDeposited(step()),
        Some(Event::NoticeDeposited(_)) => Event::NoticeRegistered(step()),
        Some(Event::NoticeRegistered(_)) => Event::NoticeRetracted(NoticeRetracted { notice: "n1".into(), accepted: true }),
        Some(Event::NoticeRetracted(_)) => Event::NoticeSuspended(step()),
        Some(Event::NoticeSuspended(_)) => Event::NoticeResumed(step()),
        Some(Event::NoticeResumed(_)) => Event::NoticeExtended(NoticeExtended { notice: "n1".into(), to: words("2026-10-31") }),
        Some(Event::NoticeExtended(_)) => Event::NoticeContested(step()),
        Some(Event::NoticeContested(_)) => Event::NoticeUpheld(step()),
        Some(Event::NoticeUpheld(_)) => {
            Event::NoticeFoundDefective(NoticeFoundDefective { notice: "n1".into(), defect: "not in writing".into() })
        }
        Some(Event::NoticeFoundDefective(_)) => Event::NoticeCured(step()),
        Some(Event::NoticeCured(_)) => Event::EffectStated(EffectStated { of: "n1".into(), effective: words("2026-10-31") }),
        Some(Event::EffectStated(_)) => {
            Event::PowerWaived(Box::new(PowerWaived { power: "20a".into(), by: "KR".into(), until: Some(words("2027")) }))
        }
        Some(Event::PowerWaived(_)) => {
            let text = Some("asks to see the accounts of 2025".into());
            Event::PowerExercised(Box::new(PowerExercised { power: "14".into(), by: "KR".into(), text }))
        }
        Some(Event::PowerExercised(_)) => Event::ConditionEstablished(Box::new(condition())),
        Some(Event::ConditionEstablished(_)) => Event::ReadingChosen(reading()),
        Some(Event::ReadingChosen(_)) => {
            Event::AssumptionMade(AssumptionMade { provision: "20a".into(), rule: "vclt-56".into() })
        }
        Some(Event::AssumptionMade(_)) => Event::RecordCorrected(RecordCorrected {}),
        Some(Event::RecordCorrected(_)) => {
            Event::RulesAdopted(RulesAdopted { id: "obligo-rules/4".into(), sha256: "0f".repeat(32) })
        }
        Some(Event::RulesAdopted(_)) => Event::TextErased(erased()),
        Some(Event::TextErased(_)) => Event::Alert(AlertFact::Raised(Box::new(raised()))),
        Some(Event::Alert(fact)) => Event::Alert(after_alert(fact)?),
    })
}

/// The fact about alerts that comes after this one.
fn after_alert(fact: &AlertFact) -> Option<AlertFact> {
    let (message, channel, alert) = (uuid(1), "mail/dg-4711".to_string(), uuid(2));
    Some(match fact {
        AlertFact::Raised(_) => AlertFact::Withdrawn(Box::new(AlertsWithdrawn {
            message,
            channel,
            alerts: vec![Withdrawal { id: alert, why: "moved to 2027-01-31".into() }],
        })),
        AlertFact::Withdrawn(_) => {
            AlertFact::Delivered(Box::new(AlertsDelivered { message, channel, alerts: vec![uuid(3)], withdrawn: vec![alert] }))
        }
        AlertFact::Delivered(_) => {
            AlertFact::Failed(Box::new(DeliveryFailed { message, channel, attempt: 3, why: "smtp 451".into(), is_final: false }))
        }
        AlertFact::Failed(_) => AlertFact::Acknowledged(AlertsAcknowledged { alerts: vec![alert] }),
        AlertFact::Acknowledged(_) => AlertFact::Snoozed(AlertsSnoozed { alerts: vec![alert], until: words("2027-01-15") }),
        AlertFact::Snoozed(_) => AlertFact::Escalated(AlertsEscalated { alerts: vec![alert], to: "head-7".into() }),
        AlertFact::Escalated(_) => AlertFact::Run(Box::new(RunCompleted {
            size: 41,
            root: "0a".repeat(32),
            rules: RulesAdopted { id: "obligo-rules/4".into(), sha256: "0f".repeat(32) },
            settings: "0b".repeat(32),
            evaluated: 12,
            due: 3,
            undetermined: 1,
            obligations: "0c".repeat(32),
        })),
        AlertFact::Run(_) => return None,
    })
}

fn raised() -> AlertsRaised {
    let (earliest, latest) = (Some(words("2026-07-01")), Some(words("2026-12-31")));
    let alert =
        Alert { id: uuid(2), entry: "uk-kr-dp/forum-2026".into(), rung: Rung::Before(30), earliest, latest, late_by: None };
    let late = Alert { id: uuid(3), rung: Rung::AFTER, earliest: None, late_by: Some(3), ..alert.clone() };
    AlertsRaised { message: uuid(1), channel: "mail/dg-4711".into(), alerts: vec![alert, late] }
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn words(date: &str) -> DateSpec {
    date.parse().expect("a sample's date is a date")
}

fn topics() -> Vec<String> {
    vec!["semiconductors".into(), "standards".into()]
}

fn agreement() -> AgreementTerms {
    AgreementTerms {
        title: "Digital Partnership".into(),
        form: Form::Partnership,
        force: Force::NonBinding,
        reckoning: "corresponding-date".into(),
        zone: Some("Asia/Seoul".into()),
        calendars: Vec::new(),
        paragraphs: Some(42),
        parties: vec![
            Party { id: "EU".into(), name: "European Union".into(), acts_through: None, zone: None },
            Party {
                id: "KR".into(),
                name: "대한민국".into(),
                acts_through: Some("Ministry of Science and ICT".into()),
                zone: None,
            },
        ],
        relates: vec![Relation { to: "fta".into(), relation: "builds-on".into(), title: Some("Free Trade Agreement".into()) }],
    }
}

fn source() -> Source {
    Source {
        id: "text".into(),
        title: "Text as signed".into(),
        published: DateSpec::day(NaiveDate::from_ymd_opt(2022, 11, 28).expect("a day")),
        handling: "public".into(),
        sha256: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
        url: Some("https://example.org/text?a=1&b=2".into()),
    }
}

fn body() -> Body {
    Body { id: "council".into(), name: "Partnership Council".into(), chair: Some("co-chaired".into()) }
}

fn provision() -> Provision {
    let notice = Terms::from([("at_least".into(), Term::Text("6 months".into()))]);
    Provision {
        id: "20a".into(),
        reference: "20(a)".into(),
        kind: "termination".into(),
        text: Some("either side may end it".into()),
        quote: Some("by giving six months' notice".into()),
        quote_prefix: None,
        quote_suffix: None,
        force: Some(Force::Binding),
        by: vec!["either".into()],
        to: vec!["KR".into()],
        topics: topics(),
        undetermined: Some("from when the six months run is not said".into()),
        terms: Terms::from([
            ("count".into(), Term::Number(-3)),
            ("notice".into(), Term::Table(notice)),
            ("of".into(), Term::List(vec![Term::Text("12".into()), Term::Flag(true)])),
            ("once".into(), Term::Flag(false)),
        ]),
    }
}

fn milestone(text: &str) -> Milestone {
    Milestone { place: Some("Seoul".into()), text: Some(text.into()) }
}

fn meeting_scheduled() -> MeetingScheduled {
    MeetingScheduled {
        meeting: "council-2025".into(),
        body: "council".into(),
        on: words("2025-H2"),
        certainty: Certainty::Tentative,
        name: Some("Third Council".into()),
        place: Some("Brussels".into()),
        topics: topics(),
    }
}

fn meeting_held() -> MeetingHeld {
    MeetingHeld {
        meeting: "council-2025".into(),
        body: "council".into(),
        name: Some("Third Council".into()),
        place: Some("Brussels".into()),
        text: Some("progress was reviewed".into()),
        topics: topics(),
        counts_for: Vec::new(),
        form: None,
    }
}

fn meeting_postponed() -> MeetingPostponed {
    MeetingPostponed { meeting: "council-2025".into(), on: words("around 2026-02") }
}

fn achievement(text: &str) -> Achievement {
    Achievement {
        text: text.into(),
        by: vec!["EU".into(), "KR".into()],
        provision: Some("12".into()),
        meeting: Some("council-2025".into()),
        topics: topics(),
    }
}

fn project() -> Project {
    Project { project: "chips".into(), text: "joint research".into(), ends: Some(words("by 2027-06")), topics: topics() }
}

fn performance() -> PerformanceReported {
    let evidence = Evidence::File {
        name: "report.pdf".into(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        bytes: 9_007_199_254_740_993,
    };
    let (instance, by) = ("12-2026".into(), vec!["EU".into()]);
    PerformanceReported { instance, by, evidence: Some(evidence), quantity: None, milestone: None, asserted_by: None }
}

fn notice_given() -> NoticeGiven {
    NoticeGiven {
        notice: "n1".into(),
        by: "KR".into(),
        power: "20a".into(),
        received: Some(words("unknown")),
        dispatched: None,
        stated: None,
        effective: None,
        in_place_of: None,
    }
}

fn consent() -> ConsentNotified {
    ConsentNotified { consent: "consent-KR".into(), by: "KR".into(), how: Some("ratification".into()) }
}

fn step() -> NoticeStep {
    NoticeStep { notice: "n1".into() }
}

fn condition() -> ConditionEstablished {
    ConditionEstablished { condition: "armed conflict".into(), of: Some("KR".into()), holds: false }
}

fn erased() -> TextErased {
    let commitment = "8ba4b4a3ac8d1a1d3cf5d9a8c55f9a0b7ff1b9f6fbfbc7c2be2a6e7a2c4a7c11";
    TextErased { records: vec![1], commitments: vec![commitment.into()] }
}

fn reading() -> ReadingChosen {
    ReadingChosen { provision: "20a".into(), reading: "received".into() }
}
