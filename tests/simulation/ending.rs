//! What must be true when everything is well again: the portal says what the firm's file makes of MyCase, and what clients gave
//! has arrived. Worked out here from the sandbox alone, in a few lines of its own; the product's mapping is not asked.

use crate::firm::{Firm, HIDDEN, Portal, SKIPPED};
use crate::judge::{Broken, Promise};
use casebridge::sandbox::{Case, Client, World};

/// MyCase's id, first and last name, e-mail address, telephone.
type Person = (String, String, String, Option<String>, Option<String>);

/// What a portal shows of one case, in the judge's words.
#[derive(Debug, Default, PartialEq, Clone)]
struct Shown {
    open: bool,
    area: Option<String>,
    stage: Option<String>,
    name: Option<String>,
    people: Vec<Person>,
    lead: Option<String>,
}

/// Every promise about the end that one firm breaks.
pub(crate) fn judge(firm: &Firm, world: &World) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut differs = |case: u64, what: String| {
        broken.push(Broken { promise: Promise::Converges, text: format!("{}: case {case}: {what}", firm.id) });
    };
    for case in world.mycase.cases.values().filter(|case| !case.hidden) {
        let shown = shown(firm, world, case.id);
        let wish = Wish::of(firm, world, case);
        match shown.as_slice() {
            [] if wish.whole => differs(case.id, "is not in the portal".to_owned()),
            [] => {}
            [one] => wish.held_against(one).into_iter().for_each(|what| differs(case.id, what)),
            several => differs(case.id, format!("{} records", several.len())),
        }
    }
    carried(firm, world, &mut broken);
    broken
}

/// What the file makes of a case; `None` is what it does not decide.
struct Wish {
    /// All of it is decided: there must be a record.
    whole: bool,
    skipped: bool,
    open: bool,
    area: Option<String>,
    stage: Option<String>,
    name: String,
    client: Option<Person>,
    lead: Option<String>,
}

impl Wish {
    fn of(firm: &Firm, world: &World, case: &Case) -> Wish {
        let area = world.mycase.practice_area_of(case.id).map(str::to_owned);
        let spelled = world.mycase.stage_of(case.id).unwrap_or_default();
        let stage = area.as_deref().and_then(|area| firm.stage(area, spelled)).map(str::to_owned);
        let lead = case.staff.iter().find(|staff| staff.lead_lawyer).and_then(|staff| world.mycase.staff.get(&staff.id));
        let lead = lead.filter(|staff| staff.active).map(|staff| staff.email.to_lowercase());
        let client = client_of(case).and_then(|id| world.mycase.clients.get(&id)).map(person);
        let skipped = spelled == SKIPPED;
        let reachable = client.as_ref().is_some_and(|client| client.4.is_some());
        let placed = stage.is_some() || spelled == HIDDEN;
        Wish {
            whole: !skipped && placed && reachable && lead.is_some() && area.is_some(),
            skipped,
            open: case.open,
            area,
            stage,
            name: case.name.clone(),
            client,
            lead,
        }
    }

    /// What a record shows otherwise.
    fn held_against(&self, shown: &Shown) -> Vec<String> {
        let mut found = Vec::new();
        if self.skipped {
            return found;
        }
        if self.open != shown.open {
            found.push(format!("open {}, in the portal {}", self.open, shown.open));
        }
        // Of what is closed nothing more is sent.
        if !shown.open || !self.open {
            return found;
        }
        if self.stage.is_some() && (&self.area, &self.stage) != (&shown.area, &shown.stage) {
            found.push(format!("stage {:?} {:?}, in the portal {:?} {:?}", self.area, self.stage, shown.area, shown.stage));
        }
        if shown.name.as_ref() != Some(&self.name) {
            found.push("another name in the portal".to_owned());
        }
        if let Some(client) = self.client.as_ref().filter(|client| client.4.is_some())
            && shown.people != [client.clone()]
        {
            found.push(format!("other people in the portal: {} of them", shown.people.len()));
        }
        if self.lead.is_some() && shown.lead != self.lead {
            found.push("another lead in the portal".to_owned());
        }
        found
    }
}

