//! A deadline as a pure function of values: trigger, clause, regime, calendars. The order is fixed: deemed receipt, then years and months
//! with one rounding, then days, then the quantifier, then what the clause adds, then a roll, for acts only.
//!
//! Every step is cited. What the rules do not settle comes back as `undetermined`, with the days it lies between.

use std::borrow::Cow;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::calendar::Calendar;
use super::notice_day;
use super::period::Period;
use super::regime::{Almanac, AtLeast, Cited, Edition, EffectDay, MissingDay, Regime, ShortPeriod};
use super::span::Span;
use super::then::{MonthDay, Then};

/// What a text says of a time: all that is counted by, but the day that it is counted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// How long; may be left out where `then` says all, or where the effect comes at once.
    pub period: Option<Period>,
    /// Count back from the event.
    pub backward: bool,
    /// An act to be done in time, or an effect that begins.
    pub purpose: Purpose,
    /// Exactly, at least, clear, within; `None`: as the regime has it.
    pub quantifier: Option<Quantifier>,
    /// Instead of the regime's own.
    pub effect: Option<EffectDay>,
    /// Instead of the regime's own.
    pub missing_day: Option<MissingDay>,
    /// Instead of the regime's own.
    pub sticky: Option<bool>,
    /// What the clause adds after the period.
    pub then: Option<Then>,
    /// The cut-off day before which `then`'s fixed day counts from this year.
    pub cutoff: Option<MonthDay>,
    /// The answer is no earlier than this.
    pub not_before: Option<NaiveDate>,
    /// The event is deemed to happen so much later.
    pub deemed_received_after: Option<Period>,
    /// The day of the event counts as the first day.
    pub count_trigger_day: bool,
}

impl Clause {
    /// A period for an act, by the regime's own rules.
    pub fn act(period: Period) -> Self {
        Clause { period: Some(period), ..Clause::at_once(Purpose::Act) }
    }

    /// A period until an effect, by the regime's own rules.
    pub fn effect(period: Period) -> Self {
        Clause { period: Some(period), ..Clause::at_once(Purpose::Effect) }
    }

    /// No period: on the day itself.
    pub fn at_once(purpose: Purpose) -> Self {
        Clause {
            period: None,
            backward: false,
            purpose,
            quantifier: None,
            effect: None,
            missing_day: None,
            sticky: None,
            then: None,
            cutoff: None,
            not_before: None,
            deemed_received_after: None,
            count_trigger_day: false,
        }
    }

    /// Whether it leaves open if an effect begins on the corresponding day or on the day after it: a period that is neither a least
    /// nor clear, without a day that the clause names.
    pub fn leaves_effect_open(&self) -> bool {
        let is_plain = matches!(self.quantifier, None | Some(Quantifier::Exactly));
        self.effect.is_none() && self.then.is_none() && is_plain && self.period.is_some_and(|period| period.hours() == 0)
    }
}

/// What a date is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The last day on which something can be done in time.
    Act,
    /// The first day of an effect.
    Effect,
}

/// How a period is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Quantifier {
    Exactly,
    AtLeast,
    Clear,
    Within,
}

/// What an agreement, or whoever asks, counts by.
#[derive(Debug, Clone)]
pub struct Counting<'a> {
    /// The regime; or why there is none to count by, and then no date can be told.
    pub regime: Result<Cow<'a, Regime>, String>,
    /// Whose holidays count. Several: each party's own.
    pub calendars: Vec<&'a Calendar>,
}

impl<'a> Counting<'a> {
    /// By a regime, without a calendar.
    pub fn by(regime: &'a Regime) -> Self {
        Counting { regime: Ok(Cow::Borrowed(regime)), calendars: Vec::new() }
    }

    /// By the regime and the calendars of these ids. Where one of them is not in the almanac, no date can be told.
    pub fn named(almanac: &'a Almanac, regime: &str, calendars: &[String]) -> Self {
        let found = almanac.regime(regime).ok_or_else(|| format!("`{regime}` is not a regime that these rules know"));
        let unknown = calendars.iter().find(|id| almanac.calendar(id).is_none());
        let regime = match unknown {
            Some(id) => Err(format!("`{id}` is not a calendar that these rules know")),
            None => found,
        };
        Counting { regime, calendars: calendars.iter().filter_map(|id| almanac.calendar(id)).collect() }
    }

