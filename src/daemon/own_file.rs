//! `casebridge.toml` while the daemon runs: what can change at once is taken over, what cannot is said, a mistake is
//! refused by name and what runs goes on.

use super::report;
use crate::config::{self, Daemon, Problem, Severity, SourceText};
use crate::load::FileText;

/// The file as it was last read.
#[derive(Debug, Default)]
pub(super) struct OwnFile {
    read: Option<Option<[u8; 32]>>,
    problems: Vec<Problem>,
}

impl OwnFile {
    /// What is wrong with the file on disk.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Takes in the file as read (`None`: there is none, every default holds). Answers what it means now when it is good
    /// and means something else than `now_in_use`.
    pub(super) fn take(&mut self, file: Option<&FileText>, now_in_use: &Daemon) -> Option<Daemon> {
        let hash = file.map(|file| file.hash);
        if self.read == Some(hash) {
            return None;
        }
        self.read = Some(hash);
        let unreadable = file.and_then(FileText::problem);
        let source = file.and_then(FileText::source).unwrap_or_else(|| SourceText::new("casebridge.toml", ""));
        let (daemon, problems) = match unreadable {
            Some(problem) => (None, vec![problem]),
            None => config::check_daemon(&source),
        };
        self.problems = report::only_new(&self.problems, problems);
        let mut daemon = daemon.filter(|daemon| daemon != now_in_use)?;
        let later = keep_what_needs_a_start(&mut daemon, now_in_use);
        if !later.is_empty() {
            let message = format!("a change of {} takes effect at the next start of the daemon", later.join(", "));
            let (file, help) = (source.name.clone(), "restart it when no run is under way".to_owned());
            let note = Problem { file, line: 1, column: 1, severity: Severity::Warning, code: "next-start", message, help, span: 0..0 };
            report::only_new(&self.problems, vec![note.clone()]);
            self.problems.push(note);
        }
        (daemon != *now_in_use).then_some(daemon)
    }
}

/// Puts back what only a start can change, and names it.
fn keep_what_needs_a_start(daemon: &mut Daemon, in_use: &Daemon) -> Vec<&'static str> {
    // Every key is named: a new one does not compile until somebody has decided.
    let Daemon {
        paths,
        vault_key,
        allow: _,
        profiles,
        firms_at_once: _,
        spread: _,
        edit_settle: _,
        mycase_requests,
        web,
        alert_command: _,
        log_format,
        log_level,
    } = daemon;
    let mut later = Vec::new();
    keep("[paths]", paths, &in_use.paths, &mut later);
    keep("[vault] key", vault_key, &in_use.vault_key, &mut later);
    keep("[allow] profiles", profiles, &in_use.profiles, &mut later);
    keep("[daemon] mycase_requests_per_second", mycase_requests, &in_use.mycase_requests, &mut later);
    keep("[web]", web, &in_use.web, &mut later);
    keep("[log] format", log_format, &in_use.log_format, &mut later);
    keep("[log] level", log_level, &in_use.log_level, &mut later);
    later
}

fn keep<T: PartialEq + Clone>(name: &'static str, new: &mut T, old: &T, later: &mut Vec<&'static str>) {
    if new != old {
        new.clone_from(old);
        later.push(name);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn file(text: &str) -> FileText {
        use sha2::{Digest, Sha256};
        FileText { name: "casebridge.toml".into(), text: Ok(text.into()), modified: None, hash: Sha256::digest(text).into() }
    }

    fn defaults() -> Daemon {
        config::check_daemon(&SourceText::new("casebridge.toml", "")).0.unwrap()
    }

    #[test]
    fn a_good_change_is_taken_over_once_and_a_mistake_is_refused_by_name() {
        let mut own = OwnFile::default();
        assert!(own.take(None, &defaults()).is_none(), "no file is every default");
        let good = file("[daemon]\nfirms_at_once = 2\n");
        let changed = own.take(Some(&good), &defaults()).unwrap();
        assert_eq!(changed.firms_at_once, 2);
        assert!(own.take(Some(&good), &changed).is_none());
        let bad = file("[daemon]\nfirms_at_once = 2\nspraed = \"1 minute\"\n");
        assert!(own.take(Some(&bad), &changed).is_none());
        assert_eq!((own.problems()[0].line, own.problems()[0].severity), (3, Severity::Error));
        assert!(own.take(Some(&good), &changed).is_none());
        assert!(own.problems().is_empty(), "put right");
    }

    #[test]
    fn what_only_a_start_can_change_is_said_and_the_rest_is_taken_over() {
        let mut own = OwnFile::default();
        let both = file("[paths]\nstate = \"/elsewhere\"\n[daemon]\nfirms_at_once = 2\n");
        let changed = own.take(Some(&both), &defaults()).unwrap();
        assert_eq!((changed.firms_at_once, changed.paths.state), (2, None));
        assert!(own.problems()[0].message.contains("[paths] takes effect at the next start"));
    }
}
