//! Texts that may name people are kept out of the log: it holds commitments, and an erasure changes no proof.

mod support;

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use events::event::{Achievement, Event};
use events::log::{EventLog, Select};
use events::{codec, seal, tree};
use obligo::agreement_file::AgreementFile;
use obligo::app::{App, TimeOrdered, Unwritten, Write};
use obligo::checkpoints::judge::{Case, Tree, Verdict, judge};
use obligo::clock;
use obligo::erase::Request;
use obligo::rule_sets::Shelf;
use obligo::texts::{self, Sealed, Texts};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use proptest::sample::{Index, subsequence};
use rules::decide::Proposal;
use rusqlite::Connection;
use store::{KeptText, PrivateFile, SqliteLog};
use support::{Register, SMALL};
use uuid::Uuid;

const NAME: &str = "Anna Example";

/// How many records of work the sample has; each has two texts, and one more.
const RECORDS: usize = 12;

fn app(path: &Path) -> App<SqliteLog> {
    let now = || "2026-11-22T09:30:00Z".parse::<DateTime<Utc>>().expect("an instant");
    App {
        log: SqliteLog::open(path, now).expect("a register"),
        shelf: Shelf::beside(path),
        private: PrivateFile::beside(path),
        actor: "test".into(),
        today: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"),
        late_after_days: None,
        ids: Box::new(TimeOrdered),
    }
}

fn work(number: usize) -> Proposal {
    let text = format!("{NAME} called for the {number}th time");
    let done = Achievement { text, by: Vec::new(), provision: None, meeting: None, topics: Vec::new() };
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day") + chrono::Days::new(number as u64);
    Proposal { reason: Some(format!("as {NAME} said")), ..Proposal::new("small", Event::WorkReported(Box::new(done))).on(day) }
}

fn written<T>(result: Result<T, Unwritten>) -> T {
    result.unwrap_or_else(|error| panic!("{}", error.into_error()))
}

/// A register with sealed texts, and the seqs of the records that have them.
fn sample(path: &Path) -> Vec<u64> {
    drop(SqliteLog::create(path, Uuid::from_u128(7), clock::now).expect("a register"));
    let mut app = app(path);
    let file = AgreementFile::parse("small.toml", SMALL.into());
    written(app.execute(&file.proposals, Write { sealed: Sealed::Reasons, ..Write::default() }));
    let proposals: Vec<Proposal> = (0..RECORDS).map(work).collect();
    let receipt = written(app.execute(&proposals, Write::default())).receipt.expect("it was written");
    (receipt.first..=receipt.last).collect()
}

/// The leaf of every record, and the root at every size.
fn proofs(log: &SqliteLog) -> Vec<(tree::Hash, tree::Hash)> {
    let mut proofs = Vec::new();
    log.scan(&Select::default(), &mut |seq, entry| {
        proofs.push((tree::leaf(entry), log.root_at(seq).expect("a root")));
        true
    })
    .expect("the log is read");
    proofs
}

/// The verdict over the log and the texts beside it.
fn verdict(path: &Path) -> Verdict {
    let log = SqliteLog::open_read_only(path).expect("a register");
    let own = log.verify(&mut |_| {}).expect("it is verified");
    let case = Case { log: &log, own: &own, tree: &Tree::of(&log), notes: None, key: None, given: &[], held: &[] };
    judge(&case).with_texts(&texts::check(&log, &PrivateFile::beside(path)).expect("the texts are read")).verdict
}

/// A copy of a register and of what stands beside it.
fn copy(from: &Path, to: &Path) {
    for ending in ["db", "private.db"] {
        std::fs::copy(from.with_extension(ending), to.with_extension(ending)).expect("it is copied");
    }
}

