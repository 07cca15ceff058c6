//! The JSON of every screen: a stable contract, with its schemas under schemas/. A name that is here stays; a new one may be added.

use rules::docket::{
    AfterEnd, AgreementLine, Change, Docket, Due, Ending, Existence, Finding, Kind, Line, Participation, Reason, Reckoned,
    Remainder,
};
use rules::sift::Marking;
use rules::time::Span;
use rules::time::compute::Step;
use schemars::JsonSchema;
use serde::Serialize;

use super::stamp::Stamp;
use super::words;
use crate::app::{LeftOut, Seen, View};

/// `obligo.docket.v1`: the derived state of everything at a position.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DocketJson {
    /// Always `obligo.docket.v1`.
    pub schema: &'static str,
    /// The day it is seen from, `YYYY-MM-DD`.
    pub as_of: String,
    /// What was known: as asked for, or the stamp of the last record.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// The agreements, by id.
    pub agreements: Vec<AgreementJson>,
    /// Commitments, cycles, meetings, powers, notices and terms.
    pub entries: Vec<EntryJson>,
    /// What is odd.
    pub findings: Vec<FindingJson>,
}

/// A prefix of the log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogJson {
    /// How many records.
    pub size: u64,
    /// RFC 6962 root over them, 64 hexadecimal digits.
    pub head: String,
    /// Records that were not looked at; null where all were.
    pub left_out: Option<LeftOutJson>,
}

/// Records that were not looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeftOutJson {
    /// Only what documents published by this day say; null where the day does not matter.
    pub sources_until: Option<String>,
    /// Nothing marked above this: `public`, `internal`, `LIMITE`; null where the marking does not matter.
    pub ceiling: Option<&'static str>,
    /// How many records were left out of those that would have been read.
    pub records: u64,
}

/// An agreement as a whole.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AgreementJson {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// `treaty`, `agreement`, `memorandum`, `arrangement`, `partnership`, `contract`.
    pub form: &'static str,
    /// `binding`, `non-binding`, `mixed`.
    pub force: &'static str,
    /// Party ids.
    pub parties: Vec<String>,
    /// Whether it has effect.
    pub effect: EffectJson,
    /// Whether notice to end it was given.
    pub notice: NoticeJson,
    /// The first day without it, if an end is in sight.
    pub ends: Option<SpanJson>,
    /// Each party's own standing.
    pub participation: Vec<ParticipationJson>,
    /// What is left of it once it is over; null before.
    pub after_end: Option<AfterEndJson>,
    /// How its periods are counted.
    pub reckoning: String,
    /// Numbered paragraphs read, of how many; absent where the text has no numbers.
    pub paragraphs: Option<ParagraphsJson>,
    /// The last thing that happened under it.
    pub last_act: Option<LastActJson>,
    /// Other agreements that it names.
    pub relates: Vec<RelationJson>,
    /// Handling markings of its documents, other than `public`.
    pub handling: Vec<String>,
}

/// Whether an agreement has effect.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EffectJson {
    /// `not_concluded`, `concluded`, `signed`, `in_effect`, `in_force`, `terminated`, `expired`, `undetermined`.
    pub state: &'static str,
    /// Since when, as precisely as is known (`2023-11-22`, `2022`).
    pub since: Option<String>,
    /// Why.
    pub because: Vec<ReasonJson>,
}

/// Whether notice to end an agreement was given.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeJson {
    /// `none`, `pending`, `effective`.
    pub state: &'static str,
    /// Who gave it.
    pub by: Option<String>,
    /// When, as given.
    pub given: Option<String>,
    /// When it ends the agreement.
    pub ends: DueJson,
}

/// A party's own standing in an agreement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ParticipationJson {
    /// The party.
    pub party: String,
    /// Its name on the day.
    pub name: String,
    /// The ministry or department through which it acts on the day, if it is known.
    pub acts_through: Option<String>,
    /// `signatory`, `bound`, `leaving`, `former`, `undetermined`.
    pub state: &'static str,
    /// Since when it is bound or former, or when it leaves.
    pub on: Option<SpanJson>,
    /// Why.
    pub because: Vec<ReasonJson>,
}

/// What is left of an agreement that is over.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AfterEndJson {
    /// `nothing_survives`, `winding_down`, `settled`.
    pub state: &'static str,
    /// What goes on, while it winds down.
    pub open: Vec<RemainderJson>,
}

/// Something that outlives an agreement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemainderJson {
    /// Its line in the docket.
    pub line: String,
    /// What it is.
    pub what: String,
    /// The word for its state.
    pub label: String,
    /// By when it is due, or until when it runs; null without a date.
    pub until: Option<SpanJson>,
}

/// Completeness of what was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ParagraphsJson {
    /// Numbered paragraphs that stand as provisions.
    pub read: u32,
    /// Numbered paragraphs that the text has.
    pub of: u32,
}

/// The last act.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LastActJson {
    /// Its record.
    pub seq: u64,
    /// Kind of fact.
    pub kind: &'static str,
    /// Its date, as given.
    pub on: String,
}

/// Another agreement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RelationJson {
    /// Its id.
    pub to: String,
    /// How they stand to each other.
    #[serde(rename = "as")]
    pub relation: String,
    /// Its title, where the register does not hold it.
    pub title: Option<String>,
}

/// One line of the docket.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EntryJson {
    /// Stable id: the agreement, a slash, the instance.
    pub id: String,
    /// The agreement.
    pub agreement: String,
    /// Place in the text.
    pub provision: Option<String>,
    /// `commitment`, `meeting-cycle`, `meeting`, `power`, `notice`, `term`.
    pub kind: &'static str,
    /// What is owed or may be done.
    pub what: String,
    /// Party ids of obligors or holders.
    pub by: Vec<String>,
    /// Party ids of obligees.
    pub to: Vec<String>,
    /// The word for its state, which follows from the axes and the force.
    pub label: String,
    /// `dormant`, `live`, `ended(fulfilled)`, `ended(expired)`, `ended(terminated)`, `ended(cancelled)`.
    pub existence: String,
    /// `undated`, `not_open`, `open`, `due_soon`, `due`, `in_grace`, `overdue`, `undetermined`.
    pub timing: &'static str,
    /// `none`, `in_progress`, `partial`, `complete`.
    pub performance: &'static str,
    /// `n/a`, `early`, `on_time`, `in_grace`, `late`, `undetermined`.
    pub timeliness: &'static str,
    /// `unassessed`, `self_reported`.
    pub assessment: &'static str,
    /// By when.
    pub due: DueJson,
    /// The cycle that it belongs to, where it recurs.
    pub cycle: Option<CycleJson>,
    /// Why, step by step.
    pub because: Vec<ReasonJson>,
    /// Commands that would close it.
    pub closes_with: Vec<String>,
    /// Topics.
    pub topics: Vec<String>,
    /// `binding`, `non-binding`, `mixed`.
    pub force: &'static str,
    /// Handling markings of the documents it rests on, other than `public`.
    pub handling: Vec<String>,
    /// The day in UTC since which the log says that it is owed, and by when.
    pub known_since: Option<String>,
    /// Its date passed without it, and had passed already when the log came to say so.
    pub late_known: bool,
}

