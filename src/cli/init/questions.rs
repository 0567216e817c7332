//! The few questions that only a person can answer, asked one by one. Whether an answer will do is what `check` says of the file
//! with the answer in it, so that nothing is accepted here that is refused there.

use crate::cli::command::Desk;
use crate::cli::exit::Failure;
use crate::cli::setting::Setting;
use crate::config::{FirmInput, OperationName, Profile, Severity, SourceText, check_firm, init_template, nearest_time_zone};
use crate::domain::FirmId;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::Arc;

/// One question.
struct Question {
    /// The key in the file.
    key: &'static str,
    /// What is asked.
    ask: &'static str,
    /// Words that can be chosen, with what each means.
    choices: &'static [(&'static str, &'static str)],
    /// What holds when nothing is typed; else the question stays open in the file.
    default: Option<&'static str>,
}

const NAME: Question = Question { key: "name", ask: "What is the firm called, as people know it?", choices: &[], default: None };
const TIME_ZONE: Question = Question {
    key: "time_zone",
    ask: "Where does the firm sit? A time zone such as America/New_York, or Eastern, Central, Mountain, Pacific.",
    choices: &[],
    default: None,
};
const CLIENT_ID: Question = Question {
    key: "client_id",
    ask: "Which client id has MyCase support given you? (Not the secret: that never stands in the file.)",
    choices: &[],
    default: None,
};
const REDIRECT: Question = Question {
    key: "redirect_uri",
    ask: "Which redirect address did MyCase support register?",
    choices: &[],
    default: Some("http://127.0.0.1:8766/callback"),
};
const WHO: Question = Question {
    key: "who",
    ask: "Who is the client, and so gets access to the case in the portal?",
    choices: &[
        (
            "sole-or-billing",
            "the only person on the case; of several, the one the bill goes to. When that does not say it, the case needs attention",
        ),
        ("billing-contact", "the one the bill goes to, also when others are on the case"),
        ("group:Client", "the one person on the case who is in MyCase's people group \"Client\" (or another group's name)"),
        ("all", "everybody on the case. Mind that opposing parties and witnesses may be on it, too"),
    ],
    default: None,
};
const EXISTING: Question = Question {
    key: "existing",
    ask: "This portal cannot be asked what it holds. Is any case of MyCase in it already? Type none, or the name of a list exported from it.",
    choices: &[("none", "no case is in the portal yet")],
    default: None,
};

/// What is known of a new firm.
pub(super) struct Answers {
    /// The portal.
    pub(super) profile: Option<Arc<Profile>>,
    /// Values by their keys.
    pub(super) values: BTreeMap<&'static str, String>,
}

/// Holds answers against what `check` says.
pub(super) struct Judge<'a> {
    /// The new firm.
    pub(super) firm: &'a FirmId,
    /// Where it is to live.
    pub(super) setting: &'a Setting,
    /// The time.
    pub(super) now: Timestamp,
}

impl Judge<'_> {
    /// Takes an answer that will do; else says why not and what to write.
    pub(super) fn take(&self, answers: &mut Answers, key: &'static str, value: &str) -> Result<(), String> {
        let value = value.trim();
        let before = answers.values.insert(key, value.to_owned());
        match self.complaint(answers, key) {
            None => Ok(()),
            Some(why) => {
                answers.values.remove(key);
                answers.values.extend(before.map(|before| (key, before)));
                Err(why)
            }
        }
    }

    fn complaint(&self, answers: &Answers, key: &str) -> Option<String> {
        let text = init_template(self.firm, answers.profile.as_deref(), &answers.values);
        let Some(at) = text.lines().position(|line| line.starts_with(&format!("{key} = "))) else {
            return Some(format!("{key} is only for portals that cannot be asked what they hold: name the portal, or leave it out"));
        };
        let source = SourceText::new(format!("{}.firm.toml", self.firm), text);
        let input = FirmInput { id: self.firm.clone(), source, tests: None, catalog: None };
        let problems = check_firm(&input, &self.setting.profiles, self.setting.rules(), None, self.now).problems;
        let wrong = problems.into_iter().find(|problem| problem.line == at + 1 && problem.severity == Severity::Error)?;
        Some(if wrong.help.is_empty() { wrong.message } else { format!("{}: {}", wrong.message, wrong.help) })
    }
}

