//! What goes on after an agreement has ended, for ever or for a time.

use events::Event;
use events::event::Certainty;
use events::terms::{Provision, Term};

use super::{Kind, what};
use crate::docket::{Due, EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::notice::Notice;
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::reader::Reader;
use crate::register::Known;
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
        let records = std::iter::once(known.seq).chain(projects);
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

/// Records of programmes that had begun by the day.
fn projects(scene: &Scene) -> Vec<u64> {
    let begun = scene.acts().filter(|(act, _)| matches!(act.event, Event::ProjectBegun(_)));
    begun.map(|(act, _)| act.seq).collect()
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
    vec![draft.because(scene.effect.because.clone()).because(reasons(scene)).finish(scene.agreement)]
}
