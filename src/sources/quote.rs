//! Where words stand in a text: the same words in another typeface, broken over other lines, are the same words.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A passage that is sought.
#[derive(Debug, Clone, Copy)]
pub struct Quote<'a> {
    /// Its words. Dots of omission stand for whatever is between.
    pub exact: &'a str,
    /// What stands directly before it.
    pub prefix: Option<&'a str>,
    /// What stands directly after it.
    pub suffix: Option<&'a str>,
}

/// A passage in a text, as a W3C TextQuoteSelector has it, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The words of the text.
    pub exact: String,
    /// Up to 32 letters before them.
    pub prefix: String,
    /// Up to 32 letters after them.
    pub suffix: String,
    /// The line on which they begin, counted from 1.
    pub line: usize,
    /// Whether that is a line of the file, or of its text without markup.
    pub of: LinesOf,
}

/// What lines are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinesOf {
    /// The file as it stands.
    File,
    /// Its text without markup.
    Text,
}

/// What a search gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It stands there once.
    Once(Place),
    /// It stands there several times, and nothing tells which is meant.
    Several(Vec<Place>),
    /// It does not stand there; something like it may.
    Not(Option<Near>),
}

/// The passage that is most like one that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Where.
    pub place: Place,
    /// What differs, word by word, from the quote to the text.
    pub pieces: Vec<Piece>,
}

/// Words that two passages share, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// In both.
    Same(String),
    /// In the quote alone.
    Gone(String),
    /// In the text alone.
    New(String),
}

/// A text made ready to be searched.
pub struct Words {
    /// Each way to read it: words that a hyphen breaks over two lines can be one word, or two with a hyphen.
    readings: Vec<Plain>,
}

/// Words alone, and where their lines begin.
struct Plain {
    text: String,
    /// Places in `text` at which another line of the original begins, each with its number.
    lines: Vec<(usize, usize)>,
    of: LinesOf,
}

/// How much of what stands around a passage is given.
const AROUND: usize = 32;

impl Words {
    /// Of a file, and of its text without markup where it has markup.
    pub fn of(file: String, without_markup: Option<String>) -> Self {
        let mut readings: Vec<Plain> = Vec::new();
        let texts = without_markup.map(|text| (text, LinesOf::Text)).into_iter().chain([(file, LinesOf::File)]);
        for (text, of) in texts {
            for hyphen in ["", "-"] {
                let plain = Plain::of(&text, hyphen, of);
                if !readings.iter().any(|known| known.text == plain.text && known.of == of) {
                    readings.push(plain);
                }
            }
        }
        Words { readings }
    }

    /// Where a quote stands.
    pub fn find(&self, quote: Quote) -> Found {
        let found = |reading: &&Plain| !reading.spans(quote).is_empty();
        let Some(reading) = self.readings.iter().find(found) else { return Found::Not(self.near(quote)) };
        let spans = reading.spans(quote);
        let mut places: Vec<Place> = spans.iter().map(|span| reading.place(span.clone())).collect();
        // A person opens the file: its lines are better, where the passage stands in it as often.
        let in_file = self.readings.iter().filter(|other| other.of == LinesOf::File).map(|other| (other, other.spans(quote)));
        if let Some((other, same)) = in_file.into_iter().find(|(_, same)| same.len() == spans.len()) {
            for (place, span) in places.iter_mut().zip(same) {
                (place.line, place.of) = (other.line(span.start), LinesOf::File);
            }
        }
        match places.len() {
            1 => Found::Once(places.remove(0)),
            _ => Found::Several(places),
        }
    }

