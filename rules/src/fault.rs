//! What is wrong with words that someone wrote, where, and what to do. The codes are listed in docs/errors.md.

/// A fault in one proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Code of the error (`E0304`), explained in docs/errors.md.
    pub code: &'static str,
    /// The key it stands at, from the outside in (`["notice", "at_least"]`); empty for the whole.
    pub at: Vec<String>,
    /// What is wrong, with the thing named in backticks.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault at a key.
    pub fn new(code: &'static str, at: &[&str], what: impl Into<String>) -> Self {
        Fault { code, at: at.iter().map(ToString::to_string).collect(), what: what.into(), hint: None }
    }

    /// The same with what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same inside another key.
    pub fn under(mut self, key: &str) -> Self {
        self.at.insert(0, key.into());
        self
    }
}

/// The known word nearest to a written one, as a hint, or all of them if none is near.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let known: Vec<&str> = known.into_iter().filter(|word| seen.insert(*word)).collect();
    let near = known.iter().map(|word| (distance(written, word), *word)).min();
    match near {
        // In a word of two letters every other is near: that is no slip.
        Some((steps, word)) if written.len() > 2 && steps <= 1.max(own(written, word).len() / 3) => {
            format!("did you mean `{word}`?")
        }
        _ if known.is_empty() => "none is known here".into(),
        _ => format!("known here: {}", known.join(", ")),
    }
}

/// What is written of a word's own, where both stand under one agreement: `nope` of `lake/nope`.
fn own<'a>(written: &'a str, word: &str) -> &'a str {
    match (written.split_once('/'), word.split_once('/')) {
        (Some((agreement, rest)), Some((same, _))) if agreement == same => rest,
        _ => written,
    }
}

/// Levenshtein's distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (column, against) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *against);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_answered_with_the_word_that_was_meant() {
        assert_eq!(nearest("topcis", ["topics", "text"]), "did you mean `topics`?");
        assert_eq!(nearest("zzzzzz", ["topics", "text", "topics"]), "known here: topics, text");
    }
}
