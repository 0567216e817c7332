//! Reads which people, staff, stages and practice areas moved since a moment: a client's new phone does not move their cases.

use super::error::MyCaseError;
use super::pages::Pages;
use super::reader::{PAGE_SIZE, Reader, whole_second};
use super::wire::{Wire, WireNamed, WireStaff};
use super::wire_held::WireClientCases;
use crate::domain::{CaseId, Named, Ordered, PersonId, Staff, StaffId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What was made or changed at or after a moment, cases apart. What was deleted leaves no trace here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Clients, and the cases they are on (MyCase: Clients.json, `cases`).
    pub clients: Vec<(PersonId, Vec<CaseId>)>,
    /// Staff as they are now.
    pub staff: BTreeMap<StaffId, Staff>,
    /// Stages as they are now.
    pub stages: Vec<Named>,
    /// Practice areas as they are now.
    pub practice_areas: Vec<Named>,
    /// The earliest of MyCase's clock readings when the lists' first pages were answered: everything until then is in here.
    /// `None` when one did not say.
    pub server_time: Option<Timestamp>,
}

/// A list that was read to its end.
struct Whole<S> {
    items: Vec<(u64, S)>,
    server_time: Option<Timestamp>,
}

impl Reader {
    /// What moved at or after `since`, in four lists read together (MyCase: Clients.json, Staff.json, CaseStages.json,
    /// PracticeAreas.json, `filter[updated_after]`). An error when one of them cannot be read.
    pub async fn changed(&self, since: Timestamp) -> Result<Moved, MyCaseError> {
        let since = whole_second(since);
        let (clients, staff, stages, areas) = tokio::try_join!(
            self.list_since::<WireClientCases>("clients", &since),
            self.list_since::<WireStaff>("staff", &since),
            self.list_since::<WireNamed>("case_stages", &since),
            self.list_since::<WireNamed>("practice_areas", &since),
        )?;
        let times = [clients.server_time, staff.server_time, stages.server_time, areas.server_time];
        Ok(Moved {
            clients: clients.items.into_iter().map(|(_, client)| client).collect(),
            staff: staff.items.into_iter().map(|(id, staff)| (StaffId(id), staff)).ordered(),
            stages: stages.items.into_iter().map(|(_, stage)| stage).collect(),
            practice_areas: areas.items.into_iter().map(|(_, area)| area).collect(),
            // None is less than any moment: one list without a clock, and the whole has none.
            server_time: times.into_iter().min().flatten(),
        })
    }

    async fn list_since<W: Wire>(&self, name: &str, since: &str) -> Result<Whole<W::Seen>, MyCaseError> {
        let url = self.url(&[name], &[("page_size", PAGE_SIZE), ("filter[updated_after]", since)]);
        let mut pages = Pages::of::<W>(self.clone(), url);
        let items = pages.rest().await?;
        Ok(Whole { items, server_time: pages.server_time() })
    }
}
