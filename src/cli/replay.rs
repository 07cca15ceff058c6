//! `obligo replay`: the log record by record, and what each changed in the docket of a day.

use std::collections::{BTreeMap, BTreeSet};

use rules::diff::{Look, Walk};
use rules::docket::Change;
use rules::replay::LookedAt;

use super::args::Reading;
use super::outcome::change_words;
use super::{Context, log, lookup, progress, status};
use crate::app::{self, Books, Ground, LeftOut, Seen};
use crate::error::Error;
use crate::report::json::{ChangeJson, ReplayJson, ReplayedJson};
use crate::report::{Cell, Report, Section, Tone, words};
use crate::rule_sets::{self, Choice};

#[derive(clap::Args)]
pub struct Args {
    /// Only this agreement
    agreement: Option<String>,

    /// Show each line that a record changed under it
    #[arg(long)]
    step: bool,

    /// From this record on
    #[arg(long, value_name = "SEQ", value_parser = seq)]
    from: Option<u64>,

    /// Up to this record
    #[arg(long, value_name = "SEQ", value_parser = seq)]
    to: Option<u64>,

    #[command(flatten)]
    reading: Reading,
}

fn seq(text: &str) -> Result<u64, String> {
    text.trim_start_matches('#').parse().map_err(|_| "write the number of a record, as in 42 or #42".into())
}

