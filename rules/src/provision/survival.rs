//! What goes on after an agreement has ended, for ever or for a time.

use events::event::{Certainty, Project};
use events::terms::{Provision, Term};
use events::{DateSpec, Event};

use super::{Kind, what};
use crate::docket::{Due, EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::notice::Notice;
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::reader::Reader;
use crate::register::{Act, Known};
use crate::scene::Scene;
use crate::time::compute::{Clause, Purpose};
use crate::time::regime::EffectDay;
use crate::time::then::Then;
use crate::time::{Span, compute};

/// `survival`.
pub const KIND: Kind = Kind {
    name: "survival",
    about: "what goes on after the end",
    keys: &["of", "unless", "for", "until"],
    default_id: Some("survival"),
    check,
    lines,
};

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    let mut reader = Reader::new(&provision.terms, faults);
    reader.require("of");
    if !matches!(provision.terms.get("of"), Some(Term::List(_))) {
        reader.choice("of", &["programmes-under-way"]);
    }
    reader.text("unless");
    reader.period("for");
    reader.parsed::<Then>("until");
    if reader.has("for") && reader.has("until") {
        reader.fault("E0207", "until", "`for` and `until` both say how long it goes on", "keep the one that the text says");
    }
}

/// How long it goes on, counted from the end.
fn how_long(provision: &Provision) -> Option<Clause> {
    let mut faults = Vec::new();
    let mut reader = Reader::new(&provision.terms, &mut faults);
    let then = reader.parsed::<Then>("until").map(|then| Clause { then: Some(then), ..Clause::at_once(Purpose::Effect) });
    // As the days of an end: both candidates for it lie in the range of the end itself, and the period adds none.
    let period = || {
        let clause = Clause::effect(reader.period("for")?);
        Some(Clause { effect: Some(EffectDay::SameDay), ..clause })
    };
    then.or_else(period)
}

/// What an end would leave, for whoever asks about the end.
pub fn reasons(scene: &Scene) -> Vec<Reason> {
    let agreement = scene.agreement;
    let reason = |known: &Known<Provision>| {
        let unless = known
            .value
            .terms
            .get("unless")
            .and_then(Term::as_text)
            .map(|unless| format!(", unless {unless}"))
            .unwrap_or_default();
        let is_of_projects = matches!(known.value.terms.get("of"), Some(Term::Text(_)));
        let projects = if is_of_projects { projects(scene) } else { Vec::new() };
        let under_way = if projects.is_empty() { String::new() } else { format!(" ({} recorded as begun)", projects.len()) };
        let text =
            format!("goes on after the end{}{unless}: {}{under_way}", for_how_long(scene, &known.value), subject(&known.value));
        let records = std::iter::once(known.seq).chain(projects.iter().map(|(act, _)| act.seq));
        Reason::new("survival.of", text).provision(&known.value.reference).records(records)
    };
    agreement.provisions_of("survival").map(reason).collect()
}

/// `, for 20 years, until 2043-12-20`.
fn for_how_long(scene: &Scene, provision: &Provision) -> String {
    let Some(clause) = how_long(provision) else { return String::new() };
    let length = clause.period.map(|period| format!(", for {period}")).unwrap_or_default();
    let then = clause.then.map(|then| format!(", until {then}")).unwrap_or_default();
    let until = until(scene, provision).map(|until| format!(", that is until {}", until.words())).unwrap_or_default();
    format!("{length}{then}{until}")
}

/// Until when it goes on, if the text sets it a time and the end is in sight: that of the agreement, or of the only party that leaves it.
pub fn until(scene: &Scene, provision: &Provision) -> Option<Span> {
    let mut leaving = scene.notices.iter().filter(|notice| notice.is_withdrawal).filter_map(Notice::span);
    let only = leaving.next().filter(|_| leaving.next().is_none());
    counted(scene, provision, scene.end.as_ref().map(|end| end.span).or(only))
}

/// Until when it goes on after an end, if the text sets it a time and the end is known.
pub fn counted(scene: &Scene, provision: &Provision, end: Option<Span>) -> Option<Span> {
    let end = end.filter(|end| end.latest < chrono::NaiveDate::MAX)?;
    compute(end, &how_long(provision)?, &scene.counting).span()
}

