//! What one firm works with: [`Hands`] are what it has open and keep their place when the file changes; an [`Engine`] is
//! those hands with one version of the firm's file. A run keeps the engine it began with.

use super::{ConnectEnded, Counters, RunError, connection};
use crate::config::Firm;
use crate::domain::{Fingerprinter, FirmId, Listing};
use crate::http::{Clock, HttpClient, Limiters, Transport};
use crate::load::SecretError;
use crate::mycase::{self, Session, SharedTokens};
use crate::plan::ApprovedPlan;
use crate::portal::{PortalReader, PortalWriter};
use crate::store::{Store, StoreError, Vault};
use camino::Utf8PathBuf;
use secrecy::{ExposeSecret, SecretString};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// What one firm has open, shared by every engine of the firm.
pub struct Hands {
    /// The firm.
    pub firm: FirmId,
    /// Its state.
    pub store: Store,
    /// Its fingerprints.
    pub prints: Fingerprinter,
    /// The clock.
    pub clock: Clock,
    /// What was done since they were opened.
    pub counters: Counters,
    transport: Transport,
    limiters: Arc<Limiters>,
    /// The firm's tokens: one pair and one refresher, whatever the file says meanwhile. Read from the state at first need.
    tokens: Mutex<Option<SharedTokens>>,
    /// The session of the settings in force; engines share it while these are the same.
    session: Mutex<Option<(String, Arc<Session>, HttpClient)>>,
    /// The portal's client: engines share its rate while the portal is the same.
    portal: Mutex<Option<(String, HttpClient)>>,
    /// What a pending `connect` must find in the redirect.
    pub(crate) pending_state: Mutex<Option<String>>,
    /// How the last `connect` ended; emptied when another begins.
    pub(crate) connect_ended: Mutex<Option<ConnectEnded>>,
    /// At most one run that writes cases.
    pub(crate) running: tokio::sync::Mutex<()>,
    /// At most one run that carries documents, beside it.
    pub(crate) carrying_documents: tokio::sync::Mutex<()>,
    /// At most one run that carries messages, beside both.
    pub(crate) carrying_messages: tokio::sync::Mutex<()>,
    /// Where documents go; no token goes there.
    storage: HttpClient,
    /// A folder for what has to lie on the disk for a while; made when it is needed.
    pub(crate) scratch: Utf8PathBuf,
    stop: watch::Receiver<bool>,
}

impl std::fmt::Debug for Hands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hands({})", self.firm)
    }
}

impl Hands {
    /// The hands of the firm whose state this is. Runs end early, after the change in flight, once `stop` says true. `scratch` is a folder of
    /// casebridge's own beside the state.
    pub fn new(
        store: Store,
        vault: &Vault,
        clock: Clock,
        transport: Transport,
        limiters: Arc<Limiters>,
        scratch: Utf8PathBuf,
        stop: watch::Receiver<bool>,
    ) -> Arc<Hands> {
        let firm = store.firm().clone();
        let prints = vault.fingerprinter(&firm);
        let (tokens, session, portal, pending_state) = (Mutex::default(), Mutex::default(), Mutex::default(), Mutex::default());
        let connect_ended = Mutex::default();
        let (running, carrying_documents, carrying_messages) = Default::default();
        let counters = Counters::default();
        let storage = mycase::storage_client(transport.clone()).counting(counters.storage.clone());
        Arc::new(Hands {
            firm,
            store,
            prints,
            clock,
            counters,
            transport,
            limiters,
            tokens,
            session,
            portal,
            pending_state,
            connect_ended,
            running,
            carrying_documents,
            carrying_messages,
            storage,
            scratch,
            stop,
        })
    }

    /// Whether a `connect` under way waits for a redirect that bears this state.
    pub(crate) fn waits_for(&self, state: &str) -> bool {
        lock(&self.pending_state).as_deref() == Some(state)
    }

    /// Whether the process is about to end.
    pub(crate) fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// The firm's tokens. The only way to another pair, or to none, is through them, so that no refresh under way undoes it.
    pub(crate) fn tokens(&self) -> Result<SharedTokens, StoreError> {
        let mut held = lock(&self.tokens);
        if let Some(tokens) = held.as_ref() {
            return Ok(tokens.clone());
        }
        let tokens = SharedTokens::new(connection::stored(&self.store)?);
        *held = Some(tokens.clone());
        Ok(tokens)
    }

    /// Returns when no refresh is under way: a process that ends then loses no answer.
    pub async fn settled(&self) {
        let tokens = lock(&self.tokens).clone();
        if let Some(tokens) = tokens {
            tokens.settled().await;
        }
    }
}

/// The secrets of one firm; what could not be read is said when it is needed.
pub struct EngineSecrets {
    /// MyCase's client secret.
    pub mycase: Result<SecretString, SecretError>,
    /// The portal's key.
    pub portal: Result<SecretString, SecretError>,
}

