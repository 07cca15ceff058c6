//! `obligo check`

use crate::support::{Register, SMALL, root};

#[test]
fn every_example_has_nothing_wrong_with_it() {
    let folder = root().join("examples/digital-partnerships");
    let mut files = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "toml") {
            Register::nowhere().obligo(&format!("check {}", file.display())).succeeded().says("nothing wrong");
            files += 1;
        }
    }
    assert_eq!(files, 7);
}

#[test]
fn it_needs_no_register_and_makes_none() {
    let register = Register::nowhere();
    register.file("small.toml", SMALL);
    register.obligo("check small.toml").succeeded().says("small").says("5 provisions, 1 acts");
    assert!(!register.db().exists());
}

#[test]
fn it_says_how_many_paragraphs_were_read() {
    let register = Register::nowhere();
    register.file("small.toml", SMALL.replace("force = \"non-binding\"", "force = \"non-binding\"\nparagraphs = 7"));
    register.obligo("check small.toml").succeeded().says("5 of 7 paragraphs read");
}

#[test]
fn a_file_is_judged_by_itself_whatever_the_register_holds() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let before = register.log();
    register.file("small.toml", SMALL.replace("A small agreement", "Another agreement"));
    register.obligo("check small.toml").succeeded();
    assert_eq!(register.log(), before);
}

#[test]
fn a_file_that_is_not_there_does_not_hide_what_is_wrong_with_the_next() {
    let register = Register::nowhere();
    register.file("wrong.toml", SMALL.replace("\"1 year\"", "\"one yer\""));
    register.obligo("check nowhere.toml wrong.toml").ended(4).warns("E0101").warns("E0304").warns("2 errors");
}

#[test]
fn what_is_odd_and_not_wrong_is_noted() {
    let odd = SMALL
        .replace("force = \"non-binding\"", "force = \"non-binding\"\nparagraphs = 7")
        .replace("text = \"A report on standards\"", "text = \"A report on standards\"\nquote = \"shall report\"");
    let more = "
[[provision]]
ref = \"9\"
kind = \"report\"
by = [\"AA\"]
to = [\"AA\"]
when = { act = \"meeting-held\", of = \"experts\" }
due = { within = \"10 days\" }

[[provision]]
ref = \"10\"
kind = \"meeting-series\"
body = \"council\"
every = \"6 months\"
";
    let register = Register::nowhere();
    register.file("odd.toml", format!("{odd}\n{more}"));
    let ran = register.obligo("check odd.toml").succeeded();
    for note in [
        "paragraphs 6, 7 have no provision",
        "3: “shall” in a text that does not bind",
        "9: hangs on a meeting of `experts`, which no provision makes meet",
        "9: AA owes it to itself",
        "2 and 10 both say how often `council` meets",
    ] {
        assert!(ran.stdout.contains(note), "{note}: {}", ran.stdout);
    }
    let plain = Register::nowhere();
    plain.file("small.toml", SMALL);
    assert!(!plain.obligo("check small.toml").succeeded().stdout.contains("note:"), "the control: nothing is odd in it");
}
