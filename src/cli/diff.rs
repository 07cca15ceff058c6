//! `obligo diff`: what differs between two positions, each line with its causes. What was believed of the earlier day and is told
//! otherwise now stands apart.

use chrono::NaiveDate;
use rules::diff::{Between, Cause, Diff, Difference, Point};
use rules::docket::Line;
use rules::replay::Replay;
use rules::sift::Sift;

use super::args::{self, Output, Sifted};
use super::outcome::change_words;
use super::status;
use super::{Context, lookup, progress};
use crate::app::{self, Books, Ground, KnownAt, LeftOut, Position, Seen};
use crate::clock;
use crate::derived::answers::together;
use crate::error::Error;
use crate::report::json::{CauseJson, ChangeJson, DiffJson, DifferenceJson, PositionJson};
use crate::report::{Report, Section, Tone, words};
use crate::rule_sets::Choice;

const POSITIONS: &str = "\
A position is AS_OF or AS_OF@KNOWN_AT: the day from which one looks, and what was known: a day, an instant, or #42 for the records 1 to 42.
  2026-06-30             the day, with what was recorded by its end
  2026-06-30@2026-09-01  the same day, with what was recorded by then
  today@#42              today, with the records 1 to 42
  #42                    the records 1 to 42, on the day the last of them was recorded";

#[derive(clap::Args)]
#[command(after_help = POSITIONS)]
pub struct Args {
    /// Only this agreement
    agreement: Option<String>,

    /// The earlier position
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    from: String,

    /// The later position
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    to: String,

    /// Both by the rules of then, of now, or of another rule set: its id or its file
    #[arg(long, value_name = "RULES")]
    rules: Option<Choice>,

    #[command(flatten)]
    sifted: Sifted,

    #[command(flatten)]
    output: Output,
}

const COLUMNS: &[(&str, &str)] = &[
    ("part", "/part"),
    ("id", "/id"),
    ("change", "/change"),
    ("label_before", "/before/label"),
    ("due_earliest_before", "/before/due/earliest"),
    ("due_latest_before", "/before/due/latest"),
    ("label_after", "/after/label"),
    ("due_earliest_after", "/after/due/earliest"),
    ("due_latest_after", "/after/due/latest"),
    ("causes", "/causes"),
];

/// A position, and what it stands on in this log.
struct End {
    position: Position,
    known_at: String,
    ground: Ground,
}

