//! Dates, states and reasons as words. Every screen says them the same way.

use chrono::NaiveDate;
use events::alert::{AlertFact, Rung};
use events::event::{Certainty, Event, Milestone, Transition};
use events::terms::{Force, Form};
use rules::docket::{
    AfterEnd, Axes, Due, EffectState, Existence, Line, NoticeLine, NoticeState, Participation, ParticipationState, Performance,
    Timing,
};

use super::{Cell, Tone};

/// Symbol and tone of a line's state; the word follows it, so that nothing is said by colour alone.
pub fn state(axes: &Axes) -> (&'static str, Tone) {
    match (&axes.existence, axes.performance, &axes.timing) {
        (_, Performance::Complete, _) => ("✓", Tone::Good),
        (Existence::Ended(_), ..) => ("–", Tone::Dim),
        (_, _, Timing::Undetermined(_)) => ("?", Tone::Warning),
        (Existence::Dormant(_), ..) => ("z", Tone::Dim),
        (_, _, Timing::Overdue(_)) => ("✗", Tone::Bad),
        (_, _, Timing::Due | Timing::DueSoon | Timing::InGrace) => ("!", Tone::Warning),
        (_, _, Timing::Open | Timing::NotOpen | Timing::Undated) => ("·", Tone::Plain),
    }
}

/// `✗ not met by the date, nothing recorded`; `✗ overdue, nothing recorded, known only since 2026-03-01`.
pub fn label(line: &Line) -> Cell {
    let (symbol, tone) = state(&line.axes);
    let known =
        line.known_since.filter(|_| line.late_known).map(|since| format!(", known only since {since}")).unwrap_or_default();
    tone.of(format!("{symbol} {}{known}", line.label))
}

/// Where a line stands in the text; what a meeting decided stands nowhere in it, and has its id.
pub fn place(line: &Line) -> &str {
    let is_decided = line.because.iter().any(|reason| reason.rule == "decision.taken");
    line.provision.as_deref().filter(|_| !is_decided).unwrap_or(&line.id)
}

/// `2025-05-01 – 2025-05-31`, `2025-03-06`, `from 2027-02-28`.
pub fn due(due: Due) -> String {
    match (due.earliest, due.latest) {
        (Some(earliest), Some(latest)) if earliest == latest => earliest.to_string(),
        (Some(earliest), Some(latest)) => format!("{earliest} – {latest}"),
        (Some(earliest), None) => format!("from {earliest}"),
        (None, Some(latest)) => format!("by {latest}"),
        (None, None) => String::new(),
    }
}

/// How far a date is from the day it is seen from: `in 12 days`, `3 days ago`.
pub fn distance(due: Due, as_of: NaiveDate) -> String {
    let (Some(earliest), latest) = (due.earliest, due.latest) else { return String::new() };
    let until = (earliest - as_of).num_days();
    let past = latest.map_or(0, |latest| (as_of - latest).num_days());
    match (until, past) {
        (1, _) => "tomorrow".into(),
        (until, _) if until > 0 => format!("in {until} days"),
        (_, 1) => "yesterday".into(),
        (_, past) if past > 0 => format!("{past} days ago"),
        (0, _) => "today".into(),
        _ => "now".into(),
    }
}

/// `AA leaving 2024-07-15, BB bound`; nothing where all are bound alike.
pub fn participation(parties: &[Participation]) -> Option<String> {
    let is_over = |one: &Participation| one.because.iter().any(|reason| reason.rule == "participation.over");
    let leaves = |one: &Participation| matches!(one.state, ParticipationState::Leaving | ParticipationState::Former);
    let differ =
        parties.iter().any(|one| leaves(one) && !is_over(one)) || parties.iter().any(|one| one.state != parties[0].state);
    let word = |one: &Participation| match (one.state, one.span) {
        (ParticipationState::Leaving, Some(span)) => format!("{} leaving {}", one.party, span.words()),
        (ParticipationState::Former, Some(span)) if is_over(one) => format!("{} former since {}", one.party, span.words()),
        (ParticipationState::Former, Some(span)) => format!("{} former, left {}", one.party, span.words()),
        (ParticipationState::Bound, Some(span)) => format!("{} bound since {}", one.party, span.words()),
        (ParticipationState::Undetermined, Some(span)) => {
            format!("{} undetermined: it may have left, {}", one.party, span.words())
        }
        (state, _) => format!("{} {}", one.party, state.word()),
    };
    differ.then(|| parties.iter().map(word).collect::<Vec<_>>().join("; "))
}

