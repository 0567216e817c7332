//! What a profile's TOML says, key by key: the one source of the schema and of the reading. Meaning is `build`'s business.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a client portal is like: its words, rules, fields and requests.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "casebridge portal profile"))]
#[serde(deny_unknown_fields)]
pub(super) struct RawProfile {
    /// The profile's name: the file's name without `.toml`; lower-case letters, digits and hyphens.
    pub(super) name: String,
    /// The portal's name as people know it.
    pub(super) title: String,
    /// The portal's own words for things.
    pub(super) words: RawWords,
    /// Root of its API: https, or http on this machine; no slash at the end.
    pub(super) base_url: String,
    /// The header that authenticates.
    pub(super) auth: RawAuth,
    /// Requests a second; default 10.
    pub(super) requests_per_second: Option<u32>,
    /// Requests under way at once; default 4.
    pub(super) in_flight: Option<u32>,
    /// How long a write may take to show in a list, e.g. `5 seconds`, which is the default.
    pub(super) settles_in: Option<String>,
    /// Whether cases that are closed when first seen are imported, unless a firm says otherwise; default true.
    pub(super) imports_closed: Option<bool>,
    /// Whether fields of the firm's own are taken, as `extra`; default false.
    pub(super) takes_extra: Option<bool>,
    /// What the portal may send to people because of a change, by its kind: one sentence each, without a full stop.
    pub(super) may_contact: Option<RawMayContact>,
    /// Rules for the stages of one practice area.
    pub(super) stages: Option<RawStages>,
    /// What a new record needs of people.
    pub(super) required: Option<RawRequired>,
    /// The portal's fields that a firm file's `[fields]` may fill, by the portal's name.
    pub(super) fields: BTreeMap<String, RawField>,
    /// The requests the portal knows.
    pub(super) operations: RawOperations,
}

/// The portal's own words, in the singular.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawWords {
    /// E.g. `case` or `project`.
    pub(super) case: String,
    /// E.g. `stage` or `phase`.
    pub(super) stage: String,
    /// E.g. `practice area` or `project type`.
    pub(super) practice_area: String,
}

/// The header that authenticates.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawAuth {
    /// The header's name, e.g. `Authorization`.
    pub(super) header: String,
    /// Its value; `{key}` stands for the firm's portal key.
    pub(super) value: String,
}

/// What the portal may send to people, by the kind of change.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawMayContact {
    /// When a record is made.
    pub(super) create: Option<String>,
    /// When it is closed.
    pub(super) close: Option<String>,
    /// When it is opened again.
    pub(super) reopen: Option<String>,
    /// When a client's phone, e-mail or name changes.
    pub(super) contact: Option<String>,
    /// When its stage or practice area changes.
    pub(super) stage: Option<String>,
    /// When anything else changes.
    pub(super) update: Option<String>,
}

/// Rules for the stages of one practice area.
#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawStages {
    /// At least this many.
    pub(super) minimum: Option<u32>,
    /// At most this many.
    pub(super) maximum: Option<u32>,
    /// Names must match to the letter; default false.
    pub(super) exact: Option<bool>,
    /// A MyCase stage may lead to one stage only within a practice area; default false.
    pub(super) one_per_trigger: Option<bool>,
}

/// What a new record needs of people; each is false by default.
#[derive(Deserialize, Default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawRequired {
    /// A lead attorney's e-mail address.
    pub(super) attorney: Option<bool>,
    /// At least one client.
    pub(super) client: Option<bool>,
    /// Every client's phone.
    pub(super) phone: Option<bool>,
    /// Every client's phone or e-mail.
    pub(super) phone_or_email: Option<bool>,
    /// A stage.
    pub(super) stage: Option<bool>,
    /// A practice area.
    pub(super) practice_area: Option<bool>,
}

/// One of the portal's fields.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    /// Sources of the value, the first that is not empty; none: off until a firm file names one.
    pub(super) default: Option<Vec<String>>,
    /// Whether a new record needs it; default false.
    pub(super) required: Option<bool>,
    /// Whether it is a date; default false.
    pub(super) date: Option<bool>,
    /// One line for `casebridge fields`.
    pub(super) help: Option<String>,
}

