//! Who the client is (`[clients] who`), and how that person logs in. Never guesses: what the rule does not decide is a
//! reason.

use super::reasons;
use crate::config::{Firm, PhoneKind, Who};
use crate::domain::{CompanyId, GroupId, NameKey, Ordered, PersonId, Reason, RecordClient, Reference, SeenCase, SeenClient, e164, email};
use std::collections::BTreeSet;
use std::slice;

/// The firm's rule with its people group looked up.
pub(super) struct ClientRule {
    /// The groups that bear the name of `who = "group:NAME"`; MyCase may have a name twice.
    groups: BTreeSet<GroupId>,
}

/// Who the rule says the client is, and by which of its parts.
pub(super) struct Chosen<'a> {
    /// One or more people of the case.
    pub(super) people: &'a [SeenClient],
    /// Why, as a sentence's end without personal data.
    pub(super) because: &'static str,
}

/// What the billing contact's id stands for. Ids of people and companies are counted apart, so one number can be both
/// (MyCase: Cases.json, `billing_contact.id` is a client's or a company's).
enum Billing<'a> {
    Person(&'a SeenClient),
    Company,
    Both,
    NotOnCase,
    Nobody,
}

impl ClientRule {
    /// Looks the firm's group up.
    pub(super) fn new(firm: &Firm, reference: &Reference) -> ClientRule {
        let named = |name: &NameKey| {
            let groups = reference.people_groups.iter().filter(|group| NameKey::new(&group.name) == *name);
            groups.map(|group| GroupId(group.id)).ordered()
        };
        let groups = match &firm.clients.who {
            Who::Group(name) => named(name),
            Who::SoleOrBilling | Who::BillingContact | Who::All => BTreeSet::new(),
        };
        ClientRule { groups }
    }

    /// The people of the case who are the firm's client.
    pub(super) fn choose<'a>(&self, case: &'a SeenCase, firm: &Firm, reference: &Reference) -> Result<Chosen<'a>, Reason> {
        if case.clients.is_empty() && case.companies.is_empty() {
            return Err(reasons::no_client(firm));
        }
        let billing = billing(case);
        let company = !case.companies.is_empty() && (case.clients.is_empty() || matches!(billing, Billing::Company));
        if company {
            return Err(reasons::company(firm));
        }
        match &firm.clients.who {
            Who::SoleOrBilling => match case.clients.as_slice() {
                [_] if case.companies.is_empty() => {
                    Ok(Chosen { people: &case.clients, because: "the only person on the case, and no company" })
                }
                _ => by_billing(billing, firm, "several people or companies are on the case, and "),
            },
            Who::BillingContact => by_billing(billing, firm, ""),
            Who::Group(name) => self.by_group(case, name, &billing, firm, reference),
            Who::All => Ok(Chosen { people: &case.clients, because: "everybody on the case" }),
        }
    }

    fn by_group<'a>(
        &self,
        case: &'a SeenCase,
        name: &NameKey,
        billing: &Billing<'a>,
        firm: &Firm,
        reference: &Reference,
    ) -> Result<Chosen<'a>, Reason> {
        const MARK: &str = "put exactly one person of the case into the group in MyCase";
        if self.groups.is_empty() {
            let fix = "correct [clients] who: it must name a people group of MyCase";
            return Err(reasons::unclear(firm, format!("MyCase has no people group \"{name}\""), fix));
        }
        if case.clients.iter().any(|client| !reference.clients.contains_key(&client.id)) {
            let text = format!("MyCase's list of clients does not show everybody on the case, so group \"{name}\" decides nothing");
            return Err(reasons::unclear(firm, text, "look again with the next run; else let the connected person see all clients"));
        }
        let member = |client: &&SeenClient| {
            let full = reference.clients.get(&client.id).filter(|full| !full.archived);
            full.and_then(|full| full.group).is_some_and(|group| self.groups.contains(&group))
        };
        let mut members = case.clients.iter().filter(member);
        match (members.next(), members.next()) {
            (Some(one), None) => Ok(Chosen { people: slice::from_ref(one), because: "the only person of the firm's people group" }),
            (Some(_), Some(_)) => Err(reasons::unclear(firm, format!("several people on the case are in group \"{name}\""), MARK)),
            // Companies, and none of the firm's own people: the client is a company.
            (None, _) if !case.companies.is_empty() => match billing {
                Billing::Person(person) if firm.clients.company_takes_billing_contact => {
                    Ok(Chosen { people: slice::from_ref(person), because: "the billing contact, for the client is a company" })
                }
                _ => Err(reasons::company(firm)),
            },
            (None, _) => Err(reasons::unclear(firm, format!("nobody on the case is in group \"{name}\""), MARK)),
        }
    }
}

fn by_billing<'a>(billing: Billing<'a>, firm: &Firm, start: &str) -> Result<Chosen<'a>, Reason> {
    const NAME: &str = "make the client the billing contact of the case in MyCase";
    let unclear = |what: &str| Err(reasons::unclear(firm, format!("{start}{what}"), NAME));
    match billing {
        Billing::Person(person) => Ok(Chosen { people: slice::from_ref(person), because: "the billing contact" }),
        Billing::Both => unclear("the billing contact's id is both a person's and a company's"),
        Billing::NotOnCase => unclear("the billing contact is not a person on the case"),
        Billing::Nobody => unclear("there is no billing contact"),
        Billing::Company => Err(reasons::company(firm)),
    }
}

fn billing(case: &SeenCase) -> Billing<'_> {
    let Some(id) = case.billing_contact else { return Billing::Nobody };
    let person = case.clients.iter().find(|client| client.id == PersonId(id));
    match (person, case.companies.contains(&CompanyId(id))) {
        (Some(_), true) => Billing::Both,
        (Some(person), false) => Billing::Person(person),
        (None, true) => Billing::Company,
        (None, false) => Billing::NotOnCase,
    }
}

/// A person as the portal will hold him.
pub(super) struct Login {
    /// In normal form.
    pub(super) client: RecordClient,
    /// Which phone was taken.
    pub(super) phone: Option<PhoneKind>,
    /// MyCase has something as e-mail address that is none.
    pub(super) bad_email: bool,
}

impl Login {
    /// The person in normal form, with the first valid phone of those the file names.
    pub(super) fn of(client: &SeenClient, firm: &Firm) -> Login {
        let written = |kind: PhoneKind| match kind {
            PhoneKind::Cell => client.cell_phone.as_deref(),
            PhoneKind::Home => client.home_phone.as_deref(),
            PhoneKind::Work => client.work_phone.as_deref(),
        };
        let number = |kind: &PhoneKind| Some((*kind, e164(written(*kind)?, &firm.clients.country).ok()?));
        let (kind, phone) = firm.clients.phone.iter().find_map(number).unzip();
        let address = client.email.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let valid = address.and_then(email);
        let name = |name: &Option<String>| name.as_deref().map(str::trim).unwrap_or_default().to_owned();
        Login {
            phone: kind,
            bad_email: address.is_some() && valid.is_none(),
            client: RecordClient {
                id: client.id,
                first_name: name(&client.first_name),
                last_name: name(&client.last_name),
                email: valid,
                phone,
            },
        }
    }

    /// Whether the portal can let the person in.
    pub(super) fn is_enough(&self, firm: &Firm) -> bool {
        let required = firm.portal.profile.required;
        let RecordClient { phone, email, .. } = &self.client;
        (phone.is_some() || !required.phone) && (phone.is_some() || email.is_some() || !required.phone_or_email)
    }
}
