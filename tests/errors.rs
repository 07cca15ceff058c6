//! What is wrong is said with its place, its code and what to do; nothing is written, and the log is as it was.

mod support;

use std::collections::BTreeSet;
use std::fs::File;

use support::{Ran, Register, SMALL, TODAY, root};

/// A slip in an agreement file: `new` in the place of `old` in [`SMALL`]. `«` stands where the error points.
struct Slip {
    name: &'static str,
    code: &'static str,
    old: &'static str,
    new: &'static str,
    words: &'static [&'static str],
}

const fn slip(
    name: &'static str,
    code: &'static str,
    old: &'static str,
    new: &'static str,
    words: &'static [&'static str],
) -> Slip {
    Slip { name, code, old, new, words }
}

const ACTS: &str = "[[act]]\ntype = \"signed\"";

const SLIPS: &[Slip] = &[
    slip(
        "cut_short",
        "E0104",
        "[[act]]\ntype = \"signed\"\non = 2024-01-15\nsource = \"text\"\n",
        "[[act]]\ntype = \"sign«",
        &["cut short"],
    ),
    slip("two_of_one_key", "E0104", "name = \"Country A\"", "name = \"Country A\"\n«name = \"Country C\"", &["duplicate key"]),
    slip("unknown_key", "E0201", "topics = [\"quantum\"]", "«topcis = [\"quantum\"]", &["`topcis`", "did you mean `topics`?"]),
    slip(
        "unknown_key_of_an_agreement",
        "E0201",
        "force = \"non-binding\"",
        "force = \"non-binding\"\n«signed = 2024-01-15",
        &["`signed`", "[agreement]"],
    ),
    slip(
        "unknown_key_in_a_notice",
        "E0201",
        "notice = { at_least = \"6 months\" }",
        "notice = { at_least = \"6 months\", from = «\"given\" }",
        &["`from`", "counted_from"],
    ),
    slip(
        "consents_of_nobody",
        "E0203",
        "on = \"signature\"",
        "of = «0\nafter = { period = \"30 days\" }",
        &["`of` is a number of consents, one or more"],
    ),
    slip(
        "consents_of_most",
        "E0204",
        "on = \"signature\"",
        "of = «\"most\"\nafter = { period = \"30 days\" }",
        &["`most` is not a value of `of`", "all"],
    ),
    slip("unknown_table", "E0201", ACTS, "[[«annex]]\nid = \"a\"\n\n[[act]]\ntype = \"signed\"", &["`annex`", "provision"]),
    slip(
        "missing_title",
        "E0202",
        "[agreement]\nid = \"small\"\ntitle = \"A small agreement\"",
        "«[agreement]\nid = \"small\"",
        &["`title` is missing"],
    ),
    slip(
        "missing_parties",
        "E0202",
        "[[party]]\nid = \"AA\"\nname = \"Country A\"\n\n[[party]]\nid = \"BB\"\nname = \"Country B\"\n",
        "",
        &["no party"],
    ),
    slip(
        "missing_obligor",
        "E0202",
        "kind = \"report\"\nby = [\"AA\"]",
        "kind = \"report\"",
        &["`by` is missing", "who owes it"],
    ),
    slip("missing_condition", "E0202", "due = { by = \"2025-06\" }", "due = { within = \"60 days\" }", &["`when` is missing"]),
    slip("words_for_a_list", "E0203", "topics = [\"quantum\"]", "topics = «7", &["`topics`", "a number"]),
    slip("time_of_day", "E0203", "on = 2024-01-15", "on = «2024-01-15T10:00:00Z", &["`on` is a date", "time of day"]),
    slip(
        "unknown_form",
        "E0204",
        "form = \"partnership\"",
        "form = «\"parnership\"",
        &["`parnership`", "did you mean `partnership`?"],
    ),
    slip(
        "unknown_reckoning",
        "E0204",
        "reckoning = \"corresponding-date\"",
        "reckoning = «\"working-days\"",
        &["`working-days`"],
    ),
    slip(
        "unknown_zone",
        "E0204",
        "form = \"partnership\"",
        "form = \"partnership\"\nzone = «\"Europe/Londn\"",
        &["Europe/London"],
    ),
    slip("digest_that_is_none", "E0204", "published = 2024-01-15", "published = 2024-01-15\nsha256 = «\"abc\"", &["SHA-256"]),
    slip("two_provisions_of_one_id", "E0205", "[[provision]]\nref = \"4\"", "«[[provision]]\nref = \"3\"", &["provision `3`"]),
    slip("two_bodies_of_one_id", "E0205", "id = \"experts\"", "id = «\"council\"", &["body `council`"]),
    slip(
        "two_parties_of_one_id",
        "E0205",
        "id = \"BB\"",
        "id = \"BB\"\nname = \"Country B\"\n\n«[[party]]\nid = \"BB\"",
        &["party `BB`"],
    ),
    slip("unknown_kind", "E0206", "kind = \"report\"", "kind = «\"raport\"", &["`raport`", "did you mean `report`?"]),
    slip("unknown_act", "E0206", ACTS, "[[act]]\ntype = «\"singed\"", &["`singed`", "did you mean `signed`?"]),
    slip("every_and_due", "E0207", "due = { by = \"2025-06\" }", "due = { by = \"2025-06\" }\nevery = «\"1 year\"", &["`every`"]),
    slip(
        "due_and_condition",
        "E0207",
        "due = { by = \"2025-06\" }",
        "«due = { by = \"2025-06\" }\nwhen = \"a difference arises\"",
        &["condition"],
    ),
    slip(
        "provision_that_waits_for_itself",
        "E0211",
        "due = { by = \"2025-06\" }",
        "when = { act = \"performance\", of = «\"3\" }",
        &["waits for itself"],
    ),
    slip(
        "provisions_that_wait_for_each_other",
        "E0211",
        "due = { by = \"2025-06\" }\ntext = \"A report on standards\"\ntopics = [\"standards\"]\n\n[[provision]]\nref = \"4\"\n",
        "when = { act = \"performance\", of = \"4\" }\n\n[[provision]]\nref = \"4\"\nwhen = { act = \"not-met\", of = «\"3\" }\n",
        &["`4` waits for `3`", "neither can ever arise"],
    ),
    slip(
        "waiting_for_a_meeting_to_be_performed",
        "E0403",
        "due = { by = \"2025-06\" }",
        "when = { act = \"not-met\", of = «\"2\" }",
        &["`2` is a meeting-series"],
    ),
    slip(
        "waiting_for_an_unknown_provision",
        "E0403",
        "due = { by = \"2025-06\" }",
        "when = { act = \"breach\", of = «\"9\" }",
        &["`9` is not a provision of small"],
    ),
    slip(
        "anchor_that_is_none",
        "E0204",
        "due = { by = \"2025-06\" }",
        "due = { each = \"1 year\", anchor = «\"date\" }",
        &["`date`", "anchor"],
    ),
    slip(
        "anchor_of_a_single_date",
        "E0207",
        "due = { by = \"2025-06\" }",
        "due = { by = \"2025-06\", anchor = «\"due\" }",
        &["goes with `each` alone"],
    ),
    slip(
        "window_in_working_days",
        "E0304",
        "due = { by = \"2025-06\" }",
        "due = { by = \"2025-06\", window = «\"5 working days\" }",
        &["`window` counts in years, months, weeks and days"],
    ),
    slip(
        "grace_that_is_no_period",
        "E0304",
        "due = { by = \"2025-06\" }",
        "due = { by = \"2025-06\", grace = «\"a while\" }",
        &["`a while` is not a period"],
    ),
    slip(
        "each_and_condition",
        "E0207",
        "due = { by = \"2025-06\" }",
        "«due = { each = \"1 year\" }\nwhen = \"a difference arises\"",
        &["condition"],
    ),
    slip(
        "reciprocal_of_one",
        "E0207",
        "due = { by = \"2025-06\" }",
        "due = { by = \"2025-06\" }\njoint = «\"reciprocal\"",
        &["two parties"],
    ),
    slip(
        "refraining_in_pieces",
        "E0207",
        "due = { by = \"2025-06\" }",
        "due = { by = \"2025-06\" }\nquantity = 2\nrefrain = «true",
        &["`refrain` does not go with `quantity`"],
    ),
    slip("lapse_without_a_date", "E0207", "due = { by = \"2025-06\" }", "lapses = «true", &["there is none"]),
    slip(
        "lapse_that_is_no_flag",
        "E0203",
        "due = { by = \"2025-06\" }",
        "due = { by = \"2025-06\" }\nlapses = «\"yes\"",
        &["true or false"],
    ),
    slip("id_that_is_no_short_name", "E0208", "id = \"small\"", "id = «\"Small Agreement\"", &["short name"]),
    slip(
        "toml_date_that_does_not_exist",
        "E0301",
        "published = 2024-01-15",
        "published = «2024-02-30",
        &["`2024-02-30` is not in the calendar"],
    ),
    slip(
        "date_in_words_that_does_not_exist",
        "E0301",
        "published = 2024-01-15",
        "published = «\"2023-02-29\"",
        &["`2023-02-29` is not in the calendar"],
    ),
    slip(
        "month_that_does_not_exist",
        "E0301",
        "due = { by = \"2025-06\" }",
        "due = { by = «\"2025-13\" }",
        &["`2025-13` is not in the calendar"],
    ),
    slip(
        "two_dates_in_one",
        "E0302",
        "published = 2024-01-15",
        "published = «\"03/04/2026\"",
        &["two dates", "2026-03-04", "2026-04-03"],
    ),
    slip(
        "two_dates_in_one_without_quotes",
        "E0302",
        "published = 2024-01-15",
        "published = «03/04/2026",
        &["two dates", "2026-03-04", "2026-04-03"],
    ),
    slip("no_date", "E0303", "published = 2024-01-15", "published = «\"soon\"", &["`soon` is not a date"]),
    slip(
        "numbers_that_disagree",
        "E0304",
        "at_least = \"6 months\"",
        "at_least = «\"six (7) months\"",
        &["`six (7) months` is not a period"],
    ),
    slip(
        "period_that_cannot_be_read",
        "E0304",
        "every = \"1 year\"",
        "every = «\"now and then\"",
        &["`now and then` is not a period"],
    ),
    slip("period_without_a_unit", "E0304", "at_least = \"6 months\"", "at_least = «\"6\"", &["`6` is not a period"]),
    slip(
        "range_that_ends_before_it_begins",
        "E0305",
        "due = { by = \"2025-06\" }",
        "due = «\"2025-12/2025-05\"",
        &["ends before it begins"],
    ),
    slip("unknown_party", "E0401", "by = [\"AA\", \"BB\"]", "by = «[\"AA\", \"CC\"]", &["`CC` is not a party of small"]),
    slip(
        "unknown_body",
        "E0402",
        "body = \"council\"",
        "body = «\"concil\"",
        &["`concil` is not a body of small", "did you mean `council`?"],
    ),
    slip(
        "unknown_body_of_an_act",
        "E0402",
        ACTS,
        "[[act]]\ntype = \"meeting-held\"\nbody = «\"forum\"\non = 2024-05-01\n\n[[act]]\ntype = \"signed\"",
        &["`forum` is not a body of small"],
    ),
    slip(
        "unknown_provision",
        "E0403",
        ACTS,
        "[[act]]\ntype = \"deliverable\"\non = 2024-05-01\ntext = \"a toolkit\"\nprovision = «\"9\"\n\n[[act]]\ntype = \"signed\"",
        &["`9` is not a provision of small"],
    ),
    slip(
        "unknown_source",
        "E0404",
        "source = \"text\"",
        "source = «\"txt\"",
        &["`txt` is not a source of small", "did you mean `text`?"],
    ),
    slip(
        "unknown_meeting",
        "E0405",
        ACTS,
        "[[act]]\ntype = \"meeting-cancelled\"\nmeeting = «\"council-9\"\non = 2024-05-01\n\n[[act]]\ntype = \"signed\"",
        &["no meeting `council-9` is planned"],
    ),
    slip(
        "act_before_its_agreement",
        "E0406",
        ACTS,
        "[[act]]\ntype = \"meeting-held\"\nbody = \"council\"\non = «2023-12-31\n\n[[act]]\ntype = \"signed\"",
        &["before the agreement", "2024-01-15"],
    ),
    slip(
        "act_that_has_not_happened",
        "E0407",
        ACTS,
        "[[act]]\ntype = \"meeting-held\"\nbody = \"council\"\non = «2026-11-23\n\n[[act]]\ntype = \"signed\"",
        &["2026-11-23", TODAY],
    ),
    slip(
        "unknown_notice",
        "E0408",
        ACTS,
        "[[act]]\ntype = \"notice-received\"\nnotice = «\"notice-1\"\non = 2024-05-01\n\n[[act]]\ntype = \"signed\"",
        &["`notice-1` is not a notice of small"],
    ),
    slip(
        "meeting_that_is_over",
        "E0410",
        ACTS,
        "[[act]]\ntype = \"meeting-held\"\nbody = \"council\"\nmeeting = \"first\"\non = 2024-05-01\n\n[[act]]\ntype = \"meeting-held\"\nbody = \"council\"\nmeeting = «\"first\"\non = 2024-06-01\n\n[[act]]\ntype = \"signed\"",
        &["meeting `first` is recorded as held"],
    ),
    slip(
        "notice_before_effect",
        "E0412",
        "type = \"signed\"\non = 2024-01-15\nsource = \"text\"\n",
        "type = \"concluded\"\non = 2024-01-15\n\n[[act]]\ntype = \"notice-given\"\nby = \"AA\"\non = «2024-05-01\n",
        &["concluded", "nothing to end by notice"],
    ),
    slip(
        "notice_received_before_it_was_given",
        "E0413",
        ACTS,
        "[[act]]\ntype = \"notice-given\"\nby = \"AA\"\non = 2024-05-01\nreceived = «2024-04-30\n\n[[act]]\ntype = \"signed\"",
        &["2024-04-30", "before"],
    ),
    slip(
        "unknown_reading",
        "E0414",
        ACTS,
        "[[act]]\ntype = \"reading-chosen\"\nprovision = \"2\"\nreading = «\"leap-year\"\non = 2024-05-01\n\n[[act]]\ntype = \"signed\"",
        &["`leap-year` is not a reading of `2`"],
    ),
    slip(
        "unknown_instance",
        "E0504",
        ACTS,
        "[[act]]\ntype = \"performance\"\ninstance = «\"33\"\non = 2024-05-01\n\n[[act]]\ntype = \"signed\"",
        &["`small/33`"],
    ),
];

