//! Rule sets: which the program holds, which are kept beside a register, and by which a register goes at a position.
//!
//! A rule set is one document: its name, its stage, the regimes, the calendars. Its digest is the SHA-256 of that document as JSON with
//! the keys of each object in order and no white space: whoever writes it with other spaces or notes has the same rule set.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use events::event::RulesAdopted;
use events::log::{EventLog, Select};
use events::record::REGISTER;
use events::tree;
use rules::RuleSet;
use rules::fault::nearest;
use rules::register::Adoption;
use rules::replay::Replay;
use rules::rule_set::STAGES;
use serde_json::{Map, Value};

use crate::almanac::{self, OfProgram};
use crate::error::Error;
use crate::kept;

/// The stages that the program's own rule sets are at. All hold the same regimes and calendars, as long as none of these has changed.
const SHIPPED: [u32; 2] = [3, 4];

/// A rule set with the document that it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// As it is gone by.
    pub set: RuleSet,
    /// The document: canonical JSON, whose SHA-256 is its digest.
    pub text: String,
}

/// Those that the program holds, the newest last.
pub fn shipped() -> &'static [Arc<Held>] {
    static HELD: LazyLock<Vec<Arc<Held>>> = LazyLock::new(|| {
        let OfProgram { almanac, calendars, regimes } = almanac::of_program();
        let one = |stage: u32| {
            let id = format!("obligo-rules/{stage}");
            let text = format!(r#"{{"calendar":{calendars},"id":"{id}","regime":{regimes},"stage":{stage}}}"#);
            let digest = tree::sha256(text.as_bytes()).to_string();
            Arc::new(Held { set: RuleSet { id, digest, stage, almanac: almanac.clone() }, text })
        };
        SHIPPED.into_iter().map(one).collect()
    });
    &HELD
}

/// The newest that the program holds: by it goes a register that adopted none.
pub fn newest() -> &'static Arc<Held> {
    shipped().last().expect("the program holds rule sets")
}

/// Whether the program itself holds it.
pub fn is_shipped(held: &Held) -> bool {
    shipped().iter().any(|own| own.set.digest == held.set.digest)
}

/// A rule set as a file that people write.
pub fn as_toml(held: &Held) -> String {
    let value: toml::Value = serde_json::from_str(&held.text).expect("it was read from JSON that TOML can say");
    toml::to_string_pretty(&value).expect("what JSON says without null, TOML says too")
}

/// The document in the one form that its digest is of.
pub(crate) fn canonical(value: &Value, into: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            into.push('{');
            for (place, key) in keys.into_iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                write!(into, "{comma}{}:", Value::from(key.as_str())).expect("a string takes all");
                canonical(&map[key], into);
            }
            into.push('}');
        }
        Value::Array(list) => {
            into.push('[');
            for (place, one) in list.iter().enumerate() {
                if place > 0 {
                    into.push(',');
                }
                canonical(one, into);
            }
            into.push(']');
        }
        other => write!(into, "{other}").expect("a string takes all"),
    }
}

/// A rule set from its document.
fn read(document: &Value) -> Result<Held, String> {
    let map = document.as_object().ok_or("it is not a table of keys")?;
    let unknown = map.keys().find(|key| !["id", "stage", "regime", "calendar"].contains(&key.as_str()));
    if let Some(key) = unknown {
        return Err(format!("`{key}` is not a key of a rule set: id, stage, regime, calendar"));
    }
    let id = map.get("id").and_then(Value::as_str).ok_or("it has no id")?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
        return Err(format!("`{id}` is not an id: letters, digits, hyphens, dots and slashes"));
    }
    let stage = map.get("stage").and_then(Value::as_u64).and_then(|stage| stage.try_into().ok()).ok_or("it has no stage")?;
    if !STAGES.contains(&stage) {
        let (first, last) = (STAGES.start(), STAGES.end());
        return Err(format!("it is at stage {stage}; this program goes by the stages {first} to {last}"));
    }
    let list = |map: &Map<String, Value>, key: &str| map.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let almanac = almanac::read(list(map, "regime"), list(map, "calendar"))?;
    let mut text = String::new();
    canonical(document, &mut text);
    let digest = tree::sha256(text.as_bytes()).to_string();
    Ok(Held { set: RuleSet { id: id.into(), digest, stage, almanac }, text })
}