/// By when: the range it could be. Every part is null where there is no date.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct DueJson {
    /// Earliest day, by which alerts go.
    pub earliest: Option<String>,
    /// Latest day, by which it is judged.
    pub latest: Option<String>,
    /// `definitive`, `indicative`, `tentative`.
    pub certainty: Option<&'static str>,
}

/// The first and the last day of a cycle.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CycleJson {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// One step of a chain of reasons.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReasonJson {
    /// Name of the rule.
    pub rule: &'static str,
    /// The provision it rests on.
    pub provision: Option<String>,
    /// The records it rests on.
    pub records: Vec<u64>,
    /// In words.
    pub text: String,
}

/// Something odd.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingJson {
    /// Its record.
    pub seq: Option<u64>,
    /// The agreement.
    pub agreement: Option<String>,
    /// What is odd.
    pub text: String,
}

/// `obligo.topics.v1`: where cooperation on each topic stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TopicsJson {
    /// Always `obligo.topics.v1`.
    pub schema: &'static str,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// Handling markings of the documents it rests on, other than `public`.
    pub handling: Vec<String>,
    /// By name.
    pub topics: Vec<TopicJson>,
}

/// One topic.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TopicJson {
    /// Its name.
    pub topic: String,
    /// The agreements that touch it.
    pub agreements: Vec<TopicStandingJson>,
}

/// A topic in one agreement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TopicStandingJson {
    /// The agreement.
    pub id: String,
    /// Commitments on it.
    pub commitments: usize,
    /// Acts on it.
    pub acts: usize,
    /// Deliverables among the acts.
    pub deliverables: usize,
    /// Date of the last act, as given.
    pub last: Option<String>,
    /// The next day something on it is due or planned, at the earliest.
    pub next: Option<String>,
}

/// `obligo.party.v1`: all that one party owes and is owed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartyJson {
    /// Always `obligo.party.v1`.
    pub schema: &'static str,
    /// The party.
    pub party: String,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// Handling markings of the documents it rests on, other than `public`.
    pub handling: Vec<String>,
    /// The agreements it is a party of.
    pub agreements: Vec<AgreementJson>,
    /// Lines of which it is an obligor, or whose power it holds.
    pub owes: Vec<EntryJson>,
    /// Lines of which it is an obligee.
    pub owed: Vec<EntryJson>,
}

/// `obligo.log.v1`: records as they stand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordsJson {
    /// Always `obligo.log.v1`.
    pub schema: &'static str,
    /// The part of the log that was read.
    pub log: LogJson,
    /// Handling markings of the documents that the records cite, other than `public`.
    pub handling: Vec<String>,
    /// The records.
    pub records: Vec<RecordJson>,
}

/// One record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordJson {
    /// Place in the log.
    pub seq: u64,
    /// Its leaf in the tree.
    pub leaf: String,
    /// The entry as stored.
    pub entry: serde_json::Value,
    /// The texts that are kept beside the log, for each commitment in the entry.
    pub texts: Vec<TextJson>,
    /// The entry cannot be read: why.
    pub unreadable: Option<String>,
    /// The record that reversed it, if one that stands does.
    pub reversed_by: Option<u64>,
    /// The record that was reversed by the same command, in whose place it stands.
    pub in_place_of: Option<u64>,
}

/// `obligo.replay.v1`: the log record by record, and what each changed in the docket of a day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReplayJson {
    /// Always `obligo.replay.v1`.
    pub schema: &'static str,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log that was walked along ends in this.
    pub log: LogJson,
    /// The rules that each docket was derived by.
    pub rules: String,
    /// Handling markings of the documents that the records cite, other than `public`.
    pub handling: Vec<String>,
    /// The agreement; null: all.
    pub agreement: Option<String>,
    /// First record.
    pub from: u64,
    /// Last record.
    pub to: u64,
    /// How many changes of lines the records made, all together.
    pub lines_changed: usize,
    /// The records.
    pub records: Vec<ReplayedJson>,
}

/// A record, and what it changed.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct ReplayedJson {
    /// Place in the log.
    pub seq: u64,
    /// When it was recorded.
    pub recorded_at: Option<String>,
    /// The agreement it belongs to.
    pub agreement: Option<String>,
    /// Kind of fact.
    pub r#type: Option<&'static str>,
    /// Its legal date, as given.
    pub occurred_on: Option<String>,
    /// In words.
    pub what: Option<String>,
    /// How many days after its legal date it was recorded; null where it was not late.
    pub days_late: Option<i64>,
    /// The record that reverses it, if one does.
    pub reversed_by: Option<u64>,
    /// The entry cannot be read: why.
    pub unreadable: Option<String>,
    /// How many lines it changed.
    pub lines_changed: usize,
    /// The lines that it changed.
    pub changes: Vec<ChangeJson>,
}

/// How a line changed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeJson {
    /// The line.
    pub id: String,
    /// `new`, `changed`, `gone`.
    pub change: &'static str,
    /// What it said before; null where it is new.
    pub before: Option<SaidOfLineJson>,
    /// What it says after; null where it is gone.
    pub after: Option<SaidOfLineJson>,
    /// In words.
    pub text: String,
}

/// What a line says to a reader.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SaidOfLineJson {
    /// The word for its state.
    pub label: String,
    /// By when.
    pub due: DueJson,
    /// What is owed or may be done.
    pub what: String,
    /// Party ids of obligors or holders.
    pub by: Vec<String>,
    /// Party ids of obligees.
    pub to: Vec<String>,
}

impl ChangeJson {
    /// The change, with its words.
    pub fn of(change: &Change, text: String) -> Self {
        let said = |line: &Line| SaidOfLineJson {
            label: line.label.clone(),
            due: line.due.into(),
            what: line.what.clone(),
            by: line.by.clone(),
            to: line.to.clone(),
        };
        let (word, before, after) = match *change {
            Change::New(new) => ("new", None, Some(new)),
            Change::Changed(old, new) => ("changed", Some(old), Some(new)),
            Change::Gone(old) => ("gone", Some(old), None),
        };
        ChangeJson { id: change.line().id.clone(), change: word, before: before.map(said), after: after.map(said), text }
    }
}

