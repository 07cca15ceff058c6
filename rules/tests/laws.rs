//! Laws that hold whatever was recorded, over random histories of one agreement.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate};
use events::event::{
    AgreementResumed, AgreementSuspended, AgreementTerminated, Assessment, AssessmentMade, Certainty, Clock, CycleExcused,
    DecisionTaken, DueDateSet, EffectStated, Event, ExtensionGranted, MeetingCancelled, MeetingHeld, MeetingInquorate,
    MeetingPostponed, MeetingScheduled, Milestone, MinutesAdopted, NoticeDrafted, NoticeExtended, NoticeFoundDefective,
    NoticeGiven, NoticeReceived, NoticeRetracted, NoticeStep, PerformanceReported, PowerWaived, WaiverGranted,
};
use events::terms::{AgreementTerms, Body, Force, Form, Party, Provision, Term, Terms};
use events::{DateSpec, Draft, Record, codec};
use proptest::prelude::*;
use rules::docket::Timing;
use rules::replay::replay;
use rules::time::regime::{Almanac, AtLeast, Backward, Cited, Edition, EffectDay, MissingDay, Regime, RollBack};
use rules::{Docket, assess};
use uuid::Uuid;

const ID: &str = "x-y";

/// Plain counting, and nothing else.
fn almanac() -> Almanac {
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
    Almanac { regimes: vec![regime], calendars: Vec::new() }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn words(pairs: &[(&str, &str)]) -> Terms {
    pairs.iter().map(|(key, value)| ((*key).to_string(), Term::Text((*value).into()))).collect()
}

fn provision(id: &str, kind: &str, terms: Terms) -> Event {
    let by = vec!["GB".to_string(), "KR".to_string()];
    Event::ProvisionRecorded(Provision {
        id: id.into(),
        reference: id.into(),
        kind: kind.into(),
        text: None,
        quote: None,
        force: None,
        by,
        to: Vec::new(),
        topics: Vec::new(),
        undetermined: None,
        terms,
    })
}

/// A yearly forum, a report after each, something due by a date, and an end by notice.
fn terms() -> Vec<Event> {
    let party = |id: &str| Party { id: id.into(), name: id.into(), acts_through: None, zone: None };
    let when = Term::Table(words(&[("act", "meeting-held"), ("of", "forum")]));
    let within = Term::Table(words(&[("within", "60 days")]));
    let notice = Term::Table(words(&[("at_least", "6 months"), ("counted_from", "given")]));
    vec![
        Event::AgreementRecorded(AgreementTerms {
            title: "X".into(),
            form: Form::Partnership,
            force: Force::NonBinding,
            reckoning: "corresponding-date".into(),
            zone: None,
            calendars: Vec::new(),
            paragraphs: None,
            parties: vec![party("GB"), party("KR")],
            relates: Vec::new(),
        }),
        Event::BodyRecorded(Body { id: "forum".into(), name: "Forum".into(), chair: None }),
        provision("1", "meeting-series", words(&[("body", "forum"), ("every", "1 year")])),
        provision("2", "report", BTreeMap::from([("when".into(), when), ("due".into(), within)])),
        provision("3", "commitment", words(&[("due", "2024-06")])),
        provision("4", "entry-into-effect", words(&[("on", "signature")])),
        provision("termination", "termination", BTreeMap::from([("notice".into(), notice)])),
    ]
}

/// Acts with their legal dates; each meeting has an id of its own, so that no two acts of one day speak of one thing.
fn act(place: usize, kind: u8, offset: u64, vague: bool) -> (Event, DateSpec) {
    let on = day("2022-01-10") + Days::new(offset);
    let meeting = format!("m{place}");
    let later: DateSpec = (on + Days::new(45)).into();
    let spec: DateSpec = if vague { on.format("%Y-%m").to_string().parse().unwrap() } else { on.into() };
    let body = "forum".to_string();
    let counts_for = if kind == 1 { vec!["forum-2023".to_string()] } else { vec![] };
    let held = MeetingHeld {
        meeting: meeting.clone(),
        body: body.clone(),
        name: None,
        place: None,
        text: None,
        topics: vec![],
        counts_for,
        form: None,
    };
    let event = match kind {
        0 | 1 => Event::MeetingHeld(held),
        2 => Event::MeetingScheduled(MeetingScheduled {
            meeting,
            body,
            on: later,
            certainty: Certainty::Indicative,
            name: None,
            place: None,
            topics: vec![],
        }),
        3 => Event::MeetingPostponed(MeetingPostponed { meeting: format!("m{}", place / 2), on: later }),
        4 => Event::MeetingCancelled(MeetingCancelled { meeting: format!("m{}", place / 3) }),
        5 => Event::PerformanceReported(PerformanceReported {
            instance: "3".into(),
            by: vec![],
            evidence: None,
            quantity: None,
            milestone: None,
            asserted_by: None,
        }),
        7 => Event::NoticeReceived(NoticeReceived { notice: format!("n{}", place / 2), by: None }),
        8 => Event::NoticeRetracted(NoticeRetracted { notice: format!("n{}", place / 2), accepted: false }),
        9 => Event::NoticeSuspended(NoticeStep { notice: format!("n{}", place / 2) }),
        10 => Event::NoticeResumed(NoticeStep { notice: format!("n{}", place / 2) }),
        11 => Event::NoticeExtended(NoticeExtended { notice: format!("n{}", place / 2), to: later }),
        12 => Event::EffectStated(EffectStated { of: format!("n{}", place / 2), effective: later }),
        13 => Event::NoticeFoundDefective(NoticeFoundDefective { notice: format!("n{}", place / 2), defect: "form".into() }),
        14 => Event::NoticeCured(NoticeStep { notice: format!("n{}", place / 2) }),
        15 => Event::ExtensionGranted(ExtensionGranted { instance: "3".into(), to: later, by: vec![] }),
        16 => Event::DueDateSet(DueDateSet { instance: "3".into(), on: later, certainty: Certainty::Indicative }),
        17 => Event::WaiverGranted(WaiverGranted { of: "3".into(), by: vec!["GB".into()], all_from: false, until: None }),
        18 => Event::AssessmentMade(AssessmentMade { instance: "3".into(), by: "GB".into(), assessment: Assessment::Rejected }),
        19 => Event::AgreementSuspended(AgreementSuspended {
            provisions: vec![],
            until: Some(later),
            clock: Some(Clock::Stops),
            parties: vec![],
        }),
        20 => Event::AgreementResumed(AgreementResumed { provisions: vec![] }),
        21 => Event::AgreementTerminated(AgreementTerminated { effective: later }),
        22 => Event::CycleExcused(CycleExcused { cycle: "forum-2023".into() }),
        23 => Event::MeetingInquorate(MeetingInquorate { meeting, body }),
        24 => Event::DecisionTaken(DecisionTaken {
            decision: format!("decision-{place}"),
            text: "a paper".into(),
            meeting: Some(format!("m{}", place / 2)),
            by: vec![],
            due: Some(later),
            provision: None,
            topics: vec![],
        }),
        25 => Event::MinutesAdopted(MinutesAdopted { meeting: format!("m{}", place / 2) }),
        // It is given under its id if the act at that place is a notice.
        26 => Event::NoticeDrafted(NoticeDrafted {
            notice: format!("n{}", place + 1),
            by: "KR".into(),
            power: "termination".into(),
        }),
        27 => Event::PowerWaived(PowerWaived { power: "termination".into(), by: "KR".into(), until: Some(later) }),
        _ => Event::NoticeGiven(NoticeGiven {
            notice: format!("n{place}"),
            by: "KR".into(),
            power: "termination".into(),
            received: None,
            dispatched: None,
            stated: None,
            effective: None,
            in_place_of: None,
        }),
    };
    (event, spec)
}

fn entries(facts: &[(Event, Option<DateSpec>)]) -> Vec<(u64, Vec<u8>)> {
    (1..)
        .zip(facts)
        .map(|(seq, (event, on))| {
            let draft = Draft {
                id: Uuid::from_u128(seq.into()),
                agreement: ID.into(),
                event: event.clone(),
                occurred_on: on.clone(),
                actor: "t".into(),
                authority: None,
                source: None,
                reason: None,
                corrects: None,
                rules: None,
            };
            let recorded_at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
            let record = Record { origin: Uuid::nil(), seq, version: seq, command: Uuid::nil(), recorded_at, draft };
            (seq, codec::encode(&record))
        })
        .collect()
}

fn docket(acts: &[(Event, DateSpec)], as_of: NaiveDate) -> Docket {
    let signed = (Event::AgreementSigned(Milestone::default()), Some(day("2022-01-05").into()));
    let terms = terms().into_iter().map(|event| (event, None));
    let acts = acts.iter().map(|(event, on)| (event.clone(), Some(on.clone())));
    let facts: Vec<(Event, Option<DateSpec>)> = terms.chain([signed]).chain(acts).collect();
    let entries = entries(&facts);
    let (register, findings) = replay(entries.iter().map(|(seq, bytes)| (*seq, bytes.as_slice())));
    assert_eq!(findings, []);
    assess(&register, findings, &almanac(), as_of)
}

/// What a reader sees of a docket, without the numbers of records.
fn told(docket: &Docket) -> Vec<String> {
    let mut told: Vec<String> =
        docket.entries.iter().map(|line| format!("{} {} {:?} {:?}", line.id, line.label, line.due, line.axes)).collect();
    told.push(format!(
        "{:?} {:?} {:?}",
        docket.agreements[0].effect.state, docket.agreements[0].effect.since, docket.agreements[0].notice
    ));
    told.sort();
    told
}

fn histories() -> impl Strategy<Value = Vec<(Event, DateSpec)>> {
    prop::collection::vec((0u8..31, 0u64..1500, any::<bool>()), 0..14).prop_map(|acts| {
        let distinct: BTreeMap<u64, (u8, bool)> = acts.into_iter().map(|(kind, offset, vague)| (offset, (kind, vague))).collect();
        distinct.into_iter().enumerate().map(|(place, (offset, (kind, vague)))| act(place, kind, offset, vague)).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_recording_does_not_matter(history in histories(), seed in any::<u64>(), later in 0u64..2000) {
        let as_of = day("2022-01-05") + Days::new(later);
        let mut shuffled = history.clone();
        // A deterministic shuffle: sort by a hash of place and seed.
        let key = |place: usize| (place as u64 + 1).wrapping_mul(seed | 1).rotate_left(17);
        let mut places: Vec<usize> = (0..shuffled.len()).collect();
        places.sort_by_key(|place| key(*place));
        shuffled = places.into_iter().map(|place| shuffled[place].clone()).collect();
        // Acts whose days begin on one day have no order between them but that of recording.
        let mut firsts: Vec<_> = history.iter().map(|(_, on)| on.earliest()).collect();
        firsts.dedup();
        prop_assume!(firsts.len() == history.len());
        prop_assert_eq!(told(&docket(&history, as_of)), told(&docket(&shuffled, as_of)));
    }

    #[test]
    fn an_act_after_the_day_changes_nothing_on_the_day(history in histories(), later in 0u64..2000) {
        let as_of = day("2022-01-05") + Days::new(later);
        let so_far: Vec<_> = history.iter().filter(|(_, on)| on.earliest().unwrap() <= as_of).cloned().collect();
        prop_assert_eq!(told(&docket(&history, as_of)), told(&docket(&so_far, as_of)));
    }

    #[test]
    fn what_is_missed_stays_missed_as_time_passes(history in histories(), more in 1u64..1000) {
        let past = history.iter().map(|(_, on)| on.latest().unwrap()).max().unwrap_or(day("2022-01-05"));
        let (now, then) = (docket(&history, past), docket(&history, past + Days::new(more)));
        for line in now.entries.iter().filter(|line| line.axes.is_pending() && matches!(line.axes.timing, Timing::Overdue(_))) {
            let later = then.line(&line.id).expect("a line does not go away");
            prop_assert!(matches!(later.axes.timing, Timing::Overdue(_)), "{} was overdue and is {}", line.id, later.label);
        }
    }

    #[test]
    fn whatever_is_known_of_its_days_a_history_has_a_docket(
        history in histories(), doubts in prop::collection::vec(0u8..6, 14), later in 0u64..2000, far: bool,
    ) {
        let vague = |(place, (event, on)): (usize, (Event, DateSpec))| {
            let year = on.earliest().unwrap().format("%Y").to_string();
            let on = match doubts[place] {
                0 => "unknown".parse().unwrap(),
                1 => format!("by {year}").parse().unwrap(),
                2 => format!("around {year}").parse().unwrap(),
                3 => year.parse().unwrap(),
                _ => on,
            };
            (event, on)
        };
        let history: Vec<_> = history.into_iter().enumerate().map(vague).collect();
        let as_of = if far { day("2090-01-01") } else { day("2022-01-05") + Days::new(later) };
        for line in docket(&history, as_of).entries {
            if let (Some(earliest), Some(latest)) = (line.due.earliest, line.due.latest) {
                prop_assert!(earliest <= latest, "{}", line.id);
            }
        }
    }

    #[test]
    fn a_line_says_a_range_and_its_reasons_and_never_breach(history in histories(), later in 0u64..2000) {
        for line in docket(&history, day("2022-01-05") + Days::new(later)).entries {
            prop_assert!(!line.because.is_empty(), "{} has no reason", line.id);
            prop_assert!(!line.label.contains("breach"));
            if let (Some(earliest), Some(latest)) = (line.due.earliest, line.due.latest) {
                prop_assert!(earliest <= latest, "{}", line.id);
            }
        }
    }
}
