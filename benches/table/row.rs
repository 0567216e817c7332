//! A line of the table: what was measured, the figure, the goal, whether it is met.

/// The table's head.
pub(crate) fn head() {
    println!("| What | Figure | Goal | Met |\n|---|---|---|---|");
}

/// A figure that should not be above a goal.
pub(crate) fn at_most(what: &str, value: f64, unit: &str, goal: f64) {
    Row { what, value, unit, goal: Some(("at most", goal, value <= goal)) }.print();
}

/// A figure that should not be below a goal.
pub(crate) fn at_least(what: &str, value: f64, unit: &str, goal: f64) {
    Row { what, value, unit, goal: Some(("at least", goal, value >= goal)) }.print();
}

/// A figure that explains others.
pub(crate) fn plain(what: &str, value: f64, unit: &str) {
    Row { what, value, unit, goal: None }.print();
}

/// One line.
struct Row<'a> {
    what: &'a str,
    value: f64,
    unit: &'a str,
    /// In words, the number, whether it is met.
    goal: Option<(&'static str, f64, bool)>,
}

impl Row<'_> {
    fn print(&self) {
        let Row { what, value, unit, goal } = self;
        let (goal, met) = match goal {
            Some((words, goal, met)) => (format!("{words} {}", with_unit(*goal, unit)), if *met { "yes" } else { "**no**" }),
            None => (String::new(), ""),
        };
        println!("| {what} | {} | {goal} | {met} |", with_unit(*value, unit));
    }
}

/// Three digits are enough for anybody; a whole number stays one.
fn with_unit(value: f64, unit: &str) -> String {
    let number = match value {
        value if value.fract() == 0.0 && value.abs() < 1000.0 => format!("{value:.0}"),
        value if value >= 1000.0 => thousands(value.round() as u64),
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    };
    [number.as_str(), unit].join(" ").trim_end().to_owned()
}

/// A number as people write it.
pub(crate) fn thousands(number: u64) -> String {
    match number / 1000 {
        0 => number.to_string(),
        above => format!("{},{:03}", thousands(above), number % 1000),
    }
}
