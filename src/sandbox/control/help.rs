//! What the control address can do, in words for whoever practises with it.

use serde_json::{Value, json};

/// What the control address can do, as `GET /control` says it: method and address, and what that does.
#[must_use]
pub fn help() -> Value {
    let mut all = world();
    if let Value::Object(all) = &mut all {
        for part in [mycase(), portals()] {
            if let Value::Object(part) = part {
                all.extend(part);
            }
        }
    }
    all
}

fn world() -> Value {
    json!({
        "GET /control/state": "how much there is of everything, the world's time, switches and waiting faults",
        "GET /control/requests": "requests per route; POST /control/requests/reset forgets them, the writes and the transfers",
        "GET /control/writes": "all writes to the portals",
        "GET /control/transfers": "all downloads of portal files and uploads to MyCase's storage: at which origin, and whether a key came along",
        "POST /control/faults": "one rule or a list: {side: mycase|auth|files|case-status|hona, method?, path_contains?, skip?, times?, \
            kind: status {code, retry_after?, body?} | drop-before | drop-after | status-after {code} | truncate | cut | html | not-array | \
            wrong-count {by} | empty | slow {millis} | repeat-page}; DELETE drops all. {side: auth, kind: drop-after} loses the answer \
            of a refresh that took effect",
        "POST /control/advance": "{seconds}: lets time pass",
        "POST /control/options": "any of {rate_limits, retry_after, list_lag_seconds (Case Status' report), mycase_lag_seconds (new documents \
            and notes in MyCase's lists), forbidden_authorize, reuse_revokes, access_seconds, refresh_seconds (lives of tokens from now on), \
            files_origin, file_url_seconds (addresses of files elsewhere end), page_items, list_order: oldest-first | newest-first | shuffled \
            (Case Status' files and messages), storage_origin, put_url_seconds (upload addresses end)}; GET says how they stand",
        "POST /control/tokens/expire-access": "all access tokens but the fixed one are too old",
        "POST /control/tokens/expire-refresh": "all refresh tokens are too old, as after two idle weeks",
        "POST /control/tokens/revoke": "all tokens but the fixed one are gone",
    })
}

fn mycase() -> Value {
    json!({
        "GET /control/mycase/cases": "?stage=&practice_area=&status=&limit=: which cases there are",
        "POST /control/mycase/cases": "{name, practice_area?, stage?, case_number?, clients?: [ids], client?: {first_name, last_name, \
            email?, cell_phone_number?}} adds one",
        "POST /control/mycase/cases/ID": "{stage, status, name, practice_area, case_number, lead, clients, billing_contact, hidden, custom: {NAME: value}}",
        "DELETE /control/mycase/cases/ID": "deletes it without a trace",
        "POST /control/mycase/clients/ID": "{first_name, last_name, email, cell_phone_number, home_phone_number, work_phone_number}; cases do not move",
        "POST /control/mycase/staff/ID": "{active, email}; GET /control/state says who is connected (me)",
        "POST /control/mycase/stages": "{name} adds one; POST /control/mycase/stages/rename {from, to}, the same for practice-areas and custom-fields",
        "GET /control/mycase/documents": "?case=ID: with length, SHA-256 and number of uploads, which MyCase does not tell",
        "GET /control/mycase/notes": "?case=ID: the notes, as they were written",
    })
}

fn portals() -> Value {
    json!({
        "GET /control/case-status/cases": "?integration_id=; with /ID one of them",
        "POST /control/case-status/cases": "{name, integration_id?} adds one by hand, also a second with the same integration id",
        "POST /control/case-status/cases/ID": "{status, name, closed, practice_area, readable_id} changes it by hand",
        "DELETE /control/case-status/cases/ID": "deletes it by hand; with ?trace=none the report forgets it too",
        "POST /control/case-status/files": "{case: ID | integration_id: MYCASE-ID, file_name?, content? | size?, count?, tricks?} a client sends \
            files; GET lists them; DELETE with /ID takes one away",
        "POST /control/case-status/files/ID": "tricks: any of {listed_size, created_at, nulls: [fields the list leaves null], url, chunked (no \
            Content-Length), answers: STATUS, redirects: [origins | portal | relative | whole addresses]}",
        "POST /control/case-status/messages": "{case: ID | integration_id: MYCASE-ID, sender_name?, content?, sent_at?, nulls?, count?} a client \
            sends messages; GET lists them; DELETE with /ID takes one away",
        "POST /control/case-status/staff": "{email} is known from now on; DELETE with {email} not any more; the same under /control/hona/staff",
        "POST /control/case-status/key": "{api_key}: the one before is refused from now on; the same under /control/hona/key",
        "GET /control/hona/projects": "with /EXTERNAL-ID one; POST {phase, name, status} changes it by hand; DELETE; the same for contacts",
    })
}
