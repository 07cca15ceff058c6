//! `obligo check quotes`, and the documents that it looks into.

use serde_json::{Value, json};

use crate::support::{Register, SMALL};

const TEXT: &str = "The text\n\nThe Council meets once a year.\n\nCountry A sends a report on stan-\ndards in June.\nThe Group meets once a year, too.\n";

/// [`SMALL`] with a quote in paragraphs 2 and 3, and the document beside it registered by its digest.
fn register(meets: &str, report: &str) -> Register {
    let text = SMALL
        .replace("every = \"1 year\"", &format!("every = \"1 year\"\nsource = \"paper\"\nquote = {meets}"))
        .replace("text = \"A report on standards\"", &format!("text = \"A report\"\nsource = \"paper\"\nquote = {report}"))
        .replace("[[body]]\nid = \"council\"", &format!("{}\n\n[[body]]\nid = \"council\"", source(TEXT)));
    let register = Register::with(&[("small.toml", &text)]);
    std::fs::create_dir(register.folder.path().join("papers")).unwrap();
    register
}

fn source(text: &str) -> String {
    let sha256 = events::tree::sha256(text.as_bytes());
    format!("[[source]]\nid = \"paper\"\ntitle = \"The paper\"\npublished = 2024-01-15\nsha256 = \"{sha256}\"")
}

fn quotes(register: &Register) -> Vec<Value> {
    register.json("check quotes small --sources papers")["quotes"].as_array().unwrap().clone()
}

#[test]
fn each_quote_is_found_with_its_place() {
    let register = register("\"The Council meets once a year\"", "\"a report on standards\"");
    register.file("papers/anything.txt", TEXT);
    let found = quotes(&register);
    assert_eq!(found.iter().map(|quote| &quote["state"]).collect::<Vec<_>>(), ["found", "found"]);
    assert_eq!((&found[1]["line"], &found[1]["line_of"], &found[1]["source"]), (&5.into(), &"file".into(), &"paper".into()));
    let (prefix, suffix) = ("ts once a year. Country A sends ", " in June. The Group meets once a");
    let selector = json!({ "type": "TextQuoteSelector", "exact": "a report on standards", "prefix": prefix, "suffix": suffix });
    assert_eq!(found[1]["selector"], selector);
    assert_eq!(found[1]["file"], "papers/anything.txt");
    let ran = register.obligo("check quotes --sources papers --strict").succeeded();
    ran.says("2 quotes: 2 found").says("paper, line 3").says("paper, line 5");
    let csv = register.obligo("check quotes --sources papers -O csv").succeeded().stdout;
    assert!(csv.starts_with("agreement,provision,ref,quote,state,source,sha256,line,prefix,suffix,nearest\n"), "{csv}");
}

#[test]
fn a_quote_that_drifted_says_where_and_what_differs() {
    let register = register("\"The Council meets twice a year\"", "\"nothing of the sort whatsoever\"");
    register.file("papers/paper.txt", TEXT);
    let found = quotes(&register);
    assert_eq!((&found[0]["state"], &found[0]["line"]), (&"drifted".into(), &3.into()));
    assert_eq!(found[0]["nearest"]["exact"], "The Council meets once a year");
    let piece = |is: &str, words: &str| json!({ "is": is, "words": words });
    let pieces = [piece("same", "The Council meets"), piece("gone", "twice"), piece("new", "once"), piece("same", "a year")];
    assert_eq!(found[0]["differences"], Value::from(pieces.to_vec()));
    assert_eq!((&found[1]["state"], &found[1]["nearest"]), (&"not_found".into(), &Value::Null));
    register
        .obligo("check quotes --sources papers --strict")
        .ended(4)
        .says("The Council meets [-twice-] {+once+} a year")
        .says("2 quotes: 1 drifted, 1 not found");
    register.obligo("check quotes --sources papers").succeeded();
}

#[test]
fn what_stands_several_times_is_told_apart_by_what_stands_around_it() {
    let register = register("\"meets once a year\"", "{ exact = \"meets once a year\", prefix = \"Group\", suffix = \", too\" }");
    register.file("papers/paper.txt", TEXT);
    let found = quotes(&register);
    assert_eq!((&found[0]["state"], &found[0]["occurrences"]), (&"ambiguous".into(), &2.into()));
    assert_eq!((&found[1]["state"], &found[1]["line"]), (&"found".into(), &7.into()));
    assert_eq!(found[1]["quote"]["prefix"], "Group");
    register.obligo("check quotes --sources papers --strict").ended(4).says("paper, line 3, 7").says("1 found, 1 ambiguous");
    // The record has the words as a string, and what stands around them beside it.
    let log = register.json("log");
    let provision = log["records"].as_array().unwrap().iter().find(|record| record["entry"]["data"]["id"] == "3").unwrap();
    let data = &provision["entry"]["data"];
    assert_eq!((&data["quote"], &data["quote_suffix"]), (&"meets once a year".into(), &", too".into()));
}