/// The text with the slip in it, and the line and column at which `«` stood.
fn slipped(slip: &Slip) -> (String, Option<(usize, usize)>) {
    assert_eq!(SMALL.matches(slip.old).count().min(1), 1, "{}: `{}` is not in the small agreement", slip.name, slip.old);
    let text = SMALL.replacen(slip.old, slip.new, 1);
    let place = text.find('«').map(|at| {
        let before = &text[..at];
        (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
    });
    (text.replace('«', ""), place)
}

#[track_caller]
fn refused(ran: Ran, code: &str, exit: i32, words: &[&str]) -> Ran {
    let ran = ran.ended(exit).warns(&format!("error[{code}]"));
    words.iter().fold(ran, |ran, words| ran.warns(words))
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/errors"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn a_slip_in_a_file_is_refused_with_its_place_and_nothing_is_written() {
    let register = Register::with(&[("other.toml", &SMALL.replace("id = \"small\"", "id = \"other\""))]);
    let before = register.log();
    let mut wrong = Vec::new();
    for slip in SLIPS {
        let told = std::panic::catch_unwind(|| snapshot(slip.name, &told(&register, slip).stderr));
        wrong.extend(told.err().map(|_| slip.name));
    }
    assert_eq!(register.log(), before, "a refused file left something in the log");
    assert!(wrong.is_empty(), "not told as they should be: {wrong:#?}");
}

fn told(register: &Register, slip: &Slip) -> Ran {
    let (text, place) = slipped(slip);
    register.file("small.toml", &text);
    let ran = refused(register.obligo("import small.toml"), slip.code, 4, slip.words);
    // Without parties, each provision that names one is wrong too.
    let alone = slip.name == "missing_parties" || ran.stderr.matches("error[E").count() == 1;
    assert!(alone, "{}: one slip, one error:\n{}", slip.name, ran.stderr);
    let place = place.map_or("small.toml".into(), |(line, column)| format!("small.toml:{line}:{column}"));
    assert!(ran.stderr.contains(&place), "{}: {place} is not the place:\n{}", slip.name, ran.stderr);
    assert!(ran.stdout.is_empty(), "{}: an error is said on stderr: {}", slip.name, ran.stdout);
    assert!(ran.stderr.contains("help"), "{}: what to do is said:\n{}", slip.name, ran.stderr);
    // `check` says the same, word for word.
    assert_eq!(register.obligo("check small.toml").ended(4).stderr, ran.stderr);
    ran
}

/// A command that is refused on a register that has the small agreement, a plan of two meetings, and a little more.
struct Refusal {
    name: &'static str,
    line: &'static str,
    code: &'static str,
    exit: i32,
    words: &'static [&'static str],
}

