//! Files and notes on their way from the portal to MyCase: our two clients against the sandbox, in one process under a paused
//! clock, and once over real sockets.

use bytes::Bytes;
use casebridge::config::{MyCaseSettings, Profiles, SecretRef};
use casebridge::domain::{CaseId, DocumentId, PersonId, PortalFile, Tokens};
use casebridge::http::{Clock, Flow, HttpClient, Transport, Upload};
use casebridge::mycase::{Keep, NewDocument, NewNote, PutPlace, Reader, Session, WriteError, Writer, budgets, storage_client};
use casebridge::portal::{self, FetchError, PortalReader};
use casebridge::sandbox::{Fault, FaultKind, Options, Sandbox, Side, World};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::mpsc;
use url::Url;

const START: &str = "2026-11-23T15:00:00Z";

/// A sandbox, and our clients for both sides of it.
struct Room {
    sandbox: Sandbox,
    reader: Reader,
    writer: Writer,
    portal: PortalReader,
    /// A case of MyCase's, and its record in the portal.
    case: CaseId,
    record: u64,
}

impl Room {
    /// In this process, at `127.0.0.1:9`.
    fn new() -> Room {
        let start: Timestamp = START.parse().expect("a time");
        let sandbox = Sandbox::new(Options { cases: 3, seed: 7, rate_limits: true, start });
        let transport = Transport::InProcess(sandbox.router());
        Room::at("http://127.0.0.1:9", sandbox, &transport, Clock::simulated(start))
    }

    fn at(base: &str, sandbox: Sandbox, transport: &Transport, clock: Clock) -> Room {
        let handle = sandbox.handle(base);
        let text = |side: &str, key: &str| handle[side][key].as_str().map(str::to_owned).expect("a text");
        let url = |key: &str| Url::parse(&text("mycase", key)).expect("a URL");
        let settings = MyCaseSettings {
            client_id: text("mycase", "client_id"),
            client_secret: SecretRef::Stored("mycase".to_owned()),
            redirect_uri: url("redirect_uri"),
            web_url: None,
            api_url: url("api_url"),
            authorize_url: url("authorize_url"),
            token_url: url("token_url"),
        };
        let now = clock.now();
        let access = text("mycase", "access_token");
        let expires_at = now + SignedDuration::from_hours(24);
        let tokens = Tokens { access, refresh: "none".to_owned(), obtained_at: now, expires_at, firm_uuid: None };
        let http = HttpClient::new(transport.clone(), "MyCase", budgets().of(&settings.client_id), 8);
        let keep: Keep = Arc::new(|_| Ok(()));
        let secret = SecretString::from(text("mycase", "client_secret"));
        let session = Arc::new(Session::new(http.clone(), &settings, &secret, Some(tokens), keep, clock));
        let profile = Profiles::builtin().get("case-status").expect("built in");
        let base_url = Url::parse(&text("case_status", "base_url")).expect("a URL");
        let key = SecretString::from(text("case_status", "api_key"));
        let (case, record) = sandbox.with(|world| {
            let (case, now) = (*world.mycase.cases.keys().next().expect("a case"), world.now());
            (CaseId(case), world.case_status.add_by_hand("Doe", Some(&case.to_string()), now))
        });
        Room {
            reader: Reader::new(http.clone(), Arc::clone(&session), settings.api_url.clone()),
            writer: Writer::new(http, storage_client(transport.clone()), session, settings.api_url.clone()),
            portal: PortalReader::new(portal::client(transport.clone(), &profile), profile, base_url, key),
            sandbox,
            case,
            record,
        }
    }

    /// A client sends a file of so many bytes; as the portal lists it.
    async fn file(&self, length: u64, change: impl FnOnce(&mut World, u64)) -> PortalFile {
        self.sandbox.with(|world| {
            let now = world.now();
            let id = world.case_status.add_file(self.record, "x-ray.pdf", length, None, now);
            change(world, id);
        });
        self.portal.file_page(0).await.expect("a page").pop().flatten().expect("the file")
    }

    async fn document(&self) -> (DocumentId, PutPlace) {
        self.writer.create_document(self.case, &new_document()).await.expect("made")
    }

    /// The newest version's length and SHA-256 as they arrived, and how many versions there are.
    fn arrived(&self, id: DocumentId) -> (Option<u64>, Option<String>, usize) {
        self.sandbox.with(|world| {
            let versions = &world.mycase.documents[&id.0].versions;
            let newest = versions.last().expect("a version");
            (newest.length, newest.sha256.clone(), versions.len())
        })
    }
}

fn new_document() -> NewDocument {
    NewDocument {
        path: "From the portal/x-ray.pdf".to_owned(),
        filename: "x-ray.pdf".to_owned(),
        description: "file 1".to_owned(),
        assigned_date: None,
    }
}

