//! Documents from the portal to MyCase, over HTTP on loopback: 10,000 files and nothing new, one file of 1 GB with and without
//! a known length, 1,000 small ones. Each run is a process of its own (this program once more), so that the most memory it
//! held is its own; the sandbox that plays both sides is another one (`casebridge sandbox --no-rate-limits`), and what was
//! asked of it is counted there.
//!
//! Counts are promises: an upload where nothing is new, a third request of a quiet tick or a fourth one for a file ends this
//! program with a panic. Times are only printed. Not measured: TLS, a vendor's answering time, Case Status' ten requests a
//! second (a whole reading of 10,000 files takes 100 s at that rate). MyCase's budget of 25 requests in 1.1 seconds is kept.

#![expect(clippy::print_stdout, reason = "figures are what a benchmark is for")]

mod common;
#[path = "common/stand.rs"]
mod stand;

use camino::Utf8Path;
use casebridge::http::{Call, HttpClient, Limiter, Repeat, Transport};
use casebridge::operations::SyncAsk;
use casebridge::sync::RunReport;
use common::{figure, peak_mb};
use http::{HeaderMap, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stand::{Connected, Sandbox};
use std::collections::BTreeMap;
use std::error::Error;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// Makes this program one run of documents in the folder that follows.
const RUN: &str = "--one-run";
/// Makes it read the whole list, as `sync --documents --verify` does.
const WHOLE: &str = "--whole";
const LARGE: u64 = 1_000_000_000;
const FOLDER: &str = "Case Documents";
/// How many cases the files belong to.
const CASES: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let words: Vec<String> = std::env::args().collect();
    match words.iter().position(|word| word == RUN).and_then(|at| words.get(at + 1)) {
        Some(root) => runtime.block_on(one_run(Utf8Path::new(root), words.iter().any(|word| word == WHOLE))),
        None => runtime.block_on(async {
            nothing_new(10_000).await?;
            one_large_file("known", &json!({})).await?;
            one_large_file("unknown", &json!({ "chunked": true, "nulls": ["size"] })).await?;
            small_files(1000).await
        }),
    }
}

/// What a run says about itself.
#[derive(Serialize, Deserialize)]
struct Run {
    seconds: f64,
    peak_mb: f64,
    report: RunReport,
}

