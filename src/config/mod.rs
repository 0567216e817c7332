//! What the files say: read, checked with every problem in its place, and turned into what they mean.
//!
//! `raw` is what the TOML says, `check` finds every problem, [`Firm`] is what a checked file means. Pure: text comes in
//! as an argument, secrets stay references ([`SecretRef`]) until the shell resolves them.

mod catalog;
pub mod changes;
mod check;
pub mod cron;
mod daemon;
mod fields_table;
mod firm;
#[cfg(test)]
pub(crate) mod firm_for_tests;
mod hours;
mod init_template;
mod nearest;
mod next_runs;
mod online;
mod problem;
mod profile;
mod profile_parse;
mod profiles;
mod raw;
pub mod render;
mod rule;
pub mod schema;
mod secret;
mod sources;
mod stage_map;
mod template;
mod test_case;
mod values;
mod zone;

pub use catalog::{Catalog, CatalogDiff, CatalogEntry, ListDiff, RenamedEntry};
pub use check::{
    Checked, DaemonRules, FirmFiles, FirmInput, FirmNames, SetMember, Stray, check_daemon, check_firm, check_online, check_set, firm_files,
};
pub use cron::{Cron, CronError};
pub use daemon::{Daemon, DaemonPaths, LogFormat, Web};
pub use fields_table::{FieldLine, FieldsTable, SourceLine, fields_table, sources_table};
pub use firm::{
    CasesRule, ClientsRule, Closure, ContactHours, DeletedRule, DocumentsRule, Drift, Existing, FieldRule, FieldSource, Firm, Hours, Lead,
    LeadMissing, Limit, Limits, Lookback, MapEntry, MessagesRule, MyCaseSettings, NameList, NameMap, NamedInFile, NotInMap, OutOfScopeRule,
    PhoneKind, PortalSettings, Schedule, Share, Since, SourceName, StaffRule, StagesRule, Who,
};
pub use init_template::init_template;
pub use next_runs::{NextRuns, next_runs};
pub(crate) use online::site;
pub use online::{MyCaseFinding, Online, OnlineFinding, PortalFinding};
pub use problem::{Problem, Severity, SourceText};
pub use profile::{
    Auth, BodyValue, Each, ItemField, Method, Operation, OperationName, Paging, Profile, ProfileField, RequestTemplate, RequiredPeople,
    StageRules, Words,
};
pub use profile_parse::{BodyExpression, EXPRESSION_NAMES, ExpressionError};
pub(crate) use profile_parse::{CLIENT_NAMES, MEMBER_NAMES};
pub use profiles::Profiles;
pub use rule::Rule;
pub use secret::SecretRef;
pub use sources::{SOURCES, Source, SourceNameError};
pub use stage_map::{Likeness, ProposedLine, StageMap};
pub use template::{Template, TemplateError};
pub use test_case::{
    CASE_DATES, CASE_TEXTS, EXPECTED, PERSON_TEXTS, TestBilling, TestCase, TestCustom, TestExpect, TestGiven, TestMoment, TestPerson,
    TestStaff, TestWas,
};
pub use zone::nearest as nearest_time_zone;
