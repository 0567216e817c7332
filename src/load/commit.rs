//! Which commit a folder's files are of, as git writes it down: read from `.git` by its published layout (gitrepository-layout(5)),
//! without git. In a tree that was laid out without `.git` (an archive, an image) a file `COMMIT` says it.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

/// The commit, in full; nothing when the folder, links followed, lies in no git tree.
pub(crate) fn commit_of(folder: &Utf8Path) -> Option<String> {
    let folder = folder.canonicalize_utf8().ok()?;
    let git = folder.ancestors().find_map(|at| {
        let said = read(&at.join("COMMIT")).filter(|text| is_commit(text));
        said.or_else(|| head(&git_folder(at)?))
    })?;
    Some(git)
}

/// `.git`, or where the file of that name leads (worktrees, submodules, git-sync).
fn git_folder(at: &Utf8Path) -> Option<Utf8PathBuf> {
    let git = at.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let leads = read(&git)?;
    Some(at.join(leads.strip_prefix("gitdir:")?.trim()))
}

fn head(git: &Utf8Path) -> Option<String> {
    let head = read(&git.join("HEAD"))?;
    let Some(name) = head.strip_prefix("ref:").map(str::trim) else { return Some(head).filter(|text| is_commit(text)) };
    // A worktree keeps its own HEAD, and its branches where the repository has them.
    let common = read(&git.join("commondir")).map_or_else(|| git.to_owned(), |common| git.join(common));
    let loose = read(&common.join(name)).filter(|text| is_commit(text));
    loose.or_else(|| {
        let packed = fs::read_to_string(common.join("packed-refs")).ok()?;
        let line = packed.lines().find_map(|line| line.split_once(' ').filter(|(_, packed)| *packed == name))?;
        Some(line.0.to_owned()).filter(|text| is_commit(text))
    })
}

fn read(path: &Utf8Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

/// SHA-1 or SHA-256, in hexadecimal.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn tree() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap().canonicalize_utf8().unwrap();
        for folder in ["repo/firms.d", "repo/.git/refs/heads"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        fs::write(root.join("repo/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
        (dir, root)
    }

    #[test]
    fn the_commit_is_that_of_the_branch_loose_or_packed_or_of_a_head_of_its_own() {
        let (_dir, root) = tree();
        let (folder, git) = (root.join("repo/firms.d"), root.join("repo/.git"));
        assert_eq!(commit_of(&folder), None, "nothing is committed yet");
        fs::write(git.join("packed-refs"), format!("# pack-refs with: peeled\n{ONE} refs/heads/main\n{TWO} refs/heads/other\n")).unwrap();
        assert_eq!(commit_of(&folder).as_deref(), Some(ONE));
        fs::write(git.join("refs/heads/main"), format!("{TWO}\n")).unwrap();
        assert_eq!(commit_of(&folder).as_deref(), Some(TWO), "what is loose is newer than what is packed");
        fs::write(git.join("HEAD"), format!("{ONE}\n")).unwrap();
        assert_eq!(commit_of(&folder).as_deref(), Some(ONE));
    }

    #[test]
    fn links_worktrees_and_archives_are_followed_and_elsewhere_there_is_none() {
        let (_dir, root) = tree();
        fs::write(root.join("repo/.git/refs/heads/main"), ONE).unwrap();
        std::os::unix::fs::symlink(root.join("repo/firms.d"), root.join("firms.d")).unwrap();
        assert_eq!(commit_of(&root.join("firms.d")).as_deref(), Some(ONE));

        fs::create_dir_all(root.join("repo/.git/worktrees/live")).unwrap();
        fs::write(root.join("repo/.git/worktrees/live/HEAD"), "ref: refs/heads/main").unwrap();
        fs::write(root.join("repo/.git/worktrees/live/commondir"), "../..").unwrap();
        fs::create_dir_all(root.join("live/firms.d")).unwrap();
        fs::write(root.join("live/.git"), "gitdir: ../repo/.git/worktrees/live\n").unwrap();
        assert_eq!(commit_of(&root.join("live/firms.d")).as_deref(), Some(ONE));

        fs::create_dir_all(root.join("archive/firms.d")).unwrap();
        assert_eq!(commit_of(&root.join("archive/firms.d")), None);
        fs::write(root.join("archive/COMMIT"), format!("{TWO}\n")).unwrap();
        assert_eq!(commit_of(&root.join("archive/firms.d")).as_deref(), Some(TWO));
    }
}