/// The requests the portal knows. Records need `create_case` and `update_case`, or one `upsert_case`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawOperations {
    /// A cheap read that shows whether the key works.
    pub(super) probe: Option<RawOperation>,
    /// All records; without it a firm file must say what the portal already holds.
    pub(super) list_cases: Option<RawOperation>,
    /// Makes a record.
    pub(super) create_case: Option<RawOperation>,
    /// Changes a record.
    pub(super) update_case: Option<RawOperation>,
    /// Makes or changes a record by its external id.
    pub(super) upsert_case: Option<RawOperation>,
    /// Closes a record; without it the body that changes records must use `open`.
    pub(super) close_case: Option<RawOperation>,
    /// Opens a record again.
    pub(super) reopen_case: Option<RawOperation>,
    /// Files clients gave.
    pub(super) list_files: Option<RawOperation>,
    /// One file's bytes, when a listed file has no `url`.
    pub(super) download_file: Option<RawOperation>,
    /// Messages clients wrote.
    pub(super) list_messages: Option<RawOperation>,
}

/// An HTTP method.
#[derive(Deserialize, Clone, Copy)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum RawMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What something is repeated for.
#[derive(Deserialize, Clone, Copy)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum RawEach {
    Clients,
    Team,
}

/// How pages are asked for. A page that is empty, or shorter than the first one read, is the last.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RawPaging {
    /// The page number's query parameter.
    pub(super) parameter: String,
    /// The first page's number.
    pub(super) first: u32,
}

/// Both an operation of one request and a request of a list have these keys (serde's `flatten` would cost the messages).
macro_rules! with_request_keys {
    ($(#[$doc:meta])* struct $name:ident { $($(#[$own_doc:meta])* $own:ident: $own_type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$own_doc])* pub(super) $own: $own_type,)*
            /// Sent once for each client (`clients`, as `client` in expressions) or member of the firm (`team`, as `member`).
            pub(super) for_each: Option<RawEach>,
            /// The HTTP method.
            pub(super) method: Option<RawMethod>,
            /// Path below `base_url`, with a slash in front; `{portal_id}`, `{case_id}`, `{integration_id}`, `{client_id}` are
            /// filled in where they are known.
            pub(super) path: Option<String>,
            /// Query parameters.
            pub(super) query: Option<BTreeMap<String, String>>,
            /// The body. Texts that begin with `=` are expressions over the case; everything else is literal.
            pub(super) body: Option<Map<String, Value>>,
            /// Send only the keys whose value changed; default false: the whole body.
            pub(super) only_changed: Option<bool>,
            /// What a value is sent as that an update empties; default null.
            pub(super) clear: Option<Value>,
            /// What a list is sent as that an update empties; default: as `clear` says.
            pub(super) clear_list: Option<Value>,
            /// How the pages of a list are asked for; without it the first answer is the whole list.
            pub(super) paging: Option<RawPaging>,
            /// JSON pointer of the list in the answer; default: the answer is the list.
            pub(super) items: Option<String>,
            /// JSON pointers of what is in one item of the list, by casebridge's name for it.
            pub(super) item: Option<BTreeMap<String, String>>,
            /// JSON pointer of the record's id in the answer of a write.
            pub(super) portal_id: Option<String>,
        }
    };
}

with_request_keys! {
    /// One request, with its keys here, or several under `requests`.
    struct RawOperation {
        /// Whether sending it twice does no more than sending it once. Only then is it repeated when an answer is lost.
        idempotent: bool,
        /// Whether it was seen in the vendor's documentation or in working public code.
        confirmed: bool,
        /// Several requests, in order, instead of one.
        requests: Option<Vec<RawRequest>>,
    }
}

with_request_keys! {
    /// One request of several.
    struct RawRequest {}
}

impl RawOperation {
    /// Its requests, whichever way they are written. Keys beside `requests` are a problem the checks report.
    pub(super) fn into_requests(self) -> Vec<RawRequest> {
        match self {
            RawOperation { requests: Some(requests), .. } => requests,
            RawOperation {
                idempotent: _,
                confirmed: _,
                requests: None,
                for_each,
                method,
                path,
                query,
                body,
                only_changed,
                clear,
                clear_list,
                paging,
                items,
                item,
                portal_id,
            } => vec![RawRequest { for_each, method, path, query, body, only_changed, clear, clear_list, paging, items, item, portal_id }],
        }
    }
}
