//! A plain HTTP client, so that nothing of casebridge's own is on both sides.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }

    pub(crate) fn location(&self) -> &str {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with("location:"));
        line.expect("it redirects")["location:".len()..].trim()
    }
}

/// `http://host:port/path?query` and nothing more.
pub(crate) fn get(url: &str) -> Answer {
    send("GET", url, "")
}

pub(crate) fn post(url: &str, body: &Value) -> Answer {
    send("POST", url, &body.to_string())
}

pub(crate) fn delete(url: &str) -> Answer {
    send("DELETE", url, "")
}

fn send(method: &str, url: &str, body: &str) -> Answer {
    with_headers(method, url, &[("content-type", "application/json")], body)
}

/// The same with headers of one's own.
pub(crate) fn with_headers(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let rest = url.strip_prefix("http://").expect("a plain address");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).expect("somebody listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let length = body.len();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request =
        format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("it is sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("it is answered");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("it has a number").port()
}
