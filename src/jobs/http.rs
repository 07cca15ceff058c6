//! What webhooks and pings have in common: how an address is called, and which addresses may stand in the settings.

use std::net::IpAddr;
use std::time::Duration;

use rules::fault::Fault;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};

use super::message::Undelivered;

/// What a key of an address calls a secret. An address goes into logs of proxies and servers; a secret does not stand in one.
const SECRETS: [&str; 10] = ["token", "key", "secret", "password", "passwd", "auth", "signature", "sig", "code", "access"];

/// What is wrong with an address that is called. It is not repeated whole: it may hold the secret.
pub fn check(at: &[&str], url: &str) -> Option<Fault> {
    let key = at.join(".");
    let uri: Option<Uri> = url.parse().ok();
    let Some((uri, scheme, host)) = uri.as_ref().and_then(|uri| Some((uri, uri.scheme_str()?, uri.host()?))) else {
        return Some(
            Fault::new("E0804", at, format!("`{key}` is not an address")).hint("write it whole: `https://example.org/hook`"),
        );
    };
    let secret = |what: &str| {
        let hint =
            "let the receiver go by the signature; where the address itself is the secret (ping), name it: `credential:NAME`";
        Some(Fault::new("E0802", at, format!("`{key}` has {what} in it")).hint(hint))
    };
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return secret("a user or a password");
    }
    let names = uri.query().unwrap_or_default().split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    if let Some(name) = names.into_iter().find(|name| is_secret(name)) {
        return secret(&format!("the secret `{name}=…`"));
    }
    match scheme {
        "https" => None,
        "http" if is_here(host) => None,
        "http" => {
            let what = format!("`{key}` sends in the clear to another machine");
            Some(Fault::new("E0803", at, what).hint("write `https://`"))
        }
        _ => Some(Fault::new("E0804", at, format!("`{key}` is no address of the web")).hint("it begins with `https://`")),
    }
}

/// `token`, `api_key`, `X-Amz-Signature`; not `keyword`.
fn is_secret(name: &str) -> bool {
    name.to_ascii_lowercase().split(['_', '-', '.']).any(|word| SECRETS.contains(&word.trim_start_matches("api")))
}

/// Whether a name means this machine.
pub fn is_here(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Calls follow nobody elsewhere, wait for nobody long, and trust whom the system trusts.
pub fn agent(within: Duration) -> ureq::Agent {
    let trusted = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(within))
        .tls_config(trusted)
        .user_agent(concat!("obligo/", env!("CARGO_PKG_VERSION")));
    ureq::Agent::new_with_config(config.build())
}

/// Why nothing was answered. The address is not repeated: that of a ping is a secret.
pub fn unanswered(error: &ureq::Error) -> Undelivered {
    let (class, detail) = match error {
        ureq::Error::Timeout(_) => ("timed out", error.to_string()),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => ("tls", error.to_string()),
        ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::InvalidData => ("tls", error.to_string()),
        ureq::Error::BadUri(_) => ("not an address", "it cannot be read as an address".into()),
        _ => ("no connection", error.to_string()),
    };
    Undelivered { class: class.into(), detail, is_final: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_no_secret_and_is_private() {
        let code = |url: &str| check(&["ping", "url"], url).map(|fault| fault.code);
        for fine in [
            "https://example.org/hook",
            "https://example.org/hook?keyword=a&topic=b",
            "http://127.0.0.1:8080/x",
            "http://localhost/x",
            "http://[::1]/x",
        ] {
            assert_eq!(code(fine), None, "{fine}");
        }
        for (url, wrong) in [
            ("https://me:pw@example.org/", "E0802"),
            ("https://me@example.org/", "E0802"),
            ("https://example.org/?a=1&api_key=x", "E0802"),
            ("https://example.org/?apikey=x", "E0802"),
            ("https://example.org/?X-Amz-Signature=x", "E0802"),
            ("https://example.org/?TOKEN=x", "E0802"),
            ("http://example.org/", "E0803"),
            ("http://127.0.0.1.example.org/", "E0803"),
            ("example.org/hook", "E0804"),
            ("ftp://example.org/", "E0804"),
            ("", "E0804"),
            ("https://exa mple.org/", "E0804"),
        ] {
            assert_eq!(code(url), Some(wrong), "{url}");
        }
    }

    #[test]
    fn a_secret_in_an_address_is_not_repeated() {
        let fault = check(&["webhook", "desk", "url"], "https://example.org/?token=hunter2").unwrap();
        assert_eq!(fault.what, "`webhook.desk.url` has the secret `token=…` in it");
    }
}
