//! Bodies in pieces, both ways: against routers of this process under a paused clock, and against loopback sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::outflow::Outflow;
use super::*;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;
use url::Url;

const PIECE: usize = 16 * 1024;

fn client(router: Router, in_flight: usize) -> HttpClient {
    HttpClient::new(Transport::InProcess(router), "the storage", Arc::new(Limiter::unlimited()), in_flight)
}

fn put() -> Call {
    let url = Url::parse("https://files.example.com/bucket/Jane%20Doe.pdf?signature=secret").unwrap();
    Call { method: Method::PUT, repeat: Repeat::Never, ..Call::get(url) }
}

fn get() -> Call {
    Call { method: Method::GET, repeat: Repeat::Harmless, ..put() }
}

/// An upload of this length whose channel gives these.
fn upload(length: u64, gives: Vec<Result<&'static str, io::ErrorKind>>) -> Upload {
    let (sender, chunks) = mpsc::channel(8);
    for give in gives {
        sender.try_send(give.map(|text| Bytes::from_static(text.as_bytes())).map_err(io::Error::from)).unwrap();
    }
    Upload { length, chunks }
}

/// So many pieces, one each `pause`; `sent` counts those that the channel took.
fn pieces(count: u64, pause: Duration, sent: &Arc<AtomicU64>) -> Upload {
    let (sender, chunks) = mpsc::channel(2);
    let sent = Arc::clone(sent);
    tokio::spawn(async move {
        for _ in 0..count {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            if sender.send(Ok(Bytes::from_static(&[7; PIECE]))).await.is_err() {
                return;
            }
            sent.fetch_add(1, Ordering::SeqCst);
        }
    });
    Upload { length: count * PIECE as u64, chunks }
}

fn body(upload: Upload) -> Body {
    Body::new(Outflow::new(upload).0)
}

async fn next(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await?;
    Some(frame.map(|frame| frame.into_data().unwrap()))
}

/// Takes a body in; says the announced length, what came, and whether it came to its end.
async fn take(request: Request) -> String {
    let announced = request.headers()["content-length"].to_str().unwrap().to_owned();
    let mut body = request.into_body();
    let mut came = 0;
    while let Some(chunk) = next(&mut body).await {
        match chunk {
            Ok(chunk) => came += chunk.len(),
            Err(_) => return format!("announced {announced}, broke after {came}"),
        }
    }
    format!("announced {announced}, came {came}")
}

#[tokio::test(start_paused = true)]
async fn a_large_answer_flows_through_and_is_nowhere_gathered() {
    let sent: Arc<AtomicU64> = Arc::default();
    let serve = |State(sent): State<Arc<AtomicU64>>| async move { body(pieces(4096, Duration::ZERO, &sent)) };
    let http = client(Router::new().fallback(serve).with_state(Arc::clone(&sent)), 4);
    let mut flow = http.open(get()).await.unwrap();
    let (mut came, mut most) = (0, 0);
    while let Some(chunk) = flow.chunk().await.unwrap() {
        came += chunk.len() as u64;
        most = most.max(sent.load(Ordering::SeqCst) - came / PIECE as u64);
    }
    assert_eq!(came, 64 * 1024 * 1024);
    assert!(most <= 4, "{most} pieces were waiting");
}

