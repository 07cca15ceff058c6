//! `obligo record`: what happened. Each act says what it changed and how to take it back.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use events::DateSpec;
use events::event::{
    Achievement, AgreementRenewed, Certainty, ConditionEstablished, ConsentNotified, EffectStated, Event, Evidence,
    MeetingCancelled, MeetingHeld, MeetingPostponed, MeetingScheduled, Milestone, NoticeExtended, NoticeGiven, NoticeReceived,
    NoticeRetracted, NoticeStep, PerformanceReported, Project, ReadingChosen, RecordCorrected,
};
use events::log::Select;
use events::record::SourceRef;
use events::{EventLog, codec, tree};
use rules::decide::Proposal;
use store::SqliteLog;

use super::args::{self, Writing};
use super::{Context, outcome};
use crate::app::{App, Unwritten, Write};
use crate::error::Error;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    act: Act,

    #[command(flatten)]
    common: Common,
}

/// What may be said of any act.
#[derive(clap::Args)]
struct Common {
    /// Id of the source that says so
    #[arg(long, global = true, value_name = "ID")]
    source: Option<String>,

    /// Place in the source: a paragraph, a page
    #[arg(long, global = true, value_name = "PLACE", requires = "source")]
    locator: Option<String>,

    /// In whose authority
    #[arg(long, global = true, value_name = "ID")]
    authority: Option<String>,

    /// Why, where a reason is owed
    #[arg(long, global = true, value_name = "TEXT")]
    reason: Option<String>,

    #[command(flatten)]
    writing: Writing,
}

#[derive(Subcommand)]
enum Act {
    /// A meeting of a body: held, planned, tentatively planned, postponed or cancelled
    Meeting(Meeting),
    /// Notice to end an agreement
    Notice {
        /// The agreement
        agreement: String,
        /// The party that gave it
        #[arg(long)]
        by: String,
        /// The day it was given
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        given: String,
        /// The day it was received
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        received: Option<String>,
        /// The day it was dispatched
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        dispatched: Option<String>,
        /// The day from which it says that its period runs
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        stated: Option<String>,
        /// The day on which it says that it takes effect
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        effective: Option<String>,
        /// The power it exercises, if there are several
        #[arg(long, value_name = "PROVISION")]
        power: Option<String>,
        /// An id for it [default: notice-1 and so on]
        #[arg(long, value_name = "ID")]
        notice: Option<String>,
    },
    /// A notice was dispatched
    NoticeDispatched(OfNotice),
    /// A notice reached whoever it was addressed to
    NoticeReceived {
        #[command(flatten)]
        of: OfNotice,
        /// Who received it: depositary, or a party; whoever it was addressed to, if left out
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
    },
    /// A notice was deposited with the depositary
    NoticeDeposited(OfNotice),
    /// A notice was registered
    NoticeRegistered(OfNotice),
    /// A notice was taken back before it took effect
    NoticeRetracted {
        #[command(flatten)]
        of: OfNotice,
        /// The other side accepts that, where the text asks for it
        #[arg(long)]
        accepted: bool,
    },
    /// The effect of a notice was suspended
    NoticeSuspended(OfNotice),
    /// A suspended notice was taken up again
    NoticeResumed(OfNotice),
    /// The effect of a notice was put off
    NoticeExtended {
        #[command(flatten)]
        of: OfNotice,
        /// The day on which it takes effect from now on
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        to: String,
    },
    /// The depositary stated when a notice or a consent takes effect
    EffectStated {
        #[command(flatten)]
        of: OfNotice,
        /// The day on which it takes effect
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        effective: String,
    },
    /// A party consented to be bound
    Consent {
        /// The agreement
        agreement: String,
        /// The party
        #[arg(long)]
        by: String,
        /// The day of deposit or signature
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// How: signature, ratification, acceptance, approval, accession
        #[arg(long, value_name = "HOW")]
        how: Option<String>,
    },
    /// The parties prolonged the agreement
    Renewed {
        /// The agreement
        agreement: String,
        /// The day it was done
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// The first day without it from now on
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        until: String,
    },
    /// Something on which a provision hangs is so, or is so no longer
    Condition {
        /// The agreement
        agreement: String,
        /// In the words of the provision: armed conflict
        #[arg(long, value_name = "WORDS")]
        condition: String,
        /// The party for which it is so
        #[arg(long, value_name = "PARTY")]
        of: Option<String>,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// It is so no longer
        #[arg(long)]
        over: bool,
    },
    /// An obligation was performed
    Performance {
        /// Id of the one instance that was performed: uk-kr-dp/22c
        id: String,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// Who performed; all obligors, if left out
        #[arg(long, value_name = "PARTY")]
        by: Vec<String>,
        /// What shows it: a file, which is kept beside the register under its digest, or an address
        #[arg(long, value_name = "FILE|URL")]
        evidence: Option<String>,
    },
    /// The agreement was announced
    Announced(Step),
    /// Negotiations were concluded
    Concluded(Step),
    /// The agreement was signed
    Signed(Step),
    /// The partnership was launched
    Launched(Step),
    /// A document states that the agreement came into effect
    TookEffect(Step),
    /// Something was announced
    Announcement(Done),
    /// Something that was to be delivered exists
    Deliverable(Done),
    /// Work under way; it shows progress and closes nothing
    Work(Done),
    /// A joint project began
    Project {
        /// The agreement
        agreement: String,
        /// The project's id
        #[arg(long)]
        id: String,
        /// The day it began
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// What it is, in your own words
        #[arg(long)]
        text: String,
        /// When it ends
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        ends: Option<String>,
        /// Topics
        #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
        topics: Vec<String>,
    },
    /// One of several lawful readings of a provision was chosen
    Reading {
        /// The provision: uk-kr-dp/7
        provision: String,
        /// The reading: calendar-year, twelve-months, given, received
        reading: String,
        /// The day of the choice
        #[arg(long, value_name = "DATE", default_value = "today", allow_hyphen_values = true)]
        on: String,
    },
    /// An earlier record is reversed in full; it stays in the log
    Correction {
        /// `seq` of the record
        seq: u64,
    },
}

