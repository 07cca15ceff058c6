//! Files that are kept beside a register under a name that says what is in them, its digest: evidence, documents, rule sets.

use std::io;
use std::path::Path;

use store::interrupt;

/// Keeps bytes in a folder under a name, whole or not at all.
///
/// # Errors
/// When the folder or the file cannot be made.
pub fn keep(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let _hold = interrupt::hold();
    std::fs::create_dir_all(folder)?;
    let beside = folder.join(format!("{name}.{}.new", std::process::id()));
    std::fs::write(&beside, bytes)?;
    std::fs::rename(&beside, folder.join(name))
}
