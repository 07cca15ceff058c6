//! What would discharge a line now, and why it is not discharged yet.

use crate::docket::{Axes, Existence, Kind, Line, Performance, Timing};

/// The answer for one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Residual {
    /// Nothing is left to do.
    pub is_discharged: bool,
    /// Why it is, or why it is not.
    pub why: String,
    /// Who can discharge it: party ids.
    pub by: Vec<String>,
    /// What would: commands that record it.
    pub how: Vec<String>,
}

/// What is left of a line.
pub fn residual(line: &Line) -> Residual {
    let Axes { existence, timing, performance, .. } = &line.axes;
    let said = |rule: &str| line.because.iter().rev().find(|reason| reason.rule == rule).map(|reason| reason.text.clone());
    let (is_discharged, why) = match (existence, timing, performance) {
        (_, _, Performance::Complete) | (Existence::Ended(_), ..) => (true, format!("it is {}", line.label)),
        _ if line.kind == Kind::Power => (true, "nothing is owed: it is a power, which can be used or not".into()),
        (Existence::Dormant(until), ..) => (false, format!("nothing is owed yet: it is dormant {until}")),
        (Existence::Suspended(_), ..) => (false, "it is suspended: nothing need be done for the time being".into()),
        (_, Timing::Undetermined(missing), _) => (false, format!("it is not settled: {missing}")),
        (_, _, Performance::Partial) => {
            let part = said("commitment.part").or_else(|| said("commitment.joint"));
            (false, format!("it is done in part: {}", part.unwrap_or_else(|| "others have to act too".into())))
        }
        (Existence::Live, Timing::Undated, _) => {
            let stands = match line.because.iter().any(|reason| matches!(reason.rule, "survival.of" | "survival.applies")) {
                true => "it goes on after the end of the agreement: no act discharges it",
                false => "it stands for as long as the agreement has effect: no act discharges it",
            };
            (false, stands.into())
        }
        _ => {
            let nothing = said("commitment.nothing-recorded").or_else(|| said("meeting-series.nothing-recorded"));
            (false, nothing.unwrap_or_else(|| "nothing recorded discharges it".into()))
        }
    };
    let how = if is_discharged && line.kind != Kind::Power { Vec::new() } else { line.closes_with.clone() };
    let by = if is_discharged { Vec::new() } else { line.by.clone() };
    Residual { is_discharged, why, by, how }
}
