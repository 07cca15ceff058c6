//! `obligo brief`

use serde_json::Value;

use crate::support::{Register, SMALL, root};

fn titles(document: &Value) -> Vec<&str> {
    document["groups"].as_array().unwrap().iter().map(|group| group["title"].as_str().unwrap()).collect()
}

fn group(document: &Value, title: &str) -> Vec<String> {
    let groups = document["groups"].as_array().unwrap();
    let found = groups.iter().find(|group| group["title"] == title).unwrap_or_else(|| panic!("no group {title}"));
    found["lines"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap().to_string()).collect()
}

#[test]
fn one_page_has_ours_theirs_and_the_joint_ones() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let document = register.json("brief small --for aa");
    assert_eq!(titles(&document), ["Ours (AA)", "Theirs", "Joint", "Contested", "Meetings coming or open"]);
    assert_eq!(document["for"], "AA");
    assert!(group(&document, "Ours (AA)").contains(&"small/3".to_string()));
    assert!(!group(&document, "Theirs").contains(&"small/3".to_string()));
    let document = register.json("brief small --for BB");
    assert!(group(&document, "Theirs").contains(&"small/3".to_string()));
}

#[test]
fn whoever_took_the_place_of_a_party_has_its_page() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register
        .obligo("record party-succeeded small --party AA --by NN --name 'New State' --on 2025-01-01 --reason late")
        .succeeded();
    let document = register.json("brief small --for NN");
    assert_eq!(document["for"], "NN");
    assert!(group(&document, "Ours (NN)").contains(&"small/3".to_string()));
    register.obligo("brief small --for AA").ended(4).warns("E0401");
    assert_eq!(register.json("brief small --for AA --as-of 2024-12-31")["for"], "AA");
}

#[test]
fn what_is_contested_and_what_was_done_since_the_last_meeting_stand_on_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for act in [
        "meeting small --body council --held 2025-03-01",
        "performance small/3 --on 2025-06-20",
        "assessment small/3 contested --by BB --on 2025-07-01",
    ] {
        register.obligo(&format!("record {act} --reason late")).succeeded();
    }
    let document = register.json("brief small");
    assert_eq!(group(&document, "Contested"), ["small/3"]);
    let since: Vec<&str> = document["since_last_meeting"].as_array().unwrap().iter().map(|said| said.as_str().unwrap()).collect();
    assert_eq!(since.len(), 3, "{since:?}");
    assert!(since[2].contains("contested by BB"), "{since:?}");
    register.obligo("brief small --for CC").ended(4).warns("E0401");
    register.obligo("brief smal").ended(3).warns("E0502");
}

/// A duty of each, one of both, a council that met and meets again; AX reported its share late, and BL contests it.
const WEATHER: &str = r#"[agreement]
id = "weather"
title = "Agreement on the exchange of weather data"
form = "agreement"
force = "binding"
reckoning = "corresponding-date"

[[party]]
id = "AX"
name = "Axland"

[[party]]
id = "BL"
name = "Beland"

[[source]]
id = "text"
title = "The text"
published = 2025-01-15

[[body]]
id = "council"
name = "Council"

[[provision]]
ref = "2"
kind = "report"
by = ["AX"]
text = "Report on the stations that take part"
due = "2026-12-31"

[[provision]]
ref = "3"
kind = "commitment"
by = ["AX"]
text = "Open the data of its coast stations"
due = "2026-06-30"

[[provision]]
ref = "4"
kind = "commitment"
by = ["AX", "BL"]
text = "Agree on a format"
due = "2026-09-30"

[[provision]]
ref = "5"
kind = "meeting-series"
body = "council"
every = "1 year"

[[provision]]
ref = "6"
kind = "commitment"
by = ["BL"]
text = "Keep the coast stations running"

[[provision]]
ref = "7"
kind = "report"
by = ["BL"]
text = "Report on failures of stations"
when = { act = "meeting-held", of = "council" }
due = { within = "30 days" }

[[provision]]
ref = "8"
kind = "commitment"
by = ["BL"]
text = "Lend its ship"
when = "a station is lost"

[[act]]
type = "took-effect"
on = 2025-01-15

[[act]]
type = "meeting-held"
body = "council"
on = 2026-03-01

[[act]]
type = "meeting-planned"
body = "council"
on = 2027-02-01
stated = 2026-03-01

[[act]]
type = "performance"
instance = "3"
by = "AX"
on = 2026-07-10

[[act]]
type = "assessment"
instance = "3"
by = "BL"
assessment = "contested"
on = 2026-08-01