/// One version of a firm's file, with the hands to act on it.
pub struct Engine {
    /// The file.
    pub firm: Arc<Firm>,
    /// The hands.
    pub hands: Arc<Hands>,
    secrets: EngineSecrets,
    /// What a portal that cannot be listed already holds, when the file names a list.
    existing: Option<Listing>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.firm.id)
    }
}

impl Engine {
    /// An engine; costs nothing and asks nobody.
    pub fn new(firm: Arc<Firm>, hands: Arc<Hands>, secrets: EngineSecrets, existing: Option<Listing>) -> Engine {
        Engine { firm, hands, secrets, existing }
    }

    /// The state.
    pub fn store(&self) -> &Store {
        &self.hands.store
    }

    /// What the file's `portal.existing` names.
    pub(crate) fn existing(&self) -> Option<&Listing> {
        self.existing.as_ref()
    }

    /// MyCase's client secret.
    pub(crate) fn mycase_secret(&self) -> Result<&SecretString, RunError> {
        self.secrets.mycase.as_ref().map_err(|why| RunError::Secret(why.to_string()))
    }

    /// The portal's key.
    pub(crate) fn portal_key(&self) -> Result<&SecretString, RunError> {
        self.secrets.portal.as_ref().map_err(|why| RunError::Secret(why.to_string()))
    }

    /// The HTTP client for MyCase and its token address, and the session over it. The session is made anew when the
    /// account, the addresses or the secret changed; the tokens stay one.
    pub(crate) fn session(&self) -> Result<(Arc<Session>, HttpClient), RunError> {
        let settings = &self.firm.mycase;
        let secret = self.mycase_secret()?;
        let secret_print = self.hands.prints.of([secret.expose_secret().as_bytes()]);
        let key = format!("{} {} {} {secret_print}", settings.client_id, settings.token_url, settings.api_url);
        let mut held = lock(&self.hands.session);
        if let Some((known, session, http)) = held.as_ref()
            && *known == key
        {
            return Ok((session.clone(), http.clone()));
        }
        let http = self.mycase_http();
        let record = connection::record(self.store(), &self.firm.id, self.hands.clock);
        let session = Arc::new(Session::over(http.clone(), settings, secret, self.hands.tokens()?, record, self.hands.clock));
        *held = Some((key, session.clone(), http.clone()));
        Ok((session, http))
    }

    /// A client for MyCase within the budget of the firm's OAuth client.
    pub(crate) fn mycase_http(&self) -> HttpClient {
        let limiter = self.hands.limiters.of(&self.firm.mycase.client_id);
        HttpClient::new(self.hands.transport.clone(), "MyCase", limiter, 4).counting(self.hands.counters.mycase.clone())
    }

    /// Reads MyCase.
    pub(crate) fn mycase(&self) -> Result<mycase::Reader, RunError> {
        let (session, http) = self.session()?;
        Ok(mycase::Reader::new(http, session, self.firm.mycase.api_url.clone()))
    }

    /// Adds documents and notes to MyCase.
    pub(crate) fn mycase_writer(&self) -> Result<mycase::Writer, RunError> {
        let (session, http) = self.session()?;
        Ok(mycase::Writer::new(http, self.hands.storage.clone(), session, self.firm.mycase.api_url.clone()))
    }

    fn portal_http(&self) -> HttpClient {
        let portal = &self.firm.portal;
        let key = format!("{} {} {} {}", portal.kind, portal.base_url, portal.profile.requests_per_second, portal.profile.in_flight);
        let mut held = lock(&self.hands.portal);
        match held.as_ref() {
            Some((known, http)) if *known == key => http.clone(),
            _ => {
                let http =
                    crate::portal::client(self.hands.transport.clone(), &portal.profile).counting(self.hands.counters.portal.clone());
                *held = Some((key, http.clone()));
                http
            }
        }
    }

    /// Reads the portal.
    pub(crate) fn portal_reader(&self) -> Result<PortalReader, RunError> {
        let portal = &self.firm.portal;
        let key = self.portal_key()?.clone();
        Ok(PortalReader::new(self.portal_http(), portal.profile.clone(), portal.base_url.clone(), key))
    }

    /// The only way to a writer: an approved plan is in hand.
    pub(crate) fn portal_writer(&self, _approved: &ApprovedPlan) -> Result<PortalWriter, RunError> {
        let portal = &self.firm.portal;
        let key = self.portal_key()?.clone();
        Ok(PortalWriter::new(self.portal_http(), portal.profile.clone(), portal.base_url.clone(), key))
    }

    /// Requests made so far to MyCase (its storage among it) and to the portal.
    pub(crate) fn requests(&self) -> super::Requests {
        self.hands.counters.requests()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
