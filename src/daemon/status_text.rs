//! `[paths] status`: one paragraph per firm about its file, for people who only see the share. No personal data.

use super::message::{FileReport, Verdict};
use crate::domain::FirmId;
use camino::Utf8Path;
use fs_err as fs;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Writes what has changed since it was last written.
#[derive(Debug, Default)]
pub(super) struct StatusTexts {
    written: BTreeMap<FirmId, String>,
}

impl StatusTexts {
    /// Writes `<folder>/<firm>.txt`, whole or not at all, when the text is another than last time.
    pub(super) fn write(&mut self, folder: &Utf8Path, firm: &FirmId, text: String) {
        if self.written.get(firm) == Some(&text) {
            return;
        }
        let hidden = folder.join(format!(".{firm}.txt.new"));
        let written = fs::write(&hidden, &text).and_then(|()| fs::rename(&hidden, folder.join(format!("{firm}.txt"))));
        match written {
            Ok(()) => drop(self.written.insert(firm.clone(), text)),
            Err(error) => tracing::warn!(%firm, %error, "{firm}: its status text could not be written"),
        }
    }
}

/// The paragraph. `since` is when the file came to be as it is, in the firm's zone.
pub(super) fn paragraph(report: &FileReport, since: Option<Timestamp>, zone: &TimeZone) -> String {
    let FileReport { firm, file, verdict, generation, problems, notes } = report;
    let when = since.map(|at| at.to_zoned(zone.clone()).strftime(" since %Y-%m-%d %H:%M (%Z)").to_string()).unwrap_or_default();
    let mut text = match verdict {
        Verdict::Accepted | Verdict::Unchanged => format!("{file} is in use{when}, version {generation}."),
        Verdict::Rejected if *generation > 0 => {
            format!("{file} has problems and is not used{when}; version {generation}, the last good one, stays in use.")
        }
        Verdict::Rejected => format!("{file} has problems and is not used; nothing runs for {firm} until it is good."),
        Verdict::Removed => format!("{file} is gone{when}; nothing runs for {firm}. Its state is kept, nothing was closed."),
        Verdict::Waiting => format!("{file} was not looked at yet."),
    };
    for note in notes {
        text.push(' ');
        text.push_str(note);
        text.push_str(if note.ends_with('.') { "" } else { "." });
    }
    for problem in problems.iter().filter(|problem| *verdict == Verdict::Rejected || problem["severity"] != "note") {
        let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        let place = format!("{} line {}", word("file"), problem["line"]);
        text.push_str(&format!(
            "\n- {place}: {}{}",
            word("message"),
            if word("help").is_empty() { String::new() } else { format!(" ({})", word("help")) }
        ));
    }
    text.push('\n');
    text
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn report(verdict: Verdict) -> FileReport {
        let problem = serde_json::json!({"file": "acme.firm.toml", "line": 41, "severity": "error", "message": "unknown key 'stagse'", "help": "write 'stages'"});
        FileReport {
            firm: "acme".parse().unwrap(),
            file: "acme.firm.toml".into(),
            verdict,
            generation: 4,
            problems: if verdict == Verdict::Rejected { vec![problem] } else { Vec::new() },
            notes: vec!["stage map changed: 214 linked cases would move at the next run".into()],
        }
    }

    #[test]
    fn people_who_only_see_the_share_read_what_their_edit_did() {
        let at = Some("2026-11-23T21:15:00Z".parse().unwrap());
        let zone = TimeZone::get("America/New_York").unwrap();
        let accepted = paragraph(&report(Verdict::Accepted), at, &zone);
        assert_eq!(
            accepted,
            "acme.firm.toml is in use since 2026-11-23 16:15 (EST), version 4. stage map changed: 214 linked cases would move at the next run.\n"
        );
        let rejected = paragraph(&report(Verdict::Rejected), at, &zone);
        assert!(rejected.contains("version 4, the last good one, stays in use"), "{rejected}");
        assert!(rejected.ends_with("\n- acme.firm.toml line 41: unknown key 'stagse' (write 'stages')\n"), "{rejected}");
    }

    #[test]
    fn a_text_is_written_whole_and_only_when_it_changed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        let (mut texts, firm): (_, FirmId) = (StatusTexts::default(), "acme".parse().unwrap());
        texts.write(folder, &firm, "one".into());
        fs::remove_file(folder.join("acme.txt")).unwrap();
        texts.write(folder, &firm, "one".into());
        assert!(!folder.join("acme.txt").exists());
        texts.write(folder, &firm, "two".into());
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(folder.join("acme.txt")).unwrap(), "two");
    }
}
