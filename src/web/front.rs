//! The front page: a tile for each firm, what needs a person first, and a filter for houses with many.

use super::site::Shared;
use super::visitor::Visitor;
use super::words::{self, Badge, NOTHING_TO_DO};
use crate::domain::{near, zone};
use crate::operations::FirmStatus;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is looked for.
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    q: String,
}

/// The page.
pub(super) async fn page(
    State(site): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    Query(Filter { q }): Query<Filter>,
) -> Response {
    let status = match site.daemon.status().await {
        Ok(status) => status,
        Err(refusal) => return site.refused(&visitor, None, &refusal),
    };
    let now = site.clock.now();
    let word = |problem: &serde_json::Value| {
        let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
        format!("{}: {}", word("file"), word("message"))
    };
    let problems = status.problems.iter().map(word).collect();
    let since = status.daemon.as_ref().map(|daemon| near(daemon.since, now, &zone(None))).unwrap_or_default();
    site.page(&visitor, "front.html", Front { since, problems, ..front(&status.firms, &q, now) })
}

/// What the page shows.
#[derive(Debug, Default, Serialize)]
struct Front {
    /// What is looked for.
    q: String,
    /// All firms, whatever is looked for.
    all: usize,
    found: usize,
    needy: Vec<Tile>,
    well: Vec<Tile>,
    since: String,
    problems: Vec<String>,
}

/// One firm.
#[derive(Debug, Serialize)]
struct Tile {
    firm: String,
    name: String,
    state: Badge,
    trouble: Option<String>,
    why: Option<String>,
    attention: usize,
    waiting: usize,
    has_plan: bool,
    last: Option<words::RunLine>,
    next: Option<words::NextLine>,
}

fn front(firms: &[FirmStatus], q: &str, now: Timestamp) -> Front {
    let wanted = q.trim().to_lowercase();
    let fits = |status: &&FirmStatus| {
        let texts = [status.name.clone(), status.firm.to_string(), words::state(status).words];
        wanted.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&wanted))
    };
    let mut found: Vec<&FirmStatus> = firms.iter().filter(fits).collect();
    found.sort_by_key(|status| (words::rank(status), status.name.to_lowercase()));
    let count = found.len();
    let (well, needy): (Vec<&FirmStatus>, Vec<&FirmStatus>) = found.into_iter().partition(|status| words::rank(status) == NOTHING_TO_DO);
    let tiles = |firms: Vec<&FirmStatus>| firms.into_iter().map(|status| tile(status, now)).collect();
    Front { q: q.trim().to_owned(), all: firms.len(), found: count, needy: tiles(needy), well: tiles(well), ..Front::default() }
}

fn tile(status: &FirmStatus, now: Timestamp) -> Tile {
    let zone = zone(status.time_zone.as_deref());
    let pause = status.pause.as_ref().map(|pause| pause.reason.clone());
    Tile {
        firm: status.firm.to_string(),
        name: status.name.clone(),
        state: words::state(status),
        trouble: status.state_error.clone().or_else(|| words::file_trouble(status)),
        why: status.reconnect.as_ref().map(|_| "A person has to allow access in MyCase again.".to_owned()).or(pause),
        attention: status.exceptions,
        waiting: status.waiting,
        has_plan: status.waiting_plan.is_some(),
        last: status.last.as_ref().map(|last| words::run(last, now, &zone)),
        next: words::next(&status.next, now, &zone).into_iter().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::words::tests::active;

    #[test]
    fn who_needs_a_person_comes_first_and_the_filter_finds_names_and_words() {
        let needy = FirmStatus { exceptions: 2, name: "Zed Law".to_owned(), ..active("zed") };
        let firms = [active("acme"), active("beta"), needy];
        let page = front(&firms, "", Timestamp::UNIX_EPOCH);
        let names = |tiles: &[Tile]| tiles.iter().map(|tile| tile.firm.clone()).collect::<Vec<_>>();
        assert_eq!((names(&page.needy), names(&page.well)), (vec!["zed".to_owned()], vec!["acme".to_owned(), "beta".to_owned()]));
        let found = |q: &str| front(&firms, q, Timestamp::UNIX_EPOCH).found;
        assert_eq!((found("zed l"), found("ACTIVE"), found(" beta "), found("nobody")), (1, 3, 1, 0));
    }
}
