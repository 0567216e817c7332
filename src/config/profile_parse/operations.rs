//! Operations: each request read and checked alone, then what they must be together so that no record is ever lost or doubled.

use super::body::{BodyReader, join};
use super::build::Builder;
use super::raw::{RawEach, RawMethod, RawOperation, RawOperations, RawRequest};
use super::walk::did_you_mean;
use crate::config::profile::{Each, ItemField, Method, Operation, OperationName, Paging, RequestTemplate};
use crate::domain::Ordered;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of an operation besides its requests: the names its bodies and paths use.
type Names = BTreeMap<OperationName, BTreeSet<String>>;

impl Builder<'_> {
    pub(super) fn operations(
        &mut self,
        raw: RawOperations,
        fields: &BTreeSet<&str>,
        takes_extra: bool,
    ) -> BTreeMap<OperationName, Operation> {
        let mut operations = BTreeMap::new();
        let mut names = Names::new();
        for (name, raw) in named(raw) {
            let Some(raw) = raw else { continue };
            let (operation, used) = self.operation(name, raw, fields);
            operations.insert(name, operation);
            names.insert(name, used);
        }
        self.check_together(&operations, &names);
        self.check_sent(&names, fields, takes_extra);
        operations
    }

    fn operation(&mut self, name: OperationName, raw: RawOperation, fields: &BTreeSet<&str>) -> (Operation, BTreeSet<String>) {
        let (idempotent, confirmed, several) = (raw.idempotent, raw.confirmed, raw.requests.is_some());
        let here = ["operations", name.word()];
        if several {
            for key in [
                "for_each",
                "method",
                "path",
                "query",
                "body",
                "only_changed",
                "clear",
                "clear_list",
                "paging",
                "items",
                "item",
                "portal_id",
            ] {
                if self.has(&join(&here, key)) {
                    self.key_error(
                        &join(&here, key),
                        "misplaced-key",
                        &format!("{key:?} stands beside `requests`"),
                        "move it into a request",
                    );
                }
            }
        }
        let raw = raw.into_requests();
        if raw.is_empty() || several && name.reads() {
            self.key_error(&here, "bad-operation", &format!("{name} is one request"), "");
        }
        let mut used = BTreeSet::new();
        let numbers: Vec<String> = (0..raw.len()).map(|at| at.to_string()).collect();
        let requests = raw.into_iter().zip(&numbers).map(|(raw, at)| {
            let path: Vec<&str> = if several { here.into_iter().chain(["requests", at]).collect() } else { here.to_vec() };
            self.request(name, raw, &path, fields, &mut used)
        });
        let requests: Vec<RequestTemplate> = requests.collect();
        if name.reads() && !idempotent {
            self.error(&join(&here, "idempotent"), "bad-operation", "reading twice is harmless", "write idempotent = true");
        }
        (Operation { requests, idempotent, confirmed }, used)
    }

    fn request(
        &mut self,
        name: OperationName,
        raw: RawRequest,
        path: &[&str],
        fields: &BTreeSet<&str>,
        used: &mut BTreeSet<String>,
    ) -> RequestTemplate {
        let RawRequest { for_each, method, path: raw_path, query, body, only_changed, clear, clear_list, paging, items, item, portal_id } =
            raw;
        let method = self.method(name, method, path);
        let for_each = for_each.map(each);
        used.extend(for_each.map(|each| match each {
            Each::Client => "clients".to_owned(),
            Each::Member => "team".to_owned(),
        }));
        let raw_path = self.path(name, raw_path, for_each, path, used);
        if body.is_some() && (name.reads() || method == Method::Get) {
            self.key_error(&join(path, "body"), "misplaced-key", "a request that reads has no body", "");
        }
        let inside: Vec<Each> = for_each.into_iter().collect();
        let body = body.map(|map| {
            let mut reader = BodyReader { builder: self, fields, names: BTreeSet::new() };
            let body = reader.object(&map, &join(path, "body"), &inside);
            used.extend(reader.names);
            body
        });
        self.check_list_keys(name, path);
        for (key, pointer) in [("items", &items), ("portal_id", &portal_id)] {
            self.pointer(pointer.as_deref(), &join(path, key));
        }
        RequestTemplate {
            for_each,
            method,
            path: raw_path,
            query: query.unwrap_or_default(),
            body,
            only_changed: only_changed.unwrap_or(false),
            clear_list: clear_list.or_else(|| clear.clone()).unwrap_or_default(),
            clear: clear.unwrap_or_default(),
            paging: paging.map(|paging| Paging { parameter: paging.parameter, first: paging.first }),
            items: items.unwrap_or_default(),
            item: self.item(name, item.unwrap_or_default(), path),
            portal_id,
        }
    }

    /// `items`, `item` and `paging` belong to lists; a probe has only `item`.
    fn check_list_keys(&mut self, name: OperationName, path: &[&str]) {
        for key in ["items", "item", "paging"] {
            let fits = match name {
                OperationName::ListCases | OperationName::ListFiles | OperationName::ListMessages => true,
                OperationName::Probe => key == "item",
                _ => false,
            };
            if !fits && self.has(&join(path, key)) {
                self.key_error(&join(path, key), "misplaced-key", &format!("{key:?} belongs to lists"), "");
            }
        }
    }

    fn method(&mut self, name: OperationName, raw: Option<RawMethod>, path: &[&str]) -> Method {
        let method = raw.map(|raw| match raw {
            RawMethod::Get => Method::Get,
            RawMethod::Post => Method::Post,
            RawMethod::Put => Method::Put,
            RawMethod::Patch => Method::Patch,
            RawMethod::Delete => Method::Delete,
        });
        match method {
            None => self.key_error(path, "missing-key", "\"method\" is missing", "e.g. method = \"POST\""),
            Some(method) if name.reads() != (method == Method::Get) => {
                let message = format!("{name} {}", if name.reads() { "reads, so it is a GET" } else { "writes, so it is no GET" });
                self.error(&join(path, "method"), "bad-method", &message, "");
            }
            Some(_) => {}
        }
        method.unwrap_or(Method::Get)
    }

    fn path(&mut self, name: OperationName, raw: Option<String>, each: Option<Each>, path: &[&str], used: &mut BTreeSet<String>) -> String {
        let Some(raw) = raw else {
            self.key_error(path, "missing-key", "\"path\" is missing", "e.g. path = \"/cases\"");
            return String::new();
        };
        let here = join(path, "path");
        if !raw.starts_with('/') || raw.contains("..") || raw.contains(['?', '#', ' ', '\\']) {
            self.error(&here, "bad-path", "a path begins with a slash and has no query, blank or ..", "parameters go into `query`");
        }
        let mut known = vec!["case_id", "integration_id"];
        match name {
            OperationName::CreateCase | OperationName::UpsertCase => {}
            OperationName::UpdateCase | OperationName::CloseCase | OperationName::ReopenCase => known.push("portal_id"),
            OperationName::DownloadFile => known = vec!["file_id", "portal_id"],
            OperationName::Probe | OperationName::ListCases | OperationName::ListFiles | OperationName::ListMessages => known.clear(),
        }
        if each == Some(Each::Client) {
            known.push("client_id");
        }
        for placeholder in placeholders(&raw) {
            match placeholder {
                Some(inner) if known.contains(&inner) => {
                    used.insert(inner.to_owned());
                }
                Some(inner) => {
                    let help = if known.is_empty() { "this path has nothing to fill in".to_owned() } else { did_you_mean(inner, &known) };
                    self.error(&here, "unknown-name", &format!("the path of {name} knows no {{{inner}}}"), &help);
                }
                None => self.error(&here, "bad-path", "a brace has no partner", "e.g. \"/cases/{portal_id}\""),
            }
        }
        raw
    }

    fn item(&mut self, name: OperationName, raw: BTreeMap<String, String>, path: &[&str]) -> BTreeMap<String, ItemField> {
        let (known, needed) = item_names(name);
        let here = join(path, "item");
        for (key, pointer) in &raw {
            if !known.contains(&key.as_str()) {
                self.key_error(&join(&here, key), "unknown-key", &format!("an item of {name} has no {key:?}"), &did_you_mean(key, known));
            }
            self.pointer(Some(pointer), &join(&here, key));
        }
        for key in needed.iter().filter(|key| !raw.contains_key(**key)) {
            self.key_error(&here, "missing-key", &format!("{key:?} is missing: {name} must say where it is in an item"), "");
        }
        let finds_its_case = ["portal_id", "integration_id", "readable_id"].iter().any(|key| raw.contains_key(*key));
        if matches!(name, OperationName::ListFiles | OperationName::ListMessages) && !finds_its_case {
            self.key_error(
                &here,
                "missing-key",
                &format!("an item of {name} says not which case it belongs to"),
                "give portal_id, integration_id or readable_id",
            );
        }
        raw.into_iter().map(|(key, pointer)| (key, ItemField { pointer })).ordered()
    }

    fn pointer(&mut self, pointer: Option<&str>, path: &[&str]) {
        if pointer.is_some_and(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
            let help = "a JSON pointer begins with a slash: \"/id\", \"/data/0/Case Name\"; ~1 stands for a slash in a key, ~0 for ~";
            self.error(path, "bad-pointer", "this is no JSON pointer", help);
        }
    }

    fn check_together(&mut self, operations: &BTreeMap<OperationName, Operation>, names: &Names) {
        use OperationName::{CreateCase, DownloadFile, ListFiles, UpdateCase, UpsertCase};
        let has = |name| operations.contains_key(&name);
        match (has(CreateCase), has(UpdateCase), has(UpsertCase)) {
            (true, true, false) | (false, false, true) => {}
            (_, _, true) => self.key_error(
                &["operations", "upsert_case"],
                "bad-operations",
                "upsert_case makes and changes records; create_case and update_case do too",
                "keep one way",
            ),
            (true, false, false) => self.key_error(
                &["operations"],
                "missing-operation",
                "update_case is missing: a record that was made could never change",
                "add [operations.update_case]",
            ),
            (false, true, false) => {
                self.key_error(&["operations"], "missing-operation", "create_case is missing", "add [operations.create_case]")
            }
            (false, false, false) => {
                let help = "add [operations.create_case] and [operations.update_case], or [operations.upsert_case]";
                self.key_error(&["operations"], "missing-operation", "no operation makes a record", help);
            }
        }
        self.check_closing(operations, names);
        if has(ListFiles) && !has(DownloadFile) && !self.has(&["operations", "list_files", "item", "url"]) {
            let help = "give `url` in [operations.list_files.item], or add [operations.download_file]";
            self.key_error(&["operations", "list_files"], "missing-operation", "a listed file could not be fetched", help);
        }
        for name in [CreateCase, UpsertCase] {
            if operations.get(&name).is_some_and(|operation| operation.requests.iter().all(|request| request.portal_id.is_none())) {
                let help = "e.g. portal_id = \"/id\"";
                self.key_error(&["operations", name.word()], "missing-key", &format!("{name} says not where the new record's id is"), help);
            }
        }
    }

    fn check_closing(&mut self, operations: &BTreeMap<OperationName, Operation>, names: &Names) {
        use OperationName::{CloseCase, ReopenCase, UpdateCase, UpsertCase};
        let has = |name| operations.contains_key(&name);
        let changing = if has(UpsertCase) { UpsertCase } else { UpdateCase };
        let body_closes = names.get(&changing).is_some_and(|names| names.contains("open") || names.contains("state"));
        for (one, other) in [(CloseCase, ReopenCase), (ReopenCase, CloseCase)] {
            if has(one) && !has(other) && !body_closes {
                let message = format!("{other} is missing beside {one}");
                self.key_error(&["operations", one.word()], "missing-operation", &message, &format!("add [operations.{other}]"));
            }
        }
        if !has(CloseCase) && !has(ReopenCase) && !body_closes && has(changing) {
            let help = format!("add [operations.close_case] and [operations.reopen_case], or use `open` in the body of {changing}");
            self.key_error(&["operations"], "missing-operation", "nothing closes a record", &help);
        }
    }

    /// What a record has must go out, and every request must say which record it means.
    fn check_sent(&mut self, names: &Names, fields: &BTreeSet<&str>, takes_extra: bool) {
        for (name, used) in names.iter().filter(|(name, _)| !name.reads()) {
            let here = ["operations", name.word()];
            let sends = |what: &str| used.contains(what);
            if !["case_id", "integration_id", "portal_id"].iter().any(|id| sends(id)) {
                let help =
                    "a record carries MyCase's id from the first write, so that none is ever made twice: send integration_id or case_id";
                self.key_error(&here, "no-id", &format!("{name} says not which case it means"), help);
            }
            if !matches!(name, OperationName::CreateCase | OperationName::UpsertCase | OperationName::UpdateCase) {
                continue;
            }
            let parts = ["clients", "stage", "practice_area"].into_iter().chain(takes_extra.then_some("extra"));
            let parts = parts.chain(fields.iter().copied().filter(|_| !sends("fields")));
            for missing in parts.filter(|part| !sends(part)) {
                let message = format!("{name} never sends {missing:?}");
                if *name == OperationName::UpdateCase {
                    self.key_warning(&here, "never-sent", &message, "changes of it will not reach the portal");
                } else {
                    self.key_error(&here, "never-sent", &message, &format!("use it in the body, e.g. {missing} = \"={missing}\""));
                }
            }
        }
    }
}

