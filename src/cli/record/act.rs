//! Everything that can be recorded, as it is typed.

use std::path::PathBuf;

use clap::Subcommand;
use events::event::{Assessment, Certainty, Clock, Transition};

/// Everything that can be recorded.
#[derive(Subcommand)]
pub enum Act {
    /// A meeting of a body: held, planned, tentatively planned, postponed or cancelled
    Meeting(Meeting),
    /// A body met without the number that it needs to decide
    Inquorate {
        /// The agreement
        agreement: String,
        /// The body
        #[arg(long)]
        body: String,
        /// Which meeting, if several are planned
        #[arg(long, value_name = "ID")]
        meeting: Option<String>,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A meeting decided that something is to be done
    Decision {
        /// The agreement
        agreement: String,
        /// What is to be done, in your own words
        #[arg(long)]
        text: String,
        /// The meeting that decided
        #[arg(long, value_name = "ID")]
        meeting: Option<String>,
        /// Who is to do it; all together, if left out
        #[arg(long, value_name = "PARTY")]
        by: Vec<String>,
        /// By when
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        due: Option<String>,
        /// The provision that it serves
        #[arg(long)]
        provision: Option<String>,
        /// An id for it [default: decision-1 and so on]
        #[arg(long, value_name = "ID")]
        decision: Option<String>,
        /// Topics
        #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
        topics: Vec<String>,
        /// The day it was decided
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// The minutes of a meeting were adopted
    Minutes {
        /// The agreement
        agreement: String,
        /// The meeting
        #[arg(long, value_name = "ID")]
        meeting: String,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A notice was drafted; nothing runs from that
    NoticeDrafted {
        /// The agreement
        agreement: String,
        /// The party that would give it
        #[arg(long)]
        by: String,
        /// The power it would exercise, if there are several
        #[arg(long, value_name = "PROVISION")]
        power: Option<String>,
        /// An id for it [default: notice-1 and so on]
        #[arg(long, value_name = "ID")]
        notice: Option<String>,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
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
        #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
        quantity: Option<String>,
        /// Which of the provision's milestones
        #[arg(long, value_name = "NAME")]
        milestone: Option<String>,
        /// Who says so, if not those who performed
        #[arg(long, value_name = "PARTY")]
        asserted_by: Option<String>,
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
        /// The parties in whose relations alone it is suspended
        #[arg(long, value_name = "PARTY", value_delimiter = ',')]
        parties: Vec<String>,
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
    /// It was established that the agreement is void
    Invalidity {
        /// The agreement
        agreement: String,
        /// Who established it
        #[arg(long, value_name = "WHO")]
        by: String,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A provision reads otherwise from a day on
    Amendment {
        /// The provision: pact/7
        provision: String,
        /// A key that reads otherwise, as an agreement file has it: every = "2 years"
        #[arg(long = "set", value_name = "KEY = VALUE")]
        changes: Vec<String>,
        /// A key that falls away
        #[arg(long, value_name = "KEY")]
        without: Vec<String>,
        /// The first day on which it reads so, if not that of the amendment
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        effective: Option<String>,
        /// What becomes of a cycle that runs on that day: it keeps the old terms, or has the new
        #[arg(long, value_name = "TERMS")]
        transition: Option<TransitionWord>,
        /// The day it was agreed
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A provision was put in by an amendment
    ProvisionAdded {
        /// The agreement
        agreement: String,
        /// A key of the provision, as an agreement file has it: ref = "9"
        #[arg(long = "set", value_name = "KEY = VALUE", required = true)]
        keys: Vec<String>,
        /// The first day on which it stands, if not that of the amendment
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        effective: Option<String>,
        /// The day it was agreed
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A provision was taken out by an amendment
    ProvisionRepealed {
        /// The provision: pact/7
        provision: String,
        /// The first day without it, if not that of the amendment
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        effective: Option<String>,
        /// The day it was agreed
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A party has another name, or acts through another ministry
    PartyRenamed {
        /// The agreement
        agreement: String,
        /// The party
        #[arg(long)]
        party: String,
        /// Its name from then on
        #[arg(long, required_unless_present = "acts_through")]
        name: Option<String>,
        /// The ministry through which it acts from then on
        #[arg(long)]
        acts_through: Option<String>,
        /// The first day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// Another took the place of a party
    PartySucceeded {
        /// The agreement
        agreement: String,
        /// The party
        #[arg(long)]
        party: String,
        /// Id of who takes its place
        #[arg(long, value_name = "ID")]
        by: String,
        /// Its full name
        #[arg(long)]
        name: String,
        /// The first day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A party excluded provisions for itself, or withdrew that
    Reservation {
        /// The agreement
        agreement: String,
        /// The party
        #[arg(long)]
        by: String,
        /// Ids of the provisions
        #[arg(long, value_name = "PROVISION", value_delimiter = ',', required_unless_present = "withdrawn")]
        provisions: Vec<String>,
        /// What it says, in your own words
        #[arg(long, conflicts_with = "withdrawn")]
        text: Option<String>,
        /// It was withdrawn
        #[arg(long)]
        withdrawn: bool,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// Whoever holds a power promised not to use it
    PowerWaived {
        /// The power: pact/termination
        power: String,
        /// The party
        #[arg(long)]
        by: String,
        /// The last day for which that holds
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        until: Option<String>,
        /// The day of the promise
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// Whoever holds a right other than to end the agreement used it
    PowerExercised {
        /// The power: pact/14
        power: String,
        /// The party
        #[arg(long)]
        by: String,
        /// How, in words
        #[arg(long)]
        text: Option<String>,
        /// The day
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        on: String,
    },
    /// A default rule is taken where the text is silent, and marked as an assumption
    #[command(visible_alias = "assume")]
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
        /// The reading: calendar-year, twelve-months, schedule, performance, given, received
        reading: String,
        /// The day of the choice
        #[arg(long, value_name = "DATE", default_value = "today", allow_hyphen_values = true)]
        on: String,
    },
    /// A document by its digest, for records to cite
    Source {
        /// The agreement
        agreement: String,
        /// The document; only its SHA-256 is recorded
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Its id within the agreement [default: after the name of the file]
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// Its title
        #[arg(long)]
        title: String,
        /// The day it was published
        #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
        published: String,
        /// Handling marking: public, or the document's own word, as in LIMITE
        #[arg(long, value_name = "MARKING", default_value = "public")]
        handling: String,
        /// Where it can be had
        #[arg(long)]
        url: Option<String>,
        /// Keep the file beside the register, under its digest
        #[arg(long)]
        keep: bool,
    },
    /// An earlier record is reversed in full; it stays in the log
    Correction {
        /// `seq` of the record
        seq: u64,
    },
}

#[derive(clap::Args)]
pub struct Meeting {
    /// The agreement
    pub agreement: String,
    /// The body that meets
    #[arg(long)]
    pub body: String,
    #[command(flatten)]
    pub what: MeetingAct,
    /// The day on which it was planned, moved or called off [default: today]
    #[arg(long, value_name = "DATE", conflicts_with = "held", allow_hyphen_values = true)]
    pub stated: Option<String>,
    /// Which meeting, if several are planned, or the id of a new one
    #[arg(long, value_name = "ID")]
    pub meeting: Option<String>,
    /// What it is called
    #[arg(long)]
    pub name: Option<String>,
    /// Where
    #[arg(long)]
    pub place: Option<String>,
    /// Topics
    #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
    pub topics: Vec<String>,
    /// The cycles for which it counts, where the parties said so
    #[arg(long, value_name = "ID", value_delimiter = ',', requires = "held")]
    pub counts_for: Vec<String>,
    /// How it was held: video, written, margins of another
    #[arg(long, requires = "held")]
    pub form: Option<String>,
}

/// What became of a meeting: one of these.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct MeetingAct {
    /// It took place
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub held: Option<String>,
    /// It is planned
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub planned: Option<String>,
    /// It is tentatively planned
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub tentative: Option<String>,
    /// It was moved to this day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub postponed: Option<String>,
    /// It will not take place
    #[arg(long)]
    pub cancelled: bool,
}

/// A step in the life of an agreement.
#[derive(clap::Args)]
pub struct Step {
    /// The agreement
    pub agreement: String,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub on: String,
    /// Where
    #[arg(long)]
    pub place: Option<String>,
    /// More of it, in your own words
    #[arg(long)]
    pub text: Option<String>,
}

/// A step in the life of a notice.
#[derive(clap::Args)]
pub struct OfNotice {
    /// The agreement
    pub agreement: String,
    /// The notice, if there are several
    #[arg(long, value_name = "ID")]
    pub notice: Option<String>,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub on: String,
}

/// An act on one instance.
#[derive(clap::Args)]
pub struct OfInstance {
    /// Id of the instance: pact/12-2026
    pub id: String,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub on: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum AssessmentWord {
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
pub enum CertaintyWord {
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
pub enum ClockWord {
    Stops,
    Runs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub enum TransitionWord {
    Old,
    New,
}

impl From<TransitionWord> for Transition {
    fn from(word: TransitionWord) -> Self {
        match word {
            TransitionWord::Old => Transition::Old,
            TransitionWord::New => Transition::New,
        }
    }
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
pub struct Done {
    /// The agreement
    pub agreement: String,
    /// The day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub on: String,
    /// What it is, in your own words
    #[arg(long)]
    pub text: String,
    /// Who did it; all together, if left out
    #[arg(long, value_name = "PARTY")]
    pub by: Vec<String>,
    /// The provision that it serves
    #[arg(long)]
    pub provision: Option<String>,
    /// Topics
    #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
    pub topics: Vec<String>,
}
