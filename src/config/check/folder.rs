//! Which files of the firms' folder are firm files, which stand beside one, and which look like mistakes. Names only.

use crate::domain::FirmId;
use std::collections::BTreeMap;

/// What a folder's file names mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirmFiles {
    /// The firm files by id: the names of the firm file, the tests file, the catalog.
    pub firms: BTreeMap<FirmId, FirmNames>,
    /// Names that look like a mistake; every other name is none of ours.
    pub strays: Vec<Stray>,
}

/// The files of one firm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirmNames {
    /// `<firm>.firm.toml`.
    pub firm: String,
    /// `<firm>.tests.toml`, when it is there.
    pub tests: Option<String>,
    /// `<firm>.catalog.toml`, when it is there.
    pub catalog: Option<String>,
}

/// A file that is probably meant to be read and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The file's name.
    pub name: String,
    /// What is wrong with it, one sentence.
    pub message: String,
    /// What to do, one sentence.
    pub help: String,
}

/// Sorts the names of a folder's files (no paths, no folders).
pub fn firm_files<'a>(names: impl IntoIterator<Item = &'a str>) -> FirmFiles {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    let mut files = FirmFiles::default();
    for name in &names {
        match name.strip_suffix(".firm.toml").map(str::parse::<FirmId>) {
            Some(Ok(id)) => drop(files.firms.insert(id, FirmNames { firm: (*name).to_owned(), ..FirmNames::default() })),
            Some(Err(error)) if !hidden(name) => {
                let help = format!("rename it to {:?}", format!("{}.firm.toml", slug(name)));
                files.strays.push(Stray { name: (*name).to_owned(), message: error.to_string(), help });
            }
            _ => {}
        }
    }
    for name in names.into_iter().filter(|name| !name.ends_with(".firm.toml")) {
        let beside = |suffix: &str| name.strip_suffix(suffix).and_then(|id| id.parse::<FirmId>().ok());
        if let Some(id) = beside(".tests.toml") {
            attach(&mut files, &id, name, |firm| &mut firm.tests);
        } else if let Some(id) = beside(".catalog.toml") {
            attach(&mut files, &id, name, |firm| &mut firm.catalog);
        } else {
            files.strays.extend(stray(name));
        }
    }
    files
}

fn attach(files: &mut FirmFiles, id: &FirmId, name: &str, slot: fn(&mut FirmNames) -> &mut Option<String>) {
    match files.firms.get_mut(id) {
        Some(firm) => *slot(firm) = Some(name.to_owned()),
        None => files.strays.push(Stray {
            name: name.to_owned(),
            message: format!("there is no {id}.firm.toml that it belongs to"),
            help: "put it beside its firm file, or remove it".to_owned(),
        }),
    }
}

fn hidden(name: &str) -> bool {
    name.starts_with(['.', '#', '~']) || name.ends_with('~')
}

/// Whether a name that is not read looks as if it were meant to be. Editors' own files and switched-off ones do not.
fn stray(name: &str) -> Option<Stray> {
    let lower = name.to_lowercase();
    let switched_off = [".bak", ".orig", ".disabled", ".off", ".swp", ".tmp", ".example", ".rej"].iter().any(|end| lower.ends_with(end));
    if hidden(name) || switched_off || name == "defaults.toml" {
        return None;
    }
    let about = lower.contains(".firm") || lower.contains("firm.") || lower.ends_with(".toml") || lower.ends_with(".toml.txt");
    let (message, help) = if !about {
        return None;
    } else if lower.ends_with(".toml.txt") {
        ("the file ends in .txt, so it is not read", format!("rename it to {:?}", format!("{}.firm.toml", slug(name))))
    } else if name.contains('(') || lower.contains("copy") {
        (
            "this looks like a copy that a browser or the desktop made; it is not read",
            "if it is the newer one, put its content into the firm file; then remove it".to_owned(),
        )
    } else {
        (
            "only files named <firm>.firm.toml are read",
            format!("rename it to {:?}, or move it out of the folder", format!("{}.firm.toml", slug(name))),
        )
    };
    Some(Stray { name: name.to_owned(), message: message.to_owned(), help })
}

/// The firm's id that a wrong name probably means.
fn slug(name: &str) -> String {
    let stem = name.to_lowercase();
    let stem = stem.split(['.', '(']).next().unwrap_or_default();
    let plain: String = stem.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.trim_matches('-').to_owned();
    if plain.is_empty() { "firm".to_owned() } else { plain }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn firm_files_are_known_by_their_names_and_mistakes_are_named() {
        let names = [
            "acme.firm.toml",
            "acme.tests.toml",
            "acme.catalog.toml",
            "beta.toml",
            "acme.firm.toml.txt",
            "acme.firm (1).toml",
            "Acme Law.firm.toml",
            "gone.tests.toml",
            "README.md",
            ".acme.firm.toml.swp",
            "acme.firm.toml~",
            "acme.firm.toml.bak",
            "notes.txt",
            "acme.existing.csv",
            ".git",
        ];
        let files = firm_files(names);
        let acme = files.firms.get(&"acme".parse().unwrap()).unwrap();
        assert_eq!(acme.tests.as_deref(), Some("acme.tests.toml"));
        assert_eq!(acme.catalog.as_deref(), Some("acme.catalog.toml"));
        assert_eq!(files.firms.len(), 1);
        let said: Vec<String> = files.strays.iter().map(|stray| format!("{}: {}; {}", stray.name, stray.message, stray.help)).collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        Acme Law.firm.toml: a firm's id has lower-case letters, digits and hyphens only, and starts with a letter or digit: "Acme Law" does not; rename it to "acme-law.firm.toml"
        acme.firm (1).toml: this looks like a copy that a browser or the desktop made; it is not read; if it is the newer one, put its content into the firm file; then remove it
        acme.firm.toml.txt: the file ends in .txt, so it is not read; rename it to "acme.firm.toml"
        beta.toml: only files named <firm>.firm.toml are read; rename it to "beta.firm.toml", or move it out of the folder
        gone.tests.toml: there is no gone.firm.toml that it belongs to; put it beside its firm file, or remove it
        "#);
    }
}
