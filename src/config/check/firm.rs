//! One firm file from text to [`Firm`]: read, laid over the defaults, section by section, then the rules across sections.

use super::{
    Check, Checked, DaemonRules, FirmInput, account, cases, catalog, closure, fields, limits, online, portal, rules, schedule, stages,
    tests_section, unreached,
};
use crate::config::raw::{At, FIRM_SECTIONS, Origin, Place, RawFirm, RawFirmDefaults, RawStatus, Slot, read_document};
use crate::config::{Catalog, Firm, Online, Problem, Profile, Profiles, Severity, SourceText, TestCase, zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};

/// The embedded defaults, read once by the code that reads firm files.
static BUILTIN: LazyLock<(SourceText, RawFirm)> = LazyLock::new(|| {
    let source = SourceText::new("defaults.toml (built in)", include_str!("../defaults.toml"));
    let (raw, _) = read_document(&source, Origin::BuiltIn, FIRM_SECTIONS);
    (source, raw.unwrap_or_default())
});

/// The embedded defaults and their text.
fn builtin() -> &'static (SourceText, RawFirm) {
    &BUILTIN
}

/// Checks one firm's files. `defaults` is `defaults.toml` beside the firms' folder; `now` dates the catalog.
pub fn check_firm(input: &FirmInput, profiles: &Profiles, daemon: &DaemonRules, defaults: Option<&SourceText>, now: Timestamp) -> Checked {
    let (builtin, defaults_of_all) = builtin();
    let mut check = Check::new(input, defaults, builtin, daemon, profiles, now);
    let (raw, problems) = read_document::<RawFirm>(&input.source, Origin::File, FIRM_SECTIONS);
    check.problems = problems;
    check.torn = check.has_errors();
    if input.source.text.trim().is_empty() {
        let help = "take an earlier version back; or remove it, and `casebridge init FIRM` writes one to start from";
        check.error(&Place::default(), "empty-file", "the file is empty", help);
        return finish(check, None);
    }
    let Some(mut own) = raw else { return finish(check, None) };
    if let Some(source) = defaults {
        let (folder, mut problems) = read_document::<RawFirmDefaults>(source, Origin::Folder, FIRM_SECTIONS);
        check.problems.append(&mut problems);
        let RawFirmDefaults { place: _, schedule, limits, documents, messages } = folder.unwrap_or_default();
        own.fill(&RawFirm { schedule, limits, documents, messages, ..RawFirm::default() });
    }
    let firm = build(&mut check, &filled(&own, defaults_of_all), &own, input);
    finish(check, firm)
}

/// What a look at both accounts says of a firm's file: the connection, MyCase's names as they are now, the portal's key. These
/// problems alone; the file itself is judged by [`check_firm`], without the catalog when the look brought names.
pub fn check_online(input: &FirmInput, profiles: &Profiles, daemon: &DaemonRules, now: Timestamp, online: &Online) -> Vec<Problem> {
    let (builtin, defaults_of_all) = builtin();
    let mut check = Check::new(input, None, builtin, daemon, profiles, now);
    let (raw, problems) = read_document::<RawFirm>(&input.source, Origin::File, FIRM_SECTIONS);
    check.torn = problems.iter().any(|problem| problem.severity == Severity::Error);
    // A file that cannot be read at all says so itself; a finding has the whole file for its place then.
    let own = raw.unwrap_or_default();
    if let Some(names) = &online.names {
        let profile = portal::profile_of(&check, &filled(&own, defaults_of_all).portal);
        let tests = tests_section::tests(&mut check, own.tests.as_ref(), input.tests.as_ref(), &tests_section::expectable(None, None));
        // What is wrong with their form was said when the file was judged.
        check.problems.clear();
        against(&mut check, &own, input, &tests, profile.as_deref(), Some((names, catalog::Trust::Live)));
    }
    online::findings(&mut check, &own, online);
    finish(check, None).problems
}

/// The file with the built-in defaults where it says nothing.
fn filled(own: &RawFirm, defaults: &RawFirm) -> RawFirm {
    let mut filled = RawFirm::default();
    filled.fill(own);
    filled.fill(defaults);
    filled
}

/// What the file says against MyCase's names, and which of its rules can never apply.
fn against(
    check: &mut Check<'_>,
    own: &RawFirm,
    input: &FirmInput,
    tests: &[TestCase],
    profile: Option<&Profile>,
    names: Option<(&Catalog, catalog::Trust)>,
) {
    if let Some((names, trust)) = names {
        let sources: Vec<&SourceText> = std::iter::once(&input.source).chain(&input.tests).collect();
        catalog::check_names(check, own, tests, &sources, names, trust);
    }
    if check.torn {
        return;
    }
    let known = names.filter(|(_, trust)| *trust != catalog::Trust::Stale).map(|(names, _)| names);
    unreached::look(check, own, profile, known);
}

