//! Writes a file whole or not at all: who reads it meanwhile sees the text before or the text after.

use camino::Utf8Path;
use fs_err as fs;

/// Writes beside the file, hidden, and puts it in the file's place. Crash before the renaming: the former text stands, and a
/// hidden leftover that the next writing overwrites. After: the new one.
pub fn write_whole(path: &Utf8Path, text: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default();
    let hidden = path.with_file_name(format!(".{name}.new"));
    fs::write(&hidden, text)?;
    fs::rename(&hidden, path)
}
