//! Faults planted on purpose, so that the simulation can prove that it would see them (`tests/simulation/planted.rs`). Each is
//! one line at its place. Without the feature `planted`, which no shipped binary has, none of them is compiled in.

/// A fault that can be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// A create whose answer was lost is sent again without a look at the portal.
    CreatesBlindly,
    /// The portal is looked at before it can show what was sent.
    LooksTooEarly,
    /// Limits hold nothing.
    NoLimits,
    /// Limits know only the run, not the day.
    ForgetsTheDay,
    /// A first import goes without a yes.
    FirstImportGoes,
    /// A yes that was not carried out at once is forgotten.
    ForgetsTheYes,
    /// A case whose client is another person now is shown to that person.
    ShowsToAnother,
    /// A case that is not shown once is closed.
    ClosesTheMissing,
    /// What the portal holds already is sent.
    SendsTheSame,
    /// A lost answer is taken for a yes.
    LostIsDone,
    /// What is about to be sent is not written down.
    SendsUnmarked,
    /// A file that did not arrive is given up.
    FileGivenUp,
    /// A document that may have been made is made again.
    DocumentAgain,
    /// A message that did not arrive is given up.
    MessageGivenUp,
    /// A note that may have been made is made again.
    NoteAgain,
    /// The log tells a case's name.
    LogsNames,
    /// The log tells a token.
    LogsTokens,
    /// A new pair of tokens is used and not kept.
    TokensNotKept,
    /// A file with a mistake takes the last good version away.
    BrokenFileCounts,
    /// A refusal of the portal is a panic.
    PanicsWhenRefused,
    /// An answer that never comes is waited for.
    WaitsForEver,
    /// A case that was in step is not read again though the rules moved.
    RulesForgotten,
    /// A case that was in step is not read again though it moved.
    TextForgotten,
}

#[cfg(feature = "planted")]
thread_local! {
    static CHOSEN: std::cell::Cell<Option<Plant>> = const { std::cell::Cell::new(None) };
}

/// Plants a fault in everything that this thread does from now on.
#[cfg(feature = "planted")]
pub fn plant(plant: Option<Plant>) {
    CHOSEN.set(plant);
}

/// Whether this fault is planted here.
#[cfg(feature = "planted")]
pub(crate) fn is(plant: Plant) -> bool {
    CHOSEN.get() == Some(plant)
}

/// Whether this fault is planted here: never.
#[cfg(not(feature = "planted"))]
pub(crate) const fn is(_: Plant) -> bool {
    false
}
