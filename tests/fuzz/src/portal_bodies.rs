//! The portals' answers under each built-in profile. The first line of a recording is the profile's name and one of `probe`,
//! `cases`, `files` (and their bytes), `messages`, `create`, `update`, `close`, `reopen`.

use super::portal::{KEY_HEADER, Person, account, change, is_told};
use super::recording::{Player, Recording, played};
use casebridge::config::{Profile, Profiles};
use casebridge::portal::{PortalReader, PortalWriter};
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::builtin);

/// Reading and writing end, the key stays with the portal, and no answer makes a person's data part of an error.
pub fn run(bytes: &[u8]) {
    let recording = Recording::parse(bytes);
    let (name, what) = recording.asked.split_once(' ').unwrap_or(("case-status", recording.asked.as_str()));
    let Some(profile) = PROFILES.get(name).or_else(|| PROFILES.get("case-status")) else { panic!("built in") };
    let player = recording.play();
    let (reader, writer) = account(&player, &profile);
    let error = played(async {
        match what {
            "create" | "update" | "close" | "reopen" => write(&writer, what, &player).await,
            what => read(&reader, what).await.err(),
        }
    });
    if let Some(error) = error {
        assert!(error.chars().count() < 1200 && !error.contains('\n'), "an error is one short line: {error}");
    }
    the_key_stayed(&player, &profile);
}

async fn write(writer: &PortalWriter, what: &str, player: &Player) -> Option<String> {
    let (change, person) = (change(what), Person::default());
    let written = writer.apply(&change).await;
    assert!(player.asked().len() <= 40, "a change takes few requests");
    match written {
        Ok(written) => {
            assert!(!written.portal_id.0.is_empty(), "a record has an id");
            None
        }
        Err(error) => {
            let said = error.to_string();
            assert!(!is_told(&said, &person), "the portal's words name a person: {said}");
            Some(said)
        }
    }
}

async fn read(reader: &PortalReader, what: &str) -> Result<(), String> {
    let words = |error: casebridge::portal::PortalError| error.to_string();
    match what {
        "probe" => drop(reader.probe().await.map_err(words)?),
        "files" => {
            let files = reader.file_page(0).await.map_err(words)?;
            for file in files.into_iter().flatten().take(3) {
                assert!(!file.id.0.trim().is_empty(), "an item has an id");
                let Ok(mut flow) = reader.open_file(&file).await else { continue };
                while let Ok(Some(piece)) = flow.chunk().await {
                    assert!(!piece.is_empty());
                }
            }
        }
        "messages" => {
            let messages = reader.message_page(0).await.map_err(words)?;
            assert!(messages.iter().flatten().all(|message| !message.id.0.trim().is_empty()), "an item has an id");
        }
        _ => {
            let mut told = 0;
            let listing = reader.list_cases(|read, _| told = read).await.map_err(words)?;
            let ids: BTreeSet<&str> = listing.cases.iter().map(|case| case.portal_id.0.as_str()).collect();
            assert_eq!(ids.len(), listing.cases.len(), "each record once");
            assert!(told <= listing.cases.len());
        }
    }
    Ok(())
}

/// The key went to the portal's own site alone, and every other site by https or on this computer.
fn the_key_stayed(player: &Player, profile: &Arc<Profile>) {
    let home = url::Url::parse(&profile.base_url).expect("a profile's base is a URL").origin();
    for asked in player.asked() {
        let has_key = asked.headers.contains_key(KEY_HEADER) || asked.headers.values().any(|value| is_key(value.as_bytes()));
        assert!(!has_key || asked.url.origin() == home, "the key went to {}", asked.url);
        let local = matches!(asked.url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        assert!(
            asked.url.scheme() == "https" || local || asked.url.host_str().is_some_and(|host| host.starts_with("127.")),
            "{}",
            asked.url
        );
        assert!(asked.url.username().is_empty() && asked.url.password().is_none());
    }
}

fn is_key(value: &[u8]) -> bool {
    value.windows(super::portal::KEY.len()).any(|piece| piece == super::portal::KEY.as_bytes())
}
