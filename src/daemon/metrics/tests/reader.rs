//! A reader of OpenMetrics text that takes nothing but what the specification (1.0) allows, for tests.

use std::collections::{BTreeMap, BTreeSet};

type Labels = Vec<(String, String)>;

/// The values by the sample's name and its labels, in their order.
#[derive(Debug, Default)]
pub(in crate::daemon) struct Samples(BTreeMap<String, BTreeMap<Labels, f64>>);

impl Samples {
    /// The value with exactly these labels.
    pub(in crate::daemon) fn get(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.0.get(name)?.get(&labels).copied()
    }
}

/// One family while it is read.
struct Family<'t> {
    name: &'t str,
    kind: &'t str,
}

/// Reads a text.
pub(in crate::daemon) fn read(text: &str) -> Result<Samples, String> {
    let body = text.strip_suffix("# EOF\n").ok_or("it does not end with # EOF and a line feed")?;
    let (mut families, mut family, mut samples) = (BTreeSet::new(), None, Samples::default());
    for line in body.lines() {
        let wrong = |why: &str| format!("{why}: {line}");
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').ok_or_else(|| wrong("no help"))?;
            if !is_name(name) || help.is_empty() || !families.insert(name) {
                return Err(wrong("no name, no help, or a second family of this name"));
            }
            family = Some(Family { name, kind: "" });
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').ok_or_else(|| wrong("no type"))?;
            let known = family.as_mut().filter(|family| family.name == name && family.kind.is_empty());
            known.ok_or_else(|| wrong("a type that does not follow its help"))?.kind = kind;
        } else if line.starts_with('#') || line.is_empty() {
            return Err(wrong("neither a family nor a sample"));
        } else {
            let family = family.as_ref().ok_or_else(|| wrong("a sample without a family"))?;
            let (name, labels, value) = sample(line).ok_or_else(|| wrong("no sample"))?;
            let expected = match family.kind {
                "gauge" => family.name.to_owned(),
                "counter" => format!("{}_total", family.name),
                _ => return Err(wrong("a kind that is not used here")),
            };
            let odd = family.kind == "counter" && !(value >= 0.0 && value.is_finite());
            if name != expected || odd || samples.0.entry(name).or_default().insert(labels, value).is_some() {
                return Err(wrong("another family's name, a value that cannot be, or the same labels twice"));
            }
        }
    }
    Ok(samples)
}

/// `name{label="value",...} value`.
fn sample(line: &str) -> Option<(String, Labels, f64)> {
    let (name, rest) = line.split_once('{')?;
    let (mut labels, mut rest) = (Vec::new(), rest);
    while !rest.starts_with('}') {
        let (label, after) = rest.split_once("=\"")?;
        let end = after.find('"').filter(|end| !after[..*end].contains(['\\', '\n']))?;
        if !is_name(label) || labels.iter().any(|(known, _)| known == label) {
            return None;
        }
        labels.push((label.to_owned(), after[..end].to_owned()));
        rest = &after[end + 1..];
        rest = if rest.starts_with('}') { rest } else { rest.strip_prefix(',')? };
    }
    let value = rest.strip_prefix("} ")?;
    let number = value.chars().all(|c| c.is_ascii_digit() || ".-+e".contains(c));
    (is_name(name) && number).then_some(())?;
    Some((name.to_owned(), labels, value.parse().ok()?))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[test]
fn what_the_specification_forbids_is_not_read() {
    let family = "# HELP a_b A help\n# TYPE a_b counter\n";
    assert!(read(&format!("{family}a_b_total{{x=\"1\"}} 2\n# EOF\n")).is_ok());
    for wrong in [
        "a_b_total{} 2\n",
        "a_b_total{x=\"1\"} 2\n\n# EOF\n",
        "a_b{x=\"1\"} 2\n# EOF\n",
        "a_b_total{x=\"1\"} -2\n# EOF\n",
        "a_b_total{x=\"1\",x=\"2\"} 2\n# EOF\n",
        "a_b_total{x=\"1\"} 2\na_b_total{x=\"1\"} 2\n# EOF\n",
        "a_b_total{x=\"1\"} two\n# EOF\n",
        "# HELP a_b Again\n# EOF\n",
    ] {
        assert!(read(&format!("{family}{wrong}")).is_err(), "{wrong}");
    }
}
