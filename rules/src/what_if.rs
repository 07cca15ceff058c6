//! What would follow from something that has not happened: what ends and what does not, which meetings fall before the end, until when it
//! could be taken back. Two dockets, one with it and one without, compared on the day of the end.

use chrono::NaiveDate;
use events::Event;
use events::terms::Force;

use crate::clause;
use crate::docket::{Docket, Existence, Kind, Line, ParticipationState, Reason};
use crate::notice::terms::{Retraction, notice};
use crate::register::Agreement;
use crate::time::Span;
use crate::versions;

/// The day from which an act changes what is owed, where that is another than its own: an amendment, a later agreement in the place of
/// some provisions.
pub fn takes_effect(event: &Event) -> Option<NaiveDate> {
    let effective = match event {
        Event::ProvisionAmended(amended) => &amended.effective,
        Event::ProvisionAdded(added) => &added.effective,
        Event::ProvisionRepealed(repealed) => &repealed.effective,
        Event::AgreementSuperseded(superseded) if !superseded.provisions.is_empty() => &superseded.effective,
        _ => return None,
    };
    effective.as_ref()?.latest()
}

/// An end that would come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// What ends: the agreement, or the participation of a party by its id.
    pub of: Option<String>,
    /// The first day without it, as the range it could be.
    pub span: Span,
    /// Each reading and step.
    pub because: Vec<Reason>,
    /// The last day on which the notice could be taken back (VCLT 68), and by whom. What all agreed on nobody takes back.
    pub retraction: Option<(NaiveDate, Retraction)>,
}

/// What the end would do to the lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Consequences {
    /// Lines that end.
    pub ends: Vec<Line>,
    /// Lines that fall due because of the end.
    pub accelerated: Vec<Line>,
    /// Lines that go on, with what was due before, each with why.
    pub goes_on: Vec<(Line, String)>,
    /// Meetings and cycles that fall before it.
    pub meetings: Vec<Line>,
    /// Meetings that are planned for a day after it.
    pub meetings_after: Vec<Line>,
}

