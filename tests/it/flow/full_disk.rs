//! A disk without room: the run says so, loses nothing, and the next one goes on when there is room.

use super::stage::{Portal, Stage};
use casebridge::sandbox::World;
use casebridge::sync::Outcome;
use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex};

/// A disk in memory that takes so many more writes.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<(Vec<u8>, Option<usize>)>>);

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disk")
    }
}

impl Disk {
    /// Room for so many more writes; `None` is room enough.
    fn room(&self, writes: Option<usize>) {
        self.0.lock().expect("the disk").1 = writes;
    }

    fn write(&self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let mut disk = self.0.lock().expect("the disk");
        disk.1 = match disk.1 {
            Some(0) => return Err(io::ErrorKind::StorageFull.into()),
            Some(left) => Some(left - 1),
            None => None,
        };
        write(&mut disk.0);
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().expect("the disk").0.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (disk, at) = (self.0.lock().expect("the disk"), offset as usize);
        out.copy_from_slice(disk.0.get(at..at + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.write(|bytes| bytes.resize(len as usize, 0))
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.write(|bytes| bytes[offset as usize..offset as usize + data.len()].copy_from_slice(data))
    }
}

#[tokio::test(start_paused = true)]
async fn wherever_the_room_ends_the_run_says_so_and_the_next_one_sends_what_is_left_once() {
    let disk = Disk::default();
    let on = disk.clone();
    let stage = Stage::unconnected(Portal::CaseStatus, 40).on_storage(move || Ok(on.clone()));
    stage.edit("change_stage = \"10%, at least 5, at most 50\"", "change_stage = \"at most 1000\"");
    stage.connect().await;
    stage.import().await;
    let cases = stage.in_stage("Treating");
    let (mut stages, mut said) = (["Demand Sent", "Treating"].into_iter().cycle(), 0);
    for room in (0..200).step_by(7) {
        let name = stages.next().expect("a stage");
        stage.with(|world| cases.iter().take(3).try_for_each(|case| world.set_stage(*case, name))).expect("moved");
        stage.with(World::reset_requests);
        disk.room(Some(room));
        let full = stage.sync().await;
        disk.room(None);
        if let Some(error) = &full.error {
            assert!(error.text.contains("no room left on the disk for the state"), "{room}: {}", error.text);
            said += 1;
        }
        let again = stage.sync().await;
        assert_eq!((again.error.as_ref(), again.outcome), (None, Outcome::Done), "{room}: {again:#?}");
        assert!(stage.hands().store.journal().expect("a journal").is_empty(), "{room}");
        let shown = if name == "Treating" { "Medical Treatment" } else { "Demand" };
        assert!(cases.iter().take(3).all(|case| stage.shown(*case) == shown), "{room}");
        assert_eq!(stage.sync().await.written, 0, "{room}");
    }
    assert!(said > 3, "{said}");
    assert!(stage.census().values().all(|count| *count == 1));
}
