//! Listens to everything that is logged, at every level, and finds what must not be there.

use casebridge::sandbox::World;
use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// All lines so far. Clones hear the same.
#[derive(Clone, Default)]
pub(crate) struct Heard {
    lines: Arc<Mutex<String>>,
    spans: Arc<AtomicU64>,
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _always = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl Heard {
    /// The first line that says something of this, cut where it says it.
    pub(crate) fn said(&self, private: &[String]) -> Option<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let at = private.iter().filter(|text| text.len() > 4).find_map(|text| lines.find(text.as_str()))?;
        let from = lines[..at].rfind('\n').map_or(0, |from| from + 1);
        Some(format!("{}[here]", &lines[from..at]))
    }

    fn line(&self, write: impl FnOnce(&mut Line<'_>)) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        write(&mut Line(&mut lines));
        lines.push('\n');
    }
}

impl Subscriber for Heard {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.line(|line| span.record(line));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.line(|line| values.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.line(|line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What is personal in a world: names of cases, whole names, telephones as they are written and as they are sent, addresses,
/// what clients wrote and sent.
pub(crate) fn private(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(world.mycase.cases.values().map(|case| case.name.clone()));
    for client in world.mycase.clients.values() {
        all.push(format!("{} {}", client.first_name, client.last_name));
        all.extend(client.email.clone());
        for phone in [&client.cell_phone, &client.home_phone].into_iter().flatten().filter(|text| text.chars().any(|c| c.is_ascii_digit()))
        {
            all.push(phone.clone());
            let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
            all.extend(digits.get(digits.len().saturating_sub(10)..).map(str::to_owned));
        }
    }
    all.extend(world.mycase.staff.values().map(|staff| staff.email.clone()));
    all.extend(["Zqfirst", "Zqlast", "Zqsender", "zq-words", "zq-bytes", "zq-scan", "Zephyrine"].map(str::to_owned));
    all
}
