//! How long an agreement lasts, and how its term is renewed. Every term is counted from the anchor, never from the term before, so that
//! month ends do not drift.

use chrono::NaiveDate;
use events::Event;
use events::terms::Provision;

use crate::counted;
use crate::fault::Fault;
use crate::notice::{CountedFrom, Place};
use crate::reader::Reader;
use crate::register::{Agreement, Known};
use crate::time::compute::{Clause, Quantifier};
use crate::time::notice_day::last_day_before;
use crate::time::regime::EffectDay;
use crate::time::{Counting, Period, Span, compute};
use crate::versions;

/// What a text says of its term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermTerms {
    /// How long the first term is; `None`: no fixed end.
    pub length: Option<Period>,
    /// From what it counts.
    pub from: From,
    /// Whether the corresponding day is the first without it, or the day after; `None`: the text does not say.
    pub effect: Option<EffectDay>,
    /// How it is renewed.
    pub renewal: Option<Renewal>,
}

/// From when a term counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum From {
    Entry,
    Signature,
    Date(Span),
}

/// Tacit renewal: the term goes on for so long each time, unless somebody gives notice before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// How long each further term is.
    pub tacit: Period,
    /// So long before the end at the latest.
    pub before_end: Option<Period>,
    /// Exactly, at least, clear.
    pub quantifier: Option<Quantifier>,
    /// Which day of the notice must be in time; `None`: the text does not say.
    pub counted_from: Option<CountedFrom>,
}

/// Reads the keys of a `term`.
pub fn read(provision: &Provision, faults: &mut Vec<Fault>) -> TermTerms {
    let mut reader = Reader::new(&provision.terms, faults);
    let length = reader.calendar_period("length");
    let from = match reader.text("from") {
        None | Some("entry-into-force" | "entry-into-effect") => From::Entry,
        Some("signature") => From::Signature,
        Some(_) => match reader.date("from").and_then(|date| date.bounds()) {
            Some((earliest, latest)) => From::Date(Span { earliest, latest }),
            None => From::Entry,
        },
    };
    let effect = counted::effect(&mut reader);
    let renewal = reader.table("renewal", &["tacit", "unless_notice"], renewal).flatten();
    if renewal.is_some() && length.is_none() {
        reader.require("length");
    }
    TermTerms { length, from, effect, renewal }
}

fn renewal(reader: &mut Reader) -> Option<Renewal> {
    reader.require("tacit");
    let tacit = reader.calendar_period("tacit");
    let unless = reader.table("unless_notice", &["before_end", "quantifier", "counted_from", "form"], |reader| {
        reader.text("form");
        let quantifier = reader.choice("quantifier", &["exactly", "at-least", "clear"]).map(|word| match word {
            "clear" => Quantifier::Clear,
            "at-least" => Quantifier::AtLeast,
            _ => Quantifier::Exactly,
        });
        let counted_from = reader.choice("counted_from", &["given", "received", "dispatched"]).and_then(CountedFrom::named);
        (reader.calendar_period("before_end"), quantifier, counted_from)
    });
    let (before_end, quantifier, counted_from) = unless.unwrap_or((None, None, None));
    Some(Renewal { tacit: tacit?, before_end, quantifier, counted_from })
}

/// A term with the day that it counts from.
pub struct Term {
    /// Record of the provision.
    pub seq: u64,
    /// What the text says.
    pub terms: TermTerms,
    /// Signature, or the day that the text names, where it counts from there.
    anchor: Option<Span>,
    /// The day to which the parties prolonged it, and the record.
    renewed: Option<(Span, u64)>,
}

/// The end of one term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermEnd {
    /// How often it was renewed before.
    pub renewals: u32,
    /// The first day without the agreement, if it is not renewed.
    pub span: Span,
    /// The last day for a notice that keeps it from being renewed: the day that is sure, and the last possible.
    pub last_day: Option<Span>,
}

