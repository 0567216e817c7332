//! Lists as MyCase cuts them: 25 a page or `page_size`, a cursor in the `Link` header, `Item-Count` for all pages.
//!
//! A cursor is the last id that was shown and the time it was given; it is good for 3 days (MyCase:
//! Cursor-based-Pagination.md). Pages are cut from ordered maps, so a page costs its own length and not the list's.

use std::ops::Bound;

use jiff::Timestamp;
use serde::Serialize;
use url::form_urlencoded;

use crate::sandbox::ask::{Answer, Ask};

const DEFAULT_SIZE: usize = 25;
const MOST: usize = 1000;
/// MyCase: the link to the next page expires after 3 days.
const CURSOR_SECONDS: i64 = 3 * 24 * 60 * 60;
/// Makes cursors look like nothing one would count up by hand.
const VEIL: u64 = 0x6d79_6361_7365_2121;

/// Which page a request asks for.
#[derive(Debug)]
pub(super) struct Page {
    size: usize,
    after: u64,
    now: Timestamp,
}

impl Page {
    /// Reads `page_size` (only where the list declares one) and `page_token`.
    pub(super) fn of(ask: &Ask, now: Timestamp, sized: bool) -> Result<Self, Answer> {
        let size = match ask.query("page_size").filter(|_| sized) {
            None => DEFAULT_SIZE,
            Some(text) => match text.parse::<usize>() {
                Ok(size) if (1..=MOST).contains(&size) => size,
                _other => {
                    let said = "page_size must be a number from 1 to 1000";
                    return Err(Answer::mycase_error(400, said, Some(("parameter", "page_size"))));
                }
            },
        };
        let after = match ask.query("page_token") {
            None => 0,
            Some(token) => cursor(token, now)
                .ok_or_else(|| Answer::mycase_error(400, "page_token is invalid or has expired", Some(("parameter", "page_token"))))?,
        };
        Ok(Self { size, after, now })
    }

    /// Where in an ordered map the page begins.
    pub(super) fn range(&self) -> (Bound<u64>, Bound<u64>) {
        (Bound::Excluded(self.after), Bound::Unbounded)
    }

    /// Whether an item lies behind the cursor, for lists that are no map.
    pub(super) fn shows(&self, id: u64) -> bool {
        id > self.after
    }

    /// The answer, from the items that follow the cursor in id order; `view` makes an item's body.
    pub(super) fn answer<'a, T: 'a, B: Serialize>(
        &self,
        ask: &Ask,
        items: impl Iterator<Item = (u64, &'a T)>,
        count: usize,
        view: impl Fn(&'a T) -> B,
    ) -> Answer {
        let mut body = Vec::with_capacity(256 * self.size.min(count + 1));
        body.push(b'[');
        let (mut shown, mut last, mut more) = (0, 0, false);
        for (id, item) in items {
            if shown == self.size {
                more = true;
                break;
            }
            if shown > 0 {
                body.push(b',');
            }
            // Writing into memory cannot fail, and neither can the sandbox's own views.
            if serde_json::to_writer(&mut body, &view(item)).is_err() {
                return Answer::mycase_error(500, "the sandbox could not write a record", None);
            }
            (shown, last) = (shown + 1, id);
        }
        body.push(b']');
        let answer = Answer::raw(200, "application/json; charset=utf-8", body).with("item-count", count.to_string());
        if more { answer.with("link", self.link(ask, last)) } else { answer }
    }

    /// The next page's address with everything the request asked for.
    fn link(&self, ask: &Ask, last: u64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (key, value) in ask.query.iter().filter(|(key, _)| key != "page_token") {
            query.append_pair(key, value);
        }
        query.append_pair("page_token", &token(last, self.now));
        format!("<{}/mycase/v1{}?{}>; rel=\"next\"", ask.base, ask.path, query.finish())
    }
}

fn token(last: u64, now: Timestamp) -> String {
    let given = now.as_second().unsigned_abs();
    format!("{:016x}{:016x}", last ^ VEIL, given ^ VEIL.rotate_left(17))
}

fn cursor(token: &str, now: Timestamp) -> Option<u64> {
    if token.len() != 32 || !token.is_ascii() {
        return None;
    }
    let last = u64::from_str_radix(&token[..16], 16).ok()? ^ VEIL;
    let given = u64::from_str_radix(&token[16..], 16).ok()? ^ VEIL.rotate_left(17);
    let age = now.as_second().checked_sub(i64::try_from(given).ok()?)?;
    (0..=CURSOR_SECONDS).contains(&age).then_some(last)
}
