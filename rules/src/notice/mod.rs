//! Notice to end an agreement: which power it exercises, from when its period runs, and when it takes effect.
//!
//! What a text leaves open has several readings: whether the period runs from giving or from receipt, whether the effect begins on the
//! corresponding day or on the day after. The day that the depositary states fixes them.

use chrono::NaiveDate;
use events::event::{ConditionEstablished, NoticeGiven};
use events::terms::Provision;
use events::{DateSpec, Event};

use crate::agreement;
use crate::consent::{self, consents};
use crate::docket::{EffectState, Reason, Reckoned};
use crate::late_known::founds;
use crate::machine::{Machine, derived, recorded};
use crate::provision::entry_into_effect;
use crate::register::{Act, Agreement, Known, Occurrence};
use crate::term::{self, Term};
use crate::time::compute::{Clause, Quantifier};
use crate::time::regime::EffectDay;
use crate::time::{Answer, Counting, Span, compute};
use crate::versions;

mod later;
pub(crate) mod line;
pub mod outlook;
pub mod terms;
pub mod waiver;

pub(crate) use later::stated_of;
pub use terms::{CountedFrom, NoticeTerms, Window};

/// The machine.
pub const MACHINE: Machine = Machine {
    name: "notice",
    about: "A notice that ends an agreement, a participation, or the renewal of a term.",
    of: "notice",
    transitions: &[
        recorded("–", "notice.drafted", "it is drafted: nothing runs from that", "", "drafted", "label drafted"),
        recorded("–", "notice.given", "a party gives notice", "VCLT 65(1), 67", "running", "label running"),
        recorded(
            "drafted",
            "notice.given",
            "it is given as it was drafted, under the same id",
            "",
            "running",
            "reason notice.drafted",
        ),
        recorded(
            "–",
            "notice.given",
            "a party gives notice before the power begins, or outside its window",
            "",
            "too early",
            "label too early",
        ),
        recorded(
            "–",
            "notice.given",
            "it is given while a promise of its giver not to use the power holds, which has a last day",
            "",
            "too early",
            "reason notice.waived",
        ),
        recorded(
            "–",
            "notice.given",
            "it is given against a promise of its giver never to use the power",
            "",
            "defective",
            "label defective",
        ),
        recorded(
            "–",
            "condition.established",
            "a condition is met by which the end comes of itself",
            "",
            "running",
            "label effective",
        ),
        derived(
            "running",
            "nobody has recorded the day from which its period runs",
            "VCLT 78",
            "undetermined",
            "timing undetermined",
        ),
        recorded(
            "running",
            "notice.received",
            "it is received; its period runs from there, where the text counts from receipt",
            "VCLT 78",
            "running",
            "reason notice.period",
        ),
        recorded("running", "notice.extended", "it is put off by agreement", "TEU 50(3)", "running", "reason notice.extended"),
        recorded("running", "notice.given", "it names a later day, and the text lets it", "", "running", "reason notice.names"),
        recorded(
            "running",
            "effect.stated",
            "the depositary states the day, and settles what is open",
            "VCLT 77",
            "running",
            "reason notice.stated",
        ),
        recorded(
            "running",
            "condition.established",
            "something holds it, or it hangs on something",
            "",
            "held",
            "reason notice.held",
        ),
        recorded("held", "condition.established", "what held it is over", "", "running", "reason notice.held"),
        recorded("running", "condition.established", "what it hangs on is so", "", "running", "reason notice.condition"),
        recorded(
            "–",
            "assumption.made",
            "a default rule is taken for a silent text",
            "VCLT 56(2)",
            "running",
            "reason notice.assumed",
        ),
        recorded(
            "running",
            "notice.contested",
            "the other side objects: the date stays, and is marked",
            "VCLT 65(3)",
            "contested",
            "label running, contested",
        ),
        recorded("contested", "notice.upheld", "the objection is withdrawn or settled", "", "running", "reason notice.upheld"),
        recorded("running", "notice.found-defective", "a defect is found", "", "defective", "label defective"),
        recorded(
            "defective",
            "notice.cured",
            "the defect is cured: its period runs from then",
            "",
            "running",
            "reason notice.cured",
        ),
        recorded("running", "notice.suspended", "its effect is suspended", "", "suspended", "reason notice.suspended"),
        recorded("suspended", "notice.resumed", "it is taken up again", "", "running", "reason notice.resumed"),
        recorded(
            "running, suspended",
            "notice.retracted",
            "it is taken back before it takes effect",
            "VCLT 68",
            "retracted",
            "label retracted",
        ),
        recorded("running", "notice.given", "another is given in its place", "", "overtaken", "reason notice.replaced"),
        recorded(
            "running",
            "agreement.renewed",
            "the parties prolong the agreement in spite of it",
            "",
            "overtaken",
            "reason notice.prolonged",
        ),
        derived("running, suspended", "another end comes before", "", "overtaken", "label overtaken"),
        derived("running, contested", "its period has run, and nothing holds it", "VCLT 54(a)", "effective", "label effective"),
    ],
};

