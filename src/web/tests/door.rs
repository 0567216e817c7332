//! Who is let in, and what every answer bears.

use super::*;

#[tokio::test]
async fn a_foreign_name_a_foreign_machine_and_a_proxy_are_refused_without_a_token() {
    let page = Page::local();
    for host in ["evil.example:8787", "127.0.0.1:9999", ""] {
        let got = page.send("GET", "/", &[("host", host)], String::new()).await;
        assert!(got.status == 421 && got.body.contains("[web] listen"), "{host}: {}", got.body);
    }
    for proxy in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let got = page.send("GET", "/", &[(proxy, "192.0.2.9")], String::new()).await;
        assert!(got.status == 403 && got.body.contains("proxy"), "{proxy}");
    }
    let foreign = Page { peer: "192.0.2.7:5000", ..Page::local() };
    assert_eq!(foreign.get("/").await.status, 403);
    assert_eq!(foreign.get("/healthz").await.status, 200, "says nothing");
    assert_eq!(page.send("DELETE", "/firms/acme", &[], String::new()).await.status, 405);
}

#[tokio::test]
async fn a_form_counts_only_from_our_own_page_in_the_same_browser() {
    let page = Page::local();
    let proof = proof(&page.get("/firms/acme").await);
    let path = "/firms/acme/connect";
    for headers in
        [[("origin", "https://evil.example")], [("origin", "null")], [("sec-fetch-site", "cross-site")], [("sec-fetch-site", "same-site")]]
    {
        assert_eq!(page.post(path, &[], &proof, &headers).await.status, 403, "{headers:?}");
    }
    for wrong in ["", "00", "zz"] {
        let got = page.post(path, &[], wrong, &[]).await;
        assert!(got.status == 403 && got.body.contains("nothing was done"), "{}", got.body);
    }
    let cookie = page.cookie.lock().unwrap().take();
    assert_eq!(page.post(path, &[], &proof, &[]).await.status, 403, "without the cookie");
    *page.cookie.lock().unwrap() = cookie;
    let large = "x".repeat(20_000);
    assert_eq!(page.post(path, &[("who", &large)], &proof, &[]).await.status, 413);
    assert_eq!(page.changes(), []);
    assert_eq!(page.post(path, &[], &proof, &[]).await.status, 303, "an old browser says neither");
}

