use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999, the end of the format.
const LAST: u64 = 253_402_300_799;

/// A `Date` value, ready to be sent: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7). Make one a second and
/// share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpDate([u8; 29]);

impl HttpDate {
    /// The date of `time` in whole seconds. A time the format cannot express becomes the nearest one it can.
    pub fn new(time: SystemTime) -> Self {
        // Clamped, as httpdate panics outside of 1970 to 9999, and a clock may be that wrong.
        let seconds = time
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
            .min(LAST);
        let date = httpdate::HttpDate::from(UNIX_EPOCH + Duration::from_secs(seconds));
        let mut text = *b"Thu, 01 Jan 1970 00:00:00 GMT";
        // It cannot fail: the format has 29 bytes for every year of four digits. If it did, the epoch would stand.
        let _ = write!(text.as_mut_slice(), "{date}");
        Self(text)
    }

    /// The 29 bytes of the value.
    pub fn as_bytes(&self) -> &[u8; 29] {
        &self.0
    }
}