#[test]
fn an_erasure_changes_no_proof_whatever_is_erased() {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, path] = ["first.db", "copy.db"].map(|name| folder.path().join(name));
    let seqs = sample(&first);
    let config = ProptestConfig { cases: cases(), ..ProptestConfig::default() };
    proptest!(config, |(erased in subsequence(seqs.clone(), 0..=seqs.len()))| {
        copy(&first, &path);
        let mut app = app(&path);
        let before = proofs(&app.log);
        if !erased.is_empty() {
            let request = Request { records: erased.clone(), reason: Some("asked".into()), authority: None };
            let gone = written(app.erase(&request, Write::default())).gone;
            prop_assert_eq!(gone, 2 * erased.len());
        }
        let after = proofs(&app.log);
        prop_assert_eq!(&after[..before.len()], &before[..]);
        prop_assert_eq!(verdict(&path), Verdict::SelfConsistent);
        let found = texts::check(&app.log, &app.private).expect("the texts are read");
        let reason = u64::from(!erased.is_empty());
        prop_assert_eq!(found.sealed, 2 * seqs.len() as u64 + reason);
        prop_assert_eq!(found.erased, 2 * erased.len() as u64);
        prop_assert_eq!(found.disclosed, found.sealed - found.erased);
        prop_assert_eq!((found.unfinished, found.orphans), (0, 0));
        // What was erased reads so, and everything else as it was typed.
        Texts::new(&app.log, &app.private).scan(&Select::default(), &mut |seq, entry| {
            if let (true, Event::WorkReported(done)) = (seqs.contains(&seq), codec::decode(entry).expect("a record").draft.event) {
                assert_eq!(done.text == seal::ERASED, erased.contains(&seq), "{seq}: {}", done.text);
                assert!(done.text == seal::ERASED || done.text.starts_with(NAME));
            }
        }).expect("the log is read");
    });
}

/// As many as are asked for, and a fixed sample otherwise.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

#[test]
fn texts_that_change_places_are_found_with_the_first_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, path] = ["first.db", "copy.db"].map(|name| folder.path().join(name));
    let seqs = sample(&first);
    let commitments: Vec<(u64, String)> = {
        let log = SqliteLog::open_read_only(&first).expect("a register");
        let mut all = Vec::new();
        log.scan(&Select::default(), &mut |seq, entry| {
            let text = std::str::from_utf8(entry).expect("UTF-8");
            all.extend(seal::commitments(text).map(|(_, commitment)| (seq, commitment.to_string())));
            true
        })
        .expect("the log is read");
        all
    };
    assert_eq!(commitments.len(), 2 * seqs.len());
    let config = ProptestConfig { cases: cases() / 4, ..ProptestConfig::default() };
    proptest!(config, |(one: Index, other: Index, which in 0..4)| {
        let (one, other) = (one.get(&commitments), other.get(&commitments));
        copy(&first, &path);
        let connection = Connection::open(path.with_extension("private.db")).expect("the file of texts");
        let kept = PrivateFile::beside(&path);
        let [a, b] = [one, other].map(|(_, id)| kept.text(id).expect("it is read").expect("it is there"));
        let set = |id: &str, text: &KeptText| {
            let sql = "UPDATE text SET salt = ?1, text = ?2 WHERE commitment = ?3";
            connection.execute(sql, rusqlite::params![text.salt, text.text, id]).expect("it is changed")
        };
        let expected = match which {
            // Rows change places.
            0 => { set(&one.1, &b); set(&other.1, &a); (one.1 != other.1).then(|| Verdict::Tampered(one.0.min(other.0))) }
            // A text is edited.
            1 => { set(&one.1, &KeptText { text: format!("{} ", a.text), ..a }); Some(Verdict::Tampered(one.0)) }
            // A salt is another.
            2 => { set(&one.1, &KeptText { salt: [7; 32], ..a }); Some(Verdict::Tampered(one.0)) }
            // A row is taken out, and nothing says so.
            _ => { connection.execute("DELETE FROM text WHERE commitment = ?1", [&one.1]).expect("it is deleted"); Some(Verdict::Incomplete(Some(one.0))) }
        };
        drop(connection);
        prop_assert_eq!(verdict(&path), expected.unwrap_or(Verdict::SelfConsistent));
    });
}

