//! Every fact there is, in the order of an agreement's life. A closed set: every `match` on it is without a wildcard,
//! so that the compiler walks whoever adds a fact to each place that must know it.
//!
//! Acts and determinations only. What time does (due, overdue, lapsed, in force) is derived by the rules, never stored.
//! The legal date of an act is the record's `occurred_on`; a payload holds a date only where the act speaks of another day
//! (the day a meeting is planned for, the day a notice was received).

use serde::{Deserialize, Serialize};

use crate::alert::AlertFact;
use crate::date_spec::DateSpec;
use crate::terms::{AgreementTerms, Body, Provision, Source, Terms};

/// A fact about one agreement. What is large stands behind a box: a register holds every fact of a log, and most are small.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An agreement was entered in the register: its parties, its form, its force.
    AgreementRecorded(Box<AgreementTerms>),
    /// A document that later records cite was registered by its digest.
    SourceRecorded(Box<Source>),
    /// A body of the agreement (council, forum, committee) was entered.
    BodyRecorded(Box<Body>),
    /// A provision was entered as agreed.
    ProvisionRecorded(Box<Provision>),

    /// The agreement was announced, before or beside its conclusion.
    AgreementAnnounced(Milestone),
    /// The text was settled: negotiations were concluded.
    AgreementConcluded(Milestone),
    /// The agreement was signed by all who conclude it.
    AgreementSigned(Milestone),
    /// A partnership was launched: its participants began to act under it.
    AgreementLaunched(Milestone),
    /// A document states the day on which the agreement came into effect or entered into force.
    AgreementTookEffect(Milestone),
    /// The agreement is applied provisionally, before it enters into force (VCLT 25).
    AgreementProvisionallyApplied(Milestone),
    /// A party expressed its consent to be bound: it deposited an instrument, or signed without further ado.
    ConsentNotified(Box<ConsentNotified>),
    /// The parties prolonged the agreement to a day.
    AgreementRenewed(AgreementRenewed),
    /// The operation of the agreement, or of some provisions, was suspended.
    AgreementSuspended(Box<AgreementSuspended>),
    /// What was suspended operates again.
    AgreementResumed(AgreementResumed),
    /// The parties ended the agreement by consent.
    AgreementTerminated(AgreementTerminated),
    /// A later agreement took its place, in whole or in part.
    AgreementSuperseded(Box<AgreementSuperseded>),
    /// It was established that the agreement is void. What was done in good faith before stays (VCLT 69).
    InvalidityEstablished(InvalidityEstablished),

    /// A provision reads otherwise from a day on. An error of the text is none: it is corrected from the start (VCLT 79).
    ProvisionAmended(Box<ProvisionAmended>),
    /// A provision was put in by an amendment.
    ProvisionAdded(Box<ProvisionAdded>),
    /// A provision was taken out by an amendment.
    ProvisionRepealed(ProvisionRepealed),

    /// A party has another name, or acts through another ministry.
    PartyRenamed(Box<PartyRenamed>),
    /// Another took the place of a party.
    PartySucceeded(Box<PartySucceeded>),
    /// A party excluded or changed the effect of provisions for itself (VCLT 19 to 21).
    ReservationMade(Box<ReservationMade>),
    /// A reservation was withdrawn.
    ReservationWithdrawn(ReservationWithdrawn),

    /// A meeting was planned, firmly or tentatively.
    MeetingScheduled(Box<MeetingScheduled>),
    /// A meeting took place.
    MeetingHeld(Box<MeetingHeld>),
    /// A planned meeting was moved to another day; the old day stays in the log.
    MeetingPostponed(MeetingPostponed),
    /// A planned meeting will not take place.
    MeetingCancelled(MeetingCancelled),
    /// A body met without the number that it needs to decide.
    MeetingInquorate(MeetingInquorate),
    /// All parties agreed that a cycle may pass without its meeting.
    CycleExcused(CycleExcused),
    /// A meeting decided that something is to be done.
    DecisionTaken(Box<DecisionTaken>),
    /// The minutes of a meeting were adopted: its decisions are no longer merely reported.
    MinutesAdopted(MinutesAdopted),

    /// The parties announced something together, or one of them did.
    AnnouncementMade(Box<Achievement>),
    /// Something that was to be delivered exists: a memorandum, a report, a mechanism.
    DeliverableDelivered(Box<Achievement>),
    /// A joint project or programme began; it may outlive the agreement.
    ProjectBegun(Box<Project>),
    /// Work was reported. It shows progress and never closes anything.
    WorkReported(Box<Achievement>),
    /// An obligation was reported as performed.
    PerformanceReported(Box<PerformanceReported>),
    /// Somebody with a say accepted, rejected, contested or acknowledged a performance.
    AssessmentMade(Box<AssessmentMade>),
    /// The date of one obligation was put off; its first date stays.
    ExtensionGranted(Box<ExtensionGranted>),
    /// The date of one obligation was set, firmly or not.
    DueDateSet(DueDateSet),
    /// Those to whom it is owed gave up one performance, or those of a time.
    WaiverGranted(Box<WaiverGranted>),
    /// An obligation was ended by consent before it was performed.
    ObligationReleased(ObligationReleased),
    /// It was accepted that an obligation cannot be performed any more.
    ImpossibilityAccepted(ImpossibilityAccepted),
    /// Somebody with authority determined that an obligation was breached.
    BreachDetermined(BreachDetermined),
    /// A standing obligation was not complied with for a time.
    IncidentReported(Box<IncidentReported>),

    /// A notice was drafted. Nothing runs from that.
    NoticeDrafted(Box<NoticeDrafted>),
    /// A party gave notice under a power of the agreement.
    NoticeGiven(Box<NoticeGiven>),
    /// A notice was sent.
    NoticeDispatched(NoticeStep),
    /// A notice reached whoever it was addressed to.
    NoticeReceived(NoticeReceived),
    /// A notice was deposited with the depositary as an instrument.
    NoticeDeposited(NoticeStep),
    /// A notice was entered in the depositary's register.
    NoticeRegistered(NoticeStep),
    /// A notice was taken back.
    NoticeRetracted(NoticeRetracted),
    /// The effect of a notice was suspended.
    NoticeSuspended(NoticeStep),
    /// A suspended notice was taken up again.
    NoticeResumed(NoticeStep),
    /// The effect of a notice was put off to a day.
    NoticeExtended(NoticeExtended),
    /// The other side objected to a notice.
    NoticeContested(NoticeStep),
    /// An objection to a notice was withdrawn, or the dispute was settled for the notice.
    NoticeUpheld(NoticeStep),
    /// A notice was found to have a defect: of form, of sender, of addressee.
    NoticeFoundDefective(NoticeFoundDefective),
    /// The defect of a notice was cured; its period runs from that day.
    NoticeCured(NoticeStep),
    /// Whoever is competent, as a rule the depositary, stated the day on which a notice or a consent takes effect.
    EffectStated(EffectStated),

    /// Whoever holds a power promised not to use it.
    PowerWaived(Box<PowerWaived>),
    /// Whoever holds a right other than to end the agreement used it.
    PowerExercised(Box<PowerExercised>),
    /// It was established that something on which a provision hangs is so, or is so no longer.
    ConditionEstablished(Box<ConditionEstablished>),

    /// One of several lawful readings of a provision was chosen.
    ReadingChosen(ReadingChosen),
    /// Where the text is silent, a default rule was taken for it, and is marked as an assumption.
    AssumptionMade(AssumptionMade),

    /// An earlier record, named by the envelope's `corrects`, is reversed in full. The target stays in the log.
    RecordCorrected(RecordCorrected),

    /// The register goes by this rule set from here on. Of the register as a whole, not of an agreement.
    RulesAdopted(RulesAdopted),

    /// Sealed texts of earlier records were erased: what stood beside the log is gone, what stands in the log is as it was.
    TextErased(TextErased),

    /// What a scheduled run flagged, and what became of it. Of the register as a whole.
    Alert(AlertFact),
}

