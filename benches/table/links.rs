//! What keeping a link costs, a thousand in a transaction: in a firm that has so many already, its files in memory, which shows what
//! the store costs and whether that grows with the firm; and from the first link of a firm on, on the disk of `TMPDIR`, whose
//! file system takes about a millisecond for the first blocks of each new file.

use crate::Done;
use crate::desk::{Desk, PAGE};
use crate::process::{once_more, thread_processor};
use camino::Utf8Path;
use casebridge::domain::{Link, PortalId, Record, SeenState};
use casebridge::mapping::Wanted;
use std::error::Error;
use std::ops::Range;

/// Makes this program link so many cases each in states of a folder.
pub(crate) const FILL: &str = "--fill";
/// The same, and then some more, and what these cost is told.
pub(crate) const MORE: &str = "--fill-and-keep-more";
/// A file system in memory, where there is one.
const MEMORY: &str = "/dev/shm";
/// As many more as there are, but not more than these.
const MOST_MORE: u64 = 100_000;

/// Keeps all links of firms of this size in new states of this folder; what one took, in seconds of the processor.
pub(crate) fn keep(firms: &Utf8Path, cases: u64) -> Result<f64, Box<dyn Error>> {
    once_more(&[FILL, firms.as_str(), &cases.to_string()])
}

/// What one more took in firms of this size, with the states in memory; where there is no such file system, or no room in it, on
/// the disk.
pub(crate) fn more_in_memory(cases: u64) -> Result<f64, Box<dyn Error>> {
    let in_folder = |dir: tempfile::TempDir| -> Result<f64, Box<dyn Error>> {
        let firms: &Utf8Path = dir.path().try_into()?;
        once_more(&[MORE, firms.as_str(), &cases.to_string()])
    };
    let dir = tempfile::tempdir_in(MEMORY).or_else(|_| tempfile::tempdir())?;
    in_folder(dir).or_else(|_| in_folder(tempfile::tempdir()?))
}

/// Links every case of every firm as it is wanted, and prints what keeping one link took.
pub(crate) fn fill(firms: &Utf8Path, cases: u64) -> Done {
    print_each(&opened(firms, cases)?, 0..cases / PAGE)
}

/// The same without a word, then links as many cases more.
pub(crate) fn fill_and_keep_more(firms: &Utf8Path, cases: u64) -> Done {
    let (desks, first) = (opened(firms, cases)?, cases / PAGE);
    desks.iter().try_for_each(|desk| kept(desk, 0..first).map(drop))?;
    print_each(&desks, first..first + cases.min(MOST_MORE) / PAGE)
}

fn opened(firms: &Utf8Path, cases: u64) -> Result<Vec<Desk>, Box<dyn Error>> {
    if firms.exists() {
        std::fs::remove_dir_all(firms)?;
    }
    Desk::several(firms, cases)
}

fn print_each(desks: &[Desk], pages: Range<u64>) -> Done {
    let took = desks.iter().map(|desk| kept(desk, pages.clone())).collect::<Result<Vec<f64>, _>>()?;
    println!("{}", took.iter().sum::<f64>() / (took.len() as u64 * PAGE * (pages.end - pages.start)) as f64);
    Ok(())
}

/// Keeps the links of these pages; what that took.
fn kept(desk: &Desk, pages: Range<u64>) -> Result<f64, Box<dyn Error>> {
    let mapper = desk.mapper()?;
    let mut took = 0.0;
    for page in pages {
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
