//! Checkpoints in any text: a file of them, a mail, a table, a calendar, a JSON answer. A note's lines may stand behind a common prefix, end as
//! other systems end lines, be folded, escaped or encoded; whatever is found is read strictly, and its signature tells whether it was found rightly.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use events::checkpoint::{Checkpoint, Signature, SignedCheckpoint, decimal, hash};

/// All checkpoints in a text, each once, in the order in which they stand there.
pub fn checkpoints(bytes: &[u8]) -> Vec<SignedCheckpoint> {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let (mut found, mut known) = (Vec::new(), HashSet::new());
    let unfolded = text.replace("\n ", "").replace("\n\t", "");
    for text in
        [text.clone(), unescaped(&text), unescaped(&unfolded), unquoted(&text), unescaped(&unquoted(&text)), unpacked(&text)]
    {
        for note in in_lines(&text.lines().collect::<Vec<_>>()) {
            if known.insert(note.to_string()) {
                found.push(note);
            }
        }
    }
    found
}

/// As strings of JSON and values of a calendar write line breaks and dashes.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let code = after.strip_prefix('u').and_then(|code| code.get(..4)).and_then(|code| u32::from_str_radix(code, 16).ok());
        let (letter, skip) = match (code.and_then(char::from_u32), after.chars().next()) {
            (Some(letter), _) => (letter, 5),
            (None, Some('n' | 'N')) => ('\n', 1),
            (None, Some('r')) => ('\n', if after.starts_with("r\\n") { 3 } else { 1 }),
            (None, Some('t')) => ('\t', 1),
            (None, Some(letter)) => (letter, letter.len_utf8()),
            (None, None) => ('\\', 0),
        };
        plain.push(letter);
        rest = &after[skip..];
    }
    plain + rest
}

/// Quoted-printable, as mails have it.
fn unquoted(text: &str) -> String {
    let text = text.replace("=\n", "");
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'=').and_then(|code| u8::from_str_radix(code, 16).ok());
        plain.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).replace("\r\n", "\n")
}

/// What stands in runs of lines in base 64, as mails and calendars attach things.
fn unpacked(text: &str) -> String {
    let is_packed =
        |line: &str| line.len() >= 20 && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let runs = lines.split(|line| {
        line.is_empty() || !(is_packed(line) || line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)))
    });
    let unpacked = runs.filter(|run| run.first().is_some_and(|line| is_packed(line)));
    let plain = unpacked.filter_map(|run| String::from_utf8(STANDARD.decode(run.concat()).ok()?).ok());
    plain.map(|text| text.replace("\r\n", "\n") + "\n").collect()
}

/// Notes whose lines follow each other, whatever stands before and after each.
fn in_lines(lines: &[&str]) -> Vec<SignedCheckpoint> {
    let mut found = Vec::new();
    for at in 1..lines.len().saturating_sub(1) {
        let (Some(size), Some(root)) = (decimal(word(lines[at])), hash(word(lines[at + 1])).ok()) else { continue };
        let prefix = &lines[at + 1][..lines[at + 1].len() - lines[at + 1].trim_start_matches(BEFORE).len()];
        let Some(blank) = (at + 2..lines.len().min(at + 12)).find(|line| word(lines[*line]).is_empty()) else { continue };
        let extensions = lines[at + 2..blank].iter().map(|line| line.strip_prefix(prefix).unwrap_or(line).to_string()).collect();
        let signatures = signatures(&lines[blank + 1..]);
        let Some(first) = signatures.first() else { continue };
        let line = word(lines[at - 1]);
        // What stands on the line before it (a key of JSON, the name of a property) is not part of the origin.
        let origin = signatures.iter().map(|signature| &signature.name).find(|name| line.ends_with(name.as_str()));
        let origin = origin.cloned().unwrap_or_else(|| if line.is_empty() { first.name.clone() } else { line.into() });
        found.push(SignedCheckpoint { checkpoint: Checkpoint { origin, size, root, extensions }, signatures });
    }
    found
}

/// What may stand before the lines of a note.
const BEFORE: &[char] = &[' ', '\t', '#', '>', '|', '*', '"', '\'', '%', ';', '`'];

/// The last word of a line, without what may stand around it.
fn word(line: &str) -> &str {
    let line = line.trim_end_matches([' ', '\t', '\r', '"', '\'', ',', ';', '|', '`']);
    line.rsplit([' ', '\t']).next().unwrap_or_default().trim_start_matches(BEFORE)
}

