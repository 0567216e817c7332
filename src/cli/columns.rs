//! Rows as columns without lines between them; on a terminal cells wrap so that no row is wider than it.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

/// The rows, each line ending in a newline; `header` may be empty.
pub(super) fn columns<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>, width: Option<usize>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    if header.iter().any(|title| !title.is_empty()) {
        table.set_header(header);
    }
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(u16::try_from(width).unwrap_or(u16::MAX).saturating_sub(1));
    }
    table.add_rows(rows);
    table.lines().map(|line| format!(" {}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_wrap_on_a_narrow_terminal_and_stay_whole_elsewhere() {
        let row = || std::iter::once(["acme".to_owned(), "a sentence that takes some room".to_owned()]);
        insta::assert_snapshot!(columns(["FIRM", "SAYS"], row(), Some(30)), @r"
          FIRM  SAYS
          acme  a sentence that takes
                some room
        ");
        assert_eq!(columns(["", ""], row(), None), "  acme  a sentence that takes some room\n");
    }
}
