//! What goes round: provisions that outlive the agreement by each other's word, agreements that take each other's place.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use events::Event;
use events::terms::Term;

use crate::register::{Agreement, Register};

/// What goes round in one agreement.
pub(super) fn within(agreement: &Agreement) -> Vec<String> {
    let itself = agreement.about().relates.iter().filter(|other| other.to == agreement.id);
    let mut doubts: Vec<String> = itself.map(|other| format!("it is said to be `{}` itself", other.relation)).collect();
    let mut names: Edges = BTreeMap::new();
    for known in agreement.provisions_of("survival") {
        let Some(Term::List(ids)) = known.value.terms.get("of") else { continue };
        names.entry(&known.value.id).or_default().extend(ids.iter().filter_map(Term::as_text));
    }
    let reference = |id: &str| agreement.provision(id).map_or(id.to_string(), |known| known.value.reference.clone());
    doubts.extend(circles(&names).into_iter().map(|circle| match circle.as_slice() {
        [one] => format!("{}: survives by its own word", reference(one)),
        several => {
            let several: Vec<String> = several.iter().map(|id| reference(id)).collect();
            format!("{} survive by each other's word alone", several.join(", "))
        }
    }));
    doubts
}

/// Relations that say which of two comes first, each with whether it is said by the first or by the second.
const ORDERS: [(&str, &str, bool); 4] = [
    ("take each other's place", "superseded-by", false),
    ("take each other's place", "supersedes", true),
    ("stand under each other", "under", false),
    ("build on each other", "builds-on", false),
];

/// What goes round between the agreements of a register: none can be both before and after another.
pub fn between(register: &Register) -> Vec<String> {
    let mut orders: BTreeMap<&str, Edges> = BTreeMap::new();
    for (id, agreement) in &register.agreements {
        let said = agreement.about().relates.iter().filter(|other| other.to != *id);
        for other in said {
            let Some((words, _, is_turned)) = ORDERS.iter().find(|(_, relation, _)| *relation == other.relation) else {
                continue;
            };
            let (from, to) = if *is_turned { (&other.to, id) } else { (id, &other.to) };
            orders.entry(words).or_default().entry(from).or_default().insert(to);
        }
        for act in &agreement.acts {
            if let Event::AgreementSuperseded(superseded) = &act.event {
                orders.entry(ORDERS[0].0).or_default().entry(id).or_default().insert(&superseded.by);
            }
        }
    }
    let said = |(words, edges): (&str, Edges)| {
        circles(&edges).into_iter().map(move |circle| format!("{} {words}", circle.join(", "))).collect::<Vec<_>>()
    };
    orders.into_iter().flat_map(said).collect()
}

/// What leads to what.
type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The circles, each begun at its first member by name: the shortest through it.
fn circles<'a>(edges: &Edges<'a>) -> Vec<Vec<&'a str>> {
    edges.keys().filter_map(|start| circle(edges, start)).collect()
}

fn circle<'a>(edges: &Edges<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(here) = next.pop_front() {
        for there in edges.get(here).into_iter().flatten() {
            if *there == start {
                let back = std::iter::successors(Some(here), |one| came_from.get(one).copied());
                let mut circle: Vec<&str> = back.collect();
                circle.reverse();
                return Some(circle);
            }
            // A circle through an earlier name was begun there.
            if *there > start && !came_from.contains_key(there) {
                came_from.insert(there, here);
                next.push_back(there);
            }
        }
    }
    None
}
