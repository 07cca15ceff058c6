//! The line of a notice in the docket.

use events::Event;
use events::event::{Certainty, NoticeDrafted};
use events::terms::Provision;

use super::{Notice, Standing};
use crate::docket::{Due, Kind as LineKind, Line, Reason};
use crate::obligation::{Axes, Ending, Existence, Timing, timing};
use crate::participation::Part;
use crate::register::{Act, Known};
use crate::scene::{LineDraft, Scene};
use crate::versions;

/// The lines of all notices that were given under a provision, and of those that were drafted and are not given yet.
pub(crate) fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let given = scene.notices.iter().filter(|notice| notice.power == known.value.id).map(|notice| line(scene, known, notice));
    let is_given = |id: &str| scene.notices.iter().any(|notice| notice.id == id);
    let drafts = scene.acts().filter_map(|(act, _)| match &act.event {
        Event::NoticeDrafted(draft) if draft.power == known.value.id && !is_given(&draft.notice) => Some((act, draft)),
        _ => None,
    });
    given.chain(drafts.map(|(act, draft)| drafted(scene, known, act, draft))).collect()
}

/// Of the party that gave it, or of whoever has its place since, to all others.
fn between(scene: &Scene, line: &mut LineDraft, by: &str) {
    let by = scene.agreement.holder(by);
    line.0.by = vec![by.into()];
    line.0.to = scene
        .agreement
        .party_ids()
        .into_iter()
        .filter(|id| id != by && !matches!(scene.part(id), Some(Part::Unbound(_))))
        .collect();
}

/// A notice that somebody has written and not given: nothing runs from it, and with the end of the agreement it is for nothing.
fn drafted(scene: &Scene, known: &Known<Provision>, act: &Act, draft: &NoticeDrafted) -> Line {
    let what = format!("Notice by {}, drafted {}", draft.by, act.date_words());
    let text = format!("drafted {}: nothing runs from that", act.date_words());
    let mut line = scene.line(known, LineKind::Notice, &draft.notice, what);
    between(scene, &mut line, &draft.by);
    let line = line.because([Reason::new("notice.drafted", text).provision(&known.value.reference).records([act.seq])]);
    let line = if let Some(end) = scene.end.as_ref().filter(|end| end.span.latest <= scene.as_of) {
        let line = line.because([Reason { rule: "notice.overtaken", ..end.reason.clone() }]);
        line.axes(Axes { existence: Existence::Ended(Ending::Terminated), ..Axes::live(Timing::Undated) }).label("overtaken")
    } else {
        let command = format!("obligo record notice {} --by {} --notice {}", scene.agreement.id, draft.by, draft.notice);
        let kept = scene.effect.because.iter().filter(|reason| reason.rule == "effect.prolonged");
        line.because(kept.cloned())
            .axes(Axes::dormant("until it is given"))
            .label("drafted")
            .closes_with(format!("{command} --given DATE"))
    };
    line.finish(scene.agreement)
}

fn line(scene: &Scene, known: &Known<Provision>, notice: &Notice) -> Line {
    let agreement = scene.agreement;
    // In the words that the power had when it was given.
    let then = versions::then(agreement, &notice.power, notice.given);
    let known = then.as_ref().map_or(known, |then| then.known);
    let mut draft = scene.line(known, LineKind::Notice, &notice.id, what(notice)).because(given(notice));
    draft = draft.because(notice.steps.clone());
    let overtaken = overtaken(scene, notice);
    let is_overtaken = overtaken.is_some();
    between(scene, &mut draft, &notice.by);
    draft.0.reckoned = Some(notice.reckoned.clone());
    let over = |ending| Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) };
    if matches!(notice.standing, Standing::Suspended(_) | Standing::Running) {
        // What keeps the agreement going keeps the notice from being overtaken.
        let kept = scene.effect.because.iter().filter(|reason| !is_overtaken && reason.rule == "effect.prolonged");
        let ends = scene.end.as_ref().filter(|end| !is_overtaken && end.reason.rule == "effect.notice");
        let ends = ends.map(|end| &end.reason).filter(|reason| notice.records.iter().all(|seq| reason.records.contains(seq)));
        let until = ends.filter(|reason| reason.records.len() > notice.records.len());
        let until = until.map(|reason| Reason { rule: "effect.prolonged", ..reason.clone() });
        draft = draft.because(overtaken).because(kept.cloned()).because(until);
    }
    let (axes, label) = match (&notice.standing, notice.ends) {
        (Standing::Retracted(when), _) => (over(Ending::Cancelled), format!("retracted {when}")),
        (Standing::TooEarly(why), _) => (over(Ending::Cancelled), format!("too early: {why}")),
        (Standing::Defective(why), _) => (over(Ending::Cancelled), format!("defective: {why}")),
        (Standing::Overtaken(why), _) => (over(Ending::Cancelled), format!("overtaken: {why}")),
        (Standing::Suspended(_), _) if is_overtaken => (over(Ending::Terminated), "overtaken".into()),
        (Standing::Suspended(since), _) => (Axes::undetermined(format!("whether it is taken up again, {since}")), String::new()),
        (Standing::Running, _) if is_overtaken => (over(Ending::Terminated), "overtaken".into()),
        (Standing::Running, None) => {
            let missing = notice.missing.clone().unwrap_or_else(|| "the day it was received is not recorded".into());
            if let Some(command) = command(scene, notice, &missing) {
                draft = draft.closes_with(command);
            }
            (Axes::undetermined(missing), String::new())
        }
        (Standing::Running, Some(span)) => match &notice.missing {
            Some(missing) => (Axes::undetermined(missing.clone()), String::new()),
            None if span.latest <= scene.as_of && notice.is_contested => {
                (over(Ending::Terminated), "effective, contested".into())
            }
            None if span.latest <= scene.as_of => (over(Ending::Terminated), "effective".into()),
            None if span.earliest <= scene.as_of => (
                Axes::undetermined(format!("it takes effect {}, as the reading or the date may be", span.words())),
                String::new(),
            ),
            None if notice.is_contested => (Axes::live(timing(None, span, scene.as_of)), "running, contested".into()),
            None => (Axes::live(timing(None, span, scene.as_of)), "running".into()),
        },
    };
    let due = match notice.ends {
        Some(span) => Due::within(span, Certainty::Definitive),
        None => Due { earliest: notice.no_earlier_than, latest: None, certainty: Some(Certainty::Indicative) },
    };
    draft.axes(axes).label(label).due(due).finish(agreement)
}

