//! Catches the browser when MyCase sends it back: a listener on the redirect address when that is this machine's own, and
//! whatever a person pastes into stdin.
//!
//! Anybody's page may make a browser call this port, so only a GET on the right path that bears the state of this very
//! connection counts; everything else is answered and ignored. The page shown says how it ended, so it is answered last.

use super::exit::Failure;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::io::BufRead;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use url::{Host, Url};

/// How long a browser may take to fetch its last page.
const LAST_PAGE: Duration = Duration::from_secs(3);

/// A redirected address, and where to say how it ended.
#[derive(Debug)]
pub(super) struct Caught {
    /// The whole address, with its code.
    pub(super) address: Url,
    /// The browser that waits for a page; none when it was pasted.
    pub(super) browser: Option<oneshot::Sender<Page>>,
}

/// What the browser is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// The heading.
    pub(super) title: String,
    /// One sentence.
    pub(super) text: String,
}

/// What listens.
#[derive(Debug)]
pub(super) struct Catcher {
    caught: mpsc::Receiver<Caught>,
    servers: Vec<JoinHandle<std::io::Result<()>>>,
    end: watch::Sender<bool>,
    /// Whether the redirect address itself is listened on.
    pub(super) listening: Listening,
}

/// Whether the redirect address itself is listened on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listening {
    /// Yes.
    Yes,
    /// It is another machine's.
    Elsewhere,
    /// Something else has the port.
    Taken(String),
    /// The daemon's page listens there.
    AtTheDaemon,
}

#[derive(Clone)]
struct Gate {
    redirect: Arc<Url>,
    expected: Arc<Option<String>>,
    caught: mpsc::Sender<Caught>,
}

impl Catcher {
    /// Listens on `redirect` when it is loopback, and on stdin. `authorize` is the address that a person opens; its state is
    /// the one that counts.
    pub(super) async fn start(redirect: &Url, authorize: &Url) -> Catcher {
        let (sender, caught) = mpsc::channel(1);
        let expected = Arc::new(parameter(authorize, "state"));
        let gate = Gate { redirect: Arc::new(redirect.clone()), expected, caught: sender.clone() };
        let end = watch::Sender::new(false);
        let (listening, servers) = match loopback(redirect) {
            None => (Listening::Elsewhere, Vec::new()),
            Some(addresses) => listen(&addresses, &gate, &end).await,
        };
        let redirect = redirect.clone();
        // A thread of its own: a blocking read of stdin cannot be called back, and must not keep the program from ending.
        std::thread::spawn(move || read_stdin(&redirect, &sender));
        Catcher { caught, servers, end, listening }
    }

    /// Listens on stdin only: the daemon's page has the redirect address.
    pub(super) fn beside_the_daemon(redirect: &Url) -> Catcher {
        let (sender, caught) = mpsc::channel(1);
        let redirect = redirect.clone();
        std::thread::spawn(move || read_stdin(&redirect, &sender));
        Catcher { caught, servers: Vec::new(), end: watch::Sender::new(false), listening: Listening::AtTheDaemon }
    }

    /// Lets the browser take its page before the program ends.
    pub(super) async fn last_page(self) {
        self.end.send_replace(true);
        for server in self.servers {
            // A browser that does not take it has closed the window.
            drop(tokio::time::timeout(LAST_PAGE, server).await);
        }
    }

    /// The next address that counts.
    pub(super) async fn next(&mut self) -> Result<Caught, Failure> {
        let nobody = || {
            Failure::failed("nobody can bring the redirected address: stdin is at its end and nothing listens on the redirect address")
                .with_hint("run it in a terminal and paste the address of the page the browser ended on")
        };
        self.caught.recv().await.ok_or_else(nobody)
    }
}

/// This machine's addresses that a loopback redirect may arrive at; `localhost` is either.
fn loopback(redirect: &Url) -> Option<Vec<SocketAddr>> {
    let port = redirect.port_or_known_default()?;
    if redirect.scheme() != "http" {
        return None;
    }
    match redirect.host()? {
        Host::Ipv4(ip) if ip.is_loopback() => Some(vec![(ip, port).into()]),
        Host::Ipv6(ip) if ip.is_loopback() => Some(vec![(ip, port).into()]),
        Host::Domain("localhost") => Some(vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]),
        _ => None,
    }
}

/// Serves on every address that can be had; the first must be among them.
async fn listen(addresses: &[SocketAddr], gate: &Gate, end: &watch::Sender<bool>) -> (Listening, Vec<JoinHandle<std::io::Result<()>>>) {
    let (mut listening, mut servers) = (Listening::Yes, Vec::new());
    for (at, address) in addresses.iter().enumerate() {
        match TcpListener::bind(address).await {
            Ok(listener) => {
                let router = Router::new().fallback(answer).with_state(gate.clone());
                let mut ended = end.subscribe();
                let ended = async move { drop(ended.wait_for(|end| *end).await) };
                servers.push(tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(ended).into_future()));
            }
            Err(error) if at == 0 => listening = Listening::Taken(error.to_string()),
            Err(_) => {}
        }
    }
    (listening, servers)
}

