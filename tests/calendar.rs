//! Deadlines as a calendar, read back by two readers: the parser of the crate that writes it, and Python's `icalendar`, which shares no line
//! with it. The second is named by `OBLIGO_PYTHON`; without it, its part is skipped.

mod support;

use icalendar::parser::{Component, read_calendar, unfold};
use obligo::jobs::message::{Entry, Status};
use obligo::report::calendar;
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};
use support::{Register, SMALL, python};
use uuid::Uuid;

/// What is written is read back by Python and told line by line.
const SECOND_READER: &str = r#"
import sys
try:
    import icalendar
except ImportError:
    sys.exit(77)
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
assert not calendar.errors, calendar.errors
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    assert "DTEND" not in event and "DURATION" not in event
    assert type(event["DTSTART"].dt).__name__ == "date"
    alarms = " ".join(str(int(alarm["TRIGGER"].dt.total_seconds()) // 86400) for alarm in event.walk("VALARM"))
    text = lambda key: str(event[key]).replace("\\", "\\\\").replace("\n", "\\n")
    when = event["DTSTAMP"].dt.strftime("%Y%m%dT%H%M%SZ")
    print("|".join([event["UID"], str(event["SEQUENCE"]), event["DTSTART"].dt.strftime("%Y%m%d"), when,
                    event["STATUS"], event["TRANSP"], alarms, text("SUMMARY"), text("DESCRIPTION")]))
"#;

fn says(component: &Component, key: &str) -> String {
    let property = component.find_prop(key).unwrap_or_else(|| panic!("no {key} in {component:?}"));
    property.val.as_ref().to_string()
}

/// A calendar as a list of its events, by the crate's own parser.
fn first_reader(text: &str) -> Vec<String> {
    let unfolded = unfold(text);
    let read = read_calendar(&unfolded).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let event = |event: &Component| {
        assert!(event.find_prop("DTEND").is_none() && event.find_prop("DURATION").is_none(), "{event:?}");
        let of_day = event.find_prop("DTSTART").unwrap();
        assert!(of_day.params.iter().any(|one| one.key == "VALUE" && one.val.as_ref().unwrap() == &"DATE"), "{event:?}");
        assert_eq!(says(event, "DTSTAMP"), says(event, "LAST-MODIFIED"));
        let alarms: Vec<String> =
            event.components.iter().map(|alarm| says(alarm, "TRIGGER").replace("-P", "-").replace('D', "")).collect();
        let text = |key| says(event, key).replace('\\', "\\\\").replace('\n', "\\n");
        let keys = ["UID", "SEQUENCE", "DTSTART", "DTSTAMP", "STATUS", "TRANSP"].map(|key| says(event, key));
        format!("{}|{}|{}|{}", keys.join("|"), alarms.join(" "), text("SUMMARY"), text("DESCRIPTION"))
    };
    read.components.iter().map(event).collect()
}

/// The same by Python's `icalendar`; `None` where it is not here.
fn second_reader(text: &str) -> Option<Vec<String>> {
    python::reads(SECOND_READER, "icalendar", text).map(|told| told.lines().map(String::from).collect())
}

/// The events of a calendar, as both readers have them.
#[track_caller]
fn read(text: &str) -> Vec<String> {
    for line in text.split("\r\n") {
        // One more than is good form: the crate counts the blank that begins a line only where it folds again.
        assert!(line.len() <= 76 && !line.contains(['\n', '\r']), "{line}");
    }
    let first = first_reader(text);
    if let Some(second) = second_reader(text) {
        assert_eq!(first, second, "{text}");
    }
    first
}

/// One event, in its parts.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    uid: String,
    sequence: u64,
    day: String,
    stamp: String,
    status: String,
    alarms: String,
    summary: String,
    description: String,
}

impl Told {
    fn of(line: &str) -> Self {
        let parts: Vec<&str> = line.splitn(9, '|').collect();
        let [uid, sequence, day, stamp, status, transp, alarms, summary, description] = parts[..] else { panic!("{line}") };
        assert_eq!(transp, "TRANSPARENT");
        Told {
            uid: uid.into(),
            sequence: sequence.parse().unwrap(),
            day: day.into(),
            stamp: stamp.into(),
            status: status.into(),
            alarms: alarms.into(),
            summary: summary.into(),
            description: description.into(),
        }
    }
}

/// The event of a line, if the calendar has it.
#[track_caller]
fn event(register: &Register, line: &str, question: &str) -> Option<Told> {
    let text = register.obligo(&format!("{question} -O ics")).succeeded().stdout;
    let ends = format!("obligo explain {line}");
    let mut found =
        read(&text).iter().map(|line| Told::of(line)).filter(|told| told.description.ends_with(&ends)).collect::<Vec<_>>();
    assert!(found.len() <= 1, "{found:?}");
    found.pop()
}

/// When the last record of an agreement was recorded, as the calendar writes it.
fn last_recorded(register: &Register, agreement: &str) -> String {
    let log = register.json(&format!("log {agreement}"));
    let at =
        log["records"].as_array().unwrap().iter().map(|record| record["entry"]["recorded_at"].as_str().unwrap()).max().unwrap();
    format!("{}Z", at[..19].replace(['-', ':'], ""))
}

/// One small agreement with a deadline of each sort.
fn dated() -> Register {
    let mut more = SMALL.replace("due = { by = \"2025-06\" }", "due = { by = 2025-06-30 }");
    more.push_str(
        r#"
[[provision]]
ref = "6"
kind = "report"
by = ["AA"]
due = { by = "2025-06" }
text = "A vague; report, with \\ and ümlauts"

[[provision]]
ref = "7"
kind = "report"
by = ["AA"]
due = { by = 2028-02-29 }
text = "A report on the day that most years lack"
"#,
    );
    Register::with(&[("small.toml", &more)]).on("2025-03-01")
}

#[test]
fn a_day_is_confirmed_and_a_range_is_tentative_and_says_so() {
    let register = dated();
    let day = event(&register, "small/3", "status").unwrap();
    assert_eq!((day.day.as_str(), day.status.as_str(), day.alarms.as_str()), ("20250630", "CONFIRMED", "-30 -7 -1"));
    assert_eq!(day.summary, "A report on standards · A small agreement");

    let range = event(&register, "small/6", "status").unwrap();
    assert_eq!((range.day.as_str(), range.status.as_str()), ("20250630", "TENTATIVE"));
    // Thirty days before the 1st of June is 59 before the 30th.
    assert_eq!(range.alarms, "-59 -36 -30");
    let summary = r"A vague; report, with \\ and ümlauts, between 2025-06-01 and 2025-06-30 · A small agreement";
    assert_eq!(range.summary, summary);

    let leap = event(&register, "small/7", "status").unwrap();
    assert_eq!((leap.day.as_str(), leap.status.as_str()), ("20280229", "CONFIRMED"));

    // Standing, and nobody's duty.
    assert!(event(&register, "small/4", "status").is_none());
    assert!(event(&register, "small/termination", "status").is_none());
}

#[test]
fn the_same_question_gives_the_same_bytes_and_due_is_a_part_of_status() {
    let register = dated();
    let ask = |question: &str| register.obligo(question).succeeded().stdout;
    assert_eq!(ask("status -O ics"), ask("status -O ics"));
    for line in ["small/3", "small/6"] {
        let told = event(&register, line, "status");
        assert_eq!(told, event(&register, line, "due --within 6m"));
        assert_eq!(told, event(&register, line, "status small"));
    }
    assert!(event(&register, "small/7", "due --within 6m").is_none());
    // A calendar without events is a calendar, which a subscriber finds in its place.
    assert_eq!(read(&ask("due --within 1d --as-of 2024-06-01 -O ics")), Vec::<String>::new());
    register.obligo("status -o due.ics").succeeded();
    assert_eq!(std::fs::read_to_string(register.folder.path().join("due.ics")).unwrap(), ask("status -O ics"));
    let ran = register.obligo("explain small/3 -o x.ics").ended(4).warns("E0417");
    assert!(ran.stdout.is_empty() && !register.folder.path().join("x.ics").exists());
}

#[test]
fn what_moves_keeps_its_id_and_has_a_greater_sequence() {
    let register = dated();
    let before = event(&register, "small/3", "status").unwrap();
    assert_eq!(before.stamp, last_recorded(&register, "small"));
    let size = register.log()["size"].clone();
    register.obligo("record extension small/3 --to 2025-09-30 --on 2025-02-28").succeeded();
    let after = event(&register, "small/3", "status").unwrap();
    assert_eq!(after.uid, before.uid);
    assert_eq!((after.day.as_str(), after.status.as_str()), ("20250930", "CONFIRMED"));
    assert!(after.sequence > before.sequence);
    assert_eq!(after.stamp, last_recorded(&register, "small"));
    // What was known then is told as it was then.
    assert_eq!(event(&register, "small/3", &format!("status --known-at {size}")), Some(before));
}

#[test]
fn what_was_done_stays_and_rings_no_more() {
    let register = dated().on("2025-06-20");
    register.obligo("record performance small/3 --on 2025-06-10").succeeded();
    let done = event(&register, "small/3", "status").unwrap();
    assert_eq!((done.status.as_str(), done.alarms.as_str()), ("CONFIRMED", ""));
    assert!(done.summary.starts_with("fulfilled: A report on standards"), "{}", done.summary);
    assert!(event(&register, "small/3", "status --as-of 2035-01-01").is_some());
}

#[test]
fn what_is_owed_no_more_is_cancelled_for_a_year() {
    let register = dated();
    let before = event(&register, "small/3", "status").unwrap();
    register.obligo("record termination small --on 2025-02-01 --effective 2025-04-01").succeeded();
    let question = "status --as-of 2025-05-01";
    let after = event(&register, "small/3", question).unwrap();
    assert_eq!((after.uid, after.status.as_str(), after.alarms.as_str()), (before.uid, "CANCELLED", ""));
    assert!(after.sequence > before.sequence && after.summary.starts_with("terminated: "), "{}", after.summary);
    let recorded = last_recorded(&register, "small");
    let year: u32 = recorded[..4].parse().unwrap();
    let told = |year: u32| event(&register, "small/3", &format!("status --as-of {year}-01-01")).map(|told| told.status);
    assert_eq!(told(year).as_deref(), Some("CANCELLED"));
    assert_eq!(told(year + 2), None, "a year after its record, and after its day, nobody needs to be told");
    assert!(event(&register, "small/7", "status --as-of 2029-02-28").is_some(), "a year after its day");
}

#[test]
fn a_suspended_duty_is_cancelled_until_it_is_owed_again() {
    let register = dated();
    register.obligo("record suspension small --on 2025-02-01 --clock runs").succeeded();
    assert_eq!(event(&register, "small/3", "status").unwrap().status, "CANCELLED");
}

#[test]
fn the_stamp_of_an_event_is_that_of_the_last_record() {
    let demo = Register::demo();
    let council = event(demo, "eu-sg-dp/council-1", "status").unwrap();
    assert_eq!(council.stamp, "20251202T120000Z");
    assert_eq!(council.stamp, last_recorded(demo, "eu-sg-dp"));
    let then = event(demo, "eu-sg-dp/council-1", "status --known-at 2025-02-13").unwrap();
    assert_eq!((then.uid, then.stamp.as_str()), (council.uid, "20250213T120000Z"));
}

#[test]
fn a_date_that_is_only_expected_is_tentative() {
    let demo = Register::demo();
    let then = "status --as-of 2025-02-13 --known-at 2025-02-13";
    let council = event(demo, "eu-kr-dp/council-3", then).unwrap();
    assert_eq!((council.day.as_str(), council.status.as_str()), ("20251231", "TENTATIVE"));
    assert!(council.summary.contains("between 2025-07-01 and 2025-12-31"), "{}", council.summary);
    let dialogue = event(demo, "eu-jp-dp/ict-dialogue-30", then).unwrap();
    assert_eq!((dialogue.day.as_str(), dialogue.status.as_str()), ("20250306", "TENTATIVE"));
}

#[test]
fn the_head_of_a_calendar_says_how_often_to_look() {
    let text = Register::demo().obligo("status uk-kr-dp -O ics").succeeded().stdout;
    for line in [
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "NAME;VALUE=TEXT:Obligo: uk-kr-dp",
        "X-WR-CALNAME:Obligo: uk-kr-dp",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ] {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No text, whatever is in it, ends a line or an event early.
    #[test]
    fn any_text_is_read_back(texts in proptest::collection::vec(any::<String>(), 4), days in 0u16..400) {
        let day = chrono::NaiveDate::from_ymd_opt(2028, 2, 29).unwrap();
        let entry = |place: usize, status| Entry {
            uid: calendar::uid(Uuid::nil(), &format!("line-{place}")),
            sequence: place as u64,
            stamp: chrono::DateTime::UNIX_EPOCH,
            day,
            status,
            summary: format!("a{}", texts[place]),
            description: format!("b{}\r\nEND:VEVENT\n{}", texts[place + 1], texts[place]),
            alarms: vec![days],
        };
        let text = calendar::calendar(&texts[3], Uuid::nil(), &[entry(0, Status::Confirmed), entry(1, Status::Cancelled)]);
        prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        let (events, alarm) = (first_reader(&text), format!("-{days}"));
        prop_assert!(events.len() == 2, "{}", text);
        prop_assert!(Told::of(&events[0]).alarms == alarm);
        prop_assert!(Told::of(&events[1]).alarms.is_empty(), "what is cancelled rings no more");
    }
}

#[test]
fn awkward_texts_are_read_alike_by_both() {
    let texts = [
        "a, b; c: d \\ \\n e",
        "tabs\tand\u{0}nothing",
        "line\nand\r\nline",
        "\u{2028}\u{85}",
        "“quotes” \"and\" 한국",
        "a|b",
        "",
    ];
    let entry = |(place, text): (usize, &&str)| Entry {
        uid: calendar::uid(Uuid::nil(), text),
        sequence: place as u64,
        stamp: chrono::DateTime::UNIX_EPOCH,
        day: chrono::NaiveDate::from_ymd_opt(2028, 2, 29).unwrap(),
        status: Status::Tentative,
        summary: format!("sum {text}."),
        description: format!("{}.", format!("{text} ").repeat(30)),
        alarms: vec![30],
    };
    let entries: Vec<Entry> = texts.iter().enumerate().map(entry).collect();
    assert_eq!(read(&calendar::calendar("a, b; c\nd", Uuid::nil(), &entries)).len(), texts.len());
}
