//! Days on which nothing can be done: an act moves to the next day on which something can, and working days are counted over them.
//! Legal effects never move.

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar::{Calendar, NotCovered, is_weekend};
use super::compute::{Count, Purpose, Step};
use super::regime::{Cited, Roll, RollBack, ShortPeriod};
use super::span::Span;

/// Without a calendar nobody can say how long a run of holidays is; the longest in the calendars at hand has eleven days.
const LONGEST_RUN: u64 = 14;

/// More holidays than any year has in the calendars at hand.
const MOST_HOLIDAYS: u64 = 30;

impl<'a> Count<'a> {
    /// Acts alone move; what takes effect does so on its day, whatever day it is.
    /// `base` is the day before the first that is counted.
    pub(super) fn rolled(&mut self, base: NaiveDate, span: Span) -> Option<Span> {
        let in_hours = self.clause.period.is_some_and(|period| period.hours() > 0);
        let hours_stay = in_hours && !self.edition.roll.as_ref().is_some_and(|roll| roll.value.hours);
        if self.clause.purpose == Purpose::Effect || hours_stay || self.clause.then.is_some() {
            return Some(span);
        }
        if self.clause.backward {
            return match self.edition.backward.value.roll {
                RollBack::None => Some(span),
                RollBack::Preceding => self.roll(base, span, -1),
                RollBack::Following => self.roll(base, span, 1),
            };
        }
        self.roll(base, span, 1)
    }

    fn roll(&mut self, base: NaiveDate, span: Span, direction: i64) -> Option<Span> {
        let Some(rule) = self.edition.roll.clone() else {
            self.warn_of_closed_days(span);
            return Some(span);
        };
        if let Some(condition) = &rule.value.condition {
            let moved = self.roll_by(&rule, base, span, direction)?;
            if moved != span {
                self.unsettled(format!("whether the last day moves: {condition}"));
            }
            return Some(span.hull(moved));
        }
        self.roll_by(&rule, base, span, direction)
    }

    /// Moves each end, by each party's calendar.
    fn roll_by(&mut self, rule: &Cited<Roll>, base: NaiveDate, span: Span, direction: i64) -> Option<Span> {
        let two = self.two_working_days().filter(|_| direction > 0);
        if self.counting.calendars.is_empty() && rule.value.holidays {
            return self.roll_blind(rule, span, direction, two.is_some());
        }
        let (mut open, mut ends): (Vec<NaiveDate>, Vec<(String, NaiveDate)>) = (Vec::new(), Vec::new());
        for end in [span.earliest, span.latest] {
            for calendar in self.calendars() {
                let moved = self.open_day(rule, end, direction, calendar).and_then(|day| match (day, &two) {
                    (Some(day), Some(_)) => Ok(Some((day, self.with_two_working_days(base, day, calendar)?))),
                    (day, _) => Ok(day.map(|day| (day, Some(day)))),
                });
                match moved {
                    Ok(days) => {
                        let (day, last) = days?;
                        open.push(day);
                        ends.push((calendar.map_or("no calendar".into(), |calendar| calendar.id.clone()), last?));
                    }
                    Err(not_covered) => {
                        self.unsettled(not_covered.to_string());
                        return self.roll_blind(rule, span, direction, two.is_some());
                    }
                }
            }
        }
        let opened = open.into_iter().map(Span::day).reduce(Span::hull)?;
        if opened != span {
            let text = format!("nothing can be done on {}: moved to {}", span.words(), opened.words());
            self.step(rule, text);
        }
        let moved = ends.iter().map(|(_, day)| Span::day(*day)).reduce(Span::hull)?;
        if let Some(two) = two.filter(|_| moved != opened) {
            self.step(&two, format!("the period holds at least two working days: {}", moved.words()));
        }
        let differ = ends.iter().any(|(_, day)| *day != ends[0].1) && span.earliest == span.latest;
        if differ {
            let each: Vec<String> =
                ends.iter().take(self.counting.calendars.len()).map(|(id, day)| format!("{id}: {day}")).collect();
            self.unsettled(format!("whose holidays count: {}", each.join(", ")));
        }
        Some(moved)
    }

    /// Each calendar, or none.
    fn calendars(&self) -> Vec<Option<&'a Calendar>> {
        if self.counting.calendars.is_empty() { vec![None] } else { self.counting.calendars.iter().copied().map(Some).collect() }
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
    fn roll_blind(&mut self, rule: &Cited<Roll>, span: Span, direction: i64, has_two: bool) -> Option<Span> {
        let near = |mut day: NaiveDate| {
            while rule.value.weekdays.contains(&day.weekday()) {
                day = step_day(day, direction)?;
            }
            Some(day)
        };
        let (one, other) = if direction > 0 { (span.earliest, span.latest) } else { (span.latest, span.earliest) };
        let nearest = near(one)?;
        // A second working day may lie behind one more weekend.
        let run = LONGEST_RUN + if has_two { 4 } else { 0 };
        let farthest = Span::day(near(other)?).moved(direction * run as i64)?.earliest;
        let range = Span { earliest: nearest.min(farthest), latest: nearest.max(farthest) };
        self.unsettled(format!("whether {} is a working day: no calendar of holidays is named", nearest));
        let text = format!("a last day that is no working day moves; without a calendar it lies {}", range.words());
        self.step(rule, text);
        Some(range)
    }

