//! What a client's file is called in MyCase. Pure.
//!
//! A portal hands on what the client's device called the file: a path, dots in front, characters that no screen shows.
//! What stands here decides where a document lands, so nothing but a plain name may come out.

use std::collections::BTreeSet;

/// Most file systems take no more (and MyCase's people download into one).
const LONGEST: usize = 255;
/// What stands behind the last dot is an extension when it is no longer.
const LONGEST_EXTENSION: usize = 10;

/// The name in MyCase: what stands after the last `/` or `\`, without leading dots, blanks at the ends and characters that
/// are not printed; at most 255 bytes. `extension` is added where the name has none. Where nothing is left it is
/// `file-ID`.
pub(super) fn clean(name: Option<&str>, extension: Option<&str>, id: &str) -> String {
    let last = name.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let printed: String = last.chars().filter(|c| is_printed(*c)).collect();
    let mut name = printed.trim_start_matches(|c: char| c == '.' || c.is_whitespace()).trim_end().to_owned();
    if name.is_empty() {
        let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(80).collect();
        name = format!("file-{id}");
    }
    let extension: String = extension.unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    // Portals take what stands behind the last dot for an extension, also of `.profile`.
    let told = !extension.is_empty() && extension.len() <= LONGEST_EXTENSION && folded(&extension) != folded(&name);
    if told && parts(&name).1.is_empty() {
        name = format!("{}.{extension}", name.trim_end_matches('.'));
    }
    shortened(&name, "")
}

/// The name, or the first of `name (2)`, `name (3)`, ... that nobody bears; names that differ in case only are one.
pub(super) fn unique(name: &str, taken: &BTreeSet<String>) -> String {
    let numbered = (2u64..).map(|number| shortened(name, &format!(" ({number})")));
    let free = |name: &String| !taken.contains(&folded(name));
    std::iter::once(name.to_owned()).chain(numbered).find(free).unwrap_or_else(|| name.to_owned())
}

/// How names are compared.
pub(super) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A path as it is compared: folders and name, without slashes at the ends.
pub(super) fn folded_path(path: &str) -> String {
    folded(path.trim().trim_matches('/'))
}

/// The name a document bears in this folder; `None` when it lies elsewhere.
pub(super) fn within<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let (parent, name) = path.trim().trim_matches('/').rsplit_once('/')?;
    (folded_path(parent) == folded_path(folder)).then_some(name)
}

/// `name` with `mark` before its extension, cut so that it has at most 255 bytes.
fn shortened(name: &str, mark: &str) -> String {
    let (stem, extension) = parts(name);
    let room = LONGEST.saturating_sub(extension.len() + mark.len());
    let end = (0..=room.min(stem.len())).rev().find(|end| stem.is_char_boundary(*end)).unwrap_or(0);
    format!("{}{mark}{extension}", stem[..end].trim_end())
}

/// The stem and the extension with its dot; the extension is empty where what stands behind the last dot is none.
fn parts(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && is_extension(&name[at + 1..]) => name.split_at(at),
        _ => (name, ""),
    }
}

fn is_extension(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric());
    plain && (1..=LONGEST_EXTENSION).contains(&text.len()) && text.chars().any(|c| c.is_ascii_alphabetic())
}

