//! The terms of a duty as an agreement file has them: by when, how often, when what happens.

use events::DateSpec;
use events::event::Certainty;
use events::terms::{Provision, Term};

use crate::fault::Fault;
use crate::reader::Reader;
use crate::time::Period;
use crate::time::recurrence::Reading;

/// What may set off a conditional duty, as acts are called in agreement files.
const TRIGGERS: [&str; 6] = ["meeting-held", "signed", "took-effect", "deliverable", "announcement", "notice-given"];

/// What may become of an instance of another provision, and set off a duty.
const OUTCOMES: [&str; 3] = ["performance", "breach", "not-met"];

/// From what a duty that recurs may be counted: acts that happen once.
const STARTS: [&str; 3] = ["signed", "launched", "took-effect"];

pub(super) struct Duty {
    pub several: bool,
    /// The second of two owes once the first has performed.
    pub reciprocal: bool,
    pub every: Option<(Period, Vec<Reading>)>,
    pub due: Option<DueTerm>,
    /// How long before its date performance counts.
    pub window: Option<Period>,
    /// How long after its date it can still be performed without being overdue.
    pub grace: Option<Period>,
    pub when: Option<When>,
    pub once: bool,
    /// Time is final: what was not done in time can be done no more.
    pub lapses: bool,
    /// It falls due at the end of the agreement, if that comes first.
    pub accelerates: bool,
    /// Something that is not to be done.
    pub refrain: bool,
}

pub(super) enum DueTerm {
    By(DateSpec, Certainty),
    Within(Period),
    Before(Period),
    /// The next meeting of a body, which it moves with.
    AtNext(String),
    /// Again and again.
    Each(Each),
}

/// How often, and from what each date is counted.
pub(super) struct Each {
    pub period: Period,
    /// `None`: the text does not say, and both readings of that are worked out.
    pub anchor: Option<Anchor>,
    /// Coming into effect, if left out.
    pub from: Option<Start>,
}

/// From what the date of a cycle is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// From where it all began: fixed dates.
    Schedule,
    /// From the last date, as it was put off.
    Due,
    /// From the last performance.
    Performance,
}

impl Anchor {
    pub fn named(name: &str) -> Option<Anchor> {
        match name {
            "schedule" => Some(Anchor::Schedule),
            "due" => Some(Anchor::Due),
            "performance" => Some(Anchor::Performance),
            _ => None,
        }
    }
}

pub(super) enum Start {
    Day(DateSpec),
    Act(String),
}

