//! The witness: what it answers to each request, what it keeps, and the real one over HTTP, killed in the middle.

mod support;

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use events::checkpoint::{Checkpoint, Role, Signature, Signed, SignedCheckpoint, Signer, Verifier};
use events::proof::AddCheckpoint;
use events::tree::{self, Hash};
use obligo::witness::{self, Answer, Trouble, Witness};
use support::{Register, SMALL};

const ORIGIN: &str = "example.com/log";
const DAY: u64 = 86_400;

fn key(seed: u8) -> Signer {
    Signer::new(ORIGIN, Role::Log, &[seed; 32]).unwrap()
}

/// A log of the entries `history/0`, `history/1` …, another for each history.
fn node(history: &str, level: u32, index: u64) -> Hash {
    match level.checked_sub(1) {
        None => tree::leaf(format!("{history}/{index}").as_bytes()),
        Some(below) => tree::node(node(history, below, index * 2), node(history, below, index * 2 + 1)),
    }
}

fn read(history: &str) -> impl FnMut(u32, u64) -> Result<Hash, Infallible> {
    move |level, index| Ok(node(history, level, index))
}

fn note(history: &str, size: u64, signer: &Signer) -> SignedCheckpoint {
    let Ok(root) = tree::root(size, read(history));
    let checkpoint = Checkpoint { origin: signer.verifier().name().into(), size, root, extensions: Vec::new() };
    SignedCheckpoint { signatures: vec![signer.sign(&checkpoint, 0)], checkpoint }
}

fn asked(history: &str, old: u64, size: u64) -> AddCheckpoint {
    let Ok(path) = tree::consistency(old.min(size), size, read(history));
    AddCheckpoint { old, path, checkpoint: note(history, size, &key(1)) }
}

fn watching(folder: &Path) -> Witness {
    Witness::open(folder, Some("example.org/w"), vec![key(1).verifier(), key(2).verifier()], DAY, 1000).unwrap()
}

#[track_caller]
fn cosigned(witness: &Witness, asked: &AddCheckpoint, now: u64) {
    let Answer::Cosigned(lines) = witness.add(asked.to_string().as_bytes(), now).unwrap() else { panic!("{asked}") };
    let signatures: Vec<Signature> = lines.lines().map(|line| line.parse().unwrap()).collect();
    let note = SignedCheckpoint { signatures, checkpoint: asked.checkpoint.checkpoint.clone() };
    assert_eq!(witness.verifier().has_signed(&note), Signed::Yes(Some(now)));
}

fn answer(witness: &Witness, asked: &AddCheckpoint) -> Answer {
    witness.add(asked.to_string().as_bytes(), 2000).unwrap()
}

fn names(troubles: &[Trouble]) -> Vec<&'static str> {
    troubles.iter().map(|trouble| trouble.what).collect()
}

#[test]
fn each_request_has_the_answer_of_the_specification() {
    let folder = tempfile::tempdir().unwrap();
    let witness = watching(folder.path());
    assert!(matches!(witness.add(b"old 0\n", 1).unwrap(), Answer::Bad(_)));
    assert!(matches!(witness.add(b"\xff\xfe", 1).unwrap(), Answer::Bad(_)));
    assert!(matches!(answer(&witness, &asked("a", 7, 5)), Answer::Bad(_)), "the old size is larger");
    let stranger = Signer::new("example.com/other", Role::Log, &[1; 32]).unwrap();
    assert_eq!(answer(&witness, &AddCheckpoint { checkpoint: note("a", 5, &stranger), ..asked("a", 0, 5) }), Answer::Unknown);
    assert_eq!(answer(&witness, &AddCheckpoint { checkpoint: note("a", 5, &key(9)), ..asked("a", 0, 5) }), Answer::Untrusted);
    let mut forged = asked("a", 0, 5);
    forged.checkpoint.checkpoint.size = 6;
    assert_eq!(answer(&witness, &forged), Answer::Untrusted);
    assert_eq!(answer(&witness, &asked("a", 3, 5)), Answer::OtherSize(0), "nothing was cosigned yet");
    let longer = AddCheckpoint { path: asked("a", 3, 5).path, ..asked("a", 0, 5) };
    assert_eq!(answer(&witness, &longer), Answer::NotShown, "from nothing the proof is empty");

    cosigned(&witness, &asked("a", 0, 5), 1100);
    cosigned(&witness, &asked("a", 5, 5), 1200);
    assert_eq!(answer(&witness, &asked("a", 0, 9)), Answer::OtherSize(5));
    assert_eq!(answer(&witness, &asked("a", 4, 4)), Answer::OtherSize(5), "never back");
    assert_eq!(answer(&witness, &asked("b", 5, 5)), Answer::OtherRoot);
    assert_eq!(answer(&witness, &asked("b", 5, 9)), Answer::NotShown);
    cosigned(&witness, &AddCheckpoint { checkpoint: note("a", 9, &key(2)), ..asked("a", 5, 9) }, 1300);
    assert_eq!(names(&witness::troubles(folder.path(), DAY, 1300).unwrap()), ["FORK", "NOT-SHOWN"]);
}

