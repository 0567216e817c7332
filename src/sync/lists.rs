//! What was seen of MyCase's short lists (staff, stages, practice areas): whether something in them moved that rules may
//! use. A login moves a member of staff and matters to nobody; an address, a type or a name may matter to every case.

use crate::domain::{Fingerprint, Fingerprinter, Named, Ordered, Reference, Staff};
use crate::mycase::Moved;
use crate::store::ListsSeen;
use std::collections::BTreeMap;

/// The fingerprints of what the lists say now.
pub(crate) fn seen(reference: &Reference, prints: &Fingerprinter) -> ListsSeen {
    let named = |list: &[Named]| -> BTreeMap<u64, Fingerprint> { list.iter().map(|named| (named.id, name_print(named, prints))).ordered() };
    ListsSeen {
        staff: reference.staff.values().map(|staff| (staff.id, staff_print(staff, prints))).ordered(),
        stages: named(&reference.stages),
        practice_areas: named(&reference.practice_areas),
    }
}

/// Whether something of what moved is new, or differs in what rules may use from what was `seen` when all cases were last
/// looked at.
pub(crate) fn matters(seen: &ListsSeen, moved: &Moved, prints: &Fingerprinter) -> bool {
    let differs =
        |list: &BTreeMap<u64, Fingerprint>, now: &[Named]| now.iter().any(|named| list.get(&named.id) != Some(&name_print(named, prints)));
    moved.staff.values().any(|staff| seen.staff.get(&staff.id) != Some(&staff_print(staff, prints)))
        || differs(&seen.stages, &moved.stages)
        || differs(&seen.practice_areas, &moved.practice_areas)
}

fn staff_print(staff: &Staff, prints: &Fingerprinter) -> Fingerprint {
    let Staff { id, email, kind, first_name, last_name, active } = staff;
    // What is not there is told from what is empty: 0xff is in no UTF-8 text.
    let option = |text: &Option<String>| text.as_ref().map_or(vec![0xff], |text| text.clone().into_bytes());
    let (email, kind) = (option(email), option(kind));
    let parts = [&id.0.to_be_bytes(), email.as_slice(), &kind, first_name.as_bytes(), last_name.as_bytes(), &[u8::from(*active)]];
    prints.of(parts)
}

fn name_print(named: &Named, prints: &Fingerprinter) -> Fingerprint {
    prints.of([b"name".as_slice(), &named.id.to_be_bytes(), named.name.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StaffId;

    fn jane() -> Staff {
        let (email, kind) = (Some("jane@acme.example".to_owned()), Some("Attorney".to_owned()));
        Staff { id: StaffId(7), email, kind, first_name: "Jane".into(), last_name: "Doe".into(), active: true }
    }

    fn moved(staff: Staff) -> Moved {
        Moved { staff: [(staff.id, staff)].into(), ..Moved::default() }
    }

    #[test]
    fn only_what_rules_may_use_makes_a_member_of_staff_matter() {
        let prints = Fingerprinter::new(&[7; 32]);
        let reference = Reference { staff: [(StaffId(7), jane())].into(), ..Reference::default() };
        let seen = seen(&reference, &prints);
        assert!(!matters(&seen, &moved(jane()), &prints), "a login moves a person and changes nothing");
        let edits: [fn(&mut Staff); 6] = [
            |staff| staff.email = None,
            |staff| staff.email = Some("jane@other.example".into()),
            |staff| staff.kind = Some("Paralegal".into()),
            |staff| staff.last_name = "Roe".into(),
            |staff| staff.active = false,
            |staff| staff.id = StaffId(8),
        ];
        for edit in edits {
            let mut other = jane();
            edit(&mut other);
            assert!(matters(&seen, &moved(other), &prints));
        }
    }

    #[test]
    fn a_stage_matters_when_it_is_new_or_bears_another_name() {
        let prints = Fingerprinter::new(&[7; 32]);
        let stage = |id, name: &str| Named { id, name: name.to_owned() };
        let seen = seen(&Reference { stages: vec![stage(1, "Demand")], ..Reference::default() }, &prints);
        let matter = |stages| matters(&seen, &Moved { stages, ..Moved::default() }, &prints);
        assert!(!matter(vec![]) && !matter(vec![stage(1, "Demand")]));
        assert!(matter(vec![stage(1, "Demand Sent")]) && matter(vec![stage(2, "Demand")]));
        let area = Moved { practice_areas: vec![stage(1, "Demand")], ..Moved::default() };
        assert!(matters(&seen, &area, &prints), "another list, another thing");
    }
}
