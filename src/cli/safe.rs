//! The last lock before a terminal: names, texts and errors come from MyCase, portals and files, and a terminal obeys what they
//! may hold. Line ends, tabs and colours pass; every other control character becomes a space.

use std::borrow::Cow;

/// The text as a terminal may have it.
pub(super) fn safe(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let colour = colour(from);
        out.push_str(if colour.is_empty() { " " } else { colour });
        let taken = colour.len().max(from.chars().next().map_or(0, char::len_utf8));
        rest = &from[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The colour that a text begins with (`ESC [ 1;31 m`), or nothing.
fn colour(text: &str) -> &str {
    let Some(codes) = text.strip_prefix("\u{1b}[") else { return "" };
    let end = codes.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(codes.len());
    if codes[end..].starts_with('m') { &text[..2 + end + 1] } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_moves_a_cursor_sets_a_title_or_answers_for_the_terminal() {
        for evil in ["a\u{1b}[2Jb", "a\u{1b}]0;title\u{7}b", "a\u{1b}[6nb", "a\u{9b}2Jb", "a\rb", "a\u{8}b", "a\u{1b}[1;31", "\u{1b}"] {
            let said = safe(evil);
            assert!(!said.contains(|c: char| c.is_control()), "{evil:?}: {said:?}");
        }
        assert_eq!(safe("Ann\rPaid in full"), "Ann Paid in full");
    }

    #[test]
    fn lines_tabs_and_colours_pass() {
        for fine in ["one\n\ttwo\n", "\u{1b}[1;31merror\u{1b}[0m: é", ""] {
            assert_eq!(safe(fine), fine);
        }
    }
}
