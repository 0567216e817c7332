//! The exported list of what a portal that cannot be listed already holds (`portal.existing`): CSV with a header line.

use crate::domain::{Listing, PortalCase, PortalId};
use camino::Utf8Path;

/// Why an exported list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExistingError {
    /// It cannot be read.
    #[error("the exported list {path} cannot be read: {source}")]
    Unreadable {
        /// Where it is.
        path: String,
        /// What the system or the parser says.
        source: csv::Error,
    },
    /// It has no column that tells which case a record belongs to.
    #[error(
        "the exported list {path} has neither an external id nor a name column: its first line must name its columns, e.g. id,externalId,name,phase,projectType,status"
    )]
    NoColumns {
        /// Where it is.
        path: String,
    },
}

/// Names under which portals export a column, without regard to case, blanks and underscores.
const EXTERNAL: &[&str] = &["externalid", "integrationid", "mycaseid"];
const ID: &[&str] = &["id", "projectid", "portalid"];
const NAME: &[&str] = &["name", "projectname", "casename"];
const STAGE: &[&str] = &["phase", "stage", "currentphase"];
const AREA: &[&str] = &["projecttype", "practicearea", "type"];
const STATUS: &[&str] = &["status", "state"];

/// Reads the list. It is taken as whole: the firm says that this is all there is.
pub fn read_existing(path: &Utf8Path) -> Result<Listing, ExistingError> {
    let unreadable = |source| ExistingError::Unreadable { path: path.to_string(), source };
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(path).map_err(unreadable)?;
    let headers: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(plain).collect();
    let column = |names: &[&str]| headers.iter().position(|header| names.contains(&header.as_str()));
    let [external, id, name, stage, area, status] = [EXTERNAL, ID, NAME, STAGE, AREA, STATUS].map(column);
    if external.is_none() && name.is_none() {
        return Err(ExistingError::NoColumns { path: path.to_string() });
    }
    let mut cases = Vec::new();
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).filter(|text| !text.is_empty()).map(str::to_owned);
        let integration_id = cell(external);
        let Some(portal_id) = cell(id).or_else(|| integration_id.clone()).or_else(|| cell(name)) else { continue };
        cases.push(PortalCase {
            portal_id: PortalId(portal_id),
            integration_id,
            readable_id: None,
            name: cell(name),
            stage: cell(stage),
            practice_area: cell(area),
            open: cell(status).map(|status| !matches!(plain(&status).as_str(), "complete" | "completed" | "closed")),
            deleted: false,
            attorney: None,
            updated_at: None,
        });
    }
    Ok(Listing { cases, whole: true })
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '_' | '-' | '\u{feff}')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_read_by_its_header_whatever_the_spelling() {
        let dir = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap().join("hona.csv");
        std::fs::write(&path, "Project ID,External_ID,Name,Phase,Status\np1,77,\"Doe, J.\",Demand,In Progress\np2,,Old,,Complete\n")
            .unwrap();
        let listing = read_existing(&path).unwrap();
        assert_eq!(listing.cases.len(), 2);
        assert_eq!(listing.cases[0].integration_id.as_deref(), Some("77"));
        assert_eq!((listing.cases[0].open, listing.cases[1].open), (Some(true), Some(false)));
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        assert!(matches!(read_existing(&path), Err(ExistingError::NoColumns { .. })));
    }
}
