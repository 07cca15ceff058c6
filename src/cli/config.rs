//! `obligo config`: the settings, and what is wrong with them.

use super::Context;
use super::run::refused;
use crate::config;
use crate::error::Error;
use crate::jobs::plan::Plan;
use crate::jobs::senders::{Senders, missing_secrets};
use crate::report::words::counted;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Everything that is wrong with obligo.toml, and what is set; nothing is sent
    Check,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let Verb::Check = args.verb;
    let settings = config::read()?;
    let Some(file) = &settings.file else {
        say!("There is no obligo.toml here or above: what falls due is flagged in the log, and nobody is told.");
        return Ok(0);
    };
    let plan = Plan::of(&settings.own);
    let mut faults = plan.as_ref().err().cloned().unwrap_or_default();
    faults.extend(Senders::faults(&settings));
    if !faults.is_empty() {
        return Err(refused(faults, &settings));
    }
    let own = &settings.own;
    say!("{} is sound (SHA-256 {}…).", file.display(), &settings.digest[..12]);
    let found = context.register()?;
    say!("  register    {} (named by {})", found.path.display(), found.because);
    say!(
        "  day         by {}",
        own.zone.as_deref().map_or("the machine's own clock".into(), |zone| format!("the clock of {zone}"))
    );
    let mail = own.mail.as_ref().map_or("none is sent".into(), |mail| match (&mail.sendmail, &mail.host) {
        (Some(program), _) => format!("by {}", program.display()),
        (None, host) => format!("by {}", host.as_deref().unwrap_or("no server")),
    });
    say!(
        "  mail        {mail}; {}, {}",
        counted(own.people.len(), "person").replace("persons", "people"),
        counted(own.watches.len(), "watch").replace("watchs", "watches")
    );
    say!("  webhooks    {}", own.webhooks.iter().map(|hook| hook.name.as_str()).collect::<Vec<_>>().join(", "));
    let files = [
        ("calendar", &own.files.calendar),
        ("atom", &own.files.atom),
        ("csv", &own.files.csv),
        ("prometheus", &own.files.prometheus),
    ];
    for (name, path) in files {
        if let Some(path) = path {
            say!("  {name:<11} {}", path.display());
        }
    }
    for missing in missing_secrets(&settings) {
        hint!("warning: here and now, {}", missing.detail);
    }
    Ok(0)
}