/// `winding down: 2 lines go on (pact/12-2026, pact/project-p1)`.
pub fn after_end(after: &AfterEnd) -> String {
    match after {
        AfterEnd::NothingSurvives => "nothing of it survives".into(),
        AfterEnd::WindingDown(open) => {
            let lines: Vec<&str> = open.iter().map(|one| one.line.as_str()).collect();
            let go = if lines.len() == 1 { "line goes" } else { "lines go" };
            format!("winding down: {} {go} on ({})", lines.len(), lines.join(", "))
        }
        AfterEnd::Settled => "settled: what went on after it is over".into(),
    }
}

/// What a party does not hold itself to, whose place it took, what it was called before, between whom it is suspended; nothing where there is nothing to say.
pub fn own(parties: &[Participation]) -> Option<String> {
    let told = [
        "participation.succeeded",
        "participation.renamed",
        "participation.reserved",
        "participation.reservation-withdrawn",
        "participation.suspended",
    ];
    let reasons = parties.iter().flat_map(|party| &party.because).filter(|reason| told.contains(&reason.rule));
    let mut said: Vec<&str> = Vec::new();
    for reason in reasons {
        // What is so between two is said once.
        if !said.contains(&reason.text.as_str()) {
            said.push(&reason.text);
        }
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// The word for what is said of a performance.
pub fn assessment(said: events::event::Assessment) -> &'static str {
    match said {
        events::event::Assessment::Accepted => "accepted",
        events::event::Assessment::Acknowledged => "acknowledged",
        events::event::Assessment::Rejected => "rejected",
        events::event::Assessment::Contested => "contested",
    }
}

/// The word for how firm a date is.
pub fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Definitive => "definitive",
        Certainty::Indicative => "indicative",
        Certainty::Tentative => "tentative",
    }
}

/// Whether it binds.
pub fn force(force: Force) -> &'static str {
    match force {
        Force::Binding => "binding",
        Force::NonBinding => "non-binding",
        Force::Mixed => "mixed",
    }
}

/// What the instrument is called.
pub fn form(form: Form) -> &'static str {
    match form {
        Form::Treaty => "treaty",
        Form::Agreement => "agreement",
        Form::Memorandum => "memorandum",
        Form::Arrangement => "arrangement",
        Form::Partnership => "partnership",
        Form::Contract => "contract",
    }
}

/// What those who concluded it are called, and what they owe.
pub fn parties(force: Force) -> (&'static str, &'static str) {
    match force {
        Force::NonBinding => ("participants", "commitment"),
        Force::Binding | Force::Mixed => ("parties", "obligation"),
    }
}

/// `in effect since 2023-11-22`.
pub fn effect(state: EffectState, since: Option<&str>) -> String {
    let word = state.word().replace('_', " ");
    match (state, since) {
        (EffectState::Undetermined, Some(since)) => format!("undetermined: {since}"),
        (EffectState::Terminated | EffectState::Expired | EffectState::Signed | EffectState::Concluded, Some(on)) => {
            format!("{word} {on}")
        }
        (_, Some(since)) => format!("{word} since {since}"),
        (_, None) => word,
    }
}

/// `none`, or `by KR of 2026-08-31, ends it 2027-02-28`.
pub fn notice(notice: &NoticeLine) -> String {
    let word = match notice.state {
        NoticeState::None => return "none".into(),
        NoticeState::Pending => "pending",
        NoticeState::Effective => "effective",
    };
    let given = notice.given.as_deref().unwrap_or_default();
    let whose = match notice.by.as_deref().unwrap_or_default() {
        "" => format!("of itself since {given}"),
        by => format!("by {by} of {given}"),
    };
    format!("{word}: {whose}, ends it {}", notice.words.as_deref().unwrap_or("on a day that cannot be told"))
}

