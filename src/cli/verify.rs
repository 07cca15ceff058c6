//! `obligo verify`: whether the log is what it was. The verdict says how much it proves, never a bare "ok".

use std::path::{Path, PathBuf};

use chrono::DateTime;
use events::checkpoint::{Role, Signed, SignedCheckpoint, Verifier};
use events::codec;
use events::log::EventLog;
use events::proof::{ConsistencyProof, InclusionProof};
use store::sqlite::verify;
use store::{SqliteLog, StoreError, Verification};

use super::args::Output;
use super::{Context, progress};
use crate::bundle;
use crate::checkpoints::judge::{Case, Held, Judgement, Tree, Verdict, What, judge};
use crate::checkpoints::{Beside, found, key, notes};
use crate::config::Register;
use crate::error::Error;
use crate::report::json::{AnchoredJson, FindingJson, LogJson, VerifyJson};
use crate::report::{Report, Section, Tone};

#[derive(clap::Args)]
pub struct Args {
    /// A bundle instead of a register: what `obligo export` wrote, or the one in a pack
    #[arg(long, value_name = "FILE", conflicts_with_all = ["proof", "entry"])]
    bundle: Option<PathBuf>,

    /// Hold the register against what somebody kept: a checkpoint, a receipt, or any text with a checkpoint in it
    #[arg(long, value_name = "FILE")]
    against: Vec<PathBuf>,

    /// A key that you trust, of the log (`obligo key`) or of a witness
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,

    /// Check a proof instead, without any register
    #[arg(long, value_name = "FILE", conflicts_with = "against", requires = "keys")]
    proof: Option<PathBuf>,

    /// The entry that is to be proved, if the proof lacks it
    #[arg(long, value_name = "FILE", requires = "proof")]
    entry: Option<PathBuf>,

    #[command(flatten)]
    output: Output,
}

const COLUMNS: &[(&str, &str)] = &[("seq", "/seq"), ("what", "/text")];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let given = args.keys.iter().map(|key| verifier(key)).collect::<Result<Vec<_>, _>>()?;
    if let Some(file) = &args.proof {
        return proof(file, args.entry.as_deref(), &given, &args.output);
    }
    let mut held = Vec::new();
    for file in &args.against {
        held.extend(held_in(file)?);
    }
    if let Some(file) = &args.bundle {
        let checkpoint = |what| match what {
            What::Checkpoint(checkpoint) => checkpoint,
            What::Receipt(receipt) => receipt.checkpoint,
        };
        let checkpoints = held.into_iter().map(|held| (held.from, checkpoint(held.what))).collect();
        return bundle(file, &bundle::verify::Held { keys: given, checkpoints }, &args.output);
    }
    let register = context.register()?;
    let log = match SqliteLog::open_read_only(&register.path) {
        Err(error @ StoreError::Damaged { .. }) => return damaged(&args.output, &error),
        opened => opened?,
    };
    let bar = progress::bar(log.head().map_or(0, |head| head.size), "verifying");
    let own = log.verify(&mut |done| progress::advance(&bar, done))?;
    bar.finish_and_clear();
    let judgement = judged(&log, &own, &register, &given, held)?;
    let is_good = judgement.verdict.is_good();
    let written = args.output.write(&report(&own, &judgement).stamped(super::stamp_of_program()));
    // A reader that went away does not make a bad log good.
    if is_good { written.map(|()| 0) } else { Err(Error::Unverified) }
}

