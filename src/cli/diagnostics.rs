//! Errors as rustc shows them: what is wrong, where, and what to do; all at once, on stderr.

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::error::{Diagnostic, Error};

/// Says what went wrong, and for a verb that writes that it wrote nothing.
pub fn show(error: &Error, writes: bool) {
    match error {
        Error::BrokenPipe | Error::Unverified => {}
        Error::Refused(all) => {
            for diagnostic in all {
                hint!("{}\n", one(diagnostic));
            }
            let count = if all.len() == 1 { "1 error".into() } else { format!("{} errors", all.len()) };
            hint!(
                "{count}{}; `obligo explain-error {}` says more",
                if writes { ", nothing written" } else { "" },
                all.first().map_or("", |first| first.fault.code)
            );
        }
        Error::Failed { what, hint } => {
            let mut group = Level::ERROR.primary_title(what.as_str()).elements(std::iter::empty::<Origin>());
            if let Some(hint) = hint {
                group = group.element(Level::HELP.message(hint.as_str()));
            }
            hint!("{}", Renderer::styled().render(&[group]));
        }
    }
}

fn one(diagnostic: &Diagnostic) -> String {
    let fault = &diagnostic.fault;
    let title = Level::ERROR.primary_title(fault.what.as_str()).id(fault.code);
    let mut group = match &diagnostic.place {
        Some((path, text, Some(span))) => {
            // A table is shown by its first line: the rest of it is not what is wrong.
            let end = text[span.start..span.end].find('\n').map_or(span.end, |at| span.start + at);
            let annotation = AnnotationKind::Primary.span(span.start..end);
            title.element(Snippet::source(text.as_ref()).path(path.as_str()).annotation(annotation))
        }
        Some((path, ..)) => title.element(Origin::path(path.as_str())),
        None => title.elements(std::iter::empty::<Origin>()),
    };
    if let Some(hint) = &fault.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    Renderer::styled().render(&[group]).to_string()
}
