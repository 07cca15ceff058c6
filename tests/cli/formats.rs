//! What every reading verb answers in every format.

use serde_json::Value;

use crate::support::{Register, SMALL, run};

const READING: [&str; 8] = [
    "status --as-of 2026-11-21",
    "status uk-kr-dp --as-of 2026-11-21",
    "due --from 2025-01-01 --to 2027-01-01 --as-of 2026-11-21",
    "explain uk-kr-dp/forum-2026 --as-of 2026-11-21",
    "log",
    "timeline uk-kr-dp --as-of 2026-11-21",
    "topics --as-of 2026-11-21",
    "party EU --as-of 2026-11-21",
];

#[test]
fn json_is_one_document_with_its_schema_and_its_place_in_the_log() {
    for verb in READING.iter().chain(&["verify"]) {
        let document = Register::demo().json(verb);
        assert!(document["schema"].as_str().is_some_and(|name| name.starts_with("obligo.") && name.ends_with(".v1")), "{verb}");
        assert_eq!(document["log"]["head"].as_str().unwrap().len(), 64, "{verb}");
        let same = Register::demo().obligo(&format!("{verb} -O json")).succeeded().stdout;
        assert_eq!(serde_json::from_str::<Value>(&same).unwrap(), document, "{verb}");
    }
}

#[test]
fn jsonl_has_an_object_in_each_line() {
    for verb in READING {
        let ran = Register::demo().obligo(&format!("{verb} -O jsonl")).succeeded();
        assert!(ran.stdout.lines().count() >= 1, "{verb}");
        for line in ran.stdout.lines() {
            let row: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{verb}: {error}: {line}"));
            assert!(row.is_object(), "{verb}: {line}");
        }
    }
}

#[test]
fn csv_has_a_heading_and_as_many_cells_in_each_row() {
    for verb in READING {
        let ran = Register::demo().obligo(&format!("{verb} -O csv")).succeeded();
        let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
        let columns = reader.headers().unwrap().len();
        assert!(columns >= 2, "{verb}");
        let rows = reader
            .records()
            .map(|row| row.unwrap_or_else(|error| panic!("{verb}: {error}")))
            .inspect(|row| assert_eq!(row.len(), columns, "{verb}"))
            .count();
        let lines = Register::demo().obligo(&format!("{verb} -O jsonl")).stdout.lines().count();
        assert_eq!(rows, lines, "{verb} has as many rows in each format");
    }
}

