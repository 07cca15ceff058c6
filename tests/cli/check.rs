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
    register.obligo("check small.toml").succeeded().says("small").says("5 provisions, 1 act; nothing wrong");
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

/// What is odd in a file: `new` in the place of `old` in [`SMALL`], or after it where `old` is empty; and the one note that it gets.
struct Odd {
    old: &'static str,
    new: &'static str,
    note: &'static str,
}

const fn more(new: &'static str, note: &'static str) -> Odd {
    Odd { old: "", new, note }
}

const fn other(old: &'static str, new: &'static str, note: &'static str) -> Odd {
    Odd { old, new, note }
}

const FORCE: &str = "force = \"non-binding\"";
const REPORT: &str = "text = \"A report on standards\"";
const NOTICE: &str = "notice = { at_least = \"6 months\" }";
const BY_EITHER: &str = "kind = \"termination\"\nby = \"either\"\nnotice = { at_least = \"6 months\" }";

const ODD: &[Odd] = &[
    other(FORCE, "force = \"non-binding\"\nparagraphs = 7", "paragraphs 6, 7 have no provision: were they read?"),
    other(
        REPORT,
        "text = \"A report\"\nquote = \"shall report\"",
        "3: “shall” in a text that does not bind; is its force right?",
    ),
    other(FORCE, "force = \"non-binding\"\nparagraphs = 6", "paragraph 6 has no provision: was it read?"),
    other("on = \"signature\"", "of = 3\nafter = { period = \"30 days\" }", "1: needs 3 consents, and 2 parties are named"),
    // Dead triggers.
    more(
        "kind = \"report\"\nby = [\"AA\"]\nwhen = { act = \"not-met\", of = \"4\" }\ndue = { within = \"10 days\" }",
        "9: hangs on 4 not being met, which stands without a date: that day never comes",
    ),
    more(
        "kind = \"report\"\nby = [\"AA\"]\nwhen = { act = \"meeting-held\", of = \"experts\" }\ndue = { within = \"10 days\" }",
        "9: hangs on a meeting of `experts`, which no provision makes meet",
    ),
    other(
        "body = \"council\"\nevery = \"1 year\"",
        "body = \"council\"\n\n[[provision]]\nref = \"9\"\nkind = \"report\"\nby = [\"AA\"]\ndue = { at = \"next experts\" }",
        "9: due at the next meeting of `experts`, which no provision makes meet",
    ),
    other(
        "kind = \"meeting-series\"\nbody = \"council\"\nevery = \"1 year\"",
        "kind = \"report\"\nby = [\"AA\"]\nwhen = { act = \"meeting-held\" }",
        "2: hangs on a meeting, and no provision makes anybody meet",
    ),
    other(
        BY_EITHER,
        "kind = \"commitment\"\nby = [\"AA\"]\nwhen = { act = \"notice-given\" }",
        "5: hangs on a notice, and no provision gives anybody the power to give one",
    ),
    // Who owes it, and to whom.
    more("kind = \"commitment\"\nby = [\"AA\"]\nto = [\"AA\"]", "9: AA owes it to itself"),
    more("kind = \"commitment\"\nby = [\"AA\"]\nto = [\"BB\", \"AA\"]", "9: AA owes it to itself"),
    // Two for one thing.
    more("kind = \"meeting-series\"\nbody = \"council\"\nevery = \"6 months\"", "2 and 9 both say how often `council` meets"),
    more("kind = \"entry-into-effect\"\nid = \"again\"\non = \"2024-02-01\"", "1 and 9 both say when it comes into effect"),
    other(
        BY_EITHER,
        "kind = \"term\"\nlength = \"5 years\"\n\n[[provision]]\nref = \"9\"\nkind = \"term\"\nid = \"again\"\nlength = \"6 years\"",
        "5 and 9 both say how long it lasts",
    ),
    more(
        "kind = \"termination\"\nid = \"exit\"\nby = \"either\"\nnotice = { period = \"3 months\" }",
        "5 and 9 let the same parties end it, by notice of 6 months and of 3 months",
    ),
    // Periods that leave no room.
    more(
        "kind = \"term\"\nlength = \"5 months\"",
        "5: notice of 6 months outlasts the term of 5 months (9): it always comes too late",
    ),
    more(
        "kind = \"term\"\nlength = \"1 year\"\nrenewal = { tacit = \"1 year\", unless_notice = { before_end = \"13 months\" } }",
        "9: notice is due 13 months before the end, and the first term lasts 1 year: the day lies before it begins",
    ),
    more(
        "kind = \"term\"\nlength = \"1 year\"\nrenewal = { tacit = \"3 months\", unless_notice = { before_end = \"4 months\" } }",
        "9: notice is due 4 months before the end, and a renewed term lasts 3 months: the day lies before it begins",
    ),
    other(
        NOTICE,
        "notice = { at_least = \"6 months\", not_before = \"5 years after entry-into-force\" }\n\n[[provision]]\nref = \"9\"\nkind = \"term\"\nlength = \"5 years\"",
        "5: no notice before 5 years have passed, and the term of 5 years (9) is over by then",
    ),
    other(
        NOTICE,
        "notice = { at_least = \"6 months\", not_before = \"2031-01-01\" }\n\n[[provision]]\nref = \"9\"\nkind = \"term\"\nlength = \"5 years\"",
        "5: no effect before 2031-01-01, and the term (9) is over by 2029-01-15",
    ),
    other(
        NOTICE,
        "notice = { at_least = \"6 months\", window = { every = \"10 years\", open = \"1 year\" } }\n\n[[provision]]\nref = \"9\"\nkind = \"term\"\nlength = \"5 years\"",
        "5: its window opens every 10 years, and the term of 5 years (9) is over by then: it never opens",
    ),
    other(
        NOTICE,
        "notice = { at_least = \"6 months\", window = { every = \"1 year\", open = \"12 months\" } }",
        "5: its window opens every 1 year for 1 year: it never closes",
    ),
    other(
        NOTICE,
        "notice = { at_least = \"6 months\", condition = \"war\", hold_while = \"war\" }",
        "5: takes effect only if “war” and not while “war”: never",
    ),
    other(
        "due = { by = \"2025-06\" }",
        "due = \"2023-06\"",
        "3: due 2023-06, before the agreement comes into effect, 2024-01-15",
    ),
    more(
        "kind = \"report\"\nby = [\"AA\"]\nwhen = { act = \"signed\" }\ndue = { before = \"10 days\" }",
        "9: due before `signed`, and only a meeting is planned ahead: hang it on meeting-held",
    ),
    // What goes round.
    more(
        "kind = \"commitment\"\nby = [\"AA\", \"BB\"]\njoint = \"reciprocal\"\n\n[[provision]]\nref = \"10\"\nkind = \"report\"\nby = [\"AA\"]\nwhen = { act = \"performance\", of = \"9\" }\ndue = { within = \"10 days\" }",
        "10: follows from the performance of 9, which each owes by itself: it arises once for each",
    ),
    more("kind = \"survival\"\nid = \"goes-on\"\nof = [\"goes-on\"]", "9: survives by its own word"),
    more(
        "kind = \"survival\"\nid = \"a\"\nof = [\"b\", \"3\"]\n\n[[provision]]\nref = \"10\"\nkind = \"survival\"\nid = \"b\"\nof = [\"a\"]",
        "9, 10 survive by each other's word alone",
    ),
    other(FORCE, "force = \"non-binding\"\nrelates = [{ to = \"small\", as = \"under\" }]", "it is said to be `under` itself"),
];