/// A rule set from a file, as TOML or as JSON.
///
/// # Errors
/// [`Error::Refused`], if it cannot be read or is not one.
pub fn from_file(path: &Path) -> Result<Held, Error> {
    let hint = "`obligo rules show ID` prints one to begin with";
    let refuse = |code, why: String| Error::refused(code, format!("`{}`: {why}", path.display()), hint);
    let text = std::fs::read_to_string(path).map_err(|error| refuse("E0101", error.to_string()))?;
    let is_json = text.trim_start().starts_with('{');
    let document = if is_json {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        toml::from_str::<toml::Table>(&text).map(|table| almanac::as_json(table.into())).map_err(|error| error.message().into())
    };
    document.and_then(|document| read(&document)).map_err(|why| refuse("E0701", why))
}

/// Which rule set is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one that the register went by then.
    #[default]
    Then,
    /// The one that the register goes by now.
    Now,
    /// The one of that name, that digest, or in that file.
    Named(String),
}

impl std::str::FromStr for Choice {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "then" => Choice::Then,
            "now" => Choice::Now,
            name => Choice::Named(name.into()),
        })
    }
}

/// A rule set that is gone by, and how that came.
#[derive(Debug, Clone)]
pub struct InForce {
    /// Which.
    pub held: Arc<Held>,
    /// The record by which the register adopted it; `None` where the program's own is taken, or another was asked for.
    pub adopted: Option<u64>,
    /// Calendars as they were known by that day; `None`: all that there is.
    pub known_by: Option<NaiveDate>,
}

impl InForce {
    /// As it is handed to the rules.
    pub fn set(&self) -> std::borrow::Cow<'_, RuleSet> {
        match self.known_by {
            None => std::borrow::Cow::Borrowed(&self.held.set),
            Some(day) => std::borrow::Cow::Owned(self.held.set.clone().known_by(day)),
        }
    }
}

/// Where rule sets are looked for: those of the program, then those that are kept beside the register, each under its digest.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    folder: Option<PathBuf>,
    stand_in: Option<Arc<Held>>,
}

impl Shelf {
    /// That of a register.
    pub fn beside(register: &Path) -> Self {
        Shelf { folder: Some(register.with_extension("rules")), stand_in: None }
    }

    /// The same, where this one is taken for one that was adopted and is lost: so that another can be adopted in its place.
    pub fn with_stand_in(self, held: Arc<Held>) -> Self {
        Shelf { stand_in: Some(held), ..self }
    }

    /// What was adopted and is not at hand.
    pub fn is_lost(&self, adoption: &Adoption) -> bool {
        self.adopted(&adoption.set).is_none()
    }

    /// The one that was adopted.
    fn adopted(&self, set: &RulesAdopted) -> Option<Arc<Held>> {
        let of_program = shipped().iter().find(|held| held.set.digest == set.sha256).cloned();
        of_program.or_else(|| {
            let file = self.folder.as_ref()?.join(format!("{}.json", set.sha256));
            let held = from_file(&file).ok().filter(|held| held.set.digest == set.sha256)?;
            Some(Arc::new(held))
        })
    }

    /// Keeps a rule set that the program does not hold itself.
    ///
    /// # Errors
    /// [`Error::Failed`], if it cannot be written.
    pub fn keep(&self, held: &Held) -> Result<(), Error> {
        let Some(folder) = self.folder.as_ref().filter(|_| !is_shipped(held)) else {
            return Ok(());
        };
        let failed = |error: std::io::Error| {
            Error::failed(
                format!("cannot keep the rule set in `{}`: {error}", folder.display()),
                "may that folder be written to?",
            )
        };
        kept::keep(folder, &format!("{}.json", held.set.digest), held.text.as_bytes()).map_err(failed)
    }

    /// The one that somebody names: a shipped or an adopted one by its id or its digest, or a file.
    ///
    /// # Errors
    /// [`Error::Refused`], if there is none, or a file that is not one.
    pub fn named(&self, name: &str, adopted: &[Adoption]) -> Result<Arc<Held>, Error> {
        let is_called = |id: &str, digest: &str| id == name || (name.len() >= 8 && digest.starts_with(name));
        if let Some(held) = shipped().iter().find(|held| is_called(&held.set.id, &held.set.digest)) {
            return Ok(held.clone());
        }
        let is_meant = |adoption: &&Adoption| is_called(&adoption.set.id, &adoption.set.sha256);
        if let Some(adoption) = adopted.iter().rev().find(is_meant) {
            return self.adopted(&adoption.set).ok_or_else(|| lost(adoption));
        }
        if Path::new(name).is_file() {
            return from_file(Path::new(name)).map(Arc::new);
        }
        let known = shipped().iter().map(|held| held.set.id.as_str()).chain(adopted.iter().map(|one| one.set.id.as_str()));
        let what = format!("`{name}` is not a rule set of this program or of this register, and no file");
        Err(Error::refused("E0504", what, nearest(name, known)))
    }

