//! How a person names a case: its id, or the address of its page in MyCase.

use super::CaseId;
use std::str::FromStr;
use url::Url;

/// A case as a person names it: `12345678`, or a pasted `https://FIRM.mycase.com/court_cases/12345678/...`
/// (observed: MyCase's case pages, with more path behind).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseRef {
    /// The bare id.
    Id(CaseId),
    /// An address, with the site it was pasted from (scheme, host, port).
    Page {
        /// The id in the address.
        case: CaseId,
        /// The site, e.g. `https://acme.mycase.com`.
        site: String,
    },
}

/// Why a text does not name a case of this firm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefError {
    /// Neither a number nor a case's address.
    #[error("{0:?} is neither a case id (a number) nor the address of a case's page (https://FIRM.mycase.com/court_cases/NUMBER)")]
    NotACase(String),
    /// The address belongs to another site than the firm's.
    #[error("the address is of {found}, but this firm's MyCase is {firm}")]
    OtherSite {
        /// The site of the address.
        found: String,
        /// The firm's own site.
        firm: String,
    },
}

impl CaseRef {
    /// The case, if the address is of the firm's own site. `firm_site` is `web_url`, or what MyCase says the firm's
    /// address is; without it only hosts below `mycase.com` are taken.
    pub fn within(&self, firm_site: Option<&str>) -> Result<CaseId, CaseRefError> {
        let (case, found) = match self {
            CaseRef::Id(case) => return Ok(*case),
            CaseRef::Page { case, site } => (*case, site),
        };
        let same = match firm_site {
            Some(firm) => Url::parse(firm).is_ok_and(|url| site(&url) == *found),
            None => found.starts_with("https://") && found.ends_with(".mycase.com"),
        };
        if same {
            Ok(case)
        } else {
            Err(CaseRefError::OtherSite { found: found.clone(), firm: firm_site.unwrap_or("a site below mycase.com").to_owned() })
        }
    }
}

fn site(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl FromStr for CaseRef {
    type Err = CaseRefError;
    fn from_str(text: &str) -> Result<Self, CaseRefError> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Ok(CaseRef::Id(CaseId(id)));
        }
        let wrong = || CaseRefError::NotACase(text.to_owned());
        let url = Url::parse(text).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong());
        }
        let mut parts = url.path_segments().ok_or_else(wrong)?;
        let id = parts.by_ref().find(|part| *part == "court_cases").and_then(|_| parts.next());
        let case = id.and_then(|id| id.parse().ok()).ok_or_else(wrong)?;
        Ok(CaseRef::Page { case, site: site(&url) })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_address_pasted_from_the_firms_own_site_names_its_case() {
        let pasted: CaseRef = "https://acme.mycase.com/court_cases/123/events?x=1".parse().unwrap();
        assert_eq!(pasted.within(Some("https://acme.mycase.com/")), Ok(CaseId(123)));
        assert_eq!(pasted.within(None), Ok(CaseId(123)));
        assert_eq!("77".parse::<CaseRef>().unwrap().within(None), Ok(CaseId(77)));
    }

    #[test]
    fn another_firms_or_another_sites_address_is_refused() {
        let pasted: CaseRef = "https://acme.mycase.com.evil.example/court_cases/123".parse().unwrap();
        assert!(matches!(pasted.within(None), Err(CaseRefError::OtherSite { .. })));
        let other: CaseRef = "https://other.mycase.com/court_cases/123".parse().unwrap();
        assert!(other.within(Some("https://acme.mycase.com")).is_err());
        assert!("https://acme.mycase.com/contacts/1".parse::<CaseRef>().is_err());
        assert!("Smith v. Jones".parse::<CaseRef>().is_err());
    }
}
