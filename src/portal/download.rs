//! Opens a file that a client gave, wherever its bytes are. The portal's key goes to the portal's own origin only.
//!
//! A file's address is the portal's word, so it is not trusted: https only (http only between programs of this computer), the
//! key and every other header of ours nowhere but at `base_url`'s scheme, host and port, each redirect looked at like the
//! first address. An address signed for a short time that is over answers 403; that is not the key's fault.

use super::account::Fill;
use super::error::FetchError;
use super::reader::PortalReader;
use crate::config::OperationName;
use crate::domain::{PortalFile, PortalId};
use crate::http::{Call, Flow, Repeat, may_reach};
use ::http::header::{ACCEPT, LOCATION};
use ::http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;

/// An address that leads further than this leads nowhere.
const MOST_REDIRECTS: usize = 5;

impl PortalReader {
    /// The bytes of a file, as they come; by the profile's `download_file` when it has one, else from the file's address. An
    /// answer without bytes is an error, so the flow is the file.
    pub async fn open_file(&self, file: &PortalFile) -> Result<Flow, FetchError> {
        let (mut method, mut url) = self.place(file)?;
        for _ in 0..=MOST_REDIRECTS {
            let with_key = url.origin() == self.account.base_url.origin();
            let flow = self.open_at(method, &url, with_key).await?;
            match flow.status {
                StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => return Ok(flow),
                status if status.is_redirection() => url = led_to(&url, flow).await?,
                _ => return Err(refused(flow, with_key).await),
            }
            method = Method::GET;
        }
        Err(FetchError::Refused { text: format!("the file's address leads on more than {MOST_REDIRECTS} times") })
    }

    fn place(&self, file: &PortalFile) -> Result<(Method, Url), FetchError> {
        let not_possible = |text: String| FetchError::NotPossible { text };
        if let Some(template) = self.template(OperationName::DownloadFile) {
            let portal_id = file.bearing.portal_id.as_ref().map(PortalId::as_str);
            let fill = Fill { file_id: Some(file.id.as_str()), portal_id, ..Fill::default() };
            let call = self.account.call(template, fill, None, None, Repeat::Harmless);
            return call.map(|call| (call.method, call.url)).map_err(|error| not_possible(error.to_string()));
        }
        let url = file.url.clone().ok_or_else(|| not_possible("the portal does not say where the file is".to_owned()))?;
        Ok((Method::GET, url))
    }

    async fn open_at(&self, method: Method, url: &Url, with_key: bool) -> Result<Flow, FetchError> {
        let mut url = url.clone();
        // A name and password in an address would become a header.
        let plain = url.set_username("").and_then(|()| url.set_password(None));
        if plain.is_err() || !may_reach(&url, &self.account.base_url) {
            let site = url.origin().ascii_serialization();
            return Err(FetchError::Unsafe { text: format!("the file is at {site}, which is not reached by https") });
        }
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if with_key {
            let (name, value) = self.account.authentication().map_err(|error| FetchError::NotPossible { text: error.to_string() })?;
            headers.insert(name, value);
        }
        let call = Call { method, headers, ..Call::get(url) };
        self.account.http.open(call).await.map_err(FetchError::Http)
    }
}

async fn led_to(from: &Url, flow: Flow) -> Result<Url, FetchError> {
    let target = flow.headers.get(LOCATION).and_then(|target| from.join(std::str::from_utf8(target.as_bytes()).ok()?.trim()).ok());
    match target {
        Some(target) => Ok(target),
        None => Err(FetchError::Refused { text: flow.failure("it leads on, but not where to".to_owned()).await.to_string() }),
    }
}

/// What an answer without the file means; 401 and 403 blame the key only where it went along.
async fn refused(flow: Flow, with_key: bool) -> FetchError {
    let status = flow.status;
    let text = flow.failure("no file".to_owned()).await.to_string();
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => FetchError::Vanished { text },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if with_key => FetchError::KeyRejected { text },
        StatusCode::FORBIDDEN => FetchError::Vanished { text },
        _ => FetchError::Refused { text },
    }
}
