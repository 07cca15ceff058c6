//! `obligo compute`: a deadline from a day and a period, step by step; `obligo compare`: the same under every regime.

use std::borrow::Cow;
use std::str::FromStr;

use events::DateSpec;
use rules::fault::{Fault, nearest};
use rules::time::calendar::Calendar;
use rules::time::compute::{Purpose, Quantifier};
use rules::time::regime::{Almanac, EffectDay, MissingDay, Regime};
use rules::time::then::ThenError;
use rules::time::{Answer, Clause, Counting, Span, compute};
use serde_json::Value;

use super::args::{self, Output};
use crate::clock;
use crate::error::Error;
use crate::report::json::{CompareJson, ComputeJson, StepJson};
use crate::report::{Cell, Report, Section, Tone};
use crate::rule_sets;

/// Arguments of `obligo compute`.
#[derive(clap::Args)]
pub struct Args {
    /// How the period is counted: a regime's id; frcp@2009-12-01 pins the edition of that day
    #[arg(long, value_name = "ID", default_value = "corresponding-date")]
    regime: String,

    #[command(flatten)]
    flags: Flags,

    #[command(flatten)]
    output: Output,
}

/// Arguments of `obligo compare`.
#[derive(clap::Args)]
pub struct CompareArgs {
    #[command(flatten)]
    flags: Flags,

    #[command(flatten)]
    output: Output,
}

/// What is to be computed, as it is typed.
#[derive(clap::Args)]
pub struct Flags {
    /// The day of the event; a vague one gives a range
    #[arg(long, value_name = "DATE")]
    from: String,

    /// How long: "6 months", "5 working days", "48 hours"; may be left out where --then says all
    #[arg(long, value_name = "PERIOD", required_unless_present = "then")]
    period: Option<String>,

    /// Count back from the event
    #[arg(long)]
    backward: bool,

    /// act: the last day to do something; effect: the first day of an effect [default: act]
    #[arg(long, value_name = "WHAT")]
    purpose: Option<PurposeWord>,

    /// exactly, at-least, clear, within [default: the regime's own]
    #[arg(long, value_name = "HOW")]
    quantifier: Option<QuantifierWord>,

    /// Whether an effect begins on the corresponding day or on the next [default: the regime's own]
    #[arg(long, value_name = "DAY")]
    effect: Option<EffectWord>,

    /// What a day means that the last month lacks [default: the regime's own]
    #[arg(long, value_name = "DAY")]
    missing_day: Option<MissingWord>,

    /// From the last day of a month to the last day of a month [default: the regime's own]
    #[arg(long, value_name = "true|false")]
    sticky: Option<bool>,

    /// What the clause adds: first-of-next-month, first-of-that-month, fixed-day=MM-DD
    #[arg(long, value_name = "WHAT")]
    then: Option<String>,

    /// The cut-off day of each year before which the fixed day is the next one
    #[arg(long, value_name = "MM-DD", requires = "then")]
    cutoff: Option<String>,

    /// No earlier than this day
    #[arg(long, value_name = "DATE")]
    not_before: Option<String>,

    /// Dispatched on the day, deemed received so much later
    #[arg(long, value_name = "PERIOD")]
    deemed_received_after: Option<String>,

    /// The day of the event is the first day counted
    #[arg(long)]
    count_trigger_day: bool,

