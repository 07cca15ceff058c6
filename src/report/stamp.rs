//! The stamp of an answer: what is needed to give it again, and to say by what it was given. `obligo verify --stamp` does so.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::{Position, Seen};
use crate::rule_sets::{self, InForce};

/// The stamp of an answer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Stamp {
    /// The program and its version (`obligo 0.1.0`).
    pub program: String,
    /// The question, so that it can be asked again: the arguments without where the register and the answer lie, with the position.
    pub asked: Vec<String>,
    /// The day it is seen from, `YYYY-MM-DD`; null where the answer hangs on no day.
    pub as_of: Option<String>,
    /// What was known, as it was asked for; null: everything recorded.
    pub known_at: Option<String>,
    /// The part of the log that was read; null where the answer hangs on no register.
    pub log: Option<LogStamp>,
    /// The rule set.
    pub rules: RulesStamp,
    /// The newest edition of each calendar in it, as it was known.
    pub calendars: Vec<CalendarStamp>,
    /// The newest signed checkpoint that the log had at that size; null where there is none.
    pub checkpoint: Option<String>,
}

/// A prefix of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogStamp {
    /// The log's id.
    pub origin: String,
    /// How many records.
    pub size: u64,
    /// RFC 6962 root over them, 64 hexadecimal digits.
    pub root: String,
}

/// A rule set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RulesStamp {
    /// Its name.
    pub id: String,
    /// SHA-256 of what it holds.
    pub sha256: String,
    /// The record by which the register adopted it; null where it adopted none, or another was asked for.
    pub adopted: Option<u64>,
}

/// An edition of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalendarStamp {
    /// The calendar.
    pub id: String,
    /// The day from which the edition was known.
    pub known_from: String,
}

impl Stamp {
    /// That of an answer from a register.
    pub fn new(arguments: impl IntoIterator<Item = String>, position: Option<&Position>, seen: Seen, rules: &InForce) -> Self {
        let known_at = position.and_then(|position| position.known_at.as_ref()?.words());
        let as_of = position.map(|position| position.as_of.to_string());
        let mut asked = asked(arguments);
        if let Some(as_of) = &as_of {
            let upto = match known_at.as_deref() {
                Some(words) if words.starts_with('#') => words.to_string(),
                when => format!("{}#{}", when.unwrap_or("now"), seen.size),
            };
            asked.extend(["--as-of".into(), as_of.clone(), "--known-at".into(), upto]);
        }
        Stamp {
            program: program(),
            asked,
            as_of,
            known_at,
            log: Some(LogStamp { origin: seen.origin.to_string(), size: seen.size, root: seen.head.to_string() }),
            rules: RulesStamp { id: rules.held.set.id.clone(), sha256: rules.held.set.digest.clone(), adopted: rules.adopted },
            calendars: calendars(rules),
            checkpoint: None,
        }
    }

    /// That of an answer that hangs on no register.
    pub fn without_register(arguments: impl IntoIterator<Item = String>) -> Self {
        let rules = InForce { held: rule_sets::newest().clone(), adopted: None, known_by: None };
        Stamp {
            program: program(),
            asked: asked(arguments),
            as_of: None,
            known_at: None,
            log: None,
            rules: RulesStamp { id: rules.held.set.id.clone(), sha256: rules.held.set.digest.clone(), adopted: None },
            calendars: calendars(&rules),
            checkpoint: None,
        }
    }

    /// The same for an answer that is seen from no day.
    pub fn seen_from_no_day(self) -> Self {
        let place = self.asked.iter().position(|argument| argument == "--as-of");
        let without = |(at, _): &(usize, String)| place.is_none_or(|place| !(place..place + 2).contains(at));
        let asked = self.asked.into_iter().enumerate().filter(without).map(|(_, argument)| argument).collect();
        Stamp { asked, as_of: None, ..self }
    }

