//! `obligo record`: what happened. Each act says what it changed and how to take it back.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use events::DateSpec;
use events::event::{
    Achievement, AgreementRenewed, AgreementResumed, AgreementSuperseded, AgreementSuspended, AgreementTerminated, Assessment,
    AssessmentMade, AssumptionMade, BreachDetermined, Certainty, Clock, ConditionEstablished, ConsentNotified, CycleExcused,
    DueDateSet, EffectStated, Event, Evidence, ExtensionGranted, ImpossibilityAccepted, IncidentReported, MeetingCancelled,
    MeetingHeld, MeetingPostponed, MeetingScheduled, Milestone, NoticeExtended, NoticeFoundDefective, NoticeGiven,
    NoticeReceived, NoticeRetracted, NoticeStep, ObligationReleased, PerformanceReported, Project, ReadingChosen,
    RecordCorrected, WaiverGranted,
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
        /// The earlier notice in whose place it is given
        #[arg(long, value_name = "ID")]
        in_place_of: Option<String>,
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
    /// The other side objected to a notice
    NoticeContested(OfNotice),
    /// An objection to a notice was withdrawn, or settled for the notice
    NoticeUpheld(OfNotice),
    /// A notice was found to be defective
    NoticeDefective {
        #[command(flatten)]
        of: OfNotice,
        /// What is wrong with it
        #[arg(long, value_name = "TEXT")]
        defect: String,
    },
    /// The defect of a notice was cured
    NoticeCured(OfNotice),
    /// The depositary stated when a notice or a consent takes effect
    EffectStated {
        /// The agreement
        agreement: String,
        /// The notice or the consent, if there are several: notice-1, consent-AA
        #[arg(long, value_name = "ID")]
        of: Option<String>,
        /// The day of the statement
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
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
        /// How much of the whole, where the provision counts
        #[arg(long, value_name = "NUMBER")]
        quantity: Option<u32>,
        /// Which of the provision's milestones
        #[arg(long, value_name = "NAME")]
        milestone: Option<String>,
        /// What shows it: a file, which is kept beside the register under its digest, or an address
        #[arg(long, value_name = "FILE|URL")]
        evidence: Option<String>,
    },
    /// A performance was accepted, acknowledged, rejected or contested
    Assessment {
        /// Id of the instance
        id: String,
        /// What is said of it
        assessment: AssessmentWord,
        /// Who says so
        #[arg(long, value_name = "WHO")]
        by: String,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// The date of an obligation was put off
    Extension {
        /// Id of the instance
        id: String,
        /// The new date
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        to: String,
        /// Who granted it; all to whom it is owed, if left out
        #[arg(long, value_name = "PARTY")]
        by: Vec<String>,
        /// The day it was granted
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// The date of an obligation was set
    DueDate {
        /// Id of the instance
        id: String,
        /// The date
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        date: String,
        /// How firmly
        #[arg(long, value_name = "HOW", default_value = "definitive")]
        certainty: CertaintyWord,
        /// The day it was set
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// Those to whom it is owed gave up a performance
    Waiver {
        /// Id of the instance, or with --all-from of the provision
        id: String,
        /// Every instance that falls due from that day on
        #[arg(long)]
        all_from: bool,
        /// The last day for which it holds
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        until: Option<String>,
        /// Who gave it; all to whom it is owed, if left out
        #[arg(long, value_name = "PARTY")]
        by: Vec<String>,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// An obligation was ended by consent before it was performed
    Release(OfInstance),
    /// It was accepted that an obligation cannot be performed any more
    Impossibility(OfInstance),
    /// Somebody with authority determined that an obligation was breached
    Breach {
        #[command(flatten)]
        of: OfInstance,
        /// Who determined it
        #[arg(long, value_name = "WHO")]
        by: String,
    },
    /// A standing obligation was not complied with for a time
    Incident {
        /// The provision: pact/3
        provision: String,
        /// What happened, in your own words
        #[arg(long)]
        text: String,
        /// The day it began
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// The first day on which it was over
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        until: Option<String>,
    },
    /// All parties agreed that a cycle may pass without its meeting
    Excused(OfInstance),
    /// The operation of the agreement, or of some provisions, was suspended
    Suspension {
        /// The agreement
        agreement: String,
        /// Ids of the provisions; the whole agreement, if left out
        #[arg(long, value_name = "PROVISION", value_delimiter = ',')]
        provisions: Vec<String>,
        /// The first day on which it operates again
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        until: Option<String>,
        /// What becomes of dates meanwhile
        #[arg(long, value_name = "HOW")]
        clock: Option<ClockWord>,
        /// The day it began
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// What was suspended operates again
    Resumption {
        /// The agreement
        agreement: String,
        /// Ids of the provisions; all that was suspended, if left out
        #[arg(long, value_name = "PROVISION", value_delimiter = ',')]
        provisions: Vec<String>,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// The parties ended the agreement by consent
    Termination {
        /// The agreement
        agreement: String,
        /// The day it was agreed
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// The first day without it
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        effective: String,
    },
    /// A later agreement took its place, in whole or in part
    Supersession {
        /// The agreement
        agreement: String,
        /// Id of the later agreement
        #[arg(long, value_name = "ID")]
        by: String,
        /// Ids of the provisions; all of them, if left out
        #[arg(long, value_name = "PROVISION", value_delimiter = ',')]
        provisions: Vec<String>,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
        /// The first day on which it does, if that is another
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        effective: Option<String>,
    },
    /// A default rule is taken where the text is silent, and marked as an assumption
    Assumption {
        /// The silent provision: pact/termination
        provision: String,
        /// The rule: vclt-56
        rule: String,
        /// The day
        #[arg(long, value_name = "DATE", default_value = "today", allow_hyphen_values = true)]
        on: String,
    },
    /// The agreement is applied provisionally, before it enters into force
    ProvisionallyApplied(Step),
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

/// An act on one instance.
#[derive(clap::Args)]
struct OfInstance {
    /// Id of the instance: pact/12-2026
    id: String,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    on: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum AssessmentWord {
    Accepted,
    Acknowledged,
    Rejected,
    Contested,
}

impl From<AssessmentWord> for Assessment {
    fn from(word: AssessmentWord) -> Self {
        match word {
            AssessmentWord::Accepted => Assessment::Accepted,
            AssessmentWord::Acknowledged => Assessment::Acknowledged,
            AssessmentWord::Rejected => Assessment::Rejected,
            AssessmentWord::Contested => Assessment::Contested,
        }
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum CertaintyWord {
    Definitive,
    Indicative,
    Tentative,
}

impl From<CertaintyWord> for Certainty {
    fn from(word: CertaintyWord) -> Self {
        match word {
            CertaintyWord::Definitive => Certainty::Definitive,
            CertaintyWord::Indicative => Certainty::Indicative,
            CertaintyWord::Tentative => Certainty::Tentative,
        }
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum ClockWord {
    Stops,
    Runs,
}

impl From<ClockWord> for Clock {
    fn from(word: ClockWord) -> Self {
        match word {
            ClockWord::Stops => Clock::Stops,
            ClockWord::Runs => Clock::Runs,
        }
    }
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
        Act::Notice { agreement, by, given, received, dispatched, stated, effective, power, notice, in_place_of } => {
            let said = |text: Option<String>| text.map(|text| date(&text)).transpose();
            let (received, dispatched) = (said(received)?, said(dispatched)?);
            let (stated, effective) = (said(stated)?, said(effective)?);
            let (notice, power) = (notice.unwrap_or_default(), power.unwrap_or_default());
            let given_notice = NoticeGiven { notice, by, power, received, dispatched, stated, effective, in_place_of };
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
        Act::EffectStated { agreement, of, on, effective } => {
            let of = OfNotice { agreement, notice: of, on };
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
        Act::NoticeContested(of) => notice_step(of, date, |notice| Event::NoticeContested(NoticeStep { notice })),
        Act::NoticeUpheld(of) => notice_step(of, date, |notice| Event::NoticeUpheld(NoticeStep { notice })),
        Act::NoticeCured(of) => notice_step(of, date, |notice| Event::NoticeCured(NoticeStep { notice })),
        Act::NoticeDefective { of, defect } => {
            notice_step(of, date, |notice| Event::NoticeFoundDefective(NoticeFoundDefective { notice, defect }))
        }
        Act::Assessment { id, assessment, by, on } => {
            let assessment = assessment.into();
            of_instance(id, &on, date, |instance| Event::AssessmentMade(AssessmentMade { instance, by, assessment }))
        }
        Act::Extension { id, to, by, on } => {
            let to = date(&to)?;
            of_instance(id, &on, date, |instance| Event::ExtensionGranted(ExtensionGranted { instance, to, by }))
        }
        Act::DueDate { id, date: day, certainty, on } => {
            let (day, certainty) = (date(&day)?, certainty.into());
            of_instance(id, &on, date, |instance| Event::DueDateSet(DueDateSet { instance, on: day, certainty }))
        }
        Act::Waiver { id, all_from, until, by, on } => {
            let until = until.map(|text| date(&text)).transpose()?;
            of_instance(id, &on, date, |of| Event::WaiverGranted(WaiverGranted { of, by, all_from, until }))
        }
        Act::Release(of) => {
            of_instance(of.id, &of.on, date, |instance| Event::ObligationReleased(ObligationReleased { instance }))
        }
        Act::Impossibility(of) => {
            of_instance(of.id, &of.on, date, |instance| Event::ImpossibilityAccepted(ImpossibilityAccepted { instance }))
        }
        Act::Breach { of, by } => {
            of_instance(of.id, &of.on, date, |instance| Event::BreachDetermined(BreachDetermined { instance, by }))
        }
        Act::Incident { provision, text, on, until } => {
            let until = until.map(|text| date(&text)).transpose()?;
            of_instance(provision, &on, date, |provision| Event::IncidentReported(IncidentReported { provision, text, until }))
        }
        Act::Excused(of) => of_instance(of.id, &of.on, date, |cycle| Event::CycleExcused(CycleExcused { cycle })),
        Act::Suspension { agreement, provisions, until, clock, on } => {
            let until = until.map(|text| date(&text)).transpose()?;
            let suspended = AgreementSuspended { provisions, until, clock: clock.map(Into::into) };
            Ok(Proposal::new(&agreement, Event::AgreementSuspended(suspended)).on(date(&on)?))
        }
        Act::Resumption { agreement, provisions, on } => {
            Ok(Proposal::new(&agreement, Event::AgreementResumed(AgreementResumed { provisions })).on(date(&on)?))
        }
        Act::Termination { agreement, on, effective } => {
            let terminated = AgreementTerminated { effective: date(&effective)? };
            Ok(Proposal::new(&agreement, Event::AgreementTerminated(terminated)).on(date(&on)?))
        }
        Act::Supersession { agreement, by, provisions, on, effective } => {
            let effective = effective.map(|text| date(&text)).transpose()?;
            let superseded = AgreementSuperseded { by, provisions, effective };
            Ok(Proposal::new(&agreement, Event::AgreementSuperseded(superseded)).on(date(&on)?))
        }
        Act::Assumption { provision, rule, on } => {
            of_instance(provision, &on, date, |provision| Event::AssumptionMade(AssumptionMade { provision, rule }))
        }
        Act::ProvisionallyApplied(args) => step(args, Event::AgreementProvisionallyApplied),
        Act::Performance { id, on, by, quantity, milestone, evidence } => {
            let (agreement, instance) = split(&id)?;
            let on = date(&on)?;
            let (evidence, kept) = evidence.map(|evidence| shown_by(&evidence)).transpose()?.unzip();
            file = kept.flatten();
            let report = PerformanceReported { instance, by, evidence, quantity, milestone };
            Ok(Proposal::new(agreement, Event::PerformanceReported(report)).on(on))
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

/// An act on one instance, or on one provision, whichever it is.
fn of_instance(
    id: String,
    on: &str,
    date: impl Fn(&str) -> Result<DateSpec, Error>,
    event: impl FnOnce(String) -> Event,
) -> Result<Proposal, Error> {
    let (agreement, instance) = split(&id)?;
    Ok(Proposal::new(agreement, event(instance)).on(date(on)?))
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
