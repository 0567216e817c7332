//! One request from end to end, and the sandbox as others hold it.
//!
//! Read the body; count the request; let a fault strike before the effect; ask the face; log what could have changed a portal;
//! let the fault strike after the effect; wait, if the fault says so; answer. All but reading and waiting happens under one
//! lock, which is never held across an await.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use axum::serve::ListenerExt;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::form_urlencoded;

use super::ask::{Answer, Ask, Payload};
use super::body::{BreaksOff, InChunks, Pattern, take_in};
use super::faults::{Ending, FaultKind, Side};
use super::transfers::Transfer;
use super::world::World;
use super::{case_status, control, hona, mycase, seed};

/// What a request may carry, uploads aside.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// How a sandbox begins.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many cases the firm has.
    pub cases: usize,
    /// The same seed gives the same firm, keys and ids.
    pub seed: u64,
    /// Whether requests beyond the vendors' rates are answered 429.
    pub rate_limits: bool,
    /// What the world's clock shows at the start.
    pub start: Timestamp,
}

/// One MyCase firm, one Case Status account and one Hona account. Clones share the same world.
#[derive(Clone)]
pub struct Sandbox {
    world: Arc<Mutex<World>>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

/// What the portals know: practice areas (Hona: project types) and their stages (phases), in the client's order.
#[must_use]
pub fn portal_stages() -> Vec<(String, Vec<String>)> {
    seed::portal_stages()
}

impl Sandbox {
    /// A new world; its clock begins to run.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { world: Arc::new(Mutex::new(World::new(&options))) }
    }

    /// All faces under one router, told apart by their first path segment.
    pub fn router(&self) -> Router {
        Router::new().fallback(serve_one).with_state(self.clone())
    }

    /// What `casebridge sandbox` prints, for a server that is reached at `base`, e.g. `http://127.0.0.1:9999`: addresses and
    /// keys of all faces (`commands.md`, "Answers in JSON"). Links in answers begin with `base` where a request does not name
    /// its host.
    #[must_use]
    pub fn handle(&self, base: &str) -> Value {
        let mut world = self.lock();
        world.set_base(base);
        let base = world.base();
        json!({
            "mycase": {
                "api_url": format!("{base}/mycase/v1"),
                "authorize_url": format!("{base}/mycase-auth/login_sessions/new"),
                "token_url": format!("{base}/mycase-auth/tokens"),
                "client_id": world.auth.client_id,
                "client_secret": world.auth.client_secret,
                "redirect_uri": world.auth.redirect_uri,
                "access_token": world.auth.fixed_token,
                "web_url": world.mycase.url,
            },
            "case_status": { "base_url": format!("{base}/case-status"), "api_key": world.case_status.api_key },
            "hona": { "base_url": format!("{base}/hona/partner/v2"), "api_key": world.hona.api_key },
            "control": format!("{base}/control"),
        })
    }

    /// Serves until `shutdown` is done; requests under way are answered first.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        // Answers are small and many; a socket that takes no such setting is served all the same.
        let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
        axum::serve(listener, self.router()).with_graceful_shutdown(shutdown).await
    }

    /// Looks at the world, or changes it, between two requests.
    pub fn with<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.lock();
        world.version += 1;
        look(&mut world)
    }

    /// A panic of another thread leaves the world usable: records are replaced whole.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of the sandbox an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Vendor(Side),
    /// Case Status' files that lie elsewhere.
    PortalFiles,
    Control,
}

const FACES: [(&str, Face); 7] = [
    ("/mycase/v1", Face::Vendor(Side::Mycase)),
    ("/mycase-auth", Face::Vendor(Side::Auth)),
    ("/mycase-files", Face::Vendor(Side::Files)),
    ("/case-status-files", Face::PortalFiles),
    ("/case-status", Face::Vendor(Side::CaseStatus)),
    ("/hona/partner/v2", Face::Vendor(Side::Hona)),
    ("/control", Face::Control),
];

/// The face, the base address it is under, and the path below that.
fn face(path: &str) -> Option<(Face, &'static str, &str)> {
    FACES.iter().find_map(|(prefix, face)| {
        let rest = path.strip_prefix(prefix)?;
        (rest.is_empty() || rest.starts_with('/')).then_some((*face, *prefix, rest))
    })
}

