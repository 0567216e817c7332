//! The tokens endpoint (MyCase: Getting-Started, 2 and 4): a code or a refresh token for a pair of tokens.
//!
//! OAuth is the `oauth2` crate's; MyCase wants its form as JSON, with the credentials in it, so the adapter re-encodes
//! the body, and tidies the answer (numbers as text, no `token_type`) before the crate reads it. Asks once; what a
//! refusal means for the connection is decided in `session` and `connect`.

use super::meant::As;
use crate::config::MyCaseSettings;
use crate::domain::Tokens;
use crate::http::{Call, Failure, HttpClient, HttpError, Repeat, quote};
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse,
    RedirectUrl, RefreshToken, RequestTokenError, StandardErrorResponse, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;
use url::Url;

/// How long an access token lives when MyCase does not say (MyCase: Getting-Started).
const USUAL_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// What MyCase adds to the standard answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Extra {
    /// Only the first exchange says it.
    #[serde(default)]
    firm_uuid: Option<String>,
}

impl ExtraTokenFields for Extra {}

type Answer = StandardTokenResponse<Extra, BasicTokenType>;
type Trouble = RequestTokenError<TokenError, StandardErrorResponse<BasicErrorResponseType>>;
/// An OAuth client with both addresses set.
pub(super) type OAuth = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Why there are no tokens, by what is known of the ones spent.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum TokenError {
    /// MyCase said no; the code or token is worth nothing.
    #[error("{words}")]
    Refused { status: StatusCode, words: String },
    /// MyCase answered something that is neither yes nor no; whether anything was spent is unknown.
    #[error(transparent)]
    Unreadable(Failure),
    /// No answer; the error says whether it had an effect.
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// What is handed in for tokens.
pub(super) enum Grant<'a> {
    Code(AuthorizationCode),
    /// The pair whose refresh token is spent.
    Pair(&'a Tokens),
}

/// The OAuth client of a firm's settings; without the secret it can only make the address for a person.
pub(super) fn oauth(settings: &MyCaseSettings, secret: Option<&SecretString>) -> OAuth {
    let client: oauth2::Client<_, Answer, _, _, _> = oauth2::Client::new(ClientId::new(settings.client_id.clone()));
    let client = client
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::from_url(settings.authorize_url.clone()))
        .set_token_uri(TokenUrl::from_url(settings.token_url.clone()))
        .set_redirect_uri(RedirectUrl::from_url(settings.redirect_uri.clone()));
    match secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())),
        None => client,
    }
}

/// Asks once. Times in the pair are measured from `now`, the moment of asking.
pub(super) async fn ask(http: &HttpClient, oauth: &OAuth, grant: Grant<'_>, now: Timestamp) -> Result<Tokens, TokenError> {
    let http = http.clone();
    let post = move |request| post(http.clone(), request);
    let (answer, old) = match grant {
        Grant::Code(code) => (oauth.exchange_code(code).request_async(&post).await, None),
        Grant::Pair(old) => {
            let refresh = RefreshToken::new(old.refresh.clone());
            (oauth.exchange_refresh_token(&refresh).request_async(&post).await, Some(old))
        }
    };
    let answer = answer.map_err(|trouble| plain(trouble, oauth))?;
    let refresh = answer.refresh_token().map(|token| token.secret().clone()).or_else(|| old.map(|old| old.refresh.clone()));
    let refresh = refresh.ok_or_else(|| unreadable(oauth.token_uri().url(), StatusCode::OK, "the answer has no refresh token"))?;
    let life = SignedDuration::try_from(answer.expires_in().unwrap_or(USUAL_LIFE)).unwrap_or(SignedDuration::ZERO);
    Ok(Tokens {
        access: answer.access_token().secret().clone(),
        refresh,
        obtained_at: now,
        expires_at: now.checked_add(life).unwrap_or(now),
        firm_uuid: old.and_then(|old| old.firm_uuid.clone()).or_else(|| answer.extra_fields().firm_uuid.clone()),
    })
}

/// The adapter under the crate: its form as JSON through our one request path.
async fn post(http: HttpClient, request: HttpRequest) -> Result<HttpResponse, TokenError> {
    let url = Url::parse(&request.uri().to_string());
    let url = url.map_err(|_| unreadable_at(request.uri().path(), StatusCode::OK, "the tokens address is no URL"))?;
    let form: Map<String, Value> =
        url::form_urlencoded::parse(request.body()).map(|(key, value)| (key.into_owned(), Value::String(value.into_owned()))).collect();
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let body = Some(Bytes::from(Value::Object(form).to_string()));
    // A refresh token works once, so a request with one is never repeated without thought.
    let reply = http.call(Call { method: Method::POST, url: url.clone(), headers, body, repeat: Repeat::Never }).await?;
    let status = reply.status;
    if matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        let words = quote(&reply.body);
        let said = if words.is_empty() { "no words".to_owned() } else { words };
        return Err(TokenError::Refused { status, words: format!("MyCase answered {}: {said}", status.as_u16()) });
    }
    let tidy = tidy(&reply.body).filter(|_| status.is_success());
    // Not quoted: half an answer may hold half a token.
    let tidy = tidy.ok_or_else(|| unreadable(&url, status, "the answer holds no tokens"))?;
    Ok(HttpResponse::new(tidy))
}

/// The answer as the crate wants it; `None` when it is no object with an access token.
fn tidy(body: &[u8]) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Loosely {
        #[serde(default)]
        access_token: As<String>,
        #[serde(default)]
        refresh_token: As<String>,
        #[serde(default)]
        expires_in: As<u64>,
        #[serde(default)]
        firm_uuid: As<String>,
    }
    let loosely: Loosely = serde_json::from_slice(body).ok()?;
    let mut tidy = Map::new();
    tidy.insert("access_token".to_owned(), Value::String(loosely.access_token.0?));
    tidy.insert("token_type".to_owned(), Value::String("Bearer".to_owned()));
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            tidy.insert(key.to_owned(), value);
        }
    };
    put("refresh_token", loosely.refresh_token.0.map(Value::String));
    put("expires_in", loosely.expires_in.0.map(Value::from));
    put("firm_uuid", loosely.firm_uuid.0.map(Value::String));
    Some(Value::Object(tidy).to_string().into_bytes())
}

fn plain(trouble: Trouble, oauth: &OAuth) -> TokenError {
    match trouble {
        RequestTokenError::Request(error) => error,
        // Not reached: the adapter hands on only what it has tidied. Their texts could quote tokens, so they are not told.
        RequestTokenError::ServerResponse(_) | RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            unreadable(oauth.token_uri().url(), StatusCode::OK, "the answer holds no tokens")
        }
    }
}

fn unreadable(url: &Url, status: StatusCode, why: &str) -> TokenError {
    unreadable_at(url.path(), status, why)
}

fn unreadable_at(path: &str, status: StatusCode, why: &str) -> TokenError {
    let asked = crate::http::Asked { side: "MyCase", method: Method::POST, path: path.to_owned() };
    TokenError::Unreadable(Failure { asked, status: Some(status), text: why.to_owned(), source: None })
}
