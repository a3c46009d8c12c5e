//! A session as a store keeps it: JSON.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Result;

/// What a session consists of. Names are short, since they stand in every record.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Record {
    /// When it began, in milliseconds since 1970.
    #[serde(rename = "c")]
    created: u64,
    #[serde(rename = "v")]
    pub(super) values: Map<String, Value>,
}

impl Record {
    pub(super) fn new(created: SystemTime) -> Self {
        let mut record = Self::default();
        record.begin(created);
        record
    }

    pub(super) fn begin(&mut self, created: SystemTime) {
        let since = created.duration_since(UNIX_EPOCH).unwrap_or_default();
        self.created = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    }

    pub(super) fn created(&self) -> SystemTime {
        let since = Duration::from_millis(self.created);
        UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>> {
        Ok(serde_json::to_vec(self)?)
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
