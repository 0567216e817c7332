//! Edits held against links and against counts: the same answer from both, the same as a run gives.

use super::*;
use crate::config::firm_for_tests::{entry, firm};
use crate::config::{DeletedRule, Firm, Limit, NotInMap, OutOfScopeRule, Share};
use crate::domain::{CaseId, Fingerprint, Link, Missing, NameKey, PortalId, ReasonCode, SeenState};
use crate::mapping::Renames;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

const AREA: &str = "Personal Injury";

/// A case that MyCase shows in one stage and the portal in another.
fn link(case: u64, mycase: (&str, bool), portal: (&str, bool)) -> Link {
    let (area, at) = (Some(AREA.to_owned()), Timestamp::UNIX_EPOCH);
    let print = Fingerprint([0; 16]);
    Link {
        case: CaseId(case),
        portal_id: PortalId(case.to_string()),
        practice_area: area.clone(),
        stage: Some(portal.0.into()),
        open: portal.1,
        contact: print,
        rest: print,
        clients: Vec::new(),
        phones: Vec::new(),
        readable: 0,
        seen: SeenState { practice_area: area, stage: Some(mycase.0.into()), stage_since: at, open: mycase.1, open_since: at },
        missing: None,
        linked_at: at,
    }
}

/// Open cases that stand in one stage on both sides.
fn standing(cases: std::ops::Range<u64>, mycase: &str, portal: &str) -> Vec<Link> {
    cases.map(|case| link(case, (mycase, true), (portal, true))).collect()
}

fn mapped(lines: &[(&str, &str)]) -> Firm {
    let mut firm = firm();
    firm.stages.map = lines.iter().map(|(from, to)| entry(from, to, 4)).collect();
    firm
}

/// Measures an edit on the links, and makes sure that their counts say the same.
fn effect(old: &Firm, new: &Firm, links: &[Link]) -> Effect {
    let none = Renames::default();
    let edit = Edit { old: Some(old), new, old_renames: &none, new_renames: &none };
    let on_links = Effect::on_links(&edit, links.iter().cloned());
    let counts = CaseCounts::of_links(&new.id, &new.cases.never, links.iter().cloned(), Timestamp::UNIX_EPOCH);
    let parsed = CaseCounts::parse(&counts.json().expect("a text"), &new.id).expect("what was written is read");
    assert_eq!(parsed, counts);
    assert_eq!(Effect::on_counts(&edit, &parsed), on_links, "counts say what links say");
    on_links
}

fn said(effect: &Effect) -> String {
    effect.sentences("tonight 17:15").join("\n")
}

#[test]
fn an_edit_of_the_map_is_told_by_where_cases_go_and_by_its_limit() {
    let (old, new) = (mapped(&[("Demand Sent", "Demand")]), mapped(&[("Demand Sent", "Negotiation")]));
    let mut links = standing(0..3, "Demand Sent", "Demand");
    links.extend(standing(3..40, "Intake", "Intake"));
    let few = effect(&old, &new, &links);
    assert_eq!((few.linked, few.open, few.moving()), (40, 40, 3));
    let Move { from, to, cases: 3 } = &few.moves[0] else { panic!("{few:?}") };
    assert_eq!((from.stage.as_deref(), to.stage.as_deref()), (Some("Demand"), Some("Negotiation")));
    assert_eq!(said(&few), "3 cases would move tonight 17:15");
    assert!(few.within_limits().is_some());

    let links = standing(0..214, "Demand Sent", "Demand");
    let many = effect(&old, &new, &links);
    assert_eq!(said(&many), "214 cases would move tonight 17:15; that is more than the limit of 21, so they will wait for approval");
    assert!(many.within_limits().is_none());
    assert_eq!(said(&effect(&old, &new, &links[..1])), "1 case would move tonight 17:15");
}