/// A notice that had been given by the day, or an end that had begun to come of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Its id within the agreement.
    pub id: String,
    /// Who gave it, or whose participation it ends.
    pub by: String,
    /// When it was given, as recorded.
    pub given_words: String,
    /// The days on which it may have been given.
    pub given: Span,
    /// Id of the provision whose power it exercises.
    pub power: String,
    /// Its place in the text.
    pub provision: String,
    /// The record that says that it was given.
    pub seq: u64,
    /// Records that it rests on.
    pub records: Vec<u64>,
    /// It ends the participation of `by` alone.
    pub is_withdrawal: bool,
    /// It came of itself, and nobody gave it.
    pub is_automatic: bool,
    /// `Terminated`, or `Expired` where it only keeps a term from being renewed.
    pub leads_to: EffectState,
    /// What the clause gives, over all its readings, and what was stated.
    pub reckoned: Reckoned,
    /// The first day without the agreement after everything that came later; `None` while it has no date.
    pub ends: Option<Span>,
    /// The least that is sure, where `ends` is not known.
    pub no_earlier_than: Option<NaiveDate>,
    /// What is missing for a date.
    pub missing: Option<String>,
    /// What became of it.
    pub standing: Standing,
    /// The other side objects to it.
    pub is_contested: bool,
    /// Something holds it, or it hangs on a condition: it takes no effect before that is settled.
    waits: bool,
    /// Steps of the counting.
    pub steps: Vec<Reason>,
    /// `no earlier than` or `on`.
    preposition: &'static str,
}

/// What became of a notice before it took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It runs, or has run.
    Running,
    /// It was given when there was no power to give it: why.
    TooEarly(String),
    /// It was taken back: when.
    Retracted(String),
    /// Its effect is suspended: since when.
    Suspended(String),
    /// The parties prolonged the agreement in spite of it, or another notice was given in its place: when.
    Overtaken(String),
    /// It was found to have a defect that has not been cured: which.
    Defective(String),
}

impl Notice {
    /// `no earlier than 2027-02-28`, `on 2027-02-28`, `between … and …`.
    pub fn ends_words(&self) -> String {
        match (self.ends, self.no_earlier_than) {
            (Some(span), _) if span.earliest == span.latest => format!("{} {}", self.preposition, span.earliest),
            (Some(span), _) => span.words(),
            (None, Some(earliest)) => format!("no earlier than {earliest}"),
            (None, None) => "on a day that cannot be told".into(),
        }
    }

    /// The days on which it may end what it ends; open at the end while a reading has no date. `None`, where it ends nothing.
    pub fn span(&self) -> Option<Span> {
        let open = self.no_earlier_than.map(|earliest| Span { earliest, latest: NaiveDate::MAX });
        self.ends.or(open).filter(|_| self.standing == Standing::Running)
    }
}

/// What a notice is looked at with: one agreement on one day.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The agreement.
    pub agreement: &'a Agreement,
    /// What it counts by.
    pub counting: &'a Counting<'a>,
    /// The days on which the agreement came into effect, if they are known.
    pub entry: Option<Span>,
    /// The day.
    pub as_of: NaiveDate,
}

impl<'a> Place<'a> {
    /// One agreement on one day, with the days on which it comes into effect as far as they are known by then.
    pub fn new(agreement: &'a Agreement, counting: &'a Counting<'a>, as_of: NaiveDate) -> Self {
        let place = Place { agreement, counting, entry: None, as_of };
        Place { entry: agreement::entry_of(place), ..place }
    }

