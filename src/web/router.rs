//! Every route: pages, what programs read, the way back from MyCase. Which stands behind which door is decided here.

use super::gates::{insiders, machines};
use super::guard::guard;
use super::site::Shared;
use super::{approve, connect, firm, front, health, login, pages, run};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

/// The routes at the root and, where `public_url` has a path, below it: a proxy may take it away or leave it.
pub(super) fn router(site: Shared) -> Router {
    let base = site.addresses.base().to_owned();
    let routes = routes(&site);
    let all = if base.is_empty() { routes } else { Router::new().nest(&base, routes.clone()).merge(routes) };
    all.fallback(connect::came_back).layer(from_fn_with_state(site.clone(), guard)).with_state(site)
}

fn routes(site: &Shared) -> Router<Shared> {
    // A nested "/" is the base without a slash; with one it is another path.
    let with_slash = Some(format!("{}/", site.addresses.base())).filter(|path| path != "/");
    let pages = with_slash.into_iter().fold(Router::new(), |pages, path| pages.route(&path, get(front::page)));
    let pages = pages
        .route("/", get(front::page))
        .route("/firms/{firm}", get(firm::page))
        .route("/firms/{firm}/runs/{run}", get(run::page))
        .route("/firms/{firm}/plans/{plan}/approve", get(approve::ask).post(approve::approve))
        .route("/firms/{firm}/plans/{plan}/reject", get(approve::ask_to_reject).post(approve::reject))
        .route("/firms/{firm}/connect", post(connect::begin))
        .route("/firms/{firm}/connected", get(connect::ended))
        .route("/logout", post(login::logout))
        .route_layer(from_fn_with_state(site.clone(), insiders));
    let programs = Router::new()
        .route("/metrics", get(health::metrics))
        .route("/readyz", get(health::ready))
        .route_layer(from_fn_with_state(site.clone(), machines));
    let open = Router::new()
        .route("/healthz", get(health::healthy))
        .route("/static/page.css", get(pages::style))
        .route("/login", get(login::page).post(login::login));
    pages.merge(programs).merge(open)
}
