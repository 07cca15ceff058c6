//! `obligo explain-error`: what a code means, from the one page that documents them.

use rules::fault::Fault;

use crate::error::Error;

const PAGE: &str = include_str!("../../docs/errors.md");

#[derive(clap::Args)]
pub struct Args {
    /// The code, as in E0304
    code: String,
}

pub fn run(args: Args) -> Result<u8, Error> {
    let heading = format!("## {}:", args.code.trim().to_uppercase());
    let section = PAGE.split("\n## ").find(|section| format!("## {section}").starts_with(&heading));
    let unknown = || {
        Fault::new("E0504", &[], format!("`{}` is not a code", args.code))
            .hint("codes look like E0304; docs/errors.md lists them")
    };
    say!("{}", section.ok_or_else(unknown)?.trim());
    Ok(0)
}