const _: () = assert!(size_of::<Event>() <= 56, "box what is as large as that");

/// A step in the life of an agreement as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Milestone {
    /// Where, if the document says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// In our own words, if more is to be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How firmly a date was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Fixed by the text or by a final decision.
    Definitive,
    /// Planned or expected.
    Indicative,
    /// Unconfirmed: said to be tentative.
    Tentative,
}

/// A meeting of a body, planned for a day or a range of days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingScheduled {
    /// The meeting's id within its agreement; the same for as long as it is the same meeting.
    pub meeting: String,
    /// Id of the body that meets.
    pub body: String,
    /// The day or range it is planned for.
    pub on: DateSpec,
    /// `indicative` for a planned meeting, `tentative` for one said to be so.
    pub certainty: Certainty,
    /// What the meeting is called, if not merely after its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Topics on its agenda.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

/// A meeting that took place on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingHeld {
    /// The meeting's id; that of the planned meeting if it was planned.
    pub meeting: String,
    /// Id of the body that met.
    pub body: String,
    /// What the meeting is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What was discussed or decided, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Topics that were discussed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Ids of the cycles for which it counts, where the parties said so; otherwise the one in which it was held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts_for: Vec<String>,
    /// How it was held, if the document says: in person, by video, in writing, in the margins of another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
}

