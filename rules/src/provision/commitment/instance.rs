//! One expected performance on its way into the docket, with what its date rests on and what came of it.

use chrono::NaiveDate;
use events::terms::Provision;

use super::duty::Duty;
use super::later;
use super::performed::performed;
use super::refrain;
use crate::docket::{Kind as LineKind, Reason};
use crate::obligation::{Deadline, Timing};
use crate::provision::what;
use crate::register::Known;
use crate::scene::{LineDraft, Scene};
use crate::time::compute::Clause;
use crate::time::{Span, compute};

/// A provision on a day, and who of its obligors alone owes what follows, if each owes by itself.
pub(super) struct Owed<'s, 'a> {
    pub scene: &'s Scene<'a>,
    pub known: &'s Known<Provision>,
    pub duty: &'s Duty,
    pub by: Option<&'s String>,
}

pub(super) struct Instance {
    pub draft: LineDraft,
    /// The records by which it is there.
    pub rests_on: Vec<u64>,
    /// The records by which its date is another than it was first.
    pub moved: Vec<u64>,
    /// From when its period or cycle runs: what was over by then does not move its date.
    pub begins: Option<Span>,
    /// First day on which performance counts.
    pub opens: Option<NaiveDate>,
    /// The last day of grace.
    pub grace: Option<Span>,
    /// When it was done, and the records that say so.
    pub done: Option<Done>,
    /// It may have been done by now: what is missing.
    pub perhaps_done: Option<String>,
    /// Its date has passed, and time was final.
    pub is_lapsed: bool,
}

/// Records of one and of the other.
pub(super) fn both(one: &[u64], other: &[u64]) -> Vec<u64> {
    let mut all: Vec<u64> = Vec::new();
    for seq in one.iter().chain(other) {
        if !all.contains(seq) {
            all.push(*seq);
        }
    }
    all
}

#[derive(Clone)]
pub(super) struct Done {
    pub on: Span,
    pub records: Vec<u64>,
}

impl From<LineDraft> for Instance {
    fn from(draft: LineDraft) -> Self {
        let rests_on = records(draft.0.because.iter().filter(|reason| reason.rule != "provision.says"));
        let (opens, grace, done, perhaps_done) = (None, None, None, None);
        Instance { draft, rests_on, moved: Vec::new(), begins: None, opens, grace, done, perhaps_done, is_lapsed: false }
    }
}

fn records<'a>(because: impl IntoIterator<Item = &'a Reason>) -> Vec<u64> {
    because.into_iter().flat_map(|reason| reason.records.iter().copied()).collect()
}

impl Instance {
    /// One whose period runs from a day.
    pub fn begun(draft: LineDraft, begins: Span) -> Self {
        Instance { begins: Some(begins), ..draft.into() }
    }

    /// Its id without the agreement.
    pub fn id(&self) -> &str {
        let agreement = self.draft.0.agreement.len() + 1;
        self.draft.0.id.get(agreement..).unwrap_or_default()
    }

    pub fn deadline(&self) -> Option<Deadline> {
        Some(Deadline { opens: self.opens, due: self.draft.0.due.span()?, grace: self.grace })
    }

    /// The records by which it stands as it does.
    pub fn records(&self) -> Vec<u64> {
        let all = records(&self.draft.0.because);
        both(&[], &all)
    }

    /// The records by which it is there, with the date that it has.
    pub fn dated(&self) -> Vec<u64> {
        both(&self.rests_on, &self.moved)
    }

    /// When it was done, and the records by which it could be and was.
    pub fn done(&self) -> Option<Done> {
        let done = self.done.as_ref()?;
        Some(Done { on: done.on, records: both(&self.rests_on, &done.records) })
    }

    pub fn say(&mut self, reason: Reason) {
        self.draft.0.because.push(reason);
    }

    /// The same with its draft changed.
    pub fn map(mut self, change: impl FnOnce(LineDraft) -> LineDraft) -> Self {
        self.draft = change(self.draft);
        self
    }
}

impl Owed<'_, '_> {
    pub fn reference(&self) -> &str {
        &self.known.value.reference
    }

    /// A line of the provision, owed by all of its obligors or by one.
    pub fn draft(&self, instance: &str) -> LineDraft {
        let mut draft = self.scene.line(self.known, LineKind::Commitment, instance, what(&self.known.value));
        if let Some(obligor) = self.by {
            let obligor = self.scene.agreement.holder(obligor);
            draft.0.by = vec![obligor.into()];
            draft.0.to = self.scene.agreement.party_ids().into_iter().filter(|party| party != obligor).collect();
        }
        draft
    }

    /// What came after an instance arose, each step on the one before: its date, what was done, what ended it, who says what.
    pub fn settled(&self, mut instance: Instance) -> Instance {
        let Owed { scene, known, duty, .. } = *self;
        let provision = &known.value;
        instance.opens = self.opens(&mut instance);
        instance = later::dates(scene, provision, duty, instance);
        instance = later::accelerated(scene, duty, instance);
        instance = self.timed(instance).map(|draft| scene.between_the_bound(draft));
        instance = performed(scene, provision, duty, instance);
        instance = later::assessed(scene, instance);
        instance = instance.map(|draft| later::given_up(scene, provision, draft));
        instance = instance.map(|draft| scene.under_effect(provision, draft));
        if duty.refrain {
            instance = refrain::kept(scene, provision, instance);
        }
        instance = later::lapsed(scene, provision, duty, instance);
        instance.map(|draft| later::judged(scene, provision, duty, draft))
    }

    /// The first day on which performance counts: so long before the date as it was first, for a date that is put off closes nothing.
    fn opens(&self, instance: &mut Instance) -> Option<NaiveDate> {
        let window = self.duty.window?;
        let opens = window.before(instance.draft.0.due.earliest?)?;
        let text = format!("performance counts from {opens}, {window} before its date");
        instance.say(Reason::new("commitment.window", text).provision(self.reference()));
        Some(opens)
    }

    /// Where its date stands, once it is known which: its window and its grace with it.
    fn timed(&self, mut instance: Instance) -> Instance {
        let as_of = self.scene.as_of;
        if matches!(instance.draft.0.axes.timing, Timing::Undetermined(_)) {
            return instance;
        }
        if self.duty.refrain {
            instance.draft.0.axes.timing = Timing::Undated;
            return instance;
        }
        let Some(due) = instance.draft.0.due.span() else { return instance };
        if let Some(grace) = self.duty.grace {
            let answer = compute(due, &Clause::act(grace), &self.scene.counting);
            instance.grace = answer.span();
            let Some(last) = instance.grace else {
                if due.latest < as_of {
                    let missing = answer.undetermined.unwrap_or_else(|| "how long its grace lasts".into());
                    instance.draft.0.axes.timing = Timing::Undetermined(missing);
                }
                return instance;
            };
            let text =
                format!("{grace} of grace after {}: until {} (regime {})", due.words(), last.words(), self.scene.counting.id());
            instance.say(Reason::new("commitment.grace", text).provision(self.reference()));
        }
        if instance.opens.is_some() || instance.grace.is_some() {
            let deadline = Deadline { opens: instance.opens, due, grace: instance.grace };
            instance.draft.0.axes.timing = deadline.timing(as_of);
        }
        instance
    }
}
