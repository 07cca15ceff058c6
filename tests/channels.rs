//! The channels with real parts: a mail server, a sendmail and a receiver of webhooks on this machine, killed and started again in the middle.
//! `tests/run` makes the Python that they need and names it in `OBLIGO_PYTHON`; without it the tests that need it are skipped, and say so.

mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use chrono::{DateTime, Utc};
use obligo::config::Settings;
use obligo::config::settings::{Mail, Ping, Webhook};
use obligo::jobs::message::{Message, Undelivered};
use obligo::jobs::ping::Signal;
use obligo::jobs::{mail, ping, webhook};
use obligo::report::letter;
use serde_json::Value;
use support::message::message;
use support::root;
use tempfile::TempDir;

/// That of the specification's own libraries.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The Python of tests/run with these modules; a test that needs it is skipped without.
fn python(modules: &str) -> Option<PathBuf> {
    let python = std::env::var_os("OBLIGO_PYTHON").map(PathBuf::from)?;
    let has = |python: &PathBuf| {
        let asked = Command::new(python).args(["-c", &format!("import {modules}")]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    Some(python).filter(has)
}

macro_rules! python_or_skip {
    ($modules:literal) => {
        match python($modules) {
            Some(python) => python,
            None => {
                eprintln!("skipped: {} is not installed in the Python of OBLIGO_PYTHON", $modules);
                return;
            }
        }
    };
}

/// Secrets come from the environment, which a test cannot change for itself: it starts itself anew with them, and there the answer is yes.
fn has_secrets(test: &str) -> bool {
    if std::env::var_os("CREDENTIALS_DIRECTORY").is_some() {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, secret) in [("obligo.mail", "hunter2\n"), ("obligo.desk", &format!("{SECRET}\r\n")), ("wrong", "hunter3\n")] {
        std::fs::write(folder.path().join(name), secret).unwrap();
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", test, "--nocapture"]).env("CREDENTIALS_DIRECTORY", folder.path()).env("OBLIGO_DESK", SECRET);
    assert!(again.status().unwrap().success(), "{test} failed when it had its secrets");
    false
}

/// A server of tests/channels, killed when it is dropped.
struct Server {
    child: Child,
    said: BufReader<ChildStdout>,
    port: u16,
}

impl Server {
    fn start(python: &Path, script: &str, arguments: &[&str]) -> Server {
        let mut command = Command::new(python);
        command.arg(root().join("tests/channels").join(script)).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let port = line(&mut said);
        Server { child, said, port: port.parse().unwrap_or_else(|_| panic!("{script} said `{port}` and no port")) }
    }

    /// It has a call in its hands, and is killed there.
    fn killed_in_the_middle(mut self) -> u16 {
        assert_eq!(line(&mut self.said), "HANGING");
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone is what it is to be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(said: &mut impl BufRead) -> String {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    line.trim().into()
}

fn settings(text: &str) -> Settings {
    toml::from_str(text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn by_mail(text: &str) -> Mail {
    settings(&format!("[mail]\nfrom = \"Obligo 의무 <obligo@example.org>\"\n{text}")).mail.unwrap()
}

/// Files that a server wrote, in their order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "eml" || end == "json"));
    files.sort();
    files
}

/// A mail as Python's library reads it.
fn read(python: &Path, mail: &Path) -> Value {
    let output = Command::new(python).arg(root().join("tests/channels/read_mail.py")).arg(mail).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn is_the_message(read: &Value, to: &str) {
    let message = message();
    assert_eq!(read["defects"], serde_json::json!([]));
    assert_eq!(read["headers"]["message-id"], format!("<{}@obligo>", message.id));
    assert_eq!(read["headers"]["date"], "Sun, 22 Nov 2026 05:30:00 +0000", "the time of raising, not that of sending");
    assert_eq!(read["headers"]["auto-submitted"], "auto-generated");
    assert_eq!(read["headers"]["from"], "Obligo 의무 <obligo@example.org>");
    assert_eq!(read["headers"]["to"], to);
    assert_eq!(read["headers"]["subject"], letter::subject(&message));
    let kinds = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"];
    assert_eq!(read["kinds"], serde_json::json!(kinds));
    let text = |part: &str| read[part].as_str().unwrap().replace("\r\n", "\n");
    assert_eq!(text("text").trim_end(), letter::text(&message).trim_end());
    assert_eq!(text("page").trim_end(), letter::page(&message).into_string().trim_end());
    assert_eq!((&read["method"], &read["file"]), (&"PUBLISH".into(), &"obligo.ics".into()));
    assert!(read["longest"].as_u64().unwrap() <= 998, "RFC 5322 allows no longer line: {}", read["longest"]);
    assert_eq!((&read["ascii"], &read["bare"]), (&true.into(), &0.into()), "any server takes it");
    if let Some(events) = read["events"].as_array() {
        let said: Vec<&str> = events.iter().filter_map(|event| event[1].as_str()).collect();
        assert_eq!(said, ["TENTATIVE", "CONFIRMED", "TENTATIVE", "CANCELLED"], "each line once, what moved is not cancelled");
    }
}

#[test]
fn a_letter_says_what_it_says() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots/channels"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_snapshot!("letter", format!("Subject: {}\n\n{}", letter::subject(&message()), letter::text(&message())));
        let pretty: Value = serde_json::from_str(&webhook::body(&message())).unwrap();
        insta::assert_snapshot!("webhook", serde_json::to_string_pretty(&pretty).unwrap());
    });
    // Closed and escaped throughout: a reader of XML takes it.
    let page = letter::page(&message()).into_string();
    let page = page.strip_prefix("<!DOCTYPE html>").unwrap();
    let read = roxmltree::Document::parse(page).unwrap_or_else(|error| panic!("{error}\n{page}"));
    let words: String = read.descendants().filter_map(|node| node.text()).collect();
    assert!(words.contains("stations <that> take part & how"), "{words}");
    assert!(!letter::text(&message()).contains("breach"), "nobody determined one");
}

#[test]
fn a_subject_never_says_a_date_that_is_only_the_last_it_could_be() {
    let with = |of: &[usize]| {
        let Message { items, .. } = message();
        letter::subject(&Message { items: of.iter().map(|at| items[*at].clone()).collect(), withdrawn: vec![], ..message() })
    };
    assert_eq!(with(&[0]), "[obligo] 1 due as early as 2026-11-22");
    assert_eq!(with(&[1]), "[obligo] 1 past its date");
    assert_eq!(with(&[1, 1]), "[obligo] 2 past their dates");
    assert_eq!(with(&[2, 0]), "[obligo] 2 due, the first as early as 2026-11-22");
    let exact = Message { as_of: "2026-11-18".parse().unwrap(), items: vec![message().items[1].clone()], ..message() };
    assert_eq!(letter::subject(&exact), "[obligo] 1 due on 2026-11-18, 2 withdrawn");
}

#[test]
fn what_somebody_typed_forges_neither_a_header_nor_a_line() {
    let mut forged = message();
    forged.items[0].what = "Hold it\r\nBcc: other@example.org\r\n\r\n* Nothing is due".into();
    forged.items[0].title = "A\u{2028}B\u{0}C".into();
    let text = letter::text(&forged);
    assert!(text.contains("* Hold it Bcc: other@example.org * Nothing is due\n"), "{text}");
    assert!(text.contains("A B C (uk-kr-dp, non-binding)"), "{text}");
    for to in ["desk@example.org\r\nBcc: other@example.org", "desk@example.org, other@example.org", "desk", "", "<>"] {
        let undelivered = mail::send(&by_mail("sendmail = \"/bin/false\""), Path::new("/"), to, &message()).unwrap_err();
        assert_eq!((undelivered.class.as_str(), undelivered.is_final), ("settings", false), "{to}");
    }
}

/// A sendmail that keeps what it is handed, its arguments too, and ends with this code.
fn sendmail(folder: &Path, code: u8) -> Mail {
    use std::os::unix::fs::PermissionsExt as _;
    let program = folder.join("sendmail");
    std::fs::write(
        &program,
        format!("#!/bin/sh\ncd '{}'\necho \"$@\" > arguments\ncat > 1.eml\nexit {code}\n", folder.display()),
    )
    .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    by_mail("sendmail = \"sendmail\"")
}

#[test]
fn sendmail_is_handed_the_same_letter_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let (here, file) = (folder.path(), folder.path().join("1.eml"));
    mail::send(&sendmail(here, 0), here, "박 <desk@example.org>", &message()).unwrap();
    let first = std::fs::read(&file).unwrap();
    mail::send(&sendmail(here, 0), here, "박 <desk@example.org>", &message()).unwrap();
    assert_eq!(std::fs::read(&file).unwrap(), first, "byte for byte");
    std::fs::write(here.join("kept.eml"), &first).unwrap();
    let arguments = std::fs::read_to_string(here.join("arguments")).unwrap();
    assert_eq!(arguments, "-i -f obligo@example.org -- desk@example.org\n");
    for (code, class, is_final) in [(75, "sendmail 75", false), (1, "sendmail 1", false), (67, "sendmail 67", true)] {
        let undelivered = mail::send(&sendmail(here, code), here, "desk@example.org", &message()).unwrap_err();
        assert_eq!((undelivered.class.as_str(), undelivered.is_final), (class, is_final));
    }
    let none = mail::send(&by_mail("sendmail = \"nowhere\""), here, "desk@example.org", &message()).unwrap_err();
    assert_eq!((none.class.as_str(), none.is_final), ("no sendmail", false));
    let python = python_or_skip!("email");
    is_the_message(&read(&python, &here.join("kept.eml")), "박 <desk@example.org>");
}

/// A folder with a certificate for this machine.
fn certificate() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let line = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
                -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost,IP:127.0.0.1";
    let mut openssl = Command::new("openssl");
    openssl.args(line.split_whitespace()).current_dir(folder.path()).stderr(Stdio::null());
    openssl.status().is_ok_and(|status| status.success()).then_some(folder)
}

#[test]
fn a_mail_server_takes_a_letter_and_what_it_refuses_is_told_apart() {
    let python = python_or_skip!("aiosmtpd");
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&python, "smtp_server.py", &[folder.path().to_str().unwrap(), "0", "none"]);
    let mail = by_mail(&format!("host = \"127.0.0.1\"\nport = {}\nencryption = \"none\"", server.port));
    let send = |to: &str| mail::send(&mail, folder.path(), to, &message());
    send("\"박, 민지\" <desk@example.org>").unwrap();
    is_the_message(&read(&python, &folder.path().join("1.eml")), "\"박, 민지\" <desk@example.org>");
    let refused = |to: &str, class: &str, is_final: bool| {
        let undelivered = send(to).unwrap_err();
        assert_eq!((undelivered.class.as_str(), undelivered.is_final), (class, is_final));
        assert!(undelivered.detail.contains(to), "the person at the terminal is told all: {}", undelivered.detail);
    };
    refused("later@example.org", "smtp 451", false);
    refused("gone@example.org", "smtp 550", true);
    assert_eq!(files(folder.path()).len(), 1, "what was refused left nothing");
    drop(server);
    let undelivered = send("desk@example.org").unwrap_err();
    assert_eq!((undelivered.class.as_str(), undelivered.is_final), ("no connection", false));
}

#[test]
fn a_mail_server_that_dies_in_the_middle_gets_the_same_letter_again() {
    let python = python_or_skip!("aiosmtpd");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    let server = Server::start(&python, "smtp_server.py", &[here, "0", "none"]);
    let mail = by_mail(&format!("host = \"localhost\"\nport = {}\nencryption = \"none\"", server.port));
    let send = || mail::send(&mail, folder.path(), "hang@example.org", &message());
    let (lost, port) = std::thread::scope(|scope| {
        let lost = scope.spawn(send);
        let port = server.killed_in_the_middle();
        (lost.join().unwrap().unwrap_err(), port)
    });
    assert_eq!((lost.class.as_str(), lost.is_final), ("broken off", false), "{lost:?}");
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    std::fs::write(folder.path().join("restarted"), "").unwrap();
    let _server = Server::start(&python, "smtp_server.py", &[here, &port.to_string(), "none"]);
    send().unwrap();
    send().unwrap();
    let ids: Vec<Value> = files(folder.path()).iter().map(|file| read(&python, file)["headers"]["message-id"].clone()).collect();
    assert_eq!(ids, [format!("<{}@obligo>", message().id), format!("<{}@obligo>", message().id)], "at least once, under one id");
}

#[test]
fn a_line_to_a_mail_server_is_private_or_nothing_is_said_on_it() {
    let python = python_or_skip!("aiosmtpd");
    if !has_secrets("a_line_to_a_mail_server_is_private_or_nothing_is_said_on_it") {
        return;
    }
    let Some(keys) = certificate() else {
        eprintln!("skipped: the openssl command is not installed");
        return;
    };
    let file = |name: &str| keys.path().join(name).to_str().unwrap().to_string();
    let trusted = "certificate = \"cert.pem\"\n";
    let signed_in = |named: &str| format!("{trusted}user = \"obligo\"\npassword = \"{named}\"\n");
    let right = signed_in("credential:obligo.mail");
    for (line, encryption, more, told) in [
        ("tls", "tls", trusted, None),
        ("tls", "tls", "", Some(("tls", false))),
        ("starttls", "starttls", trusted, None),
        ("starttls", "starttls", "", Some(("tls", false))),
        ("none", "starttls", trusted, Some(("not offered by the server", false))),
        ("auth", "starttls", &right, None),
        // Who is not let in is no fault of the letter: it goes out when the password is right.
        ("auth", "starttls", &signed_in("credential:wrong"), Some(("smtp 535", false))),
        ("auth", "starttls", &signed_in("credential:none"), Some(("secret not at hand", false))),
        ("auth", "starttls", trusted, Some(("smtp 530", true))),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [folder.path().to_str().unwrap(), "0", line, &file("cert.pem"), &file("key.pem")];
        let server = Server::start(&python, "smtp_server.py", &arguments);
        let host = format!("host = \"localhost\"\nport = {}\nencryption = \"{encryption}\"\n{more}", server.port);
        let sent = mail::send(&by_mail(&host), keys.path(), "desk@example.org", &message());
        let class = sent.as_ref().err().map(|undelivered| (undelivered.class.as_str(), undelivered.is_final));
        assert_eq!(class, told, "{line}, {host}: {sent:?}");
        assert_eq!(files(folder.path()).len(), usize::from(told.is_none()), "{line}, {host}");
    }
}

fn by_webhook(port: u16, secret: &str) -> Webhook {
    let text = format!("[[webhook]]\nname = \"desk\"\nurl = \"http://127.0.0.1:{port}/hook\"\nsecret = \"{secret}\"");
    settings(&text).webhooks.remove(0)
}

fn now() -> DateTime<Utc> {
    obligo::clock::now()
}

fn calls(folder: &Path) -> Vec<Value> {
    files(folder).iter().map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()).collect()
}

