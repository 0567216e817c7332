//! Faults on demand: before and after the effect, in process and on a socket.

use std::time::Duration;

use casebridge::sandbox::{Fault, FaultKind, Side};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Caller;

fn fault(caller: &Caller, fault: Fault) {
    caller.sandbox.with(|world| world.faults.add(fault));
}

fn contacts(caller: &Caller) -> usize {
    caller.sandbox.with(|world| world.hona.contacts.len())
}

fn contact() -> serde_json::Value {
    json!({ "externalId": "9", "firstName": "Ana", "lastName": "Ramirez", "phone": "+12127365000" })
}

#[tokio::test(start_paused = true)]
async fn a_connection_dropped_before_the_effect_leaves_nothing_behind() {
    let caller = Caller::new(1);
    fault(&caller, Fault::new(Side::Hona, FaultKind::DropBefore));
    assert!(caller.hona("/contacts", contact()).await.body.is_err());
    assert_eq!(contacts(&caller), 0);
    assert!(caller.sandbox.with(|world| world.writes().is_empty()));
}

#[tokio::test(start_paused = true)]
async fn a_connection_dropped_after_the_effect_leaves_the_effect() {
    let caller = Caller::new(1);
    fault(&caller, Fault::new(Side::Hona, FaultKind::DropAfter));
    assert!(caller.hona("/contacts", contact()).await.body.is_err());
    assert_eq!(contacts(&caller), 1);
    assert_eq!(caller.hona("/contacts", contact()).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_status_comes_instead_of_the_effect_or_after_it() {
    let caller = Caller::new(1);
    fault(&caller, Fault::new(Side::Hona, FaultKind::Status { code: 503, retry_after: Some(7), body: None }));
    fault(&caller, Fault::new(Side::Hona, FaultKind::StatusAfter { code: 502 }));
    let instead = caller.hona("/contacts", contact()).await;
    assert_eq!((instead.status, instead.header("retry-after"), contacts(&caller)), (503, Some("7"), 0));
    assert_eq!((caller.hona("/contacts", contact()).await.status, contacts(&caller)), (502, 1));
    assert_eq!(caller.sandbox.with(|world| world.faults.left()), 0);
}

#[tokio::test(start_paused = true)]
async fn a_rule_strikes_where_it_says_and_as_often_as_it_says() {
    let caller = Caller::new(60);
    let broken = FaultKind::Status { code: 500, retry_after: None, body: Some("oops".to_owned()) };
    fault(&caller, Fault::new(Side::Mycase, broken).method("get").path("/cases").skip(1).times(2));
    let mut seen = vec![caller.get("/firm").await.status];
    for _ in 0..4 {
        seen.push(caller.get("/cases").await.status);
    }
    assert_eq!(seen, [200, 200, 500, 500, 200]);
}

#[tokio::test(start_paused = true)]
async fn lists_come_wrong_in_every_way() {
    let caller = Caller::new(60);
    fault(&caller, Fault::new(Side::Mycase, FaultKind::WrongCount { by: -3 }));
    assert_eq!(caller.get("/cases").await.header("item-count"), Some("57"));
    fault(&caller, Fault::new(Side::Mycase, FaultKind::NotArray));
    assert!(caller.get("/cases").await.json().is_object());
    fault(&caller, Fault::new(Side::Mycase, FaultKind::Empty));
    let empty = caller.get("/cases").await;
    assert_eq!((empty.list().len(), empty.header("item-count"), empty.next()), (0, Some("0"), None));
    fault(&caller, Fault::new(Side::CaseStatus, FaultKind::Empty));
    assert_eq!(caller.case_status("GET", "/reporting/cases", None).await.json(), json!({ "results": [] }));
    fault(&caller, Fault::new(Side::Mycase, FaultKind::Truncate));
    let half = caller.get("/cases").await;
    assert!(serde_json::from_str::<serde_json::Value>(&half.text()).is_err());
    fault(&caller, Fault::new(Side::Mycase, FaultKind::Cut));
    assert!(caller.get("/cases").await.body.is_err());
    fault(&caller, Fault::new(Side::Mycase, FaultKind::Html));
    assert_eq!(caller.get("/cases").await.header("content-type"), Some("text/html; charset=utf-8"));
}

#[tokio::test(start_paused = true)]
async fn a_page_can_come_twice() {
    let caller = Caller::new(60);
    fault(&caller, Fault::new(Side::Mycase, FaultKind::RepeatPage).path("/cases").skip(1));
    let first = caller.get("/cases").await;
    let second = caller.get(&first.next().expect("more")).await;
    assert_eq!(second.list(), first.list());
    let third = caller.get(&second.next().expect("still more")).await;
    assert_eq!((third.list().len(), third.next()), (10, None));
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_comes_late_but_its_effect_does_not() {
    let caller = Caller::new(1);
    fault(&caller, Fault::new(Side::Hona, FaultKind::Slow { millis: 90_000 }));
    let patience = Duration::from_secs(30);
    assert!(tokio::time::timeout(patience, caller.hona("/contacts", contact())).await.is_err());
    assert_eq!(contacts(&caller), 1);
}

#[tokio::test]
async fn a_dropped_connection_is_dropped_on_a_socket_too() {
    let caller = Caller::new(60);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(caller.sandbox.clone().serve(listener, async { drop(stopped.await) }));
    let token = caller.of("mycase", "access_token");
    let mut answers = Vec::new();
    for kind in [None, Some(FaultKind::DropAfter), Some(FaultKind::Cut)] {
        if let Some(kind) = kind {
            fault(&caller, Fault::new(Side::Mycase, kind));
        }
        let mut socket = TcpStream::connect(address).await.expect("a connection");
        let request =
            format!("GET /mycase/v1/cases HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        // A reset while reading is as good as an early end.
        drop(socket.read_to_end(&mut answer).await);
        answers.push(String::from_utf8_lossy(&answer).into_owned());
    }
    assert!(answers[0].ends_with("}]"), "whole without a fault");
    assert!(
        answers[0].contains(&format!("<http://{address}/mycase/v1/cases?page_token=")),
        "links lead back to the address that was asked"
    );
    assert_eq!(answers[1], "", "not even a status");
    assert!(!answers[2].ends_with("0\r\n\r\n"), "no end of the last chunk");
    stop.send(()).expect("still serving");
    server.await.expect("joined").expect("served");
}