#[test]
fn a_quote_is_a_string_or_a_table_of_three() {
    let register = Register::nowhere();
    for (quote, code) in [("7", "E0203"), ("{ prefix = \"a\" }", "E0202"), ("{ exact = \"a\", before = \"b\" }", "E0201")] {
        register.file("small.toml", SMALL.replace("every = \"1 year\"", &format!("every = \"1 year\"\nquote = {quote}")));
        register.obligo("check small.toml").ended(4).warns(code);
    }
}

#[test]
fn a_document_that_is_not_there_or_is_another_is_said() {
    let register = register("\"The Council meets once a year\"", "\"a report on standards\"");
    register.file("papers/else.txt", "else");
    assert_eq!(quotes(&register)[0]["state"], "source_missing");
    // Another file of its name: what it has is told, and it is still another.
    register.file("papers/paper.txt", TEXT.replace("once", "twice"));
    let found = quotes(&register);
    assert_eq!((&found[0]["state"], &found[1]["state"]), (&"source_changed".into(), &"source_changed".into()));
    assert_eq!((&found[0]["line"], &found[1]["line"]), (&3.into(), &5.into()));
    assert_eq!((&found[0]["selector"], &found[1]["nearest"]), (&Value::Null, &Value::Null));
    let ran = register.obligo("check quotes small --sources papers --strict").ended(4);
    ran.says("papers/paper.txt is another document").says("[-once-] {+twice+}").says("2 source changed");
    register.obligo("check quotes small").ended(4).warns("E0202").warns("--sources DIR");
    register.obligo("check quotes nowhere --sources papers").ended(3).warns("E0502");
    register.obligo("check quotes --sources nowhere").ended(4).warns("E0101");
}

#[test]
fn a_document_is_registered_by_its_digest_and_kept_where_that_is_asked() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.file("Joint Paper.txt", TEXT);
    let record = "record source small --file 'Joint Paper.txt' --title 'The paper' --published 2024-02-01";
    register.obligo(&format!("{record} --handling LIMITE --url https://example.org/paper --dry-run")).succeeded();
    let ran = register.obligo(&format!("{record} --handling LIMITE --url https://example.org/paper")).succeeded();
    ran.says("source joint-paper: The paper");
    let log = register.json("log");
    let data = &log["records"].as_array().unwrap().last().unwrap()["entry"]["data"];
    let sha256 = events::tree::sha256(TEXT.as_bytes()).to_string();
    let expected = json!({ "id": "joint-paper", "title": "The paper", "published": "2024-02-01", "handling": "LIMITE", "sha256": sha256, "url": "https://example.org/paper" });
    assert_eq!(*data, expected);
    assert!(!register.db().with_extension("evidence").exists(), "it was not asked to be kept");
    register.obligo(&format!("{record} --id second --keep")).succeeded();
    assert_eq!(std::fs::read_to_string(register.db().with_extension("evidence").join(&sha256)).unwrap(), TEXT);
    // The same again writes nothing; the same id for something else is refused; a record can cite it.
    register.obligo(&format!("{record} --id second --keep")).succeeded().says("recorded already");
    register.obligo(&format!("{record} --id second --handling LIMITE")).ended(4).warns("E0205");
    register.obligo("record source small --file nowhere.txt --title x --published 2024").ended(4).warns("E0101");
    register.obligo("record source other --file small.toml --title x --published 2024").ended(3).warns("E0502");
    register.obligo("record work small --on 2024-02-02 --text x --source joint-paper --reason late").succeeded();
    let provision = "record provision-added small --on 2024-03-01 --set 'ref = \"9\"' --set 'kind = \"statement\"' \
        --set 'quote = \"The Council meets\"' --source second --reason late";
    register.obligo(provision).succeeded();
    // What is kept is looked into without a folder.
    register.obligo("check quotes small").succeeded().says("1 quote: 1 found").says("second, line 3");
}
