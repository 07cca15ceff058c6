//! Agreements of three forms, which between them have every kind of provision.

use std::collections::BTreeMap;

use events::DateSpec;
use events::event::{Event, Milestone};
use events::terms::{AgreementTerms, Body, Force, Form, Party, Provision, Term, Terms};

/// How many forms there are.
pub const COUNT: usize = 3;

/// Instances that are there whatever happened.
pub const INSTANCES: &[&str] = &[
    "3",
    "5-2022",
    "5-2023",
    "5-2024",
    "5-2025",
    "6",
    "7-gb",
    "7-kr",
    "8",
    "9",
    "12",
    "13",
    "20-2023",
    "20-2024",
    "21-2022-01-05",
    "21",
    "22-of-20-2023",
    "23-gb",
    "23-kr",
    "24-2023",
    "24-2024",
    "25-of-21-2022-01-05",
    "26",
];

/// What the provisions of some forms hang on.
pub const CONDITIONS: &[&str] = &["war", "consent of the council", "the end of membership"];

/// An agreement, and how it began.
pub struct Agreed {
    pub terms: Vec<Event>,
    pub beginning: Vec<(Event, DateSpec)>,
}

pub fn parties(form: usize) -> &'static [&'static str] {
    if form == 0 { &["GB", "KR"] } else { &["GB", "KR", "JP"] }
}

fn text(words: &str) -> Term {
    Term::Text(words.into())
}

fn table(pairs: &[(&str, &str)]) -> Term {
    Term::Table(words(pairs))
}

fn words(pairs: &[(&str, &str)]) -> Terms {
    pairs.iter().map(|(key, value)| ((*key).to_string(), text(value))).collect()
}

