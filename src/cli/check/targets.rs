//! What `check` was asked to look at: folders of firm files, and in each all files or some. No paths mean the house's folder.

use crate::cli::args::Common;
use crate::cli::exit::Failure;
use crate::cli::setting::{Setting, shown};
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use std::collections::BTreeSet;

/// One folder of firm files.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// The configuration folder it belongs to: `casebridge.toml`, profiles, secrets.
    pub(super) setting: Setting,
    /// The folder, as it is shown to people.
    pub(super) folder: Utf8PathBuf,
    /// Only these firms' files, by file name; `None` for all.
    pub(super) only: Option<BTreeSet<String>>,
    /// Whether `casebridge.toml` and the profiles are looked at, too.
    pub(super) whole: bool,
}

/// How deep firm files may lie below a folder that somebody names.
const DEEPEST: usize = 6;

/// The folders to look at, in the order asked for.
pub(super) fn targets(paths: &[Utf8PathBuf], common: &Common) -> Result<Vec<Target>, Failure> {
    if paths.is_empty() {
        let setting = Setting::read(common)?;
        let folder = setting.paths.firms.clone();
        return Ok(vec![Target { setting, folder, only: None, whole: true }]);
    }
    let mut found: Vec<Target> = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|error| Failure::failed(format!("{path} cannot be read: {error}")))?;
        if about.is_dir() {
            found.extend(of_folder(&shown(path), common)?);
        } else {
            of_file(&shown(path), common, &mut found)?;
        }
    }
    Ok(found)
}

/// A configuration folder as a whole, or every folder below that holds firm files.
fn of_folder(folder: &Utf8Path, common: &Common) -> Result<Vec<Target>, Failure> {
    if folder.join("casebridge.toml").exists() || folder.join("firms.d").is_dir() {
        let setting = Setting::at(common, folder)?;
        let firms = shown(&setting.paths.firms);
        return Ok(vec![Target { setting, folder: firms, only: None, whole: true }]);
    }
    let mut folders = Vec::new();
    walk(folder, DEEPEST, &mut folders);
    if folders.is_empty() {
        let help = "firm files are named <firm>.firm.toml; `casebridge init FIRM` writes one";
        return Err(Failure::failed(format!("there is no firm file in {folder}")).with_hint(help));
    }
    let target = |folder: Utf8PathBuf| Ok(Target { setting: setting_of(&folder, common)?, folder, only: None, whole: false });
    folders.into_iter().map(target).collect()
}

/// One file: a firm's own, its tests or its catalog (then the firm is checked), or `casebridge.toml`.
fn of_file(path: &Utf8Path, common: &Common, found: &mut Vec<Target>) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default();
    let folder = path.parent().map_or_else(|| Utf8PathBuf::from("."), shown);
    if name == "casebridge.toml" {
        let setting = Setting::at(common, &folder)?;
        found.push(Target { setting, folder, only: Some(BTreeSet::new()), whole: true });
        return Ok(());
    }
    let stem = [".firm.toml", ".tests.toml", ".catalog.toml"].iter().find_map(|suffix| name.strip_suffix(suffix));
    // A wrong name is checked as such: it is among the folder's strays.
    let file = stem.map_or_else(|| name.to_owned(), |stem| format!("{stem}.firm.toml"));
    match found.iter_mut().find(|target| target.folder == folder && !target.whole) {
        Some(Target { only: Some(only), .. }) => drop(only.insert(file)),
        Some(_) => {}
        None => {
            let setting = setting_of(&folder, common)?;
            found.push(Target { setting, folder, only: Some(BTreeSet::from([file])), whole: false });
        }
    }
    Ok(())
}

/// The configuration folder that a folder of firm files belongs to: the one above it when that has a `casebridge.toml`, else
/// the house's own, without its problems being anybody's business here.
pub(in crate::cli) fn setting_of(folder: &Utf8Path, common: &Common) -> Result<Setting, Failure> {
    let above = match folder.parent() {
        Some(parent) if parent.as_str().is_empty() => Utf8PathBuf::from("."),
        Some(parent) => parent.to_owned(),
        None => folder.to_owned(),
    };
    let house = if above.join("casebridge.toml").exists() { None } else { Setting::read(common).ok() };
    let mut setting = match house {
        Some(house) => house,
        None => Setting::at(common, &above)?,
    };
    setting.paths.defaults = above.join("defaults.toml");
    Ok(setting)
}

/// Folders with firm files (or what looks meant to be one), sorted; links to folders are not followed.
fn walk(folder: &Utf8Path, deep: usize, found: &mut Vec<Utf8PathBuf>) {
    let Ok(entries) = folder.read_dir_utf8() else { return };
    let mut folders = Vec::new();
    let mut has_firms = false;
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !name.starts_with('.') && name != "target" => folders.push(entry.path().to_owned()),
            Ok(kind) if !kind.is_dir() => has_firms |= name.ends_with(".firm.toml"),
            _ => {}
        }
    }
    if has_firms {
        found.push(folder.to_owned());
    }
    folders.sort();
    if deep > 0 {
        folders.iter().for_each(|folder| walk(folder, deep - 1, found));
    }
}
