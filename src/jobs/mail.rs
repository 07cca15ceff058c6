//! A message as a mail: text, a page, a calendar; by SMTP or by the machine's own sendmail. It hangs on the message and the settings alone,
//! so that one that is sent twice is the same mail.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use rules::fault::Fault;

use super::message::{Entry, Message, Undelivered};
use super::{http, secret};
use crate::config::settings::{Encryption, Mail, Person};
use crate::report::{calendar, letter};

/// For each answer of a server, and for all of sendmail.
const WITHIN: Duration = Duration::from_secs(60);

/// What is wrong with how mail is sent, and to whom.
pub fn check(mail: &Mail, people: &[Person]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let addresses = people.iter().filter_map(|person| Some((["person", &person.id, "mail"], person.mail.as_ref()?)));
    let no_address = |at: &[&str]| {
        let what = format!("`{}` is not a mail address", at.join("."));
        Fault::new("E0804", at, what).hint("write one address, as in `desk@example.org` or `The desk <desk@example.org>`")
    };
    faults.extend(mailbox(&mail.from).is_none().then(|| no_address(&["mail", "from"])));
    faults.extend(addresses.filter(|(_, address)| mailbox(address).is_none()).map(|(at, _)| no_address(&at)));
    let half = |key: &str, what: &str, hint: &str| Fault::new("E0805", &["mail", key], what).hint(hint);
    match (&mail.host, &mail.sendmail) {
        (None, None) => faults.push(half("host", "`mail` says of no way to send", "give `host`, or the path of `sendmail`")),
        (Some(_), Some(_)) => faults.push(half("sendmail", "`mail` has two ways to send", "leave out `host` or `sendmail`")),
        (Some(host), None) if mail.encryption == Encryption::None && !http::is_here(host) => {
            let what = "`mail.encryption` sends in the clear to another machine";
            faults.push(Fault::new("E0803", &["mail", "encryption"], what).hint("write `tls` or `starttls`"));
        }
        _ => {}
    }
    match (&mail.user, &mail.password) {
        (Some(_), None) => {
            faults.push(half("user", "`mail.user` has no password", "say where it is: `password = \"credential:NAME\"`"))
        }
        (None, Some(_)) => faults.push(half("password", "`mail.password` is nobody's", "give `user`")),
        _ => {}
    }
    faults.extend(mail.password.as_ref().and_then(|named| secret::check(&["mail", "password"], named)));
    faults
}

/// One mailbox and nothing behind it: `desk@example.org`, `The desk <desk@example.org>`.
fn mailbox(text: &str) -> Option<Mailbox> {
    if text.chars().any(char::is_control) {
        return None;
    }
    match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        None => Some(Mailbox::new(None, text.trim().parse().ok()?)),
        Some((name, address)) => {
            let name = name.trim().trim_matches('"').trim();
            Some(Mailbox::new((!name.is_empty()).then(|| name.into()), address.parse().ok()?))
        }
    }
}

/// Sends a message. `folder` is that of `obligo.toml`, from which paths are seen.
///
/// # Errors
/// When it did not arrive, as far as can be known: a server that went away after the last byte may have taken it.
pub fn send(mail: &Mail, folder: &Path, to: &str, message: &Message) -> Result<(), Undelivered> {
    if let Some(fault) = check(mail, &[]).into_iter().next() {
        return Err(fault.into());
    }
    let letter = compose(mail, to, message)?;
    match (&mail.sendmail, &mail.host) {
        (Some(program), _) => hand_over(&folder.join(program), &letter),
        (None, Some(host)) => by_smtp(mail, host, folder, &letter),
        (None, None) => Err(again("settings", "`mail` says of no way to send")),
    }
}

fn again(class: &str, detail: impl Into<String>) -> Undelivered {
    Undelivered { class: class.into(), detail: detail.into(), is_final: false }
}

/// The mail, byte for byte the same each time.
fn compose(mail: &Mail, to: &str, message: &Message) -> Result<lettre::Message, Undelivered> {
    let address =
        |text: &str, whose: &str| mailbox(text).ok_or_else(|| again("settings", format!("{whose} is not a mail address")));
    let header = |name: &'static str, value: &str| HeaderValue::new(HeaderName::new_from_ascii_str(name), value.into());
    // The boundaries that the crate would make up differ from one time to the next.
    let boundary = |part: &str| format!("{part}-{}", message.id.simple());
    let words = MultiPart::alternative()
        .boundary(boundary("words"))
        .singlepart(SinglePart::plain(letter::text(message)))
        .singlepart(SinglePart::html(letter::page(message).into_string()));
    let calendar = calendar::calendar("Obligo", message.origin, &entries(message));
    let kind =
        ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH").map_err(|error| again("mail", error.to_string()))?;
    let parts = MultiPart::mixed()
        .boundary(boundary("mail"))
        .multipart(words)
        .singlepart(Attachment::new("obligo.ics".into()).body(calendar, kind));
    lettre::Message::builder()
        .from(address(&mail.from, "the sender")?)
        .to(address(to, "that of the person")?)
        .date(SystemTime::from(message.recorded_at))
        .message_id(Some(format!("<{}@obligo>", message.id)))
        .subject(letter::subject(message))
        // Answering machines keep still (RFC 3834).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .multipart(parts)
        .map_err(|error| again("mail", error.to_string()))
}

