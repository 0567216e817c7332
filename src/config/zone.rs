//! Time zones by their IANA names, and the nearest name of a misspelt one.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::sync::LazyLock;

/// The bundled database, not the machine's: a file means the same everywhere.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of a name, without regard to case.
pub(crate) fn find(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// The nearest name, for a misspelt one, or the usual one for a word of everyday ("Eastern").
pub fn nearest(name: &str) -> Option<String> {
    let everyday = match name.trim().to_lowercase().split([' ', '/']).next().unwrap_or_default() {
        "eastern" | "edt" | "et" => Some("America/New_York"),
        "central" | "cdt" | "ct" => Some("America/Chicago"),
        "mountain" | "mdt" | "mt" => Some("America/Denver"),
        "pacific" | "pdt" | "pt" => Some("America/Los_Angeles"),
        _ => None,
    };
    let wanted = name.replace(' ', "_");
    everyday.map(str::to_owned).or_else(|| {
        let names: Vec<String> = ZONES.available().map(|zone| zone.as_str().to_owned()).collect();
        super::nearest::nearest(&wanted, names.iter().map(String::as_str)).map(str::to_owned)
    })
}
