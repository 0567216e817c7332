//! The socket and its client against a loop that only answers.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;
use crate::daemon::client::{Client, RemoteError};
use crate::daemon::message::{Alive, FileReport, Message, STATUS_PAGE, StatusAnswer, Verdict};
use crate::operations::{Answer, FileState, FileView, FirmStatus, Secret, SyncAsk};
use crate::sync::{Step, Tally, Work};
use std::sync::Mutex;
use tokio::sync::mpsc;

/// A served socket in a folder of its own; the loop answers with `answer`.
struct Served {
    _dir: tempfile::TempDir,
    socket: Utf8PathBuf,
    stop: watch::Sender<bool>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn served(mut answer: impl FnMut(Message) + Send + 'static) -> Served {
    let dir = tempfile::tempdir().unwrap();
    let socket = Utf8Path::from_path(dir.path()).unwrap().join("run/control.sock");
    let (messages, mut inbox) = mpsc::channel(8);
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(ControlSocket::open(&socket).await.unwrap().serve(Handle::new(messages), stopped));
    tokio::spawn(async move {
        while let Some(message) = inbox.recv().await {
            answer(message);
        }
    });
    Served { _dir: dir, socket, stop, server }
}

impl Served {
    async fn client(&self) -> Client {
        Client::connect(&self.socket).await.unwrap().unwrap()
    }
}

fn acme() -> FirmId {
    "acme".parse().unwrap()
}

#[tokio::test]
async fn a_request_reaches_the_loop_with_who_asked_and_comes_back() {
    let served = served(|message| {
        let Message::Ask { firm, ask: Ask::Reset, by, reply, .. } = message else { panic!("{message:?}") };
        assert!(by.who.contains("uid "), "{}", by.who);
        reply.send(Ok(Answer::Done { text: format!("{firm} is reset") })).unwrap();
    })
    .await;
    let answer = served.client().await.ask(&acme(), &Ask::Reset).await.unwrap();
    assert_eq!(answer, Answer::Done { text: "acme is reset".to_owned() });
}

#[tokio::test]
async fn steps_of_a_run_are_shown_while_it_works() {
    let served = served(|message| {
        let Message::Ask { progress, reply, .. } = message else { panic!("{message:?}") };
        tokio::spawn(async move {
            progress.read(1000, Some(2400), Some(1));
            progress.say("reading the portal");
            tokio::task::yield_now().await;
            reply.send(Ok(Answer::Done { text: String::new() })).unwrap();
        });
    })
    .await;
    let seen = Mutex::new(Vec::new());
    let ask = Ask::Sync(SyncAsk::default());
    served.client().await.ask_and_watch(&acme(), &ask, |step| seen.lock().unwrap().push(step)).await.unwrap();
    // Steps may be overtaken by the answer, never mixed up.
    let tally = Tally { work: Work::Reading, done: 1000, of: Some(2400), pages: Some(1) };
    let expected = [Step::Done(tally), Step::Said("reading the portal".into())];
    let seen = seen.into_inner().unwrap();
    assert!(expected.starts_with(&seen), "{seen:?}");
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_words() {
    let served = served(|message| {
        let Message::Ask { reply, .. } = message else { panic!("{message:?}") };
        reply.send(Err(Refusal::new("not-connected", "not connected to MyCase"))).unwrap();
    })
    .await;
    let error = served.client().await.ask(&acme(), &Ask::Resume).await.unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), ("not-connected", "not connected to MyCase"));
}

#[tokio::test]
async fn reload_answers_each_files_verdict_and_status_and_metrics_everything() {
    let served = served(|message| match message {
        Message::Reload { reply } => {
            let report = |firm: &str, verdict| FileReport {
                firm: firm.parse().unwrap(),
                file: format!("{firm}.firm.toml"),
                verdict,
                generation: 3,
                problems: Vec::new(),
                notes: Vec::new(),
            };
            let files = vec![report("acme", Verdict::Accepted), report("beta", Verdict::Rejected)];
            drop(reply.send(ReloadAnswer { files, problems: Vec::new() }));
        }
        Message::Status { reply, .. } => reply.send(StatusAnswer::default()).unwrap(),
        Message::Metrics { reply } => reply.send(Ok("# EOF\n".to_owned())).unwrap(),
        other => panic!("nobody asked {other:?}"),
    })
    .await;
    let client = served.client().await;
    let answer = client.reload(true).await.unwrap();
    assert_eq!(answer.files[1].verdict, Verdict::Rejected);
    assert!(!answer.is_good());
    assert!(client.reload(false).await.unwrap().files.is_empty());
    assert!(client.status().await.unwrap().firms.is_empty());
    assert_eq!(client.metrics().await.unwrap(), "# EOF\n");
}

/// The page of sixty firms that comes after one.
fn page(asked: Option<&FirmId>) -> StatusAnswer {
    let ids = (0..60).map(|number| format!("firm-{number:02}").parse::<FirmId>().unwrap());
    let page = ids.filter(|id| asked.is_none_or(|asked| id > asked)).take(STATUS_PAGE);
    let firms = page.map(|id| FirmStatus::bare(&id, FileView::new(FileState::Current, Vec::new()))).collect();
    StatusAnswer { firms, daemon: None, problems: vec![serde_json::json!({ "message": "odd \"name\"" })] }
}