#[test]
fn no_cell_of_a_csv_is_a_formula() {
    let evil = SMALL.replace("Work together on quantum", "=HYPERLINK(1)").replace("A report on standards", "-1+1");
    let register = Register::with(&[("small.toml", &evil)]);
    let ran = register.obligo("status small -O csv").succeeded();
    for row in csv::Reader::from_reader(ran.stdout.as_bytes()).records().map(Result::unwrap) {
        for cell in &row {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
    assert!(ran.stdout.contains("'=HYPERLINK(1)"));
}

#[test]
fn markdown_has_a_table_whose_rows_are_all_as_wide_as_its_heading() {
    let wide = |line: &str| line.replace("\\|", "").matches('|').count();
    for verb in READING {
        let ran = Register::demo().obligo(&format!("{verb} -O md")).succeeded();
        let rows: Vec<&str> = ran.stdout.lines().filter(|line| line.starts_with('|')).collect();
        let rule = rows
            .iter()
            .position(|row| row.starts_with("|-") || row.starts_with("| -") || row.starts_with("|:"))
            .unwrap_or_else(|| panic!("{verb}: {}", ran.stdout));
        assert!(rule == 1 && wide(rows[0]) == wide(rows[1]) && rows.len() > 2, "{verb}");
        let mut width = 0;
        for (row, next) in rows.iter().zip(rows.iter().skip(1)) {
            if next.starts_with("|-") || next.starts_with("| -") || next.starts_with("|:") {
                width = wide(row);
            }
            assert_eq!(wide(row), width, "{verb}: {row}");
        }
    }
}

#[test]
fn a_bar_in_a_text_breaks_no_markdown() {
    let register = Register::with(&[("small.toml", &SMALL.replace("Work together on quantum", "one | other"))]);
    let ran = register.obligo("status small -O md").succeeded();
    let row = ran.stdout.lines().find(|line| line.contains("other")).unwrap();
    assert!(row.contains("one \\| other"), "{row}");
}

#[test]
fn a_file_gets_the_format_of_its_extension_and_no_colour() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for extension in ["json", "jsonl", "csv", "md", "txt"] {
        let ran = register.obligo(&format!("status -o out.{extension} --color always --bare")).succeeded();
        assert_eq!(ran.stdout, "");
        let format = if extension == "txt" { "table" } else { extension };
        let file = std::fs::read_to_string(register.folder.path().join(format!("out.{extension}"))).unwrap();
        assert_eq!(file, register.obligo(&format!("status -O {format}")).succeeded().stdout, "{extension}");
    }
    register.obligo("status --json -O csv").ended(2);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_written_anew_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let register = Register::with(&[("small.toml", SMALL)]);
    let secret = register.file("secret.json", "old");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    register.obligo("status -o secret.json").succeeded();
    assert_eq!(std::fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600, "others may read it now");
    let link = register.folder.path().join("link.json");
    std::os::unix::fs::symlink("secret.json", &link).unwrap();
    std::fs::write(&secret, "old").unwrap();
    register.obligo("status -o link.json").succeeded();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink(), "the link was replaced by a file");
    assert_ne!(std::fs::read_to_string(&secret).unwrap(), "old");
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_never_replaced_by_one() {
    use std::os::unix::fs::FileTypeExt;
    let register = Register::with(&[("small.toml", SMALL)]);
    let fifo = register.folder.path().join("queue.json");
    if !std::process::Command::new("mkfifo").arg(&fifo).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: mkfifo is not installed");
        return;
    }
    // Open at both ends, so that whoever writes into it does not wait for a reader.
    let _reader = std::fs::OpenOptions::new().read(true).write(true).open(&fifo).unwrap();
    register.obligo("due --as-of 2024-06-01 --within 10d -o queue.json");
    assert!(std::fs::symlink_metadata(&fifo).unwrap().file_type().is_fifo(), "the queue (or a device) was replaced by a file");
}

#[test]
fn there_is_colour_only_where_it_is_wanted() {
    let demo = Register::demo();
    let coloured = |line: &str, key: &str, value: &str| {
        let mut command = demo.command(line);
        command.env("TERM", "xterm-256color");
        if !key.is_empty() {
            command.env(key, value);
        }
        run(&mut command).succeeded().stdout.contains('\u{1b}')
    };
    for verb in READING {
        assert!(!coloured(verb, "", ""), "{verb} writes colour into a pipe");
    }
    let status = READING[0];
    assert!(coloured(&format!("{status} --color always"), "", ""));
    assert!(!coloured(&format!("{status} --color never"), "CLICOLOR_FORCE", "1"));
    assert!(coloured(status, "CLICOLOR_FORCE", "1"));
    assert!(!coloured(status, "NO_COLOR", "1"));
    for format in ["json", "jsonl", "csv"] {
        assert!(!coloured(&format!("{status} -O {format} --color always"), "", ""), "{format}");
    }
}

#[test]
fn the_words_are_the_same_without_colour() {
    let demo = Register::demo();
    let plain = demo.obligo(READING[0]).succeeded().stdout;
    let coloured = demo.obligo(&format!("{} --color always", READING[0])).succeeded().stdout;
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        stripped.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[rest.find('m').unwrap() + 1..];
    }
    stripped.push_str(rest);
    assert_eq!(stripped, plain);
}

#[test]
fn hints_are_beside_the_answer() {
    let register = Register::new();
    let ran = register.obligo("status --json").succeeded();
    serde_json::from_str::<Value>(&ran.stdout).unwrap();
}