const fn refusal(
    name: &'static str,
    line: &'static str,
    code: &'static str,
    exit: i32,
    words: &'static [&'static str],
) -> Refusal {
    Refusal { name, line, code, exit, words }
}

const REFUSALS: &[Refusal] = &[
    refusal("bundle_of_nothing", "restore small.toml --register new.db", "E0106", 4, &["DAMAGED", "the header"]),
    refusal("bundle_of_a_part", "restore slice.jsonl --register new.db", "E0107", 4, &["records", "whole log"]),
    refusal("pack_where_something_is", "pack small --as-of 2026-11-21 -o taken", "E0108", 4, &["`taken`", "not there yet"]),
    refusal("file_that_is_not_there", "import nowhere.toml", "E0101", 4, &["nowhere.toml"]),
    refusal("folder_for_a_file", "import folder.toml", "E0101", 4, &["folder.toml"]),
    refusal(
        "evidence_that_is_not_there",
        "record performance small/3 --on 2025-06-01 --evidence nowhere.pdf --reason late",
        "E0101",
        4,
        &["nowhere.pdf"],
    ),
    refusal(
        "text_that_reads_like_a_seal",
        "record work small --on 2026-11-20 --text 'sealed: by the court'",
        "E0212",
        4,
        &["stands for another"],
    ),
    refusal("reason_that_reads_like_an_erased_one", "record correction 2 --reason [erased]", "E0212", 4, &["[erased]"]),
    refusal("file_that_is_not_utf_8", "import latin1.toml", "E0102", 4, &["latin1.toml", "line 2"]),
    refusal("file_of_100_megabytes", "import huge.toml", "E0103", 4, &["huge.toml", "larger than"]),
    refusal("file_of_deepest_nesting", "import deep.toml", "E0104", 4, &["deep.toml"]),
    refusal("file_of_deepest_tables", "import deep-tables.toml", "E0104", 4, &["deep-tables.toml"]),
    refusal("empty_file", "import empty.toml", "E0202", 4, &["empty.toml", "[agreement]"]),
    refusal(
        "date_that_does_not_exist",
        "record meeting small --body council --held 2025-02-30 --reason late",
        "E0301",
        4,
        &["`2025-02-30` is not in the calendar"],
    ),
    refusal(
        "date_with_two_readings",
        "record meeting small --body council --held 03/04/2026",
        "E0302",
        4,
        &["2026-03-04", "2026-04-03"],
    ),
    refusal("date_that_is_none", "record meeting small --body council --held soon", "E0303", 4, &["`soon` is not a date"]),
    refusal("as_of_that_is_no_day", "status --as-of 2026-06", "E0303", 4, &["not a single day"]),
    refusal("known_at_that_does_not_exist", "status --known-at 2026-02-30", "E0301", 4, &["`2026-02-30`"]),
    refusal("known_at_that_is_no_record", "status --known-at '#x'", "E0303", 4, &["`#x` is not the number of a record", "#42"]),
    refusal("known_at_past_the_end", "status --known-at 2025", "E0504", 3, &["no record #2025", "2026-06-30"]),
    refusal("ceiling_that_is_none", "status --ceiling secret", "E0204", 4, &["`secret` is not a ceiling", "LIMITE"]),
    refusal(
        "positions_that_run_backwards",
        "diff --from 2026-11-22 --to 2024-01-01",
        "E0305",
        4,
        &["2024-01-01, known at 2024-01-01 knows less than", "swap them"],
    ),
    refusal("walk_that_runs_backwards", "replay --from 3 --to 2", "E0305", 4, &["#2", "#3"]),
    refusal("period_that_is_none", "due --within now", "E0304", 4, &["`now` is not a period"]),
    refusal("period_whose_numbers_disagree", "due --within 'six (7) months'", "E0304", 4, &["six (7) months"]),
    refusal("window_that_ends_before_it_begins", "due --from 2026-02-01 --to 2026-01-01", "E0305", 4, &["2026-01-01"]),
    refusal(
        "notice_by_a_stranger",
        "record notice small --by CC --given 2025-01-01 --reason late",
        "E0401",
        4,
        &["`CC` is not a party of small"],
    ),
    refusal(
        "meeting_of_an_unknown_body",
        "record meeting small --body forum --held 2025-01-01 --reason late",
        "E0402",
        4,
        &["`forum` is not a body of small"],
    ),
    refusal(
        "work_on_an_unknown_provision",
        "record work small --on 2025-01-01 --text x --provision 9 --reason late",
        "E0403",
        4,
        &["`9` is not a provision"],
    ),
    refusal(
        "unknown_source_of_an_act",
        "record work small --on 2025-01-01 --text x --source txt --reason late",
        "E0404",
        4,
        &["`txt` is not a source of small"],
    ),
    refusal(
        "cancelling_what_was_not_planned",
        "record meeting small --body experts --cancelled",
        "E0405",
        4,
        &["no meeting of `experts` is planned"],
    ),
    refusal(
        "meeting_before_the_agreement",
        "record meeting small --body council --held 2024-01-14 --reason late",
        "E0406",
        4,
        &["2024-01-14", "2024-01-15"],
    ),
    refusal("meeting_that_has_not_been", "record meeting small --body council --held 2026-11-23", "E0407", 4, &["2026-11-23"]),
    refusal("receipt_of_no_notice", "record notice-received small --on 2025-01-01 --reason late", "E0408", 4, &["notice"]),
    refusal("notice_without_a_power", "record notice powerless --by AA --given 2025-01-01 --reason late", "E0409", 4, &["power"]),
    refusal(
        "meeting_that_was_held",
        "record meeting small --body experts --meeting first --held 2025-03-01 --reason late",
        "E0410",
        4,
        &["`first` is recorded as held"],
    ),
    refusal(
        "short_of_a_quorum_and_held",
        "record inquorate small --body experts --meeting first --on 2024-03-01 --reason late",
        "E0410",
        4,
        &["`first` is recorded as held"],
    ),
    refusal(
        "meeting_for_no_cycle",
        "record meeting small --body council --held 2025-07-01 --meeting m --counts-for council-1999 --reason late",
        "E0504",
        3,
        &["`council-1999` is no cycle"],
    ),
    refusal(
        "decision_of_no_meeting",
        "record decision small --text x --meeting second --on 2025-01-01 --reason late",
        "E0405",
        4,
        &["no meeting `second` is known"],
    ),
    refusal(
        "decision_before_its_meeting",
        "record decision small --text x --meeting first --on 2024-02-29 --reason late",
        "E0413",
        4,
        &["2024-03-01", "decided"],
    ),
    refusal(
        "minutes_of_a_meeting_to_come",
        "record minutes small --meeting council-2025-05 --on 2025-01-01 --reason late",
        "E0405",
        4,
        &["recorded as held"],
    ),
    refusal(
        "draft_under_an_id_that_is_taken",
        "record notice-drafted left --by BB --notice notice-1 --on 2025-01-02 --reason late",
        "E0205",
        4,
        &["something else"],
    ),
    refusal(
        "notice_against_a_promise",
        "record notice small --by BB --given 2026-02-01 --reason late",
        "E0412",
        4,
        &["BB promised 2026-01-01 not to use this power"],
    ),
    refusal(
        "performance_twice",
        "record performance small/4b --on 2025-06-02 --reason late",
        "E0411",
        4,
        &["recorded as performed"],
    ),
    refusal(
        "notice_before_the_effect",
        "record notice concluded --by AA --given 2025-01-01 --reason late",
        "E0412",
        4,
        &["nothing to end by notice"],
    ),
    refusal(
        "receipt_before_the_notice",
        "record notice small --by AA --given 2025-01-02 --received 2025-01-01 --reason late",
        "E0413",
        4,
        &["2025-01-01"],
    ),
    refusal("reading_that_is_none", "record reading small/2 leap-year", "E0414", 4, &["`leap-year` is not a reading"]),
    refusal("reading_where_there_is_one", "record reading small/3 calendar-year", "E0414", 4, &["one reading"]),
    refusal("correction_of_the_agreement_itself", "record correction 1 --reason x", "E0415", 4, &["record 1"]),
    refusal("correction_without_a_reason", "record correction 3", "E0416", 4, &["reason"]),
    refusal(
        "reversal_in_the_place_of_a_record",
        "correct 6 --reason x correction 7",
        "E0415",
        4,
        &["does not stand in the place"],
    ),
    refusal(
        "replacement_without_a_reason",
        "correct 6 work small --on 2026-11-20 --text x",
        "E0416",
        4,
        &["a reversal needs a reason"],
    ),
    refusal(
        "told_late_without_a_reason",
        "record work small --on 2026-10-22 --text x",
        "E0423",
        4,
        &["`2026-10-22` is 31 days before 2026-11-22", "more than 30 days"],
    ),
    refusal("undo_of_nothing", "undo --actor nobody", "E0424", 4, &["nothing that `nobody` recorded stands"]),
    refusal("undo_of_what_another_rests_on", "undo --actor desk", "E0425", 4, &["rests on it", "meeting.postponed"]),
    refusal("format_of_a_file_that_is_none", "status -o x.docx", "E0417", 4, &["docx"]),
    refusal(
        "text_that_turns_round",
        "record announcement small --on 2025-01-01 --text a\u{202e}b --reason late",
        "E0210",
        4,
        &["cannot be seen"],
    ),
    refusal(
        "command_id_of_something_else",
        "record announcement small --on 2025-01-01 --text other --command-id 00000000-0000-4000-8000-000000000001 --reason late",
        "E0418",
        4,
        &["used before"],
    ),
    refusal(
        "extension_to_an_earlier_day",
        "record extension left/3 --to 2025-05-01 --on 2025-04-01 --reason late",
        "E0421",
        4,
        &["no later than 2025-06-30"],
    ),
    refusal("assumption_for_a_text_that_speaks", "record assumption left/termination vclt-56", "E0422", 4, &["does not bind"]),
    refusal("assumption_that_is_no_rule", "record assumption left/termination vclt-57", "E0422", 4, &["did you mean `vclt-56`?"]),
    refusal(
        "milestone_that_is_none",
        "record performance left/3 --milestone draft --on 2025-04-01 --reason late",
        "E0204",
        4,
        &["`draft` is not a milestone"],
    ),
    refusal(
        "quantity_of_what_is_not_counted",
        "record performance left/3 --quantity 3 --on 2025-04-01 --reason late",
        "E0207",
        4,
        &["does not count"],
    ),
    refusal(
        "notice_extended_to_an_earlier_day",
        "record notice-extended later --to 2026-12-01 --on 2026-11-20",
        "E0421",
        4,
        &["no later than the day on which it takes effect"],
    ),
    refusal(
        "waiver_by_who_is_not_owed",
        "record waiver left/3 --by AA --on 2025-04-01 --reason late",
        "E0401",
        4,
        &["not owed to `AA`"],
    ),
    refusal(
        "assessment_of_nothing",
        "record assessment left/3 accepted --by BB --on 2025-04-01 --reason late",
        "E0411",
        4,
        &["no performance"],
    ),
    refusal(
        "breach_of_a_political_text",
        "record breach left/3 --by court --on 2025-07-01 --reason late",
        "E0411",
        4,
        &["political"],
    ),
    refusal("cycle_that_is_none", "record excused left/council-1999 --on 2025-01-01 --reason late", "E0504", 3, &["no cycle"]),
    refusal("receipt_by_a_stranger", "record notice-received left --by ZZ --on 2025-01-03 --reason late", "E0401", 4, &["`ZZ`"]),
    refusal(
        "retraction_too_late",
        "record notice-retracted left --on 2025-07-02 --reason late",
        "E0419",
        4,
        &["took effect 2025-07-02"],
    ),
    refusal(
        "condition_that_nothing_hangs_on",
        "record condition small --condition war --on 2025-01-01 --reason late",
        "E0420",
        4,
        &["hangs on `war`"],
    ),
    refusal(
        "prolonging_what_has_no_term",
        "record renewed small --on 2025-01-01 --until 2027-01-01 --reason late",
        "E0420",
        4,
        &["term"],
    ),
    refusal(
        "actor_with_a_name",
        "record announcement small --on 2025-01-01 --text x --actor a,b --reason late",
        "E0208",
        4,
        &["opaque id"],
    ),
    refusal(
        "meeting_called_like_a_cycle",
        "record meeting small --body council --held 2025-06-01 --meeting council-2025 --reason late",
        "E0205",
        4,
        &["something else"],
    ),
    refusal("unknown_agreement", "status smal", "E0502", 3, &["`smal`", "did you mean `small`?"]),
    refusal("unknown_agreement_of_a_log", "log smal", "E0502", 3, &["did you mean `small`?"]),
    refusal("unknown_agreement_of_a_timeline", "timeline smal", "E0502", 3, &["did you mean `small`?"]),
    refusal(
        "unknown_agreement_of_an_act",
        "record signed smal --on 2025-01-01 --reason late",
        "E0502",
        3,
        &["did you mean `small`?"],
    ),
    refusal(
        "which_meeting",
        "record meeting small --body council --held 2026-11-22",
        "E0503",
        3,
        &["council-2025-05", "council-2025-09"],
    ),
    refusal("which_line", "explain 3", "E0503", 3, &["small/3", "powerless/3"]),
    refusal("no_such_line", "explain small/33", "E0504", 3, &["`small/33`"]),
    refusal("no_such_record", "record correction 9999 --reason x", "E0504", 3, &["no record 9999"]),
    refusal("no_such_party", "party CC", "E0504", 3, &["`CC` is not a party"]),
    refusal("no_such_topic", "topics qantum", "E0504", 3, &["did you mean `quantum`?"]),
    refusal("no_such_schema", "schema docket.v9", "E0504", 3, &["docket.v1"]),
    refusal("no_such_code", "explain-error E9999", "E0504", 3, &["`E9999` is not a code"]),
];

