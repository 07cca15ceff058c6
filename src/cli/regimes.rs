//! `obligo regimes` and `obligo calendars`: what the program counts by, where it is from, and how far it reaches.

use rules::time::calendar::Calendar;
use rules::time::regime::{Edition, Regime};

use super::args::Output;
use super::compute;
use crate::error::Error;
use crate::report::json::{CalendarJson, CalendarsJson, HolidayJson, RegimesJson, RuleJson};
use crate::report::{Cell, Report, Section, Tone};
use crate::rule_sets;

#[derive(clap::Args)]
pub struct Args {
    /// Only this one, with everything it holds
    id: Option<String>,

    #[command(flatten)]
    output: Output,
}

const REGIME_COLUMNS: &[(&str, &str)] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("from", "/from"),
    ("rule", "/rule"),
    ("value", "/value"),
    ("article", "/article"),
    ("source", "/source"),
];
const CALENDAR_COLUMNS: &[(&str, &str)] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("first_year", "/first_year"),
    ("last_year", "/last_year"),
    ("holidays", "/holidays"),
    ("known_from", "/known_from"),
    ("status", "/status"),
    ("source", "/source"),
];
const DAY_COLUMNS: &[(&str, &str)] = &[("on", "/on"), ("name", "/name"), ("status", "/status")];

pub fn run(args: Args) -> Result<u8, Error> {
    let almanac = &rule_sets::newest().set.almanac;
    let report = match &args.id {
        None => all_regimes(&almanac.regimes),
        Some(id) => one_regime(&*compute::regime(almanac, id)?),
    };
    args.output.write(&report.stamped(super::stamp_of_program()))?;
    Ok(0)
}

pub fn run_calendars(args: Args) -> Result<u8, Error> {
    let almanac = &rule_sets::newest().set.almanac;
    let report = match &args.id {
        None => all_calendars(&almanac.calendars),
        Some(id) => one_calendar(compute::calendar(almanac, id)?),
    };
    args.output.write(&report.stamped(super::stamp_of_program()))?;
    Ok(0)
}

fn all_regimes(regimes: &[Regime]) -> Report {
    let row = |regime: &Regime| vec![Cell::from(regime.id.as_str()), regime.name.as_str().into(), regime.about.as_str().into()];
    let document = RegimesJson { schema: "obligo.regimes.v1", rules: regimes.iter().flat_map(all_rules).collect() };
    let table = Section::Table { columns: vec!["ID", "NAME", "WHEN IT APPLIES"], rows: regimes.iter().map(row).collect() };
    let note = Section::note("Nothing here is legal advice. `obligo regimes ID` shows each rule with its article.");
    Report::new(&document, "rules", REGIME_COLUMNS).sections(vec![table, note])
}

fn all_rules(regime: &Regime) -> Vec<RuleJson> {
    regime.editions.iter().flat_map(|edition| rules(regime, edition)).collect()
}

fn one_regime(regime: &Regime) -> Report {
    let mut sections = vec![Section::Line(vec![Tone::Strong.of(&regime.name)]), Section::line(&regime.about)];
    for edition in &regime.editions {
        let from = edition.from.map_or("Edition".into(), |from| format!("Edition from {from}"));
        sections.push(Section::Heading(from));
        let row = |rule: RuleJson| vec![rule.rule.into(), rule.value.into(), rule.article.into(), Tone::Dim.of(rule.source)];
        let rows = rules(regime, edition).into_iter().map(row).collect();
        sections.push(Section::Table { columns: vec!["RULE", "VALUE", "ARTICLE", "SOURCE"], rows });
    }
    let document = RegimesJson { schema: "obligo.regimes.v1", rules: all_rules(regime) };
    Report::new(&document, "rules", REGIME_COLUMNS).sections(sections)
}