#[test]
fn a_log_that_is_handed_on_has_no_typed_text_and_is_whole() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.file(&format!("{NAME}.pdf"), "minutes");
    for act in [
        format!("record work small --on 2026-11-20 --text '{NAME} called' --reason '{NAME} said so'"),
        format!("record performance small/3 --on 2026-11-20 --evidence '{NAME}.pdf'"),
        format!("record decision small --on 2026-11-20 --text 'Ask {NAME}'"),
        "record notice small --by AA --given 2026-11-20".into(),
        format!("record notice-defective small --on 2026-11-21 --defect 'not signed by {NAME}'"),
        format!("record signed small --on 2024-01-15 --text 'by {NAME}' --reason late"),
        format!("record project small --id chips --on 2026-11-20 --text 'led by {NAME}'"),
    ] {
        register.obligo(&act).succeeded();
    }
    let bytes = std::fs::read(register.db()).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"Anna"), "the log names nobody");
    register.obligo("status small --as-of 2026-11-22").succeeded().says(&format!("Ask {NAME}"));
    register.obligo("verify").succeeded().says("8 sealed texts: 8 disclosed and fitting");

    let handed_on = Register::nowhere();
    std::fs::copy(register.db(), handed_on.db()).unwrap();
    handed_on.obligo("verify").succeeded().says("8 sealed texts: the file of texts is not here").says("SELF-CONSISTENT");
    handed_on.obligo("log").succeeded().says(seal::MISSING).says_not("Anna");
    assert_eq!(handed_on.log(), register.log());
    handed_on.obligo("erase 15 --reason asked").ended(1).warns("the file of texts is not here");
}

#[test]
fn the_same_command_again_seals_nothing_anew() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let id = Uuid::from_u128(5);
    let act = format!("record work small --on 2026-11-20 --text '{NAME} called' --command-id {id}");
    register.obligo(&act).succeeded().says("Recorded");
    let (log, texts) = (register.log(), register.json("verify")["texts"].clone());
    register.obligo(&act).succeeded().says("carried out before");
    register.obligo(&act.replace("called", "wrote")).ended(4).warns("E0418");
    register.obligo(&format!("record work small --on 2026-11-20 --text '{NAME} called'")).succeeded().says("recorded already");
    assert_eq!((register.log(), register.json("verify")["texts"].clone()), (log.clone(), texts));
    // After its text was erased, the command is still the one that was carried out; a new one is not the same text.
    let seq = log["size"].as_u64().unwrap();
    register.obligo(&format!("erase {seq} --reason 'she asked'")).succeeded().says("Erased 1 text");
    register.obligo(&act).succeeded().says("carried out before");
    register.obligo("record work small --on 2026-11-20 --text '[erased]'").ended(4).warns("E0212");
    register.obligo(&format!("record work small --on 2026-11-20 --text '{NAME} called'")).succeeded().says("Recorded record");
}

#[test]
fn an_erasure_that_was_cut_short_is_said_to_be_and_finished_by_the_same_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weather.db");
    let seqs = sample(&path);
    let whole = folder.path().join("whole.private.db");
    std::fs::copy(path.with_extension("private.db"), &whole).unwrap();
    let request = Request { records: vec![seqs[3]], reason: Some("asked".into()), authority: None };
    let mut app = app(&path);
    let first = written(app.erase(&request, Write::default()));
    assert_eq!((first.gone, first.before.len()), (2, 0));
    // The rows come back, as they would be had the second step never been done; the reason of the erasure is lost with that.
    drop(app);
    std::fs::copy(&whole, path.with_extension("private.db")).unwrap();
    let mut app = self::app(&path);
    let found = texts::check(&app.log, &app.private).unwrap();
    assert_eq!((found.unfinished, found.missing.len()), (2, 1));
    let again = written(app.erase(&request, Write::default()));
    assert_eq!((again.gone, again.receipt.is_none(), again.before), (2, true, vec![first.receipt.unwrap().first]));
    assert_eq!(texts::check(&app.log, &app.private).unwrap().unfinished, 0);
}