/// Control characters, and those that only turn or hide what stands beside them (`gpj.exe` shown as `exe.jpg`).
fn is_printed(c: char) -> bool {
    let hides = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_control() && !hides
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cleaned(name: &str) -> String {
        clean(Some(name), None, "8123")
    }

    #[test]
    fn only_the_last_part_of_a_path_counts() {
        assert_eq!(cleaned("C:\\Users\\jo\\scan.pdf"), "scan.pdf");
        assert_eq!(cleaned("/private/var/scan.pdf"), "scan.pdf");
        assert_eq!(cleaned("../../etc/passwd"), "passwd");
        assert_eq!(cleaned("a/b\\c/d.pdf"), "d.pdf");
    }

    #[test]
    fn dots_in_front_and_what_no_screen_shows_are_left_out() {
        assert_eq!(cleaned("...htaccess"), "htaccess");
        assert_eq!(cleaned(" . .bashrc "), "bashrc");
        assert_eq!(cleaned("a\u{0}b\r\nc\u{7f}.pdf"), "abc.pdf");
        assert_eq!(cleaned("photo\u{202e}gpj.exe"), "photogpj.exe");
        assert_eq!(cleaned("Übersicht – März.pdf"), "Übersicht – März.pdf");
    }

    #[test]
    fn where_nothing_is_left_the_id_is_the_name() {
        for name in ["", "   ", "..", "/", "a/", "\u{0}"] {
            assert_eq!(cleaned(name), "file-8123", "{name:?}");
        }
        assert_eq!(clean(None, Some("pdf"), "8123"), "file-8123.pdf");
        assert_eq!(clean(None, Some(".PDF"), "../8 123"), "file-8123.PDF");
    }

    #[test]
    fn an_extension_is_added_where_there_is_none() {
        assert_eq!(clean(Some("scan"), Some("pdf"), "1"), "scan.pdf");
        assert_eq!(clean(Some("scan."), Some("pdf"), "1"), "scan.pdf");
        assert_eq!(clean(Some("Letter from Dr. Smith"), Some("pdf"), "1"), "Letter from Dr. Smith.pdf");
        assert_eq!(clean(Some("v1.2"), Some("docx"), "1"), "v1.2.docx");
        assert_eq!(clean(Some("scan.jpeg"), Some("pdf"), "1"), "scan.jpeg", "it has one");
        assert_eq!(clean(Some("scan"), Some("../x"), "1"), "scan.x");
        assert_eq!(clean(Some(".profile"), Some("profile"), "1"), "profile");
        assert_eq!(clean(Some("scan"), Some("nothing like an extension"), "1"), "scan");
    }

    #[test]
    fn a_long_name_keeps_its_extension_and_whole_letters() {
        let name = clean(Some(&format!("{}.pdf", "ä".repeat(200))), None, "1");
        assert!(name.len() <= 255 && name.ends_with("ä.pdf"), "{} bytes", name.len());
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number_whatever_its_case() {
        let taken: BTreeSet<String> = ["scan.pdf", "scan (2).pdf", "notes"].map(folded).into();
        assert_eq!(unique("Scan.PDF", &taken), "Scan (3).PDF");
        assert_eq!(unique("notes", &taken), "notes (2)");
        assert_eq!(unique("other.pdf", &taken), "other.pdf");
        let long = clean(Some(&"x".repeat(300)), None, "1");
        assert_eq!(unique(&long, &[folded(&long)].into()).len(), 255);
    }

    #[test]
    fn what_lies_in_the_folder_is_told_from_what_lies_elsewhere() {
        assert_eq!(within("Case Documents", "/case documents/scan.pdf"), Some("scan.pdf"));
        assert_eq!(within("a/b", "A/B/scan.pdf"), Some("scan.pdf"));
        assert_eq!(within("Case Documents", "Case Documents/more/scan.pdf"), None);
        assert_eq!(within("Case Documents", "scan.pdf"), None);
    }

    proptest! {
        #[test]
        fn whatever_a_device_calls_a_file_a_plain_name_comes_out(name in ".{0,400}", extension in proptest::option::of(".{0,12}")) {
            let name = clean(Some(&name), extension.as_deref(), "8123");
            prop_assert!(!name.is_empty() && name.len() <= 255);
            prop_assert!(!name.starts_with('.') && !name.contains(['/', '\\']) && !name.chars().any(char::is_control));
            prop_assert_eq!(name.trim(), name.as_str());
            prop_assert_eq!(clean(Some(&name), None, "8123"), name.clone(), "clean names stay");
            let again = unique(&name, &[folded(&name)].into());
            prop_assert!(folded(&again) != folded(&name) && again.len() <= 255);
        }
    }
}
