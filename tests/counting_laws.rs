//! Laws of counting, under every regime and calendar that is shipped. Whatever the clause, they hold, or no date can be trusted.
//! Each oracle is written here anew: day by day, or by another library.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use obligo::rule_sets::newest;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rules::time::calendar::{Calendar, CalendarEdition};
use rules::time::compute::{Purpose, Quantifier};
use rules::time::notice_day::last_day;
use rules::time::regime::{Almanac, EffectDay, MissingDay, Regime, Roll, RollBack, ShortPeriod};
use rules::time::then::{MonthDay, Then};
use rules::time::{Answer, Clause, Counting, Period, Span, compute};

/// What the program counts by.
fn shipped() -> &'static Almanac {
    &newest().set.almanac
}

/// As many cases as elsewhere, or a share of them where one case is many countings. What failed once is a test of its own below.
fn share(of: u32) -> ProptestConfig {
    let all = ProptestConfig::default();
    let cases = (all.cases / of).max(1);
    // What lies outside the years of a calendar is thrown away, and there may be much of it.
    ProptestConfig { cases, max_global_rejects: 50 * cases, failure_persistence: None, ..all }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn regime(id: &str) -> &'static Regime {
    shipped().regimes.iter().find(|regime| regime.id == id).unwrap()
}

fn calendar(id: &str) -> &'static Calendar {
    shipped().calendar(id).unwrap()
}

fn counted(regime: &Regime, calendars: &[&'static Calendar], from: Span, clause: &Clause) -> Answer {
    compute(from, clause, &Counting { calendars: calendars.to_vec(), ..Counting::by(regime) })
}

/// A question: an event and a clause, under one regime and some calendars.
#[derive(Clone)]
struct Case {
    regime: &'static Regime,
    calendars: Vec<&'static Calendar>,
    event: NaiveDate,
    clause: Clause,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let calendars: Vec<&str> = self.calendars.iter().map(|calendar| calendar.id.as_str()).collect();
        write!(f, "{} under {} with {calendars:?}: {:?}", self.event, self.regime.id, self.clause)
    }
}

impl Case {
    fn answer(&self) -> Answer {
        self.from(Span::day(self.event))
    }

    /// The same from another day, or from days that it could be.
    fn from(&self, event: Span) -> Answer {
        counted(self.regime, &self.calendars, event, &self.clause)
    }

    /// All calendars say something of every day that it may hang on.
    fn is_covered(&self, from: NaiveDate, answer: &Answer) -> bool {
        let Some(span) = answer.span() else { return false };
        let (first, last) = (from.min(span.earliest), from.max(span.latest));
        is_covered(&self.calendars, first - Days::new(40), last + Days::new(40))
    }
}

fn is_covered(calendars: &[&Calendar], first: NaiveDate, last: NaiveDate) -> bool {
    let (from, upto) = covers(calendars);
    // A day that is kept in some places of a calendar only is not settled by it.
    let is_settled = |day: NaiveDate| calendars.iter().all(|calendar| calendar.holiday(day).is_ok());
    from <= first.year() && last.year() <= upto && first.iter_days().take_while(|day| *day <= last).all(is_settled)
}

/// First and last year that all of them cover.
fn covers(calendars: &[&Calendar]) -> (i32, i32) {
    let years = calendars.iter().map(|calendar| calendar.latest().unwrap().covers);
    years.fold((i32::MIN, i32::MAX), |(first, last), years| (first.max(years.0), last.min(years.1)))
}

/// Years without a calendar in which no regime changes its rules; with calendars, their years.
fn window(calendars: &[&Calendar]) -> (NaiveDate, u64) {
    let (first, last) = covers(calendars);
    let first = NaiveDate::from_ymd_opt(first.max(2011), 1, 1).unwrap();
    let last = NaiveDate::from_ymd_opt(last.min(2100), 12, 31).unwrap();
    (first, (last - first).num_days() as u64 + 1)
}

fn days_of(days: u32) -> Period {
    Period::of_days(days)
}

fn months_and_days(months: u32, days: u32) -> Period {
    Period::of_months(months).and(days_of(days)).unwrap()
}

/// Months and days, and short ones in days, for which some regimes have rules.
fn lengths() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1u32..=40).prop_map(Period::of_months),
        (1u32..=12).prop_map(days_of),
        (1u32..=120).prop_map(days_of),
        (1u32..=24, 1u32..=60).prop_map(|(months, days)| months_and_days(months, days)),
    ]
}

fn working_days(most: u32) -> impl Strategy<Value = Period> {
    (1..=most).prop_map(|days| format!("{days} working days").parse().unwrap())
}

fn hours() -> impl Strategy<Value = Period> {
    (1u32..=200).prop_map(|hours| format!("{hours} hours").parse().unwrap())
}

fn any_length() -> impl Strategy<Value = Period> {
    prop_oneof![4 => lengths(), 1 => working_days(30), 1 => hours()]
}

fn thens() -> impl Strategy<Value = Then> {
    prop_oneof![Just(Then::FirstOfNextMonth), Just(Then::FirstOfThatMonth), month_days().prop_map(Then::FixedDay)]
}

fn month_days() -> impl Strategy<Value = MonthDay> {
    (1u32..=12, 1u32..=31).prop_filter_map("a day of a year", |(month, day)| MonthDay::new(month, day))
}

