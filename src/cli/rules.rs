//! `obligo rules`: by which rule sets answers are given: those of the program, those that the register adopted; adopting one, which is a
//! record like any other; and what one would say otherwise than another.

use std::path::PathBuf;
use std::sync::Arc;

use events::Event;
use events::EventLog;
use events::event::RulesAdopted;
use events::record::REGISTER;
use rules::decide::Proposal;
use rules::docket::Change;

use super::args::{Output, Reading, Writing};
use super::{Context, OpenRegister, outcome};
use crate::app::{Books, Ground, Position, Seen, Unwritten};
use crate::error::Error;
use crate::report::json::{RuleChangeJson, RuleSetJson, RuleSetsJson, RulesCompareJson};
use crate::report::{Cell, Report, Section, Tone};
use crate::rule_sets::{self, Choice, Held};

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    output: Output,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Print a rule set as a file that can be changed and adopted, in TOML or, with --json, in the form that its digest is of
    Show {
        /// Its id, its digest, or a file [default: the one that the register goes by]
        rules: Option<String>,

        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Go by a rule set from here on; it is recorded, and what was answered before is answered as before
    Adopt {
        /// Its id or its file [default: the newest of the program]
        rules: Option<String>,

        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,

        /// In whose authority
        #[arg(long, value_name = "ID")]
        authority: Option<String>,

        #[command(flatten)]
        writing: Writing,
    },
    /// What one rule set says otherwise than another, line by line, at a position
    Compare {
        /// Id, digest or file; `then` and `now` as with --rules
        from: Choice,

        /// Id, digest or file
        to: Choice,

        /// Only this agreement
        #[arg(long, value_name = "ID")]
        agreement: Option<String>,

        #[command(flatten)]
        reading: Reading,
    },
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    match args.verb {
        None => list(&args.output, context),
        Some(Verb::Show { rules, json }) => show(rules, json, context),
        Some(Verb::Adopt { rules, reason, authority, writing }) => adopt(rules, (reason, authority), &writing, context),
        Some(Verb::Compare { from, to, agreement, reading }) => compare((from, to), agreement.as_deref(), &reading, context),
    }
}

const COLUMNS: &[(&str, &str)] = &[
    ("id", "/id"),
    ("sha256", "/sha256"),
    ("stage", "/stage"),
    ("held_by", "/held_by"),
    ("adopted", "/adopted"),
    ("recorded_at", "/recorded_at"),
    ("in_force", "/in_force"),
];

fn list(output: &Output, context: &Context) -> Result<u8, Error> {
    let mut register = context.reader()?;
    // One that is lost is shown as such, and keeps nobody from seeing the others.
    register.shelf = register.shelf.with_stand_in(rule_sets::newest().clone());
    let Books { log, shelf, .. } = register.books();
    let adopted = rule_sets::adoptions(log, log.head()?.size)?;
    let now = match adopted.last() {
        Some(last) => last.set.sha256.clone(),
        None => rule_sets::newest().set.digest.clone(),
    };
    let of_program = rule_sets::shipped().iter().map(|held| RuleSetJson {
        id: held.set.id.clone(),
        sha256: held.set.digest.clone(),
        stage: Some(held.set.stage),
        held_by: Some("program"),
        adopted: None,
        recorded_at: None,
        in_force: adopted.is_empty() && held.set.digest == now,
    });
    let mut sets: Vec<RuleSetJson> = of_program.collect();
    for (place, adoption) in adopted.iter().enumerate() {
        let held = shelf.named(&adoption.set.sha256, &adopted).ok();
        sets.push(RuleSetJson {
            id: adoption.set.id.clone(),
            sha256: adoption.set.sha256.clone(),
            stage: held.as_ref().map(|held| held.set.stage),
            held_by: held.map(|held| if rule_sets::is_shipped(&held) { "program" } else { "register" }),
            adopted: Some(adoption.seq),
            recorded_at: Some(events::codec::instant(adoption.recorded_at)),
            in_force: place + 1 == adopted.len(),
        });
    }
    let row = |set: &RuleSetJson| -> Vec<Cell> {
        let adopted = set.adopted.map_or_else(String::new, |seq| format!("#{seq}"));
        let held = match set.held_by {
            Some("program") => Cell::from("in the program"),
            Some(_) => "beside the register".into(),
            None => Tone::Bad.of("not at hand"),
        };
        let day = set.recorded_at.as_deref().map_or("", |at| &at[..10]);
        let in_force = if set.in_force { Tone::Good.of("in force") } else { "".into() };
        vec![Tone::Strong.of(&set.id), format!("{}…", &set.sha256[..12]).into(), held, adopted.into(), day.into(), in_force]
    };
    let columns = vec!["RULE SET", "SHA-256", "WHERE", "ADOPTED BY", "ON", ""];
    let mut sections = vec![Section::Table { columns, rows: sets.iter().map(row).collect() }];
    if adopted.is_empty() {
        sections.push(Section::note(
            "The register has adopted none; the newest of the program is taken. `obligo rules adopt` settles it.",
        ));
    }
    let document = RuleSetsJson { schema: "obligo.rules.v1", sets };
    let report = Report::new(&document, "sets", COLUMNS).sections(sections);
    let position = Position { rules: Choice::Now, ..Position::on(crate::clock::today()?) };
    let ground = Ground::of(register.books(), &position)?;
    output.write(&report.stamped(context.stamp_of(None, Seen::at(log, ground.size)?, &ground.rules)))?;
    Ok(0)
}

