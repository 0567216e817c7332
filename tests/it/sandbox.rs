//! The sandbox through its router: what the vendors' documents promise, and the faults it makes on demand.

mod control;
mod data;
mod faults;
mod given;
mod mycase;
mod portals;
mod storage;
mod years;

use axum::body::Body;
use axum::http::Request;
use casebridge::sandbox::{Options, Sandbox};
use serde_json::Value;
use tower::ServiceExt;

/// A sandbox and somebody who calls it in the same process.
struct Caller {
    sandbox: Sandbox,
    handle: Value,
}

/// An answer, read to its end.
struct Reply {
    status: u16,
    headers: axum::http::HeaderMap,
    /// The body, or the transport's error.
    body: Result<Vec<u8>, String>,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_slice(self.body.as_ref().expect("the connection held")).expect("the body is JSON")
    }

    fn list(&self) -> Vec<Value> {
        self.json().as_array().expect("the body is a list").clone()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        Some(link[link.find('<')? + 1..link.find('>')?].to_owned())
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.body.as_ref().expect("the connection held")).into_owned()
    }
}

impl Caller {
    /// A world of so many cases, without rate limits.
    fn new(cases: usize) -> Self {
        Self::with(cases, false)
    }

    fn with(cases: usize, rate_limits: bool) -> Self {
        let start = "2026-03-02T09:00:00Z".parse().expect("a time");
        let sandbox = Sandbox::new(Options { cases, seed: 7, rate_limits, start });
        let handle = sandbox.handle("http://sandbox.internal");
        Self { sandbox, handle }
    }

    fn of(&self, side: &str, key: &str) -> String {
        self.handle[side][key].as_str().expect("the handle names it").to_owned()
    }

    async fn send(&self, method: &str, url: &str, authorization: Option<&str>, body: Option<Value>) -> Reply {
        let mut request = Request::builder().method(method).uri(url);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.call(request.header("content-type", "application/json").body(body).expect("a request")).await
    }

    async fn call(&self, request: Request<Body>) -> Reply {
        let response = self.sandbox.router().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.map(|bytes| bytes.to_vec()).map_err(|error| error.to_string());
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// A request to MyCase's API; `path` below it, or a whole address.
    async fn mycase(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.of("mycase", "api_url")) };
        let token = format!("Bearer {}", self.of("mycase", "access_token"));
        self.send(method, &url, Some(&token), body).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.mycase("GET", path, None).await
    }

    /// Every item of a list, page after page.
    async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(path) = next {
            let reply = self.get(&path).await;
            assert_eq!(reply.status, 200);
            items.extend(reply.list());
            next = reply.next();
        }
        items
    }

    async fn case_status(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let url = format!("{}{path}", self.of("case_status", "base_url"));
        let key = format!("ApiKey {}", self.of("case_status", "api_key"));
        self.send(method, &url, Some(&key), body).await
    }

    async fn hona(&self, path: &str, body: Value) -> Reply {
        let url = format!("{}{path}", self.of("hona", "base_url"));
        let key = format!("Bearer {}", self.of("hona", "api_key"));
        self.send("PUT", &url, Some(&key), Some(body)).await
    }

    async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let url = format!("{}{path}", self.handle["control"].as_str().expect("the handle names it"));
        self.send(method, &url, None, body).await
    }

    /// A token request with the right credentials.
    async fn tokens(&self, mut fields: Value) -> Reply {
        fields["client_id"] = self.handle["mycase"]["client_id"].clone();
        fields["client_secret"] = self.handle["mycase"]["client_secret"].clone();
        self.send("POST", &self.of("mycase", "token_url"), None, Some(fields)).await
    }

    /// An authorisation code, for the registered redirect address.
    async fn code(&self) -> String {
        let redirect = self.of("mycase", "redirect_uri");
        let url = format!(
            "{}?client_id={}&redirect_uri={redirect}&response_type=code&state=s%201",
            self.of("mycase", "authorize_url"),
            self.of("mycase", "client_id")
        );
        let reply = self.send("GET", &url, None, None).await;
        assert_eq!(reply.status, 302);
        let location = reply.header("location").expect("it redirects").to_owned();
        assert!(location.starts_with(&redirect) && location.ends_with("&state=s+1"));
        let from = location.find("code=").expect("it carries a code") + 5;
        location[from..].split('&').next().expect("the code").to_owned()
    }

    /// Access and refresh token of a new connection.
    async fn connect(&self) -> (String, String) {
        let code = self.code().await;
        let redirect = self.of("mycase", "redirect_uri");
        let reply = self.tokens(serde_json::json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": redirect })).await;
        assert_eq!(reply.status, 200);
        let pair = reply.json();
        assert!(pair["firm_uuid"].is_string() && pair["expires_in"] == 86400);
        token_pair(&pair)
    }
}

fn token_pair(answer: &Value) -> (String, String) {
    let text = |name: &str| answer[name].as_str().expect("a token").to_owned();
    (text("access_token"), text("refresh_token"))
}
