//! What is typed for `casebridge init`.

use clap::Args;

/// `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The firm's id: lower-case letters, digits, hyphens
    pub firm: String,
    /// The portal: case-status, hona or a profile's name; without it the file asks for that, too
    #[arg(long)]
    pub portal: Option<String>,
    /// The firm's name as people know it
    #[arg(long)]
    pub name: Option<String>,
    /// Where the firm sits, e.g. America/New_York
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// The client id from MyCase support
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The redirect address as registered with MyCase
    #[arg(long, value_name = "URL")]
    pub redirect_uri: Option<String>,
    /// Who gets access: sole-or-billing, billing-contact, group:NAME or all
    #[arg(long)]
    pub who: Option<String>,
    /// For a portal that cannot be listed: none, or the name of a list exported from it
    #[arg(long, value_name = "NONE|FILE")]
    pub existing: Option<String>,
    /// Ask the questions also where no terminal is
    #[arg(long)]
    pub ask: bool,
    /// For a firm that has a file: print a stage map proposed from MyCase's and the portal's names, and write nothing
    #[arg(long, conflicts_with_all = ["portal", "name", "time_zone", "client_id", "redirect_uri", "who", "existing", "ask"])]
    pub stage_map: bool,
}

impl InitArgs {
    /// What was answered on the command line, by the keys of the file.
    pub fn answers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let answers = [
            ("name", &self.name),
            ("time_zone", &self.time_zone),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("who", &self.who),
            ("existing", &self.existing),
        ];
        answers.into_iter().filter_map(|(key, answer)| Some((key, answer.as_deref()?)))
    }
}
