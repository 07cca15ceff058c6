//! Texts that may name people stay out of the bytes that are hashed. In the place of such a text an entry has `sealed:` and a
//! commitment to it, 64 hexadecimal digits: SHA-256 over the byte `0x02`, a salt of 32 random bytes, and the text in UTF-8. The text
//! and its salt are kept beside the log and can be erased there; the entry, its leaf and every root stay as they are.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use sha2::{Digest, Sha256};

use crate::event::{Event, Evidence};
use crate::tree::Hash;

/// What a string that stands for a sealed text begins with. No text that people give begins so.
pub const MARK: &str = "sealed:";

/// What is read in the place of a text that was erased.
pub const ERASED: &str = "[erased]";

/// What is read in the place of a text that is not to be disclosed.
pub const SEALED: &str = "[sealed]";

/// What is read in the place of a text that is not at hand.
pub const MISSING: &str = "[text missing]";

/// Whether it is read in the place of a text that cannot be had.
pub fn is_gone(text: &str) -> bool {
    [ERASED, MISSING, SEALED].contains(&text)
}

/// Bytes of a salt.
pub const SALT: usize = 32;

/// Hexadecimal digits of a commitment.
const DIGITS: usize = 64;

/// The commitment to a text. Without the salt nobody can try out which text it was.
pub fn commitment(salt: &[u8; SALT], text: &str) -> Hash {
    Hash(Sha256::new().chain_update([2u8]).chain_update(salt).chain_update(text).finalize().into())
}

/// The string that stands in an entry for a text with this commitment.
pub fn sealed(commitment: Hash) -> String {
    format!("{MARK}{commitment}")
}

/// The same, of a commitment in digits.
pub(crate) fn in_place_of(commitment: &str) -> String {
    format!("{MARK}{commitment}")
}

/// The commitment that a string stands for, if it stands for one.
pub fn commitment_in(text: &str) -> Option<&str> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.strip_prefix(MARK).filter(|digits| digits.len() == DIGITS && digits.bytes().all(is_digit))
}

/// The commitments in the strings of an entry, each with the place of its string, quotation marks included.
pub fn commitments(entry: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let opening = concat!('"', "sealed:");
    entry.match_indices(opening).filter_map(move |(at, _)| {
        let end = at + opening.len() + DIGITS;
        let commitment = commitment_in(entry.get(at + 1..end)?)?;
        // Within a string a quotation mark stands after a backslash, and after a key stands a colon.
        let is_value = entry[end..].starts_with('"') && !entry[..at].ends_with('\\') && !entry[end + 1..].starts_with(':');
        is_value.then_some((at..end + 1, commitment))
    })
}

/// An entry with words in the place of each commitment, to be read and never hashed. Bytes without one are as they were.
///
/// # Errors
/// Whatever `words` gives.
pub fn disclosed<E>(entry: &[u8], mut words: impl FnMut(&str) -> Result<String, E>) -> Result<Cow<'_, [u8]>, E> {
    static MARKED: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(MARK));
    // Most have none.
    if MARKED.find(entry).is_none() {
        return Ok(Cow::Borrowed(entry));
    }
    let Ok(text) = std::str::from_utf8(entry) else { return Ok(Cow::Borrowed(entry)) };
    let mut read = String::new();
    let mut done = 0;
    for (place, commitment) in commitments(text) {
        read.push_str(&text[done..place.start]);
        read.push_str(&serde_json::Value::from(words(commitment)?).to_string());
        done = place.end;
    }
    if done == 0 {
        return Ok(Cow::Borrowed(entry));
    }
    read.push_str(&text[done..]);
    Ok(Cow::Owned(read.into_bytes()))
}

