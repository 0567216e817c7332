//! Cases as links to where they stand in MyCase. Pure.

use crate::domain::CaseId;
use serde::Serialize;

/// A case, and where it stands in MyCase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Link {
    case: String,
    href: Option<String>,
}

/// A case as a link, where the firm's address in MyCase is known. What a firm's file or MyCase says is an address; anything
/// else than the web's own is none to click on.
pub(super) fn link(case: CaseId, cases_url: Option<&str>) -> Link {
    let web = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    Link { case: case.to_string(), href: cases_url.filter(web).map(|url| format!("{url}/{case}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_leads_to_mycase_and_to_nothing_else() {
        let href = |url: Option<&str>| link(CaseId(7), url).href;
        assert_eq!(href(Some("https://acme.mycase.com/court_cases")).as_deref(), Some("https://acme.mycase.com/court_cases/7"));
        assert_eq!((href(None), href(Some("javascript:alert(1)//"))), (None, None));
    }
}
