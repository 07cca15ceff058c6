//! Agreements at rest: those of the demo, and those of a made-up register of decades, of which most are over.

mod support;

use std::collections::BTreeMap;

use chrono::Days;
use obligo::rule_sets;
use rules::assess;
use rules::docket::EffectState;
use rules::replay::Replay;
use support::rest;

#[path = "../benches/generate/mod.rs"]
#[allow(dead_code)] // the benches use the rest
mod generate;

#[test]
fn most_of_what_is_over_in_a_register_of_decades_is_at_rest() {
    let mut replay = Replay::default();
    for (seq, entry) in (1..).zip(generate::entries(6_000)) {
        replay.take(seq, &entry);
    }
    let (register, _) = replay.finish();
    let day = generate::LAST_DAY + Days::new(1);
    let (wrong, at_rest) = rest::broken(&register, &rest::days("1995-01-01", &day.to_string(), 731));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(at_rest.len() <= register.agreements.len());
    let docket = assess(&register, Vec::new(), &rule_sets::newest().set, day);
    let is_over = |state| matches!(state, EffectState::Terminated | EffectState::Expired | EffectState::Superseded);
    let over: Vec<_> = docket.agreements.iter().filter(|line| is_over(line.effect.state)).collect();
    let at_rest = docket.agreements.iter().filter(|line| line.at_rest).count();
    let mut left: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for agreement in over.iter().filter(|line| !line.at_rest) {
        let of_it = docket.entries.iter().filter(|line| line.agreement == agreement.id && line.axes.is_pending());
        left.insert(&agreement.id, of_it.map(|line| line.label.as_str()).collect());
    }
    assert!(over.len() > 40 && at_rest * 10 >= over.len() * 9, "{at_rest} of {} that are over; others: {left:?}", over.len());
    assert!(docket.agreements.iter().all(|line| !line.at_rest || is_over(line.effect.state)));
}

#[test]
fn the_agreements_of_the_demo_are_told_the_same_while_they_rest() {
    let register = rest::register_of(&support::Register::demo().db());
    let (wrong, _) = rest::broken(&register, &rest::days("2020-01-01", "2040-01-01", 211));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