impl End {
    /// As it can be asked for again, though more was recorded since.
    fn words(&self) -> String {
        let known = self.position.known_at.as_ref().and_then(KnownAt::words);
        let known = match known.as_deref() {
            Some(words) if words.starts_with('#') => words.to_string(),
            when => format!("{}#{}", when.unwrap_or("now"), self.ground.size),
        };
        format!("{}@{known}", self.position.as_of)
    }
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let sift = args.sifted.sift()?;
    let register = context.reader()?;
    let (books, rules) = (register.books(), args.rules.unwrap_or_default());
    let end = |text: &str| end(books, text, rules.clone(), (sift, args.sifted.sealed));
    let (from, to) = (end(&args.from)?, end(&args.to)?);
    refuse_backwards(&from, &to)?;
    let all = to.ground.collect(books, args.agreement.as_deref(), &mut |_| {})?;
    if let Some(id) = args.agreement.as_ref().filter(|_| all.looked_at(to.ground.size, &sift).is_empty()) {
        lookup::agreement(&context.view(&register, &to.position, None)?, id)?;
    }
    let (rules_then, rules_now) = (from.ground.rules.set(), to.ground.rules.set());
    let point = |end: &End| (end.position.as_of, end.ground.size);
    let ((as_of, upto), (later, size)) = (point(&from), point(&to));
    let between = Between {
        log: &all,
        sift,
        from: Point { as_of, upto, rules: &rules_then },
        to: Point { as_of: later, upto: size, rules: &rules_now },
    };
    let agreements: Vec<&str> = all.agreements().collect();
    let bar = progress::bar(agreements.len() as u64, "comparing");
    let mut diff = Diff::default();
    for (place, agreement) in agreements.into_iter().enumerate() {
        progress::advance(&bar, place as u64);
        let of_one = between.diff(agreement);
        diff.restated.extend(of_one.restated);
        diff.changed.extend(of_one.changed);
    }
    bar.finish_and_clear();
    let position = |end: &End| -> Result<PositionJson, Error> {
        let left_out = (!sift.is_all()).then(|| LeftOut { sift, records: all.at(end.ground.size, &sift).1 });
        let seen = Seen { left_out, ..Seen::at(books.log, end.ground.size)? };
        let rules = end.ground.rules.held.set.id.clone();
        let as_of = end.position.as_of.to_string();
        Ok(PositionJson { as_of, known_at: end.known_at.clone(), log: seen.into(), rules })
    };
    let lines = diff.restated.iter().chain(&diff.changed).flat_map(|one| [&one.before, &one.after]).flatten();
    let document = DiffJson {
        schema: "obligo.diff.v1",
        from: position(&from)?,
        to: position(&to)?,
        handling: together(lines.map(|line: &Line| line.handling.as_slice())),
        agreement: args.agreement.clone(),
        restated: diff.restated.iter().map(|one| json(&all, one)).collect(),
        changed: diff.changed.iter().map(|one| json(&all, one)).collect(),
    };
    let left_out = (!sift.is_all()).then(|| LeftOut { sift, records: all.at(to.ground.size, &sift).1 });
    let sections = sections(&document, &diff, left_out);
    let report = Report::new(&document, "changed", COLUMNS).rows(rows(&document)).sections(sections);
    let seen = Seen { left_out, ..Seen::at(books.log, to.ground.size)? };
    let stamp = context.stamp_of(Some(&to.position), seen, &to.ground.rules).between(from.words(), to.words());
    args.output.write(&report.stamped(stamp))?;
    Ok(0)
}

/// A position as it is typed.
fn end(books: Books, text: &str, rules: Choice, (sift, sealed): (Sift, bool)) -> Result<End, Error> {
    let today = clock::today()?;
    let (as_of, known) = match text.split_once('@') {
        Some((as_of, known)) => (Some(args::day(as_of, today)?), known),
        None => (None, text),
    };
    let known_at = args::known_at(known, today)?;
    let mut position = Position { known_at: Some(known_at), rules, sift, sealed, ..Position::on(today) };
    let ground = Ground::of(books, &position)?;
    position.as_of = match (as_of.or(ground.known_on), ground.size) {
        (Some(day), _) => day,
        // Before the first record there is no day but that of the first.
        (None, 0) => books.log.recorded_at(1)?.map_or(today, |at| at.date_naive()),
        (None, _) => today,
    };
    let known_at = app::known_at(books.log, &position, ground.size)?.unwrap_or_else(|| "now".into());
    Ok(End { position, known_at, ground })
}

fn refuse_backwards(from: &End, to: &End) -> Result<(), Error> {
    let told = |end: &End| format!("{}, known at {}", end.position.as_of, end.known_at);
    // Without a day it is everything that is known now; of no record, nothing.
    let day = |end: &End| end.ground.known_on.or((end.ground.size > 0).then_some(NaiveDate::MAX));
    let knows_less = to.ground.size < from.ground.size || day(to) < day(from);
    if !knows_less && from.position.as_of <= to.position.as_of {
        return Ok(());
    }
    let how = if knows_less { "knows less than" } else { "is seen from an earlier day than" };
    Err(Error::refused("E0305", format!("{} {how} {}", told(to), told(from)), "give the earlier position to --from: swap them"))
}

fn json(log: &Replay, one: &Difference) -> DifferenceJson {
    let change = one.change();
    let causes = one.causes.iter().map(|cause| cause_json(log, &one.line().agreement, *cause)).collect();
    DifferenceJson { change: ChangeJson::of(&change, change_words(&change)), causes }
}

