//! Every JSON answer is what its schema says, and the schemas that are committed are those of the program.
//! `OBLIGO_WRITE_SCHEMAS=1 cargo test --test json` writes them anew; a change in them is a change you meant.

mod support;

use serde_json::Value;
use support::{Register, root};

fn schema(name: &str) -> Value {
    let path = root().join("schemas").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn names() -> Vec<String> {
    Register::nowhere().obligo("schema").succeeded().stdout.lines().map(String::from).collect()
}

#[test]
fn the_committed_schemas_are_those_that_the_program_prints() {
    let register = Register::nowhere();
    let mut known: Vec<String> = Vec::new();
    for name in names() {
        let printed = register.obligo(&format!("schema {name}")).succeeded().stdout;
        let path = root().join("schemas").join(format!("{name}.json"));
        if std::env::var_os("OBLIGO_WRITE_SCHEMAS").is_some() {
            std::fs::write(&path, &printed).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(committed, printed, "schemas/{name}.json is not what the program prints");
        known.push(format!("{name}.json"));
    }
    let mut files: Vec<String> = std::fs::read_dir(root().join("schemas"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    known.sort();
    assert_eq!(files, known, "a schema of nothing, or an answer without a schema");
}

#[test]
fn each_schema_is_a_schema_and_has_the_promised_name() {
    for name in names() {
        let schema = schema(&name);
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        // A file that people write need not say it.
        let says = schema["properties"]["schema"].is_object() || name == "config.v1";
        assert!(says, "{name} says which schema it is");
        assert!(name.ends_with(".v1"), "{name}");
    }
}

/// The answer says its schema, and is what it says.
#[track_caller]
fn is_valid(answer: &Value, question: &str) -> String {
    let name = answer["schema"].as_str().unwrap_or_else(|| panic!("`{question}` does not say its schema")).to_string();
    let short = name.strip_prefix("obligo.").unwrap_or_else(|| panic!("`{question}`: {name}"));
    let validator = jsonschema::validator_for(&schema(short)).unwrap();
    let errors: Vec<String> = validator.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "`{question}` is not {name}:\n{}", errors.join("\n"));
    short.to_string()
}

/// A witness of the register, started once: what it watches is written down then.
fn witnessed(register: &Register, key: &str) {
    use std::io::{BufRead as _, BufReader};
    let mut command = register.command(&format!("witness serve --state watched --listen 127.0.0.1:0 --log {key}"));
    let mut witness = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
    BufReader::new(witness.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    witness.kill().unwrap();
    witness.wait().unwrap();
}

#[test]
fn every_answer_is_what_its_schema_says() {
    let demo = Register::demo();
    let mut used = Vec::new();
    let kept = demo.obligo("topics --json").succeeded().stdout;
    demo.file("kept.json", kept);
    for question in [
        "status",
        "status uk-kr-dp",
        "status --as-of 2025-02-13 --known-at 2025-02-13",
        "status --as-of 1990-01-01",
        "status --as-of 2999-12-31",
        "status --known-at 1990-01-01",
        "due",
        "due --from 2000-01-01 --to 2000-01-02",
        "due --from 2000-01-01 --to 2100-01-01",
        "explain uk-kr-dp/termination",
        "explain eu-kr-dp/council-3",
        "topics",
        "topics quantum",
        "party EU",
        "party KR --as-of 2024-01-01",
        "log",
        "log eu-jp-dp",
        "log --known-at 1990-01-01",
        "log --ceiling public",
        "status --known-at #100 --sources-until 2024-12-01",
        "replay",
        "replay uk-kr-dp --step --as-of 2024-01-01",
        "diff --from 2024-12-01 --to 2026-11-22",
        "diff --from #226 --to #226 uk-kr-dp --ceiling public",
        "timeline uk-kr-dp",
        "timeline kr-sg-dpa --as-of 2024-01-01",
        "verify",
        "actor",
        "check quotes uk-kr-dp --sources demo",
        "notice uk-kr-dp --to-end-on 2027-02-28",
        "notice uk-kr-dp --given 2026-08-31 --received 2026-09",
        "notice eu-jp-dp --given 2026-08-31",
        "notices",
        "what-if notice uk-kr-dp --by KR --given 2026-08-31",
        "what-if meeting uk-kr-dp --body forum --held 2026-11-22",
        "residual uk-kr-dp/forum-2026",
        "residual uk-kr-dp/termination",
        "brief uk-kr-dp --for KR",
        "brief eu-jp-dp",
        "compute --from 2026-08-31 --period P6M",
        "compute --from 2026-08 --period P5D --regime eu-1182-71",
        "compare --from 2026-02-28 --period P1M",
        "regimes",
        "regimes kr",
        "calendars",
        "calendars SG",
        "rules",
        "rules compare obligo-rules/3 obligo-rules/4",
        "verify --stamp kept.json",
    ] {
        used.push(is_valid(&demo.json(question), question));
    }
    let witness = Register::nowhere();
    let log = Register::demo().obligo("key").succeeded().stdout.trim().parse().unwrap();
    drop(obligo::witness::Witness::open(&witness.folder.path().join("w"), None, vec![log], 60, 1).unwrap());
    let silent = witness.obligo("witness check --state w --json").ended(10).stdout;
    used.push(is_valid(&serde_json::from_str(&silent).unwrap(), "witness check"));
    for agreement in ["eu-jp-dp", "eu-kr-dp", "eu-sg-dp", "eu-sg-ai-safety", "eu-sg-dta", "kr-sg-dpa", "uk-kr-dp"] {
        for question in [format!("status {agreement}"), format!("timeline {agreement}")] {
            is_valid(&demo.json(&question), &question);
        }
    }
    let sent = obligo::jobs::webhook::body(&support::message::message());
    used.push(is_valid(&serde_json::from_str(&sent).unwrap(), "what a webhook is sent"));
    let vkey = demo.obligo("key").succeeded().stdout;
    witnessed(demo, vkey.trim());
    used.push(is_valid(&demo.json("witness check --state watched"), "witness check"));
    let bundle = demo.obligo("export uk-kr-dp").succeeded().stdout;
    used.push(is_valid(&serde_json::from_str(bundle.lines().next().unwrap()).unwrap(), "export"));
    let own = Register::nowhere();
    std::fs::copy(demo.db(), own.db()).unwrap();
    for question in
        ["run --as-of 2026-11-22", "alerts", "alerts --all", "alerts show uk-kr-dp/forum-2025", "doctor", "verify --runs"]
    {
        used.push(is_valid(&own.json(question), question));
    }
    // The settings are no answer; those of the example are what their schema says.
    let text = std::fs::read_to_string(root().join("examples/obligo.toml")).unwrap();
    let settings: Value = toml::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema("config.v1")).unwrap();
    assert_eq!(validator.iter_errors(&settings).map(|error| error.to_string()).collect::<Vec<_>>(), Vec::<String>::new());
    used.push("config.v1".into());
    used.sort();
    used.dedup();
    let mut all = names();
    all.sort();
    assert_eq!(used, all, "a schema that no question here is answered by");
}

#[test]
fn an_answer_of_a_register_that_does_not_verify_is_valid_too() {
    let register = Register::nowhere();
    std::fs::copy(Register::demo().db(), register.db()).unwrap();
    let connection = rusqlite::Connection::open(register.db()).unwrap();
    connection
        .execute_batch("DROP TRIGGER record_update; UPDATE record SET entry = replace(entry, 'a', 'b') WHERE seq = 3")
        .unwrap();
    drop(connection);
    let ran = register.obligo("verify --json").ended(5);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    is_valid(&answer, "verify");
    assert_eq!(answer["first_bad_seq"], 3);
    // A record that cannot be read stops nothing: it is a finding, with its place.
    let docket = register.json("status");
    is_valid(&docket, "status");
    is_valid(&register.json("log"), "log");
}

#[test]
fn an_empty_register_answers_every_question() {
    let register = Register::new();
    for question in ["status", "due", "topics", "log", "verify"] {
        is_valid(&register.json(question), question);
    }
}

#[test]
fn a_schema_refuses_what_the_contract_does_not_know() {
    let mut docket = Register::demo().json("status eu-jp-dp");
    let validator = jsonschema::validator_for(&schema("docket.v1")).unwrap();
    assert!(validator.is_valid(&docket));
    docket["entries"][0]["label"] = Value::Null;
    assert!(!validator.is_valid(&docket));
    docket["entries"][0].as_object_mut().unwrap().remove("label");
    assert!(!validator.is_valid(&docket));
}

#[test]
fn the_docket_has_every_key_of_the_contract() {
    let docket = Register::demo().json("status uk-kr-dp --as-of 2026-11-21");
    let has = |value: &Value, keys: &[&str]| {
        for key in keys {
            assert!(value.get(key).is_some(), "{key} is missing");
        }
    };
    has(&docket, &["schema", "as_of", "known_at", "log", "rules", "agreements", "entries", "findings"]);
    assert_eq!(docket["schema"], "obligo.docket.v1");
    has(&docket["log"], &["size", "head"]);
    has(&docket["agreements"][0], &["id", "title", "form", "force", "parties", "effect", "notice"]);
    has(&docket["agreements"][0]["effect"], &["state", "since"]);
    for entry in docket["entries"].as_array().unwrap() {
        has(
            entry,
            &[
                "id",
                "agreement",
                "provision",
                "kind",
                "what",
                "by",
                "to",
                "label",
                "existence",
                "timing",
                "performance",
                "timeliness",
                "assessment",
                "due",
                "because",
                "closes_with",
            ],
        );
        has(&entry["due"], &["earliest", "latest", "certainty"]);
        for reason in entry["because"].as_array().unwrap() {
            has(reason, &["rule", "provision", "records", "text"]);
        }
    }
}

#[test]
fn the_head_of_the_log_is_the_rfc_6962_root_over_its_entries() {
    // By hand, from the entries as they are stored, with nothing but SHA-256.
    fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
        let sha256 = |bytes: &[u8]| hex(&events::tree::sha256(bytes).to_string());
        match leaves {
            [] => sha256(b""),
            [one] => sha256(&[&[0u8][..], one].concat()),
            many => {
                let split = (many.len() / 2 + many.len() % 2).next_power_of_two();
                sha256(&[&[1u8][..], &root(&many[..split]), &root(&many[split..])].concat())
            }
        }
    }
    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }
    let demo = Register::demo();
    let connection = rusqlite::Connection::open(demo.db()).unwrap();
    let mut statement = connection.prepare("SELECT entry FROM record ORDER BY seq").unwrap();
    let entries: Vec<Vec<u8>> =
        statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(|entry| entry.unwrap().into_bytes()).collect();
    for known_at in ["2021-12-15", "2023-11-22", "2024-11-20", "2025-02-13", "2026-11-21"] {
        let log = demo.json(&format!("status --known-at {known_at}"))["log"].clone();
        let size = log["size"].as_u64().unwrap() as usize;
        assert_eq!(hex(log["head"].as_str().unwrap()), root(&entries[..size]), "the root over {size} entries");
    }
}
