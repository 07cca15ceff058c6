//! Reads the keys of a provision's terms, and collects everything that is wrong with them.

use events::terms::{Term, Terms};

use crate::fault::{Fault, nearest};

/// Reads the keys of one provision's terms and collects what is wrong with them.
pub(crate) struct Reader<'a, 'f> {
    pub terms: &'a Terms,
    faults: &'f mut Vec<Fault>,
    prefix: Vec<&'a str>,
}

impl<'a, 'f> Reader<'a, 'f> {
    pub fn new(terms: &'a Terms, faults: &'f mut Vec<Fault>) -> Self {
        Reader { terms, faults, prefix: Vec::new() }
    }

    pub fn fault(&mut self, code: &'static str, key: &str, what: impl Into<String>, hint: impl Into<String>) {
        let mut at = self.prefix.clone();
        at.push(key);
        self.faults.push(Fault::new(code, &at, what).hint(hint));
    }

    /// Words under a key.
    pub fn text(&mut self, key: &str) -> Option<&'a str> {
        match self.terms.get(key)? {
            Term::Text(text) => Some(text),
            _ => {
                self.fault("E0203", key, format!("`{key}` is words"), "put it in quotation marks");
                None
            }
        }
    }

    /// `true` or `false` under a key.
    pub fn flag(&mut self, key: &str) -> bool {
        match self.terms.get(key) {
            None => false,
            Some(Term::Flag(flag)) => *flag,
            Some(_) => {
                self.fault("E0203", key, format!("`{key}` is true or false"), "write true or false, without quotation marks");
                false
            }
        }
    }

    /// One of a few words under a key.
    pub fn choice(&mut self, key: &str, known: &[&str]) -> Option<&'a str> {
        let word = self.text(key)?;
        if known.contains(&word) {
            return Some(word);
        }
        self.fault("E0204", key, format!("`{word}` is not a value of `{key}`"), nearest(word, known.iter().copied()));
        None
    }

    /// A period under a key.
    pub fn period(&mut self, key: &str) -> Option<crate::time::Period> {
        let written = self.text(key)?;
        match written.parse::<crate::time::Period>() {
            Ok(period) => Some(period),
            Err(error) => {
                self.fault("E0304", key, error.to_string(), error.hint());
                None
            }
        }
    }

    /// A date under a key.
    pub fn date(&mut self, key: &str) -> Option<events::DateSpec> {
        let written = self.text(key)?;
        match written.parse::<events::DateSpec>() {
            Ok(date) => Some(date),
            Err(error) => {
                self.fault(date_code(&error), key, error.to_string(), error.hint());
                None
            }
        }
    }

    /// A period of years, months, weeks and days: what recurs has windows on the calendar, which hours and working days have not.
    pub fn calendar_period(&mut self, key: &str) -> Option<crate::time::Period> {
        let period = self.period(key)?;
        if period.working_days() == 0 && period.hours() == 0 {
            return Some(period);
        }
        let what = format!("`{period}`: `{key}` counts in years, months, weeks and days");
        self.fault("E0304", key, what, "say in `undetermined` what the text says");
        None
    }

    /// Something that is read from its words, with its own error.
    pub fn parsed<T: std::str::FromStr<Err = crate::time::then::ThenError>>(&mut self, key: &str) -> Option<T> {
        let written = self.text(key)?;
        written.parse().map_err(|error: T::Err| self.fault(error.code(), key, error.to_string(), error.hint())).ok()
    }

    /// `not_before` as a day; as a time after coming into effect, [`Reader::locked_for`] reads it.
    pub fn date_before(&mut self, key: &str) -> Option<chrono::NaiveDate> {
        let written = self.text(key)?;
        if written.contains(" after ") {
            return None;
        }
        let date = self.date(key)?;
        if date.exact().is_none() {
            let hint = "write a day, or \"3 years after entry-into-force\"";
            self.fault("E0303", key, format!("`{written}` is not one day"), hint);
        }
        date.exact()
    }

    /// `3 years after entry-into-force` as a period.
    pub fn locked_for(&mut self, key: &str) -> Option<crate::time::Period> {
        let written = self.text(key)?;
        let (period, event) = written.split_once(" after ")?;
        if !matches!(event.trim(), "entry-into-force" | "entry-into-effect") {
            let what = format!("`{}` is nothing that `{key}` counts from", event.trim());
            self.fault("E0204", key, what, "write \"3 years after entry-into-force\", or a day");
            return None;
        }
        period
            .parse()
            .map_err(|error: crate::time::period::PeriodError| self.fault("E0304", key, error.to_string(), error.hint()))
            .ok()
    }

    /// A table under a key, with only these keys in it, read by `read`.
    pub fn table<T>(&mut self, key: &'a str, keys: &[&str], read: impl FnOnce(&mut Reader<'a, '_>) -> T) -> Option<T> {
        match self.terms.get(key)? {
            Term::Table(terms) => {
                let mut prefix = self.prefix.clone();
                prefix.push(key);
                let mut inner = Reader { terms, faults: self.faults, prefix };
                for unknown in terms.keys().filter(|known| !keys.contains(&known.as_str())) {
                    inner.fault(
                        "E0201",
                        unknown,
                        format!("`{unknown}` is not a key of `{key}`"),
                        nearest(unknown, keys.iter().copied()),
                    );
                }
                Some(read(&mut inner))
            }
            _ => {
                self.fault(
                    "E0203",
                    key,
                    format!("`{key}` is a table"),
                    format!("write {key} = {{ … }} with {}", keys.join(", ")),
                );
                None
            }
        }
    }

    pub fn has(&self, key: &str) -> bool {
        self.terms.contains_key(key)
    }

    pub fn require(&mut self, key: &str) {
        if !self.has(key) {
            self.fault("E0202", key, format!("`{key}` is missing"), format!("add {key} = …"));
        }
    }
}

/// The code of an error of a date.
pub fn date_code(error: &events::date_spec::DateError) -> &'static str {
    use events::date_spec::DateError;
    match error {
        DateError::Nonexistent { .. } => "E0301",
        DateError::Ambiguous { .. } => "E0302",
        DateError::Backwards { .. } => "E0305",
        _ => "E0303",
    }
}
