//! What keeping a link costs, a thousand in a transaction. Links are kept twice: in files in memory, which shows what the store costs
//! and whether that grows with the firm, and on the disk of `TMPDIR`, whose file system takes about a millisecond for the first
//! blocks of each new file.

use crate::Done;
use crate::desk::{Desk, PAGE};
use crate::process::{once_more, thread_processor};
use camino::Utf8Path;
use casebridge::domain::{Link, PortalId, Record, SeenState};
use casebridge::mapping::Wanted;
use std::error::Error;

/// Makes this program link so many cases each in states of a folder.
pub(crate) const FILL: &str = "--fill";
/// A file system in memory, where there is one.
const MEMORY: &str = "/dev/shm";

/// Keeps all links of firms of this size in new states of this folder; what one firm's took, in seconds of the processor.
pub(crate) fn keep(firms: &Utf8Path, cases: u64) -> Result<f64, Box<dyn Error>> {
    once_more(&[FILL, firms.as_str(), &cases.to_string()])
}

/// The same with the states in memory; where there is no such file system, or no room in it, on the disk.
pub(crate) fn in_memory(cases: u64) -> Result<f64, Box<dyn Error>> {
    let dir = tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir())?;
    keep(dir.path().try_into()?, cases).or_else(|_| keep(tempfile::tempdir()?.path().try_into()?, cases))
}

/// Links every case of every firm as it is wanted, and prints what keeping one firm's links took.
pub(crate) fn fill(firms: &Utf8Path, cases: u64) -> Done {
    if firms.exists() {
        std::fs::remove_dir_all(firms)?;
    }
    let took = Desk::several(firms, cases)?.iter().map(|desk| filled(desk, cases)).collect::<Result<Vec<f64>, _>>()?;
    println!("{}", took.iter().sum::<f64>() / took.len() as f64);
    Ok(())
}

fn filled(desk: &Desk, cases: u64) -> Result<f64, Box<dyn Error>> {
    let mapper = desk.mapper()?;
    let mut took = 0.0;
    for page in 0..cases / PAGE {
        let wanted: Vec<Wanted> = desk.page(page).iter().map(|case| mapper.map(case)).collect();
        let rows: Vec<(Link, &Record)> =
            (page * PAGE..).zip(&wanted).map(|(place, wanted)| (linked(desk, place, wanted), &wanted.record)).collect();
        let begun = thread_processor();
        desk.store.write(|w| w.put_links(&rows))?;
        took += thread_processor() - begun;
    }
    Ok(took)
}

fn linked(desk: &Desk, place: u64, wanted: &Wanted) -> Link {
    let (practice_area, stage, open) = (wanted.mycase_practice_area.clone(), wanted.mycase_stage.clone(), wanted.record.open);
    let seen = SeenState { practice_area, stage, stage_since: desk.now, open, open_since: desk.now };
    let prints = desk.vault.fingerprinter(&desk.firm.id);
    Link::after(wanted.case, PortalId(format!("{}", 500_000 + place)), &wanted.record, seen, desk.now, &prints)
}
