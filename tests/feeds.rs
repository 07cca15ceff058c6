//! The feed and the metrics that a run writes, each read back by a reader that knows nothing of this program.

mod support;

use chrono::{DateTime, NaiveDate, Utc};
use events::event::Certainty;
use obligo::jobs::message::{Entry, Item, Status};
use obligo::report::atom::feed;
use obligo::report::prometheus::{Measured, metrics};
use rules::docket::{Axes, Docket, Due, Ending, Existence, Kind, Line, Timing};
use rules::time::Span;
use support::{Register, SMALL, python};
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn item(number: u128, what: &str) -> Item {
    Item {
        alert: Uuid::from_u128(number),
        entry: format!("pact/{number}"),
        agreement: "pact".into(),
        title: "A <pact> & more".into(),
        what: what.into(),
        force: "binding",
        label: "due soon".into(),
        rung: "30 days before".into(),
        due: Due::within(Span { earliest: day("2026-12-01"), latest: day("2026-12-31") }, Certainty::Definitive),
        due_words: "between 2026-12-01 and 2026-12-31".into(),
        late_by: Some(3),
        because: "\"each year\"".into(),
        closes_with: None,
        calendar: Entry {
            uid: Uuid::nil(),
            sequence: 0,
            stamp: DateTime::UNIX_EPOCH,
            day: day("2026-12-31"),
            status: Status::Tentative,
            summary: String::new(),
            description: String::new(),
            alarms: Vec::new(),
        },
    }
}

#[test]
fn a_feed_is_well_formed_whatever_is_in_it_and_the_newest_comes_first() {
    let (old, new) = (item(1, "=<script>]]>\u{0}\u{b} & \u{ffff}"), item(2, "Report"));
    let alerts = [(at("2026-11-01T06:00:00Z"), &old), (at("2026-11-02T06:00:00Z"), &new)];
    let text = feed(Uuid::from_u128(7), &alerts);
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.tag_name().namespace()), ("feed", Some("http://www.w3.org/2005/Atom")));
    let of = |node: roxmltree::Node, name: &str| {
        let found: Vec<_> = node.children().filter(|child| child.has_tag_name(("http://www.w3.org/2005/Atom", name))).collect();
        assert_eq!(found.len(), 1, "RFC 4287 has one `{name}` here\n{text}");
        found[0].text().unwrap_or_default().to_string()
    };
    assert_eq!(of(root, "id"), "urn:uuid:00000000-0000-0000-0000-000000000007");
    assert_eq!(of(root, "updated"), "2026-11-02T06:00:00.000000Z");
    assert!(!of(root, "title").is_empty());
    let entries: Vec<_> = root.children().filter(|child| child.tag_name().name() == "entry").collect();
    assert_eq!(of(entries[0], "id"), "urn:uuid:00000000-0000-0000-0000-000000000002");
    assert_eq!(of(entries[0], "title"), "Report, between 2026-12-01 and 2026-12-31 · A <pact> & more");
    assert!(of(entries[0], "content").contains("Flagged 3 days late"));
    assert_eq!(of(entries[1], "updated"), "2026-11-01T06:00:00.000000Z");
    assert!(of(entries[1], "title").starts_with("=<script>]]>   &  "));
    assert_eq!(feed(Uuid::from_u128(7), &alerts), text);
    let empty = feed(Uuid::nil(), &[]);
    roxmltree::Document::parse(&empty).unwrap();
}

fn line(agreement: &str, id: &str, axes: Axes, due: Option<(&str, &str)>) -> Line {
    let due = due.map(|(earliest, latest)| Span { earliest: day(earliest), latest: day(latest) });
    Line {
        id: format!("{agreement}/{id}"),
        agreement: agreement.into(),
        provision: None,
        kind: Kind::Commitment,
        what: String::new(),
        by: Vec::new(),
        to: Vec::new(),
        label: String::new(),
        axes,
        due: due.map_or(Due::default(), |due| Due::within(due, Certainty::Definitive)),
        window: None,
        because: Vec::new(),
        closes_with: Vec::new(),
        topics: Vec::new(),
        force: events::terms::Force::Binding,
        handling: Vec::new(),
        reckoned: None,
        known_since: None,
        late_known: false,
    }
}

fn measured(entries: Vec<Line>) -> String {
    let docket = Docket { as_of: day("2026-11-22"), agreements: Vec::new(), entries, findings: Vec::new() };
    let evaluated_at = at("2026-11-22T06:00:00Z");
    metrics(&Measured { docket: &docket, evaluated_at, size: 42, undelivered: 2, dead_letters: 1 })
}

