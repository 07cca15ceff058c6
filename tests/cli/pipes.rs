//! A reader that goes away early ends the program, quietly.

use std::io::Read;
use std::process::Stdio;

use crate::support::Register;

#[test]
fn a_broken_pipe_is_quiet() {
    let demo = Register::demo();
    for line in [
        "log",
        "log --json",
        "log -O csv",
        "log -O jsonl",
        "log -O md",
        "status",
        "party EU",
        "timeline uk-kr-dp",
        "man",
        "completions bash",
        "schema docket.v1",
        "--help",
    ] {
        let mut child = demo.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let code = child.wait().unwrap().code();
        assert!(!stderr.contains("panicked") && stderr.is_empty(), "{line}: {stderr}");
        assert_eq!(code, Some(0), "{line}");
    }
}

#[test]
fn a_reader_of_the_first_line_gets_it() {
    let demo = Register::demo();
    let mut child = demo.command("log -O jsonl").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 8];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(first[0], b'{');
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty());
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said() {
    use std::os::unix::fs::FileTypeExt;
    if !std::fs::metadata("/dev/full").is_ok_and(|full| full.file_type().is_char_device()) {
        eprintln!("skipped: there is no device /dev/full here");
        return;
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = Register::demo().command("log --json").stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stderr.is_empty());
}

#[test]
fn a_write_whose_reader_went_away_is_written() {
    let register = Register::with(&[("small.toml", crate::support::SMALL)]);
    let before = register.log()["size"].as_u64().unwrap();
    let mut child = register
        .command("record work small --on 2025-05-05 --text x --reason late")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait_with_output().unwrap().stderr.is_empty());
    assert_eq!(register.log()["size"], before + 1);
}
