//! What a portal is like: paths, names, paging and rules, as its profile says (design: portal-profile).
//!
//! Parsing and checking profiles is `profile_parse`'s job; running requests is `portal`'s.

use crate::domain::Kind;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// One portal's profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// `case-status`, `hona`, or a name of one's own.
    pub name: String,
    /// "Case Status".
    pub title: String,
    /// The portal's own words.
    pub words: Words,
    /// Root of its API, no slash at the end.
    pub base_url: String,
    /// The header that authenticates.
    pub auth: Auth,
    /// Requests a second.
    pub requests_per_second: u32,
    /// Requests under way at once.
    pub in_flight: u32,
    /// How long a write may take to show in a list.
    pub settles_in: Duration,
    /// Whether closed cases are imported unless the firm says otherwise.
    pub imports_closed: bool,
    /// What a create may send to people, as one sentence without a full stop; plans repeat it with a count.
    pub may_contact: Option<String>,
    /// The same for other kinds of change; `Profile::may_contact_by` asks both.
    pub may_contact_when: BTreeMap<Kind, String>,
    /// Rules for stages.
    pub stages: StageRules,
    /// The portal's fields that `[fields]` may fill, by its own names.
    pub fields: BTreeMap<String, ProfileField>,
    /// Whether fields of the firm's own are taken (`extra`).
    pub takes_extra: bool,
    /// What a new record needs of people.
    pub required: RequiredPeople,
    /// The operations there are.
    pub operations: BTreeMap<OperationName, Operation>,
}

/// The portal's words for things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// "case", "project".
    pub case: String,
    /// "stage", "phase".
    pub stage: String,
    /// "practice area", "project type".
    pub practice_area: String,
}

/// An auth header; `{key}` in the value stands for the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    /// E.g. `Authorization`.
    pub header: String,
    /// E.g. `ApiKey {key}`.
    pub value: String,
}

/// What holds for the stages of one practice area.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StageRules {
    /// At least this many.
    pub minimum: Option<usize>,
    /// At most this many.
    pub maximum: Option<usize>,
    /// Names must match to the letter, else the portal refuses the case.
    pub exact: bool,
    /// A MyCase stage may lead to one stage only within a practice area (Hona).
    pub one_per_trigger: bool,
}

/// One of the portal's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileField {
    /// Default sources, first that is not empty; empty: off by default.
    pub default: Vec<String>,
    /// Whether a new record needs it.
    pub required: bool,
    /// Whether it is a date.
    pub date: bool,
    /// One line for `casebridge fields`.
    pub help: String,
}

/// What a new record needs of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequiredPeople {
    /// A lead attorney's e-mail address.
    pub attorney: bool,
    /// At least one client.
    pub client: bool,
    /// Every client's phone.
    pub phone: bool,
    /// Every client's phone or e-mail.
    pub phone_or_email: bool,
    /// A stage.
    pub stage: bool,
    /// A practice area.
    pub practice_area: bool,
}

/// The operations a profile may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OperationName {
    /// A cheap read that shows whether the key works.
    Probe,
    /// All records.
    ListCases,
    /// Makes a record.
    CreateCase,
    /// Changes a record.
    UpdateCase,
    /// Makes or changes a record by its external id.
    UpsertCase,
    /// Closes a record.
    CloseCase,
    /// Opens it again.
    ReopenCase,
    /// Files clients gave.
    ListFiles,
    /// One file's bytes.
    DownloadFile,
    /// Messages clients wrote.
    ListMessages,
}

/// One request or a list of requests.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// In order; never empty.
    pub requests: Vec<RequestTemplate>,
    /// Repeating it is harmless.
    pub idempotent: bool,
    /// Seen in the vendor's documentation or in working public code.
    pub confirmed: bool,
}

