//! A state that is being opened holds nobody else up, and is not mistaken for a bad file.

use super::*;
use crate::daemon::firms::Opening;

#[tokio::test]
async fn a_firm_is_opening_until_its_state_is_there_and_then_its_newest_file_is_in_use() {
    let place = Place::new(now());
    let (_stop, stopped) = watch::channel(false);
    let house = place.house(stopped);
    let (paths, at, machine) =
        (house.paths.clone(), place.clock.now(), Machine::new(Firms::new(place.house(watch::channel(false).1)).rules()));
    let mut firms = Firms::new(house);
    let first = firms.take(Seen::read(&paths), at).openings;
    let stands = |firms: &Firms| firms.status(&machine, &acme(), at).unwrap();
    assert_eq!((first.len(), firms.is_opening(&acme()), stands(&firms).file.state), (1, true, FileState::Opening));
    assert!(stands(&firms).notes[0].contains("being opened"), "{:?}", stands(&firms).notes);
    assert_eq!(firms.engine(&acme()).unwrap_err().code, "busy");

    place.write("acme", &place.file("30 4 * * *"));
    assert!(firms.take(Seen::read(&paths), at).openings.is_empty(), "it is being opened already");
    firms.opened(first.into_iter().map(Opening::open).collect(), at);
    let open = stands(&firms);
    assert_eq!((open.file.state, open.file.generation, firms.is_opening(&acme())), (FileState::Current, 2, false));
    assert_eq!(firms.engine(&acme()).unwrap().firm.schedule.cases.as_ref().unwrap().text(), "30 4 * * *");
}

#[tokio::test]
async fn a_reload_that_waits_hears_of_every_new_file_and_whoever_asks_meanwhile_is_answered_when_its_firm_is_open() {
    let place = Place::new(now());
    let daemon = place.start().await;
    let firms: Vec<FirmId> = (0..12).map(|number| format!("firm-{number}").parse().unwrap()).collect();
    for firm in &firms {
        // A firm may not read another's variables.
        let file = place.file("30 3 * * *").replace("{ env = \"ACME_MYCASE\" }", "{ stored = \"mycase\" }");
        place.write(firm.as_str(), &file.replace("{ env = \"ACME_PORTAL\" }", "{ stored = \"portal\" }"));
    }
    let asked = firms.iter().map(|firm| daemon.client.ask(firm, &Ask::Status));
    let mut answers = Vec::new();
    daemon.client.reload(false).await.unwrap();
    for ask in asked {
        let Answer::Status(status) = ask.await.unwrap() else { panic!("no status") };
        answers.push(status.file.state);
    }
    assert_eq!(answers, [FileState::Current; 12]);
    let verdicts = daemon.client.reload(true).await.unwrap().files;
    assert!(verdicts.len() == 13 && verdicts.iter().all(|file| file.verdict != Verdict::Waiting), "{verdicts:?}");
    daemon.stop().await;
}

#[tokio::test]
async fn whoever_asks_how_the_firms_stand_before_the_folder_was_read_is_not_told_that_there_are_none() {
    let place = Place::new(now());
    let (stop, stopped) = watch::channel(false);
    let (signals, sent) = mpsc::channel(4);
    let (event_loop, messages) = EventLoop::new(place.house(stopped), Signals::sent(sent), stop);
    let (reply, answer) = oneshot::channel();
    messages.send(Message::Status { after: None, reply }).await.unwrap();
    let running = tokio::spawn(event_loop.run());
    let firms = timeout(SOON, answer).await.unwrap().unwrap().firms;
    assert_eq!(firms.iter().map(|status| status.firm.as_str()).collect::<Vec<_>>(), ["acme"]);
    signals.send(Signal::Stop).await.unwrap();
    timeout(SOON, running).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_state_that_cannot_be_read_is_its_own_firms_trouble_and_the_others_stand_beside_it() {
    let place = Place::new(now());
    place.write("beta", &place.file("30 3 * * *").replace("ACME_", "BETA_"));
    place.start().await.stop().await;
    let state = redb::Database::open(place.root.join("state/acme.redb")).unwrap();
    let damage = state.begin_write().unwrap();
    let exceptions = redb::TableDefinition::<u64, &[u8]>::new("exceptions");
    damage.open_table(exceptions).unwrap().insert(7, b"no sealed row".as_slice()).unwrap();
    damage.commit().unwrap();
    drop(state);
    let daemon = place.start().await;
    daemon.until("in use", |status| status.file.state == FileState::Current).await;
    let firms = daemon.client.status().await.unwrap().firms;
    let errors: Vec<_> = firms.iter().map(|status| (status.firm.as_str(), status.name.as_str(), status.state_error.as_deref())).collect();
    let name = &firms[1].name;
    assert_eq!(errors, [("acme", name.as_str(), Some("a row of the table exceptions is damaged")), ("beta", name, None)]);
    daemon.stop().await;
}