#[derive(clap::Args)]
struct Meeting {
    /// The agreement
    agreement: String,
    /// The body that meets
    #[arg(long)]
    body: String,
    #[command(flatten)]
    what: MeetingAct,
    /// Which meeting, if several are planned, or the id of a new one
    #[arg(long, value_name = "ID")]
    meeting: Option<String>,
    /// What it is called
    #[arg(long)]
    name: Option<String>,
    /// Where
    #[arg(long)]
    place: Option<String>,
    /// Topics
    #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
    topics: Vec<String>,
}

/// What became of a meeting: one of these.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct MeetingAct {
    /// It took place
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    held: Option<String>,
    /// It is planned
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    planned: Option<String>,
    /// It is tentatively planned
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    tentative: Option<String>,
    /// It was moved to this day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    postponed: Option<String>,
    /// It will not take place
    #[arg(long)]
    cancelled: bool,
}

/// A step in the life of an agreement.
#[derive(clap::Args)]
struct Step {
    /// The agreement
    agreement: String,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    on: String,
    /// Where
    #[arg(long)]
    place: Option<String>,
    /// More of it, in your own words
    #[arg(long)]
    text: Option<String>,
}

/// A step in the life of a notice.
#[derive(clap::Args)]
struct OfNotice {
    /// The agreement
    agreement: String,
    /// The notice, if there are several
    #[arg(long, value_name = "ID")]
    notice: Option<String>,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    on: String,
}

/// Something that was announced, delivered or worked on.
#[derive(clap::Args)]
struct Done {
    /// The agreement
    agreement: String,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    on: String,
    /// What it is, in your own words
    #[arg(long)]
    text: String,
    /// Who did it; all together, if left out
    #[arg(long, value_name = "PARTY")]
    by: Vec<String>,
    /// The provision that it serves
    #[arg(long)]
    provision: Option<String>,
    /// Topics
    #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
    topics: Vec<String>,
}

