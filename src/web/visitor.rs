//! Who asks, as the door found them, and what an answer wants the door to put on it.

use super::session::Session;
use std::net::IpAddr;

/// Who asks, and what their form says; every handler inside the door has it.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) session: Session,
    pub(super) peer: IpAddr,
    /// What a proxy says of who asked it.
    pub(super) forwarded: Option<String>,
    /// The browser brought no cookie of ours.
    pub(super) fresh: bool,
    /// The path asked for, with its query.
    pub(super) here: String,
    /// A page of somebody else's led here.
    pub(super) cross_site: bool,
    pub(super) form: Vec<(String, String)>,
}

impl Visitor {
    /// A field of the form.
    pub(super) fn field(&self, name: &str) -> &str {
        self.form.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// From where, for what is kept: the peer, and what a proxy claims, told apart.
    pub(super) fn from(&self) -> String {
        match &self.forwarded {
            Some(claimed) => format!("the web page ({}, which says it asks for {claimed})", self.peer),
            None => format!("the web page ({})", self.peer),
        }
    }
}

/// What an answer wants done about the cookie; without it a fresh browser gets one with its first page.
#[derive(Debug, Clone)]
pub(super) enum CookieWish {
    /// None is set.
    Leave,
    /// This one.
    Set(Session),
    /// It is taken away.
    Clear,
}

/// Where else forms of this answer may lead (a redirect after a form counts as its target).
#[derive(Debug, Clone)]
pub(super) struct FormsLeadTo(pub(super) String);
