//! What every part of an assessment looks at: one agreement on one day.

use chrono::NaiveDate;
use events::terms::{Force, Provision};

use crate::agreement::{self, End, Life};
use crate::clause;
use crate::consent;
use crate::docket::{Due, Effect, EffectState, Kind, Line, Reason};
use crate::notice::{self, Notice, Place};
use crate::obligation::{Axes, Ending, Existence, Performance, Timing};
use crate::participation::{self, Part, Reservation};
use crate::provision::survival;
use crate::register::{Act, Agreement, Known, Occurrence};
use crate::supersession;
use crate::suspension::{self, Suspension};
use crate::time::recurrence::Cycle;
use crate::time::regime::Almanac;
use crate::time::{Counting, Span};

/// One agreement on one day.
#[derive(Clone)]
pub struct Scene<'a> {
    pub agreement: &'a Agreement,
    pub as_of: NaiveDate,
    pub counting: Counting<'a>,
    /// The days on which it comes into effect, past or coming, if they are known.
    pub entry: Option<Span>,
    /// The same, once it may have done so.
    pub since: Option<Span>,
    pub effect: Effect,
    pub notices: Vec<Notice>,
    /// Suspensions that had begun by the day.
    pub suspensions: Vec<Suspension>,
    /// Reservations that were made by the day.
    pub reservations: Vec<Reservation>,
    /// The end, past or coming, if one is in sight.
    pub end: Option<End>,
    /// Who takes part otherwise than all others: is not bound, came later, or left.
    parts: Vec<(String, Part)>,
}

impl<'a> Scene<'a> {
    /// Of an agreement as it reads on that day ([`crate::versions::on`]).
    pub fn new(agreement: &'a Agreement, almanac: &'a Almanac, as_of: NaiveDate) -> Self {
        let about = agreement.about();
        let counting = Counting::named(almanac, &about.reckoning, &about.calendars);
        let place = Place::new(agreement, &counting, as_of);
        let notices = notice::notices(place);
        let Life { entry, since, end, effect } = agreement::effect(place, &notices);
        let suspensions = suspension::suspensions(place);
        let reservations = participation::reservations(agreement, as_of);
        let parts = Vec::new();
        let scene = Scene { agreement, as_of, counting, entry, since, effect, notices, suspensions, reservations, end, parts };
        Scene { parts: participation::parts(&scene), ..scene }
    }

