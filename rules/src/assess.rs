//! From a register and a day to a docket: what is owed, by whom, by when, and why.

use chrono::NaiveDate;
use events::{DateSpec, Event};

use crate::docket::{AgreementLine, Docket, EffectState, Finding, LastAct, Line, NoticeLine, NoticeState, Timing};
use crate::notice::Standing;
use crate::register::{Act, Agreement, Register};
use crate::rest::{self, AtRest};
use crate::rule_set::RuleSet;
use crate::scene::Scene;
use crate::time::Span;
use crate::time::regime::Almanac;
use crate::{after_end, decision, late_known, meeting, participation, provision, versions};

/// Everything in the register as it stands on a day, derived by a rule set. `findings` are those of the replay; more may be added.
pub fn assess(register: &Register, findings: Vec<Finding>, rules: &RuleSet, as_of: NaiveDate) -> Docket {
    assess_of(register, register.agreements.values(), findings, rules, as_of)
}

/// The same without the agreements that are at rest: what of it can be otherwise than on the day before.
pub fn assess_moving(register: &Register, at_rest: &AtRest, rules: &RuleSet, as_of: NaiveDate) -> Docket {
    let moving = register.agreements.values().filter(|agreement| !at_rest.holds(&agreement.id, as_of));
    assess_of(register, moving, Vec::new(), rules, as_of)
}

fn assess_of<'a>(
    register: &Register,
    agreements: impl Iterator<Item = &'a Agreement>,
    findings: Vec<Finding>,
    rules: &RuleSet,
    as_of: NaiveDate,
) -> Docket {
    let mut docket = Docket { as_of, agreements: Vec::new(), entries: Vec::new(), findings };
    for agreement in agreements {
        let seen = versions::on(agreement, as_of);
        let scene = Scene::new(&seen, &rules.almanac, as_of);
        docket.findings.extend(findings_of(&scene));
        let lines = lines(&scene);
        let mut line = agreement_line(&scene, &lines);
        line.at_rest = rest::is_at_rest(&scene, &line, &lines);
        docket.agreements.push(line);
        docket.entries.extend(lines);
    }
    for line in &mut docket.entries {
        if register.partial.contains(&line.agreement) && matches!(line.axes.timing, Timing::Overdue(_)) && line.axes.is_pending()
        {
            // That nothing is recorded cannot be said of records that are not looked at.
            line.axes.timing = Timing::Undetermined("whether it was done: not all records are looked at".into());
            line.label = line.axes.label(line.force);
        }
    }
    if rules.late_known() {
        late_known::mark(&mut docket, register, &rules.almanac);
    }
    docket
}

/// The lines of one agreement on a day.
pub(crate) fn lines_on(agreement: &Agreement, almanac: &Almanac, as_of: NaiveDate) -> Vec<Line> {
    let seen = versions::on(agreement, as_of);
    lines(&Scene::new(&seen, almanac, as_of))
}

/// Provisions in the order of the text, each with what was done under it, then decisions and meetings. Nothing is owed under what is not yet an agreement.
fn lines(scene: &Scene) -> Vec<Line> {
    if scene.effect.state == EffectState::NotConcluded {
        return Vec::new();
    }
    let mut lines = versions::lines(scene);
    lines.extend(decision::lines(scene));
    lines.extend(meeting::lines(scene));
    lines
}

