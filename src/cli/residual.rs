//! `obligo residual`: what would discharge a line now, and why it is not discharged yet.

use rules::Register;
use rules::docket::{Existence, Kind, Line};
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
        rules: view.rules.held.set.id.clone(),
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
        Section::line(match (left.is_discharged, line.kind) {
            (true, Kind::Power) if matches!(line.axes.existence, Existence::Ended(_)) => format!("Nothing is owed: {}", left.why),
            (true, Kind::Power) => "Nothing is owed: it is a power, which can be used or not".into(),
            (true, _) => format!("Nothing is left: {}", left.why),
            (false, _) => format!("Not discharged: {}", left.why),
        }),
    ];
    if !left.by.is_empty() {
        let any = if any_will_do(&view.register, line) { "any of " } else { "" };
        sections.push(Section::line(format!("To be done by: {any}{}", left.by.join(", "))));
    }
    if !left.how.is_empty() {
        let heading = if line.kind == Kind::Power { "Would use it" } else { "Would discharge it" };
        sections.push(Section::Heading(heading.into()));
        sections.extend(left.how.iter().map(|command| Section::line(command.clone())));
    }
    sections.extend(footer(&view, &line.handling));
    let row = serde_json::to_value(&document).unwrap_or_default();
    args.reading
        .output
        .write(&Report::new(&document, "", COLUMNS).rows(vec![row]).sections(sections).stamped(context.stamp(&view)))?;
    Ok(0)
}

/// Whether several owe it, each the whole.
fn any_will_do(register: &Register, line: &Line) -> bool {
    let Some(agreement) = register.agreements.get(&line.agreement) else { return false };
    let its_own = agreement.provisions.iter().filter(|known| Some(&known.value.reference) == line.provision.as_ref());
    let mut joint = its_own.filter_map(|known| known.value.terms.get("joint")?.as_text());
    line.by.len() > 1 && joint.any(|joint| joint == "joint-and-several")
}
