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

/// Whether a name is surely another one, mistyped: one letter off, two in a long name, blanks and dashes aside. Names that differ
/// in a figure ("Trial 1", "Trial 2") are two names, however near.
pub(crate) fn is_slip(wrong: &str, right: &str) -> bool {
    let letters = |name: &str| name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let figures = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let (plain, other) = (letters(wrong), letters(right));
    let most = match plain.chars().count().min(other.chars().count()) {
        0..4 => 0,
        4..9 => 1,
        _ => 2,
    };
    figures(wrong) == figures(right) && strsim::damerau_levenshtein(&plain, &other) <= most
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
    fn a_slip_of_the_keys_is_told_from_another_name() {
        for (wrong, right) in [
            ("Intaek", "Intake"),
            ("Demnd Sent", "Demand Sent"),
            ("Pre Litigation", "Pre-Litigation"),
            ("Medical Treatement", "Medical Treatment"),
        ] {
            assert!(is_slip(wrong, right), "{wrong}");
        }
        for (name, other) in [
            ("Trial 1", "Trial 2"),
            ("Discovery", "Discovery Exchange"),
            ("PI", "PD"),
            ("Filed", "Failed Mediation"),
            ("Served", "Settled"),
        ] {
            assert!(!is_slip(name, other), "{name}");
        }
    }

    #[test]
    fn a_misspelt_word_finds_its_neighbour_and_a_strange_one_finds_none() {
        assert_eq!(nearest("time_zome", ["time_zone", "status", "name"]), Some("time_zone"));
        assert_eq!(nearest("timezone", ["time_zone", "status", "name"]), Some("time_zone"));
        assert_eq!(nearest("demand letter", ["Demand", "Settlement"]), Some("Demand"));
        assert_eq!(nearest("xyz", ["time_zone", "status", "name"]), None);
    }
}
