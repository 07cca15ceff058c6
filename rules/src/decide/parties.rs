//! What is wrong with a change of the parties, or with a reservation.

use chrono::NaiveDate;
use events::event::{PartyRenamed, PartySucceeded, ReservationMade, ReservationWithdrawn};
use events::{DateSpec, Event};

use super::acts::unknown_provisions;
use super::terms::party_fault;
use crate::fault::Fault;
use crate::register::{Act, Agreement};

/// Something must be new: the name, or through whom it acts.
pub(super) fn renaming_faults(agreement: &Agreement, renamed: &PartyRenamed) -> Vec<Fault> {
    let nothing = renamed.name.is_none() && renamed.acts_through.is_none();
    let fault = || Fault::new("E0202", &["name"], "neither a name nor a ministry is given");
    let nothing = nothing.then(|| fault().hint("say what it is called, or through whom it acts"));
    party_fault(agreement, "party", &renamed.party).into_iter().chain(nothing).collect()
}

/// A party is succeeded by somebody who is none.
pub(super) fn succession_faults(agreement: &Agreement, succeeded: &PartySucceeded) -> Vec<Fault> {
    let taken = agreement.party_ids().contains(&succeeded.by) || agreement.successors.contains_key(&succeeded.by);
    let fault = || Fault::new("E0205", &["by"], format!("`{}` is or was a party of {}", succeeded.by, agreement.id));
    let taken = taken.then(|| fault().hint("whoever takes another's place has an id of its own"));
    party_fault(agreement, "party", &succeeded.party).into_iter().chain(taken).collect()
}

/// A reservation names what it is to.
pub(super) fn reservation_faults(agreement: &Agreement, made: &ReservationMade) -> Vec<Fault> {
    let fault = || Fault::new("E0202", &["provisions"], "no provision is named that it makes a reservation to");
    let nothing = made.provisions.is_empty().then(|| fault().hint("name one or more by id"));
    let stranger = party_fault(agreement, "by", &made.by).into_iter().chain(nothing);
    stranger.chain(unknown_provisions(agreement, &made.provisions)).collect()
}

/// Only a reservation that was made is withdrawn, on that day or later.
pub(super) fn withdrawal_faults(
    recorded: &Agreement,
    agreement: &Agreement,
    withdrawn: &ReservationWithdrawn,
    on: Option<&DateSpec>,
) -> Vec<Fault> {
    let own = |act: &Act| match &act.event {
        Event::ReservationMade(made) if agreement.holder(&made.by) == withdrawn.by => {
            Some((act.days().earliest, made.provisions.clone()))
        }
        _ => None,
    };
    let made: Vec<(NaiveDate, Vec<String>)> = recorded.acts.iter().filter_map(own).collect();
    let first_of =
        |id: Option<&String>| made.iter().filter(|(_, of)| id.is_none_or(|id| of.contains(id))).map(|(first, _)| *first).min();
    let named: Vec<Option<&String>> = match withdrawn.provisions.is_empty() {
        true => vec![None],
        false => withdrawn.provisions.iter().map(Some).collect(),
    };
    let last = on.and_then(DateSpec::latest).unwrap_or(NaiveDate::MAX);
    let fault = |id: Option<&String>| {
        let to = id.map_or("any provision", String::as_str);
        match first_of(id) {
            None => {
                let what = format!("no reservation of `{}` to {to} is recorded", withdrawn.by);
                Some(Fault::new("E0411", &["provisions"], what).hint(format!("see `obligo log {}`", recorded.id)))
            }
            Some(first) if last < first => {
                let what = format!("`{last}` is before {first}, the day of the reservation of `{}` to {to}", withdrawn.by);
                Some(Fault::new("E0413", &["on"], what).hint("correct one of the two dates"))
            }
            Some(_) => None,
        }
    };
    party_fault(agreement, "by", &withdrawn.by).into_iter().chain(named.into_iter().filter_map(fault)).collect()
}
