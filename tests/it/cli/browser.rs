//! The page in a real browser: headless Chromium, driven by playwright-core (npm), looked over by axe-core. By keyboard alone, in
//! light and dark, 320 pixels wide and at 200 %. Where there is no Chromium, Node or npm, it says so and passes.

use super::page::Site;
use crate::node;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const TOKEN: &str = "a-token-that-nobody-guesses";

/// Where distributions put it.
const CHROMIUM: [&str; 4] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

/// A browser, and what drives it.
struct Browser {
    chromium: &'static str,
    folder: PathBuf,
}

impl Browser {
    /// `None`, and a word on stderr, where it cannot be had.
    fn found() -> Option<Browser> {
        static INSTALLED: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        let files = [
            ("package.json", include_str!("../../browser/package.json")),
            ("package-lock.json", include_str!("../../browser/package-lock.json")),
            ("page.mjs", include_str!("../../browser/page.mjs")),
        ];
        let Some(chromium) = CHROMIUM.into_iter().find(|path| Path::new(path).exists()) else {
            node::skipped("the page is not tested in a browser: there is no Chromium (Debian: apt-get install chromium)");
            return None;
        };
        match INSTALLED.get_or_init(|| node::install("browser", files)) {
            Ok(folder) => Some(Browser { chromium, folder: folder.clone() }),
            Err(why) => {
                node::skipped(&format!("the page is not tested in a browser: {why}"));
                None
            }
        }
    }

    fn drive(&self, base: &str, part: &str) {
        let mut command = Command::new("node");
        command.args(["page.mjs", base, part]).current_dir(&self.folder).env("CHROMIUM", self.chromium).env("TOKEN", TOKEN);
        let done = command.output().expect("node starts");
        assert!(done.status.success(), "{part}: {}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn a_person_connects_approves_and_looks_around_by_keyboard() {
    let Some(browser) = Browser::found() else { return };
    let site = Site::new(25);
    let _running = site.daemon();
    let house = &site.practice.house;
    browser.drive(&site.base, "connect");
    house.run(&["sync", "acme"]).ends_with(5);
    browser.drive(&site.base, "approve");
    site.practice.write_file(|text| text.replace("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Litigation\""));
    house.run(&["reload", "--wait"]).ends_with(0);
    browser.drive(&site.base, "look");
}

#[test]
fn a_person_who_signed_in_is_still_signed_in_when_mycase_sends_the_browser_back() {
    let Some(browser) = Browser::found() else { return };
    let site = Site::new(2);
    site.wants_token(TOKEN);
    // To a browser localhost and 127.0.0.1, where the sandbox is, are two sites.
    let (here, base) = (site.practice.redirect.clone(), site.base.replace("127.0.0.1", "localhost"));
    site.practice.write_file(|text| text.replace(&here, &here.replace("127.0.0.1", "localhost")));
    let _running = site.daemon();
    browser.drive(&base, "signIn");
}
