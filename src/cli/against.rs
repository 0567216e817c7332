//! `casebridge plan FIRM --against OLD`: two versions of a firm file compared, offline. Made for a pull request:
//! `git show main:firms.d/acme.firm.toml | casebridge plan firms.d/acme.firm.toml --against - --format markdown`.
//!
//! It uses no secret and no network, writes nothing, and takes no file into use. Counts of linked cases come from a file that
//! is named, else from the firm's state when this is the firm's machine, else from `<firm>.counts.json` beside the firm file.

use super::args::{Format, PlanArgs};
use super::check::setting_of;
use super::command::Desk;
use super::exit::{Exit, Failure};
use super::firm;
use super::setting::{Setting, shown, source};
use crate::config::{Firm, FirmInput, Problem, Severity, SourceText, check_firm, render as problems};
use crate::domain::FirmId;
use crate::load;
use crate::operations::{Answer, Ask, case_counts};
use crate::plan::firm_tests::run_tests;
use crate::plan::render::{comparison_json, comparison_markdown, comparison_text, plural};
use crate::plan::{CaseCounts, Comparison};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use std::sync::Arc;

/// The name of what comes through a pipe.
const PIPED: &str = "-";
/// How many problems of the version before are told.
const SAID: usize = 3;
/// What the firm's state is called as a source of counts.
const STATE: &str = "from the firm's state";

/// Compares, and shows the comparison.
pub(super) async fn against(args: &PlanArgs, old: &Utf8Path, desk: &Desk) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    let place = Place::of(&args.firm, desk)?;
    let new = place.new_version(now, desk)?;
    let before = place.old_version(old, now)?;
    let counts = match &args.counts {
        Some(path) => Some((read_counts(path, &place.id)?, format!("from {path}"))),
        None => counts_at_hand(&place, &new, desk).await?,
    };
    let old_firm = before.firm.as_deref().map(|firm| (firm, before.name.as_str()));
    let mut compared = Comparison::new(&new, old_firm, counts.as_ref().map(|(counts, source)| (counts, source.as_str())), now);
    compared.warnings.extend(before.warning);
    // Only how many fail is said here, so nobody needs their lines.
    let failing = run_tests(&new, "").failed();
    if failing > 0 {
        let tests = plural(failing, "of its tests fails", "of its tests fail");
        compared.warnings.push(format!("{tests}, so the file would not be used: `casebridge test {}` says why", place.file()));
    }
    match desk.output.format {
        Format::Json => desk.output.json(&comparison_json(&compared)),
        Format::Markdown => desk.output.answer(&comparison_markdown(&compared)),
        Format::Text | Format::Github => desk.output.answer(&comparison_text(&compared)),
    }
    Ok(if args.exit_code && compared.has_changes() { Exit::Changes } else { Exit::Done })
}

/// Where the new version stands.
struct Place {
    id: FirmId,
    folder: Utf8PathBuf,
    setting: Setting,
}

/// The version before.
struct Before {
    /// `None` when there was none, or none that was good.
    firm: Option<Arc<Firm>>,
    name: String,
    warning: Option<String>,
}

impl Place {
    /// A firm's id means its file in the configuration folder; anything with a folder or `.toml` in it is a path.
    fn of(typed: &str, desk: &Desk) -> Result<Place, Failure> {
        if !typed.contains('/') && !typed.ends_with(".toml") {
            let id = typed.parse().map_err(|error: crate::domain::FirmIdError| Failure::usage(error.to_string()))?;
            let setting = Setting::read(&desk.common)?;
            return Ok(Place { id, folder: setting.paths.firms.clone(), setting });
        }
        let path = shown(Utf8Path::new(typed));
        let stem = path.file_name().and_then(|name| name.strip_suffix(".firm.toml"));
        let id = stem.and_then(|stem| stem.parse().ok()).ok_or_else(|| {
            Failure::usage(format!(
                "{typed} is not named like a firm file, <firm>.firm.toml; only the version before may bear another name"
            ))
        })?;
        let folder = path.parent().map_or_else(|| Utf8PathBuf::from("."), shown);
        let setting = setting_of(&folder, &desk.common)?;
        Ok(Place { id, folder, setting })
    }

    fn file(&self) -> Utf8PathBuf {
        shown(&self.folder.join(format!("{}.firm.toml", self.id)))
    }

    /// The new version; its problems are shown and end the command.
    fn new_version(&self, now: Timestamp, desk: &Desk) -> Result<Arc<Firm>, Failure> {
        let (path, mut found) = (self.file(), Vec::new());
        if std::fs::symlink_metadata(&path).is_err() {
            let text = format!(
                "{path} is not there. If the edit deletes it: nothing runs for {} any more, its state is kept, nothing is closed",
                self.id
            );
            return Err(Failure::failed(text));
        }
        let text = source(&path, &load::read_one(&path), &mut found);
        let tests = beside(&self.folder, &format!("{}.tests.toml", self.id));
        let catalog = beside(&self.folder, &format!("{}.catalog.toml", self.id));
        let checked = text
            .clone()
            .map(|source| self.check(FirmInput { id: self.id.clone(), source, tests: tests.clone(), catalog }, self.defaults(), now));
        let firm = checked.and_then(|(firm, problems)| {
            found.extend(problems);
            firm
        });
        firm.ok_or_else(|| {
            found.retain(|problem| problem.severity == Severity::Error);
            let sources: Vec<SourceText> = text.into_iter().chain(tests).collect();
            desk.output.say(&problems::text(&found, &sources, desk.output.colour()));
            let hint = format!("casebridge check {path}");
            Failure { exit: Exit::Files, text: format!("{path} has problems, so it would not be used"), hint }
        })
    }