/// `obligo.diff.v1`: what differs between two positions, and why.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiffJson {
    /// Always `obligo.diff.v1`.
    pub schema: &'static str,
    /// The earlier position.
    pub from: PositionJson,
    /// The later position.
    pub to: PositionJson,
    /// Handling markings of the documents that the lines rest on, other than `public`.
    pub handling: Vec<String>,
    /// The agreement; null: all.
    pub agreement: Option<String>,
    /// What was believed of the earlier day (`before`), and is told otherwise of the same day by what is known at the later position.
    pub restated: Vec<DifferenceJson>,
    /// What is otherwise on the later day than on the earlier, both by what is known at the later position.
    pub changed: Vec<DifferenceJson>,
}

/// A position in a log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PositionJson {
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: String,
    /// The part of the log that was known.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
}

/// A line that differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DifferenceJson {
    /// How.
    #[serde(flatten)]
    pub change: ChangeJson,
    /// Why, in order.
    pub causes: Vec<CauseJson>,
}

/// Why a line differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CauseJson {
    /// `record`; `time`: with the same records it differs, time passed; `rules`: another rule set, or editions of
    /// calendars, came between.
    pub cause: &'static str,
    /// The record.
    pub record: Option<u64>,
    /// In words.
    pub text: String,
}

/// A text that is kept beside the log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TextJson {
    /// Where its commitment stands in the entry: a JSON pointer.
    pub at: String,
    /// The commitment.
    pub commitment: String,
    /// `disclosed`, `erased`, `missing`, or `other` where what is kept does not fit the commitment.
    pub state: &'static str,
    /// The text, if it is disclosed.
    pub text: Option<String>,
    /// The record that says that it was erased.
    pub erased_by: Option<u64>,
}

/// `obligo.quotes.v1`: the quotes of provisions, held against the documents that they are from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuotesJson {
    /// Always `obligo.quotes.v1`.
    pub schema: &'static str,
    /// The day on which the texts read so.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// Handling markings of the documents that they are from, other than `public`.
    pub handling: Vec<String>,
    /// How many were found, once and where they should be or in another source.
    pub found: usize,
    /// Every quote.
    pub quotes: Vec<QuoteJson>,
}

/// One quote.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuoteJson {
    /// The agreement.
    pub agreement: String,
    /// Id of the provision.
    pub provision: String,
    /// Its place in the text.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The record that brought it.
    pub record: u64,
    /// The words, as the provision has them.
    pub quote: SelectorJson,
    /// The source that the provision names.
    pub named: Option<String>,
    /// The source in which it stands, or should.
    pub source: Option<String>,
    /// SHA-256 of that source.
    pub sha256: Option<String>,
    /// The file that was looked into.
    pub file: Option<String>,
    /// `found`, `drifted`, `not_found`, `ambiguous`, `source_missing`, `source_changed`, `source_unreadable`.
    pub state: &'static str,
    /// How often it stands there.
    pub occurrences: usize,
    /// The first place where it stands.
    pub selector: Option<SelectorJson>,
    /// The line on which that begins, or on which the nearest passage does.
    pub line: Option<usize>,
    /// `file`, or `text` where the line is one of the text without its markup.
    pub line_of: Option<&'static str>,
    /// The passage that is most like it, where it does not stand.
    pub nearest: Option<SelectorJson>,
    /// What differs, word by word, from the quote to that passage.
    pub differences: Vec<PieceJson>,
}

/// A W3C TextQuoteSelector. Its words are those of the text with one kind of space, dash and quotation mark.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SelectorJson {
    /// Always `TextQuoteSelector`.
    pub r#type: &'static str,
    /// The words.
    pub exact: String,
    /// What stands directly before them; up to 32 letters, where it was found.
    pub prefix: Option<String>,
    /// What stands directly after them.
    pub suffix: Option<String>,
}

/// Words that a quote and a passage share, or not.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PieceJson {
    /// `same`, `gone` (in the quote alone), `new` (in the text alone).
    pub is: &'static str,
    /// The words.
    pub words: String,
}

/// `obligo.actors.v1`: the names behind the ids of those who record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ActorsJson {
    /// Always `obligo.actors.v1`.
    pub schema: &'static str,
    /// Those whose names are kept, in the order of their ids.
    pub actors: Vec<ActorJson>,
}

/// Who is behind an id.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ActorJson {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

impl From<&crate::texts::Found> for TextsFoundJson {
    fn from(found: &crate::texts::Found) -> Self {
        TextsFoundJson {
            sealed: found.sealed,
            disclosed: found.disclosed,
            erased: found.erased,
            erased_by: found.erased_by.clone(),
            other: found.other.len() as u64,
            missing: found.sealed - found.disclosed - found.erased - found.other.len() as u64,
            unfinished: found.unfinished,
            orphans: found.orphans,
            file_here: found.file_here,
        }
    }
}

/// What a verification found of the texts that are kept beside the log.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct TextsFoundJson {
    /// How many commitments stand in the log.
    pub sealed: u64,
    /// How many of their texts are there and fit.
    pub disclosed: u64,
    /// How many were erased.
    pub erased: u64,
    /// The records that say so.
    pub erased_by: Vec<u64>,
    /// How many are there and do not fit.
    pub other: u64,
    /// How many are not there.
    pub missing: u64,
    /// How many are there though a record says that they were erased.
    pub unfinished: u64,
    /// How many are kept for no record.
    pub orphans: u64,
    /// Whether the file of texts is there. Where it is not, missing texts are no fault.
    pub file_here: bool,
}

/// `obligo.verify.v1`: what a verification found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VerifyJson {
    /// Always `obligo.verify.v1`.
    pub schema: &'static str,
    /// `ANCHORED`, `SELF-CONSISTENT`, `ROLLBACK`, `FORK`, `TAMPERED`, `INCOMPLETE`, `KEY-CHANGED`, `FORGED`, `FOREIGN`, `DAMAGED`, `UNGUARDED`;
    /// of a proof alone `INCLUDED` or `CONSISTENT`.
    pub verdict: String,
    /// What the verdict proves.
    pub meaning: String,
    /// The first record that is in doubt.
    pub first_bad_seq: Option<u64>,
    /// The first bad record is this one at the latest; the same as `first_bad_seq` where it is known exactly.
    pub first_bad_upto: Option<u64>,
    /// Up to which record a checkpoint that was held elsewhere agrees, and who held it.
    pub anchored: Option<AnchoredJson>,
    /// What was verified.
    pub log: LogJson,
    /// The texts that are kept beside it.
    pub texts: TextsFoundJson,
    /// What is wrong.
    pub faults: Vec<FindingJson>,
    /// What else is to be said.
    pub notes: Vec<String>,
}