/// The same in order: nothing is noted.
const IN_ORDER: &[&str] = &[
    "kind = \"report\"\nby = [\"AA\"]\nwhen = { act = \"meeting-held\", of = \"council\" }\ndue = { before = \"10 days\" }",
    "kind = \"report\"\nby = [\"AA\"]\ndue = { at = \"next council\" }",
    "kind = \"commitment\"\nby = [\"AA\"]\nwhen = { act = \"notice-given\" }\ndue = { within = \"10 days\" }",
    "kind = \"commitment\"\nby = [\"AA\", \"BB\"]\nto = [\"BB\", \"AA\"]",
    "kind = \"report\"\nby = [\"AA\"]\nwhen = { act = \"meeting-held\", of = \"experts\" }\n\n[[act]]\ntype = \"meeting-held\"\nbody = \"experts\"\non = 2024-02-01\nsource = \"text\"",
    "kind = \"meeting-series\"\nbody = \"experts\"\nevery = \"6 months\"",
    "kind = \"term\"\nlength = \"6 months\"",
    "kind = \"term\"\nlength = \"5 months\"\nrenewal = { tacit = \"5 months\", unless_notice = { before_end = \"5 months\" } }",
    "kind = \"termination\"\nid = \"for-breach\"\nby = \"either\"\nnotice = { period = \"30 days\", condition = \"a breach\" }",
    "kind = \"termination\"\nid = \"exit\"\nby = [\"AA\"]\nnotice = { period = \"3 months\" }",
    "kind = \"termination\"\nid = \"exit\"\nby = [\"AA\"]\nnotice = { at_least = \"6 months\", window = { every = \"10 years\", open = \"1 year\" } }",
    "kind = \"survival\"\nid = \"a\"\nof = [\"b\"]\n\n[[provision]]\nref = \"10\"\nkind = \"survival\"\nid = \"b\"\nof = [\"3\"]",
];

fn notes(register: &Register, line: &str) -> Vec<String> {
    let ran = register.obligo(line).succeeded();
    ran.stdout.lines().filter_map(|line| line.trim_start().strip_prefix("note: ")).map(String::from).collect()
}

