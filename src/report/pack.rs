//! The page of an evidence pack: HTML that opens offline, prints well and needs neither script nor anything from elsewhere.

use events::Record;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use rules::docket::{AgreementLine, Line, Reason};

use super::words;
use crate::pack::{COMMANDS, Contents, Document, Sources, cited};

/// What stands on the page.
pub struct Page<'a> {
    /// The pack.
    pub contents: &'a Contents<'a>,
    /// What its records rest on.
    pub sources: &'a Sources,
}

const STYLE: &str = "
body { font: 11pt/1.45 Georgia, 'Times New Roman', serif; color: #111; background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1, h2, h3 { font-family: Helvetica, Arial, sans-serif; line-height: 1.2 }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid #999 } h3 { font-size: 1rem; margin-bottom: .2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #ddd }
th { font: bold .8rem Helvetica, Arial, sans-serif } code, .hash { font: .85em Menlo, Consolas, monospace; overflow-wrap: anywhere }
.state { font-weight: bold } .quiet { color: #555 } a { color: inherit } ol { margin-top: .2rem }
section.line { break-inside: avoid }
@media print { body { margin: 0; max-width: none; font-size: 9.5pt } a { text-decoration: none } }
";

/// Closed, so that the page is well-formed XML too.
const HEAD: PreEscaped<&str> =
    PreEscaped(r#"<meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>"#);

/// The whole page.
pub fn page(page: &Page) -> Markup {
    let Contents { agreement, view, records, .. } = page.contents;
    let about = view.docket.agreements.iter().find(|line| line.id == *agreement);
    let title = about.map_or(*agreement, |line| line.title.as_str());
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (HEAD)
                title { (title) ", as of " (view.docket.as_of) }
                style { (STYLE) }
            }
            body {
                h1 { (title) }
                (position(page))
                @if let Some(about) = about { (agreement_of(about)) }
                h2 { "What is owed, and why" }
                @if view.docket.entries.is_empty() { p { "Nothing follows from these records." } }
                @for line in &view.docket.entries { (line_of(line)) }
                @if !view.docket.findings.is_empty() {
                    h2 { "What is odd" }
                    ul { @for finding in &view.docket.findings { li { (finding.text) } } }
                }
                h2 { "What was recorded" }
                (records_of(page, records))
                h2 { "What it rests on" }
                (sources_of(page.sources))
                h2 { "How to verify this pack" }
                (verifying(page))
            }
        }
    }
}

/// From where it is seen, and from what.
fn position(page: &Page) -> Markup {
    let view = page.contents.view;
    let stamp = &page.contents.docket["stamp"];
    html! {
        table {
            tr { th { "As of" } td { (view.docket.as_of) } }
            @if let Some(known_at) = &view.known_at { tr { th { "Known at" } td { (known_at) } } }
            tr { th { "Log" } td { (view.log.size) " records, root " span.hash { (view.log.head) } } }
            tr { th { "Log id" } td { span.hash { (view.log.origin) } } }
            @if let Some(left_out) = &view.log.left_out { tr { th { "Left out" } td { (left_out.records) " records of this agreement" } } }
            tr {
                th { "Rules" }
                td {
                    (view.rules.held.set.id) ", " span.hash { (view.rules.held.set.digest) }
                    @if let Some(seq) = view.rules.adopted { ", adopted by record " (number(seq)) }
                }
            }
            @if let Some(program) = stamp["program"].as_str() { tr { th { "Program" } td { (program) } } }
        }
    }
}

