//! Secrets are named in `obligo.toml` and kept elsewhere: in a credential that systemd hands over, or in the environment.

use std::path::Path;

use rules::fault::Fault;

use super::message::Undelivered;
use crate::config::Settings;

/// Where a secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A file of this name in the folder that `CREDENTIALS_DIRECTORY` names.
    Credential(&'a str),
    /// A variable of the environment.
    Environment(&'a str),
}

/// `credential:NAME` or `env:NAME`; anything else is no place.
pub fn place(named: &str) -> Option<Place<'_>> {
    let is_word = |name: &str, also: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || also.contains(letter))
    };
    match named.split_once(':')? {
        // Also the name of a file, which must not lead out of its folder.
        ("credential", name) if is_word(name, "_-.") => Some(Place::Credential(name)),
        ("env", name) if is_word(name, "_") => Some(Place::Environment(name)),
        _ => None,
    }
}

/// What is wrong with how a key says where its secret is. What stands there is not repeated: it may be the secret.
pub fn check(at: &[&str], named: &str) -> Option<Fault> {
    if place(named).is_some() {
        return None;
    }
    let what = format!("`{}` does not say where its secret is", at.join("."));
    let hint = "write `credential:NAME` or `env:NAME`; a secret that stood here is known to all who can read this file";
    Some(Fault::new("E0801", at, what).hint(hint))
}

/// Every place of a secret that the settings name, in their order.
pub fn named(settings: &Settings) -> impl Iterator<Item = &str> {
    let password = settings.mail.as_ref().and_then(|mail| mail.password.as_deref());
    let signing = settings.webhooks.iter().map(|webhook| webhook.secret.as_str());
    let ping = settings.ping.as_ref().map(|ping| ping.url.as_str());
    password.into_iter().chain(signing).chain(ping).filter(|named| place(named).is_some())
}

/// The credentials that the settings name, each once, in their order.
pub fn credentials(settings: &Settings) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for named in named(settings) {
        if let Some(Place::Credential(name)) = place(named)
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

/// The secret, without the newline that editors put behind it.
///
/// # Errors
/// When it is not there: the next run may have it.
pub fn read(named: &str) -> Result<String, Undelivered> {
    let missing = |detail: String| Undelivered { class: "secret not at hand".into(), detail, is_final: false };
    let secret = match place(named) {
        Some(Place::Credential(name)) => {
            let folder = std::env::var_os("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                missing(format!("`{named}`: no credentials were handed over by systemd (CREDENTIALS_DIRECTORY)"))
            })?;
            let file = Path::new(&folder).join(name);
            std::fs::read_to_string(&file).map_err(|error| missing(format!("`{named}`: {}: {error}", file.display())))?
        }
        Some(Place::Environment(name)) => {
            std::env::var(name).map_err(|_| missing(format!("`{named}`: that variable is not set")))?
        }
        None => return Err(missing("it is not said where the secret is; `obligo config check` says which".into())),
    };
    let secret = secret.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(missing(format!("`{named}`: it is empty")));
    }
    Ok(secret.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_and_never_leads_out_of_its_folder() {
        assert_eq!(place("credential:obligo.mail"), Some(Place::Credential("obligo.mail")));
        assert_eq!(place("env:OBLIGO_MAIL"), Some(Place::Environment("OBLIGO_MAIL")));
        for plain in
            ["hunter2", "", "credential:", "credential:../key", "credential:.", "credential:a/b", "env:A B", "env:", "file:x"]
        {
            assert_eq!(place(plain), None, "{plain}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        let fault = check(&["mail", "password"], "hunter2").unwrap();
        assert_eq!(fault.code, "E0801");
        assert!(!fault.what.contains("hunter2") && !fault.hint.unwrap().contains("hunter2"));
        assert_eq!(check(&["mail", "password"], "env:MAIL"), None);
    }

    #[test]
    fn a_secret_that_is_not_there_is_tried_again() {
        let undelivered = read("env:OBLIGO_NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!((undelivered.class.as_str(), undelivered.is_final), ("secret not at hand", false));
    }
}