/// Each line once: what was withdrawn and is flagged anew is not cancelled.
fn entries(message: &Message) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let flagged = message.items.iter().map(|item| &item.calendar);
    for entry in flagged.chain(message.withdrawn.iter().map(|one| &one.calendar)) {
        if entries.iter().all(|other| other.uid != entry.uid) {
            entries.push(entry.clone());
        }
    }
    entries
}

/// Until the letter itself is handed over, whatever fails is no fault of the letter: it is tried again when the server or the settings are
/// right. Of the letter the server's word counts.
fn by_smtp(mail: &Mail, host: &str, folder: &Path, letter: &lettre::Message) -> Result<(), Undelivered> {
    let before = |error: smtp::Error| failed(&error, false);
    let private = || tls(mail, host, folder);
    let (from_first, after_greeting, port) = match mail.encryption {
        Encryption::Tls => (Some(private()?), None, smtp::SUBMISSIONS_PORT),
        Encryption::Starttls => (None, Some(private()?), smtp::SUBMISSION_PORT),
        Encryption::None => (None, None, smtp::SMTP_PORT),
    };
    let us = ClientId::default();
    let server = (host, mail.port.unwrap_or(port));
    let mut line = SmtpConnection::connect(server, Some(WITHIN), &us, from_first.as_ref(), None).map_err(before)?;
    let sent = (|| {
        if let Some(tls) = &after_greeting {
            line.starttls(tls, &us).map_err(before)?;
        }
        if let (Some(user), Some(named)) = (&mail.user, &mail.password) {
            let credentials = Credentials::new(user.clone(), secret::read(named)?);
            line.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).map_err(before)?;
        }
        line.send(letter.envelope(), &letter.formatted()).map_err(|error| failed(&error, true))
    })();
    line.abort();
    sent.map(|_| ())
}

fn tls(mail: &Mail, host: &str, folder: &Path) -> Result<TlsParameters, Undelivered> {
    let mut parameters = TlsParameters::builder(host.into());
    if let Some(file) = &mail.certificate {
        let file = folder.join(file);
        let unfit = |error: String| again("settings", format!("`{}`: {error}", file.display()));
        let pem = std::fs::read(&file).map_err(|error| unfit(error.to_string()))?;
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| unfit(error.to_string()))?);
    }
    parameters.build().map_err(|error| failed(&error, false))
}

/// The class has the server's number and none of its words, which may repeat the address.
fn failed(error: &smtp::Error, is_letter: bool) -> Undelivered {
    let class = match (error.status(), io_kind(error)) {
        (Some(code), _) => format!("smtp {code}"),
        (None, Some(std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock)) => "timed out".into(),
        (None, Some(std::io::ErrorKind::InvalidData)) => "tls".into(),
        (None, Some(std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset)) => "broken off".into(),
        _ if error.is_tls() => "tls".into(),
        _ if error.is_client() => "not offered by the server".into(),
        _ if error.is_response() => "broken off".into(),
        _ => "no connection".into(),
    };
    Undelivered { class, detail: error.to_string(), is_final: is_letter && error.is_permanent() }
}

fn io_kind(error: &smtp::Error) -> Option<std::io::ErrorKind> {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return Some(error.kind());
        }
        source = error.source();
    }
    None
}

/// What sendmail ends with when a letter will never be taken (sysexits.h): bad data, no such user, no such host.
const FINAL: [i32; 3] = [65, 67, 68];

/// Hands the letter to the machine's own sendmail. lettre can too, but keeps the exit code to itself, which tells "later" from "never",
/// and waits for ever.
fn hand_over(program: &Path, letter: &lettre::Message) -> Result<(), Undelivered> {
    let gone = |error: std::io::Error| again("no sendmail", format!("`{}`: {error}", program.display()));
    let mut command = Command::new(program);
    command.arg("-i");
    if let Some(from) = letter.envelope().from() {
        command.arg("-f").arg(from);
    }
    command.arg("--").args(letter.envelope().to());
    // What it says of trouble stands on our standard error.
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().map_err(gone)?;
    let (pipe, bytes) = (child.stdin.take(), letter.formatted());
    let writer = std::thread::spawn(move || pipe.map_or(Ok(()), |mut pipe| pipe.write_all(&bytes)));
    let pause = Duration::from_millis(20);
    let mut left = WITHIN;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(gone)? {
            break status;
        }
        if left.is_zero() {
            child.kill().and_then(|()| child.wait()).map_err(gone)?;
            return Err(again("timed out", format!("`{}` did not end", program.display())));
        }
        std::thread::sleep(pause);
        left = left.saturating_sub(pause);
    };
    let was_read = writer.join().is_ok_and(|written| written.is_ok());
    match status.code() {
        Some(0) if was_read => Ok(()),
        Some(0) => Err(again("sendmail did not read", format!("`{}` ended before it had read the letter", program.display()))),
        code => {
            let class = code.map_or("sendmail was killed".into(), |code| format!("sendmail {code}"));
            let is_final = code.is_some_and(|code| FINAL.contains(&code));
            Err(Undelivered { class, detail: format!("`{}` ended with {status}", program.display()), is_final })
        }
    }
}
