//! When an agreement comes into effect by its own rule: on signature, on launch, on a date.

use events::Event;
use events::terms::Provision;

use super::{Kind, Reader, what};
use crate::docket::{EffectState, Kind as LineKind, Line};
use crate::fault::Fault;
use crate::obligation::{Axes, Ending, Existence, Timing};
use crate::register::{Agreement, Known};
use crate::scene::Scene;
use crate::time::Span;

/// `entry-into-effect`.
pub const KIND: Kind = Kind {
    name: "entry-into-effect",
    about: "when the agreement comes into effect",
    keys: &["on"],
    default_id: Some("entry-into-effect"),
    check,
    lines,
};

/// The rule's own date.
pub(crate) struct Entry {
    pub span: Span,
    pub words: String,
    pub rule: String,
    pub provision: String,
    pub records: Vec<u64>,
}

fn check(provision: &Provision, faults: &mut Vec<Fault>) {
    let mut reader = Reader::new(&provision.terms, faults);
    if provision.undetermined.is_none() {
        reader.require("on");
    }
    if !matches!(reader.text("on"), Some("signature" | "launch")) {
        reader.date("on");
    }
}

/// The day by the agreement's own rule, if what it hangs on is recorded.
pub(crate) fn reached(agreement: &Agreement) -> Option<Entry> {
    agreement.provisions_of("entry-into-effect").find_map(|known| {
        let on = known.value.terms.get("on")?.as_text()?;
        let act = |wanted: fn(&Event) -> bool, verb: &str| {
            let act = agreement.acts.iter().find(|act| wanted(&act.event))?;
            let rule = format!("on {verb}, which was {}", act.date_words());
            let records = vec![known.seq, act.seq];
            Some(Entry { span: act.days(), words: act.date_words(), rule, provision: known.value.reference.clone(), records })
        };
        match on {
            "signature" => act(|event| matches!(event, Event::AgreementSigned(_)), "signature"),
            "launch" => act(|event| matches!(event, Event::AgreementLaunched(_)), "launch"),
            date => {
                let (earliest, latest) = date.parse::<events::DateSpec>().ok()?.bounds()?;
                let rule = "on the day that the text names".into();
                let records = vec![known.seq];
                let provision = known.value.reference.clone();
                Some(Entry { span: Span { earliest, latest }, words: date.into(), rule, provision, records })
            }
        }
    })
}

fn lines(scene: &Scene, known: &Known<Provision>) -> Vec<Line> {
    let draft = scene.line(known, LineKind::Term, &known.value.id, what(&known.value)).because(scene.effect.because.clone());
    let has_been = matches!(
        scene.effect.state,
        EffectState::InEffect | EffectState::InForce | EffectState::Terminated | EffectState::Expired
    );
    let state = scene.effect.state.word().replace('_', " ");
    let since = scene.since.map_or("on an unknown day".into(), |since| since.words());
    let draft = match &known.value.undetermined {
        _ if has_been => {
            let axes = Axes { existence: Existence::Ended(Ending::Fulfilled), ..Axes::live(Timing::Undated) };
            draft.axes(axes).label(format!("came into effect {since}"))
        }
        Some(why) => {
            let command = format!("obligo record took-effect {} --on DATE", scene.agreement.id);
            draft.axes(Axes::undetermined(why.clone())).closes_with(command)
        }
        None => {
            let command = format!("obligo record took-effect {} --on DATE", scene.agreement.id);
            let missing = format!("{state}, and the day it comes into effect is not recorded");
            draft.axes(Axes::undetermined(missing)).closes_with(command)
        }
    };
    vec![draft.finish(scene.agreement)]
}