fn with(provision: &str) -> String {
    format!("{SMALL}\n[[provision]]\nref = \"9\"\n{provision}\n")
}

#[test]
fn what_is_odd_and_not_wrong_is_noted() {
    let register = Register::nowhere();
    for Odd { old, new, note } in ODD {
        assert!(SMALL.contains(old), "the small agreement is another: {old}");
        register.file("odd.toml", if old.is_empty() { with(new) } else { SMALL.replacen(old, new, 1) });
        assert_eq!(notes(&register, "check odd.toml"), [*note], "{new}");
    }
}

#[test]
fn what_is_in_order_is_not_noted() {
    let register = Register::nowhere();
    register.file("small.toml", SMALL);
    assert!(notes(&register, "check small.toml").is_empty());
    for provision in IN_ORDER {
        register.file("even.toml", with(provision));
        assert!(notes(&register, "check even.toml").is_empty(), "{provision}: {:?}", notes(&register, "check even.toml"));
    }
}

#[test]
fn what_nobody_owes_or_nothing_has_is_refused() {
    let register = Register::nowhere();
    for (code, provision) in [
        ("E0202", "kind = \"commitment\""),
        ("E0401", "kind = \"report\"\nby = [\"CC\"]"),
        ("E0402", "kind = \"report\"\nby = [\"AA\"]\ndue = { at = \"next forum\" }"),
        ("E0403", "kind = \"survival\"\nof = [\"77\"]"),
        ("E0202", "kind = \"term\"\nrenewal = { tacit = \"1 year\" }"),
    ] {
        register.file("wrong.toml", with(provision));
        register.obligo("check wrong.toml").ended(4).warns(code);
    }
}

#[test]
fn what_is_owed_to_nobody_is_noted() {
    let alone =
        SMALL.replace("[[party]]\nid = \"BB\"\nname = \"Country B\"\n", "").replace("by = [\"AA\", \"BB\"]", "by = [\"AA\"]");
    let register = Register::nowhere();
    register.file("alone.toml", alone);
    let nobody = |reference: &str| format!("{reference}: owed to nobody, for no other party is named");
    assert_eq!(notes(&register, "check alone.toml"), [nobody("3"), nobody("4")]);
}

#[test]
fn agreements_that_go_round_are_noted() {
    let register = Register::nowhere();
    let named = |id: &str, to: &str, relation: &str| {
        let relates = format!("id = \"{id}\"\nrelates = [{{ to = \"{to}\", as = \"{relation}\" }}]");
        register.file(&format!("{id}.toml"), SMALL.replacen("id = \"small\"", &relates, 1));
    };
    named("a", "b", "superseded-by");
    named("b", "c", "superseded-by");
    named("c", "b", "supersedes");
    assert!(notes(&register, "check a.toml b.toml c.toml").is_empty(), "a chain has an end");
    named("a", "c", "supersedes");
    assert_eq!(notes(&register, "check a.toml b.toml c.toml"), Vec::<String>::new(), "said from both ends it is one order");
    named("c", "a", "superseded-by");
    named("a", "b", "superseded-by");
    assert_eq!(notes(&register, "check a.toml b.toml c.toml"), ["a, b, c take each other's place"]);
    assert!(notes(&register, "check a.toml b.toml").is_empty());
}

const TEXT: &str = "The Parties meet\u{a0}once a year.\n\nThey report on what they have meas-\nured, “in good time”.\n";

/// Of [`TEXT`].
const SHA256: &str = "58b75f8ab3f43573dd4485f09e2388b55a1c1d6cd388dade635dab7ddc3c7430";

/// [`SMALL`] with a quote in paragraph 3, and the SHA-256 of [`TEXT`] for its source.
fn citing(quote: &str) -> String {
    let cited = SMALL.replacen("published = 2024-01-15", &format!("published = 2024-01-15\nsha256 = \"{SHA256}\""), 1);
    cited.replacen("text = \"A report on standards\"", &format!("text = \"A report\"\nquote = \"{quote}\""), 1)
}

#[test]
fn quotes_are_held_against_their_sources() {
    let register = Register::nowhere();
    std::fs::create_dir_all(register.folder.path().join("papers/old")).unwrap();
    register.file("papers/old/scan-7.txt", TEXT);
    register.file("small.toml", citing("what they have measured, \\\"in good time\\\""));
    register.obligo("check small.toml --sources papers").succeeded().says("  1 quote found\n");
    register.file("small.toml", citing("… have measured … in good time"));
    register.obligo("check small.toml --sources papers").succeeded().says("  1 quote found\n");
    register.file("small.toml", citing("they have measured twice"));
    let ran = register.obligo("check small.toml --sources papers").succeeded();
    ran.says("note: 3: “they have measured twice” is not in `text`; nearest: “they have measured, \"in”")
        .says("0 quotes found, 1 not found\n");
}