    /// Acts that had happened by the day, or may have.
    pub fn acts(self) -> impl Iterator<Item = &'a Act> {
        self.agreement.acts.iter().filter(move |act| act.by(self.as_of) != Occurrence::No)
    }

    /// The first day on which the agreement may have been concluded, if a record tells of it.
    fn concluded(self) -> Option<NaiveDate> {
        let first = self.acts().filter(|act| founds(&act.event)).map(|act| act.days().earliest).min();
        first.filter(|first| *first > NaiveDate::MIN)
    }

    /// The first of them that says something of a notice.
    fn find<T>(self, what: impl Fn(&'a Event) -> Option<T>) -> Option<(&'a Act, T)> {
        self.acts().find_map(|act| Some((act, what(&act.event)?)))
    }

    /// The last of them.
    fn last<T>(self, what: impl Fn(&'a Event) -> Option<T>) -> Option<(&'a Act, T)> {
        self.acts().filter_map(|act| Some((act, what(&act.event)?))).last()
    }
}

/// All notices that had been given by the day, and the ends that came of themselves, in legal order.
pub fn notices(place: Place) -> Vec<Notice> {
    place
        .acts()
        .filter_map(|act| match &act.event {
            Event::NoticeGiven(given) => given_notice(place, act, given),
            Event::ConditionEstablished(condition) if condition.holds => automatic(place, act, condition),
            _ => None,
        })
        .collect()
}

fn given_notice(place: Place, act: &Act, given: &NoticeGiven) -> Option<Notice> {
    // The words that the power had when it was given.
    let then = versions::then(place.agreement, &given.power, act.days())?;
    let known = then.known;
    let mut notice = draft(known, act, &given.notice, &given.by);
    if let Some(change) = then.repealed {
        notice.steps.push(change.reason("amendment.repealed", &notice.provision, change.taken_out()));
        notice.standing = Standing::Defective(format!("{} had been taken out of the text", known.value.reference));
        notice.missing = Some("it exercises no power".into());
        return Some(notice);
    }
    let drafted = place.find(|event| match event {
        Event::NoticeDrafted(drafted) if drafted.notice == given.notice => Some(()),
        _ => None,
    });
    if let Some((drafted, ())) = drafted {
        let text = format!("drafted {}", drafted.date_words());
        notice.steps.push(Reason::new("notice.drafted", text).provision(&notice.provision).records([drafted.seq]));
    }
    if known.value.kind == "term" {
        let terms = term::read(&known.value, &mut Vec::new());
        notice.leads_to = EffectState::Expired;
        not_renewed(place, &mut notice, act, given, &terms);
        let none = NoticeTerms::plain(Clause::at_once(crate::time::compute::Purpose::Effect));
        later::apply(place, &mut notice, act, Some(given), &none);
        return Some(notice);
    }
    let assumed = terms::assumed(place.agreement, &known.value, place.as_of);
    if let Some((_, seq)) = &assumed {
        let text = "an assumption: the text is silent, and the default of twelve months' notice is taken (VCLT 56(2))";
        notice.steps.push(Reason::new("notice.assumed", text).provision(&notice.provision).records([*seq]));
        notice.records.push(*seq);
    }
    let Some(terms) = assumed.map(|(terms, _)| terms).or_else(|| terms::notice(&known.value)) else {
        notice.missing = Some(known.value.undetermined.clone().unwrap_or_else(|| "how long notice must be is not said".into()));
        let none = NoticeTerms::plain(Clause::at_once(crate::time::compute::Purpose::Effect));
        later::apply(place, &mut notice, act, Some(given), &none);
        return Some(notice);
    };
    notice.preposition = terms.preposition();
    if let Some((reading, seq)) = terms.chosen(place.agreement, &given.power, place.as_of) {
        let text = format!("the reading {} was chosen", reading.word());
        notice.steps.push(Reason::new("reading.chosen", text).provision(&notice.provision).records([seq]));
        notice.records.push(seq);
    }
    let readings = terms.readings(place.agreement, &given.power, place.as_of);
    let counted: Vec<Counted> = readings.into_iter().map(|reading| counted(place, act, given, &terms, reading)).collect();
    settle(place, &mut notice, &known.value, act, &terms, counted);
    if notice.missing.is_none() {
        notice.missing = then.missing;
    }
    later::apply(place, &mut notice, act, Some(given), &terms);
    Some(notice)
}

/// An end that comes of itself, once a condition is met.
fn automatic(place: Place, act: &Act, condition: &ConditionEstablished) -> Option<Notice> {
    let is_it = |known: &&Known<Provision>| {
        known.value.terms.get("when").and_then(events::terms::Term::as_text) == Some(condition.condition.as_str())
    };
    let known = place.agreement.provisions_of("termination").find(is_it)?;
    let terms = terms::notice(&known.value)?;
    let turn = turn(place, act, condition)?;
    let by = condition.of.clone().unwrap_or_default();
    let id = if by.is_empty() { "exit".to_string() } else { format!("exit-{by}") };
    let id = if turn == 1 { id } else { format!("{id}-{turn}") };
    let mut notice = draft(known, act, &id, &by);
    notice.is_automatic = true;
    notice.is_withdrawal = condition.of.is_some();
    notice.preposition = terms.preposition();
    let answers = answers(place.counting, act.days(), &terms.clause);
    let counted = Counted {
        reading: None,
        from: Some(act.days()),
        answers,
        records: Vec::new(),
        deemed: false,
        taken_as_dispatched: false,
    };
    settle(place, &mut notice, &known.value, act, &terms, vec![counted]);
    later::apply(place, &mut notice, act, None, &terms);
    Some(notice)
}

/// How often it had come to be so by this act, itself included; `None` where it was so already.
fn turn(place: Place, act: &Act, condition: &ConditionEstablished) -> Option<usize> {
    let mut is_so = false;
    let mut turns = 0;
    for other in place.acts() {
        let Event::ConditionEstablished(known) = &other.event else { continue };
        if (&known.condition, &known.of) != (&condition.condition, &condition.of) {
            continue;
        }
        let begins = known.holds && !is_so;
        turns += usize::from(begins);
        is_so = known.holds;
        if other.seq == act.seq {
            return begins.then_some(turns);
        }
    }
    None
}

fn draft(known: &Known<Provision>, act: &Act, id: &str, by: &str) -> Notice {
    Notice {
        id: id.into(),
        by: by.into(),
        given_words: act.date_words(),
        given: act.days(),
        power: known.value.id.clone(),
        provision: known.value.reference.clone(),
        seq: act.seq,
        records: vec![known.seq, act.seq],
        is_withdrawal: known.value.by.iter().any(|holder| holder == "any"),
        is_automatic: false,
        leads_to: EffectState::Terminated,
        reckoned: Reckoned::default(),
        ends: None,
        no_earlier_than: None,
        missing: None,
        standing: Standing::Running,
        is_contested: false,
        waits: false,
        steps: Vec::new(),
        preposition: "on",
    }
}

/// What one reading of the clause gives.
struct Counted {
    /// From what it counts; `None` where the end comes of itself.
    reading: Option<CountedFrom>,
    /// The day its period runs from, if that is known.
    from: Option<Span>,
    /// One counting, or two where it is open whether the effect begins on the corresponding day or on the day after.
    answers: Vec<Answer>,
    /// Records beside the notice's own that it rests on.
    records: Vec<u64>,
    /// The day is that of dispatch, and receipt is deemed so much later.
    deemed: bool,
    /// No dispatch is recorded: the day on which it was given is taken for it.
    taken_as_dispatched: bool,
}

impl Counted {
    fn ends(&self) -> Option<Span> {
        Span::of_all(self.answers.iter().map(Answer::span))
    }
}

fn counted(place: Place, act: &Act, given: &NoticeGiven, terms: &NoticeTerms, reading: CountedFrom) -> Counted {
    let found = trigger(place, act, given, reading);
    let deems = terms.clause.deemed_received_after.is_some();
    // Receipt is deemed where it is not known; a receipt that is recorded is the fact itself.
    let sent = trigger(place, act, given, CountedFrom::Dispatched);
    let taken_as_dispatched = deems && reading.is_receipt() && found.is_none() && sent.is_none();
    let (found, clause, deemed) = match found {
        None if deems && reading.is_receipt() => {
            (sent.or(trigger(place, act, given, CountedFrom::Given)), terms.clause.clone(), true)
        }
        Some(found) if reading.is_receipt() => {
            (Some(found), Clause { deemed_received_after: None, ..terms.clause.clone() }, false)
        }
        found => (found, terms.clause.clone(), false),
    };
    let from = found.map(|(span, _)| span);
    let answers = from.map(|from| answers(place.counting, from, &clause)).unwrap_or_default();
    let records = found.and_then(|(_, seq)| seq).into_iter().collect();
    Counted { reading: Some(reading), from, answers, records, deemed, taken_as_dispatched }
}

/// The counting, twice where those who read such words do not agree on which day an effect begins.
pub fn answers(counting: &Counting, from: Span, clause: &Clause) -> Vec<Answer> {
    if !counting.leaves_effect_open(clause, from) {
        return vec![compute(from, clause, counting)];
    }
    let on = |effect: EffectDay| compute(from, &Clause { effect: Some(effect), ..clause.clone() }, counting);
    vec![on(EffectDay::SameDay), on(EffectDay::NextDay)]
}

/// The day that a reading counts from, and the record that says so if it is another than the notice's own.
fn trigger(place: Place, act: &Act, given: &NoticeGiven, reading: CountedFrom) -> Option<(Span, Option<u64>)> {
    let of = |notice: &str| notice == given.notice;
    let said = |date: &Option<DateSpec>| {
        let (earliest, latest) = date.as_ref().filter(|date| !date.is_approximate())?.bounds()?;
        (earliest <= place.as_of).then_some((Span { earliest, latest }, None))
    };
    let step = |what: fn(&Event) -> Option<&str>| {
        let (act, _) = place.find(|event| what(event).filter(|notice| of(notice)))?;
        Some((act.days(), Some(act.seq)))
    };
    match reading {
        CountedFrom::Given => (!act.on.as_ref().is_some_and(DateSpec::is_approximate)).then(|| {
            let days = act.days();
            let concluded = place.concluded().filter(|concluded| *concluded <= days.latest);
            (Span { earliest: concluded.map_or(days.earliest, |concluded| days.earliest.max(concluded)), ..days }, None)
        }),
        CountedFrom::Dispatched => step(|event| match event {
            Event::NoticeDispatched(step) => Some(&step.notice),
            _ => None,
        })
        .or_else(|| said(&given.dispatched)),
        CountedFrom::Received => step(|event| match event {
            Event::NoticeReceived(received) => Some(&received.notice),
            _ => None,
        })
        .or_else(|| said(&given.received)),
        CountedFrom::ReceivedByDepositary => step(|event| match event {
            Event::NoticeReceived(received) if received.by.as_deref().is_none_or(|by| by == "depositary") => {
                Some(&received.notice)
            }
            _ => None,
        })
        .or_else(|| said(&given.received)),
        CountedFrom::Deposited => step(|event| match event {
            Event::NoticeDeposited(step) => Some(&step.notice),
            _ => None,
        }),
        CountedFrom::Registered => step(|event| match event {
            Event::NoticeRegistered(step) => Some(&step.notice),
            _ => None,
        }),
        CountedFrom::Stated => {
            let (earliest, latest) = given.stated.as_ref().filter(|stated| !stated.is_approximate())?.bounds()?;
            Some((Span { earliest, latest }, None))
        }
        CountedFrom::Expiry => {
            let (entry, on) = (place.entry?, act.days());
            let term = place.agreement.provisions_of("term").find_map(|known| Term::of(place, known))?;
            let end = term.running(place.counting, entry, on.latest)?;
            Some((end.span, Some(term.seq)))
        }
    }
}

/// Puts the readings together, and says what holds them up.
fn settle(place: Place, notice: &mut Notice, provision: &Provision, act: &Act, terms: &NoticeTerms, counted: Vec<Counted>) {
    let reference = &provision.reference;
    notice.ends = Span::of_all(counted.iter().map(Counted::ends));
    // Near a day is before it, too; and nobody ends what is not concluded yet.
    let told = act.on.as_ref().filter(|on| !on.is_approximate()).and_then(DateSpec::earliest);
    let first = told.or_else(|| place.concluded());
    let undeemed = Clause { deemed_received_after: None, ..terms.clause.clone() };
    // Nothing that counts from later than giving ends sooner than if it counted from giving.
    let not_stated = terms.counted_from != Some(CountedFrom::Stated);
    notice.no_earlier_than =
        first.filter(|_| not_stated).and_then(|given| compute(Span::day(given), &undeemed, place.counting).earliest);
    for reading in &counted {
        notice.records.extend(reading.records.iter().copied());
        let step = Reason::new("notice.period", words(place.counting, terms, reading)).provision(reference);
        notice.steps.push(step.records(std::iter::once(act.seq).chain(reading.records.iter().copied())));
    }
    if counted.iter().any(|reading| reading.answers.len() > 1) {
        let text = format!(
            "neither the text nor {} says whether it ends on the corresponding day or on the day after; the day that is stated by the depositary settles it",
            place.counting.id()
        );
        notice.steps.push(Reason::new("notice.effect-open", text).provision(reference));
    }
    let unsettled = counted.iter().flat_map(|reading| &reading.answers).find_map(|answer| answer.undetermined.clone());
    let unknown = counted.iter().find(|reading| reading.from.is_none()).and_then(|reading| reading.reading);
    if let (Some(why), Some(_)) = (&unsettled, notice.ends) {
        notice.steps.push(Reason::new("notice.open", format!("not settled: {why}")).provision(reference));
    }
    let near = act.on.as_ref().filter(|on| on.is_approximate());
    notice.missing = match (unknown, notice.ends) {
        (Some(reading), _) => Some(match near.filter(|_| reading == CountedFrom::Given) {
            Some(near) => format!("{} is recorded as `{near}`, and how near that is is not said", reading.words()),
            None => format!("{} is not recorded", reading.words()),
        }),
        (None, None) => unsettled,
        (None, Some(_)) => None,
    };
    notice.reckoned.clause = notice.ends;
    notice.reckoned.counted_from = counted.iter().filter_map(|reading| reading.reading).map(|from| from.word().into()).collect();
    notice.reckoned.from = counted.iter().filter_map(|reading| reading.from).reduce(Span::hull);
    too_early(place, notice, reference, act.days(), terms);
}

/// The days on which it came into effect for a party: by its own consent before that day, where each comes in by itself; and the records
/// of that consent.
fn entry_for(place: Place, party: &str, before: Span) -> Option<(Span, Vec<u64>)> {
    let party = place.agreement.holder(party);
    let clause = place.agreement.provisions_of("entry-into-effect").find_map(|known| entry_into_effect::after(&known.value));
    let own = clause.and_then(|clause| {
        let own = consents(place).into_iter().rfind(|consent| consent.holder == party && consent.on.earliest <= before.latest)?;
        Some((consent::effect_of(place, &own, &clause)?, own.records(place)))
    });
    // Whoever was there when the agreement came into effect as a whole is bound from that day on.
    own.map(|(own, records)| (place.entry.map_or(own, |entry| own.later_of(entry)), records))
        .or(place.entry.map(|entry| (entry, Vec::new())))
}

/// A notice that is given when there is no power to give it.
fn too_early(place: Place, notice: &mut Notice, reference: &str, given: Span, terms: &NoticeTerms) {
    // Where receipt counts, a notice that was sent too early may have come in time.
    let given = notice.reckoned.from.map_or(given, |from| given.hull(from));
    let (Some((own, consent)), Some(entry)) = (entry_for(place, &notice.by, given), place.entry) else {
        if terms.locked_for.is_some() || terms.window.is_some() {
            notice.missing.get_or_insert("whether it can be given yet: coming into effect is not recorded".into());
        }
        return;
    };
    if let Some(opens) = terms.opens(own, place.counting) {
        let period = terms.locked_for.map(|period| period.to_string()).unwrap_or_default();
        let text = format!("it can be given from {} on, {period} after coming into effect {}", opens.words(), own.words());
        notice.records.extend(&consent);
        notice.steps.push(Reason::new("notice.opens", text.clone()).provision(reference).records(consent));
        if given.latest < opens.earliest {
            notice.standing = Standing::TooEarly(text);
        } else if given.earliest < opens.latest {
            later::open(notice, format!("whether it was given in time: {text}"));
        }
    }
    let window = terms.window.and_then(|window| window.around(given.earliest, entry, place.counting));
    if let Some((opens, closes)) = window {
        let last = closes.moved(-1).map_or_else(String::new, Span::words);
        let text = format!("it can be given in the window from {} to {last}", opens.words());
        notice.steps.push(Reason::new("notice.window", text.clone()).provision(reference));
        if given.latest < opens.earliest {
            notice.standing = Standing::TooEarly(text);
        } else if given.earliest < opens.latest || given.latest >= closes.earliest {
            later::open(notice, format!("whether it was given in time: {text}"));
        }
    }
    if matches!(notice.standing, Standing::TooEarly(_)) {
        (notice.ends, notice.no_earlier_than, notice.reckoned.clause) = (None, None, None);
    }
}

fn words(counting: &Counting, terms: &NoticeTerms, counted: &Counted) -> String {
    let day = match (counted.reading, counted.deemed) {
        (Some(reading), false) => format!("counted from {}", reading.words()),
        (Some(_), true) => "counted from the day it is deemed received".into(),
        (None, _) => "counted from the day it came to be so".into(),
    };
    match (counted.from, counted.ends()) {
        (Some(from), Some(_)) if from.exact().is_some() => {
            let each: Vec<String> = counted.answers.iter().map(Answer::in_words).collect();
            let each = if each.iter().all(String::is_empty) { from.words() } else { each.join("; or ") };
            // Nobody recorded a dispatch, so that none is told of.
            let each = match counted.taken_as_dispatched {
                true => each.replace("dispatched on ", "given; taken as dispatched that day, "),
                false => each,
            };
            format!("{day}: {each} (regime {})", counting.id())
        }
        (Some(from), Some(ends)) => {
            let day = match counted.taken_as_dispatched {
                true => format!("{day}; given, and taken as dispatched that day"),
                false => day,
            };
            let period = terms.clause.period.map(|period| format!("{period} gives ")).unwrap_or_default();
            format!("{day}, {}: {period}{} (regime {})", from.words(), ends.words(), counting.id())
        }
        (Some(_), None) => format!("{day}: no date can be told"),
        (None, _) => format!("{day}: that day is not recorded"),
    }
}

/// A notice that keeps the term from being renewed: it ends the agreement with the term that is running, if it comes in time.
fn not_renewed(place: Place, notice: &mut Notice, act: &Act, given: &NoticeGiven, terms: &term::TermTerms) {
    // The term that ran when it was given, whatever was prolonged later.
    let then = Place { as_of: act.days().latest, ..place };
    let known = place.agreement.provision(&given.power).and_then(|known| Term::of(then, known));
    let (Some(entry), Some(term)) = (place.entry, known) else {
        notice.missing = Some("when the term began is not recorded".into());
        return;
    };
    let Some(renewal) = &terms.renewal else {
        notice.missing = Some("the text says of no notice that keeps the term from being renewed".into());
        return;
    };
    let readings = match renewal.counted_from {
        Some(from) => vec![from],
        None => vec![CountedFrom::Given, CountedFrom::Received],
    };
    let mut ends: Vec<Option<Span>> = Vec::new();
    for reading in &readings {
        let found = trigger(place, act, given, *reading);
        let end = found.and_then(|(day, _)| term.not_renewed_by(place.counting, entry, day));
        let Some((day, seq)) = found else {
            notice.missing = Some(format!("{} is not recorded", reading.words()));
            ends.push(None);
            continue;
        };
        notice.records.extend(seq);
        if let Some(end) = &end {
            let text = format!("counted from {}, {}: {}", reading.words(), day.words(), end.words());
            let records = std::iter::once(act.seq).chain(seq).chain(term.prolonged_by());
            notice.records.extend(term.prolonged_by());
            notice.steps.push(Reason::new("notice.renewal", text).provision(&notice.provision).records(records));
        }
        notice.reckoned.counted_from.push(reading.word().into());
        notice.reckoned.from = Some(notice.reckoned.from.map_or(day, |from| from.hull(day)));
        ends.push(end.map(|end| end.span));
    }
    notice.ends = Span::of_all(ends);
    notice.reckoned.clause = notice.ends;
    let given = term.not_renewed_by(place.counting, entry, act.days());
    notice.no_earlier_than = given.map(|end| end.span.earliest);
}

impl NoticeTerms {
    /// Terms that only count.
    pub(crate) fn plain(clause: Clause) -> Self {
        NoticeTerms {
            clause,
            form: None,
            counted_from: None,
            locked_for: None,
            window: None,
            hold_while: None,
            condition: None,
            may_name_later_date: false,
            retraction: terms::Retraction::Alone,
        }
    }

    /// Whether a later day that a notice names counts.
    pub fn takes_later_date(&self) -> bool {
        self.may_name_later_date || self.clause.quantifier == Some(Quantifier::AtLeast)
    }
}
