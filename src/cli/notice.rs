//! `obligo notice`: until when notice must be given for an end that is wanted, or what a notice of a day would do; each reading, each
//! step with its source, the clocks of those concerned.

use rules::notice::outlook::{self, Outlook, Reading as Read, Wish};
use rules::notice::terms::CountedFrom;
use rules::register::Agreement;
use rules::time::Span;
use rules::time::compute::Step;
use rules::time::regime::EffectDay;
use serde_json::Value;

use super::args::{self, Reading};
use super::status::footer;
use super::{Context, lookup};
use crate::app::View;
use crate::clock;
use crate::error::Error;
use crate::report::json::{AskedJson, ClockJson, NoticeOutlookJson, OutlookJson, ReadingJson, RemarkJson, StepJson};
use crate::report::{Cell, Report, Section, Tone};
use crate::zones::{self, DayEnd, Place, places};

#[derive(clap::Args)]
pub struct Args {
    /// The agreement
    agreement: String,

    /// The first day without it is to be this day at the latest: until when must notice be given?
    #[arg(long, value_name = "DATE", allow_hyphen_values = true, required_unless_present = "given", conflicts_with_all = ["given", "received"])]
    to_end_on: Option<String>,

    /// Notice is given on this day: when does it take effect? A vague date gives a range, and an instant (2026-08-31T23:30+09:00) the
    /// day that it is in each party's clock
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    given: Option<String>,

    /// The day it is received, if that is another
    #[arg(long, value_name = "DATE", allow_hyphen_values = true, requires = "given")]
    received: Option<String>,

    /// Only this power, by its provision
    #[arg(long, value_name = "PROVISION")]
    power: Option<String>,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let register = context.reader()?;
    let view = context.view(&register, &position, Some(&args.agreement))?;
    let Some(agreement) = view.register.agreements.get(&args.agreement) else {
        lookup::agreement(&context.view(&register, &position, None)?, &args.agreement)?;
        return Ok(0);
    };
    let seen = agreement.on(position.as_of);
    let wish = args.wish(&seen)?;
    let rules = view.rules.set();
    let mut powers = outlook::outlook(agreement, &rules.almanac, position.as_of, wish);
    if let Some(wanted) = &args.power {
        let known: Vec<String> = powers.iter().map(|outlook| outlook.power.clone()).collect();
        powers.retain(|outlook| outlook.power == *wanted || outlook.reference == *wanted);
        if powers.is_empty() {
            let hint = rules::fault::nearest(wanted, known.iter().map(String::as_str));
            let what = format!("`{wanted}` is no power to end {} by notice", agreement.id);
            return Err(Error::refused("E0504", what, hint));
        }
    }
    args.reading.output.write(&report(&view, &seen, wish, &powers).stamped(context.stamp(&view)))?;
    Ok(0)
}

impl Args {
    fn wish(&self, agreement: &Agreement) -> Result<Wish, Error> {
        let today = clock::today()?;
        let places = places(agreement);
        if let Some(end) = &self.to_end_on {
            return Ok(Wish::EndBy(args::day(end, today)?));
        }
        let span = |text: &String| -> Result<Span, Error> {
            let offset = text.strip_suffix('Z').map_or_else(|| text.clone(), |text| format!("{text}+00:00"));
            let minutes = || chrono::DateTime::parse_from_str(&offset, "%Y-%m-%dT%H:%M%:z");
            if let Ok(instant) = chrono::DateTime::parse_from_rfc3339(text).or_else(|_| minutes()) {
                return Ok(zones::days_of(instant, &places));
            }
            let date = args::date(text, today)?;
            let bounds = date.bounds().filter(|_| !date.is_approximate());
            let (earliest, latest) = bounds.ok_or_else(|| {
                Error::refused(
                    "E0303",
                    format!("`{date}` has no first and last day to count from"),
                    "give a day, a month or a range",
                )
            })?;
            Ok(Span { earliest, latest })
        };
        let given = self.given.as_ref().map(&span).transpose()?.unwrap_or_else(|| Span::day(today));
        let received = self.received.as_ref().map(&span).transpose()?;
        if let Some(received) = received.filter(|received| received.latest < given.earliest) {
            let what = format!("`{}` is before the day the notice is given, {}", received.words(), given.words());
            return Err(Error::refused("E0413", what, "a notice is received on the day it is given or later"));
        }
        Ok(Wish::Given { given, received })
    }
}

