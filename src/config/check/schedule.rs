//! `[schedule]`: cron lines in the firm's zone, and what the portal cannot give is not scheduled.

use super::Check;
use crate::config::raw::{Maybe, RawSchedule};
use crate::config::{Cron, CronError, OperationName, Profile, Schedule, nearest_time_zone};
use jiff::tz::TimeZone;

pub(super) fn schedule(check: &mut Check<'_>, raw: &RawSchedule, zone: &TimeZone, profile: Option<&Profile>) -> Option<Schedule> {
    let cases = line(check, &raw.cases, "cases", zone);
    let changes = line(check, &raw.changes, "changes", zone);
    let verify = line(check, &raw.verify, "verify", zone);
    let documents = served(check, &raw.documents, ("documents", "files"), OperationName::ListFiles, zone, profile);
    let messages = served(check, &raw.messages, ("messages", "messages"), OperationName::ListMessages, zone, profile);
    Some(Schedule { cases: cases?, changes: changes?, verify: verify?, documents: documents?, messages: messages? })
}

/// A line: outer `None` for a problem, inner `None` for off.
fn line(check: &mut Check<'_>, raw: &Maybe<String>, key: &str, zone: &TimeZone) -> Option<Option<Cron>> {
    let at = raw.as_ref()?;
    if at.value.trim().eq_ignore_ascii_case("off") {
        return Some(None);
    }
    match Cron::parse(&at.value, zone) {
        Ok(cron) => Some(Some(cron)),
        Err(error) => {
            let message = format!("schedule.{key}: {error}");
            let near = if let CronError::Zone(name) = &error { nearest_time_zone(name) } else { None };
            let help = match near {
                Some(near) => format!("did you mean {near:?}? Without a zone it is the firm's own"),
                None => "write e.g. \"15 21 * * *\" for every evening at 21:15, or \"off\"".to_owned(),
            };
            check.error(&at.place, "bad-schedule", message, help);
            None
        }
    }
}

/// A schedule of what the portal must give: asked for in the firm's own file it is an error, else silently off.
fn served(
    check: &mut Check<'_>,
    raw: &Maybe<String>,
    (key, what): (&str, &str),
    needs: OperationName,
    zone: &TimeZone,
    profile: Option<&Profile>,
) -> Option<Option<Cron>> {
    let read = line(check, raw, key, zone)?;
    let Some(profile) = profile.filter(|profile| !profile.operations.contains_key(&needs)) else { return Some(read) };
    let at = raw.as_ref()?;
    if read.is_some() && check.line(&at.place) > 0 {
        let message = format!("{} cannot give clients' {what} back, so there is nothing to schedule", profile.title);
        check.error(&at.place, "portal-cannot", message, format!("write {key} = \"off\", or leave the line out"));
        return None;
    }
    Some(None)
}
