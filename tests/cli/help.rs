//! Help and version.

use crate::support::{Register, root};

const VERBS: [&str; 19] = [
    "demo",
    "init",
    "import",
    "check",
    "record",
    "record meeting",
    "record notice",
    "record performance",
    "status",
    "due",
    "explain",
    "timeline",
    "topics",
    "party",
    "log",
    "verify",
    "explain-error",
    "schema",
    "completions",
];

#[test]
fn the_help_of_each_verb_is_what_it_was() {
    let register = Register::nowhere();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/help"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("obligo", register.obligo("--help").succeeded().stdout);
        for verb in VERBS {
            insta::assert_snapshot!(verb.replace(' ', "-"), register.obligo(&format!("{verb} --help")).succeeded().stdout);
        }
    });
}

#[test]
fn the_help_tells_every_exit_code() {
    let help = Register::nowhere().obligo("--help").succeeded().stdout;
    let told: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Exit codes"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(told, ["0", "1", "2", "3", "4", "5", "10", "11"]);
}

#[test]
fn every_verb_is_in_the_help_with_a_sentence() {
    let help = Register::nowhere().obligo("--help").succeeded().stdout;
    for verb in VERBS.iter().filter(|verb| !verb.contains(' ')) {
        let line =
            help.lines().find(|line| line.trim_start().starts_with(&format!("{verb} "))).unwrap_or_else(|| panic!("{verb}"));
        assert!(line.trim().len() > verb.len() + 10, "{line}");
    }
}

#[test]
fn wrong_usage_is_2_and_says_how() {
    let register = Register::nowhere();
    for line in [
        "statos",
        "status --as-off 2025-01-01",
        "record",
        "record meeting",
        "import",
        "due --within",
        "status -O yaml",
        "--color sometimes status",
    ] {
        register.obligo(line).ended(2).warns("error");
    }
    register.obligo("--version").succeeded().says("obligo 0.");
}