fn agreement_of(about: &AgreementLine) -> Markup {
    let (parties, _) = words::parties(about.force);
    html! {
        p {
            (words::form(about.form)) ", " (words::force(about.force)) ". "
            "Effect: " (words::effect(about.effect.state, about.effect.since.as_deref())) ". "
            "Notice: " (words::notice(&about.notice)) ". "
            "Periods are counted by " (about.reckoning) "."
            @if !about.handling.is_empty() { " Handling: " (about.handling.join(", ")) "." }
        }
        h3 { (capital(parties)) }
        ul { @for party in &about.parties { li { (party.name) " (" (party.id) ")" } } }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn line_of(line: &Line) -> Markup {
    let when = words::due(line.due);
    html! {
        section.line id=(format!("line-{}", line.id)) {
            h3 { (line.what) }
            p {
                span.state { (words::label(line).text) }
                @if !when.is_empty() { " · " (when) }
                @if let Some(place) = &line.provision { " · " (place) }
                @if !line.by.is_empty() { " · by " (line.by.join(", ")) }
                @if !line.to.is_empty() && line.to != line.by { " to " (line.to.join(", ")) }
                " · " code { (line.id) }
                @if !line.handling.is_empty() { " · handling: " (line.handling.join(", ")) }
            }
            ol { @for reason in &line.because { li { (reason_of(reason)) } } }
        }
    }
}

fn reason_of(reason: &Reason) -> Markup {
    html! {
        (reason.text)
        @for seq in &reason.records { " " (number(*seq)) }
        @if let Some(place) = &reason.provision { span.quiet { " (" (place) ")" } }
        " " span.quiet { (reason.rule) }
    }
}

/// A record by its number, which leads to it.
fn number(seq: u64) -> Markup {
    html! { a href=(format!("#record-{seq}")) { "#" (seq) } }
}

fn records_of(page: &Page, records: &[Record]) -> Markup {
    let cited = cited(page.contents.view);
    html! {
        table {
            thead { tr { th { "#" } th { "When" } th { "Recorded" } th { "What" } th { "Source" } } }
            tbody { @for record in records { (record_of(page, record, cited.contains(&record.seq))) } }
        }
        p.quiet { "Numbers in bold are cited above. A record that was reversed stays, struck." }
    }
}

fn record_of(page: &Page, record: &Record, is_cited: bool) -> Markup {
    let reversed = page.contents.reversed.get(&record.seq);
    let what = words::event(&record.event);
    html! {
        tr id=(format!("record-{}", record.seq)) {
            td { @if is_cited { b { (record.seq) } } @else { (record.seq) } }
            td { @if let Some(on) = &record.occurred_on { (on) } }
            td { (record.recorded_at.format("%Y-%m-%d %H:%M UTC")) }
            td {
                @if reversed.is_some() { del { (record.event.kind()) ": " (what) } } @else { (record.event.kind()) ": " (what) }
                @if let Some(by) = reversed { " reversed by " (number(*by)) }
                @if let Some(target) = record.corrects { " reverses " (number(target)) }
                @if let Some(reason) = &record.reason { span.quiet { " – " (reason) } }
            }
            td {
                @if let Some(source) = &record.source {
                    (source.id)
                    @if let Some(place) = &source.locator { ", " (place) }
                }
            }
        }
    }
}

fn sources_of(sources: &Sources) -> Markup {
    html! {
        @if sources.sources.is_empty() { p { "No document is recorded." } }
        @for source in &sources.sources { (document(source)) }
        @if !sources.evidence.is_empty() {
            h3 { "Evidence" }
            table {
                thead { tr { th { "#" } th { "Name" } th { "SHA-256" } th { "Here" } } }
                tbody {
                    @for shown in &sources.evidence {
                        tr {
                            td { (number(shown.record)) }
                            td { (shown.name) }
                            td { span.hash { (shown.sha256.as_deref().unwrap_or("an address has none")) } }
                            td { (here(shown.file.as_deref())) }
                        }
                    }
                }
            }
        }
    }
}

fn document(source: &Document) -> Markup {
    html! {
        h3 { (source.title) }
        table {
            tr { th { "Source" } td { (source.id) ", record " (number(source.record)) } }
            tr { th { "Published" } td { (source.published) } }
            tr { th { "Handling" } td { (source.handling) } }
            @if let Some(url) = &source.url { tr { th { "Address" } td { span.hash { (url) } } } }
            tr { th { "SHA-256" } td { span.hash { (source.sha256.as_deref().unwrap_or("not recorded")) } } }
            tr { th { "Here" } td { (here(source.file.as_deref())) } }
        }
    }
}

fn here(file: Option<&str>) -> Markup {
    match file {
        Some(file) => html! { a href=(file) { (file) } },
        None => html! { "not kept" },
    }
}

fn verifying(page: &Page) -> Markup {
    let contents = page.contents;
    html! {
        p {
            "This page is a picture of the records; " code { "bundle.jsonl" } " has them to the byte, each with the proof that it stands in the log"
            " under the root above. In the folder of this page:"
        }
        @for command in COMMANDS { p { code { (command) } } }
        p {
            code { "KEY" } " is the key of the log, had from elsewhere than this pack; at the register, " code { "obligo key" } " prints it."
            " With a checkpoint that you hold, in a file, say " code { "--against FILE" } "."
            " Exit code 0 is: nothing amiss; the verdict says how much it proves. " code { "verify.py" } " needs Python and nothing else."
        }
        @if !contents.keys.is_empty() {
            p { "The pack says that its log signs with this key; whoever forged it would say so of his own:" }
            @for key in &contents.keys { p { span.hash { (key) } } }
        }
    }
}
