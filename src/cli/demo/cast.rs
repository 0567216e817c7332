//! The two firms of the demo: their example files, put on a sandbox, and what their portal shows.

use crate::domain::{FirmId, Ordered};
use crate::sandbox::{Options, Sandbox, World};
use serde_json::Value;
use std::collections::BTreeMap;

/// One firm, its own MyCase and its own portal.
pub(super) struct Player {
    /// The firm's id.
    pub(super) id: FirmId,
    /// The portal's name.
    pub(super) portal: &'static str,
    /// Its MyCase and its portal.
    pub(super) sandbox: Sandbox,
    /// Addresses and keys.
    pub(super) handle: Value,
    kind: Kind,
}

/// Which portal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    CaseStatus,
    Hona,
}

/// What a portal shows of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its stage.
    pub(super) stage: Option<String>,
    /// Whether it is open.
    pub(super) open: bool,
}

/// Fast enough to watch: the sandbox takes more than the vendors do.
const FASTER: &str = "\n[portal.overrides]                      # only here: the sandbox answers faster than the vendor\nrequests_per_second = 400\nin_flight = 8\n";

impl Player {
    /// Both firms, each with a sandbox of so many cases. The seed picks the firm that MyCase will say it is.
    pub(super) fn both(cases: usize, start: jiff::Timestamp) -> Result<[Player; 2], String> {
        let player = |id: &str, portal, kind, seed| {
            let sandbox = Sandbox::new(Options { cases, seed, rate_limits: false, start });
            let id = id.parse().map_err(|error: crate::domain::FirmIdError| error.to_string())?;
            Ok(Player { id, portal, sandbox, handle: Value::Null, kind })
        };
        let harlow_pike: Result<Player, String> = player("harlow-pike", "Case Status", Kind::CaseStatus, 8);
        Ok([harlow_pike?, player("whitcomb", "Hona", Kind::Hona, 7)?])
    }

    /// Whether the portal can be listed.
    pub(super) fn is_listable(&self) -> bool {
        self.kind == Kind::CaseStatus
    }

    /// The example file with the sandbox's addresses in it.
    pub(super) fn file(&self) -> String {
        let example = match self.kind {
            Kind::CaseStatus => include_str!("../../../examples/case-status/harlow-pike.firm.toml"),
            Kind::Hona => include_str!("../../../examples/hona/whitcomb.firm.toml"),
        };
        let mut text = String::new();
        for line in example.lines().filter(|line| !line.starts_with("client_id") && !line.starts_with("#:schema")) {
            text.push_str(line);
            text.push('\n');
            match line {
                "[mycase]" => {
                    for key in ["client_id", "api_url", "authorize_url", "token_url"] {
                        text.push_str(&format!("{key} = {:?}\n", self.text("mycase", key)));
                    }
                }
                "[portal]" => text.push_str(&format!("base_url = {:?}\n", self.text(self.side(), "base_url"))),
                _ => {}
            }
        }
        text + FASTER
    }

    /// The secrets the firm file names.
    pub(super) fn secrets(&self) -> [(&'static str, String); 2] {
        [("mycase", self.text("mycase", "client_secret")), ("portal", self.text(self.side(), "api_key"))]
    }

    /// Every case the portal shows, by MyCase's id. Two records for one case are an error.
    pub(super) fn shown(&self) -> Result<BTreeMap<u64, Shown>, String> {
        self.sandbox.with(|world| match self.kind {
            Kind::CaseStatus => on_case_status(world),
            Kind::Hona => Ok(on_hona(world)),
        })
    }

    /// Writes the portal was sent since they were last counted.
    pub(super) fn writes(&self) -> usize {
        self.sandbox.with(|world| {
            let writes = world.writes().len();
            world.reset_requests();
            writes
        })
    }

    /// The list a firm exports from a portal that cannot be listed: what `portal.existing` names.
    pub(super) fn exported(&self) -> String {
        let cell = |text: &Option<String>| format!("\"{}\"", text.as_deref().unwrap_or_default().replace('"', "\"\""));
        self.sandbox.with(|world| {
            let rows = world.hona.projects.values().map(|p| {
                format!("{},{},{},{},{},{}\n", p.id, p.external_id, cell(&p.name), cell(&p.phase), cell(&p.project_type), p.status)
            });
            std::iter::once("id,externalId,name,phase,projectType,status\n".to_owned()).chain(rows).collect()
        })
    }

    /// A client of the case sends a file and a message in the portal.
    pub(super) fn client_sends(&self, case: u64, name: &str, bytes: &[u8], words: &str) -> Result<(), String> {
        self.sandbox.with(|world| {
            let now = world.now();
            let record = world.case_status.by_integration_id(&case.to_string()).first().map(|record| record.id);
            let record = record.ok_or_else(|| format!("{} has no case {case}", self.portal))?;
            world.case_status.add_file(record, name, 0, Some(bytes.to_vec().into()), now);
            world.case_status.add_message(record, "a client", words, now);
            Ok(())
        })
    }

    /// The case's documents in MyCase, path and bytes, and the texts of its notes.
    pub(super) fn carried(&self, case: u64) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
        self.sandbox.with(|world| {
            let documents = world.mycase.documents.values().filter(|document| document.case == Some(case));
            let bytes = |document: &crate::sandbox::Document| {
                let last = document.versions.last().and_then(|version| version.bytes.as_ref());
                (document.path.clone(), last.map(|bytes| bytes.to_vec()).unwrap_or_default())
            };
            let notes = world.mycase.notes.values().filter(|note| note.case == case);
            (documents.map(bytes).collect(), notes.map(|note| note.note.clone()).collect())
        })
    }

    /// How many pairs of tokens MyCase was asked for since requests were last counted.
    pub(super) fn token_requests(&self) -> u64 {
        let requests = self.sandbox.with(|world| world.requests());
        requests.iter().filter(|(route, _)| route.contains("/tokens")).map(|(_, count)| count).sum()
    }

    fn side(&self) -> &'static str {
        match self.kind {
            Kind::CaseStatus => "case_status",
            Kind::Hona => "hona",
        }
    }

    fn text(&self, side: &str, key: &str) -> String {
        self.handle[side][key].as_str().unwrap_or_default().to_owned()
    }
}

fn on_case_status(world: &mut World) -> Result<BTreeMap<u64, Shown>, String> {
    let mut shown = BTreeMap::new();
    for record in world.case_status.cases.values() {
        let Some(case) = record.integration_id.as_deref().and_then(|id| id.parse().ok()) else { continue };
        let here = Shown { stage: record.status.clone(), open: record.closed_at.is_none() };
        if shown.insert(case, here).is_some() {
            return Err(format!("two records for case {case}"));
        }
    }
    Ok(shown)
}

fn on_hona(world: &mut World) -> BTreeMap<u64, Shown> {
    let project = |(id, project): (&String, &crate::sandbox::HonaProject)| {
        let here = Shown { stage: project.phase.clone(), open: project.status != "Complete" };
        Some((id.parse().ok()?, here))
    };
    world.hona.projects.iter().filter_map(project).ordered()
}