#[test]
fn a_text_for_which_no_record_stands_is_counted_and_no_fault() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("record work small --on 2026-11-20 --text one").succeeded();
    let private = PrivateFile::beside(&register.db());
    private.keep(&[KeptText::new([3; 32], "cut short".into())]).unwrap();
    register.obligo("verify").succeeded().says("1 text kept for no record");
    // A write that is refused leaves none behind.
    register.obligo("record work nowhere --on 2026-11-20 --text two").ended(3);
    assert_eq!(private.commitments().unwrap().len(), 2);
}

#[test]
fn the_texts_of_a_command_that_lost_a_race_do_not_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weather.db");
    let seqs = sample(&path);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let path = &path;
            scope.spawn(move || written(app(path).execute(&[work(100 + writer)], Write::default())));
        }
    });
    let app = app(&path);
    let found = texts::check(&app.log, &app.private).unwrap();
    assert_eq!((found.sealed, found.disclosed, found.orphans), (2 * (seqs.len() as u64 + 8), 2 * (seqs.len() as u64 + 8), 0));
}

#[test]
fn names_of_actors_are_kept_beside_the_log_and_shown_on_the_screen_alone() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo("actor").succeeded().says("No names are kept here");
    register.obligo(&format!("actor local --name '{NAME}'")).succeeded().says(&format!("local is {NAME}"));
    register.obligo("actor 'Anna Example' --name Anna").ended(4).warns("E0208");
    register.obligo("actor dg-1 --name ' '").ended(4).warns("E0202");
    register.obligo("log").succeeded().says(&format!("local ({NAME})"));
    for format in ["json", "csv", "md", "jsonl"] {
        register.obligo(&format!("log -O {format}")).succeeded().says_not("Anna");
    }
    assert!(!std::fs::read(register.db()).unwrap().windows(4).any(|window| window == b"Anna"));
    register.obligo("erase --name-of local --dry-run").succeeded().says("nothing was written");
    register.obligo("log").says("Anna");
    register.obligo("erase --name-of local").succeeded();
    register.obligo("log").says_not("Anna");
    register.obligo("erase --name-of local").ended(3).warns("E0504");
}

#[test]
fn an_erasure_cannot_be_taken_back_and_says_what_it_did() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo(&format!("record work small --on 2026-11-20 --text '{NAME} called' --reason why")).succeeded();
    let seq = register.log()["size"].as_u64().unwrap();
    register.obligo(&format!("erase {seq} 1 999 --reason asked")).ended(4).warns("E0430").warns("E0504");
    register.obligo(&format!("erase {seq} --reason ' '")).ended(4).warns("E0416");
    register.obligo(&format!("erase {seq} --reason asked --dry-run")).succeeded().says("Would erase 2 texts");
    register.obligo("log").says("Anna");
    register.obligo(&format!("erase {seq} --reason asked")).succeeded().says("Erased 2 texts");
    let erased = &register.json("log")["records"][seq as usize - 1]["texts"];
    assert_eq!((&erased[0]["state"], &erased[1]["erased_by"]), (&"erased".into(), &(seq + 1).into()));
    register.obligo("verify").succeeded().says(&format!("2 redacted (erased by #{})", seq + 1));
    register.obligo(&format!("record correction {} --reason no", seq + 1)).ended(4).warns("E0415");
    register.obligo("log").says_not("Anna");
}

