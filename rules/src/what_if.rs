//! What would follow from something that has not happened: what ends and what does not, which meetings fall before the end, until when it
//! could be taken back. Two dockets, one with it and one without, compared on the day of the end.

use chrono::NaiveDate;

use crate::docket::{Docket, Existence, Kind, Line, ParticipationState, Reason};
use crate::time::Span;

/// An end that would come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// What ends: the agreement, or the participation of a party by its id.
    pub of: Option<String>,
    /// The first day without it, as the range it could be.
    pub span: Span,
    /// Each reading and step.
    pub because: Vec<Reason>,
    /// The last day on which it could be taken back (VCLT 68).
    pub last_day_to_retract: Option<NaiveDate>,
}

/// What the end would do to the lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Consequences {
    /// Lines that end.
    pub ends: Vec<Line>,
    /// Lines that go on, with what was due before.
    pub goes_on: Vec<Line>,
    /// Meetings and cycles that fall before it.
    pub meetings: Vec<Line>,
}

/// The first end that would come of it, and that would not come without.
pub fn end(before: &Docket, after: &Docket, agreement: &str) -> Option<End> {
    let (was, is) = (before.agreement(agreement), after.agreement(agreement)?);
    let ends = is.ends.filter(|ends| was.is_none_or(|was| was.ends != Some(*ends)));
    let because = |span: Span| {
        let notices = after.entries.iter().filter(|line| line.agreement == agreement && line.kind == Kind::Notice);
        let of_it = notices.filter(|line| line.due.earliest == Some(span.earliest) && before.line(&line.id) != Some(line));
        let of_it: Vec<Reason> = of_it.flat_map(|line| line.because.iter().cloned()).collect();
        let ending = ["effect.consent", "effect.superseded", "effect.term"];
        let terms = after.entries.iter().filter(|line| line.agreement == agreement && line.kind == Kind::Term);
        let said = terms.flat_map(|line| &line.because).filter(|reason| ending.contains(&reason.rule)).cloned();
        if of_it.is_empty() { said.collect() } else { of_it }
    };
    let of = |of: Option<String>, span: Span| End {
        of,
        span,
        because: because(span),
        last_day_to_retract: span.earliest.pred_opt().filter(|day| after.as_of <= *day),
    };
    if let Some(span) = ends {
        return Some(of(None, span));
    }
    let leaves = is.participation.iter().find(|party| {
        let stood = was.and_then(|was| was.participation.iter().find(|known| known.party == party.party));
        party.state == ParticipationState::Leaving && stood.is_none_or(|stood| stood.state != ParticipationState::Leaving)
    })?;
    Some(of(Some(leaves.party.clone()), leaves.span?))
}

/// What the end does: the docket of that day with it and without, and the docket of today for what lies in between.
pub fn consequences(end: &End, today: &Docket, without: &Docket, with: &Docket, agreement: &str) -> Consequences {
    let of =
        |docket: &Docket| -> Vec<Line> { docket.entries.iter().filter(|line| line.agreement == agreement).cloned().collect() };
    let is_over = |line: &Line| matches!(line.axes.existence, Existence::Ended(_));
    let changed = |line: &Line| without.line(&line.id).is_none_or(|other| !is_over(other));
    let owed = |line: &Line| matches!(line.kind, Kind::Commitment | Kind::MeetingCycle);
    let (ends, goes_on) =
        of(with).into_iter().filter(|line| owed(line) || line.kind == Kind::Power).partition::<Vec<_>, _>(&is_over);
    let goes_on: Vec<Line> = goes_on.into_iter().filter(owed).collect();
    let survivals = of(with)
        .into_iter()
        .filter(|line| line.because.iter().any(|reason| reason.rule == "survival.of") && line.kind == Kind::Term);
    let falls_before = |line: &Line| {
        let is_meeting = matches!(line.kind, Kind::Meeting | Kind::MeetingCycle);
        is_meeting && line.axes.is_pending() && line.due.earliest.is_some_and(|day| day < end.span.latest)
    };
    Consequences {
        ends: ends.into_iter().filter(changed).collect(),
        goes_on: [goes_on, survivals.collect()].concat(),
        meetings: of(today).into_iter().filter(falls_before).collect(),
    }
}
