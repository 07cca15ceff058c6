//! Reads one table key by key, collects what is wrong with it, and at the end says which keys it did not know.

use std::cell::RefCell;

use events::DateSpec;
use events::terms::{Term, Terms};
use rules::fault::{Fault, nearest};
use rules::provision::date_code;
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;

use super::Placed;
use super::tree::{Entry, Kind, Node};

/// A table that is being read.
pub struct Table<'a> {
    /// What it is called in errors (`[[act]]`).
    name: &'a str,
    node: &'a Node,
    entries: &'a [Entry],
    asked: RefCell<Vec<&'a str>>,
    faults: &'a RefCell<Vec<Placed>>,
}

impl<'a> Table<'a> {
    /// Begins to read a table; `None`, with a fault, if it is none.
    pub fn new(name: &'a str, node: &'a Node, faults: &'a RefCell<Vec<Placed>>) -> Option<Self> {
        let Kind::Table(entries) = &node.kind else {
            let fault = Fault::new("E0203", &[], format!("{name} is a table, and this is {}", node.is()));
            faults.borrow_mut().push(Placed {
                span: Some(node.span.clone()),
                fault: fault.hint(format!("write {name} on a line of its own, keys below")),
            });
            return None;
        };
        Some(Table { name, node, entries, asked: RefCell::default(), faults })
    }