#[track_caller]
fn class(sent: Result<(), Undelivered>) -> (String, bool) {
    let undelivered = sent.unwrap_err();
    (undelivered.class, undelivered.is_final)
}

#[test]
fn a_receiver_finds_the_signature_right_and_is_called_again_under_the_same_id() {
    let python = python_or_skip!("standardwebhooks");
    if !has_secrets("a_receiver_finds_the_signature_right_and_is_called_again_under_the_same_id") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::start(&python, "receiver.py", &[folder.path().to_str().unwrap(), "0", SECRET, "500", "200", "204", "302", "410"]);
    let hook = by_webhook(server.port, "credential:obligo.desk");
    assert_eq!(class(webhook::send(&hook, &message(), now())), ("http 500".into(), false));
    webhook::send(&hook, &message(), now()).unwrap();
    webhook::send(&by_webhook(server.port, "env:OBLIGO_DESK"), &message(), now()).unwrap();
    assert_eq!(class(webhook::send(&hook, &message(), now())), ("http 302".into(), false), "nobody is followed elsewhere");
    assert_eq!(class(webhook::send(&hook, &message(), now())), ("http 410".into(), true));
    let calls = calls(folder.path());
    assert_eq!(calls.len(), 5);
    for call in &calls {
        assert_eq!(call["path"], "/hook");
        assert_eq!(call["holds"], true, "by the library of the specification");
        assert_eq!(call["headers"]["webhook-id"], format!("msg_{}", message().id));
        assert_eq!(call["headers"]["idempotency-key"], call["headers"]["webhook-id"]);
        assert_eq!(call["headers"]["content-type"], "application/json");
        assert_eq!(call["body"], webhook::body(&message()));
    }
    // What was sent before its time, or with another secret, does not hold: the receiver above does look.
    let long_ago = "2026-01-01T00:00:00Z".parse().unwrap();
    let _ = webhook::send(&hook, &message(), long_ago);
    assert_eq!(self::calls(folder.path())[5]["holds"], "Message timestamp too old");
}

