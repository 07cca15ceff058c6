//! `obligo residual`: what would discharge a line now, and why it is not discharged yet.

use rules::residual::residual;

use super::args::Reading;
use super::status::footer;
use super::{Context, lookup};
use crate::error::Error;
use crate::report::json::ResidualJson;
use crate::report::{Report, Section, Tone, words};

#[derive(clap::Args)]
pub struct Args {
    /// Id of a line: uk-kr-dp/forum-2026
    id: String,

    #[command(flatten)]
    reading: Reading,
}

const COLUMNS: &[(&str, &str)] = &[("id", "/id"), ("discharged", "/discharged"), ("why", "/why")];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let view = context.view(&context.reader()?, &position, None)?;
    let line = lookup::line(&view.docket, &args.id)?;
    let left = residual(line);
    let document = ResidualJson {
        schema: "obligo.residual.v1",
        as_of: position.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        rules: rules::RULES,
        id: line.id.clone(),
        label: line.label.clone(),
        discharged: left.is_discharged,
        why: left.why.clone(),
        by: left.by.clone(),
        how: left.how.clone(),
    };
    let mut sections = vec![
        Section::Line(vec![Tone::Strong.of(&line.what)]),
        Section::Line(vec![words::label(line)]),
        Section::line(format!("{}: {}", if left.is_discharged { "Nothing is left" } else { "Not discharged" }, left.why)),
    ];
    if !left.by.is_empty() {
        sections.push(Section::line(format!("To be done by: {}", left.by.join(", "))));
    }
    if !left.how.is_empty() {
        sections.push(Section::Heading("Would discharge it".into()));
        sections.extend(left.how.iter().map(|command| Section::line(command.clone())));
    }
    sections.extend(footer(&view, &line.handling));
    let row = serde_json::to_value(&document).unwrap_or_default();
    args.reading.output.write(&Report::new(&document, "", COLUMNS).rows(vec![row]).sections(sections))?;
    Ok(0)
}