/// Whatever a text may say of a time to come, but a fixed day before which it does not come: `cases` adds that, near the event.
fn clauses(length: impl Strategy<Value = Period>, purpose: impl Strategy<Value = Purpose>) -> impl Strategy<Value = Clause> {
    let quantifier = select(vec![
        None,
        Some(Quantifier::Exactly),
        Some(Quantifier::AtLeast),
        Some(Quantifier::Clear),
        Some(Quantifier::Within),
    ]);
    let effect = select(vec![None, Some(EffectDay::SameDay), Some(EffectDay::NextDay)]);
    let missing = select(vec![None, Some(MissingDay::Last), Some(MissingDay::Next), Some(MissingDay::Refuse)]);
    let then = option::weighted(0.3, (thens(), option::weighted(0.3, month_days())));
    let length = (option::weighted(0.95, length), option::weighted(0.2, (1u32..=15).prop_map(days_of)));
    (length, purpose, quantifier, effect, missing, select(vec![None, Some(false), Some(true)]), then, prop::bool::weighted(0.2))
        .prop_map(|((period, deemed), purpose, quantifier, effect, missing_day, sticky, then, count_trigger_day)| Clause {
            period,
            quantifier,
            effect,
            missing_day,
            sticky,
            then: then.map(|(then, _)| then),
            cutoff: then.and_then(|(_, cutoff)| cutoff),
            deemed_received_after: deemed,
            count_trigger_day,
            ..Clause::at_once(purpose)
        })
}

fn acts() -> impl Strategy<Value = Purpose> {
    Just(Purpose::Act)
}

fn effects() -> impl Strategy<Value = Purpose> {
    Just(Purpose::Effect)
}

fn both() -> impl Strategy<Value = Purpose> {
    select(vec![Purpose::Act, Purpose::Effect])
}

/// Questions under any regime and up to so many calendars, the event in the years that all of these cover.
fn cases(calendars: std::ops::RangeInclusive<usize>, clause: impl Strategy<Value = Clause>) -> impl Strategy<Value = Case> {
    let all: Vec<&'static Calendar> = shipped().calendars.iter().collect();
    let regimes: Vec<&'static Regime> = shipped().regimes.iter().collect();
    (select(regimes), subsequence(all, calendars), 0u64..100_000, clause, option::weighted(0.2, -30i64..400)).prop_map(
        |(regime, calendars, offset, clause, not_before)| {
            let (first, length) = window(&calendars);
            let event = first + Days::new(offset % length);
            let not_before = not_before.map(|days| event + chrono::TimeDelta::days(days));
            Case { regime, calendars, event, clause: Clause { not_before, ..clause } }
        },
    )
}

/// Days anywhere, and often at the end of a month, where months are not alike.
fn days_between(first: i32, last: i32) -> impl Strategy<Value = NaiveDate> {
    let month_end = (first..=last, 1u32..=12, 0u64..=4)
        .prop_map(|(year, month, more)| NaiveDate::from_ymd_opt(year, month, 28).unwrap() + Days::new(more));
    let anywhere = (first..=last, 1u32..=366).prop_filter_map("a day of a year", |(year, day)| NaiveDate::from_yo_opt(year, day));
    prop_oneof![month_end, anywhere]
}

// ---- Other ways to count

fn civil(day: NaiveDate) -> jiff::civil::Date {
    jiff::civil::date(day.year() as i16, day.month() as i8, day.day() as i8)
}

fn from_civil(day: jiff::civil::Date) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year().into(), day.month() as u32, day.day() as u32).unwrap()
}

/// By another library: years and months first, to the last day of a month that lacks the day, then weeks and days.
fn by_jiff(from: NaiveDate, (years, months, weeks, days): (u32, u32, u32, u32), forward: bool) -> NaiveDate {
    let span = jiff::Span::new().years(years).months(months).weeks(weeks).days(days);
    let found = if forward { civil(from).checked_add(span) } else { civil(from).checked_sub(span) };
    from_civil(found.unwrap())
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap() + Months::new(1) - Days::new(1)
}

/// The method of the civil codes: the first day counted is the day after the event, and the period ends on the day before the day that
/// corresponds to that first day, or on the last day of a month that has no such day.
fn by_start_day(from: NaiveDate, months: u32) -> NaiveDate {
    let start = from + Days::new(1);
    let month = start.year() * 12 + start.month0() as i32 + months as i32;
    let target = NaiveDate::from_ymd_opt(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1).unwrap();
    match target.with_day(start.day()) {
        Some(corresponding) => corresponding - Days::new(1),
        None => last_of_month(target),
    }
}

/// What many people do, and what no regime says.
fn by_thirty_days(from: NaiveDate, months: u32) -> NaiveDate {
    from + Days::new(u64::from(months) * 30)
}

/// The first day from which nothing hinders an act, one day after the other.
fn next_open(mut day: NaiveDate, rule: &Roll, calendar: &Calendar) -> NaiveDate {
    while !is_open(day, rule, calendar) {
        day = day + Days::new(1);
    }
    day
}

fn is_open(day: NaiveDate, rule: &Roll, calendar: &Calendar) -> bool {
    let is_holiday = calendar.latest().unwrap().days.contains_key(&day);
    let is_closed = rule.weekdays.contains(&day.weekday()) || (rule.holidays && is_holiday);
    !is_closed
}

fn is_working(day: NaiveDate, weekend: &[Weekday], calendar: &Calendar) -> bool {
    !weekend.contains(&day.weekday()) && !calendar.latest().unwrap().days.contains_key(&day)
}

/// Regulation 1182/71, art. 3(5): the first day, from the one found on, by which the period has held two working days. `first` is the
/// first day that is counted.
fn with_two_working_days(first: NaiveDate, found: NaiveDate, calendar: &Calendar) -> NaiveDate {
    let weekend = [Weekday::Sat, Weekday::Sun];
    let mut working = first.iter_days().filter(|day| is_working(*day, &weekend, calendar));
    found.max(working.nth(1).unwrap())
}

