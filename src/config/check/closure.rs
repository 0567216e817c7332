//! `[closure]`, `[documents]` and `[messages]`.

use super::{Check, names, sources};
use crate::config::raw::{
    At, Maybe, RawClosed, RawClosedCases, RawClosure, RawDeleted, RawDocuments, RawMessages, RawOutOfScope, RawReopened, RawSince,
};
use crate::config::{Closure, DeletedRule, DocumentsRule, MessagesRule, OutOfScopeRule, Profile, Since, values};

pub(super) fn closure(check: &mut Check<'_>, raw: &RawClosure, profile: Option<&Profile>) -> Option<Closure> {
    let settle = raw
        .settle
        .as_ref()
        .and_then(|at| check.value(at, "bad-duration", |text| format!("{text:?} is no length of time"), |text| values::duration(text)));
    let by_hand = names::set(check, raw.by_hand.as_ref(), "closure.by_hand");
    let import_closed = raw.import_closed.as_ref().map(|at| at.value).or_else(|| profile.map(|profile| profile.imports_closed));
    Some(Closure {
        close: raw.closed.as_ref()?.value == RawClosed::Close,
        reopen: raw.reopened.as_ref()?.value == RawReopened::Reopen,
        deleted: match raw.deleted.as_ref()?.value {
            RawDeleted::Report => DeletedRule::Report,
            RawDeleted::Close => DeletedRule::Close,
            RawDeleted::Ignore => DeletedRule::Ignore,
        },
        out_of_scope: match raw.out_of_scope.as_ref()?.value {
            RawOutOfScope::Report => OutOfScopeRule::Report,
            RawOutOfScope::Close => OutOfScopeRule::Close,
        },
        settle: settle?,
        stage: raw.stage.as_ref().map(|at| at.value.trim().to_owned()).filter(|stage| !stage.is_empty()),
        by_hand: by_hand?,
        import_closed: import_closed?,
    })
}

pub(super) fn documents(check: &mut Check<'_>, raw: &RawDocuments) -> Option<DocumentsRule> {
    let since = since(check, &raw.since);
    let max_size =
        raw.max_size.as_ref().and_then(|at| check.value(at, "bad-size", |text| format!("{text:?} is no size"), |text| values::size(text)));
    let folder = raw.folder.as_ref().and_then(|at| folder(check, at));
    Some(DocumentsRule {
        folder: folder?,
        since: since?,
        max_size: max_size?,
        carry_closed: raw.closed_cases.as_ref()?.value == RawClosedCases::Carry,
    })
}

fn folder(check: &mut Check<'_>, at: &At<String>) -> Option<String> {
    let folder = at.value.trim().trim_matches('/');
    if folder.is_empty() || folder.contains('\\') || folder.split('/').any(|part| matches!(part.trim(), "" | "." | "..")) {
        check.error(
            &at.place,
            "bad-folder",
            format!("{:?} is no folder in a MyCase case", at.value),
            "write a name like \"Case Documents\", with / between folders",
        );
        return None;
    }
    Some(folder.to_owned())
}

pub(super) fn messages(check: &mut Check<'_>, raw: &RawMessages) -> Option<MessagesRule> {
    let since = since(check, &raw.since);
    let subject = raw.subject.as_ref()?;
    if let Err((message, help)) = sources::template(&subject.value, &["sender", "sent_at"]) {
        check.error(&subject.place, "bad-template", message, help);
    } else if subject.value.trim().is_empty() {
        check.error(
            &subject.place,
            "empty-subject",
            "MyCase takes no note without a subject",
            "write e.g. subject = \"Portal message from {{ sender }}\"",
        );
    }
    Some(MessagesRule { since: since?, subject: subject.value.clone() })
}

fn since(check: &mut Check<'_>, raw: &Maybe<RawSince>) -> Option<Since> {
    check.value(raw.as_ref()?, "bad-since", |since| format!("{:?} is no beginning", since.0), |since| values::since(&since.0))
}
