//! What `obligo.toml` can say. Every key has its meaning here, and the schema of the file is made from these types
//! (`obligo schema config.v1`). No secret stands in it: a secret is named, and read from a credential or the environment.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// The whole file. Paths are seen from its folder.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The register.
    pub register: Option<PathBuf>,
    /// Where the signing key is kept, if not beside the register.
    pub key: Option<PathBuf>,
    /// So many days after the day of an act, recording it takes a reason (30 where nothing is set).
    pub late_after_days: Option<NonZeroU32>,
    /// By whose clock `run` says what day it is: an IANA name, as in `Europe/Brussels` [that of the machine].
    pub zone: Option<String>,
    /// How many hours may pass from one run to the next before `doctor` and `check-nagios` say that it is late (26 where nothing is set).
    pub run_every_hours: Option<NonZeroU32>,
    /// How many days before something falls due it is flagged.
    pub ladder: Ladders,
    /// Who can be told, by opaque ids.
    #[serde(rename = "person")]
    pub people: Vec<Person>,
    /// Who owns and who watches what.
    #[serde(rename = "watch")]
    pub watches: Vec<Watch>,
    /// How mail is sent. Without it, none is.
    pub mail: Option<Mail>,
    /// Who is told by HTTP.
    #[serde(rename = "webhook")]
    pub webhooks: Vec<Webhook>,
    /// Files that each run writes anew.
    pub files: Files,
    /// A dead man's switch: it is told of each run that was done, and misses those that were not.
    pub ping: Option<Ping>,
}

/// How many days before the earliest day that something could be due it is flagged: `[180, 90, 30, 7, 1, 0, "after"]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ladders {
    /// Of all that has no ladder of its own [180, 90, 30, 7, 1, 0, "after"].
    pub default: Option<Vec<Step>>,
    /// By kind of line: commitment, meeting-cycle, meeting, power, notice, term.
    pub kinds: BTreeMap<String, Vec<Step>>,
    /// By agreement; goes before that of the kind.
    pub agreements: BTreeMap<String, Vec<Step>>,
}

/// A rung as it is written: a number of days, or `"after"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a rung is a number of days before, or \"after\"")]
pub enum Step {
    /// So many days before the earliest day that it could be due; 0 is that day.
    Days(u16),
    /// `"after"`: its latest day has passed, and it was not done.
    After(String),
}

/// Somebody who can be told. The id goes into the log; the address does not.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// An opaque id, never a name: `dg-4711`.
    pub id: String,
    /// Where mail goes.
    pub mail: Option<String>,
    /// The id of whoever is told when something is overdue or was escalated.
    pub manager: Option<String>,
}

/// Who owns and who watches what one agreement, one topic or one party is about; with two of them, what both are about.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// The agreement.
    pub agreement: Option<String>,
    /// The topic.
    pub topic: Option<String>,
    /// The party that owes it.
    pub party: Option<String>,
    /// Ids of those who see to it: each is told at most twice of an item, and its manager once if need be.
    pub owners: Vec<String>,
    /// Ids of those who want to know: each is told at most twice of an item, and nobody above them.
    pub watchers: Vec<String>,
}

/// How mail is sent: by SMTP, or by the machine's own sendmail.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The sender: `Obligo <obligo@example.org>`.
    pub from: String,
    /// The SMTP server's name.
    pub host: Option<String>,
    /// Its port [465 with tls, 587 with starttls, 25 with none].
    pub port: Option<u16>,
    /// How the line is kept private (`tls` where nothing is set). `none` is for a server on this machine alone.
    #[serde(default)]
    pub encryption: Encryption,
    /// A certificate (PEM) that is trusted besides those of the system's list.
    pub certificate: Option<PathBuf>,
    /// The name to sign in with.
    pub user: Option<String>,
    /// Where the password is: `credential:NAME` or `env:NAME`.
    pub password: Option<String>,
    /// Instead of a server: the path of sendmail, as in `/usr/sbin/sendmail`.
    pub sendmail: Option<PathBuf>,
    /// At which rungs somebody is mailed, two at the most [30, 1]. A manager is mailed after the date alone.
    pub rungs: Option<Vec<Step>>,
}

/// How a line to a mail server is kept private.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// From the first byte on.
    #[default]
    Tls,
    /// After a greeting; what does not encrypt then is refused.
    Starttls,
    /// Not at all: only to a server on this machine.
    None,
}

/// Somebody who is told by HTTP, as Standard Webhooks 1.0 has it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Its name in the log.
    pub name: String,
    /// Where it listens. A secret does not stand in it.
    pub url: String,
    /// Where the signing secret is: `credential:NAME` or `env:NAME`. The secret is `whsec_` and base 64.
    pub secret: String,
    /// At which rungs it is told [all of them].
    pub rungs: Option<Vec<Step>>,
}

/// Files that each run writes anew, each by a temporary one and a rename.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// iCalendar, for a calendar that subscribes.
    pub calendar: Option<PathBuf>,
    /// Atom feed of what was flagged.
    pub atom: Option<PathBuf>,
    /// What is due, as CSV.
    pub csv: Option<PathBuf>,
    /// Metrics, for the textfile collector of Prometheus' node exporter.
    pub prometheus: Option<PathBuf>,
}

/// A dead man's switch.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ping {
    /// Where it listens: an address, or, since the address is often the secret, `credential:NAME` or `env:NAME`.
    pub url: String,
}