fn furnished() -> Register {
    let named = |id: &str| SMALL.replace("id = \"small\"", &format!("id = \"{id}\""));
    let powerless = named("powerless")
        .replace("kind = \"termination\"\nby = \"either\"\nnotice = { at_least = \"6 months\" }", "kind = \"statement\"");
    let concluded = named("concluded").replace("type = \"signed\"", "type = \"concluded\"");
    let once = SMALL.replace(
        "ref = \"5\"",
        "ref = \"4(b)\"\nkind = \"commitment\"\nby = [\"AA\"]\ndue = \"2025\"\n\n[[provision]]\nref = \"5\"",
    );
    let (left, later) = (named("left"), named("later"));
    let files = [
        ("small.toml", once.as_str()),
        ("powerless.toml", &powerless),
        ("concluded.toml", &concluded),
        ("left.toml", &left),
        ("later.toml", &later),
    ];
    let register = Register::with(&files);
    for act in [
        "meeting small --body council --planned 2025-05 --meeting council-2025-05",
        "meeting small --body council --planned 2025-09 --meeting council-2025-09",
        "meeting small --body experts --meeting first --held 2024-03-01",
        "performance small/4b --on 2025-06-01",
        "notice left --by AA --given 2025-01-02 --received 2025-01-02",
        "notice later --by AA --given 2026-11-01 --received 2026-11-01",
        "power-waived small/termination --by BB --until 2026-12-31 --on 2026-01-01",
        "announcement small --on 2025-01-01 --text first --command-id 00000000-0000-4000-8000-000000000001",
    ] {
        register.obligo(&format!("record {act} --reason late")).succeeded();
    }
    // The desk planned a meeting that somebody else moved.
    register.obligo("record meeting later --body experts --planned 2027-05 --meeting spring --actor desk").succeeded();
    register.obligo("record meeting later --body experts --postponed 2027-06 --meeting spring").succeeded();
    std::fs::create_dir(register.folder.path().join("folder.toml")).unwrap();
    register.file("latin1.toml", b"[agreement]\ntitle = \"R\xe9publique\"\n");
    register.file("empty.toml", "");
    register.file("deep.toml", format!("{SMALL}\nx = {}", "[".repeat(10_000)));
    register.file("deep-tables.toml", format!("{SMALL}\n[{}a]", "a.".repeat(10_000)));
    register.obligo("export --ceiling public -o slice.jsonl").succeeded();
    std::fs::create_dir(register.folder.path().join("taken")).unwrap();
    register.file("taken/notes.txt", "mine");
    // A hundred megabytes that take no room.
    File::create(register.folder.path().join("huge.toml")).unwrap().set_len(100 * 1024 * 1024).unwrap();
    register
}

