//! What comes after all is well: quiet nights in which the portal is not asked. The first finds nothing and gets to know every case
//! by its text; then the office moves cases and rules, and the others have to find all of it, though they read only what they must.

use crate::deeds::Deed;
use crate::story::{FIRMS, Story};
use casebridge::operations::{Ask, SyncAsk};
use std::time::Duration;
use tokio::time::sleep;

impl Story {
    pub(crate) async fn nights(&mut self) {
        self.night().await;
        for place in 0..FIRMS {
            for deed in [Deed::Move, Deed::Phone, Deed::Close, Deed::Edit] {
                self.deed(place, deed);
            }
        }
        self.idle().await;
        self.night().await;
        // Long enough for a stage to have stood since, and not so long that anything is due by the file's schedule.
        sleep(Duration::from_secs(3600)).await;
        self.night().await;
    }

    /// A run over everything at every firm, and a yes to what waits.
    async fn night(&mut self) {
        for place in 0..FIRMS {
            self.life.ask(place, Ask::Sync(SyncAsk::default()));
            self.idle().await;
            self.agree(place).await;
        }
    }
}
