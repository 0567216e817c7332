//! The page in a real browser: headless Chromium, driven by playwright-core (npm), looked over by axe-core. By keyboard alone, in
//! light and dark, 320 pixels wide and at 200 %. Where there is no Chromium, Node or npm, it says so and passes.

use super::page::Site;
use crate::node;
use std::path::Path;
use std::process::Command;

/// Where distributions put it.
const CHROMIUM: [&str; 4] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];

fn drive(folder: &Path, chromium: &str, site: &Site, part: &str) {
    let mut command = Command::new("node");
    command.args(["page.mjs", &site.base, part]).current_dir(folder).env("CHROMIUM", chromium);
    let done = command.output().expect("node starts");
    assert!(done.status.success(), "{part}: {}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_person_connects_approves_and_looks_around_in_a_real_browser_by_keyboard() {
    let Some(chromium) = CHROMIUM.into_iter().find(|path| Path::new(path).exists()) else {
        return node::skipped("the page is not tested in a browser: there is no Chromium (Debian: apt-get install chromium)");
    };
    let files = [
        ("package.json", include_str!("../../browser/package.json")),
        ("package-lock.json", include_str!("../../browser/package-lock.json")),
        ("page.mjs", include_str!("../../browser/page.mjs")),
    ];
    let folder = match node::install("browser", files) {
        Ok(folder) => folder,
        Err(why) => return node::skipped(&format!("the page is not tested in a browser: {why}")),
    };
    let site = Site::new(25);
    let _running = site.daemon();
    let house = &site.practice.house;
    drive(&folder, chromium, &site, "connect");
    house.run(&["sync", "acme"]).ends_with(5);
    drive(&folder, chromium, &site, "approve");
    site.practice.write_file(|text| text.replace("\"Demand Sent\" = \"Demand\"", "\"Demand Sent\" = \"Litigation\""));
    house.run(&["reload", "--wait"]).ends_with(0);
    drive(&folder, chromium, &site, "look");
}
