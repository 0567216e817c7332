//! The sandbox in a process of its own and the example's firm on it, as the scenes that go over HTTP share them.
//!
//! Nothing here is measured; the sandbox's memory and time are its own process'.

use crate::desk::{FIRM, FIRM_ID};
use camino::Utf8Path;
use casebridge::domain::FirmId;
use casebridge::http::{Call, Clock, HttpClient, Limiter, Repeat, Transport};
use casebridge::load::{Environment, PathOptions, read_folder};
use casebridge::operations::{Answer, Ask, Caller, Engine, Hands, House, Secret, SyncAsk, answer};
use casebridge::sync::{self, Progress, RunReport};
use http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tokio::sync::watch;

/// What a command of the program runs on.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// The stand-ins, in a process of their own until dropped.
pub(crate) struct Sandbox {
    child: Child,
    /// Addresses and keys.
    pub(crate) handle: Value,
}

impl Sandbox {
    /// A firm of so many cases and its portals, on a free port.
    pub(crate) fn start(cases: &str) -> Result<Sandbox, Box<dyn Error>> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
        command.args(["sandbox", "--cases", cases, "--seed", "8", "--no-rate-limits"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Sandbox { child, handle: serde_json::from_str(&line)? })
    }

    /// An address or key of it.
    pub(crate) fn text(&self, side: &str, key: &str) -> String {
        self.handle[side][key].as_str().unwrap_or_default().to_owned()
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A hand for what people do on either side.
pub(crate) struct Hand {
    control: String,
    token: HeaderValue,
    http: HttpClient,
}

impl Hand {
    pub(crate) fn new(sandbox: &Sandbox) -> Result<Hand, Box<dyn Error>> {
        let http = HttpClient::new(Transport::network()?, "the sandbox", Arc::new(Limiter::unlimited()), 8);
        let token = HeaderValue::from_str(&format!("Bearer {}", sandbox.text("mycase", "access_token")))?;
        Ok(Hand { control: sandbox.handle["control"].as_str().unwrap_or_default().to_owned(), token, http })
    }

    /// Asks the control address.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Box<dyn Error>> {
        self.call(method, &format!("{}{path}", self.control), body).await
    }

    /// Asks any address; an error when the answer is one.
    pub(crate) async fn call(&self, method: Method, url: &str, body: Option<&Value>) -> Result<Value, Box<dyn Error>> {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", self.token.clone());
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        let body = body.map(|body| body.to_string().into());
        let reply = self.http.call(Call { method, url: url.parse()?, headers, body, repeat: Repeat::Never }).await?;
        if !reply.status.is_success() {
            return Err(format!("{reply:?}").into());
        }
        Ok(reply.json()?)
    }
}

/// The example's firm on the sandbox, allowed to read it.
pub(crate) struct Connected {
    engine: Engine,
    _opened: Opened,
}

impl Connected {
    /// A firm in an empty folder; `rules` are tables of its file beyond the example's.
    pub(crate) async fn new(root: &Utf8Path, sandbox: &Sandbox, rules: &str) -> Result<Connected, Box<dyn Error>> {
        std::fs::create_dir(root.join("firms.d"))?;
        std::fs::write(root.join(format!("firms.d/{FIRM_ID}.firm.toml")), file(sandbox, rules))?;
        Opened::new(root)?.hands.store.write(|w| {
            w.put_secret("mycase", &SecretString::from(sandbox.text("mycase", "client_secret")))?;
            w.put_secret("portal", &SecretString::from(sandbox.text("case_status", "api_key")))
        })?;
        let firm = Connected::open(root)?;
        let Answer::Authorize { url, .. } = firm.ask(Ask::ConnectBegin).await? else { return Err("no address to open".into()) };
        let browser = HttpClient::new(Transport::network()?, "MyCase", Arc::new(Limiter::unlimited()), 1);
        let reply = browser.call(Call::get(url.parse()?)).await?;
        let redirected = reply.headers.get("location").ok_or("no redirect")?.to_str()?.to_owned();
        firm.ask(Ask::ConnectEnd { redirected: Secret(redirected) }).await?;
        Ok(firm)
    }

    /// The firm of a folder as it was left there.
    pub(crate) fn open(root: &Utf8Path) -> Result<Connected, Box<dyn Error>> {
        let opened = Opened::new(root)?;
        Ok(Connected { engine: opened.engine()?, _opened: opened })
    }

    async fn ask(&self, ask: Ask) -> Result<Answer, Box<dyn Error>> {
        let by = Caller { who: "bench".to_owned() };
        Ok(answer(&self.engine, ask, &by, &Progress::silent()).await?)
    }

    /// A run; an error when it did not come to its end.
    pub(crate) async fn sync(&self, ask: SyncAsk) -> Result<RunReport, Box<dyn Error>> {
        match self.ask(Ask::Sync(ask)).await? {
            Answer::Run(report) if report.error.is_none() => Ok(*report),
            other => Err(format!("{other:?}").into()),
        }
    }

    /// A tick of changes; an error when it did not come to its end.
    pub(crate) async fn changes(&self) -> Result<RunReport, Box<dyn Error>> {
        let report = sync::changes(&self.engine, &Progress::silent()).await;
        if report.error.is_some() { Err(format!("{report:?}").into()) } else { Ok(report) }
    }
}

/// The program's folders and the firm's state, held open.
struct Opened {
    house: House,
    hands: Arc<Hands>,
    _stop: watch::Sender<bool>,
}

impl Opened {
    fn new(root: &Utf8Path) -> Result<Opened, Box<dyn Error>> {
        let options = PathOptions { config_dir: Some(root.to_owned()), state_dir: Some(root.join("state")), socket: None };
        let environment = Environment::of(false, [("HOME", root.as_str())]);
        let (stop, stopped) = watch::channel(false);
        let house = House::open(&options, environment, Clock::System, Transport::network()?, stopped)?;
        let hands = house.open_firm(&FIRM_ID.parse()?)?;
        Ok(Opened { house, hands, _stop: stop })
    }

    fn engine(&self) -> Result<Engine, Box<dyn Error>> {
        let (id, now): (FirmId, Timestamp) = (FIRM_ID.parse()?, Timestamp::now());
        let view = self.house.check_folder(&read_folder(&self.house.paths), now);
        let verdict = view.firms.get(&id).ok_or("no such firm")?;
        let accepted = self.house.accept(&self.hands, verdict, now)?;
        let firm = accepted.firm.ok_or_else(|| format!("{:#?}", verdict.problems))?;
        Ok(self.house.engine(&self.hands, firm)?)
    }
}

/// The example with the sandbox's addresses, a portal without a rate, and nothing to ask a person about.
fn file(sandbox: &Sandbox, rules: &str) -> String {
    let mycase = ["api_url", "authorize_url", "token_url", "client_id"];
    let mycase = mycase.map(|key| format!("{key} = {:?}\n", sandbox.text("mycase", key))).concat();
    let lines = FIRM.lines().map(|line| match line {
        "[mycase]" => format!("[mycase]\n{mycase}"),
        "[portal]" => format!("[portal]\nbase_url = {:?}\n", sandbox.text("case_status", "base_url")),
        "[limits]" => format!("{rules}[limits]\nfirst_import = \"go\"\ncreate = \"no limit\"\n"),
        line if line.starts_with("client_id") || line.starts_with("#:schema") => String::new(),
        line if line.starts_with("[portal.stages]") => {
            format!("[portal.overrides]\nrequests_per_second = 1000000\nin_flight = 32\n\n{line}\n")
        }
        line => format!("{line}\n"),
    });
    lines.collect()
}
