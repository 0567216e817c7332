//! The firm around its cases: who works there, its stages, practice areas, groups and custom fields.
//!
//! Thirty-two stages in MyCase and eleven on the portals, so that a firm file has something to map; more than twenty-five
//! stages and custom fields, so that reading one page of them is not enough.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::names::{FIRMS, FIRST, LAST};
use super::people::{Phones, some_address};
use crate::sandbox::mycase::{CustomField, Firm, ListOption, Named, Office, Staff};
use crate::sandbox::random::Random;

pub(super) const INJURY: &str = "Personal Injury";
pub(super) const FAMILY: &str = "Family Law";
pub(super) const WORKERS: &str = "Workers Compensation";
/// A stage that no portal stage answers to.
pub(super) const ODD_STAGE: &str = "Referred Out";

/// Stages of injury cases, in their order, with their share of open cases.
pub(super) const INJURY_STAGES: [(&str, u64); 17] = [
    ("Potential Client", 4),
    ("Conflict Check", 2),
    ("Signed Up", 6),
    ("Investigation", 8),
    ("Treating", 22),
    ("Released From Treatment", 6),
    ("Records Requested", 8),
    ("Demand Drafting", 6),
    ("Demand Sent", 8),
    ("Negotiation", 8),
    ("Litigation Filed", 5),
    ("Discovery", 5),
    ("Mediation", 3),
    ("Trial Set", 2),
    ("Settled", 3),
    ("Lien Resolution", 2),
    ("Disbursed", 2),
];

/// Stages of family cases.
pub(super) const FAMILY_STAGES: [(&str, u64); 10] = [
    ("Potential Client", 4),
    ("Conflict Check", 2),
    ("Petition Drafted", 14),
    ("Filed", 16),
    ("Served", 14),
    ("Temporary Orders", 12),
    ("Discovery Exchange", 16),
    ("Parenting Evaluation", 8),
    ("Decree Drafted", 8),
    ("Final Orders Entered", 6),
];

/// Stages of workers' compensation cases.
pub(super) const WORKERS_STAGES: [(&str, u64); 9] = [
    ("Potential Client", 4),
    ("Claim Filed", 18),
    ("Benefits Started", 16),
    ("Treating", 22),
    ("IME Scheduled", 12),
    ("Hearing Requested", 10),
    ("Hearing Set", 8),
    ("Award Issued", 6),
    ("Settled", 4),
];

/// What both portals know: practice areas and their stages, in the client's order.
pub(in crate::sandbox) fn portal_stages() -> Vec<(String, Vec<String>)> {
    let area = |name: &str, stages: &[&str]| (name.to_owned(), stages.iter().map(|s| (*s).to_owned()).collect());
    vec![
        area(INJURY, &["Getting Started", "Medical Treatment", "Treatment Completed", "Demand", "Negotiation", "Litigation", "Settlement"]),
        area(FAMILY, &["Getting Started", "Petition", "Discovery", "Final Orders"]),
        area(WORKERS, &["Getting Started", "Medical Treatment", "Hearing", "Settlement"]),
    ]
}

/// (name, belongs to, type), beside the lists.
const FIELDS: [(&str, &str, &str); 28] = [
    ("Portal Enabled", "case", "boolean"),
    ("Date of Injury", "case", "date"),
    ("Claim Number", "case", "short_text"),
    ("Adjuster Name", "case", "short_text"),
    ("Adjuster Phone", "case", "short_text"),
    ("Policy Limits", "case", "currency"),
    ("Police Report Number", "case", "short_text"),
    ("Accident Description", "case", "long_text"),
    ("Injuries", "case", "long_text"),
    ("Medical Specials", "case", "currency"),
    ("Property Damage", "case", "currency"),
    ("Demand Amount", "case", "currency"),
    ("Settlement Amount", "case", "currency"),
    ("Trial Date", "case", "date"),
    ("Mediation Date", "case", "date"),
    ("Mediator", "case", "short_text"),
    ("Judge", "case", "short_text"),
    ("Court Room", "case", "short_text"),
    ("Date of Marriage", "case", "date"),
    ("Date of Separation", "case", "date"),
    ("Number of Children", "case", "numeric"),
    ("Employer", "case", "short_text"),
    ("Average Weekly Wage", "case", "currency"),
    ("Claim Accepted", "case", "boolean"),
    ("Spouse Name", "client", "short_text"),
    ("Emergency Contact", "client", "short_text"),
    ("Needs Interpreter", "client", "boolean"),
    ("Registered Agent", "company", "short_text"),
];

