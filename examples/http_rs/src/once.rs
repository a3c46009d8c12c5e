//! What may be taken once, by a secret that cannot be guessed, and not for long: codes, and logins that have begun.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use oauth2::CsrfToken;
use waterspout::prelude::*;

const LIFE: Duration = Duration::from_secs(600);
const MOST: usize = 1000;

pub(crate) struct Once<T>(Mutex<HashMap<String, (Instant, T)>>);

impl<T> Once<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// Keeps `value` and gives the secret that takes it.
    pub(crate) fn put(&self, value: T) -> Result<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (since, _)| since.elapsed() < LIFE);
        if kept.len() >= MOST {
            return Err(Error::new(503).message("too many logins at once"));
        }
        let secret = CsrfToken::new_random().into_secret();
        kept.insert(secret.clone(), (Instant::now(), value));
        Ok(secret)
    }

    pub(crate) fn take(&self, secret: &str) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = kept.remove(secret)?;
        (since.elapsed() < LIFE).then_some(value)
    }
}
