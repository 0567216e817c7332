//! A plain firm for unit tests: Case Status, the profile's default fields, every default of the firm file. Tests take it
//! and change one thing. Must not be used outside tests.

use super::{
    Auth, CasesRule, ClientsRule, Closure, ContactHours, DeletedRule, DocumentsRule, Drift, FieldRule, FieldSource, Firm, Lead,
    LeadMissing, Limit, Limits, Lookback, MapEntry, MessagesRule, MyCaseSettings, NameMap, NotInMap, OutOfScopeRule, PhoneKind,
    PortalSettings, Profile, ProfileField, RequiredPeople, Schedule, SecretRef, Share, Since, StaffRule, StageRules, StagesRule, Who,
    Words,
};
use crate::domain::{FirmId, NameKey};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// `acme.firm.toml` with `who = "sole-or-billing"`, nothing mapped, nothing scheduled, everything else by default.
pub(crate) fn firm() -> Firm {
    let profile = Arc::new(profile());
    Firm {
        id: "acme".parse::<FirmId>().expect("a fine id"),
        name: "Acme Injury Law".to_owned(),
        time_zone: TimeZone::get("America/New_York").expect("zones are bundled"),
        active: true,
        mycase: mycase(),
        portal: PortalSettings {
            kind: profile.name.clone(),
            kind_line: 12,
            base_url: url(&profile.base_url),
            profile: Arc::clone(&profile),
            api_key: SecretRef::Stored("portal".to_owned()),
            existing: None,
            contact_hours: ContactHours::Always,
            drift: Drift::Report,
            stages: BTreeMap::new(),
        },
        schedule: Schedule { cases: None, changes: None, verify: None, documents: None, messages: None },
        lookback: Lookback { first: 10.years(), later: 12.months() },
        cases: CasesRule::default(),
        testing: BTreeSet::new(),
        clients: ClientsRule {
            who: Who::SoleOrBilling,
            phone: vec![PhoneKind::Cell],
            country: "US".to_owned(),
            shared_phone_allowed: false,
            company_takes_billing_contact: false,
        },
        staff: StaffRule {
            lead: vec![Lead::LeadLawyer, Lead::OriginatingLawyer],
            lead_missing: LeadMissing::Attention,
            paralegals: BTreeSet::from([NameKey::new("Paralegal")]),
            roles: BTreeMap::new(),
            email: BTreeMap::new(),
        },
        closure: Closure {
            close: true,
            reopen: true,
            deleted: DeletedRule::Report,
            out_of_scope: OutOfScopeRule::Report,
            settle: Duration::ZERO,
            stage: None,
            by_hand: BTreeSet::new(),
            import_closed: true,
        },
        stages: StagesRule {
            not_in_map: NotInMap::SameName,
            hide: BTreeSet::new(),
            start: None,
            settle: Duration::ZERO,
            map: BTreeMap::new(),
            by_area: BTreeMap::new(),
        },
        practice_areas: NameMap { not_in_map: NotInMap::SameName, map: BTreeMap::new() },
        fields: fields(&profile),
        documents: DocumentsRule {
            folder: "Case Documents".to_owned(),
            since: Since::Connected,
            max_size: 250_000_000,
            carry_closed: true,
        },
        messages: MessagesRule { since: Since::Connected, subject: "Portal message from {{ sender }}".to_owned() },
        limits: limits(),
        tests: Vec::new(),
        file: "acme.firm.toml".to_owned(),
        names: Vec::new(),
        made_of: [0; 32],
    }
}

/// A profile with the rules and fields of Case Status and no operations.
pub(crate) fn profile() -> Profile {
    let field = |default: &[&str], required: bool, date: bool| ProfileField {
        default: default.iter().map(|source| (*source).to_owned()).collect(),
        required,
        date,
        help: String::new(),
    };
    let fields = [
        ("readable_id", field(&["case.case_number", "case.id"], true, false)),
        ("name", field(&["case.name"], false, false)),
        ("case_date", field(&["case.opened_date"], false, true)),
        ("description", field(&[], false, false)),
    ];
    Profile {
        name: "case-status".to_owned(),
        title: "Case Status".to_owned(),
        words: Words { case: "case".to_owned(), stage: "stage".to_owned(), practice_area: "practice area".to_owned() },
        base_url: "https://app.casestatus.com".to_owned(),
        auth: Auth { header: "Authorization".to_owned(), value: "ApiKey {key}".to_owned() },
        requests_per_second: 10,
        in_flight: 4,
        settles_in: Duration::from_secs(5),
        imports_closed: true,
        may_contact: None,
        may_contact_when: BTreeMap::new(),
        stages: StageRules { minimum: Some(2), maximum: Some(12), exact: true, one_per_trigger: false },
        fields: fields.into_iter().map(|(name, field)| (name.to_owned(), field)).collect(),
        takes_extra: true,
        required: RequiredPeople { attorney: true, client: true, phone: true, phone_or_email: false, stage: true, practice_area: true },
        operations: BTreeMap::new(),
    }
}

/// One line of `[stages.map]` or `[practice_areas.map]`.
pub(crate) fn entry(from: &str, to: &str, line: u32) -> (NameKey, MapEntry) {
    (NameKey::new(from), MapEntry { from: from.into(), to: to.into(), line })
}

fn fields(profile: &Profile) -> BTreeMap<String, FieldRule> {
    let on = profile.fields.iter().filter(|(_, field)| !field.default.is_empty());
    let rule = |field: &ProfileField| FieldRule {
        source: FieldSource::First(field.default.iter().map(|name| name.parse().expect("a known source")).collect()),
        extra: false,
        required: field.required,
        line: 0,
    };
    on.map(|(name, field)| (name.clone(), rule(field))).collect()
}

fn mycase() -> MyCaseSettings {
    MyCaseSettings {
        client_id: "abc".to_owned(),
        client_secret: SecretRef::Stored("mycase".to_owned()),
        redirect_uri: url("http://127.0.0.1:8766/callback"),
        web_url: Some(url("https://acme.mycase.com")),
        api_url: url("https://external-integrations.mycase.com/v1"),
        authorize_url: url("https://auth.mycase.com/login_sessions/new"),
        token_url: url("https://auth.mycase.com/tokens"),
    }
}

fn limits() -> Limits {
    let share = |percent, at_least, at_most| Limit::Bounded(Share { percent: Some(percent), at_least, at_most: Some(at_most) });
    Limits {
        first_import_goes: false,
        create: share(10.0, 5, 50),
        change_stage: share(10.0, 5, 50),
        close: share(5.0, 3, 20),
        reopen: Limit::Bounded(Share { percent: None, at_least: 0, at_most: Some(5) }),
        contact: share(2.0, 3, 10),
        update: Limit::None,
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a fine address")
}
