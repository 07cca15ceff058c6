//! A deadline as a pure function of values: trigger, period, regime, calendars. The order is fixed: deemed receipt, then years and months
//! with one rounding, then days, then the quantifier, then what the clause adds, then a roll, for acts only.
//!
//! Every step is cited. What the rules do not settle comes back as `undetermined`, with the days it lies between.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::calendar::{Calendar, NotCovered, is_weekend};
use super::period::Period;
use super::reckoning::{Reckoning, Span};
use super::regime::{AtLeast, Cited, Edition, EffectDay, MissingDay, Regime, Roll, RollBack, ShortPeriod};

/// What is to be computed.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The day of the event, or the days it could be.
    pub from: Span,
    /// The day is said to be near that span, how near is not said.
    pub is_approximate: bool,
    /// How long; may be left out where `then` says all.
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
    /// Whose holidays count. Several: each party's own.
    pub calendars: Vec<&'a Calendar>,
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

/// What a clause adds after the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The first day of the month after the one in which the period ends.
    FirstOfNextMonth,
    /// The first day of the month in which the period ends.
    FirstOfThatMonth,
    /// The next such day of a year.
    FixedDay(MonthDay),
}

/// A day of every year; 29 February is the last of February in a common year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31, and in that month.
    pub day: u32,
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
}

impl Answer {
    /// The day, if it is one.
    pub fn date(&self) -> Option<NaiveDate> {
        self.earliest.filter(|earliest| Some(*earliest) == self.latest && self.undetermined.is_none())
    }
}

