//! Whether words stand in a text: the same words in another typeface, broken over other lines, are the same words.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A text made ready to be searched.
pub struct Words {
    /// Each way to read it: words that a hyphen breaks over two lines can be one word, or two with a hyphen.
    readings: Vec<String>,
}

impl Words {
    /// Of several renderings of one text.
    pub fn of(texts: impl IntoIterator<Item = String>) -> Self {
        let mut readings: Vec<String> = Vec::new();
        for text in texts {
            for hyphen in ["", "-"] {
                let plain = plain(&text, hyphen);
                if !readings.contains(&plain) {
                    readings.push(plain);
                }
            }
        }
        Words { readings }
    }

    /// Whether a quote stands in it. Dots of omission stand for whatever is between.
    pub fn have(&self, quote: &str) -> bool {
        let quote = plain(quote, "");
        let parts: Vec<&str> = OMISSIONS
            .iter()
            .fold(vec![quote.as_str()], |parts, dots| parts.into_iter().flat_map(|part| part.split(dots)).collect());
        let parts: Vec<&str> = parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect();
        let has = |text: &String| {
            let all = parts.iter().try_fold(0, |from, part| Some(whole_words(&text[from..], part)?.end + from));
            !parts.is_empty() && all.is_some()
        };
        self.readings.iter().any(has)
    }

    /// The passage that has most words of a quote, if it has half of them.
    pub fn nearest(&self, quote: &str) -> Option<String> {
        let bare = |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
        let quote = plain(quote, "");
        let wanted: Vec<String> = quote.split(' ').map(bare).collect();
        let text: Vec<&str> = self.readings.first()?.split(' ').collect();
        let known: Vec<bool> = text.iter().map(|word| wanted.contains(&bare(word))).collect();
        let shared = |window: &[bool]| window.iter().filter(|known| **known).count();
        let windows = known.windows(wanted.len().min(known.len()).max(1)).map(shared).enumerate();
        // Of equals the first.
        let (at, shared) = windows.reduce(|best, next| if best.1 < next.1 { next } else { best })?;
        let end = (at + wanted.len()).min(text.len());
        (wanted.len() <= 2 * shared).then(|| text[at..end].join(" "))
    }
}

const OMISSIONS: [&str; 3] = ["[...]", "(...)", "..."];

/// Where words stand as whole words.
fn whole_words(text: &str, words: &str) -> Option<Range<usize>> {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let cuts = |at: usize| {
        let (before, after) = text.split_at(at);
        is_letter(before.chars().next_back()) && is_letter(after.chars().next())
    };
    let spans = text.match_indices(words).map(|(at, found)| at..at + found.len());
    spans.into_iter().find(|span| !cuts(span.start) && !cuts(span.end))
}

/// The words alone: one space between them, one kind of quotation mark, hyphen and dash; `hyphen` stands where one ended a line.
fn plain(text: &str, hyphen: &str) -> String {
    let letters: String = text.nfkc().filter(|letter| !INVISIBLE.contains(letter)).map(common).collect();
    let mut plain = String::with_capacity(letters.len());
    let mut rest = letters.as_str();
    while let Some(at) = rest.find(|letter: char| letter.is_whitespace() || letter == SOFT_HYPHEN || letter == '-') {
        plain.push_str(&rest[..at]);
        let (mark, after) = rest[at..].split_at(rest[at..].chars().next().map_or(0, char::len_utf8));
        let next = after.trim_start();
        let gap = &after[..after.len() - next.len()];
        let ends_line = gap.contains('\n') && plain.ends_with(char::is_alphanumeric) && next.starts_with(char::is_alphanumeric);
        rest = match mark {
            "-" if ends_line => {
                plain.push_str(hyphen);
                next
            }
            "-" => {
                plain.push('-');
                after
            }
            // A soft hyphen shows only where it ends a line.
            mark if mark.starts_with(SOFT_HYPHEN) => {
                if ends_line {
                    next
                } else {
                    after
                }
            }
            _ => {
                plain.push(' ');
                next
            }
        };
    }
    plain.push_str(rest);
    plain.trim().to_string()
}

const SOFT_HYPHEN: char = '\u{ad}';

/// Spaces without width, and the mark at the beginning of a file.
const INVISIBLE: [char; 5] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

fn common(letter: char) -> char {
    match letter {
        '‘' | '’' | '‚' | '‛' | '′' => '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '\u{2010}'..='\u{2015}' | '−' => '-',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    const TEXT: &str = "The Parties meet\u{a0}once a year – “in spring” – and\nex\u{ad}change what they have meas-\nured. \
        Nothing is non-\nbinding here; the ﬁrst report is the Partys’ own.";

    #[test]
    fn the_same_words_in_another_typeface_are_found() {
        let text = Words::of([TEXT.to_string()]);
        for quote in [
            "meet once a year",
            "meet  once\na year",
            "once a year - \"in spring\" - and",
            "exchange what they have measured",
            "is non-binding here",
            "first report is the Partys' own",
            "The Parties … exchange",
            "The Parties [...] ex\u{ad}change what they",
        ] {
            assert!(text.have(quote), "{quote}");
        }
    }

    #[test]
    fn other_words_are_not() {
        let text = Words::of([TEXT.to_string()]);
        for quote in ["the parties meet", "meet twice a year", "arties meet", "once a y", "exchange … once a year", "…", ""] {
            assert!(!text.have(quote), "{quote}");
        }
    }

    #[test]
    fn the_nearest_passage_has_half_of_the_words() {
        let text = Words::of([TEXT.to_string()]);
        assert_eq!(text.nearest("meets once a year").as_deref(), Some("meet once a year"));
        assert_eq!(text.nearest("seven wise judges"), None);
        assert_eq!(Words::of([String::new()]).nearest("seven"), None);
    }
}
