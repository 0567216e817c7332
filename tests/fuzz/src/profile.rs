//! A portal's profile: checked as `casebridge check` does, and when it is good, used for one change and one look.

use super::portal::{KEY, account, change};
use super::problems::are_placed;
use super::recording::{Recording, played};
use casebridge::config::{Profiles, Severity, SourceText};

/// A profile is judged without a panic, each problem has its place, and a good one keeps the key at its own address.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let source = SourceText::new("mine.toml", text.as_ref());
    let mut profiles = Profiles::default();
    let problems = profiles.with("mine", source.clone());
    are_placed(&problems, std::slice::from_ref(&source));
    let has_errors = problems.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(profiles.get("mine").is_none(), has_errors, "a profile is known, or somebody is told why not: {problems:?}");
    let Some(profile) = profiles.get("mine") else { return };

    let mut again = Profiles::default();
    let table: toml::Table = toml::from_str(&text).expect("a good profile is TOML");
    again.with("mine", SourceText::new("mine.toml", toml::to_string(&table).expect("a table can be written")));
    assert_eq!(again.get("mine").as_ref(), Some(&profile), "written anew it means the same");

    let home = url::Url::parse(&profile.base_url).expect("a good profile's base is a URL").origin();
    for what in ["create", "update", "close"] {
        let answer = "\n> 200\n\n{\"id\": 9001, \"data\": {\"id\": 9001}}";
        let player = Recording::parse(answer.as_bytes()).play();
        let (reader, writer) = account(&player, &profile);
        let change = change(what);
        played(async {
            let expected = writer.requests_for(&change);
            if writer.apply(&change).await.is_ok() {
                assert!(player.asked().len() <= expected, "no request beyond what was said");
            }
            // What it reads is another target's; here only where it asks.
            drop(reader.probe().await);
        });
        for asked in player.asked() {
            assert_eq!(asked.url.origin(), home, "{what} asked {}", asked.url);
            let elsewhere = asked.url.as_str().contains(KEY);
            assert!(!elsewhere, "the key is in an address");
        }
    }
}