    /// The passage that has most words of a quote, if it has half of them.
    fn near(&self, quote: Quote) -> Option<Near> {
        let reading = self.readings.first()?;
        let whole = plain(quote.exact);
        // Of a quote with omissions, the first part that is not there.
        let parts = parts(&whole);
        let part = parts.iter().copied().find(|part| reading.whole_words(part, 0).is_none());
        // Where the words are there, what stands before or after them is not.
        let sought = match part.or_else(|| parts.first().copied())? {
            part if quote.prefix.is_none() && quote.suffix.is_none() => part.to_string(),
            part => {
                let around = |text: Option<&str>| text.map(plain).unwrap_or_default();
                format!("{} {part} {}", around(quote.prefix), around(quote.suffix)).trim().to_string()
            }
        };
        let wanted: Vec<&str> = sought.split(' ').filter(|word| !word.is_empty()).collect();
        let text: Vec<(usize, &str)> = reading.words().collect();
        let ids = Ids::of(&wanted);
        let keys: Vec<u32> = text.iter().map(|(_, word)| ids.get(word)).collect();
        let range = aligned(&ids.of_quote, &keys)?;
        let shared = keys[range.clone()].iter().filter(|key| **key != Ids::NONE).count();
        if 2 * shared < wanted.len() {
            return None;
        }
        let mut there: Vec<&str> = text[range.clone()].iter().map(|(_, word)| *word).collect();
        let mut start = text[range.start].0;
        let (last, word) = text[range.end - 1];
        let mut end = last + word.len();
        // A quote ends where it ends: the full stop behind it is no difference.
        if let (Some(wanted), Some(there)) = (wanted.first(), there.first_mut())
            && there.ends_with(wanted)
            && bare(there) == bare(wanted)
        {
            start += there.len() - wanted.len();
            *there = wanted;
        }
        if let (Some(wanted), Some(there)) = (wanted.last(), there.last_mut())
            && there.starts_with(wanted)
            && bare(there) == bare(wanted)
        {
            end -= there.len() - wanted.len();
            *there = wanted;
        }
        Some(Near { place: reading.place(start..end), pieces: differences(&wanted, &there) })
    }
}

impl Plain {
    /// The words alone: one space between them, one kind of quotation mark, hyphen and dash; `hyphen` stands where one ended a line.
    fn of(text: &str, hyphen: &str, of: LinesOf) -> Self {
        let letters: Vec<(char, usize)> = text.split_inclusive('\n').zip(1..).flat_map(letters).collect();
        let mut plain = Plain { text: String::with_capacity(text.len()), lines: Vec::new(), of };
        let mut at = 0;
        while let Some((letter, line)) = letters.get(at).copied() {
            let next = at + 1 + letters[at + 1..].iter().take_while(|(letter, _)| letter.is_whitespace()).count();
            let gap = &letters[at + 1..next];
            let ends_line = gap.iter().any(|(letter, _)| *letter == '\n')
                && plain.text.ends_with(char::is_alphanumeric)
                && letters.get(next).is_some_and(|(letter, _)| letter.is_alphanumeric());
            at = match letter {
                '-' if ends_line => {
                    plain.push(hyphen, line);
                    next
                }
                // A soft hyphen shows only where it ends a line.
                SOFT_HYPHEN if ends_line => next,
                SOFT_HYPHEN => at + 1,
                letter if letter.is_whitespace() => {
                    plain.push(if plain.text.is_empty() { "" } else { " " }, line);
                    next
                }
                letter => {
                    plain.push(letter.encode_utf8(&mut [0; 4]), line);
                    at + 1
                }
            };
        }
        plain.text.truncate(plain.text.trim_end().len());
        plain
    }

    fn push(&mut self, letters: &str, line: usize) {
        if !letters.is_empty() && self.lines.last().is_none_or(|(_, last)| *last != line) {
            self.lines.push((self.text.len(), line));
        }
        self.text.push_str(letters);
    }

    /// The line of a place.
    fn line(&self, at: usize) -> usize {
        let after = self.lines.partition_point(|(start, _)| *start <= at);
        after.checked_sub(1).map_or(1, |before| self.lines[before].1)
    }

