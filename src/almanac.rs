//! Regimes and calendars as data: what the files of the rules say is in the program, so that an answer does not hang on what lies beside it.
//! And how such a document is read.

use chrono::{NaiveDate, Weekday};
use rules::time::calendar::{Calendar, CalendarEdition};
use rules::time::regime::{
    Almanac, AtLeast, Backward, Cited, Edition, EffectDay, MissingDay, Regime, Roll, RollBack, ShortPeriod,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

/// The data files of the rules as one document in its canonical form, which is read in a tenth of the time that they take. A test holds it
/// against them.
const WRITTEN: &str = include_str!("../rules/almanac.json");

/// What the program counts by.
pub struct OfProgram {
    /// The same, as the rules take it.
    pub almanac: Almanac,
    /// The calendars as canonical JSON.
    pub calendars: &'static str,
    /// The regimes as canonical JSON.
    pub regimes: &'static str,
}

/// The regimes and calendars of the program.
pub fn of_program() -> OfProgram {
    #[derive(Deserialize)]
    struct Written {
        #[serde(borrow)]
        calendar: &'static RawValue,
        #[serde(borrow)]
        regime: &'static RawValue,
    }
    const GOOD: &str = "the program's own data is good; a test reads it";
    let Written { calendar, regime } = serde_json::from_str(WRITTEN).expect(GOOD);
    let (calendars, regimes) = (calendar.get(), regime.get());
    let editions: Vec<CalendarFile> = serde_json::from_str(calendars).expect(GOOD);
    let rules: Vec<RegimeFile> = serde_json::from_str(regimes).expect(GOOD);
    let almanac = Almanac {
        regimes: rules.into_iter().map(Into::into).collect(),
        calendars: editions.into_iter().map(Into::into).collect(),
    };
    OfProgram { almanac, calendars, regimes }
}

/// What TOML says, as JSON: dates are strings there.
pub fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(is) => is.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => Value::Object(table.into_iter().map(|(key, value)| (key, as_json(value))).collect()),
    }
}