    /// Whether an effect that the clause counts to may begin on the corresponding day or on the day after, neither clause nor regime saying.
    pub fn leaves_effect_open(&self, clause: &Clause, from: Span) -> bool {
        let is_settled = |regime: &Cow<Regime>| regime.edition(from.earliest).effect_is_settled;
        clause.leaves_effect_open() && !self.regime.as_ref().is_ok_and(is_settled)
    }

    /// Whether a last day that is counted back to lies a day further back, both ends being outside (`clear`), by the regime's own rule.
    pub fn counts_back_clear(&self, from: NaiveDate) -> bool {
        self.regime.as_ref().is_ok_and(|regime| regime.edition(from).backward.value.clear)
    }

    /// The regime's id, for a line that says by what it was counted.
    pub fn id(&self) -> &str {
        self.regime.as_ref().map_or("none", |regime| &regime.id)
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Earliest day it could be; `None` past the calendar's end.
    pub earliest: Option<NaiveDate>,
    /// Latest day it could be.
    pub latest: Option<NaiveDate>,
    /// Where the day ends or the effect begins, in words.
    pub ends_at: String,
    /// The counting, step by step.
    pub steps: Vec<Step>,
    /// What a reader should know beside the date.
    pub warnings: Vec<String>,
    /// What is missing, where it is not one day.
    pub undetermined: Option<String>,
}

/// One step of the counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub text: String,
    /// The rule: an article, or the clause's own words.
    pub rule: String,
    /// Where the rule is from.
    pub source: String,
    /// It names a day, and does not only say how days are counted.
    pub names_a_day: bool,
}

/// The rule of a step that the clause itself asks for.
pub const BY_CLAUSE: &str = "the clause";

impl Answer {
    /// No day at all.
    fn none(why: &str) -> Self {
        let undetermined = Some(why.to_string());
        let (steps, warnings) = (Vec::new(), Vec::new());
        Answer { earliest: None, latest: None, ends_at: String::new(), steps, warnings, undetermined }
    }

    /// The day, if it is one.
    pub fn date(&self) -> Option<NaiveDate> {
        self.earliest.filter(|earliest| Some(*earliest) == self.latest && self.undetermined.is_none())
    }

    /// The days it lies between, if they are in the calendar.
    pub fn span(&self) -> Option<Span> {
        Some(Span { earliest: self.earliest?, latest: self.latest? })
    }

    /// The steps that name a day, in a line, each with the article it rests on.
    pub fn in_words(&self) -> String {
        let words = |step: &Step| match step.rule.as_str() {
            "" | "none" | BY_CLAUSE => step.text.clone(),
            article => format!("{} ({article})", step.text),
        };
        let steps: Vec<String> = self.steps.iter().filter(|step| step.names_a_day).map(words).collect();
        steps.join("; ")
    }
}

