//! The sections of a firm file. The comments become the schema's descriptions; defaults stand in `defaults.toml` only.

use super::firm_values::{RawAny, RawCase, RawField, RawSince, RawTable};
use super::firm_words::{
    RawClosed, RawClosedCases, RawCompanyCases, RawDeleted, RawDrift, RawFirstImport, RawImport, RawLead, RawNotInMap, RawOutOfScope,
    RawPhone, RawReopened, RawSharedPhone, RawStatus,
};
use super::{At, Map, Maybe, RawSecret, section};

section! {
    /// A firm file of casebridge: `firms.d/<firm>.firm.toml`.
    RawFirm {
        /// Who the firm is.
        firm: RawFirmSection,
        /// The MyCase account the cases are read from.
        mycase: RawMyCase,
        /// The portal account the cases are shown in.
        portal: RawPortal,
        /// When runs start: five-field cron as on Unix (0 and 7 = Sunday), in the firm's zone unless a zone follows; or "off".
        schedule: RawSchedule,
        /// Which cases a run may newly import, by their last change in MyCase; linked cases are kept in step however old.
        lookback: RawLookback,
        /// Which cases are in scope.
        cases: RawCases,
        /// The test cases before going live.
        testing: RawTesting,
        /// Who the client is, and which number is the login.
        clients: RawClients,
        /// Who leads a case, who goes along.
        staff: RawStaff,
        /// What closing, reopening and deleting mean.
        closure: RawClosure,
        /// Which portal stage shows which MyCase stage.
        stages: RawStages,
        /// Which portal practice area shows which MyCase practice area.
        practice_areas: RawPracticeAreas,
        /// Portal field = where it comes from; laid over the profile's own defaults; "" switches one off.
        fields: Maybe<Map<RawField>>,
        /// Portal files into MyCase.
        documents: RawDocuments,
        /// Portal messages into MyCase.
        messages: RawMessages,
        /// The brakes, per run and per day; shares are of the open linked cases.
        limits: RawLimits,
        /// Examples that `casebridge test` runs, offline.
        tests: Maybe<Vec<At<RawTest>>>,
    }
}

section! {
    /// `defaults.toml` beside `firms.d`: for all firms; a firm's own value wins.
    RawFirmDefaults {
        /// When runs start.
        schedule: RawSchedule,
        /// The brakes.
        limits: RawLimits,
        /// Portal files into MyCase.
        documents: RawDocuments,
        /// Portal messages into MyCase.
        messages: RawMessages,
    }
}

section! {
    RawFirmSection {
        /// The firm's name, shown to people.
        name: Maybe<String>,
        /// The firm's time zone by its IANA name, e.g. "America/New_York".
        time_zone: Maybe<String>,
        /// "inactive": connected, plans and tests work, nothing runs by itself; "active": runs by its schedule.
        status: Maybe<RawStatus>,
    }
}

section! {
    RawMyCase {
        /// OAuth client id, from MyCase.
        client_id: Maybe<String>,
        /// Where the OAuth client secret is kept; never the secret itself.
        client_secret: Maybe<RawSecret>,
        /// The redirect address exactly as registered with MyCase.
        redirect_uri: Maybe<String>,
        /// The firm's own address, e.g. `https://acme.mycase.com`; checked against what MyCase says the firm is.
        web_url: Maybe<String>,
        /// MyCase's API with its version; set only for the sandbox.
        api_url: Maybe<String>,
        /// Where a person allows access; set only for the sandbox.
        authorize_url: Maybe<String>,
        /// Where tokens are exchanged; set only for the sandbox.
        token_url: Maybe<String>,
    }
}

