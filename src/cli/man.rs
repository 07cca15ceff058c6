//! `obligo man`: manual pages, from the same definitions as the help.

use std::path::PathBuf;

use crate::error::Error;

#[derive(clap::Args)]
pub struct Args {
    /// Write a page for each verb into this folder, instead of the main page to stdout
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub fn run(args: Args, command: clap::Command) -> Result<u8, Error> {
    match args.folder {
        None => {
            use std::io::Write;
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            std::io::stdout().write_all(&page)?;
        }
        Some(folder) => {
            let failed = |error| {
                Error::failed(format!("cannot write to `{}`: {error}", folder.display()), "name a folder you may write to")
            };
            std::fs::create_dir_all(&folder).map_err(failed)?;
            clap_mangen::generate_to(command, &folder).map_err(failed)?;
            say!("Wrote manual pages into {}", folder.display());
        }
    }
    Ok(0)
}