/// What a checkpoint that was held elsewhere shows.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AnchoredJson {
    /// Everything up to this record is what it was.
    pub seq: u64,
    /// Who or what held the checkpoint.
    pub by: String,
}

/// `obligo.witness.v1`: what a witness knows of the logs that it watches.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WitnessJson {
    /// Always `obligo.witness.v1`.
    pub schema: &'static str,
    /// Each log; one with several troubles once for each.
    pub logs: Vec<WatchedJson>,
}

/// A log that is watched.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WatchedJson {
    /// Its origin.
    pub log: String,
    /// How many records the checkpoint has that was cosigned last.
    pub size: u64,
    /// When that was, or since when it is watched, in UTC.
    pub heard: String,
    /// `GOES-ON`, `FORK` (two histories were signed), `NOT-SHOWN` (one was not shown to go on) or `SILENT`.
    pub state: String,
    /// What that is, in words.
    pub text: String,
}

/// `obligo.compute.v1`: a deadline, step by step.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ComputeJson {
    /// Always `obligo.compute.v1`.
    pub schema: &'static str,
    /// The regime it was counted by.
    pub regime: String,
    /// The day, if it is one: the last day for an act, the first day of an effect.
    pub date: Option<String>,
    /// Earliest day it could be.
    pub earliest: Option<String>,
    /// Latest day it could be.
    pub latest: Option<String>,
    /// Where the day ends or the effect begins, in words.
    pub ends_at: String,
    /// The counting.
    pub steps: Vec<StepJson>,
    /// What a reader should know beside the date.
    pub warnings: Vec<String>,
    /// What is missing, where it is not one day.
    pub undetermined: Option<String>,
}

/// One step of the counting.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StepJson {
    /// What was done.
    pub text: String,
    /// The article, or "the clause".
    pub rule: String,
    /// Where the rule is from.
    pub source: String,
}

impl From<&Step> for StepJson {
    fn from(step: &Step) -> Self {
        StepJson { text: step.text.clone(), rule: step.rule.clone(), source: step.source.clone() }
    }
}

/// The days that a date could be; both ends are one day where it is known.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SpanJson {
    /// Earliest day.
    pub earliest: String,
    /// Latest day; null while none is known.
    pub latest: Option<String>,
}

impl From<Span> for SpanJson {
    fn from(span: Span) -> Self {
        let latest = Some(span.latest).filter(|latest| *latest < chrono::NaiveDate::MAX);
        SpanJson { earliest: span.earliest.to_string(), latest: latest.map(|day| day.to_string()) }
    }
}

/// `obligo.notice.v1`: what a notice would do, or until when it must be given.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeOutlookJson {
    /// Always `obligo.notice.v1`.
    pub schema: &'static str,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// The agreement.
    pub agreement: String,
    /// Id of the regime that it counts by.
    pub reckoning: String,
    /// Ids of the calendars whose holidays count.
    pub calendars: Vec<String>,
    /// What was asked.
    pub asked: AskedJson,
    /// Each power to end it by notice.
    pub powers: Vec<OutlookJson>,
    /// What is missing, where the text gives no power.
    pub undetermined: Option<String>,
}

/// What was asked: one of `to_end_on` and `given`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AskedJson {
    /// The first day without the agreement, at the latest.
    pub to_end_on: Option<String>,
    /// The day of the notice, in words.
    pub given: Option<String>,
    /// The day it is received, in words.
    pub received: Option<String>,
}

/// The answer for one power.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OutlookJson {
    /// Id of the provision.
    pub power: String,
    /// Its place in the text.
    pub paragraph: String,
    /// Who holds it: party ids, `either`, `any`.
    pub by: Vec<String>,
    /// The form that notice needs.
    pub form: Option<String>,
    /// What it ends: `agreement`, `participation` of who gives it, `renewal` of the term.
    pub ends: &'static str,
    /// The last day for notice: `earliest` is sure under every reading, `latest` is possible under one.
    pub last_day: Option<SpanJson>,
    /// The first day without the agreement, over all readings.
    pub first_end: Option<SpanJson>,
    /// Each lawful reading.
    pub readings: Vec<ReadingJson>,
    /// What else bears on it.
    pub remarks: Vec<StepJson>,
    /// When the last day (or the last day with the agreement) ends, by each clock, the first to come first.
    pub clocks: Vec<ClockJson>,
    /// What is missing for one day.
    pub undetermined: Option<String>,
}

/// One reading of a notice clause.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReadingJson {
    /// `given`, `dispatched`, `received`, `received-by-depositary`, `deposited`, `registered`, `stated`, `expiry`.
    pub counted_from: &'static str,
    /// `same-day` or `next-day`, where the text leaves open on which an effect begins.
    pub effect: Option<&'static str>,
    /// The day it counts from: the last one in time, or the one that was asked about.
    pub from: Option<SpanJson>,
    /// The first day without the agreement.
    pub ends: Option<SpanJson>,
    /// What counting back gives, beside the search.
    pub subtracted: Option<String>,
    /// The counting.
    pub steps: Vec<StepJson>,
    /// What to know beside the date.
    pub warnings: Vec<String>,
    /// What is missing.
    pub undetermined: Option<String>,
}

/// When a day ends in a place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClockJson {
    /// A party's id, or `the agreement`.
    pub of: String,
    /// Its zone, as IANA names it.
    pub zone: &'static str,
    /// The instant in UTC at which its day ends.
    pub day_ends_at: String,
    /// What the other clocks then say.
    pub elsewhere: Vec<RemarkJson>,
}

/// Words about somebody.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemarkJson {
    /// Whom.
    pub of: String,
    /// The words.
    pub text: String,
}

/// `obligo.what-if.v1`: what would follow from an act.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WhatIfJson {
    /// Always `obligo.what-if.v1`.
    pub schema: &'static str,
    /// The day it is seen from: today or as asked for, or the day of the act if that is later.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// What was imagined, in words.
    pub what: Vec<String>,
    /// How the docket of that day changes, a line each.
    pub changes: Vec<String>,
    /// The day on which it takes effect, and how the docket of that day changes; null where that is the same day, or an end.
    pub later: Option<WhatIfLaterJson>,
    /// The end that would come of it.
    pub end: Option<WhatIfEndJson>,
    /// Lines that end with it.
    pub ends: Vec<EntryJson>,
    /// Lines that fall due because of it.
    pub accelerated: Vec<EntryJson>,
    /// Lines that go on or stay due, and what survives.
    pub goes_on: Vec<GoesOnJson>,
    /// Meetings and cycles before it.
    pub meetings: Vec<EntryJson>,
    /// Meetings planned for a day after it.
    pub meetings_after: Vec<EntryJson>,
}