pub(super) enum When {
    Words(String),
    Act {
        act: String,
        of: Option<String>,
    },
    /// What became of an instance of another provision.
    Of {
        outcome: Outcome,
        provision: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Performed,
    Breached,
    NotMet,
}

impl Outcome {
    fn named(name: &str) -> Option<Outcome> {
        match name {
            "performance" => Some(Outcome::Performed),
            "breach" => Some(Outcome::Breached),
            "not-met" => Some(Outcome::NotMet),
            _ => None,
        }
    }
}

/// The provision whose performance, breach or missed date this one waits for.
pub(crate) fn waits_for(provision: &Provision) -> Option<&str> {
    let when = provision.terms.get("when")?.as_table()?;
    Outcome::named(when.get("act")?.as_text()?)?;
    when.get("of")?.as_text()
}

pub(super) fn read(provision: &Provision, faults: &mut Vec<Fault>) -> Duty {
    let mut reader = Reader::new(&provision.terms, faults);
    let joint = reader.choice("joint", &["joint", "several", "joint-and-several", "reciprocal"]);
    let every = reader.calendar_period("every").map(|every| (every, readings(&mut reader)));
    let (once, lapses) = (reader.flag("once"), reader.flag("lapses"));
    let (accelerates, refrain) = (reader.flag("accelerates"), reader.flag("refrain"));
    let when = when(&mut reader);
    let (mut window, mut grace) = (None, None);
    let due = due(&mut reader, &mut window, &mut grace);
    counted(&mut reader);
    let (several, reciprocal) = (joint == Some("several"), joint == Some("reciprocal"));
    let duty = Duty { several, reciprocal, every, due, window, grace, when, once, lapses, accelerates, refrain };
    consistent(&duty, provision, &mut reader);
    duty
}

/// What the keys, each right by itself, say against each other.
fn consistent(duty: &Duty, provision: &Provision, reader: &mut Reader) {
    let Duty { every, due, when, once, reciprocal, .. } = duty;
    match (due, when) {
        (Some(DueTerm::Within(_) | DueTerm::Before(_)), None) if !(*reciprocal && matches!(due, Some(DueTerm::Within(_)))) => {
            reader.fault(
                "E0202",
                "when",
                "`when` is missing: a period within or before needs the act it hangs on",
                "add when = { act = \"meeting-held\", of = \"…\" }",
            );
        }
        (Some(DueTerm::By(..) | DueTerm::AtNext(_) | DueTerm::Each(_)), Some(_)) => {
            reader.fault(
                "E0207",
                "due",
                "a fixed date and a condition cannot both say when it is due",
                "give due = { within = \"…\" } of the act",
            );
        }
        (Some(DueTerm::Before(_)), Some(When::Of { .. } | When::Words(_))) => {
            reader.fault(
                "E0207",
                "due",
                "`before` runs towards a planned meeting: what becomes of a provision, or comes to be so, is not planned",
                "give due = { within = \"…\" }",
            );
        }
        _ => {}
    }
    if every.is_some() && (due.is_some() || when.is_some() || *once) {
        reader.fault(
            "E0207",
            "every",
            "`every` makes its own dates: `due`, `when` and `once` do not go with it",
            "split the provision in two",
        );
    }
    let recurs = every.is_some() || matches!(due, Some(DueTerm::Each(_)));
    if *reciprocal && (provision.by.len() != 2 || recurs) {
        let what = "`reciprocal` is of two parties, and of one performance by each of them";
        reader.fault(
            "E0207",
            "joint",
            what,
            "name two parties in `by`, the first to perform first; split the provision otherwise",
        );
    }
    let is_dated = due.is_some() || every.is_some();
    for (key, set) in [("lapses", duty.lapses), ("accelerates", duty.accelerates)] {
        if set && !is_dated && !(key == "accelerates" && *once) {
            reader.fault(
                "E0207",
                key,
                format!("`{key}` says what becomes of a date, and there is none"),
                "say by when it is due",
            );
        }
    }
    let of_acts = ["every", "once", "lapses", "accelerates", "quantity", "milestones"];
    let act = of_acts.into_iter().find(|key| reader.has(key));
    if duty.refrain && (act.is_some() || recurs || *reciprocal || duty.window.is_some() || duty.grace.is_some()) {
        let what = format!("nothing is done by who refrains: `refrain` does not go with `{}`", act.unwrap_or("due"));
        reader.fault("E0207", "refrain", what, "with `refrain`, `due` is the end of its period: { by = … } or { within = … }");
    }
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
    let every = reader.terms.get("every").and_then(Term::as_text).and_then(|text| text.parse::<Period>().ok());
    // The names of the two that fit the rhythm; those of the other are understood too.
    let names = match every {
        Some(every) => [Reading::CalendarPeriod, Reading::Rolling].map(|reading| reading.name(every)),
        None => ["calendar-year", "twelve-months"],
    };
    let reading = match reader.terms.get("reading").and_then(Term::as_text).and_then(Reading::named) {
        None => reader.choice("reading", &names).and_then(Reading::named),
        known => known,
    };
    match reading {
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
        let known: Vec<&str> = TRIGGERS.into_iter().chain(OUTCOMES).collect();
        let act = reader.choice("act", &known).unwrap_or_default().to_string();
        let of = reader.text("of").map(String::from);
        if let Some(outcome) = Outcome::named(&act) {
            reader.require("of");
            return When::Of { outcome, provision: of.unwrap_or_default() };
        }
        if of.is_some() && act != "meeting-held" {
            let what = "`of` names the body that meets, or the provision of a performance, breach or not-met";
            reader.fault("E0207", "of", what, "leave it out");
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

/// `each = "1 year"` with what it is counted from.
fn each(reader: &mut Reader) -> Option<Each> {
    let anchor = reader.choice("anchor", &["schedule", "due", "performance"]).and_then(Anchor::named);
    let from = match reader.terms.get("from").and_then(Term::as_text) {
        Some(act) if STARTS.contains(&act) => Some(Start::Act(act.into())),
        _ => reader.date("from").map(Start::Day),
    };
    for key in ["anchor", "from"].into_iter().filter(|key| reader.has(key) && !reader.has("each")).collect::<Vec<_>>() {
        reader.fault("E0207", key, format!("`{key}` goes with `each` alone"), "leave it out, or say each = \"1 year\"");
    }
    reader.calendar_period("each").map(|period| Each { period, anchor, from })
}

fn due(reader: &mut Reader, window: &mut Option<Period>, grace: &mut Option<Period>) -> Option<DueTerm> {
    if matches!(reader.terms.get("due"), Some(Term::Text(_))) {
        return reader.date("due").map(|date| DueTerm::By(date, Certainty::Definitive));
    }
    const WAYS: [&str; 5] = ["by", "within", "before", "at", "each"];
    let keys: Vec<&str> = WAYS.into_iter().chain(["certainty", "anchor", "from", "window", "grace"]).collect();
    reader
        .table("due", &keys, |reader| {
            let certainty = match reader.choice("certainty", &["definitive", "indicative", "tentative"]) {
                Some("indicative") => Certainty::Indicative,
                Some("tentative") => Certainty::Tentative,
                _ => Certainty::Definitive,
            };
            *window = reader.calendar_period("window");
            *grace = reader.period("grace");
            let given: Vec<DueTerm> = [
                reader.date("by").map(|date| DueTerm::By(date, certainty)),
                reader.period("within").map(DueTerm::Within),
                reader.period("before").map(DueTerm::Before),
                next(reader).map(DueTerm::AtNext),
                each(reader).map(DueTerm::Each),
            ]
            .into_iter()
            .flatten()
            .collect();
            if WAYS.into_iter().filter(|key| reader.has(key)).count() != 1 {
                let what = "`due` takes one of by, within, before, at, each";
                reader.fault("E0207", "by", what, "keep the one that the text says");
            }
            given.into_iter().next()
        })
        .flatten()
}