/// The word in JSON.
pub fn notice_state(state: NoticeState) -> &'static str {
    match state {
        NoticeState::None => "none",
        NoticeState::Pending => "pending",
        NoticeState::Effective => "effective",
    }
}

/// `, from 2027-01-01`.
fn from(effective: Option<&events::DateSpec>) -> String {
    effective.map(|effective| format!(", from {effective}")).unwrap_or_default()
}

/// `30 days before`, `on the day`, `after the date`.
pub fn rung(rung: Rung) -> String {
    match rung {
        Rung::Before(0) => "on the day".into(),
        Rung::Before(days) => format!("{} before", counted(days.into(), "day")),
        Rung::After(_) => "after the date".into(),
    }
}

/// A text whose lines end alike, and that has nothing in it that a reader of a calendar or of XML could stumble over.
pub fn plain(text: &str) -> String {
    let letter = |letter: char| match letter {
        '\n' => letter,
        letter if letter.is_control() || "\u{2028}\u{2029}\u{fffe}\u{ffff}".contains(letter) => ' ',
        letter => letter,
    };
    text.replace("\r\n", "\n").chars().map(letter).collect()
}

/// `1 record`, `3 records`.
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// What a run, or somebody who was told by one, recorded.
fn alert(fact: &AlertFact) -> String {
    let alerts = |count: usize| counted(count, "alert");
    match fact {
        AlertFact::Raised(raised) => format!("{} raised for {}", alerts(raised.alerts.len()), raised.channel),
        AlertFact::Withdrawn(withdrawn) => format!("{} withdrawn for {}", alerts(withdrawn.alerts.len()), withdrawn.channel),
        AlertFact::Delivered(delivered) => {
            format!("{} delivered to {}", alerts(delivered.alerts.len() + delivered.withdrawn.len()), delivered.channel)
        }
        AlertFact::Failed(failed) if failed.is_final => {
            format!("not delivered to {}, and not tried again: {}", failed.channel, failed.why)
        }
        AlertFact::Failed(failed) => format!("not delivered to {}, attempt {}: {}", failed.channel, failed.attempt, failed.why),
        AlertFact::Acknowledged(said) => format!("{} acknowledged", alerts(said.alerts.len())),
        AlertFact::Snoozed(said) => format!("{} put off to {}", alerts(said.alerts.len()), said.until),
        AlertFact::Escalated(said) => format!("{} sent up to {}", alerts(said.alerts.len()), said.to),
        AlertFact::Run(run) => format!(
            "a run over {}: {} evaluated, {} due, {} undetermined",
            counted(usize::try_from(run.size).unwrap_or(usize::MAX), "record"),
            run.evaluated,
            run.due,
            run.undetermined
        ),
    }
}

