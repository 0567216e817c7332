//! The firms of a story: their files as the office writes them, and what these files mean, kept apart from the product's own
//! reading of them: the judge needs an opinion of its own.

use crate::chance::Chance;
use casebridge::domain::FirmId;
use casebridge::sandbox::{Options, Sandbox, World, portal_stages};
use jiff::Timestamp;
use std::fmt::Write;

/// Which portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Portal {
    CaseStatus,
    Hona,
}

/// How many changes of a kind may go in a day without a person's yes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) create: usize,
    pub(crate) stage: usize,
    pub(crate) close: usize,
    pub(crate) reopen: usize,
    pub(crate) contact: usize,
}

/// Where a MyCase stage leads: for one practice area, or (no area) for all others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) area: Option<&'static str>,
    pub(crate) from: &'static str,
    pub(crate) to: String,
}

/// One firm of a story.
pub(crate) struct Firm {
    pub(crate) id: FirmId,
    pub(crate) portal: Portal,
    pub(crate) sandbox: Sandbox,
    pub(crate) limits: Limits,
    /// The map that the file in use means: of the last good text.
    pub(crate) map: Vec<Rule>,
    /// The file as it lies on the disk.
    pub(crate) text: String,
    address: String,
    contact_hours: &'static str,
    closes_deleted: bool,
    settle: &'static str,
}

pub(crate) const INJURY: &str = "Personal Injury";
pub(crate) const FAMILY: &str = "Family Law";
pub(crate) const WORKERS: &str = "Workers Compensation";
/// Stages that clients never see.
pub(crate) const HIDDEN: &str = "Conflict Check";
/// Nobody is a client yet.
pub(crate) const SKIPPED: &str = "Potential Client";

/// (area or none, MyCase's stage, the portal's); of injury cases those that no other area shares may be edited.
const MAP: [(Option<&str>, &str, &str); 27] = [
    (None, "Signed Up", "Getting Started"),
    (None, "Investigation", "Getting Started"),
    (None, "Released From Treatment", "Medical Treatment"),
    (None, "Records Requested", "Medical Treatment"),
    (None, "Demand Drafting", "Demand"),
    (None, "Demand Sent", "Demand"),
    (None, "Negotiation", "Demand"),
    (None, "Litigation Filed", "Litigation"),
    (None, "Mediation", "Litigation"),
    (None, "Lien Resolution", "Settlement"),
    (None, "Disbursed", "Settlement"),
    (None, "Treating", "Medical Treatment"),
    (None, "Settled", "Settlement"),
    (Some(FAMILY), "Petition Drafted", "Getting Started"),
    (Some(FAMILY), "Filed", "Petition"),
    (Some(FAMILY), "Served", "Petition"),
    (Some(FAMILY), "Temporary Orders", "Petition"),
    (Some(FAMILY), "Discovery Exchange", "Discovery"),
    (Some(FAMILY), "Parenting Evaluation", "Discovery"),
    (Some(FAMILY), "Decree Drafted", "Final Orders"),
    (Some(FAMILY), "Final Orders Entered", "Final Orders"),
    (Some(WORKERS), "Claim Filed", "Getting Started"),
    (Some(WORKERS), "Benefits Started", "Medical Treatment"),
    (Some(WORKERS), "IME Scheduled", "Medical Treatment"),
    (Some(WORKERS), "Hearing Requested", "Hearing"),
    (Some(WORKERS), "Hearing Set", "Hearing"),
    (Some(WORKERS), "Award Issued", "Settlement"),
];

/// So many rules at the start of the map concern injury cases alone.
const INJURY_ALONE: usize = 11;

impl Firm {
    /// The firm at this place of the story.
    pub(crate) fn new(place: usize, chance: &mut Chance, start: Timestamp) -> Firm {
        let portal = if place == 1 { Portal::Hona } else { Portal::CaseStatus };
        let cases = chance.between(6, 14) as usize;
        let sandbox = Sandbox::new(Options { cases, seed: chance.below(1 << 40), rate_limits: true, start });
        let limits = Limits {
            create: chance.between(2, 4) as usize,
            stage: chance.between(2, 4) as usize,
            close: chance.between(1, 3) as usize,
            reopen: chance.between(1, 3) as usize,
            contact: chance.between(1, 3) as usize,
        };
        let map = MAP.iter().map(|(area, from, to)| Rule { area: *area, from, to: (*to).to_owned() }).collect();
        let mut firm = Firm {
            id: format!("firm{place}").parse().expect("an id"),
            portal,
            sandbox,
            limits,
            map,
            text: String::new(),
            address: format!("http://127.0.0.1:{}", 9001 + place),
            contact_hours: chance.pick(&["always", "always", "08:00-20:00 mon-sun"]).expect("one"),
            closes_deleted: chance.per_mille(500),
            settle: chance.pick(&["0 minutes", "0 minutes", "45 minutes"]).expect("one"),
        };
        firm.sandbox.with(know_everybody);
        firm.text = firm.file(&firm.map);
        firm
    }

    /// The environment variable that holds one of its secrets.
    pub(crate) fn variable(&self, side: &str) -> String {
        format!("{}_{side}", self.id.as_str().to_uppercase())
    }