    /// The one in force when the log had so many records; `known_by` is the day on which somebody looked.
    ///
    /// # Errors
    /// [`Error::Refused`], if it is not at hand; [`Error::Failed`], when the log cannot be read.
    pub fn in_force(
        &self,
        log: &dyn EventLog,
        choice: &Choice,
        size: u64,
        known_by: Option<NaiveDate>,
    ) -> Result<InForce, Error> {
        let upto = if *choice == Choice::Then { size } else { log.head()?.size };
        let adopted = adoptions(log, upto)?;
        let (held, adopted) = match choice {
            Choice::Named(name) => (self.named(name, &adopted)?, None),
            Choice::Then | Choice::Now => match adopted.last() {
                None => (newest().clone(), None),
                Some(last) => {
                    let held = self.adopted(&last.set).or_else(|| self.stand_in.clone());
                    (held.ok_or_else(|| lost(last))?, Some(last.seq))
                }
            },
        };
        Ok(InForce { held, adopted, known_by: known_by.filter(|_| *choice == Choice::Then) })
    }
}

/// The rule sets that a register had adopted when it had so many records.
///
/// # Errors
/// [`Error::Failed`], when the log cannot be read.
pub fn adoptions(log: &dyn EventLog, upto: u64) -> Result<Vec<Adoption>, Error> {
    let mut replay = Replay::default();
    log.scan(&Select { agreement: Some(REGISTER.into()), upto: Some(upto) }, &mut |seq, entry| {
        replay.take(seq, entry);
        true
    })?;
    Ok(replay.finish().0.adopted)
}

fn lost(adoption: &Adoption) -> Error {
    let RulesAdopted { id, sha256 } = &adoption.set;
    let what = format!("the rule set {id}, adopted by record {}, is not at hand", adoption.seq);
    let hint = format!(
        "put its file beside the register, as {sha256}.json in the folder that ends in .rules; or ask with --rules obligo-rules/4, or adopt another"
    );
    Error::refused("E0702", what, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_set_is_the_same_with_other_spaces_and_another_order() {
        let own = newest();
        let again: Value = serde_json::from_str(&own.text).unwrap();
        assert_eq!(read(&again).unwrap(), **own);
        let pretty = serde_json::to_string_pretty(&again).unwrap();
        assert_eq!(read(&serde_json::from_str(&pretty).unwrap()).unwrap().set.digest, own.set.digest);
        let toml = toml::to_string_pretty(&again).unwrap();
        let table: toml::Table = toml::from_str(&toml).unwrap();
        assert_eq!(read(&almanac::as_json(table.into())).unwrap().set.digest, own.set.digest);
    }

    #[test]
    fn what_the_program_holds_differs_by_its_stage_alone() {
        let [third, fourth] = shipped() else { panic!("two") };
        assert_ne!(third.set.digest, fourth.set.digest);
        assert_eq!(third.set.almanac, fourth.set.almanac);
        assert!(!third.set.late_known() && fourth.set.late_known());
    }

    #[test]
    fn what_is_no_rule_set_is_refused_with_its_reason() {
        let cases = [
            ("[]", "not a table"),
            ("{}", "no id"),
            (r#"{"id":"x y","stage":4}"#, "is not an id"),
            (r#"{"id":"x"}"#, "no stage"),
            (r#"{"id":"x","stage":5}"#, "stages 3 to 4"),
            (r#"{"id":"x","stage":4,"colour":1}"#, "`colour` is not a key"),
            (r#"{"id":"x","stage":4,"regime":[{"id":"r"}]}"#, "regime `r`"),
            (r#"{"id":"x","stage":4,"calendar":[{"id":"c","name":"C","edition":[]}]}"#, "calendar `c`"),
        ];
        for (text, words) in cases {
            let why = read(&serde_json::from_str(text).unwrap()).unwrap_err();
            assert!(why.contains(words), "{text}: {why}");
        }
    }
}