#[test]
fn a_source_that_is_not_at_hand_is_said() {
    let register = Register::nowhere();
    std::fs::create_dir(register.folder.path().join("papers")).unwrap();
    register.file("small.toml", citing("once a year"));
    let check = "check small.toml --sources papers";
    register
        .obligo(check)
        .succeeded()
        .says("source `text` is not at hand")
        .says("0 quotes found, 1 not looked for, 1 source not at hand");
    register.file("papers/Text.txt", "Another text.");
    register.obligo(check).succeeded().says("papers/Text.txt is called like it and is another document");
    register.file("small.toml", SMALL);
    register.obligo(check).succeeded().says("no sha256 to know the source by: text").says("0 quotes found, 1 source not at hand");
    register.obligo("check small.toml --sources nowhere").ended(4).warns("E0101").warns("nowhere");
}

#[test]
fn a_document_that_is_no_text_is_read_beside() {
    let register = Register::nowhere();
    std::fs::create_dir(register.folder.path().join("papers")).unwrap();
    register.file("papers/treaty.pdf", b"%PDF-1.7\n\x00\xff");
    let sha256 = "08758a35199194100a9c1df0f0f58e6fa97a9401da96c5e81b3ff556c7771241";
    register.file("small.toml", citing("once a year").replace(SHA256, sha256));
    let check = "check small.toml --sources papers";
    register
        .obligo(check)
        .succeeded()
        .says("papers/treaty.pdf cannot be read as text; put its text beside it, as papers/treaty.txt");
    register.file("papers/treaty.txt", TEXT);
    register.obligo(check).succeeded().says("  1 quote found\n");
}

#[test]
fn pages_and_markdown_are_read_without_their_markup() {
    for (name, sha256, text) in [
        (
            "page.html",
            "8d9326be5729a528a6ce7f4f76ac5b2239f6f6972e8b9e6b2433181081ee4ebc",
            "<html><head><style>p { color: red }</style></head><body><p>They meet <b>once</b> a&nbsp;year.</p></body></html>",
        ),
        (
            "page.md",
            "06fb936d37e3672c534695c4e1896465a04d8d4712dbda3898fdb79efd3b85ab",
            "They [meet](https://example.org) *once* a year.",
        ),
    ] {
        let register = Register::nowhere();
        std::fs::create_dir(register.folder.path().join("papers")).unwrap();
        register.file(&format!("papers/{name}"), text);
        register.file("small.toml", citing("They meet once a year").replace(SHA256, sha256));
        register.obligo("check small.toml --sources papers").succeeded().says("  1 quote found\n");
    }
}

#[test]
fn a_quote_that_stands_in_another_source_is_found_there() {
    let register = Register::nowhere();
    std::fs::create_dir(register.folder.path().join("papers")).unwrap();
    register.file("papers/a.txt", TEXT);
    register.file("papers/b.txt", "Nothing here.");
    let second = "[[source]]\nid = \"other\"\ntitle = \"Another\"\npublished = 2024-01-16\nsha256 = \"eb38ca40211a0821582acaf2dd3291dadb09778dddfc4245ba3ca2edb69b177c\"\n\n[[body]]\nid = \"council\"";
    let text = citing("once a year").replacen("[[body]]\nid = \"council\"", second, 1).replacen(
        "quote =",
        "source = \"other\"\nquote =",
        1,
    );
    register.file("small.toml", text);
    let ran = register.obligo("check small.toml --sources papers").succeeded();
    ran.says("note: 3: “once a year” stands in `text`, and `other` is named").says("  1 quote found\n");
}

#[test]
fn what_is_noted_is_told_in_the_first_line_and_fails_where_that_is_asked() {
    let register = Register::nowhere();
    register.file("even.toml", SMALL);
    register.file("odd.toml", SMALL.replace(FORCE, "force = \"non-binding\"\nparagraphs = 7"));
    register.obligo("check even.toml --strict").succeeded();
    register.obligo("check odd.toml").succeeded().says("no error, 1 note");
    register.obligo("check odd.toml --strict").ended(4).says("paragraphs 6, 7");
}

#[test]
fn a_key_of_due_is_sent_there() {
    let register = Register::nowhere();
    register.file("grace.toml", SMALL.replace("due = { by = \"2025-06\" }", "due = { by = \"2025-06\" }\ngrace = \"30 days\""));
    register.obligo("check grace.toml").ended(4).warns("E0201").warns("it belongs in `due`");
    register.file("reading.toml", SMALL.replace("every = \"1 year\"", "every = \"3 months\"\nreading = \"calendar-quarter\""));
    register.obligo("check reading.toml").ended(4).warns("E0204").warns("calendar-period, rolling");
}