    /// Each word with its place.
    fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = 0;
        self.text.split(' ').filter_map(move |word| {
            let start = at;
            at += word.len() + 1;
            (!word.is_empty()).then_some((start, word))
        })
    }

    fn place(&self, span: Range<usize>) -> Place {
        let before: Vec<char> = self.text[..span.start].chars().rev().take(AROUND).collect();
        Place {
            prefix: before.into_iter().rev().collect(),
            suffix: self.text[span.end..].chars().take(AROUND).collect(),
            line: self.line(span.start),
            of: self.of,
            exact: self.text[span].into(),
        }
    }

    /// Each place of a quote, with what stands around it. Of what lies between parts, the shortest.
    fn spans(&self, quote: Quote) -> Vec<Range<usize>> {
        let whole = plain(quote.exact);
        let parts = parts(&whole);
        let Some((first, rest)) = parts.split_first() else { return Vec::new() };
        let mut spans: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        while let Some(begun) = self.whole_words(first, from) {
            from = begun.end;
            let Some(end) = rest.iter().try_fold(begun.end, |from, part| Some(self.whole_words(part, from)?.end)) else { break };
            spans.pop_if(|last| last.end == end);
            spans.push(begun.start..end);
        }
        let (prefix, suffix) = (quote.prefix.map(plain), quote.suffix.map(plain));
        let fits = |span: &Range<usize>| {
            let (before, after) = (self.text[..span.start].trim_end(), self.text[span.end..].trim_start());
            prefix.as_ref().is_none_or(|prefix| before.ends_with(prefix.as_str()))
                && suffix.as_ref().is_none_or(|suffix| after.starts_with(suffix.as_str()))
        };
        spans.retain(fits);
        spans
    }

    /// Where words next stand as whole words.
    fn whole_words(&self, words: &str, from: usize) -> Option<Range<usize>> {
        let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let cuts = |at: usize| {
            let (before, after) = self.text.split_at(at);
            is_letter(before.chars().next_back()) && is_letter(after.chars().next())
        };
        let spans = self.text[from..].match_indices(words).map(|(at, found)| from + at..from + at + found.len());
        spans.into_iter().find(|span| !cuts(span.start) && !cuts(span.end))
    }
}

const OMISSIONS: [&str; 3] = ["[...]", "(...)", "..."];

