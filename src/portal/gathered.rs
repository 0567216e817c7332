//! Lists what clients gave to the portal: files and messages, page by page. Which pages to read is the caller's decision.

use super::error::PortalError;
use super::reader::PortalReader;
use super::values::Item;
use crate::config::OperationName;
use crate::domain::{Bearing, ItemId, PortalFile, PortalId, PortalMessage};
use serde_json::Value;
use url::Url;

impl PortalReader {
    /// One page of the files, `page` counted from 0 in the portal's own order; `None` for an item without id. Beyond the end
    /// pages are empty, and so is every page but 0 of a list that has none. [`PortalError::NotPossible`] without `list_files`.
    pub async fn file_page(&self, page: u32) -> Result<Vec<Option<PortalFile>>, PortalError> {
        self.gathered(OperationName::ListFiles, "files", page, |item| self.file(item)).await
    }

    /// The same of the messages.
    pub async fn message_page(&self, page: u32) -> Result<Vec<Option<PortalMessage>>, PortalError> {
        self.gathered(OperationName::ListMessages, "messages", page, message).await
    }

    /// Whether this list has pages; one without is read whole by every look.
    pub fn has_pages(&self, name: OperationName) -> bool {
        self.template(name).is_some_and(|template| template.paging.is_some())
    }

    async fn gathered<T>(
        &self,
        name: OperationName,
        what: &str,
        page: u32,
        read: impl Fn(Item<'_>) -> Option<T>,
    ) -> Result<Vec<Option<T>>, PortalError> {
        let Some(template) = self.template(name) else {
            return Err(PortalError::NotPossible { text: format!("{} does not give {what} back", self.account.profile.title) });
        };
        let number = match &template.paging {
            Some(paging) => Some(paging.first.saturating_add(page)),
            None if page == 0 => None,
            None => return Ok(Vec::new()),
        };
        let items: Vec<Value> = self.page(template, number).await?;
        Ok(items.iter().map(|value| read(Item { template, value })).collect())
    }

    fn file(&self, item: Item<'_>) -> Option<PortalFile> {
        Some(PortalFile {
            id: ItemId(item.text("id")?),
            bearing: bearing(item),
            url: item.text("url").and_then(|text| self.address(&text)),
            size: item.number("size"),
            name: item.words("file_name"),
            extension: item.text("extension"),
            created_at: item.moment("created_at"),
        })
    }

    /// Where a file is; a relative address begins at the API's base.
    fn address(&self, text: &str) -> Option<Url> {
        let url = match Url::parse(text) {
            Err(url::ParseError::RelativeUrlWithoutBase) => {
                let mut base = self.account.base_url.clone();
                base.path_segments_mut().ok()?.pop_if_empty().push("");
                base.join(text).ok()?
            }
            parsed => parsed.ok()?,
        };
        (matches!(url.scheme(), "https" | "http") && url.has_host()).then_some(url)
    }
}

fn message(item: Item<'_>) -> Option<PortalMessage> {
    Some(PortalMessage {
        id: ItemId(item.text("id")?),
        bearing: bearing(item),
        content: item.words("content"),
        sender: item.text("sender_name"),
        sent_at: item.moment("sent_at").or_else(|| item.moment("created_at")),
    })
}

fn bearing(item: Item<'_>) -> Bearing {
    Bearing { case: item.case("integration_id"), portal_id: item.text("portal_id").map(PortalId), readable_id: item.text("readable_id") }
}
