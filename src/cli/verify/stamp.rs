//! `obligo verify --stamp FILE`: whether an answer that was given once is given again. The question that its stamp holds is asked anew, of
//! this register and by this program, and the two answers are held against each other.

use std::path::{Path, PathBuf};
use std::process::Command;

use events::log::EventLog;
use serde_json::Value;
use store::Verdict;

use super::Context;
use super::Output;
use crate::checkpoints::found;
use crate::error::Error;
use crate::report::json::{DifferenceAtJson, StampVerdictJson};
use crate::report::stamp::{self, Stamp};
use crate::report::{Format, Report, Section, Tone};

/// An answer that was kept, taken apart.
struct Kept {
    format: Format,
    /// What it says, without what stands under a file.
    text: String,
    /// What stands under it.
    under: String,
    /// Its stamp; of a table or a Markdown page the question alone.
    asked: Vec<String>,
    stamp: Option<Stamp>,
}

/// What came of it.
struct Found {
    verdict: &'static str,
    meaning: String,
    first: Option<DifferenceAtJson>,
}

const COLUMNS: &[(&str, &str)] =
    &[("verdict", "/verdict"), ("at", "/first/at"), ("then", "/first/then"), ("now", "/first/now"), ("file", "/file")];

pub fn run(file: &Path, output: &Output, context: &Context) -> Result<u8, Error> {
    let kept = read(file)?;
    if !stamp::is_question(&kept.asked) {
        let what =
            format!("`{}`: its stamp holds no question that can be asked again: {}", file.display(), stamp::command(&kept.asked));
        return Err(Error::refused(
            "E0109",
            what,
            "nothing was asked; an answer is asked again only where asking changes nothing",
        ));
    }
    let (mut found, mut answered_by) = (None, None);
    if let Some(stamp) = &kept.stamp {
        answered_by = Some(stamp.program.clone());
        found = of_another_log(stamp, context)?;
    }
    // An answer that was given from a register has its position.
    if found.is_none() && kept.asked.iter().any(|argument| argument == "--known-at" || argument == "--from") {
        found = of_changed_log(context)?;
    }
    if found.is_none() {
        found = of_what_stands_under(&kept, file, context)?;
    }
    let found = match found {
        Some(found) => found,
        None => asked_again(&kept, context)?,
    };
    let document = StampVerdictJson {
        schema: "obligo.stamp.v1",
        verdict: found.verdict,
        meaning: found.meaning.clone(),
        file: file.display().to_string(),
        asked: kept.asked.clone(),
        program_then: answered_by.clone(),
        program_now: stamp::program(),
        first: found.first,
    };
    let is_same = found.verdict == "SAME";
    let tone = if is_same { Tone::Good } else { Tone::Bad };
    let mut sections = vec![Section::Line(vec![tone.of(found.verdict), format!(": {}", found.meaning).into()])];
    if let Some(first) = &document.first {
        sections.push(Section::line(format!("First different: {}", first.at)));
        sections.push(Section::line(format!("  then  {}", first.then)));
        sections.push(Section::line(format!("  now   {}", first.now)));
    }
    if let Some(then) = answered_by.filter(|then| *then != document.program_now) {
        sections.push(Section::line(format!("It was answered by {then}; this is {}.", document.program_now)));
    }
    sections.push(Section::note(format!("asked: {}", stamp::command(&kept.asked))));
    let report =
        Report { rows: vec![serde_json::to_value(&document).unwrap_or_default()], ..Report::new(&document, "", COLUMNS) };
    let written = output.write(&report.sections(sections).stamped(super::stamp_of_program()));
    if is_same { written.map(|()| 0) } else { Err(Error::Unverified) }
}

