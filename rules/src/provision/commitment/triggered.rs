//! A duty that begins each time something happens, or runs towards a meeting that is planned.

use events::Event;
use events::event::Certainty;

use super::duty::DueTerm;
use super::instance::{Instance, Owed};
use crate::agreement;
use crate::docket::{Due, Reason};
use crate::notice::Standing;
use crate::obligation::{Axes, Ending, Existence, Timing, timing};
use crate::register::Act;
use crate::scene::{LineDraft, Scene};
use crate::spell::spells;
use crate::time::compute::Clause;
use crate::time::notice_day::last_day_before;
use crate::time::{Period, Span, compute};

pub(super) fn triggered(owed: &Owed, act: &str, of: Option<&str>, due: Option<&DueTerm>, id: &str) -> Vec<Instance> {
    let (scene, reference) = (owed.scene, owed.reference());
    let draft = |instance: &str| owed.draft(instance);
    let mut drafts: Vec<Instance> = Vec::new();
    if let Some(DueTerm::Before(period)) = due {
        for meeting in meetings(scene, of) {
            let Some(due) = last_days(scene, meeting.days, *period) else { continue };
            let text = format!("{period} before {}, {} {}: by {}", meeting.id, meeting.state, meeting.days.words(), due.words());
            let reason = Reason::new("commitment.before", text).provision(reference).records(meeting.records.clone());
            let mut axes = Axes::live(timing(None, due, scene.as_of));
            // A body that came together without its quorum did come together: what was due before that was due.
            let came_together = meeting.state == HELD || meeting.state == INQUORATE;
            let certainty = if came_together { Certainty::Definitive } else { Certainty::Indicative };
            if certainty == Certainty::Indicative && matches!(axes.timing, Timing::Overdue(_)) {
                // A date that hangs on a plan is never overdue before the plan has come true.
                axes.timing = Timing::Undetermined(format!("whether it came in time: {} is only planned", meeting.id));
            }
            if meeting.state == CANCELLED {
                axes.existence = Existence::Ended(Ending::Cancelled);
            }
            let instance = format!("{id}-{}", meeting.id);
            drafts.push(draft(&instance).axes(axes).due(Due::within(due, certainty)).because([reason]).into());
        }
    } else {
        for trigger in scene.acts().map(|(found, _)| found).filter(|found| sets_off(&found.event, act, of)) {
            let fate = fate(scene, trigger);
            if matches!(fate, Fate::None) {
                continue;
            }
            let instance = distinct(&drafts, &format!("{id}-{}", trigger.date_words().replace(['/', ' '], "-")));
            let cause = Cause {
                rule: "commitment.trigger",
                days: trigger.days(),
                said: format!("set off by {} {}", trigger.event.kind(), trigger.date_words()),
                records: vec![trigger.seq],
            };
            let mut instance = arisen_from(scene, draft(&instance), cause, due, reference);
            if let Fate::Over(reason) = fate {
                let axes = &mut instance.draft.0.axes;
                (axes.existence, axes.timing) = (Existence::Ended(Ending::Expired), Timing::Undated);
                instance.say(reason);
            }
            drafts.push(instance);
        }
        drafts.extend(by_rule(owed, act, due, id));
    }
    if drafts.is_empty() {
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        let until = format!("until {}{of}", act.replace('-', " "));
        let reason =
            Reason::new("commitment.condition", format!("arises each time: {}{of}; none is recorded", act.replace('-', " ")));
        drafts.push(draft(id).axes(Axes::dormant(until)).because([reason.provision(reference)]).into());
    }
    drafts
}

/// What became of what sets off a duty.
enum Fate {
    /// It stands.
    Stands,
    /// It never had any effect: nothing is set off.
    None,
    /// It was undone before it had its effect: what it set off is over.
    Over(Reason),
}

