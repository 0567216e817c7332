//! What a portal should hold of one case, complete: the neutral record that mapping makes and portals are sent.

use super::{Kind, Kinds, Ordered, PersonId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What a portal should hold of one case. Values are in normal form; an absent value is `None` or not in its map.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The portal's practice area, as spelled there.
    pub practice_area: Option<String>,
    /// The portal's stage, as spelled there.
    pub stage: Option<String>,
    /// Open or closed.
    pub open: bool,
    /// When the case was closed; goes with a create and is never compared.
    pub closed_date: Option<Date>,
    /// Who can log in, in MyCase's order.
    pub clients: Vec<RecordClient>,
    /// The lead attorney's portal e-mail address.
    pub attorney: Option<String>,
    /// Everybody of the firm who goes along, the lead first.
    pub team: Vec<TeamMember>,
    /// The portal's own fields (`[fields]`), by the portal's name.
    pub fields: BTreeMap<String, String>,
    /// Fields of the firm's own.
    pub extra: BTreeMap<String, String>,
}

/// One person who can log in to the portal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordClient {
    /// MyCase's id of the person.
    pub id: PersonId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address, lower-case.
    pub email: Option<String>,
    /// Phone in E.164.
    pub phone: Option<String>,
}

/// The name of a field: one that every record has, or one of the firm's file.
pub type FieldName = Cow<'static, str>;

/// One member of the firm who goes along with a case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMember {
    /// The portal's e-mail address of the person. Shared: a few people stand in all the firm's records.
    pub email: Arc<str>,
    /// The portal's name of the role: "Attorney", "Paralegal", or what `[staff.roles]` says.
    pub role: Arc<str>,
    /// Whether the person goes among the attorneys (else among the paralegals).
    pub attorney: bool,
}

impl Record {
    /// A record that says nothing but whether it is open.
    pub fn bare(open: bool) -> Record {
        Record {
            practice_area: None,
            stage: None,
            open,
            closed_date: None,
            clients: Vec::new(),
            attorney: None,
            team: Vec::new(),
            fields: BTreeMap::new(),
            extra: BTreeMap::new(),
        }
    }

    /// The kinds in which two records of one linked case differ. `closed_date` is not compared.
    pub fn differs(&self, after: &Record) -> Kinds {
        let Record { practice_area, stage, open, closed_date: _, clients, attorney, team, fields, extra } = self;
        let mut kinds = Kinds::NONE;
        if *open && !after.open {
            kinds.insert(Kind::Close);
        }
        if !*open && after.open {
            kinds.insert(Kind::Reopen);
        }
        if *clients != after.clients {
            kinds.insert(Kind::Contact);
        }
        if *practice_area != after.practice_area || *stage != after.stage {
            kinds.insert(Kind::Stage);
        }
        if *attorney != after.attorney || *team != after.team || *fields != after.fields || *extra != after.extra {
            kinds.insert(Kind::Update);
        }
        kinds
    }

    /// Who its clients are, in their order.
    pub fn people(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.clients.iter().map(|client| client.id)
    }

    /// A stand-in for what the portal holds when it is this record or `other` and nobody knows which: it differs from
    /// `after` wherever one of the two does, so that all of that is sent.
    pub fn either(&self, other: &Record, after: &Record) -> Record {
        fn one<T: PartialEq + Clone>(own: &T, other: &T, after: &T) -> T {
            if own == after { other.clone() } else { own.clone() }
        }
        fn each(
            own: &BTreeMap<String, String>,
            other: &BTreeMap<String, String>,
            after: &BTreeMap<String, String>,
        ) -> BTreeMap<String, String> {
            let keys = own.keys().chain(other.keys());
            keys.filter_map(|key| Some((key.clone(), one(&own.get(key), &other.get(key), &after.get(key))?.clone()))).ordered()
        }
        Record {
            practice_area: one(&self.practice_area, &other.practice_area, &after.practice_area),
            stage: one(&self.stage, &other.stage, &after.stage),
            open: one(&self.open, &other.open, &after.open),
            closed_date: after.closed_date,
            clients: one(&self.clients, &other.clients, &after.clients),
            attorney: one(&self.attorney, &other.attorney, &after.attorney),
            team: one(&self.team, &other.team, &after.team),
            fields: each(&self.fields, &other.fields, &after.fields),
            extra: each(&self.extra, &other.extra, &after.extra),
        }
    }

    /// The names of what differs, for people and answers: `stage`, `phone`, `readable_id`, ... in this order.
    pub fn differing_fields(&self, after: &Record) -> Vec<FieldName> {
        let Record { practice_area, stage, open, closed_date: _, clients, attorney, team, fields, extra } = self;
        let mut names = Vec::new();
        let mut push = |differs: bool, name: &'static str| {
            if differs {
                names.push(FieldName::Borrowed(name));
            }
        };
        push(*open != after.open, "state");
        push(*practice_area != after.practice_area, "practice_area");
        push(*stage != after.stage, "stage");
        push(clients.iter().map(|c| c.id).ne(after.clients.iter().map(|c| c.id)), "clients");
        let pairs = || clients.iter().filter_map(|c| Some((c, after.clients.iter().find(|a| a.id == c.id)?)));
        push(pairs().any(|(b, a)| b.first_name != a.first_name), "first_name");
        push(pairs().any(|(b, a)| b.last_name != a.last_name), "last_name");
        push(pairs().any(|(b, a)| b.email != a.email), "email");
        push(pairs().any(|(b, a)| b.phone != a.phone), "phone");
        push(*attorney != after.attorney, "attorney");
        push(*team != after.team, "team");
        names.extend(differing_keys(fields, &after.fields));
        names.extend(differing_keys(extra, &after.extra));
        names
    }
}

fn differing_keys<'a>(before: &'a BTreeMap<String, String>, after: &'a BTreeMap<String, String>) -> impl Iterator<Item = FieldName> + 'a {
    let mut keys: Vec<_> = before.keys().chain(after.keys()).filter(|key| before.get(*key) != after.get(*key)).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter().cloned().map(FieldName::Owned)
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Record { practice_area, stage, open, clients, fields, .. } = self;
        let fields: Vec<_> = fields.keys().collect();
        write!(f, "Record(open {open}, {practice_area:?}, {stage:?}, {clients:?}, {fields:?})")
    }
}

impl fmt::Debug for RecordClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordClient({})", self.id)
    }
}

impl fmt::Debug for TeamMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TeamMember({})", self.role)
    }
}