    /// What notices, consents and terms are looked at with.
    pub fn place(&self) -> Place<'_> {
        Place { agreement: self.agreement, counting: &self.counting, entry: self.entry, as_of: self.as_of }
    }

    /// The same for what recurs only since a day: a provision that an amendment put in or gave another rhythm.
    pub fn counted_since(&self, since: Span) -> Self {
        Scene { since: self.since.and(Some(since)), ..self.clone() }
    }

    /// Acts that had happened by the day, or may have.
    pub fn acts(&self) -> impl Iterator<Item = (&'a Act, Occurrence)> {
        let as_of = self.as_of;
        self.agreement.acts.iter().map(move |act| (act, act.by(as_of))).filter(|(_, occurrence)| *occurrence != Occurrence::No)
    }

    /// The last day on which something new may begin: the day itself, or the last day with the agreement if that is over.
    pub fn until(&self) -> NaiveDate {
        let over = self.end.as_ref().map(|end| end.span.latest).filter(|_| matches!(self.stands(), Standing::Over(_)));
        over.and_then(|first_without| first_without.pred_opt()).map_or(self.as_of, |last| last.min(self.as_of))
    }

    /// Cycles without the one to come, where the agreement is over.
    pub fn begun(&self, mut cycles: Vec<Cycle>) -> Vec<Cycle> {
        if matches!(self.stands(), Standing::Over(_)) {
            cycles.retain(|cycle| cycle.window.earliest <= self.until());
        }
        cycles
    }

    /// Whether the agreement's commitments stand on that day. A political commitment stands from signature or launch;
    /// an obligation from entry into force.
    pub fn stands(&self) -> Standing {
        match self.effect.state {
            // Suspended commitments are there; what is suspended is said of each line.
            EffectState::InEffect | EffectState::InForce | EffectState::ProvisionallyApplied | EffectState::Suspended => {
                Standing::Yes
            }
            EffectState::Signed if self.agreement.about().force == Force::NonBinding => Standing::Yes,
            EffectState::Terminated => Standing::Over(Ending::Terminated),
            EffectState::Expired => Standing::Over(Ending::Expired),
            EffectState::Superseded => Standing::Over(Ending::Superseded),
            EffectState::Void => Standing::Over(Ending::Void),
            EffectState::NotConcluded => Standing::NotYet("until the agreement is concluded".into()),
            EffectState::Undetermined if self.since.is_some_and(|since| since.latest <= self.as_of) => {
                // Where no end may have come, the doubt is whether it is suspended: it is there.
                let may_be_over = self.end.as_ref().is_some_and(|end| end.span.earliest <= self.as_of);
                if may_be_over { Standing::Ending } else { Standing::Yes }
            }
            EffectState::Undetermined => Standing::Unknown("whether the agreement has effect on this day".into()),
            EffectState::Concluded | EffectState::Signed if self.entry.is_some_and(|entry| self.as_of < entry.earliest) => {
                let entry = self.entry.map(Span::words).unwrap_or_default();
                Standing::NotYet(format!("until the agreement has effect, {entry}"))
            }
            EffectState::Concluded | EffectState::Signed if self.agreement.about().force == Force::NonBinding => {
                Standing::Unknown("when the agreement comes into effect".into())
            }
            EffectState::Concluded | EffectState::Signed => Standing::Unknown("entry into force is not recorded".into()),
        }
    }

    /// A line of this agreement that comes from a provision.
    pub fn line(&self, provision: &Known<Provision>, kind: Kind, instance: &str, what: impl Into<String>) -> LineDraft {
        let parties = || self.agreement.party_ids();
        let named = |ids: &[String]| match ids.iter().any(|id| id == "either" || id == "any") {
            true => parties(),
            false => ids.iter().map(|id| self.agreement.holder(id).to_string()).collect(),
        };
        let by = named(&provision.value.by);
        let to: Vec<String> = if by.is_empty() {
            // What nobody owes is owed to nobody: when it comes into effect, what is not settled.
            Vec::new()
        } else if provision.value.to.is_empty() {
            let others: Vec<String> = parties().into_iter().filter(|id| !by.contains(id)).collect();
            if others.is_empty() && by.len() > 1 { by.clone() } else { others }
        } else {
            named(&provision.value.to)
        };
        // Where nobody is left between whom it stands, the line itself says so.
        let (by, to) = match self.reservations.as_slice() {
            [] => (by, to),
            _ => self.not_reserved(&provision.value.id, None, &by, &to).unwrap_or((by, to)),
        };
        let draft = LineDraft(Line {
            id: format!("{}/{instance}", self.agreement.id),
            agreement: self.agreement.id.clone(),
            provision: Some(provision.value.reference.clone()),
            kind,
            what: what.into(),
            by,
            to,
            label: String::new(),
            axes: Axes::live(Timing::Undated),
            due: Due::default(),
            window: None,
            because: vec![self.provision_reason(provision)],
            closes_with: Vec::new(),
            topics: provision.value.topics.clone(),
            force: self.agreement.force_of(&provision.value),
            handling: Vec::new(),
            reckoned: None,
            known_since: None,
            late_known: false,
        });
        // A power is in the hands of those who are bound on the day.
        if kind == Kind::Power { self.between_the_bound(draft) } else { draft }
    }

    /// How a party takes part, if otherwise than all others.
    pub fn part(&self, party: &str) -> Option<&Part> {
        self.parts.iter().find(|(id, _)| id == party).map(|(_, part)| part)
    }

    /// Whether a party can use a power on the day: it is bound, and has not left.
    pub fn holds(&self, party: &str) -> bool {
        self.outside(party, None).is_none()
    }

    /// Why a party has no part in what falls due by a day, or in what stands without a date: it is not bound, was not bound by then, or
    /// had left.
    fn outside(&self, party: &str, due: Option<NaiveDate>) -> Option<&Reason> {
        match self.part(party)? {
            Part::Unbound(reason) => Some(reason),
            Part::Since(since, reason) => due.is_some_and(|due| due < since.earliest).then_some(reason),
            Part::Former(left, reason) => due.is_none_or(|due| left.latest <= due).then_some(reason),
        }
    }

    /// A line without those who have no part in it, as long as it stands between others.
    pub fn between_the_bound(&self, draft: LineDraft) -> LineDraft {
        if self.parts.is_empty() {
            return draft;
        }
        let mut line = draft.0;
        let due = line.due.latest;
        let within =
            |ids: &[String]| -> Vec<String> { ids.iter().filter(|id| self.outside(id, due).is_none()).cloned().collect() };
        let (by, to) = (within(&line.by), within(&line.to));
        if by.len() + to.len() < line.by.len() + line.to.len() && by.iter().any(|debtor| to.iter().any(|other| other != debtor)) {
            let mut out: Vec<&String> = line.by.iter().chain(&line.to).filter(|id| self.outside(id, due).is_some()).collect();
            out.sort();
            out.dedup();
            line.because.extend(out.into_iter().filter_map(|party| self.outside(party, due).cloned()));
            (line.by, line.to) = (by, to);
        }
        LineDraft(line)
    }

    /// What nobody is bound to owe, or to whom nobody is bound, sleeps until somebody is; what fell due before is not owed. Who left is
    /// told where the line ends with that.
    pub fn unless_unbound(&self, draft: LineDraft) -> LineDraft {
        if self.parts.is_empty() {
            return draft;
        }
        let mut line = draft.0;
        let due = line.due.latest;
        let why = |party: &String| match self.part(party) {
            Some(part) => Some((party.clone(), part, self.outside(party, due)?.clone())),
            None => None,
        };
        // Where all left, the line ends with that.
        let is_left = |(_, part, _): &(String, &Part, Reason)| matches!(part, Part::Former(..));
        let all = |ids: &[String]| ids.iter().map(why).collect::<Option<Vec<_>>>().filter(|all| !all.iter().all(is_left));
        let is_done = line.axes.performance == Performance::Complete;
        if let Some(out) = all(&line.by).or_else(|| all(&line.to)).filter(|_| !is_done) {
            let names = |wanted: fn(&Part) -> bool| -> Vec<&str> {
                out.iter().filter(|(_, part, _)| wanted(part)).map(|(id, ..)| id.as_str()).collect()
            };
            let late = names(|part| matches!(part, Part::Since(..)));
            let why = match late.as_slice() {
                [] => format!("until {} is bound", names(|part| matches!(part, Part::Unbound(_))).join(" or ")),
                late => format!("not owed, {} was not bound by then", late.join(" or ")),
            };
            line.axes = match self.stands() {
                Standing::Over(ending) => Axes { existence: Existence::Ended(ending), ..Axes::live(Timing::Undated) },
                _ => Axes::dormant(why),
            };
            line.label.clear();
            line.closes_with.clear();
            line.because.extend(out.into_iter().map(|(_, _, reason)| reason));
        } else {
            // By whose own consent it stands between them.
            let came = |party: &&String| !line.because.iter().any(|reason| self.is_joining(party, reason));
            let mut own: Vec<&String> = line.by.iter().chain(&line.to).filter(came).collect();
            own.sort();
            own.dedup();
            let joins = |party: &&String| match self.part(party) {
                Some(Part::Since(_, reason)) => Some(reason.clone()),
                _ => None,
            };
            let joins: Vec<Reason> = own.iter().filter_map(joins).collect();
            line.because.extend(joins);
        }
        LineDraft(line)
    }

    fn is_joining(&self, party: &str, reason: &Reason) -> bool {
        matches!(self.part(party), Some(Part::Since(_, own)) if own == reason)
    }

    /// "Paragraph 7 says …", with the record that brought it.
    pub fn provision_reason(&self, known: &Known<Provision>) -> Reason {
        let provision = &known.value;
        let quote = provision.quote.as_ref().map(|quote| format!(" (“{quote}”)")).unwrap_or_default();
        let text = provision.text.clone().unwrap_or_else(|| provision.kind.replace('-', " "));
        let reason = Reason::new("provision.says", format!("{text}{quote}"));
        reason.provision(&provision.reference).records([known.seq])
    }

    /// Applies what the agreement's own state does to a line: nothing stands before it has effect, and what falls due after its end
    /// does not arise, unless the provision survives. What fell due before the end stays (accrued, VCLT 70(1)(b)).
    pub fn under_effect(&self, provision: &Provision, draft: LineDraft) -> LineDraft {
        let is_done = draft.0.axes.performance == Performance::Complete;
        let mut line = if is_done { draft.0 } else { self.between_the_bound(draft).0 };
        let replaced = supersession::of_provision(self, provision);
        let is_replaced = replaced.is_some();
        let gone = replaced.or_else(|| self.gone(&line));
        let (standing, end) = match &gone {
            Some((span, ending, reason)) => {
                line.because.push(reason.clone());
                let standing = if span.latest <= self.as_of { Standing::Over(*ending) } else { Standing::Ending };
                (standing, Some(*span))
            }
            None => (self.stands(), self.end.as_ref().map(|end| end.span)),
        };
        // What goes on after the end is not what a later agreement took the place of, nor what never had force.
        let may_be_void = self.effect.because.iter().any(|reason| reason.rule == "effect.void");
        // What the end made due is there after it.
        let is_due_at_end = gone.is_none() && line.because.iter().any(|reason| reason.rule == "commitment.accelerated");
        let survives = !is_replaced && !may_be_void && (is_due_at_end || self.survives(&provision.id, line.due.latest, end));
        // Under what is void nothing was ever owed (VCLT 69(1)). Otherwise what fell due before the end stays, and what falls due in the
        // days on which it may end, may.
        let after = end.filter(|_| !may_be_void).map(|end| match line.due.latest {
            Some(latest) if latest < end.earliest => After::No,
            // What may have fallen due before it may have stayed.
            Some(latest) if line.due.earliest.unwrap_or(latest) < end.latest => After::Perhaps,
            _ => After::Yes,
        });
        match (standing, after) {
            (Standing::Yes, _) if self.effect.state == EffectState::Signed => {
                let text = "taken to stand from signature, as a political commitment: when it comes into effect is not known";
                line.because.push(Reason::new("effect.assumed", text));
            }
            (Standing::Yes, _) => {}
            // What was done is done, whatever is known of the beginning.
            (Standing::NotYet(_) | Standing::Unknown(_), _) if is_done => {}
            (Standing::NotYet(until), _) => line.axes = Axes::dormant(until),
            (Standing::Unknown(missing), _) => {
                let axes = Axes::undetermined(missing);
                line.axes = Axes { existence: Existence::Dormant("until the agreement has effect".into()), ..axes };
            }
            (Standing::Ending | Standing::Over(_), Some(After::No)) => {}
            (Standing::Ending | Standing::Over(_), _) if is_done => {}
            (Standing::Ending | Standing::Over(_), _) if survives => line.because.extend(self.survival_reason(&provision.id)),
            (Standing::Ending, _) | (Standing::Over(_), Some(After::Perhaps)) => {
                let what = if gone.is_some() && !is_replaced { "participation" } else { "the agreement" };
                line.axes.timing = Timing::Undetermined(format!("whether {what} had ended before"));
            }
            (Standing::Over(ending), _) => {
                line.axes.existence = Existence::Ended(ending);
                line.axes.timing = Timing::Undated;
            }
        }
        line.because.extend(self.effect.because.iter().cloned());
        self.reserve(provision, &mut line);
        let mut line = self.unless_unbound(LineDraft(line)).0;
        self.suspend(provision, &mut line);
        // What was resumed by itself goes on while the rest stands still.
        let is_out = |one: &&Suspension| one.except.contains(&provision.id) && one.holds(self.as_of);
        if line.axes.is_pending() && self.suspensions.iter().any(|one| is_out(&one) && one.is_between(&line.by, &line.to)) {
            let by_itself =
                self.suspensions.iter().filter(|one| one.provisions.as_slice() == std::slice::from_ref(&provision.id));
            let is_said = |reason: &Reason| line.because.iter().any(|said| said.records == reason.records);
            let resumed = by_itself.filter(|one| !one.holds(self.as_of)).map(|one| one.reason.clone());
            let resumed: Vec<Reason> = resumed.filter(|reason| !is_said(reason)).collect();
            line.because.extend(resumed);
        }
        LineDraft(line)
    }

    /// A line is suspended where something is suspended between each of those who owe it and each to whom it is owed. Where that is so
    /// between some of them, it is said.
    fn suspend(&self, provision: &Provision, line: &mut Line) {
        let holding = || self.suspensions.iter().filter(|one| one.is_of(Some(&provision.id)) && one.holds(self.as_of));
        let pairs = || line.by.iter().flat_map(|by| line.to.iter().filter(move |to| *to != by).map(move |to| (by, to)));
        let covers =
            |one: &Suspension, (by, to): (&String, &String)| one.is_between(std::slice::from_ref(by), std::slice::from_ref(to));
        let is_whole = |one: &&Suspension| one.is_between(&line.by, &line.to);
        let of_it: Vec<&Suspension> = match holding().find(is_whole) {
            Some(one) => vec![one],
            None => holding().filter(|one| pairs().any(|pair| covers(one, pair))).collect(),
        };
        let is_suspended =
            !of_it.is_empty() && (of_it.iter().any(is_whole) || pairs().all(|pair| of_it.iter().any(|one| covers(one, pair))));
        if !line.axes.is_pending() {
            return;
        }
        if is_suspended {
            line.axes.existence = Existence::Suspended(line.axes.label(line.force));
        }
        line.because.extend(of_it.iter().map(|one| one.reason.clone()));
    }

    /// Those who owe a provision and those to whom it is owed, without the relations of who made a reservation to it; `None`, where it
    /// stands between nobody.
    fn not_reserved(
        &self,
        provision: &str,
        due: Option<NaiveDate>,
        by: &[String],
        to: &[String],
    ) -> Option<(Vec<String>, Vec<String>)> {
        let free =
            |ids: &[String]| -> Vec<String> { ids.iter().filter(|id| !self.has_reserved(provision, due, id)).cloned().collect() };
        self.stands_between(provision, due, by, to).then(|| (free(by), free(to)))
    }

    /// Whether it stands between any two of them, by whom no reservation to it stands.
    fn stands_between(&self, provision: &str, due: Option<NaiveDate>, by: &[String], to: &[String]) -> bool {
        let free = |id: &&String| !self.has_reserved(provision, due, id);
        by.iter().filter(free).any(|debtor| to.iter().filter(free).any(|creditor| creditor != debtor))
    }

    fn has_reserved(&self, provision: &str, due: Option<NaiveDate>, party: &str) -> bool {
        self.reservations.iter().any(|one| one.provision == provision && one.by == party && one.stands_for(due))
    }

    /// What a party has made a reservation to it does not owe, and is not owed (VCLT 21(1)).
    fn reserve(&self, provision: &Provision, line: &mut Line) {
        let due = line.due.latest;
        let to_it = || self.reservations.iter().filter(|one| one.provision == provision.id && one.stands_for(due));
        let stands = line.by.is_empty() || self.stands_between(&provision.id, due, &line.by, &line.to);
        if stands || line.axes.performance == Performance::Complete {
            // It stands between others; who has no part in it is said.
            line.because.extend(to_it().map(|one| one.reason.clone()));
            return;
        }
        let between: Vec<&Reservation> = to_it().filter(|one| line.by.contains(&one.by) || line.to.contains(&one.by)).collect();
        let who: Vec<&str> = between.iter().map(|one| one.by.as_str()).collect();
        let until = match who.as_slice() {
            _ if between.iter().all(|one| one.until.is_some()) => "not owed: a reservation stood when it fell due".into(),
            [one] => format!("not owed while the reservation of {one} stands"),
            many => format!("not owed while the reservations of {} stand", many.join(" and ")),
        };
        line.because.extend(between.iter().map(|one| one.reason.clone()));
        line.axes = Axes::dormant(until);
    }

    /// Whether a provision goes on after an end, and for a line with a date beyond it.
    fn survives(&self, provision: &str, due: Option<NaiveDate>, end: Option<Span>) -> bool {
        let Some(known) = clause::survival(self.agreement, provision) else { return false };
        match survival::counted(self, &known.value, end) {
            None => true,
            // What fell due while it went on stays when that is over too.
            Some(until) => due.unwrap_or(self.as_of) < until.latest,
        }
    }

    /// By whose words a provision goes on after the end.
    fn survival_reason(&self, provision: &str) -> Option<Reason> {
        let known = clause::survival(self.agreement, provision)?;
        let reason = Reason::new("survival.applies", "goes on after the end of the agreement, as the text says");
        Some(reason.provision(&known.value.reference).records([known.seq]))
    }

    /// When the last of those who owe a line left the agreement, or the last of those to whom it is owed, where the agreement itself
    /// goes on for others.
    fn gone(&self, line: &Line) -> Option<(Span, Ending, Reason)> {
        let stood = matches!(self.stands(), Standing::Yes | Standing::Ending | Standing::Over(_));
        if !stood || self.notices.iter().all(|notice| !notice.is_withdrawal) {
            return None;
        }
        let all = |parties: &[String]| {
            let left: Option<Vec<(Span, Reason)>> = parties.iter().map(|party| participation::left(self, party)).collect();
            left?.into_iter().reduce(|(one, why), (other, too)| (one.later_of(other), why.and(too)))
        };
        let first = [all(&line.by), all(&line.to)].into_iter().flatten().reduce(|(one, why), (other, too)| {
            let span = Span { earliest: one.earliest.min(other.earliest), latest: one.latest.min(other.latest) };
            match () {
                () if span == one => (span, why),
                () if span == other => (span, too),
                () => (span, why.and(too)),
            }
        });
        let first = first.or_else(|| self.alone(line));
        // Once the agreement is over too, what counts is which came first.
        let end = self.end.as_ref().filter(|end| end.span.earliest <= self.as_of).map(|end| end.span);
        let came_first = |span: Span| end.is_none_or(|end| span.latest <= end.earliest);
        first.filter(|(span, _)| came_first(*span)).map(|(span, reason)| (span, Ending::Terminated, reason))
    }

    /// When of those who owe something to each other only one was left; told where it is known who is bound.
    fn alone(&self, line: &Line) -> Option<(Span, Reason)> {
        consent::bound(self.place()).filter(|_| line.by == line.to)?;
        let bound = line.by.iter().filter(|party| !matches!(self.part(party), Some(Part::Unbound(_))));
        let bound: Vec<&String> = bound.collect();
        let mut left: Vec<(Span, Reason)> = bound.iter().filter_map(|party| participation::left(self, party)).collect();
        left.sort_by_key(|(span, _)| span.latest);
        let others = bound.len().checked_sub(1).filter(|others| *others > 0 && *others <= left.len())?;
        left.into_iter().take(others).reduce(|(one, why), (other, too)| (one.later_of(other), why.and(too)))
    }
}