#[test]
fn a_refused_command_says_why_and_writes_nothing() {
    let register = furnished();
    let before = register.log();
    let mut wrong = Vec::new();
    for refusal in REFUSALS {
        let told = std::panic::catch_unwind(|| {
            let ran = refused(register.obligo(refusal.line), refusal.code, refusal.exit, refusal.words);
            assert!(ran.stdout.is_empty(), "an error is said on stderr: {}", ran.stdout);
        });
        wrong.extend(told.err().map(|_| refusal.name));
    }
    assert_eq!(register.log(), before, "a refused command left something in the log");
    assert!(wrong.is_empty(), "not told as they should be: {wrong:#?}");
}

#[test]
fn a_record_without_a_text_beside_the_log_has_nothing_to_erase() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record work small --on 2026-11-20 --text x").succeeded();
    let before = register.log();
    refused(register.obligo("erase 1 --reason asked"), "E0430", 4, &["record 1 has no text"]);
    refused(register.obligo("erase 99 --reason asked"), "E0504", 3, &["record 99"]);
    assert_eq!(register.log(), before);
}

#[test]
fn settings_that_cannot_be_read_are_refused() {
    let register = Register::nowhere();
    for (settings, words) in [
        ("regster = \"x.db\"", "regster"),
        ("register = 7", "string"),
        ("register = ", "obligo.toml"),
        ("late_after_days = 0", "nonzero"),
    ] {
        register.file("obligo.toml", settings);
        let mut command = register.command("status");
        command.env_remove("OBLIGO_REGISTER");
        refused(support::run(&mut command), "E0105", 4, &["obligo.toml", words]);
    }
}