fn terms<const N: usize>(pairs: [(&str, Term); N]) -> Terms {
    pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

fn provision(id: &str, kind: &str, by: &[&str], terms: Terms) -> Provision {
    Provision {
        id: id.into(),
        reference: id.into(),
        kind: kind.into(),
        text: None,
        quote: None,
        quote_prefix: None,
        quote_suffix: None,
        force: None,
        by: by.iter().map(ToString::to_string).collect(),
        to: Vec::new(),
        topics: Vec::new(),
        undetermined: None,
        terms,
    }
}

/// What follows from another provision, so long after.
fn following(outcome: &str, of: &str, within: &str) -> Terms {
    terms([("when", table(&[("act", outcome), ("of", of)])), ("due", table(&[("within", within)]))])
}

/// What each form has: meetings, reports that recur or follow them, dates, parts, what stands for good, and what is said of talk and cost.
fn duties() -> Vec<Provision> {
    let both = &["GB", "KR"][..];
    let when = |act: &str, of: &str| table(&[("act", act), ("of", of)]);
    vec![
        provision("1", "meeting-series", both, words(&[("body", "forum"), ("every", "1 year")])),
        provision(
            "2",
            "report",
            both,
            terms([("when", when("meeting-held", "forum")), ("due", table(&[("within", "60 days")]))]),
        ),
        provision("3", "commitment", both, words(&[("due", "2024-06")])),
        provision("5", "report", both, words(&[("every", "1 year")])),
        provision("6", "commitment", both, terms([("due", table(&[("at", "next council")]))])),
        provision("7", "commitment", both, words(&[("joint", "several"), ("due", "2023-09-30")])),
        provision("8", "commitment", both, terms([("quantity", Term::Number(3)), ("due", text("2024-02"))])),
        provision("9", "commitment", both, Terms::new()),
        provision(
            "10",
            "commitment",
            &["GB"],
            terms([("when", table(&[("act", "notice-given")])), ("due", table(&[("within", "1 month")]))]),
        ),
        provision(
            "11",
            "report",
            &["KR"],
            terms([("when", when("meeting-held", "council")), ("due", table(&[("before", "30 days")]))]),
        ),
        provision(
            "12",
            "commitment",
            both,
            terms([
                ("joint", text("joint-and-several")),
                ("milestones", Term::List(vec![text("draft"), text("final")])),
                ("due", table(&[("by", "2023-12-31"), ("certainty", "indicative")])),
            ]),
        ),
        provision("13", "review", both, terms([("once", Term::Flag(true))])),
        provision("14", "commitment", both, terms([("when", table(&[("act", "deliverable")]))])),
        provision("20", "report", both, terms([("due", table(&[("each", "1 year"), ("anchor", "due"), ("grace", "10 days")]))])),
        provision(
            "21",
            "report",
            both,
            terms([("due", table(&[("each", "1 year"), ("anchor", "performance"), ("window", "2 months")]))]),
        ),
        provision("22", "commitment", both, following("not-met", "20", "30 days")),
        provision("23", "commitment", both, terms([("joint", text("reciprocal")), ("due", table(&[("within", "30 days")]))])),
        provision("24", "report", both, terms([("due", table(&[("each", "1 year")]))])),
        provision("25", "commitment", both, following("performance", "21", "2 months")),
        provision("26", "commitment", both, terms([("lapses", Term::Flag(true)), ("due", text("2023-06-30"))])),
        provision("27", "commitment", both, terms([("accelerates", Term::Flag(true)), ("due", text("2026-06-30"))])),
        provision("28", "commitment", both, terms([("refrain", Term::Flag(true)), ("due", text("2024-06"))])),
        provision("29", "commitment", both, following("not-met", "22", "10 days")),
        provision(
            "30",
            "power",
            &["any"],
            terms([("right", text("object")), ("when", when("meeting-held", "council")), ("within", text("30 days"))]),
        ),
        provision("31", "power", both, terms([("right", text("suspend")), ("when", table(&[("act", "deliverable")]))])),
        provision(
            "32",
            "power",
            &["either"],
            terms([("right", text("ask")), ("within", text("2 years")), ("renewable", Term::Flag(true))]),
        ),
        provision("33", "power", &["GB"], words(&[("right", "inspect"), ("when", "war")])),
        provision("15", "consultation", &[], Terms::new()),
        provision("16", "cost", &[], Terms::new()),
        provision("amendment", "amendment", &[], Terms::new()),
        provision("survival", "survival", &[], terms([("of", Term::List(vec![text("9"), text("8")])), ("for", text("1 year"))])),
    ]
}

/// What an amendment puts in.
pub fn added(id: &str) -> Provision {
    provision(id, "report", &["GB", "KR"], words(&[("every", "1 year")]))
}

/// The agreement of that form.
pub fn agreed(form: usize) -> Agreed {
    let signed = (Event::AgreementSigned(Milestone::default()), "2022-01-05".parse().unwrap());
    let launched = (Event::AgreementLaunched(Milestone::default()), "2022-03".parse().unwrap());
    let (force, own, beginning) = match form {
        0 => (Force::NonBinding, of_two(), vec![signed]),
        1 => (Force::Binding, of_many(), vec![signed]),
        _ => (Force::NonBinding, silent(), vec![launched]),
    };
    let party = |id: &&str| Party { id: id.to_string(), name: id.to_string(), acts_through: None, zone: None };
    let about = AgreementTerms {
        title: "X".into(),
        form: Form::Partnership,
        force,
        reckoning: "corresponding-date".into(),
        zone: None,
        calendars: Vec::new(),
        paragraphs: None,
        parties: parties(form).iter().map(party).collect(),
        relates: Vec::new(),
    };
    let body = |id: &str| Event::BodyRecorded(Box::new(Body { id: id.into(), name: id.into(), chair: None }));
    let provisions = duties().into_iter().chain(own).map(|one| Event::ProvisionRecorded(Box::new(one)));
    let terms =
        [Event::AgreementRecorded(Box::new(about)), body("forum"), body("council")].into_iter().chain(provisions).collect();
    Agreed { terms, beginning }
}

/// In effect from signature, for a term that is renewed, and ended by either.
fn of_two() -> Vec<Provision> {
    let notice = table(&[("at_least", "6 months"), ("counted_from", "given")]);
    let unless = table(&[("before_end", "3 months")]);
    let renewal = Term::Table(BTreeMap::from([("tacit".to_string(), text("1 year")), ("unless_notice".to_string(), unless)]));
    vec![
        provision("4", "entry-into-effect", &[], words(&[("on", "signature")])),
        provision("termination", "termination", &["either"], terms([("notice", notice)])),
        provision(
            "term",
            "term",
            &["either"],
            terms([("length", text("2 years")), ("from", text("signature")), ("effect", text("same-day")), ("renewal", renewal)]),
        ),
    ]
}

/// Each party comes in and leaves by itself: after a time, in windows, not during a war, and only with consent.
fn of_many() -> Vec<Provision> {
    let mut notice = words(&[("period", "3 months"), ("not_before", "6 months after entry-into-force")]);
    notice.insert("hold_while".into(), text("war"));
    notice.insert("retraction".into(), text("by consent"));
    let itself = terms([("when", text("the end of membership")), ("after", table(&[("period", "1 month")]))]);
    vec![
        provision("4", "entry-into-effect", &[], words(&[("on", "2022-02-01")])),
        provision("4b", "entry-into-effect", &[], terms([("of", text("each")), ("after", table(&[("period", "30 days")]))])),
        provision("termination", "termination", &["any"], terms([("notice", Term::Table(notice))])),
        provision("term", "termination", &["any"], itself),
    ]
}

/// Launched and silent on how it ends, but for a term of years; one power opens in windows and hangs on a consent.
fn silent() -> Vec<Provision> {
    let mut notice = words(&[("at_least", "1 month"), ("condition", "consent of the council"), ("counted_from", "received")]);
    notice.insert("window".into(), table(&[("every", "1 year"), ("open", "6 months")]));
    let quiet = provision("termination", "termination", &["either"], Terms::new());
    vec![
        Provision { undetermined: Some("the text has no exit clause".into()), ..quiet },
        provision("term", "termination", &["either"], terms([("notice", Term::Table(notice))])),
        provision("18", "term", &[], words(&[("length", "3 years")])),
    ]
}
