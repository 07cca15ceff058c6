//! A second reader of what the program writes, in the Python that `tests/run` sets up.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a script says of a text that it is handed; `None`, told by name, where there is no such Python, or not that module in it: the script
/// then ends with 77.
pub fn reads(script: &str, module: &str, text: &str) -> Option<String> {
    let Some(python) = std::env::var_os("OBLIGO_PYTHON").filter(|python| !python.is_empty()) else {
        eprintln!("skipped: OBLIGO_PYTHON is not set, and `{module}` does not read it");
        return None;
    };
    let mut reader = Command::new(python)
        .args(["-c", script])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the Python of OBLIGO_PYTHON starts");
    reader.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = reader.wait_with_output().unwrap();
    if output.status.code() == Some(77) {
        eprintln!("skipped: the Python of OBLIGO_PYTHON has no `{module}`");
        return None;
    }
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}
