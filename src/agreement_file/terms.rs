//! The terms of an agreement file: what it is, its parties, sources, bodies and provisions.

use events::terms::{AgreementTerms, Body, Force, Form, Party, Provision, Relation, Source, Terms};
use rules::fault::{Fault, nearest};
use rules::provision::{KINDS, default_id, kind};

use super::table::Table;
use super::tree::{Kind, Node};

pub const FORCES: &[&str] = &["binding", "non-binding", "mixed"];
const FORMS: &[&str] = &["treaty", "agreement", "memorandum", "arrangement", "partnership", "contract"];

/// What cannot be read stands as something plain, so that the rest of the file is still judged as a whole: with a fault in it nothing
/// of the file is recorded.
pub fn agreement_terms(table: &Table, parties: Vec<Party>) -> AgreementTerms {
    AgreementTerms {
        title: table.needed("title").unwrap_or_default(),
        form: table.needed_word("form", FORMS).unwrap_or(Form::Agreement),
        force: table.needed_word("force", FORCES).unwrap_or(Force::Binding),
        reckoning: table.needed("reckoning").unwrap_or_else(|| "corresponding-date".into()),
        zone: zone(table),
        calendars: table.texts("calendars"),
        paragraphs: table.number("paragraphs"),
        parties,
        relates: table.tables("relates", "{ to = …, as = … }").iter().filter_map(relation).collect(),
    }
}

fn zone(table: &Table) -> Option<String> {
    let node = table.get("zone")?;
    let zone = table.text("zone")?;
    if zone.parse::<chrono_tz::Tz>().is_err() {
        let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let fault = Fault::new("E0204", &["zone"], format!("`{zone}` is not a time zone"));
        table.fault(node, fault.hint(nearest_zone(&zone, names)));
        return None;
    }
    Some(zone)
}

/// There are too many zones to list them all.
fn nearest_zone<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> String {
    let hint = nearest(written, names);
    if hint.starts_with("did you mean") { hint } else { "write an IANA name, as in Europe/London or Asia/Seoul".into() }
}

fn relation(table: &Table) -> Option<Relation> {
    let (to, relation, title) = (table.needed("to"), table.needed("as"), table.text("title"));
    table.finish(&[]);
    Some(Relation { to: to?, relation: relation?, title })
}

pub fn party(table: &Table) -> Option<Party> {
    let (id, name, acts_through) = (table.needed("id"), table.needed("name"), table.text("acts_through"));
    let zone = zone(table);
    table.finish(&[]);
    Some(Party { id: id?, name: name?, acts_through, zone })
}

/// As with the agreement, a source that cannot be read in full still stands for those who cite it.
pub fn source(table: &Table) -> Option<Source> {
    let (id, title, published) = (table.needed("id"), table.needed("title"), table.needed_date("published"));
    let handling = table.text("handling").unwrap_or_else(|| "public".into());
    let (sha256, url) = (digest(table), table.text("url"));
    table.finish(&[]);
    let published = published.or_else(|| "unknown".parse().ok())?;
    Some(Source { id: id?, title: title.unwrap_or_default(), published, handling, sha256, url })
}

fn digest(table: &Table) -> Option<String> {
    let node = table.get("sha256")?;
    let digest = table.text("sha256")?;
    if digest.len() == 64 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Some(digest);
    }
    let fault = Fault::new("E0204", &["sha256"], "this is not a SHA-256 digest");
    table.fault(node, fault.hint("64 hexadecimal digits in lower case, as sha256sum prints them"));
    None
}

pub fn body(table: &Table) -> Option<Body> {
    let (id, name, chair) = (table.needed("id"), table.needed("name"), table.text("chair"));
    Some(Body { id: id?, name: name?, chair })
}

/// A provision and the source it names for itself.
pub fn provision(table: &Table) -> Option<(Provision, Option<String>)> {
    let reference = table.needed("ref");
    let kind_name = table.needed("kind");
    let id = table.text("id");
    let (text, own) = (table.text("text"), table.text("source"));
    let (quote, quote_prefix, quote_suffix) = quote(table);
    let (topics, force, undetermined) = (table.texts("topics"), table.word("force", &FORCES[..2]), table.text("undetermined"));
    let name = kind_name.as_deref()?;
    let Some(known) = kind(name) else {
        let names = KINDS.iter().map(|kind| kind.name);
        let fault = Fault::new("E0206", &["kind"], format!("`{name}` is not a kind of provision")).hint(nearest(name, names));
        if let Some(node) = table.get("kind") {
            table.fault(node, fault);
        }
        return None;
    };
    let parties = |key: &'static str| if known.keys.contains(&key) { table.texts(key) } else { Vec::new() };
    let (by, to) = (parties("by"), parties("to"));
    let terms = kind_terms(table, known.keys);
    table.finish(known.keys);
    let reference = reference?;
    let id = id.unwrap_or_else(|| default_id(name, &reference));
    let (kind, terms) = (name.into(), terms?);
    let provision =
        Provision { id, reference, kind, text, quote, quote_prefix, quote_suffix, force, by, to, topics, undetermined, terms };
    Some((provision, own))
}

/// A quote: its words alone, or with what stands before and after them where the same words stand several times.
fn quote(table: &Table) -> (Option<String>, Option<String>, Option<String>) {
    if !matches!(table.get("quote").map(|node| &node.kind), Some(Kind::Table(_))) {
        return (table.text("quote"), None, None);
    }
    let Some(quote) = table.table("quote") else { return (None, None, None) };
    let parts = (quote.needed("exact"), quote.text("prefix"), quote.text("suffix"));
    quote.finish(&[]);
    parts
}

/// The keys of its kind as terms; `None` if one of them has no meaning.
fn kind_terms(table: &Table, keys: &[&str]) -> Option<Terms> {
    let mut terms = Some(Terms::new());
    for entry in table.rest(&[]).into_iter().filter(|entry| keys.contains(&entry.key.as_str())) {
        match entry.value.term() {
            Ok(term) => {
                if let Some(terms) = terms.as_mut() {
                    terms.insert(entry.key.clone(), term);
                }
            }
            Err(placed) => {
                table.fault(&Node { span: placed.span.unwrap_or_default(), kind: entry.value.kind.clone() }, placed.fault);
                terms = None;
            }
        }
    }
    terms
}