    /// The same for an answer between two positions: both as they were understood, in the place of the one.
    pub fn between(self, from: String, to: String) -> Self {
        let Stamp { mut asked, .. } = self;
        asked.truncate(asked.len().saturating_sub(POSITION.len() * 2));
        let mut kept = without_values(asked, &["--from", "--to"]);
        kept.extend(["--from".into(), from, "--to".into(), to]);
        Stamp { asked: kept, ..self }
    }

    /// In one line, for people: the question as it can be asked again, the program, the rule set.
    pub fn line(&self) -> String {
        format!("{AGAIN}{} · {} · {} {}…", command(&self.asked), self.program, self.rules.id, &self.rules.sha256[..12])
    }
}

const AGAIN: &str = "again: ";

/// The question as a command that can be typed.
pub fn command(asked: &[String]) -> String {
    let asked: Vec<String> = asked.iter().map(|argument| quoted(argument)).collect();
    format!("obligo {}", asked.join(" "))
}

/// The question of a line that [`Stamp::line`] wrote.
pub fn asked_in(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start_matches("# ").strip_prefix(AGAIN)?.strip_prefix("obligo ")?;
    let mut rest = line.rsplitn(3, " · ").nth(2)?;
    let mut asked = Vec::new();
    while !rest.is_empty() {
        let mut argument = String::new();
        while let Some(letter) = rest.chars().next().filter(|letter| *letter != ' ') {
            rest = match letter {
                '\'' => {
                    let (inside, after) = rest[1..].split_once('\'')?;
                    argument.push_str(inside);
                    after
                }
                '\\' => {
                    let escaped = rest[1..].chars().next()?;
                    argument.push(escaped);
                    &rest[1 + escaped.len_utf8()..]
                }
                plain => {
                    argument.push(plain);
                    &rest[plain.len_utf8()..]
                }
            };
        }
        asked.push(argument);
        rest = rest.trim_start_matches(' ');
    }
    Some(asked)
}