/// What goes on: in the provision's own words, or as its key has it.
fn subject(provision: &Provision) -> String {
    let of = || match provision.terms.get("of") {
        Some(Term::List(ids)) => ids.iter().filter_map(Term::as_text).collect::<Vec<_>>().join(", "),
        Some(Term::Text(words)) => words.replace('-', " "),
        _ => "what it names".into(),
    };
    provision.text.clone().unwrap_or_else(of)
}

/// Joint projects that had begun by the day.
fn projects<'a>(scene: &Scene<'a>) -> Vec<(&'a Act, &'a Project)> {
    let project = |act: &'a Act| match &act.event {
        Event::ProjectBegun(project) => Some((act, &**project)),
        _ => None,
    };
    scene.acts().filter_map(|(act, _)| project(act)).collect()
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let over = matches!(scene.effect.state, EffectState::Terminated | EffectState::Expired | EffectState::Superseded);
    let label = if over { "goes on after the end" } else { "applies when the agreement ends" };
    let draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value)).label(label);
    let due = until(scene, &known.value).filter(|_| over);
    let draft = match due {
        Some(until) if until.latest <= scene.as_of => {
            let axes = Axes { existence: Existence::Ended(Ending::Expired), ..Axes::live(Timing::Undated) };
            draft.axes(axes).label(format!("went on until {}", until.words()))
        }
        Some(until) => {
            let until_words = format!("goes on until {}", until.words());
            draft.label(until_words).due(Due::within(until, Certainty::Definitive))
        }
        None => draft,
    };
    let of_programmes = known.value.terms.get("of").and_then(Term::as_text) == Some("programmes-under-way");
    let begun = projects(scene).into_iter().filter(|_| over && of_programmes);
    let projects: Vec<Line> = begun.filter_map(|(act, project)| under_way(scene, known, act, project)).collect();
    let is_over = |line: &Line| matches!(line.axes.existence, Existence::Ended(_));
    let draft = match projects.iter().filter_map(|line| line.due.latest).max() {
        Some(last) if projects.iter().all(is_over) => {
            let axes = Axes { existence: Existence::Ended(Ending::Expired), ..Axes::live(Timing::Undated) };
            draft.axes(axes).label(format!("went on until {last}"))
        }
        _ => draft,
    };
    let own = draft.because(scene.effect.because.clone()).because(reasons(scene)).finish(scene.agreement);
    std::iter::once(own).chain(projects).collect()
}

/// The provisions that it names, where it names some.
pub fn named(provision: &Provision) -> Vec<&str> {
    match provision.terms.get("of") {
        Some(Term::List(ids)) => ids.iter().filter_map(Term::as_text).collect(),
        _ => Vec::new(),
    }
}

/// A project that was under way when the agreement ended, and runs to its own end.
fn under_way(scene: &Scene, known: &Known<Provision>, act: &Act, project: &Project) -> Option<Line> {
    let end = scene.end.as_ref()?.span;
    let ends = project.ends.as_ref().filter(|ends| !ends.is_approximate()).and_then(DateSpec::deadline);
    let ends = ends.map(|(earliest, latest)| Span { earliest, latest });
    if act.days().earliest >= end.latest || ends.is_some_and(|ends| ends.latest < end.earliest) {
        return None;
    }
    let words = project.ends.as_ref().map_or("no end of its own is recorded".into(), |ends| format!("its own end: {ends}"));
    let reason = Reason::new("survival.of", format!("{} began {}; {words}", project.project, act.date_words()));
    let draft = scene.line(known, LineKind::Term, &format!("project-{}", project.project), project.text.clone());
    let draft = draft.because([reason.provision(&known.value.reference).records([act.seq])]);
    let draft = match ends {
        None => draft.label("goes on after the end"),
        Some(ends) if ends.latest < scene.as_of => {
            let axes = Axes { existence: Existence::Ended(Ending::Expired), ..Axes::live(Timing::Undated) };
            let draft = draft.axes(axes).label(format!("went on until {}", ends.words()));
            draft.due(Due::within(ends, Certainty::Definitive))
        }
        Some(ends) => draft.label(format!("goes on until {}", ends.words())).due(Due::within(ends, Certainty::Definitive)),
    };
    Some(draft.finish(scene.agreement))
}