section! {
    RawPortal {
        /// "case-status", "hona", or the name of a profile in the daemon's profile folder.
        kind: Maybe<String>,
        /// Where the portal's key is kept; never the key itself.
        api_key: Maybe<RawSecret>,
        /// Overrides the profile's address; only hosts that the daemon's `[allow]` names, and loopback.
        base_url: Maybe<String>,
        /// Required where the portal cannot be listed (Hona): "none", or the path of an exported list to adopt.
        existing: Maybe<String>,
        /// "always", or hours like "08:00-20:00 mon-sat": what clients can notice waits for them.
        contact_hours: Maybe<String>,
        /// What to do about changes made in the portal by hand.
        drift: Maybe<RawDrift>,
        /// The portal's stages as spelled there, in the client's order, by the portal's practice area.
        stages: Maybe<Map<Vec<At<String>>>>,
        /// Single keys of the portal's profile, for an account whose API differs.
        overrides: Maybe<RawTable>,
    }
}

section! {
    RawSchedule {
        /// The nightly run, over `lookback.later`.
        cases: Maybe<String>,
        /// Only what changed since the last look, e.g. "*/15 7-19 * * 1-5".
        changes: Maybe<String>,
        /// Compare everything: changed by hand, deleted, lost links.
        verify: Maybe<String>,
        /// Portal files into MyCase.
        documents: Maybe<String>,
        /// Portal messages into MyCase.
        messages: Maybe<String>,
    }
}

section! {
    RawLookback {
        /// Until a first run has completed, and after `reset`; e.g. "10 years".
        first: Maybe<String>,
        /// Later; e.g. "12 months".
        later: Maybe<String>,
    }
}

section! {
    RawCases {
        /// "all", or "selected": only cases asked for by id or URL, or already linked.
        import: Maybe<RawImport>,
        /// When not empty: only these MyCase practice areas.
        practice_areas: Maybe<Vec<At<String>>>,
        /// Never these MyCase practice areas.
        skip_practice_areas: Maybe<Vec<At<String>>>,
        /// Never these MyCase stages, e.g. ["Potential Client"].
        skip_stages: Maybe<Vec<At<String>>>,
        /// Never these cases: ids or MyCase URLs.
        never: Maybe<Vec<At<RawCase>>>,
        /// Only cases where this is true, e.g. "custom.Portal Enabled".
        enabled_by: Maybe<String>,
    }
}

section! {
    RawTesting {
        /// While not empty, nothing else is touched: ids or MyCase URLs.
        cases: Maybe<Vec<At<RawCase>>>,
    }
}

section! {
    RawClients {
        /// "sole-or-billing", "billing-contact", "group:NAME" (exactly one person of that people group) or "all".
        who: Maybe<String>,
        /// Tried in this order: the first that is a valid number is the login.
        phone: Maybe<Vec<At<RawPhone>>>,
        /// ISO code of the country for numbers written without one, e.g. "US".
        country: Maybe<String>,
        /// One number on two different people.
        shared_phone: Maybe<RawSharedPhone>,
        /// The client is a company.
        company_cases: Maybe<RawCompanyCases>,
    }
}

section! {
    RawStaff {
        /// Which flag of MyCase makes the lead attorney: the first that is there, active or not.
        lead: Maybe<Vec<At<RawLead>>>,
        /// "attention", or the e-mail address that leads when nobody does.
        lead_missing: Maybe<String>,
        /// MyCase staff types that go along as paralegals.
        paralegals: Maybe<Vec<At<String>>>,
        /// MyCase staff type = the portal's role name.
        roles: Maybe<Map<String>>,
        /// MyCase address = portal address.
        email: Maybe<Map<String>>,
    }
}

section! {
    RawClosure {
        /// A case closed in MyCase.
        closed: Maybe<RawClosed>,
        /// A case opened again in MyCase.
        reopened: Maybe<RawReopened>,
        /// A case deleted in MyCase.
        deleted: Maybe<RawDeleted>,
        /// A linked case that `[cases]` now leaves out.
        out_of_scope: Maybe<RawOutOfScope>,
        /// Closed or reopened must have stood this long, e.g. "2 hours".
        settle: Maybe<String>,
        /// Portal stage to set before closing; "" for none.
        stage: Maybe<String>,
        /// MyCase stages whose cases are not closed by themselves.
        by_hand: Maybe<Vec<At<String>>>,
        /// Closed when first seen: true creates and closes, false leaves out; the profile's default (Case Status true, Hona false).
        import_closed: Maybe<bool>,
    }
}

