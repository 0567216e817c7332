//! Where a secret is kept. A firm file never holds the secret itself.

use serde::{Deserialize, Serialize};

/// A reference to a secret; what it says is safe to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretRef {
    /// `{ stored = "NAME" }`: sealed in the firm's state by `casebridge secret set FIRM NAME`.
    Stored(String),
    /// `{ env = "ACME_..." }`: an environment variable whose name begins with the firm's id, or that `[allow]` names.
    Env(String),
    /// `{ file = "..." }`: a file below `secrets/<firm>/`.
    File(String),
    /// `{ credential = "acme...." }`: a systemd credential (`$CREDENTIALS_DIRECTORY`).
    Credential(String),
}