/// A step that an agreement takes once.
type Step = (&'static str, fn(&Event) -> bool);

const MILESTONES: [Step; 4] = [
    ("concluded", |event| matches!(event, Event::AgreementConcluded(_))),
    ("signed", |event| matches!(event, Event::AgreementSigned(_))),
    ("launched", |event| matches!(event, Event::AgreementLaunched(_))),
    ("took effect", |event| matches!(event, Event::AgreementTookEffect(_))),
];

/// Terms in the log that these rules do not know or cannot read, and acts that contradict each other.
fn findings_of(scene: &Scene) -> Vec<Finding> {
    let agreement = scene.agreement;
    let finding = |seq: u64, text: String| Finding { seq: Some(seq), agreement: Some(agreement.id.clone()), text };
    let mut findings = Vec::new();
    for known in &agreement.provisions {
        for fault in provision::check(&known.value) {
            findings.push(finding(known.seq, format!("provision {}: {}", known.value.reference, fault.what)));
        }
    }
    for (kind, wanted) in MILESTONES {
        let acts: Vec<&Act> = agreement.acts.iter().filter(|act| wanted(&act.event)).collect();
        for pair in acts.windows(2) {
            let (one, other) = (pair[0].days(), pair[1].days());
            if one.latest < other.earliest || other.latest < one.earliest {
                let text = format!(
                    "{kind} {} and {kind} {} (record {}) cannot both be",
                    pair[0].date_words(),
                    pair[1].date_words(),
                    pair[1].seq
                );
                findings.push(finding(pair[0].seq, text));
            }
        }
    }
    findings.extend(contradictions(agreement).into_iter().map(|(seq, text)| finding(seq, text)));
    let signed = agreement.best_known(|event| matches!(event, Event::AgreementSigned(_)));
    let effect = agreement.best_known(|event| matches!(event, Event::AgreementTookEffect(_)));
    if let (Some(signed), Some(effect)) = (signed, effect)
        && effect.days().latest < signed.days().earliest
    {
        let text = format!("it came into effect {}, before it was signed, {}", effect.date_words(), signed.date_words());
        findings.push(finding(effect.seq, text));
    }
    if let Err(why) = &scene.counting.regime {
        findings.push(finding(agreement.terms.seq, format!("{why}: no period of this agreement is counted")));
    }
    findings
}

/// Steps of one notice or of one party that are recorded on days which cannot both be: each with the record and what is wrong.
fn contradictions(agreement: &Agreement) -> Vec<(u64, String)> {
    let mut taken: Vec<(String, &Act, Span)> = Vec::new();
    let mut found = Vec::new();
    for act in &agreement.acts {
        // Who leaves, or may have to, can come in anew.
        let leaves = match &act.event {
            Event::NoticeGiven(given) => Some(agreement.holder(&given.by)),
            Event::ConditionEstablished(condition) => condition.of.as_deref().map(|of| agreement.holder(of)),
            _ => None,
        };
        let comes_in = leaves.map(|party| format!("{party} consented"));
        taken.retain(|(step, ..)| comes_in.as_ref().is_none_or(|comes_in| !step.starts_with(comes_in)));
        for (step, days) in steps_of(agreement, act) {
            let other =
                taken.iter().find(|(known, _, one)| *known == step && (one.latest < days.earliest || days.latest < one.earliest));
            if let Some((_, first, one)) = other {
                let text = format!("{step} {} and {step} {} (record {}) cannot both be", one.words(), days.words(), act.seq);
                found.push((first.seq, text));
            }
            taken.push((step, act, days));
        }
    }
    found
}

/// What an act says that happens once, and when: that a notice was dispatched, received by somebody, deposited; that a party consented.
fn steps_of(agreement: &Agreement, act: &Act) -> Vec<(String, Span)> {
    let by = |by: &Option<String>| by.as_ref().map(|by| format!(" by {}", agreement.holder(by))).unwrap_or_default();
    let said = |date: &Option<DateSpec>| {
        let (earliest, latest) = date.as_ref().filter(|date| !date.is_approximate())?.bounds()?;
        Some(Span { earliest, latest })
    };
    match &act.event {
        Event::NoticeGiven(given) => {
            let dispatched = said(&given.dispatched).map(|days| (format!("{} dispatched", given.notice), days));
            let received = said(&given.received).map(|days| (format!("{} received", given.notice), days));
            dispatched.into_iter().chain(received).collect()
        }
        Event::NoticeDispatched(step) => vec![(format!("{} dispatched", step.notice), act.days())],
        Event::NoticeReceived(step) => vec![(format!("{} received{}", step.notice, by(&step.by)), act.days())],
        Event::NoticeDeposited(step) => vec![(format!("{} deposited", step.notice), act.days())],
        Event::NoticeRegistered(step) => vec![(format!("{} registered", step.notice), act.days())],
        Event::ConsentNotified(consent) => {
            let how = consent.how.as_ref().map(|how| format!(" ({how})")).unwrap_or_default();
            vec![(format!("{} consented{how}", agreement.holder(&consent.by)), act.days())]
        }
        _ => Vec::new(),
    }
}

fn agreement_line(scene: &Scene, lines: &[Line]) -> AgreementLine {
    let agreement = scene.agreement;
    let about = agreement.about();
    let last = scene.acts().filter(|(act, _)| act.on.is_some()).max_by_key(|(act, _)| (act.days().latest, act.seq));
    let mut handling: Vec<String> =
        agreement.sources.iter().map(|source| source.value.handling.clone()).filter(|marking| marking != "public").collect();
    handling.sort();
    handling.dedup();
    AgreementLine {
        id: agreement.id.clone(),
        title: about.title.clone(),
        form: about.form,
        force: about.force,
        parties: about.parties.clone(),
        reckoning: about.reckoning.clone(),
        effect: scene.effect.clone(),
        notice: notice_line(scene),
        ends: scene.end.as_ref().map(|end| end.span),
        after_end: after_end::after_end(scene, lines),
        participation: participation::participation(scene),
        paragraphs: agreement.paragraphs(),
        last_act: last.map(|(act, _)| LastAct { seq: act.seq, kind: act.event.kind(), on: act.date_words() }),
        relates: about.relates.clone(),
        handling,
        at_rest: false,
    }
}

/// The notice that ends the agreement first.
fn notice_line(scene: &Scene) -> NoticeLine {
    let running = scene.notices.iter().filter(|notice| notice.standing == Standing::Running && !notice.is_withdrawal);
    let Some(notice) = running.min_by_key(|notice| notice.ends.map_or(NaiveDate::MAX, |ends| ends.latest)) else {
        return NoticeLine::default();
    };
    let effective = notice.ends.is_some_and(|ends| ends.latest <= scene.as_of);
    NoticeLine {
        state: if effective { NoticeState::Effective } else { NoticeState::Pending },
        by: Some(notice.by.clone()),
        given: Some(notice.given_words.clone()),
        words: Some(notice.ends_words()),
        ends: match notice.ends {
            Some(span) => Some((span.earliest, Some(span.latest))),
            None => notice.no_earlier_than.map(|earliest| (earliest, None)),
        },
    }
}
