//! Obligo: what was agreed, what happened, and what is owed now.

use std::process::ExitCode;

fn main() -> ExitCode {
    obligo::cli::main()
}
