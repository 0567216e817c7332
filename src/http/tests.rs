//! The request path against routers of this process under a paused clock, and against loopback sockets.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

type Script = Arc<Mutex<Vec<Response>>>;

fn client(router: Router, limiter: Limiter, in_flight: usize) -> HttpClient {
    HttpClient::new(Transport::InProcess(router), "MyCase", Arc::new(limiter), in_flight)
}

/// Answers in this order, then `200 "done"`.
fn scripted(answers: Vec<Response>) -> HttpClient {
    let script: Script = Arc::new(Mutex::new(answers));
    let next = |State(script): State<Script>| async move {
        let mut script = script.lock().unwrap();
        if script.is_empty() { "done".into_response() } else { script.remove(0) }
    };
    client(Router::new().fallback(next).with_state(script), Limiter::unlimited(), 4)
}

fn call(repeat: Repeat) -> Call {
    let url = Url::parse("https://api.example.com/v1/cases?secret=1").unwrap();
    Call { method: Method::POST, url, headers: HeaderMap::new(), body: Some(Bytes::from_static(b"{}")), repeat }
}

fn status(code: u16) -> Response {
    StatusCode::from_u16(code).unwrap().into_response()
}

fn cut_off() -> Response {
    ([(http::header::CONTENT_LENGTH, "100")], "[{").into_response()
}

