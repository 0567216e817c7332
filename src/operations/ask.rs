//! What can be asked of a firm's engine. The same values travel over the control socket and come from the command line.

use crate::domain::Kind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One request for one firm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// What a run would do.
    Plan(PlanAsk),
    /// A run now.
    Sync(SyncAsk),
    /// Apply a saved plan.
    Approve(ApproveAsk),
    /// Drop a saved plan.
    Reject {
        /// Its name.
        plan: String,
    },
    /// The next run looks back `lookback.first` again.
    Reset,
    /// Nothing runs by itself until then.
    Pause {
        /// Why; shown everywhere.
        reason: String,
        /// When it ends by itself.
        until: Option<Timestamp>,
    },
    /// Ends a pause.
    Resume,
    /// Seal a secret in the firm's state.
    SecretSet {
        /// Its name in the firm file.
        name: String,
        /// The secret.
        value: Secret,
    },
    /// The firm file points at other accounts, and that is meant.
    Rebind,
    /// Begin to connect: answers the address to open.
    ConnectBegin,
    /// End it with the address MyCase sent the browser to.
    ConnectEnd {
        /// The whole redirected address.
        redirected: Secret,
    },
    /// How connecting goes: who catches the redirect, how the last attempt ended.
    ConnectHow,
    /// Forget the connection to MyCase.
    Disconnect,
    /// How the firm stands.
    Status,
    /// Every case that needs attention, one by one.
    Exceptions,
    /// Where each portal field of one case comes from, and why it is or is not in step.
    Explain(ExplainAsk),
    /// What was changed in the portal.
    History(HistoryAsk),
    /// The names of both accounts.
    Catalog(CatalogAsk),
    /// How both accounts stand, with MyCase's names.
    Online,
    /// The linked cases as counts, for `plan --against`.
    Counts,
    /// A copy of the state, without tokens, into the state folder.
    Backup,
    /// What is linked with what, for whoever takes over.
    Handover,
    /// Give up the state of a firm whose file is gone, so that it can be erased. The daemon alone can.
    Release,
    /// The last runs that read cases.
    Runs {
        /// At most so many.
        last: usize,
    },
    /// The plan that waits for approval, counted.
    Waiting {
        /// With its clients' names.
        show_names: bool,
    },
    /// The stage map with how many cases stand where.
    StageMap,
}

/// `casebridge catalog`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CatalogAsk {
    /// Leave the portal alone: its list costs a request for every hundred cases or so.
    #[serde(default)]
    pub without_portal: bool,
}

/// `casebridge history`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HistoryAsk {
    /// Only this case, as typed.
    pub case: Option<String>,
    /// At most so many changes, the newest.
    pub limit: usize,
    /// Only changes since then.
    pub since: Option<Timestamp>,
    /// With client data.
    pub show_values: bool,
}

/// `casebridge explain`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ExplainAsk {
    /// The case, as typed (an id or an address).
    pub case: String,
    /// With client data; else a word stands in its place.
    pub show_values: bool,
}

/// `casebridge plan`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PlanAsk {
    /// Only these cases, as typed (ids or addresses); empty for all.
    pub cases: Vec<String>,
    /// Compare with what the portal says, too.
    pub verify: bool,
    /// With values before and after.
    pub show_values: bool,
    /// With cases' names.
    pub show_names: bool,
}

/// `casebridge sync`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SyncAsk {
    /// Only these cases, as typed; empty for all.
    pub cases: Vec<String>,
    /// Compare with what the portal says, too.
    pub verify: bool,
    /// Send every linked case anew.
    pub rewrite: bool,
    /// Carry the portal's files into MyCase, and nothing else; with `verify` its whole list is read.
    #[serde(default)]
    pub documents: bool,
    /// The same of messages.
    #[serde(default)]
    pub messages: bool,
}

/// `casebridge approve`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApproveAsk {
    /// The plan's name.
    pub plan: String,
    /// Only changes of these kinds.
    pub only: Vec<Kind>,
    /// Only cases of this practice area (the portal's or MyCase's name).
    pub practice_area: Option<String>,
    /// Not these cases, as typed.
    pub except: Vec<String>,
    /// Outside contact hours, too.
    pub now: bool,
}

/// A text that is a secret: never printed, wiped when dropped.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

/// Between a name that somebody typed and where they typed it.
const AT: &str = ", at ";

/// Who asks: written down with what was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// E.g. the name of the user at the other end of the socket.
    pub who: String,
}

impl Caller {
    /// Somebody who typed a name, and where that was.
    pub fn named(name: &str, place: &str) -> Caller {
        Caller { who: format!("{name}{AT}{place}") }
    }

    /// For logs: the user of a socket, or where a name was typed, without the name.
    pub fn place(&self) -> &str {
        self.who.rsplit_once(AT).map_or(self.who.as_str(), |(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_typed_is_kept_and_not_logged() {
        let caller = Caller::named("Jo Smith, at home", "the web page (127.0.0.1)");
        assert_eq!((caller.who.as_str(), caller.place()), ("Jo Smith, at home, at the web page (127.0.0.1)", "the web page (127.0.0.1)"));
        assert_eq!(Caller { who: "jo (uid 1000)".to_owned() }.place(), "jo (uid 1000)");
    }
}
