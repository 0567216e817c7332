//! A handle of the running daemon: what the control socket and the local page ask, they ask through it. Every request is a
//! [`Message`] to the event loop; it decides nothing.

use super::message::{Alive, Message, Refusal, ReloadAnswer, STATUS_PAGE, StatusAnswer};
use crate::domain::FirmId;
use crate::operations::{Answer, Ask, Caller, FirmStatus, Secret};
use crate::sync::Progress;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// A loop that turns answers within this, however busy it is.
const TURNS: Duration = Duration::from_secs(5);

/// Where requests for the event loop go.
#[derive(Debug, Clone)]
pub struct Handle(mpsc::Sender<Message>);

impl Handle {
    /// A handle of whoever reads the other end.
    pub fn new(messages: mpsc::Sender<Message>) -> Handle {
        Handle(messages)
    }

    /// Asks one firm.
    pub async fn ask(&self, firm: FirmId, ask: Ask, by: Caller) -> Result<Answer, Refusal> {
        self.begin(firm, ask, by, Progress::silent()).await?.await.map_err(|_| stopping())?
    }

    /// Asks one firm; the answer comes later, and steps of the run meanwhile.
    pub(super) async fn begin(
        &self,
        firm: FirmId,
        ask: Ask,
        by: Caller,
        progress: Progress,
    ) -> Result<oneshot::Receiver<Result<Answer, Refusal>>, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Ask { firm, ask, by, progress, reply }).await?;
        Ok(answer)
    }

    /// How everything stands.
    pub async fn status(&self) -> Result<StatusAnswer, Refusal> {
        let mut all = self.status_page(None).await?;
        let mut last = after(&all.firms);
        while last.is_some() {
            let page = self.status_page(last).await?;
            last = after(&page.firms);
            all.firms.extend(page.firms);
        }
        Ok(all)
    }

    /// The same with one page of the firms: those that come after one.
    pub(super) async fn status_page(&self, after: Option<FirmId>) -> Result<StatusAnswer, Refusal> {
        self.exchange(|reply| Message::Status { after, reply }).await
    }

    /// How everything stands, as Prometheus text.
    pub async fn metrics(&self) -> Result<String, Refusal> {
        self.exchange(|reply| Message::Metrics { reply }).await?
    }

    /// Whether the loop turns; else a sentence for whoever asks on behalf of a supervisor.
    pub async fn healthy(&self) -> Result<(), &'static str> {
        self.alive().await.map(drop)
    }

    /// Whether the folder was read and the daemon is not about to end. One bad firm is that firm's trouble alone.
    pub async fn ready(&self) -> Result<(), &'static str> {
        if self.alive().await?.ready { Ok(()) } else { Err("the daemon is starting, or about to end") }
    }

    async fn alive(&self) -> Result<Alive, &'static str> {
        match timeout(TURNS, self.exchange(|reply| Message::Alive { reply })).await {
            Ok(Ok(alive)) => Ok(alive),
            Ok(Err(_)) | Err(_) => Err("the daemon does not answer"),
        }
    }

    /// Which firm waits for a redirect from MyCase that bears this state.
    pub async fn connecting(&self, state: Secret) -> Result<Option<FirmId>, Refusal> {
        self.exchange(|reply| Message::Connecting { state, reply }).await
    }

    /// Reads the folder now, and says what came of each file.
    pub(super) async fn reload(&self) -> Result<ReloadAnswer, Refusal> {
        self.exchange(|reply| Message::Reload { reply }).await
    }

    /// Reads the folder soon; nobody waits for the verdicts.
    pub(super) async fn reload_soon(&self) -> Result<(), Refusal> {
        self.send(Message::Reload { reply: oneshot::channel().0 }).await
    }

    async fn send(&self, message: Message) -> Result<(), Refusal> {
        self.0.send(message).await.map_err(|_| stopping())
    }

    async fn exchange<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.send(message(reply)).await?;
        answer.await.map_err(|_| stopping())
    }
}

/// After which firm the next page begins; `None` after the last.
pub(super) fn after(page: &[FirmStatus]) -> Option<FirmId> {
    page.get(STATUS_PAGE - 1).map(|last| last.firm.clone())
}

/// The daemon is about to end.
pub(super) fn stopping() -> Refusal {
    Refusal::new("stopping", "the daemon is about to end; what was under way stands in the journal, the next run goes on with it")
}
