//! No input costs more than its length; what is counted is what is looked at, not the time.

use std::cell::Cell;

use http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::coding::accepted;
use super::{EntityTag, Ranges, Validators};

thread_local! {
    static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    static HASHED: Cell<usize> = const { Cell::new(0) };
}

/// Called where input is parsed, with how many bytes.
pub(super) fn looked_at(bytes: usize) {
    LOOKED_AT.set(LOOKED_AT.get() + bytes);
}

/// Called where a file is read to be hashed.
pub(super) fn hashed() {
    HASHED.set(HASHED.get() + 1);
}

/// How many files `work` has read to hash them, in this thread.
pub(super) fn hashes(work: impl FnOnce()) -> usize {
    HASHED.set(0);
    work();
    HASHED.take()
}

/// Every byte is looked at once at most; ten times the input is then ten times the work.
fn assert_linear(name: &str, input: impl Fn(usize) -> String, work: impl Fn(&str)) {
    for scale in [1, 10] {
        let input = input(scale * 1000);
        LOOKED_AT.set(0);
        work(&input);
        let looked = LOOKED_AT.take();
        assert!(
            (1..=input.len()).contains(&looked),
            "{name}: {looked} of {}",
            input.len()
        );
    }
}

fn fields(name: HeaderName, value: &str) -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(name, HeaderValue::from_str(value).expect("a value"));
    fields
}

#[test]
fn fields_are_read_in_linear_time() {
    let validators = Validators {
        etag: EntityTag::parse(b"\"x\""),
        modified: None,
    };
    let condition = |value: &str| {
        validators.check(&Method::GET, &fields(IF_NONE_MATCH, value));
    };
    assert_linear("tags", |n| "\"a\",".repeat(n), condition);
    assert_linear("tags and blanks", |n| "\"a\"  , \t ,".repeat(n), condition);
    assert_linear(
        "blanks behind a tag",
        |n| format!("\"a\",\"b\"{}\"", " ".repeat(n)),
        condition,
    );
    assert_linear("one long tag", |n| format!("\"{}\"", "a".repeat(n)), condition);
    let range = |value: &str| {
        Ranges::parse(value.as_bytes(), 1000);
    };
    assert_linear("ranges", |n| format!("bytes={}", "0-1,".repeat(n)), range);
    assert_linear("a long number", |n| format!("bytes={}-", "1".repeat(n)), range);
    let coding = |value: &str| {
        accepted(&fields(ACCEPT_ENCODING, value));
    };
    assert_linear("codings", |n| "gzip;q=0.1,".repeat(n), coding);
    assert_linear("parameters", |n| format!("gzip{}", ";q=1".repeat(n)), coding);
}
