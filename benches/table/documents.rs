//! Documents from the portal to MyCase, over HTTP on loopback: 10,000 files and nothing new, one file of 1 GB with and without
//! a known length, 1,000 small ones. Each run is a process of its own ([`crate::run`]), so that the most memory it held is its
//! own; the sandbox that plays both sides is another one, and what was asked of it is counted there.
//!
//! Counts are promises: an upload where nothing is new, a third request of a quiet tick or a fourth one for a file ends the
//! scene with a panic. Not measured: TLS, a vendor's answering time, Case Status' ten requests a
//! second (a whole reading of 10,000 files takes 100 s at that rate). MyCase's budget of 25 requests in 1.1 seconds is kept.

use crate::Done;
use crate::process::peak_mb;
use crate::row::{at_least, at_most, plain};
use crate::run::{Run, What, in_a_process};
use crate::stand::{self, Connected, Hand, Sandbox};
use camino::Utf8Path;
use casebridge::operations::SyncAsk;
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;

const LARGE: u64 = 1_000_000_000;
const FOLDER: &str = "Case Documents";
/// How many cases the files belong to.
const CASES: usize = 100;

/// All of it.
pub(crate) fn scene() -> Done {
    stand::runtime()?.block_on(async {
        nothing_new(10_000).await?;
        one_large_file("known", &json!({})).await?;
        one_large_file("unknown", &json!({ "chunked": true, "nulls": ["size"] })).await?;
        small_files(1000).await
    })
}

/// Files that all lie in MyCase already under their names: the first run reads and compares everything, the second looks once,
/// the third reads the whole list again.
async fn nothing_new(files: usize) -> Done {
    let bench = Bench::new().await?;
    for number in 0..files {
        let (portal, mycase) = bench.case(number);
        let name = format!("scan {number}.pdf");
        bench.send(portal, json!({ "file_name": name, "size": 20_000 })).await?;
        let path = format!("{}/cases/{mycase}/documents", bench.sandbox.text("mycase", "api_url"));
        bench.hand.call(Method::POST, &path, Some(&json!({ "path": format!("{FOLDER}/{name}"), "filename": name }))).await?;
    }
    let first = bench.nothing_goes(What::Documents).await?;
    let tick = bench.nothing_goes(What::Documents).await?;
    let whole = bench.nothing_goes(What::AllDocuments).await?;
    for (what, (run, asked)) in [("read for the first time", &first), ("all read once more", &whole)] {
        assert!(asked.of("case-status GET /v1/api/files") > files as u64 / 10, "the whole list was not read: {asked:?}");
        at_most(&format!("10,000 files in the portal, {what}, none uploaded: most memory"), run.peak_mb, "MB", 50.0);
        plain("the same: processor, client", run.processor, "s");
    }
    let (run, asked) = &tick;
    assert!(asked.all() <= 2, "a quiet tick asked too much: {asked:?}");
    at_most("a tick over these files when nothing is new: requests", asked.all() as f64, "", 2.0);
    plain("the same: processor, client, its start included", run.processor * 1e3, "ms");
    Ok(())
}

async fn one_large_file(length: &str, tricks: &Value) -> Done {
    let bench = Bench::new().await?;
    let (portal, mycase) = bench.case(0);
    bench.send(portal, json!({ "file_name": "video.mp4", "size": LARGE, "tricks": tricks })).await?;
    let (run, asked) = bench.run(What::Documents).await?;
    assert_eq!(run.report.transferred, Some(1), "{:#?}", run.report);
    let held = bench.hand.control(Method::GET, &format!("/mycase/documents?case={mycase}"), None).await?;
    let whole = |document: &Value| document["versions"][0]["length"] == LARGE && document["versions"][0]["uploads"] == 1;
    let carried = held.as_array().is_some_and(|all| all.iter().filter(|document| whole(document)).count() == 1);
    assert!(carried, "the file did not arrive whole and once: {held:#}");
    asked.keep_to_three_each(1);
    at_most(&format!("a file of 1 GB, length {length}, from the portal into MyCase: most memory"), run.peak_mb, "MB", 64.0);
    let rate = LARGE as f64 / 1e6 / run.seconds;
    plain(&format!("the same: MB a second (the sandbox on the same cores, itself {:.0} MB)", peak_mb(&bench.sandbox.process())), rate, "");
    Ok(())
}

