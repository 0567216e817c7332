//! One run of one firm: read, map, plan, brake, apply, settle, report. This page is the contract.
//!
//! # Flow
//!
//! 1. `bind`: the file points at the accounts the state belongs to, or nothing happens.
//! 2. `settle`: what an earlier run sent without learning the outcome is looked up.
//! 3. `study`: MyCase (and, on a first run or when everything is compared, the portal) is read and planned. Readers only. Of a
//!    case that MyCase shows by the very text by which it was in step the last time nothing is read but that (`known`).
//! 4. `resume`: what an earlier run left goes on if it would be planned the same today, and waits while nobody can say.
//! 5. The brakes ([`crate::plan::guard`]) part the plan into what may go, what waits for a person, what waits for hours.
//! 6. One transaction remembers observations, adoptions, the journal and the waiting plan.
//! 7. `apply` sends; lost answers are settled by looking; what did not take effect is sent once more.
//! 8. One transaction closes the run (`closing`): exceptions, the count of the scan, whether a first run is complete, from
//!    where on changes runs look; then the report.
//!
//! A changes run ([`changes`]) begins with a look at what moved; when nothing did, that is all. Else it takes the same way from
//! 2 on, over the cases that moved and no others: of those it did not look at, everything that is kept stays as it is.
//!
//! What clients gave to the portal travels the other way, beside all this: see [`carry`]. What a run may believe of a restored
//! backup: see [`restored()`].
//!
//! # Guarantees
//!
//! - Nothing is sent that does not stand in the journal; nothing stands there that the guard did not approve.
//! - A crash at any point loses no approval and repeats no create blindly.
//! - What was sent and not heard of is sent again only as today's plan would send it, and is forgotten only when something
//!   went that says anew all that it may have changed, or when the case has no place in the portal any more.
//! - A failure concerns its case; an error of the run as a whole is a report with `error`, kept like any other.
//!
//! # Races and decisions
//!
//! - Two runs of one firm: the second waits for the first (`Hands::running`); the daemon skips a tick instead.
//! - The file changes during a run: the run keeps its [`Engine`]; the next one has the new file.
//! - MyCase changes while it is read: the plan may be a moment old; the next run sees the rest. A count that moved proves
//!   no absence.
//! - Somebody works in the portal by hand meanwhile: what we send is complete for the groups that differ; `verify` finds
//!   the rest.

mod apply;
mod begun;
mod bind;
pub mod carry;
mod cases;
mod changes;
mod closeup;
mod closing;
mod connection;
mod counters;
mod desk;
mod engine;
mod error;
mod known;
mod lists;
mod names;
mod pace;
mod progress;
mod record;
mod refusals;
mod renames;
mod report;
mod restored;
mod resume;
mod settle;
mod study;
mod success;

pub use bind::rebind;
pub use carry::{CarryAsk, carry_documents, carry_messages};
pub use cases::{ApprovalAsk, Preview, RunAsk, approve, preview, run, save_preview};
pub use changes::changes;
pub use closeup::{Closeup, SeenCloseup, closeup};
pub use connection::{
    ConnectEnded, Connected, Connection, ConnectionView, Kept, KeptAlive, KeyCheck, connection_view, keep_alive, renewal_due,
};
pub(crate) use connection::{check_key, clear as clear_connection};
pub use counters::Counters;
pub use engine::{Engine, EngineSecrets, Hands};
pub use error::RunError;
pub use names::{NamesRead, look_online, read_names};
pub use pace::{Doing, Pace};
pub use progress::{Progress, Step, Tally, Work};
pub use renames::renames_view;
pub use report::{Failure, Outcome, ReportCounts, Requests, RunFailure, RunReport, Trigger};
pub use restored::restored;
pub use success::{LastSuccess, last_success};