/// A notice that is too early or defective sets nothing off; one that is taken back, or that another takes the place of, ends what it did.
fn fate(scene: &Scene, trigger: &Act) -> Fate {
    let Event::NoticeGiven(given) = &trigger.event else { return Fate::Stands };
    let Some(notice) = scene.notices.iter().find(|notice| notice.id == given.notice) else { return Fate::Stands };
    let how = match &notice.standing {
        Standing::Running | Standing::Suspended(_) => return Fate::Stands,
        Standing::TooEarly(_) | Standing::Defective(_) => return Fate::None,
        Standing::Retracted(when) => format!("taken back {when}"),
        Standing::Overtaken(why) => why.clone(),
    };
    let undone = ["notice.retracted", "notice.replaced", "notice.prolonged"];
    let records = notice.steps.iter().filter(|step| undone.contains(&step.rule)).flat_map(|step| step.records.iter().copied());
    let reason = Reason::new("commitment.undone", format!("{} came to nothing: {how}", notice.id));
    Fate::Over(reason.provision(&notice.provision).records(records))
}

/// What is set off by coming into effect, where that follows from the agreement's own rule and no document states it.
fn by_rule(owed: &Owed, act: &str, due: Option<&DueTerm>, id: &str) -> Option<Instance> {
    let scene = owed.scene;
    let by_rule = agreement::entry_by_rule(scene.place()).filter(|_| act == "took-effect");
    let (days, words, reason) = by_rule.filter(|(days, ..)| days.earliest <= scene.as_of)?;
    let said = format!("set off by its coming into effect: {}", reason.text);
    let cause = Cause { rule: "commitment.trigger", days, said, records: reason.records };
    let instance = format!("{id}-{}", words.replace(['/', ' '], "-"));
    Some(arisen_from(scene, owed.draft(&instance), cause, due, owed.reference()))
}

/// A duty that begins each time something comes to be so that the text says in words. Without a date it lasts as long as that is so.
pub(super) fn on_condition(owed: &Owed, words: &str, due: Option<&DueTerm>, id: &str) -> Vec<Instance> {
    let (scene, reference) = (owed.scene, owed.reference());
    let mut arisen: Vec<Instance> = Vec::new();
    for spell in spells(scene.place(), words, |party| owed.draft(id).0.by.iter().any(|by| by == scene.agreement.holder(party))) {
        let since = spell.from.date_words();
        let instance = distinct(&arisen, &format!("{id}-{}", since.replace(['/', ' '], "-")));
        let said = format!("set off by “{words}”, so since {since}");
        let cause = Cause { rule: "commitment.trigger", days: spell.from.days(), said, records: vec![spell.from.seq] };
        let mut instance = arisen_from(scene, owed.draft(&instance), cause, due, reference);
        if let Some((until, over)) = spell.until.zip(spell.over).filter(|_| due.is_none()) {
            let text = format!("“{words}” is so no longer, {}", until.words());
            instance.say(Reason::new("commitment.condition-over", text).provision(reference).records([over]));
            let axes = &mut instance.draft.0.axes;
            match until.latest <= scene.as_of {
                true => (axes.existence, axes.timing) = (Existence::Ended(Ending::Expired), Timing::Undated),
                false => axes.timing = Timing::Undetermined(format!("whether {words} on this day")),
            }
        }
        arisen.push(instance);
    }
    if arisen.is_empty() {
        let reason = Reason::new("commitment.condition", format!("arises each time: {words}; none is recorded"));
        let command = format!("obligo record condition {} --condition '{words}' --on DATE", scene.agreement.id);
        let draft = owed.draft(id).axes(Axes::dormant(format!("until {words}"))).closes_with(command);
        arisen.push(draft.because([reason.provision(reference)]).into());
    }
    arisen
}

