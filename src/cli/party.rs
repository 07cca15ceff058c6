//! `obligo party`: all that one party owes and is owed, over all agreements.

use events::Event;
use rules::docket::Line;
use rules::fault::{Fault, nearest};
use rules::register::Agreement;

use super::Context;
use super::args::Reading;
use super::status::{self, footer, markings};
use crate::error::Error;
use crate::report::json::PartyJson;
use crate::report::{Report, Section, Tone};

#[derive(clap::Args)]
pub struct Args {
    /// Id of the party: KR, EU
    party: String,

    #[command(flatten)]
    reading: Reading,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let position = args.reading.position()?;
    let view = context.view(&context.reader()?, &position, None)?;
    let docket = &view.docket;
    let party = args.party.to_uppercase();
    let agreements: Vec<_> =
        docket.agreements.iter().filter(|line| line.parties.iter().any(|known| known.id.to_uppercase() == party)).collect();
    let mut known: Vec<&str> =
        docket.agreements.iter().flat_map(|line| line.parties.iter().map(|party| party.id.as_str())).collect();
    known.sort_unstable();
    known.dedup();
    let Some(named) = agreements.first().and_then(|line| line.parties.iter().find(|known| known.id.to_uppercase() == party))
    else {
        let since: Vec<String> = view.register.agreements.values().filter_map(|agreement| successor(agreement, &party)).collect();
        let fault = Fault::new("E0504", &[], format!("`{}` is not a party of any agreement", args.party));
        let fault = if since.is_empty() { fault.hint(nearest(&args.party, known)) } else { fault.hint(since.join("; ")) };
        return Err(fault.into());
    };
    let with =
        |ids: fn(&Line) -> &Vec<String>| docket.entries.iter().filter(|line| ids(line).contains(&named.id)).collect::<Vec<_>>();
    let (owes, owed) = (with(|line| &line.by), with(|line| &line.to));
    let document = PartyJson {
        schema: "obligo.party.v1",
        party: named.id.clone(),
        as_of: position.as_of.to_string(),
        known_at: view.known_at.clone(),
        log: view.log.into(),
        rules: view.rules.held.set.id.clone(),
        handling: markings(&view),
        agreements: agreements.iter().map(|line| (*line).into()).collect(),
        owes: owes.iter().map(|line| (*line).into()).collect(),
        owed: owed.iter().map(|line| (*line).into()).collect(),
    };
    // What both sides owe each other stands once.
    let mutual: Vec<&Line> = owes.iter().copied().filter(|line| line.to.contains(&named.id)).collect();
    let owes_itself = owes.iter().copied().filter(|line| !line.to.contains(&named.id));
    let (alone, jointly): (Vec<&Line>, Vec<&Line>) = owes_itself.partition(|line| line.by.len() == 1);
    let is_owed = owed.iter().copied().filter(|line| !line.by.contains(&named.id));
    let (to_it, to_several): (Vec<&Line>, Vec<&Line>) = is_owed.partition(|line| line.to.len() == 1);
    let agreed = if agreements.len() == 1 { "1 agreement".into() } else { format!("{} agreements", agreements.len()) };
    let mut sections = vec![Section::Line(vec![
        Tone::Strong.of(format!("{} ({})", named.name, named.id)),
        format!(": {agreed}, as of {}", docket.as_of).into(),
    ])];
    for (title, part, is_shown) in [
        (format!("What {} alone owes", named.id), &alone, true),
        (format!("What {} owes together with others", named.id), &jointly, !jointly.is_empty()),
        (format!("What {} alone is owed", named.id), &to_it, true),
        (format!("What is owed to {} and to others", named.id), &to_several, !to_several.is_empty()),
        (format!("What {} and its partners owe each other, and powers it shares", named.id), &mutual, true),
    ] {
        if !is_shown {
            continue;
        }
        sections.push(Section::Heading(format!("{title} ({})", part.len())));
        if !part.is_empty() {
            sections.push(status::lines(docket, part.clone()));
        }
    }
    sections.extend(footer(&view, &markings(&view)));
    args.reading.output.write(
        &Report::new(&document, "owes", status::COLUMNS).rows(rows(&document)).sections(sections).stamped(context.stamp(&view)),
    )?;
    Ok(0)
}

/// Who took its place, if another did.
fn successor(agreement: &Agreement, party: &str) -> Option<String> {
    agreement.acts.iter().find_map(|act| match &act.event {
        Event::PartySucceeded(succeeded) if succeeded.party.to_uppercase() == party => {
            Some(format!("in {} {} took its place {}", agreement.id, succeeded.by, act.date_words()))
        }
        _ => None,
    })
}

/// What it owes, then what it is owed and does not owe itself.
fn rows(document: &PartyJson) -> Vec<serde_json::Value> {
    let both = |id: &str| document.owes.iter().any(|entry| entry.id == id);
    let owed = document.owed.iter().filter(|entry| !both(&entry.id));
    document.owes.iter().chain(owed).filter_map(|entry| serde_json::to_value(entry).ok()).collect()
}
