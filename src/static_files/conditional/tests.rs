use http::HeaderValue;
use proptest::prelude::*;

use super::*;

/// 1 January 2020.
const MODIFIED: &str = "Wed, 01 Jan 2020 00:00:00 GMT";
const BEFORE: &str = "Tue, 31 Dec 2019 23:59:59 GMT";
const AFTER: &str = "Wed, 01 Jan 2020 00:00:01 GMT";

fn modified() -> SystemTime {
    date(MODIFIED.as_bytes()).expect("a date")
}

fn here() -> Validators<'static> {
    Validators {
        etag: EntityTag::parse(b"\"abc\""),
        modified: Some(modified()),
    }
}

fn fields(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for (name, value) in lines {
        fields.append(*name, HeaderValue::from_str(value).expect("a value"));
    }
    fields
}

#[test]
fn entity_tags() {
    for good in ["\"\"", "\"abc\"", "W/\"abc\"", "\"a,b\"", "\"\u{e9}\"", "\"a'b\""] {
        assert!(EntityTag::parse(good.as_bytes()).is_some(), "{good}");
    }
    for bad in [
        "",
        "abc",
        "\"",
        "\"abc",
        "w/\"abc\"",
        "W\"abc\"",
        "W/abc",
        "\"a b\"",
        "\"a\"b\"",
        "\"a\" ",
        "\"\u{7f}\"",
        "\"\0\"",
    ] {
        assert_eq!(EntityTag::parse(bad.as_bytes()), None, "{bad:?}");
    }
}

#[test]
fn conditions() {
    use Condition::{Failed, Met, NotModified};
    type Row<'a> = (&'a [(&'static str, &'a str)], Condition);
    let rows: &[Row<'_>] = &[
        (&[], Met),
        (&[("if-none-match", "\"abc\"")], NotModified),
        (&[("if-none-match", "W/\"abc\"")], NotModified),
        (&[("if-none-match", "\"a\", \"abc\"")], NotModified),
        (&[("if-none-match", "\"a\" ,\t, W/\"abc\",")], NotModified),
        (
            &[("if-none-match", "\"a\""), ("if-none-match", "\"abc\"")],
            NotModified,
        ),
        (&[("if-none-match", "*")], NotModified),
        (&[("if-none-match", "\"a\"")], Met),
        (&[("if-none-match", "abc")], Met),
        (&[("if-none-match", "")], Met),
        (&[("if-none-match", "\"a\" \"abc\"")], Met),
        (&[("if-none-match", "\"a\"; \"abc\"")], Met),
        (&[("if-none-match", "\"*\"")], Met),
        (&[("if-modified-since", MODIFIED)], NotModified),
        (&[("if-modified-since", AFTER)], NotModified),
        (&[("if-modified-since", BEFORE)], Met),
        (&[("if-modified-since", "Fri, 01 Jan 1960 00:00:00 GMT")], Met),
        (
            &[("if-modified-since", "Wednesday, 01-Jan-20 00:00:00 GMT")],
            NotModified,
        ),
        (&[("if-modified-since", "Wed Jan  1 00:00:00 2020")], NotModified),
        (&[("if-modified-since", "junk")], Met),
        (&[("if-modified-since", "0")], Met),
        (
            &[("if-modified-since", MODIFIED), ("if-modified-since", MODIFIED)],
            Met,
        ),
        // A tag goes before a time.
        (&[("if-none-match", "\"a\""), ("if-modified-since", AFTER)], Met),
        (
            &[("if-none-match", "\"abc\""), ("if-modified-since", BEFORE)],
            NotModified,
        ),
        (&[("if-match", "\"abc\"")], Met),
        (&[("if-match", "*")], Met),
        (&[("if-match", "\"a\", \"abc\"")], Met),
        (&[("if-match", "W/\"abc\"")], Failed),
        (&[("if-match", "\"a\"")], Failed),
        (&[("if-match", "junk")], Failed),
        (&[("if-unmodified-since", MODIFIED)], Met),
        (&[("if-unmodified-since", BEFORE)], Failed),
        (&[("if-unmodified-since", "junk")], Met),
        (&[("if-match", "\"abc\""), ("if-unmodified-since", BEFORE)], Met),
        (
            &[("if-match", "\"abc\""), ("if-none-match", "\"abc\"")],
            NotModified,
        ),
        (&[("if-match", "\"a\""), ("if-none-match", "\"abc\"")], Failed),
    ];
    for (lines, expected) in rows {
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(
                here().check(&method, &fields(lines)),
                *expected,
                "{method} {lines:?}"
            );
        }
    }
}