/// What a quote has between its omissions.
fn parts(quote: &str) -> Vec<&str> {
    let all = OMISSIONS.iter().fold(vec![quote], |parts, dots| parts.into_iter().flat_map(|part| part.split(dots)).collect());
    all.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// A quote in the letters in which texts are searched.
fn plain(quote: &str) -> String {
    Plain::of(quote, "", LinesOf::Text).text
}

/// The letters of a line, each with its number.
fn letters((text, line): (&str, usize)) -> impl Iterator<Item = (char, usize)> {
    text.nfkc().filter(|letter| !INVISIBLE.contains(letter)).map(move |letter| (common(letter), line))
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

/// The words of a quote as numbers, alike but for capitals and punctuation.
struct Ids {
    known: HashMap<String, u32>,
    of_quote: Vec<u32>,
}

impl Ids {
    /// A word that the quote does not have.
    const NONE: u32 = 0;

    fn of(quote: &[&str]) -> Self {
        let mut known = HashMap::new();
        let of_quote = quote.iter().map(|word| {
            let next = known.len() as u32 + 1;
            *known.entry(bare(word)).or_insert(next)
        });
        let of_quote = of_quote.collect();
        Ids { known, of_quote }
    }

    fn get(&self, word: &str) -> u32 {
        self.known.get(&bare(word)).copied().unwrap_or(Self::NONE)
    }
}

fn bare(word: &str) -> String {
    word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase()
}

/// The part of a text that is most like a quote: the best local alignment (Smith and Waterman), a word that is alike for two, a word that
/// differs, is missing or is too many for minus one; with as many words before and after as the quote has there. Of equals the first.
fn aligned(quote: &[u32], text: &[u32]) -> Option<Range<usize>> {
    /// A score, and where in text and quote the alignment began.
    #[derive(Clone, Copy, Default)]
    struct Cell {
        score: i32,
        text: usize,
        quote: usize,
    }
    let mut above = vec![Cell::default(); quote.len() + 1];
    let mut best: Option<(Cell, usize, usize)> = None;
    for (at, word) in text.iter().enumerate() {
        let mut row = vec![Cell::default(); quote.len() + 1];
        for (place, wanted) in quote.iter().enumerate() {
            let before = above[place];
            let begun = if before.score == 0 { Cell { score: 0, text: at, quote: place } } else { before };
            let step = if word == wanted { 2 } else { -1 };
            let ways = [(begun, step), (above[place + 1], -1), (row[place], -1)];
            let cell = ways.map(|(from, step)| Cell { score: from.score + step, ..from }).into_iter();
            let cell = cell.reduce(|best, next| if best.score < next.score { next } else { best }).unwrap_or_default();
            row[place + 1] = if cell.score > 0 { cell } else { Cell::default() };
            if best.is_none_or(|(best, ..)| best.score < row[place + 1].score) && row[place + 1].score > 0 {
                best = Some((row[place + 1], at + 1, place + 1));
            }
        }
        above = row;
    }
    let (begun, end, quote_end) = best?;
    Some(begun.text.saturating_sub(begun.quote)..(end + quote.len() - quote_end).min(text.len()))
}

/// What differs from one run of words to another, by their longest common run of single words.
fn differences(old: &[&str], new: &[&str]) -> Vec<Piece> {
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for (i, one) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            common[i][j] = if one == other { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut gone: Vec<&str> = Vec::new();
    let mut come: Vec<&str> = Vec::new();
    let mut same: Vec<&str> = Vec::new();
    loop {
        let is_same = i < old.len() && j < new.len() && old[i] == new[j];
        if is_same || (i == old.len() && j == new.len()) {
            pieces.extend(joined(&mut gone).map(Piece::Gone));
            pieces.extend(joined(&mut come).map(Piece::New));
        }
        if !is_same {
            pieces.extend(joined(&mut same).map(Piece::Same));
        }
        if is_same {
            same.push(old[i]);
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            gone.push(old[i]);
            i += 1;
        } else if j < new.len() {
            come.push(new[j]);
            j += 1;
        } else {
            return pieces;
        }
    }
}

/// Words that were collected, as one text; nothing, where there are none.
fn joined(words: &mut Vec<&str>) -> Option<String> {
    let text = words.join(" ");
    words.clear();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The Parties meet\u{a0}once a year – “in spring” – and\nex\u{ad}change what they have meas-\nured. \
        Nothing is non-\nbinding here; the ﬁrst report is the Partys’ own.";

    fn quote(exact: &str) -> Quote<'_> {
        Quote { exact, prefix: None, suffix: None }
    }

    fn find(text: &str, exact: &str) -> Found {
        Words::of(text.to_string(), None).find(quote(exact))
    }

    fn near(text: &str, exact: &str) -> Option<Near> {
        match find(text, exact) {
            Found::Not(near) => near,
            found => panic!("`{exact}` is there: {found:?}"),
        }
    }

    /// `[-twice-] {+once+} a year`.
    fn told(near: &Near) -> String {
        let told = near.pieces.iter().map(|piece| match piece {
            Piece::Same(words) => words.clone(),
            Piece::Gone(words) => format!("[-{words}-]"),
            Piece::New(words) => format!("{{+{words}+}}"),
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_same_words_in_another_typeface_are_found() {
        for (exact, line) in [
            ("meet once a year", 1),
            ("meet  once\na year", 1),
            ("once a year - \"in spring\" - and", 1),
            ("exchange what they have measured", 2),
            ("is non-binding here", 3),
            ("first report is the Partys' own", 4),
            ("The Parties … exchange", 1),
            ("The Parties [...] ex\u{ad}change what they", 1),
        ] {
            let Found::Once(place) = find(TEXT, exact) else { panic!("{exact}: {:?}", find(TEXT, exact)) };
            assert_eq!((place.line, place.of), (line, LinesOf::File), "{exact}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for exact in ["the parties meet", "meet twice a year", "arties meet", "once a y", "exchange … once a year", "…", ""] {
            assert!(matches!(find(TEXT, exact), Found::Not(_)), "{exact}");
        }
    }

    #[test]
    fn a_place_has_what_stands_around_it() {
        let Found::Once(place) = find(TEXT, "in spring") else { panic!("it is there") };
        assert_eq!(place.prefix, "The Parties meet once a year - \"");
        assert_eq!(place.suffix, "\" - and exchange what they have ");
        let Found::Once(all) = find("a b", "a b") else { panic!("it is there") };
        assert_eq!((all.prefix.as_str(), all.exact.as_str(), all.suffix.as_str()), ("", "a b", ""));
    }

    #[test]
    fn the_nearest_passage_has_half_of_the_words_and_says_what_differs() {
        let near_to = |exact| near(TEXT, exact).map(|near| (near.place.exact.clone(), near.place.line, told(&near)));
        let is = |exact: &str, line, differs: &str| Some((exact.to_string(), line, differs.to_string()));
        assert_eq!(near_to("meets once a year"), is("meet once a year", 1, "[-meets-] {+meet+} once a year"));
        assert_eq!(near_to("Parties once year"), is("Parties meet once a year", 1, "Parties {+meet+} once {+a+} year"));
        assert_eq!(
            near_to("the first short report is their own"),
            is("the first report is the Partys'", 4, "the first [-short-] report is [-their own-] {+the Partys'+}")
        );
        assert_eq!(near_to("seven wise judges"), None);
        assert_eq!(near("", "seven"), None);
    }

    #[test]
    fn words_that_stand_several_times_are_told_apart_by_what_stands_around_them() {
        let text = "Each Party reports.\nThe Council meets once a year.\nThe Group meets once a year, too.";
        let Found::Several(places) = find(text, "meets once a year") else { panic!("it stands there twice") };
        assert_eq!(places.iter().map(|place| place.line).collect::<Vec<_>>(), [2, 3]);
        let words = Words::of(text.to_string(), None);
        let with = |prefix, suffix| words.find(Quote { exact: "meets once a year", prefix, suffix });
        let line = |found| match found {
            Found::Once(place) => place.line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line(with(Some("The Council"), None)), 2);
        assert_eq!(line(with(None, Some(", too"))), 3);
        assert_eq!(line(with(Some("Group"), Some(", too."))), 3);
        let Found::Not(Some(near)) = with(Some("The Forum"), None) else { panic!("no forum meets") };
        assert_eq!(told(&near), "The [-Forum-] {+Council+} meets once a year");
    }

    #[test]
    fn of_what_lies_between_the_shortest_is_taken() {
        let Found::Once(place) = find("they meet and they meet in spring", "they … spring") else { panic!("it is there") };
        assert_eq!(place.exact, "they meet in spring");
    }

    #[test]
    fn a_page_has_the_lines_of_its_file_where_the_words_stand_in_it_as_they_are() {
        let page = "<html>\n<p>They meet <b>once</b> a year.</p>\n<p>They report.</p>";
        let words = Words::of(page.to_string(), Some("They meet once a year.\n\nThey report.".to_string()));
        let Found::Once(place) = words.find(quote("They report")) else { panic!("it is there") };
        assert_eq!((place.line, place.of, place.prefix.as_str()), (3, LinesOf::File, "They meet once a year. "));
        let Found::Once(place) = words.find(quote("meet once a year")) else { panic!("it is there") };
        assert_eq!((place.line, place.of), (1, LinesOf::Text));
    }
}
