//! MyCase's `Link` header, which says where a list goes on: the bytes as the whole header, and as the target of a lawful one.

use super::mycase::{API, reader, tokens_stayed};
use super::recording::{Answer, Player, Recording, played};
use casebridge::mycase::CaseQuery;
use http::header::LINK;
use http::{HeaderMap, HeaderValue, StatusCode};
use url::Url;

/// Reads a list of one case whose first page bears the header.
fn follow(header: HeaderValue) -> (Player, Result<usize, String>) {
    let headers = HeaderMap::from_iter([(LINK, header)]);
    let first = Answer { status: StatusCode::OK, headers, body: b"[{\"id\":1}]".to_vec() };
    let player = Recording { asked: String::new(), answers: vec![first] }.play();
    let read = played(async {
        let mut pages = reader(&player).cases(CaseQuery::default());
        while let Some(page) = pages.next().await {
            page.map_err(|error| error.to_string())?;
        }
        Ok(pages.scan().read)
    });
    (player, read)
}

/// No header leads the token away or makes the first page's cases vanish unsaid, and a lawful one is followed to the letter.
pub fn run(bytes: &[u8]) {
    if let Ok(header) = HeaderValue::from_bytes(bytes) {
        let (player, read) = follow(header);
        tokens_stayed(&player);
        assert!(player.asked().len() <= 2, "the second page has no link");
        assert!(read.is_err() || read == Ok(1), "{read:?}");
    }
    lawful(&String::from_utf8_lossy(bytes));
}

/// A link as RFC 8288 writes it, among others, with a title that looks like one.
fn lawful(target: &str) {
    if target.contains(['<', '>']) {
        return;
    }
    let text =
        format!("<https://api.test/v1/cases?page=1>; rel=\"prev\", <{target}>; title=\"a, <b>; rel=\\\"last\\\"\"; rel=\"last next\"");
    let Ok(header) = HeaderValue::from_bytes(text.as_bytes()) else { return };
    let (player, read) = follow(header);
    tokens_stayed(&player);
    let asked = player.asked();
    let first = &asked[0].url;
    match first.join(target.trim()) {
        Ok(mut next) if next.origin() == Url::parse(API).expect("a URL").origin() => {
            next.set_fragment(None);
            match asked.get(1) {
                // A page that leads to itself is not read for ever.
                None => assert!(read.is_err(), "{next} was not asked for"),
                Some(asked) => assert_eq!(same(&asked.url), same(&next)),
            }
        }
        _ => assert!(read.is_err() && asked.len() == 1, "a link that leads elsewhere, or nowhere, is an error: {read:?}"),
    }
}

/// What a request says of an address; a name and password in it become a header, and are not sent on.
fn same(url: &Url) -> (String, String, Option<String>) {
    (url.origin().ascii_serialization(), url.path().to_owned(), url.query().map(str::to_owned))
}