/// The first end that would come of it, and that would not come without.
pub fn end(before: &Docket, after: &Docket, agreement: &Agreement) -> Option<End> {
    let agreement = &*versions::on(agreement, after.as_of);
    let id = agreement.id.as_str();
    let (was, is) = (before.agreement(id), after.agreement(id)?);
    let ends = is.ends.filter(|ends| was.is_none_or(|was| was.ends != Some(*ends)));
    let lines = |kind: Kind| after.entries.iter().filter(move |line| line.agreement == id && line.kind == kind);
    let of = |of: Option<String>, span: Span| {
        let is_new = |line: &&Line| line.due.earliest == Some(span.earliest) && before.line(&line.id) != Some(line);
        let notices: Vec<&Line> = lines(Kind::Notice).filter(is_new).collect();
        let ending = ["effect.consent", "effect.superseded", "effect.term"];
        let said = lines(Kind::Term).flat_map(|line| &line.because).filter(|reason| ending.contains(&reason.rule));
        let because = match notices.as_slice() {
            [] => said.cloned().collect(),
            notices => notices.iter().flat_map(|line| line.because.iter().cloned()).collect(),
        };
        let last_day = span.earliest.pred_opt().filter(|day| after.as_of <= *day);
        let retraction = notices.first().and_then(|line| Some((last_day?, taken_back(agreement, line))));
        End { of, span, because, retraction }
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

/// Who can take a notice back.
fn taken_back(agreement: &Agreement, line: &Line) -> Retraction {
    let powers = agreement.provisions_of("termination").filter(|known| Some(&known.value.reference) == line.provision.as_ref());
    powers.filter_map(|known| notice(&known.value)).map(|terms| terms.retraction).next().unwrap_or(Retraction::Alone)
}

/// What the end does: the docket of that day with it and without, and the docket of today for what lies in between.
pub fn consequences(end: &End, today: &Docket, without: &Docket, with: &Docket, agreement: &Agreement) -> Consequences {
    let agreement = &*versions::on(agreement, with.as_of);
    let of =
        |docket: &Docket| -> Vec<Line> { docket.entries.iter().filter(|line| line.agreement == agreement.id).cloned().collect() };
    let is_over = |line: &Line| matches!(line.axes.existence, Existence::Ended(_));
    let changed = |line: &Line| without.line(&line.id).is_none_or(|other| !is_over(other));
    let owed = |line: &Line| matches!(line.kind, Kind::Commitment | Kind::MeetingCycle);
    let (ends, goes_on) =
        of(with).into_iter().filter(|line| owed(line) || line.kind == Kind::Power).partition::<Vec<_>, _>(&is_over);
    let goes_on = goes_on.into_iter().filter(owed).map(|line| {
        let why = why_it_goes_on(end, agreement, &line);
        (line, why)
    });
    let survivals = of(with).into_iter().filter(|line| line.kind == Kind::Term).filter_map(|line| {
        let is_its_own = |reason: &&Reason| reason.rule == "survival.of" && reason.provision == line.provision;
        let why = line.because.iter().find(is_its_own)?.text.clone();
        Some((line, why))
    });
    let is_pending = |line: &Line| matches!(line.kind, Kind::Meeting | Kind::MeetingCycle) && line.axes.is_pending();
    // What was not held in its time is no meeting that comes before the end.
    let is_to_come = |line: &Line| line.due.latest.is_none_or(|day| today.as_of <= day);
    let falls_before = |line: &Line| line.due.earliest.is_some_and(|day| day < end.span.latest);
    let falls_after = |line: &Line| line.kind == Kind::Meeting && line.due.earliest.is_some_and(|day| end.span.latest <= day);
    let meetings: Vec<Line> = of(today).into_iter().filter(|line| is_pending(line) && is_to_come(line)).collect();
    Consequences {
        ends: ends.into_iter().filter(changed).collect(),
        accelerated: of(with)
            .into_iter()
            .filter(|line| is_accelerated(line) && !without.line(&line.id).is_some_and(is_accelerated))
            .collect(),
        goes_on: goes_on.chain(survivals).collect(),
        meetings: meetings.iter().filter(|line| falls_before(line)).cloned().collect(),
        meetings_after: meetings.into_iter().filter(falls_after).collect(),
    }
}

/// Whether the end brought the date of a line forward.
fn is_accelerated(line: &Line) -> bool {
    line.because.iter().any(|reason| reason.rule == "commitment.accelerated")
}

/// Why a line is not over on the day of the end.
fn why_it_goes_on(end: &End, agreement: &Agreement, line: &Line) -> String {
    let is_its_own = |id: &str| {
        line.id.strip_prefix(&format!("{}/{id}", agreement.id)).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let provisions = agreement.provisions.iter().map(|known| &known.value);
    let provision = provisions.filter(|provision| is_its_own(&provision.id)).max_by_key(|provision| provision.id.len());
    if line.due.latest.is_some_and(|day| day < end.span.earliest) {
        let source = if line.force == Force::NonBinding { "" } else { " (VCLT 70(1)(b))" };
        return format!("it fell due before the end: what was due stays{source}");
    }
    match provision.and_then(|provision| clause::survival(agreement, &provision.id)) {
        Some(survival) => format!("it survives by {}", survival.value.reference),
        None if end.of.is_some() => "others go on owing it, or being owed it".into(),
        None if end.span.earliest < end.span.latest => "the end may come later".into(),
        None => line.label.clone(),
    }
}

#[cfg(test)]
mod tests {
    use events::terms::{AgreementTerms, Form};

    use super::{End, Force, consequences};
    use crate::docket::{Axes, Docket, Due, Kind, Line, Reason, Timing};
    use crate::register::{Agreement, Known};
    use crate::time::Span;

    fn line(id: &str, rules: &[&'static str]) -> Line {
        Line {
            id: format!("small/{id}"),
            agreement: "small".into(),
            provision: Some(id.into()),
            kind: Kind::Commitment,
            what: "Give back what was lent".into(),
            by: Vec::new(),
            to: Vec::new(),
            label: String::new(),
            axes: Axes::live(Timing::Open),
            due: Due::default(),
            window: None,
            because: rules.iter().map(|rule| Reason::new(rule, "")).collect(),
            closes_with: Vec::new(),
            topics: Vec::new(),
            force: Force::Binding,
            handling: Vec::new(),
            reckoned: None,
            known_since: None,
            late_known: false,
        }
    }

    #[test]
    fn what_falls_due_at_the_end_is_what_the_end_brought_forward() {
        let day = "2027-06-01".parse().unwrap();
        let docket = |entries| Docket { as_of: day, agreements: Vec::new(), entries, findings: Vec::new() };
        let brought = "commitment.accelerated";
        let without = docket(vec![line("3", &["provision.says"]), line("4", &[brought]), line("5", &[])]);
        let with = docket(vec![line("3", &["provision.says", brought]), line("4", &[brought]), line("5", &[])]);
        let terms = AgreementTerms {
            title: "A small agreement".into(),
            form: Form::Agreement,
            force: Force::Binding,
            reckoning: "corresponding-date".into(),
            zone: None,
            calendars: Vec::new(),
            paragraphs: None,
            parties: Vec::new(),
            relates: Vec::new(),
        };
        let agreement = Agreement::new("small", Known { seq: 1, recorded_at: Default::default(), source: None, value: terms });
        let end = End { of: None, span: Span::day(day), because: Vec::new(), retraction: None };
        let then = consequences(&end, &with, &without, &with, &agreement);
        let ids: Vec<&str> = then.accelerated.iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids, ["small/3"], "4 was due at another end before");
    }
}