const COLUMNS: &[(&str, &str)] = &[
    ("power", "/power"),
    ("paragraph", "/paragraph"),
    ("counted_from", "/counted_from"),
    ("effect", "/effect"),
    ("from_earliest", "/from/earliest"),
    ("from_latest", "/from/latest"),
    ("ends_earliest", "/ends/earliest"),
    ("ends_latest", "/ends/latest"),
    ("subtracted", "/subtracted"),
    ("undetermined", "/undetermined"),
];

fn report(view: &View, agreement: &Agreement, wish: Wish, powers: &[Outlook]) -> Report {
    let places = places(agreement);
    let undetermined =
        powers.is_empty().then(|| format!("no provision of {} that is recorded gives a power to end it by notice", agreement.id));
    let (to_end_on, given, received) = match wish {
        Wish::EndBy(end) => (Some(end.to_string()), None, None),
        Wish::Given { given, received } => (None, Some(given.words()), received.map(Span::words)),
    };
    let about = agreement.about();
    let document = NoticeOutlookJson {
        schema: "obligo.notice.v1",
        as_of: view.docket.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        rules: view.rules.held.set.id.clone(),
        agreement: agreement.id.clone(),
        reckoning: about.reckoning.clone(),
        calendars: about.calendars.clone(),
        asked: AskedJson { to_end_on, given, received },
        powers: powers.iter().map(|outlook| json(outlook, &clocks(outlook, wish, &places))).collect(),
        undetermined: undetermined.clone(),
    };
    let mut sections = Vec::new();
    sections.extend(undetermined.map(|missing| Section::Line(vec![Tone::Warning.of(format!("? undetermined: {missing}"))])));
    for outlook in powers {
        sections.extend(told(outlook, wish, &about.reckoning));
        let ends = clocks(outlook, wish, &places);
        if ends.len() > 1 {
            sections.extend(clock_sections(wish, &ends));
        }
    }
    if let Some(line) = view.docket.agreement(&agreement.id) {
        sections.extend(footer(view, &line.handling));
    }
    let rows = document.powers.iter().flat_map(|power| power.readings.iter().map(|reading| row(power, reading))).collect();
    Report::new(&document, "powers", COLUMNS).rows(rows).sections(sections)
}

fn row(power: &OutlookJson, reading: &ReadingJson) -> Value {
    let mut row = serde_json::to_value(reading).unwrap_or_default();
    row["power"] = Value::String(power.power.clone());
    row["paragraph"] = Value::String(power.paragraph.clone());
    row
}

/// The clocks at the end of the day that matters: the last day for a notice, or the last day with the agreement.
fn clocks(outlook: &Outlook, wish: Wish, places: &[Place]) -> Vec<DayEnd> {
    let day = match wish {
        Wish::EndBy(_) => outlook.last_day.map(|day| day.earliest),
        Wish::Given { .. } => outlook.first_end.and_then(|end| end.earliest.pred_opt()),
    };
    day.map(|day| zones::day_ends(day, places)).unwrap_or_default()
}