    /// One of the sandbox's addresses or keys.
    pub(crate) fn handle(&self, side: &str, key: &str) -> String {
        self.sandbox.handle(&self.address)[side][key].as_str().expect("a text").to_owned()
    }

    /// The portal's side in the sandbox's handle.
    pub(crate) fn side(&self) -> &'static str {
        match self.portal {
            Portal::CaseStatus => "case_status",
            Portal::Hona => "hona",
        }
    }

    /// Another map: one injury stage leads elsewhere.
    pub(crate) fn edited_map(&self, chance: &mut Chance) -> Vec<Rule> {
        let mut map = self.map.clone();
        let to = portal_stages().into_iter().find(|(area, _)| area == INJURY).map(|(_, stages)| stages).unwrap_or_default();
        let at = chance.below(INJURY_ALONE as u64) as usize;
        map[at].to = chance.pick(&to).expect("a stage");
        map
    }

    /// The file that says this map.
    pub(crate) fn file(&self, map: &[Rule]) -> String {
        let Limits { create, stage, close, reopen, contact } = self.limits;
        let mut text = format!("[firm]\nname = \"{}\"\ntime_zone = \"UTC\"\nstatus = \"active\"\n", self.id);
        text += "[mycase]\n";
        for key in ["api_url", "authorize_url", "token_url", "client_id", "redirect_uri"] {
            let _always = writeln!(text, "{key} = {:?}", self.handle("mycase", key));
        }
        let (kind, existing) = match self.portal {
            Portal::CaseStatus => ("case-status", ""),
            Portal::Hona => ("hona", "existing = \"none\"\n"),
        };
        let _always = write!(
            text,
            "client_secret = {{ env = \"{}\" }}\n[portal]\nkind = \"{kind}\"\napi_key = {{ env = \"{}\" }}\nbase_url = {:?}\n{existing}contact_hours = {:?}\n",
            self.variable("MYCASE"),
            self.variable("PORTAL"),
            self.handle(self.side(), "base_url"),
            self.contact_hours,
        );
        text += "[portal.stages]\n";
        for (area, stages) in portal_stages() {
            let _always = writeln!(text, "{area:?} = {stages:?}");
        }
        let carried = match self.portal {
            Portal::CaseStatus => "documents = \"20 */8 * * *\"\nmessages = \"10 */10 * * *\"\n",
            Portal::Hona => "",
        };
        let _always = write!(
            text,
            "[schedule]\ncases = \"15 3,11,19 * * *\"\nchanges = \"40 */5 * * *\"\nverify = \"0 10 * * *\"\n{carried}\
             [lookback]\nlater = \"10 years\"\n[cases]\nskip_stages = [{SKIPPED:?}]\n[clients]\nwho = \"sole-or-billing\"\nphone = [\"cell\", \"home\"]\n\
             [closure]\nimport_closed = true\ndeleted = {:?}\n[limits]\ncreate = \"at most {create}\"\nchange_stage = \"at most {stage}\"\nclose = \"at most {close}\"\n\
             reopen = \"at most {reopen}\"\ncontact = \"at most {contact}\"\n\
             [stages]\nnot_in_map = \"attention\"\nhide = [{HIDDEN:?}]\nstart = \"Getting Started\"\nsettle = {:?}\n",
            if self.closes_deleted { "close" } else { "report" },
            self.settle,
        );
        for (area, title) in [(None, "[stages.map]".to_owned()), (Some(FAMILY), in_area(FAMILY)), (Some(WORKERS), in_area(WORKERS))] {
            text += &title;
            text.push('\n');
            for Rule { from, to, .. } in map.iter().filter(|rule| rule.area == area) {
                let _always = writeln!(text, "{from:?} = {to:?}");
            }
        }
        text
    }

    /// Where the file in use leads a stage of a practice area; `None` when it does not say, or hides the stage.
    pub(crate) fn stage(&self, area: &str, from: &str) -> Option<&str> {
        let of = |area: Option<&str>| self.map.iter().find(|rule| rule.area == area && rule.from == from).map(|rule| rule.to.as_str());
        of(Some(area)).or_else(|| if from == HIDDEN { None } else { of(None) })
    }

    /// Stages that an office moves cases of this area to.
    pub(crate) fn stages_of(&self, area: &str) -> Vec<&'static str> {
        let own: Vec<&str> = self.map.iter().filter(|rule| rule.area == Some(area)).map(|rule| rule.from).collect();
        let mut stages =
            if own.is_empty() { self.map.iter().filter(|rule| rule.area.is_none()).map(|rule| rule.from).collect() } else { own };
        stages.push(HIDDEN);
        stages
    }
}

fn in_area(area: &str) -> String {
    format!("[stages.for.{area:?}]")
}

/// The portal knows everybody who works at the firm.
fn know_everybody(world: &mut World) {
    let everybody: Vec<String> = world.mycase.staff.values().map(|person| person.email.to_lowercase()).collect();
    world.hona.staff.extend(everybody.iter().cloned());
    world.case_status.staff.extend(everybody);
    world.switches.page_items = 4;
}
