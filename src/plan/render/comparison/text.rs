//! Two versions of a firm file for a terminal: what the edit says, what it does, what cannot be counted.

use super::facts;
use crate::plan::Comparison;
use crate::plan::render::words::{capital, one_line, plural};

/// The whole text, ending in a newline.
pub fn comparison_text(compared: &Comparison) -> String {
    let against = compared.against.as_ref().map(|name| format!(" compared with {name}")).unwrap_or_default();
    let mut lines = vec![format!("{}{against}: {}", compared.file, facts::verdict(compared))];
    lines.extend(compared.warnings.iter().map(|warning| format!("Note: {warning}.")));
    let mut part = |title: &str, said: Vec<String>| {
        if !said.is_empty() {
            lines.push(format!("\n{title}"));
            lines.extend(said.iter().map(|line| format!("  {}", one_line(line))));
        }
    };
    part(
        "What the edit says",
        compared.change.differences.iter().map(|difference| format!("[{}] {}", difference.section, difference.what)).collect(),
    );
    if let Some(effect) = &compared.effect {
        let moves = effect.moves.iter().map(facts::moved).collect();
        part("Where cases would go", moves);
        let asks = effect
            .attention
            .iter()
            .flat_map(|(reason, cases)| [format!("{}: {}", plural(*cases, "case", "cases"), reason.text), format!("  -> {}", reason.fix)]);
        part("What would need attention", asks.collect());
    }
    part("What cannot be counted here", compared.cannot_see.iter().map(|said| capital(said)).collect());
    lines.push(format!("\n{}", facts::counted(compared)));
    lines.join("\n") + "\n"
}