#[tokio::test]
async fn every_answer_bears_what_no_page_can_be_missing_and_the_cookie_is_ours_alone() {
    let page = Page::local();
    let first = page.get("/").await;
    let cookie = first.header("set-cookie");
    assert!(cookie.contains("; HttpOnly; SameSite=Strict") && !cookie.contains("Secure"), "{cookie}");
    for path in ["/", "/nowhere", "/static/page.css", "/healthz", "/metrics"] {
        let got = page.get(path).await;
        assert!(got.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"), "{path}");
        assert_eq!((got.header("x-content-type-options"), got.header("referrer-policy")), ("nosniff", "same-origin"), "{path}");
        let kept = if path.ends_with(".css") { "no-cache" } else { "no-store" };
        assert_eq!((got.header("cache-control"), got.header("set-cookie")), (kept, ""), "{path}");
    }
}

#[tokio::test]
async fn with_a_token_nobody_sees_anything_before_it_is_typed() {
    let page = Page::with_token();
    for path in ["/", "/firms/acme", "/firms/acme/connected"] {
        let got = page.get(path).await;
        assert_eq!(got.status, 303, "{path}");
        assert!(got.header("location").starts_with("/login?to="), "{path}");
    }
    assert_eq!(page.get("/metrics").await.status, 401);
    assert_eq!((page.get("/healthz").await.status, page.get("/static/page.css").await.status), (200, 200));
    let blind = page.submit("/login", "/firms/acme/connect", &[]).await;
    assert_eq!(blind.status, 403);
    assert!(page.asked.lock().unwrap().is_empty());

    let wrong = page.submit("/login", "/login", &[("token", "a-guess"), ("to", "/firms/acme")]).await;
    assert!(wrong.status == 403 && wrong.body.contains("That is not the token") && !wrong.body.contains("a-guess"), "{}", wrong.body);
    let before = page.cookie.lock().unwrap().clone();
    let right = page.submit("/login", "/login", &[("token", TOKEN), ("to", "/firms/acme")]).await;
    assert_eq!((right.status, right.header("location")), (303, "/firms/acme"));
    assert!(*page.cookie.lock().unwrap() != before && !right.header("set-cookie").contains(TOKEN));
    assert_eq!(page.get("/firms/acme").await.status, 200);
    assert_eq!(page.get("/metrics").await.status, 200);
    assert_eq!(page.submit("/", "/logout", &[]).await.status, 303);
    assert_eq!(page.get("/firms/acme").await.status, 303, "signed out");
}

#[tokio::test]
async fn after_signing_in_a_browser_stays_here() {
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
        let page = Page::with_token();
        let right = page.submit("/login", "/login", &[("token", TOKEN), ("to", elsewhere)]).await;
        assert_eq!(right.header("location"), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_forms_and_programs_together() {
    let page = Page::with_token();
    let bearer = |token: &'static str| async { page.send("GET", "/metrics", &[("authorization", token)], String::new()).await.status };
    assert_eq!(bearer("Bearer a-token-that-nobody-guesses").await, 200);
    for _ in 0..5 {
        assert_eq!(bearer("Bearer a-guess").await, 401);
    }
    assert_eq!(bearer("Bearer a-token-that-nobody-guesses").await, 429, "not looked at");
    let form = page.submit("/login", "/login", &[("token", TOKEN)]).await;
    assert!(form.status == 429 && form.header("retry-after").parse::<u64>().unwrap() > 0);
    let other = Page { peer: "198.51.100.1:1", router: page.router.clone(), cookie: Mutex::default(), ..Page::with_token() };
    assert_eq!(other.submit("/login", "/login", &[("token", TOKEN)]).await.status, 303, "who guesses locks nobody else out");
}

#[tokio::test]
async fn a_browser_that_another_site_sends_is_sent_on_by_a_page_of_ours_and_keeps_its_cookie() {
    for page in [Page::local(), Page::with_token()] {
        let got = page.send("GET", "/firms/acme/connected", &[("sec-fetch-site", "cross-site")], String::new()).await;
        assert!(got.status == 200 && got.body.contains("http-equiv=\"refresh\""), "{}", got.body);
        assert_eq!(got.header("set-cookie"), "", "one that it holds back is not overwritten");
    }
}

#[tokio::test]
async fn behind_a_proxy_with_a_path_every_link_stays_below_it() {
    let proxied = |path: &'static str| async move {
        let page =
            Page { host: "bridge.example.com", ..Page::new("127.0.0.1:8787", Some("https://bridge.example.com/sync"), Some(TOKEN), false) };
        let proof = proof(&page.get("/sync/login").await);
        let headers = [("origin", "https://bridge.example.com"), ("x-forwarded-for", "192.0.2.9 (Jo)")];
        let right = page.post("/sync/login", &[("token", TOKEN)], &proof, &headers).await;
        assert!(right.header("set-cookie").contains("; Secure"), "{}", right.header("set-cookie"));
        assert_eq!(right.header("location"), "/sync/");
        page.get(path).await
    };
    for path in ["/sync", "/sync/", "/"] {
        let got = proxied(path).await;
        assert!(got.status == 200 && got.body.contains("href=\"&#x2f;sync/firms/acme\""), "{path}: {}", got.body);
    }
}

#[tokio::test]
async fn what_a_proxy_claims_is_kept_as_its_claim() {
    let page = Page::with_token();
    assert_eq!(page.submit("/login", "/login", &[("token", TOKEN)]).await.status, 303);
    let path = "/firms/acme/plans/p-12ab34cd/approve";
    let proof = proof(&page.get(path).await);
    page.post(path, &[("who", "Jo")], &proof, &[("x-forwarded-for", "10.0.0.7")]).await;
    assert_eq!(page.changes()[0].1, "Jo, at the web page (192.0.2.7, which says it asks for 10.0.0.7)");
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_hangs_is_said_and_nobody_waits_for_ever() {
    let mut held = Vec::new();
    let page = Page::asking(move |message| held.push(message));
    for path in ["/", "/firms/acme", "/metrics", "/healthz", "/readyz"] {
        let got = page.get(path).await;
        assert!(got.status == 503 && got.body.contains("does not answer") | got.body.contains("did not answer"), "{path}: {}", got.body);
    }
}

/// A page on a socket of its own, for as long as the sender lives.
async fn on_a_socket() -> (std::net::SocketAddr, watch::Sender<bool>, mpsc::Receiver<Message>) {
    let (messages, inbox) = mpsc::channel(8);
    let clock = Clock::simulated(Timestamp::UNIX_EPOCH);
    let settings = Settings { listen: "127.0.0.1:0".parse().unwrap(), public_url: None, token: None, show_names: false, clock };
    let listener = Listener::bind(settings).await.unwrap();
    let at = listener.doors().0[0].clone();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(listener.serve(Handle::new(messages), stopped));
    (format!("{}:{}", at.host_str().unwrap(), at.port().unwrap()).parse().unwrap(), stop, inbox)
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_half_a_request_is_let_go() {
    let (at, _stop, _inbox) = on_a_socket().await;
    let mut peer = TcpStream::connect(at).await.unwrap();
    peer.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
    let mut rest = Vec::new();
    let let_go = tokio::time::timeout(Duration::from_secs(20), peer.read_to_end(&mut rest)).await;
    assert!(let_go.is_ok(), "it is held on to");
}

#[tokio::test]
async fn a_head_without_end_is_refused_and_not_gathered() {
    let (at, _stop, _inbox) = on_a_socket().await;
    let mut peer = TcpStream::connect(at).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nhost: {at}\r\nx-long: {}", "a".repeat(1 << 20));
    // It hangs up while the rest is being sent.
    drop(peer.write_all(head.as_bytes()).await);
    let mut said = Vec::new();
    drop(peer.read_to_end(&mut said).await);
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test]
async fn more_connections_than_there_is_room_for_wait_until_one_ends() {
    let (at, _stop, _inbox) = on_a_socket().await;
    let mut full = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut peer = TcpStream::connect(at).await.unwrap();
        ask_for_the_style(&mut peer, at).await;
        full.push(peer);
    }
    let mut late = TcpStream::connect(at).await.unwrap();
    late.write_all(style(at).as_bytes()).await.unwrap();
    for peer in &mut full {
        ask_for_the_style(peer, at).await;
    }
    assert_eq!(late.try_read(&mut [0; 1]).map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock));
    drop(full.pop());
    answered(&mut late).await;
}

fn style(at: std::net::SocketAddr) -> String {
    format!("GET /static/page.css HTTP/1.1\r\nhost: {at}\r\n\r\n")
}

async fn ask_for_the_style(peer: &mut TcpStream, at: std::net::SocketAddr) {
    peer.write_all(style(at).as_bytes()).await.unwrap();
    answered(peer).await;
}

/// Reads one whole answer.
async fn answered(peer: &mut TcpStream) {
    let (mut got, mut piece) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let read = peer.read(&mut piece).await.unwrap();
        assert_ne!(read, 0, "it hung up");
        got.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&got);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() >= length.parse::<usize>().unwrap() {
            return;
        }
    }
}
