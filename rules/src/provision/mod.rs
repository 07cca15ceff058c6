//! The kinds of provision: an open set with one home. A new kind is a new file and a line in [`KINDS`].

use events::terms::Provision;

use crate::docket::Line;
use crate::fault::{Fault, nearest};
use crate::register::Known;
use crate::scene::Scene;

pub use crate::reader::date_code;

pub mod commitment;

pub mod meeting_series;

pub mod entry_into_effect;
pub mod provisional_application;
pub mod term;
pub mod termination;

pub mod amendment;
pub mod power;
pub mod survival;

pub mod consultation;
pub mod cost;
pub mod statement;

/// A kind of provision.
pub struct Kind {
    /// Its name in agreement files.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Keys that it knows beside those of every provision.
    pub keys: &'static [&'static str],
    /// The id of a provision of this kind that gives none; `None`: made from its place in the text.
    pub default_id: Option<&'static str>,
    /// What is wrong with its terms, all at once.
    pub check: fn(&Provision, &mut Vec<Fault>),
    /// What follows from it on a day.
    pub(crate) lines: fn(&Scene, &Known<Provision>) -> Vec<Line>,
}

/// Every kind there is.
pub const KINDS: &[&Kind] = &[
    &commitment::COMMITMENT,
    &commitment::REPORT,
    &commitment::REVIEW,
    &meeting_series::KIND,
    &entry_into_effect::KIND,
    &provisional_application::KIND,
    &term::KIND,
    &termination::KIND,
    &survival::KIND,
    &amendment::KIND,
    &power::KIND,
    &consultation::KIND,
    &cost::KIND,
    &statement::KIND,
];

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// What is wrong with a provision's kind and terms.
pub fn check(provision: &Provision) -> Vec<Fault> {
    let mut faults = Vec::new();
    match kind(&provision.kind) {
        Some(kind) => (kind.check)(provision, &mut faults),
        None => {
            let names = KINDS.iter().map(|kind| kind.name);
            let fault = Fault::new("E0206", &["kind"], format!("`{}` is not a kind of provision", provision.kind));
            faults.push(fault.hint(nearest(&provision.kind, names)));
        }
    }
    faults
}

/// The id of a provision that gives none: its kind's, or its place in the text without parentheses (`20(a)` → `20a`).
pub fn default_id(kind: &str, reference: &str) -> String {
    if let Some(id) = self::kind(kind).and_then(|kind| kind.default_id) {
        return id.into();
    }
    let mut id = String::new();
    for letter in reference.chars() {
        if letter.is_alphanumeric() {
            id.extend(letter.to_lowercase());
        } else if !matches!(letter, '(' | ')') && !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
    }
    id.trim_end_matches('-').into()
}

/// A provision's own words, or what its kind is.
pub(crate) fn what(provision: &Provision) -> String {
    let about = || kind(&provision.kind).map_or(provision.kind.as_str(), |kind| kind.about);
    provision.text.clone().unwrap_or_else(|| {
        let mut letters = about().chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    })
}
