//! The terms of a duty as an agreement file has them: by when, how often, when what happens.

use events::DateSpec;
use events::event::Certainty;
use events::terms::{Provision, Term};

use crate::fault::Fault;
use crate::reader::Reader;
use crate::time::Period;
use crate::time::recurrence::Reading;

/// What may set off a conditional duty, as acts are called in agreement files.
const TRIGGERS: &[&str] = &["meeting-held", "signed", "took-effect", "deliverable", "announcement", "notice-given"];

pub(super) struct Duty {
    pub several: bool,
    pub every: Option<(Period, Vec<Reading>)>,
    pub due: Option<DueTerm>,
    pub when: Option<When>,
    pub once: bool,
}

pub(super) enum DueTerm {
    By(DateSpec, Certainty),
    Within(Period),
    Before(Period),
    /// The next meeting of a body, which it moves with.
    AtNext(String),
}

pub(super) enum When {
    Words(String),
    Act { act: String, of: Option<String> },
}

pub(super) fn read(provision: &Provision, faults: &mut Vec<Fault>) -> Duty {
    let mut reader = Reader::new(&provision.terms, faults);
    let several = reader.choice("joint", &["joint", "several", "joint-and-several"]) == Some("several");
    let every = reader.calendar_period("every").map(|every| (every, readings(&mut reader)));
    let once = reader.flag("once");
    let when = when(&mut reader);
    let due = due(&mut reader);
    counted(&mut reader);
    match (&due, &when) {
        (Some(DueTerm::Within(_) | DueTerm::Before(_)), None | Some(When::Words(_))) => {
            reader.fault(
                "E0202",
                "when",
                "`when` is missing: a period within or before needs the act it hangs on",
                "add when = { act = \"meeting-held\", of = \"…\" }",
            );
        }
        (Some(DueTerm::By(..) | DueTerm::AtNext(_)), Some(_)) => {
            reader.fault(
                "E0207",
                "due",
                "a fixed date and a condition cannot both say when it is due",
                "give due = { within = \"…\" } of the act",
            );
        }
        _ => {}
    }
    if every.is_some() && (due.is_some() || when.is_some() || once) {
        reader.fault(
            "E0207",
            "every",
            "`every` makes its own dates: `due`, `when` and `once` do not go with it",
            "split the provision in two",
        );
    }
    Duty { several, every, due, when, once }
}

/// How the whole is counted: in pieces, or by steps that have names.
fn counted(reader: &mut Reader) {
    let quantity = reader.terms.get("quantity");
    if quantity.is_some_and(|quantity| !matches!(quantity, Term::Number(number) if *number > 0)) {
        reader.fault("E0203", "quantity", "`quantity` is a whole number, one or more", "write quantity = 20");
    }
    let names = |list: &Vec<Term>| !list.is_empty() && list.iter().all(|name| name.as_text().is_some());
    let milestones = reader.terms.get("milestones");
    if milestones.is_some_and(|milestones| !matches!(milestones, Term::List(list) if names(list))) {
        reader.fault("E0203", "milestones", "`milestones` is a list of words", "write milestones = [\"draft\", \"final\"]");
    }
    if quantity.is_some() && milestones.is_some() {
        reader.fault(
            "E0207",
            "milestones",
            "`quantity` and `milestones` both say what the whole is",
            "split the provision in two",
        );
    }
}

/// `reading = "calendar-year"`, or both.
pub fn readings(reader: &mut Reader) -> Vec<Reading> {
    let known = ["calendar-year", "twelve-months", "calendar-period", "rolling"];
    match reader.choice("reading", &known).and_then(Reading::named) {
        Some(reading) => vec![reading],
        None => vec![Reading::CalendarPeriod, Reading::Rolling],
    }
}

fn when(reader: &mut Reader) -> Option<When> {
    if matches!(reader.terms.get("when"), Some(Term::Text(_))) {
        return reader.text("when").map(|words| When::Words(words.into()));
    }
    reader.table("when", &["act", "of"], |reader| {
        reader.require("act");
        let act = reader.choice("act", TRIGGERS).unwrap_or_default().to_string();
        let of = reader.text("of").map(String::from);
        if of.is_some() && act != "meeting-held" {
            reader.fault("E0207", "of", "`of` names the body that meets: it goes with meeting-held alone", "leave it out");
        }
        When::Act { act, of }
    })
}

/// `at = "next council"`: the body whose next meeting it is due at.
fn next(reader: &mut Reader) -> Option<String> {
    let written = reader.text("at")?;
    let body = written.strip_prefix("next ").map(str::trim).filter(|body| !body.is_empty());
    if body.is_none() {
        reader.fault(
            "E0204",
            "at",
            format!("`{written}` is not a meeting to come"),
            "write at = \"next council\", with the id of a body",
        );
    }
    body.map(String::from)
}

fn due(reader: &mut Reader) -> Option<DueTerm> {
    if matches!(reader.terms.get("due"), Some(Term::Text(_))) {
        return reader.date("due").map(|date| DueTerm::By(date, Certainty::Definitive));
    }
    reader
        .table("due", &["by", "within", "before", "at", "certainty"], |reader| {
            let certainty = match reader.choice("certainty", &["definitive", "indicative", "tentative"]) {
                Some("indicative") => Certainty::Indicative,
                Some("tentative") => Certainty::Tentative,
                _ => Certainty::Definitive,
            };
            let given: Vec<DueTerm> = [
                reader.date("by").map(|date| DueTerm::By(date, certainty)),
                reader.period("within").map(DueTerm::Within),
                reader.period("before").map(DueTerm::Before),
                next(reader).map(DueTerm::AtNext),
            ]
            .into_iter()
            .flatten()
            .collect();
            if ["by", "within", "before", "at"].into_iter().filter(|key| reader.has(key)).count() != 1 {
                reader.fault("E0207", "by", "`due` takes one of by, within, before, at", "keep the one that the text says");
            }
            given.into_iter().next()
        })
        .flatten()
}
