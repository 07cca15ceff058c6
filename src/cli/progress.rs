//! A bar on long work: on a terminal only, and only past half a second.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar, hidden for now.
pub fn bar(all: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::hidden());
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}, {rate}");
    let rate = |state: &ProgressState, out: &mut dyn Write| {
        // A bar that cannot be drawn is no fault of the work.
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("rate", rate));
    bar.set_message(what.to_string());
    bar
}

/// A bar for one piece of work; it goes when the answer does.
pub fn watch(what: &'static str, all: u64) -> Box<dyn FnMut(u64)> {
    let bar = bar(all, what);
    // The steps are those of a record, or of some thousand.
    let mut last = 0;
    Box::new(move |done| {
        if done / 256 > last / 256 || all < 256 {
            show(&bar, done);
        }
        last = done;
    })
}

/// Shows and moves the bar once half a second has passed; where stderr is no terminal it stays hidden.
pub fn advance(bar: &ProgressBar, done: u64) {
    if done.is_multiple_of(256) {
        show(bar, done);
    }
}

/// The same where the steps are larger than a record.
pub fn show(bar: &ProgressBar, done: u64) {
    if bar.is_hidden() && bar.elapsed() >= Duration::from_millis(500) {
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    bar.set_position(done);
}
