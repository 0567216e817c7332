//! Whether the person who connected still belongs to the firm: MyCase lets the connection see what that person may see, and
//! may end it with the person's account.

use super::view::person_words;
use crate::domain::Reference;
use crate::store::{Connected, PersonInactive, StoreError};
use crate::sync::Engine;

/// Looks whether the person who connected is still an active member of the firm, and remembers it; a sentence for the run's
/// report when not. Who is missing from the list counts as gone; a list that was not read, or is empty, says nothing.
pub(crate) fn note_person(engine: &Engine, reference: &Reference) -> Result<Option<String>, StoreError> {
    let store = engine.store();
    let Some(connected) = store.meta::<Connected>()?.filter(|_| !reference.staff.is_empty()) else { return Ok(None) };
    let person = reference.staff.iter().find(|(id, _)| id.to_string() == connected.person);
    let active = person.is_some_and(|(_, person)| person.active);
    let known = store.meta::<PersonInactive>()?;
    if active {
        if known.is_some() {
            store.write(|w| w.remove_meta::<PersonInactive>())?;
        }
        return Ok(None);
    }
    let (firm, words) = (&engine.firm.id, person_words(engine.firm.id.as_str()));
    if known.is_none() {
        tracing::warn!(%firm, person = connected.person, "{firm}: {words}");
        store.write(|w| w.put_meta(&PersonInactive { since: engine.hands.clock.now() }))?;
    }
    Ok(Some(words))
}