/// What follows on a later day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WhatIfLaterJson {
    /// The day.
    pub on: String,
    /// How its docket changes, a line each.
    pub changes: Vec<String>,
}

/// A line that an end does not end.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GoesOnJson {
    /// The line on the day of the end.
    #[serde(flatten)]
    pub entry: EntryJson,
    /// Why it is not over.
    pub why: String,
}

/// An end that would come.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WhatIfEndJson {
    /// The party whose participation ends; null: the agreement.
    pub of: Option<String>,
    /// The first day without it.
    pub on: SpanJson,
    /// Each reading and step.
    pub because: Vec<ReasonJson>,
    /// The last day on which the notice could be taken back.
    pub last_day_to_retract: Option<String>,
    /// Who could: `alone`, or `by consent` of the other side.
    pub retraction: Option<&'static str>,
}

/// `obligo.residual.v1`: what is left of a line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ResidualJson {
    /// Always `obligo.residual.v1`.
    pub schema: &'static str,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// The line.
    pub id: String,
    /// The word for its state.
    pub label: String,
    /// Nothing is left to do.
    pub discharged: bool,
    /// Why it is, or is not.
    pub why: String,
    /// Who can discharge it.
    pub by: Vec<String>,
    /// Commands that would record it.
    pub how: Vec<String>,
}

/// `obligo.brief.v1`: one page before a meeting.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BriefJson {
    /// Always `obligo.brief.v1`.
    pub schema: &'static str,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// The agreement.
    pub agreement: AgreementJson,
    /// Whose page it is.
    pub r#for: Option<String>,
    /// The days of the last meeting that was held.
    pub last_meeting: Option<SpanJson>,
    /// The next meeting that is planned: a line's id.
    pub next_meeting: Option<String>,
    /// Until when one looks ahead: the next meeting, or ninety days.
    pub until: String,
    /// Our commitments, theirs, the joint ones, what is contested, meetings.
    pub groups: Vec<BriefGroupJson>,
    /// What was reported or spoken of since the last meeting, and what is contested or was not accepted.
    pub reported: Vec<ReportedJson>,
    /// What would discharge what is overdue or due.
    pub residual: Vec<LeftJson>,
    /// What happened since the last meeting, a line each.
    pub since_last_meeting: Vec<String>,
}

/// A group of lines of a brief.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BriefGroupJson {
    /// Its heading.
    pub title: String,
    /// How many are overdue.
    pub overdue: usize,
    /// How many fall due until the day until which one looks.
    pub due: usize,
    /// How many are undetermined.
    pub undetermined: usize,
    /// Its lines.
    pub lines: Vec<EntryJson>,
}

/// What was reported of a line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedJson {
    /// The line.
    pub id: String,
    /// What is owed.
    pub what: String,
    /// The reports.
    pub reports: Vec<SaidJson>,
    /// What was said of it: `accepted`, `acknowledged`, `rejected`, `contested`.
    pub assessments: Vec<SaidJson>,
    /// Those to whom it is owed and who have said nothing yet.
    pub silent: Vec<String>,
}

/// Who said something, and when.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SaidJson {
    /// Party ids, or words for whoever has a say.
    pub by: Vec<String>,
    /// What: `performed`, or the word of the assessment.
    pub what: &'static str,
    /// The day as it was given.
    pub on: String,
    /// The record.
    pub record: u64,
}

/// What would discharge a line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LeftJson {
    /// The line.
    pub id: String,
    /// Why it is not discharged yet.
    pub why: String,
    /// Commands that record what would discharge it.
    pub how: Vec<String>,
}

/// `obligo.notices.v1`: notices and consents, the day of the clause beside the day that was stated.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticesJson {
    /// Always `obligo.notices.v1`.
    pub schema: &'static str,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// Handling markings of the documents it rests on, other than `public`.
    pub handling: Vec<String>,
    /// One a notice or consent.
    pub entries: Vec<NoticeEntryJson>,
    /// How many agree.
    pub score: ScoreJson,
}

/// A notice or a consent.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NoticeEntryJson {
    /// Stable id: the agreement, a slash, the notice.
    pub id: String,
    /// Who gave it.
    pub by: Vec<String>,
    /// From what it counts, each reading.
    pub counted_from: Vec<String>,
    /// The days that it counts from.
    pub from: Option<SpanJson>,
    /// The days that the clause gives.
    pub clause: Option<SpanJson>,
    /// The day that was stated.
    pub stated: Option<SpanJson>,
    /// When it takes effect after all that came later; no day, where it takes none.
    pub takes_effect: DueJson,
    /// `agrees`, `within`, `differs`, `no_date`, `not_stated`.
    pub verdict: &'static str,
    /// The word for its state.
    pub label: String,
}

/// When a notice or consent takes effect: on no day, where it was taken back, is too early or defective, or another end came before.
pub fn takes_effect(line: &Line) -> Due {
    let is_overtaken = || line.because.iter().any(|reason| reason.rule == "notice.overtaken");
    match line.axes.existence {
        Existence::Ended(Ending::Cancelled) => Due::default(),
        Existence::Ended(_) if line.kind == Kind::Notice && is_overtaken() => Due::default(),
        _ => line.due,
    }
}

impl NoticeEntryJson {
    /// The entry of a line.
    pub fn of(line: &Line, reckoned: &Reckoned) -> Self {
        NoticeEntryJson {
            id: line.id.clone(),
            by: line.by.clone(),
            counted_from: reckoned.counted_from.clone(),
            from: reckoned.from.map(Into::into),
            clause: reckoned.clause.map(Into::into),
            stated: reckoned.stated.map(Into::into),
            takes_effect: takes_effect(line).into(),
            verdict: reckoned.verdict().word(),
            label: line.label.clone(),
        }
    }
}

/// How many stated days the clauses give.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScoreJson {
    /// Days that were stated.
    pub stated: usize,
    /// The clause gives that day.
    pub agrees: usize,
    /// The clause leaves several days open, this one among them.
    pub within: usize,
    /// The clause gives another day.
    pub differs: usize,
    /// The clause gives no date.
    pub no_date: usize,
    /// Notices and consents of which nothing was stated.
    pub not_stated: usize,
}