/// The free texts of a fact: those in which whoever records may name people. What a public document says is none of them. No wildcard:
/// whoever adds a kind is asked.
pub fn free_texts(event: &mut Event) -> Vec<&mut String> {
    match event {
        Event::AgreementAnnounced(step)
        | Event::AgreementConcluded(step)
        | Event::AgreementSigned(step)
        | Event::AgreementLaunched(step)
        | Event::AgreementTookEffect(step)
        | Event::AgreementProvisionallyApplied(step) => step.text.iter_mut().collect(),
        Event::MeetingHeld(meeting) => meeting.text.iter_mut().collect(),
        Event::DecisionTaken(decision) => vec![&mut decision.text],
        Event::AnnouncementMade(done) | Event::DeliverableDelivered(done) | Event::WorkReported(done) => vec![&mut done.text],
        Event::ProjectBegun(project) => vec![&mut project.text],
        Event::PerformanceReported(report) => match &mut report.evidence {
            Some(Evidence::File { name, .. }) => vec![name],
            Some(Evidence::Url(_)) | None => Vec::new(),
        },
        Event::IncidentReported(incident) => vec![&mut incident.text],
        Event::ReservationMade(reservation) => reservation.text.iter_mut().collect(),
        Event::PowerExercised(exercised) => exercised.text.iter_mut().collect(),
        Event::NoticeFoundDefective(found) => vec![&mut found.defect],
        Event::AgreementRecorded(_)
        | Event::SourceRecorded(_)
        | Event::BodyRecorded(_)
        | Event::ProvisionRecorded(_)
        | Event::ConsentNotified(_)
        | Event::AgreementRenewed(_)
        | Event::AgreementSuspended(_)
        | Event::AgreementResumed(_)
        | Event::AgreementTerminated(_)
        | Event::AgreementSuperseded(_)
        | Event::InvalidityEstablished(_)
        | Event::ProvisionAmended(_)
        | Event::ProvisionAdded(_)
        | Event::ProvisionRepealed(_)
        | Event::PartyRenamed(_)
        | Event::PartySucceeded(_)
        | Event::ReservationWithdrawn(_)
        | Event::MeetingScheduled(_)
        | Event::MeetingPostponed(_)
        | Event::MeetingCancelled(_)
        | Event::MeetingInquorate(_)
        | Event::CycleExcused(_)
        | Event::MinutesAdopted(_)
        | Event::AssessmentMade(_)
        | Event::ExtensionGranted(_)
        | Event::DueDateSet(_)
        | Event::WaiverGranted(_)
        | Event::ObligationReleased(_)
        | Event::ImpossibilityAccepted(_)
        | Event::BreachDetermined(_)
        | Event::NoticeDrafted(_)
        | Event::NoticeGiven(_)
        | Event::NoticeDispatched(_)
        | Event::NoticeReceived(_)
        | Event::NoticeDeposited(_)
        | Event::NoticeRegistered(_)
        | Event::NoticeRetracted(_)
        | Event::NoticeSuspended(_)
        | Event::NoticeResumed(_)
        | Event::NoticeExtended(_)
        | Event::NoticeContested(_)
        | Event::NoticeUpheld(_)
        | Event::NoticeCured(_)
        | Event::EffectStated(_)
        | Event::PowerWaived(_)
        | Event::ConditionEstablished(_)
        | Event::ReadingChosen(_)
        | Event::AssumptionMade(_)
        | Event::RecordCorrected(_)
        | Event::RulesAdopted(_)
        | Event::TextErased(_)
        | Event::Alert(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    const HEX: &str = "8ba4b4a3ac8d1a1d3cf5d9a8c55f9a0b7ff1b9f6fbfbc7c2be2a6e7a2c4a7c11";

    fn read(entry: &str) -> String {
        let words = |_: &str| Ok::<_, Infallible>("she said \"no\"\n".to_string());
        let Ok(read) = disclosed(entry.as_bytes(), words);
        String::from_utf8(read.into_owned()).expect("text stays text")
    }

    #[test]
    fn a_commitment_is_the_digest_of_a_prefix_the_salt_and_the_text() {
        // (printf '\2'; printf 'a%.0s' $(seq 32); printf Anna) | sha256sum
        let found = commitment(&[b'a'; SALT], "Anna").to_string();
        assert_eq!(found, "026b190330d44425788cb3a54821eba5327f201d79821efd198aaebe8d79a5fd");
        assert_ne!(found, commitment(&[b'b'; SALT], "Anna").to_string(), "the salt counts");
        assert_ne!(found, commitment(&[b'a'; SALT], "Anne").to_string(), "and the text");
    }

    #[test]
    fn words_are_put_in_the_place_of_each_sealed_string() {
        let entry = format!(r#"{{"reason":"sealed:{HEX}","data":{{"texts":["sealed:{HEX}","plain"]}}}}"#);
        let said = r#""she said \"no\"\n""#;
        assert_eq!(read(&entry), format!(r#"{{"reason":{said},"data":{{"texts":[{said},"plain"]}}}}"#));
    }

    #[test]
    fn what_only_looks_like_a_seal_stays() {
        for entry in [
            format!(r#"{{"text":"x\"sealed:{HEX}"}}"#),
            format!(r#"{{"sealed:{HEX}":1}}"#),
            format!(r#"{{"text":"sealed:{}"}}"#, &HEX[1..]),
            format!(r#"{{"text":"sealed:{HEX}0"}}"#),
            format!(r#"{{"text":"sealed:{}"}}"#, HEX.to_uppercase()),
            format!(r#"{{"text":" sealed:{HEX}"}}"#),
            format!(r#"{{"text":"sealed:{}"#, "é".repeat(40)),
            r#"{"text":"plain"}"#.to_string(),
        ] {
            assert_eq!(read(&entry), entry);
        }
    }
}