#[test]
fn a_receiver_that_dies_in_the_middle_is_called_again() {
    let python = python_or_skip!("json");
    if !has_secrets("a_receiver_that_dies_in_the_middle_is_called_again") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    let server = Server::start(&python, "receiver.py", &[here, "0", SECRET, "hang", "200"]);
    let hook = by_webhook(server.port, "credential:obligo.desk");
    let send = || webhook::send(&hook, &message(), now());
    let (lost, port) = std::thread::scope(|scope| {
        let lost = scope.spawn(send);
        let port = server.killed_in_the_middle();
        (class(lost.join().unwrap()), port)
    });
    assert_eq!(lost, ("no connection".into(), false));
    assert_eq!(class(send()), ("no connection".into(), false), "nobody is there");
    let _server = Server::start(&python, "receiver.py", &[here, &port.to_string(), SECRET, "hang", "200"]);
    send().unwrap();
    let ids: Vec<Value> = calls(folder.path()).iter().map(|call| call["headers"]["webhook-id"].clone()).collect();
    assert_eq!(
        ids,
        [format!("msg_{}", message().id), format!("msg_{}", message().id)],
        "twice under one id: the receiver knows it"
    );
}

#[test]
fn a_switch_is_told_of_what_was_done_and_what_was_not() {
    let python = python_or_skip!("json");
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::start(&python, "receiver.py", &[folder.path().to_str().unwrap(), "0", SECRET, "200", "200", "200", "404"]);
    let switch = Ping { url: format!("http://127.0.0.1:{}/uuid", server.port) };
    ping::ping(&switch, Signal::Start, "").unwrap();
    ping::ping(&switch, Signal::Done, "3 raised, 0 undelivered").unwrap();
    ping::ping(&switch, Signal::Failed, &"ü".repeat(20_000)).unwrap();
    let told = class(ping::ping(&switch, Signal::Done, "3 raised"));
    assert_eq!(told, ("http 404".into(), false));
    let calls = calls(folder.path());
    let paths: Vec<&Value> = calls.iter().map(|call| &call["path"]).collect();
    assert_eq!(paths, ["/uuid/start", "/uuid", "/uuid/fail", "/uuid"]);
    assert_eq!(calls[1]["body"], "3 raised, 0 undelivered");
    assert_eq!(calls[2]["body"].as_str().unwrap().chars().count(), 10_000);
    drop(server);
    assert_eq!(class(ping::ping(&switch, Signal::Done, "3 raised")), ("no connection".into(), false));
}

#[test]
fn what_is_told_of_a_failure_has_no_address_in_it() {
    let undelivered = |url: &str| ping::ping(&Ping { url: url.into() }, Signal::Done, "").unwrap_err();
    for url in ["https://hc.invalid/0190-secret", "http://127.0.0.1:1/0190-secret", "not an address 0190-secret"] {
        let Undelivered { class, detail, is_final } = undelivered(url);
        assert!(!class.contains("secret") && !detail.contains("0190-secret") && !is_final, "{class}: {detail}");
    }
}
