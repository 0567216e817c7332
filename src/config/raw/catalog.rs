//! `<firm>.catalog.toml` and `<firm>.tests.toml`, as they stand in the files.

use super::{At, Map, Maybe, RawTest, section};

section! {
    /// The names of a firm's MyCase and portal, without client data; written by `casebridge catalog pull`.
    RawCatalog {
        /// When it was read, e.g. "2026-11-23T15:00:00Z".
        taken_at: Maybe<String>,
        /// MyCase's case stages.
        stages: Maybe<Vec<At<RawNamed>>>,
        /// MyCase's practice areas.
        practice_areas: Maybe<Vec<At<RawNamed>>>,
        /// MyCase's custom fields.
        custom_fields: Maybe<Vec<At<RawNamed>>>,
        /// MyCase's people groups.
        people_groups: Maybe<Vec<At<RawNamed>>>,
        /// MyCase's staff types.
        staff_types: Maybe<Vec<At<String>>>,
        /// The portal's stages by its practice area.
        portal_stages: Maybe<Map<Vec<At<String>>>>,
    }
}

section! {
    RawNamed {
        /// MyCase's id.
        id: Maybe<u64>,
        /// Its name now.
        name: Maybe<String>,
        /// Names it bore when the catalog was pulled before.
        was: Maybe<Vec<At<String>>>,
    }
}

section! {
    /// More `[[tests]]` of a firm.
    RawTestsFile {
        /// The examples.
        tests: Maybe<Vec<At<RawTest>>>,
    }
}