#[test]
fn what_is_shown_or_decided_on_has_its_texts_and_what_is_handed_on_has_not() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo(&format!("record decision small --on 2026-11-20 --text 'Ask {NAME}'")).succeeded();
    let size = || register.log()["size"].as_u64().unwrap();
    let asked = size();
    let told = format!("Ask {NAME}");
    register.obligo("replay --step").succeeded().says(&told);
    register
        .obligo(&format!("diff --from '2026-11-21@#{}' --to '2026-11-21@#{asked}'", asked - 1))
        .succeeded()
        .says("decision.taken");
    // Reasons are sealed, whatever they are given for.
    register
        .obligo(&format!("correct {asked} decision small --on 2026-11-19 --text 'Call {NAME}' --reason 'so {NAME}'"))
        .succeeded();
    register.obligo("log").succeeded().says(&format!("in place of #{asked}: so {NAME}"));
    register.obligo(&format!("undo --reason '{NAME} was asked'")).succeeded().says(&format!("Call {NAME}"));
    register.obligo(&format!("rules adopt obligo-rules/4 --reason '{NAME} decided'")).succeeded();
    register.obligo("log").succeeded().says(&format!("{NAME} was asked")).says(&format!("{NAME} decided"));
    assert!(!std::fs::read(register.db()).unwrap().windows(4).any(|window| window == b"Anna"), "the log names nobody");
    register.obligo("export -o log.jsonl").succeeded();
    let bundle = std::fs::read(register.folder.path().join("log.jsonl")).unwrap();
    register.obligo("verify --bundle log.jsonl").succeeded().says("sealed texts: the file of texts is not here");
    let restored = Register::nowhere();
    std::fs::write(restored.folder.path().join("log.jsonl"), &bundle).unwrap();
    restored.obligo("restore log.jsonl").succeeded();
    restored.obligo("replay").succeeded().says(seal::MISSING).says_not("Anna");
    assert_eq!(restored.log(), register.log());
}

#[test]
fn verify_says_which_record_a_text_no_longer_fits_and_ends_as_for_a_bad_log() {
    let register = Register::with(&[("small.toml", SMALL)]);
    for text in ["one", "two", "three"] {
        register.obligo(&format!("record work small --on 2026-11-20 --text {text}")).succeeded();
    }
    let last = register.json("log")["records"].as_array().unwrap().len();
    let connection = Connection::open(register.db().with_extension("private.db")).unwrap();
    connection.execute("UPDATE text SET text = 'four' WHERE text = 'two'", []).unwrap();
    register.obligo("verify").ended(5).says(&format!("TAMPERED({})", last - 1)).says("not the one that the record commits to");
    let verdict: serde_json::Value = serde_json::from_str(&register.obligo("verify --json").stdout).unwrap();
    assert_eq!((&verdict["first_bad_seq"], &verdict["texts"]["other"]), (&(last - 1).into(), &1.into()));
    assert!(!verdict["notes"].to_string().contains("contradict"), "the checkpoints say nothing against it: {}", verdict["notes"]);
    connection.execute("UPDATE text SET text = 'two' WHERE text = 'four'", []).unwrap();
    register.obligo("verify").succeeded();
    connection.execute("DELETE FROM text WHERE text = 'three'", []).unwrap();
    register.obligo("verify").ended(5).says(&format!("INCOMPLETE({last})")).says("no record says that it was erased");
    drop(connection);
    std::fs::write(register.db().with_extension("private.db"), "my notes").unwrap();
    register.obligo("verify").ended(5).says("DAMAGED").says("is not an SQLite database");
}

#[test]
fn an_erasure_is_the_end_of_undo_and_hides_nothing_from_it() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let size = || register.log()["size"].as_u64().unwrap();
    register.obligo("record notice small --by AA --given 2026-11-20 --notice first").succeeded();
    let notice = size();
    // Another finds it defective, and the defect names somebody.
    register
        .obligo(&format!("record notice-defective small --on 2026-11-21 --defect 'not signed by {NAME}' --actor other"))
        .succeeded();
    let defect = size();
    register.obligo(&format!("erase {defect} --reason asked --actor third")).succeeded();
    register.obligo("undo").ended(4).warns("E0425").warns(&format!("#{defect}"));
    register.obligo("undo --actor third").ended(4).warns("E0425").warns("cannot be taken back");
    register.obligo("undo --actor other").succeeded();
    register.obligo("undo").succeeded().says(&format!("#{notice}"));
}