fn finish(check: Check<'_>, firm: Option<Firm>) -> Checked {
    let firm = firm.filter(|_| !check.has_errors()).map(Arc::new);
    let mut problems: Vec<Problem> = check.problems;
    for problem in problems.iter_mut().filter(|problem| problem.help.contains("FIRM")) {
        problem.help = problem.help.replace(" FIRM", &format!(" {}", check.id));
    }
    problems.sort_by(|one, other| {
        (&one.file, one.line, one.column, one.severity).cmp(&(&other.file, other.line, other.column, other.severity))
    });
    problems.dedup();
    problems.shrink_to_fit();
    Checked { firm, problems }
}

/// Every section is turned even when another failed, so that all problems are said in one go. `own` is `raw` without the
/// built-in defaults.
fn build(check: &mut Check<'_>, raw: &RawFirm, own: &RawFirm, input: &FirmInput) -> Option<Firm> {
    rules::check_required(check, raw);
    let zone = raw.firm.time_zone.as_ref().filter(|at| !at.value.trim().is_empty()).and_then(|at| time_zone(check, at));
    let mycase = account::mycase(check, &raw.mycase);
    let portal = portal::portal(check, raw);
    let profile = portal.as_ref().map(|portal| portal.profile.clone()).or_else(|| portal::profile_of(check, &raw.portal));
    let profile = profile.as_deref();
    rules::check_all(check, raw, profile);
    // Without a readable zone the schedules are still checked, in UTC.
    let schedule = schedule::schedule(check, &raw.schedule, zone.as_ref().unwrap_or(&TimeZone::UTC), profile);
    let lookback = cases::lookback(check, &raw.lookback);
    let web_url = mycase.as_ref().and_then(|mycase| mycase.web_url.as_ref()).map(url::Url::as_str);
    let rule = cases::cases(check, &raw.cases, web_url);
    let testing = cases::case_ids(check, raw.testing.cases.as_ref(), web_url);
    let clients = cases::clients(check, &raw.clients);
    let staff = cases::staff(check, &raw.staff);
    let closure = closure::closure(check, &raw.closure, profile);
    let changes_on = raw.schedule.changes.as_ref().is_some_and(|at| at.value.trim() != "off");
    let stages = stages::stages(check, raw, changes_on);
    let practice_areas = stages::practice_areas(check, &raw.practice_areas);
    let fields = fields::fields(check, raw.fields.as_ref(), profile);
    let documents = closure::documents(check, &raw.documents);
    let messages = closure::messages(check, &raw.messages);
    let limits = limits::limits(check, &raw.limits);
    let known = tests_section::expectable(fields.as_ref(), profile);
    let tests = tests_section::tests(check, raw.tests.as_ref(), input.tests.as_ref(), &known);
    let names = catalog::read(check, input.catalog.as_ref());
    let trusted = names.as_ref().map(|names| (names, catalog::Trust::of(names, check.now)));
    against(check, own, input, &tests, profile, trusted);
    Some(Firm {
        id: input.id.clone(),
        name: raw.firm.name.as_ref()?.value.trim().to_owned(),
        time_zone: zone?,
        active: raw.firm.status.as_ref().is_some_and(|at| at.value == RawStatus::Active),
        mycase: mycase?,
        portal: portal?,
        schedule: schedule?,
        lookback: lookback?,
        cases: rule?,
        testing: testing?,
        clients: clients?,
        staff: staff?,
        closure: closure?,
        stages: stages?,
        practice_areas: practice_areas?,
        fields: fields?,
        documents: documents?,
        messages: messages?,
        limits: limits?,
        tests,
        file: input.source.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        names: catalog::names_said(check, raw),
        made_of: made_of(check, profile?),
    })
}

/// Each text with its length before it, so that none runs into the next.
fn made_of(check: &Check<'_>, profile: &Profile) -> [u8; 32] {
    let texts = [Some(check.source), check.folder, check.profiles.source(&profile.name)];
    let mut sum = Sha256::new();
    for text in texts.into_iter().flatten().map(|source| source.text.as_bytes()) {
        sum.update((text.len() as u64).to_be_bytes());
        sum.update(text);
    }
    sum.finalize().into()
}

fn time_zone(check: &mut Check<'_>, at: &At<String>) -> Option<TimeZone> {
    let found = zone::find(&at.value);
    if found.is_none() {
        let help = match zone::nearest(&at.value) {
            Some(near) => format!("did you mean {near:?}?"),
            None => "write the zone's IANA name, e.g. \"America/New_York\" or \"America/Chicago\"".to_owned(),
        };
        check.error(&at.place, "unknown-zone", format!("{:?} is no time zone", at.value), help);
    }
    found
}

/// Where a section stands, or the start of the file.
pub(super) fn header(check: &Check<'_>, place: Option<&Place>) -> Place {
    let Some(place) = place.filter(|place| place.origin == Origin::File) else { return Place::default() };
    // A table's place covers its content; its header line is enough to underline.
    let text = check.source.text.get(place.span.clone()).unwrap_or_default();
    let end = text.find('\n').map_or(place.span.end, |line| place.span.start + line);
    Place { span: place.span.start..end, origin: place.origin }
}
