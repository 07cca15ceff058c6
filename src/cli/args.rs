//! Arguments that several verbs share, and dates as people type them.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use events::DateSpec;
use rules::provision::date_code;
use rules::sift::{Marking, Sift};
use rules::time::Period;
use rules::time::notice_day::subtracted;
use store::interrupt::Unfinished;
use uuid::Uuid;

use crate::app::{KnownAt, Position, Write as HowToWrite, opaque};
use crate::clock;
use crate::error::Error;
use crate::report::{Format, Report};
use crate::rule_sets::Choice;
use crate::texts::Sealed;

/// What every reading verb takes.
#[derive(clap::Args, Default)]
pub struct Reading {
    /// Seen from this day: 2026-06-30, today, +3m, eoy
    #[arg(long, global = true, value_name = "DATE", allow_hyphen_values = true)]
    as_of: Option<String>,

    #[command(flatten)]
    known: Known,

    #[command(flatten)]
    pub output: Output,
}

/// What was known, and what of that is looked at.
#[derive(clap::Args, Default)]
pub struct Known {
    /// With what was recorded by then: a day, an instant, or #42 for the records 1 to 42 (42 alone means #42)
    #[arg(long, global = true, value_name = "WHEN", allow_hyphen_values = true)]
    known_at: Option<String>,

    /// By the rules of then, of now, or of another rule set: its id or its file
    #[arg(long, global = true, value_name = "RULES")]
    rules: Option<Choice>,

    #[command(flatten)]
    sifted: Sifted,
}

/// What of the records is looked at.
#[derive(clap::Args, Default)]
pub struct Sifted {
    /// Only what documents published by then say
    #[arg(long, global = true, value_name = "DATE", allow_hyphen_values = true)]
    sources_until: Option<String>,

    /// Nothing that rests on a document marked above this: public, internal, LIMITE
    #[arg(long, global = true, value_name = "MARKING")]
    ceiling: Option<String>,

    /// Leave sealed what people typed: for an answer that is handed on
    #[arg(long, global = true)]
    pub sealed: bool,
}

/// How an answer is written.
#[derive(clap::Args, Default)]
pub struct Output {
    /// The same as -O json
    #[arg(long, global = true, conflicts_with = "format")]
    json: bool,

    /// Format of the answer
    #[arg(short = 'O', long = "format", global = true, value_name = "FORMAT")]
    format: Option<Format>,

    /// Write to a file; its extension picks the format
    #[arg(short = 'o', long = "output", global = true, value_name = "FILE")]
    pub file: Option<PathBuf>,

    /// Leave away what stands under a file: its stamp and a checkpoint
    #[arg(long, global = true, requires = "file")]
    pub bare: bool,
}

/// What every writing verb takes.
#[derive(clap::Args)]
pub struct Writing {
    /// Say what would be recorded and what would follow, and write nothing
    #[arg(long, global = true)]
    dry_run: bool,

    /// Idempotency key: the same command twice writes once
    #[arg(long, global = true, value_name = "UUID")]
    command_id: Option<Uuid>,

    /// Who records: an opaque id, never a name
    #[arg(long, global = true, env = "OBLIGO_ACTOR", value_name = "ID", default_value = "local")]
    pub actor: String,

    /// Write a receipt to a file: a proof, with the entry, that the last record written stands in the log
    #[arg(long, global = true, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
}

impl Reading {
    /// The position that is asked about.
    pub fn position(&self) -> Result<Position, Error> {
        let today = clock::today()?;
        let as_of = self.as_of.as_ref().map_or(Ok(today), |text| day(text, today))?;
        Ok(Position { as_of, ..self.known.position()? })
    }
}

impl Known {
    /// The position that is asked about, seen from today.
    pub fn position(&self) -> Result<Position, Error> {
        let today = clock::today()?;
        let known_at = self.known_at.as_ref().map(|text| known_at(text, today)).transpose()?;
        let rules = self.rules.clone().unwrap_or_default();
        Ok(Position { as_of: today, known_at, rules, sift: self.sifted.sift()?, sealed: self.sifted.sealed })
    }
}

