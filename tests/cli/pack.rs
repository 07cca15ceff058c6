//! `obligo pack`: opened and verified by somebody who has nothing but the folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Register, SMALL};

/// A register with evidence, and a pack of it.
fn packed() -> (Register, PathBuf) {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.file("minutes.txt", "They met.");
    register.obligo("record performance small/3 --on 2026-11-20 --evidence minutes.txt").succeeded();
    register.obligo("pack small --as-of 2026-11-21 -o packed").succeeded().says("report.html");
    let folder = register.folder.path().join("packed");
    (register, folder)
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The numbers of the records in the bundle.
fn records(folder: &Path) -> BTreeSet<u64> {
    let bundle = text(folder, "bundle.jsonl");
    let line = |line: &str| serde_json::from_str::<Value>(line).unwrap()["sequence"].as_str().unwrap().parse().unwrap();
    bundle.lines().skip(1).map(line).collect()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_page_is_well_formed_needs_nothing_and_cites_only_records_of_the_bundle() {
    let (register, small) = packed();
    let demo = Register::demo();
    let folder = register.folder.path().join("uk-kr-dp");
    demo.obligo(&format!("pack uk-kr-dp --as-of 2026-11-21 -o {}", folder.display())).succeeded();
    for folder in [&small, &folder] {
        let html = text(folder, "report.html");
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        let page = roxmltree::Document::parse_with_options(&html, options).unwrap();
        let there = records(folder);
        let ids: BTreeSet<&str> = page.descendants().filter_map(|node| node.attribute("id")).collect();
        let links: Vec<&str> = page.descendants().filter_map(|node| node.attribute("href")).collect();
        assert!(links.len() > 5, "{links:?}");
        for link in links {
            match link.strip_prefix('#') {
                Some(id) => assert!(ids.contains(id), "{link} leads nowhere"),
                None => assert!(folder.join(link).is_file(), "{link} is not in the pack"),
            }
        }
        for id in ids.iter().filter_map(|id| id.strip_prefix("record-")) {
            assert!(there.contains(&id.parse().unwrap()), "record {id} is not in the bundle");
        }
        assert_eq!(ids.iter().filter(|id| id.starts_with("record-")).count(), there.len(), "each record is shown");
        assert!(page.descendants().all(|node| !["script", "link", "img", "iframe"].contains(&node.tag_name().name())));
        let docket: Value = serde_json::from_str(&text(folder, "docket.json")).unwrap();
        for entry in docket["entries"].as_array().unwrap() {
            for reason in entry["because"].as_array().unwrap() {
                let cited = reason["records"].as_array().unwrap().iter().map(|seq| seq.as_u64().unwrap());
                cited.for_each(|seq| assert!(there.contains(&seq), "record {seq} is cited and not in the bundle"));
            }
        }
    }
}

#[test]
fn whoever_has_the_folder_and_python_can_verify_it() {
    let (register, folder) = packed();
    let python = |words: &[&str]| {
        let mut python = Command::new("python3");
        python.arg("-I").arg("verify.py").args(words).current_dir(&folder).env_clear();
        python.output().ok().map(|output| (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap()))
    };
    let key = register.obligo("key").succeeded().stdout.trim().to_string();
    let Some((code, said)) = python(&["bundle.jsonl", "--key", &key]) else { return };
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("ANCHORED("), "{said}");
    // The evidence is a file of the pack, and another in its place is the fault of the record that cites it.
    let evidence = std::fs::read_dir(folder.join("evidence")).unwrap().next().unwrap().unwrap().path();
    let citing = *records(&folder).last().unwrap();
    std::fs::write(&evidence, "They did not meet.").unwrap();
    let (code, said) = python(&["bundle.jsonl", "--key", &key]).unwrap();
    assert_eq!((code, said.contains(&format!("TAMPERED({citing})"))), (5, true), "{said}");
    let ours = register.obligo(&format!("verify --bundle packed/bundle.jsonl --key {key}")).ended(5);
    assert!(ours.stdout.contains(&format!("TAMPERED({citing})")), "{}", ours.stdout);
    assert_eq!(python(&[]).unwrap().0, 2);
    assert_eq!(python(&["nowhere.jsonl"]).unwrap().0, 1);
}

#[test]
fn the_same_position_gives_the_same_bytes_also_later() {
    let (register, folder) = packed();
    let upto = records(&folder).last().unwrap().to_string();
    let again = |name: &str| {
        register.obligo(&format!("pack small --as-of 2026-11-21 --known-at #{upto} -o {name}")).succeeded();
        files(&register.folder.path().join(name))
    };
    let first = again("first");
    register.obligo("record meeting small --body council --held 2026-11-21").succeeded();
    assert_eq!(first, again("second"));
}

#[test]
fn a_pack_is_there_whole_or_not_at_all_and_never_over_something() {
    let (register, folder) = packed();
    let before = files(&folder);
    register.obligo("pack small --as-of 2026-11-21 -o packed").ended(4).warns("E0108");
    assert_eq!(files(&folder), before);
    std::fs::create_dir(register.folder.path().join("empty")).unwrap();
    register.obligo("pack small --as-of 2026-11-21 -o empty").succeeded();
    register.obligo("pack nowhere --as-of 2026-11-21 -o other").ended(3).warns("E0502");
    register.obligo("pack small --as-of 2026-11-21 -o no/such/folder").ended(1);
    assert!(!register.folder.path().join("other").exists());
}

#[test]
fn nothing_above_the_ceiling_is_in_a_pack() {
    let demo = Register::demo();
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().join("public");
    demo.obligo(&format!("pack eu-sg-dp --as-of 2026-11-21 --ceiling public -o {}", folder.display())).succeeded();
    let all = kept.path().join("all");
    demo.obligo(&format!("pack eu-sg-dp --as-of 2026-11-21 -o {}", all.display())).succeeded();
    let marked = |folder: &Path| text(folder, "sources.json").contains("LIMITE");
    assert!(marked(&all) && !marked(&folder), "the example has a marked document");
    assert!(!text(&folder, "report.html").contains("LIMITE"));
    assert!(records(&folder).len() < records(&all).len());
}

#[test]
fn what_people_typed_stays_sealed_in_a_pack_unless_it_is_to_be_disclosed() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record work small --on 2026-11-20 --text 'Ms Example asked for it'").succeeded();
    register.obligo("pack small --as-of 2026-11-21 -o closed").succeeded();
    register.obligo("pack small --as-of 2026-11-21 -o open --disclose").succeeded();
    let says_so = |folder: &str| {
        let all = files(&register.folder.path().join(folder));
        all.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("Example")).count()
    };
    assert_eq!(says_so("closed"), 0);
    assert!(says_so("open") > 0);
    register.obligo("verify --stamp closed/docket.json").succeeded().says("SAME");
    register.obligo("status small --sealed").succeeded().says_not("Example");
    register.obligo("log small").succeeded().says("Example");
    register.obligo("log small --sealed").succeeded().says("[sealed]").says_not("Example");
}
