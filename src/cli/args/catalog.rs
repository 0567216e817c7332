//! What is typed for `casebridge catalog`.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};

/// `catalog`.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    /// Reads the names and writes FIRM.catalog.toml beside the firm's file
    Pull(CatalogArgs),
    /// What a pull would change: what came, what went, what was renamed
    Diff(CatalogDiffArgs),
}

/// `catalog pull`.
#[derive(Debug, Args)]
pub struct CatalogArgs {
    /// The firm
    pub firm: String,
    /// The catalog's file, when it is not the one beside the firm's
    #[arg(long, value_name = "FILE")]
    pub output: Option<Utf8PathBuf>,
    /// Leave the portal alone: its list is read page by page, which takes a while for many cases
    #[arg(long)]
    pub no_portal: bool,
}

/// `catalog diff`.
#[derive(Debug, Args)]
pub struct CatalogDiffArgs {
    /// Which catalog.
    #[command(flatten)]
    pub of: CatalogArgs,
    /// Exit with 4 when something changed
    #[arg(long)]
    pub exit_code: bool,
}
