//! Both ends of the control socket, over real sockets. The first line says which: `client` reads the rest as the lines of a
//! daemon's answer, `ask` sends it as the body of a request, anything else sends it as raw bytes.

use camino::{Utf8Path, Utf8PathBuf};
use casebridge::daemon::control::ControlSocket;
use casebridge::daemon::{Alive, Client, Handle, Message, ReloadAnswer, StatusAnswer};
use casebridge::operations::{Answer, Ask};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, watch};

/// What the stand-in for the event loop was asked.
type Asks = Arc<Mutex<Vec<Ask>>>;
/// What the stand-in for a daemon answers, in pieces.
type Script = Arc<Mutex<Vec<Vec<u8>>>>;

/// A served socket, and a socket at which a script answers. Made once for a thread; all of it runs inside `runtime`.
struct Bench {
    runtime: Runtime,
    daemon: Utf8PathBuf,
    asks: Asks,
    client: Client,
    script: Script,
    _stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

thread_local! {
    static BENCH: Bench = Bench::new();
}

impl Bench {
    fn new() -> Bench {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| Utf8Path::from_path(folder.path()).expect("a plain name").join(name);
        let (daemon, scripted) = (at("daemon.sock"), at("scripted.sock"));
        let (asks, script) = (Asks::default(), Script::default());
        let (stop, stopped) = watch::channel(false);
        let client = runtime.block_on(async {
            let (messages, inbox) = mpsc::channel(8);
            let socket = ControlSocket::open(&daemon).await.expect("a socket");
            tokio::spawn(socket.serve(Handle::new(messages), stopped));
            tokio::spawn(answer(inbox, Arc::clone(&asks)));
            let listener = UnixListener::bind(&scripted).expect("a socket");
            tokio::spawn(recite(listener, Arc::clone(&script)));
            Client::connect(&scripted).await.expect("it answers").expect("it is there")
        });
        Bench { runtime, daemon, asks, client, script, _stop: stop, _folder: folder }
    }

    /// Sends bytes to the daemon's end and reads what comes until it closes.
    async fn sent(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = UnixStream::connect(&self.daemon).await.expect("the socket is served");
        let mut heard = Vec::new();
        // It may close before it has read all; then what it said so far is what counts.
        if stream.write_all(bytes).await.is_ok() && stream.shutdown().await.is_ok() {
            stream.read_to_end(&mut heard).await.ok();
        }
        heard
    }
}

/// The event loop: says yes to everything, and keeps what was asked.
async fn answer(mut inbox: mpsc::Receiver<Message>, asks: Asks) {
    while let Some(message) = inbox.recv().await {
        // Whoever asked may be gone.
        match message {
            Message::Ask { ask, reply, .. } => {
                asks.lock().expect("no panic before").push(ask);
                drop(reply.send(Ok(Answer::Done { text: "done".to_owned() })));
            }
            Message::Reload { reply } => drop(reply.send(ReloadAnswer::default())),
            Message::Status { reply, .. } => drop(reply.send(StatusAnswer::default())),
            Message::Metrics { reply } => drop(reply.send(Ok("# EOF\n".to_owned()))),
            Message::Alive { reply } => drop(reply.send(Alive { ready: true })),
            Message::Connecting { reply, .. } => drop(reply.send(None)),
        }
    }
}

/// A daemon that answers every request with the script.
async fn recite(listener: UnixListener, script: Script) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut request = Vec::new();
        while !request.windows(4).any(|piece| piece == b"\r\n\r\n") {
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await {
                Ok(count @ 1..) => request.extend_from_slice(&piece[..count]),
                _ => break,
            }
        }
        let pieces = script.lock().expect("no panic before").clone();
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n\r\n";
        for piece in std::iter::once(head.to_vec()).chain(pieces) {
            if stream.write_all(&piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Neither end falls over; what comes through is what was said; what is refused is not repeated.
pub fn run(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let (first, rest) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    BENCH.with(|bench| match first {
        b"client" => client(bench, rest),
        b"ask" => ask(bench, rest),
        _ => raw(bench, bytes),
    });
}

fn client(bench: &Bench, lines: &[u8]) {
    let firm = "acme".parse().expect("an id");
    let read = |pieces: Vec<Vec<u8>>| {
        *bench.script.lock().expect("no panic before") = pieces;
        let steps = Mutex::new(Vec::new());
        let watch = |step| steps.lock().expect("no panic before").push(format!("{step:?}"));
        let answer = bench.runtime.block_on(bench.client.ask_and_watch(&firm, &Ask::Status, watch));
        (answer.map_err(|error| error.to_string()), steps.into_inner().expect("no panic before"))
    };
    let (answer, steps) = read(vec![lines.to_vec()]);
    let middle = lines.len() / 2;
    let (other, other_steps) = read(vec![lines[..middle].to_vec(), lines[middle..].to_vec()]);
    assert_eq!((&answer, &steps), (&other, &other_steps), "the pieces in which it comes mean nothing");
    assert!(steps.len() <= lines.iter().filter(|byte| **byte == b'\n').count());
    let Ok(answer) = answer else { return };
    let whole = lines.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    let mut spoken = whole.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    assert!(spoken.any(|line| line.get("answer").is_some()), "an answer that nobody gave: {answer:?}");
    let value = serde_json::to_value(&answer).expect("an answer is JSON");
    if !has_reals(&value) {
        let again: Answer = serde_json::from_str(&value.to_string()).expect("its JSON is an answer");
        assert_eq!(again, answer, "an answer travels whole");
    }
}

/// Whether a number in it may lose its last digit on the way through text.
fn has_reals(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_reals),
        Value::Object(map) => map.values().any(has_reals),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn ask(bench: &Bench, body: &[u8]) {
    let head = format!(
        "POST /v1/firms/acme HTTP/1.1\r\nhost: casebridge\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    bench.asks.lock().expect("no panic before").clear();
    let heard = bench.runtime.block_on(bench.sent(&[head.as_bytes(), body].concat()));
    let heard = String::from_utf8_lossy(&heard);
    let asked: Option<Ask> = std::mem::take(&mut *bench.asks.lock().expect("no panic before")).pop();
    assert_eq!(asked, serde_json::from_slice(body).ok(), "what is asked is what was sent");
    match asked {
        Some(asked) => {
            assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
            let text = serde_json::to_string(&asked).expect("a request is JSON");
            assert_eq!(serde_json::from_str::<Ask>(&text).ok(), Some(asked), "a request travels whole");
        }
        None => {
            assert!(heard.starts_with("HTTP/1.1 4"), "{heard}");
            let said = heard.split("\r\n\r\n").nth(1).unwrap_or_default();
            let error: Value = serde_json::from_str(said).unwrap_or_else(|_| panic!("a refusal is JSON: {heard}"));
            assert_eq!(error["error"]["code"], "bad-request");
            // The status and no word of what was sent.
            let status = error["error"]["text"].as_str().and_then(|text| text.strip_prefix("the request is not one: "));
            let known = ["400 Bad Request", "413 Payload Too Large", "415 Unsupported Media Type", "422 Unprocessable Entity"];
            assert!(status.is_some_and(|status| known.contains(&status)), "what is refused is not repeated: {said}");
        }
    }
}

fn raw(bench: &Bench, bytes: &[u8]) {
    bench.runtime.block_on(async {
        bench.sent(bytes).await;
        let heard = bench.sent(b"GET /v1/healthz HTTP/1.1\r\nhost: casebridge\r\nconnection: close\r\n\r\n").await;
        assert!(heard.starts_with(b"HTTP/1.1 200 "), "the next one is heard: {}", String::from_utf8_lossy(&heard));
    });
}