    /// The rule by which a period of some days holds at least two working days, where there is one that applies.
    fn two_working_days(&self) -> Option<Cited<ShortPeriod>> {
        let rule = self.edition.short_period.clone()?;
        let period = self.clause.period?;
        let ShortPeriod::TwoWorkingDays { from_days } = rule.value else { return None };
        let applies = period.months() == 0 && period.working_days() == 0 && from_days <= period.days();
        applies.then_some(rule)
    }

    /// The last day so moved that two working days lie between, by one calendar.
    fn with_two_working_days(
        &self,
        base: NaiveDate,
        end: NaiveDate,
        calendar: Option<&Calendar>,
    ) -> Result<Option<NaiveDate>, NotCovered> {
        let (mut day, mut found, mut unknown) = (base, 0, None);
        while found < 2 {
            // Days that no calendar covers may be working days or not: that matters only if two others are not found.
            if let Some(unknown) = unknown.take_if(|_| end <= day) {
                return Err(unknown);
            }
            match day.succ_opt() {
                Some(next) => day = next,
                None => return Ok(None),
            }
            match self.is_working(day, calendar) {
                Ok(is_working) => found += u32::from(is_working),
                Err(not_covered) if !is_weekend(day, &self.regime.weekend) => unknown = unknown.or(Some(not_covered)),
                Err(_) => {}
            }
        }
        Ok(Some(day.max(end)))
    }

    fn is_working(&self, day: NaiveDate, calendar: Option<&Calendar>) -> Result<bool, NotCovered> {
        self.is_open(day, calendar, &self.regime.weekend)
    }

    fn is_open(&self, day: NaiveDate, calendar: Option<&Calendar>, weekend: &[Weekday]) -> Result<bool, NotCovered> {
        let holiday = calendar.map_or(Ok(None), |calendar| calendar.holiday(day))?;
        Ok(!is_weekend(day, weekend) && holiday.is_none())
    }

    pub(super) fn working_days(&mut self, from: NaiveDate, count: u64, direction: i64) -> Option<Span> {
        let closed = self.edition.roll.as_ref().map(|roll| roll.value.weekdays.clone());
        if closed.is_some_and(|closed| closed.len() < self.regime.weekend.len()) {
            let text = format!("{} does not say what a working day is: Saturdays and Sundays are taken for none", self.regime.id);
            self.warnings.push(text);
        }
        let weekend = self.regime.weekend.clone();
        self.days_but(from, count, direction, &weekend, "working days")
    }

    /// Days on which something can be done by the regime's own rule of what moves.
    pub(super) fn open_days(&mut self, from: NaiveDate, count: u64, direction: i64) -> Option<Span> {
        let closed = self.edition.roll.as_ref().map_or_else(|| self.regime.weekend.clone(), |roll| roll.value.weekdays.clone());
        self.days_but(from, count, direction, &closed, "open days")
    }

    fn days_but(&mut self, from: NaiveDate, count: u64, direction: i64, weekend: &[Weekday], what: &str) -> Option<Span> {
        let mut ends: Vec<NaiveDate> = Vec::new();
        for calendar in self.calendars() {
            match self.nth_open_day(from, count, direction, calendar, weekend) {
                Ok(day) => ends.push(day?),
                Err(not_covered) => {
                    self.unsettled(not_covered.to_string());
                    ends.push(self.nth_open_day(from, count, direction, None, weekend).ok()??);
                }
            }
        }
        let span = ends.iter().map(|day| Span::day(*day)).reduce(Span::hull)?;
        let unknown = self.counting.calendars.is_empty() || self.undetermined.is_some();
        if self.counting.calendars.is_empty() {
            self.unsettled("which days are working days: no calendar of holidays is named");
        } else if span.earliest != span.latest {
            self.unsettled("whose holidays count");
        }
        let span = if unknown { span.hull(self.farthest_open_day(from, count, direction, weekend)?) } else { span };
        self.steps.push(Step::day(format!("{count} {what} from {from}: {}", span.words())));
        Some(span)
    }

    /// Which days are holidays is not known: as far off as the day can be, with as many holidays on the way as a year can have and the
    /// longest run of them at the end.
    fn farthest_open_day(&self, from: NaiveDate, count: u64, direction: i64, weekend: &[Weekday]) -> Option<Span> {
        let nth = |count: u64| self.nth_open_day(from, count, direction, None, weekend).ok()?;
        let run = direction * LONGEST_RUN as i64;
        let nearest = Span::day(nth(count)?).moved(run)?.earliest;
        let days = (nearest - from).num_days().unsigned_abs();
        Span::day(nth(count + MOST_HOLIDAYS * days / 365)?).moved(run)
    }

    fn nth_open_day(
        &self,
        from: NaiveDate,
        count: u64,
        direction: i64,
        calendar: Option<&Calendar>,
        weekend: &[Weekday],
    ) -> Result<Option<NaiveDate>, NotCovered> {
        let mut day = from;
        for _ in 0..count {
            loop {
                let Some(next) = step_day(day, direction) else { return Ok(None) };
                day = next;
                if self.is_open(day, calendar, weekend)? {
                    break;
                }
            }
        }
        Ok(Some(day))
    }

    /// Where the text has no rule of moving, a closed day is worth knowing.
    fn warn_of_closed_days(&mut self, span: Span) {
        for calendar in &self.counting.calendars {
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