async fn small_files(files: usize) -> Done {
    let bench = Bench::new().await?;
    for number in 0..files {
        let (portal, _) = bench.case(number);
        let size = 10_000 + 50 * number;
        bench.send(portal, json!({ "file_name": format!("scan {number}.pdf"), "size": size })).await?;
    }
    let (run, asked) = bench.run(What::Documents).await?;
    assert_eq!(run.report.transferred, Some(files), "{:#?}", run.report);
    let each = asked.keep_to_three_each(files);
    at_most("1,000 small files from the portal into MyCase: requests each, list pages aside", each, "", 3.0);
    at_least("the same: files a second (MyCase's limit of requests allows 22.7)", files as f64 / run.seconds, "", 18.0);
    plain("the same: processor, client", run.processor, "s");
    Ok(())
}

/// Requests by what they asked for, as the sandbox counted them.
#[derive(Debug)]
struct Asked(BTreeMap<String, u64>);

impl Asked {
    fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    fn all(&self) -> u64 {
        self.0.values().sum()
    }

    fn lists(&self) -> u64 {
        self.of("case-status GET /v1/api/files") + self.of("mycase GET /cases/{id}/documents")
    }

    fn uploads(&self) -> u64 {
        let upload = |what: &String| what.starts_with("mycase POST") || what.starts_with("files PUT");
        self.0.iter().filter(|(what, _)| upload(what)).map(|(_, count)| count).sum()
    }

    /// Requests for each of so many files, list pages aside; panics when they are more than three.
    fn keep_to_three_each(&self, files: usize) -> f64 {
        let each = (self.all() - self.lists()) as f64 / files as f64;
        assert!(each <= 3.0, "{each} requests for each file: {self:?}");
        each
    }
}

/// A firm whose cases are all in the portal, and a hand for what people do.
struct Bench {
    sandbox: Sandbox,
    dir: tempfile::TempDir,
    hand: Hand,
    /// Ids of its cases: the portal's, MyCase's.
    cases: Vec<(u64, String)>,
}

impl Bench {
    async fn new() -> Result<Bench, Box<dyn Error>> {
        let sandbox = Sandbox::start("150")?;
        let hand = Hand::new(&sandbox)?;
        let mut bench = Bench { sandbox, dir: tempfile::tempdir()?, hand, cases: Vec::new() };
        let rules = format!("[documents]\nfolder = {FOLDER:?}\nsince = \"everything\"\nmax_size = \"2 GB\"\n\n");
        let firm = Connected::new(bench.root(), &bench.sandbox, &rules).await?;
        firm.sync(SyncAsk::default()).await?;
        let found = bench.hand.control(Method::GET, "/case-status/cases", None).await?;
        let open = found.as_array().into_iter().flatten().filter(|case| case["closed_at"].is_null());
        let ids = |case: &Value| Some((case["id"].as_u64()?, case["integration_id"].as_str()?.to_owned()));
        bench.cases = open.filter_map(ids).take(CASES).collect();
        assert_eq!(bench.cases.len(), CASES, "too few cases reached the portal");
        Ok(bench)
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.dir.path()).unwrap_or(Utf8Path::new("."))
    }

    fn case(&self, number: usize) -> (u64, &str) {
        let (portal, mycase) = &self.cases[number % self.cases.len()];
        (*portal, mycase)
    }

    /// A client of this portal case sends a file.
    async fn send(&self, case: u64, mut file: Value) -> Result<(), Box<dyn Error>> {
        file["case"] = json!(case);
        self.hand.control(Method::POST, "/case-status/files", Some(&file)).await.map(drop)
    }

    /// One run in a process of its own, and what it asked of the sandbox.
    async fn run(&self, what: What) -> Result<(Run, Asked), Box<dyn Error>> {
        self.hand.control(Method::POST, "/requests/reset", None).await?;
        let run = in_a_process(self.root(), what)?;
        Ok((run, Asked(serde_json::from_value(self.hand.control(Method::GET, "/requests", None).await?)?)))
    }

    /// A run that must carry nothing.
    async fn nothing_goes(&self, what: What) -> Result<(Run, Asked), Box<dyn Error>> {
        let (run, asked) = self.run(what).await?;
        assert_eq!((run.report.transferred.unwrap_or_default(), asked.uploads()), (0, 0), "something was uploaded: {asked:?}");
        Ok((run, asked))
    }
}
