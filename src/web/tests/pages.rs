//! What the pages show and do.

use super::*;
use crate::daemon::STATUS_PAGE;

#[tokio::test]
async fn the_front_has_a_tile_for_each_firm_and_escapes_what_it_shows() {
    let page = Page::local().get("/").await;
    assert_eq!(page.status, 200);
    for words in ["Acme &amp; &lt;Sons&gt;", "Line 41: no such stage.", "3 firms; 2 need a person", "<dd>12</dd>", "lang=\"en\""] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert_eq!(page.body.matches("<h1").count(), 1);
    let found = Page::local().get("/?q=%3Cscript%3E").await;
    assert!(found.body.contains("0 of 3 firms") && !found.body.contains("<script"), "{}", found.body);
}

#[tokio::test]
async fn a_firms_page_shows_what_waits_what_needs_attention_and_links_cases_to_mycase() {
    let page = Page::local();
    let got = page.get("/firms/acme").await;
    for words in [
        "p-12ab34cd",
        "https:&#x2f;&#x2f;acme.mycase.com&#x2f;court_cases&#x2f;300101",
        "&lt;b&gt;Odd&lt;&#x2f;b&gt;",
        "3 cases would move",
        "<svg class=\"chart\"",
        "A first import waits for one yes",
        ">Connect again</button>",
    ] {
        assert!(got.body.contains(words), "{words}: {}", got.body);
    }
    assert!(got.header("content-security-policy").contains("form-action 'self' https://auth.mycase.com;"));
    let elsewhere = page.get("/firms/beta").await.body;
    assert!(elsewhere.contains("casebridge connect beta") && !elsewhere.contains("Connect again"), "{elsewhere}");
    let broken = page.get("/firms/gone").await;
    assert!(broken.status == 200 && broken.body.contains("Error, line 41:"), "{}", broken.body);
    assert_eq!((page.get("/firms/nobody").await.status, page.get("/firms/..%2Fx").await.status), (404, 404));
    let run = page.get("/firms/acme/runs/7").await.body;
    assert!(run.contains("422 unknown stage") && run.contains("300104"), "{run}");
    assert_eq!(page.get("/firms/acme/runs/99").await.status, 404);
}

#[tokio::test]
async fn names_are_shown_only_when_they_may_be() {
    assert!(!Page::local().get("/firms/acme").await.body.contains("Maria"));
    let open = Page::new("127.0.0.1:8787", None, None, true);
    assert!(open.get("/firms/acme").await.body.contains("Maria Client"));
}

#[tokio::test]
async fn a_plan_is_approved_by_a_named_person_after_one_more_question_and_not_by_looking() {
    let page = Page::local();
    let question = page.get("/firms/acme/plans/p-12ab34cd/approve").await;
    assert!(
        question.body.contains("Approve 12 cases?")
            && question.body.contains("may invite the client of a new case")
            && question.body.contains("Who approves?"),
        "{}",
        question.body
    );
    assert_eq!(page.changes(), [], "reading changes nothing");
    let path = "/firms/acme/plans/p-12ab34cd/approve";
    let nameless = page.submit(path, path, &[("who", "  ")]).await;
    assert!(nameless.status == 400 && nameless.body.contains("Write your name"), "{}", nameless.body);
    assert_eq!(page.changes(), []);
    let approved = page.submit(path, path, &[("who", "Jo\r\nSmith")]).await;
    assert_eq!((approved.status, approved.header("location")), (303, "/firms/acme/runs/8"));
    let [(Ask::Approve(ask), who)] = &page.changes()[..] else { panic!("{:?}", page.changes()) };
    assert_eq!((ask.plan.as_str(), who.as_str()), ("p-12ab34cd", "JoSmith, at the web page (127.0.0.1)"));
}