#[tokio::test(start_paused = true)]
async fn a_large_upload_flows_through_and_says_its_exact_length() {
    let sent: Arc<AtomicU64> = Arc::default();
    let most: Arc<AtomicU64> = Arc::default();
    let taken = |State((sent, most)): State<(Arc<AtomicU64>, Arc<AtomicU64>)>, request: Request| async move {
        assert_eq!(request.headers()["content-length"], "67108864");
        assert!(!request.headers().contains_key("transfer-encoding"));
        let mut body = request.into_body();
        let mut came = 0;
        while let Some(chunk) = next(&mut body).await {
            came += chunk.unwrap().len() as u64;
            most.fetch_max(sent.load(Ordering::SeqCst) - came / PIECE as u64, Ordering::SeqCst);
        }
        came.to_string()
    };
    let http = client(Router::new().fallback(taken).with_state((Arc::clone(&sent), Arc::clone(&most))), 4);
    let reply = http.upload(put(), pieces(4096, Duration::ZERO, &sent)).await.unwrap();
    assert_eq!(reply.body, "67108864");
    assert!(most.load(Ordering::SeqCst) <= 4, "{most:?} pieces were waiting");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_breaks_ends_early_or_gives_too_much_breaks_the_request() {
    let lost = io::ErrorKind::ConnectionReset;
    for (gives, said) in [
        (vec![Ok("half")], "the bytes to send ended early, after 4 of 8"),
        (vec![], "the bytes to send ended early, after 0 of 8"),
        (vec![Ok("half"), Err(lost)], "the bytes to send broke off, after 4 of 8"),
        (vec![Ok("all of 8"), Err(lost)], "the bytes to send broke off, after 8 of 8"),
        (vec![Ok("all of 8"), Ok("!")], "the bytes to send did not end where they should, after 8 of 8"),
        (vec![Ok("all of 8!")], "the bytes to send did not end where they should, after 0 of 8"),
    ] {
        let heard: Arc<Mutex<String>> = Arc::default();
        let note = |State(heard): State<Arc<Mutex<String>>>, request: Request| async move {
            let said = take(request).await;
            heard.lock().unwrap().clone_from(&said);
            // The storage says yes all the same.
            said
        };
        let http = client(Router::new().fallback(note).with_state(Arc::clone(&heard)), 4);
        let error = http.upload(put(), upload(8, gives)).await.unwrap_err();
        assert!(matches!(error, HttpError::Unknown(_)), "{error:?}");
        assert_eq!(error.to_string(), format!("the storage PUT files.example.com/…: {said}"));
        assert!(heard.lock().unwrap().starts_with("announced 8, broke after"), "{heard:?}");
        assert_eq!(http.requests(), 1);
    }
    let http = client(Router::new().fallback(take), 4);
    assert!(http.upload(put(), upload(0, vec![Ok("x")])).await.is_err());
    assert_eq!(http.upload(put(), upload(0, vec![Ok("")])).await.unwrap().body, "announced 0, came 0");
    assert_eq!(http.upload(put(), upload(4, vec![Ok("ha"), Ok(""), Ok("lf")])).await.unwrap().body, "announced 4, came 4");
}

#[tokio::test(start_paused = true)]
async fn a_yes_to_half_of_the_bytes_is_no_yes() {
    let http = client(Router::new().fallback(|| async { "fine" }), 4);
    let error = http.upload(put(), upload(4, vec![Ok("half")])).await.unwrap_err();
    assert!(matches!(&error, HttpError::Unknown(failure) if failure.text.contains("before it had all bytes")), "{error:?}");
    let http = client(Router::new().fallback(|| async { StatusCode::FORBIDDEN }), 4);
    assert_eq!(http.upload(put(), upload(4, vec![Ok("half")])).await.unwrap().status, StatusCode::FORBIDDEN);
}

#[tokio::test(start_paused = true)]
async fn an_upload_may_take_hours_but_not_a_minute_without_moving() {
    let sent: Arc<AtomicU64> = Arc::default();
    let http = client(Router::new().fallback(take), 4);
    let started = Instant::now();
    let reply = http.upload(put(), pieces(200, Duration::from_secs(50), &sent)).await.unwrap();
    assert_eq!(reply.body, "announced 3276800, came 3276800");
    assert!(started.elapsed() > Duration::from_secs(2 * 3600));

    let started = Instant::now();
    let error = http.upload(put(), pieces(2, Duration::from_secs(3600), &sent)).await.unwrap_err();
    assert!(matches!(&error, HttpError::Unknown(failure) if failure.text == "nothing of the upload moved for 60 s"), "{error:?}");
    assert_eq!(started.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_waits_for_its_turn_is_not_taken_for_one_that_stands_still() {
    let http = client(Router::new().fallback(take), 1);
    let slow = pieces(10, Duration::from_secs(50), &Arc::default());
    let (first, second) = tokio::join!(http.upload(put(), slow), http.upload(put(), upload(4, vec![Ok("half")])));
    assert_eq!(first.unwrap().body, "announced 163840, came 163840");
    assert_eq!(second.unwrap().body, "announced 4, came 4");
}

#[tokio::test(start_paused = true)]
async fn an_upload_is_sent_once_whatever_comes_of_it() {
    for code in [500, 503, 429] {
        let refuse = move || async move { StatusCode::from_u16(code).unwrap() };
        let http = client(Router::new().fallback(refuse), 4);
        let error = http.upload(put(), upload(4, vec![Ok("half")])).await.unwrap_err();
        assert_eq!(matches!(error, HttpError::RateLimited(_)), code == 429, "{error:?}");
        assert_eq!(matches!(error, HttpError::Unknown(_)), code != 429, "{error:?}");
        assert_eq!(http.requests(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_download_may_take_hours_but_not_a_minute_without_a_byte() {
    let sent: Arc<AtomicU64> = Arc::default();
    let slow = |State(pause): State<Duration>| async move { body(pieces(200, pause, &Arc::default())) };
    let http = client(Router::new().fallback(slow).with_state(Duration::from_secs(50)), 4);
    let mut flow = http.open(get()).await.unwrap();
    while let Some(chunk) = flow.chunk().await.unwrap() {
        sent.fetch_add(chunk.len() as u64, Ordering::SeqCst);
    }
    assert_eq!(sent.load(Ordering::SeqCst), 200 * PIECE as u64);

    let http = client(Router::new().fallback(slow).with_state(Duration::from_secs(3600)), 4);
    let mut flow = http.open(get()).await.unwrap();
    for _ in 0..2 {
        let error = flow.chunk().await.unwrap_err();
        assert!(matches!(&error, HttpError::Unavailable(failure) if failure.text == "no more bytes for 60 s"), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn headers_are_asked_for_again_as_with_any_harmless_request_and_the_body_is_not() {
    let asked: Arc<AtomicU64> = Arc::default();
    let serve = |State(asked): State<Arc<AtomicU64>>, headers: HeaderMap| async move {
        assert_eq!(headers["accept-encoding"], "identity");
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            1 => StatusCode::TOO_MANY_REQUESTS.into_response(),
            2 => {
                tokio::time::sleep(Duration::from_secs(31)).await;
                StatusCode::OK.into_response()
            }
            _ => ([("content-length", "10")], Body::new(Endless(Some(Bytes::from_static(b"short"))))).into_response(),
        }
    };
    let http = client(Router::new().fallback(serve).with_state(Arc::clone(&asked)), 4);
    let mut flow = http.open(get()).await.unwrap();
    assert_eq!((flow.length(), http.requests()), (Some(10), 4));
    assert_eq!(flow.chunk().await.unwrap().unwrap(), "short");
    let error = flow.chunk().await.unwrap_err();
    assert_eq!(error.to_string(), "the storage GET files.example.com/… answered 200: the answer was cut off");
    assert_eq!(http.requests(), 4);
}

/// A body that gives one piece and then ends, without a word about its length.
struct Endless(Option<Bytes>);

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = io::Error;
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|piece| Ok(http_body::Frame::data(piece))))
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_end_is_given_up_at_64_mib() {
    const ROOM: u64 = (64 << 20) / PIECE as u64;
    let sent: Arc<AtomicU64> = Arc::default();
    let serve = |State(sent): State<Arc<AtomicU64>>| async move { body(pieces(2 * ROOM, Duration::ZERO, &sent)) };
    let http = client(Router::new().fallback(serve).with_state(Arc::clone(&sent)), 1);
    let error = http.call(Call { repeat: Repeat::Never, ..get() }).await.unwrap_err();
    assert!(matches!(error, HttpError::Unknown(_)) && error.to_string().contains("longer than 64 MiB"), "{error}");
    let sent = sent.load(Ordering::SeqCst);
    assert!((ROOM..ROOM + 8).contains(&sent), "{sent} of {ROOM}");
}

#[tokio::test(start_paused = true)]
async fn who_reads_a_flow_may_ask_for_more_between_its_pieces() {
    let sent: Arc<AtomicU64> = Arc::default();
    let serve = |State(sent): State<Arc<AtomicU64>>| async move { body(pieces(3, Duration::ZERO, &sent)) };
    let http = client(Router::new().fallback(serve).with_state(sent), 1);
    let mut flows = [http.open(get()).await.unwrap(), http.open(get()).await.unwrap()];
    for flow in &mut flows {
        flow.chunk().await.unwrap().unwrap();
        http.call(get()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_are_not_the_files_own_are_no_answer_and_a_refusals_words_are() {
    let coded = || async { ([("content-encoding", "br"), ("content-length", "4")], "xxxx") };
    let error = client(Router::new().fallback(coded), 4).open(get()).await.unwrap_err();
    assert!(matches!(error, HttpError::Unreadable(_)), "{error:?}");
    let refused = || async { (StatusCode::GONE, [("content-encoding", "br")], "it was here once") };
    let flow = client(Router::new().fallback(refused), 4).open(get()).await.unwrap();
    assert_eq!(flow.length(), None);
    let said = "the storage GET files.example.com/… answered 410: no file: it was here once";
    assert_eq!(flow.failure("no file".to_owned()).await.to_string(), said);
}

#[tokio::test(start_paused = true)]
async fn an_address_with_a_files_name_and_a_signature_is_nowhere_printed() {
    let http = client(Router::new().fallback(|| async { StatusCode::BAD_GATEWAY }), 4);
    let error = http.open(get()).await.unwrap_err();
    let fine = client(Router::new().fallback(|| async { "fine" }), 4).open(get()).await.unwrap();
    let said = format!("{error} {error:?} {fine:?}");
    assert!(!said.contains("Jane") && !said.contains("secret") && said.contains("files.example.com"), "{said}");
}

mod sockets {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    fn network() -> HttpClient {
        HttpClient::new(Transport::network().unwrap(), "the storage", Arc::new(Limiter::unlimited()), 4)
    }

    const HEAD: &str = "\r\n\r\n";
    const NEVER: &str = "";

    /// Reads one request until it says `until`, or ends; answers and hangs up; hands back what it heard.
    async fn raw(until: &'static str, answer: Vec<u8>) -> (Url, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/bucket/x", listener.local_addr().unwrap())).unwrap();
        let heard = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let (mut heard, mut buffer) = (Vec::new(), [0; 4096]);
            while until == NEVER || !String::from_utf8_lossy(&heard).contains(until) {
                match socket.read(&mut buffer).await.unwrap() {
                    0 => break,
                    read => heard.extend_from_slice(&buffer[..read]),
                }
            }
            socket.write_all(&answer).await.unwrap();
            String::from_utf8(heard).unwrap().to_lowercase()
        });
        (url, heard)
    }

    #[tokio::test]
    async fn an_upload_names_its_length_and_is_never_chunked() {
        for (length, gives, until) in [(0, vec![], HEAD), (8, vec![Ok("two "), Ok("bits")], "two bits")] {
            let (url, heard) = raw(until, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec()).await;
            let sent = network().upload(Call { url, ..put() }, upload(length, gives)).await;
            let heard = heard.await.unwrap();
            assert!(heard.contains(&format!("\r\ncontent-length: {length}\r\n")), "{heard}");
            assert_eq!(heard.matches("content-length").count(), 1, "{heard}");
            assert!(!heard.contains("transfer-encoding"), "{heard}");
            assert!(sent.is_ok_and(|reply| reply.status == StatusCode::OK));
        }
    }

    #[tokio::test]
    async fn a_broken_source_never_completes_the_request_on_the_wire() {
        let (url, heard) = raw(NEVER, Vec::new()).await;
        let lost = vec![Ok("all of 8"), Err(io::ErrorKind::Other)];
        let error = network().upload(Call { url, ..put() }, upload(8, lost)).await.unwrap_err();
        assert!(matches!(&error, HttpError::Unknown(failure) if failure.text.contains("broke off")), "{error:?}");
        assert!(!heard.await.unwrap().contains("all of 8"));

        let (url, heard) = raw(NEVER, Vec::new()).await;
        let short = Upload { length: 65 * PIECE as u64, ..pieces(64, Duration::ZERO, &Arc::default()) };
        let error = network().upload(Call { url, ..put() }, short).await.unwrap_err();
        assert!(matches!(&error, HttpError::Unknown(failure) if failure.text.contains("ended early")), "{error:?}");
        let heard = heard.await.unwrap();
        assert!(heard.contains("content-length: 1064960") && heard.len() < 1_064_960);
    }

    #[tokio::test]
    async fn a_download_cut_off_on_the_wire_is_an_error_after_what_came() {
        let (url, _heard) = raw(HEAD, b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
        let mut flow = network().open(Call { url, ..get() }).await.unwrap();
        assert_eq!(flow.length(), Some(100));
        assert_eq!(flow.chunk().await.unwrap().unwrap(), "half");
        assert!(matches!(flow.chunk().await, Err(HttpError::Unavailable(_))));
    }

    #[tokio::test]
    async fn what_is_compressed_although_nobody_asked_is_undone_and_its_length_unknown() {
        // "the file's own bytes", as gzip -n makes it.
        let packed: &[u8] = &GZIP;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", packed.len());
        let (url, heard) = raw(HEAD, [head.as_bytes(), packed].concat()).await;
        let mut flow = network().open(Call { url, ..get() }).await.unwrap();
        assert_eq!(flow.length(), None);
        let mut came = Vec::new();
        while let Some(chunk) = flow.chunk().await.unwrap() {
            came.extend_from_slice(&chunk);
        }
        assert_eq!(came, b"the file's own bytes");
        assert!(heard.await.unwrap().contains("accept-encoding: identity"));
    }

    const GZIP: [u8; 40] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 43, 201, 72, 85, 72, 203, 204, 73, 85, 47, 86, 200, 47, 207, 83, 72, 170, 44, 73, 45, 6, 0, 74,
        163, 200, 224, 20, 0, 0, 0,
    ];
}
