//! The kinds of provision: an open set with one home. A new kind is a new file and a line in [`KINDS`].

use events::terms::{Provision, Term, Terms};

use crate::docket::Line;
use crate::fault::{Fault, nearest};
use crate::register::Known;
use crate::scene::Scene;

pub mod commitment;

pub mod meeting_series;

pub mod entry_into_effect;
pub mod term;
pub mod termination;

pub mod amendment;
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
    &term::KIND,
    &termination::KIND,
    &survival::KIND,
    &amendment::KIND,
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

/// Reads the keys of one provision's terms and collects what is wrong with them.
pub(crate) struct Reader<'a, 'f> {
    terms: &'a Terms,
    faults: &'f mut Vec<Fault>,
    prefix: Vec<&'a str>,
}

impl<'a, 'f> Reader<'a, 'f> {
    pub fn new(terms: &'a Terms, faults: &'f mut Vec<Fault>) -> Self {
        Reader { terms, faults, prefix: Vec::new() }
    }

    pub fn fault(&mut self, code: &'static str, key: &str, what: impl Into<String>, hint: impl Into<String>) {
        let mut at = self.prefix.clone();
        at.push(key);
        self.faults.push(Fault::new(code, &at, what).hint(hint));
    }

    /// Words under a key.
    pub fn text(&mut self, key: &str) -> Option<&'a str> {
        match self.terms.get(key)? {
            Term::Text(text) => Some(text),
            _ => {
                self.fault("E0203", key, format!("`{key}` is words"), "put it in quotation marks");
                None
            }
        }
    }

    /// `true` or `false` under a key.
    pub fn flag(&mut self, key: &str) -> bool {
        match self.terms.get(key) {
            None => false,
            Some(Term::Flag(flag)) => *flag,
            Some(_) => {
                self.fault("E0203", key, format!("`{key}` is true or false"), "write true or false, without quotation marks");
                false
            }
        }
    }

    /// One of a few words under a key.
    pub fn choice(&mut self, key: &str, known: &[&str]) -> Option<&'a str> {
        let word = self.text(key)?;
        if known.contains(&word) {
            return Some(word);
        }
        self.fault("E0204", key, format!("`{word}` is not a value of `{key}`"), nearest(word, known.iter().copied()));
        None
    }

    /// A period under a key.
    pub fn period(&mut self, key: &str) -> Option<crate::time::Period> {
        let written = self.text(key)?;
        match written.parse::<crate::time::Period>() {
            Ok(period) => Some(period),
            Err(error) => {
                self.fault("E0304", key, error.to_string(), error.hint());
                None
            }
        }
    }

    /// A date under a key.
    pub fn date(&mut self, key: &str) -> Option<events::DateSpec> {
        let written = self.text(key)?;
        match written.parse::<events::DateSpec>() {
            Ok(date) => Some(date),
            Err(error) => {
                self.fault(date_code(&error), key, error.to_string(), error.hint());
                None
            }
        }
    }

    /// A table under a key, with only these keys in it, read by `read`.
    pub fn table<T>(&mut self, key: &'a str, keys: &[&str], read: impl FnOnce(&mut Reader<'a, '_>) -> T) -> Option<T> {
        match self.terms.get(key)? {
            Term::Table(terms) => {
                let mut prefix = self.prefix.clone();
                prefix.push(key);
                let mut inner = Reader { terms, faults: self.faults, prefix };
                for unknown in terms.keys().filter(|known| !keys.contains(&known.as_str())) {
                    inner.fault(
                        "E0201",
                        unknown,
                        format!("`{unknown}` is not a key of `{key}`"),
                        nearest(unknown, keys.iter().copied()),
                    );
                }
                Some(read(&mut inner))
            }
            _ => {
                self.fault(
                    "E0203",
                    key,
                    format!("`{key}` is a table"),
                    format!("write {key} = {{ … }} with {}", keys.join(", ")),
                );
                None
            }
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.terms.contains_key(key)
    }

    pub fn require(&mut self, key: &str) {
        if !self.has(key) {
            self.fault("E0202", key, format!("`{key}` is missing"), format!("add {key} = …"));
        }
    }
}

/// The code of an error of a date.
pub fn date_code(error: &events::date_spec::DateError) -> &'static str {
    use events::date_spec::DateError;
    match error {
        DateError::Nonexistent { .. } => "E0301",
        DateError::Ambiguous { .. } => "E0302",
        DateError::Backwards { .. } => "E0305",
        _ => "E0303",
    }
}

/// A provision's own words, or what its kind is.
pub(crate) fn what(provision: &Provision) -> String {
    let about = || kind(&provision.kind).map_or(provision.kind.as_str(), |kind| kind.about);
    provision.text.clone().unwrap_or_else(|| {
        let mut letters = about().chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
    })
}
