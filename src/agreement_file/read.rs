//! The whole of an agreement file, in the order in which it is recorded: the agreement, its sources, bodies and provisions, then acts.

use std::cell::RefCell;

use events::event::Event;
use events::record::SourceRef;
use events::terms::{Party, Source};
use rules::decide::Proposal;
use rules::fault::Fault;

use super::act::{self, Context};
use super::table::Table;
use super::tree::Node;
use super::{Placed, terms};

/// What a file proposes, each with its place.
#[derive(Default)]
pub struct Read {
    pub proposals: Vec<(Proposal, Node)>,
    pub faults: Vec<Placed>,
}

/// Reads the whole document.
pub fn read(root: &Node) -> Read {
    let faults = RefCell::new(Vec::new());
    let mut proposals = Vec::new();
    if let Some(file) = Table::new("the file", root, &faults) {
        read_file(&file, &faults, &mut proposals);
        file.finish(&[]);
    }
    let mut faults = faults.into_inner();
    faults.sort_by_key(|placed| placed.span.as_ref().map_or(0, |span| span.start));
    Read { proposals, faults }
}

fn read_file<'a>(file: &Table<'a>, faults: &'a RefCell<Vec<Placed>>, proposals: &mut Vec<(Proposal, Node)>) {
    let sources: Vec<(Source, Node)> = file
        .tables("source", "[[source]]")
        .iter()
        .filter_map(|table| Some((terms::source(table)?, table.node().clone())))
        .collect();
    let Some(agreement) = file.get("agreement") else {
        // Every other table is known, so that this is the one thing said.
        for key in ["party", "body", "provision", "act"] {
            file.get(key);
        }
        let fault = Fault::new("E0202", &["agreement"], "`[agreement]` is missing")
            .hint("begin with [agreement], then id = … and title = …");
        return file.fault(file.node(), fault);
    };
    let Some(table) = Table::new("[agreement]", agreement, faults) else { return };
    let id = table.needed("id").unwrap_or_default();
    let source = table.text("source").or_else(|| sources.first().map(|(source, _)| source.id.clone()));
    let context = Context { id, source, sources: sources.iter().map(|(source, _)| source.clone()).collect() };
    let parties = parties(file);
    let terms = terms::agreement_terms(&table, parties);
    proposals.push((term(&context, Event::AgreementRecorded(Box::new(terms)), None, None), agreement.clone()));
    table.finish(&["source"]);
    for (source, node) in sources {
        let published = source.published.clone();
        let own = Some(source.id.clone());
        proposals.push((term(&context, Event::SourceRecorded(Box::new(source)), own, None).on(published), node));
    }
    for table in file.tables("body", "[[body]]") {
        let body = terms::body(&table).map(|body| Event::BodyRecorded(Box::new(body)));
        let own = table.text("source");
        table.finish(&[]);
        proposals.extend(body.map(|body| (term(&context, body, own, None), table.node().clone())));
    }
    for table in file.tables("provision", "[[provision]]") {
        if let Some((provision, own)) = terms::provision(&table) {
            let locator = Some(provision.reference.clone());
            let event = Event::ProvisionRecorded(Box::new(provision));
            proposals.push((term(&context, event, own, locator), table.node().clone()));
        }
    }
    for table in file.tables("act", "[[act]]") {
        proposals.extend(act::read(&table, &context).map(|proposal| (proposal, table.node().clone())));
    }
}

/// The parties, each once.
fn parties(file: &Table) -> Vec<Party> {
    let mut parties: Vec<Party> = Vec::new();
    for table in file.tables("party", "[[party]]") {
        let Some(party) = terms::party(&table) else { continue };
        if parties.iter().any(|other| other.id == party.id) {
            table
                .fault(table.node(), Fault::new("E0205", &["id"], format!("party `{}` stands twice", party.id)).hint("keep one"));
        } else {
            parties.push(party);
        }
    }
    parties
}

/// A term, resting on its own source or on that of the agreement.
fn term(context: &Context, event: Event, own: Option<String>, locator: Option<String>) -> Proposal {
    let source = own.or_else(|| context.source.clone()).map(|id| SourceRef {
        id: id.into(),
        sha256: None,
        locator: locator.map(Into::into),
    });
    Proposal { source, ..Proposal::new(&context.id, event) }
}
