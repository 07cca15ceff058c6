//! A bar on long work: on a terminal only, and only past half a second.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that stays hidden where stderr is no terminal.
pub fn bar(all: u64, what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}, {per_sec}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_string());
    bar
}

/// Moves the bar once half a second has passed.
pub fn advance(bar: &ProgressBar, done: u64) {
    if bar.elapsed() > Duration::from_millis(500) {
        bar.set_position(done);
    }
}