#[test]
fn only_what_differs_between_the_two_is_the_edits_doing_and_what_is_due_anyway_counts_for_the_limit() {
    let old = mapped(&[("Demand Sent", "Demand")]);
    let new = mapped(&[("Demand Sent", "Demand"), ("Lost", "Closed Out")]);
    // Four cases moved in MyCase and the portal was not told yet.
    let mut links = standing(0..4, "Demand Sent", "Intake");
    links.extend(standing(4..6, "Lost", "Lost"));
    let both = effect(&old, &new, &links);
    assert_eq!(both.moving(), 2, "{both:?}");
    assert_eq!(
        said(&both),
        "2 cases would move tonight 17:15; with 4 cases that would anyway, that is more than the limit of 5, so they will wait for approval"
    );
    // The edit is taken back before a run has done it.
    let back = effect(&new, &old, &links);
    assert_eq!(said(&back), "2 cases that would have changed in the portal would stay as they are there");
    assert!(effect(&old, &old, &links).is_empty());
}

#[test]
fn a_stage_that_falls_out_of_the_map_needs_attention_and_one_that_comes_in_no_more() {
    let mut old = mapped(&[("Demand Sent", "Demand")]);
    old.stages.not_in_map = NotInMap::Attention;
    let mut new = old.clone();
    new.stages.map.clear();
    let links = standing(0..5, "Demand Sent", "Demand");
    let lost = effect(&old, &new, &links);
    assert_eq!((lost.attention.len(), lost.attention[0].1, lost.attention[0].0.code), (1, 5, ReasonCode::StageNotMapped));
    assert!(said(&lost).starts_with("5 cases would need attention: MyCase's stage \"Demand Sent\" is not in [stages.map]"), "{lost:?}");
    assert_eq!(said(&effect(&new, &old, &links)), "5 cases would lose a reason for attention");
}

#[test]
fn a_practice_area_that_falls_out_of_the_map_is_told() {
    let old = firm();
    let mut new = firm();
    new.practice_areas.not_in_map = NotInMap::Attention;
    let lost = effect(&old, &new, &standing(0..2, "Intake", "Intake"));
    assert_eq!((lost.attention[0].1, lost.attention[0].0.code), (2, ReasonCode::PracticeAreaNotMapped));
}

#[test]
fn closing_what_is_closed_in_mycase_is_told_with_its_limit() {
    let mut old = firm();
    old.closure.close = false;
    let new = firm();
    let links: Vec<Link> = (0..12).map(|case| link(case, ("Done", false), ("Done", true))).collect();
    let closes = effect(&old, &new, &links);
    assert_eq!(
        said(&closes),
        "12 cases that are closed in MyCase would close in the portal tonight 17:15; that is more than the limit of 3, so they will wait for approval"
    );
    let mut by_hand = firm();
    by_hand.closure.by_hand = BTreeSet::from([NameKey::new("done")]);
    let asked = effect(&new, &by_hand, &links);
    assert_eq!((asked.stay, asked.attention[0].0.code), (12, ReasonCode::ClosedByHand));
}

#[test]
fn reopening_is_told() {
    let mut old = firm();
    old.closure.reopen = false;
    let links = [link(1, ("Intake", true), ("Intake", false))];
    assert_eq!(said(&effect(&old, &firm(), &links)), "1 case that is open in MyCase would open again in the portal tonight 17:15");
}

#[test]
fn cases_that_an_edit_leaves_out_need_attention_or_close_as_the_file_says() {
    let mut report = firm();
    report.cases.skip_stages = BTreeSet::from([NameKey::new("Lost")]);
    let mut close = report.clone();
    close.closure.out_of_scope = OutOfScopeRule::Close;
    let links = standing(0..2, "Lost", "Lost");
    let asks = effect(&firm(), &report, &links);
    assert_eq!((asks.attention[0].1, asks.attention[0].0.code), (2, ReasonCode::OutOfScope));
    assert_eq!(said(&effect(&firm(), &close, &links)), "2 cases that [cases] leaves out would close in the portal tonight 17:15");
    // And taken in again.
    assert_eq!(said(&effect(&report, &firm(), &links)), "2 cases would lose a reason for attention");
}

#[test]
fn what_an_edit_of_deleted_does_to_cases_that_are_gone_is_told() {
    let mut gone = link(1, ("Done", false), ("Done", true));
    gone.missing = Some(Missing { first: Timestamp::UNIX_EPOCH, proved: true });
    let mut close = firm();
    close.closure.deleted = DeletedRule::Close;
    let told = effect(&firm(), &close, &[gone]);
    assert!(said(&told).starts_with("1 case that is gone from MyCase would close in the portal tonight 17:15"), "{told:?}");
}

