//! The `Link` header (RFC 8288): finds the target of rel="next", in whatever order, case and quoting. Pure.

use http::HeaderMap;
use http::header::LINK;

/// The target of the first link whose relations include `next`, as written; it may be relative.
pub(super) fn next_target(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().find_map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        next_in(&text)
    })
}

fn next_in(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some(open) = rest.find('<') {
        let after = &rest[open + 1..];
        let close = after.find('>')?;
        let target = after[..close].trim();
        let (params, behind) = split_outside_quotes(&after[close + 1..], ',');
        if is_next(params) {
            return Some(target.to_owned());
        }
        rest = behind;
    }
    None
}

/// Whether the first `rel` among these parameters has `next` among its words.
fn is_next(params: &str) -> bool {
    let mut rest = params;
    while !rest.is_empty() {
        let (param, behind) = split_outside_quotes(rest, ';');
        rest = behind;
        let (name, value) = param.split_once('=').unwrap_or((param, ""));
        if name.trim().eq_ignore_ascii_case("rel") {
            let value = value.trim().trim_matches(['"', '\'']);
            return value.split_whitespace().any(|word| word.eq_ignore_ascii_case("next"));
        }
    }
    false
}

/// The text before the first `mark` that is not inside double quotes, and the text behind it.
fn split_outside_quotes(text: &str, mark: char) -> (&str, &str) {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        } else if c == mark && !quoted {
            return (&text[..at], &text[at + mark.len_utf8()..]);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found_in_every_lawful_spelling() {
        for (header, target) in [
            (r#"<https://a/v1?page_token=x>; rel="next""#, Some("https://a/v1?page_token=x")),
            (r#"<https://a/1>; rel="prev", <https://a/2>; rel="next""#, Some("https://a/2")),
            (r#"<https://a/2>;title="a, b; rel=prev";REL=Next"#, Some("https://a/2")),
            (r#"<?page_token=a,b;c>  ;  rel = "last next""#, Some("?page_token=a,b;c")),
            (r#"</v1/cases?t=1>; rel='next'"#, Some("/v1/cases?t=1")),
            (r#"<a>; rel="prev"; rel="next""#, None),
            (r#"<a>; rel="nextish""#, None),
            (r#"<a>; title="\"; rel=next""#, None),
            ("<a", None),
            ("", None),
            ("string", None),
        ] {
            assert_eq!(next_in(header).as_deref(), target, "{header}");
        }
    }

    #[test]
    fn several_link_headers_are_one() {
        let mut headers = HeaderMap::new();
        headers.append(LINK, http::HeaderValue::from_static("<a>; rel=first"));
        headers.append(LINK, http::HeaderValue::from_static("<b>; rel=next"));
        assert_eq!(next_target(&headers).as_deref(), Some("b"));
    }
}
