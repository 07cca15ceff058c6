//! `obligo verify`. What it finds in a register that was changed is in tests/answers.rs.

use crate::support::{Register, unstamped};

#[test]
fn the_verdict_says_how_much_it_proves_and_never_only_ok() {
    let ran = Register::demo().obligo("verify").succeeded().says("SELF-CONSISTENT").says("records, root");
    assert!(ran.stdout.lines().next().unwrap().len() > "SELF-CONSISTENT: ".len() + 20, "what it proves is said: {}", ran.stdout);
    let verdict = Register::demo().json("verify");
    assert_eq!((&verdict["verdict"], &verdict["first_bad_seq"]), (&"SELF-CONSISTENT".into(), &serde_json::Value::Null));
}

#[test]
fn a_torn_file_is_damaged_or_no_register_and_never_a_crash() {
    let whole = std::fs::read(Register::demo().db()).unwrap();
    for at in [0, 50, 100, 4096, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        let register = Register::nowhere();
        std::fs::write(register.db(), &whole[..at]).unwrap();
        let ran = register.obligo("verify");
        assert!(matches!(ran.code, 1 | 5), "cut at {at}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "cut at {at}: {ran:?}");
    }
}

#[test]
fn any_changed_byte_of_the_file_is_found_or_changes_no_answer() {
    let whole = std::fs::read(Register::demo().db()).unwrap();
    let log = unstamped(&Register::demo().obligo("log --json").stdout);
    let step = if std::env::var_os("PROPTEST_CASES").is_some() { 997 } else { whole.len() / 40 };
    for at in (0..whole.len()).step_by(step) {
        let register = Register::nowhere();
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(register.db(), &bytes).unwrap();
        let ran = register.obligo("verify");
        assert!(!ran.stderr.contains("panicked"), "byte {at}: {ran:?}");
        if ran.code == 0 {
            // A byte that no record, no index and no guard rests on: the answer is the same.
            let answer = unstamped(&register.obligo("log --json").stdout);
            assert_eq!(answer, log, "byte {at} was changed, and verify did not see it");
        }
    }
}