/// Whether commitments stand.
pub enum Standing {
    Yes,
    NotYet(String),
    /// It may have ended, and had effect until then.
    Ending,
    Unknown(String),
    Over(Ending),
}

/// Whether a line falls due after the end of the agreement.
enum After {
    No,
    Perhaps,
    Yes,
}

/// A line on its way into the docket: what is common to all lines is filled in at the end.
pub struct LineDraft(pub Line);

impl LineDraft {
    /// Of all parties, to each other.
    pub fn of_everyone(mut self, agreement: &Agreement) -> Self {
        self.0.by = agreement.party_ids();
        self.0.to = agreement.party_ids();
        self
    }

    /// The same, where the provision names nobody.
    pub fn or_of_everyone(self, agreement: &Agreement) -> Self {
        if self.0.by.is_empty() { self.of_everyone(agreement) } else { self }
    }

    pub fn axes(mut self, axes: Axes) -> Self {
        self.0.axes = axes;
        self
    }

    pub fn due(mut self, due: Due) -> Self {
        self.0.due = due;
        self
    }

    pub fn window(mut self, window: Span) -> Self {
        self.0.window = Some(window);
        self
    }

    pub fn because(mut self, reasons: impl IntoIterator<Item = Reason>) -> Self {
        self.0.because.extend(reasons);
        self
    }

    pub fn closes_with(mut self, command: impl Into<String>) -> Self {
        self.0.closes_with.push(command.into());
        self
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.0.label = label.into();
        self
    }

    /// The finished line: its label from the axes if it has none of its own, and nothing that would close what is over.
    pub fn finish(self, agreement: &Agreement) -> Line {
        let mut line = self.0;
        if line.label.is_empty() {
            line.label = line.axes.label(line.force);
        }
        if matches!(line.axes.existence, Existence::Ended(_)) {
            line.closes_with.clear();
        }
        let named = |id: &String| line.by.contains(id) || line.to.contains(id);
        let succeeded = agreement.successors.iter().filter(|(_, one)| named(&agreement.holder(&one.id).to_string()));
        let succeeded = succeeded.map(|(party, successor)| {
            let text = format!("{} took the place of {party} {}", successor.id, successor.on);
            Reason::new("participation.succeeded", text).records([successor.seq])
        });
        let succeeded: Vec<Reason> = succeeded.collect();
        line.because.extend(succeeded);
        let records: Vec<u64> = line.because.iter().flat_map(|reason| reason.records.iter().copied()).collect();
        line.handling = agreement.handling(&records);
        line
    }
}