/// Lines of strangers are neither an obstacle nor kept.
#[test]
fn signatures_of_unknown_keys_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let witness = watching(folder.path());
    let mut more = asked("a", 0, 5);
    let stranger = note("a", 5, &key(9)).signatures.remove(0);
    more.checkpoint.signatures.insert(0, stranger);
    cosigned(&witness, &more, 1100);
    let state = witness::all_watched(folder.path()).unwrap().remove(0);
    assert_eq!(state.last().unwrap(), note("a", 5, &key(1)));
}

#[test]
fn two_histories_are_kept_as_evidence_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let witness = watching(folder.path());
    cosigned(&witness, &asked("a", 0, 3), 1100);
    cosigned(&witness, &asked("a", 3, 8), 1200);
    // A smaller one, whose size was cosigned before, with another root: two histories, though it is refused for its size alone.
    assert_eq!(answer(&witness, &asked("b", 0, 3)), Answer::OtherSize(8));
    assert_eq!(answer(&witness, &asked("b", 0, 3)), Answer::OtherSize(8));
    assert_eq!(answer(&witness, &asked("a", 0, 3)), Answer::OtherSize(8), "an old one sent again proves nothing");
    let found = witness::troubles(folder.path(), DAY, 1300).unwrap();
    assert_eq!(names(&found), ["FORK"]);
    let alarms = std::fs::read_to_string(folder.path().join("alarms")).unwrap();
    assert_eq!(alarms.lines().count(), 1, "{alarms}");
    let evidence = std::fs::read_dir(folder.path().join("evidence")).unwrap().next().unwrap().unwrap().path();
    let both = obligo::checkpoints::found::checkpoints(&std::fs::read(evidence).unwrap());
    assert_eq!(both, [note("b", 3, &key(1)), note("a", 3, &key(1))], "both checkpoints, each with its signature");
}

/// Whoever holds a checkpoint can send it with a wrong proof. When the log itself shows it, nothing was wrong.
#[test]
fn what_was_not_shown_is_settled_when_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let witness = watching(folder.path());
    cosigned(&witness, &asked("a", 0, 5), 1100);
    let wrong = AddCheckpoint { path: Vec::new(), ..asked("a", 5, 9) };
    assert_eq!(answer(&witness, &wrong), Answer::NotShown);
    assert_eq!(names(&witness::troubles(folder.path(), DAY, 1200).unwrap()), ["NOT-SHOWN"]);
    cosigned(&witness, &asked("a", 5, 9), 1200);
    assert_eq!(names(&witness::troubles(folder.path(), DAY, 1200).unwrap()), [""; 0]);
}

#[test]
fn silence_is_told_once_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let witness = watching(folder.path());
    let alarms = || std::fs::read_to_string(folder.path().join("alarms")).unwrap_or_default().lines().count();
    witness.listen(1000 + DAY).unwrap();
    assert_eq!(alarms(), 0);
    for now in [1001 + DAY, 1000 + 2 * DAY] {
        witness.listen(now).unwrap();
        assert_eq!((alarms(), names(&witness::troubles(folder.path(), DAY, now).unwrap())), (1, vec!["SILENT"]));
    }
    cosigned(&witness, &asked("a", 0, 5), 1000 + 2 * DAY);
    witness.listen(1000 + 3 * DAY).unwrap();
    assert_eq!(alarms(), 1);
    witness.listen(1001 + 3 * DAY).unwrap();
    assert_eq!(alarms(), 2);
    // What is refused breaks no silence.
    assert_eq!(answer(&witness, &asked("a", 0, 5)), Answer::OtherSize(5));
    assert_eq!(names(&witness::troubles(folder.path(), DAY, 1001 + 3 * DAY).unwrap()), ["SILENT"]);
}