/// A body that met on the record's `occurred_on` and could not decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingInquorate {
    /// The meeting's id; that of the planned meeting if it was planned.
    pub meeting: String,
    /// Id of the body.
    pub body: String,
}

/// Something that a meeting decided is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionTaken {
    /// Its id within the agreement.
    pub decision: String,
    /// What is to be done, in our own words.
    pub text: String,
    /// The meeting that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<String>,
    /// Party ids of those who are to do it; empty: all together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// By when, if it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<DateSpec>,
    /// The provision that it serves, by reference, if the document says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provision: Option<String>,
    /// Topics it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

/// Minutes that were adopted on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinutesAdopted {
    /// The meeting.
    pub meeting: String,
}

/// A planned meeting was moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingPostponed {
    /// The meeting that was moved.
    pub meeting: String,
    /// The day or range it was moved to.
    pub on: DateSpec,
}

/// A planned meeting was called off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingCancelled {
    /// The meeting that will not take place.
    pub meeting: String,
}

/// An announcement, a deliverable or a report of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Achievement {
    /// What it is, in our own words.
    pub text: String,
    /// Party ids of whoever acted; empty when it was done together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// The provision that it serves, by reference, if the document says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provision: Option<String>,
    /// The meeting at which it was done, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<String>,
    /// Topics it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

/// A joint project that began on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// The project's id within its agreement.
    pub project: String,
    /// What it is, in our own words.
    pub text: String,
    /// When it ends, if the document says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<DateSpec>,
    /// Topics it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
}

/// A performance of one obligation on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerformanceReported {
    /// The one instance that was performed, by its id without the agreement (`12-2026`). One performance never meets two.
    pub instance: String,
    /// Party ids of whoever performed; empty when all obligors did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// What shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How much of the whole, where the provision counts (`quantity`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// Which of the steps that the provision names (`milestones`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestone: Option<String>,
    /// Party that says so; left out: those who performed, or whoever recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asserted_by: Option<String>,
}

/// What shows that something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A file kept beside the register under its digest.
    File {
        /// Name of the file as it was handed in.
        name: String,
        /// SHA-256 of its bytes, 64 hexadecimal digits.
        sha256: String,
        /// Its length in bytes.
        bytes: u64,
    },
    /// An address; what is behind it may change.
    Url(String),
}

/// A notice drafted on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeDrafted {
    /// The notice's id within its agreement; it is given under the same.
    pub notice: String,
    /// Party that would give it.
    pub by: String,
    /// The power it would exercise: id of the provision.
    pub power: String,
}

/// A notice given on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoticeGiven {
    /// The notice's id within its agreement.
    pub notice: String,
    /// Party that gave it.
    pub by: String,
    /// The power it exercises: id of the provision (`termination`).
    pub power: String,
    /// The day it was received, if already known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<DateSpec>,
    /// The day it was sent, if that is another and already known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatched: Option<DateSpec>,
    /// The day from which it says that its period runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<DateSpec>,
    /// The day on which it says that it takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<DateSpec>,
    /// The earlier notice in whose place it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<String>,
}