async fn serve_one(State(sandbox): State<Sandbox>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some((face, prefix, path)) = face(parts.uri.path()) else {
        let answer = Answer::json(404, &json!({ "faces": FACES.map(|(prefix, _)| prefix) }));
        return respond(answer, Ending::Whole, sandbox.lock().now());
    };
    let upload = face == Face::Vendor(Side::Files) && parts.method == Method::PUT;
    let (bytes, upload) = if upload {
        match take_in(body).await {
            Ok(upload) => (Bytes::new(), Some(upload)),
            Err(_cut_short) => (Bytes::new(), None),
        }
    } else {
        match axum::body::to_bytes(body, LARGEST_BODY).await {
            Ok(bytes) => (bytes, None),
            Err(_cut_short) => {
                return respond(Answer::empty(400), Ending::Whole, sandbox.lock().now());
            }
        }
    };
    let (answer, ending, wait, now) = {
        let mut world = sandbox.lock();
        let base = base(&parts, &world);
        let query = parts.uri.query().unwrap_or_default();
        let ask = Ask {
            path: path.trim_end_matches('/').to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            method: parts.method,
            headers: parts.headers,
            body: bytes,
            base,
            upload,
        };
        let (answer, ending, wait) = decide(&mut world, (face, prefix), &ask);
        (answer, ending, wait, world.now())
    };
    if let Some(wait) = wait {
        tokio::time::sleep(wait).await;
    }
    respond(answer, ending, now)
}

/// What the caller calls this server.
fn base(parts: &Parts, world: &World) -> String {
    let host = parts.uri.authority().map(|authority| authority.as_str());
    let host = host.or_else(|| parts.headers.get("host").and_then(|host| host.to_str().ok()));
    match host {
        Some(host) if !world.base().ends_with(&format!("//{host}")) => {
            format!("{}://{host}", parts.uri.scheme_str().unwrap_or("http"))
        }
        _known => world.base().to_owned(),
    }
}

fn decide(world: &mut World, (face, prefix): (Face, &str), ask: &Ask) -> (Answer, Ending, Option<Duration>) {
    if ask.method != Method::GET {
        world.version += 1;
    }
    let side = match face {
        Face::Control => return (control::answer(world, ask), Ending::Whole, None),
        Face::PortalFiles => Side::Files,
        Face::Vendor(side) => side,
    };
    world.count_request(side, &ask.method, &ask.pattern());
    let target = ask.target();
    let strike = world.faults.strike(side, &ask.method, &target);
    if let Some((answer, ending)) = strike.as_ref().and_then(|strike| strike.instead()) {
        log(world, side, prefix, ask, answer.status);
        return (answer, ending, None);
    }
    let answer = match side {
        Side::Mycase => mycase::answer(world, ask),
        Side::Auth => mycase::answer_auth(world, ask),
        Side::Files if face == Face::PortalFiles => case_status::storage(world, ask),
        Side::Files => mycase::storage(world, ask),
        Side::CaseStatus => case_status::answer(world, ask),
        Side::Hona => hona::answer(world, ask),
    };
    if matches!(side, Side::CaseStatus | Side::Hona) && ask.method != Method::GET {
        world.log_write(side, &ask.method, &ask.path, &ask.body, answer.status);
    }
    log(world, side, prefix, ask, answer.status);
    world.faults.remember(side, &ask.method, &target, &answer);
    match strike {
        None => (answer, Ending::Whole, None),
        Some(strike) => {
            let wait = match &strike.kind {
                FaultKind::Slow { millis } => Some(Duration::from_millis(*millis)),
                _other => None,
            };
            let (answer, ending) = strike.spoil(answer);
            (answer, ending, wait)
        }
    }
}

/// Remembers a request for or with bytes, also one that a fault kept from its effect: what it bore has gone out.
fn log(world: &mut World, side: Side, prefix: &str, ask: &Ask, status: u16) {
    if let Some(transfer) = Transfer::of(side, prefix, ask, status) {
        world.log_transfer(transfer);
    }
}

fn respond(answer: Answer, ending: Ending, now: Timestamp) -> Response {
    let told = (ending == Ending::Whole && !answer.chunked && !matches!(answer.status, 204 | 304)).then(|| answer.length());
    let chunked = answer.chunked;
    let body = match (answer.payload, ending) {
        (Payload::Bytes(bytes), Ending::Broken) => Body::new(BreaksOff(Some(bytes))),
        (Payload::Pattern { seed, length }, Ending::Broken) => {
            let some = vec![seed.to_le_bytes()[0]; usize::try_from(length.min(1 << 20)).unwrap_or(0)];
            Body::new(BreaksOff(Some(some.into())))
        }
        (Payload::Bytes(bytes), Ending::Whole) => Body::from(bytes),
        (Payload::Pattern { seed, length }, Ending::Whole) => Body::new(Pattern { seed, left: length }),
    };
    let mut response = Response::new(if chunked { Body::new(InChunks(body)) } else { body });
    *response.status_mut() = axum::http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    // A caller in the same process has no hyper that would say it.
    if let Some(length) = told {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    // The server's clock is the world's, so that time can pass for whoever reads it.
    if let Ok(date) = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now)
        && let Ok(value) = HeaderValue::from_str(&date)
    {
        headers.insert(axum::http::header::DATE, value);
    }
    response
}
