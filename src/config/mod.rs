//! What the files say: read, checked with every problem in its place, and turned into what they mean.
//!
//! `raw` is what the TOML says, `check` finds every problem, [`Firm`] is what a checked file means. Pure: text comes in
//! as an argument, secrets stay references ([`SecretRef`]) until the shell resolves them.

pub mod cron;
mod firm;
mod nearest;
mod hours;
mod problem;
mod profile;
mod profile_parse;
mod profiles;
mod secret;
mod zone;

pub use cron::{Cron, CronError};
pub use firm::{
    CasesRule, ClientsRule, Closure, ContactHours, DeletedRule, DocumentsRule, Drift, Existing, FieldRule, FieldSource, Firm, Hours, Lead,
    LeadMissing, Limit, Limits, Lookback, MapEntry, MessagesRule, MyCaseSettings, NameMap, NotInMap, OutOfScopeRule, PhoneKind,
    PortalSettings, Schedule, Share, Since, SourceName, StaffRule, StagesRule, TestCase, Who,
};
pub use problem::{Problem, Severity, SourceText};
pub use profile::{
    Auth, BodyValue, Each, ItemField, Method, Operation, OperationName, Paging, Profile, ProfileField, RequestTemplate, RequiredPeople,
    StageRules, Words,
};
pub use profile_parse::{BodyExpression, EXPRESSION_NAMES, ExpressionError};
pub use profiles::{Profiles, profile_schema};
pub use secret::SecretRef;