/// A step in the life of a notice, on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeStep {
    /// The notice.
    pub notice: String,
}

/// A notice was received on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeReceived {
    /// The notice that arrived.
    pub notice: String,
    /// Who received it: `depositary`, or the id of a party. Left out: whoever it was addressed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A notice was taken back on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRetracted {
    /// The notice.
    pub notice: String,
    /// The other side accepted that, where the text asks for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
}

/// A notice was put off on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoticeExtended {
    /// The notice.
    pub notice: String,
    /// The day on which it takes effect from now on.
    pub to: DateSpec,
}

/// A day of effect was stated on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectStated {
    /// The notice or the consent, by its id within the agreement.
    pub of: String,
    /// The day on which it takes effect.
    pub effective: DateSpec,
}

/// A consent to be bound, given on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentNotified {
    /// The consent's id within its agreement.
    pub consent: String,
    /// Party that gave it.
    pub by: String,
    /// How: signature, ratification, acceptance, approval, accession (VCLT 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
}

/// The agreement was prolonged on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementRenewed {
    /// The first day without it from now on.
    pub until: DateSpec,
}

/// A condition was found to hold, or no longer to hold, on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionEstablished {
    /// In the words of the provision that hangs on it.
    pub condition: String,
    /// The party for which it is so, if it is so for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Whether it is so from that day on, or no longer.
    pub holds: bool,
}

/// What happens to the days that are running when an obligation is suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Clock {
    /// They stand still: what was left is left when it goes on.
    Stops,
    /// They run on: the date stays.
    Runs,
}

/// A suspension that began on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementSuspended {
    /// Ids of the provisions; empty: the whole agreement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisions: Vec<String>,
    /// The first day on which it operates again, if that is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateSpec>,
    /// What becomes of dates meanwhile, if that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// Party ids, where it is suspended in their relations alone (VCLT 58); empty: for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
}

/// A suspension that ended on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementResumed {
    /// Ids of the provisions; empty: all that was suspended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisions: Vec<String>,
}

/// An end by consent, agreed on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementTerminated {
    /// The first day without the agreement.
    pub effective: DateSpec,
}

/// Supersession by a later agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementSuperseded {
    /// Id of the later agreement, in the register or not.
    pub by: String,
    /// Ids of the provisions that it takes the place of; empty: all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisions: Vec<String>,
    /// The first day on which it does; the record's `occurred_on`, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<DateSpec>,
}

/// Invalidity established on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvalidityEstablished {
    /// By whom: a court, the parties.
    pub by: String,
}

/// What becomes of a cycle that runs on the day of an amendment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transition {
    /// It ends under the terms before.
    Old,
    /// It is under the new terms from the start.
    New,
}

/// An amendment agreed on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProvisionAmended {
    /// The provision, by its id.
    pub provision: String,
    /// The keys that read otherwise, as an agreement file has them: `every`, `due`, `by`, `text`.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub changes: Terms,
    /// Keys that fall away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// The first day on which it reads so; the record's `occurred_on`, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<DateSpec>,
    /// What becomes of a cycle that runs on that day, if that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
}

/// A provision that was put in, agreed on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProvisionAdded {
    /// The provision.
    pub provision: Provision,
    /// The first day on which it stands; the record's `occurred_on`, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<DateSpec>,
}

/// A provision that was taken out, agreed on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProvisionRepealed {
    /// The provision, by its id.
    pub provision: String,
    /// The first day without it; the record's `occurred_on`, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<DateSpec>,
}

/// Another name from the record's `occurred_on` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyRenamed {
    /// The party, by its id, which stays.
    pub party: String,
    /// Its name from then on, if that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The ministry or department through which it acts from then on, if that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_through: Option<String>,
}

/// Succession on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartySucceeded {
    /// The party whose place is taken.
    pub party: String,
    /// Id of who takes it.
    pub by: String,
    /// Its full name.
    pub name: String,
}

