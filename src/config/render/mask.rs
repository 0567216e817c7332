//! Takes secrets out of a text that is going to be quoted, and knows where everything else has moved to.

use std::ops::Range;

/// A text whose secrets are `***`.
pub(super) struct Masked {
    text: String,
    /// What was replaced, in the old text, in order.
    gone: Vec<Range<usize>>,
}

const STARS: &str = "***";
/// Keys of a reference: what they hold is a place, not a secret.
const PLACES: [&str; 4] = ["stored", "env", "file", "credential"];

impl Masked {
    pub(super) fn of(text: &str) -> Masked {
        let gone: Vec<Range<usize>> =
            lines(text).flat_map(|(start, line)| secrets(line).into_iter().map(move |span| start + span.start..start + span.end)).collect();
        let mut masked = String::with_capacity(text.len());
        let mut from = 0;
        for span in &gone {
            masked.push_str(&text[from..span.start]);
            masked.push_str(STARS);
            from = span.end;
        }
        masked.push_str(&text[from..]);
        Masked { text: masked, gone }
    }

    /// The first line of some bytes of the old text, and where they are in it; never empty, so that something is underlined.
    pub(super) fn line_of(&self, span: &Range<usize>) -> (&str, Range<usize>) {
        let (from, to) = (self.moved(span.start, false), self.moved(span.end, true));
        let start = self.text[..from].rfind('\n').map_or(0, |line| line + 1);
        let line = self.text[start..].split(['\n', '\r']).next().unwrap_or_default();
        let from = (from - start).min(line.len());
        let to = to.saturating_sub(start).clamp(from, line.len());
        let to = if to == from { line[from..].chars().next().map_or(to, |c| from + c.len_utf8()) } else { to };
        (line, from..to)
    }

    /// Where a byte of the old text is now; a byte within a secret is its first or its last star.
    fn moved(&self, byte: usize, end: bool) -> usize {
        let mut shift = 0_isize;
        for span in &self.gone {
            if byte <= span.start {
                break;
            }
            if byte < span.end {
                let at = (span.start as isize + shift) as usize;
                return if end { at + STARS.len() } else { at };
            }
            shift += STARS.len() as isize - span.len() as isize;
        }
        let byte = (byte as isize + shift).max(0) as usize;
        self.text.floor_char_boundary(byte.min(self.text.len()))
    }
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |start, line| {
        let at = *start;
        *start += line.len();
        Some((at, line.trim_end_matches(['\n', '\r'])))
    })
}

/// The secrets of one line: what stands behind a key that names one, unless it is a reference; within a reference,
/// what stands behind a key that no reference has.
fn secrets(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(at) = line[from..].find('=') {
        let equals = from + at;
        let (key, behind) = (key_before(&line[..equals]), &line[equals + 1..]);
        let value_at = equals + 1 + (behind.len() - behind.trim_start().len());
        let value = value_end(line, value_at);
        from = equals + 1;
        let place = PLACES.contains(&key.as_str());
        let odd_place = place && in_secret_reference(&line[..equals]) && !plain(&line[value_at..value]);
        let inside_reference = !place && in_secret_reference(&line[..equals]);
        if (!place && names_a_secret(&key) && !line[value_at..].starts_with('{')) || odd_place || inside_reference {
            if value > value_at {
                found.push(value_at..value);
            }
            from = value.max(from);
        }
    }
    found
}

/// The word before an equals sign, without quotes.
fn key_before(text: &str) -> String {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let start = text
        .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text[start..].to_owned()
}

fn names_a_secret(key: &str) -> bool {
    let plain: String = key.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let word = ["apikey", "secret", "token", "password", "passwd"].iter().any(|word| plain.contains(word));
    (word && !plain.contains("secretary") && plain != "tokenurl") || plain == "key"
}

/// Whether what comes next stands in `SECRET = { ... `.
fn in_secret_reference(before: &str) -> bool {
    let Some(open) = before.rfind('{').filter(|open| !before[*open..].contains('}')) else { return false };
    before[..open].trim_end().strip_suffix('=').is_some_and(|key| names_a_secret(&key_before(key)))
}

/// Whether a value looks like the name or path of a place.
fn plain(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '"' | '\'' | '_' | '-' | '.' | '/' | ' ')) && value.len() < 80
}

/// Where a value that starts at `at` ends: behind its closing quote, else before a comment or at the end of the line.
fn value_end(line: &str, at: usize) -> usize {
    let value = &line[at..];
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let mut escaped = false;
        for (offset, c) in value.char_indices().skip(1) {
            match c {
                '\\' if quote == '"' && !escaped => escaped = true,
                c if c == quote && !escaped && !value.starts_with("\"\"\"") => return at + offset + 1,
                _ => escaped = false,
            }
        }
        return line.len();
    }
    let end = value.find([' ', '#', ',', '}']).unwrap_or(value.len());
    // What is not in straight quotes may hold blanks: everything goes.
    if value.starts_with(|c: char| c.is_ascii_alphanumeric()) { at + end } else { line.len() }
}
