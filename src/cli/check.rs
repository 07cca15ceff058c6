//! `obligo check`: everything that is wrong with agreement files, and nothing written.

use std::path::PathBuf;

use rules::Register;
use rules::doubts::doubts;
use rules::replay::Replay;

use super::import;
use crate::app::{App, TimeOrdered, Write};
use crate::clock;
use crate::error::Error;
use events::memory::MemoryLog;
use uuid::Uuid;

#[derive(clap::Args)]
pub struct Args {
    /// Agreement files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub fn run(args: Args) -> Result<u8, Error> {
    let files = import::read(&args.files);
    let today = clock::today()?;
    // Against an empty log: a file must make sense by itself.
    let log = MemoryLog::new(Uuid::nil(), clock::now);
    let mut app = App { log, actor: "check".into(), today, ids: Box::new(TimeOrdered) };
    let outcome = import::execute(&mut app, &files, Write { dry_run: true, command: None })?;
    let mut replay = Replay::default();
    outcome.records.iter().for_each(|record| replay.take(record.seq, &events::codec::encode(record)));
    let (register, _): (Register, _) = replay.finish();
    for file in &files {
        let Some(agreement) = file.agreement().and_then(|id| register.agreements.get(id)) else { continue };
        let paragraphs =
            agreement.paragraphs().map(|(read, all)| format!(", {read} of {all} paragraphs read")).unwrap_or_default();
        let (provisions, acts) = (agreement.provisions.len(), agreement.acts.len());
        say!("{}: {} — {provisions} provisions, {acts} acts{paragraphs}; nothing wrong", file.path, agreement.id);
        for doubt in doubts(agreement) {
            say!("  note: {doubt}");
        }
    }
    Ok(0)
}
