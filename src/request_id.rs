//! An id for every request.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderValue;
use http::header::HeaderName;

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, as text. Ours are 16 hexadecimal digits: unique in the process, hard to meet in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RequestId {
    /// Always ASCII digits.
    Own([u8; 16]),
    Given(Box<str>),
}

static SEED: OnceLock<u64> = OnceLock::new();
static COUNT: AtomicU64 = AtomicU64::new(0);

impl RequestId {
    /// That of the client's field where it is harmless, else a new one.
    pub(crate) fn choose(field: Option<&[u8]>) -> Self {
        field.and_then(Self::parse).unwrap_or_else(Self::new)
    }

    fn parse(value: &[u8]) -> Option<Self> {
        let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        let text = std::str::from_utf8(value).ok()?;
        ((1..=64).contains(&value.len()) && value.iter().all(harmless)).then(|| Self::Given(text.into()))
    }

    fn new() -> Self {
        // The seed comes from the system's randomness by way of the standard library's hash keys. splitmix64's last
        // step is a bijection, so ids of one process never meet.
        let seed = *SEED.get_or_init(|| RandomState::new().hash_one(0_u64));
        let mut x = seed.wrapping_add(
            COUNT
                .fetch_add(1, Ordering::Relaxed)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15),
        );
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        let mut text = [0; 16];
        for (digit, shift) in text.iter_mut().zip((0..64).step_by(4).rev()) {
            let nibble = (x >> shift) & 15;
            // A nibble is below 16.
            *digit = char::from_digit(nibble as u32, 16).map_or(b'0', |c| c as u8);
        }
        Self::Own(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Own(text) => std::str::from_utf8(text).unwrap_or_default(),
            Self::Given(text) => text,
        }
    }

    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(self.as_str()).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harmless_id_is_kept_another_is_replaced() {
        let of = |text: &'static str| RequestId::choose(Some(text.as_bytes()));
        assert_eq!(of("abc-1_2.x").as_str(), "abc-1_2.x");
        for bad in ["", "a b", "<script>", "a\u{9}b"] {
            let id = of(bad);
            assert_eq!(id.as_str().len(), 16, "{bad:?} gave {}", id.as_str());
        }
        let long = "a".repeat(65);
        assert_eq!(RequestId::choose(Some(long.as_bytes())).as_str().len(), 16);
        assert_ne!(RequestId::choose(None), RequestId::choose(None));
    }
}