/// A fact in one line.
pub fn event(event: &Event) -> String {
    let at = |place: &Option<String>| place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
    let milestone = |verb: &str, milestone: &Milestone| {
        let text = milestone.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        format!("{verb}{}{text}", at(&milestone.place))
    };
    match event {
        Event::AgreementRecorded(terms) => format!("{} ({}, {})", terms.title, form(terms.form), force(terms.force)),
        Event::SourceRecorded(source) => {
            format!("source {}: {}, {}, {}", source.id, source.title, source.published, source.handling)
        }
        Event::BodyRecorded(body) => format!("body {}: {}", body.id, body.name),
        Event::ProvisionRecorded(provision) => {
            let text = provision.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
            format!("{} {}{text}", provision.reference, provision.kind)
        }
        Event::AgreementAnnounced(data) => milestone("announced", data),
        Event::AgreementConcluded(data) => milestone("negotiations concluded", data),
        Event::AgreementSigned(data) => milestone("signed", data),
        Event::AgreementLaunched(data) => milestone("launched", data),
        Event::AgreementTookEffect(data) => milestone("took effect", data),
        Event::MeetingScheduled(meeting) => {
            let how = if meeting.certainty == Certainty::Tentative { "tentatively planned" } else { "planned" };
            format!("{} {how} for {}{}", meeting.name.as_ref().unwrap_or(&meeting.meeting), meeting.on, at(&meeting.place))
        }
        Event::MeetingHeld(meeting) => {
            format!("{} held{}", meeting.name.as_ref().unwrap_or(&meeting.meeting), at(&meeting.place))
        }
        Event::MeetingPostponed(meeting) => format!("{} postponed to {}", meeting.meeting, meeting.on),
        Event::MeetingCancelled(meeting) => format!("{} cancelled", meeting.meeting),
        Event::AnnouncementMade(done) => format!("announced: {}", done.text),
        Event::DeliverableDelivered(done) => format!("delivered: {}", done.text),
        Event::ProjectBegun(project) => format!("project {}: {}", project.project, project.text),
        Event::WorkReported(done) => format!("work reported: {}", done.text),
        Event::PerformanceReported(done) => format!("performance of {} reported", done.instance),
        Event::NoticeGiven(notice) => format!("{} given by {} under {}", notice.notice, notice.by, notice.power),
        Event::NoticeDispatched(step) => format!("{} dispatched", step.notice),
        Event::NoticeReceived(notice) => match &notice.by {
            Some(by) => format!("{} received by {by}", notice.notice),
            None => format!("{} received", notice.notice),
        },
        Event::NoticeDeposited(step) => format!("{} deposited", step.notice),
        Event::NoticeRegistered(step) => format!("{} registered", step.notice),
        Event::NoticeRetracted(notice) => format!("{} retracted", notice.notice),
        Event::NoticeSuspended(step) => format!("{} suspended", step.notice),
        Event::NoticeResumed(step) => format!("{} resumed", step.notice),
        Event::NoticeExtended(notice) => format!("{} put off to {}", notice.notice, notice.to),
        Event::NoticeContested(step) => format!("{} contested", step.notice),
        Event::NoticeUpheld(step) => format!("{} upheld", step.notice),
        Event::NoticeFoundDefective(found) => format!("{} found defective: {}", found.notice, found.defect),
        Event::NoticeCured(step) => format!("{} cured", step.notice),
        Event::AgreementProvisionallyApplied(data) => milestone("applied provisionally", data),
        Event::AgreementSuspended(suspended) => {
            let what = if suspended.provisions.is_empty() { "all of it".into() } else { suspended.provisions.join(", ") };
            let among = match suspended.parties.as_slice() {
                [] => String::new(),
                parties => format!(", between {} alone", parties.join(", ")),
            };
            let until = suspended.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
            format!("{what}{among}{until}")
        }
        Event::AgreementResumed(resumed) => match resumed.provisions.as_slice() {
            [] => "all of it".into(),
            provisions => provisions.join(", "),
        },
        Event::AgreementTerminated(terminated) => format!("by consent, first day without it {}", terminated.effective),
        Event::AgreementSuperseded(superseded) => {
            let what = if superseded.provisions.is_empty() { "all of it".into() } else { superseded.provisions.join(", ") };
            format!("{what}, by {}", superseded.by)
        }
        Event::InvalidityEstablished(invalid) => format!("void, established by {}", invalid.by),
        Event::ProvisionAmended(amended) => {
            let keys: Vec<&str> = amended.changes.keys().chain(&amended.without).map(String::as_str).collect();
            let running = amended.transition.map(|transition| {
                let day = amended.effective.as_ref().map(|day| format!("on {day}"));
                let words = if transition == Transition::Old { "old" } else { "new" };
                format!("a cycle that runs {} is under the {words} words", day.as_deref().unwrap_or("then"))
            });
            let keys = (!keys.is_empty()).then(|| keys.join(", "));
            let said: Vec<String> = keys.into_iter().chain(running).collect();
            format!("{} amended{}: {}", amended.provision, from(amended.effective.as_ref()), said.join("; "))
        }
        Event::ProvisionAdded(added) => {
            format!("{} {} put in{}", added.provision.reference, added.provision.kind, from(added.effective.as_ref()))
        }
        Event::ProvisionRepealed(repealed) => format!("{} taken out{}", repealed.provision, from(repealed.effective.as_ref())),
        Event::PartyRenamed(renamed) => {
            let name = renamed.name.iter().map(|name| format!("is called {name}"));
            let through = renamed.acts_through.iter().map(|through| format!("acts through {through}"));
            format!("{} {}", renamed.party, name.chain(through).collect::<Vec<_>>().join(" and "))
        }
        Event::PartySucceeded(succeeded) => {
            format!("{} ({}) takes the place of {}", succeeded.by, succeeded.name, succeeded.party)
        }
        Event::ReservationMade(reservation) => {
            format!("{} makes a reservation to {}", reservation.by, reservation.provisions.join(", "))
        }
        Event::ReservationWithdrawn(reservation) => format!("{} withdraws its reservation", reservation.by),
        Event::PowerWaived(waived) => {
            let until = waived.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
            format!("{} will not use {}{until}", waived.by, waived.power)
        }
        Event::PowerExercised(exercised) => {
            let text = exercised.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
            format!("{} uses {}{text}", exercised.by, exercised.power)
        }
        Event::NoticeDrafted(drafted) => format!("{} drafted by {} under {}", drafted.notice, drafted.by, drafted.power),
        Event::MeetingInquorate(meeting) => format!("{} met without its quorum", meeting.meeting),
        Event::DecisionTaken(decision) => {
            let due = decision.due.as_ref().map(|due| format!(", by {due}")).unwrap_or_default();
            format!("{}: {}{due}", decision.decision, decision.text)
        }
        Event::MinutesAdopted(minutes) => format!("minutes of {} adopted", minutes.meeting),
        Event::CycleExcused(excused) => excused.cycle.clone(),
        Event::AssessmentMade(made) => format!("{} {} by {}", made.instance, assessment(made.assessment), made.by),
        Event::ExtensionGranted(extension) => format!("{} to {}", extension.instance, extension.to),
        Event::DueDateSet(set) => format!("{} {}, {}", set.instance, set.on, certainty(set.certainty)),
        Event::WaiverGranted(waiver) => {
            let scope = if waiver.all_from { ", all from then on" } else { "" };
            let until = waiver.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
            let by = if waiver.by.is_empty() { String::new() } else { format!(" by {}", waiver.by.join(", ")) };
            format!("{}{by}{scope}{until}", waiver.of)
        }
        Event::ObligationReleased(released) => released.instance.clone(),
        Event::ImpossibilityAccepted(accepted) => accepted.instance.clone(),
        Event::BreachDetermined(breach) => format!("{} by {}", breach.instance, breach.by),
        Event::IncidentReported(incident) => {
            let until = incident.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
            format!("{}{until}: {}", incident.provision, incident.text)
        }
        Event::AssumptionMade(assumption) => format!("{} for {}", assumption.rule, assumption.provision),
        Event::EffectStated(stated) => format!("{} stated to take effect {}", stated.of, stated.effective),
        Event::ConsentNotified(consent) => {
            let how = consent.how.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
            format!("{} by {}{how}", consent.consent, consent.by)
        }
        Event::AgreementRenewed(renewed) => format!("prolonged until {}", renewed.until),
        Event::ConditionEstablished(condition) => {
            let of = condition.of.as_ref().map(|of| format!(", {of}")).unwrap_or_default();
            let over = if condition.holds { "" } else { " no longer" };
            format!("{}{over}{of}", condition.condition)
        }
        Event::ReadingChosen(chosen) => format!("{} read as {}", chosen.provision, chosen.reading),
        Event::RecordCorrected(_) => "an earlier record is reversed".into(),
        Event::RulesAdopted(set) => format!("the register goes by {} ({}…)", set.id, &set.sha256[..set.sha256.len().min(12)]),
        Event::TextErased(erased) => {
            let records: Vec<String> = erased.records.iter().map(|seq| format!("#{seq}")).collect();
            let texts = counted(erased.commitments.len(), "text");
            format!("{texts} of {} erased", records.join(", "))
        }
        Event::Alert(fact) => alert(fact),
    }
}
