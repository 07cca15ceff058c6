//! Laws that hold whatever was recorded, over random histories of agreements of several forms.
//!
//! The sample is the same each time, so that whoever changes something else is not surprised; `PROPTEST_CASES` draws so many others.
//! Every law has a control: something made wrong on purpose, by which the law must be broken.

mod differing;
mod flagging;
mod forms;
mod history;
mod knowing;
mod reasons;
mod replaying;
mod resting;
mod time;
#[path = "../../../tests/support/without_the_day.rs"]
mod without_the_day;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};
use rules::Docket;

/// Whether a law is kept by what was drawn, or how it is not.
type Verdict = Result<(), String>;

/// Keeps a law only if that is so.
fn that(is_so: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    if is_so { Ok(()) } else { Err(otherwise()) }
}

fn runner(cases: u32) -> TestRunner {
    let all = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(match std::env::var_os("PROPTEST_CASES") {
        Some(_) => all,
        None => ProptestConfig { cases, rng_seed: RngSeed::Fixed(1969), ..all },
    })
}

/// Whatever is drawn keeps the law.
fn holds<S: Strategy>(cases: u32, drawn: S, law: impl Fn(S::Value) -> Verdict) {
    if let Err(error) = runner(cases).run(&drawn, |value| law(value).map_err(TestCaseError::fail)) {
        panic!("{error}");
    }
}

/// Something drawn breaks the law.
fn is_broken<S: Strategy>(drawn: S, law: impl Fn(S::Value) -> Verdict) {
    let config = ProptestConfig { rng_seed: RngSeed::Fixed(1969), ..ProptestConfig::default() };
    let mut runner = TestRunner::new(config);
    let one = |_| drawn.new_tree(&mut runner).expect("nothing is rejected").current();
    let is_kept = (0..256).map(one).all(|value| law(value).is_ok());
    assert!(!is_kept, "this law cannot be broken");
}

/// What a reader sees of a docket, without the numbers of records.
fn told(docket: &Docket) -> Vec<String> {
    let line = |line: &rules::docket::Line| format!("{} {} {:?} {:?}", line.id, line.label, line.due, line.axes);
    let agreement = |line: &rules::docket::AgreementLine| {
        let standing: Vec<_> = line.participation.iter().map(|party| (&party.party, party.state, party.span)).collect();
        format!("{} {:?} {:?} {:?} {standing:?}", line.id, line.effect.state, line.effect.since, line.notice)
    };
    let mut told: Vec<String> = docket.entries.iter().map(line).chain(docket.agreements.iter().map(agreement)).collect();
    told.sort();
    told
}

/// Where two dockets differ.
fn alike(one: &Docket, other: &Docket) -> Verdict {
    let (one, other) = (told(one), told(other));
    let only = |all: &[String], others: &[String]| {
        all.iter().filter(|line| !others.contains(line)).cloned().collect::<Vec<_>>().join("\n  ")
    };
    that(one == other, || format!("\n  {}\nor\n  {}", only(&one, &other), only(&other, &one)))
}