async fn answer(State(gate): State<Gate>, request: Request) -> Response {
    if request.uri().path() != gate.redirect.path() {
        return (StatusCode::NOT_FOUND, "casebridge waits for MyCase here, at another path\n").into_response();
    }
    if request.method() != Method::GET {
        return (StatusCode::METHOD_NOT_ALLOWED, "casebridge waits for a GET here\n").into_response();
    }
    let mut address = (*gate.redirect).clone();
    address.set_query(request.uri().query());
    if !is_an_answer(&address) || parameter(&address, "state") != *gate.expected {
        let text = "This page does not belong to the connection that casebridge waits for. Open the newest address that it showed.";
        return page(StatusCode::BAD_REQUEST, &Page { title: "Not this one".to_owned(), text: text.to_owned() });
    }
    let (browser, verdict) = oneshot::channel();
    if gate.caught.send(Caught { address, browser: Some(browser) }).await.is_err() {
        return page(StatusCode::GONE, &over());
    }
    page(StatusCode::OK, &verdict.await.unwrap_or_else(|_| over()))
}

fn over() -> Page {
    Page { title: "That is over".to_owned(), text: "casebridge has ended. Look at the terminal, and run connect again.".to_owned() }
}

/// Whether MyCase said yes (a code) or no (an error) in it.
fn is_an_answer(address: &Url) -> bool {
    parameter(address, "code").is_some() || parameter(address, "error").is_some()
}

fn parameter(address: &Url, name: &str) -> Option<String> {
    address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Lines that are a redirected address are handed on; others are answered with what to paste. The end of stdin is no answer.
fn read_stdin(redirect: &Url, caught: &mpsc::Sender<Caught>) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match Url::parse(line) {
            Ok(address) if is_an_answer(&address) => {
                if caught.blocking_send(Caught { address, browser: None }).is_err() {
                    return;
                }
            }
            _ => super::output::remark(&format!(
                "That is not the address MyCase sends the browser to. Paste the whole of it; it begins with {redirect}?code="
            )),
        }
    }
}

fn page(status: StatusCode, page: &Page) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>casebridge</title><style>body{{font:18px/1.5 system-ui,\
         sans-serif;max-width:34em;margin:15vh auto;padding:0 1em}}</style></head><body><h1>{}</h1><p>{}</p></body></html>\n",
        escaped(&page.title),
        escaped(&page.text)
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, html).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use tower::ServiceExt;

    fn gate() -> (Gate, mpsc::Receiver<Caught>) {
        let (sender, caught) = mpsc::channel(1);
        let redirect = Arc::new("http://127.0.0.1:8766/callback".parse().unwrap());
        (Gate { redirect, expected: Arc::new(Some("s1".to_owned())), caught: sender }, caught)
    }

    async fn get(gate: &Gate, method: &str, path: &str) -> (u16, String) {
        let request = Request::builder().method(method).uri(path).body(axum::body::Body::empty()).unwrap();
        let response = Router::new().fallback(answer).with_state(gate.clone()).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn only_the_redirect_of_this_very_connection_counts() {
        let (gate, mut caught) = gate();
        assert_eq!(get(&gate, "GET", "/favicon.ico").await.0, 404);
        assert_eq!(get(&gate, "POST", "/callback?code=c&state=s1").await.0, 405);
        assert_eq!(get(&gate, "GET", "/callback?code=c&state=another").await.0, 400);
        assert_eq!(get(&gate, "GET", "/callback?state=s1").await.0, 400);
        assert!(caught.try_recv().is_err());
    }

    #[tokio::test]
    async fn the_browser_is_told_how_it_ended() {
        let (gate, mut caught) = gate();
        let told = tokio::spawn(async move {
            let Caught { address, browser } = caught.recv().await.unwrap();
            assert_eq!(address.as_str(), "http://127.0.0.1:8766/callback?code=c1&state=s1");
            browser.unwrap().send(Page { title: "Connected".into(), text: "to Smith & <Sons>".into() }).unwrap();
        });
        let (status, html) = get(&gate, "GET", "/callback?code=c1&state=s1").await;
        told.await.unwrap();
        assert_eq!(status, 200);
        assert!(html.contains("<h1>Connected</h1>") && html.contains("Smith &amp; &lt;Sons&gt;"), "{html}");
    }

    #[test]
    fn only_this_machines_own_addresses_are_listened_on() {
        let at = |url: &str| loopback(&url.parse().unwrap());
        assert_eq!(at("http://127.0.0.1:8766/callback").unwrap(), ["127.0.0.1:8766".parse().unwrap()]);
        assert_eq!(at("http://localhost/callback").unwrap().len(), 2);
        assert_eq!(at("https://casebridge.example/callback"), None);
        assert_eq!(at("https://127.0.0.1:8766/callback"), None, "no certificate here");
    }
}