/// Counts from a day, or from days that it could be.
pub fn compute(from: Span, clause: &Clause, counting: &Counting) -> Answer {
    let regime = match &counting.regime {
        Ok(regime) => regime,
        Err(why) => return Answer::none(why),
    };
    let edition = regime.edition(from.earliest);
    let count = |from: NaiveDate| Count::new(clause, counting, regime, regime.edition(from)).run(from);
    let (first, last) = (count(from.earliest), count(from.latest));
    // Where the rules changed in between, the days on both sides of the change are counted too, each by its own rules.
    let changes =
        regime.editions.iter().filter_map(|edition| edition.from).filter(|day| from.earliest < *day && *day <= from.latest);
    let between = changes.flat_map(|day| [day.pred_opt().unwrap_or(day), day]).map(|day| count(day).span);
    let ends = first.span.zip(last.span).map(|(first, last)| first.hull(last));
    let span = between.fold(ends, |span, other| span.zip(other).map(|(span, other)| span.hull(other)));
    let mut undetermined = first.undetermined.clone().or(last.undetermined.clone());
    let is_range = from.exact().is_none();
    if is_range && undetermined.is_none() && span.and_then(Span::exact).is_none() {
        undetermined = Some(format!("the day of the event: it lies {}", from.words()));
    }
    let mut steps = first.steps;
    if is_range {
        let at = |span: Option<Span>| span.map_or("past the calendar".into(), Span::words);
        let text = format!("counted from {}: {}; from {}: {}", from.earliest, at(first.span), from.latest, at(last.span));
        steps.push(Step::day(text));
    }
    let mut warnings = first.warnings;
    warnings.extend(last.warnings.into_iter().filter(|warning| !warnings.contains(warning)).collect::<Vec<_>>());
    let in_hours = clause.period.is_some_and(|period| period.hours() > 0);
    let ends_at = match (clause.purpose, span) {
        (_, None) => String::new(),
        (_, Some(span)) if in_hours => format!("the same hour of {} as that of the event", span.latest),
        (Purpose::Act, Some(span)) => format!("{} of {}", edition.ends_at.value, span.latest),
        (Purpose::Effect, Some(span)) => format!("the beginning of {}", span.earliest),
    };
    Answer {
        earliest: span.map(|span| span.earliest),
        latest: span.map(|span| span.latest),
        ends_at,
        steps,
        warnings,
        undetermined,
    }
}

/// One counting from one day.
pub(super) struct Count<'a> {
    pub(super) clause: &'a Clause,
    pub(super) counting: &'a Counting<'a>,
    pub(super) regime: &'a Regime,
    pub(super) edition: &'a Edition,
    pub(super) steps: Vec<Step>,
    pub(super) warnings: Vec<String>,
    pub(super) undetermined: Option<String>,
}

/// What came of one counting.
struct Counted {
    span: Option<Span>,
    steps: Vec<Step>,
    warnings: Vec<String>,
    undetermined: Option<String>,
}

impl Step {
    /// A step that names a day and needs no rule.
    pub(super) fn day(text: impl Into<String>) -> Step {
        Step { text: text.into(), rule: String::new(), source: String::new(), names_a_day: true }
    }
}

impl<'a> Count<'a> {
    fn new(clause: &'a Clause, counting: &'a Counting<'a>, regime: &'a Regime, edition: &'a Edition) -> Self {
        Count { clause, counting, regime, edition, steps: Vec::new(), warnings: Vec::new(), undetermined: None }
    }

    fn run(mut self, from: NaiveDate) -> Counted {
        let span = self.counted(from);
        if span.is_none() && self.undetermined.is_none() {
            self.undetermined = Some("the date lies past the calendar".into());
        }
        Counted { span, steps: self.steps, warnings: self.warnings, undetermined: self.undetermined }
    }

    fn counted(&mut self, from: NaiveDate) -> Option<Span> {
        let from = self.deemed(from)?;
        let span = match self.clause.period {
            None => Span::day(from),
            Some(period) => self.period(from, period)?,
        };
        let span = self.then(from, span)?;
        let span = self.not_before(span);
        let base = self.base(from)?;
        self.rolled(base, span)
    }

    /// By a rule of the regime.
    pub(super) fn step<T>(&mut self, rule: &Cited<T>, text: impl Into<String>) {
        let (rule, source) = (rule.article.clone(), rule.source.clone());
        self.steps.push(Step { text: text.into(), rule, source, names_a_day: true });
    }

    /// A rule of the regime that was applied, without a day.
    fn principle<T>(&mut self, rule: &Cited<T>, text: impl Into<String>) {
        self.step(rule, text);
        self.names_no_day();
    }

    fn by_clause(&mut self, text: impl Into<String>) {
        let (rule, source) = (BY_CLAUSE.into(), "as asked".into());
        self.steps.push(Step { text: text.into(), rule, source, names_a_day: true });
    }

    fn names_no_day(&mut self) {
        if let Some(last) = self.steps.last_mut() {
            last.names_a_day = false;
        }
    }

    pub(super) fn unsettled(&mut self, why: impl Into<String>) {
        self.undetermined.get_or_insert(why.into());
    }

