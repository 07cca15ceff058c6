//! `obligo diff`. What differs, and why, is told in the stories.

use crate::support::{Register, SMALL};

/// [`SMALL`], and a report that was made in time and recorded a year later.
fn late() -> (Register, u64) {
    let register = Register::with(&[("small.toml", SMALL)]);
    let last = register.log()["size"].as_u64().unwrap();
    register.obligo("record performance small/3 --on 2025-06-01 --reason 'found in the archive'").succeeded();
    (register, last)
}

#[test]
fn what_was_believed_stands_apart_from_what_changed() {
    let (register, last) = late();
    let ran = register.obligo(&format!("diff --from 2026-01-01@#{last} --to 2026-11-22@#{}", last + 1)).succeeded();
    ran.says("Restated: what we then believed")
        .says("small/3  we then believed: not met by the date, nothing recorded (2025-06-01 – 2025-06-30); it was: fulfilled")
        .says(&format!("    #{} performance.reported 2025-06-01, recorded ", last + 1))
        .says("Changed from 2026-01-01 to 2026-11-22")
        .says("    time passed");
}

#[test]
fn a_record_alone_is_seen_from_the_day_it_was_recorded_on() {
    let demo = Register::demo();
    let document = demo.json("diff --from #100 --to #226");
    let day =
        |seq: u64| demo.json("log")["records"][seq as usize - 1]["entry"]["recorded_at"].as_str().unwrap()[..10].to_string();
    assert_eq!((&document["from"]["as_of"], &document["to"]["as_of"]), (&day(100).into(), &day(226).into()));
    assert_eq!(demo.json("diff --from 100 --to 226")["changed"], document["changed"]);
    let empty = demo.json("diff --from #0 --to #226");
    assert_eq!((&empty["from"]["log"]["size"], &empty["from"]["as_of"]), (&0.into(), &day(1).into()));
    assert!(!empty["changed"].as_array().unwrap().is_empty() || !empty["restated"].as_array().unwrap().is_empty());
}

#[test]
fn between_a_position_and_itself_nothing_changed() {
    let demo = Register::demo();
    for position in ["2025-02-13", "2026-11-22@#100", "#226"] {
        let ran = demo.obligo(&format!("diff --from {position} --to {position}")).succeeded();
        ran.says("Nothing changed, and nothing that was believed is told otherwise.");
    }
}

#[test]
fn each_line_is_a_row_with_its_causes() {
    let (register, last) = late();
    let asked = format!("diff --from 2026-01-01@#{last} --to 2026-11-22@#{} -O csv", last + 1);
    let ran = register.obligo(&asked).succeeded();
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(ran.stdout.as_bytes()).records().map(Result::unwrap).collect();
    let report = rows.iter().find(|row| &row[1] == "small/3").unwrap();
    assert_eq!((&report[0], &report[2], &report[6]), ("restated", "changed", "fulfilled"));
    assert!(report[9].starts_with(&format!("#{} performance.reported", last + 1)), "{report:?}");
    assert!(rows.iter().any(|row| &row[0] == "changed" && &row[9] == "time passed"), "{rows:?}");
}

#[test]
fn below_a_ceiling_only_time_passes_for_what_the_office_recorded() {
    let (register, last) = late();
    let asked = format!("diff --from 2026-01-01@#{last} --to 2026-11-22@#{}", last + 1);
    assert_eq!(register.json(&asked)["restated"].as_array().unwrap().len(), 1);
    let public = register.json(&format!("{asked} --ceiling public"));
    assert_eq!(public["restated"].as_array().unwrap().len(), 0);
    assert_eq!(public["to"]["log"]["left_out"]["records"], 1);
    let causes = public["changed"].as_array().unwrap().iter().flat_map(|one| one["causes"].as_array().unwrap());
    assert!(causes.map(|cause| &cause["cause"]).all(|cause| cause == "time"));
}

#[test]
fn positions_that_run_backwards_are_refused() {
    let demo = Register::demo();
    demo.obligo("diff --from 2026-11-22 --to 2025-01-01").ended(4).warns("E0305").warns("swap them");
    demo.obligo("diff --from 2026-11-22@#9 --to 2025-01-01@#10").ended(4).warns("is seen from an earlier day");
    demo.obligo("diff --from #10 --to #9").ended(4).warns("knows less");
    demo.obligo("diff --from 2026-11-22@soon --to 2026-11-22").ended(4).warns("E0303");
    demo.obligo("diff --from #9999 --to #9999").ended(3).warns("E0504");
    demo.obligo("diff --from #1 --to #226 uk-kr").ended(3).warns("uk-kr-dp");
    demo.obligo("diff --from #1").ended(2);
}