fn told(outlook: &Outlook, wish: Wish, regime: &str) -> Vec<Section> {
    let what = match (outlook.is_against_renewal, outlook.is_withdrawal) {
        (true, _) => "notice against renewal of the term",
        (false, true) => "notice of withdrawal, each party for itself",
        (false, false) => "notice of termination",
    };
    let form = outlook.form.as_ref().map(|form| format!(", {form}")).unwrap_or_default();
    let mut sections = vec![headline(outlook, wish)];
    sections.push(Section::line(format!("{} of the text: {what}{form} · counted by {regime}", outlook.reference)));
    if let Some(missing) = &outlook.undetermined {
        sections.push(Section::Line(vec![Tone::Warning.of(format!("? undetermined: {missing}"))]));
    }
    sections.extend(careful(outlook));
    if outlook.readings.len() > 1 {
        sections.push(Section::Heading("Readings".into()));
        let columns = match wish {
            Wish::EndBy(_) => vec!["COUNTED FROM", "BY", "FIRST END", "COUNTING BACK"],
            Wish::Given { .. } => vec!["COUNTED FROM", "THAT IS", "FIRST END"],
        };
        let rows = outlook.readings.iter().map(|reading| reading_row(reading, wish)).collect();
        sections.push(Section::Table { columns, rows });
    }
    for (place, reading) in outlook.readings.iter().enumerate() {
        // Two readings that count alike are counted once on the screen.
        let before = &outlook.readings[..place];
        if before.iter().any(|other| other.steps == reading.steps) || reading.steps.is_empty() {
            continue;
        }
        let heading = if outlook.readings.len() > 1 { format!("Counted from {}", words(reading)) } else { "Counted".into() };
        sections.push(Section::Heading(heading));
        sections.push(steps(&reading.steps));
    }
    let warnings: Vec<&String> = outlook.readings.iter().flat_map(|reading| &reading.warnings).collect();
    let distinct = warnings.iter().enumerate().filter(|(place, warning)| !warnings[..*place].contains(warning));
    sections.extend(distinct.map(|(_, warning)| Section::Line(vec![Tone::Warning.of(format!("! {warning}"))])));
    if !outlook.remarks.is_empty() {
        sections.push(Section::Heading("Also".into()));
        sections.push(steps(&outlook.remarks));
    }
    sections
}

fn headline(outlook: &Outlook, wish: Wish) -> Section {
    let weekday = |span: Span| match span.exact() {
        Some(day) => format!("{} {day}", day.format("%A")),
        None => span.words(),
    };
    let counts_receipt = outlook.is_against_renewal
        && !outlook.readings.is_empty()
        && outlook.readings.iter().all(|reading| reading.counted_from == CountedFrom::Received);
    let of = if counts_receipt { "of receipt" } else { "for notice" };
    let text = match (wish, outlook.last_day, outlook.first_end) {
        (Wish::EndBy(end), Some(last), _) => format!("Last day {of}, to end by {end}: {}", weekday(last)),
        (Wish::EndBy(end), None, _) => format!("Last day {of}, to end by {end}: none that can be told"),
        (Wish::Given { given, .. }, _, Some(end)) => {
            format!("Notice of {}: first day without it {}", given.words(), weekday(end))
        }
        (Wish::Given { given, .. }, _, None) => format!("Notice of {}: no day that can be told", given.words()),
    };
    Section::Line(vec![Tone::Strong.of(text)])
}

/// What officers do by hand, where it misleads.
fn careful(outlook: &Outlook) -> Option<Section> {
    let last = outlook.last_day?.earliest;
    let wrong = outlook.readings.iter().filter_map(|reading| reading.subtracted).find(|day| *day != last)?;
    let days = (last - wrong).num_days();
    let off = match days {
        1 => "one day too early".to_string(),
        -1 => "one day too late".to_string(),
        days if days > 0 => format!("{days} days too early"),
        days => format!("{} days too late", -days),
    };
    Some(Section::Line(vec![Tone::Warning.of(format!("! Careful: counting back gives {wrong}, {off}."))]))
}