/// A reservation made on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationMade {
    /// The party.
    pub by: String,
    /// Ids of the provisions.
    pub provisions: Vec<String>,
    /// What it says, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A reservation withdrawn on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationWithdrawn {
    /// The party.
    pub by: String,
    /// Ids of the provisions; empty: all that it reserved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisions: Vec<String>,
}

/// A promise of the record's `occurred_on` not to use a power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PowerWaived {
    /// The power: id of the provision.
    pub power: String,
    /// The party that promised.
    pub by: String,
    /// The last day for which it holds, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateSpec>,
}

/// A right that was used on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerExercised {
    /// The power: id of the provision.
    pub power: String,
    /// The party that used it.
    pub by: String,
    /// How, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A cycle that may pass without a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleExcused {
    /// The cycle, by its id without the agreement (`council-2025`).
    pub cycle: String,
}

/// What somebody says of a performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the words are the documentation
pub enum Assessment {
    Accepted,
    Acknowledged,
    Rejected,
    Contested,
}

/// An assessment made on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentMade {
    /// The instance, by its id without the agreement.
    pub instance: String,
    /// Who says so: a party, or somebody with authority.
    pub by: String,
    /// What is said.
    pub assessment: Assessment,
}

/// An extension granted on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExtensionGranted {
    /// The instance, by its id without the agreement.
    pub instance: String,
    /// The new date.
    pub to: DateSpec,
    /// Party ids of those who granted it; empty: all to whom it is owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
}

/// A date set on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueDateSet {
    /// The instance, by its id without the agreement.
    pub instance: String,
    /// The date.
    pub on: DateSpec,
    /// How firmly.
    pub certainty: Certainty,
}

/// A waiver granted on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaiverGranted {
    /// The instance; or with `all_from` the provision, by its id.
    pub of: String,
    /// Party ids of those who gave it; empty: all to whom it is owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// It holds for every instance of the provision that falls due from that day on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all_from: bool,
    /// The last day for which it holds, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateSpec>,
}

/// A release agreed on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObligationReleased {
    /// The instance, by its id without the agreement.
    pub instance: String,
}

/// An impossibility accepted on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImpossibilityAccepted {
    /// The instance, by its id without the agreement.
    pub instance: String,
}

/// A breach determined on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachDetermined {
    /// The instance, by its id without the agreement.
    pub instance: String,
    /// Who determined it: a court, a panel, a joint committee.
    pub by: String,
}

/// Non-compliance with a standing obligation that began on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentReported {
    /// The provision, by its id.
    pub provision: String,
    /// What happened, in our own words.
    pub text: String,
    /// The first day on which it was over, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateSpec>,
}

/// A defect found on the record's `occurred_on`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeFoundDefective {
    /// The notice.
    pub notice: String,
    /// What is wrong with it: its form, its sender, its addressee.
    pub defect: String,
}

/// A default rule taken for a silent text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssumptionMade {
    /// The provision that is silent, by its id.
    pub provision: String,
    /// The rule, by its name (`vclt-56`).
    pub rule: String,
}

/// One reading of a provision was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingChosen {
    /// The provision, by its id.
    pub provision: String,
    /// The reading, by its name (`calendar-year`, `twelve-months`, `given`, `received`).
    pub reading: String,
}

/// A reversal in full; the target is the envelope's `corrects`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecordCorrected {}

/// By which rule set the register goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesAdopted {
    /// Its name (`obligo-rules/4`).
    pub id: String,
    /// SHA-256 of what it holds, 64 hexadecimal digits.
    pub sha256: String,
}

/// Texts that stood beside the log were erased. No proof changes: the entries hold commitments, and keep them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextErased {
    /// `seq` of each record that had them, in order.
    pub records: Vec<u64>,
    /// The commitment of each text, 64 hexadecimal digits, in the order in which they stand in the log.
    pub commitments: Vec<String>,
}