/// The answer in a file.
fn read(file: &Path) -> Result<Kept, Error> {
    let refuse = |code, why: &str| {
        let what = format!("`{}`: {why}", file.display());
        Error::refused(code, what, "name an answer as the program wrote it: JSON, a table, Markdown, CSV or JSON lines")
    };
    let bytes = std::fs::read(file).map_err(|error| refuse("E0101", &error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| refuse("E0102", "it is not UTF-8"))?;
    let none = || refuse("E0109", "there is no stamp in it");
    if let Ok(Value::Object(document)) = serde_json::from_str::<Value>(&text) {
        let stamp =
            document.get("stamp").and_then(|stamp| serde_json::from_value::<Stamp>(stamp.clone()).ok()).ok_or_else(none)?;
        return Ok(Kept { format: Format::Json, under: String::new(), text, asked: stamp.asked.clone(), stamp: Some(stamp) });
    }
    if let Some((rows, last)) = last_line(&text).filter(|(_, last)| last.starts_with("{\"stamp\":")) {
        let stamp: Value = serde_json::from_str(last).map_err(|_| none())?;
        let stamp: Stamp = serde_json::from_value(stamp["stamp"].clone()).map_err(|_| none())?;
        return Ok(Kept {
            format: Format::Jsonl,
            under: String::new(),
            text: rows.into(),
            asked: stamp.asked.clone(),
            stamp: Some(stamp),
        });
    }
    let line = text.lines().rfind(|line| stamp::asked_in(line).is_some()).ok_or_else(none)?;
    let asked = stamp::asked_in(line).ok_or_else(none)?;
    let begin = line.as_ptr() as usize - text.as_ptr() as usize;
    let (format, end) = match (line.starts_with("# "), text.contains("\n|---|")) {
        (true, _) => (Format::Csv, begin),
        (false, true) => (Format::Md, begin + line.len()),
        (false, false) => (Format::Table, begin + line.len()),
    };
    let under = if format == Format::Csv { &text[begin + line.len()..] } else { &text[end..] };
    Ok(Kept { format, under: under.into(), text: text[..end].into(), asked, stamp: None })
}

/// Everything before the last line, and the last line.
fn last_line(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_suffix('\n')?;
    let place = text.rfind('\n').map_or(0, |place| place + 1);
    Some((&text[..place], &text[place..]))
}

/// What is said where the register does not agree with itself.
fn of_changed_log(context: &Context) -> Result<Option<Found>, Error> {
    let log = context.reader()?.log;
    let own = log.verify(&mut |_| {})?;
    if own.verdict != Verdict::SelfConsistent {
        let meaning =
            format!("the register does not agree with itself, and its answers are worth nothing: {}", own.verdict.meaning());
        let verdict = if own.first_bad_seq().is_some() { "TAMPERED" } else { "DAMAGED" };
        let first = own.faults.first().map(|fault| DifferenceAtJson {
            at: fault.seq.map_or_else(|| "the register".into(), |seq| format!("record {seq}")),
            then: "as it was signed".into(),
            now: fault.what.clone(),
        });
        return Ok(Some(Found { verdict, meaning, first }));
    }
    Ok(None)
}

/// What is said where this register is not the one that was asked, or no longer what it was.
fn of_another_log(stamp: &Stamp, context: &Context) -> Result<Option<Found>, Error> {
    let Some(then) = &stamp.log else { return Ok(None) };
    let log = context.reader()?.log;
    let differs = |at: &str, then: String, now: String| Some(DifferenceAtJson { at: at.into(), then, now });
    let (origin, size) = (log.origin().to_string(), log.head()?.size);
    if origin != then.origin {
        let meaning = "the answer was given from another register".to_string();
        return Ok(Some(Found { verdict: "FOREIGN", meaning, first: differs("/stamp/log/origin", then.origin.clone(), origin) }));
    }
    if size < then.size {
        let meaning = "the register had more records when the answer was given".to_string();
        let first = differs("/stamp/log/size", then.size.to_string(), size.to_string());
        return Ok(Some(Found { verdict: "ROLLBACK", meaning, first }));
    }
    let root = log.root_at(then.size)?.to_string();
    if root != then.root {
        let meaning = format!("the first {} records are not those that the answer was given from", then.size);
        return Ok(Some(Found { verdict: "FORK", meaning, first: differs("/stamp/log/root", then.root.clone(), root) }));
    }
    Ok(None)
}

/// What is said where a checkpoint that the answer carries is not of this log, or where more stands under it than a checkpoint.
fn of_what_stands_under(kept: &Kept, file: &Path, context: &Context) -> Result<Option<Found>, Error> {
    let different = |at: &str, then: String, now: &str| {
        let first = Some(DifferenceAtJson { at: at.into(), then: shortened(&then), now: now.into() });
        Found { verdict: "DIFFERENT", meaning: "what stands with the answer is not what was put there".into(), first }
    };
    let note = kept.stamp.as_ref().map_or_else(|| kept.under.clone(), |stamp| stamp.checkpoint.clone().unwrap_or_default());
    let checkpoints = found::checkpoints(note.as_bytes());
    if kept.stamp.as_ref().is_some_and(|stamp| stamp.checkpoint.is_some()) && checkpoints.len() != 1 {
        return Ok(Some(different("/stamp/checkpoint", note, "no checkpoint")));
    }
    let words: String = checkpoints.iter().map(ToString::to_string).collect();
    let known: Vec<&str> = words.lines().collect();
    let bare = |line: &&str| line.trim_start_matches('#').trim().to_string();
    let more = kept.under.lines().find(|line| {
        let line = bare(line);
        !line.is_empty() && line != "```" && line != "```text" && !known.contains(&line.as_str())
    });
    if let Some(more) = more {
        return Ok(Some(different("under the answer", more.into(), "nothing")));
    }
    if checkpoints.is_empty() {
        return Ok(None);
    }
    let log = context.reader()?.log;
    for note in &checkpoints {
        let origin = crate::checkpoints::key::origin(log.origin());
        let is_ours = note.checkpoint.origin == origin
            && note.checkpoint.size <= log.head()?.size
            && log.root_at(note.checkpoint.size)? == note.checkpoint.root;
        if !is_ours {
            let then = format!("{} records, root {}", note.checkpoint.size, note.checkpoint.root);
            return Ok(Some(different(&format!("the checkpoint in {}", file.display()), then, "not of this log")));
        }
    }
    Ok(None)
}

/// Asks again, and compares.
fn asked_again(kept: &Kept, context: &Context) -> Result<Found, Error> {
    let failed = |error: std::io::Error| Error::failed(format!("the question cannot be asked again: {error}"), "try again");
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    // What was worked out before proves nothing.
    command.env("OBLIGO_DERIVED", "never");
    command.args(["--color", "never", "--register"]).arg(absolute(context)?).args(&kept.asked);
    let format = match kept.format {
        Format::Table => "table",
        Format::Json => "json",
        Format::Jsonl => "jsonl",
        Format::Csv => "csv",
        Format::Md => "md",
        Format::Ics => "ics",
    };
    let as_of = kept.asked.iter().skip_while(|argument| *argument != "--as-of").nth(1);
    if let Some(day) = as_of {
        command.env("OBLIGO_TODAY", day);
    }
    let place = kept.asked.iter().position(|argument| argument == "--");
    if place.is_none() {
        command.args(["-O", format]);
    }
    let output = command.output().map_err(failed)?;
    let now = String::from_utf8_lossy(&output.stdout).into_owned();
    if now.is_empty() && !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("nothing was said").to_string();
        return Ok(Found { verdict: "NOT-ANSWERED", meaning: format!("asked again, the program says: {said}"), first: None });
    }
    let first = match kept.format {
        Format::Json => first_in_json(&kept.text, &now),
        _ => first_line(&kept.text, &now),
    };
    Ok(match first {
        None => Found { verdict: "SAME", meaning: "asked again, the answer is the same, word for word".into(), first },
        Some(_) => Found { verdict: "DIFFERENT", meaning: "asked again, the answer is another".into(), first },
    })
}