/// A key as it is typed, or a file with it.
pub fn verifier(text: &str) -> Result<Verifier, Error> {
    let in_file = std::fs::read_to_string(text).ok();
    let words = in_file.as_deref().unwrap_or(text).trim();
    words.parse().map_err(|_| {
        Error::refused(
            "E0605",
            format!("`{text}` is not a verifying key: name+id+base64"),
            "`obligo key` prints the one of a register",
        )
    })
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

/// What a file has that can be held against a register.
fn held_in(file: &Path) -> Result<Vec<Held>, Error> {
    let bytes = read(file)?;
    let from = file.display().to_string();
    let held = |what| Held { from: from.clone(), what };
    let text = String::from_utf8_lossy(&bytes);
    if let Ok(receipt) = text.parse::<InclusionProof>() {
        return Ok(vec![held(What::Receipt(receipt))]);
    }
    let checkpoints: Vec<Held> = found::checkpoints(&bytes).into_iter().map(|one| held(What::Checkpoint(one))).collect();
    if checkpoints.is_empty() {
        let what = format!("there is no checkpoint in `{}`", file.display());
        return Err(Error::refused(
            "E0607",
            what,
            "a checkpoint has the log's name, a size, a root, and lines of signatures below them",
        ));
    }
    Ok(checkpoints)
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(file).map_err(|error| {
        Error::refused("E0101", format!("cannot read `{}`: {error}", file.display()), "check the name and the permissions")
    })
}

fn report(own: &Verification, judgement: &Judgement) -> Report {
    let Judgement { verdict, first_bad, faults, notes } = judgement;
    let head = own.root.map_or("unknown".to_string(), |root| root.to_string());
    let own_faults = own.faults.iter().map(|fact| (fact.seq, &fact.what));
    let faults: Vec<(Option<u64>, &String)> = own_faults.chain(faults.iter().map(|what| (None, what))).collect();
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
    let unsaid = own.fault_count.saturating_sub(own.faults.len() as u64);
    if unsaid > 0 {
        sections.push(Section::line(format!("  and {unsaid} {} more", if unsaid == 1 { "fault" } else { "faults" })));
    }
    let records = if own.size == 1 { "record" } else { "records" };
    sections.push(Section::note(format!("{} {records}, root {head}", own.size)));
    sections.extend(notes.iter().map(Section::note));
    Report::new(&document, "faults", COLUMNS).sections(sections)
}

/// A bundle, without any register. Where something was named that should vouch for it and does not, that is no good end.
fn bundle(file: &Path, held: &bundle::verify::Held, output: &Output) -> Result<u8, Error> {
    let found = bundle::verify::verify(&read(file)?, held, file.parent())?;
    let bundle::verify::Verification { verdict, remarks, bundle } = found;
    let (size, head) = bundle.as_ref().map_or((0, "unknown".into()), |bundle| (bundle.size, bundle.root.to_string()));
    let word = verdict.to_string();
    let is_good = verdict.is_good() && (!held.is_something() || verdict.is_anchored());
    let (faults, notes) = if verdict.is_good() { (Vec::new(), remarks.clone()) } else { (remarks.clone(), Vec::new()) };
    let document = VerifyJson {
        first_bad_seq: verdict.first_bad_seq(),
        first_bad_upto: verdict.first_bad_seq(),
        anchored: match &verdict {
            bundle::verify::Verdict::Anchored { size, by } => Some(AnchoredJson { seq: *size, by: by.clone() }),
            _ => None,
        },
        notes,
        ..alone(word.split('(').next().unwrap_or_default(), verdict.meaning(), size, &head, faults)
    };
    let tone = if is_good { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(&word), format!(": {}", verdict.meaning()).into()])];
    sections.extend(remarks.iter().map(|remark| Section::line(format!("  {remark}"))));
    if let Some(bundle) = &bundle {
        let here = if bundle.is_whole() { "all".into() } else { bundle.records.len().to_string() };
        sections.push(Section::note(format!("{here} of {size} records, root {head}")));
    }
    let report = Report::new(&document, "faults", COLUMNS).sections(sections);
    let written = output.write(&report.stamped(super::stamp_of_program()));
    if is_good { written.map(|()| 0) } else { Err(Error::Unverified) }
}

/// A file so damaged that it is no log any more is no failure of the world: it is what was asked about.
fn damaged(output: &Output, error: &StoreError) -> Result<u8, Error> {
    let document = alone(Verdict::Damaged.name(), verify::Verdict::Damaged.meaning(), 0, "unknown", vec![error.to_string()]);
    let words = vec![Tone::Bad.of(Verdict::Damaged.to_string()), format!(": {error}").into()];
    let sections = vec![Section::Line(words), Section::line(error.hint())];
    output.write(&Report::new(&document, "faults", COLUMNS).sections(sections).stamped(super::stamp_of_program()))?;
    Err(Error::Unverified)
}