impl Event {
    /// The kind of fact, as the record's `type` has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::AgreementRecorded(_) => "agreement.recorded",
            Event::SourceRecorded(_) => "source.recorded",
            Event::BodyRecorded(_) => "body.recorded",
            Event::ProvisionRecorded(_) => "provision.recorded",
            Event::AgreementAnnounced(_) => "agreement.announced",
            Event::AgreementConcluded(_) => "agreement.concluded",
            Event::AgreementSigned(_) => "agreement.signed",
            Event::AgreementLaunched(_) => "agreement.launched",
            Event::AgreementTookEffect(_) => "agreement.took-effect",
            Event::AgreementProvisionallyApplied(_) => "agreement.provisionally-applied",
            Event::ConsentNotified(_) => "consent.notified",
            Event::AgreementRenewed(_) => "agreement.renewed",
            Event::AgreementSuspended(_) => "agreement.suspended",
            Event::AgreementResumed(_) => "agreement.resumed",
            Event::AgreementTerminated(_) => "agreement.terminated",
            Event::AgreementSuperseded(_) => "agreement.superseded",
            Event::InvalidityEstablished(_) => "invalidity.established",
            Event::ProvisionAmended(_) => "provision.amended",
            Event::ProvisionAdded(_) => "provision.added",
            Event::ProvisionRepealed(_) => "provision.repealed",
            Event::PartyRenamed(_) => "party.renamed",
            Event::PartySucceeded(_) => "party.succeeded",
            Event::ReservationMade(_) => "reservation.made",
            Event::ReservationWithdrawn(_) => "reservation.withdrawn",
            Event::MeetingScheduled(_) => "meeting.scheduled",
            Event::MeetingHeld(_) => "meeting.held",
            Event::MeetingPostponed(_) => "meeting.postponed",
            Event::MeetingCancelled(_) => "meeting.cancelled",
            Event::MeetingInquorate(_) => "meeting.inquorate",
            Event::CycleExcused(_) => "cycle.excused",
            Event::DecisionTaken(_) => "decision.taken",
            Event::MinutesAdopted(_) => "minutes.adopted",
            Event::AnnouncementMade(_) => "announcement.made",
            Event::DeliverableDelivered(_) => "deliverable.delivered",
            Event::ProjectBegun(_) => "project.begun",
            Event::WorkReported(_) => "work.reported",
            Event::PerformanceReported(_) => "performance.reported",
            Event::AssessmentMade(_) => "assessment.made",
            Event::ExtensionGranted(_) => "extension.granted",
            Event::DueDateSet(_) => "due-date.set",
            Event::WaiverGranted(_) => "waiver.granted",
            Event::ObligationReleased(_) => "obligation.released",
            Event::ImpossibilityAccepted(_) => "impossibility.accepted",
            Event::BreachDetermined(_) => "breach.determined",
            Event::IncidentReported(_) => "incident.reported",
            Event::NoticeDrafted(_) => "notice.drafted",
            Event::NoticeGiven(_) => "notice.given",
            Event::NoticeDispatched(_) => "notice.dispatched",
            Event::NoticeReceived(_) => "notice.received",
            Event::NoticeDeposited(_) => "notice.deposited",
            Event::NoticeRegistered(_) => "notice.registered",
            Event::NoticeRetracted(_) => "notice.retracted",
            Event::NoticeSuspended(_) => "notice.suspended",
            Event::NoticeResumed(_) => "notice.resumed",
            Event::NoticeExtended(_) => "notice.extended",
            Event::NoticeContested(_) => "notice.contested",
            Event::NoticeUpheld(_) => "notice.upheld",
            Event::NoticeFoundDefective(_) => "notice.found-defective",
            Event::NoticeCured(_) => "notice.cured",
            Event::EffectStated(_) => "effect.stated",
            Event::PowerWaived(_) => "power.waived",
            Event::PowerExercised(_) => "power.exercised",
            Event::ConditionEstablished(_) => "condition.established",
            Event::ReadingChosen(_) => "reading.chosen",
            Event::AssumptionMade(_) => "assumption.made",
            Event::RecordCorrected(_) => "record.corrected",
            Event::RulesAdopted(_) => "rules.adopted",
            Event::TextErased(_) => "text.erased",
            Event::Alert(fact) => fact.kind(),
        }
    }

    /// The dates that it names beside the day on which it happened.
    pub fn dates(&self) -> Vec<&DateSpec> {
        let named: [Option<&DateSpec>; 4] = match self {
            Event::SourceRecorded(source) => [Some(&source.published), None, None, None],
            Event::AgreementRenewed(renewed) => [Some(&renewed.until), None, None, None],
            Event::AgreementSuspended(suspended) => [suspended.until.as_ref(), None, None, None],
            Event::AgreementTerminated(terminated) => [Some(&terminated.effective), None, None, None],
            Event::AgreementSuperseded(superseded) => [superseded.effective.as_ref(), None, None, None],
            Event::ProvisionAmended(amended) => [amended.effective.as_ref(), None, None, None],
            Event::ProvisionAdded(added) => [added.effective.as_ref(), None, None, None],
            Event::ProvisionRepealed(repealed) => [repealed.effective.as_ref(), None, None, None],
            Event::MeetingScheduled(meeting) => [Some(&meeting.on), None, None, None],
            Event::MeetingPostponed(meeting) => [Some(&meeting.on), None, None, None],
            Event::DecisionTaken(decision) => [decision.due.as_ref(), None, None, None],
            Event::ProjectBegun(project) => [project.ends.as_ref(), None, None, None],
            Event::ExtensionGranted(extension) => [Some(&extension.to), None, None, None],
            Event::DueDateSet(set) => [Some(&set.on), None, None, None],
            Event::WaiverGranted(waiver) => [waiver.until.as_ref(), None, None, None],
            Event::IncidentReported(incident) => [incident.until.as_ref(), None, None, None],
            Event::NoticeGiven(given) => {
                [&given.received, &given.dispatched, &given.stated, &given.effective].map(Option::as_ref)
            }
            Event::NoticeExtended(extended) => [Some(&extended.to), None, None, None],
            Event::EffectStated(stated) => [Some(&stated.effective), None, None, None],
            Event::PowerWaived(waived) => [waived.until.as_ref(), None, None, None],
            Event::AgreementRecorded(_)
            | Event::BodyRecorded(_)
            | Event::ProvisionRecorded(_)
            | Event::AgreementAnnounced(_)
            | Event::AgreementConcluded(_)
            | Event::AgreementSigned(_)
            | Event::AgreementLaunched(_)
            | Event::AgreementTookEffect(_)
            | Event::AgreementProvisionallyApplied(_)
            | Event::ConsentNotified(_)
            | Event::AgreementResumed(_)
            | Event::InvalidityEstablished(_)
            | Event::PartyRenamed(_)
            | Event::PartySucceeded(_)
            | Event::ReservationMade(_)
            | Event::ReservationWithdrawn(_)
            | Event::MeetingHeld(_)
            | Event::MeetingCancelled(_)
            | Event::MeetingInquorate(_)
            | Event::CycleExcused(_)
            | Event::MinutesAdopted(_)
            | Event::AnnouncementMade(_)
            | Event::DeliverableDelivered(_)
            | Event::WorkReported(_)
            | Event::PerformanceReported(_)
            | Event::AssessmentMade(_)
            | Event::ObligationReleased(_)
            | Event::ImpossibilityAccepted(_)
            | Event::BreachDetermined(_)
            | Event::NoticeDrafted(_)
            | Event::NoticeDispatched(_)
            | Event::NoticeReceived(_)
            | Event::NoticeDeposited(_)
            | Event::NoticeRegistered(_)
            | Event::NoticeRetracted(_)
            | Event::NoticeSuspended(_)
            | Event::NoticeResumed(_)
            | Event::NoticeContested(_)
            | Event::NoticeUpheld(_)
            | Event::NoticeFoundDefective(_)
            | Event::NoticeCured(_)
            | Event::PowerExercised(_)
            | Event::ConditionEstablished(_)
            | Event::ReadingChosen(_)
            | Event::AssumptionMade(_)
            | Event::RecordCorrected(_)
            | Event::RulesAdopted(_)
            | Event::TextErased(_)
            | Event::Alert(_) => [None; 4],
        };
        named.into_iter().flatten().collect()
    }
}