    /// Whose holidays count; several: each party's own
    #[arg(long = "calendar", value_name = "ID")]
    calendars: Vec<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum PurposeWord {
    Act,
    Effect,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum QuantifierWord {
    Exactly,
    AtLeast,
    Clear,
    Within,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum EffectWord {
    SameDay,
    NextDay,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum MissingWord {
    Last,
    Next,
    Refuse,
}

/// Counts, and shows each step.
///
/// # Errors
/// [`Error::Refused`] for words that cannot be read.
pub fn run(args: Args) -> Result<u8, Error> {
    let almanac = &rule_sets::newest().set.almanac;
    let regime = regime(almanac, &args.regime)?;
    let answer = args.flags.question(almanac)?.under(&regime);
    args.output.write(&report(&regime, &answer).stamped(super::stamp_of_program()))?;
    Ok(0)
}

/// Counts under every regime.
///
/// # Errors
/// [`Error::Refused`] for words that cannot be read.
pub fn run_compare(args: CompareArgs) -> Result<u8, Error> {
    let almanac = &rule_sets::newest().set.almanac;
    let question = args.flags.question(almanac)?;
    let answers: Vec<(&Regime, Answer)> = almanac.regimes.iter().map(|regime| (regime, question.under(regime))).collect();
    let rows = answers.iter().map(|(regime, answer)| compared(regime, answer)).collect();
    let document = CompareJson {
        schema: "obligo.compare.v1",
        answers: answers.iter().map(|(regime, answer)| ComputeJson::of(regime, answer)).collect(),
    };
    let sections = vec![Section::Table { columns: vec!["REGIME", "DATE", "BY WHICH RULES", "UNDETERMINED", "TO KNOW"], rows }];
    let report = Report::new(&document, "answers", COLUMNS).sections(sections);
    args.output.write(&report.stamped(super::stamp_of_program()))?;
    Ok(0)
}

const COLUMNS: &[(&str, &str)] = &[
    ("regime", "/regime"),
    ("date", "/date"),
    ("earliest", "/earliest"),
    ("latest", "/latest"),
    ("ends_at", "/ends_at"),
    ("undetermined", "/undetermined"),
    ("warnings", "/warnings"),
];

/// The regime of that id.
///
/// # Errors
/// [`Error::Refused`] with the ones there are.
pub fn regime<'a>(almanac: &'a Almanac, id: &str) -> Result<Cow<'a, Regime>, Error> {
    let known = almanac.regimes.iter().map(|regime| regime.id.as_str());
    let unknown = || Fault::new("E0204", &["regime"], format!("`{id}` is not a regime")).hint(nearest(id, known));
    almanac.regime(id).ok_or_else(|| unknown().into())
}

/// The calendar of that id.
///
/// # Errors
/// [`Error::Refused`] with the ones there are.
pub fn calendar<'a>(almanac: &'a Almanac, id: &str) -> Result<&'a Calendar, Error> {
    let known = almanac.calendars.iter().map(|calendar| calendar.id.as_str());
    let unknown = || Fault::new("E0204", &["calendar"], format!("`{id}` is not a calendar")).hint(nearest(id, known));
    almanac.calendar(id).ok_or_else(|| unknown().into())
}

/// What is asked: a clause, the days that it counts from, and whose holidays count.
pub struct Question<'a> {
    from: Span,
    /// The day is said to be near that span, how near is not said.
    is_approximate: bool,
    clause: Clause,
    /// Whose holidays count. Several: each party's own.
    pub calendars: Vec<&'a Calendar>,
}

impl Question<'_> {
    /// The answer under a regime.
    pub fn under(&self, regime: &Regime) -> Answer {
        let counting = Counting { calendars: self.calendars.clone(), ..Counting::by(regime) };
        let mut answer = compute(self.from, &self.clause, &counting);
        let library =
            self.calendars.iter().filter(|calendar| calendar.latest().is_some_and(|edition| edition.status == "library"));
        answer
            .warnings
            .extend(library.map(|calendar| format!("the holidays of {} are a library's list, not an official one", calendar.id)));
        if self.is_approximate {
            answer.undetermined = Some("the day of the event is only said to be near, and how near is not said".into());
        }
        answer
    }
}

impl Flags {
    /// The question that they ask.
    ///
    /// # Errors
    /// [`Error::Refused`] for a date, a period, a day of the year or a calendar that cannot be read.
    pub fn question<'a>(&self, almanac: &'a Almanac) -> Result<Question<'a>, Error> {
        let today = clock::today()?;
        let from = args::date(&self.from, today)?;
        let calendars = self.calendars.iter().map(|id| calendar(almanac, id)).collect::<Result<_, _>>()?;
        let clause = Clause {
            period: self.period.as_ref().map(|text| args::period(text)).transpose()?,
            backward: self.backward,
            purpose: match self.purpose {
                None | Some(PurposeWord::Act) => Purpose::Act,
                Some(PurposeWord::Effect) => Purpose::Effect,
            },
            quantifier: self.quantifier.map(|word| match word {
                QuantifierWord::Exactly => Quantifier::Exactly,
                QuantifierWord::AtLeast => Quantifier::AtLeast,
                QuantifierWord::Clear => Quantifier::Clear,
                QuantifierWord::Within => Quantifier::Within,
            }),
            effect: self.effect.map(|word| match word {
                EffectWord::SameDay => EffectDay::SameDay,
                EffectWord::NextDay => EffectDay::NextDay,
            }),
            missing_day: self.missing_day.map(|word| match word {
                MissingWord::Last => MissingDay::Last,
                MissingWord::Next => MissingDay::Next,
                MissingWord::Refuse => MissingDay::Refuse,
            }),
            sticky: self.sticky,
            then: self.then.as_deref().map(read_then).transpose()?,
            cutoff: self.cutoff.as_deref().map(read_then).transpose()?,
            not_before: self.not_before.as_ref().map(|text| args::day(text, today)).transpose()?,
            deemed_received_after: self.deemed_received_after.as_ref().map(|text| args::plain_period(text)).transpose()?,
            count_trigger_day: self.count_trigger_day,
        };
        Ok(Question { from: bounds(&from)?, is_approximate: from.is_approximate(), clause, calendars })
    }
}

