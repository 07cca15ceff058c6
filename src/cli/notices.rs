//! `obligo notices`: every notice and every consent, with the day that its clause gives beside the day that was stated. Where the two
//! differ, the clause was read otherwise by whoever stated it, or a record is wrong.

use rules::docket::{Due, Line, Reckoned, Verdict};

use super::args::Reading;
use super::status::footer;
use super::{Context, lookup};
use crate::derived::answers::together;
use crate::error::Error;
use crate::report::json::{self, NoticeEntryJson, NoticesJson, ScoreJson};
use crate::report::{Cell, Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// Only those of this agreement
    agreement: Option<String>,

    #[command(flatten)]
    reading: Reading,
}

const COLUMNS: &[(&str, &str)] = &[
    ("id", "/id"),
    ("by", "/by"),
    ("counted_from", "/counted_from"),
    ("from_earliest", "/from/earliest"),
    ("from_latest", "/from/latest"),
    ("clause_earliest", "/clause/earliest"),
    ("clause_latest", "/clause/latest"),
    ("stated_earliest", "/stated/earliest"),
    ("stated_latest", "/stated/latest"),
    ("verdict", "/verdict"),
    ("label", "/label"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let register = context.reader()?;
    let view = context.view(&register, &position, args.agreement.as_deref())?;
    if let Some(agreement) = args.agreement.as_ref().filter(|id| !view.register.agreements.contains_key(*id)) {
        lookup::agreement(&context.view(&register, &position, None)?, agreement)?;
    }
    let lines: Vec<(&Line, &Reckoned)> =
        view.docket.entries.iter().filter_map(|line| Some((line, line.reckoned.as_ref()?))).collect();
    let count = |wanted: Verdict| lines.iter().filter(|(_, reckoned)| reckoned.verdict() == wanted).count();
    let stated = lines.iter().filter(|(_, reckoned)| reckoned.stated.is_some()).count();
    let score = ScoreJson {
        stated,
        agrees: count(Verdict::Agrees),
        within: count(Verdict::Within),
        differs: count(Verdict::Differs),
        no_date: count(Verdict::NoDate),
        not_stated: count(Verdict::NotStated),
    };
    let document = NoticesJson {
        schema: "obligo.notices.v1",
        as_of: position.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        rules: view.rules.held.set.id.clone(),
        handling: together(lines.iter().map(|(line, _)| line.handling.as_slice())),
        entries: lines.iter().map(|(line, reckoned)| NoticeEntryJson::of(line, reckoned)).collect(),
        score,
    };
    let mut sections = Vec::new();
    if lines.is_empty() {
        sections.push(Section::line("No notice and no consent is recorded."));
    } else {
        let columns = vec!["", "NOTICE OR CONSENT", "BY", "COUNTED FROM", "THE CLAUSE GIVES", "STATED", "TAKES EFFECT", "STATE"];
        sections.push(Section::Table { columns, rows: lines.iter().map(|(line, reckoned)| row(line, reckoned)).collect() });
        sections.push(Section::line(told(&document.score)));
    }
    sections.extend(footer(&view, &document.handling));
    args.reading.output.write(&Report::new(&document, "entries", COLUMNS).sections(sections).stamped(context.stamp(&view)))?;
    Ok(0)
}

/// `55 of 61 stated days are the day that the clause gives; …`.
fn told(score: &ScoreJson) -> String {
    let ScoreJson { stated, agrees, within, differs, no_date, not_stated } = score;
    let others = [
        (within, "among the days that it leaves open"),
        (differs, "on another day than it gives"),
        (no_date, "where it gives no date"),
    ];
    let others: String =
        others.iter().filter(|(count, _)| **count > 0).map(|(count, what)| format!("; {count} {what}")).collect();
    if *stated == 0 {
        let all = if *not_stated == 1 { "1 notice or consent".into() } else { format!("{not_stated} notices and consents") };
        return format!("No day of effect was stated; {all}.");
    }
    let rest = match not_stated {
        0 => String::new(),
        1 => " Of one more no day was stated.".into(),
        more => format!(" Of {more} more no day was stated."),
    };
    match (stated, agrees) {
        (1, 1) => format!("The one stated day is the day that the clause gives.{rest}"),
        (1, _) => format!("The one stated day is not the day that the clause gives{others}.{rest}"),
        (_, 1) => format!("Of {stated} stated days 1 is the day that the clause gives{others}.{rest}"),
        (_, 0) => format!("Of {stated} stated days none is the day that the clause gives{others}.{rest}"),
        _ => format!("Of {stated} stated days {agrees} are the day that the clause gives{others}.{rest}"),
    }
}

fn row(line: &Line, reckoned: &Reckoned) -> Vec<Cell> {
    let (sign, tone) = match reckoned.verdict() {
        Verdict::Agrees => ("✓", Tone::Good),
        Verdict::Within => ("·", Tone::Plain),
        Verdict::Differs => ("✗", Tone::Bad),
        Verdict::NoDate => ("?", Tone::Warning),
        Verdict::NotStated => ("–", Tone::Dim),
    };
    let takes_effect = json::takes_effect(line);
    let from = reckoned.from.map_or_else(|| "–".to_string(), |from| from.words());
    vec![
        tone.of(sign),
        line.id.as_str().into(),
        line.by.join(", ").into(),
        format!("{} {from}", reckoned.counted_from.join(" or ")).trim().into(),
        reckoned.clause.map_or_else(|| "no date".to_string(), |clause| clause.words()).into(),
        reckoned.stated.map_or_else(|| "–".to_string(), |stated| stated.words()).into(),
        if takes_effect == Due::default() { "–".into() } else { words::due(takes_effect).into() },
        words::label(line),
    ]
}
