//! The state machines as tables, so that whoever knows the law can check them without reading code. Each stands in the file that carries
//! it out; the pages under docs/machines are drawn from the same tables, and a test shows each transition in a story.

/// A state machine.
pub struct Machine {
    /// Its name, that of its page.
    pub name: &'static str,
    /// What it is about, in a sentence.
    pub about: &'static str,
    /// The kind of line on which it shows; `agreement` and `party` are no lines.
    pub of: &'static str,
    /// Its transitions.
    pub transitions: &'static [Transition],
}

/// One step from a state to another.
pub struct Transition {
    /// The states it leaves; a dash where there was nothing.
    pub from: &'static str,
    /// What brings it about: a recorded fact, or time.
    pub when: &'static str,
    /// The kind of fact, if it is recorded; otherwise it is derived.
    pub fact: Option<&'static str>,
    /// Where the rule is from.
    pub source: &'static str,
    /// The state it leads to.
    pub to: &'static str,
    /// What shows in the docket that it was taken: `reason RULE`, `timing WORD`, `label WORDS`, `state WORD`.
    pub shows: &'static str,
}

/// A transition that a record brings about.
pub const fn recorded(
    from: &'static str,
    fact: &'static str,
    when: &'static str,
    source: &'static str,
    to: &'static str,
    shows: &'static str,
) -> Transition {
    Transition { from, when, fact: Some(fact), source, to, shows }
}

/// A transition that time or another state brings about.
pub const fn derived(
    from: &'static str,
    when: &'static str,
    source: &'static str,
    to: &'static str,
    shows: &'static str,
) -> Transition {
    Transition { from, when, fact: None, source, to, shows }
}

/// Every machine there is.
pub const MACHINES: &[&Machine] = &[
    &crate::agreement::MACHINE,
    &crate::after_end::MACHINE,
    &crate::participation::MACHINE,
    &crate::obligation::MACHINE,
    &crate::versions::MACHINE,
    &crate::supersession::MACHINE,
    &crate::decision::MACHINE,
    &crate::provision::power::MACHINE,
    &crate::notice::MACHINE,
    &crate::provision::meeting_series::MACHINE,
    &crate::meeting::MACHINE,
];