/// Due at the next meeting of a body: the first since the agreement came into effect that was held or is still planned. It moves with the
/// meeting, and a meeting that is called off, or that is short of its quorum, leaves it to the one after.
pub(super) fn at_next(scene: &Scene, draft: LineDraft, body: &str, reference: &str) -> LineDraft {
    let since = scene.since.map_or(chrono::NaiveDate::MIN, |since| since.earliest);
    let meetings = meetings(scene, Some(body));
    let called_off = meetings.iter().filter(|meeting| meeting.state == CANCELLED).count();
    let short = |act: &Act| matches!(&act.event, Event::MeetingInquorate(meeting) if meeting.body == body);
    let inquorate = scene.acts().filter(|(act, _)| short(act)).count();
    let held = held_by_itself(scene, body);
    let coming = meetings.into_iter().filter(|meeting| meeting.state != CANCELLED && meeting.state != INQUORATE);
    let next = coming.chain(held).filter(|meeting| since <= meeting.days.latest).min_by_key(|meeting| meeting.days.earliest);
    let Some(meeting) = next else {
        return draft.axes(Axes::undetermined(format!("when the next {body} meets: no meeting of it is planned")));
    };
    let slips = [(called_off, "called off"), (inquorate, "without a quorum")];
    let slips: Vec<String> =
        slips.into_iter().filter(|(count, _)| *count > 0).map(|(count, how)| format!("{count} {how}")).collect();
    let slipped = if slips.is_empty() { String::new() } else { format!(", after {}", slips.join(" and ")) };
    let text = format!("due at the next {body}, {}, {} {}{slipped}", meeting.id, meeting.state, meeting.days.words());
    // One that was held counts however it was planned.
    let planned = if meeting.state == HELD { meeting.records.len() - 1 } else { 0 };
    let records = meeting.records.iter().skip(planned).copied();
    let reason = Reason::new("commitment.at-next", text).provision(reference).records(records);
    let certainty = if meeting.state == HELD { Certainty::Definitive } else { Certainty::Indicative };
    let mut axes = Axes::live(timing(None, meeting.days, scene.as_of));
    if certainty == Certainty::Indicative && matches!(axes.timing, Timing::Overdue(_)) {
        axes.timing = Timing::Undetermined(format!("whether {} was held", meeting.id));
    }
    draft.axes(axes).due(Due::within(meeting.days, certainty)).because([reason])
}

/// Meetings of a body that were held without having been planned.
fn held_by_itself(scene: &Scene, body: &str) -> Vec<Planned> {
    let held = scene.acts().filter_map(|(act, _)| match &act.event {
        Event::MeetingHeld(meeting) if meeting.body == body => {
            Some(Planned { id: meeting.meeting.clone(), days: act.days(), state: HELD, records: vec![act.seq] })
        }
        _ => None,
    });
    held.collect()
}

/// What an instance arises from.
pub(super) struct Cause {
    pub rule: &'static str,
    pub days: Span,
    pub said: String,
    pub records: Vec<u64>,
}

/// An instance whose period, if the text gives one, runs from its cause.
pub(super) fn arisen_from(scene: &Scene, draft: LineDraft, cause: Cause, due: Option<&DueTerm>, reference: &str) -> Instance {
    let Cause { rule, days, said, records } = cause;
    let reason = |text: String| Reason::new(rule, text).provision(reference).records(records);
    let Some(DueTerm::Within(period)) = due else {
        let draft = draft.axes(Axes::live(Timing::Open)).because([reason(format!("{said}; the text names no date"))]);
        return Instance::begun(draft, days);
    };
    let answer = compute(days, &Clause::act(*period), &scene.counting);
    let draft = match answer.span() {
        Some(due) => {
            let step = if days.exact().is_some() { answer.in_words() } else { due.words() };
            let text = format!("{said}: {step} (regime {})", scene.counting.id());
            // A range of days is told by the dates; what else is missing must be said.
            let open = answer.undetermined.filter(|_| days.exact().is_some());
            let open = open.map(|why| Reason::new("commitment.open", format!("not settled: {why}")).provision(reference));
            let draft = draft.axes(Axes::live(timing(None, due, scene.as_of))).due(Due::within(due, Certainty::Definitive));
            draft.because([reason(text)]).because(open)
        }
        None => draft.axes(Axes::undetermined(answer.undetermined.unwrap_or_default())).because([reason(said)]),
    };
    Instance::begun(draft, days)
}