/// One row for each rule of an edition.
fn rules(regime: &Regime, edition: &Edition) -> Vec<RuleJson> {
    use rules::time::regime::{AtLeast, EffectDay, MissingDay, RollBack, ShortPeriod};
    let row = |rule: &str, value: String, article: &str, source: &str| RuleJson {
        id: regime.id.clone(),
        name: regime.name.clone(),
        about: regime.about.clone(),
        from: edition.from.map(|from| from.to_string()),
        rule: rule.into(),
        value,
        article: article.into(),
        source: source.into(),
    };
    let Edition { trigger_day_counted, missing_day, sticky, ends_at, effect, at_least, backward, roll, short_period, .. } =
        edition;
    let counted = if trigger_day_counted.value { "counted" } else { "not counted" };
    let missing = match missing_day.value {
        MissingDay::Last => "the last day of the month",
        MissingDay::Next => "the first day of the next month",
        MissingDay::Refuse => "not settled",
    };
    let begins = match effect.value {
        EffectDay::SameDay => "on the corresponding day",
        EffectDay::NextDay => "on the day after the corresponding day",
    };
    let least = match at_least.value {
        AtLeast::CorrespondingDay => "the corresponding day satisfies it",
        AtLeast::DayAfter => "the day after the corresponding day satisfies it",
    };
    let moves = match backward.value.roll {
        RollBack::None => "no roll",
        RollBack::Preceding => "rolls to the day before",
        RollBack::Following => "rolls to the day after",
    };
    let back = format!("{}, {moves}", if backward.value.clear { "clear days" } else { "not clear" });
    let mut rows = vec![
        row("day of the event", counted.into(), &trigger_day_counted.article, &trigger_day_counted.source),
        row("missing day", missing.into(), &missing_day.article, &missing_day.source),
        row("month ends stick", sticky.value.to_string(), &sticky.article, &sticky.source),
        row("ends at", ends_at.value.clone(), &ends_at.article, &ends_at.source),
        row("effect begins", begins.into(), &effect.article, &effect.source),
        row("at least", least.into(), &at_least.article, &at_least.source),
        row("counting back", back, &backward.article, &backward.source),
    ];
    match roll {
        None => rows.push(row("roll of a last day", "none".into(), "", "")),
        Some(roll) => {
            let mut days: Vec<String> = roll.value.weekdays.iter().map(|day| format!("{day}")).collect();
            days.extend(roll.value.holidays.then(|| "holidays".to_string()));
            let only = roll.value.condition.as_ref().map(|condition| format!(", only {condition}")).unwrap_or_default();
            rows.push(row(
                "roll of a last day",
                format!("from {}{only}; acts alone", days.join(", ")),
                &roll.article,
                &roll.source,
            ));
        }
    }
    if let Some(short) = short_period {
        let value = match short.value {
            ShortPeriod::SkipNonWorking { upto_days } => {
                format!("up to {upto_days} days: days that are no working days do not count")
            }
            ShortPeriod::TwoWorkingDays { from_days } => format!("from {from_days} days: at least two working days in it"),
        };
        rows.push(row("short periods", value, &short.article, &short.source));
    }
    rows
}

fn all_calendars(calendars: &[Calendar]) -> Report {
    let found: Vec<CalendarJson> = calendars.iter().filter_map(|calendar| json(calendar, false)).collect();
    let row = |calendar: &CalendarJson| {
        let tone = if calendar.status == "official" { Tone::Good } else { Tone::Warning };
        vec![
            Cell::from(calendar.id.as_str()),
            calendar.name.as_str().into(),
            format!("{}–{}", calendar.first_year, calendar.last_year).into(),
            calendar.holidays.to_string().into(),
            tone.of(&calendar.status),
            calendar.known_from.as_str().into(),
            Tone::Dim.of(&calendar.source),
        ]
    };
    let columns = vec!["ID", "NAME", "YEARS", "DAYS", "STATUS", "KNOWN FROM", "SOURCE"];
    let table = Section::Table { columns, rows: found.iter().map(row).collect() };
    let note = "Outside its years a calendar answers “not covered”, never “working day”. `library` is not official: check before you lean on it.";
    let document = CalendarsJson { schema: "obligo.calendars.v1", calendars: found };
    Report::new(&document, "calendars", CALENDAR_COLUMNS).sections(vec![table, Section::note(note)])
}

fn json(calendar: &Calendar, with_days: bool) -> Option<CalendarJson> {
    let edition = calendar.latest()?;
    let day = |(on, (name, status)): (&chrono::NaiveDate, &(String, Option<String>))| HolidayJson {
        on: on.to_string(),
        name: name.clone(),
        status: status.clone().unwrap_or_else(|| edition.status.clone()),
    };
    Some(CalendarJson {
        id: calendar.id.clone(),
        name: calendar.name.clone(),
        first_year: edition.covers.0,
        last_year: edition.covers.1,
        holidays: edition.days.len(),
        known_from: edition.known_from.to_string(),
        status: edition.status.clone(),
        source: edition.source.clone(),
        days: if with_days { edition.days.iter().map(day).collect() } else { Vec::new() },
    })
}

fn one_calendar(calendar: &Calendar) -> Report {
    let found: Vec<CalendarJson> = json(calendar, true).into_iter().collect();
    let days: Vec<HolidayJson> = found.iter().flat_map(|calendar| calendar.days.clone()).collect();
    let rows =
        days.iter().map(|day| vec![day.on.as_str().into(), day.name.as_str().into(), day.status.as_str().into()]).collect();
    let values = days.iter().filter_map(|day| serde_json::to_value(day).ok()).collect();
    let heading = Section::Line(vec![Tone::Strong.of(&calendar.name)]);
    let table = Section::Table { columns: vec!["DAY", "NAME", "STATUS"], rows };
    let document = CalendarsJson { schema: "obligo.calendars.v1", calendars: found };
    Report::new(&document, "calendars", DAY_COLUMNS).rows(values).sections(vec![heading, table])
}
