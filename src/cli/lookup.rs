//! Finds the line or the agreement that someone means.

use rules::Docket;
use rules::docket::Line;
use rules::fault::{Fault, nearest};

use crate::app::View;
use crate::error::Error;

/// An agreement must be there.
pub fn agreement(view: &View, id: &str) -> Result<(), Error> {
    if view.register.agreements.contains_key(id) {
        return Ok(());
    }
    let known = view.register.agreements.keys().map(String::as_str);
    Err(Fault::new("E0502", &[], format!("agreement `{id}` is not in the register as known then"))
        .hint(nearest(id, known))
        .into())
}

/// The line of that id; or the only one whose provision or instance is so called.
pub fn line<'a>(docket: &'a Docket, id: &str) -> Result<&'a Line, Error> {
    if let Some(line) = docket.line(id) {
        return Ok(line);
    }
    let wanted = plain(id);
    let found: Vec<&Line> = docket
        .entries
        .iter()
        .filter(|line| {
            let by_provision = line.provision.as_ref().map(|provision| plain(&format!("{}/{provision}", line.agreement)));
            let instance = line.id.rsplit('/').next().unwrap_or_default();
            plain(&line.id) == wanted || by_provision.as_ref() == Some(&wanted) || plain(instance) == wanted
        })
        .collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let known = docket.entries.iter().map(|line| line.id.as_str());
            Err(Fault::new("E0504", &[], format!("`{id}` is not in the docket on {}", docket.as_of)).hint(near(id, known)).into())
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|line| line.id.as_str()).collect();
            Err(Fault::new("E0503", &[], format!("`{id}` is several lines")).hint(format!("name one: {}", ids.join(", "))).into())
        }
    }
}

/// A docket has hundreds of ids: one near, or where to see them.
fn near<'a>(id: &str, known: impl Iterator<Item = &'a str>) -> String {
    let hint = nearest(id, known);
    if hint.starts_with("did you mean") { hint } else { "`obligo status AGREEMENT` lists the ids".into() }
}

fn plain(id: &str) -> String {
    id.chars().filter(|letter| !matches!(letter, '(' | ')' | ' ')).flat_map(char::to_lowercase).collect()
}
