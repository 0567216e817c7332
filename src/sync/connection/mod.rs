//! The life of a firm's connection to MyCase: when it is renewed, how it stands, what is remembered of its troubles.
//!
//! The session refreshes ([`crate::mycase::Session`]); here is when ([`keep_alive`]), what is written down (`facts`), and what
//! people are told ([`ConnectionView`]). Races and decisions:
//! - A timer beside a run: the firm's sessions share one lock and one pair; whoever comes second takes the first one's pair.
//! - MyCase refuses the refresh token: written down by the session itself, whoever asked; from then on nobody asks MyCase
//!   anything for this firm, also after a restart, until `connect`. One rule: a session on such a state answers `Reconnect`.
//! - MyCase refuses an access token that it has just given: its own trouble, or a sign of the end. One run failed; runs in a
//!   row over more than an hour are a connection that is over, unless one in between could read.
//! - The two weeks are over and every try failed without a refusal: still "connected". Only MyCase ends a connection; what
//!   is said is that it is over by its own word.
//! - `disconnect` or `connect` during a run or refresh: the last word is theirs; the run ends with "not connected", or goes
//!   on with the new pair.

mod alive;
mod ended;
mod facts;
mod person;
mod view;

pub use alive::{Kept, KeptAlive, KeyCheck, keep_alive};
pub(crate) use alive::{check_key, ready};
pub use ended::{ConnectEnded, Connected};
pub(crate) use facts::{after_run, clear, record, stored};
pub(crate) use person::note_person;
pub use view::{Connection, ConnectionView, connection_view, renewal_due};
