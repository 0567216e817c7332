//! The short lists of names alone, for the catalog: what the person who connected may not read is left out and said.

use super::error::MyCaseError;
use super::reader::Reader;
use super::wire::{Wire, WireCustomField, WireNamed, WireStaff};
use crate::domain::{CustomField, Named, Staff};

/// MyCase's lists of names.
#[derive(Debug, Default)]
pub struct NameLists {
    /// Case stages (MyCase: CaseStages.json).
    pub stages: Vec<Named>,
    /// Practice areas (MyCase: PracticeAreas.json).
    pub practice_areas: Vec<Named>,
    /// Custom fields (MyCase: CustomFields.json).
    pub custom_fields: Vec<CustomField>,
    /// People groups (MyCase: PeopleGroups.json).
    pub people_groups: Vec<Named>,
    /// All staff, active or not (MyCase: Staff.json).
    pub staff: Vec<Staff>,
    /// Lists that could not be read, each with MyCase's words; they are empty here.
    pub unread: Vec<(&'static str, String)>,
}

impl Reader {
    /// Reads every list once, side by side: five requests while none is longer than a page. An error when MyCase gives no
    /// answer, or lets the person read none of them.
    pub async fn name_lists(&self) -> Result<NameLists, MyCaseError> {
        let (stages, practice_areas, custom_fields, people_groups, staff) = tokio::try_join!(
            self.names::<WireNamed>("case_stages"),
            self.names::<WireNamed>("practice_areas"),
            self.names::<WireCustomField>("custom_fields"),
            self.names::<WireNamed>("people_groups"),
            self.names::<WireStaff>("staff"),
        )?;
        let mut lists = NameLists::default();
        let mut refused = Vec::new();
        lists.stages = taken("stages", stages, &mut refused);
        lists.practice_areas = taken("practice areas", practice_areas, &mut refused);
        lists.custom_fields = taken("custom fields", custom_fields, &mut refused);
        lists.people_groups = taken("people groups", people_groups, &mut refused);
        lists.staff = taken("staff types", staff, &mut refused);
        if refused.len() == 5 {
            return Err(refused.swap_remove(0).1);
        }
        lists.unread = refused.into_iter().map(|(list, error)| (list, error.to_string())).collect();
        Ok(lists)
    }

    /// One list; inside when it may not be read. A list that is not there looks like one that may not be seen.
    async fn names<W: Wire>(&self, name: &str) -> Result<Result<Vec<W::Seen>, MyCaseError>, MyCaseError> {
        match self.list::<W>(name).all().await {
            Ok(items) => Ok(Ok(items.into_iter().map(|(_, item)| item).collect())),
            Err(error @ (MyCaseError::Forbidden { .. } | MyCaseError::NotFound(_))) => Ok(Err(error)),
            Err(error) => Err(error),
        }
    }
}

fn taken<T>(list: &'static str, read: Result<Vec<T>, MyCaseError>, refused: &mut Vec<(&'static str, MyCaseError)>) -> Vec<T> {
    read.unwrap_or_else(|error| {
        refused.push((list, error));
        Vec::new()
    })
}