fn cause_json(log: &Replay, agreement: &str, cause: Cause) -> CauseJson {
    let (cause, record, text) = match cause {
        Cause::Time => ("time", None, "time passed".to_string()),
        Cause::Rules => ("rules", None, "another rule set, or editions of calendars that came between".into()),
        Cause::Record(seq) => {
            let stream = log.stream(agreement);
            let record = stream.binary_search_by_key(&seq, |record| record.seq).ok().map(|place| &stream[place]);
            let told = record.map(|record| {
                let on = record.occurred_on.as_ref().map(|on| format!(" {on}")).unwrap_or_default();
                format!(" {}{on}, recorded {}", record.event.kind(), record.recorded_at.format("%Y-%m-%d"))
            });
            ("record", Some(seq), format!("#{seq}{}", told.unwrap_or_default()))
        }
    };
    CauseJson { cause, record, text }
}

/// What a person reads of the causes, in order.
fn causes(one: &DifferenceJson) -> String {
    one.causes.iter().map(|cause| cause.text.as_str()).collect::<Vec<_>>().join("; then ")
}

fn sections(document: &DiffJson, diff: &Diff, left_out: Option<LeftOut>) -> Vec<Section> {
    let told = |end: &PositionJson| format!("{}, known at {} (log {})", end.as_of, end.known_at, end.log.size);
    let (from, to) = (&document.from, &document.to);
    let mut sections = vec![Section::Line(vec![Tone::Strong.of(format!("From {} to {}", told(from), told(to)))])];
    if diff.restated.is_empty() && diff.changed.is_empty() {
        sections.push(Section::line("Nothing changed, and nothing that was believed is told otherwise."));
    }
    if !diff.restated.is_empty() {
        let heading = "Restated: what we then believed, known at";
        sections.push(Section::Heading(format!(
            "{heading} {}, of {}, and what it was by what is known at {}",
            from.known_at, from.as_of, to.known_at
        )));
    }
    for (one, written) in diff.restated.iter().zip(&document.restated) {
        let said = |line: &Option<Line>| {
            line.as_ref().map_or("nothing".to_string(), |line| match words::due(line.due) {
                due if due.is_empty() => line.label.clone(),
                due => format!("{} ({due})", line.label),
            })
        };
        let id = &one.line().id;
        sections.push(Section::line(format!("{id}  we then believed: {}; it was: {}", said(&one.before), said(&one.after))));
        sections.push(Section::note(format!("    {}", causes(written))));
    }
    if !diff.changed.is_empty() {
        sections.push(Section::Heading(format!("Changed from {} to {}", from.as_of, to.as_of)));
    }
    for written in &document.changed {
        sections.push(Section::line(written.change.text.clone()));
        sections.push(Section::note(format!("    {}", causes(written))));
    }
    let handling = &document.handling;
    let handling = if handling.is_empty() { String::new() } else { format!(" · handling: {}", handling.join(", ")) };
    let left_out = status::left_out(left_out).map(|told| format!(" · {told}")).unwrap_or_default();
    sections.push(Section::line(""));
    let root = &to.log.head[..12];
    sections.push(Section::note(format!("log {} {root}… · {}{handling}{left_out}", to.log.size, document.to.rules)));
    sections
}

/// One row a line, with its causes in words.
fn rows(document: &DiffJson) -> Vec<serde_json::Value> {
    let row = |part: &str, one: &DifferenceJson| {
        let mut row = serde_json::to_value(one).unwrap_or_default();
        row["part"] = part.into();
        row["causes"] = one.causes.iter().map(|cause| cause.text.clone()).collect();
        row
    };
    let restated = document.restated.iter().map(|one| row("restated", one));
    restated.chain(document.changed.iter().map(|one| row("changed", one))).collect()
}