/// That it was given, where no step of its counting says so.
fn given(notice: &Notice) -> Option<Reason> {
    let is_said = notice.steps.iter().any(|step| step.records.contains(&notice.seq));
    let text = format!("given by {} {}", notice.by, notice.given_words);
    (!is_said).then(|| Reason::new("notice.given", text).provision(&notice.provision).records([notice.seq]))
}

fn what(notice: &Notice) -> String {
    let Notice { by, given_words: given, .. } = notice;
    if notice.standing != Standing::Running {
        let kind = if notice.is_withdrawal { "withdrawal" } else { "termination" };
        return format!("Notice of {kind} by {by} of {given}");
    }
    let ends = notice.ends_words();
    match (notice.is_automatic, notice.is_withdrawal) {
        (true, true) => format!("The participation of {by} ends of itself, {ends}"),
        (true, false) => format!("The agreement ends of itself, {ends}"),
        (false, true) => format!("Notice of withdrawal by {by} of {given}, takes effect for {by} {ends}"),
        (false, false) => format!("Notice of termination by {by} of {given}, ends the agreement {ends}"),
    }
}

/// Another end came before: that of the agreement, or for a withdrawal that of the same party's participation.
fn overtaken(scene: &Scene, notice: &Notice) -> Option<Reason> {
    let before = |latest: chrono::NaiveDate| latest <= scene.as_of && notice.ends.is_none_or(|span| latest < span.earliest);
    if let Some(end) = scene.end.as_ref().filter(|end| before(end.span.latest)) {
        return Some(Reason { rule: "notice.overtaken", ..end.reason.clone() });
    }
    let is_same = |other: &Notice| scene.agreement.holder(&other.by) == scene.agreement.holder(&notice.by);
    let others = scene.notices.iter().filter(|other| notice.is_withdrawal && other.is_withdrawal && is_same(other));
    others
        .filter(|other| other.id != notice.id && other.standing == Standing::Running && other.missing.is_none())
        // An end before this notice was given was another membership, not the one that it ends.
        .find(|other| other.ends.is_some_and(|ends| before(ends.latest) && notice.given.earliest < ends.latest))
        .map(|other| {
            let text = format!("{} left before, {}", other.by, other.ends_words());
            Reason::new("notice.overtaken", text).provision(&other.provision).records(other.records.clone())
        })
}

/// What would settle it.
fn command(scene: &Scene, notice: &Notice, missing: &str) -> Option<String> {
    let id = &scene.agreement.id;
    let step = |verb: &str| format!("obligo record {verb} {id} --notice {} --on DATE", notice.id);
    [
        ("received", "notice-received"),
        ("the depositary received", "notice-received"),
        ("dispatched", "notice-dispatched"),
        ("deposited", "notice-deposited"),
        ("registered", "notice-registered"),
    ]
    .into_iter()
    .find(|(word, _)| missing.contains(&format!("{word} is not recorded")) || missing.contains(&format!("{word} it is not")))
    .map(|(_, verb)| step(verb))
}