#[tokio::test(start_paused = true)]
async fn an_answer_comes_back_whatever_it_says_short_of_429_and_5xx() {
    for code in [200, 204, 302, 400, 401, 403, 404, 409, 422] {
        let http = scripted(vec![status(code)]);
        assert_eq!(http.call(call(Repeat::Never)).await.unwrap().status.as_u16(), code);
        assert_eq!(http.requests(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_harmless_request_is_tried_four_times_and_a_harmful_one_once() {
    let http = scripted(vec![status(500), cut_off(), status(503)]);
    assert_eq!(http.call(call(Repeat::Harmless)).await.unwrap().body, "done");
    assert_eq!(http.requests(), 4);
    let http = scripted((0..9).map(|_| status(502)).collect());
    assert!(matches!(http.call(call(Repeat::Harmless)).await, Err(HttpError::Unavailable(_))));
    assert_eq!(http.requests(), 4);
    for answer in [status(503), cut_off()] {
        let http = scripted(vec![answer]);
        assert!(matches!(http.call(call(Repeat::Never)).await, Err(HttpError::Unknown(_))));
        assert_eq!(http.requests(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_is_waited_out_as_told_even_for_what_must_not_be_repeated() {
    let told = ([("retry-after", "7")], StatusCode::TOO_MANY_REQUESTS);
    let http = scripted(vec![told.into_response(), status(429)]);
    let started = Instant::now();
    assert_eq!(http.call(call(Repeat::Never)).await.unwrap().body, "done");
    let took = started.elapsed();
    assert!(took >= Duration::from_secs(8) && took <= Duration::from_secs(9), "{took:?}");
    let http = scripted((0..9).map(|_| status(429)).collect());
    assert!(matches!(http.call(call(Repeat::Never)).await, Err(HttpError::RateLimited(_))));
    assert_eq!(http.requests(), 6);
}

#[tokio::test(start_paused = true)]
async fn while_the_vendor_asks_for_quiet_nobody_else_sends_either() {
    let told = ([("retry-after", "20")], StatusCode::TOO_MANY_REQUESTS);
    let http = scripted(vec![told.into_response()]);
    let first = tokio::spawn({
        let http = http.clone();
        async move { http.call(call(Repeat::Harmless)).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let started = Instant::now();
    http.call(call(Repeat::Harmless)).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(19));
    first.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_answer_in_thirty_seconds_is_an_unknown_outcome() {
    let hang = || async {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        "late"
    };
    let http = client(Router::new().fallback(hang), Limiter::unlimited(), 1);
    let started = Instant::now();
    let error = http.call(call(Repeat::Never)).await.unwrap_err();
    assert!(matches!(error, HttpError::Unknown(_)));
    assert_eq!(error.to_string(), "MyCase POST /v1/cases: no answer within 30 s");
    assert_eq!(started.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn errors_tell_who_what_and_why_but_no_query_and_no_person() {
    let body = r#"{"errors":[{"description":"phone 212-736-5000 is down"}],"client":{"first_name":"Jane"}}"#;
    let http = scripted(vec![(StatusCode::INTERNAL_SERVER_ERROR, body).into_response()]);
    let error = http.call(call(Repeat::Never)).await.unwrap_err();
    assert_eq!(error.to_string(), "MyCase POST /v1/cases answered 500: phone … is down");
    assert!(!format!("{error:?}").contains("Jane") && !format!("{error:?}").contains("secret"));

    let http = scripted(vec![Body::from(r#"{"id": "Jane"}"#).into_response()]);
    #[derive(Debug, serde::Deserialize)]
    struct WithId {
        #[expect(dead_code, reason = "only its type matters")]
        id: u64,
    }
    let error = http.call(call(Repeat::Never)).await.unwrap().json::<WithId>().unwrap_err();
    let said =
        "MyCase POST /v1/cases answered 200: the answer is JSON of another form than expected (line 1, column 13): an object with id";
    assert_eq!(error.to_string(), said);
}

#[tokio::test(start_paused = true)]
async fn no_window_ever_holds_more_than_the_budget_as_the_vendor_sees_it() {
    // Arrivals are up to 400 ms after sending, in an irregular pattern; eight tasks, 500 calls, two clients on one account.
    let arrivals: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let arrive = |State(arrivals): State<Arc<Mutex<Vec<Instant>>>>| async move {
        let count = arrivals.lock().unwrap().len() as u64;
        tokio::time::sleep(Duration::from_millis(count * 37 % 400)).await;
        arrivals.lock().unwrap().push(Instant::now());
        tokio::time::sleep(Duration::from_millis(count * 11 % 50)).await;
    };
    let router = Router::new().fallback(arrive).with_state(Arc::clone(&arrivals));
    let limiters = Limiters::new(25, Duration::from_millis(1100));
    let clients: Vec<_> =
        (0..2).map(|_| HttpClient::new(Transport::InProcess(router.clone()), "MyCase", limiters.of("client-id"), 4)).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let http = clients[task % 2].clone();
        tasks.spawn(async move {
            for _ in 0..(if task == 0 { 66 } else { 62 }) {
                http.call(call(Repeat::Never)).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let arrivals = arrivals.lock().unwrap();
    assert_eq!(arrivals.len(), 500);
    for (first, later) in arrivals.iter().zip(&arrivals[25..]) {
        assert!(later.duration_since(*first) >= Duration::from_millis(1100), "26 requests in {:?}", later.duration_since(*first));
    }
}

#[tokio::test(start_paused = true)]
async fn at_most_so_many_requests_are_in_flight() {
    let now: Arc<Mutex<(usize, usize)>> = Arc::default();
    let busy = |State(now): State<Arc<Mutex<(usize, usize)>>>| async move {
        {
            let mut now = now.lock().unwrap();
            now.0 += 1;
            now.1 = now.1.max(now.0);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        now.lock().unwrap().0 -= 1;
    };
    let http = client(Router::new().fallback(busy).with_state(Arc::clone(&now)), Limiter::unlimited(), 3);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let http = http.clone();
        tasks.spawn(async move { http.call(call(Repeat::Never)).await.unwrap() });
    }
    while tasks.join_next().await.is_some() {}
    assert_eq!(now.lock().unwrap().1, 3);
}

#[tokio::test(start_paused = true)]
async fn a_router_in_process_is_told_the_host_it_stands_for() {
    let echo = |uri: http::Uri, headers: HeaderMap| async move { format!("{uri} {}", headers["host"].to_str().unwrap()) };
    let http = client(Router::new().fallback(echo), Limiter::unlimited(), 1);
    let reply = http.call(Call::get(Url::parse("http://sandbox.test:8080/v1/x?a=1").unwrap())).await.unwrap();
    assert_eq!(reply.body, "http://sandbox.test:8080/v1/x?a=1 sandbox.test:8080");
}

mod sockets {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    fn network() -> HttpClient {
        HttpClient::new(Transport::network().unwrap(), "MyCase", Arc::new(Limiter::unlimited()), 4)
    }

    /// Answers each connection with these bytes and hangs up.
    async fn raw(answer: impl Into<String>) -> Url {
        let answer = answer.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/v1/cases", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = [0; 4096];
                assert!(socket.read(&mut request).await.unwrap() > 0);
                // Who has read enough hangs up while the rest is sent.
                drop(socket.write_all(answer.as_bytes()).await);
            }
        });
        url
    }

    fn once(url: Url) -> Call {
        Call { repeat: Repeat::Never, ..Call::get(url) }
    }

    #[tokio::test]
    async fn nobody_listening_means_surely_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/v1/cases?q=secret", listener.local_addr().unwrap())).unwrap();
        drop(listener);
        let error = network().call(once(url)).await.unwrap_err();
        assert!(matches!(error, HttpError::NotSent(_)), "{error:?}");
        assert!(!format!("{error:?}").contains("secret"));
    }

    #[tokio::test]
    async fn a_cut_off_answer_and_a_hang_up_are_unknown_outcomes() {
        for answer in ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{", ""] {
            let error = network().call(once(raw(answer).await)).await.unwrap_err();
            assert!(matches!(error, HttpError::Unknown(_)), "{error:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_whose_head_never_ends_is_cut_off_and_not_gathered() {
        for head in ["x-long: ".to_owned() + &"a".repeat(2 << 20), "x-many: 1\r\n".repeat(5_000)] {
            let error = network().call(once(raw(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n")).await)).await.unwrap_err();
            assert!(matches!(error, HttpError::Unknown(_)), "{error:?}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_handed_back_and_not_followed() {
        let url = raw("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(network().call(once(url)).await.unwrap().status, StatusCode::FOUND);
    }
}

#[tokio::test(start_paused = true)]
async fn requests_are_counted_by_answer_and_so_are_tries_and_waits_for_the_budget() {
    let answers = vec![status(200), status(599), status(429), cut_off()];
    let traffic = Arc::new(Traffic::default());
    let http = scripted(answers).counting(traffic.clone());
    for _ in 0..2 {
        http.call(call(Repeat::Harmless)).await.unwrap();
    }
    let counts = traffic.counts();
    let answers: Vec<(String, u64)> = counts.answers.iter().map(|(answered, count)| (answered.to_string(), *count)).collect();
    let expected = [("200", 2), ("429", 1), ("5xx", 1), ("none", 1)];
    assert_eq!(answers, expected.map(|(answered, count)| (answered.to_owned(), count)));
    assert_eq!((counts.sent, counts.retries, counts.waited), (5, 3, Duration::ZERO));

    let traffic = Arc::new(Traffic::default());
    let narrow = client(Router::new().fallback(|| async { "done" }), Limiter::new(1, Duration::from_secs(1)), 4);
    for narrow in [narrow.clone().counting(traffic.clone()), narrow.counting(traffic.clone())] {
        narrow.call(call(Repeat::Harmless)).await.unwrap();
    }
    let counts = traffic.counts();
    assert_eq!((counts.sent, counts.waited.as_secs()), (2, 1), "the second waited for its place");
}