#[tokio::test]
async fn a_status_of_many_firms_is_asked_for_in_pages_and_is_one_answer() {
    let (asked, mut pages) = mpsc::unbounded_channel();
    let served = served(move |message| {
        let Message::Status { after, reply } = message else { panic!("{message:?}") };
        reply.send(page(after.as_ref())).unwrap();
        asked.send(after).unwrap();
    })
    .await;
    let answer = served.client().await.status().await.unwrap();
    let ids: Vec<&str> = answer.firms.iter().map(|status| status.firm.as_str()).collect();
    assert_eq!((ids.len(), ids.is_sorted(), &answer.problems), (60, true, &page(None).problems));
    let asked: Vec<_> = std::iter::from_fn(|| pages.try_recv().ok()).map(|after| after.map(|id| id.to_string())).collect();
    assert_eq!(asked, [None, Some("firm-24".to_owned()), Some("firm-49".to_owned())]);
}

#[tokio::test]
async fn a_status_that_breaks_off_is_no_shorter_list() {
    let served = served(|message| {
        let Message::Status { after, reply } = message else { panic!("{message:?}") };
        if after.is_none() {
            reply.send(page(None)).unwrap();
        }
    })
    .await;
    let error = served.client().await.status().await.unwrap_err();
    assert!(matches!(error, RemoteError::Lost { .. }), "{error:?}");
}

#[tokio::test]
async fn a_supervisor_hears_whether_the_loop_turns_and_whether_it_is_ready() {
    let mut asked = 0;
    let served = served(move |message| {
        let Message::Alive { reply } = message else { panic!("{message:?}") };
        asked += 1;
        reply.send(Alive { ready: asked > 2 }).unwrap();
    })
    .await;
    drop(served.client().await); // installs the provider
    let http = reqwest::Client::builder().unix_socket(served.socket.as_std_path()).tls_certs_only([]).build().unwrap();
    let mut answers = Vec::new();
    for path in ["healthz", "readyz", "readyz"] {
        let answer = http.get(format!("http://x/v1/{path}")).send().await.unwrap();
        answers.push((answer.status().as_u16(), answer.text().await.unwrap()));
    }
    let expected = [(200, "ok"), (503, "the daemon is starting, or about to end"), (200, "ready")];
    assert_eq!(answers, expected.map(|(status, text)| (status, text.to_owned())));
}

#[tokio::test]
async fn nonsense_is_refused_without_repeating_it() {
    let served = served(|message| panic!("{message:?}")).await;
    let http = reqwest::Client::builder().unix_socket(served.socket.as_std_path());
    drop(served.client().await); // installs the provider
    let http = http.tls_certs_only([]).build().unwrap();
    let secret = r#"{"secret-set": {"name": 7, "value": "hunter2"}}"#;
    for (path, body) in [("/v1/firms/acme", secret), ("/v1/firms/..%2Facme", r#""status""#)] {
        let request = http.post(format!("http://x{path}")).header("content-type", "application/json").body(body);
        let response = request.send().await.unwrap();
        assert!(response.status().is_client_error());
        assert!(!response.text().await.unwrap().contains("hunter2"));
    }
    let value = Secret("x".repeat(LONGEST_BODY + 1));
    let error = served.client().await.ask(&acme(), &Ask::SecretSet { name: "n".into(), value }).await.unwrap_err();
    assert_eq!(error.code(), "bad-request");
}

#[tokio::test]
async fn the_socket_is_for_owner_and_group_a_second_daemon_is_refused_and_a_left_one_is_replaced() {
    let served = served(|message| panic!("{message:?}")).await;
    assert_eq!(fs::metadata(&served.socket).unwrap().permissions().mode() & 0o777, 0o660);
    let refused = ControlSocket::open(&served.socket).await.unwrap_err();
    assert!(matches!(refused, ControlError::AlreadyRunning { .. }));
    assert!(served.socket.exists(), "the first goes on");
    served.stop.send(true).unwrap();
    served.server.await.unwrap().unwrap();
    assert!(!served.socket.exists());

    drop(std::os::unix::net::UnixListener::bind(&served.socket).unwrap());
    assert!(served.socket.exists(), "as a crash leaves it");
    assert!(Client::connect(&served.socket).await.unwrap().is_none());
    drop(ControlSocket::open(&served.socket).await.unwrap());
    fs::write(&served.socket, "notes").unwrap();
    assert!(matches!(ControlSocket::open(&served.socket).await, Err(ControlError::NotASocket { .. })));
}

#[tokio::test]
async fn without_a_daemon_there_is_no_client_and_a_stopping_one_says_so() {
    assert!(Client::connect("/nowhere/control.sock".into()).await.unwrap().is_none());
    let served = served(drop).await;
    let error = served.client().await.ask(&acme(), &Ask::Resume).await.unwrap_err();
    assert!(matches!(&error, RemoteError::Refused(refusal) if refusal.code == "stopping"), "{error:?}");
}
