//! Which directories have to be watched so that nothing between a path and the real file behind it changes unseen.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use std::collections::{BTreeSet, VecDeque};

/// Links nested deeper are a circle (Linux: path_resolution(7) gives up after 40).
const DEEPEST: usize = 40;

/// What one or more paths lead over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Trail {
    /// Real directories whose entries decide where the paths lead, or hold what they lead to.
    pub(super) directories: BTreeSet<Utf8PathBuf>,
    /// Names on the way; an entry of another name in those directories does not matter by itself.
    pub(super) names: BTreeSet<String>,
}

impl Trail {
    /// Follows a path link by link. Adds the directory of every link, the directory that holds the end of the path, the
    /// end itself when it is a directory, and where the path breaks off, the last directory there is.
    pub(super) fn follow(&mut self, path: &Utf8Path) {
        let mut ahead: VecDeque<String> = path.components().map(|part| part.as_str().to_owned()).collect();
        let mut here = Utf8PathBuf::from("/");
        let mut links = 0;
        while let Some(part) = ahead.pop_front() {
            match part.as_str() {
                "/" => here = "/".into(),
                "." => {}
                ".." => drop(here.pop()),
                name => {
                    let next = here.join(name);
                    self.names.insert(name.to_owned());
                    let Ok(about) = fs::symlink_metadata(&next) else {
                        self.directories.insert(here);
                        return;
                    };
                    if about.is_symlink() && links < DEEPEST {
                        links += 1;
                        self.directories.insert(here.clone());
                        let Ok(target) = fs::read_link(&next) else { return };
                        let target = target.to_string_lossy().into_owned();
                        for part in Utf8Path::new(&target).components().rev() {
                            ahead.push_front(part.as_str().to_owned());
                        }
                    } else {
                        here = next;
                    }
                }
            }
        }
        self.directories.extend(here.parent().map(Utf8Path::to_owned));
        if here.is_dir() {
            self.directories.insert(here);
        }
    }

    /// Follows a directory and every link in it.
    pub(super) fn follow_directory(&mut self, path: &Utf8Path) {
        self.follow(path);
        let Ok(entries) = fs::read_dir(path) else { return };
        for entry in entries.filter_map(Result::ok) {
            if entry.file_type().is_ok_and(|kind| kind.is_symlink())
                && let Ok(entry) = Utf8PathBuf::from_path_buf(entry.path())
            {
                self.follow(&entry);
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn every_directory_that_decides_where_a_path_leads_is_on_the_trail() {
        let temp = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temp.path()).unwrap().canonicalize_utf8().unwrap();
        fs::create_dir_all(root.join("v1/firms.d")).unwrap();
        fs::create_dir_all(root.join("repo")).unwrap();
        fs::write(root.join("repo/acme"), "").unwrap();
        symlink("v1", root.join("current")).unwrap();
        symlink(root.join("repo/acme"), root.join("v1/firms.d/acme.firm.toml")).unwrap();
        let mut trail = Trail::default();
        trail.follow_directory(&root.join("current/firms.d"));
        let below = |directory: &Utf8PathBuf| directory.strip_prefix(&root).ok().map(|path| path.as_str().to_owned());
        let found: Vec<String> = trail.directories.iter().filter_map(below).collect();
        assert_eq!(found, ["", "repo", "v1", "v1/firms.d"]);
        assert!(trail.names.contains("current") && trail.names.contains("acme"));
    }

    #[test]
    fn a_path_that_breaks_off_is_watched_where_it_breaks_and_a_circle_ends() {
        let temp = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(temp.path()).unwrap().canonicalize_utf8().unwrap();
        symlink("b", root.join("a")).unwrap();
        symlink("a", root.join("b")).unwrap();
        for path in ["none/firms.d", "a"] {
            let mut trail = Trail::default();
            trail.follow(&root.join(path));
            assert!(trail.directories.contains(&root), "{path}");
        }
    }
}