fn absolute(context: &Context) -> Result<PathBuf, Error> {
    Ok(std::path::absolute(context.register()?.path)?)
}

/// The first place at which two documents differ. Which checkpoint vouches for the log, and which program answered, is no part of the answer.
fn first_in_json(then: &str, now: &str) -> Option<DifferenceAtJson> {
    let parse = |text: &str| -> Value {
        let mut value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        if let Some(stamp) = value.get_mut("stamp").and_then(Value::as_object_mut) {
            ["checkpoint", "program"].iter().for_each(|key| drop(stamp.remove(*key)));
        }
        value
    };
    let (then, now) = (parse(then), parse(now));
    let (at, then, now) = first_different(&then, &now, String::new())?;
    let said = |value: Option<&Value>| value.map_or("nothing".to_string(), |value| shortened(&value.to_string()));
    Some(DifferenceAtJson { at: if at.is_empty() { "/".into() } else { at }, then: said(then), now: said(now) })
}

fn first_different<'a>(then: &'a Value, now: &'a Value, at: String) -> Option<(String, Option<&'a Value>, Option<&'a Value>)> {
    match (then, now) {
        (Value::Object(one), Value::Object(other)) => {
            let missing = other.keys().filter(|key| !one.contains_key(*key));
            one.keys().chain(missing).find_map(|key| {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                match (one.get(key), other.get(key)) {
                    (Some(one), Some(other)) => first_different(one, other, at),
                    (one, other) => Some((at, one, other)),
                }
            })
        }
        (Value::Array(one), Value::Array(other)) => (0..one.len().max(other.len())).find_map(|place| {
            let at = format!("{at}/{place}");
            match (one.get(place), other.get(place)) {
                (Some(one), Some(other)) => first_different(one, other, at),
                (one, other) => Some((at, one, other)),
            }
        }),
        (one, other) => (one != other).then_some((at, Some(one), Some(other))),
    }
}

fn first_line(then: &str, now: &str) -> Option<DifferenceAtJson> {
    // Which program answered is no part of the answer.
    let (then, now) = (stamp::of_any_program(then), stamp::of_any_program(now));
    let (then, now): (Vec<&str>, Vec<&str>) = (then.trim_end().lines().collect(), now.trim_end().lines().collect());
    let place = (0..then.len().max(now.len())).find(|place| then.get(*place) != now.get(*place))?;
    let said = |line: Option<&&str>| line.map_or("nothing".to_string(), |line| shortened(line));
    Some(DifferenceAtJson { at: format!("line {}", place + 1), then: said(then.get(place)), now: said(now.get(place)) })
}

fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    if text.chars().count() <= MOST { text.into() } else { text.chars().take(MOST).chain(['…']).collect() }
}
