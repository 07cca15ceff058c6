//! A register: by itself, by the checkpoints beside it, and by what others kept.

use chrono::DateTime;
use events::checkpoint::{Role, Signed, SignedCheckpoint, Verifier};
use events::log::EventLog;
use events::tree;
use store::sqlite::verify;
use store::{SqliteLog, StoreError, Verification};

use super::{COLUMNS, Context, Output, alone, progress, stamp_of_program, told};
use crate::checkpoints::judge::{Case, Held, Judgement, Tree, Verdict, What, judge};
use crate::checkpoints::{Beside, key, notes};
use crate::config::Register;
use crate::error::Error;
use crate::report::json::{AnchoredJson, FindingJson, LogJson, VerifyJson};
use crate::report::{Report, Section, Tone};
use crate::rule_sets::{self, Shelf};
use crate::texts::{self, Found};

pub fn run(given: &[Verifier], held: Vec<Held>, output: &Output, context: &Context) -> Result<u8, Error> {
    let register = context.register()?;
    let log = match SqliteLog::open_read_only(&register.path) {
        Err(error @ StoreError::Damaged { .. }) => return damaged(output, &error),
        opened => opened?,
    };
    let bar = progress::bar(log.head().map_or(0, |head| head.size), "verifying");
    let own = log.verify(&mut |done| progress::advance(&bar, done))?;
    bar.finish_and_clear();
    let texts = texts::check(&log, &context.private()?)
        .unwrap_or_else(|error| Found { unreadable: Some(error.to_string()), ..Found::default() });
    let mut judgement = judged(&log, &own, &register, given, held)?.with_texts(&texts);
    let lost = kept_beside(&log, &register)?;
    if !lost.is_empty() && judgement.verdict.is_good() {
        judgement.notes.push(format!("The log by itself: {}", judgement.verdict));
        judgement.verdict = Verdict::Damaged;
    }
    judgement.faults.extend(lost);
    let is_good = judgement.verdict.is_good();
    let written = output.write(&report(&own, &judgement, &texts).stamped(stamp_of_program()));
    // A reader that went away does not make a bad log good.
    if is_good { written.map(|()| 0) } else { Err(Error::Unverified) }
}

/// What is wrong with the files beside the register that its records rest on: rule sets that it adopted, and evidence and documents that are kept
/// under their digest.
fn kept_beside(log: &SqliteLog, register: &Register) -> Result<Vec<String>, Error> {
    let shelf = Shelf::beside(&register.path);
    let lost = rule_sets::adoptions(log, log.head()?.size)?.into_iter().filter(|adoption| shelf.is_lost(adoption));
    let mut faults: Vec<String> = lost
        .map(|adoption| {
            format!("the rule set {} that record {} adopted is not at hand, or was changed", adoption.set.id, adoption.seq)
        })
        .collect();
    let Ok(folder) = std::fs::read_dir(register.path.with_extension("evidence")) else { return Ok(faults) };
    for file in folder.flatten().map(|entry| entry.path()) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_digest = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_as_it_was = || std::fs::read(&file).is_ok_and(|bytes| tree::sha256(&bytes).to_string() == name);
        if is_digest && !is_as_it_was() {
            faults.push(format!("the file {name} that is kept as evidence was changed, or cannot be read"));
        }
    }
    faults.sort();
    Ok(faults)
}

/// The register together with what stands beside it and what was held elsewhere.
fn judged(
    log: &SqliteLog,
    own: &Verification,
    register: &Register,
    given: &[Verifier],
    mut held: Vec<Held>,
) -> Result<Judgement, Error> {
    let beside = Beside::of(&register.path, register.key.as_deref());
    let name = beside.checkpoints.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let kept = notes::all(&beside.checkpoints)?;
    // Whoever may not read the key can still say which one he trusts.
    let (signer, unread) = match beside.key.read_of(&key::origin(log.origin())) {
        Ok(signer) => (signer, None),
        Err(Error::Failed { what, .. }) if !given.is_empty() => (None, Some(what)),
        // What the log shows of itself tells more than that its name does not fit the key.
        Err(_) if !own.faults.is_empty() => (None, None),
        Err(error) => return Err(error),
    };
    held.extend(cosigned(&beside, given)?);
    let case = Case {
        log,
        own,
        tree: &Tree::of(log),
        notes: kept.as_ref().map(|kept| (name, kept)),
        key: signer.map(|signer| signer.verifier()),
        given,
        held: &held,
    };
    let mut judgement = judge(&case);
    judgement.notes.extend(unread);
    Ok(judgement)
}

