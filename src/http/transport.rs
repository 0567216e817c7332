//! The one seam to the outside: sockets, or a call into a router of the same process. Sends once; decides nothing.

use super::call::Call;
use super::error::HttpError;
use super::inflow::Inflow;
use super::outflow::Outflow;
use axum::Router;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

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

/// An answer; its body is whole, or on its way.
pub(super) struct Answer<B> {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: B,
}

impl Answer<Inflow> {
    /// The same with its body gathered.
    pub(super) async fn whole(self) -> Result<Answer<Bytes>, Broken> {
        let Answer { status, headers, body } = self;
        Ok(Answer { status, headers, body: body.whole().await? })
    }
}

impl Transport {
    /// Sockets with TLS by rustls and ring, trusting the system's certificates. Fails with [`HttpError::Setup`] when there are none.
    pub fn network() -> Result<Transport, HttpError> {
        // An Err says that this process has a provider already; any serves.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // What is sent again, and when, is decided in one place only (`retry.rs`).
            .retry(reqwest::retry::never().max_retries_per_request(0))
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

    /// Sends, with `body` in place of the call's own when there is one, and returns when the headers are there.
    pub(super) async fn open(&self, call: &Call, body: Option<Outflow>) -> Result<Answer<Inflow>, Broken> {
        match self {
            Transport::Network(client) => over_network(client, call, body).await,
            Transport::InProcess(router) => in_process(router.clone(), call, body).await,
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

async fn over_network(client: &reqwest::Client, call: &Call, body: Option<Outflow>) -> Result<Answer<Inflow>, Broken> {
    let mut request = reqwest::Request::new(call.method.clone(), call.url.clone());
    request.headers_mut().clone_from(&call.headers);
    if let Some(body) = body {
        // Said aloud, so that it is never sent in chunks of unknown number, which S3 does not take.
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.size_hint().lower()));
        *request.body_mut() = Some(reqwest::Body::wrap(body));
    } else if let Some(body) = &call.body {
        *request.body_mut() = Some(body.clone().into());
    }
    let mut response = client.execute(request).await.map_err(broken)?;
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let body = Inflow::network(response, &headers, &call.method);
    Ok(Answer { status, headers, body })
}

pub(super) fn broken(error: reqwest::Error) -> Broken {
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

async fn in_process(router: Router, call: &Call, body: Option<Outflow>) -> Result<Answer<Inflow>, Broken> {
    let not_made = |_| Broken { sent: false, text: "the request could not be made".to_owned(), source: None };
    let body = body.map(Body::new).or_else(|| call.body.clone().map(Body::from));
    let length = body.as_ref().map(|body| body.size_hint().lower());
    let request = Request::builder().method(call.method.clone()).uri(call.url.as_str());
    let mut request = request.body(body.unwrap_or_default()).map_err(not_made)?;
    *request.headers_mut() = call.headers.clone();
    let host = &call.url[url::Position::BeforeHost..url::Position::AfterPort];
    if let Ok(host) = HeaderValue::from_str(host) {
        request.headers_mut().insert(HOST, host);
    }
    if let Some(length) = length {
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    let (parts, body) = match router.oneshot(request).await {
        Ok(response) => response.into_parts(),
        Err(never) => match never {},
    };
    let body = Inflow::in_process(body, &parts.headers, &call.method);
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}