/// Codes that the settings of channels can have.
const OF_CHANNELS: [&str; 5] = ["E0801", "E0802", "E0803", "E0804", "E0805"];

#[test]
fn settings_of_those_who_are_told_are_held_against_what_keeps_a_secret() {
    use obligo::jobs::{mail, ping, webhook};
    let mail = |lines: &str| format!("[mail]\nfrom = \"desk@example.org\"\n{lines}");
    let hook =
        |lines: &str| format!("[[webhook]]\nname = \"desk\"\nurl = \"https://example.org/hook\"\nsecret = \"env:DESK\"\n{lines}");
    let person = |address: &str| mail("sendmail = \"/x\"") + &format!("\n[[person]]\nid = \"dg\"\nmail = \"{address}\"");
    for (text, codes, words) in [
        (mail("host = \"mail.example.org\"\nuser = \"me\"\npassword = \"env:MAIL\""), vec![], ""),
        (mail("host = \"localhost\"\nencryption = \"none\""), vec![], ""),
        (mail("sendmail = \"/usr/sbin/sendmail\""), vec![], ""),
        (mail("host = \"h\"\nuser = \"me\"\npassword = \"hunter2\""), vec!["E0801"], "`mail.password` does not say where"),
        (mail("host = \"mail.example.org\"\nencryption = \"none\""), vec!["E0803"], "in the clear"),
        (mail("host = \"h\"").replace("desk@example.org", "desk"), vec!["E0804"], "`mail.from` is not a mail address"),
        (person("a@example.org"), vec![], ""),
        (person("a@example.org, b@example.org"), vec!["E0804"], "`person.dg.mail`"),
        (mail(""), vec!["E0805"], "no way to send"),
        (mail("host = \"h\"\nsendmail = \"/x\""), vec!["E0805"], "two ways"),
        (mail("host = \"h\"\nuser = \"me\""), vec!["E0805"], "has no password"),
        (mail("password = \"hunter2\""), vec!["E0805", "E0805", "E0801"], "nobody's"),
        (hook(""), vec![], ""),
        (hook("").replace("env:DESK", "whsec_hunter2"), vec!["E0801"], "`webhook.desk.secret`"),
        (hook("").replace("/hook", "/?token=hunter2"), vec!["E0802"], "`webhook.desk.url` has the secret `token=…`"),
        (hook("").replace("https", "http"), vec!["E0803"], "`webhook.desk.url`"),
        ("[ping]\nurl = \"credential:ping\"".into(), vec![], ""),
        ("[ping]\nurl = \"https://me:hunter2@hc.example\"".into(), vec!["E0802"], "`ping.url` has a user or a password"),
        ("[ping]\nurl = \"hc.example\"".into(), vec!["E0804"], "`ping.url`"),
    ] {
        let settings: obligo::config::Settings = toml::from_str(&text).unwrap_or_else(|error| panic!("{text}\n{error}"));
        let faults: Vec<_> = settings.mail.iter().flat_map(|mail| mail::check(mail, &settings.people)).collect();
        let faults = faults.into_iter().chain(settings.webhooks.iter().flat_map(webhook::check));
        let faults: Vec<_> = faults.chain(settings.ping.iter().flat_map(ping::check)).collect();
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), codes, "{text}");
        let said: String =
            faults.iter().map(|fault| format!("{} {}", fault.what, fault.hint.as_deref().unwrap_or_default())).collect();
        assert!(said.contains(words) && !said.contains("hunter2"), "{text}\n{said}");
    }
}

