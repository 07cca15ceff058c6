//! `obligo export`, `obligo restore` and `obligo verify --bundle`. How bundles that were tampered with are judged is in tests/bundles.rs.

use crate::support::{Register, SMALL};

/// A register with some records and its own key.
fn register() -> Register {
    let register = Register::with(&[("small.toml", crate::support::SMALL)]);
    register.obligo("record meeting small --body council --held 2026-11-20").succeeded();
    register
}

fn key(register: &Register) -> String {
    register.obligo("key").succeeded().stdout.trim().to_string()
}

#[test]
fn a_log_that_is_exported_restored_and_exported_again_has_the_same_bytes() {
    let register = register();
    let whole = register.obligo("export").succeeded().stdout;
    register.obligo("export -o whole.jsonl").succeeded();
    register.obligo("restore whole.jsonl --register other.db").succeeded().says("Made a register of").says("root ");
    assert_eq!(register.obligo("export --register other.db").succeeded().stdout, whole);
    assert_eq!(register.json("verify --register other.db")["log"], register.log());
    let status = |db: &str| register.obligo(&format!("status -O csv --register {db}")).succeeded().stdout;
    assert_eq!(status("other.db"), status("register.db"));
}

#[test]
fn a_restored_register_is_written_to_with_the_key_of_the_first() {
    let register = register();
    register.obligo("export -o whole.jsonl").succeeded();
    register.obligo("restore whole.jsonl --register other.db").succeeded();
    let write = "record meeting small --body council --held 2026-11-21 --register other.db";
    register.obligo(write).ended(5).warns("KEY-CHANGED");
    std::fs::copy(register.folder.path().join("register.key"), register.folder.path().join("other.key")).unwrap();
    register.obligo(write).succeeded().says("Recorded record");
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let register = register();
    register.obligo("export -o whole.jsonl").succeeded();
    let text = std::fs::read_to_string(register.folder.path().join("whole.jsonl")).unwrap();
    register.file("bad.jsonl", text.replacen("\"sequence\":\"00000000000000000003\"", "\"sequence\":\"3\"", 1));
    register.obligo("restore bad.jsonl --register other.db").ended(4).warns("TAMPERED(3)");
    register.obligo("export --known-at #2 -o early.jsonl").succeeded();
    register.obligo("restore early.jsonl --register other.db").ended(4).warns("E0107");
    register.obligo("restore whole.jsonl").ended(1).warns("something at `register.db`");
    register.file("third.checkpoints", "of another\n");
    register.obligo("restore whole.jsonl --register third.db").ended(1).warns("third.checkpoints");
    let left: Vec<String> = std::fs::read_dir(register.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("other") || name.contains("third.db"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_slice_has_its_agreements_with_proofs_and_names_no_other() {
    let demo = Register::demo();
    let slice = demo.obligo("export eu-sg-dp uk-kr-dp").succeeded().stdout;
    assert!(slice.lines().skip(1).all(|line| line.contains("\"inclusion\":\"")));
    assert!(!slice.contains("eu-jp-dp"), "the source and the hashes name nothing else");
    let below = demo.obligo("export --ceiling public").succeeded().stdout;
    let whole = demo.obligo("export").succeeded().stdout;
    assert!(1 < below.lines().count() && below.lines().count() < whole.lines().count(), "some are left out");
    demo.obligo("export nowhere").ended(3).warns("E0502");
}

#[test]
fn a_bundle_is_anchored_by_a_key_or_a_checkpoint_from_elsewhere_and_by_nothing_in_it() {
    let register = register();
    let key = key(&register);
    register.obligo("export -o whole.jsonl").succeeded();
    register.obligo("verify --bundle whole.jsonl").succeeded().says("SELF-CONSISTENT").says("came with it");
    register.obligo(&format!("verify --bundle whole.jsonl --key {key}")).succeeded().says("ANCHORED(");
    let checkpoints = register.folder.path().join("register.checkpoints");
    std::fs::copy(checkpoints, register.folder.path().join("held.txt")).unwrap();
    let answer = register.json("verify --bundle whole.jsonl --against held.txt");
    assert_eq!((&answer["verdict"], &answer["anchored"]["by"]), (&"ANCHORED".into(), &"held.txt".into()));
    let other = self::register();
    let strange = self::key(&other);
    register.obligo(&format!("verify --bundle whole.jsonl --key {strange}")).ended(5).says("SELF-CONSISTENT");
}

#[test]
fn a_restored_log_goes_on_without_the_texts_that_were_not_handed_on() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record work small --on 2026-11-20 --text typed").succeeded();
    register.obligo("export -o whole.jsonl").succeeded();
    register.obligo("restore whole.jsonl --register again.db").succeeded();
    let folder = register.folder.path();
    std::fs::copy(folder.join("register.key"), folder.join("again.key")).unwrap();
    register.obligo("verify --register again.db").succeeded().says("not here");
    register.obligo("record work small --on 2026-11-20 --text more --register again.db").succeeded();
    register.obligo("verify --register again.db").succeeded().says("1 disclosed and fitting");
}
