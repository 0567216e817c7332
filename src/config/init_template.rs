//! The firm file that `casebridge init` writes: commented, inactive, with the questions only a person can answer marked.

use super::catalog::quoted;
use super::{OperationName, Profile};
use crate::domain::FirmId;
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("init.firm.toml");
/// Where a line's comment begins, when there is room.
const COMMENT_AT: usize = 40;

/// The text of a new firm file. With a profile, what is known of the portal is filled in; else the portal is a question
/// as well. `answers` are values by their keys (`name`, `time_zone`, `client_id`, `redirect_uri`, `who`, `existing`). Lines marked
/// `REQUIRED` hold an empty text; `check` asks for each in words until a person has answered.
pub fn init_template(firm: &FirmId, profile: Option<&Profile>, answers: &BTreeMap<&str, String>) -> String {
    let existing = match profile {
        Some(profile) if !profile.operations.contains_key(&OperationName::ListCases) => {
            "existing = \"\"                           # REQUIRED: \"none\" if no case of MyCase is in the portal yet, else the path of an exported list"
        }
        _ => "# existing = \"none\"                     # only for portals that cannot be listed: what the portal already holds",
    };
    let text = TEMPLATE.replace("@firm@", firm.as_str()).replace("@existing@", existing);
    let mut answers = answers.clone();
    answers.extend(profile.map(|profile| ("kind", profile.name.clone())));
    let lines = text.lines().map(|line| answered(line, &answers) + "\n");
    lines.collect()
}

/// A line with its answer in it, and no longer marked.
fn answered(line: &str, answers: &BTreeMap<&str, String>) -> String {
    let Some((key, rest)) = line.split_once(" = \"") else { return line.to_owned() };
    let (Some(answer), Some((_, comment))) = (answers.get(key), rest.split_once('"')) else { return line.to_owned() };
    let setting = format!("{key} = {}", quoted(answer));
    match comment.trim_start() {
        "" => setting,
        comment => {
            format!("{setting:<width$}{}", comment.replacen("REQUIRED: ", "", 1), width = COMMENT_AT.max(setting.chars().count() + 3))
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::Profiles;
    use super::super::check::samples::{check, said};
    use super::*;

    fn by_hand(text: &str) -> String {
        text.replace("name = \"\"", "name = \"Acme\"")
            .replace("time_zone = \"\"", "time_zone = \"America/Chicago\"")
            .replace("client_id = \"\"", "client_id = \"abc\"")
            .replace("kind = \"\"", "kind = \"case-status\"")
            .replace("existing = \"\"", "existing = \"none\"")
            .replace("who = \"\"", "who = \"sole-or-billing\"")
    }

    #[test]
    fn a_new_file_asks_only_what_a_person_must_answer() {
        let text = init_template(&"acme".parse().unwrap(), None, &BTreeMap::new());
        let checked = check(&text);
        let asked: Vec<usize> = checked.problems.iter().map(|problem| problem.line).collect();
        let marked: Vec<usize> = text.lines().enumerate().filter(|(_, line)| line.contains("REQUIRED:")).map(|(at, _)| at + 1).collect();
        assert_eq!(asked, marked, "{}", said(&checked));
        assert!(checked.problems.iter().all(|problem| problem.code == "required" && !problem.help.is_empty()));
    }

    #[test]
    fn an_answered_file_is_whole_and_inactive() {
        for profile in [None, Some("case-status"), Some("hona")] {
            let profile = profile.and_then(|name| Profiles::builtin().get(name));
            let text = by_hand(&init_template(&"acme".parse().unwrap(), profile.as_deref(), &BTreeMap::new()));
            let checked = check(&text);
            assert_eq!(said(&checked), "");
            assert!(!checked.firm.unwrap().active);
        }
    }

    #[test]
    fn what_was_asked_stands_in_the_file_and_is_no_longer_marked() {
        let answers = [
            ("name", "Smith \"& Sons\""),
            ("time_zone", "America/Chicago"),
            ("client_id", "abc"),
            ("who", "group:Client"),
            ("existing", "none"),
            ("redirect_uri", "http://127.0.0.1:9000/callback"),
        ];
        let answers = answers.map(|(key, answer)| (key, answer.to_owned())).into();
        let profile = Profiles::builtin().get("hona");
        let text = init_template(&"acme".parse().unwrap(), profile.as_deref(), &answers);
        let checked = check(&text);
        assert_eq!(said(&checked), "");
        let firm = checked.firm.unwrap();
        assert_eq!((firm.name.as_str(), firm.mycase.redirect_uri.as_str()), ("Smith \"& Sons\"", "http://127.0.0.1:9000/callback"));
        assert!(text.contains("time_zone = \"America/Chicago\"           # where the firm sits"), "{text}");
        assert_eq!(text.lines().filter(|line| line.contains("REQUIRED:")).count(), 0);
    }
}