fn named(raw: RawOperations) -> [(OperationName, Option<RawOperation>); 10] {
    let RawOperations {
        probe,
        list_cases,
        create_case,
        update_case,
        upsert_case,
        close_case,
        reopen_case,
        list_files,
        download_file,
        list_messages,
    } = raw;
    [
        (OperationName::Probe, probe),
        (OperationName::ListCases, list_cases),
        (OperationName::CreateCase, create_case),
        (OperationName::UpdateCase, update_case),
        (OperationName::UpsertCase, upsert_case),
        (OperationName::CloseCase, close_case),
        (OperationName::ReopenCase, reopen_case),
        (OperationName::ListFiles, list_files),
        (OperationName::DownloadFile, download_file),
        (OperationName::ListMessages, list_messages),
    ]
}

fn each(raw: RawEach) -> Each {
    match raw {
        RawEach::Clients => Each::Client,
        RawEach::Team => Each::Member,
    }
}

/// The names an item may have, and those it needs.
fn item_names(name: OperationName) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        OperationName::Probe => (&["identity"], &[]),
        OperationName::ListCases => (
            &[
                "portal_id",
                "integration_id",
                "readable_id",
                "name",
                "stage",
                "practice_area",
                "open",
                "closed",
                "closed_at",
                "deleted",
                "deleted_at",
                "attorney",
                "updated_at",
            ],
            &["portal_id", "integration_id"],
        ),
        OperationName::ListFiles => (
            &[
                "id",
                "url",
                "size",
                "file_name",
                "extension",
                "content_type",
                "portal_id",
                "readable_id",
                "integration_id",
                "practice_area",
                "created_at",
                "updated_at",
            ],
            &["id", "file_name"],
        ),
        OperationName::ListMessages => (
            &["id", "type", "content", "sent_at", "created_at", "sender_name", "portal_id", "readable_id", "integration_id"],
            &["id", "content"],
        ),
        OperationName::CreateCase
        | OperationName::UpdateCase
        | OperationName::UpsertCase
        | OperationName::CloseCase
        | OperationName::ReopenCase
        | OperationName::DownloadFile => (&[], &[]),
    }
}

/// The names in braces; `None` for a brace without partner.
pub(super) fn placeholders(path: &str) -> Vec<Option<&str>> {
    let mut found = Vec::new();
    let mut rest = path;
    while let Some(open) = rest.find(['{', '}']) {
        let inner = rest[open..].strip_prefix('{').and_then(|inner| Some(inner.split_once('}')?.0));
        found.push(inner.filter(|inner| !inner.contains('{')));
        match inner {
            Some(inner) => rest = &rest[open + inner.len() + 2..],
            None => break,
        }
    }
    found
}
