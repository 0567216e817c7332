//! Text that fits the terminal: lines that are too long go on below where they began, behind their label. Where nobody
//! reads on a terminal, lines stay whole, so that they can be searched.

use textwrap::core::display_width;
use textwrap::{Options, WordSplitter, wrap};

/// A label with the gap behind it ends here at the latest; what is further right is text.
const LABEL_ENDS: usize = 24;
/// Narrower than this nothing is made to fit.
const NARROWEST: usize = 40;

/// The text with no line wider than `width`, but for words that are wider themselves (addresses stay whole).
pub(super) fn fit(text: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| *width >= NARROWEST) else { return text.to_owned() };
    let lines = text.lines().map(|line| if display_width(line) <= width { line.to_owned() } else { wrapped(line, width) });
    let mut fitted = lines.collect::<Vec<_>>().join("\n");
    if text.ends_with('\n') {
        fitted.push('\n');
    }
    fitted
}

fn wrapped(line: &str, width: usize) -> String {
    let below = " ".repeat(hang(line).min(width / 2));
    let options = Options::new(width).subsequent_indent(&below).break_words(false).word_splitter(WordSplitter::NoHyphenation);
    wrap(line, options).join("\n")
}

/// The column at which a line goes on: behind its label, or two columns in from where it began.
fn hang(line: &str) -> usize {
    let begins = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[begins..];
    let gaps = rest.match_indices("  ").map(|(at, _)| begins + at);
    let ends = gaps.map(|at| at + line[at..].len() - line[at..].trim_start_matches(' ').len());
    let column = |end: usize| display_width(&line[..end]);
    ends.map(column).filter(|column| *column <= LABEL_ENDS).last().unwrap_or(begins + 2)
}

/// One line that is no wider than `width`: what is too much is cut.
pub(super) fn cut(line: &str, width: Option<usize>) -> String {
    let Some(width) = width.filter(|width| display_width(line) > *width) else { return line.to_owned() };
    let mut kept = String::new();
    for letter in line.chars() {
        if display_width(&kept) + display_width(letter.encode_utf8(&mut [0; 4])) + 1 > width {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_behind_its_label() {
        let text = "Acme (acme)\n  attention    9 cases need attention\n                  9  no mobile number that a portal could send a text to\n";
        insta::assert_snapshot!(fit(text, Some(48)), @r"
        Acme (acme)
          attention    9 cases need attention
                          9  no mobile number that a
                             portal could send a text to
        ");
        assert_eq!(fit(text, None), text, "nobody reads it on a terminal");
    }

    #[test]
    fn without_a_label_it_goes_on_two_columns_in() {
        insta::assert_snapshot!(fit("  1234567  a sentence that is too long for this terminal by far\nplain words that are as well too long for it", Some(40)), @r"
          1234567  a sentence that is too long
                   for this terminal by far
        plain words that are as well too long
          for it
        ");
    }

    #[test]
    fn an_address_stays_whole_and_colours_take_no_room() {
        let address = "see https://acme.mycase.example/court_cases/12345678901234567890";
        assert!(fit(address, Some(40)).ends_with("https://acme.mycase.example/court_cases/12345678901234567890"));
        let red = format!("\u{1b}[1;31m{}\u{1b}[0m", "x".repeat(40));
        assert_eq!(fit(&red, Some(40)), red);
    }

    #[test]
    fn a_line_of_progress_never_wraps() {
        assert_eq!(cut("reading MyCase: 12000 of 40000 cases", Some(20)), "reading MyCase: 120…");
        assert_eq!(cut("short", Some(20)), "short");
    }
}
