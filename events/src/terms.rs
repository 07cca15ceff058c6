//! An agreement's terms as agreed. They are carried here and interpreted by the rules alone: the wording is a fact,
//! the reading is an interpretation that a later version may correct without touching the log.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::date_spec::DateSpec;

/// What an agreement says of itself before its first provision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementTerms {
    /// The title of the instrument.
    pub title: String,
    /// What it is called by those who concluded it.
    pub form: Form,
    /// Whether it binds in law.
    pub force: Force,
    /// Id of the regime by which its periods are counted (`corresponding-date`).
    pub reckoning: String,
    /// IANA zone in which its days begin and end, if one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Ids of the calendars whose holidays count (`KR`, `SG`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<String>,
    /// How many numbered paragraphs or articles the text has, so that completeness can be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraphs: Option<u32>,
    /// Who concluded it.
    pub parties: Vec<Party>,
    /// Other agreements that the text names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relates: Vec<Relation>,
}

/// What an instrument is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the words are the documentation
pub enum Form {
    Treaty,
    Agreement,
    Memorandum,
    Arrangement,
    Partnership,
    Contract,
}

/// Whether a text binds in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Force {
    /// Legally binding.
    Binding,
    /// A political commitment.
    NonBinding,
    /// Some provisions bind, some do not: each says which.
    Mixed,
}

/// One who concluded an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Short id, the same in every agreement (`KR`, `EU`).
    pub id: String,
    /// Full name.
    pub name: String,
    /// The ministry or department through which it acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_through: Option<String>,
    /// IANA zone of its own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// A further agreement that a text names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Id of the other agreement, in the register or not.
    pub to: String,
    /// How they stand to each other (`under`, `builds-on`, `strengthens`).
    #[serde(rename = "as")]
    pub relation: String,
    /// Title of the other agreement, for one that the register does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A document that records cite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Id within the agreement.
    pub id: String,
    /// Title of the document.
    pub title: String,
    /// The day it was published.
    pub published: DateSpec,
    /// Handling marking: `public`, `limited`, or the document's own word (`LIMITE`).
    pub handling: String,
    /// SHA-256 of the document's bytes, 64 hexadecimal digits, if the document is at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Where it can be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A body that an agreement sets up or uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Id within the agreement (`forum`, `council`).
    pub id: String,
    /// Full name.
    pub name: String,
    /// Who chairs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chair: Option<String>,
}

/// A numbered unit of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provision {
    /// Id within the agreement (`20a`, `termination`), unique.
    pub id: String,
    /// Its place in the text (`20(a)`).
    #[serde(rename = "ref")]
    pub reference: String,
    /// What kind of provision it is; the rules know the kinds, the log does not.
    pub kind: String,
    /// What it says, in our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A few words of the original on which a duty or a date hangs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// What stands directly before the quote, where the same words stand in the document several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_prefix: Option<String>,
    /// What stands directly after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_suffix: Option<String>,
    /// Whether it binds, where that differs from the agreement or the agreement is `mixed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<Force>,
    /// Party ids of the obligors or right-holders, or `["either"]`, `["any"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Party ids of the obligees; empty means all other parties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Topics it belongs to (`semiconductors`, `standards`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Why a term cannot be said with the keys there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undetermined: Option<String>,
    /// The keys that belong to its kind, as written.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub terms: Terms,
}

/// Keys and values as an agreement file has them.
pub type Terms = BTreeMap<String, Term>;

/// One value of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Term {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Words; dates and periods are words too.
    Text(String),
    /// A list.
    List(Vec<Term>),
    /// A table of keys and values.
    Table(Terms),
}

/// By what stands there. serde would try one variant after the other, and make words of why each was none: provisions are full of terms.
impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyTerm)
    }
}

struct AnyTerm;

impl<'de> Visitor<'de> for AnyTerm {
    type Value = Term;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true` or `false`, a whole number, words, a list or a table")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Term, E> {
        Ok(Term::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Term, E> {
        Ok(Term::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Term, E> {
        i64::try_from(number).map(Term::Number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Term, E> {
        Ok(Term::Text(text.into()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Term, E> {
        Ok(Term::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Term, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(Term::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Term, A::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(table)).map(Term::Table)
    }
}

impl Term {
    /// The words, if it is words.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Term::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The table, if it is a table.
    pub fn as_table(&self) -> Option<&Terms> {
        match self {
            Term::Table(table) => Some(table),
            _ => None,
        }
    }
}