    fn deemed(&mut self, from: NaiveDate) -> Option<NaiveDate> {
        let Some(later) = self.clause.deemed_received_after else { return Some(from) };
        let deemed = later.after(from)?;
        self.by_clause(format!("dispatched on {from}, deemed received {later} later, on {deemed}"));
        Some(deemed)
    }

    fn period(&mut self, from: NaiveDate, period: Period) -> Option<Span> {
        let counted = self.counts_trigger_day();
        // Hours run from their hour, whatever the day counts for.
        let base = if period.hours() > 0 { from } else { self.base(from)? };
        let rule = self.edition.trigger_day_counted.clone();
        match (counted, self.clause.count_trigger_day) {
            // The rule is one for days.
            _ if period.hours() > 0 => {}
            (true, true) => self.by_clause(format!("{from} is itself the first day counted")),
            (true, false) => self.step(&rule, format!("{from} is itself the first day counted")),
            (false, _) => self.principle(&rule, format!("{from}, the day of the event, is not counted")),
        }
        let span = if self.clause.backward { self.backward(base, period)? } else { self.forward(base, period)? };
        self.quantified(span, period)
    }

    /// The day before the first that is counted.
    fn base(&self, from: NaiveDate) -> Option<NaiveDate> {
        match (self.counts_trigger_day(), self.clause.backward) {
            (false, _) => Some(from),
            (true, false) => from.pred_opt(),
            (true, true) => from.succ_opt(),
        }
    }

    fn counts_trigger_day(&self) -> bool {
        self.clause.count_trigger_day || self.edition.trigger_day_counted.value
    }

    /// Months that begin with a day end on the day before the one that corresponds to it, or on the last of a month that lacks it.
    fn months_beginning_with(&mut self, first: NaiveDate, months: u32) -> Option<Span> {
        let corresponding = first.checked_add_months(Months::new(months))?;
        let last = if corresponding.day() == first.day() { corresponding.pred_opt()? } else { corresponding };
        let words = Period::of_months(months);
        self.steps.push(Step::day(format!("{first} itself counted, {words}: {last}")));
        Some(Span::day(last))
    }

    fn forward(&mut self, base: NaiveDate, period: Period) -> Option<Span> {
        if period.hours() > 0 {
            return self.hours(base, period.hours());
        }
        if period.working_days() > 0 {
            return self.working_days(base, period.working_days().into(), 1);
        }
        if self.skips_closed_days(period) {
            let rule = self.edition.short_period.clone()?;
            self.principle(&rule, "in so short a period, days on which nothing can be done are not counted");
            return self.open_days(base, period.days().into(), 1);
        }
        let span = match self.counts_trigger_day() && period.has_months() {
            true => self.months_beginning_with(base.succ_opt()?, period.months())?,
            false => self.months(base, period.months(), 1)?,
        };
        self.days(span, period.days(), 1)
    }

    /// A rule for acts: an effect begins on its day, however short the period.
    fn skips_closed_days(&self, period: Period) -> bool {
        match self.edition.short_period.as_ref().map(|rule| rule.value) {
            Some(ShortPeriod::SkipNonWorking { upto_days }) if self.clause.purpose == Purpose::Act => {
                period.months() == 0 && period.days() > 0 && period.days() <= upto_days
            }
            _ => false,
        }
    }

    fn backward(&mut self, base: NaiveDate, period: Period) -> Option<Span> {
        if period.hours() > 0 {
            self.unsettled("counting hours back needs the hour of the event");
            let days = u64::from(period.hours().div_ceil(24));
            return Some(Span { earliest: base.checked_sub_days(Days::new(days))?, latest: base });
        }
        let span = if period.working_days() > 0 {
            self.working_days(base, period.working_days().into(), -1)?
        } else if self.skips_closed_days(period) {
            // The rule speaks of counting forward; whether it holds for counting back is not said.
            let plainly = self.days(Span::day(base), period.days(), -1)?;
            let skipping = self.open_days(base, period.days().into(), -1)?;
            self.unsettled("whether days that are no working days count when counting back");
            plainly.hull(skipping)
        } else {
            let span = self.months(base, period.months(), -1)?;
            self.days(span, period.days(), -1)?
        };
        let clear = match self.clause.quantifier {
            Some(Quantifier::Clear) => true,
            Some(_) => false,
            None => self.edition.backward.value.clear,
        };
        if !clear {
            self.warn_of_search(base, period, span.latest);
            return Some(span);
        }
        let span = span.moved(-1)?;
        let text = format!("both the day of the event and the last day lie outside, one day more: {}", span.words());
        match self.clause.quantifier {
            Some(_) => self.by_clause(text),
            None => self.step(&self.edition.backward.clone(), text),
        }
        Some(span)
    }

