//! Reads, checks and tests the files that were asked for, and what only shows on this machine, across files, or by asking
//! the firms' accounts.

use super::online;
use super::secrets;
use super::targets::{Target, targets};
use crate::cli::command::Desk;
use crate::cli::exit::Failure;
use crate::cli::setting::{Setting, source};
use crate::config::{
    self, Catalog, Firm, FirmInput, Online, Problem, SetMember, Severity, SourceText, check_online, check_set, firm_files,
};
use crate::domain::{FirmId, Ordered};
use crate::load::{self, FileText, FolderText};
use crate::plan::firm_tests::{TestRun, Tested, check_and_test};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that was found.
#[derive(Debug, Default)]
pub(in crate::cli) struct Found {
    /// The files that were asked for, as people know them.
    pub(in crate::cli) files: Vec<String>,
    /// What is wrong with them, in the order of the places.
    pub(in crate::cli) problems: Vec<Problem>,
    /// Their texts.
    pub(in crate::cli) sources: Vec<SourceText>,
    /// What came of the tests of each firm whose file has no error, by the name of the file.
    pub(in crate::cli) runs: Vec<(FirmId, String, TestRun)>,
    /// The firms whose files are good.
    pub(super) firms: Vec<Arc<Firm>>,
    /// What was seen of the firms' accounts, when they were asked.
    pub(super) online: BTreeMap<FirmId, Online>,
}

/// What the files themselves say, with what came of their tests: no secret is looked at. `now` dates catalogs.
pub(in crate::cli) fn read(paths: &[Utf8PathBuf], desk: &Desk, now: Timestamp) -> Result<Found, Failure> {
    let mut found = Found::default();
    for target in targets(paths, &desk.common)? {
        let judged = found.read(&target, now)?;
        drop(found.take(judged));
    }
    found.sort();
    Ok(found)
}

/// The same with what only shows on this machine and across files, and, with `ask`, what the firms' accounts say.
pub(super) fn look(paths: &[Utf8PathBuf], desk: &Desk, now: Timestamp, ask: bool) -> Result<Found, Failure> {
    let mut found = Found::default();
    for target in targets(paths, &desk.common)? {
        let mut judged = found.read(&target, now)?;
        if ask {
            let seen = online::look(&judged, &target, desk)?;
            judged.iter_mut().for_each(|one| one.hold_against(&seen, &target.setting, now));
            found.online.extend(seen);
        }
        let members = found.take(judged);
        found.surroundings(members, &target);
    }
    found.sort();
    Ok(found)
}

/// One firm's files, judged.
pub(super) struct Judged {
    /// Its files.
    pub(super) input: FirmInput,
    /// What they mean.
    pub(super) tested: Tested,
    /// Whether it was asked for; others count only for the rules across files.
    pub(super) asked: bool,
    defaults: Option<SourceText>,
    /// What is wrong with files that could not be read.
    unread: Vec<Problem>,
}

impl Judged {
    /// Judges the file anew by what was seen of its accounts: MyCase's names as they are now take the place of the catalog,
    /// which still knows what things were called before.
    fn hold_against(&mut self, seen: &BTreeMap<FirmId, Online>, setting: &Setting, now: Timestamp) {
        let Some(mut online) = seen.get(&self.input.id).cloned() else { return };
        if let Some(names) = &mut online.names {
            let older = self.input.catalog.as_ref().map(Catalog::parse);
            older.iter().filter_map(|(older, _)| older.as_ref()).for_each(|older| names.remember(older));
            let input = FirmInput { catalog: None, ..self.input.clone() };
            self.tested = check_and_test(&input, &setting.profiles, setting.rules(), self.defaults.as_ref(), now);
        }
        let problems = check_online(&self.input, &setting.profiles, setting.rules(), now, &online);
        self.tested.checked.problems.extend(problems);
    }
}

impl Found {
    fn sort(&mut self) {
        // That a secret is not here is a warning until it is needed.
        let needed: BTreeSet<(String, usize)> = self
            .problems
            .iter()
            .filter(|problem| problem.code == "no-secret")
            .map(|problem| (problem.file.clone(), problem.line))
            .ordered();
        self.problems.retain(|problem| problem.code != "secret-not-here" || !needed.contains(&(problem.file.clone(), problem.line)));
        self.problems.sort_by(|a, b| (&a.file, a.line, a.column, a.severity, a.code).cmp(&(&b.file, b.line, b.column, b.severity, b.code)));
        // What is wrong in defaults.toml is found once for every firm.
        self.problems.dedup();
    }