fn show(rules: Option<String>, json: bool, context: &Context) -> Result<u8, Error> {
    let held = match rules {
        Some(name) if rule_sets::shipped().iter().any(|held| held.set.id == name) => context.shelf()?.named(&name, &[])?,
        Some(name) => {
            let OpenRegister { log, shelf, .. } = context.reader()?;
            shelf.named(&name, &rule_sets::adoptions(&log, log.head()?.size)?)?
        }
        None if context.register()?.path.exists() => {
            let OpenRegister { log, shelf, .. } = context.reader()?;
            shelf.in_force(&log, &Choice::Now, 0, None)?.held
        }
        None => rule_sets::newest().clone(),
    };
    if json {
        say!("{}", held.text);
    } else {
        say!("# {} · sha256 {}\n{}", held.set.id, held.set.digest, rule_sets::as_toml(&held));
    }
    Ok(0)
}

fn adopt(
    rules: Option<String>,
    (reason, authority): (Option<String>, Option<String>),
    writing: &Writing,
    context: &Context,
) -> Result<u8, Error> {
    let how = writing.how()?;
    let mut app = context.writer(&writing.actor)?;
    let held: Arc<Held> = match rules {
        None => rule_sets::newest().clone(),
        // A file is meant before a name: what stands in it may have changed since it was adopted.
        Some(file) if PathBuf::from(&file).is_file() => Arc::new(rule_sets::from_file(&PathBuf::from(file))?),
        Some(name) => app.shelf.named(&name, &rule_sets::adoptions(&app.log, app.log.head()?.size)?)?,
    };
    let taken = |own: &&Arc<Held>| own.set.id == held.set.id && own.set.digest != held.set.digest;
    if let Some(own) = rule_sets::shipped().iter().find(taken) {
        let what = format!("`{}` is the name of a rule set of the program, and this is another", own.set.id);
        return Err(Error::refused("E0701", what, "give it an id of its own, as in ministry-2027/1"));
    }
    let set = RulesAdopted { id: held.set.id.clone(), sha256: held.set.digest.clone() };
    let proposal = Proposal { reason, authority, ..Proposal::new(REGISTER, Event::RulesAdopted(set)).on(app.today) };
    if !how.dry_run {
        // Kept before it is recorded: a record never speaks of a rule set that is not there.
        app.shelf.keep(&held)?;
    }
    app.shelf = app.shelf.with_stand_in(held);
    let result = app.execute(&[proposal], how).map_err(Unwritten::into_error)?;
    outcome::show(&result, how, &app.log, writing)?;
    Ok(0)
}

const CHANGE_COLUMNS: &[(&str, &str)] = &[("change", "/change"), ("line", "/line"), ("words", "/words")];

fn compare((from, to): (Choice, Choice), agreement: Option<&str>, reading: &Reading, context: &Context) -> Result<u8, Error> {
    let register = context.reader()?;
    let before = context.view(&register, &Position { rules: from, ..reading.position()? }, agreement)?;
    let after = context.view(&register, &Position { rules: to, ..reading.position()? }, agreement)?;
    let (from_id, to_id) = (before.rules.held.set.id.clone(), after.rules.held.set.id.clone());
    let document = RulesCompareJson {
        schema: "obligo.rules-compare.v1",
        as_of: after.docket.as_of.to_string(),
        from: from_id.clone(),
        to: to_id.clone(),
        changes: after.docket.changes(&before.docket).iter().map(change).collect(),
    };
    let told = match document.changes.len() {
        0 => format!("{to_id} says of every line what {from_id} says"),
        1 => format!("{to_id} says 1 line otherwise than {from_id}"),
        count => format!("{to_id} says {count} lines otherwise than {from_id}"),
    };
    let mut sections = vec![Section::line(format!("{told}, as of {}.", document.as_of))];
    sections.extend(document.changes.iter().map(|change| Section::line(format!("  {}", change.words))));
    let report = Report::new(&document, "changes", CHANGE_COLUMNS).sections(sections);
    reading.output.write(&report.stamped(context.stamp(&after)))?;
    Ok(0)
}

fn change(change: &Change) -> RuleChangeJson {
    let (word, line) = match change {
        Change::New(line) => ("new", line),
        Change::Changed(_, line) => ("changed", line),
        Change::Gone(line) => ("gone", line),
    };
    RuleChangeJson { change: word, line: line.id.clone(), words: outcome::change_words(change) }
}