/// What a rule set counts by, from its documents.
///
/// # Errors
/// Which of them is not of its shape, and why.
pub fn read(regimes: Vec<Value>, calendars: Vec<Value>) -> Result<Almanac, String> {
    fn each<File: DeserializeOwned, T>(
        what: &str,
        documents: Vec<Value>,
        lacks_edition: fn(&File) -> bool,
    ) -> Result<Vec<T>, String>
    where
        T: From<File>,
    {
        let one = |document: Value| {
            let id = document.get("id").and_then(Value::as_str).unwrap_or("without an id").to_string();
            let wrong = |why: String| format!("{what} `{id}`: {why}");
            let file: File = serde_json::from_value(document).map_err(|error| wrong(error.to_string()))?;
            if lacks_edition(&file) { Err(wrong("it has no edition".into())) } else { Ok(file.into()) }
        };
        documents.into_iter().map(one).collect()
    }
    let regimes: Vec<Regime> = each("regime", regimes, |file: &RegimeFile| file.edition.is_empty())?;
    let calendars: Vec<Calendar> = each("calendar", calendars, |file: &CalendarFile| file.edition.is_empty())?;
    let ids = regimes.iter().map(|regime| &regime.id).chain(calendars.iter().map(|calendar| &calendar.id));
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(format!("`{id}` is there twice"));
        }
    }
    Ok(Almanac { regimes, calendars })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegimeFile {
    id: String,
    name: String,
    about: String,
    weekend: Vec<Day>,
    edition: Vec<EditionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionFile {
    #[serde(default, deserialize_with = "optional_day")]
    from: Option<NaiveDate>,
    trigger_day: Rule<TriggerDay>,
    missing_day: Rule<Missing>,
    sticky: Rule<bool>,
    ends_at: Rule<String>,
    effect: EffectFile,
    at_least: AtLeastFile,
    backward: BackwardFile,
    roll: Option<RollFile>,
    roll_condition: Option<String>,
    short_period: Option<ShortFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule<T> {
    value: T,
    article: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectFile {
    value: EffectWord,
    #[serde(default = "yes")]
    settled: bool,
    article: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AtLeastFile {
    value: AtLeastWord,
    #[serde(default = "yes")]
    settled: bool,
    article: String,
    source: String,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TriggerDay {
    NotCounted,
    Counted,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Missing {
    Last,
    Next,
    Refuse,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EffectWord {
    SameDay,
    NextDay,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AtLeastWord {
    CorrespondingDay,
    DayAfter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackwardFile {
    count: CountWord,
    roll: RollWord,
    article: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CountWord {
    NonClear,
    Clear,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RollWord {
    None,
    Preceding,
    Following,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RollFile {
    days: Vec<RollDay>,
    #[serde(default)]
    hours: bool,
    article: String,
    source: String,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RollDay {
    Saturday,
    Sunday,
    Holiday,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Day {
    Saturday,
    Sunday,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShortFile {
    rule: ShortWord,
    upto_days: Option<u32>,
    from_days: Option<u32>,
    article: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ShortWord {
    SkipNonWorking,
    TwoWorkingDays,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    id: String,
    name: String,
    edition: Vec<CalendarEditionFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarEditionFile {
    #[serde(deserialize_with = "a_day")]
    known_from: NaiveDate,
    covers: String,
    status: String,
    source: SourceFile,
    days: Vec<HolidayFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    title: String,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayFile {
    #[serde(deserialize_with = "a_day")]
    on: NaiveDate,
    name: String,
    status: Option<String>,
}

fn a_day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn optional_day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    a_day(deserializer).map(Some)
}

impl<T> Rule<T> {
    fn cited<U>(self, map: impl FnOnce(T) -> U) -> Cited<U> {
        Cited { value: map(self.value), article: self.article, source: self.source }
    }
}

impl From<RegimeFile> for Regime {
    fn from(file: RegimeFile) -> Self {
        let weekend = file.weekend.into_iter().map(|day| match day {
            Day::Saturday => Weekday::Sat,
            Day::Sunday => Weekday::Sun,
        });
        let editions = file.edition.into_iter().map(Into::into).collect();
        Regime { id: file.id, name: file.name, about: file.about, weekend: weekend.collect(), editions }
    }
}

impl From<EditionFile> for Edition {
    fn from(file: EditionFile) -> Self {
        let condition = file.roll_condition;
        Edition {
            from: file.from,
            trigger_day_counted: file.trigger_day.cited(|word| matches!(word, TriggerDay::Counted)),
            missing_day: file.missing_day.cited(|word| match word {
                Missing::Last => MissingDay::Last,
                Missing::Next => MissingDay::Next,
                Missing::Refuse => MissingDay::Refuse,
            }),
            sticky: file.sticky.cited(|sticky| sticky),
            ends_at: file.ends_at.cited(|words| words),
            effect_is_settled: file.effect.settled,
            effect: Cited {
                value: match file.effect.value {
                    EffectWord::SameDay => EffectDay::SameDay,
                    EffectWord::NextDay => EffectDay::NextDay,
                },
                article: file.effect.article,
                source: file.effect.source,
            },
            at_least_is_settled: file.at_least.settled,
            at_least: Cited {
                value: match file.at_least.value {
                    AtLeastWord::CorrespondingDay => AtLeast::CorrespondingDay,
                    AtLeastWord::DayAfter => AtLeast::DayAfter,
                },
                article: file.at_least.article,
                source: file.at_least.source,
            },
            backward: file.backward.into(),
            roll: file.roll.map(|roll| roll.cited(condition)),
            short_period: file.short_period.and_then(ShortFile::cited),
        }
    }
}

impl From<BackwardFile> for Cited<Backward> {
    fn from(file: BackwardFile) -> Self {
        let roll = match file.roll {
            RollWord::None => RollBack::None,
            RollWord::Preceding => RollBack::Preceding,
            RollWord::Following => RollBack::Following,
        };
        let value = Backward { clear: matches!(file.count, CountWord::Clear), roll };
        Cited { value, article: file.article, source: file.source }
    }
}

impl RollFile {
    fn cited(self, condition: Option<String>) -> Cited<Roll> {
        let weekday = |day: &RollDay| match day {
            RollDay::Saturday => Some(Weekday::Sat),
            RollDay::Sunday => Some(Weekday::Sun),
            RollDay::Holiday => None,
        };
        let weekdays = self.days.iter().filter_map(weekday).collect();
        let value = Roll { weekdays, holidays: self.days.contains(&RollDay::Holiday), condition, hours: self.hours };
        Cited { value, article: self.article, source: self.source }
    }
}

impl ShortFile {
    fn cited(self) -> Option<Cited<ShortPeriod>> {
        let value = match self.rule {
            ShortWord::SkipNonWorking => ShortPeriod::SkipNonWorking { upto_days: self.upto_days? },
            ShortWord::TwoWorkingDays => ShortPeriod::TwoWorkingDays { from_days: self.from_days? },
        };
        Some(Cited { value, article: self.article, source: self.source })
    }
}

impl From<CalendarFile> for Calendar {
    fn from(file: CalendarFile) -> Self {
        let edition = |edition: CalendarEditionFile| {
            let years = edition.covers.split_once('/').and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
            let days = edition.days.into_iter().map(|day| (day.on, (day.name, day.status))).collect();
            CalendarEdition {
                known_from: edition.known_from,
                covers: years.unwrap_or((1, 0)),
                status: edition.status,
                source: format!("{} {}", edition.source.title, edition.source.note).trim().into(),
                days,
            }
        };
        Calendar { id: file.id, name: file.name, editions: file.edition.into_iter().map(edition).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_sets;

    macro_rules! data {
        ($folder:literal: $($name:literal),+ $(,)?) => {
            [$(concat!($folder, "/", $name, ".toml")),+]
        };
    }

    /// In the order in which a rule set has them.
    const REGIMES: [&str; 11] =
        data!("regimes": "corresponding-date", "eu-1182-71", "ets-76", "uk", "kr", "jp", "sg", "vclt", "epc", "pct", "frcp");
    const CALENDARS: [&str; 5] = data!("calendars": "KR", "SG", "JP", "GB-ENG", "EU");

    /// `OBLIGO_WRITE_ALMANAC=1 cargo test --lib almanac` writes it anew; a change in it is a change you meant.
    #[test]
    fn what_is_in_the_program_is_what_the_files_of_the_rules_say() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        let document = |name: &&str| {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            as_json(toml::from_str::<toml::Table>(&text).unwrap_or_else(|error| panic!("{name}: {error}")).into())
        };
        for (kind, names) in [("regimes", &REGIMES[..]), ("calendars", &CALENDARS[..])] {
            let mut there: Vec<String> = std::fs::read_dir(folder.join(kind))
                .unwrap()
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .collect();
            let mut named: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('/')?.1)).collect();
            there.sort();
            named.sort_unstable();
            assert_eq!(there, named, "a file of {kind} that no rule set has");
        }
        let calendars: Vec<Value> = CALENDARS.iter().map(document).collect();
        let regimes: Vec<Value> = REGIMES.iter().map(document).collect();
        let mut text = String::new();
        rule_sets::canonical(&serde_json::json!({ "calendar": calendars, "regime": regimes }), &mut text);
        text.push('\n');
        let file = folder.join("almanac.json");
        if std::env::var_os("OBLIGO_WRITE_ALMANAC").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        assert!(std::fs::read_to_string(&file).unwrap() == text, "rules/almanac.json is not what the files of the rules say");
        assert_eq!(of_program().almanac, read(regimes, calendars).unwrap());
    }

    #[test]
    fn a_calendar_is_not_known_before_the_day_from_which_it_was() {
        let day: NaiveDate = "2026-05-05".parse().unwrap();
        let korea = |known_by: &str| {
            let set = rule_sets::newest().set.clone().known_by(known_by.parse().unwrap());
            set.almanac.calendar("KR").unwrap().holiday(day).map(|name| name.map(String::from))
        };
        assert!(korea("2026-11-22").unwrap().is_some());
        let unknown = korea("2026-11-21").unwrap_err();
        assert_eq!(unknown.to_string(), "calendar KR covers nothing that was known, not 2026-05-05");
    }
}
