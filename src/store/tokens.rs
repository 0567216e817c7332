//! The pair of MyCase tokens, sealed, in a table of its own: a backup leaves it out, for a restored old pair would kill the
//! live grant.

use super::tables::TOKENS;
use super::{Store, StoreError, Writer};
use crate::domain::Tokens;

const MYCASE: &str = "mycase";

impl Store {
    /// The pair in force.
    pub fn tokens(&self) -> Result<Option<Tokens>, StoreError> {
        self.read()?.unseal(&TOKENS, MYCASE)
    }
}

impl Writer<'_> {
    /// Keeps a new pair, before its first use. Crash before the commit: the former pair is there, and MyCase may have
    /// ended it when it gave the new one; then a person connects again. After: the new pair is there.
    pub fn put_tokens(&mut self, tokens: &Tokens) -> Result<(), StoreError> {
        self.seal_into(&TOKENS, MYCASE, tokens)
    }

    /// Forgets the pair (`disconnect`, another account). Crash before the commit: still connected. After: not.
    pub fn remove_tokens(&mut self) -> Result<(), StoreError> {
        self.table(TOKENS.rows)?.remove(MYCASE)?;
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::super::samples;

    #[test]
    fn the_last_pair_of_tokens_is_the_one_in_force() {
        let store = samples::store();
        assert_eq!(store.tokens().unwrap(), None);
        store.write(|w| w.put_tokens(&samples::tokens("first"))).unwrap();
        store.write(|w| w.put_tokens(&samples::tokens("second"))).unwrap();
        assert_eq!(store.tokens().unwrap(), Some(samples::tokens("second")));
        store.write(|w| w.remove_tokens()).unwrap();
        assert_eq!(store.tokens().unwrap(), None);
    }
}
