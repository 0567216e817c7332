//! `[mycase]`: the account the cases are read from.

use super::Check;
use super::secrets::{Use, address, secret};
use crate::config::MyCaseSettings;
use crate::config::raw::{Maybe, RawMyCase};
use url::Url;

/// MyCase's own domain (MyCase: Getting-Started).
const MYCASE: &[&str] = &["mycase.com"];

pub(super) fn mycase(check: &mut Check<'_>, raw: &RawMyCase) -> Option<MyCaseSettings> {
    let client_id = raw.client_id.as_ref().map(|at| at.value.trim().to_owned()).filter(|id| !id.is_empty());
    let client_secret = raw.client_secret.as_ref().and_then(|at| secret(check, at));
    let redirect_uri = given(&raw.redirect_uri).and_then(|at| address(check, at, &[], Use::Shown));
    let web_url = given(&raw.web_url).map(|at| address(check, at, &[], Use::Shown));
    let mut root = |raw: &Maybe<String>| {
        let url = given(raw).and_then(|at| address(check, at, MYCASE, Use::Sent));
        url.map(without_slash)
    };
    let (api_url, authorize_url, token_url) = (root(&raw.api_url), root(&raw.authorize_url), root(&raw.token_url));
    Some(MyCaseSettings {
        client_id: client_id?,
        client_secret: client_secret?,
        redirect_uri: redirect_uri?,
        web_url: web_url.map_or(Some(None), |url| url.map(Some))?,
        api_url: api_url?,
        authorize_url: authorize_url?,
        token_url: token_url?,
    })
}

/// A text that is there and not empty.
pub(super) fn given(raw: &Maybe<String>) -> Option<&crate::config::raw::At<String>> {
    raw.as_ref().filter(|at| !at.value.trim().is_empty())
}

/// The address without a slash at its end, as far as an address can be.
pub(super) fn without_slash(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url
}
