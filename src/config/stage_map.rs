//! `init FIRM --stage-map`: a stage map proposed from MyCase's and the portal's names. What is called the same is a line; what
//! is almost called the same is a question; nothing is guessed. The text is TOML that parses, its questions comments.

use super::catalog::quoted;
use super::raw::{At, FIRM_SECTIONS, Origin, RawFirm, RawNotInMap, read_document};
use super::{Catalog, SourceText, nearest};
use crate::domain::{NameKey, Ordered};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is proposed for one firm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageMap {
    /// One line for each stage of MyCase that no rule of the file covers yet, in MyCase's order.
    pub lines: Vec<ProposedLine>,
    /// Stages that the file covers already.
    pub covered: usize,
    /// Stages that the portal shows under their own name, by `not_in_map = "same-name"`.
    pub by_itself: Vec<String>,
    /// The portal's stages by its practice area; empty when they are not known.
    pub portal: BTreeMap<String, Vec<String>>,
    /// The line of the file's `[stages.map]`.
    pub map_line: Option<usize>,
    /// The line of each `[stages.for."AREA"]` in the file, by the practice area in normal form.
    pub area_lines: BTreeMap<NameKey, usize>,
}

/// What is proposed for one stage of MyCase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposedLine {
    /// MyCase's practice area, where the answer differs from one to the other.
    pub area: Option<String>,
    /// MyCase's stage.
    pub stage: String,
    /// The portal's stage; `None` when nothing is called like it.
    pub to: Option<String>,
    /// How sure that is.
    pub how: Likeness,
}

/// How a name was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Likeness {
    /// Called the same.
    Exact,
    /// Almost called the same: a person must say whether it is meant.
    Near,
    /// Nothing is called like it.
    None,
}

impl StageMap {
    /// Proposes a map for a firm file, which need not be finished. The portal's stages are those of its `[portal.stages]`, else
    /// those in which the portal's cases stand.
    pub fn propose(source: &SourceText, catalog: &Catalog) -> StageMap {
        let file = read_document::<RawFirm>(source, Origin::File, FIRM_SECTIONS).0.unwrap_or_default();
        let listed = file.portal.stages.iter().flat_map(|at| at.value.iter());
        let listed: BTreeMap<String, Vec<String>> =
            listed.map(|(area, list)| (area.value.clone(), list.value.iter().map(|at| at.value.clone()).collect())).collect();
        let known = !listed.is_empty();
        let portal = if known { listed } else { catalog.portal_stages.clone() };
        let mut map = StageMap {
            lines: Vec::new(),
            covered: 0,
            by_itself: Vec::new(),
            map_line: file.stages.map.as_ref().map(|at| source.place(at.place.span.start).0),
            area_lines: area_lines(&file, source),
            portal,
        };
        let ruled = ruled(&file);
        let same_name = file.stages.not_in_map.as_ref().is_none_or(|at| at.value == RawNotInMap::SameName);
        let areas = Areas::of(&file, catalog);
        for stage in &catalog.stages {
            if ruled.contains(&NameKey::new(&stage.name)) {
                map.covered += 1;
                continue;
            }
            let found = map.find(&stage.name);
            // Without a list of the portal's own nobody knows that a name is there.
            if same_name && known && !found.is_empty() && found.values().all(|(_, how)| *how == Likeness::Exact) {
                map.by_itself.push(stage.name.clone());
            } else {
                map.lines.extend(lines(&stage.name, &found, &areas));
            }
        }
        map
    }

    /// Whether the file lists the portal's stages itself, so that nobody need ask the portal.
    pub fn lists_portal(source: &SourceText) -> bool {
        let file = read_document::<RawFirm>(source, Origin::File, FIRM_SECTIONS).0;
        file.and_then(|file| file.portal.stages).is_some_and(|at| !at.value.0.is_empty())
    }

    /// The best match in each practice area of the portal that has one; where one is called the same, those that are only
    /// nearly so do not count.
    fn find(&self, stage: &str) -> BTreeMap<&str, (String, Likeness)> {
        let key = NameKey::new(stage);
        let best = |stages: &Vec<String>| {
            let exact = stages.iter().find(|name| NameKey::new(name) == key).map(|name| (name.clone(), Likeness::Exact));
            exact.or_else(|| Some((nearest::nearest(stage, stages.iter().map(String::as_str))?.to_owned(), Likeness::Near)))
        };
        let mut found: BTreeMap<&str, (String, Likeness)> =
            self.portal.iter().filter_map(|(area, stages)| Some((area.as_str(), best(stages)?))).ordered();
        if found.values().any(|(_, how)| *how == Likeness::Exact) {
            found.retain(|_, (_, how)| *how == Likeness::Exact);
        }
        found
    }
}

