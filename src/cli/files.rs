//! The files that each run writes anew: calendar, feed, table, metrics. Each is whole, or is left as it was.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use rules::docket::Line;

use super::args::Output;
use super::due::{self, Window};
use super::status;
use crate::app::View;
use crate::config::settings::Files;
use crate::error::Error;
use crate::jobs::message::Item;
use crate::report::prometheus::{Measured, metrics};
use crate::report::stamp::Stamp;
use crate::report::{Format, atom};

/// What a run knows when it writes its files.
pub struct Contents<'a> {
    /// The whole register, as the run saw it.
    pub view: &'a View,
    /// When.
    pub evaluated_at: DateTime<Utc>,
    /// How many days before a line's calendar entry rings.
    pub alarms: &'a dyn Fn(&Line) -> Vec<u16>,
    /// What was flagged, each with the instant at which that was recorded.
    pub alerts: &'a [(DateTime<Utc>, &'a Item)],
    /// Messages that were raised and have not arrived.
    pub undelivered: u64,
    /// Those of them that are given up.
    pub dead_letters: u64,
    /// The newest signed checkpoint, for the table to carry.
    pub checkpoint: Option<String>,
}

/// Writes each file that the settings name. One that cannot be written does not keep the others from it.
pub fn write(files: &Files, contents: &Contents) -> Vec<Error> {
    let Contents { view, evaluated_at, alarms, alerts, undelivered, dead_letters, checkpoint } = contents;
    let measured = || Measured {
        docket: &view.docket,
        evaluated_at: *evaluated_at,
        size: view.log.size,
        undelivered: *undelivered,
        dead_letters: *dead_letters,
    };
    let calendar =
        files.calendar.as_ref().map(|file| (file, Ok(status::calendar(view, &view.docket, "Obligo", alarms).into_bytes())));
    let atom = files.atom.as_ref().map(|file| (file, Ok(atom::feed(view.log.origin, alerts).into_bytes())));
    let csv = files.csv.as_ref().map(|file| (file, csv(view, checkpoint.clone())));
    let prometheus = files.prometheus.as_ref().map(|file| (file, Ok(metrics(&measured()).into_bytes())));
    let whole = |(file, text): (&PathBuf, Result<Vec<u8>, Error>)| {
        let text = text?;
        Output::default().write_file(file, |out| Ok(out.write_all(&text)?))
    };
    [calendar, atom, csv, prometheus].into_iter().flatten().filter_map(|file| whole(file).err()).collect()
}

/// What `due -o FILE.csv` writes, with the stamp of that question.
fn csv(view: &View, checkpoint: Option<String>) -> Result<Vec<u8>, Error> {
    let docket = Window::within(due::ahead(), view.docket.as_of).of(&view.docket);
    let stamp = Stamp::new(["due".to_string()], Some(&view.position), view.log, &view.rules);
    let report = due::report(view, &docket).stamped(Stamp { checkpoint, ..stamp });
    let mut text = Vec::new();
    report.write(Format::Csv, &mut text)?;
    text.extend(report.footer(Format::Csv).into_bytes());
    Ok(text)
}