/// Lets a flow into an upload's channel, two pieces at a time; says the sum of what went by.
fn pump(mut flow: Flow, length: u64) -> (Upload, tokio::task::JoinHandle<String>) {
    let (sender, chunks) = mpsc::channel(2);
    let passing = tokio::spawn(async move {
        let mut sum = Sha256::new();
        loop {
            let chunk = match flow.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(error) => {
                    drop(sender.send(Err(std::io::Error::other(error))).await);
                    break;
                }
            };
            sum.update(&chunk);
            if sender.send(Ok(chunk)).await.is_err() {
                break;
            }
        }
        sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    });
    (Upload { length, chunks }, passing)
}

fn bytes(text: &'static str) -> Upload {
    let (sender, chunks) = mpsc::channel(1);
    sender.try_send(Ok(Bytes::from_static(text.as_bytes()))).expect("room for one");
    Upload { length: text.len() as u64, chunks }
}

#[tokio::test]
async fn over_real_sockets_a_large_file_arrives_byte_for_byte_in_three_requests_and_keeps_every_secret_at_home() {
    const LENGTH: u64 = 24 * 1024 * 1024 + 17;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let sandbox = Sandbox::new(Options { cases: 3, seed: 7, rate_limits: true, start: START.parse().expect("a time") });
    tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
    let transport = Transport::network().expect("HTTPS can be set up");
    let room = Room::at(&format!("http://{address}"), sandbox, &transport, Clock::System);
    let elsewhere = format!("http://localhost:{}", address.port());
    let file = room.file(LENGTH, |world, _| world.switches.files_origin = Some(elsewhere.clone())).await;
    room.sandbox.with(World::reset_requests);

    let flow = room.portal.open_file(&file).await.expect("a flow");
    assert_eq!(flow.length(), Some(LENGTH));
    let (id, place) = room.document().await;
    let (upload, passing) = pump(flow, LENGTH);
    room.writer.put(&place, upload).await.expect("put");
    let sum = passing.await.expect("it passed");
    assert_eq!(room.arrived(id), (Some(LENGTH), Some(sum), 1));
    let (transfers, requests) = room.sandbox.with(|world| (world.transfers().to_vec(), world.requests().values().sum::<u64>()));
    let seen: Vec<_> = transfers.iter().map(|seen| (seen.method.as_str(), seen.authorization, seen.content_length)).collect();
    assert_eq!(seen, [("GET", false, None), ("PUT", false, Some(LENGTH))]);
    assert_eq!((transfers[0].origin.as_str(), requests), (elsewhere.as_str(), 3));
}