/// Counts.
pub fn compute(question: &Question, regime: &Regime) -> Answer {
    let edition = regime.edition(question.from.earliest);
    let count = |from: NaiveDate| Count::new(question, regime, edition).run(from);
    let (first, last) = (count(question.from.earliest), count(question.from.latest));
    let is_range = question.from.earliest != question.from.latest;
    let mut undetermined = first.undetermined.clone().or(last.undetermined.clone());
    if is_range && undetermined.is_none() {
        undetermined = Some(format!("the day of the event: it lies {}", question.from.words()));
    }
    if question.is_approximate {
        undetermined = Some("the day of the event is only said to be near, and how near is not said".into());
    }
    let mut steps = first.steps;
    if is_range {
        let at = |span: Option<Span>| span.map_or("past the calendar".into(), Span::words);
        let text = format!(
            "counted from {}: {}; from {}: {}",
            question.from.earliest,
            at(first.span),
            question.from.latest,
            at(last.span)
        );
        steps.push(plain(text));
    }
    let mut warnings = first.warnings;
    warnings.extend(last.warnings.into_iter().filter(|warning| !warnings.contains(warning)).collect::<Vec<_>>());
    let span = first.span.zip(last.span).map(|(first, last)| first.hull(last));
    let ends_at = match (question.purpose, span) {
        (_, None) => String::new(),
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
struct Count<'a> {
    question: &'a Question<'a>,
    regime: &'a Regime,
    edition: &'a Edition,
    steps: Vec<Step>,
    warnings: Vec<String>,
    undetermined: Option<String>,
}

/// What came of one counting.
struct Counted {
    span: Option<Span>,
    steps: Vec<Step>,
    warnings: Vec<String>,
    undetermined: Option<String>,
}

fn plain(text: impl Into<String>) -> Step {
    Step { text: text.into(), rule: String::new(), source: String::new() }
}

/// Without a calendar nobody can say how long a run of holidays is; the longest in the calendars at hand has eleven days.
const LONGEST_RUN: u64 = 14;

impl<'a> Count<'a> {
    fn new(question: &'a Question, regime: &'a Regime, edition: &'a Edition) -> Self {
        Count { question, regime, edition, steps: Vec::new(), warnings: Vec::new(), undetermined: None }
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
        let span = match self.question.period {
            None => Span::day(from),
            Some(period) => self.period(from, period)?,
        };
        let span = self.then(from, span)?;
        let span = self.not_before(span);
        self.rolled(from, span)
    }

    fn step<T>(&mut self, rule: &Cited<T>, text: impl Into<String>) {
        self.steps.push(Step { text: text.into(), rule: rule.article.clone(), source: rule.source.clone() });
    }

    fn by_clause(&mut self, text: impl Into<String>) {
        self.steps.push(Step { text: text.into(), rule: "the clause".into(), source: "as asked".into() });
    }

    fn unsettled(&mut self, why: impl Into<String>) {
        self.undetermined.get_or_insert(why.into());
    }

    fn deemed(&mut self, from: NaiveDate) -> Option<NaiveDate> {
        let Some(later) = self.question.deemed_received_after else { return Some(from) };
        let deemed = from.checked_add_months(Months::new(later.months()))?.checked_add_days(Days::new(later.days().into()))?;
        self.by_clause(format!("dispatched on {from}, deemed received {later} later, on {deemed}"));
        Some(deemed)
    }

    fn period(&mut self, from: NaiveDate, period: Period) -> Option<Span> {
        let counted = self.question.count_trigger_day || self.edition.trigger_day_counted.value;
        let base = if counted && !self.question.backward { from.pred_opt()? } else { from };
        match (counted, self.question.count_trigger_day) {
            (true, true) => self.by_clause(format!("{from} is itself the first day counted")),
            (true, false) => self.step(&self.edition.trigger_day_counted, format!("{from} is itself the first day counted")),
            (false, _) => self.step(&self.edition.trigger_day_counted, format!("{from}, the day of the event, is not counted")),
        }
        let span = if self.question.backward { self.backward(base, period)? } else { self.forward(base, period)? };
        self.quantified(span)
    }

    fn forward(&mut self, base: NaiveDate, period: Period) -> Option<Span> {
        if period.hours() > 0 {
            return self.hours(base, period.hours());
        }
        if period.working_days() > 0 {
            return self.working_days(base, period.working_days().into(), 1);
        }
        let skip = match self.edition.short_period.as_ref().map(|rule| rule.value) {
            Some(ShortPeriod::SkipNonWorking { upto_days }) => period.months() == 0 && period.days() <= upto_days,
            _ => false,
        };
        if skip {
            let rule = self.edition.short_period.clone()?;
            self.step(&rule, "in so short a period, days that are no working days are not counted");
            return self.working_days(base, period.days().into(), 1);
        }
        let span = self.months(base, period.months(), 1)?;
        self.days(span, period.days(), 1)
    }

    fn backward(&mut self, base: NaiveDate, period: Period) -> Option<Span> {
        if period.hours() > 0 {
            self.unsettled("counting hours back needs the hour of the event");
            let days = u64::from(period.hours().div_ceil(24));
            return Some(Span { earliest: base.checked_sub_days(Days::new(days))?, latest: base });
        }
        let span = if period.working_days() > 0 {
            self.working_days(base, period.working_days().into(), -1)?
        } else {
            let span = self.months(base, period.months(), -1)?;
            let span = self.days(span, period.days(), -1)?;
            self.warn_of_search(base, period, span.latest);
            span
        };
        let clear = match self.question.quantifier {
            Some(Quantifier::Clear) => true,
            Some(_) => false,
            None => self.edition.backward.value.clear,
        };
        if !clear {
            return Some(span);
        }
        let text = "both the day of the event and the last day lie outside: one day more";
        match self.question.quantifier {
            Some(_) => self.by_clause(text),
            None => self.step(&self.edition.backward, text),
        }
        moved(span, -1)
    }

    /// Counting back is no search for the last day from which the period still ends in time: months make them differ.
    fn warn_of_search(&mut self, event: NaiveDate, period: Period, found: NaiveDate) {
        if let Some(last) = Reckoning::CorrespondingDate.backward(event, period).filter(|last| *last != found) {
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
        let sticky = self.question.sticky.unwrap_or(self.edition.sticky.value);
        if sticky && is_last_of_month(from) && last != last_of_month(last)? {
            let end = last_of_month(last)?;
            let text = format!("{from} {sign} {words}: from the last day of a month to the last day of a month, {end}");
            match self.question.sticky {
                Some(_) => self.by_clause(text),
                None => self.step(&self.edition.sticky, text),
            }
            return Some(Span::day(end));
        }
        if last.day() == from.day() {
            self.steps.push(plain(format!("{from} {sign} {words}: {last}")));
            return Some(Span::day(last));
        }
        let next = last.succ_opt()?;
        // Months counted as months know no day that could be missing.
        let by_month = self.question.then == Some(Then::FirstOfThatMonth);
        let asked = self.question.missing_day.filter(|_| !by_month);
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
        } else {
            self.by_clause(text);
        }
        Some(span)
    }

    fn days(&mut self, span: Span, days: u32, direction: i64) -> Option<Span> {
        if days == 0 {
            return Some(span);
        }
        let moved = moved(span, direction * i64::from(days))?;
        let sign = if direction > 0 { "and" } else { "less" };
        self.steps.push(plain(format!("{} {sign} {}: {}", span.words(), Period::of_days(days), moved.words())));
        Some(moved)
    }

    /// Hours run at once, from an hour that a date does not have.
    fn hours(&mut self, from: NaiveDate, hours: u32) -> Option<Span> {
        let (whole, rest) = (u64::from(hours / 24), hours % 24);
        let earliest = from.checked_add_days(Days::new(whole))?;
        let latest = if rest == 0 { earliest } else { earliest.succ_opt()? };
        self.steps
            .push(plain(format!("{hours} hours from an hour of {from} end at that hour, {}", Span { earliest, latest }.words())));
        if rest != 0 {
            self.unsettled("the hour of the event");
        }
        self.warnings.push("a period in hours ends at the same hour of the clock, not at the end of the day".into());
        Some(Span { earliest, latest })
    }

    fn quantified(&mut self, span: Span) -> Option<Span> {
        if self.question.backward {
            return Some(span);
        }
        let effect = self.question.effect.unwrap_or(self.edition.effect.value);
        let clear = self.question.quantifier == Some(Quantifier::Clear);
        let at_least_after =
            self.question.quantifier == Some(Quantifier::AtLeast) && self.edition.at_least.value == AtLeast::DayAfter;
        if clear {
            self.by_clause("clear: both ends lie outside, so one day more");
        } else if self.question.quantifier == Some(Quantifier::AtLeast) {
            let text = if at_least_after {
                "“at least” is satisfied on the day after"
            } else {
                "“at least” is satisfied on the corresponding day itself"
            };
            self.step(&self.edition.at_least, text);
        }
        // A day that the clause names is named from the last day of the period, not from the day after it.
        let next_day = self.question.purpose == Purpose::Effect && effect == EffectDay::NextDay && self.question.then.is_none();
        if self.question.purpose == Purpose::Effect && !clear && !at_least_after && self.question.then.is_none() {
            let text = if next_day { "the effect begins on the day after" } else { "the effect begins on the corresponding day" };
            match self.question.effect {
                Some(_) => self.by_clause(text),
                None => self.step(&self.edition.effect, text),
            }
        }
        moved(span, i64::from(clear || at_least_after || next_day))
    }

    fn then(&mut self, from: NaiveDate, span: Span) -> Option<Span> {
        let first = |day: NaiveDate| day.with_day(1);
        let span = match self.question.then {
            None => return Some(span),
            Some(Then::FirstOfNextMonth) => both(span, |day| first(day)?.checked_add_months(Months::new(1)))?,
            Some(Then::FirstOfThatMonth) => both(span, first)?,
            Some(Then::FixedDay(fixed)) => {
                let after = match self.question.cutoff {
                    None => span,
                    Some(cutoff) => {
                        let passed = both(span, |day| cutoff.on_or_after(day))?;
                        self.by_clause(format!("the first {cutoff} on or after {}: {}", span.words(), passed.words()));
                        passed
                    }
                };
                both(after, |day| fixed.on_or_after(day.succ_opt()?))?
            }
        };
        let text = match self.question.then {
            Some(Then::FixedDay(fixed)) => format!("the next {fixed}: {}", span.words()),
            Some(Then::FirstOfThatMonth) => format!("the first day of that month: {}", span.words()),
            _ => format!("the first day of the month after: {}", span.words()),
        };
        self.by_clause(text);
        if self.question.period.is_none() && span.earliest <= from {
            self.warnings.push("the day found is not after the event".into());
        }
        Some(span)
    }

    fn not_before(&mut self, span: Span) -> Span {
        let Some(first) = self.question.not_before.filter(|first| span.earliest < *first) else { return span };
        self.by_clause(format!("not before {first}"));
        Span { earliest: span.earliest.max(first), latest: span.latest.max(first) }
    }

    /// Acts alone move; what takes effect does so on its day, whatever day it is.
    fn rolled(&mut self, from: NaiveDate, span: Span) -> Option<Span> {
        let in_hours = self.question.period.is_some_and(|period| period.hours() > 0);
        if self.question.purpose == Purpose::Effect || in_hours || self.question.then.is_some() {
            return Some(span);
        }
        if self.question.backward {
            return match self.edition.backward.value.roll {
                RollBack::None => Some(span),
                RollBack::Preceding => self.roll(span, -1),
                RollBack::Following => self.roll(span, 1),
            };
        }
        let span = self.roll(span, 1)?;
        self.two_working_days(from, span)
    }

    fn roll(&mut self, span: Span, direction: i64) -> Option<Span> {
        let Some(rule) = self.edition.roll.clone() else {
            self.warn_of_closed_days(span);
            return Some(span);
        };
        if let Some(condition) = &rule.value.condition {
            let moved = self.roll_by(&rule, span, direction)?;
            if moved != span {
                self.unsettled(format!("whether the last day moves: only {condition}"));
            }
            return Some(span.hull(moved));
        }
        self.roll_by(&rule, span, direction)
    }

    /// Moves each end, by each party's calendar.
    fn roll_by(&mut self, rule: &Cited<Roll>, span: Span, direction: i64) -> Option<Span> {
        if self.question.calendars.is_empty() && rule.value.holidays {
            return self.roll_blind(rule, span, direction);
        }
        let mut ends: Vec<(String, NaiveDate)> = Vec::new();
        for end in [span.earliest, span.latest] {
            for calendar in self.calendars() {
                match self.open_day(rule, end, direction, calendar) {
                    Ok(day) => ends.push((calendar.map_or("no calendar".into(), |calendar| calendar.id.clone()), day?)),
                    Err(not_covered) => {
                        self.unsettled(not_covered.to_string());
                        return self.roll_blind(rule, span, direction);
                    }
                }
            }
        }
        let moved = ends.iter().map(|(_, day)| Span::day(*day)).reduce(Span::hull)?;
        if moved != span {
            let text = format!("nothing can be done on {}: moved to {}", span.words(), moved.words());
            self.step(rule, text);
        }
        let differ = ends.iter().any(|(_, day)| *day != ends[0].1) && span.earliest == span.latest;
        if differ {
            let each: Vec<String> =
                ends.iter().take(self.question.calendars.len()).map(|(id, day)| format!("{id}: {day}")).collect();
            self.unsettled(format!("whose holidays count: {}", each.join(", ")));
        }
        Some(moved)
    }

    /// Each calendar, or none.
    fn calendars(&self) -> Vec<Option<&'a Calendar>> {
        if self.question.calendars.is_empty() { vec![None] } else { self.question.calendars.iter().copied().map(Some).collect() }
    }

    fn open_day(
        &self,
        rule: &Cited<Roll>,
        from: NaiveDate,
        direction: i64,
        calendar: Option<&Calendar>,
    ) -> Result<Option<NaiveDate>, NotCovered> {
        let mut day = from;
        loop {
            let on_holiday = match calendar.filter(|_| rule.value.holidays) {
                Some(calendar) => calendar.holiday(day)?.is_some(),
                None => false,
            };
            if !on_holiday && !rule.value.weekdays.contains(&day.weekday()) {
                return Ok(Some(day));
            }
            match step_day(day, direction) {
                Some(next) => day = next,
                None => return Ok(None),
            }
        }
    }

    /// Which days are holidays is not known: from the first day that is no weekend to the end of the longest run.
    fn roll_blind(&mut self, rule: &Cited<Roll>, span: Span, direction: i64) -> Option<Span> {
        let near = |mut day: NaiveDate| {
            while rule.value.weekdays.contains(&day.weekday()) {
                day = step_day(day, direction)?;
            }
            Some(day)
        };
        let (one, other) = if direction > 0 { (span.earliest, span.latest) } else { (span.latest, span.earliest) };
        let nearest = near(one)?;
        let farthest = moved(Span::day(near(other)?), direction * LONGEST_RUN as i64)?.earliest;
        let range = Span { earliest: nearest.min(farthest), latest: nearest.max(farthest) };
        self.unsettled(format!("whether {} is a working day: no calendar of holidays is named", nearest));
        let text = format!("a last day that is no working day moves; without a calendar it lies {}", range.words());
        self.step(rule, text);
        Some(range)
    }

    /// A period of some days holds at least two working days.
    fn two_working_days(&mut self, from: NaiveDate, span: Span) -> Option<Span> {
        let rule = self.edition.short_period.clone();
        let (Some(rule), Some(period)) = (rule, self.question.period) else { return Some(span) };
        let ShortPeriod::TwoWorkingDays { from_days } = rule.value else { return Some(span) };
        let applies = period.months() == 0 && period.working_days() == 0 && from_days <= period.days();
        if !applies || self.undetermined.is_some() || self.question.calendars.is_empty() {
            return Some(span);
        }
        let mut end = span.latest;
        while self.working_between(from, end)? < 2 {
            end = end.succ_opt()?;
        }
        if end != span.latest {
            self.step(&rule, format!("the period holds at least two working days: {end}"));
            return Some(Span { earliest: span.earliest.max(end), latest: end });
        }
        Some(span)
    }

    fn working_between(&self, after: NaiveDate, upto: NaiveDate) -> Option<usize> {
        let mut count = 0;
        let mut day = after;
        while day < upto {
            day = day.succ_opt()?;
            count +=
                usize::from(self.question.calendars.iter().all(|calendar| self.is_working(day, Some(calendar)).unwrap_or(false)));
        }
        Some(count)
    }

    fn is_working(&self, day: NaiveDate, calendar: Option<&Calendar>) -> Result<bool, NotCovered> {
        let weekend: &[Weekday] = &self.regime.weekend;
        let holiday = calendar.map_or(Ok(None), |calendar| calendar.holiday(day))?;
        Ok(!is_weekend(day, weekend) && holiday.is_none())
    }

    fn working_days(&mut self, from: NaiveDate, count: u64, direction: i64) -> Option<Span> {
        let mut ends: Vec<NaiveDate> = Vec::new();
        for calendar in self.calendars() {
            match self.nth_working_day(from, count, direction, calendar) {
                Ok(day) => ends.push(day?),
                Err(not_covered) => {
                    self.unsettled(not_covered.to_string());
                    ends.push(self.nth_working_day(from, count, direction, None).ok()??);
                }
            }
        }
        let span = ends.iter().map(|day| Span::day(*day)).reduce(Span::hull)?;
        let unknown = self.question.calendars.is_empty() || self.undetermined.is_some();
        if self.question.calendars.is_empty() {
            self.unsettled("which days are working days: no calendar of holidays is named");
        } else if span.earliest != span.latest {
            self.unsettled("whose holidays count");
        }
        let farthest = moved(span, direction * LONGEST_RUN as i64)?;
        let span = if unknown { span.hull(farthest) } else { span };
        self.steps.push(plain(format!("{count} working days from {from}: {}", span.words())));
        Some(span)
    }

    fn nth_working_day(
        &self,
        from: NaiveDate,
        count: u64,
        direction: i64,
        calendar: Option<&Calendar>,
    ) -> Result<Option<NaiveDate>, NotCovered> {
        let mut day = from;
        for _ in 0..count {
            loop {
                let Some(next) = step_day(day, direction) else { return Ok(None) };
                day = next;
                if self.is_working(day, calendar)? {
                    break;
                }
            }
        }
        Ok(Some(day))
    }

    /// Where the text has no rule of moving, a closed day is worth knowing.
    fn warn_of_closed_days(&mut self, span: Span) {
        for calendar in &self.question.calendars {
            if let Ok(Some(name)) = calendar.holiday(span.latest) {
                self.warnings.push(format!(
                    "{} is a holiday in {} ({name}); the regime has no rule that moves it",
                    span.latest, calendar.id
                ));
            }
        }
        if is_weekend(span.latest, &self.regime.weekend) {
            self.warnings.push(format!(
                "{} is a {}; the regime has no rule that moves it",
                span.latest,
                span.latest.format("%A")
            ));
        }
    }
}

