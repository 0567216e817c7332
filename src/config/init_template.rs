//! The firm file that `casebridge init` writes: commented, inactive, with the questions only a person can answer marked.

use super::{OperationName, Profile};
use crate::domain::FirmId;

const TEMPLATE: &str = include_str!("init.firm.toml");

/// The text of a new firm file. With a profile, what is known of the portal is filled in; else the portal is a question
/// as well. Lines marked `REQUIRED` hold an empty text; `check` asks for each in words until a person has answered.
pub fn init_template(firm: &FirmId, profile: Option<&Profile>) -> String {
    let kind = profile.map_or(String::new(), |profile| profile.name.clone());
    let existing = match profile {
        Some(profile) if !profile.operations.contains_key(&OperationName::ListCases) => {
            "existing = \"\"                           # REQUIRED: \"none\" if no case of MyCase is in the portal yet, else the path of an exported list"
        }
        _ => "# existing = \"none\"                     # only for portals that cannot be listed: what the portal already holds",
    };
    let mark = if profile.is_some() { "" } else { "REQUIRED: " };
    let text = TEMPLATE.replace("@firm@", firm.as_str()).replace("@kind@", &kind).replace("@kind_mark@", mark);
    text.replace("@existing@", existing)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::Profiles;
    use super::super::check::samples::{check, said};
    use super::*;

    fn answered(text: &str) -> String {
        text.replace("name = \"\"", "name = \"Acme\"")
            .replace("time_zone = \"\"", "time_zone = \"America/Chicago\"")
            .replace("client_id = \"\"", "client_id = \"abc\"")
            .replace("kind = \"\"", "kind = \"case-status\"")
            .replace("existing = \"\"", "existing = \"none\"")
            .replace("who = \"\"", "who = \"sole-or-billing\"")
    }

    #[test]
    fn a_new_file_asks_only_what_a_person_must_answer() {
        let text = init_template(&"acme".parse().unwrap(), None);
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
            let text = answered(&init_template(&"acme".parse().unwrap(), profile.as_deref()));
            let checked = check(&text);
            assert_eq!(said(&checked), "");
            assert!(!checked.firm.unwrap().active);
        }
    }
}