impl Sifted {
    /// The same for the rules.
    pub fn sift(&self) -> Result<Sift, Error> {
        let today = clock::today()?;
        let sources_until = self.sources_until.as_ref().map(|text| day(text, today)).transpose()?;
        let ceiling = |word: &String| {
            let what = || format!("`{word}` is not a ceiling: how other markings stand to it is not known");
            Marking::ceiling(word).ok_or_else(|| Error::refused("E0204", what(), "known are public, internal and LIMITE"))
        };
        Ok(Sift { sources_until, ceiling: self.ceiling.as_ref().map(ceiling).transpose()? })
    }
}

impl Writing {
    /// How to write.
    ///
    /// # Errors
    /// [`Error::Refused`] for an actor that is no opaque id: it is hashed for ever.
    pub fn how(&self) -> Result<HowToWrite, Error> {
        opaque(&self.actor)?;
        Ok(HowToWrite { dry_run: self.dry_run, command: self.command_id, sealed: Sealed::Typed })
    }
}

impl Output {
    /// The format: as asked, or by the file's extension, or a table.
    pub fn format(&self) -> Result<Format, Error> {
        let extension = self.file.as_ref().and_then(|file| file.extension()).and_then(|extension| extension.to_str());
        match (self.json, self.format, extension) {
            (true, ..) => Ok(Format::Json),
            (_, Some(format), _) => Ok(format),
            (_, None, None | Some("txt")) => Ok(Format::Table),
            (_, None, Some(extension)) => clap::ValueEnum::from_str(extension, true).map_err(|_| {
                Error::refused(
                    "E0417",
                    format!("`.{extension}` is not a format of this answer"),
                    "use .txt, .json, .jsonl, .csv, .md or .ics, or -O FORMAT",
                )
            }),
        }
    }

    /// Writes the answer where it was asked for.
    pub fn write(&self, report: &Report) -> Result<(), Error> {
        let format = self.format()?;
        match &self.file {
            None => report.write(format, &mut anstream::stdout().lock()),
            Some(file) => {
                let mut plain = anstream::StripStream::new(Vec::new());
                report.write(format, &mut plain)?;
                let mut text = plain.into_inner();
                if !self.bare {
                    text.extend(report.footer(format).into_bytes());
                }
                self.write_file(file, |out| Ok(out.write_all(&text)?))
            }
        }
    }

    /// Writes a file by a temporary one beside it, so that nobody ever reads half. What is there and is no plain file (a pipe, a link,
    /// a device) is written through; a plain file keeps its permissions.
    pub fn write_file(&self, file: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), Error>) -> Result<(), Error> {
        let failed = |error: std::io::Error| {
            let what = format!("cannot write `{}`: {error}", file.display());
            Error::failed(what, "name a file in a folder you may write to")
        };
        refuse_register(file)?;
        let there = std::fs::symlink_metadata(file).ok();
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            let mut out = OpenOptions::new().write(true).truncate(true).open(file).map_err(failed)?;
            return write(&mut out).and_then(|()| out.flush().map_err(failed));
        }
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let (beside, mut out) = Unfinished::new(PathBuf::from(name), |path| File::create(path)).map_err(failed)?;
        write(&mut out).map_err(|error| match error {
            Error::Failed { what, .. } => failed(std::io::Error::other(what)),
            error => error,
        })?;
        out.sync_all().map_err(failed)?;
        if let Some(there) = there {
            std::fs::set_permissions(beside.path(), there.permissions()).map_err(failed)?;
        }
        std::fs::rename(beside.path(), file).map_err(failed)
    }
}

/// A log is never written over, whatever it is called.
fn refuse_register(file: &Path) -> Result<(), Error> {
    let is_database = std::fs::metadata(file).is_ok_and(|there| there.is_file()) && {
        let mut head = [0; 16];
        File::open(file).is_ok_and(|mut file| file.read_exact(&mut head).is_ok()) && head == *b"SQLite format 3\0"
    };
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if file.exists() && ["key", "checkpoints", "cosigned"].contains(&ending) {
        let what = format!("`{}` stands beside a register, and is not written over", file.display());
        return Err(Error::refused("E0417", what, "name another file"));
    }
    if is_database {
        return Err(Error::refused(
            "E0417",
            format!("`{}` is a database, perhaps a register", file.display()),
            "name another file",
        ));
    }
    Ok(())
}

/// A day, as ISO 8601 or relative to today: `today`, `+3m`, `-10d`, `eom`, `eoq`, `eoy`.
pub fn day(text: &str, today: NaiveDate) -> Result<NaiveDate, Error> {
    let spec = date(text, today)?;
    let not_a_day = || Error::refused("E0303", format!("`{text}` is not a single day"), "write 2026-06-30, today, +3m or eoy");
    spec.exact().ok_or_else(not_a_day)
}