impl TermEnd {
    /// `the first term`, `renewed once`, `renewed 3 times`.
    pub fn renewed_words(&self) -> String {
        match self.renewals {
            0 => "the first term".into(),
            1 => "renewed once".into(),
            times => format!("renewed {times} times"),
        }
    }

    /// `in time for the end of the term, 2019-11-23 (by 2019-08-24)`.
    pub fn words(&self) -> String {
        let by = self.last_day.map(|day| format!(" (notice was due by {})", day.words())).unwrap_or_default();
        format!("in time for the end of the term, {}{by}", self.span.words())
    }
}

impl Term {
    /// The term of a provision, if it has a length.
    pub fn of(place: Place, known: &Known<Provision>) -> Option<Term> {
        let terms = read(&known.value, &mut Vec::new());
        terms.length?;
        let anchor = match &terms.from {
            From::Entry => None,
            // Without a recorded signature nobody can tell the end; the day of entry is another.
            From::Signature => Some(signed(place.agreement)?),
            From::Date(span) => Some(*span),
        };
        let renewed = place.agreement.acts.iter().rev().find_map(|act| match &act.event {
            Event::AgreementRenewed(renewed) if act.days().earliest <= place.as_of => {
                let (earliest, latest) = renewed.until.bounds()?;
                Some((Span { earliest, latest }, act.seq))
            }
            _ => None,
        });
        Some(Term { seq: known.seq, terms, anchor, renewed })
    }

    /// From which day it counts, where the agreement came into effect on `entry`.
    pub fn anchor(&self, entry: Span) -> Span {
        self.anchor.unwrap_or(entry)
    }

    /// Whether the parties set its end anew.
    pub fn is_prolonged(&self) -> bool {
        self.renewed.is_some()
    }

    /// The record by which they did.
    pub fn prolonged_by(&self) -> Option<u64> {
        self.renewed.map(|(_, seq)| seq)
    }

    /// The days on which the term that runs may be over, where its words were amended and nobody has recorded since to which day it was
    /// prolonged: under the earlier words it is over on another day. With what is missing, and the records of the amendment.
    pub fn under_all_words(&self, place: Place, known: &Known<Provision>, entry: Span) -> Option<(Span, String, Vec<u64>)> {
        let (earlier, change) = versions::before(place.agreement, known)?;
        let prolonged = place.agreement.acts.iter().find(|act| Some(act.seq) == self.prolonged_by());
        if prolonged.is_some_and(|act| change.from.earliest <= act.days().earliest) {
            return None;
        }
        let running = |term: &Term| Some(term.running(place.counting, entry, place.as_of)?.span);
        let own = running(self)?;
        let span = earlier.into_iter().filter_map(|known| running(&Term::of(place, known)?)).fold(own, Span::hull);
        let missing = format!(
            "how the term runs on that ran when {} was amended, {}: to which day it was prolonged is not recorded",
            known.value.reference, change.from_words
        );
        (span != own).then(|| (span, missing, change.records.clone()))
    }

    /// The same without what they did.
    pub fn unprolonged(&self) -> Term {
        Term { seq: self.seq, terms: self.terms.clone(), anchor: self.anchor, renewed: None }
    }

    /// What is open about the day that counts, if the text leaves it open.
    pub fn readings_words(&self) -> Option<String> {
        let renewal = self.terms.renewal.as_ref().filter(|renewal| renewal.counted_from.is_none())?;
        renewal
            .before_end
            .map(|_| "the text does not say whether it must be given or received by that day: received is safe".into())
    }

    /// The records that its ends rest on.
    pub fn records(&self) -> Vec<u64> {
        std::iter::once(self.seq).chain(self.renewed.map(|(_, seq)| seq)).collect()
    }