#[test]
fn it_goes_on_where_it_was_and_its_folder_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let witness = watching(folder.path());
    let key = witness.verifier();
    cosigned(&witness, &asked("a", 0, 5), 1100);
    assert!(Witness::open(folder.path(), None, Vec::new(), DAY, 1).is_err(), "one at a time");
    drop(witness);
    let witness = watching(folder.path());
    assert_eq!(witness.verifier(), key);
    assert_eq!(answer(&witness, &asked("a", 0, 5)), Answer::OtherSize(5));
    drop(witness);
    // A state that cannot be read is not taken for none: that would cosign anything.
    let mut state = std::fs::read_dir(folder.path().join("logs")).unwrap().map(|file| file.unwrap().path());
    let state = state.find(|file| file.extension().unwrap() == "json" && std::fs::read_to_string(file).unwrap().contains('5'));
    std::fs::write(state.unwrap(), "{").unwrap();
    assert!(Witness::open(folder.path(), None, vec![self::key(1).verifier()], DAY, 1).is_err());
}

#[test]
fn two_at_once_never_roll_back() {
    let folder = tempfile::tempdir().unwrap();
    let witness = watching(folder.path());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let witness = &witness;
            scope.spawn(move || {
                let mut seen = 0;
                for turn in 0..60u64 {
                    let size = 1 + (turn * 7 + thread * 3) % 90;
                    match answer(witness, &asked("a", seen.min(size), size)) {
                        Answer::OtherSize(now) => {
                            assert!(seen <= now, "from {seen} back to {now}");
                            seen = now;
                        }
                        Answer::Cosigned(_) => seen = size,
                        other => panic!("{other:?}"),
                    }
                }
            });
        }
    });
    let last = witness::all_watched(folder.path()).unwrap().remove(0).last().unwrap().checkpoint;
    let history = std::fs::read_dir(folder.path().join("logs")).unwrap().map(|file| file.unwrap().path());
    let file = history.into_iter().find(|file| file.extension().unwrap() == "checkpoints").unwrap();
    let all = obligo::checkpoints::notes::all(&file).unwrap().unwrap();
    let sizes: Vec<u64> = all.notes.into_iter().map(|note| note.unwrap().checkpoint.size).collect();
    assert!(sizes.is_sorted() && sizes.last() == Some(&last.size), "{sizes:?}");
}