fn bounds(from: &DateSpec) -> Result<Span, Error> {
    let (earliest, latest) = from.bounds().ok_or_else(|| {
        Error::refused(
            "E0303",
            format!("`{from}` has no first and last day to count from"),
            "give a day, a month, a quarter, a year or a range",
        )
    })?;
    Ok(Span { earliest, latest })
}

/// What a clause adds, or a day of the year.
fn read_then<T: FromStr<Err = ThenError>>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|error: ThenError| Error::refused(error.code(), error.to_string(), error.hint()))
}

impl ComputeJson {
    /// The answer under a regime.
    pub fn of(regime: &Regime, answer: &Answer) -> Self {
        let words = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
        ComputeJson {
            schema: "obligo.compute.v1",
            regime: regime.id.clone(),
            date: words(answer.date()),
            earliest: words(answer.earliest),
            latest: words(answer.latest),
            ends_at: answer.ends_at.clone(),
            steps: answer.steps.iter().map(StepJson::from).collect(),
            warnings: answer.warnings.clone(),
            undetermined: answer.undetermined.clone(),
        }
    }
}

/// The date, or the days it lies between.
fn when(answer: &Answer) -> Cell {
    match (answer.date(), answer.earliest, answer.latest) {
        (Some(date), ..) => Tone::Strong.of(date.to_string()),
        (None, Some(earliest), Some(latest)) => {
            // Near a day, how near is not said: neither end is one.
            let near = answer.undetermined.as_deref().is_some_and(|why| why.contains("said to be near"));
            let perhaps = if near || earliest == latest { "perhaps " } else { "" };
            Tone::Warning.of(format!("{perhaps}{}", Span { earliest, latest }.words()))
        }
        _ => Tone::Warning.of("past the calendar"),
    }
}

fn report(regime: &Regime, answer: &Answer) -> Report {
    let mut sections = vec![Section::Line(vec![when(answer), Tone::Dim.of(format!("   {}", regime.name))])];
    if let Some(missing) = &answer.undetermined {
        sections.push(Section::Line(vec![Tone::Warning.of(format!("? undetermined: {missing}"))]));
    }
    if !answer.ends_at.is_empty() {
        sections.push(Section::line(format!("Until {}, in the clock of the place concerned", answer.ends_at)));
    }
    sections.push(Section::Heading("Counted".into()));
    let row = |(number, step): (usize, &rules::time::compute::Step)| {
        vec![number.to_string().into(), step.text.as_str().into(), step.rule.as_str().into(), Tone::Dim.of(&step.source)]
    };
    let rows = answer.steps.iter().enumerate().map(|(place, step)| row((place + 1, step))).collect();
    sections.push(Section::Table { columns: vec!["", "STEP", "RULE", "SOURCE"], rows });
    sections.extend(answer.warnings.iter().map(|warning| Section::Line(vec![Tone::Warning.of(format!("! {warning}"))])));
    let document = ComputeJson::of(regime, answer);
    let row = serde_json::to_value(&document).unwrap_or(Value::Null);
    Report::new(&document, "", COLUMNS).rows(vec![row]).sections(sections)
}

fn compared(regime: &Regime, answer: &Answer) -> Vec<Cell> {
    let mut rules: Vec<&str> =
        answer.steps.iter().map(|step| step.rule.as_str()).filter(|rule| !rule.is_empty() && *rule != "none").collect();
    rules.dedup();
    vec![
        regime.id.as_str().into(),
        when(answer),
        Tone::Dim.of(rules.join("; ")),
        answer.undetermined.as_deref().unwrap_or_default().into(),
        answer.warnings.join("; ").into(),
    ]
}