/// `obligo.compare.v1`: one period under every regime.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CompareJson {
    /// Always `obligo.compare.v1`.
    pub schema: &'static str,
    /// The answer under each regime.
    pub answers: Vec<ComputeJson>,
}

/// `obligo.regimes.v1`: the rules of regimes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RegimesJson {
    /// Always `obligo.regimes.v1`.
    pub schema: &'static str,
    /// One by one.
    pub rules: Vec<RuleJson>,
}

/// One rule of one edition of a regime.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RuleJson {
    /// Id of the regime.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it applies.
    pub about: String,
    /// First day of the edition; null for the earliest.
    pub from: Option<String>,
    /// What the rule is about.
    pub rule: String,
    /// What it says.
    pub value: String,
    /// Article or section.
    pub article: String,
    /// Where it is from, and whether the text was opened.
    pub source: String,
}

/// `obligo.calendars.v1`: the calendars of holidays.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CalendarsJson {
    /// Always `obligo.calendars.v1`.
    pub schema: &'static str,
    /// By id.
    pub calendars: Vec<CalendarJson>,
}

/// One calendar, by its latest edition.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CalendarJson {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// First year covered.
    pub first_year: i32,
    /// Last year covered.
    pub last_year: i32,
    /// How many holidays.
    pub holidays: usize,
    /// Day from which it was known.
    pub known_from: String,
    /// `official`, `estimated`, `library`.
    pub status: String,
    /// Where it is from.
    pub source: String,
    /// Its days; empty where all calendars are listed.
    pub days: Vec<HolidayJson>,
}

/// One holiday.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HolidayJson {
    /// The day.
    pub on: String,
    /// What it is called.
    pub name: String,
    /// `official`, `estimated`, `library`.
    pub status: String,
}

/// `obligo.timeline.v1`: what happened and what is coming under one agreement.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TimelineJson {
    /// Always `obligo.timeline.v1`.
    pub schema: &'static str,
    /// The agreement.
    pub agreement: String,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// Handling markings of the documents it rests on, other than `public`.
    pub handling: Vec<String>,
    /// What stands on the timeline, by lane and day.
    pub marks: Vec<MarkJson>,
}

/// One mark of a timeline.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MarkJson {
    /// The lane (`effect`, the body's name, `commitments`, `notice`, `acts`).
    pub lane: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// `cycle`, `held`, `planned`, `tentative`, `due`, `act`, `notice`, `end`.
    pub mark: &'static str,
    /// What it is.
    pub text: String,
    /// The word for its state, for marks that come from a line of the docket.
    pub label: Option<String>,
    /// The record, for marks that come from an act.
    pub seq: Option<u64>,
}

impl DocketJson {
    /// The document of a view, with these entries of it.
    pub fn of(view: &View, docket: &Docket) -> Self {
        DocketJson {
            schema: "obligo.docket.v1",
            as_of: docket.as_of.to_string(),
            known_at: view.known_at.clone(),
            log: view.log.into(),
            rules: view.rules.held.set.id.clone(),
            agreements: docket.agreements.iter().map(Into::into).collect(),
            entries: docket.entries.iter().map(Into::into).collect(),
            findings: docket.findings.iter().map(Into::into).collect(),
        }
    }
}

impl From<Seen> for LogJson {
    fn from(seen: Seen) -> Self {
        LogJson { size: seen.size, head: seen.head.to_string(), left_out: seen.left_out.map(Into::into) }
    }
}

impl From<LeftOut> for LeftOutJson {
    fn from(left_out: LeftOut) -> Self {
        LeftOutJson {
            sources_until: left_out.sift.sources_until.map(|day| day.to_string()),
            ceiling: left_out.sift.ceiling.map(Marking::word),
            records: left_out.records,
        }
    }
}

impl From<&AgreementLine> for AgreementJson {
    fn from(line: &AgreementLine) -> Self {
        AgreementJson {
            id: line.id.clone(),
            title: line.title.clone(),
            form: words::form(line.form),
            force: words::force(line.force),
            parties: line.parties.iter().map(|party| party.id.clone()).collect(),
            effect: EffectJson {
                state: line.effect.state.word(),
                since: line.effect.since.clone(),
                because: line.effect.because.iter().map(Into::into).collect(),
            },
            notice: NoticeJson {
                state: words::notice_state(line.notice.state),
                by: line.notice.by.clone(),
                given: line.notice.given.clone(),
                ends: line.notice.ends.map_or(DueJson::default(), |(earliest, latest)| DueJson {
                    earliest: Some(earliest.to_string()),
                    latest: latest.map(|latest| latest.to_string()),
                    certainty: Some("definitive"),
                }),
            },
            ends: line.ends.map(Into::into),
            participation: line.participation.iter().map(Into::into).collect(),
            after_end: line.after_end.as_ref().map(Into::into),
            reckoning: line.reckoning.clone(),
            paragraphs: line.paragraphs.map(|(read, of)| ParagraphsJson { read, of }),
            last_act: line.last_act.as_ref().map(|act| LastActJson { seq: act.seq, kind: act.kind, on: act.on.clone() }),
            relates: line
                .relates
                .iter()
                .map(|other| RelationJson { to: other.to.clone(), relation: other.relation.clone(), title: other.title.clone() })
                .collect(),
            handling: line.handling.clone(),
        }
    }
}

impl From<&Participation> for ParticipationJson {
    fn from(participation: &Participation) -> Self {
        ParticipationJson {
            party: participation.party.clone(),
            name: participation.name.clone(),
            acts_through: participation.acts_through.clone(),
            state: participation.state.word(),
            on: participation.span.map(Into::into),
            because: participation.because.iter().map(Into::into).collect(),
        }
    }
}

impl From<&AfterEnd> for AfterEndJson {
    fn from(after: &AfterEnd) -> Self {
        let open = match after {
            AfterEnd::WindingDown(open) => open.as_slice(),
            AfterEnd::NothingSurvives | AfterEnd::Settled => &[],
        };
        let remainder = |one: &Remainder| RemainderJson {
            line: one.line.clone(),
            what: one.what.clone(),
            label: one.label.clone(),
            until: one.until.map(Into::into),
        };
        AfterEndJson { state: after.word(), open: open.iter().map(remainder).collect() }
    }
}

