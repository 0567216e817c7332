//! The templates: compiled into the program, everything put into them escaped.

use super::guard::{PROOF, plain};
use super::site::Site;
use super::visitor::Visitor;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

/// Every template by its name; what ends in `.html` escapes what it is given.
const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("pages/layout.html")),
    ("parts.html", include_str!("pages/parts.html")),
    ("front.html", include_str!("pages/front.html")),
    ("firm.html", include_str!("pages/firm.html")),
    ("run.html", include_str!("pages/run.html")),
    ("approve.html", include_str!("pages/approve.html")),
    ("message.html", include_str!("pages/message.html")),
    ("login.html", include_str!("pages/login.html")),
    ("onward.html", include_str!("pages/onward.html")),
];
/// The style of every page.
const STYLE: &str = include_str!("pages/page.css");

/// The templates.
pub(super) struct Pages(Environment<'static>);

impl Pages {
    pub(super) fn new() -> Pages {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, text) in TEMPLATES {
            // They are part of the program: a test renders each.
            if let Err(error) = environment.add_template(name, text) {
                tracing::error!(%error, "the template {name} is broken");
            }
        }
        Pages(environment)
    }

    /// A page with nothing around it.
    pub(super) fn bare(&self, name: &str, values: &Value) -> Response {
        match self.0.get_template(name).and_then(|template| template.render(values)) {
            Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Err(error) => {
                tracing::error!(%error, "the page {name} could not be made");
                plain(StatusCode::INTERNAL_SERVER_ERROR, "this page could not be made; the daemon's log says why")
            }
        }
    }
}

/// A page that says one thing.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Message {
    /// The heading.
    pub(super) title: String,
    /// Sentences.
    pub(super) text: Vec<String>,
    /// A command to type, when that is what to do.
    pub(super) command: Option<String>,
    /// Where to go from here: path below the base, and words.
    pub(super) next: Option<(String, String)>,
}

impl Site {
    /// A page with its frame. `values` is what the template calls `page`.
    pub(super) fn page(&self, visitor: &Visitor, name: &str, values: impl Serialize) -> Response {
        let frame = context! {
            base => self.addresses.base(),
            proof => self.keys.proof(&visitor.session),
            proof_field => PROOF,
            signed_in => visitor.session.signed_in,
            version => env!("CARGO_PKG_VERSION"),
            page => Value::from(Serde(values)),
        };
        self.pages.bare(name, &frame)
    }

    /// A page that says one thing.
    pub(super) fn message(&self, visitor: &Visitor, status: StatusCode, message: Message) -> Response {
        (status, self.page(visitor, "message.html", message)).into_response()
    }
}

/// The style sheet.
pub(super) async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, STYLE).into_response()
}