[[act]]
type = "performance"
instance = "4"
by = "AX"
on = 2026-07-10
"#;

#[test]
fn the_page_as_an_officer_reads_it() {
    let register = Register::with(&[("weather.toml", WEATHER)]);
    let ran = register.obligo("brief weather --for BL").succeeded();
    // What was recorded only now was known only since then.
    let log = register.json("log");
    let recorded = log["records"][0]["entry"]["recorded_at"].as_str().unwrap().split('T').next().unwrap();
    let page = ran.stdout.replace(&format!("known only since {recorded}"), "known only since 2026-11-22");
    let page = page.split("\nas of").next().unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/brief"));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("before_a_meeting", page));
}

#[test]
fn each_side_is_counted_until_the_next_meeting() {
    let register = Register::with(&[("weather.toml", WEATHER)]);
    let document = register.json("brief weather --for BL");
    assert_eq!((&document["last_meeting"]["latest"], &document["until"]), (&"2026-03-01".into(), &"2027-02-01".into()));
    assert_eq!(document["next_meeting"], "weather/council-on-2027-02-01");
    let counts = |title: &str| {
        let groups = document["groups"].as_array().unwrap();
        let group = groups.iter().find(|group| group["title"] == title).unwrap();
        ["overdue", "due", "undetermined"].map(|key| group[key].as_u64().unwrap())
    };
    assert_eq!([counts("Ours (BL)"), counts("Theirs"), counts("Joint")], [[1, 0, 0], [0, 1, 0], [1, 0, 0]]);
    let left: Vec<&str> = document["residual"].as_array().unwrap().iter().map(|left| left["id"].as_str().unwrap()).collect();
    assert_eq!(left, ["weather/7-2026-03-01", "weather/2", "weather/4"]);
    let early = register.json("brief weather --as-of 2026-02-28");
    assert_eq!((&early["last_meeting"], &early["next_meeting"]), (&Value::Null, &Value::Null), "as nothing was planned then");
    assert_eq!(early["until"], "2026-05-29");
}

#[test]
fn who_reported_and_who_said_what_of_it() {
    let register = Register::with(&[("weather.toml", WEATHER)]);
    let reported = |when: &str| register.json(&format!("brief weather {when}"))["reported"].clone();
    let now = reported("");
    assert_eq!(now[0]["reports"][0]["by"], serde_json::json!(["AX"]));
    assert_eq!(now[0]["assessments"][0]["what"], "contested");
    assert_eq!(now[0]["silent"], serde_json::json!([]));
    assert_eq!(now[1]["silent"], serde_json::json!(["BL"]), "who reported it need not say more");
    assert_eq!(reported("--as-of 2026-07-15")[0]["silent"], serde_json::json!(["BL"]));
    register.obligo("record performance weather/4 --by BL --on 2026-11-01").succeeded();
    register.obligo("record meeting weather --body council --held 2026-11-10").succeeded();
    let later = reported("");
    assert_eq!(
        later.as_array().unwrap().len(),
        1,
        "what was settled before the last meeting is gone, what is contested stays: {later}"
    );
    assert_eq!(later[0]["id"], "weather/3");
}

#[test]
fn many_lines_that_are_alike_are_told_in_two_lines_of_text() {
    let monthly = SMALL.replace("due = { by = \"2025-06\" }", "every = \"1 month\"");
    let register = Register::with(&[("small.toml", &monthly)]);
    let page = register.obligo("brief small").succeeded().stdout;
    let (_, told) = page.split_once("Would discharge what is overdue or due\n").unwrap();
    let lines: Vec<&str> = told.lines().collect();
    let of_three = lines.iter().position(|line| line.starts_with("3-2024-02-29, 3-2024-03-31, 3-2024-04-30 and ")).unwrap();
    assert!(lines[of_three].contains(" more: no performance of it is recorded by "), "{told}");
    assert_eq!(lines[of_three + 1], "  obligo record performance small/ID --on DATE");
    assert!(lines.iter().all(|line| line.chars().count() <= 120), "{told}");
}

#[test]
fn what_was_decided_is_open_and_not_standing() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for act in [
        "meeting small --body council --held 2025-03-01 --meeting m1",
        "decision small --meeting m1 --text Build --decision d1 --provision 4 --on 2025-03-01",
        "performance small/d1 --by AA --on 2025-05-01",
    ] {
        register.obligo(&format!("record {act} --reason late")).succeeded();
    }
    let page = register.obligo("brief small").succeeded().stdout;
    assert!(page.contains("small/d1  4     · open"), "{page}");
    assert!(page.contains("Standing, without a date (1): 4."), "{page}");
}