/// The only person on the case, else the billing contact where that is a person of the case.
fn client_of(case: &Case) -> Option<u64> {
    match case.clients.as_slice() {
        [one] if case.companies.is_empty() => Some(*one),
        several => {
            let billing = case.billing_contact?;
            (several.contains(&billing) && !case.companies.contains(&billing)).then_some(billing)
        }
    }
}

fn person(client: &Client) -> Person {
    let phone = [&client.cell_phone, &client.home_phone].into_iter().flatten().find_map(|text| number(text));
    let email = client.email.as_deref().map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty());
    (client.id.to_string(), client.first_name.trim().to_owned(), client.last_name.trim().to_owned(), email, phone)
}

/// North American numbers only: others do not occur here.
fn number(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let ten = if digits.len() == 11 { digits.strip_prefix('1')?.to_owned() } else { digits };
    (ten.len() == 10).then(|| format!("+1{ten}"))
}

fn shown(firm: &Firm, world: &World, case: u64) -> Vec<Shown> {
    let id = case.to_string();
    match firm.portal {
        Portal::CaseStatus => world
            .case_status
            .by_integration_id(&id)
            .into_iter()
            .map(|record| {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let people = record.clients.iter().map(|client| {
                    let client = client.clone();
                    (text(&client.integration_id), text(&client.first_name), text(&client.last_name), client.email, client.cell_phone)
                });
                Shown {
                    open: record.closed_at.is_none(),
                    area: record.practice_area.clone(),
                    stage: record.status.clone(),
                    name: record.name.clone(),
                    people: people.collect(),
                    lead: record.attorney_email.as_ref().map(|email| email.to_lowercase()),
                }
            })
            .collect(),
        Portal::Hona => world
            .hona
            .projects
            .get(&id)
            .into_iter()
            .map(|project| {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let contacts = project.contacts.iter().filter_map(|party| world.hona.contacts.get(&party.external_id));
                let people = contacts.map(|contact| {
                    let contact = contact.clone();
                    (contact.external_id, text(&contact.first_name), text(&contact.last_name), contact.email, contact.phone)
                });
                Shown {
                    open: project.status != "Complete",
                    area: project.project_type.clone(),
                    stage: project.phase.clone(),
                    name: project.name.clone(),
                    people: people.collect(),
                    lead: project.team.first().map(|member| member.email.to_lowercase()),
                }
            })
            .collect(),
    }
}

/// Every file and message of a case that MyCase still has is there, once and whole.
fn carried(firm: &Firm, world: &World, broken: &mut Vec<Broken>) {
    let in_mycase = |record: u64| {
        let record = world.case_status.cases.get(&record)?;
        let id = record.integration_id.as_deref()?.parse::<u64>().ok()?;
        world.mycase.cases.get(&id).filter(|case| !case.hidden).map(|case| case.id)
    };
    for file in world.case_status.files.values() {
        let Some(case) = in_mycase(file.case) else { continue };
        let mark = format!("file {}", file.id);
        let whole = |document: &&casebridge::sandbox::Document| {
            document.case == Some(case)
                && document.description.ends_with(&mark)
                && document.versions.iter().any(|version| version.bytes == file.bytes)
        };
        let there = world.mycase.documents.values().filter(whole).count();
        if there != 1 {
            broken.push(Broken { promise: Promise::FilesOnce, text: format!("{}: {mark} of case {case} is there {there} times", firm.id) });
        }
    }
    for message in world.case_status.messages.values() {
        let Some(case) = in_mycase(message.case) else { continue };
        let there = world.mycase.notes.values().filter(|note| note.case == case && note.note.contains(&message.content)).count();
        if there != 1 {
            let text = format!("{}: message {} of case {case} is there {there} times", firm.id, message.id);
            broken.push(Broken { promise: Promise::MessagesOnce, text });
        }
    }
}