/// What something is repeated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// Each client, as `client` in expressions.
    Client,
    /// Each member of the firm who goes along, as `member`.
    Member,
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`: reads.
    Get,
    /// `POST`.
    Post,
    /// `PUT`.
    Put,
    /// `PATCH`.
    Patch,
    /// `DELETE`.
    Delete,
}

/// One request of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestTemplate {
    /// Sent once for each of these.
    pub for_each: Option<Each>,
    /// The method.
    pub method: Method,
    /// Path below the base; `{portal_id}`, `{case_id}`, `{integration_id}`, with `for_each` also `{client_id}`, with a file
    /// `{file_id}`, are filled in, escaped.
    pub path: String,
    /// Query parameters.
    pub query: BTreeMap<String, String>,
    /// The body; `None` for none.
    pub body: Option<BodyValue>,
    /// Send only keys whose value changed (an update); else the whole body.
    pub only_changed: bool,
    /// What an emptied value is sent as in an update.
    pub clear: serde_json::Value,
    /// What an emptied list is sent as in an update.
    pub clear_list: serde_json::Value,
    /// How the pages of a list are asked for.
    pub paging: Option<Paging>,
    /// JSON pointer of the items in a list's answer; empty for the answer itself.
    pub items: String,
    /// What pointers of an item mean, by our name (`portal_id`, `integration_id`, `stage`, ...).
    pub item: BTreeMap<String, ItemField>,
    /// JSON pointer of the portal id in a write's answer.
    pub portal_id: Option<String>,
}

/// Where one value of a list item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemField {
    /// JSON pointer in the item.
    pub pointer: String,
}

/// How pages are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The page number's parameter, e.g. `page[number]`.
    pub parameter: String,
    /// The first page's number.
    pub first: u32,
}

/// A value in a body: literal, or an expression over the record (text that starts with `=`).
#[derive(Debug, Clone, PartialEq)]
pub enum BodyValue {
    /// Sent as it is.
    Literal(serde_json::Value),
    /// A minijinja expression, checked, without its `=`; an empty result is left out of a create.
    Expression(String),
    /// An object.
    Object(BTreeMap<String, BodyValue>),
    /// A list.
    List(Vec<BodyValue>),
    /// A list of one inner value for each client or member.
    ForEach(Each, Box<BodyValue>),
}

impl Profile {
    /// The operation, if the portal has it.
    pub fn operation(&self, name: OperationName) -> Option<&Operation> {
        self.operations.get(&name)
    }

    /// Whether the portal has the operation.
    pub fn has(&self, name: OperationName) -> bool {
        self.operations.contains_key(&name)
    }

    /// Whether the portal's records can be listed; else a firm file must say what the portal already holds.
    pub fn is_listable(&self) -> bool {
        self.has(OperationName::ListCases)
    }

    /// The operations nobody has seen confirmed; `check` names them once.
    pub fn unconfirmed(&self) -> Vec<OperationName> {
        self.operations.iter().filter(|(_, operation)| !operation.confirmed).map(|(name, _)| *name).collect()
    }

    /// What a change of this kind may send to people, as one sentence without a full stop.
    pub fn may_contact_by(&self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::Create => self.may_contact.as_deref(),
            Kind::Close | Kind::Reopen | Kind::Contact | Kind::Stage | Kind::Update => self.may_contact_when.get(&kind).map(String::as_str),
        }
    }
}

impl OperationName {
    /// All operations.
    pub const ALL: [OperationName; 10] = [
        OperationName::Probe,
        OperationName::ListCases,
        OperationName::CreateCase,
        OperationName::UpdateCase,
        OperationName::UpsertCase,
        OperationName::CloseCase,
        OperationName::ReopenCase,
        OperationName::ListFiles,
        OperationName::DownloadFile,
        OperationName::ListMessages,
    ];

    /// The word in profiles: `create_case`.
    pub fn word(self) -> &'static str {
        match self {
            OperationName::Probe => "probe",
            OperationName::ListCases => "list_cases",
            OperationName::CreateCase => "create_case",
            OperationName::UpdateCase => "update_case",
            OperationName::UpsertCase => "upsert_case",
            OperationName::CloseCase => "close_case",
            OperationName::ReopenCase => "reopen_case",
            OperationName::ListFiles => "list_files",
            OperationName::DownloadFile => "download_file",
            OperationName::ListMessages => "list_messages",
        }
    }

    /// Whether it only reads.
    pub fn reads(self) -> bool {
        match self {
            OperationName::Probe
            | OperationName::ListCases
            | OperationName::ListFiles
            | OperationName::DownloadFile
            | OperationName::ListMessages => true,
            OperationName::CreateCase
            | OperationName::UpdateCase
            | OperationName::UpsertCase
            | OperationName::CloseCase
            | OperationName::ReopenCase => false,
        }
    }
}

impl fmt::Display for OperationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Method {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl Each {
    /// What expressions call the one.
    pub fn name(self) -> &'static str {
        match self {
            Each::Client => "client",
            Each::Member => "member",
        }
    }
}