#[test]
fn single_cases_are_known_to_links_and_not_to_counts() {
    let (old, mut new) = (mapped(&[("Lost", "Lost")]), mapped(&[("Lost", "Over")]));
    new.testing = BTreeSet::from([CaseId(1)]);
    let links = standing(0..9, "Lost", "Lost");
    let none = Renames::default();
    let edit = Edit { old: Some(&old), new: &new, old_renames: &none, new_renames: &none };
    assert_eq!(Effect::on_links(&edit, links.clone()).moving(), 1, "only the test case is touched");
    let counts = CaseCounts::of_links(&new.id, &BTreeSet::new(), links, Timestamp::UNIX_EPOCH);
    assert_eq!(Effect::on_counts(&edit, &counts).moving(), 0);
    let compared = Comparison::new(&new, Some((&old, "old.toml")), Some((&counts, "acme.counts.json")), Timestamp::UNIX_EPOCH);
    assert!(compared.cannot_see.iter().any(|said| said.starts_with("[testing] names single cases")), "{compared:?}");
}

#[test]
fn counts_of_another_firm_or_form_are_refused_and_old_ones_are_said_to_be() {
    let counts = CaseCounts::of_links(&firm().id, &BTreeSet::new(), standing(0..2, "A", "A"), Timestamp::UNIX_EPOCH);
    let text = counts.json().expect("a text");
    insta::assert_snapshot!(text, @r#"
        {
          "version": 1,
          "firm": "acme",
          "taken_at": "1970-01-01T00:00:00Z",
          "linked": 2,
          "open": 2,
          "groups": [
            {"mycase":{"practice_area":"Personal Injury","stage":"A","open":true},"portal":{"practice_area":"Personal Injury","stage":"A","open":true},"cases":2}
          ]
        }
        "#);
    assert!(matches!(CaseCounts::parse(&text, &"beta".parse().expect("an id")), Err(CountsError::OtherFirm(_))));
    let later = text.replace("\"version\": 1", "\"version\": 2");
    assert!(matches!(CaseCounts::parse(&later, &firm().id), Err(CountsError::Version(2))));
    assert!(CaseCounts::parse("{", &firm().id).is_err());
    let day = SignedDuration::from_hours(24);
    assert!(!counts.is_stale(Timestamp::UNIX_EPOCH + day * 30) && counts.is_stale(Timestamp::UNIX_EPOCH + day * 31));
}

#[test]
fn what_counts_cannot_show_is_said_of_what_the_edit_touches_and_of_nothing_else() {
    let old = firm();
    let mut new = firm();
    new.clients.country = "CA".into();
    new.limits.close = Limit::Bounded(Share { percent: None, at_least: 0, at_most: Some(1) });
    let compared = Comparison::new(&new, Some((&old, "old.toml")), None, Timestamp::UNIX_EPOCH);
    assert_eq!(compared.cannot_see.len(), 1, "{:?}", compared.cannot_see);
    assert!(compared.cannot_see[0].contains("whose phone, e-mail or name") && compared.cannot_see[0].contains("casebridge plan acme"));
    assert!(compared.has_changes() && compared.effect.is_none());
}

#[test]
#[ignore = "a measurement, for release builds"]
#[expect(clippy::print_stderr, reason = "a measurement prints")]
fn a_hundred_thousand_links_are_measured_in_an_instant() {
    let (old, new) = (mapped(&[("Stage 3", "Demand")]), mapped(&[("Stage 3", "Over")]));
    let links: Vec<Link> = (0..100_000)
        .map(|case| {
            let stage = format!("Stage {}", case % 40);
            link(case, (&stage, case % 7 != 0), (&stage, case % 7 != 0))
        })
        .collect();
    let none = Renames::default();
    let edit = Edit { old: Some(&old), new: &new, old_renames: &none, new_renames: &none };
    let began = std::time::Instant::now();
    let effect = Effect::on_links(&edit, links);
    eprintln!("{:?} for 100,000 links; {} move", began.elapsed(), effect.moving());
}