#[test]
fn a_day_in_the_environment_that_is_none_is_refused() {
    refused(Register::new().on("2026-02-30").obligo("status"), "E0303", 4, &["OBLIGO_TODAY"]);
}

#[test]
fn all_errors_of_all_files_are_said_at_once_in_the_order_of_the_text() {
    let register = Register::new();
    let one = SMALL
        .replace("2024-01-15", "2024-02-30")
        .replace("topics = [\"quantum\"]", "topcis = [\"quantum\"]")
        .replace("\"AA\", \"BB\"", "\"AA\", \"CC\"");
    let one = one
        .replace("title = \"The text\"\npublished = 2024-02-30", "title = \"The text\"\npublished = \"2024-02-30\"")
        .replace("on = 2024-02-30", "on = \"03/04/2024\"");
    let other =
        SMALL.replace("id = \"small\"", "id = \"other\"").replace("\"1 year\"", "\"each year\"").replace("[\"AA\"]", "[\"ZZ\"]");
    register.file("one.toml", &one);
    register.file("other.toml", &other);
    let before = register.log();
    let ran = register.obligo("import one.toml other.toml").ended(4);
    let said: Vec<&str> = ran.stderr.lines().filter_map(|line| line.strip_prefix("error[")).map(|line| &line[..5]).collect();
    assert_eq!(said, ["E0301", "E0401", "E0201", "E0302", "E0304", "E0401"], "{}", ran.stderr);
    assert!(ran.stderr.contains("6 errors, nothing written"), "{}", ran.stderr);
    assert_eq!(register.log(), before);
    snapshot("several_errors_in_two_files", &ran.stderr);
}

#[test]
fn nothing_of_a_right_file_is_written_when_the_other_is_wrong() {
    let register = Register::new();
    register.file("right.toml", SMALL);
    register.file("wrong.toml", SMALL.replace("id = \"small\"", "id = \"wrong\"").replace("\"1 year\"", "\"one yer\""));
    for order in ["right.toml wrong.toml", "wrong.toml right.toml"] {
        register.obligo(&format!("import {order}")).ended(4);
        assert_eq!(register.log()["size"], 0, "{order}");
    }
    register.obligo("import right.toml").succeeded();
}

#[test]
fn a_file_cut_short_at_any_byte_is_refused_or_whole_and_never_crashes() {
    let register = Register::new();
    for at in (0..SMALL.len()).step_by(if std::env::var_os("PROPTEST_CASES").is_some() { 1 } else { 37 }) {
        register.file("cut.toml", &SMALL[..at]);
        let ran = register.obligo("check cut.toml");
        assert!(matches!(ran.code, 0 | 4), "cut at {at}: exit code {}\n{}", ran.code, ran.stderr);
        assert_eq!(ran.code == 4, ran.stderr.contains("error[E"), "cut at {at}");
    }
}

#[test]
fn a_period_of_six_months_is_never_six_days() {
    for written in ["6 months", "six months", "six (6) months", "P6M"] {
        let register =
            Register::with(&[("small.toml", &SMALL.replace("at_least = \"6 months\"", &format!("at_least = \"{written}\"")))]);
        let why = support::because(&register.entry("small/termination", "--as-of 2026-08-31"));
        assert!(why.contains("2027-02-28"), "{written}: {why}");
    }
}

#[test]
fn what_is_no_register_is_said_to_be_none() {
    let register = Register::nowhere();
    register.obligo("status").ended(1).warns("there is no register at `register.db`").warns("help");
    register.file("register.db", "my notes");
    register.obligo("status").ended(1).warns("is not an SQLite database");
    register.obligo("init").ended(1).warns("exists already");
}

/// The codes that the next three tests provoke.
const OF_CHECKPOINTS: [&str; 9] = ["E0601", "E0602", "E0603", "E0604", "E0605", "E0606", "E0607", "E0608", "E0609"];

/// A register with two writes, and a copy of its files after the first.
fn written_twice() -> (Register, impl Fn(&str)) {
    let register = Register::with(&[("small.toml", SMALL)]);
    let folder = register.folder.path().to_path_buf();
    let copy = |from: &str, to: &str| std::fs::copy(folder.join(from), folder.join(to)).map(drop).unwrap();
    for end in ["db", "key", "checkpoints"] {
        copy(&format!("register.{end}"), &format!("first.{end}"));
    }
    register.obligo("record launched small --on 2024-02-01 --reason late").succeeded();
    let folder = register.folder.path().to_path_buf();
    let put_back = move |end: &str| {
        std::fs::copy(folder.join(format!("first.{end}")), folder.join(format!("register.{end}"))).map(drop).unwrap();
    };
    (register, put_back)
}

const WRITE: &str = "record announcement small --on 2024-03-01 --reason late --text more";

#[test]
fn nothing_is_written_to_a_register_that_is_not_what_was_signed() {
    // An old copy.
    let (register, put_back) = written_twice();
    put_back("db");
    let before = std::fs::read(register.db()).unwrap();
    refused(register.obligo(WRITE), "E0601", 5, &["ROLLBACK", "nothing written"]);
    assert_eq!(std::fs::read(register.db()).unwrap(), before);
    // Two copies that were both written to.
    let (register, _) = written_twice();
    register.obligo("record launched small --on 2024-02-02 --reason late --register first.db").succeeded();
    std::fs::rename(register.folder.path().join("first.db"), register.db()).unwrap();
    refused(register.obligo(WRITE), "E0602", 5, &["FORK", "root"]);
    refused(register.obligo("prove 1"), "E0602", 5, &["FORK"]);
    // Another register's checkpoints.
    let (register, _) = written_twice();
    let other = Register::with(&[("small.toml", SMALL)]);
    std::fs::copy(other.db(), register.db()).unwrap();
    refused(register.obligo(WRITE), "E0605", 4, &["the key", "is that of `obligo/"]);
    std::fs::copy(other.folder.path().join("register.key"), register.folder.path().join("register.key")).unwrap();
    refused(register.obligo(WRITE), "E0603", 5, &["KEY-CHANGED"]);
    // The key lost, and another in its place.
    let (register, _) = written_twice();
    let key = register.folder.path().join("register.key");
    std::fs::rename(&key, register.folder.path().join("away.key")).unwrap();
    refused(register.obligo(WRITE), "E0603", 5, &["KEY-CHANGED", "not there"]);
    let verifier = register.obligo("key").ended(4);
    assert!(verifier.stderr.contains("E0605") && verifier.stderr.contains("there is no key"), "{verifier:?}");
    // A checkpoint that was edited.
    let (register, _) = written_twice();
    let file = register.folder.path().join("register.checkpoints");
    let text = std::fs::read_to_string(&file).unwrap();
    let last = register.log()["size"].as_u64().unwrap();
    std::fs::write(&file, text.replace(&format!("\n{last}\n"), &format!("\n{}\n", last - 1))).unwrap();
    refused(register.obligo(WRITE), "E0604", 5, &["not what the key signed"]);
    std::fs::write(&file, "x".repeat(200 * 1024)).unwrap();
    refused(register.obligo(WRITE), "E0604", 5, &["not a file of checkpoints"]);
}

