//! `obligo import`

use crate::support::{Register, SMALL, example};

const ALL: [&str; 7] = [
    "eu-jp-dp.toml",
    "eu-kr-dp.toml",
    "eu-sg-ai-safety.toml",
    "eu-sg-dp.toml",
    "eu-sg-dta.toml",
    "kr-sg-dpa.toml",
    "uk-kr-dp.toml",
];

#[test]
fn the_seven_agreements_are_imported_in_any_order_and_derive_what_the_demo_derives() {
    let import = |names: Vec<&str>| {
        let register = Register::new();
        for name in ALL {
            register.file(name, example(name));
        }
        register.obligo(&format!("import {}", names.join(" "))).succeeded();
        lines(&register)
    };
    // In which order lines stand follows the order of the records; what they say does not.
    fn lines(register: &Register) -> Vec<String> {
        let answer = register.obligo("status --as-of 2026-11-21 -O csv").succeeded().stdout;
        // Since when it is known is another matter: the demo recorded each document when it came out.
        let mut lines: Vec<String> = answer.lines().filter_map(|line| Some(line.rsplitn(3, ',').nth(2)?.to_string())).collect();
        lines.sort();
        lines
    }
    let forward = import(ALL.to_vec());
    assert_eq!(forward, import(ALL.iter().rev().copied().collect()));
    assert_eq!(forward, lines(Register::demo()));
}

#[test]
fn importing_a_file_again_writes_nothing() {
    let register = Register::new();
    for name in ALL {
        register.file(name, example(name));
    }
    register.obligo(&format!("import {}", ALL.join(" "))).succeeded();
    let before = register.log();
    for name in ALL {
        register.obligo(&format!("import {name}")).succeeded().says("Nothing to record");
    }
    assert_eq!(register.log(), before);
}

#[test]
fn an_edited_file_adds_only_what_is_new_in_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let before = register.log()["size"].as_u64().unwrap();
    let more = "\n[[provision]]\nref = \"6\"\nkind = \"cost\"\nby = [\"AA\", \"BB\"]\n\n[[act]]\ntype = \"meeting-held\"\nbody = \"council\"\non = 2024-06-01\nreason = \"told by letter\"\n";
    register.file("small.toml", format!("{SMALL}{more}"));
    register
        .obligo("import small.toml")
        .succeeded()
        .says("were recorded already")
        .says("meeting.held")
        .says("provision.recorded");
    assert_eq!(register.log()["size"], before + 2);
}

#[test]
fn what_is_recorded_is_not_changed_by_editing_the_file() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let before = register.log();
    register.file("small.toml", SMALL.replace("A small agreement", "Another agreement"));
    register.obligo("import small.toml").ended(4).warns("E0205").warns("record correction");
    register.file("small.toml", SMALL.replace("by = \"2025-06\"", "by = \"2025-07\""));
    register.obligo("import small.toml").ended(4).warns("E0205").warns("provision `3`");
    assert_eq!(register.log(), before);
}

#[test]
fn a_dry_run_says_what_it_would_record_and_writes_nothing() {
    let register = Register::new();
    register.file("small.toml", SMALL);
    register.obligo("import small.toml --dry-run").succeeded().says("Would record").says("nothing was written");
    assert_eq!(register.log()["size"], 0);
    register.obligo("import small.toml").succeeded().says("Recorded records 1 to ");
}

#[test]
fn the_same_command_writes_once() {
    let register = Register::new();
    register.file("small.toml", SMALL);
    let command = "import small.toml --command-id 0198e0a0-0000-7000-8000-000000000001";
    register.obligo(command).succeeded().says("Recorded records 1 to ");
    let before = register.log();
    register.obligo(command).succeeded().says("carried out before");
    assert_eq!(register.log(), before);
}

#[test]
fn all_records_of_one_import_are_one_command() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let log = register.json("log");
    let commands: std::collections::BTreeSet<String> =
        log["records"].as_array().unwrap().iter().map(|record| record["entry"]["command"].to_string()).collect();
    assert_eq!(commands.len(), 1);
}

#[test]
fn two_of_one_agreement_in_one_import_are_refused() {
    let register = Register::new();
    register.file("one.toml", SMALL);
    register.file("other.toml", SMALL.replace("A small agreement", "Another"));
    register.obligo("import one.toml other.toml").ended(4).warns("E0205");
    assert_eq!(register.log()["size"], 0);
}

#[test]
fn a_file_that_is_named_twice_is_one_error() {
    let register = Register::new();
    register.file("one.toml", SMALL);
    register.obligo("import one.toml ./one.toml").ended(4).warns("E0205").warns("is named twice").warns("1 error,");
    assert_eq!(register.log()["size"], 0);
}

#[test]
fn without_a_register_it_says_how_to_make_one() {
    let register = Register::nowhere();
    register.file("small.toml", SMALL);
    register.obligo("import small.toml").ended(1).warns("there is no register");
    register.obligo("import").ended(2);
}