    /// Counting back is no search for the last day from which the period still ends in time: months make them differ.
    fn warn_of_search(&mut self, event: NaiveDate, period: Period, found: NaiveDate) {
        let forward = Clause { period: Some(period), ..Clause::at_once(Purpose::Act) };
        let plainly = Counting { calendars: Vec::new(), ..self.counting.clone() };
        let in_time = |from: NaiveDate| Count::new(&forward, &plainly, self.regime, self.edition).forward(from, period);
        if let Some(last) =
            notice_day::search(event, |from| in_time(from).is_some_and(|span| span.latest <= event)).filter(|last| *last != found)
        {
            self.warnings.push(format!("counted forward, {period} from {last} end by {event} too: that is the last such day"));
        }
    }

    /// Years and months at once, with one rounding.
    fn months(&mut self, from: NaiveDate, months: u32, direction: i32) -> Option<Span> {
        if months == 0 {
            return Some(Span::day(from));
        }
        let last = if direction > 0 {
            from.checked_add_months(Months::new(months))?
        } else {
            from.checked_sub_months(Months::new(months))?
        };
        let words = Period::of_months(months);
        let sign = if direction > 0 { "and" } else { "less" };
        // Counting back, the period ends before the event and begins on a day like any other: a last day of a month leads to its own number.
        let sticky = direction > 0 && self.clause.sticky.unwrap_or(self.edition.sticky.value);
        if sticky && is_last_of_month(from) && last != last_of_month(last)? {
            let end = last_of_month(last)?;
            let text = format!("{from} {sign} {words}: from the last day of a month to the last day of a month, {end}");
            match self.clause.sticky {
                Some(_) => self.by_clause(text),
                None => self.step(&self.edition.sticky, text),
            }
            return Some(Span::day(end));
        }
        if last.day() == from.day() {
            self.steps.push(Step::day(format!("{from} {sign} {words}: {last}")));
            return Some(Span::day(last));
        }
        let next = last.succ_opt()?;
        // Months counted as months know no day that could be missing.
        let by_month = self.clause.then == Some(Then::FirstOfThatMonth);
        let asked = self.clause.missing_day.filter(|_| !by_month);
        let rule = if by_month { MissingDay::Last } else { asked.unwrap_or(self.edition.missing_day.value) };
        let own = asked.is_none();
        let lacks = format!("{from} {sign} {words}: that month has no day {}", from.day());
        let (span, text) = match rule {
            MissingDay::Last => (Span::day(last), format!("{lacks}, so its last day, {last}")),
            MissingDay::Next => (Span::day(next), format!("{lacks}, so the first day of the next, {next}")),
            MissingDay::Refuse => {
                self.unsettled(format!("which day is meant where the month has no day {}", from.day()));
                (Span { earliest: last, latest: next }, format!("{lacks}: {last} or {next}"))
            }
        };
        if own {
            self.step(&self.edition.missing_day, text);
            self.warn_of_another_month(last, next);
        } else {
            self.by_clause(text);
        }
        Some(span)
    }

    /// A day more or less is a month more or less where the clause goes to the first of the next.
    fn warn_of_another_month(&mut self, last: NaiveDate, next: NaiveDate) {
        let Some(then @ Then::FirstOfNextMonth) = self.clause.then else { return };
        if let (Some(one), Some(other)) = (then.of(last), then.of(next)) {
            self.warnings.push(format!(
                "rounded to {next} instead of {last}, the first day of the month after would be {other}, not {one}"
            ));
        }
    }