#[test]
fn keys_proofs_and_checkpoints_that_are_none_are_refused() {
    let (register, _) = written_twice();
    let size = register.log()["size"].as_u64().unwrap();
    let key = register.obligo("key").succeeded().stdout;
    register.file("notes.txt", "nothing is signed here");
    for (line, code, words) in [
        ("verify --against notes.txt", "E0607", "there is no checkpoint in `notes.txt`"),
        ("verify --against no-such-file", "E0101", "no-such-file"),
        ("verify --key register.key", "E0605", "is not a verifying key"),
        ("prove --from #2", "E0606", "no checkpoint of 2 records"),
        ("prove --from #x", "E0607", "`#x` is not a size"),
        ("prove --from notes.txt", "E0607", "not a checkpoint"),
        (&format!("prove --from #{size} --to #{}", size - 1), "E0607", "is the earlier one"),
        ("key rotate --reason ' '", "E0608", "one line"),
        ("witness key --state nowhere", "E0605", "there is no witness"),
        ("witness check --state . --silent-after soon", "E0304", "not a length of time"),
        (&format!("witness serve --state w --log {} --name 'a b'", key.trim()), "E0605", "not a name of a key"),
        (&format!("witness submit --to http://127.0.0.1:9 --witness {}", key.trim()), "E0605", "the key of a log"),
    ] {
        refused(register.obligo(line), code, 4, &[words]);
    }
    refused(register.obligo("prove 999"), "E0504", 3, &["no record 999"]);
    register.obligo("prove 2 -o proof.txt").succeeded();
    let proof = |more: &str| register.obligo(&format!("verify --proof {more} --key {}", key.trim()));
    refused(proof("proof.txt"), "E0607", 4, &["does not have the entry"]);
    refused(proof("notes.txt"), "E0607", 4, &["is no proof"]);
    let without = Register::new();
    refused(without.obligo("prove --from #1"), "E0606", 4, &["no checkpoint"]);
    let file = register.folder.path().join("register.key");
    std::fs::write(&file, "my notes\n").unwrap();
    refused(register.obligo(WRITE), "E0605", 4, &["not a signing key"]);
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let register = Register::with(&[("small.toml", SMALL)]);
    let key = register.folder.path().join("register.key");
    let mode = |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o7777, 0o600);
    for open in [0o644, 0o640, 0o604, 0o622] {
        mode(open);
        refused(register.obligo(WRITE), "E0605", 4, &["open to others", "chmod 600"]);
    }
    // Kept elsewhere, a service manager hands it to a group.
    mode(0o440);
    let mut command = register.command(WRITE);
    command.env("OBLIGO_KEY", &key);
    support::run(&mut command).succeeded();
}

#[test]
fn what_is_no_answer_and_no_rule_set_is_refused() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.file("notes.txt", "as of 2026-11-21, all is well");
    refused(register.obligo("verify --stamp notes.txt"), "E0109", 4, &["`notes.txt`", "no stamp"]);
    register.file("rules.toml", "id = \"ours/1\"\nstage = 9");
    refused(register.obligo("rules adopt rules.toml"), "E0701", 4, &["`rules.toml`", "stage 9", "stages 3 to 4"]);
    let own = register.obligo("rules show obligo-rules/4").succeeded().stdout;
    register.file("rules.toml", own.replace("stage = 4", "stage = 3"));
    refused(register.obligo("rules adopt rules.toml"), "E0701", 4, &["`obligo-rules/4`", "name of a rule set of the program"]);
    register.file("rules.toml", own.replace("id = \"obligo-rules/4\"", "id = \"ours/1\""));
    register.obligo("rules adopt rules.toml").succeeded().says("ours/1");
    std::fs::remove_dir_all(register.db().with_extension("rules")).unwrap();
    refused(register.obligo("status"), "E0702", 4, &["ours/1", "not at hand"]);
    register.obligo("status --rules obligo-rules/4").succeeded();
}

/// Every code that a fault is given anywhere in the program.
fn codes_in_source() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for file in support::sources(&["src", "rules/src"]) {
        let text = std::fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("\"E0") {
            let code = &text[at + 1..at + 6];
            if code[1..].bytes().all(|byte| byte.is_ascii_digit()) && text[at + 6..].starts_with('"') {
                codes.insert(code.to_string());
            }
        }
    }
    codes
}

#[test]
fn every_code_in_the_source_is_documented_and_has_a_test_and_no_page_speaks_of_another() {
    let page = std::fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let documented: BTreeSet<String> =
        page.lines().filter_map(|line| line.strip_prefix("## E")).map(|line| format!("E{}", &line[..4])).collect();
    let tested: BTreeSet<String> = SLIPS
        .iter()
        .map(|slip| slip.code)
        .chain(REFUSALS.iter().map(|refusal| refusal.code))
        .chain(["E0105", "E0109", "E0430", "E0701", "E0702"])
        // tests/cli/run.rs has them.
        .chain(["E0806", "E0807", "E0808"])
        .chain(OF_CHECKPOINTS)
        .chain(OF_CHANNELS)
        .map(String::from)
        .collect();
    let used = codes_in_source();
    assert_eq!(used.difference(&tested).collect::<Vec<_>>(), Vec::<&String>::new(), "codes without a test");
    assert_eq!(used, documented, "codes in the source (left) and in docs/errors.md (right)");
}

#[test]
fn explain_error_tells_the_page_of_each_code() {
    let register = Register::nowhere();
    for code in codes_in_source() {
        let ran = register.obligo(&format!("explain-error {code}")).succeeded().says(&code);
        assert!(ran.stdout.len() > 80, "{code} is hardly explained: {}", ran.stdout);
        assert_eq!(ran, register.obligo(&format!("explain-error {}", code.to_lowercase())));
    }
}
