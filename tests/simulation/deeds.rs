//! What people, computers and vendors do while a story runs, and when. A deed is drawn before the story begins; what exactly
//! it means is drawn when its time has come, from what there is then.

use crate::chance::Chance;
use crate::firm::{FAMILY, Firm, INJURY, Portal, WORKERS};
use casebridge::sandbox::{NewCase, NewClient, Side, World};
use jiff::ToSpan;
use std::time::Duration;

/// How long the troubled part of a story lasts: a good two days and a half.
pub(crate) const LASTS: Duration = Duration::from_secs(62 * 3600);

/// What somebody does at one firm, or to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// In MyCase: what [`in_mycase`] carries out.
    Move,
    Close,
    Reopen,
    Open,
    Phone,
    Rename,
    Swap,
    Hide,
    Show,
    Delete,
    /// In the portal.
    File,
    Message,
    /// The firm's file.
    Edit,
    BreakFile,
    MendFile,
    /// A person looks: connects again where that is needed, and says yes to what waits.
    Tend,
    SyncNow,
    /// MyCase's tokens.
    ExpireAccess,
    ExpireRefresh,
    Revoke,
    /// The vendors.
    Storm,
    Lag,
    /// The computer.
    DiskFull,
    DiskFree,
    DieAtRequest,
    DieAtSync,
    Die,
    ClockLeaps,
}

use Deed::{
    BreakFile, ClockLeaps, Close, Delete, Die, DieAtRequest, DieAtSync, DiskFree, DiskFull, Edit, ExpireAccess, ExpireRefresh, File, Hide,
    Lag, MendFile, Message, Move, Open, Phone, Rename, Reopen, Revoke, Show, Storm, Swap, SyncNow, Tend,
};

/// (how often, what) in a firm's days.
const WEIGHTS: [(u64, Deed); 27] = [
    (14, Move),
    (5, Close),
    (4, Reopen),
    (4, Open),
    (4, Phone),
    (2, Rename),
    (2, Swap),
    (2, Hide),
    (3, Show),
    (1, Delete),
    (6, File),
    (6, Message),
    (2, Edit),
    (1, BreakFile),
    (2, MendFile),
    (3, SyncNow),
    (2, ExpireAccess),
    (1, ExpireRefresh),
    (1, Revoke),
    (3, Storm),
    (2, Lag),
    (1, DiskFull),
    (2, DieAtRequest),
    (2, DieAtSync),
    (1, Die),
    (1, ClockLeaps),
    (6, Tend),
];

/// How many of them there are at each firm.
const EACH: u64 = 54;

/// All deeds of a story in their order.
pub(crate) fn schedule(firms: usize, chance: &mut Chance) -> Vec<(Duration, usize, Deed)> {
    let mut all = Vec::new();
    for place in 0..firms {
        let at = |chance: &mut Chance, from: u64| Duration::from_millis(from + chance.below(LASTS.as_millis() as u64 - from));
        // Everybody is connected first, and somebody says yes to the first import.
        all.push((Duration::from_secs(60 + place as u64), place, Tend));
        for hours in [5, 13, 22, 31, 42, 54] {
            all.push((Duration::from_secs(hours * 3600 + chance.below(3600)), place, Tend));
        }
        for _ in 0..EACH {
            let deed = chance.weighed(&WEIGHTS);
            let early = matches!(deed, ClockLeaps | File | Message | Revoke | ExpireRefresh);
            let when = at(chance, if early { 8 * 3600 * 1000 } else { 600 * 1000 });
            all.push((when, place, deed));
            if deed == DiskFull {
                all.push((when + Duration::from_secs(chance.between(600, 3 * 3600)), place, DiskFree));
            }
        }
    }
    all.sort_by_key(|(when, place, _)| (*when, *place));
    all.retain(|(when, ..)| *when < LASTS);
    all
}