impl From<&Line> for EntryJson {
    fn from(line: &Line) -> Self {
        EntryJson {
            id: line.id.clone(),
            agreement: line.agreement.clone(),
            provision: line.provision.clone(),
            kind: line.kind.word(),
            what: line.what.clone(),
            by: line.by.clone(),
            to: line.to.clone(),
            label: line.label.clone(),
            existence: line.axes.existence.word(),
            timing: line.axes.timing.word(),
            performance: line.axes.performance.word(),
            timeliness: line.axes.timeliness.word(),
            assessment: line.axes.assessment.word(),
            due: line.due.into(),
            cycle: line.window.map(|span| CycleJson { from: span.earliest.to_string(), to: span.latest.to_string() }),
            because: line.because.iter().map(Into::into).collect(),
            closes_with: line.closes_with.clone(),
            topics: line.topics.clone(),
            force: words::force(line.force),
            handling: line.handling.clone(),
            known_since: line.known_since.map(|day| day.to_string()),
            late_known: line.late_known,
        }
    }
}

impl From<Due> for DueJson {
    fn from(due: Due) -> Self {
        DueJson {
            earliest: due.earliest.map(|day| day.to_string()),
            latest: due.latest.map(|day| day.to_string()),
            certainty: due.certainty.map(words::certainty),
        }
    }
}

impl From<&Reason> for ReasonJson {
    fn from(reason: &Reason) -> Self {
        ReasonJson {
            rule: reason.rule,
            provision: reason.provision.clone(),
            records: reason.records.clone(),
            text: reason.text.clone(),
        }
    }
}

impl From<&Finding> for FindingJson {
    fn from(finding: &Finding) -> Self {
        FindingJson { seq: finding.seq, agreement: finding.agreement.clone(), text: finding.text.clone() }
    }
}

/// `obligo.stamp.v1`: whether an answer that was given once is given again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StampVerdictJson {
    /// Always `obligo.stamp.v1`.
    pub schema: &'static str,
    /// `SAME`, `DIFFERENT`, `NOT-ANSWERED`; `FOREIGN`, `ROLLBACK`, `FORK` where the register is not the one that was asked; `TAMPERED`,
    /// `DAMAGED` where it does not agree with itself.
    pub verdict: &'static str,
    /// What that means.
    pub meaning: String,
    /// The file with the answer.
    pub file: String,
    /// The question.
    pub asked: Vec<String>,
    /// The program that answered; null where the answer does not say so by itself.
    pub program_then: Option<String>,
    /// This program.
    pub program_now: String,
    /// The first place at which they differ.
    pub first: Option<DifferenceAtJson>,
}

/// A place at which two answers differ.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DifferenceAtJson {
    /// A JSON pointer, or the number of a line.
    pub at: String,
    /// What stands there in the answer that was kept.
    pub then: String,
    /// What stands there now.
    pub now: String,
}

/// `obligo.rules.v1`: the rule sets that the program holds, and those that the register adopted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleSetsJson {
    /// Always `obligo.rules.v1`.
    pub schema: &'static str,
    /// Those of the program, then those that were adopted, in order.
    pub sets: Vec<RuleSetJson>,
}

/// A rule set.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleSetJson {
    /// Its name.
    pub id: String,
    /// SHA-256 of what it holds.
    pub sha256: String,
    /// The stage of the rules; null where it is not at hand.
    pub stage: Option<u32>,
    /// `program`, `register`; null where it is not at hand.
    pub held_by: Option<&'static str>,
    /// The record that adopted it.
    pub adopted: Option<u64>,
    /// When that was recorded.
    pub recorded_at: Option<String>,
    /// Whether answers of today are given by it.
    pub in_force: bool,
}

/// `obligo.rules-compare.v1`: what one rule set says otherwise than another.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RulesCompareJson {
    /// Always `obligo.rules-compare.v1`.
    pub schema: &'static str,
    /// The day it is seen from, `YYYY-MM-DD`.
    pub as_of: String,
    /// The rule set that is compared with.
    pub from: String,
    /// The rule set that says otherwise.
    pub to: String,
    /// Each line that they do not agree on.
    pub changes: Vec<RuleChangeJson>,
}

/// A line on which two rule sets do not agree.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleChangeJson {
    /// `new`, `changed`, `gone`.
    pub change: &'static str,
    /// The line.
    pub line: String,
    /// What it says otherwise.
    pub words: String,
}

/// `obligo.run.v1`: what a scheduled run did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunJson {
    /// Always `obligo.run.v1`.
    pub schema: &'static str,
    /// The day it looked from.
    pub as_of: String,
    /// How many lines the docket has.
    pub evaluated: u64,
    /// How many are owed and have reached a rung.
    pub due: u64,
    /// How many are owed and have no day to count from.
    pub undetermined: u64,
    /// How many alerts were raised, over all channels.
    pub raised: usize,
    /// How many arrived.
    pub delivered: usize,
    /// How many were withdrawn.
    pub withdrawn: usize,
    /// How many of those raised ought to have been raised by an earlier day.
    pub late: usize,
    /// How many have not arrived, from whatever run.
    pub undelivered: usize,
    /// How many of them are not tried again.
    pub dead: usize,
    /// The record that says that the run was done; null for a dry run.
    pub recorded: Option<u64>,
    /// The log that it looked at, before it recorded itself.
    pub log: LogJson,
    /// The rules it was derived by.
    pub rules: String,
    /// What was raised, withdrawn or delivered, and what waits.
    pub alerts: Vec<AlertJson>,
}

/// `obligo.runs.v1`: whether each scheduled run left nothing out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunsJson {
    /// Always `obligo.runs.v1`.
    pub schema: &'static str,
    /// Each run that was recorded, in order.
    pub runs: Vec<RunCheckJson>,
}

/// A run, held against the docket of its day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunCheckJson {
    /// Its record.
    pub recorded: u64,
    /// The day it looked from.
    pub as_of: String,
    /// How many records the log had.
    pub size: u64,
    /// `same`, `differs`, `rules not at hand`.
    pub verdict: &'static str,
    /// Where it differs; which rules are missing.
    pub what: Option<String>,
}

/// `obligo.doctor.v1`: whether all that the scheduled run needs is as it should be.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DoctorJson {
    /// Always `obligo.doctor.v1`.
    pub schema: &'static str,
    /// What was looked at.
    pub findings: Vec<FindingOfDoctorJson>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FindingOfDoctorJson {
    /// `good`, `see`, `wrong`.
    pub level: &'static str,
    /// What it is about: `settings`, `register`, `last run`, `delivery`, `calendars`, `checkpoint`, …
    pub about: &'static str,
    /// What was found.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

/// `obligo.alerts.v1`: what was flagged.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlertsJson {
    /// Always `obligo.alerts.v1`.
    pub schema: &'static str,
    /// The day it is seen from.
    pub as_of: String,
    /// What was known: as asked for, or the stamp of the last record.
    pub known_at: Option<String>,
    /// The part of the log it was derived from.
    pub log: LogJson,
    /// The last run.
    pub last_run: Option<LastRunJson>,
    /// The alerts.
    pub alerts: Vec<AlertJson>,
}