    fn days(&mut self, span: Span, days: u32, direction: i64) -> Option<Span> {
        if days == 0 {
            return Some(span);
        }
        let moved = span.moved(direction * i64::from(days))?;
        let sign = if direction > 0 { "and" } else { "less" };
        self.steps.push(Step::day(format!("{} {sign} {}: {}", span.words(), Period::of_days(days), moved.words())));
        Some(moved)
    }

    /// Hours run at once, from an hour that a date does not have.
    fn hours(&mut self, from: NaiveDate, hours: u32) -> Option<Span> {
        let (whole, rest) = (u64::from(hours / 24), hours % 24);
        let earliest = from.checked_add_days(Days::new(whole))?;
        let latest = if rest == 0 { earliest } else { earliest.succ_opt()? };
        self.steps.push(Step::day(format!(
            "{hours} hours from an hour of {from} end at that hour, {}",
            Span { earliest, latest }.words()
        )));
        if rest != 0 {
            self.unsettled("the hour of the event");
        }
        self.warnings.push("a period in hours ends at the same hour of the clock, not at the end of the day".into());
        Some(Span { earliest, latest })
    }

    fn quantified(&mut self, span: Span, period: Period) -> Option<Span> {
        if self.clause.backward || period.hours() > 0 {
            return Some(span);
        }
        let is_effect = self.clause.purpose == Purpose::Effect;
        let effect = self.clause.effect.unwrap_or(self.edition.effect.value);
        let clear = self.clause.quantifier == Some(Quantifier::Clear);
        let at_least = self.clause.quantifier == Some(Quantifier::AtLeast);
        let at_least_after = at_least && self.edition.at_least.value == AtLeast::DayAfter;
        // A day that the clause names is named from the last day of the period, not from the day after it.
        let next_day = is_effect && effect == EffectDay::NextDay && self.clause.then.is_none();
        let more = clear || at_least_after || next_day;
        let span = span.moved(i64::from(more))?;
        if clear {
            self.by_clause(format!("clear: both ends lie outside, so one day more, {}", span.words()));
        } else if at_least_after {
            self.step(&self.edition.at_least.clone(), format!("“at least” is satisfied on the day after, {}", span.words()));
        } else if at_least {
            self.principle(&self.edition.at_least.clone(), "“at least” is satisfied on the corresponding day itself");
            if let (false, Some(after)) = (self.edition.at_least_is_settled, span.moved(1)) {
                let regime = &self.regime.id;
                self.warnings.push(format!(
                    "courts under {regime} do not agree on “at least”: {} is safe under either reading",
                    after.words()
                ));
            }
        }
        if is_effect && !clear && !at_least_after && self.clause.then.is_none() {
            let text = if next_day {
                format!("the effect begins on the day after, {}", span.words())
            } else {
                "the effect begins on the corresponding day".into()
            };
            match self.clause.effect {
                Some(_) => self.by_clause(text),
                None => self.step(&self.edition.effect.clone(), text),
            }
            if !next_day {
                self.names_no_day();
            }
            self.warn_of_open_effect(span, period);
        }
        Some(span)
    }

    /// Those who read the same words do not all read them alike (time.md, depositary practice): the other day is worth knowing.
    fn warn_of_open_effect(&mut self, span: Span, period: Period) {
        if self.edition.effect_is_settled || !self.clause.leaves_effect_open() {
            return;
        }
        let other = match self.edition.effect.value {
            EffectDay::SameDay => span.moved(1),
            EffectDay::NextDay => span.moved(-1),
        };
        if let Some(other) = other {
            let regime = &self.regime.id;
            self.warnings.push(format!(
                "{regime} does not say whether an effect after {period} begins on the corresponding day or the day after: it may be {}",
                other.words()
            ));
        }
    }

