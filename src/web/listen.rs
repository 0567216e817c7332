//! The listener: bound before the daemon runs, so that an address that cannot be had ends the start; then one task per
//! connection, with an end to everything a slow or idle peer could hold on to.

use super::addresses::Addresses;
use super::router::router;
use super::session::{Keys, SHORTEST_TOKEN};
use super::site::{Settings, Site};
use crate::daemon::{Doors, Handle};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

/// A request's head has to come within this, and the next one after an answer, too.
const HEAD: Duration = Duration::from_secs(15);
/// No connection lives longer, whatever is read or written on it: browsers open another.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// More wait in the system's queue.
pub(super) const CONNECTIONS: usize = 128;
/// How long answers that are on their way may take when the daemon ends.
const LAST_ANSWERS: Duration = Duration::from_secs(3);
/// After the system refused a connection (no file handles left, most likely).
const REFUSED: Duration = Duration::from_secs(1);

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The address cannot be had.
    #[error("the page cannot listen on {listen}; write another address under [web] listen in casebridge.toml, or \"\" for no page")]
    Bind {
        /// The address.
        listen: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The token is too short.
    #[error("the page's token has fewer than {SHORTEST_TOKEN} characters and could be guessed; make one with: openssl rand -hex 24")]
    ShortToken,
    /// No token, and others can reach it.
    #[error("the page would be open to other machines without a token: write token under [web] in casebridge.toml")]
    NoToken,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers, so the page cannot tell one browser from another")]
    NoRandom,
}

/// A listener that is bound and not yet served.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    addresses: Addresses,
    settings: Settings,
}

impl Listener {
    /// Binds the address. Must be called within a tokio runtime.
    pub async fn bind(settings: Settings) -> Result<Listener, WebError> {
        match &settings.token {
            Some(token) if token.expose_secret().chars().count() < SHORTEST_TOKEN => return Err(WebError::ShortToken),
            // The file's check says so with its line; this is the second lock on the same door.
            None if !settings.listen.ip().is_loopback() => return Err(WebError::NoToken),
            Some(_) | None => {}
        }
        let listen = settings.listen;
        let bound = |source| WebError::Bind { listen, source };
        let socket = TcpListener::bind(listen).await.map_err(bound)?;
        let listen = socket.local_addr().map_err(bound)?;
        Ok(Listener { socket, addresses: Addresses::new(listen, settings.public_url.clone()), settings })
    }

    /// Where MyCase may send a browser back to.
    pub fn doors(&self) -> Doors {
        self.addresses.doors()
    }

    /// Serves until `stop` says true and the answers under way are given.
    pub async fn serve(self, daemon: Handle, mut stop: watch::Receiver<bool>) -> Result<(), WebError> {
        let Listener { socket, addresses, settings: Settings { token, show_names, clock, listen: _, public_url: _ } } = self;
        let keys = Keys::new(token).ok_or(WebError::NoRandom)?;
        let base = addresses.base();
        if let Ok(listen) = socket.local_addr() {
            tracing::info!(%listen, "the page is at http://{listen}{base}/");
        }
        let router = router(Arc::new(Site::new(daemon, clock, addresses, keys, show_names)));
        let (connections, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
        loop {
            let accepted = async {
                // The semaphore is never closed.
                let permit = room.clone().acquire_owned().await;
                (permit, socket.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                // An error says that nobody can tell us any more: that is a stop, too.
                _ = stop.wait_for(|stop| *stop) => break,
                accepted = accepted => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let served = connection(stream, peer, router.clone(), &connections);
                    tokio::spawn(async move {
                        served.await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the page could not take a connection");
                    sleep(REFUSED).await;
                }
            }
        }
        drop(socket);
        if timeout(LAST_ANSWERS, connections.shutdown()).await.is_err() {
            tracing::debug!("somebody at the page did not take the last answer");
        }
        Ok(())
    }
}

/// Serves one connection to its end.
fn connection(stream: TcpStream, peer: SocketAddr, router: Router, connections: &GracefulShutdown) -> impl Future<Output = ()> + use<> {
    let service = tower::service_fn(move |request: Request<_>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let served = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let served = connections.watch(served);
    async move {
        match timeout(LIFE, served).await {
            Ok(Ok(())) => {}
            // Half a request, a closed window: nobody's trouble but theirs.
            Ok(Err(error)) => tracing::debug!(%error, "a connection to the page ended early"),
            Err(_) => tracing::debug!("a connection to the page had lived long enough"),
        }
    }
}

/// Who is at the other end of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer(pub(super) SocketAddr);
