//! A firm, its cases and a portal in memory, for the tests of this module: plan, apply, plan again.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{Absence, Change, Context, Look, Plan, Planner, Reach};
use crate::config::*;
use crate::domain::*;
use crate::mapping::{Scope, SeenStatus, StageWish, Wanted};
use jiff::{Timestamp, ToSpan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn prints() -> Fingerprinter {
    Fingerprinter::new(&[7; 32])
}

fn limit(percent: Option<f64>, at_least: u32, at_most: Option<u32>) -> Limit {
    Limit::Bounded(Share { percent, at_least, at_most })
}

pub(super) fn limits() -> Limits {
    Limits {
        first_import_goes: false,
        create: limit(Some(10.0), 5, Some(50)),
        change_stage: limit(Some(10.0), 5, Some(50)),
        close: limit(Some(5.0), 3, Some(20)),
        reopen: limit(None, 0, Some(5)),
        contact: limit(Some(2.0), 3, Some(10)),
        update: Limit::None,
    }
}

fn profile() -> Profile {
    Profile {
        name: "case-status".into(),
        title: "Case Status".into(),
        words: Words { case: "case".into(), stage: "stage".into(), practice_area: "practice area".into() },
        base_url: "https://portal.example".into(),
        auth: Auth { header: "Authorization".into(), value: "ApiKey {key}".into() },
        requests_per_second: 10,
        in_flight: 4,
        settles_in: Duration::from_secs(5),
        imports_closed: true,
        may_contact: Some("Case Status may text the client".into()),
        may_contact_when: BTreeMap::new(),
        stages: StageRules::default(),
        fields: BTreeMap::new(),
        takes_extra: true,
        required: RequiredPeople { attorney: true, client: true, phone: true, stage: true, ..RequiredPeople::default() },
        operations: BTreeMap::new(),
    }
}

/// A firm with every default of the design.
pub(super) fn firm() -> Firm {
    let url = |text: &str| url::Url::parse(text).unwrap();
    let field = || FieldRule { source: FieldSource::First(Vec::new()), extra: false, required: false, line: 0 };
    Firm {
        id: "acme".parse().unwrap(),
        name: "Acme Injury Law".into(),
        time_zone: jiff::tz::TimeZone::UTC,
        active: true,
        mycase: MyCaseSettings {
            client_id: "abc".into(),
            client_secret: SecretRef::Stored("mycase".into()),
            redirect_uri: url("http://127.0.0.1:8766/callback"),
            web_url: None,
            api_url: url("https://api.example/v1"),
            authorize_url: url("https://auth.example/a"),
            token_url: url("https://auth.example/t"),
        },
        portal: PortalSettings {
            kind: "case-status".into(),
            kind_line: 0,
            profile: Arc::new(profile()),
            api_key: SecretRef::Stored("portal".into()),
            base_url: url("https://portal.example"),
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
            country: "US".into(),
            shared_phone_allowed: false,
            company_takes_billing_contact: false,
        },
        staff: StaffRule {
            lead: vec![Lead::LeadLawyer],
            lead_missing: LeadMissing::Attention,
            paralegals: BTreeSet::new(),
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
        fields: [("name".to_owned(), field()), ("readable_id".to_owned(), field())].into(),
        documents: DocumentsRule { folder: "Case Documents".into(), since: Since::Connected, max_size: 1, carry_closed: true },
        messages: MessagesRule { since: Since::Connected, subject: "x".into() },
        limits: limits(),
        tests: Vec::new(),
        file: "acme.firm.toml".into(),
        names: Vec::new(),
        made_of: [0; 32],
    }
}

/// An open case in scope with everything decided; its client is person `1000 + id`.
pub(super) fn case(id: u64) -> Wanted {
    let client = RecordClient {
        id: PersonId(1000 + id),
        first_name: "Ann".into(),
        last_name: format!("Smith{id}"),
        email: None,
        phone: Some(format!("+1212555{id:04}")),
    };
    let record = Record {
        practice_area: Some("Personal Injury".into()),
        stage: Some("Treatment".into()),
        open: true,
        closed_date: None,
        clients: vec![client],
        attorney: Some("jane@acme.example".into()),
        team: Vec::new(),
        fields: [("name".to_owned(), format!("Smith{id} v. Jones")), ("readable_id".to_owned(), format!("PI-{id}"))].into(),
        extra: BTreeMap::new(),
    };
    Wanted {
        case: CaseId(id),
        scope: Scope::In,
        record,
        stage: StageWish::Set,
        practice_area_decided: true,
        contact_decided: true,
        state: SeenStatus::Open,
        mycase_stage: Some("Treatment".into()),
        former_stage: None,
        mycase_practice_area: Some("PI".into()),
        updated_at: Some(at("2026-11-20T00:00:00Z")),
        reasons: Vec::new(),
    }
}

pub(super) trait Edit {
    fn stage(self, stage: &str) -> Self;
    fn closed(self) -> Self;
    fn with(self, edit: impl FnOnce(&mut Wanted)) -> Self;
    fn phone(self, phone: &str) -> Self;
    fn because(self, code: ReasonCode, holds: Holds, no_create: bool) -> Self;
}

impl Edit for Wanted {
    fn stage(self, stage: &str) -> Self {
        self.with(|w| {
            w.record.stage = Some(stage.into());
            w.mycase_stage = Some(stage.into());
        })
    }
    fn closed(self) -> Self {
        self.with(|w| {
            w.state = SeenStatus::Closed;
            w.record.open = false;
        })
    }
    fn with(mut self, edit: impl FnOnce(&mut Wanted)) -> Self {
        edit(&mut self);
        self
    }
    fn phone(self, phone: &str) -> Self {
        self.with(|w| w.record.clients[0].phone = Some(phone.into()))
    }
    fn because(self, code: ReasonCode, holds: Holds, no_create: bool) -> Self {
        let reason = Reason { code, holds, no_create, text: "why".into(), fix: "fix".into() };
        self.with(|w| w.reasons.push(reason))
    }
}

/// Links with what was last sent, and the portal's own records.
#[derive(Clone)]
pub(super) struct World {
    pub(super) firm: Firm,
    pub(super) now: Timestamp,
    pub(super) links: BTreeMap<CaseId, (Link, Record)>,
    pub(super) portal: BTreeMap<PortalId, PortalCase>,
    pub(super) first: bool,
    pub(super) reach: Reach,
    pub(super) rewrite: bool,
    pub(super) lists: bool,
    pub(super) whole_list: bool,
    pub(super) last_scan: Option<usize>,
    pub(super) doubts: Vec<ScanDoubt>,
    /// Cases that answer 404 when asked for.
    pub(super) deleted: BTreeSet<CaseId>,
    pub(super) selected: BTreeSet<CaseId>,
}

impl World {
    pub(super) fn new() -> World {
        World {
            firm: firm(),
            now: at("2026-11-23T12:00:00Z"),
            links: BTreeMap::new(),
            portal: BTreeMap::new(),
            first: false,
            reach: Reach::Everything,
            rewrite: false,
            lists: false,
            whole_list: true,
            last_scan: None,
            doubts: Vec::new(),
            deleted: BTreeSet::new(),
            selected: BTreeSet::new(),
        }
    }

    /// A world where these cases are imported and in step.
    pub(super) fn holding(cases: &[Wanted]) -> World {
        let mut world = World::new();
        let plan = world.plan(cases);
        world.apply(&plan);
        assert_eq!(world.links.len(), cases.len(), "{plan:?}");
        world
    }

    pub(super) fn planner(&self) -> Planner {
        Planner::new(Context {
            firm: Arc::new(self.firm.clone()),
            prints: prints(),
            now: self.now,
            first: self.first,
            lookback: at("2025-11-23T12:00:00Z"),
            reach: self.reach.clone(),
            rewrite: self.rewrite,
            listing: self.lists.then(|| Listing { cases: self.portal.values().cloned().collect(), whole: self.whole_list }),
            last_scan: self.last_scan,
            selected: self.selected.clone(),
        })
    }

    pub(super) fn plan(&self, cases: &[Wanted]) -> Plan {
        self.plan_knowing(cases, &BTreeMap::new())
    }

    /// What of these cases is in step for good, with the link of which that is said.
    pub(super) fn in_step(&self, cases: &[Wanted]) -> BTreeMap<CaseId, (Wanted, Link)> {
        let mut planner = self.planner();
        let linked = cases.iter().filter_map(|wanted| Some((wanted, &self.links.get(&wanted.case)?.0)));
        let stand = linked.filter(|(wanted, link)| planner.look(wanted, Some(link)) == Look::InStep);
        stand.map(|(wanted, link)| (wanted.case, (wanted.clone(), link.clone()))).collect()
    }

    /// The same without a look at those of the cases that are `known` and did not move.
    pub(super) fn plan_knowing(&self, cases: &[Wanted], known: &BTreeMap<CaseId, (Wanted, Link)>) -> Plan {
        let mut planner = self.planner();
        for wanted in cases {
            let link = self.links.get(&wanted.case);
            let unmoved = |(same, of): &&(Wanted, Link)| same == wanted && link.is_some_and(|(link, _)| link == of);
            if let Some((_, link)) = known.get(&wanted.case).filter(unmoved) {
                planner.stands(link);
                continue;
            }
            if let Look::Differs(_) = planner.look(wanted, link.map(|(link, _)| link)) {
                let (link, sent) = link.cloned().unzip();
                planner.draft(wanted.clone(), link, sent, vec!["because".into()]);
            }
        }
        for (link, sent) in self.links.values() {
            if planner.was_read(link.case) {
                continue;
            }
            let asked = planner.wants_proof(link);
            let absence = match self.deleted.contains(&link.case) {
                true if asked => Absence::Answered404,
                true | false => Absence::NotShown,
            };
            if planner.absent(link, absence) != Look::Settled {
                planner.close_absent(link, Some(sent.clone()));
            }
        }
        let scan = Scan { read: cases.len(), announced: Some(cases.len()), doubts: self.doubts.clone() };
        planner.finish(&scan, self.links.values().map(|(link, _)| link))
    }

    /// What the shell does with a plan of which everything is approved.
    pub(super) fn apply(&mut self, plan: &Plan) {
        for adoption in &plan.adoptions {
            self.link(adoption.case, adoption.portal_id.clone(), &adoption.record, adoption.seen.clone());
        }
        for observation in &plan.observations {
            let (link, _) = self.links.get_mut(&observation.case).unwrap();
            if let Some(seen) = &observation.seen {
                link.seen = seen.clone();
            }
            if let Some(missing) = observation.missing {
                link.missing = missing;
            }
        }
        plan.changes.iter().for_each(|change| self.send(change));
    }

    pub(super) fn send(&mut self, change: &Change) {
        let made = || PortalId(format!("P{}", change.case));
        let id = change.portal_id.clone().unwrap_or_else(made);
        let record = &change.after;
        let listed = PortalCase {
            portal_id: id.clone(),
            integration_id: Some(change.case.to_string()),
            readable_id: record.fields.get("readable_id").cloned(),
            name: record.fields.get("name").cloned(),
            stage: record.stage.clone(),
            practice_area: record.practice_area.clone(),
            open: Some(record.open),
            deleted: false,
            attorney: record.attorney.clone(),
            updated_at: None,
        };
        self.portal.insert(id.clone(), listed);
        self.link(change.case, id, record, change.seen.clone());
    }

    fn link(&mut self, case: CaseId, id: PortalId, record: &Record, seen: SeenState) {
        self.links.insert(case, (Link::after(case, id, record, seen, self.now, &prints()), record.clone()));
    }

    pub(super) fn listed(&mut self, case: u64) -> &mut PortalCase {
        self.portal.get_mut(&PortalId(format!("P{case}"))).unwrap()
    }
}

/// The kinds of the plan's changes, by case.
pub(super) fn kinds(plan: &Plan) -> Vec<(u64, Vec<Kind>)> {
    plan.changes.iter().map(|change| (change.case.0, change.kinds.iter().collect())).collect()
}

/// The codes of the plan's exceptions, by case.
pub(super) fn codes(plan: &Plan) -> Vec<(u64, Vec<ReasonCode>)> {
    plan.exceptions.iter().map(|e| (e.case.0, e.reasons.iter().map(|reason| reason.code).collect())).collect()
}