/// An answer about something else than a register that could be read.
fn alone(verdict: &str, meaning: &str, size: u64, head: &str, faults: Vec<String>) -> VerifyJson {
    VerifyJson {
        schema: "obligo.verify.v1",
        verdict: verdict.into(),
        meaning: meaning.into(),
        first_bad_seq: None,
        first_bad_upto: None,
        anchored: None,
        log: LogJson { size, head: head.into(), left_out: None },
        faults: faults.into_iter().map(|text| FindingJson { seq: None, agreement: None, text }).collect(),
        notes: Vec::new(),
    }
}

/// A proof, by itself: that it leads to its checkpoint, and that a key signed that.
fn proof(file: &Path, entry: Option<&Path>, given: &[Verifier], output: &Output) -> Result<u8, Error> {
    let text = String::from_utf8_lossy(&read(file)?).into_owned();
    let (verdict, mut faults, checkpoints) = match (text.parse::<InclusionProof>(), text.parse::<ConsistencyProof>()) {
        (Ok(proof), _) => included(&proof, entry)?,
        (_, Ok(proof)) => {
            let (from, to) = (proof.old.checkpoint.size, proof.new.checkpoint.size);
            let fault =
                (!proof.holds()).then(|| format!("it does not show that the log of {to} records goes on from that of {from}"));
            (
                (
                    "CONSISTENT",
                    format!("({from} to {to})"),
                    "the log of the one checkpoint is the beginning of that of the other",
                ),
                fault,
                vec![proof.old, proof.new],
            )
        }
        (Err(error), Err(_)) => {
            let what = format!("`{}` is no proof: {error}", file.display());
            return Err(Error::refused("E0607", what, "`obligo prove` writes them; nothing may stand before or after one"));
        }
    };
    for note in &checkpoints {
        let by: Vec<Signed> = given.iter().map(|key| key.has_signed(note)).collect();
        let is_signed = by.iter().any(|by| matches!(by, Signed::Yes(_))) && !by.contains(&Signed::Forged);
        let fault = || format!("its checkpoint of {} is not signed by a key that was given", note.checkpoint.size);
        faults = faults.or_else(|| (!is_signed).then(fault));
    }
    let (name, extent, meaning) = verdict;
    let (name, extent, meaning) = match &faults {
        Some(_) => (Verdict::Forged.name(), String::new(), Verdict::Forged.meaning()),
        None => (name, extent, meaning.to_string()),
    };
    let is_good = faults.is_none();
    let last = &checkpoints[checkpoints.len() - 1].checkpoint;
    let document = alone(name, &meaning, last.size, &last.root.to_string(), faults.iter().cloned().collect());
    let tone = if is_good { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(format!("{name}{extent}")), format!(": {meaning}").into()])];
    sections.extend(faults.iter().map(|what| Section::line(format!("  {what}"))));
    sections.push(Section::note(format!("{}, {} records, root {}", last.origin, last.size, last.root)));
    output.write(&Report::new(&document, "faults", COLUMNS).sections(sections).stamped(super::stamp_of_program()))?;
    if is_good { Ok(0) } else { Err(Error::Unverified) }
}

/// Name, extent and meaning of what a proof shows; what is wrong with it; the checkpoints that it hangs on.
type Shown = ((&'static str, String, &'static str), Option<String>, Vec<SignedCheckpoint>);

fn included(proof: &InclusionProof, entry: Option<&Path>) -> Result<Shown, Error> {
    let entry = match (entry, &proof.extra) {
        (Some(file), _) => read(file)?,
        (None, Some(entry)) => entry.clone(),
        (None, None) => {
            let what = "the proof does not have the entry that it is of";
            return Err(Error::refused(
                "E0607",
                what,
                "give the exact bytes of it with --entry FILE, or have it proved with --entry",
            ));
        }
    };
    let (seq, size) = (proof.index + 1, proof.checkpoint.checkpoint.size);
    let says = codec::columns(&entry).ok();
    let fault = if !proof.shows(&entry) {
        Some(format!("it does not show that this entry is record {seq} of {size}"))
    } else if says.is_none_or(|says| says.seq != seq || key::origin(says.origin) != proof.checkpoint.checkpoint.origin) {
        Some(format!("the entry does not say of itself that it is record {seq} of this log"))
    } else {
        None
    };
    let verdict = (
        "INCLUDED",
        format!("({seq} of {size})"),
        "the entry stands in the log at that place, by the word of the key that was given",
    );
    Ok((verdict, fault, vec![proof.checkpoint.clone()]))
}