    /// The first day without the agreement, if it is not renewed after so many renewals.
    fn end(&self, counting: &Counting, entry: Span, renewals: u32) -> Option<Span> {
        let tacit = self.terms.renewal.as_ref().map(|renewal| renewal.tacit);
        match self.renewed {
            Some((until, _)) if renewals == 0 => Some(until),
            Some((until, _)) => until.map(|day| tacit?.times(renewals)?.after(day)),
            None => {
                let length = self.terms.length?;
                let whole = if renewals == 0 { length } else { length.and(tacit?.times(renewals)?)? };
                let clause = |effect| Clause { effect: Some(effect), ..Clause::effect(whole) };
                let on = |effect| compute(self.anchor(entry), &clause(effect), counting).span();
                match self.terms.effect {
                    Some(effect) => on(effect),
                    // Texts leave open whether the corresponding day is the last with it or the first without.
                    None => Some(on(EffectDay::SameDay)?.hull(on(EffectDay::NextDay)?)),
                }
            }
        }
    }

    /// Whether both the end and the last day for notice lie outside the period: by the text, or by the regime's own way of counting back.
    pub fn is_clear(&self, counting: &Counting, end: Span) -> bool {
        match self.terms.renewal.as_ref().and_then(|renewal| renewal.quantifier) {
            Some(quantifier) => quantifier == Quantifier::Clear,
            None => counting.counts_back_clear(end.earliest),
        }
    }

    /// The last day for a notice before an end: a search, and a day less where both ends lie outside.
    fn last_day(&self, counting: &Counting, end: Span) -> Option<Span> {
        let renewal = self.terms.renewal.as_ref()?;
        // Without a period notice must come before the end, and the end is the first day without.
        let Some(before_end) = renewal.before_end else { return end.moved(-1) };
        let is_clear = self.is_clear(counting, end);
        end.map(|end| last_day_before(end, before_end, is_clear, counting).map(|last| last.sure))
    }

    /// The ends of terms that are not over by a day, one after the other. A text without renewal has one, over or not.
    fn ends_after<'a>(&'a self, counting: &'a Counting, entry: Span, on: NaiveDate) -> impl Iterator<Item = TermEnd> + use<'a> {
        let renews = self.terms.renewal.is_some();
        let spans = (0..if renews { MOST_RENEWALS } else { 1 })
            .map_while(move |renewals| Some((renewals, self.end(counting, entry, renewals)?)));
        let pending = spans.skip_while(move |(_, span)| renews && span.latest <= on);
        pending.map(move |(renewals, span)| TermEnd { renewals, span, last_day: self.last_day(counting, span) })
    }

    /// The end of the term that runs on a day.
    pub fn running(&self, counting: &Counting, entry: Span, on: NaiveDate) -> Option<TermEnd> {
        self.ends_after(counting, entry, on).next()
    }

    /// The last end that comes by a day.
    pub fn last_end_by(&self, counting: &Counting, entry: Span, day: NaiveDate) -> Option<TermEnd> {
        let spans = (0..MOST_RENEWALS).map_while(|renewals| Some((renewals, self.end(counting, entry, renewals)?)));
        let (renewals, span) = spans.take_while(|(_, span)| span.earliest <= day).last()?;
        Some(TermEnd { renewals, span, last_day: self.last_day(counting, span) })
    }

    /// The end that a notice of that day brings about: the first for which it is in time. Where it may or may not be, both.
    pub fn not_renewed_by(&self, counting: &Counting, entry: Span, day: Span) -> Option<TermEnd> {
        let by = |end: &TermEnd| end.last_day.unwrap_or(end.span);
        let mut ends = self.ends_after(counting, entry, day.earliest).skip_while(|end| day.earliest > by(end).latest);
        let possible = ends.next()?;
        let sure = std::iter::once(possible.clone()).chain(ends).find(|end| day.latest <= by(end).earliest)?;
        Some(TermEnd { span: possible.span.hull(sure.span), ..possible })
    }
}

/// More than any agreement is renewed.
const MOST_RENEWALS: u32 = 1_000;

fn signed(agreement: &Agreement) -> Option<Span> {
    agreement.best_known(|event| matches!(event, Event::AgreementSigned(_))).map(crate::register::Act::days)
}