fn area_lines(file: &RawFirm, source: &SourceText) -> BTreeMap<NameKey, usize> {
    let areas = file.stages.by_area.iter().flat_map(|at| at.value.iter());
    areas.map(|(area, _)| (NameKey::new(&area.value), source.place(area.place.span.start).0)).ordered()
}

/// Stages for which the file says something.
fn ruled(file: &RawFirm) -> BTreeSet<NameKey> {
    let map = file.stages.map.iter().flat_map(|at| at.value.iter()).map(|(from, _)| from);
    let own = file.stages.by_area.iter().flat_map(|at| at.value.iter()).flat_map(|(_, map)| map.value.iter()).map(|(from, _)| from);
    let lists = [&file.stages.hide, &file.cases.skip_stages].into_iter().flatten().flat_map(|at| &at.value);
    map.chain(own).chain(lists).map(|at: &At<String>| NameKey::new(&at.value)).ordered()
}

/// MyCase's practice areas by the portal's.
struct Areas(BTreeMap<String, Vec<String>>);

impl Areas {
    fn of(file: &RawFirm, catalog: &Catalog) -> Areas {
        let mut areas: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for area in &catalog.practice_areas {
            let key = NameKey::new(&area.name);
            let mapped = file.practice_areas.map.iter().flat_map(|at| at.value.iter()).find(|(from, _)| NameKey::new(&from.value) == key);
            let to = mapped.map_or(area.name.as_str(), |(_, to)| to.value.as_str());
            areas.entry(NameKey::new(to).as_str().to_owned()).or_default().push(area.name.clone());
        }
        Areas(areas)
    }

    fn leading_to(&self, portal: &str) -> &[String] {
        self.0.get(NameKey::new(portal).as_str()).map_or(&[], Vec::as_slice)
    }
}

/// One line where all practice areas agree, else one for each.
fn lines(stage: &str, found: &BTreeMap<&str, (String, Likeness)>, areas: &Areas) -> Vec<ProposedLine> {
    let line = |area: Option<&String>, to: Option<&String>, how| ProposedLine {
        area: area.cloned(),
        stage: stage.to_owned(),
        to: to.cloned(),
        how,
    };
    let Some((first, how)) = found.values().next() else { return vec![line(None, None, Likeness::None)] };
    if found.values().all(|(to, _)| to == first) {
        return vec![line(None, Some(first), *how)];
    }
    let of_area = |(portal, (to, how)): (&&str, &(String, Likeness))| -> Vec<ProposedLine> {
        areas.leading_to(portal).iter().map(|area| line(Some(area), Some(to), *how)).collect()
    };
    let apart: Vec<ProposedLine> = found.iter().flat_map(of_area).collect();
    if apart.is_empty() { vec![line(None, None, Likeness::None)] } else { apart }
}

impl fmt::Display for StageMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StageMap { lines, covered, by_itself, portal, map_line, area_lines } = self;
        writeln!(f, "# MyCase stage = portal stage. Lines with # in front are questions: answer them, or leave them out.")?;
        match portal.is_empty() {
            true => writeln!(f, "# The portal's stages are not known. List them under [portal.stages], and names are proposed.")?,
            false => portal.iter().try_for_each(|(area, stages)| choices(f, area, stages))?,
        }
        if *covered > 0 {
            writeln!(f, "# {covered} of MyCase's stages are in the file already.")?;
        }
        if !by_itself.is_empty() {
            let names: Vec<&str> = by_itself.iter().map(String::as_str).collect();
            writeln!(f, "# Called the same on both sides, so they need no line: {}", nearest::list(&names))?;
        }
        let (general, apart): (Vec<&ProposedLine>, Vec<&ProposedLine>) = lines.iter().partition(|line| line.area.is_none());
        if !general.is_empty() {
            header(f, "[stages.map]", map_line.as_ref())?;
            general.into_iter().try_for_each(|line| line.fmt(f))?;
        }
        let areas: BTreeSet<&str> = apart.iter().filter_map(|line| line.area.as_deref()).ordered();
        for area in areas {
            header(f, &format!("[stages.for.{}]", quoted(area)), area_lines.get(&NameKey::new(area)))?;
            apart.iter().filter(|line| line.area.as_deref() == Some(area)).try_for_each(|line| line.fmt(f))?;
        }
        Ok(())
    }
}

/// A section's header, unless the file has it: twice it would be an error.
fn header(f: &mut fmt::Formatter<'_>, header: &str, there: Option<&usize>) -> fmt::Result {
    match there {
        Some(line) => writeln!(f, "\n# The file has {header} in line {line}: put these lines below it."),
        None => writeln!(f, "\n{header}"),
    }
}