pub fn run(args: Args, context: &Context) -> Result<u8, Error> {
    let Common { source, locator, authority, reason, writing } = args.common;
    let how = writing.how()?;
    let mut app = context.writer(&writing.actor)?;
    let (proposal, file) = proposal(args.act, &app)?;
    let source = source.map(|id| SourceRef { id, sha256: None, locator });
    let proposal = Proposal { source, authority, reason, ..proposal };
    if let Some(file) = file.filter(|_| !how.dry_run) {
        // Kept only for what is going to be recorded, and before it is: a record never speaks of a file that is not there.
        app.execute(std::slice::from_ref(&proposal), Write { dry_run: true, ..how }).map_err(Unwritten::into_error)?;
        file.keep(&context.register()?.path.with_extension("evidence"))?;
    }
    let result = app.execute(&[proposal], how).map_err(Unwritten::into_error)?;
    outcome::show(&result, how)?;
    Ok(0)
}

/// What is proposed, and the file that shows it, if one does.
fn proposal(act: Act, app: &App<SqliteLog>) -> Result<(Proposal, Option<EvidenceFile>), Error> {
    let mut file = None;
    let date = |text: &str| args::date(text, app.today);
    let step = |step: Step, event: fn(Milestone) -> Event| -> Result<Proposal, Error> {
        let milestone = Milestone { place: step.place, text: step.text };
        Ok(Proposal::new(&step.agreement, event(milestone)).on(date(&step.on)?))
    };
    let done = |done: Done, event: fn(Achievement) -> Event| -> Result<Proposal, Error> {
        let Done { agreement, on, text, by, provision, topics } = done;
        let achievement = Achievement { text, by, provision, meeting: None, topics };
        Ok(Proposal::new(&agreement, event(achievement)).on(date(&on)?))
    };
    let proposal: Result<Proposal, Error> = match act {
        Act::Meeting(meeting) => meeting_proposal(meeting, &app.today.into(), date),
        Act::Notice { agreement, by, given, received, dispatched, stated, effective, power, notice } => {
            let said = |text: Option<String>| text.map(|text| date(&text)).transpose();
            let (received, dispatched) = (said(received)?, said(dispatched)?);
            let (stated, effective) = (said(stated)?, said(effective)?);
            let (notice, power) = (notice.unwrap_or_default(), power.unwrap_or_default());
            let given_notice = NoticeGiven { notice, by, power, received, dispatched, stated, effective };
            Ok(Proposal::new(&agreement, Event::NoticeGiven(given_notice)).on(date(&given)?))
        }
        Act::NoticeDispatched(of) => notice_step(of, date, |notice| Event::NoticeDispatched(NoticeStep { notice })),
        Act::NoticeReceived { of, by } => notice_step(of, date, |notice| Event::NoticeReceived(NoticeReceived { notice, by })),
        Act::NoticeDeposited(of) => notice_step(of, date, |notice| Event::NoticeDeposited(NoticeStep { notice })),
        Act::NoticeRegistered(of) => notice_step(of, date, |notice| Event::NoticeRegistered(NoticeStep { notice })),
        Act::NoticeRetracted { of, accepted } => {
            notice_step(of, date, |notice| Event::NoticeRetracted(NoticeRetracted { notice, accepted }))
        }
        Act::NoticeSuspended(of) => notice_step(of, date, |notice| Event::NoticeSuspended(NoticeStep { notice })),
        Act::NoticeResumed(of) => notice_step(of, date, |notice| Event::NoticeResumed(NoticeStep { notice })),
        Act::NoticeExtended { of, to } => {
            let to = date(&to)?;
            notice_step(of, date, |notice| Event::NoticeExtended(NoticeExtended { notice, to }))
        }
        Act::EffectStated { of, effective } => {
            let effective = date(&effective)?;
            notice_step(of, date, |of| Event::EffectStated(EffectStated { of, effective }))
        }
        Act::Consent { agreement, by, on, how } => {
            let consent = ConsentNotified { consent: String::new(), by, how };
            Ok(Proposal::new(&agreement, Event::ConsentNotified(consent)).on(date(&on)?))
        }
        Act::Renewed { agreement, on, until } => {
            let until = date(&until)?;
            Ok(Proposal::new(&agreement, Event::AgreementRenewed(AgreementRenewed { until })).on(date(&on)?))
        }
        Act::Condition { agreement, condition, of, on, over } => {
            let condition = ConditionEstablished { condition, of, holds: !over };
            Ok(Proposal::new(&agreement, Event::ConditionEstablished(condition)).on(date(&on)?))
        }
        Act::Performance { id, on, by, evidence } => {
            let (agreement, instance) = split(&id)?;
            let on = date(&on)?;
            let (evidence, kept) = evidence.map(|evidence| shown_by(&evidence)).transpose()?.unzip();
            file = kept.flatten();
            Ok(Proposal::new(agreement, Event::PerformanceReported(PerformanceReported { instance, by, evidence })).on(on))
        }
        Act::Announced(args) => step(args, Event::AgreementAnnounced),
        Act::Concluded(args) => step(args, Event::AgreementConcluded),
        Act::Signed(args) => step(args, Event::AgreementSigned),
        Act::Launched(args) => step(args, Event::AgreementLaunched),
        Act::TookEffect(args) => step(args, Event::AgreementTookEffect),
        Act::Announcement(args) => done(args, Event::AnnouncementMade),
        Act::Deliverable(args) => done(args, Event::DeliverableDelivered),
        Act::Work(args) => done(args, Event::WorkReported),
        Act::Project { agreement, id, on, text, ends, topics } => {
            let ends = ends.map(|text| date(&text)).transpose()?;
            let project = Project { project: id, text, ends, topics };
            Ok(Proposal::new(&agreement, Event::ProjectBegun(project)).on(date(&on)?))
        }
        Act::Reading { provision, reading, on } => {
            let (agreement, provision) = split(&provision)?;
            let chosen = ReadingChosen { provision, reading };
            Ok(Proposal::new(agreement, Event::ReadingChosen(chosen)).on(date(&on)?))
        }
        Act::Correction { seq } => {
            let agreement = agreement_of(&app.log, seq)?;
            let correction = Proposal::new(&agreement, Event::RecordCorrected(RecordCorrected {})).on(app.today);
            Ok(Proposal { corrects: Some(seq), ..correction })
        }
    };
    Ok((proposal?, file))
}