/// An answer without the words for the program in the line that [`Stamp::line`] wrote.
pub fn of_any_program(answer: &str) -> String {
    let line = |line: &str| match asked_in(line) {
        Some(_) => line
            .rsplitn(3, " · ")
            .enumerate()
            .filter(|(place, _)| *place != 1)
            .map(|(_, part)| part)
            .collect::<Vec<_>>()
            .join(" · "),
        None => line.into(),
    };
    answer.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Verbs that ask and change nothing.
const QUESTIONS: [&str; 18] = [
    "brief",
    "calendars",
    "compare",
    "compute",
    "diff",
    "due",
    "explain",
    "log",
    "notice",
    "notices",
    "party",
    "regimes",
    "replay",
    "residual",
    "status",
    "timeline",
    "topics",
    "what-if",
];

/// Whether this is a question that may be asked for somebody: it comes from a file, and whoever wrote that must not have anything written,
/// here or elsewhere.
pub fn is_question(asked: &[String]) -> bool {
    let Some((verb, rest)) = asked.split_first() else { return false };
    let is_asking = match verb.as_str() {
        "rules" => rest.first().is_none_or(|first| first == "compare"),
        verb => QUESTIONS.contains(&verb),
    };
    let is_short = |argument: &str| {
        let mut letters = argument.chars();
        letters.next() == Some('-') && letters.next().is_some_and(char::is_alphabetic)
    };
    let goes_elsewhere =
        |argument: &String| is_short(argument) || WHERE_AND_HOW.iter().any(|option| argument.split('=').next() == Some(option));
    is_asking && !rest.iter().any(goes_elsewhere)
}

/// This program and its version.
pub fn program() -> String {
    concat!("obligo ", env!("CARGO_PKG_VERSION")).into()
}

fn calendars(rules: &InForce) -> Vec<CalendarStamp> {
    let set = rules.set();
    let one = |calendar: &rules::time::calendar::Calendar| {
        let known_from = calendar.latest()?.known_from.to_string();
        Some(CalendarStamp { id: calendar.id.clone(), known_from })
    };
    set.almanac.calendars.iter().filter_map(one).collect()
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let is_plain = !argument.is_empty() && argument.chars().all(|c| c.is_alphanumeric() || "-_./:=@,+".contains(c));
    if is_plain { argument.into() } else { format!("'{}'", argument.replace('\'', "'\\''")) }
}

/// Options that say where or how, and not what; each with a value.
const WHERE_AND_HOW: [&str; 4] = ["--register", "--color", "--format", "--output"];

/// Options of the position; what they said is written anew, as it was understood.
const POSITION: [&str; 2] = ["--as-of", "--known-at"];

/// Arguments without these options and their values.
fn without_values(arguments: Vec<String>, names: &[&str]) -> Vec<String> {
    let mut arguments = arguments.into_iter();
    let mut kept = Vec::new();
    while let Some(argument) = arguments.next() {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        if !names.contains(&name) {
            kept.push(argument);
        } else if name == argument {
            arguments.next();
        }
    }
    kept
}

/// The arguments that make the question.
fn asked(arguments: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut arguments = arguments.into_iter();
    let mut asked = Vec::new();
    while let Some(argument) = arguments.next() {
        let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
        let is_dropped = WHERE_AND_HOW.contains(&name) || POSITION.contains(&name);
        let is_short = !argument.starts_with("--") && (argument.starts_with("-O") || argument.starts_with("-o"));
        if argument == "--" {
            asked.push(argument);
            asked.extend(arguments);
            break;
        }
        if is_dropped || is_short {
            // Its value is the next argument, unless it stands in the same.
            if name == argument && (is_dropped || argument.len() == 2) {
                arguments.next();
            }
        } else if argument != "--json" && argument != "--bare" {
            asked.push(argument);
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_kept_and_not_where_its_answer_went() {
        let told = |line: &str| asked(line.split(' ').map(String::from)).join(" ");
        assert_eq!(told("status --register a.db uk-kr-dp --json"), "status uk-kr-dp");
        assert_eq!(told("due --within 90d -o due.csv --as-of=2026-01-01 --color never"), "due --within 90d");
        assert_eq!(told("-Ojson party KR -O csv --known-at 2026-01-01 -odue.csv"), "party KR");
        assert_eq!(told("topics --register=a.db -- --json"), "topics -- --json");
    }

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let asked: Vec<String> = ["status", "it's · 5 o'clock", "", "a b", "--known-at", "now#5"].map(String::from).into();
        let stamp = Stamp { asked: asked.clone(), ..Stamp::without_register([]) };
        assert_eq!(asked_in(&stamp.line()), Some(asked.clone()));
        assert_eq!(asked_in(&format!("# {}", stamp.line())), Some(asked));
        assert_eq!(asked_in("again and again"), None);
    }

    #[test]
    fn only_questions_are_asked_for_others() {
        let told = |line: &str| is_question(&line.split(' ').map(String::from).collect::<Vec<_>>());
        for line in
            ["status --as-of 2026-01-01", "due --within 90d", "rules", "rules compare a b", "what-if work a --on 2026-01-01"]
        {
            assert!(told(line), "{line}");
        }
        for line in [
            "",
            "rules adopt a",
            "actor local --name x",
            "verify --stamp a",
            "record work a",
            "status -o a.key",
            "status -oa.key",
            "status --output=a",
            "status --register b.db",
            "undo",
            "erase 1",
            "pack a -o b",
            "demo",
            "witness serve",
            "key rotate",
        ] {
            assert!(!told(line), "{line}");
        }
    }

    #[test]
    fn an_argument_is_written_as_a_shell_takes_it() {
        assert_eq!(quoted("uk-kr-dp/forum-2026"), "uk-kr-dp/forum-2026");
        assert_eq!(quoted("#42"), "'#42'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }
}