/// The last days to act so long before a day: by the regime's own rule for counting back, if it has one, or the last from which the
/// period still ends by then.
fn last_days(scene: &Scene, before: Span, period: Period) -> Option<Span> {
    if scene.counting.counts_back_clear(before.earliest) || !period.has_months() {
        return compute(before, &Clause { backward: true, ..Clause::act(period) }, &scene.counting).span();
    }
    before.map(|day| Some(last_day_before(day, period, false, &scene.counting)?.sure))
}

/// An id that none of these has: the one that is wanted, or with a number behind it.
pub(super) fn distinct(taken: &[Instance], wanted: &str) -> String {
    let is_taken = |id: &str| taken.iter().any(|instance| instance.id() == id);
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_string()).chain(numbered).find(|id| !is_taken(id)).unwrap_or_default()
}

fn sets_off(event: &Event, act: &str, of: Option<&str>) -> bool {
    match (event, act) {
        (Event::MeetingHeld(meeting), "meeting-held") => of.is_none_or(|of| of == meeting.body),
        (Event::AgreementSigned(_), "signed")
        | (Event::AgreementTookEffect(_), "took-effect")
        | (Event::DeliverableDelivered(_), "deliverable")
        | (Event::AnnouncementMade(_), "announcement")
        | (Event::NoticeGiven(_), "notice-given") => true,
        _ => false,
    }
}

const PLANNED: &str = "planned";
const HELD: &str = "held";
const CANCELLED: &str = "cancelled, planned";
const INQUORATE: &str = "without a quorum";

/// A meeting that was planned, and what became of it.
struct Planned {
    id: String,
    days: Span,
    state: &'static str,
    /// The records that say so: that it was planned, and where it stands now.
    records: Vec<u64>,
}

impl Planned {
    /// A record by which what was said since it was planned no longer counts.
    fn now(&mut self, days: Span, state: &'static str, seq: u64) {
        self.records.truncate(1);
        self.records.push(seq);
        (self.days, self.state) = (days, state);
    }
}

/// Meetings that were planned, each on its last day: a duty that ran towards one stays when the meeting is over.
fn meetings(scene: &Scene, of: Option<&str>) -> Vec<Planned> {
    let mut planned: Vec<Planned> = Vec::new();
    for (act, _) in scene.acts() {
        match &act.event {
            Event::MeetingScheduled(meeting) if of.is_none_or(|of| of == meeting.body) => {
                let Some((earliest, latest)) = meeting.on.deadline() else { continue };
                planned.retain(|known| known.id != meeting.meeting);
                let days = Span { earliest, latest };
                planned.push(Planned { id: meeting.meeting.clone(), days, state: PLANNED, records: vec![act.seq] });
            }
            Event::MeetingPostponed(meeting) => {
                if let Some((known, (earliest, latest))) =
                    planned.iter_mut().find(|known| known.id == meeting.meeting).zip(meeting.on.deadline())
                {
                    let days = Span { earliest, latest };
                    match known.state {
                        PLANNED => known.now(days, PLANNED, act.seq),
                        // What was held was not put off.
                        HELD => {}
                        _ => {
                            known.days = days;
                            known.records.push(act.seq);
                        }
                    }
                }
            }
            Event::MeetingHeld(meeting) => {
                if let Some(known) = planned.iter_mut().find(|known| known.id == meeting.meeting) {
                    known.now(act.days(), HELD, act.seq);
                }
            }
            Event::MeetingInquorate(meeting) => {
                if let Some(known) = planned.iter_mut().find(|known| known.id == meeting.meeting) {
                    known.now(act.days(), INQUORATE, act.seq);
                }
            }
            Event::MeetingCancelled(meeting) => {
                if let Some(known) = planned.iter_mut().find(|known| known.id == meeting.meeting) {
                    known.state = CANCELLED;
                    known.records.push(act.seq);
                }
            }
            _ => {}
        }
    }
    planned
}