async fn one_run(root: &Utf8Path, whole: bool) -> Result<(), Box<dyn Error>> {
    let firm = Connected::open(root)?;
    let began = Instant::now();
    let report = firm.sync(SyncAsk { documents: true, verify: whole, ..SyncAsk::default() }).await?;
    let run = Run { seconds: began.elapsed().as_secs_f64(), peak_mb: peak_mb("self"), report };
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// Files that all lie in MyCase already under their names: the first run reads and compares everything, the second looks once,
/// the third reads the whole list again.
async fn nothing_new(files: usize) -> Result<(), Box<dyn Error>> {
    let bench = Bench::new().await?;
    for number in 0..files {
        let (portal, mycase) = bench.case(number);
        let name = format!("scan {number}.pdf");
        bench.send(portal, json!({ "file_name": name, "size": 20_000 })).await?;
        let path = format!("{}/cases/{mycase}/documents", bench.sandbox.text("mycase", "api_url"));
        bench.call(Method::POST, &path, Some(&json!({ "path": format!("{FOLDER}/{name}"), "filename": name }))).await?;
    }
    let first = bench.nothing_goes(&[]).await?;
    let tick = bench.nothing_goes(&[]).await?;
    let whole = bench.nothing_goes(&[WHOLE]).await?;
    let listed = |asked: &Asked| asked.of("case-status GET /v1/api/files");
    for (what, (run, asked)) in [("first reading", &first), ("reading once more", &whole)] {
        let what = format!("{files} files, {what}, {} list pages", listed(asked));
        figure(&what, &format!("{:.0} MB", run.peak_mb), "goal: under 50 MB, no upload");
        println!("  ({:.1} s; {} requests in all)", run.seconds, asked.all());
        assert!(listed(asked) > files as u64 / 10, "the whole list was not read: {asked:?}");
    }
    let (run, asked) = &tick;
    assert!(asked.all() <= 2, "a quiet tick asked too much: {asked:?}");
    figure(&format!("{files} files, a quiet tick"), &format!("{} requests", asked.all()), "goal: at most 2");
    println!("  ({:.0} ms; {:.0} MB)", run.seconds * 1000.0, run.peak_mb);
    Ok(())
}

async fn one_large_file(length: &str, tricks: &Value) -> Result<(), Box<dyn Error>> {
    let bench = Bench::new().await?;
    let (portal, mycase) = bench.case(0);
    bench.send(portal, json!({ "file_name": "video.mp4", "size": LARGE, "tricks": tricks })).await?;
    let (run, asked) = bench.run(&[]).await?;
    assert_eq!(run.report.transferred, Some(1), "{:#?}", run.report);
    let held = bench.control(Method::GET, &format!("/mycase/documents?case={mycase}"), None).await?;
    let whole = |document: &Value| document["versions"][0]["length"] == LARGE && document["versions"][0]["uploads"] == 1;
    let carried = held.as_array().is_some_and(|all| all.iter().filter(|document| whole(document)).count() == 1);
    assert!(carried, "the file did not arrive whole and once: {held:#}");
    asked.keep_to_three_each(1);
    let what = format!("1 GB, length {length}");
    figure(&what, &format!("{:.0} MB", run.peak_mb), "goal: under 64 MB of memory");
    let rate = LARGE as f64 / 1e6 / run.seconds;
    println!("  ({rate:.0} MB/s: {:.1} s, the sandbox on the same cores, itself {:.0} MB)", run.seconds, peak_mb(&bench.sandbox.process()));
    Ok(())
}

async fn small_files(files: usize) -> Result<(), Box<dyn Error>> {
    let bench = Bench::new().await?;
    for number in 0..files {
        let (portal, _) = bench.case(number);
        let size = 10_000 + 50 * number;
        bench.send(portal, json!({ "file_name": format!("scan {number}.pdf"), "size": size })).await?;
    }
    let (run, asked) = bench.run(&[]).await?;
    assert_eq!(run.report.transferred, Some(files), "{:#?}", run.report);
    let each = asked.keep_to_three_each(files);
    figure(&format!("{files} small files"), &format!("{each:.2} requests each"), "goal: at most 3 each, and list pages");
    println!("  (and {} list pages; {:.1} s; {:.0} MB)", asked.lists(), run.seconds, run.peak_mb);
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
    http: HttpClient,
    /// Ids of its cases: the portal's, MyCase's.
    cases: Vec<(u64, String)>,
}

impl Bench {
    async fn new() -> Result<Bench, Box<dyn Error>> {
        let sandbox = Sandbox::start("150")?;
        let http = HttpClient::new(Transport::network()?, "the sandbox", Arc::new(Limiter::unlimited()), 8);
        let mut bench = Bench { sandbox, dir: tempfile::tempdir()?, http, cases: Vec::new() };
        let rules = format!("[documents]\nfolder = {FOLDER:?}\nsince = \"everything\"\nmax_size = \"2 GB\"\n\n");
        let firm = Connected::new(bench.root(), &bench.sandbox, &rules).await?;
        firm.sync(SyncAsk::default()).await?;
        let found = bench.control(Method::GET, "/case-status/cases", None).await?;
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
        self.control(Method::POST, "/case-status/files", Some(&file)).await.map(drop)
    }

    /// One run of documents in a process of its own, and what it asked of the sandbox.
    async fn run(&self, how: &[&str]) -> Result<(Run, Asked), Box<dyn Error>> {
        self.control(Method::POST, "/requests/reset", None).await?;
        let mut command = Command::new(std::env::current_exe()?);
        let output = command.args([RUN, self.root().as_str()]).args(how).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("the run ended with {}", output.status).into());
        }
        let run = serde_json::from_slice(&output.stdout)?;
        Ok((run, Asked(serde_json::from_value(self.control(Method::GET, "/requests", None).await?)?)))
    }

    /// A run that must carry nothing.
    async fn nothing_goes(&self, how: &[&str]) -> Result<(Run, Asked), Box<dyn Error>> {
        let (run, asked) = self.run(how).await?;
        assert_eq!((run.report.transferred.unwrap_or_default(), asked.uploads()), (0, 0), "something was uploaded: {asked:?}");
        Ok((run, asked))
    }

    async fn control(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Box<dyn Error>> {
        let base = self.sandbox.handle["control"].as_str().unwrap_or_default();
        self.call(method, &format!("{base}{path}"), body).await
    }

    async fn call(&self, method: Method, url: &str, body: Option<&Value>) -> Result<Value, Box<dyn Error>> {
        let mut headers = HeaderMap::new();
        let token = format!("Bearer {}", self.sandbox.text("mycase", "access_token"));
        headers.insert("authorization", HeaderValue::from_str(&token)?);
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let body = body.map(|body| body.to_string().into());
        let reply = self.http.call(Call { method, url: url.parse()?, headers, body, repeat: Repeat::Never }).await?;
        if !reply.status.is_success() {
            return Err(format!("{reply:?}").into());
        }
        Ok(reply.json()?)
    }
}
