//! The nearest of some known words, for "did you mean".

/// The word nearest to `wrong`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let scored = known.into_iter().map(|word| {
        let plain = word.to_lowercase();
        let one_in_other = plain.len() > 3 && lower.len() > 3 && (plain.contains(&lower) || lower.contains(&plain));
        let score = strsim::normalized_damerau_levenshtein(&lower, &plain) + if one_in_other { 0.3 } else { 0.0 };
        (word, score)
    });
    let best = scored.max_by(|one, other| one.1.total_cmp(&other.1))?;
    (best.1 >= 0.6).then_some(best.0)
}

/// A help sentence: the nearest word, or all of them.
pub(crate) fn did_you_mean(wrong: &str, known: &[&str]) -> String {
    match nearest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("write one of: {}", list(known)),
    }
}

/// Words in quotes, with commas.
pub(crate) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_finds_none() {
        assert_eq!(nearest("time_zome", ["time_zone", "status", "name"]), Some("time_zone"));
        assert_eq!(nearest("timezone", ["time_zone", "status", "name"]), Some("time_zone"));
        assert_eq!(nearest("demand letter", ["Demand", "Settlement"]), Some("Demand"));
        assert_eq!(nearest("xyz", ["time_zone", "status", "name"]), None);
    }
}
