//! Long work shows a bar with a rate: on a terminal, past half a second, gone at the end; never in the way of an answer. `script` of util-linux is
//! the terminal; where it is not here, that is said.
#![cfg(target_os = "linux")]

mod support;

use std::process::Command;
use std::sync::OnceLock;

use support::{Register, run};

#[path = "../benches/generate/mod.rs"]
#[allow(dead_code)] // the benches use the rest
mod generate;

/// So many that each phase of each verb takes more than half a second.
const RECORDS: u64 = 30_000;

/// A register of that many records, with a bundle of it.
fn large() -> &'static Register {
    static LARGE: OnceLock<Register> = OnceLock::new();
    LARGE.get_or_init(|| {
        let register = Register::nowhere();
        generate::write(&register.db(), RECORDS).expect("a register");
        register.obligo("export -o log.jsonl").succeeded();
        register
    })
}

/// What is seen of a command on a terminal; `None` without one.
fn on_terminal(register: &Register, line: &str) -> Option<String> {
    let has_script = Command::new("script").arg("--version").output().is_ok_and(|ran| ran.status.success());
    if !has_script {
        eprintln!("`script` is not here: what a terminal shows is not looked at");
        return None;
    }
    let alone = register.command("");
    let mut command = Command::new("script");
    command.args(["-qec", &format!("stty rows 40 cols 120; {} {line}", env!("CARGO_BIN_EXE_obligo")), "/dev/null"]);
    command.current_dir(register.folder.path()).env_clear().env("PATH", std::env::var("PATH").unwrap_or_default());
    command.envs(alone.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "xterm");
    let ran = run(&mut command);
    assert_eq!(ran.code, 0, "{line}:\n{}{}", ran.stdout, ran.stderr);
    Some(ran.stdout)
}

/// Whether a bar of this work was shown with a rate, and taken away again before the answer.
#[track_caller]
fn shows(line: &str, works: &[&str]) {
    let Some(seen) = on_terminal(large(), line) else { return };
    let is_bar = |part: &str| part.contains(&format!("/{RECORDS}, ")) && part.contains("/s");
    let bars: Vec<&str> = seen.split('\r').filter(|part| is_bar(part)).collect();
    for work in works {
        assert!(bars.iter().any(|bar| bar.contains(work)), "no bar of {work}:\n{}", bars.join("\n"));
    }
    let last = seen.rfind(bars[bars.len() - 1]).unwrap_or_default() + bars[bars.len() - 1].len();
    assert!(seen[last..].starts_with("\r\u{1b}[2K"), "the last bar stays: {:?}", &seen[last..]);
}

#[test]
fn long_work_shows_a_bar_with_a_rate_on_a_terminal() {
    shows("export -o out.jsonl", &["writing"]);
    shows("verify --bundle log.jsonl", &["verifying"]);
    shows("log -o out.json", &["reading"]);
    shows("restore log.jsonl --register new.db", &["verifying"]);
}

#[test]
fn there_is_no_bar_in_the_way_of_an_answer() {
    let ran = large().obligo("export").succeeded();
    assert_eq!((ran.stdout.lines().count() as u64, ran.stderr.as_str()), (RECORDS + 1, ""));
    let ran = large().obligo("verify --bundle log.jsonl --json").succeeded();
    serde_json::from_str::<serde_json::Value>(&ran.stdout).expect("one document");
    assert_eq!(ran.stderr, "");
}

#[test]
fn short_work_shows_none() {
    let Some(seen) = on_terminal(Register::demo(), "verify") else { return };
    assert!(!seen.contains("/s"), "{seen}");
}
