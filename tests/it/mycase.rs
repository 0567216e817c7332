//! The MyCase client against the sandbox, in one process under a paused clock: written by two hands from the same documents.

use casebridge::config::{MyCaseSettings, SecretRef};
use casebridge::domain::{ScanDoubt, SeenCase, Tokens};
use casebridge::http::{Call, Clock, HttpClient, Transport};
use casebridge::mycase::{CaseQuery, Keep, MyCaseError, Needs, Reader, Session, budgets, connect};
use casebridge::sandbox::{Fault, FaultKind, Options, Sandbox, Side};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use url::Url;

struct Firm {
    sandbox: Sandbox,
    http: HttpClient,
    settings: MyCaseSettings,
    secret: SecretString,
    clock: Clock,
    kept: Arc<Mutex<Vec<Tokens>>>,
}

impl Firm {
    fn new(cases: usize) -> Firm {
        let start: Timestamp = "2026-11-23T15:00:00Z".parse().expect("a time");
        let sandbox = Sandbox::new(Options { cases, seed: 7, rate_limits: true, start });
        let handle = sandbox.handle("http://sandbox.test");
        let text = |key: &str| handle["mycase"][key].as_str().map(str::to_owned).expect("a text");
        let url = |key: &str| Url::parse(&text(key)).expect("a URL");
        let settings = MyCaseSettings {
            client_id: text("client_id"),
            client_secret: SecretRef::Stored("mycase".to_owned()),
            redirect_uri: url("redirect_uri"),
            web_url: None,
            api_url: url("api_url"),
            authorize_url: url("authorize_url"),
            token_url: url("token_url"),
        };
        let limiter = budgets().of(&settings.client_id);
        let http = HttpClient::new(Transport::InProcess(sandbox.router()), "MyCase", limiter, 8);
        let secret = SecretString::from(text("client_secret"));
        Firm { sandbox, http, settings, secret, clock: Clock::simulated(start), kept: Arc::default() }
    }

    /// Does what a person and a browser do.
    async fn connect(&self) -> Tokens {
        let state = connect::new_state();
        let page = self.http.call(Call::get(connect::authorize_url(&self.settings, &state))).await.expect("an answer");
        let back = page.headers["location"].to_str().ok().and_then(|to| Url::parse(to).ok()).expect("a redirect");
        let code = connect::read_redirect(&back, &state).expect("a code");
        connect::exchange(&self.http, &self.settings, &self.secret, code, self.clock.now()).await.expect("tokens")
    }

    fn session(&self, tokens: Tokens) -> Arc<Session> {
        let kept = Arc::clone(&self.kept);
        let keep: Keep = Arc::new(move |tokens: &Tokens| {
            kept.lock().map_err(|_| "poisoned")?.push(tokens.clone());
            Ok(())
        });
        Arc::new(Session::new(self.http.clone(), &self.settings, &self.secret, Some(tokens), keep, self.clock))
    }

    async fn reader(&self) -> Reader {
        Reader::new(self.http.clone(), self.session(self.connect().await), self.settings.api_url.clone())
    }

    fn fault(&self, path: &str, kind: FaultKind) {
        let side = if path == "tokens" { Side::Auth } else { Side::Mycase };
        self.sandbox.with(|world| world.faults.add(Fault::new(side, kind).path(path)));
    }
}

async fn all(reader: &Reader) -> Result<(Vec<SeenCase>, Vec<ScanDoubt>), MyCaseError> {
    let mut pages = reader.cases(CaseQuery::default());
    let mut cases = Vec::new();
    while let Some(page) = pages.next().await {
        cases.extend(page?);
    }
    Ok((cases, pages.scan().doubts))
}

#[tokio::test(start_paused = true)]
async fn a_firm_is_connected_and_read_whole_in_as_few_requests_as_can_be() {
    let firm = Firm::new(2100);
    let reader = firm.reader().await;
    let handle: Value = firm.sandbox.handle("http://sandbox.test");
    assert_eq!(reader.firm().await.expect("the firm").url.as_deref(), handle["mycase"]["web_url"].as_str());
    assert!(reader.me().await.expect("the person").active);
    let reference = reader.reference(Needs { people_groups: true, clients: true }).await.expect("the lists");
    assert!(!reference.staff.is_empty() && !reference.stages.is_empty() && !reference.practice_areas.is_empty());
    assert!(!reference.custom_fields.is_empty() && !reference.people_groups.is_empty() && !reference.clients.is_empty());
    let before = firm.http.requests();
    let (cases, doubts) = all(&reader).await.expect("the cases");
    assert_eq!((cases.len(), doubts), (2100, vec![]));
    assert_eq!(firm.http.requests() - before, 3);
    assert!(cases.iter().any(|case| case.clients.iter().any(|client| client.email.is_some() && client.cell_phone.is_some())));
    let one = reader.case(cases[0].id).await.expect("an answer").expect("the case");
    assert!(one == cases[0]);
}

#[tokio::test(start_paused = true)]
async fn what_goes_wrong_on_the_way_is_waited_out() {
    let firm = Firm::new(60);
    let reader = firm.reader().await;
    for kind in [
        FaultKind::DropBefore,
        FaultKind::Cut,
        FaultKind::Truncate,
        FaultKind::Html,
        FaultKind::Status { code: 503, retry_after: Some(5), body: None },
        FaultKind::Status { code: 500, retry_after: None, body: Some("<html>oops</html>".to_owned()) },
        FaultKind::Status { code: 429, retry_after: None, body: None },
        FaultKind::Status { code: 429, retry_after: Some(3), body: None },
        FaultKind::Status { code: 401, retry_after: None, body: None },
        FaultKind::Slow { millis: 45_000 },
    ] {
        let said = format!("{kind:?}");
        firm.fault("/cases", kind);
        let (cases, doubts) = all(&reader).await.expect(&said);
        assert_eq!((cases.len(), doubts), (60, vec![]), "{said}");
        assert_eq!(firm.sandbox.with(|world| world.faults.left()), 0, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_would_be_a_false_picture_is_an_error_or_a_doubt() {
    let firm = Firm::new(60);
    let reader = firm.reader().await;
    firm.fault("/cases", FaultKind::NotArray);
    assert!(matches!(all(&reader).await, Err(MyCaseError::Unreadable(_))));
    firm.fault("/cases", FaultKind::WrongCount { by: 1 });
    assert!(matches!(all(&reader).await.expect("cases").1[..], [ScanDoubt::CountDiffers { announced: 61, read: 60 }]));
    firm.fault("/cases", FaultKind::Status { code: 403, retry_after: None, body: None });
    assert!(matches!(all(&reader).await, Err(MyCaseError::Forbidden { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_whose_answer_is_lost_ends_in_words_for_a_person() {
    let firm = Firm::new(60);
    let mut tokens = firm.connect().await;
    tokens.expires_at = firm.clock.now();
    let spare = tokens.clone();
    firm.fault("tokens", FaultKind::DropBefore);
    firm.session(tokens).access().await.expect("the second try succeeds");
    assert_eq!(firm.kept.lock().expect("no panic").len(), 1);
    assert_eq!(firm.kept.lock().expect("no panic")[0].firm_uuid, spare.firm_uuid);

    let mut tokens = firm.connect().await;
    tokens.expires_at = firm.clock.now();
    firm.fault("tokens", FaultKind::DropAfter);
    let error = firm.session(tokens).access().await.expect_err("the pair is gone");
    assert!(matches!(&error, MyCaseError::Reconnect { why } if why.contains("was lost")), "{error}");
}
