//! Words and ids that do no harm on a screen, in a picture or in a file name: one line of visible text of a bearable length, and ids of
//! plain letters.

use events::{Event, codec, seal};

use super::proposal::Proposal;
use crate::fault::Fault;

/// The longest text of a fact: a page and a half.
const LONGEST: usize = 4_000;

/// What is wrong with the words and ids of a proposal, whatever it says.
pub(super) fn faults(proposal: &Proposal) -> Vec<Fault> {
    let mut faults: Vec<Fault> = ids(&proposal.event).into_iter().filter_map(|(key, id)| id_fault(key, id)).collect();
    faults.extend(
        texts(&proposal.event).into_iter().filter(|(_, text)| text.trim().is_empty()).map(|(key, _)| {
            Fault::new("E0202", &[key], format!("`{key}` says nothing")).hint("say what it is, in your own words")
        }),
    );
    // The fact as it would be written has every word of it, with control characters escaped.
    let written = codec::data_json(&proposal.event);
    let said = [Some(written.as_str()), proposal.reason.as_deref(), proposal.authority.as_deref()];
    if said.into_iter().flatten().any(has_unprintable) {
        let what = "a text has characters that cannot be seen: line ends, control codes or marks that turn the writing round";
        faults.push(Fault::new("E0210", &[], what).hint("write one line of plain text"));
    }
    if stand_for_another(proposal) {
        let what =
            format!("a text reads like one that stands for another: `{}…`, `{}`, `{}`", seal::MARK, seal::ERASED, seal::MISSING);
        faults.push(Fault::new("E0212", &[], what).hint("say it in other words"));
    }
    if written.split('"').any(|text| text.chars().count() > LONGEST) {
        faults.push(
            Fault::new("E0210", &[], format!("a text is longer than {LONGEST} characters"))
                .hint("say it shortly and cite the document"),
        );
    }
    faults
}

/// Whether a text of a proposal is one that stands in the place of another, which is kept beside the log, or was.
pub(super) fn stand_for_another(proposal: &Proposal) -> bool {
    let stands = |text: &str| text.starts_with(seal::MARK) || [seal::ERASED, seal::MISSING, seal::SEALED].contains(&text);
    let place = proposal.source.iter().flat_map(|source| [Some(source.id.as_str()), source.locator.as_deref()]);
    let said = [proposal.reason.as_deref(), proposal.authority.as_deref()].into_iter().chain(place).flatten();
    said.into_iter().any(stands) || strings(&codec::data_json(&proposal.event)).any(stands)
}

/// The strings of compact JSON as they are written, keys among them.
fn strings(json: &str) -> impl Iterator<Item = &str> {
    let mut rest = json;
    std::iter::from_fn(move || {
        let begun = rest.split_once('"')?.1;
        let mut escaped = false;
        let is_end = |letter: char| {
            let ends = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends
        };
        let end = begun.find(is_end)?;
        rest = &begun[end + 1..];
        Some(&begun[..end])
    })
}

fn has_unprintable(text: &str) -> bool {
    let turns = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        // In JSON a backslash brings a quotation mark or a backslash, or stands for a control character.
        let escapes = letter == '\\' && !matches!(letters.next(), Some('"' | '\\'));
        if escapes || letter.is_control() || turns(letter) {
            return true;
        }
    }
    false
}

fn id_fault(key: &'static str, id: &str) -> Option<Fault> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let fits = id.len() <= 64 && id.chars().all(plain) && !id.starts_with(['-', '.']);
    (!fits).then(|| {
        Fault::new("E0208", &[key], format!("`{}` is not an id", id.escape_debug()))
            .hint("use letters of the English alphabet, digits and hyphens")
    })
}

/// The ids that a fact gives; an empty one is left to the rules.
fn ids(event: &Event) -> Vec<(&'static str, &str)> {
    match event {
        Event::AgreementRecorded(terms) => terms.parties.iter().map(|party| ("id", party.id.as_str())).collect(),
        Event::SourceRecorded(source) => vec![("id", &source.id)],
        Event::BodyRecorded(body) => vec![("id", &body.id)],
        Event::ProvisionRecorded(provision) => vec![("id", &provision.id)],
        Event::MeetingScheduled(meeting) => vec![("meeting", &meeting.meeting)],
        Event::MeetingHeld(meeting) => vec![("meeting", &meeting.meeting)],
        Event::MeetingInquorate(meeting) => vec![("meeting", &meeting.meeting)],
        Event::DecisionTaken(decision) => vec![("decision", &decision.decision)],
        Event::ProjectBegun(project) => vec![("project", &project.project)],
        Event::NoticeDrafted(notice) => vec![("notice", &notice.notice)],
        Event::NoticeGiven(notice) => vec![("notice", &notice.notice)],
        Event::ConsentNotified(consent) => vec![("consent", &consent.consent)],
        Event::ProvisionAdded(added) => vec![("id", &added.provision.id)],
        Event::PartySucceeded(succeeded) => vec![("by", &succeeded.by)],
        _ => Vec::new(),
    }
}

/// The texts that a fact must have.
fn texts(event: &Event) -> Vec<(&'static str, &str)> {
    match event {
        Event::AnnouncementMade(done) | Event::DeliverableDelivered(done) | Event::WorkReported(done) => {
            vec![("text", &done.text)]
        }
        Event::ProjectBegun(project) => vec![("text", &project.text)],
        Event::InvalidityEstablished(established) => vec![("by", &established.by)],
        Event::PartySucceeded(succeeded) => vec![("name", &succeeded.name)],
        Event::DecisionTaken(decision) => vec![("text", &decision.text)],
        Event::ConditionEstablished(condition) => vec![("condition", &condition.condition)],
        _ => Vec::new(),
    }
}