const LISTS: [(&str, &str, &[&str]); 4] = [
    ("Insurance Carrier", "case", &["Prairie State", "Union Mutual", "Great Lakes Casualty", "Self-insured"]),
    ("Case Type", "case", &["Motor Vehicle", "Premises", "Product", "Medical"]),
    ("Referral Source", "case", &["Website", "Former Client", "Attorney", "Television"]),
    ("Preferred Language", "client", &["English", "Spanish", "Vietnamese"]),
];

const GROUPS: [&str; 6] = ["Client", "Opposing Party", "Witness", "Medical Provider", "Insurance Adjuster", "Guardian"];
const ROLES: [&str; 4] = ["Plaintiff", "Defendant", "Petitioner", "Respondent"];

/// The firm without its cases. Attorneys come first among its people, and the last of the five has left.
pub(super) fn offices(seed: u64, start: Timestamp, random: &mut Random) -> Firm {
    let founded = start.saturating_sub(SignedDuration::from_hours(24 * 365 * 9)).unwrap_or(Timestamp::UNIX_EPOCH);
    let founded = Timestamp::from_second(founded.as_second()).unwrap_or(founded);
    let (name, host) = FIRMS[(seed % FIRMS.len() as u64) as usize];
    let mut firm = Firm {
        name: name.to_owned(),
        url: format!("https://{host}.mycase.com"),
        uuid: random.uuid(),
        last_id: 300_000 + (seed % 1000) * 10,
        ..Firm::default()
    };
    let mut stages: Vec<&str> = Vec::new();
    for (stage, _share) in INJURY_STAGES.iter().chain(&FAMILY_STAGES).chain(&WORKERS_STAGES).chain([&(ODD_STAGE, 0)]) {
        if !stages.contains(stage) {
            stages.push(stage);
        }
    }
    firm.practice_areas = named(&mut firm, &[INJURY, FAMILY, WORKERS], founded);
    firm.stages = named(&mut firm, &stages, founded);
    firm.people_groups = named(&mut firm, &GROUPS, founded);
    firm.case_roles = named(&mut firm, &ROLES, founded);
    add_fields(&mut firm, founded);
    add_staff(&mut firm, founded, random);
    let id = firm.new_id();
    firm.office = Some(Office {
        id,
        name: "Main Office".to_owned(),
        fax_phone: String::new(),
        main_phone: "(212) 736-0100".to_owned(),
        address: some_address(random),
        updated_at: founded,
        created_at: founded,
    });
    firm
}

fn named(firm: &mut Firm, names: &[&str], at: Timestamp) -> BTreeMap<u64, Named> {
    names
        .iter()
        .map(|name| {
            let id = firm.new_id();
            (id, Named { id, name: (*name).to_owned(), created_at: at, updated_at: at })
        })
        .collect()
}

fn add_fields(firm: &mut Firm, at: Timestamp) {
    let plain = FIELDS.iter().map(|(name, parent, kind)| (*name, *parent, *kind, &[][..]));
    let lists = LISTS.iter().map(|(name, parent, options)| (*name, *parent, "list", *options));
    for (name, parent_type, field_type, options) in plain.chain(lists) {
        let id = firm.new_id();
        let list_options = options
            .iter()
            .zip(1..)
            .map(|(option, number)| ListOption {
                key: format!("opt_{id}_{number}"),
                option: (*option).to_owned(),
                created_at: at,
                updated_at: at,
            })
            .collect();
        let field = CustomField { id, name: name.to_owned(), parent_type, field_type, list_options, created_at: at, updated_at: at };
        firm.custom_fields.insert(id, field);
    }
}

fn add_staff(firm: &mut Firm, at: Timestamp, random: &mut Random) {
    let domain = firm.url.trim_start_matches("https://").replace(".mycase.com", ".example.com");
    // Office numbers come from the far end, so that no client has one.
    let mut phones = Phones::from(50_000_000);
    let offset = random.below(LAST.len() as u64) as usize;
    for number in 0..10_usize {
        let (kind, title) = match number {
            0..=4 => ("Attorney", if number == 0 { "Managing Partner" } else { "Associate" }),
            5..=8 => ("Paralegal", "Paralegal"),
            _last => ("Staff", "Office Manager"),
        };
        let first = FIRST[(offset * 3 + number * 5) % FIRST.len()];
        let last = LAST[(offset + number * 7) % LAST.len()];
        let id = firm.new_id();
        let plain: String = last.chars().filter(char::is_ascii_alphabetic).collect();
        let person = Staff {
            id,
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: format!("{}.{}@{domain}", first.to_lowercase(), plain.to_lowercase()),
            kind: kind.to_owned(),
            title: title.to_owned(),
            active: number != 4,
            work_phone: phones.written(random),
            hourly_rate: if number <= 4 { 350.0 } else { 125.0 },
            created_at: at,
            updated_at: at,
        };
        firm.me = id;
        firm.staff.insert(id, person);
    }
}
