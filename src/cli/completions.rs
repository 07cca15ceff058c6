//! `obligo completions`: what a shell may complete, from the same definitions as the help.

use clap_complete::Shell;

use crate::error::Error;

#[derive(clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

pub fn run(args: Args, command: &mut clap::Command) -> Result<u8, Error> {
    use std::io::Write;
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "obligo", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(0)
}
