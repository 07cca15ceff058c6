//! `obligo verify --runs`: whether each run that was recorded looked at the log as it was, and at every line of it: the docket of its day is
//! derived anew from the same records, by the same rules, and held against what the run says of itself.

use events::log::EventLog;
use rules::alert::Run;

use super::super::{Context, OpenRegister, stamp_of_program};
use super::Output;
use crate::app::{self, KnownAt, Position};
use crate::error::Error;
use crate::jobs::run::{digest, ledger};
use crate::report::json::{RunCheckJson, RunsJson};
use crate::report::words::counted;
use crate::report::{Report, Section, Tone};
use crate::rule_sets::Choice;

const COLUMNS: &[(&str, &str)] =
    &[("recorded", "/recorded"), ("as_of", "/as_of"), ("size", "/size"), ("verdict", "/verdict"), ("what", "/what")];

pub fn run(output: &Output, context: &Context) -> Result<u8, Error> {
    let register = context.reader()?;
    let ledger = ledger(&register.log)?;
    let bar = super::progress::bar(ledger.runs().len() as u64, "deriving");
    let mut runs = Vec::new();
    for (place, run) in ledger.runs().iter().enumerate() {
        runs.push(checked(run, &register)?);
        super::progress::advance(&bar, place as u64 + 1);
    }
    bar.finish_and_clear();
    let count = |verdict: &str| runs.iter().filter(|run| run.verdict == verdict).count();
    let (same, differs, unknown) = (count("same"), count("differs"), count("rules not at hand"));
    let mut told = format!("{}: {same} as recorded", counted(runs.len(), "run"));
    if differs > 0 {
        told.push_str(&format!(", {differs} otherwise"));
    }
    if unknown > 0 {
        told.push_str(&format!(", {unknown} by rules that are not at hand"));
    }
    let rows = runs.iter().filter(|run| run.verdict != "same").map(|run| {
        let what = run.what.clone().unwrap_or_default();
        vec![format!("#{}", run.recorded).into(), run.as_of.as_str().into(), Tone::Bad.of(run.verdict), what.into()]
    });
    let rows: Vec<_> = rows.collect();
    let mut sections = vec![Section::line(told)];
    if !rows.is_empty() {
        sections.push(Section::Table { columns: vec!["RUN", "AS OF", "VERDICT", ""], rows });
    }
    sections.push(Section::note(
        "Same: the run saw every line that the log gives by its rules on its day. That the log is whole, obligo verify says.",
    ));
    let document = RunsJson { schema: "obligo.runs.v1", runs };
    output.write(&Report::new(&document, "runs", COLUMNS).sections(sections).stamped(stamp_of_program()))?;
    Ok(if differs > 0 { 5 } else { 0 })
}

fn checked(run: &Run, register: &OpenRegister) -> Result<RunCheckJson, Error> {
    let completed = &run.completed;
    let said = |verdict: &'static str, what: Option<String>| RunCheckJson {
        recorded: run.seq,
        as_of: run.as_of.to_string(),
        size: completed.size,
        verdict,
        what,
    };
    if register.log.head()?.size < completed.size {
        return Ok(said("differs", Some(format!("the log never had {}", counted_records(completed.size)))));
    }
    let root = register.log.root_at(completed.size)?.to_string();
    if root != completed.root {
        let what = format!("the log had another root then: {}…, and the run says {}…", &root[..12], short(&completed.root));
        return Ok(said("differs", Some(what)));
    }
    let position = Position {
        known_at: Some(KnownAt::Capped(None, completed.size)),
        rules: Choice::Named(completed.rules.sha256.clone()),
        ..Position::on(run.as_of)
    };
    let view = match app::view(register.books(), &position, None, &mut |_| {}) {
        Ok(view) => view,
        Err(Error::Refused(_)) => return Ok(said("rules not at hand", Some(completed.rules.id.clone()))),
        Err(error) => return Err(error),
    };
    let now = digest(&view.docket);
    if now == completed.obligations && view.docket.entries.len() as u64 == completed.evaluated {
        return Ok(said("same", None));
    }
    let what = format!(
        "{} evaluated, digest {}…; the log gives {}, digest {}…",
        completed.evaluated,
        short(&completed.obligations),
        view.docket.entries.len(),
        &now[..12]
    );
    Ok(said("differs", Some(what)))
}

fn counted_records(size: u64) -> String {
    counted(usize::try_from(size).unwrap_or(usize::MAX), "record")
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