#[test]
fn under_a_ceiling_texts_are_left_out_with_their_records_and_so_is_what_says_that_they_were_erased() {
    let register = Register::with(&[("small.toml", &SMALL.replace(
        "[[body]]\nid = \"council\"",
        "[[source]]\nid = \"note\"\ntitle = \"A note\"\npublished = 2024-01-15\nhandling = \"LIMITE\"\n\n[[body]]\nid = \"council\"",
    ))]);
    let size = || register.log()["size"].as_u64().unwrap();
    register.obligo(&format!("record work small --on 2026-11-19 --text '{NAME} called' --source note")).succeeded();
    let limite = size();
    register.obligo("record work small --on 2026-11-20 --text 'Bert wrote' --reason 'Bert said so'").succeeded();
    let own = size();
    for format in ["table", "json"] {
        register.obligo(&format!("log --ceiling internal -O {format}")).succeeded().says("Bert").says_not("Anna");
    }
    register.obligo("replay --ceiling internal").succeeded().says("Bert wrote").says_not("Anna");
    register.obligo(&format!("erase {own} {limite} --reason 'both asked'")).succeeded();
    register.obligo("log").succeeded().says(&format!("3 texts of #{limite}, #{own} erased"));
    register.obligo("log --ceiling internal").succeeded().says(seal::ERASED).says_not("text.erased").says_not("both asked");
    register.obligo("record work small --on 2026-11-21 --text 'Carl wrote'").succeeded();
    register.obligo(&format!("erase {} --reason 'Carl asked'", size())).succeeded();
    register.obligo("log --ceiling internal").succeeded().says("text.erased").says("Carl asked");
    register.obligo("log --ceiling public").succeeded().says_not("text.erased").says_not("Carl asked");
}

#[test]
fn a_changed_text_says_nothing_against_the_records_that_a_checkpoint_vouches_for() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo(&format!("record work small --on 2026-11-20 --text '{NAME} called' --receipt work.proof")).succeeded();
    let seq = register.log()["size"].as_u64().unwrap();
    register.obligo("verify --against work.proof").succeeded().says("ANCHORED");
    let connection = Connection::open(register.db().with_extension("private.db")).expect("the file of texts");
    connection.execute("UPDATE text SET text = 'Bert called'", []).expect("it is changed");
    let told = register.obligo("verify --against work.proof").ended(5).says_not("contradict");
    told.says(&format!("TAMPERED({seq})")).says("a text that is kept beside the log").says("The log without its texts: ANCHORED");
    connection.execute("DELETE FROM text", []).expect("it is deleted");
    register.obligo("verify").ended(5).says(&format!("INCOMPLETE({seq})")).says(&format!("First bad record: seq {seq}"));
    drop(connection);
    std::fs::write(register.db().with_extension("private.db"), "no database").unwrap();
    register.obligo("verify").ended(5).says("DAMAGED").says("the texts beside the log cannot be read");
}

#[test]
fn a_pack_shows_that_texts_are_sealed_and_not_what_they_say() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo(&format!("record decision small --on 2026-11-20 --text 'Ask {NAME}' --reason 'so {NAME}'")).succeeded();
    register.obligo("pack small --as-of 2026-11-22 -o pack").succeeded();
    let folder = register.folder.path().join("pack");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    for name in ["report.html", "docket.json", "sources.json", "bundle.jsonl", "README.txt"] {
        assert!(!read(name).contains("Anna"), "{name} names somebody");
    }
    assert!(read("report.html").contains(seal::SEALED) && read("docket.json").contains(seal::SEALED));
    register.obligo("verify --bundle pack/bundle.jsonl").succeeded();
}

#[test]
fn what_is_said_of_the_register_itself_can_be_erased() {
    let register = Register::with(&[("small.toml", SMALL)]);
    register.obligo(&format!("rules adopt obligo-rules/4 --reason '{NAME} decided'")).succeeded();
    let seq = register.log()["size"].as_u64().unwrap();
    register
        .obligo(&format!("erase {seq} --reason asked --receipt erased.proof"))
        .succeeded()
        .says("Erased 1 text")
        .says("Receipt");
    register.obligo("log").succeeded().says(seal::ERASED).says_not("Anna");
    register.obligo("status").succeeded().says("obligo-rules/4");
    register.obligo("verify --against erased.proof").succeeded().says("1 redacted");
}
