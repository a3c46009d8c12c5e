//! Randomness from the system.

use crate::error::{Error, Result};

/// Bytes that nobody can guess.
///
/// # Errors
/// 500 where the system has none to give.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(500).message(format!("the system gives no randomness: {error}")))?;
    Ok(bytes)
}