/// The same rules, but that nothing moves.
fn unmoved(regime: &Regime) -> Regime {
    let mut regime = regime.clone();
    for edition in &mut regime.editions {
        edition.roll = None;
        edition.backward.value.roll = RollBack::None;
        edition.short_period =
            edition.short_period.take().filter(|rule| matches!(rule.value, ShortPeriod::SkipNonWorking { .. }));
    }
    regime
}

/// Days that are no working days are left out of a period of this length.
fn skips(regime: &Regime, event: NaiveDate, period: Option<Period>) -> bool {
    let rule = regime.edition(event).short_period.as_ref().map(|rule| rule.value);
    matches!((rule, period), (Some(ShortPeriod::SkipNonWorking { upto_days }), Some(period))
        if period.months() == 0 && (1..=upto_days).contains(&period.days()))
}

fn rolls_for_sure(regime: &Regime, event: NaiveDate) -> Option<&Roll> {
    let rule = regime.edition(event).roll.as_ref()?;
    rule.value.condition.is_none().then_some(&rule.value)
}

// ---- Months, weeks and days

proptest! {
    #![proptest_config(share(1))]

    /// Regimes whose month ends do not stick all count an effect as the calendar does.
    #[test]
    fn an_effect_after_years_months_weeks_and_days_is_where_another_library_finds_it(
        from in days_between(1990, 2100),
        years in 0u32..=3, months in 0u32..=60, weeks in 0u32..=8, days in 0u32..=100,
    ) {
        let Ok(period) = format!("P{years}Y{months}M{weeks}W{days}D").parse::<Period>() else { return Ok(()) };
        for regime in shipped().regimes.iter().filter(|regime| !regime.edition(from).sticky.value && !skips(regime, from, Some(period))) {
            for backward in [false, true] {
                let clause = Clause {
                    backward,
                    effect: Some(EffectDay::SameDay),
                    quantifier: Some(Quantifier::Exactly),
                    ..Clause::effect(period)
                };
                let expected = by_jiff(from, (years, months, weeks, days), !backward);
                let found = counted(regime, &[], Span::day(from), &clause).date();
                prop_assert_eq!(found, Some(expected), "{} {} backward {}", regime.id, period, backward);
            }
        }
    }

    #[test]
    fn korea_and_japan_count_months_by_the_start_day_of_their_civil_codes(from in days_between(1850, 2249), more in 0u32..=100) {
        for regime in [regime("kr"), regime("jp")] {
            for months in (1..=24).chain([30, 36, 60, 120 + more]) {
                let found = counted(regime, &[], Span::day(from), &Clause::effect(Period::of_months(months))).date();
                prop_assert_eq!(found, Some(by_start_day(from, months)), "{} {} + {} months", regime.id, from, months);
            }
        }
    }
}

/// On how many days of four years, and 1 to 24 months, a regime does not count as an oracle does.
fn mismatches(regime: &Regime, oracle: impl Fn(NaiveDate, u32) -> NaiveDate) -> usize {
    let events = day("2023-01-01").iter_days().step_by(3).take(490);
    let all = events.flat_map(|from| [1, 2, 3, 6, 11, 12, 18, 24].map(|months| (from, months)));
    let found = |from, months| counted(regime, &[], Span::day(from), &Clause::effect(Period::of_months(months))).date();
    all.filter(|(from, months)| found(*from, *months) != Some(oracle(*from, *months))).count()
}

/// The control: oracles that are wrong by a rule, or by a day, are found out, and the right ones are not.
#[test]
fn an_oracle_that_is_wrong_is_found_out() {
    let plain = regime("corresponding-date");
    let right = |from, months| by_jiff(from, (0, months, 0, 0), true);
    assert_eq!(mismatches(plain, right), 0);
    assert!(mismatches(plain, by_thirty_days) > 3000);
    assert!(mismatches(plain, |from, months| right(from, months) + Days::new(1)) > 3900);
    // The two ways part at the ends of months alone.
    assert_eq!(mismatches(regime("kr"), by_start_day), 0);
    assert!((20..100).contains(&mismatches(plain, by_start_day)));
    assert!((20..100).contains(&mismatches(regime("jp"), right)));
}

// ---- Order

proptest! {
    #![proptest_config(share(1))]

    #[test]
    fn a_later_event_never_gives_an_earlier_day(
        case in cases(0..=1, clauses(any_length(), both())), later in 0u64..40, backward: bool,
    ) {
        let case = Case { clause: Clause { backward, ..case.clause.clone() }, ..case };
        let next = case.event + Days::new(later);
        let (one, other) = (case.answer(), case.from(Span::day(next)));
        prop_assume!(case.is_covered(case.event, &one) && case.is_covered(next, &other));
        prop_assert!(one.earliest <= other.earliest, "{:?} and {:?}", one.span(), other.span());
        prop_assert!(one.latest <= other.latest, "{:?} and {:?}", one.span(), other.span());
    }

    #[test]
    fn a_later_event_never_gives_an_earlier_day_by_two_calendars(
        case in cases(2..=2, clauses(lengths(), both())), later in 0u64..20,
    ) {
        let next = case.event + Days::new(later);
        let (one, other) = (case.answer(), case.from(Span::day(next)));
        prop_assume!(case.is_covered(case.event, &one) && case.is_covered(next, &other));
        prop_assert!(one.earliest <= other.earliest, "{:?} and {:?}", one.span(), other.span());
        prop_assert!(one.latest <= other.latest, "{:?} and {:?}", one.span(), other.span());
    }

    #[test]
    fn a_day_of_the_event_that_is_possible_gives_a_day_that_was_said_to_be(
        case in cases(0..=1, clauses(any_length(), both())), width in 0u64..200, inside in 0u64..200, backward: bool,
    ) {
        let case = Case { clause: Clause { backward, ..case.clause.clone() }, ..case };
        let (last, inside) = (case.event + Days::new(width), case.event + Days::new(inside.min(width)));
        let whole = case.from(Span { earliest: case.event, latest: last });
        let one = case.from(Span::day(inside));
        prop_assume!(case.is_covered(case.event, &whole) && case.is_covered(last, &whole));
        let (whole, one) = (whole.span().unwrap(), one.span().unwrap());
        prop_assert!(whole.holds(one), "{} gives {}, which is not {}", inside, one.words(), whole.words());
    }
}

