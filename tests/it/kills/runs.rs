//! Killed in a first import, in a run of what changed, and while files and messages are on their way.

use super::moment::{End, Life, Moment, Span, last_words};
use super::stand::{are_private, are_the_same, clients_give, everything_arrives, is_in_step, portal, stand, surveys, whole, work_goes_on};
use super::{Kills, Share};
use crate::cli::firm::Practice;
use serde_json::Value;

/// Enough that every kind of case is among them.
const CASES: usize = 40;
const SYNC: [&str; 2] = ["sync", "acme"];
const CARRY: [&str; 4] = ["sync", "acme", "--documents", "--messages"];

/// What a firm comes to that nobody kills, and what each step of it takes.
struct Reference {
    imported: Vec<Value>,
    changed: Vec<Value>,
    surveys: Value,
    import: Span,
    change: Span,
}

impl Reference {
    fn new() -> Reference {
        let practice = stand(CASES);
        let import = whole(&practice, &SYNC);
        let imported = portal(&practice);
        work_goes_on(&practice);
        let change = whole(&practice, &SYNC);
        let changed = portal(&practice);
        assert!(imported.len() > 25 && imported != changed, "{}", imported.len());
        Reference { imported, changed, surveys: surveys(&practice), import, change }
    }
}

/// Runs a command, killed again and again, until it comes to its end.
fn through(practice: &Practice, arguments: &[&str], span: Span, kills: &mut Kills) {
    for life in 0.. {
        let moment = Moment::draw(&mut kills.chance, span);
        let through_daemon = kills.chance.below(2) == 0;
        match Life::begin(practice, arguments, through_daemon).until(&moment, practice) {
            End::Killed => kills.one_more(),
            End::ByItself(0) => return,
            // A daemon that is slow to open a state says so, and whoever asked asks again.
            End::ByItself(1) if last_words(practice).contains("ask again in a moment") => {}
            End::ByItself(code) => panic!("life {life}, {moment:?}: exit code {code}\n{}", last_words(practice)),
        }
        are_private(&practice.house.path("state"));
        if kills.chance.below(8) == 0 {
            practice.house.run(&["state", "check"]).ends_with(0);
        }
    }
}

#[test]
fn a_program_killed_in_imports_and_changes_leaves_the_portal_that_nobody_kills_for() {
    let mut kills = Kills::of("imports and changes", Share(30));
    let reference = Reference::new();
    while !kills.are_done() {
        let practice = stand(CASES);
        through(&practice, &SYNC, reference.import, &mut kills);
        is_in_step(&practice, "acme");
        are_the_same(&portal(&practice), &reference.imported);
        work_goes_on(&practice);
        through(&practice, &SYNC, reference.change, &mut kills);
        is_in_step(&practice, "acme");
        are_the_same(&portal(&practice), &reference.changed);
        assert_eq!(surveys(&practice), reference.surveys, "nobody was asked twice");
    }
}

#[test]
fn a_file_or_message_on_its_way_arrives_once_however_often_the_program_is_killed() {
    let mut kills = Kills::of("files and messages", Share(20));
    let practice = stand(CASES);
    whole(&practice, &SYNC);
    let as_it_was = portal(&practice);
    let first = clients_give(&practice, 0);
    let carry = whole(&practice, &CARRY);
    everything_arrives(&practice, &first);
    for batch in 1.. {
        let given = clients_give(&practice, batch);
        through(&practice, &CARRY, carry, &mut kills);
        everything_arrives(&practice, &given);
        if kills.are_done() {
            break;
        }
    }
    everything_arrives(&practice, &first);
    is_in_step(&practice, "acme");
    are_the_same(&portal(&practice), &as_it_was);
}