/// The signatures that begin here.
fn signatures(lines: &[&str]) -> Vec<Signature> {
    let mut signatures = Vec::new();
    let mut at = 0;
    while let Some((_, said)) = lines.get(at).and_then(|line| line.split_once("\u{2014} ")) {
        let mut words = said.split_whitespace();
        let name = words.next().unwrap_or_default();
        // A mail breaks lines between words.
        let bytes = words.next().unwrap_or_else(|| {
            at += 1;
            lines.get(at).map_or("", |line| word(line))
        });
        let bytes =
            bytes.split(|letter: char| !letter.is_ascii_alphanumeric() && !"+/=".contains(letter)).next().unwrap_or_default();
        match format!("\u{2014} {name} {bytes}").parse() {
            Ok(signature) => signatures.push(signature),
            Err(_) => break,
        }
        at += 1;
    }
    signatures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoints::key::Rotation;
    use events::checkpoint::{Role, Signed, Signer};
    use events::tree::sha256;

    fn note(extensions: Vec<String>) -> (Signer, SignedCheckpoint) {
        let log = Signer::new("obligo/01a202d1-d4ea-776c-9d36-1112ed18b254", Role::Log, &[1; 32]).unwrap();
        let witness = Signer::new("example.org/witness", Role::Witness, &[2; 32]).unwrap();
        let origin = log.verifier().name().into();
        let checkpoint = Checkpoint { origin, size: 1987, root: sha256(b"root"), extensions };
        let signatures = vec![log.sign(&checkpoint, 0), witness.sign(&checkpoint, 7)];
        (log, SignedCheckpoint { checkpoint, signatures })
    }

    /// As a mail program writes what is not ASCII.
    fn quoted(text: &str) -> String {
        let mut lines = String::new();
        for line in text.lines() {
            let mut length = 0;
            for byte in line.bytes() {
                let letter = if byte.is_ascii_graphic() && byte != b'=' || byte == b' ' {
                    char::from(byte).to_string()
                } else {
                    format!("={byte:02X}")
                };
                if length + letter.len() > 72 {
                    lines.push_str("=\r\n");
                    length = 0;
                }
                length += letter.len();
                lines.push_str(&letter);
            }
            lines.push_str("\r\n");
        }
        lines
    }

    fn folded(text: &str) -> String {
        let mut line = String::new();
        for (at, letter) in text.chars().enumerate() {
            if at > 0 && at % 60 == 0 {
                line.push_str("\r\n ");
            }
            line.push(letter);
        }
        line
    }

    #[test]
    fn a_checkpoint_is_found_wherever_people_keep_one() {
        let (signer, note) = note(Vec::new());
        let text = note.to_string();
        let prefixed = |prefix: &str| text.lines().map(|line| format!("{prefix}{line}\n")).collect::<String>();
        let json = serde_json::to_string_pretty(&serde_json::json!({"log": {"checkpoint": text}, "more": 1})).unwrap();
        let ascii = json.replace('\u{2014}', "\\u2014");
        let escaped = text.replace('\n', "\\n");
        let packed: Vec<String> = STANDARD
            .encode(format!("Dear all\n\n{text}\n"))
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line).into())
            .collect();
        let texts = [
            text.clone(),
            format!("{text}\n{text}\n"),
            text.replace('\n', "\r\n"),
            format!("Dear all,\n\n{text}\n-- \nA.\n"),
            format!("a,b\n1,2\n{}", prefixed("# ")),
            format!("a,b\r\n1,2\r\n{}", prefixed("# ").replace('\n', ",,,\r\n")),
            format!("a,b\n1,\"{}\"\n", text.trim_end()),
            prefixed("> "),
            prefixed("> > ").replace("> > \n", "> >\n"),
            prefixed(">"),
            prefixed("    "),
            prefixed("| "),
            text.replace("b254 ", "b254\n"),
            prefixed("> ").replace("b254 ", "b254\n> "),
            json,
            ascii,
            serde_json::json!({"checkpoint": text}).to_string(),
            format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", folded(&format!("DESCRIPTION:Report due\\nby AX\\n\\n{escaped}"))),
            format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", folded(&format!("DESCRIPTION:{escaped}\\nand more\\, of it"))),
            format!("BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR\r\n", folded(&format!("X-OBLIGO-CHECKPOINT:{escaped}"))),
            format!("Content-Transfer-Encoding: quoted-printable\r\n\r\n{}", quoted(&format!("Dear all\n\n{text}"))),
            format!("Content-Transfer-Encoding: base64\r\n\r\n{}\r\n", packed.join("\r\n")),
            format!("<pre>{text}</pre>"),
        ];
        for text in texts {
            let found = checkpoints(text.as_bytes());
            assert_eq!(found, std::slice::from_ref(&note), "{text}");
            assert_eq!(signer.verifier().has_signed(&found[0]), Signed::Yes(None));
        }
    }

    #[test]
    fn what_else_was_signed_is_found_with_it() {
        let (signer, note) = note(vec!["key-rotated a b the reason".into()]);
        for text in [note.to_string(), note.to_string().lines().map(|line| format!("# {line}\n")).collect()] {
            let found = checkpoints(text.as_bytes());
            assert_eq!(found, std::slice::from_ref(&note), "{text}");
            assert_eq!(signer.verifier().has_signed(&found[0]), Signed::Yes(None));
            assert_eq!(Rotation::of(&found[0].checkpoint), None, "those are no keys");
        }
    }

    #[test]
    fn where_there_is_none_none_is_found() {
        let (_, note) = note(Vec::new());
        let text = note.to_string();
        for text in [
            "",
            "\n\n",
            "\\",
            "\\u20",
            "=",
            "a\n7\nb\n",
            &text.replace("\u{2014}", "-"),
            &text.replace("1987", "01987"),
            &text.replace("\n\n", "\n"),
        ] {
            assert_eq!(checkpoints(text.as_bytes()), [], "{text}");
        }
    }
}