/// A step of a notice, whichever it is.
fn notice_step(
    of: OfNotice,
    date: impl Fn(&str) -> Result<DateSpec, Error>,
    event: impl FnOnce(String) -> Event,
) -> Result<Proposal, Error> {
    Ok(Proposal::new(&of.agreement, event(of.notice.unwrap_or_default())).on(date(&of.on)?))
}

fn meeting_proposal(
    meeting: Meeting,
    today: &DateSpec,
    date: impl Fn(&str) -> Result<DateSpec, Error>,
) -> Result<Proposal, Error> {
    let Meeting { agreement, body, what, meeting, name, place, topics } = meeting;
    let MeetingAct { held, planned, tentative, postponed, cancelled: _ } = what;
    let id = meeting.unwrap_or_default();
    let scheduled = |on: DateSpec, certainty: Certainty| {
        Event::MeetingScheduled(MeetingScheduled {
            meeting: id.clone(),
            body: body.clone(),
            on,
            certainty,
            name: name.clone(),
            place: place.clone(),
            topics: topics.clone(),
        })
    };
    let (event, on) = match (held, planned, tentative, postponed) {
        (Some(on), ..) => {
            let held = MeetingHeld {
                meeting: id.clone(),
                body: body.clone(),
                name: name.clone(),
                place: place.clone(),
                text: None,
                topics: topics.clone(),
            };
            (Event::MeetingHeld(held), date(&on)?)
        }
        (_, Some(on), ..) => (scheduled(date(&on)?, Certainty::Indicative), today.clone()),
        (_, _, Some(on), _) => (scheduled(date(&on)?, Certainty::Tentative), today.clone()),
        (.., Some(on)) => (Event::MeetingPostponed(MeetingPostponed { meeting: id.clone(), on: date(&on)? }), today.clone()),
        _ => (Event::MeetingCancelled(MeetingCancelled { meeting: id.clone() }), today.clone()),
    };
    Ok(Proposal { body: Some(body.clone()), ..Proposal::new(&agreement, event).on(on) })
}

