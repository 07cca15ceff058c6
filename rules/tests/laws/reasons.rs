//! The reasons of a line name the records that it rests on: all of them, and none that does not count.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rules::docket::{Docket, Line};
use rules::{Register, assess};

use crate::history::{History, Log, almanac, histories, log};
use crate::time::days;
use crate::{Verdict, holds, is_broken, that};

/// What a line says, apart from why.
fn told(line: &Line) -> String {
    format!("{} | {} | {:?} | {:?}", line.what, line.label, line.due, line.axes)
}

/// One agreement on one day, of which records can be struck.
struct Subject {
    register: Register,
    acts: BTreeSet<u64>,
    beginning: BTreeSet<u64>,
    as_of: NaiveDate,
}

impl Subject {
    fn new(history: &History, as_of: NaiveDate) -> Self {
        let log = log(&[("x-y", history)], &[]);
        let acts: BTreeSet<u64> = log.acts.keys().copied().collect();
        let first = crate::forms::agreed(history.form).beginning.len();
        Subject { register: log.register(), beginning: acts.iter().take(first).copied().collect(), acts, as_of }
    }

    fn docket(&self, keep: impl Fn(u64) -> bool) -> Docket {
        let mut register = self.register.clone();
        for agreement in register.agreements.values_mut() {
            agreement.acts.retain(|act| keep(act.seq));
        }
        assess(&register, Vec::new(), &almanac(), self.as_of)
    }
}
#[test]
fn survey() {
    use proptest::prelude::*;
    let mut runner = crate::runner(std::env::var("N").map_or(512, |n| n.parse().unwrap()));
    let mut incomplete: BTreeMap<String, (u32, String)> = BTreeMap::new();
    let mut idle: BTreeMap<String, (u32, u32, String)> = BTreeMap::new();
    let drawn = (histories(), days());
    for _ in 0..std::env::var("N").map_or(512, |n| n.parse().unwrap()) {
        use proptest::strategy::ValueTree;
        let (history, as_of) = drawn.new_tree(&mut runner).unwrap().current();
        let subject = Subject::new(&history, as_of);
        let whole = subject.docket(|_| true);
        let mut cache: BTreeMap<BTreeSet<u64>, Docket> = BTreeMap::new();
        for line in &whole.entries {
            let cited: BTreeSet<u64> = line.because.iter().flat_map(|r| r.records.iter().copied()).filter(|s| subject.acts.contains(s)).collect();
            let docket = cache.entry(cited.clone()).or_insert_with(|| subject.docket(|seq| subject.beginning.contains(&seq) || cited.contains(&seq)));
            if line.id.starts_with("x-y/10-") { continue; }
            let stem = line.id.rsplit_once('-').map_or("", |(stem, _)| stem);
            let other = docket.line(&line.id).or_else(|| docket.line(stem));
            if other.map(told) != Some(told(line)) {
                let key = format!("{:?}: {} => {}", line.kind, line.label, other.map_or("gone".into(), |o| o.label.clone()));
                let key: String = key.chars().map(|c| if c.is_ascii_digit() {'#'} else {c}).collect();
                let key = format!("{key} [{}]", line.provision.clone().unwrap_or_default());
                let e = incomplete.entry(key).or_insert_with(|| (0, format!("{}\n   {}\n   {}\n   {:?}\n   acts {:?}", line.id, told(line), other.map(told).unwrap_or_default(), line.because.iter().map(|r| (r.rule, &r.records)).collect::<Vec<_>>(), history.acts.iter().map(|(e, o)| format!("{e:?} {o}")).collect::<Vec<_>>())));
                e.0 += 1;
            }
            // strike each
            for reason in &line.because {
                for seq in reason.records.iter().filter(|s| cited.contains(s)) {
                    let e = idle.entry(format!("{:?} {}", line.kind, reason.rule)).or_insert_with(|| (0, 0, String::new()));
                    e.0 += 1;
                    let counts = (0u32..1 << cited.len().min(7)).any(|mask| {
                        let kept: BTreeSet<u64> = cited.iter().enumerate().filter(|(i, s)| mask >> i & 1 == 1 || *s == seq || *i >= 7).map(|(_, s)| *s).collect();
                        let without: BTreeSet<u64> = kept.iter().copied().filter(|s| s != seq).collect();
                        let mut of = |set: BTreeSet<u64>| { let d = cache.entry(set.clone()).or_insert_with(|| subject.docket(|q| subject.beginning.contains(&q) || set.contains(&q))); d.line(&line.id).map(told) };
                        of(kept) != of(without)
                    });
                    if !counts && !subject.beginning.contains(seq) { e.1 += 1; if e.2.is_empty() {
                        let act = history.acts.get((*seq - *subject.beginning.iter().next().unwrap()) as usize - subject.beginning.len());
                        e.2 = format!("{}\n   {}\n   {:?}\n {act:?}", line.id, told(line), line.because.iter().map(|r| (r.rule, &r.records, &r.text)).collect::<Vec<_>>());
                    } }
                }
            }
        }
    }
    for (k, (n, e)) in incomplete { eprintln!("INC {n} {k}\n   {e}"); }
    for (k, (n, m, e)) in idle { eprintln!("IDLE {m}/{n} {k}\n   {e}"); }
}
