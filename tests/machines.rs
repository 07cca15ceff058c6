//! The pages under docs/machines are drawn from the tables that the rules are carried out by: a table, a diagram as text, and a picture.
//! `OBLIGO_WRITE_DOCS=1 cargo test --test machines` draws them anew.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;

use layout::backends::svg::SVGWriter;
use layout::gv::{DotParser, GraphBuilder};
use rules::machine::{MACHINES, Machine, Transition};
use support::root;

fn states(words: &str) -> impl Iterator<Item = &str> {
    words.split(", ").map(|state| if state == "–" { "(nothing yet)" } else { state })
}

/// Leads from each state that it leaves to the one that it reaches.
fn edges(machine: &Machine) -> Vec<(&'static str, &'static str, &'static Transition)> {
    let each = |transition: &'static Transition| {
        let to = transition.to;
        transition.from.split(", ").map(move |from| (from, to, transition)).collect::<Vec<_>>()
    };
    machine.transitions.iter().flat_map(each).collect()
}

fn page(machine: &Machine) -> String {
    let mut page = format!("# {}{}\n\n{}\n\n", machine.name[..1].to_uppercase(), &machine.name[1..], machine.about);
    let _ = writeln!(page, "![The states of {} and what leads from one to the next]({}.svg)\n", machine.name, machine.name);
    page.push_str("| from | what brings it about | to | recorded as | source |\n|---|---|---|---|---|\n");
    for transition in machine.transitions {
        let fact = transition.fact.map_or("derived".into(), |fact| format!("`{fact}`"));
        let Transition { from, when, to, source, .. } = transition;
        let _ = writeln!(page, "| {from} | {when} | {to} | {fact} | {source} |");
    }
    page.push_str("\n```text\n");
    for (from, to, transition) in edges(machine) {
        let from = states(from).next().unwrap_or_default();
        let _ = writeln!(page, "{from} -> {to}: {}", transition.when);
    }
    page.push_str("```\n\nDrawn from the table by which the program goes; `tests/scenarios` has a story for each transition.\n");
    page
}

fn picture(machine: &Machine) -> String {
    let quoted = |words: &str| format!("\"{}\"", words.replace('_', " "));
    let mut dot = String::from("digraph {\n");
    let names: BTreeSet<&str> =
        edges(machine).iter().flat_map(|(from, to, _)| [states(from).next().unwrap_or_default(), *to]).collect();
    for name in names {
        let _ = writeln!(dot, "{} [shape=box];", quoted(name));
    }
    let mut drawn = BTreeSet::new();
    for (from, to, _) in edges(machine) {
        let from = states(from).next().unwrap_or_default();
        if from != to && drawn.insert((from, to)) {
            let _ = writeln!(dot, "{} -> {};", quoted(from), quoted(to));
        }
    }
    dot.push('}');
    let graph = DotParser::new(&dot).process().unwrap_or_else(|error| panic!("{}: {error}\n{dot}", machine.name));
    let mut builder = GraphBuilder::new();
    builder.visit_graph(&graph);
    let mut svg = SVGWriter::new();
    builder.get().do_it(false, false, false, &mut svg);
    svg.finalize()
}

#[test]
fn each_page_and_each_picture_is_what_the_table_says() {
    let folder = root().join("docs/machines");
    let mut stale = Vec::new();
    for machine in MACHINES {
        for (extension, drawn) in [("md", page(machine)), ("svg", picture(machine))] {
            let path = folder.join(format!("{}.{extension}", machine.name));
            if std::env::var_os("OBLIGO_WRITE_DOCS").is_some() {
                std::fs::write(&path, &drawn).unwrap();
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != drawn {
                stale.push(path.display().to_string());
            }
        }
    }
    assert!(stale.is_empty(), "not what the tables say: {}; OBLIGO_WRITE_DOCS=1 draws them", stale.join(", "));
}

#[test]
fn each_picture_is_well_formed() {
    for machine in MACHINES {
        let svg = picture(machine);
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{}: {error}", machine.name));
        assert_eq!(document.root_element().tag_name().name(), "svg");
    }
}

#[test]
fn every_fact_that_a_machine_names_is_one_and_every_state_is_reached() {
    let facts: BTreeSet<&str> = events::contract::samples::events().iter().map(events::Event::kind).collect();
    for machine in MACHINES {
        for transition in machine.transitions {
            if let Some(fact) = transition.fact {
                assert!(facts.contains(fact), "{}: `{fact}` is no fact", machine.name);
            }
        }
        let reached: BTreeSet<&str> = machine.transitions.iter().flat_map(|transition| transition.to.split(", ")).collect();
        for (from, _, _) in edges(machine) {
            let begun = ["–", "any", "live", "standing"].contains(&from);
            assert!(begun || reached.iter().any(|to| to.starts_with(from)), "{}: nothing leads to `{from}`", machine.name);
        }
    }
}