const COLUMNS: &[(&str, &str)] = &[
    ("seq", "/seq"),
    ("recorded_at", "/recorded_at"),
    ("agreement", "/agreement"),
    ("type", "/type"),
    ("occurred_on", "/occurred_on"),
    ("days_late", "/days_late"),
    ("reversed_by", "/reversed_by"),
    ("what", "/what"),
    ("lines_changed", "/lines_changed"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let register = context.reader()?;
    let Books { log, shelf, .. } = register.books();
    let ground = Ground::of(register.books(), &position)?;
    let (from, to) = range(&args, ground.size)?;
    let all = ground.collect(register.books(), args.agreement.as_deref(), &mut |_| {})?;
    let looked_at = all.looked_at(ground.size, &position.sift);
    if let Some(id) = args.agreement.as_ref().filter(|_| looked_at.is_empty()) {
        lookup::agreement(&context.view(&register, &position, None)?, id)?;
    }
    // By the rules of then: each record under the rule set that the register went by when it was recorded.
    let begun = shelf.in_force(log, &position.rules, from.saturating_sub(1), ground.known_on)?.set().into_owned();
    let mut adopted = BTreeMap::new();
    if position.rules == Choice::Then {
        for adoption in rule_sets::adoptions(log, to)?.iter().filter(|adoption| from <= adoption.seq) {
            adopted.insert(adoption.seq, shelf.in_force(log, &Choice::Then, adoption.seq, ground.known_on)?.set().into_owned());
        }
    }
    let look = Look { log: &all, sift: position.sift, rules: &begun, as_of: position.as_of };
    let mut walk = Walk::new(look);
    let bar = progress::bar(to, "replaying");
    let mut records = Vec::new();
    for (seq, found) in looked_at.range(from..=to) {
        progress::advance(&bar, *seq);
        let changes = match adopted.get(seq) {
            Some(rules) => walk.adopt(rules, *seq, told),
            None => walk.step(&found.record.agreement, *seq, told),
        };
        // What merely counts is worth a line where it does something.
        if found.is_shown || !changes.is_empty() {
            records.push(replayed(found, changes));
        }
    }
    bar.finish_and_clear();
    let odd = all.findings().iter().filter(|_| position.sift.is_all());
    let odd = odd.filter_map(|finding| Some((finding.seq.filter(|seq| (from..=to).contains(seq))?, finding.text.clone())));
    records.extend(odd.map(|(seq, text)| ReplayedJson { seq, unreadable: Some(text), ..ReplayedJson::default() }));
    records.sort_by_key(|record| record.seq);
    let left_out =
        (!position.sift.is_all()).then(|| LeftOut { sift: position.sift, records: all.at(ground.size, &position.sift).1 });
    let shown = looked_at.range(from..=to).map(|(_, found)| found).filter(|found| found.is_shown);
    let handling: BTreeSet<String> = shown.filter_map(|found| log::marking(&found.record.event)).collect();
    let seen = Seen { left_out, ..Seen::at(log, ground.size)? };
    let document = ReplayJson {
        schema: "obligo.replay.v1",
        as_of: position.as_of.to_string(),
        known_at: app::known_at(log, &position, ground.size)?,
        log: seen.into(),
        rules: ground.rules.held.set.id.clone(),
        handling: handling.into_iter().collect(),
        agreement: args.agreement.clone(),
        from,
        to,
        lines_changed: records.iter().map(|record| record.lines_changed).sum(),
        records,
    };
    let mut sections = match (document.records.is_empty(), args.step) {
        (true, _) => vec![Section::line(format!("No record to walk along from #{from} to #{to}."))],
        (false, true) => steps(&document),
        (false, false) => vec![table(&document)],
    };
    sections.push(Section::line(""));
    sections.push(Section::note(summary(&document, left_out)));
    let stamp = context.stamp_of(Some(&position), seen, &ground.rules);
    args.reading.output.write(&Report::new(&document, "records", COLUMNS).sections(sections).stamped(stamp))?;
    Ok(0)
}

/// The records that are walked along; of an empty log none.
fn range(args: &Args, size: u64) -> Result<(u64, u64), Error> {
    if let Some(seq) = [args.from, args.to].into_iter().flatten().find(|seq| *seq > size) {
        let hint = "`obligo log` shows the records with their numbers";
        return Err(Error::refused("E0504", format!("there is no record #{seq}: the log as known then has {size}"), hint));
    }
    let (from, to) = (args.from.unwrap_or(1), args.to.unwrap_or(size));
    if to < from && size > 0 {
        let what = format!("the walk ends with record #{to}, before it begins with #{from}");
        return Err(Error::refused("E0305", what, "give the earlier record to --from"));
    }
    Ok((from, to.max(from)))
}

fn told(change: &Change) -> ChangeJson {
    ChangeJson::of(change, change_words(change))
}

fn replayed(found: &LookedAt, changes: Vec<ChangeJson>) -> ReplayedJson {
    let record = found.record;
    let latest = record.occurred_on.as_ref().filter(|on| !on.is_approximate()).and_then(|on| on.latest());
    let late = latest.map(|latest| (record.recorded_at.date_naive() - latest).num_days());
    ReplayedJson {
        seq: record.seq,
        recorded_at: Some(events::codec::instant(record.recorded_at)),
        agreement: Some(record.agreement.clone()),
        r#type: Some(record.event.kind()),
        occurred_on: record.occurred_on.as_ref().map(ToString::to_string),
        what: Some(words::event(&record.event)),
        days_late: late.filter(|days| *days > 0),
        reversed_by: found.reversed_by,
        unreadable: None,
        lines_changed: changes.len(),
        changes,
    }
}

/// What happened, how late it was recorded, and what reversed it.
fn what(record: &ReplayedJson) -> Cell {
    if let Some(text) = &record.unreadable {
        return Tone::Bad.of(text);
    }
    let late = match record.days_late {
        None => String::new(),
        Some(1) => " (recorded 1 day later)".into(),
        Some(days) => format!(" (recorded {days} days later)"),
    };
    let what = format!("{}{late}", record.what.as_deref().unwrap_or_default());
    match record.reversed_by {
        Some(reversal) => Tone::Struck.of(format!("{what} (reversed by #{reversal})")),
        None => what.into(),
    }
}

fn table(document: &ReplayJson) -> Section {
    let row = |record: &ReplayedJson| {
        let lines = match record.lines_changed {
            0 => Tone::Dim.of("0"),
            count => count.to_string().into(),
        };
        vec![
            format!("#{}", record.seq).into(),
            record.occurred_on.as_deref().unwrap_or_default().into(),
            record.r#type.unwrap_or_default().into(),
            record.agreement.as_deref().unwrap_or_default().into(),
            lines,
            what(record),
        ]
    };
    let columns = vec!["#", "WHEN", "TYPE", "AGREEMENT", "LINES", "WHAT"];
    Section::Table { columns, rows: document.records.iter().map(row).collect() }
}

fn steps(document: &ReplayJson) -> Vec<Section> {
    let told = |record: &ReplayedJson| {
        let parts = [Some(format!("#{}", record.seq)), record.occurred_on.clone(), record.r#type.map(String::from)];
        let parts = parts.into_iter().chain([record.agreement.clone()]).flatten();
        let head = parts.map(|part| format!("{part}  ")).collect::<String>();
        let changes = record.changes.iter().map(|change| Section::line(format!("    {}", change.text)));
        std::iter::once(Section::Line(vec![Tone::Strong.of(head), what(record)])).chain(changes).collect::<Vec<_>>()
    };
    document.records.iter().flat_map(told).collect()
}

fn summary(document: &ReplayJson, left_out: Option<LeftOut>) -> String {
    let ReplayJson { as_of, log, rules, records, lines_changed, handling, .. } = document;
    let known = document.known_at.as_ref().map(|known| format!(" · known at {known}")).unwrap_or_default();
    let marked = if handling.is_empty() { String::new() } else { format!(" · handling: {}", handling.join(", ")) };
    let left_out = status::left_out(left_out).map(|told| format!(" · {told}")).unwrap_or_default();
    let (records, changes) = (words::counted(records.len(), "record"), words::counted(*lines_changed, "change"));
    let root = &log.head[..12];
    format!("{records}, {changes} of lines · as of {as_of}{known} · log {} {root}… · {rules}{marked}{left_out}", log.size)
}
