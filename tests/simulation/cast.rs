//! Who is there: parties with clocks far apart, what they agree on, and who is told.

use chrono::{Datelike, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use obligo::agreement_file::AgreementFile;
use rules::decide::Proposal;

use crate::chance::Chance;

/// Parties and their clocks.
const PARTIES: [(&str, &str); 5] =
    [("KR", "Asia/Seoul"), ("EU", "Europe/Brussels"), ("GB", "Europe/London"), ("JP", "Asia/Tokyo"), ("SG", "Asia/Singapore")];

/// Where the job may run: among them places whose clocks are put forward and back, one of them by half an hour.
const JOBS: [&str; 6] =
    ["Europe/Brussels", "America/New_York", "Europe/London", "Asia/Seoul", "Australia/Lord_Howe", "America/Sao_Paulo"];

/// The manager of those who own something.
pub const MANAGER: &str = "dg-9";

/// An agreement that is made up, or one of the examples.
pub struct Agreement {
    pub id: String,
    pub zones: Vec<Tz>,
    pub parties: Vec<String>,
    pub proposals: Vec<Proposal>,
}

/// The zone of the job.
pub fn job(chance: &mut Chance) -> &'static str {
    let name: &&'static str = chance.pick(&JOBS);
    name
}

/// The settings of a run in that zone.
pub fn settings(zone: &str) -> String {
    format!(
        r#"zone = "{zone}"
[mail]
from = "obligo@example.org"
host = "localhost"
encryption = "none"
[[person]]
id = "dg-1"
mail = "one@example.org"
manager = "dg-9"
[[person]]
id = "dg-2"
mail = "two@example.org"
manager = "dg-9"
[[person]]
id = "dg-3"
mail = "three@example.org"
[[person]]
id = "dg-9"
mail = "nine@example.org"
[[watch]]
owners = ["dg-1"]
[[watch]]
party = "KR"
owners = ["dg-2"]
watchers = ["dg-3", "dg-1"]
[[webhook]]
name = "desk"
url = "https://desk.example.org/in"
secret = "env:DESK"
"#
    )
}

/// One of the agreements of the examples, as its file has it.
pub fn example(name: &str) -> Agreement {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/digital-partnerships").join(name);
    let text = std::fs::read_to_string(path).expect("the example is there");
    read(name.trim_end_matches(".toml"), &text)
}

/// An agreement made up on a day: a few duties within the next years, some that return each year, a term or not.
pub fn made_up(chance: &mut Chance, number: usize, today: NaiveDate) -> Agreement {
    let id = format!("pact-{number}");
    let one = chance.below(5) as usize;
    let other = (one + 1 + chance.below(4) as usize) % 5;
    let ((one, of_one), (other, of_other)) = (PARTIES[one], PARTIES[other]);
    let effect = today - TimeDelta::days(chance.between(0, 60));
    let mut text = format!(
        r#"[agreement]
id = "{id}"
title = "Pact {number}"
form = "treaty"
force = "binding"
reckoning = "corresponding-date"
[[party]]
id = "{one}"
name = "{one}"
zone = "{of_one}"
[[party]]
id = "{other}"
name = "{other}"
zone = "{of_other}"
[[body]]
id = "council"
name = "Council"
[[provision]]
ref = "90"
kind = "termination"
by = "either"
notice = {{ at_least = "6 months", form = "written", counted_from = "given" }}
"#
    );
    for duty in 1..=chance.between(1, 3) {
        let by = *chance.pick(&[one, other]);
        let due = due(chance, today);
        text += &format!("[[provision]]\nref = \"{duty}\"\nkind = \"report\"\nby = [\"{by}\"]\ndue = {due}\n");
    }
    if chance.one_in(4) {
        text += &format!(
            "[[provision]]\nref = \"20\"\nkind = \"report\"\nby = [\"{one}\"]\nevery = \"1 year\"\nreading = \"calendar-year\"\n"
        );
    }
    if chance.one_in(5) {
        text += "[[provision]]\nref = \"21\"\nkind = \"meeting-series\"\nbody = \"council\"\nevery = \"1 year\"\nreading = \"calendar-year\"\n";
    }
    // Without an end of its own, what returns would return for all the years to come.
    let years = chance.between(2, 4);
    let renewal =
        if chance.one_in(2) { "renewal = { tacit = \"1 year\", unless_notice = { before_end = \"90 days\" } }\n" } else { "" };
    text += &format!("[[provision]]\nref = \"91\"\nkind = \"term\"\nlength = \"{years} years\"\n{renewal}");
    text += &format!("[[act]]\ntype = \"took-effect\"\non = {effect}\n");
    read(&id, &text)
}

/// A date as texts have them, soon or in some years.
fn due(chance: &mut Chance, today: NaiveDate) -> String {
    let day = today + TimeDelta::days(chance.between(-40, 900));
    match chance.below(7) {
        0 => format!("\"{}-H{}\"", day.year() + 1, chance.between(1, 2)),
        1 => format!("\"{}-Q{}\"", day.year() + 1, chance.between(1, 4)),
        2 => format!("{{ by = {day}, grace = \"{} days\" }}", chance.between(1, 20)),
        3 => {
            let leap = (day.year()..).find(|year| NaiveDate::from_ymd_opt(*year, 2, 29).is_some()).expect("there is one");
            format!("{leap}-02-29")
        }
        4 => format!("\"by {}\"", day.format("%Y-%m")),
        _ => day.to_string(),
    }
}

fn read(id: &str, text: &str) -> Agreement {
    let file = AgreementFile::parse(id, text.into());
    assert!(file.faults.is_empty(), "{id}: {:?}\n{text}", file.faults);
    let terms = file.proposals.iter().find_map(|proposal| match &proposal.event {
        events::Event::AgreementRecorded(terms) => Some(terms.clone()),
        _ => None,
    });
    let terms = terms.expect("a file says what the agreement is");
    let zones = terms.parties.iter().filter_map(|party| party.zone.as_ref()).chain(&terms.zone);
    let zones = zones.filter_map(|zone| zone.parse().ok()).collect();
    let parties = terms.parties.iter().map(|party| party.id.clone()).collect();
    Agreement { id: id.into(), zones, parties, proposals: file.proposals }
}