fn choices(f: &mut fmt::Formatter<'_>, area: &str, stages: &[String]) -> fmt::Result {
    let stages: Vec<&str> = stages.iter().map(String::as_str).collect();
    let whose = if area.is_empty() { String::new() } else { format!(" in {area:?}") };
    writeln!(f, "# The portal's stages{whose}: {}", nearest::list(&stages))
}

impl fmt::Display for ProposedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProposedLine { area: _, stage, to, how } = self;
        let (name, to) = (quoted(stage), quoted(to.as_deref().unwrap_or_default()));
        match how {
            Likeness::Exact => writeln!(f, "{name} = {to}"),
            Likeness::Near => writeln!(f, "# {name} = {to}   # is this meant?"),
            Likeness::None => writeln!(f, "# {name} = {to}   # which stage do clients see? or, if none: hide = [{name}] under [stages]"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::CatalogEntry;
    use super::*;

    fn catalog(stages: &[&str], portal: &[(&str, &[&str])]) -> Catalog {
        let entries = |names: &[&str]| (1..).zip(names).map(|(id, name)| CatalogEntry::new(id, name, &[])).collect::<Vec<_>>();
        let portal = portal.iter().map(|(area, list)| ((*area).to_owned(), list.iter().map(|name| (*name).to_owned()).collect()));
        Catalog {
            taken_at: "2026-11-20T00:00:00Z".parse().unwrap(),
            stages: entries(stages),
            practice_areas: entries(&["PI", "Family Law"]),
            custom_fields: Vec::new(),
            people_groups: Vec::new(),
            staff_types: Vec::new(),
            portal_stages: portal.collect(),
        }
    }

    const STAGES: &[&str] = &["Intake", "demand", "Demand Drafting", "Lien \"Resolution\"", "Discovery", "Conflict Check", "Mapped"];
    const FILE: &str = "[stages]\nnot_in_map = \"attention\"\nhide = [\"conflict check\"]\n[practice_areas.map]\n\"PI\" = \"Personal Injury\"\n[portal.stages]\n\"Personal Injury\" = [\"Intake\", \"Demand\", \"Discovery Phase\"]\n\"Family Law\" = [\"Intake\", \"Discoveries\"]\n";

    fn propose(file: &str, catalog: &Catalog) -> String {
        let text = StageMap::propose(&SourceText::new("acme.firm.toml", file), catalog).to_string();
        toml::from_str::<toml::Table>(&text).unwrap();
        text
    }

    #[test]
    fn the_same_name_is_a_line_and_everything_else_a_question() {
        insta::assert_snapshot!(propose(FILE, &catalog(STAGES, &[])), @r#"
        # MyCase stage = portal stage. Lines with # in front are questions: answer them, or leave them out.
        # The portal's stages in "Family Law": "Intake", "Discoveries"
        # The portal's stages in "Personal Injury": "Intake", "Demand", "Discovery Phase"
        # 1 of MyCase's stages are in the file already.

        [stages.map]
        "Intake" = "Intake"
        "demand" = "Demand"
        # "Demand Drafting" = "Demand"   # is this meant?
        # "Lien \"Resolution\"" = ""   # which stage do clients see? or, if none: hide = ["Lien \"Resolution\""] under [stages]
        # "Mapped" = ""   # which stage do clients see? or, if none: hide = ["Mapped"] under [stages]

        [stages.for."Family Law"]
        # "Discovery" = "Discoveries"   # is this meant?

        [stages.for."PI"]
        # "Discovery" = "Discovery Phase"   # is this meant?
        "#);
    }

    #[test]
    fn what_same_name_does_needs_no_line_and_what_is_there_is_not_said_again() {
        let file = FILE.replace("attention", "same-name") + "[stages.map]\n\"Mapped\" = \"Intake\"\n[stages.for.\"pi\"]\n";
        let text = propose(&file, &catalog(STAGES, &[]));
        assert!(text.contains("need no line: \"Intake\", \"demand\"") && !text.contains("\n\"Intake\" ="), "{text}");
        assert!(text.contains("put these lines below it") && !text.contains("Mapped") && text.contains("2 of MyCase's stages"), "{text}");
        assert!(text.contains("# The file has [stages.for.\"PI\"] in line 11: put"), "{text}");
    }

    #[test]
    fn without_a_list_in_the_file_the_portals_cases_show_its_names() {
        let text = propose("", &catalog(&["Intake", "Filed"], &[("PI", &["Intake", "Petition"])]));
        assert!(text.contains("[stages.map]\n\"Intake\" = \"Intake\"\n# \"Filed\" = \"\""), "{text}");
        assert!(propose("[broken", &catalog(&["Intake"], &[])).contains("are not known"));
    }
}