/// Where the rules changed between the days that an event may have happened on, each day is counted by its own rules.
#[test]
fn a_day_of_the_event_that_is_possible_gives_a_day_that_was_said_to_be_where_the_rules_changed_in_between() {
    let mut wrong = Vec::new();
    for regime in &shipped().regimes {
        for changed in regime.editions.iter().filter_map(|edition| edition.from) {
            let possible = Span { earliest: changed - Days::new(1), latest: changed + Days::new(1) };
            for period in (1..=30).map(days_of) {
                let clause = Clause::act(period);
                let whole = counted(regime, &[], possible, &clause).span().unwrap();
                for inside in possible.earliest.iter_days().take(3) {
                    let one = counted(regime, &[], Span::day(inside), &clause).span().unwrap();
                    if !whole.holds(one) {
                        wrong.push(format!("{} {inside} + {period}: {} is not {}", regime.id, one.words(), whole.words()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

// ---- The last day to begin

/// `sure` and `possible`, by looking at each day of eight years, from well after the end.
fn by_looking_at_each_day(end: NaiveDate, clause: &Clause, counting: &Counting) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let mut found = (None, None);
    for back in 0..3000 {
        let from = end + Days::new(45) - Days::new(back);
        let Some(span) = compute(Span::day(from), clause, counting).span() else { continue };
        if span.earliest <= end {
            found.1.get_or_insert(from);
        }
        if span.latest <= end {
            found.0.get_or_insert(from);
            break;
        }
    }
    found
}

/// A month counted from its own first day, and hours with the day of the event, may be over before they begin.
fn may_end_before_it_begins(clause: &Clause) -> bool {
    let months = clause.period.map_or(0, |period| period.months());
    let in_hours = clause.period.is_some_and(|period| period.hours() > 0);
    (clause.then == Some(Then::FirstOfThatMonth) && months == 0) || (in_hours && clause.count_trigger_day)
}

proptest! {
    #![proptest_config(share(1))]

    #[test]
    fn from_the_last_day_the_end_comes_in_time_and_from_the_next_it_does_not(
        case in cases(0..=1, clauses(any_length(), both())),
    ) {
        prop_assume!(!may_end_before_it_begins(&case.clause));
        let end = case.event;
        let counting = Counting { calendars: case.calendars.clone(), ..Counting::by(case.regime) };
        let Some(last) = last_day(end, &case.clause, &counting) else {
            prop_assert!(case.clause.not_before.is_some_and(|first| end < first + Days::new(30)), "no last day");
            return Ok(());
        };
        prop_assume!(is_covered(&case.calendars, last.sure - Days::new(70), end + Days::new(40)));
        let span = |from: NaiveDate| case.from(Span::day(from)).span().unwrap();
        prop_assert!(last.sure <= last.possible);
        prop_assert!(span(last.sure).latest <= end, "from {}: {}", last.sure, span(last.sure).words());
        prop_assert!(span(last.sure + Days::new(1)).latest > end, "from the day after {} it does too", last.sure);
        prop_assert!(span(last.possible).earliest <= end);
        prop_assert!(span(last.possible + Days::new(1)).earliest > end, "from the day after {} it may too", last.possible);
    }
}

proptest! {
    #![proptest_config(share(16))]

    #[test]
    fn the_last_day_is_the_one_that_is_found_by_looking_at_each_day(case in cases(0..=1, clauses(any_length(), both()))) {
        prop_assume!(!may_end_before_it_begins(&case.clause));
        let end = case.event;
        let counting = Counting { calendars: case.calendars.clone(), ..Counting::by(case.regime) };
        let found = last_day(end, &case.clause, &counting);
        let expected = by_looking_at_each_day(end, &case.clause, &counting);
        let first = expected.0.unwrap_or(end) - Days::new(70);
        prop_assume!(is_covered(&case.calendars, first, end + Days::new(120)));
        // Where none is sure, none is told, though one may be possible.
        let expected = expected.0.zip(expected.1);
        prop_assert_eq!(found.map(|last| (last.sure, last.possible)), expected);
    }
}

/// `notice = { at_least = "10 days", then = "first-of-that-month" }`: from 15 January, 1 January. The day may lie before the event, so the
/// last day may lie after the end.
#[test]
fn a_last_day_that_lies_after_the_end_is_found() {
    let counting = Counting::by(regime("corresponding-date"));
    let clause = Clause { then: Some(Then::FirstOfThatMonth), ..Clause::effect(days_of(10)) };
    let end = day("2026-01-01");
    let expected = by_looking_at_each_day(end, &clause, &counting);
    assert_eq!(expected, (Some(day("2026-01-21")), Some(day("2026-01-21"))));
    let found = last_day(end, &clause, &counting);
    assert_eq!((found.map(|last| last.sure), found.map(|last| last.possible)), expected);
}

/// The longest period that can be written: a thousand years, and a thousand years in days.
#[test]
fn the_last_day_is_found_for_the_longest_period_there_is() {
    let counting = Counting::by(regime("corresponding-date"));
    let longest: Period = "1000 years and 366000 days".parse().unwrap();
    let end = longest.after(day("2026-01-01")).unwrap();
    let found = last_day(end, &Clause::effect(longest), &counting);
    assert_eq!(found.map(|last| last.sure), Some(day("2026-01-01")));
}

/// The first days that a calendar covers are surer than the days before them, so that a later day gives an earlier last one.
#[test]
fn the_last_day_is_found_where_a_calendar_begins() {
    let counting = Counting { calendars: vec![calendar("KR")], ..Counting::by(regime("kr")) };
    let clause = Clause::act(days_of(10));
    let mut wrong = Vec::new();
    for end in day("2022-01-01").iter_days().take(20) {
        let found = last_day(end, &clause, &counting).map(|last| last.sure);
        let expected = by_looking_at_each_day(end, &clause, &counting).0;
        if found != expected {
            wrong.push(format!("for {end}: {found:?}, and {expected:?} would do"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// ---- Days on which nothing can be done

proptest! {
    #![proptest_config(share(1))]

    #[test]
    fn an_act_moves_to_the_next_open_day_and_not_beyond(
        case in cases(1..=1, clauses(lengths(), acts())), moving in select(vec!["eu-1182-71", "ets-76", "kr", "sg", "epc", "pct", "frcp"]),
    ) {
        let case = Case { regime: regime(moving), ..case };
        let rule = rolls_for_sure(case.regime, case.event).unwrap();
        let is_plain = case.clause.then.is_none() && case.clause.missing_day != Some(MissingDay::Refuse);
        prop_assume!(is_plain && !case.clause.count_trigger_day);
        // Which days a short time leaves out hangs on the rule that is taken away here; the test after next counts them.
        let is_short = |period: &Period| moving == "sg" && period.months() == 0 && period.days() <= 6;
        prop_assume!(!case.clause.period.as_ref().is_some_and(is_short));
        let calendar = case.calendars[0];
        let last = counted(&unmoved(case.regime), &case.calendars, Span::day(case.event), &case.clause);
        let found = case.answer();
        prop_assume!(case.is_covered(case.event, &found));
        let last = last.date().unwrap();
        let mut expected = next_open(last, rule, calendar);
        let in_days = |period: &Period| period.months() == 0 && period.days() >= 2;
        if case.regime.id == "eu-1182-71" && case.clause.period.as_ref().is_some_and(in_days) {
            let deemed = case.clause.deemed_received_after.map_or(case.event, |later| later.after(case.event).unwrap());
            expected = with_two_working_days(deemed + Days::new(1), expected, calendar);
        }
        prop_assert_eq!(found.date(), Some(expected), "{} before it is moved", last);
        prop_assert!(last <= expected && is_open(expected, rule, calendar));
    }

    /// What is said to be undetermined is a promise: the day lies in there, whoever's holidays count.
    #[test]
    fn the_days_that_are_said_without_a_calendar_hold_the_day_by_each_calendar(
        case in cases(1..=1, clauses(prop_oneof![4 => lengths(), 1 => hours()], both())), backward: bool,
    ) {
        let case = Case { clause: Clause { backward, ..case.clause.clone() }, ..case };
        let by_calendar = case.answer();
        prop_assume!(case.is_covered(case.event, &by_calendar));
        let without = counted(case.regime, &[], Span::day(case.event), &case.clause).span().unwrap();
        let by_calendar = by_calendar.span().unwrap();
        prop_assert!(without.holds(by_calendar), "{} is not {}", by_calendar.words(), without.words());
    }

    #[test]
    fn the_days_that_are_said_by_two_calendars_hold_the_day_by_either(
        case in cases(2..=2, clauses(prop_oneof![lengths(), working_days(20)], both())), backward: bool,
    ) {
        let case = Case { clause: Clause { backward, ..case.clause.clone() }, ..case };
        let by_both = case.answer();
        prop_assume!(case.is_covered(case.event, &by_both));
        let by_both = by_both.span().unwrap();
        for calendar in &case.calendars {
            let by_one = counted(case.regime, &[*calendar], Span::day(case.event), &case.clause).span().unwrap();
            prop_assert!(by_both.holds(by_one), "{} by {} alone is not {}", by_one.words(), calendar.id, by_both.words());
        }
    }

    #[test]
    fn working_days_without_a_calendar_hold_the_day_by_each_calendar(
        case in cases(1..=1, clauses(working_days(250), both())), backward: bool,
    ) {
        let case = Case { clause: Clause { backward, ..case.clause.clone() }, ..case };
        let by_calendar = case.answer();
        prop_assume!(case.is_covered(case.event, &by_calendar));
        let without = counted(case.regime, &[], Span::day(case.event), &case.clause).span().unwrap();
        let by_calendar = by_calendar.span().unwrap();
        prop_assert!(without.holds(by_calendar), "{} is not {}", by_calendar.words(), without.words());
    }

    /// One after the other, without any table of runs.
    #[test]
    fn working_days_are_counted_one_by_one(case in cases(1..=1, Just(Clause::at_once(Purpose::Effect))), count in 1usize..100, backward: bool) {
        let period = format!("{count} working days").parse().unwrap();
        let clause = Clause {
            backward,
            effect: Some(EffectDay::SameDay),
            quantifier: Some(Quantifier::Exactly),
            ..Clause::effect(period)
        };
        let case = Case { clause, ..case };
        let answer = case.answer();
        prop_assume!(case.is_covered(case.event, &answer));
        let is_working = |day: &NaiveDate| is_working(*day, &case.regime.weekend, case.calendars[0]);
        let next = |day: &NaiveDate| if backward { day.pred_opt() } else { day.succ_opt() };
        let days = std::iter::successors(next(&case.event), next);
        let expected = days.filter(is_working).nth(count - 1);
        prop_assert_eq!(answer.date(), expected);
    }

    #[test]
    fn an_effect_never_moves(case in cases(0..=0, clauses(prop_oneof![4 => lengths(), 1 => hours()], effects())), backward: bool) {
        let case = Case { clause: Clause { backward, ..case.clause.clone() }, ..case };
        prop_assume!(!skips(case.regime, case.event, case.clause.period));
        let plain = counted(&unmoved(case.regime), &[], Span::day(case.event), &case.clause);
        let every: Vec<&'static Calendar> = shipped().calendars.iter().collect();
        let each = every.iter().map(|calendar| vec![*calendar]);
        for calendars in each.chain([Vec::new(), every.clone()]) {
            let answer = counted(case.regime, &calendars, Span::day(case.event), &case.clause);
            prop_assert_eq!(answer.span(), plain.span());
            prop_assert_eq!(answer.date(), plain.date());
        }
    }

    /// Japan moves an act only where that is the custom, which nobody here knows: both days are said.
    #[test]
    fn where_an_act_moves_only_on_a_condition_both_days_are_said(
        case in cases(1..=1, clauses(lengths(), acts())),
    ) {
        let japan = regime("jp");
        let case = Case { regime: japan, ..case };
        prop_assume!(case.clause.then.is_none() && case.clause.missing_day != Some(MissingDay::Refuse));
        let rule = &japan.edition(case.event).roll.as_ref().unwrap().value;
        let last = counted(&unmoved(japan), &[], Span::day(case.event), &case.clause).date().unwrap();
        let answer = case.answer();
        prop_assume!(case.is_covered(case.event, &answer));
        let moved = next_open(last, rule, case.calendars[0]);
        prop_assert_eq!(answer.span(), Some(Span { earliest: last, latest: moved }));
        prop_assert_eq!(answer.undetermined.is_none(), moved == last);
    }
}

/// On how many days of a calendar an act within 30 days lies outside what is said without one, were that cut to so many days.
fn broken_promises(regime: &Regime, calendar: &'static Calendar, longest: u64) -> usize {
    let clause = Clause::act(days_of(30));
    let (first, length) = window(&[calendar]);
    let is_broken = |from: &NaiveDate| {
        let span = |calendars: &[&'static Calendar]| counted(regime, calendars, Span::day(*from), &clause).span().unwrap();
        let said = span(&[]);
        let said = Span { latest: said.latest.min(said.earliest + Days::new(longest)), ..said };
        !said.holds(span(&[calendar]))
    };
    first.iter_days().take(length as usize - 60).filter(is_broken).count()
}

/// Every day of every calendar; and the control: were a shorter run of holidays promised, it would be found out.
#[test]
fn no_run_of_days_on_which_nothing_can_be_done_is_longer_than_is_said() {
    for calendar in &shipped().calendars {
        for regime in [regime("ets-76"), regime("sg")] {
            assert_eq!(broken_promises(regime, calendar, 366), 0, "{} {}", regime.id, calendar.id);
        }
    }
    assert!(broken_promises(regime("ets-76"), calendar("KR"), 3) > 0);
}

/// Where closed days are left out of a short time, it ends on the last of so many open days; a day longer, they count again.
#[test]
fn in_a_short_time_open_days_alone_are_counted() {
    let before_2009 = shipped().regime("frcp@2000-01-01").unwrap();
    for (regime, calendar, most) in [(regime("sg"), calendar("SG"), 6), (&*before_2009, calendar("GB-ENG"), 10)] {
        let rule = rolls_for_sure(regime, day("2026-01-01")).unwrap();
        for from in day("2026-01-01").iter_days().take(365) {
            let is_working = |day: &NaiveDate| is_working(*day, &rule.weekdays, calendar);
            for days in 1..=most + 1 {
                let expected = match days <= most {
                    true => from.iter_days().skip(1).filter(is_working).nth(days as usize - 1).unwrap(),
                    false => next_open(from + Days::new(days.into()), rule, calendar),
                };
                let found = counted(regime, &[calendar], Span::day(from), &Clause::act(days_of(days))).date();
                assert_eq!(found, Some(expected), "{} {from} + {days} days", regime.id);
            }
        }
    }
}

/// A year has more holidays than any one run of them, so many working days lie further off than a run does.
#[test]
fn ninety_working_days_without_a_calendar_hold_the_day_by_the_calendar_of_the_union() {
    let clause = Clause::effect("90 working days".parse().unwrap());
    let from = Span::day(day("2023-04-05"));
    let by_calendar = counted(regime("eu-1182-71"), &[calendar("EU")], from, &clause).span().unwrap();
    let without = counted(regime("eu-1182-71"), &[], from, &clause).span().unwrap();
    assert!(without.holds(by_calendar), "{} is not {}", by_calendar.words(), without.words());
}

/// Section 50(d) of Singapore's Interpretation Act leaves closed days out of a short time in which an act or proceeding is to be done; an
/// effect is neither, and begins on its day.
#[test]
fn an_effect_after_a_few_days_does_not_move_in_singapore() {
    for days in 1..=6 {
        let clause = Clause::effect(days_of(days));
        let from = day("2026-08-07");
        for calendars in [vec![], vec![calendar("SG")]] {
            let answer = counted(regime("sg"), &calendars, Span::day(from), &clause);
            assert_eq!(answer.date(), Some(from + Days::new(days.into())), "{days} days: {:?}", answer.undetermined);
        }
    }
}

/// Art. 3(5) of Regulation 1182/71 wants two working days in the period. Where the day of the event is the first day of it, that day is one.
#[test]
fn the_day_of_the_event_is_one_of_the_two_working_days_where_it_counts() {
    let from = day("2026-06-04");
    let clause = Clause { count_trigger_day: true, ..Clause::act(days_of(2)) };
    let answer = counted(regime("eu-1182-71"), &[calendar("KR")], Span::day(from), &clause);
    // Thursday the 4th and Friday the 5th.
    assert_eq!(answer.date(), Some(day("2026-06-05")));
}

/// Whose holidays count is not known where the two working days come on different days: 2 days from 28 April 2026 end on the 30th in Korea,
/// on 1 May in Japan.
#[test]
fn each_calendar_has_its_own_two_working_days() {
    let regime = regime("eu-1182-71");
    let calendars = [calendar("KR"), calendar("JP")];
    let mut wrong = Vec::new();
    for from in day("2026-01-01").iter_days().take(365) {
        let clause = Clause::act(days_of(2));
        let by_both = counted(regime, &calendars, Span::day(from), &clause).span().unwrap();
        for calendar in calendars {
            let by_one = counted(regime, &[calendar], Span::day(from), &clause).span().unwrap();
            if !by_both.holds(by_one) {
                wrong.push(format!("{from}: {} by {} alone is not {}", by_one.words(), calendar.id, by_both.words()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Hours run from their hour, whatever the day of the event counts for: two days later it is the same hour.
#[test]
fn hours_run_from_their_hour_where_the_day_of_the_event_counts() {
    for (hours, first, last) in [(48, "2026-01-12", "2026-01-12"), (1, "2026-01-10", "2026-01-11")] {
        let clause = Clause { count_trigger_day: true, ..Clause::act(format!("{hours} hours").parse().unwrap()) };
        let answer = counted(regime("corresponding-date"), &[], Span::day(day("2026-01-10")), &clause);
        assert_eq!(answer.span(), Some(Span { earliest: day(first), latest: day(last) }), "{hours} hours");
    }
}

// ---- Outside the years of a calendar

proptest! {
    #![proptest_config(share(1))]

    #[test]
    fn outside_the_years_of_a_calendar_no_act_has_a_single_day(
        at in select(vec!["KR", "SG", "JP", "GB-ENG", "EU"]), years in 1i32..60, day_of_year in 1u32..=365, after: bool, length in lengths(),
    ) {
        let calendar = calendar(at);
        let (first, last) = calendar.latest().unwrap().covers;
        let end = NaiveDate::from_yo_opt(if after { last + years } else { first - years }, day_of_year).unwrap();
        for regime in &shipped().regimes {
            let from = by_jiff(end, (0, length.months(), 0, length.days()), false);
            let answer = counted(regime, &[calendar], Span::day(from), &Clause::act(length));
            let Some(rule) = regime.edition(from).roll.as_ref().filter(|rule| rule.value.holidays) else { continue };
            prop_assume!(answer.span().is_some_and(|span| !(first..=last).contains(&span.latest.year())));
            let why = answer.undetermined.clone().unwrap_or_default();
            prop_assert_eq!(answer.date(), None, "{} {:?}", regime.id, rule.value);
            prop_assert!(why.contains(" covers "), "{}: {}", regime.id, why);
        }
    }

    #[test]
    fn outside_the_years_of_a_calendar_no_working_days_have_a_single_day(
        at in select(vec!["KR", "SG", "JP", "GB-ENG", "EU"]), years in 1i32..60, day_of_year in 1u32..=365, after: bool, length in working_days(30), backward: bool,
    ) {
        let calendar = calendar(at);
        let (first, last) = calendar.latest().unwrap().covers;
        let from = NaiveDate::from_yo_opt(if after { last + years } else { first - years }, day_of_year).unwrap();
        for regime in &shipped().regimes {
            let answer = counted(regime, &[calendar], Span::day(from), &Clause { backward, ..Clause::effect(length) });
            let why = answer.undetermined.clone().unwrap_or_default();
            prop_assert_eq!(answer.date(), None, "{}", regime.id);
            prop_assert!(why.contains(" covers "), "{}: {}", regime.id, why);
        }
    }
}

/// A single day near the first and the last day that a calendar covers is the day whatever the holidays beyond them are.
#[test]
fn a_single_day_at_the_edge_of_a_calendar_hangs_on_no_day_beyond_it() {
    let mut wrong = Vec::new();
    for calendar in &shipped().calendars {
        let (first, last) = calendar.latest().unwrap().covers;
        let edges = [NaiveDate::from_ymd_opt(first, 1, 1), NaiveDate::from_ymd_opt(last + 1, 1, 1)].map(Option::unwrap);
        for regime in shipped().regimes.iter() {
            let Some(rule) = rolls_for_sure(regime, edges[0]) else { continue };
            for end in edges.into_iter().flat_map(|edge| (edge - Days::new(20)).iter_days().take(40)) {
                // Long periods, for which a week more or less of days that are no working days is nothing.
                for days in [15, 40, 63] {
                    let from = end - Days::new(days);
                    let Some(found) = counted(regime, &[calendar], Span::day(from), &Clause::act(days_of(days as u32))).date()
                    else {
                        continue;
                    };
                    let expected = next_open(end, rule, calendar);
                    if found != expected || !is_covered(&[calendar], end, found) {
                        wrong.push(format!("{} {}: {from} + {days} days is {expected}, not {found}", regime.id, calendar.id));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A calendar whose last day is a Monday and the only working day of the period: the second one is beyond the calendar, and is not looked
/// for to the end of time. KR, SG, JP and GB-ENG were so if they ended with 2029.
#[test]
fn two_working_days_are_not_looked_for_beyond_the_calendar_for_ever() {
    let days = std::collections::BTreeMap::new();
    let (known_from, status, source) = (day("2017-12-01"), "test".into(), String::new());
    let edition = CalendarEdition { known_from, covers: (2018, 2018), status, source, days };
    let ends_with_2018 = Calendar { id: "ends-with-2018".into(), name: String::new(), editions: vec![edition] };
    let (sender, answer) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let counting = Counting { calendars: vec![&ends_with_2018], ..Counting::by(regime("eu-1182-71")) };
        let answer = compute(Span::day(day("2018-12-29")), &Clause::act(days_of(2)), &counting);
        sender.send(answer.date()).unwrap();
    });
    // Nothing is measured: without an answer by then there will be none.
    let found = answer.recv_timeout(std::time::Duration::from_secs(5));
    assert_eq!(found, Ok(None));
}

// ---- Counting back

proptest! {
    #![proptest_config(share(1))]

    #[test]
    fn counting_back_never_comes_after_the_event(
        case in cases(0..=2, clauses(any_length(), both())),
    ) {
        let clause = Clause { backward: true, then: None, cutoff: None, not_before: None, deemed_received_after: None, ..case.clause.clone() };
        let case = Case { clause, ..case };
        let span = case.answer().span().unwrap();
        prop_assert!(span.earliest <= span.latest && span.latest <= case.event, "{}", span.words());
    }

    #[test]
    fn counting_back_with_both_ends_outside_is_one_day_earlier(case in cases(0..=1, clauses(lengths(), both()))) {
        prop_assume!(case.clause.period.is_some());
        let with = |quantifier| Case {
            clause: Clause { backward: true, then: None, cutoff: None, not_before: None, quantifier, ..case.clause.clone() },
            ..case.clone()
        };
        let (plain, clear) = (with(Some(Quantifier::Exactly)), with(Some(Quantifier::Clear)));
        let unmoved = |case: &Case| counted(&unmoved(case.regime), &case.calendars, Span::day(case.event), &case.clause).span().unwrap();
        prop_assert_eq!(unmoved(&plain).moved(-1), Some(unmoved(&clear)));
        // Moved to a day on which something can be done, it is no later.
        let (plain, clear) = (plain.answer().span().unwrap(), clear.answer().span().unwrap());
        prop_assert!(clear.earliest <= plain.earliest && clear.latest <= plain.latest);
        // What the regime itself says is one of the two.
        let own = with(None).answer().span();
        let is_clear = case.regime.edition(case.event).backward.value.clear;
        prop_assert_eq!(own, Some(if is_clear { clear } else { plain }));
    }

    #[test]
    fn counting_back_for_an_act_moves_further_back_where_the_regime_says_so(
        case in cases(1..=1, clauses(lengths(), acts())), moving in select(vec!["kr", "frcp"]),
    ) {
        let clause = Clause { backward: true, then: None, cutoff: None, not_before: None, missing_day: None, ..case.clause.clone() };
        let case = Case { regime: regime(moving), clause, ..case };
        assert_eq!(case.regime.edition(case.event).backward.value.roll, RollBack::Preceding);
        let rule = rolls_for_sure(case.regime, case.event).unwrap();
        let found = case.answer();
        prop_assume!(case.is_covered(case.event, &found));
        let last = counted(&unmoved(case.regime), &case.calendars, Span::day(case.event), &case.clause).date().unwrap();
        let expected = std::iter::successors(Some(last), NaiveDate::pred_opt).find(|day| is_open(*day, rule, case.calendars[0]));
        prop_assert_eq!(found.date(), expected);
    }
}

// ---- No panic

proptest! {
    #![proptest_config(share(1))]

    /// At the ends of the calendar, and with the longest periods that a text can say, there is a day, a range or a reason.
    #[test]
    fn whatever_is_asked_there_is_a_day_or_a_reason(
        case in cases(0..=2, clauses(any_length(), both())),
        far in select(vec![NaiveDate::MIN, NaiveDate::MAX, day("0001-01-01"), day("9999-12-31"), day("2024-02-29")]),
        near in -40i64..40,
        long in option::of(select(vec!["1000 years", "366000 days", "8784000 hours", "12000 months", "5000 working days"])),
        backward: bool,
    ) {
        let from = far.checked_add_signed(chrono::TimeDelta::days(near)).unwrap_or(far);
        let period = long.map(|long| long.parse().unwrap()).or(case.clause.period);
        let case = Case { clause: Clause { period, backward, ..case.clause.clone() }, ..case };
        let answer = case.from(Span::day(from));
        prop_assert!(answer.date().is_some() || answer.undetermined.is_some());
        prop_assert!(answer.span().is_none_or(|span| span.earliest <= span.latest));
    }
}