    fn then(&mut self, from: NaiveDate, span: Span) -> Option<Span> {
        let Some(then) = self.clause.then else { return Some(span) };
        let span = match self.clause.cutoff {
            None => span,
            Some(cutoff) => {
                let passed = cutoff.on_or_after(from)?;
                self.by_clause(format!("the first {cutoff} on or after {from}: {passed}"));
                span.later_of(Span::day(passed))
            }
        };
        let span = span.map(|day| then.of(day))?;
        self.by_clause(format!("{then}: {}", span.words()));
        if matches!(then, Then::FixedDay(day) if day.is_leap_day())
            && [span.earliest, span.latest].iter().any(|day| day.day() != 29)
        {
            self.warnings.push("29 February is taken for the last of February in a common year".into());
        }
        if span.earliest <= from {
            self.warnings.push("the day found is not after the event".into());
        }
        Some(span)
    }

    fn not_before(&mut self, span: Span) -> Span {
        let Some(first) = self.clause.not_before.filter(|first| span.earliest < *first) else { return span };
        self.by_clause(format!("not before {first}"));
        span.later_of(Span::day(first))
    }
}

fn last_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

fn is_last_of_month(day: NaiveDate) -> bool {
    day.succ_opt().is_none_or(|next| next.day() == 1)
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::Weekday;

    use super::super::regime::{Backward, Cited, RollBack};
    use super::*;

    fn rule<T>(value: T) -> Cited<T> {
        Cited { value, article: String::new(), source: String::new() }
    }

    /// Plain counting, month ends sticking or not.
    pub fn plain(sticky: bool) -> Regime {
        let edition = Edition {
            from: None,
            trigger_day_counted: rule(false),
            missing_day: rule(MissingDay::Last),
            sticky: rule(sticky),
            ends_at: rule("end of the day".into()),
            effect: rule(EffectDay::SameDay),
            effect_is_settled: true,
            at_least: rule(AtLeast::CorrespondingDay),
            at_least_is_settled: true,
            backward: rule(Backward { clear: false, roll: RollBack::None }),
            roll: None,
            short_period: None,
        };
        Regime {
            id: "plain".into(),
            name: String::new(),
            about: String::new(),
            weekend: vec![Weekday::Sat, Weekday::Sun],
            editions: vec![edition],
        }
    }

    pub fn clause(period: Period) -> Clause {
        Clause::act(period)
    }

    fn counted(from: Span, period: Period, regime: &Regime) -> Answer {
        compute(from, &clause(period), &Counting::by(regime))
    }

    fn day(offset: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::TimeDelta::days(offset)
    }

    #[test]
    fn the_korean_and_japanese_start_day_method_is_the_corresponding_date_with_month_ends_that_stick() {
        // Counting from the day after: the period ends on the day before the day that corresponds to it, or on the last of the month.
        let by_start_day = |from: NaiveDate, months: u32| {
            let start = from.succ_opt().unwrap();
            let target = start.with_day(1).unwrap().checked_add_months(Months::new(months)).unwrap();
            match target.with_day(start.day()) {
                Some(corresponding) => corresponding.pred_opt().unwrap(),
                None => last_of_month(target).unwrap(),
            }
        };
        let regime = plain(true);
        for offset in 0..146_097 {
            for months in [1, 2, 3, 6, 9, 12, 18, 24, 60] {
                let from = day(offset);
                let ours = counted(Span::day(from), Period::of_months(months), &regime).date();
                assert_eq!(ours, Some(by_start_day(from, months)), "{from} + {months} months");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn a_day_inside_the_span_lands_inside_the_answer(offset in 0i64..70_000, width in 0i64..200, inside in 0i64..200, months in 0u32..40, days in 0u32..90, sticky: bool) {
            let period: Period = format!("P{months}M{}D", days + 1).parse().unwrap();
            let regime = plain(sticky);
            let whole = counted(Span { earliest: day(offset), latest: day(offset + width) }, period, &regime);
            let one = counted(Span::day(day(offset + inside.min(width))), period, &regime).date().unwrap();
            assert!(whole.earliest.unwrap() <= one && one <= whole.latest.unwrap());
        }

        #[test]
        fn a_later_event_never_gives_an_earlier_day(offset in 0i64..70_000, later in 0i64..40, months in 0u32..40, sticky: bool) {
            let period = Period::of_months(months + 1);
            let regime = plain(sticky);
            let at = |offset: i64| counted(Span::day(day(offset)), period, &regime).date().unwrap();
            assert!(at(offset) <= at(offset + later));
        }
    }
}