    /// Reads, checks and tests the files of one folder.
    fn read(&mut self, target: &Target, now: Timestamp) -> Result<Vec<Judged>, Failure> {
        let Target { setting, folder, only, whole } = target;
        if *whole {
            self.problems.extend(setting.problems.iter().cloned());
            self.files.extend(setting.sources.iter().map(|source| source.name.clone()));
            self.sources.extend(setting.sources.iter().cloned());
            if only.is_some() {
                return Ok(Vec::new());
            }
        }
        let mut paths = setting.paths.clone();
        paths.firms.clone_from(folder);
        let text = load::read_folder(&paths);
        if let Some(why) = &text.unreadable {
            let next = format!(
                "`casebridge init FIRM` makes it, with a first firm file; --config-dir names another one than {}",
                paths.config_dir
            );
            return Err(Failure::failed(format!("the folder of firm files {folder} cannot be read: {why}")).with_hint(next));
        }
        self.strays(&text, folder, only.as_ref());
        let defaults = text.defaults.as_ref().and_then(|file| source(&paths.defaults, file, &mut self.problems));
        self.sources.extend(defaults.clone());
        let mut judged = Vec::new();
        for (id, files) in &text.firms() {
            let asked = only.as_ref().is_none_or(|only| only.contains(&files.firm.name));
            let mut unread = Vec::new();
            let mut read = |file: &FileText| source(&folder.join(&file.name), file, &mut unread);
            let (firm, tests, catalog) = (read(files.firm), files.tests.and_then(&mut read), files.catalog.and_then(&mut read));
            let Some(firm) = firm else {
                if asked {
                    self.files.push(folder.join(&files.firm.name).into_string());
                    self.problems.append(&mut unread);
                }
                continue;
            };
            let input = FirmInput { id: id.clone(), source: firm, tests, catalog };
            let tested = check_and_test(&input, &setting.profiles, setting.rules(), defaults.as_ref(), now);
            judged.push(Judged { input, tested, asked, defaults: defaults.clone(), unread });
        }
        Ok(judged)
    }

    /// Keeps what was asked for; gives the good files, of others, too.
    fn take(&mut self, judged: Vec<Judged>) -> Vec<(Arc<Firm>, SourceText)> {
        let mut members = Vec::new();
        for Judged { input, tested, asked, defaults: _, unread } in judged {
            let FirmInput { id, source, tests, catalog } = input;
            if asked {
                self.files.push(source.name.clone());
                self.problems.extend(unread.into_iter().chain(tested.checked.problems));
                self.sources.extend([Some(source.clone()), tests, catalog].into_iter().flatten());
                self.runs.extend(tested.run.map(|run| (id, source.name.clone(), run)));
            }
            members.extend(tested.checked.firm.map(|firm| (firm, source)));
        }
        members
    }

    /// What only shows on this machine and across files, of the files that were asked for.
    fn surroundings(&mut self, members: Vec<(Arc<Firm>, SourceText)>, target: &Target) {
        let Target { setting, folder, only, .. } = target;
        let asked = |file: &str| only.as_ref().is_none_or(|only| only.iter().any(|name| folder.join(name) == *file));
        let ids: BTreeSet<_> = members.iter().map(|(firm, _)| firm.id.clone()).ordered();
        for (firm, source) in members.iter().filter(|(_, source)| asked(&source.name)) {
            self.problems.extend(secrets::warnings(firm, source, setting, &ids));
        }
        let prints: Vec<Option<String>> = members.iter().map(|(firm, _)| secrets::portal_key_print(firm, setting, &ids)).collect();
        let set = members.iter().zip(&prints).map(|((firm, source), print)| SetMember { firm, source, portal_key: print.as_deref() });
        let set: Vec<SetMember<'_>> = set.collect();
        self.problems.extend(check_set(&set).into_iter().filter(|problem| asked(&problem.file)));
        self.firms.extend(members.into_iter().filter(|(_, source)| asked(&source.name)).map(|(firm, _)| firm));
    }

    /// Files whose names look like a mistake: a warning, and an error when it was asked for by that name.
    fn strays(&mut self, text: &FolderText, folder: &Utf8Path, only: Option<&BTreeSet<String>>) {
        let names = text.files.keys().chain(&text.others).map(String::as_str);
        let found = firm_files(names).strays;
        let unknown =
            only.into_iter().flatten().filter(|name| !text.files.contains_key(*name) && !found.iter().any(|stray| stray.name == **name));
        let mut stray = |name: &str, severity, message: String, help: String| {
            let file = folder.join(name).into_string();
            self.problems.push(Problem { file, line: 1, column: 1, severity, code: "stray-file", message, help, span: 0..0 });
        };
        for name in unknown {
            let message = if name.ends_with(".firm.toml") {
                "there is no such firm file"
            } else {
                "this is no firm file: only files named <firm>.firm.toml are read"
            };
            stray(name, Severity::Error, message.to_owned(), "`casebridge check` without a name checks the whole folder".to_owned());
        }
        for config::Stray { name, message, help } in found {
            let severity = match only {
                Some(only) if only.contains(&name) => Severity::Error,
                Some(_) => continue,
                None => Severity::Warning,
            };
            stray(&name, severity, message, help);
        }
    }
}