#[test]
fn metrics_count_each_line_once_and_name_the_next_day() {
    let over = Axes { existence: Existence::Ended(Ending::Waived), ..Axes::live(Timing::Undated) };
    let power = Line { kind: Kind::Power, ..line("pact", "power", Axes::live(Timing::Due), Some(("2026-11-23", "2026-11-23"))) };
    let text = measured(vec![
        line("pact", "1", Axes::live(Timing::Overdue(3)), Some(("2026-11-19", "2026-11-19"))),
        line("pact", "2", Axes::live(Timing::DueSoon), Some(("2026-12-01", "2026-12-31"))),
        line("pact", "3", Axes::live(Timing::DueSoon), Some(("2026-12-02", "2026-12-31"))),
        line("pact", "4", over, Some(("2026-11-23", "2026-11-23"))),
        line("a\"b\\c\nd", "5", Axes::undetermined("when"), None),
        power,
    ]);
    for sample in [
        "obligo_obligations{agreement=\"pact\",status=\"overdue\"} 1",
        "obligo_obligations{agreement=\"pact\",status=\"due_soon\"} 2",
        "obligo_obligations{agreement=\"pact\",status=\"ended\"} 1",
        "obligo_obligations{agreement=\"a\\\"b\\\\c\\nd\",status=\"undetermined\"} 1",
        // 1 December 2026.
        "obligo_next_deadline_timestamp_seconds 1796083200",
        "obligo_last_evaluation_timestamp_seconds 1795327200",
        "obligo_log_head_sequence 42",
        "obligo_alerts_undelivered 2",
        "obligo_dead_letters 1",
    ] {
        assert!(text.lines().any(|line| line == sample), "{sample}\n{text}");
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("obligo_obligations{")).count(), 4);
    let running = measured(vec![line("pact", "1", Axes::live(Timing::Due), Some(("2026-11-01", "2026-11-30")))]);
    assert!(running.contains("\nobligo_next_deadline_timestamp_seconds 1795996800\n"), "its last day is to come\n{running}");
    assert!(!measured(Vec::new()).contains("\nobligo_next_deadline_timestamp_seconds "), "nothing is to come");
}

const READER: &str = "
import sys
try:
    from prometheus_client.parser import text_fd_to_metric_families
except ImportError:
    sys.exit(77)
for family in text_fd_to_metric_families(sys.stdin):
    assert family.type == 'gauge' and family.documentation, family
    for sample in family.samples:
        assert sample.timestamp is None, sample
        print(sample.name, sorted(sample.labels.items()), float(sample.value))
";

#[test]
fn metrics_are_read_by_the_parser_of_prometheus() {
    let awkward = line("a\"b\\c\nd", "5", Axes::undetermined("when"), None);
    let text = measured(vec![awkward, line("pact", "1", Axes::live(Timing::Due), Some(("2026-11-01", "2026-11-30")))]);
    let Some(told) = python::reads(READER, "prometheus_client", &text) else { return };
    let expected = "obligo_obligations [('agreement', 'a\"b\\\\c\\nd'), ('status', 'undetermined')] 1.0
obligo_obligations [('agreement', 'pact'), ('status', 'due')] 1.0
obligo_next_deadline_timestamp_seconds [] 1795996800.0
obligo_last_evaluation_timestamp_seconds [] 1795327200.0
obligo_log_head_sequence [] 42.0
obligo_alerts_undelivered [] 2.0
obligo_dead_letters [] 1.0
";
    assert_eq!(told, expected);
}

#[test]
fn a_run_writes_each_file_whole_and_one_that_cannot_be_written_stops_no_other() {
    let register = Register::with(&[("small.toml", SMALL)]).on("2025-06-20");
    let files = "[files]\ncalendar = \"a.ics\"\natom = \"none/a.atom\"\ncsv = \"a.csv\"\nprometheus = \"a.prom\"\n";
    register.file("obligo.toml", files);
    let read = |name: &str| std::fs::read_to_string(register.folder.path().join(name)).unwrap();
    register.obligo("run").ended(1).warns("a.atom");
    assert_eq!(read("a.ics"), register.obligo("status -O ics").succeeded().stdout);
    register.obligo("verify --stamp a.csv").succeeded();
    assert!(read("a.csv").contains("\nsmall/3,") && read("a.csv").contains("\n# — obligo/"), "{}", read("a.csv"));
    assert!(read("a.prom").contains("obligo_obligations{agreement=\"small\",status=\"due\"} 2"), "{}", read("a.prom"));

    std::fs::create_dir(register.folder.path().join("none")).unwrap();
    register.obligo("run").succeeded();
    let feed = read("none/a.atom");
    let document = roxmltree::Document::parse(&feed).unwrap_or_else(|error| panic!("{error}\n{feed}"));
    let entries = document.root_element().children().filter(|child| child.tag_name().name() == "entry").count();
    let flagged = register.json("alerts --all");
    assert_eq!(entries, flagged["alerts"].as_array().unwrap().len(), "{feed}\n{flagged:#}");
    // Nothing was recorded since that either of them tells of.
    let before = (read("a.ics"), feed);
    register.obligo("run").succeeded();
    assert_eq!((read("a.ics"), read("none/a.atom")), before);
    let left = std::fs::read_dir(register.folder.path())
        .unwrap()
        .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().ends_with(".new"));
    assert_eq!(left.count(), 0, "no half of a file is left");

    // What else lives beside a register is not written over, and two files are two.
    for taken in ["register.db", "register.key", "register.checkpoints", "obligo.toml"] {
        register.file("obligo.toml", format!("[files]\ncalendar = \"{taken}\"\n"));
        register.obligo("config check").ended(4).warns("E0806").warns(taken);
        register.obligo("run").ended(4).warns("E0806");
    }
    register.file("obligo.toml", "[files]\ncsv = \"a.csv\"\natom = \"a.csv\"\n");
    register.obligo("config check").ended(4).warns("E0806");
    // Nor by any other verb.
    register.obligo("status -O csv -o register.key").ended(4).warns("E0417");
    std::fs::write(register.folder.path().join("other.db"), std::fs::read(register.db()).unwrap()).unwrap();
    register.file("obligo.toml", "[files]\ncalendar = \"other.db\"\n");
    register.obligo("run").ended(1).warns("E0417").warns("database");
    register.obligo("verify").succeeded();
}