/// Asks what is not answered yet. Every question can be passed over; the end of stdin passes over the rest.
pub(super) fn ask(answers: &mut Answers, judge: &Judge<'_>, desk: &Desk) -> Result<(), Failure> {
    desk.output.say("A few questions that only a person can answer. Enter passes one over; it then stays marked in the file.");
    let mut input = std::io::stdin().lock();
    if !all(&[NAME, TIME_ZONE], answers, judge, desk, &mut input)? {
        return Ok(());
    }
    if answers.profile.is_none() {
        answers.profile = portal(judge, desk, &mut input)?;
    }
    let blind = |profile: &Arc<Profile>| !profile.operations.contains_key(&OperationName::ListCases);
    if answers.profile.as_ref().is_some_and(blind) && !all(&[EXISTING], answers, judge, desk, &mut input)? {
        return Ok(());
    }
    all(&[CLIENT_ID, REDIRECT, WHO], answers, judge, desk, &mut input).map(drop)
}

/// Asks those that are not answered yet. False at the end of stdin.
fn all(questions: &[Question], answers: &mut Answers, judge: &Judge<'_>, desk: &Desk, input: &mut impl BufRead) -> Result<bool, Failure> {
    for question in questions {
        if !answers.values.contains_key(question.key) && !one(question, answers, judge, desk, input)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Asks until the answer will do. False at the end of stdin.
fn one(question: &Question, answers: &mut Answers, judge: &Judge<'_>, desk: &Desk, input: &mut impl BufRead) -> Result<bool, Failure> {
    let Question { key, ask, choices, default } = question;
    let listed: String = (1..).zip(*choices).map(|(number, (word, means))| format!("\n  {number}  {word:<16} {means}")).collect();
    desk.output.say(&format!("\n{ask}{listed}"));
    let mut offered = default.map(str::to_owned);
    loop {
        let prompt = offered.as_ref().map_or_else(|| "> ".to_owned(), |offered| format!("[{offered}] > "));
        let Some(typed) = line(&prompt, desk, input)? else { return Ok(false) };
        let chosen = typed.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?)).map(|(word, _)| (*word).to_owned());
        let Some(value) = chosen.or_else(|| Some(typed).filter(|typed| !typed.is_empty())).or_else(|| offered.take()) else {
            return Ok(true);
        };
        match judge.take(answers, key, &value) {
            Ok(()) => return Ok(true),
            Err(why) => desk.output.say(&why),
        }
        offered = if *key == TIME_ZONE.key { nearest_time_zone(&value) } else { default.map(str::to_owned) };
    }
}

/// Which portal: by its number or its name.
fn portal(judge: &Judge<'_>, desk: &Desk, input: &mut impl BufRead) -> Result<Option<Arc<Profile>>, Failure> {
    let profiles: Vec<Arc<Profile>> =
        judge.setting.profiles.names().into_iter().filter_map(|name| judge.setting.profiles.get(name)).collect();
    let listed: String =
        (1..).zip(&profiles).map(|(number, profile)| format!("\n  {number}  {:<16} {}", profile.name, profile.title)).collect();
    desk.output.say(&format!("\nWhich portal do the firm's clients use?{listed}"));
    loop {
        let Some(typed) = line("> ", desk, input)?.filter(|typed| !typed.is_empty()) else { return Ok(None) };
        let by_number = typed.parse::<usize>().ok().and_then(|number| profiles.get(number.checked_sub(1)?));
        let same = |name: &str| name.eq_ignore_ascii_case(&typed);
        match by_number.or_else(|| profiles.iter().find(|profile| same(&profile.name) || same(&profile.title))) {
            Some(profile) => return Ok(Some(profile.clone())),
            None => desk.output.say(&format!("there is no portal {typed:?}: type its number or its name")),
        }
    }
}

/// A line that somebody typed; `None` at the end of stdin.
fn line(prompt: &str, desk: &Desk, input: &mut impl BufRead) -> Result<Option<String>, Failure> {
    desk.output.prompt(prompt);
    let mut typed = String::new();
    let read = input.read_line(&mut typed).map_err(|error| Failure::failed(format!("the answer could not be read: {error}")))?;
    Ok((read > 0).then(|| typed.trim().to_owned()))
}
