//! One run of a connected firm in a process of its own, over real sockets, and what it took there.

use crate::process::{SELF, once_more, own_processor, peak_mb};
use crate::stand::Connected;
use crate::{Done, stand};
use camino::Utf8Path;
use casebridge::operations::SyncAsk;
use casebridge::sync::RunReport;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::time::Instant;

/// Makes this program one run in the folder that follows.
pub(crate) const RUN: &str = "--one-run";

/// What a run says about itself; the process' start is part of it, and the opening of the firm's state.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) seconds: f64,
    pub(crate) processor: f64,
    /// Of that until the state was open, which the daemon does once at its own start.
    pub(crate) opened: f64,
    pub(crate) peak_mb: f64,
    pub(crate) report: RunReport,
}

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Cases,
    Changes,
    Documents,
    /// As `sync --documents --verify`: the whole list is read.
    AllDocuments,
}

impl What {
    const ALL: [(What, &str); 4] =
        [(What::Cases, "cases"), (What::Changes, "changes"), (What::Documents, "documents"), (What::AllDocuments, "all-documents")];
}

/// Runs it in a process of its own.
pub(crate) fn in_a_process(root: &Utf8Path, what: What) -> Result<Run, Box<dyn Error>> {
    let (_, word) = What::ALL.iter().find(|(known, _)| *known == what).ok_or("no word for it")?;
    once_more(&[RUN, root.as_str(), word])
}

/// Runs it here and prints what it took.
pub(crate) fn one_run(root: &Utf8Path, word: &str) -> Done {
    let (what, _) = What::ALL.into_iter().find(|(_, known)| *known == word).ok_or("there is no such run")?;
    stand::runtime()?.block_on(async {
        let firm = Connected::open(root)?;
        let (opened, began) = (own_processor(), Instant::now());
        let report = match what {
            What::Changes => firm.changes().await?,
            What::Cases => firm.sync(SyncAsk::default()).await?,
            What::Documents | What::AllDocuments => {
                firm.sync(SyncAsk { documents: true, verify: what == What::AllDocuments, ..SyncAsk::default() }).await?
            }
        };
        let (seconds, processor, peak_mb) = (began.elapsed().as_secs_f64(), own_processor(), peak_mb(SELF));
        println!("{}", serde_json::to_string(&Run { seconds, processor, opened, peak_mb, report })?);
        Ok(())
    })
}