/// Does something in MyCase or, as a client, in the portal. Answers what, for the trace; `None` when there was nothing to do.
pub(crate) fn in_systems(deed: Deed, firm: &Firm, world: &mut World, chance: &mut Chance, number: u64) -> Option<String> {
    let cases = |world: &World, wanted: &dyn Fn(&casebridge::sandbox::Case) -> bool| -> Vec<u64> {
        world.mycase.cases.values().filter(|case| wanted(case)).map(|case| case.id).collect()
    };
    let done = match deed {
        Move => {
            let case = chance.pick(&cases(world, &|case| case.open))?;
            let area = world.mycase.practice_area_of(case)?.to_owned();
            let stage = chance.pick(&firm.stages_of(&area))?;
            world.set_stage(case, stage).ok()?;
            format!("{case} {stage}")
        }
        Close => {
            let case = chance.pick(&cases(world, &|case| case.open && !case.hidden))?;
            world.close(case).ok()?;
            case.to_string()
        }
        Reopen => {
            let case = chance.pick(&cases(world, &|case| !case.open))?;
            world.reopen(case).ok()?;
            case.to_string()
        }
        Open => opened(firm, world, chance, number)?.to_string(),
        Phone => {
            let client = chance.pick(&world.mycase.clients.keys().copied().collect::<Vec<_>>())?;
            world.set_client_phone(client, Some(&phone(chance, number))).ok()?;
            client.to_string()
        }
        Rename => {
            let case = chance.pick(&cases(world, &|_| true))?;
            world.set_name(case, &format!("Zephyrine Matter {number}")).ok()?;
            case.to_string()
        }
        Swap => {
            let case = chance.pick(&cases(world, &|case| case.open))?;
            let client = person(world, chance, number);
            world.set_clients(case, &[client], Some(client)).ok()?;
            case.to_string()
        }
        Hide => {
            let case = chance.pick(&cases(world, &|case| !case.hidden))?;
            world.hide(case, true).ok()?;
            case.to_string()
        }
        Show => {
            let case = chance.pick(&cases(world, &|case| case.hidden))?;
            world.hide(case, false).ok()?;
            case.to_string()
        }
        Delete => {
            let case = chance.pick(&cases(world, &|_| true))?;
            world.delete(case).ok()?;
            case.to_string()
        }
        File | Message if firm.portal == Portal::CaseStatus => {
            let records: Vec<u64> = world.case_status.cases.values().filter(|case| case.deleted_at.is_none()).map(|case| case.id).collect();
            let (record, now) = (chance.pick(&records)?, world.now());
            if deed == File {
                let (name, bytes) = (format!("zq-scan-{number}.pdf"), format!("zq-bytes-{number}").into());
                world.case_status.add_file(record, &name, 0, Some(bytes), now).to_string()
            } else {
                let text = format!("zq-words-{number}-");
                world.case_status.add_message(record, &format!("Zqsender {number}"), &text, now).to_string()
            }
        }
        ExpireAccess => {
            world.expire_access_tokens();
            String::new()
        }
        ExpireRefresh => {
            world.expire_refresh_tokens();
            String::new()
        }
        Revoke => {
            world.revoke_tokens();
            String::new()
        }
        Lag => {
            world.switches.list_lag_seconds = chance.below(5);
            world.switches.mycase_lag_seconds = chance.below(60);
            format!("{} {}", world.switches.list_lag_seconds, world.switches.mycase_lag_seconds)
        }
        _of_others => return None,
    };
    Some(done)
}

/// A storm's side, length, status and what it tells.
pub(crate) fn storm(firm: &Firm, chance: &mut Chance) -> (Side, Duration, u16, Option<u64>) {
    let portal = match firm.portal {
        Portal::CaseStatus => Side::CaseStatus,
        Portal::Hona => Side::Hona,
    };
    let side = chance.weighed(&[(4, Side::Mycase), (4, portal), (1, Side::Auth)]);
    let lasts = Duration::from_secs(chance.between(60, 5 * 3600));
    let (code, told) = chance.weighed(&[(3, (429, Some(30))), (2, (429, None)), (2, (503, Some(10))), (2, (500, None)), (1, (502, None))]);
    (side, lasts, code, told)
}

/// A case that somebody opens: most are what the firm's file can place.
fn opened(firm: &Firm, world: &mut World, chance: &mut Chance, number: u64) -> Option<u64> {
    let area = chance.pick(&[INJURY, INJURY, FAMILY, WORKERS])?;
    let stage = chance.pick(&firm.stages_of(area))?;
    let client = person(world, chance, number);
    let new = NewCase {
        name: format!("Zephyrine Matter {number}"),
        practice_area: Some(area.to_owned()),
        stage: Some(stage.to_owned()),
        case_number: Some(format!("ZQ-{number}")),
        clients: vec![client],
    };
    let case = world.add_case(new).ok()?;
    // Some were opened long ago and closed meanwhile.
    if chance.per_mille(150) {
        let past = world.now() - (24 * 40).hours();
        world.edit_case(case, |case| case.created_at = past).ok()?;
        world.close(case).ok()?;
    }
    Some(case)
}

fn person(world: &mut World, chance: &mut Chance, number: u64) -> u64 {
    let phone = phone(chance, number);
    world.add_client(NewClient {
        first_name: format!("Zqfirst{number}"),
        last_name: format!("Zqlast{number}"),
        email: Some(format!("zq{number}@clients.example.com")),
        cell_phone: Some(phone),
    })
}

/// A number that nobody else has: the seeded people's lines begin at 1000.
fn phone(chance: &mut Chance, number: u64) -> String {
    let line = 100 + number % 900;
    let exchange = 300 + number / 900;
    match chance.below(3) {
        0 => format!("(212) {exchange}-0{line}"),
        1 => format!("212.{exchange}.0{line}"),
        _other => format!("+1 212 {exchange} 0{line}"),
    }
}
