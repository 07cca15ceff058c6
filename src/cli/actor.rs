//! `obligo actor`: who is behind the opaque ids of the log, in a directory beside it.

use rules::fault::Fault;

use super::args::Output;
use super::{Context, OpenRegister};
use crate::app::opaque;
use crate::error::Error;
use crate::report::json::{ActorJson, ActorsJson};
use crate::report::{Report, Section};

#[derive(clap::Args)]
pub struct Args {
    /// The id; all of them, if left out
    #[arg(value_name = "ID", requires = "name")]
    id: Option<String>,

    /// The name behind it. It is kept beside the log, and can be erased: obligo erase --name-of ID
    #[arg(long, requires = "id")]
    name: Option<String>,

    #[command(flatten)]
    output: Output,
}

const COLUMNS: &[(&str, &str)] = &[("id", "/id"), ("name", "/name")];

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    // A register must be there: names stand beside one.
    let OpenRegister { private, .. } = context.reader()?;
    if let (Some(id), Some(name)) = (&args.id, &args.name) {
        opaque(id)?;
        let name = one_line(name)?;
        private.name_actor(id, name)?;
        say!("{id} is {name}");
        return Ok(0);
    }
    let actors: Vec<ActorJson> = private.actors()?.into_iter().map(|(id, name)| ActorJson { id, name }).collect();
    let rows = actors.iter().map(|actor| vec![actor.id.as_str().into(), actor.name.as_str().into()]).collect();
    let sections = match actors.as_slice() {
        [] => vec![Section::line("No names are kept here.")],
        _ => vec![Section::Table { columns: vec!["ID", "NAME"], rows }],
    };
    let document = ActorsJson { schema: "obligo.actors.v1", actors };
    args.output.write(&Report::new(&document, "actors", COLUMNS).sections(sections).stamped(super::stamp_of_program()))?;
    Ok(0)
}

/// Erases the name of an actor. Nothing of it is recorded: the log never knew it.
pub fn erase(id: &str, dry_run: bool, context: &Context) -> Result<u8, Error> {
    let OpenRegister { private, .. } = context.reader()?;
    if !private.actors()?.contains_key(id) {
        return Err(Error::refused("E0504", format!("no name of `{id}` is kept here"), "see obligo actor"));
    }
    if dry_run {
        say!("Would erase the name of {id}; nothing was written");
        return Ok(0);
    }
    private.erase_actor(id)?;
    say!("Erased the name of {id}; the log never held it");
    Ok(0)
}

fn one_line(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Fault::new("E0202", &["name"], "`name` says nothing").hint("say who it is").into());
    }
    if name.chars().any(char::is_control) {
        return Err(Fault::new("E0210", &["name"], "a name has characters that cannot be seen").hint("write one line").into());
    }
    Ok(name)
}
