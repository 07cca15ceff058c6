//! `obligo schema`: the JSON schema of an answer, from the types that are written.

use crate::error::Error;
use crate::report::json;
use rules::fault::{Fault, nearest};

#[derive(clap::Args)]
pub struct Args {
    /// Name of the schema (docket.v1); all names, if left out
    name: Option<String>,
}

pub fn run(args: Args) -> Result<u8, Error> {
    let schemas = json::schemas();
    let short = |file: &'static str| file.trim_end_matches(".json");
    match args.name {
        None => {
            for (file, _) in &schemas {
                say!("{}", short(file));
            }
        }
        Some(name) => {
            let wanted = name.trim_start_matches("obligo.").trim_end_matches(".json");
            let found = schemas.iter().find(|(file, _)| short(file) == wanted);
            let (_, schema) = found.ok_or_else(|| {
                let known = schemas.iter().map(|(file, _)| short(file));
                Error::from(Fault::new("E0504", &[], format!("`{name}` is not a schema")).hint(nearest(wanted, known)))
            })?;
            say!("{schema:#}");
        }
    }
    Ok(0)
}