fn words(reading: &Read) -> String {
    let effect = match reading.effect {
        None => "",
        Some(EffectDay::SameDay) => ", effect on the corresponding day",
        Some(EffectDay::NextDay) => ", effect on the day after",
    };
    format!("{}{effect}", reading.counted_from.words())
}

fn reading_row(reading: &Read, wish: Wish) -> Vec<Cell> {
    let span = |span: Option<Span>| -> Cell {
        match (span, &reading.undetermined) {
            (Some(span), _) => span.words().into(),
            (None, Some(missing)) => Tone::Warning.of(format!("? {missing}")),
            (None, None) => "–".into(),
        }
    };
    let mut row = vec![words(reading).into(), span(reading.from), span(reading.ends)];
    if matches!(wish, Wish::EndBy(_)) {
        row.push(reading.subtracted.map_or("–".to_string(), |day| day.to_string()).into());
    }
    row
}

fn steps(steps: &[Step]) -> Section {
    let row = |(place, step): (usize, &Step)| {
        vec![(place + 1).to_string().into(), step.text.as_str().into(), step.rule.as_str().into(), Tone::Dim.of(&step.source)]
    };
    Section::Table { columns: vec!["", "STEP", "RULE", "SOURCE"], rows: steps.iter().enumerate().map(row).collect() }
}

fn clock_sections(wish: Wish, ends: &[DayEnd]) -> Vec<Section> {
    let heading = match wish {
        Wish::EndBy(_) => "When the last day ends, in each party's clock",
        Wish::Given { .. } => "When the last day with the agreement ends, in each party's clock",
    };
    let row = |end: &DayEnd| {
        let elsewhere: Vec<String> = end.elsewhere.iter().map(|(other, clock)| format!("{clock} for {}", other.who)).collect();
        vec![
            end.place.who.as_str().into(),
            end.place.zone.name().into(),
            format!("24:00 (UTC{})", end.offset()).into(),
            elsewhere.join(", ").into(),
        ]
    };
    let columns = vec!["DAY OF", "ZONE", "ENDS AT", "WHICH IS"];
    let whose = "The text does not say whose day it is; before the first of these it is in time by every clock.";
    vec![Section::Heading(heading.into()), Section::Table { columns, rows: ends.iter().map(row).collect() }, Section::note(whose)]
}

fn json(outlook: &Outlook, ends: &[DayEnd]) -> OutlookJson {
    let reading = |reading: &Read| ReadingJson {
        counted_from: reading.counted_from.word(),
        effect: reading.effect.map(|effect| match effect {
            EffectDay::SameDay => "same-day",
            EffectDay::NextDay => "next-day",
        }),
        from: reading.from.map(Into::into),
        ends: reading.ends.map(Into::into),
        subtracted: reading.subtracted.map(|day| day.to_string()),
        steps: reading.steps.iter().map(StepJson::from).collect(),
        warnings: reading.warnings.clone(),
        undetermined: reading.undetermined.clone(),
    };
    let clock = |end: &DayEnd| ClockJson {
        of: end.place.who.clone(),
        zone: end.place.zone.name(),
        day_ends_at: end.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        elsewhere: end.elsewhere.iter().map(|(other, clock)| RemarkJson { of: other.who.clone(), text: clock.clone() }).collect(),
    };
    OutlookJson {
        power: outlook.power.clone(),
        paragraph: outlook.reference.clone(),
        by: outlook.by.clone(),
        form: outlook.form.clone(),
        ends: match (outlook.is_against_renewal, outlook.is_withdrawal) {
            (true, _) => "renewal",
            (false, true) => "participation",
            (false, false) => "agreement",
        },
        last_day: outlook.last_day.map(Into::into),
        first_end: outlook.first_end.map(Into::into),
        readings: outlook.readings.iter().map(reading).collect(),
        remarks: outlook.remarks.iter().map(StepJson::from).collect(),
        clocks: ends.iter().map(clock).collect(),
        undetermined: outlook.undetermined.clone(),
    }
}
