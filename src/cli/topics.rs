//! `obligo topics`: where cooperation on each topic stands, over all agreements.

use rules::topics::{Topic, topics};
use serde_json::Value;

use super::Context;
use super::args::Reading;
use super::status::{footer, markings};
use crate::error::Error;
use crate::report::json::{TopicJson, TopicStandingJson, TopicsJson};
use crate::report::{Cell, Report, Section, Tone};

#[derive(clap::Args)]
pub struct Args {
    /// Only this topic
    topic: Option<String>,

    #[command(flatten)]
    reading: Reading,
}

/// One row for a topic in an agreement.
const COLUMNS: &[(&str, &str)] = &[
    ("topic", "/topic"),
    ("agreement", "/id"),
    ("commitments", "/commitments"),
    ("acts", "/acts"),
    ("deliverables", "/deliverables"),
    ("last", "/last"),
    ("next", "/next"),
    ("handling", "/handling"),
];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let view = context.view(&context.reader()?, &position, None)?;
    let mut found = topics(&view.register, &view.docket);
    if let Some(wanted) = &args.topic {
        let known: Vec<String> = found.iter().map(|topic| topic.topic.clone()).collect();
        found.retain(|topic| topic.topic == *wanted);
        if found.is_empty() {
            let hint = rules::fault::nearest(wanted, known.iter().map(String::as_str));
            return Err(Error::refused("E0504", format!("`{wanted}` is not a topic of any agreement"), hint));
        }
    }
    let document = TopicsJson {
        schema: "obligo.topics.v1",
        as_of: position.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        rules: view.rules.held.set.id.clone(),
        handling: markings(&view),
        topics: found.iter().map(json).collect(),
    };
    let columns = vec!["TOPIC", "AGREEMENT", "COMMITMENTS", "ACTS", "DELIVERABLES", "LAST ACT", "NEXT"];
    let rows = found.iter().flat_map(rows).collect();
    let mut sections = vec![Section::Table { columns, rows }];
    sections.extend(footer(&view, &markings(&view)));
    args.reading.output.write(
        &Report::new(&document, "topics", COLUMNS).rows(flat(&document)).sections(sections).stamped(context.stamp(&view)),
    )?;
    Ok(0)
}

fn flat(document: &TopicsJson) -> Vec<Value> {
    let row = |topic: &TopicJson, standing: &TopicStandingJson| {
        let mut row = serde_json::to_value(standing).unwrap_or_default();
        row["topic"] = Value::String(topic.topic.clone());
        row["handling"] = document.handling.clone().into();
        row
    };
    document.topics.iter().flat_map(|topic| topic.agreements.iter().map(move |standing| row(topic, standing))).collect()
}

fn json(topic: &Topic) -> TopicJson {
    let agreements = topic.agreements.iter().map(|standing| TopicStandingJson {
        id: standing.id.clone(),
        commitments: standing.commitments,
        acts: standing.acts,
        deliverables: standing.deliverables,
        last: standing.last.clone(),
        next: standing.next.map(|day| day.to_string()),
    });
    TopicJson { topic: topic.topic.clone(), agreements: agreements.collect() }
}

fn rows(topic: &Topic) -> Vec<Vec<Cell>> {
    let row = |(place, standing): (usize, &rules::topics::Standing)| {
        let number = |count: usize| if count == 0 { Tone::Dim.of("0") } else { count.to_string().into() };
        vec![
            if place == 0 { Tone::Strong.of(&topic.topic) } else { "".into() },
            standing.id.as_str().into(),
            number(standing.commitments),
            number(standing.acts),
            number(standing.deliverables),
            standing.last.as_deref().unwrap_or("–").into(),
            standing.next.map_or("–".to_string(), |day| day.to_string()).into(),
        ]
    };
    topic.agreements.iter().enumerate().map(row).collect()
}