    pub fn node(&self) -> &'a Node {
        self.node
    }

    /// Says what is wrong with a node.
    pub fn fault(&self, at: &Node, fault: Fault) {
        self.faults.borrow_mut().push(Placed { span: Some(at.span.clone()), fault });
    }

    /// The value under a key, which is known from now on.
    pub fn get(&self, key: &'a str) -> Option<&'a Node> {
        self.asked.borrow_mut().push(key);
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    fn missing(&self, key: &str) {
        let fault = Fault::new("E0202", &[key], format!("`{key}` is missing from {}", self.name)).hint(format!("add {key} = …"));
        self.fault(self.node, fault);
    }

    fn wrong(&self, node: &Node, key: &str, wanted: &str) {
        let fault = Fault::new("E0203", &[key], format!("`{key}` is {wanted}, and this is {}", node.is()));
        self.fault(node, fault.hint(if wanted == "words" { "put it in quotation marks" } else { "see docs/agreement-files.md" }));
    }

    /// Words under a key.
    pub fn text(&self, key: &'a str) -> Option<String> {
        let node = self.get(key)?;
        match &node.kind {
            Kind::Text(text) => Some(text.clone()),
            _ => {
                self.wrong(node, key, "words");
                None
            }
        }
    }

    /// Words that must be there.
    pub fn needed(&self, key: &'a str) -> Option<String> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.text(key).filter(|text| {
            let empty = text.trim().is_empty();
            if empty {
                self.missing(key);
            }
            !empty
        })
    }

    /// A whole number.
    pub fn number(&self, key: &'a str) -> Option<u32> {
        let node = self.get(key)?;
        match node.kind {
            Kind::Number(number) if u32::try_from(number).is_ok() => u32::try_from(number).ok(),
            _ => {
                self.wrong(node, key, "a whole number");
                None
            }
        }
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &'a str) -> Option<bool> {
        let node = self.get(key)?;
        match node.kind {
            Kind::Flag(flag) => Some(flag),
            _ => {
                self.wrong(node, key, "true or false");
                None
            }
        }
    }

    /// A date, vague or exact.
    pub fn date(&self, key: &'a str) -> Option<DateSpec> {
        let node = self.get(key)?;
        let written = match &node.kind {
            Kind::Text(text) | Kind::Date(text) => text.clone(),
            // A bare year is a number to TOML and a date to everybody else.
            Kind::Number(year) if (1000..=9999).contains(year) => year.to_string(),
            _ => {
                self.wrong(node, key, "a date");
                return None;
            }
        };
        match written.parse::<DateSpec>() {
            Ok(date) => Some(date.plain()),
            Err(error) => {
                self.fault(node, Fault::new(date_code(&error), &[key], error.to_string()).hint(error.hint()));
                None
            }
        }
    }

    /// A date that must be there.
    pub fn needed_date(&self, key: &'a str) -> Option<DateSpec> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.date(key)
    }

    /// A list of words; one word stands for a list of one.
    pub fn texts(&self, key: &'a str) -> Vec<String> {
        let Some(node) = self.get(key) else { return Vec::new() };
        let text = |node: &Node| match &node.kind {
            Kind::Text(text) => Some(text.clone()),
            _ => {
                self.wrong(node, key, "words");
                None
            }
        };
        match &node.kind {
            Kind::List(list) => list.iter().filter_map(text).collect(),
            _ => text(node).into_iter().collect(),
        }
    }

    /// One of the words of an enumeration, as serde knows them.
    pub fn word<T: DeserializeOwned>(&self, key: &'a str, known: &[&str]) -> Option<T> {
        let node = self.get(key)?;
        let word = self.text(key)?;
        let read = T::deserialize(StrDeserializer::<serde::de::value::Error>::new(&word));
        if read.is_err() {
            let fault = Fault::new("E0204", &[key], format!("`{word}` is not a value of `{key}`"));
            self.fault(node, fault.hint(nearest(&word, known.iter().copied())));
        }
        read.ok()
    }

    /// One of the words, which must be there.
    pub fn needed_word<T: DeserializeOwned>(&self, key: &'a str, known: &[&str]) -> Option<T> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.word(key, known)
    }

    /// Tables under a key: `[[party]]`, or a list of inline tables.
    pub fn tables(&self, key: &'a str, name: &'a str) -> Vec<Table<'a>> {
        let Some(node) = self.get(key) else { return Vec::new() };
        match &node.kind {
            Kind::List(list) => list.iter().filter_map(|item| Table::new(name, item, self.faults)).collect(),
            _ => {
                let fault = Fault::new("E0203", &[key], format!("`{key}` is a list of tables, and this is {}", node.is()));
                self.fault(node, fault.hint(format!("write {name}")));
                Vec::new()
            }
        }
    }

    /// One table under a key.
    pub fn table(&self, key: &'a str) -> Option<Table<'a>> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        Table::new(key, self.get(key)?, self.faults)
    }

    /// A table whose keys are the terms of a provision; empty if there is none.
    pub fn terms(&self, key: &'a str) -> Terms {
        let Some(node) = self.get(key) else { return Terms::new() };
        match node.term() {
            Ok(Term::Table(terms)) => return terms,
            Ok(_) => self.wrong(node, key, "a table"),
            Err(placed) => self.faults.borrow_mut().push(placed),
        }
        Terms::new()
    }

    /// Entries that nobody asked for and that `also` does not name.
    pub fn rest(&self, also: &[&str]) -> Vec<&'a Entry> {
        let asked = self.asked.borrow();
        self.entries.iter().filter(|entry| !asked.contains(&entry.key.as_str()) && !also.contains(&entry.key.as_str())).collect()
    }

    /// Says which keys were not known. `also` are known keys that were not asked for.
    pub fn finish(&self, also: &[&str]) {
        for entry in self.rest(also) {
            let asked = self.asked.borrow();
            let mut known: Vec<&str> = asked.iter().copied().chain(also.iter().copied()).collect();
            known.sort_unstable();
            known.dedup();
            let fault = Fault::new("E0201", &[&entry.key], format!("`{}` is not a key of {}", entry.key, self.name));
            let of_due = known.contains(&"due") && ["grace", "window", "anchor"].contains(&entry.key.as_str());
            let hint = match of_due {
                true => format!("it belongs in `due`: due = {{ …, {} = … }}", entry.key),
                false => nearest(&entry.key, known),
            };
            let fault = fault.hint(hint);
            self.faults.borrow_mut().push(Placed { span: Some(entry.key_span.clone()), fault });
        }
    }
}
