//! Times during which something that a text says in words was so, as was recorded.

use events::Event;

use crate::notice::Place;
use crate::register::Act;
use crate::time::Span;

/// One such time.
pub struct Spell<'a> {
    /// The record that it is so.
    pub from: &'a Act,
    /// The first days on which it is so no longer, if that is recorded.
    pub until: Option<Span>,
    /// The record that says that it is over.
    pub over: Option<u64>,
}

impl Spell<'_> {
    /// The records that it rests on.
    pub fn records(&self) -> impl Iterator<Item = u64> {
        std::iter::once(self.from.seq).chain(self.over)
    }
}

/// When something was so, for all or for those parties, in legal order.
pub fn spells<'a>(place: Place<'a>, words: &str, is_for: impl Fn(&str) -> bool) -> Vec<Spell<'a>> {
    let mut spells: Vec<Spell> = Vec::new();
    for act in place.acts() {
        let Event::ConditionEstablished(known) = &act.event else { continue };
        if known.condition != words || known.of.as_deref().is_some_and(|of| !is_for(of)) {
            continue;
        }
        let running = spells.last_mut().filter(|spell| spell.until.is_none());
        match (known.holds, running) {
            (true, None) => spells.push(Spell { from: act, until: None, over: None }),
            (false, Some(spell)) => (spell.until, spell.over) = (Some(act.days()), Some(act.seq)),
            _ => {}
        }
    }
    spells
}
