//! Any `Range`, and any conditions.
//!
//! Input: the length, which validators there are; then field values, each on a line of its own, in the order of `NAMES`.
#![no_main]

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;
use waterspout::static_files::{Condition, EntityTag, MAX_RANGES, Ranges, Validators};
use waterspout_fuzz::Choices;

const NAMES: [&str; 6] = [
    "range",
    "if-range",
    "if-none-match",
    "if-match",
    "if-modified-since",
    "if-unmodified-since",
];

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let len = choices.of(&[0, 1, 26, 1000, u64::MAX]);
    let etag: Option<&[u8]> = choices.of(&[None, Some(b"\"a\""), Some(b"W/\"a\"")]);
    let dated = choices.flag();
    let mut fields = HeaderMap::new();
    for (name, value) in NAMES.iter().zip(choices.0.split(|byte| *byte == b'\n')) {
        if let (false, Ok(value)) = (value.is_empty(), HeaderValue::from_bytes(value)) {
            fields.insert(*name, value);
        }
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    let validators = Validators {
        etag: etag.and_then(EntityTag::parse),
        modified: dated.then_some(now - Duration::from_secs(3600)),
    };
    for method in [Method::GET, Method::PUT] {
        let condition = validators.check(&method, &fields);
        let asked = NAMES[2..].iter().any(|name| fields.contains_key(*name));
        assert!(asked || condition == Condition::Met);
        assert!(method == Method::GET || condition != Condition::NotModified);
    }
    let Some(range) = validators.range(&fields, now) else {
        return;
    };
    if let Ranges::Parts(mut parts) = Ranges::parse(range, len) {
        assert!((1..=MAX_RANGES).contains(&parts.len()));
        parts.sort_by_key(|part| part.start());
        let mut free = 0;
        for part in parts {
            assert!(part.start() >= free && part.count() >= 1);
            free = part.start() + part.count();
            assert!(free <= len);
        }
    }
});