#[tokio::test(start_paused = true)]
async fn the_key_is_there_where_the_portal_keeps_the_file_itself_and_gone_behind_its_redirects() {
    let room = Room::new();
    let file = room.file(10, |_, _| {}).await;
    room.portal.open_file(&file).await.expect("a flow");
    let hops = |world: &mut World, id: u64| {
        let redirects = ["relative", "http://localhost:9", "portal"].map(str::to_owned);
        world.case_status.files.get_mut(&id).expect("the file").redirects = redirects.into();
    };
    let file = room.file(10, hops).await;
    room.portal.open_file(&file).await.expect("a flow");
    let seen = room.sandbox.with(|world| world.transfers().to_vec());
    let seen: Vec<_> = seen.iter().map(|seen| (seen.origin.as_str(), seen.authorization)).collect();
    let (here, there) = ("http://127.0.0.1:9", "http://localhost:9");
    assert_eq!(seen, [(here, true), (here, true), (here, true), (there, false), (here, true)]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_disappoints_says_how() {
    let room = Room::new();
    let file = room.file(10, |world, id| world.case_status.files.get_mut(&id).expect("the file").chunked = true).await;
    assert_eq!(room.portal.open_file(&file).await.expect("a flow").length(), None);
    let far = |world: &mut World, _| world.switches.files_origin = Some("http://files.internal".to_owned());
    let file = room.file(10, far).await;
    assert!(matches!(room.portal.open_file(&file).await, Err(FetchError::Unsafe { .. })));
    let here = |status: u16| {
        move |world: &mut World, id: u64| {
            world.switches.files_origin = Some("http://localhost:9".to_owned());
            world.case_status.files.get_mut(&id).expect("the file").answers = Some(status);
        }
    };
    for (status, vanished) in [(403, true), (404, true), (410, true), (400, false)] {
        let file = room.file(10, here(status)).await;
        let error = room.portal.open_file(&file).await.expect_err("no file");
        assert_eq!(matches!(error, FetchError::Vanished { .. }), vanished, "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_whose_answer_is_lost_is_found_again_and_gets_its_bytes_by_a_version() {
    let room = Room::new();
    let before = room.reader.case_documents(room.case).await.expect("a list").expect("the case").items.len();
    room.sandbox.with(|world| world.faults.add(Fault::new(Side::Mycase, FaultKind::DropAfter).path("/documents")));
    let error = room.writer.create_document(room.case, &new_document()).await.expect_err("lost");
    assert!(matches!(error, WriteError::Unknown { .. }), "{error:?}");
    let seen = room.reader.case_documents(room.case).await.expect("a list").expect("the case");
    assert!(seen.whole && seen.items.len() == before + 1, "made once: {seen:?}");
    let found = seen.items.iter().find(|document| document.description.as_deref() == Some("file 1")).expect("ours");

    room.sandbox.with(|world| world.switches.put_url_seconds = Some(900));
    let place = room.writer.add_version(found.id).await.expect("a place");
    tokio::time::advance(std::time::Duration::from_secs(901)).await;
    let error = room.writer.put(&place, bytes("late")).await.expect_err("over");
    assert!(matches!(&error, WriteError::PlaceOver { text } if text.contains("Request has expired")), "{error:?}");
    let place = room.writer.add_version(found.id).await.expect("a new place");
    room.writer.put(&place, bytes("in time")).await.expect("put");
    assert_eq!((room.arrived(found.id).0, room.arrived(found.id).2), (Some(7), 3));
}

#[tokio::test(start_paused = true)]
async fn bytes_that_break_off_on_their_way_are_never_taken_for_the_file() {
    let room = Room::new();
    let (id, place) = room.document().await;
    let file = room.file(1_000_000, |world, _| world.faults.add(Fault::new(Side::CaseStatus, FaultKind::Cut).path("/data"))).await;
    let flow = room.portal.open_file(&file).await.expect("a flow");
    let (upload, passing) = pump(flow, 1_000_000);
    let error = room.writer.put(&place, upload).await.expect_err("cut off");
    assert!(matches!(&error, WriteError::Unknown { text } if text.contains("broke off")), "{error:?}");
    passing.await.expect("it passed");
    assert_eq!(room.arrived(id).0, None);
    // The place still works.
    room.writer.put(&place, bytes("whole")).await.expect("put");
    assert_eq!(room.arrived(id).0, Some(5));
}

#[tokio::test(start_paused = true)]
async fn a_note_is_dated_by_its_message_and_is_found_by_what_stands_in_it() {
    let room = Room::new();
    let date = "2026-11-22T08:30:00-05:00".parse().expect("a time");
    let new = NewNote { subject: "Message".to_owned(), note: "Hello\nmessage 7".to_owned(), date };
    let id = room.writer.create_note(room.case, &new).await.expect("made");
    let seen = room.reader.case_notes(room.case).await.expect("a list").expect("the case");
    let ours = seen.items.iter().find(|note| note.id == id).expect("ours");
    assert_eq!((ours.note.as_deref(), seen.whole), (Some("Hello\nmessage 7"), true));
    let kept = room.sandbox.with(|world| world.mycase.notes[&id.0].date.clone());
    assert_eq!(kept, "2026-11-22T13:30:00Z");
    let nowhere = room.writer.create_note(CaseId(1), &new).await.expect_err("no such case");
    assert!(matches!(nowhere, WriteError::Gone), "{nowhere:?}");
    assert_eq!(room.reader.case_notes(CaseId(1)).await.expect("an answer"), None);
}

#[tokio::test(start_paused = true)]
async fn a_clients_new_phone_and_a_renamed_stage_show_among_what_moved() {
    let room = Room::new();
    let since: Timestamp = START.parse().expect("a time");
    tokio::time::advance(std::time::Duration::from_secs(3600)).await;
    let (client, stage) = room.sandbox.with(|world| {
        let client = world.mycase.cases[&room.case.0].clients[0];
        world.set_client_phone(client, Some("+12127365000")).expect("a client");
        let stage = world.mycase.stages.values().next().map(|stage| stage.name.clone()).expect("a stage");
        world.rename_stage(&stage, "Renamed").expect("renamed");
        (PersonId(client), stage)
    });
    let moved = room.reader.changed(since + SignedDuration::from_mins(30)).await.expect("what moved");
    let cases = &moved.clients.iter().find(|(id, _)| *id == client).expect("the client").1;
    assert!(moved.clients.len() == 1 && cases.contains(&room.case), "{moved:?}");
    assert!(moved.stages.len() == 1 && moved.stages[0].name == "Renamed" && stage != "Renamed");
    assert!(moved.staff.is_empty() && moved.practice_areas.is_empty());
    assert_eq!(moved.server_time, Some(since + SignedDuration::from_hours(1)));
}
