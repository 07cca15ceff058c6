//! Stories that a customer can read: an agreement, what happened, and what the docket says on a day. Every file in
//! tests/scenarios/ is a test. A story has these lines, read from top to bottom on one register:
//!
//! | line | what it does |
//! |---|---|
//! | `# …` | says something to the reader |
//! | `agreement`, and indented lines | an agreement file, which is imported |
//! | `agreement NAME` | an agreement file of the examples, imported by its name |
//! | `today DATE` | from here on, commands are given on that day |
//! | `record …` | `obligo record …`, which succeeds; `$last` is the last record's number |
//! | `correct …`, `undo`, `erase …` | `obligo correct …`, `obligo undo …`, `obligo erase …`, which succeeds |
//! | `refused CODE record …` | `obligo record …`, or another verb, which is refused with that code and writes nothing |
//! | `refused CODE agreement`, and indented lines | an agreement file, which is refused with that code |
//! | `as of DATE`, and indented lines | what the docket says on that day, in columns two blanks apart |
//! | `run DATE`, and indented lines | `obligo run --as-of DATE`, and all that it flags or withdraws in the log: `ID  RUNG  raised`, or `late N` by so many days |
//! | `mark NAME` | gives a name to what is recorded so far |
//! | `known at NAME as of DATE`, and indented lines | what the docket said on that day, with no more recorded than at that mark |
//! | `diff DATE@NAME to DATE@NAME`, and indented lines | what differs between two positions, each a day and a mark, or `now`: every line that does |
//! | `compute … gives DAYS` | `obligo compute …` gives that day, or from the first to the last: `FIRST..LAST` |
//! | `notice … --to-end-on DATE gives DAYS` | the last day on which notice can be given for that end |
//!
//! After the date of `as of` and after `diff … to …` options may stand that say what is looked at: `--ceiling public`.
//!
//! README.md beside the stories says which of them tell what.
//!
//! Under `as of`: `ID  LABEL  DUE` (due is `FIRST..LAST` or one day; a label that ends in `…` is only begun), `ID  axes  WORD WORD …`
//! (words of its axes), `ID  why  WORDS` (a reason says so), `ID  absent`, and of an agreement `ID  effect  STATE` and
//! `ID  notice  STATE`, `ID  party  PARTY STATE`, `ID  called  PARTY NAME`, `ID  owes  PARTY PARTY …` (who owes a line), and
//! `ID  after  STATE LINE …` (what is left of an agreement that is over, and the lines that go on), and of a line `ID  known  late` or
//! `ID  known  not late` (whether its date passed without it, and had passed when the log came to tell of it; records have the clock's own
//! day, whatever `today` says, so that only a date far ahead is known in time).
//!
//! Under `diff`: `restated  ID  BEFORE -> AFTER  CAUSES` and `changed  ID  BEFORE -> AFTER  CAUSES`; what is not there is `nothing`, and the
//! causes are kinds of record, `time` and `rules`, in their order.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use rules::machine::MACHINES;
use serde_json::Value;
use support::{Ran, Register, agreement, because, due, entry, example, rest};

/// What went wrong in the stories, and what showed in their dockets: each story is told once for all tests.
fn told() -> &'static (Vec<String>, BTreeSet<String>) {
    static TOLD: OnceLock<(Vec<String>, BTreeSet<String>)> = OnceLock::new();
    TOLD.get_or_init(tell_all)
}

