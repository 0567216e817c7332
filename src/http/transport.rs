//! The one seam to the outside: sockets, or a call into a router of the same process. Sends once; decides nothing.

use super::call::Call;
use super::error::HttpError;
use axum::Router;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// An answer may be this long: 1000 cases with everything are below 4 MiB.
const LONGEST_BODY: usize = 64 * 1024 * 1024;
/// A host that does not take a connection in this time is down.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// Where requests go. Cheap to clone.
#[derive(Clone)]
pub enum Transport {
    /// To the network.
    Network(reqwest::Client),
    /// Into a router of this process. The URL's host is not looked up, but passed on (absolute URI and `Host`).
    InProcess(Router),
}

/// A request that brought no whole answer.
pub(super) struct Broken {
    /// False when it surely never left.
    pub(super) sent: bool,
    pub(super) text: String,
    pub(super) source: Option<Arc<dyn Error + Send + Sync>>,
}

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Transport {
    /// Sockets with TLS by rustls and ring, trusting the system's certificates. Fails with [`HttpError::Setup`] when there are none.
    pub fn network() -> Result<Transport, HttpError> {
        // An Err says that this process has a provider already; any serves.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .user_agent(concat!("casebridge/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HttpError::Setup(Arc::new(error)))?;
        Ok(Transport::Network(client))
    }

    /// Whether chance must be repeatable here.
    pub(super) fn is_simulated(&self) -> bool {
        matches!(self, Transport::InProcess(_))
    }

    pub(super) async fn send(&self, call: &Call) -> Result<Answer, Broken> {
        match self {
            Transport::Network(client) => over_network(client, call).await,
            Transport::InProcess(router) => in_process(router.clone(), call).await,
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Transport::Network(_) => "Transport::Network",
            Transport::InProcess(_) => "Transport::InProcess",
        })
    }
}

async fn over_network(client: &reqwest::Client, call: &Call) -> Result<Answer, Broken> {
    let mut request = client.request(call.method.clone(), call.url.clone()).headers(call.headers.clone());
    if let Some(body) = &call.body {
        request = request.body(body.clone());
    }
    let mut response = request.send().await.map_err(broken)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > LONGEST_BODY {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze() })
}

fn broken(error: reqwest::Error) -> Broken {
    // The URL may hold query values; the caller names the path.
    let error = error.without_url();
    let sent = !error.is_connect() && !error.is_builder();
    let text = if error.is_builder() {
        "the request could not be made"
    } else if error.is_connect() && error.is_timeout() {
        "no connection within 10 s"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_body() || error.is_decode() {
        "the answer was cut off"
    } else {
        "the connection broke before the answer"
    };
    Broken { sent, text: text.to_owned(), source: Some(Arc::new(error)) }
}

fn too_long() -> Broken {
    Broken { sent: true, text: format!("the answer is longer than {} MiB", LONGEST_BODY / 1024 / 1024), source: None }
}

async fn in_process(router: Router, call: &Call) -> Result<Answer, Broken> {
    let not_made = |_| Broken { sent: false, text: "the request could not be made".to_owned(), source: None };
    let body = call.body.clone().map_or_else(Body::empty, Body::from);
    let mut request = Request::builder().method(call.method.clone()).uri(call.url.as_str()).body(body).map_err(not_made)?;
    *request.headers_mut() = call.headers.clone();
    let host = &call.url[url::Position::BeforeHost..url::Position::AfterPort];
    if let Ok(host) = HeaderValue::from_str(host) {
        request.headers_mut().insert(HOST, host);
    }
    if let Some(body) = &call.body {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    let (parts, body) = match router.oneshot(request).await {
        Ok(response) => response.into_parts(),
        Err(never) => match never {},
    };
    let body = axum::body::to_bytes(body, LONGEST_BODY).await.map_err(|error| Broken {
        sent: true,
        text: "the answer was cut off".to_owned(),
        source: Some(Arc::new(error)),
    })?;
    // A socket notices an answer shorter than announced; so does this one.
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|announced| announced > body.len()) && call.method != Method::HEAD {
        return Err(Broken { sent: true, text: "the answer was cut off".to_owned(), source: None });
    }
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}