/// A run that was done, as it says of itself.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LastRunJson {
    /// Its record.
    pub recorded: u64,
    /// When it was recorded.
    pub recorded_at: String,
    /// The day it looked from.
    pub as_of: String,
    /// How many records the log had.
    pub size: u64,
    /// Root over them.
    pub root: String,
    /// How many lines there were.
    pub evaluated: u64,
    /// How many were owed and had reached a rung.
    pub due: u64,
    /// How many were owed and had no day to count from.
    pub undetermined: u64,
    /// SHA-256 over every line of the docket.
    pub obligations: String,
}

impl From<&rules::alert::Run> for LastRunJson {
    fn from(run: &rules::alert::Run) -> Self {
        let completed = &run.completed;
        LastRunJson {
            recorded: run.seq,
            recorded_at: events::codec::instant(run.recorded_at),
            as_of: run.as_of.to_string(),
            size: completed.size,
            root: completed.root.clone(),
            evaluated: completed.evaluated,
            due: completed.due,
            undetermined: completed.undetermined,
            obligations: completed.obligations.clone(),
        }
    }
}

/// One line, flagged at one rung for one channel.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlertJson {
    /// Its id, which follows from line, rung, date and channel.
    pub id: String,
    /// The line.
    pub entry: String,
    /// A number of days before the earliest day it could be due, or `after`.
    pub rung: RungJson,
    /// By when, as it was when it was flagged.
    pub due: AlertDueJson,
    /// `raised`, `undelivered`, `dead`, `delivered`, `snoozed`, `acknowledged`, `withdrawn`.
    pub state: &'static str,
    /// For whom: `log`, `mail/ID`, `webhook/NAME`.
    pub channel: String,
    /// So many days after it ought to have been flagged; null where it was in time.
    pub late_by: Option<u32>,
    /// The day that the run looked from.
    pub raised_on: Option<String>,
    /// The message in which it is told.
    pub message: String,
    /// Why it was withdrawn.
    pub why: Option<String>,
}

/// By when, as a range.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AlertDueJson {
    /// The earliest day.
    pub earliest: Option<String>,
    /// The latest.
    pub latest: Option<String>,
}

/// A rung: days before, or `after`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RungJson {
    /// So many days before.
    Before(u16),
    /// `after`.
    After(&'static str),
}

impl AlertJson {
    /// An alert and its state.
    pub fn of(flag: &rules::alert::Flag, state: rules::alert::State) -> Self {
        let alert = &flag.alert;
        let day = |date: &Option<events::DateSpec>| date.as_ref().map(ToString::to_string);
        AlertJson {
            id: alert.id.to_string(),
            entry: alert.entry.clone(),
            rung: match alert.rung {
                events::alert::Rung::Before(days) => RungJson::Before(days),
                events::alert::Rung::After(_) => RungJson::After("after"),
            },
            due: AlertDueJson { earliest: day(&alert.earliest), latest: day(&alert.latest) },
            state: state.word(),
            channel: flag.channel.clone(),
            late_by: alert.late_by,
            raised_on: flag.raised_on.map(|day| day.to_string()),
            message: flag.message.to_string(),
            why: flag.withdrawn.as_ref().map(|(_, why)| why.clone()),
        }
    }
}

/// Every schema, by the name of its file under schemas/.
pub fn schemas() -> Vec<(&'static str, serde_json::Value)> {
    /// Every answer carries its stamp beside what is its own.
    #[derive(JsonSchema)]
    #[allow(dead_code)] // its schema alone is wanted
    struct Stamped<T> {
        #[serde(flatten)]
        own: T,
        /// What is needed to give the answer again.
        stamp: Stamp,
    }
    fn schema<T: JsonSchema>() -> serde_json::Value {
        let mut schema = schemars::schema_for!(Stamped<T>).to_value();
        let own = schemars::schema_for!(T).to_value();
        for key in ["title", "description"] {
            if let (Some(schema), Some(said)) = (schema.as_object_mut(), own.get(key)) {
                schema.insert(key.into(), said.clone());
            }
        }
        schema
    }
    vec![
        ("docket.v1.json", schema::<DocketJson>()),
        ("topics.v1.json", schema::<TopicsJson>()),
        ("party.v1.json", schema::<PartyJson>()),
        ("log.v1.json", schema::<RecordsJson>()),
        ("replay.v1.json", schema::<ReplayJson>()),
        ("diff.v1.json", schema::<DiffJson>()),
        ("verify.v1.json", schema::<VerifyJson>()),
        // No answer but a file: what it was asked by is none of it.
        ("bundle.v1.json", schemars::schema_for!(crate::bundle::Header).to_value()),
        // What is sent to webhooks.
        ("alerts-message.v1.json", crate::jobs::webhook::schema()),
        ("witness.v1.json", schema::<WitnessJson>()),
        ("quotes.v1.json", schema::<QuotesJson>()),
        ("actors.v1.json", schema::<ActorsJson>()),
        ("timeline.v1.json", schema::<TimelineJson>()),
        ("notice.v1.json", schema::<NoticeOutlookJson>()),
        ("notices.v1.json", schema::<NoticesJson>()),
        ("what-if.v1.json", schema::<WhatIfJson>()),
        ("residual.v1.json", schema::<ResidualJson>()),
        ("brief.v1.json", schema::<BriefJson>()),
        ("compute.v1.json", schema::<ComputeJson>()),
        ("compare.v1.json", schema::<CompareJson>()),
        ("regimes.v1.json", schema::<RegimesJson>()),
        ("calendars.v1.json", schema::<CalendarsJson>()),
        // What was done is no question that could be asked again; nor are the settings.
        ("run.v1.json", schemars::schema_for!(RunJson).to_value()),
        ("config.v1.json", schemars::schema_for!(crate::config::Settings).to_value()),
        ("doctor.v1.json", schema::<DoctorJson>()),
        ("runs.v1.json", schema::<RunsJson>()),
        ("alerts.v1.json", schema::<AlertsJson>()),
        ("stamp.v1.json", schema::<StampVerdictJson>()),
        ("rules.v1.json", schema::<RuleSetsJson>()),
        ("rules-compare.v1.json", schema::<RulesCompareJson>()),
    ]
}