/// What witnesses cosigned that whoever asks trusts: nobody else can sign in their name, so that it counts as held elsewhere.
fn cosigned(beside: &Beside, given: &[Verifier]) -> Result<Vec<Held>, Error> {
    let witnesses = given.iter().filter(|key| key.role() == Role::Witness);
    let all = notes::all(&beside.cosigned)?.unwrap_or_default();
    let by = |witness: &Verifier, note: &SignedCheckpoint| match witness.has_signed(note) {
        Signed::Yes(time) => Some(format!("{}{}", witness.name(), at(time))),
        Signed::No => None,
        Signed::Forged => Some(witness.name().into()),
    };
    let held = witnesses.flat_map(|witness| {
        let signed = all.notes.iter().flatten().filter_map(move |note| Some((by(witness, note)?, note)));
        signed.map(|(from, note)| Held { from, what: What::Checkpoint(note.clone()) })
    });
    Ok(held.collect())
}

/// ` on 2026-11-22T09:30:00Z`
fn at(time: Option<u64>) -> String {
    let instant = time.and_then(|time| DateTime::from_timestamp(i64::try_from(time).ok()?, 0));
    instant.map(|instant| format!(" on {}", instant.format("%Y-%m-%dT%H:%M:%SZ"))).unwrap_or_default()
}

fn report(own: &Verification, judgement: &Judgement, texts: &Found) -> Report {
    let Judgement { verdict, first_bad, faults, notes } = judgement;
    let head = own.root.map_or("unknown".to_string(), |root| root.to_string());
    let own_faults = own.faults.iter().map(|fact| (fact.seq, &fact.what));
    let of_texts = texts.faults();
    let told_of_texts = of_texts.iter().take(verify::FAULTS_KEPT).map(|(seq, what)| (*seq, what));
    let faults: Vec<(Option<u64>, &String)> =
        own_faults.chain(faults.iter().map(|what| (None, what))).chain(told_of_texts).collect();
    let document = VerifyJson {
        schema: "obligo.verify.v1",
        verdict: verdict.name().into(),
        meaning: verdict.meaning(),
        first_bad_seq: first_bad.map(|(first, _)| first),
        first_bad_upto: first_bad.map(|(_, last)| last),
        anchored: match verdict {
            Verdict::Anchored(seq, by) => Some(AnchoredJson { seq: *seq, by: by.clone() }),
            _ => None,
        },
        log: LogJson { size: own.size, head: head.clone(), left_out: None },
        texts: texts.into(),
        faults: faults.iter().map(|(seq, what)| FindingJson { seq: *seq, agreement: None, text: what.to_string() }).collect(),
        notes: notes.clone(),
    };
    let tone = if verdict.is_good() { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(verdict.to_string()), format!(": {}", verdict.meaning()).into()])];
    sections.extend(first_bad.map(|(first, last)| match first == last {
        true => Section::line(format!("First bad record: seq {first}")),
        false => Section::line(format!("First bad record: one of seq {first} to {last}; those before it are what they were")),
    }));
    let place = |seq: Option<u64>| seq.map(|seq| format!("seq {seq}: ")).unwrap_or_default();
    sections.extend(faults.iter().map(|(seq, what)| Section::line(format!("  {}{what}", place(*seq)))));
    let unsaid_of_texts = of_texts.len().saturating_sub(verify::FAULTS_KEPT) as u64;
    let unsaid = own.fault_count.saturating_sub(own.faults.len() as u64) + unsaid_of_texts;
    if unsaid > 0 {
        sections.push(Section::line(format!("  and {unsaid} {} more", if unsaid == 1 { "fault" } else { "faults" })));
    }
    let records = if own.size == 1 { "record" } else { "records" };
    sections.push(Section::note(format!("{} {records}, root {head}", own.size)));
    sections.extend(told(texts).into_iter().map(Section::note));
    sections.extend(notes.iter().map(Section::note));
    Report::new(&document, "faults", COLUMNS).sections(sections)
}

/// A file so damaged that it is no log any more is no failure of the world: it is what was asked about.
fn damaged(output: &Output, error: &StoreError) -> Result<u8, Error> {
    let document = alone(Verdict::Damaged.name(), verify::Verdict::Damaged.meaning(), 0, "unknown", vec![error.to_string()]);
    let words = vec![Tone::Bad.of(Verdict::Damaged.to_string()), format!(": {error}").into()];
    let sections = vec![Section::Line(words), Section::line(error.hint())];
    output.write(&Report::new(&document, "faults", COLUMNS).sections(sections).stamped(stamp_of_program()))?;
    Err(Error::Unverified)
}