/// The program as a witness, with its address.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(register: &Register, more: &str) -> Self {
        let mut child = register
            .command(&format!("witness serve --state w --listen 127.0.0.1:0 {more}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let url = first.trim().strip_prefix("Listening on ").unwrap_or_else(|| panic!("{first}")).to_string();
        Server { child, url }
    }

    fn post(&self, body: &str) -> (u16, Option<String>, String) {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let mut answer = ureq::Agent::new_with_config(config).post(format!("{}/add-checkpoint", self.url)).send(body).unwrap();
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_string());
        (answer.status().as_u16(), kind, answer.body_mut().read_to_string().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_register_is_witnessed_over_http_by_a_server_that_is_killed_in_the_middle() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let log = register.obligo("key").succeeded().stdout;
    let log = format!("--log {}", log.trim());
    let write = |text: &str| {
        register.obligo(&format!("record announcement small --on 2024-02-01 --reason late --text {text}")).succeeded()
    };
    let server = Server::start(&register, &log);
    let witness: Verifier = register.obligo("witness key --state w").succeeded().stdout.trim().parse().unwrap();
    let submit = |server: &Server| register.obligo(&format!("witness submit --to {} --witness {witness}", server.url));
    submit(&server).succeeded().says(witness.name());
    std::fs::copy(register.db(), register.folder.path().join("old.db")).unwrap();
    for end in ["key", "checkpoints"] {
        let (from, to) = (format!("register.{end}"), format!("old.{end}"));
        std::fs::copy(register.folder.path().join(from), register.folder.path().join(to)).unwrap();
    }
    write("first");
    drop(server);
    submit(&Server { child: register.command("where").spawn().unwrap(), url: "http://127.0.0.1:9".into() })
        .ended(1)
        .warns("cannot be reached");
    let server = Server::start(&register, &log);
    submit(&server).succeeded();
    // It knows nothing of what the witness has, and is told.
    std::fs::remove_file(register.folder.path().join("register.cosigned")).unwrap();
    write("second");
    submit(&server).succeeded();
    submit(&server).succeeded();
    let size = register.log()["size"].as_u64().unwrap();
    register.obligo(&format!("verify --key {witness}")).succeeded().says(&format!("ANCHORED({size}, by {} on ", witness.name()));
    register.obligo(&format!("prove {size}")).succeeded().says(&format!("\u{2014} {} ", witness.name()));
    assert_eq!(register.json("witness check --state w")["logs"][0]["state"], "GOES-ON");
    let other = Signer::new("example.org/w", Role::Witness, &[7; 32]).unwrap().verifier();
    register.obligo(&format!("witness submit --to {} --witness {other}", server.url)).ended(4).warns("E0609");

    // The old copy is behind, and then goes another way.
    let old = |line: &str| register.obligo(&format!("{line} --register old.db"));
    old(&format!("witness submit --to {}", server.url)).ended(5).warns("E0601").warns("ROLLBACK");
    for text in ["a", "b", "c"] {
        old(&format!("record announcement small --on 2024-02-02 --reason late --text {text}")).succeeded();
    }
    old(&format!("witness submit --to {}", server.url)).ended(5).warns("E0602").warns("FORK");
    let check = register.obligo("witness check --state w").ended(5);
    assert!(check.stdout.contains("NOT-SHOWN") && check.stdout.contains("evidence"), "{check:?}");

    let stranger = Register::with(&[("small.toml", SMALL)]);
    stranger.obligo(&format!("witness submit --to {}", server.url)).ended(1).warns("does not watch this log");
    register.obligo("key rotate --reason test").succeeded();
    register.obligo(&format!("witness submit --to {}", server.url)).succeeded();
    write("third");
    register.obligo(&format!("witness submit --to {}", server.url)).ended(5).warns("E0603");
}

#[test]
fn the_http_end_says_what_the_specification_says() {
    let register = Register::with(&[("small.toml", SMALL)]);
    let server = Server::start(&register, &format!("--log {} --silent-after 1s", key(1).verifier()));
    assert_eq!(server.post("nonsense").0, 400);
    // It may hang up before all of it was sent.
    let large = ureq::post(format!("{}/add-checkpoint", server.url)).send("x".repeat(65 * 1024));
    assert!(matches!(large, Err(ureq::Error::StatusCode(413) | ureq::Error::Io(_))), "{large:?}");
    let (status, _, lines) = server.post(&asked("a", 0, 5).to_string());
    assert!(status == 200 && lines.starts_with('\u{2014}') && lines.ends_with('\n'), "{status} {lines}");
    let other = server.post(&asked("a", 2, 7).to_string());
    assert_eq!(other, (409, Some("text/x.tlog.size".into()), "5\n".into()));
    assert_eq!(server.post(&asked("b", 5, 5).to_string()).0, 409);
    assert_eq!(server.post(&asked("b", 5, 7).to_string()).0, 422);
    let untrusted = AddCheckpoint { checkpoint: note("a", 7, &key(9)), ..asked("a", 5, 7) };
    assert_eq!(server.post(&untrusted.to_string()).0, 403);
    let stranger = Signer::new("example.com/other", Role::Log, &[1; 32]).unwrap();
    assert_eq!(server.post(&AddCheckpoint { checkpoint: note("a", 7, &stranger), ..asked("a", 5, 7) }.to_string()).0, 404);
    std::thread::sleep(std::time::Duration::from_millis(2500));
    let alarms = std::fs::read_to_string(register.folder.path().join("w/alarms")).unwrap();
    assert!(alarms.contains("SILENT") && alarms.contains("FORK"), "{alarms}");
}