/// A date as precise as it is typed.
pub fn date(text: &str, today: NaiveDate) -> Result<DateSpec, Error> {
    if let Some(day) = relative(text.trim(), today) {
        return Ok(day.into());
    }
    let spec: Result<DateSpec, _> = text.parse();
    spec.map(DateSpec::plain).map_err(|error| Error::refused(date_code(&error), error.to_string(), error.hint()))
}

fn relative(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    let end_of = |months: u32| {
        let first = today.with_day(1)?.with_month0(today.month0() / months * months)?;
        first.checked_add_months(Months::new(months))?.pred_opt()
    };
    match text {
        "today" => Some(today),
        "yesterday" => today.pred_opt(),
        "tomorrow" => today.succ_opt(),
        "eom" => end_of(1),
        "eoq" => end_of(3),
        "eoy" => end_of(12),
        _ => {
            let (sign, length) = text.split_at_checked(1)?;
            let period = short_period(length)?;
            match sign {
                "+" => period.after(today),
                "-" => subtracted(today, period),
                _ => None,
            }
        }
    }
}

/// `90d`, `3m`, `2w`, `1y`.
fn short_period(text: &str) -> Option<Period> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && "dwmy".contains(unit)).then(|| format!("P{number}{}", unit.to_uppercase()).parse().ok())?
}

/// A period as people type it: `90d`, `3m`, or any that agreement files know.
pub fn period(text: &str) -> Result<Period, Error> {
    let nothing = || Error::refused("E0304", format!("`{text}` is no time at all"), "write 1d or more: 90d, 3m, \"6 months\"");
    let is_short =
        |unit: char| text.strip_suffix(unit).is_some_and(|number| number.bytes().all(|byte| byte == b'0') && !number.is_empty());
    if "dwmy".chars().any(is_short) {
        return Err(nothing());
    }
    short_period(text).map_or_else(
        || {
            text.parse()
                .map_err(|error: rules::time::period::PeriodError| Error::refused("E0304", error.to_string(), error.hint()))
        },
        Ok,
    )
}

/// The same in years, months, weeks and days alone.
pub fn plain_period(text: &str) -> Result<Period, Error> {
    let period = period(text)?;
    if period.working_days() > 0 || period.hours() > 0 {
        return Err(Error::refused("E0304", format!("`{text}` is not a period of whole days"), "write 90d, 3m or \"6 months\""));
    }
    Ok(period)
}

/// A moment of knowledge. A bare number is that of a record: a year is no day.
pub fn known_at(text: &str, today: NaiveDate) -> Result<KnownAt, Error> {
    if text == "now" {
        return Ok(KnownAt::Capped(None, u64::MAX));
    }
    if let Some((when, number)) = text.split_once('#').filter(|(when, _)| !when.is_empty()) {
        let capped = match (when, known_at(&format!("#{number}"), today)?) {
            ("now", KnownAt::Seq(seq)) => KnownAt::Capped(None, seq),
            (_, KnownAt::Seq(seq)) => match known_at(when, today)? {
                KnownAt::Instant(words, instant) => KnownAt::Capped(Some((words, instant)), seq),
                other => other,
            },
            (_, other) => other,
        };
        return Ok(capped);
    }
    let number = text.strip_prefix('#').unwrap_or(text);
    if text.starts_with('#') || (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
        let not_a_record = |_| Error::refused("E0303", format!("`{text}` is not the number of a record"), "write #42");
        return number.parse().map(KnownAt::Seq).map_err(not_a_record);
    }
    match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => Ok(KnownAt::Instant(text.into(), instant.with_timezone(&Utc))),
        Err(_) => Ok(KnownAt::day(day(text, today)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_relative_to_today_are_read() {
        let today = "2026-08-31".parse().unwrap();
        let told = |text: &str| relative(text, today).map(|day| day.to_string()).unwrap_or_default();
        assert_eq!(told("today"), "2026-08-31");
        assert_eq!(told("+6m"), "2027-02-28");
        assert_eq!(told("-10d"), "2026-08-21");
        assert_eq!(told("eoq"), "2026-09-30");
        assert_eq!(told("eoy"), "2026-12-31");
        assert_eq!(told("2026"), "");
        assert_eq!(told("+"), "");
        assert_eq!(told(""), "");
    }
}
