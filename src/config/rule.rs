//! One setting of the firm file by its name, and the line on which a file says it: `explain` points at it.

use std::fmt;

/// A setting, e.g. `[clients] who`; or, without a key, a whole section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// The section as its heading says it, without brackets.
    pub section: &'static str,
    /// The key; empty for the whole section.
    pub key: &'static str,
}

impl Rule {
    /// `[section] key`.
    pub const fn of(section: &'static str, key: &'static str) -> Rule {
        Rule { section, key }
    }

    /// The line (from 1) of a firm file's text that says it; `None` when the file does not, so that its default holds. The
    /// text was accepted, so each heading and key stands there at most once; a heading within a text of several lines is
    /// taken for one, which points a line off and decides nothing.
    pub fn line_in(&self, text: &str) -> Option<u32> {
        let (mut section, mut dotted) = (String::new(), String::new());
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if let Some(heading) = line.strip_prefix('[') {
                section = heading.split(']').next().unwrap_or_default().trim().to_owned();
                if section == self.section && self.key.is_empty() {
                    return Some(number);
                }
                continue;
            }
            let Some((key, _)) = line.split_once('=') else { continue };
            let key = key.trim().trim_matches('"');
            dotted.clear();
            dotted.extend([section.as_str(), if section.is_empty() { "" } else { "." }, key]);
            if !self.key.is_empty() && dotted.strip_prefix(self.section).and_then(|rest| rest.strip_prefix('.')) == Some(self.key) {
                return Some(number);
            }
        }
        None
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { section, key } = self;
        if key.is_empty() { write!(f, "[{section}]") } else { write!(f, "[{section}] {key}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a firm\n[firm]\nname = \"A\"\n\n[clients]   # who\nwho = \"all\"\nphone = [\"cell\"]\n[stages]\nhide = []\n[stages.map]\n\"who\" = \"x\"\n";

    #[test]
    fn a_setting_is_found_on_its_line_and_not_under_another_heading() {
        let line = |section, key| Rule::of(section, key).line_in(FILE);
        assert_eq!([line("clients", "who"), line("clients", "phone"), line("stages", "hide")], [Some(6), Some(7), Some(9)]);
        assert_eq!([line("clients", "country"), line("cases", "never"), line("stages", "who")], [None, None, None]);
        assert_eq!([line("clients", ""), line("staff", "")], [Some(5), None]);
        assert_eq!(Rule::of("portal", "drift").line_in("portal.drift = \"report\"\n"), Some(1), "dots are as good as a heading");
    }
}