#[tokio::test]
async fn a_plan_that_waits_no_longer_is_neither_approved_nor_dropped() {
    let page = Page::local();
    let (asked, old) = ("/firms/acme/plans/p-12ab34cd/approve", "/firms/acme/plans/p-00000000");
    for verb in ["approve", "reject"] {
        let got = page.submit(asked, &format!("{old}/{verb}"), &[("who", "Jo")]).await;
        assert!(got.status == 409 && got.body.contains("waits no longer"), "{}", got.body);
    }
    assert_eq!(page.changes(), []);
    let path = "/firms/acme/plans/p-12ab34cd/reject";
    assert!(page.submit(path, path, &[]).await.body.contains("is dropped"));
    assert!(matches!(&page.changes()[..], [(Ask::Reject { .. }, _)]));
}

#[tokio::test]
async fn connect_leads_to_mycase_and_the_way_back_ends_at_an_address_without_the_code() {
    let page = Page::local();
    let begun = page.submit("/firms/acme", "/firms/acme/connect", &[]).await;
    assert_eq!(begun.status, 303);
    assert!(begun.header("location").starts_with("https://auth.mycase.com/"));
    let cross = [("sec-fetch-site", "cross-site")];
    let back = page.send("GET", &format!("/callback?code=c0de&state={STATE}"), &cross, String::new()).await;
    assert_eq!((back.status, back.header("location")), (303, "/firms/acme/connected"));
    assert!(!back.body.contains("c0de"));
    let [_, (Ask::ConnectEnd { redirected }, _)] = &page.changes()[..] else { panic!("{:?}", page.changes()) };
    assert!(redirected.0.ends_with(&format!("/callback?code=c0de&state={STATE}")));
    assert!(page.get("/firms/acme/connected").await.body.contains("Connected to Acme"));
    let elsewhere = page.submit("/firms/acme", "/firms/beta/connect", &[]).await;
    assert!(elsewhere.body.contains("casebridge connect beta"), "{}", elsewhere.body);
}

#[tokio::test]
async fn a_way_back_that_nobody_waits_for_ends_nothing() {
    let page = Page::local();
    for path in ["/callback?code=c&state=another", "/callback?code=c", &format!("/callback?state={STATE}"), "/nowhere"] {
        assert!(matches!(page.get(path).await.status, 400 | 404), "{path}");
    }
    let posted = page.submit("/firms/acme", &format!("/callback?code=c&state={STATE}"), &[]).await;
    assert_eq!(posted.status, 404);
    assert_eq!(page.changes(), []);
}

#[tokio::test]
async fn programs_hear_of_the_daemon_and_not_of_one_bad_firm() {
    let page = Page::local();
    let ready = page.get("/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"), "one of the firms has a broken file");
    assert!(page.get("/metrics").await.body.ends_with("# EOF\n"));
}

#[tokio::test]
async fn five_hundred_firms_are_one_page() {
    let page = Page::asking(|message| {
        let Message::Status { after, reply } = message else { panic!("{message:?}") };
        let all = (0..500).map(|n| status(&format!("firm-{n:03}")));
        let firms = all.filter(|status| after.as_ref().is_none_or(|after| status.firm > *after)).take(STATUS_PAGE).collect();
        drop(reply.send(StatusAnswer { firms, daemon: None, problems: Vec::new() }));
    });
    let got = page.get("/").await;
    assert_eq!(got.body.matches("class=\"tile\"").count(), 500);
    assert!(got.body.len() < 1 << 20, "{} bytes", got.body.len());
}

#[tokio::test(start_paused = true)]
async fn the_browser_leaves_the_address_with_the_code_however_long_mycase_takes() {
    let mut held = Vec::new();
    let page = Page::asking(move |message| match message {
        Message::Connecting { reply, .. } => reply.send(Some("acme".parse().unwrap())).unwrap(),
        other => held.push(other),
    });
    let back = page.get(&format!("/callback?code=c&state={STATE}")).await;
    assert_eq!((back.status, back.header("location")), (303, "/firms/acme/connected"));
}
