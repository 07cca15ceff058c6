//! What goes on after an agreement has ended.

use events::Event;
use events::terms::{Provision, Term};

use super::{Kind, what};
use crate::docket::{EffectState, Kind as LineKind, Line, Reason};
use crate::fault::Fault;
use crate::reader::Reader;
use crate::register::{Agreement, Known};
use crate::scene::Scene;

/// `survival`.
pub const KIND: Kind = Kind {
    name: "survival",
    about: "what goes on after the end",
    keys: &["of", "unless"],
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
}

/// What an end would leave, for whoever asks about the end.
pub fn reasons(agreement: &Agreement) -> Vec<Reason> {
    let reason = |known: &Known<Provision>| {
        let unless = known
            .value
            .terms
            .get("unless")
            .and_then(Term::as_text)
            .map(|unless| format!(", unless {unless}"))
            .unwrap_or_default();
        let projects = projects(agreement);
        let under_way = if projects.is_empty() { String::new() } else { format!(" ({} recorded as begun)", projects.len()) };
        let text = format!("goes on after the end{unless}: {}{under_way}", subject(&known.value));
        let records = std::iter::once(known.seq).chain(projects.iter().map(|(seq, _)| *seq));
        Reason::new("survival.of", text).provision(&known.value.reference).records(records)
    };
    agreement.provisions_of("survival").map(reason).collect()
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

fn projects(agreement: &Agreement) -> Vec<(u64, String)> {
    let project = |act: &crate::register::Act| match &act.event {
        Event::ProjectBegun(project) => Some((act.seq, project.text.clone())),
        _ => None,
    };
    agreement.acts.iter().filter_map(project).collect()
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let over = matches!(scene.effect.state, EffectState::Terminated | EffectState::Expired);
    let label = if over { "goes on after the end" } else { "applies when the agreement ends" };
    let draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value)).label(label);
    vec![draft.because(reasons(scene.agreement)).finish(scene.agreement)]
}