/// `uk-kr-dp/20a` in its two parts; parentheses, as in `20(a)`, may stay.
fn split(id: &str) -> Result<(&str, String), Error> {
    let (agreement, rest) = id
        .split_once('/')
        .ok_or_else(|| Error::refused("E0504", format!("`{id}` is not an id"), "write AGREEMENT/ID, as in uk-kr-dp/22c"))?;
    Ok((agreement, rest.replace(['(', ')'], "")))
}

fn agreement_of(log: &dyn EventLog, wanted: u64) -> Result<String, Error> {
    let mut found = None;
    log.scan(&Select { agreement: None, upto: Some(wanted) }, &mut |seq, entry| {
        if seq == wanted {
            found = codec::columns(entry).ok().map(|columns| columns.agreement);
        }
        true
    })?;
    found.ok_or_else(|| Error::refused("E0504", format!("there is no record {wanted}"), "see obligo log"))
}

/// A file of evidence is a document: minutes, a report, a scan.
const MOST_EVIDENCE: u64 = 256 * 1024 * 1024;

/// A file that shows something, read once.
struct EvidenceFile {
    path: PathBuf,
    sha256: String,
    bytes: Vec<u8>,
}

/// An address as it is, or a file by its name, digest and length.
fn shown_by(evidence: &str) -> Result<(Evidence, Option<EvidenceFile>), Error> {
    if evidence.contains("://") {
        return Ok((Evidence::Url(evidence.into()), None));
    }
    let path = PathBuf::from(evidence);
    let there = std::fs::metadata(&path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        return Err(Error::refused(
            "E0101",
            format!("`{}` is not a file", path.display()),
            "name a file, or an address with its https://",
        ));
    }
    if there.is_some_and(|there| there.len() > MOST_EVIDENCE) {
        let what = format!("`{}` is larger than {} MiB", path.display(), MOST_EVIDENCE / 1024 / 1024);
        return Err(Error::refused("E0103", what, "keep it elsewhere and give its address"));
    }
    let bytes = std::fs::read(&path).map_err(|error| {
        let what = format!("cannot read `{}`: {error}", path.display());
        Error::refused("E0101", what, "name a file, or an address with its https://")
    })?;
    let sha256 = tree::sha256(&bytes).to_string();
    let name = path.file_name().map_or_else(|| evidence.to_string(), |name| name.to_string_lossy().into_owned());
    let file = Evidence::File { name, sha256: sha256.clone(), bytes: bytes.len() as u64 };
    Ok((file, Some(EvidenceFile { path, sha256, bytes })))
}

impl EvidenceFile {
    /// Keeps it in the folder under its digest, once.
    fn keep(&self, folder: &Path) -> Result<(), Error> {
        let kept = folder.join(&self.sha256);
        if kept.exists() {
            return Ok(());
        }
        let failed = |error: std::io::Error| {
            let what = format!("cannot keep `{}`: {error}", self.path.display());
            Error::failed(what, "may the folder of the register be written to?")
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let beside = folder.join(format!("{}.{}.new", self.sha256, std::process::id()));
        std::fs::write(&beside, &self.bytes).map_err(failed)?;
        std::fs::rename(&beside, &kept).map_err(failed)
    }
}