    /// The version before. What it does not have beside it (defaults, tests) is as it is beside the new one.
    fn old_version(&self, typed: &Utf8Path, now: Timestamp) -> Result<Before, Failure> {
        let text = text_before(typed)
            .map_err(|why| Failure::failed(why).with_hint("a new firm has no version before: an empty file, or /dev/null, says so"))?;
        let name = if typed == PIPED { "the version before".to_owned() } else { typed.to_string() };
        // `git show main:firms.d/acme.firm.toml` of a file that main does not have writes nothing.
        if text.trim().is_empty() {
            return Ok(Before { firm: None, name, warning: None });
        }
        let folder = typed.parent().map(shown).filter(|folder| typed != PIPED && *folder != self.folder);
        let stem = typed.file_name().and_then(|name| name.strip_suffix(".firm.toml")).unwrap_or(self.id.as_str());
        let own = |folder: &Utf8PathBuf| beside(folder, &format!("{stem}.tests.toml"));
        let tests = folder.as_ref().and_then(own).or_else(|| beside(&self.folder, &format!("{}.tests.toml", self.id)));
        let own = |folder: &Utf8PathBuf| beside(folder, "defaults.toml").or_else(|| beside(folder.parent()?, "defaults.toml"));
        let defaults = folder.as_ref().and_then(own).or_else(|| self.defaults());
        let input = FirmInput { id: self.id.clone(), source: SourceText::new(name.clone(), text), tests, catalog: None };
        let (firm, found) = self.check(input, defaults, now);
        let said: Vec<String> = found
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|Problem { line, message, .. }| format!("line {line}: {message}"))
            .collect();
        let warning = firm.is_none().then(|| {
            let some = said[..said.len().min(SAID)].join("; ");
            format!(
                "{name} has {} ({some}), so it is no version to compare with: the new one is held against what the portal shows",
                plural(said.len(), "problem", "problems")
            )
        });
        Ok(Before { firm, name, warning })
    }

    fn check(&self, input: FirmInput, defaults: Option<SourceText>, now: Timestamp) -> (Option<Arc<Firm>>, Vec<Problem>) {
        let checked = check_firm(&input, &self.setting.profiles, self.setting.rules(), defaults.as_ref(), now);
        (checked.firm, checked.problems)
    }

    fn defaults(&self) -> Option<SourceText> {
        let defaults = &self.setting.paths.defaults;
        beside(defaults.parent()?, defaults.file_name()?)
    }
}

/// The text of the version before, from a file or a pipe.
fn text_before(typed: &Utf8Path) -> Result<String, String> {
    if typed == PIPED {
        return std::io::read_to_string(std::io::stdin()).map_err(|error| format!("stdin cannot be read: {error}"));
    }
    // What git calls a file that is not there.
    if typed == "/dev/null" {
        return Ok(String::new());
    }
    if std::fs::symlink_metadata(typed).is_err() {
        return Err(format!("{typed} is not there"));
    }
    load::read_one(typed).text.map(|text| text.to_string()).map_err(|why| format!("{typed} cannot be read: {}", why.message))
}

/// A text that may stand in a folder.
fn beside(folder: &Utf8Path, name: &str) -> Option<SourceText> {
    let path = shown(&folder.join(name));
    std::fs::symlink_metadata(&path).ok()?;
    source(&path, &load::read_one(&path), &mut Vec::new())
}

fn read_counts(path: &Utf8Path, firm: &FirmId) -> Result<CaseCounts, Failure> {
    let text = load::read_one(path).text.map_err(|why| Failure::failed(format!("{path} cannot be read: {}", why.message)))?;
    CaseCounts::parse(&text, firm).map_err(|error| {
        Failure::failed(format!("{path} cannot be used: {error}"))
            .with_hint(format!("casebridge state export --for-plan {firm} --output {path}"))
    })
}

/// The counts of this machine: the firm's state when it is here, else the file beside the firm file. A state that cannot be
/// asked is said and does not end the comparison.
async fn counts_at_hand(place: &Place, new: &Firm, desk: &Desk) -> Result<Option<(CaseCounts, String)>, Failure> {
    match of_state(place, new, desk).await {
        Ok(Some(counts)) if counts.linked > 0 => return Ok(Some((counts, STATE.to_owned()))),
        Ok(_) => {}
        Err(failure) => desk.output.warning(&format!("the state of {} is not counted: {}", place.id, failure.text)),
    }
    let path = shown(&place.folder.join(format!("{}.counts.json", place.id)));
    let found = std::fs::symlink_metadata(&path).is_ok();
    found.then(|| Ok((read_counts(&path, &place.id)?, format!("from {path}")))).transpose()
}

async fn of_state(place: &Place, new: &Firm, desk: &Desk) -> Result<Option<CaseCounts>, Failure> {
    if let Some(client) = firm::client(desk).await? {
        // A firm that the daemon does not know has nothing to count.
        let answer = client.ask(&place.id, &Ask::Counts).await;
        return Ok(answer.ok().and_then(|answer| if let Answer::Counts(counts) = answer { Some(*counts) } else { None }));
    }
    let house = firm::quiet_house(desk)?;
    if !house.has_state(&place.id) {
        return Ok(None);
    }
    let hands = house.open_firm(&place.id).map_err(|error| firm::held(&error, &place.id))?;
    let counts = case_counts(&place.id, &new.cases.never, &hands.store, house.clock.now());
    counts.map(Some).map_err(|error| Failure::of_word(error.code(), error.to_string()))
}
