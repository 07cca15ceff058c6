//! A TOML document as values with their places, whatever the library calls them.

use std::ops::Range;

use events::terms::{Term, Terms};
use rules::fault::Fault;
use rules::provision::date_code;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Placed;

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Node {
    pub span: Range<usize>,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Text(String),
    /// A TOML date; what is wrong with it as a date is said when it is read as one.
    Date(String),
    Number(i64),
    Flag(bool),
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// What agreement files have no use for: fractions, times of day.
    Other(&'static str),
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub value: Node,
}

/// The document, and every error of syntax in it.
pub fn parse(text: &str) -> (Node, Vec<Placed>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let faults = errors.iter().map(|error| syntax_fault(text, error)).collect();
    let span = document.span();
    (Node { span, kind: Kind::Table(entries(document.get_ref())) }, faults)
}

fn syntax_fault(text: &str, error: &toml::de::Error) -> Placed {
    let span = error.span();
    let word = span.clone().and_then(|span| word_around(text, span)).unwrap_or_default();
    let fault = match word.parse::<events::DateSpec>() {
        Err(date) if looks_like_a_date(word) => Fault::new(date_code(&date), &[], date.to_string()).hint(date.hint()),
        Ok(date) if word.contains('-') => {
            let what = format!("`{word}` is less than a day, which TOML knows only as words");
            Fault::new("E0303", &[], what).hint(format!("put it in quotation marks: \"{date}\""))
        }
        _ => Fault::new("E0104", &[], error.message().replace('\n', ", ")).hint("the file is not TOML here; was it cut short?"),
    };
    Placed { span, fault }
}

/// The bare word in which an error stands.
fn word_around(text: &str, span: Range<usize>) -> Option<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-/.:".contains(c);
    let start = text.get(..span.start)?.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
    let rest = text.get(start..)?;
    Some(&rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())])
}

fn looks_like_a_date(word: &str) -> bool {
    word.len() >= 8 && word.starts_with(|c: char| c.is_ascii_digit()) && word.matches(['-', '/', '.']).count() == 2
}

fn entries(table: &DeTable) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry { key: key.get_ref().to_string(), key_span: key.span(), value: node(value) })
        .collect();
    // The order of the text, so that errors come in it.
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn node(value: &Spanned<DeValue>) -> Node {
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Text(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Kind::Other("a number too large"), Kind::Number)
        }
        DeValue::Float(_) => Kind::Other("a fraction"),
        DeValue::Boolean(flag) => Kind::Flag(*flag),
        DeValue::Datetime(date) if date.time.is_none() => Kind::Date(date.to_string()),
        DeValue::Datetime(_) => Kind::Other("a time of day"),
        DeValue::Array(list) => Kind::List(list.iter().map(node).collect()),
        DeValue::Table(table) => Kind::Table(entries(table)),
    };
    Node { span: value.span(), kind }
}

impl Node {
    /// What it is, for an error.
    pub fn is(&self) -> &'static str {
        match self.kind {
            Kind::Text(_) => "words",
            Kind::Date(_) => "a date",
            Kind::Number(_) => "a number",
            Kind::Flag(_) => "true or false",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
            Kind::Other(what) => what,
        }
    }

    /// As a term of a provision; dates are words there.
    pub fn term(&self) -> Result<Term, Placed> {
        Ok(match &self.kind {
            Kind::Text(text) | Kind::Date(text) => Term::Text(text.clone()),
            Kind::Number(number) => Term::Number(*number),
            Kind::Flag(flag) => Term::Flag(*flag),
            Kind::List(list) => Term::List(list.iter().map(Node::term).collect::<Result<_, _>>()?),
            Kind::Table(entries) => {
                let term = |entry: &Entry| Ok((entry.key.clone(), entry.value.term()?));
                Term::Table(entries.iter().map(term).collect::<Result<Terms, Placed>>()?)
            }
            Kind::Other(what) => {
                let fault = Fault::new("E0203", &[], format!("{what} has no meaning here")).hint("write it as words");
                return Err(Placed { span: Some(self.span.clone()), fault });
            }
        })
    }
}
