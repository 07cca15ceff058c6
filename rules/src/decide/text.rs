//! What is wrong with an amendment: it speaks of nothing that is there, or leaves something that cannot be read.

use events::event::{ProvisionAdded, ProvisionAmended, ProvisionRepealed};

use super::terms::{provision_fault, provision_faults};
use crate::fault::Fault;
use crate::provision;
use crate::register::Agreement;
use crate::versions;

/// An amendment speaks of a provision that is there, in keys that it can have, and leaves something that can be read.
pub(super) fn amendment_faults(recorded: &Agreement, amended: &ProvisionAmended) -> Vec<Fault> {
    // On top of what was agreed before, whether it has taken effect or not.
    let text = &versions::newest(recorded);
    let Some(known) = text.provision(&amended.provision) else {
        return vec![provision_fault(text, &["provision"], &amended.provision)];
    };
    if amended.changes.is_empty() && amended.without.is_empty() {
        let is_said = amended.transition.is_some() && amended.effective.is_some();
        let fault = || Fault::new("E0202", &["changes"], "nothing is amended");
        let fault = fault().hint("say which key reads otherwise, as in --set 'every = \"2 years\"'");
        return if is_said { Vec::new() } else { vec![fault] };
    }
    let (after, mut faults) = versions::reads(&known.value, amended);
    if faults.is_empty() {
        let wrong = provision::check(&after).into_iter().chain(provision_faults(text, &after));
        faults.extend(wrong.map(|fault| fault.under("changes")));
    }
    faults
}

/// What an amendment puts in has an id of its own and can be read.
pub(super) fn addition_faults(recorded: &Agreement, added: &ProvisionAdded) -> Vec<Fault> {
    let (text, provision) = (versions::newest(recorded), &added.provision);
    let taken = text.provision(&provision.id).is_some();
    let fault = || Fault::new("E0205", &["provision", "id"], format!("provision `{}` is there already", provision.id));
    let taken = taken.then(|| fault().hint("give it an id of its own, or record an amendment of that one"));
    let wrong = provision::check(provision).into_iter().chain(provision_faults(&text, provision));
    taken.into_iter().chain(wrong.map(|fault| fault.under("provision"))).collect()
}

/// Only what is there is taken out.
pub(super) fn repeal_faults(recorded: &Agreement, repealed: &ProvisionRepealed) -> Vec<Fault> {
    let text = versions::newest(recorded);
    let known = text.provision(&repealed.provision);
    known.is_none().then(|| provision_fault(&text, &["provision"], &repealed.provision)).into_iter().collect()
}