#[test]
fn every_story_ends_as_it_is_told() {
    let (wrong, _) = told();
    assert!(wrong.is_empty(), "{} stories or lines go wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_index_names_stories_that_exist() {
    let folder = support::root().join("tests/scenarios");
    let text = std::fs::read_to_string(folder.join("README.md")).unwrap();
    let named: BTreeSet<&str> = text.split(|letter: char| !(letter.is_alphanumeric() || "._".contains(letter))).collect();
    let named: Vec<&str> = named.into_iter().filter(|word| word.ends_with(".txt")).collect();
    let lost: Vec<&&str> = named.iter().filter(|name| !folder.join(name).exists()).collect();
    assert!(lost.is_empty(), "the index names stories that do not exist: {lost:?}");
    assert!(named.len() >= 22, "the index names only {named:?}");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    assert_eq!(rows.collect::<Vec<u32>>(), (1..=22).collect::<Vec<_>>(), "a row for each case, in order");
}

#[test]
fn every_transition_of_every_machine_shows_in_a_story() {
    let (_, seen) = told();
    let mut missing = Vec::new();
    for machine in MACHINES {
        for transition in machine.transitions {
            let key = format!("{} {}", machine.of, transition.shows);
            if !shows(seen, &key) {
                missing.push(format!("{}: {} -> {} ({key})", machine.name, transition.from, transition.to));
            }
        }
    }
    assert!(missing.is_empty(), "no story shows\n{}", missing.join("\n"));
    assert!(!shows(seen, "notice label lost at sea"), "the control: what no docket says is not found");
}

#[test]
fn some_stories_come_to_rest() {
    let (_, seen) = told();
    assert!(shows(seen, "agreement at rest"), "no story has an agreement at rest: what is told of rest is told of nothing");
}

/// A label may go on; everything else is a whole word.
fn shows(seen: &BTreeSet<String>, key: &str) -> bool {
    if key.contains(" label ") {
        seen.range(key.to_string()..).next().is_some_and(|said| said.starts_with(key))
    } else {
        seen.contains(key)
    }
}

/// What shows in a docket, in the words of the machines' tables.
fn learn(docket: &Value, seen: &mut BTreeSet<String>) {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let rules = |because: &Value| -> Vec<String> {
        because.as_array().into_iter().flatten().map(|reason| word(&reason["rule"])).collect()
    };
    for line in docket["entries"].as_array().into_iter().flatten() {
        let kind = word(&line["kind"]);
        for axis in ["existence", "timing", "performance", "timeliness", "assessment", "label"] {
            seen.insert(format!("{kind} {axis} {}", word(&line[axis])));
        }
        seen.extend(rules(&line["because"]).iter().map(|rule| format!("{kind} reason {rule}")));
        // What an agreement's term and effect do shows in their lines.
        if kind == "term" {
            seen.extend(rules(&line["because"]).iter().map(|rule| format!("agreement reason {rule}")));
        }
    }
    for agreement in docket["agreements"].as_array().into_iter().flatten() {
        seen.insert(format!("agreement state {}", word(&agreement["effect"]["state"])));
        seen.extend(rules(&agreement["effect"]["because"]).iter().map(|rule| format!("agreement reason {rule}")));
        seen.insert(format!("agreement state {}", word(&agreement["after_end"]["state"])));
        for party in agreement["participation"].as_array().into_iter().flatten() {
            seen.insert(format!("party state {}", word(&party["state"])));
            seen.extend(rules(&party["because"]).iter().map(|rule| format!("party reason {rule}")));
        }
    }
}

fn tell_all() -> (Vec<String>, BTreeSet<String>) {
    let mut stories: Vec<_> =
        std::fs::read_dir(support::root().join("tests/scenarios")).unwrap().map(|entry| entry.unwrap().path()).collect();
    stories.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    stories.sort();
    assert!(stories.len() >= 12, "there were more stories than {}", stories.len());
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for story in &stories {
        let ends = tell(story, &mut seen);
        wrong.extend(ends.into_iter().map(|what| format!("{}:{what}", story.file_name().unwrap().display())));
    }
    (wrong, seen)
}

/// Tells a story and gives what is wrong with it, each with its line.
fn tell(story: &Path, seen: &mut BTreeSet<String>) -> Vec<String> {
    let text = std::fs::read_to_string(story).unwrap();
    let mut lines = text.lines().zip(1..).peekable();
    let mut register = Register::new();
    let mut wrong = Vec::new();
    let mut expectations = 0;
    let mut marks = BTreeMap::new();
    while let Some((line, number)) = lines.next() {
        let mut block = Vec::new();
        while let Some((inner, place)) = lines.next_if(|(next, _)| next.is_empty() || next.starts_with("  ")) {
            block.push((inner, place));
        }
        let ran = match line.split_once(' ').unwrap_or((line, "")) {
            ("" | "#", _) => continue,
            ("agreement", "") => import(&register, &block),
            ("agreement", name) => {
                register.file(name, example(name));
                register.obligo(&format!("import {name}"))
            }
            ("today", day) => {
                register = register.on(day);
                continue;
            }
            ("record" | "erase" | "correct" | "undo", _) => register.obligo(&line.replace("$last", &last(&register))),
            ("refused", rest) => {
                let (code, act) = rest.split_once(' ').expect("refused CODE record …");
                let before = register.log();
                let ran = match act {
                    "agreement" => import(&register, &block),
                    act => register.obligo(&act.replace("$last", &last(&register))),
                };
                if !ran.stderr.contains(code) || ran.code == 0 || register.log() != before {
                    wrong.push(format!("{number}: `{act}` is not refused with {code}: {}{}", ran.stdout, ran.stderr));
                }
                continue;
            }
            ("mark", name) => {
                let log = register.json("log");
                let records = log["records"].as_array().and_then(|records| records.last());
                let recorded = records.and_then(|record| record["entry"]["recorded_at"].as_str()).expect("a record to mark");
                marks.insert(name.to_string(), recorded.to_string());
                continue;
            }
            ("compute" | "notice", _) => {
                let (asked, wanted) = line.split_once(" gives ").expect("… gives DAYS");
                let answer = register.json(asked);
                let is = if answer["powers"].is_null() { days(&answer) } else { days(&answer["powers"][0]["last_day"]) };
                expectations += 1;
                if is != wanted {
                    wrong.push(format!("{number}: `{asked}` gives {is}, not {wanted}"));
                }
                continue;
            }
            ("run", day) => {
                let is = flagged(&register.json(&format!("run --as-of {day}")));
                let wanted: BTreeSet<String> =
                    block.iter().map(|(said, _)| squeezed(said)).filter(|said| !said.is_empty()).collect();
                expectations += 1;
                if is != wanted {
                    wrong.push(format!("{number}: {line} says\n{}", joined(&is)));
                }
                continue;
            }
            ("diff", between) => {
                let (positions, options) = between.split_once(" --").map_or((between, ""), |(between, rest)| (between, rest));
                let (from, to) = positions.split_once(" to ").expect("diff … to …");
                let position = |text: &str| {
                    let (day, mark) = text.split_once('@').expect("DATE@NAME");
                    let known = if mark == "now" { today_and_after() } else { marks[mark].clone() };
                    format!("{day}@{known}")
                };
                let options = if options.is_empty() { String::new() } else { format!("--{options}") };
                let diff = register.json(&format!("diff --from {} --to {} {options}", position(from), position(to)));
                let is = differences(&diff);
                let wanted: BTreeSet<String> =
                    block.iter().map(|(said, _)| squeezed(said)).filter(|said| !said.is_empty()).collect();
                expectations += 1;
                for missing in wanted.difference(&is) {
                    wrong.push(format!("{number}: {line}: `{missing}` is not told; it says\n{}", joined(&is)));
                }
                for more in is.difference(&wanted) {
                    wrong.push(format!("{number}: {line}: also `{more}` is told"));
                }
                continue;
            }
            ("as" | "known", when) => {
                let (known, day) = when.split_once("of ").expect("as of DATE");
                let known = match known.strip_prefix("at ").and_then(|known| known.strip_suffix(" as ")) {
                    Some(mark) => format!("--known-at {}", marks.get(mark).unwrap_or_else(|| panic!("no mark {mark}"))),
                    None => String::new(),
                };
                let docket = register.json(&format!("status --as-of {day} {known}"));
                learn(&docket, seen);
                for (said, place) in block.iter().filter(|(said, _)| !said.trim().is_empty()) {
                    expectations += 1;
                    wrong.extend(check(&docket, said.trim()).err().map(|what| format!("{place}: {line}: {what}")));
                }
                continue;
            }
            _ => panic!("{}:{number}: `{line}` is no line of a story", story.display()),
        };
        if ran.code != 0 {
            wrong.push(format!("{number}: `{line}` is refused: {}", ran.stderr));
        }
    }
    assert!(expectations > 0, "{} expects nothing", story.display());
    // Whatever a story tells of, what is at rest at some time is told the same for ever.
    let (moved, at_rest) = rest::broken(&rest::register_of(&register.db()), &rest::days("2020-01-01", "2045-01-01", 131));
    wrong.extend(moved.into_iter().map(|what| format!("1: {what}")));
    seen.extend(at_rest.first().map(|_| "agreement at rest".to_string()));
    wrong
}

/// An instant after everything that a story records.
fn today_and_after() -> String {
    "2999-12-31T00:00:00Z".into()
}

/// Columns one blank apart, as they are compared.
fn squeezed(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn joined(all: &BTreeSet<String>) -> String {
    all.iter().map(|one| format!("  {one}\n")).collect()
}

/// Each line that differs, as a story tells it.
fn differences(diff: &Value) -> BTreeSet<String> {
    let one = |part: &str, one: &Value| {
        let said = |side: &str| one[side]["label"].as_str().unwrap_or("nothing").to_string();
        let causes = one["causes"].as_array().into_iter().flatten().map(|cause| match cause["cause"].as_str() {
            // `#12 meeting.held 2025-03-01, recorded 2025-03-02`
            Some("record") => {
                cause["text"].as_str().and_then(|text| text.split([' ', ',']).nth(1)).unwrap_or_default().to_string()
            }
            word => word.unwrap_or_default().to_string(),
        });
        let (id, causes) = (one["id"].as_str().unwrap_or_default(), causes.collect::<Vec<_>>().join(", "));
        squeezed(&format!("{part} {id} {} -> {} {causes}", said("before"), said("after")))
    };
    let of = |part: &'static str| diff[part].as_array().into_iter().flatten().map(move |line| one(part, line));
    of("restated").chain(of("changed")).collect()
}

/// Imports an agreement file.
fn import(register: &Register, block: &[(&str, usize)]) -> Ran {
    let text: Vec<&str> = block.iter().map(|(line, _)| line.trim()).collect();
    register.file("agreement.toml", text.join("\n"));
    register.obligo("import agreement.toml")
}

/// What a run flagged and withdrew in the log itself.
fn flagged(run: &Value) -> BTreeSet<String> {
    let alerts = run["alerts"].as_array().into_iter().flatten().filter(|alert| alert["channel"] == "log");
    let told = alerts.map(|alert| {
        let rung = alert["rung"].as_str().map_or_else(|| alert["rung"].to_string(), String::from);
        let late = alert["late_by"].as_u64().map_or(String::new(), |days| format!(" late {days}"));
        let word = alert["state"].as_str().unwrap_or_default();
        let why = alert["why"].as_str().map_or(String::new(), |why| format!(": {why}"));
        let word = if word == "raised" && !late.is_empty() { "" } else { word };
        squeezed(&format!("{} {rung} {word}{late}{why}", alert["entry"].as_str().unwrap_or_default()))
    });
    told.collect()
}

/// The number of the last record.
fn last(register: &Register) -> String {
    register.log()["size"].to_string()
}

/// One day, or from the first to the last.
fn days(answer: &Value) -> String {
    let [earliest, latest] = ["earliest", "latest"].map(|end| answer[end].as_str().unwrap_or("open"));
    if earliest == latest { earliest.into() } else { format!("{earliest}..{latest}") }
}

fn check(docket: &Value, said: &str) -> Result<(), String> {
    let mut columns = said.split("  ").map(str::trim).filter(|column| !column.is_empty());
    let (id, what, more) = (columns.next().unwrap_or_default(), columns.next().unwrap_or_default(), columns.next());
    let expect = |wanted: &str, is: &str| if wanted == is { Ok(()) } else { Err(format!("{id} is `{is}`, not `{wanted}`")) };
    match what {
        "effect" => {
            return expect(more.unwrap_or_default(), agreement(docket, id)["effect"]["state"].as_str().unwrap_or_default());
        }
        "party" => {
            let (party, state) = more.unwrap_or_default().split_once(' ').unwrap_or_default();
            let all = agreement(docket, id)["participation"].as_array().cloned().unwrap_or_default();
            let is = all.iter().find(|one| one["party"] == party).and_then(|one| one["state"].as_str()).unwrap_or("no party");
            return expect(state, is);
        }
        "called" => {
            let (party, name) = more.unwrap_or_default().split_once(' ').unwrap_or_default();
            let all = agreement(docket, id)["participation"].as_array().cloned().unwrap_or_default();
            let is = all.iter().find(|one| one["party"] == party).and_then(|one| one["name"].as_str()).unwrap_or("no party");
            return expect(name, is);
        }
        "after" => {
            let after = &agreement(docket, id)["after_end"];
            let open = after["open"].as_array().cloned().unwrap_or_default();
            let state = after["state"].as_str().unwrap_or("not over").to_string();
            let words = open.iter().filter_map(|one| one["line"].as_str().map(String::from));
            return expect(more.unwrap_or_default(), &std::iter::once(state).chain(words).collect::<Vec<_>>().join(" "));
        }
        "notice" => {
            return expect(more.unwrap_or_default(), agreement(docket, id)["notice"]["state"].as_str().unwrap_or_default());
        }
        _ => {}
    }
    let line = match (entry(docket, id), what) {
        (None, "absent") => return Ok(()),
        (Some(_), "absent") => return Err(format!("{id} is there")),
        (None, _) => return Err(format!("{id} is not there; there are {}", support::ids(docket).join(", "))),
        (Some(line), _) => line,
    };
    match what {
        "why" => {
            let (words, why) = (more.unwrap_or_default(), because(line));
            if why.contains(words) { Ok(()) } else { Err(format!("{id}: no reason says `{words}`:\n{why}")) }
        }
        "known" => {
            let is_late = line["late_known"].as_bool().expect("every line says it");
            let since = line["known_since"].as_str().unwrap_or_default();
            if is_late && since <= due(line).rsplit("..").next().unwrap_or_default() {
                return Err(format!("{id} is flagged, due {}, and known since {since}", due(line)));
            }
            expect(more.unwrap_or_default(), if is_late { "late" } else { "not late" })
        }
        "owes" => {
            let by: Vec<&str> = line["by"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            expect(more.unwrap_or_default(), &by.join(" "))
        }
        "axes" => {
            let axes = ["existence", "timing", "performance", "timeliness", "assessment"]
                .map(|axis| line[axis].as_str().unwrap_or_default());
            let missing: Vec<&str> = more.unwrap_or_default().split(' ').filter(|word| !axes.contains(word)).collect();
            if missing.is_empty() { Ok(()) } else { Err(format!("{id} is {}, not {}", axes.join(" "), missing.join(" "))) }
        }
        label => {
            let is = line["label"].as_str().unwrap_or_default();
            match label.strip_suffix('…') {
                Some(begun) if is.starts_with(begun) => {}
                _ => expect(label, is)?,
            }
            more.map_or(Ok(()), |wanted| expect(wanted, &due(line)))
        }
    }
}