fn step_day(day: NaiveDate, direction: i64) -> Option<NaiveDate> {
    if direction > 0 { day.succ_opt() } else { day.pred_opt() }
}

fn moved(span: Span, days: i64) -> Option<Span> {
    let by = chrono::TimeDelta::days(days);
    Some(Span { earliest: span.earliest.checked_add_signed(by)?, latest: span.latest.checked_add_signed(by)? })
}

fn both(span: Span, map: impl Fn(NaiveDate) -> Option<NaiveDate>) -> Option<Span> {
    Some(Span { earliest: map(span.earliest)?, latest: map(span.latest)? })
}

fn last_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

fn is_last_of_month(day: NaiveDate) -> bool {
    day.succ_opt().is_none_or(|next| next.day() == 1)
}

impl MonthDay {
    /// A day that at least leap years have.
    pub fn new(month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(2024, month, day).map(|_| MonthDay { month, day })
    }

    fn on_or_after(self, day: NaiveDate) -> Option<NaiveDate> {
        let this = self.in_year(day.year())?;
        if day <= this { Some(this) } else { self.in_year(day.year() + 1) }
    }

    fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day).or_else(|| NaiveDate::from_ymd_opt(year, self.month, self.day - 1))
    }
}

impl std::fmt::Display for MonthDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::super::regime::{Backward, Cited};
    use super::*;

    fn rule<T>(value: T) -> Cited<T> {
        Cited { value, article: String::new(), source: String::new() }
    }

    /// Plain counting, month ends sticking or not.
    fn plain(sticky: bool) -> Regime {
        let edition = Edition {
            from: None,
            trigger_day_counted: rule(false),
            missing_day: rule(MissingDay::Last),
            sticky: rule(sticky),
            ends_at: rule("end of the day".into()),
            effect: rule(EffectDay::SameDay),
            at_least: rule(AtLeast::CorrespondingDay),
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

    fn question(from: Span, period: Period) -> Question<'static> {
        Question {
            from,
            is_approximate: false,
            period: Some(period),
            backward: false,
            purpose: Purpose::Act,
            quantifier: None,
            effect: None,
            missing_day: None,
            sticky: None,
            then: None,
            cutoff: None,
            not_before: None,
            deemed_received_after: None,
            count_trigger_day: false,
            calendars: Vec::new(),
        }
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
                let ours = compute(&question(Span::day(from), Period::of_months(months)), &regime).date();
                assert_eq!(ours, Some(by_start_day(from, months)), "{from} + {months} months");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn a_day_inside_the_span_lands_inside_the_answer(offset in 0i64..70_000, width in 0i64..200, inside in 0i64..200, months in 0u32..40, days in 0u32..90, sticky: bool) {
            let period: Period = format!("P{months}M{}D", days + 1).parse().unwrap();
            let regime = plain(sticky);
            let whole = compute(&question(Span { earliest: day(offset), latest: day(offset + width) }, period), &regime);
            let one = compute(&question(Span::day(day(offset + inside.min(width))), period), &regime).date().unwrap();
            assert!(whole.earliest.unwrap() <= one && one <= whole.latest.unwrap());
        }

        #[test]
        fn a_later_event_never_gives_an_earlier_day(offset in 0i64..70_000, later in 0i64..40, months in 0u32..40, sticky: bool) {
            let period = Period::of_months(months + 1);
            let regime = plain(sticky);
            let at = |offset: i64| compute(&question(Span::day(day(offset)), period), &regime).date().unwrap();
            assert!(at(offset) <= at(offset + later));
        }
    }
}