section! {
    RawStages {
        /// For MyCase stages that no map has.
        not_in_map: Maybe<RawNotInMap>,
        /// Internal MyCase stages: the client keeps seeing the stage before.
        hide: Maybe<Vec<At<String>>>,
        /// Portal stage of a new case that stands in a hidden stage; "" for none.
        start: Maybe<String>,
        /// A stage must have stood this long before it is sent; 30 minutes when `schedule.changes` is on.
        settle: Maybe<String>,
        /// MyCase stage = portal stage; several may share one.
        map: Maybe<RawMap>,
        /// Overrides of the map for one MyCase practice area.
        by_area as "for": Maybe<Map<Map<String>>>,
    }
}

/// Names on the left, names on the right.
pub(crate) type RawMap = Map<String>;

section! {
    RawPracticeAreas {
        /// For MyCase practice areas that the map does not have.
        not_in_map: Maybe<RawNotInMap>,
        /// MyCase practice area = the portal's.
        map: Maybe<RawMap>,
    }
}

section! {
    RawDocuments {
        /// Folder in the MyCase case.
        folder: Maybe<String>,
        /// Which files count: "connected" (from the connection on), a date like "2026-01-31", or "everything".
        since: Maybe<RawSince>,
        /// The largest file, e.g. "250 MB".
        max_size: Maybe<String>,
        /// Files of closed cases.
        closed_cases: Maybe<RawClosedCases>,
    }
}

section! {
    RawMessages {
        /// Which messages count: "connected" (from the connection on), a date like "2026-01-31", or "everything".
        since: Maybe<RawSince>,
        /// Template of the note's subject.
        subject: Maybe<String>,
    }
}

section! {
    RawLimits {
        /// Until a first run has completed: "approve" (a plan that writes waits for one yes) or "go".
        first_import: Maybe<RawFirstImport>,
        /// New portal records, e.g. "10%, at least 5, at most 50", "at most 5" or "no limit".
        create: Maybe<String>,
        /// Moves between stages or practice areas.
        change_stage: Maybe<String>,
        /// Closes.
        close: Maybe<String>,
        /// Reopens.
        reopen: Maybe<String>,
        /// Phone, e-mail, name: who can log in.
        contact: Maybe<String>,
        /// Everything else.
        update: Maybe<String>,
    }
}

section! {
    /// One example of what the rules of the file make of a case.
    RawTest {
        /// What it shows, one sentence.
        name: Maybe<String>,
        /// The case as MyCase says it, e.g. { case_stage = "Intake", practice_area = "PI" }; also client, clients, companies, billing_contact, staff, lead_attorney, custom, office, now, and was = { stage, practice_area, open, stood } for a case that the portal shows already.
        case: Maybe<Map<RawAny>>,
        /// What is expected, e.g. { stage = "Getting Started" }: stage, practice_area, any portal field, client, phone, email, attorney, attention, closed, imported.
        expect: Maybe<Map<RawAny>>,
    }
}

/// Every section of a firm file with its keys, the top as "".
pub(crate) const FIRM_SECTIONS: &[(&str, &[&str])] = &[
    ("", RawFirm::KEYS),
    ("firm", RawFirmSection::KEYS),
    ("mycase", RawMyCase::KEYS),
    ("portal", RawPortal::KEYS),
    ("schedule", RawSchedule::KEYS),
    ("lookback", RawLookback::KEYS),
    ("cases", RawCases::KEYS),
    ("testing", RawTesting::KEYS),
    ("clients", RawClients::KEYS),
    ("staff", RawStaff::KEYS),
    ("closure", RawClosure::KEYS),
    ("stages", RawStages::KEYS),
    ("practice_areas", RawPracticeAreas::KEYS),
    ("documents", RawDocuments::KEYS),
    ("messages", RawMessages::KEYS),
    ("limits", RawLimits::KEYS),
];