#[test]
fn other_methods_fail_where_reading_would_end_in_304() {
    for (line, expected) in [
        (("if-none-match", "\"abc\""), Condition::Failed),
        (("if-none-match", "*"), Condition::Failed),
        (("if-none-match", "\"a\""), Condition::Met),
        (("if-modified-since", AFTER), Condition::Met),
        (("if-match", "\"a\""), Condition::Failed),
    ] {
        assert_eq!(here().check(&Method::PUT, &fields(&[line])), expected, "{line:?}");
    }
}

#[test]
fn without_validators_only_the_star_names_what_is_there() {
    let none = Validators::default();
    for (line, expected) in [
        (("if-none-match", "\"abc\""), Condition::Met),
        (("if-none-match", "*"), Condition::NotModified),
        (("if-match", "\"abc\""), Condition::Failed),
        (("if-match", "*"), Condition::Met),
        (("if-modified-since", AFTER), Condition::Met),
        (("if-unmodified-since", BEFORE), Condition::Met),
    ] {
        assert_eq!(none.check(&Method::GET, &fields(&[line])), expected, "{line:?}");
    }
    let weak = Validators {
        etag: EntityTag::parse(b"W/\"abc\""),
        modified: None,
    };
    let named = fields(&[("if-match", "W/\"abc\"")]);
    assert_eq!(weak.check(&Method::GET, &named), Condition::Failed);
}

#[test]
fn a_range_counts_while_nothing_has_changed() {
    let now = modified() + Duration::from_secs(60);
    for (condition, counts) in [
        ("\"abc\"", true),
        ("\"a\"", false),
        ("W/\"abc\"", false),
        ("\"abc\", \"abc\"", false),
        ("*", false),
        (MODIFIED, true),
        (BEFORE, false),
        (AFTER, false),
        ("junk", false),
    ] {
        let fields = fields(&[("range", "bytes=1-2"), ("if-range", condition)]);
        assert_eq!(here().range(&fields, now).is_some(), counts, "{condition}");
    }
    let dated = fields(&[("range", "bytes=1-2"), ("if-range", MODIFIED)]);
    assert_eq!(
        here().range(&dated, modified() + Duration::from_secs(1)),
        None,
        "it may change again"
    );
    let plain = fields(&[("range", " bytes=1-2")]);
    assert_eq!(here().range(&plain, now), Some(&b"bytes=1-2"[..]));
    let twice = fields(&[("range", "bytes=1-2"), ("range", "bytes=1-2")]);
    assert_eq!(here().range(&twice, now), None);
    assert_eq!(here().range(&fields(&[("if-range", "\"abc\"")]), now), None);
}

proptest! {
    #[test]
    fn any_fields_are_judged(values in prop::collection::vec((0..6_usize, prop::collection::vec(any::<u8>(), 0..40)), 0..6)) {
        const NAMES: [&str; 6] =
            ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"];
        let mut fields = HeaderMap::new();
        for (name, value) in &values {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                fields.append(NAMES[*name], value);
            }
        }
        let condition = here().check(&Method::GET, &fields);
        if !fields.contains_key(IF_MATCH) && !fields.contains_key(IF_UNMODIFIED_SINCE) {
            prop_assert_ne!(condition, Condition::Failed);
        }
        here().range(&fields, modified());
    }

    #[test]
    fn a_list_names_each_of_its_members(tags in prop::collection::vec("[!#-~]{0,6}", 1..8), at in any::<prop::sample::Index>()) {
        let list: Vec<_> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
        let fields = fields(&[("if-none-match", &list.join(" , "))]);
        let ours = at.get(&list);
        let validators = Validators { etag: EntityTag::parse(ours.as_bytes()), modified: None };
        prop_assert_eq!(validators.check(&Method::GET, &fields), Condition::NotModified);
    }
}
