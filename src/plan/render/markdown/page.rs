//! A comment as GitHub renders it: folds with the blank lines they need, text from outside that cannot format, link or
//! mention, and never more than a comment takes.

use std::fmt::Write as _;

/// GitHub refuses a comment above 65,536 characters. Counted in bytes, which are never fewer, less what closes the page.
const MOST: usize = 65_536 - 1_024;

/// A page under way.
#[derive(Debug, Default)]
pub(super) struct Page {
    out: String,
}

impl Page {
    /// A line as it is, markup included.
    pub(super) fn line(&mut self, text: &str) {
        // Writing to a String cannot fail.
        let _always_fine = writeln!(self.out, "{text}");
    }

    /// A paragraph as it is.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.line(text);
        self.line("");
    }

    /// Items of a list, as many as `most` and the page allow; the rest is counted.
    pub(super) fn items(&mut self, items: &[String], most: usize) {
        let mut shown = 0;
        for item in items.iter().take(most) {
            if self.out.len() + item.len() > MOST {
                break;
            }
            self.line(&format!("- {item}"));
            shown += 1;
        }
        if shown < items.len() {
            self.line(&format!("- ... and {} more", items.len() - shown));
        }
        self.line("");
    }

    /// A list that is folded away behind its title; nothing without items.
    pub(super) fn fold(&mut self, title: &str, items: &[String], most: usize) {
        if !items.is_empty() {
            // Without the blank line GitHub takes the list for HTML.
            self.paragraph(&format!("<details><summary>{title}</summary>"));
            self.items(items, most);
            self.paragraph("</details>");
        }
    }

    /// A table; nothing without rows. The last columns of a row may be left out.
    pub(super) fn table(&mut self, head: &str, align: &str, rows: &[String]) {
        if !rows.is_empty() {
            self.line(head);
            self.line(align);
            rows.iter().for_each(|row| self.line(row));
            self.line("");
        }
    }

    /// The whole page, ending in one newline.
    pub(super) fn end(self) -> String {
        let mut out = self.out;
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

/// A sentence of our own that may quote names from outside: what stands between backticks is code, where nothing links or
/// mentions; the rest is escaped.
pub(super) fn sentence(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let code = |text: &str| format!("`{}`", text.replace(|c: char| c.is_control(), " "));
    let parts = parts.iter().enumerate();
    parts.map(|(at, part)| if at % 2 == 1 && !part.is_empty() { code(part) } else { escape(part) }).collect()
}

/// Text from outside cannot format, link or mention.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '$' => out.push_str("&#36;"),
            // GitHub finds people, issues and addresses in the rendered text, too: what is broken up is none.
            '@' => out.push_str("@&#8203;"),
            '#' => out.push_str("\\#&#8203;"),
            ':' if chars.peek() == Some(&'/') => out.push_str(":&#8203;"),
            '.' if before.eq_ignore_ascii_case(&'w') => out.push_str("&#8203;."),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_format_link_or_mention() {
        assert_eq!(escape("a|b *c* [d](e) <f> `g` ~h~"), "a\\|b \\*c\\* \\[d\\](e) &lt;f&gt; \\`g\\` \\~h\\~");
        assert_eq!(escape("@octocat #1 jane@acme.example $x$"), "@&#8203;octocat \\#&#8203;1 jane@&#8203;acme.example &#36;x&#36;");
        assert_eq!(escape("https://evil.example www.evil.example"), "https:&#8203;//evil.example www&#8203;.evil.example");
        assert_eq!(escape("one\nline"), "one line");
    }

    #[test]
    fn a_sentence_keeps_its_code_and_nothing_else() {
        assert_eq!(sentence("`casebridge plan acme` shows _it_"), "`casebridge plan acme` shows \\_it\\_");
        assert_eq!(sentence("one ` alone @octocat"), "one \\` alone @&#8203;octocat");
    }

    #[test]
    fn a_page_never_holds_more_than_a_comment_takes_and_counts_the_rest() {
        let items: Vec<String> = (0..20_000).map(|n| format!("item {n} \u{e9}")).collect();
        let mut page = Page::default();
        page.paragraph("### Title");
        page.fold("many", &items, usize::MAX);
        page.fold("more", &items, usize::MAX);
        let text = page.end();
        assert!(text.chars().count() < 65_536 && text.len() > 60_000, "{}", text.len());
        assert!(text.ends_with("- ... and 20000 more\n\n</details>\n"), "{}", &text[text.len() - 60..]);
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
}
