//! Signed values: Tornado's vectors, and what was tampered with.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::Mac;
use proptest::prelude::*;

use super::CookieSecret;
use super::hex;
use super::signed::{MAX_AGE, create_signed_value, decode_signed_value, key_version};

const SECRET: &str = "It's a secret to everybody";
const PREFIX: &str = "2|1:0|10:1300000000|3:key|8:dmFsdWU=|";
const SIGNATURE: &str = "3d4e60b996ff9c5d5788e333a0cba6f238a22c6c0f94788870e1a9ecd482e152";

fn present() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_300_000_000)
}

fn keys(writer: u32) -> CookieSecret {
    CookieSecret::keys([(0, "asdfbasdf"), (1, "12312312"), (2, "2342342")], writer)
}

fn decode(secret: &CookieSecret, name: &str, text: &str) -> Option<Vec<u8>> {
    decode_signed_value(secret, name, text, MAX_AGE, present())
}

/// Signs what is no signed value, as only somebody with the secret can.
fn sign(secret: &CookieSecret, prefix: &str) -> String {
    let hmac = secret.writer().expect("a key").hmac.clone();
    let signature: [u8; 32] = hmac.chain_update(prefix).finalize().into_bytes().into();
    let mut text = prefix.to_owned();
    hex::push(&signature, &mut text);
    text
}

#[test]
fn the_known_value_comes_out_and_goes_in() {
    let secret = CookieSecret::new(SECRET);
    let signed = create_signed_value(&secret, "key", b"value", present()).expect("a key");
    assert_eq!(signed, format!("{PREFIX}{SIGNATURE}"));
    assert_eq!(decode(&secret, "key", &signed).as_deref(), Some(&b"value"[..]));
    assert_eq!(signed, sign(&secret, PREFIX));
}

#[test]
fn version_1_is_not_read() {
    let first = "dmFsdWU=|1300000000|31c934969f53e48164c50768b40cbd7e2daaaa4f";
    assert_eq!(decode(&CookieSecret::new(SECRET), "key", first), None);
    assert_eq!(key_version(first), None);
}

#[test]
fn a_value_belongs_to_its_name() {
    let secret = CookieSecret::new(SECRET);
    let signed = create_signed_value(&secret, "key1", b"value", present()).expect("a key");
    for name in ["key2", "key", "key11", "", "KEY1"] {
        assert_eq!(decode(&secret, name, &signed), None);
    }
    // 3.2.1: without delimiters, four characters of the value could be moved over to the name.
    let signed = create_signed_value(&secret, "a", b"value", present()).expect("a key");
    let moved = signed.replace("1:a|8:dmFsdWU=", "5:admFs|4:dWU=");
    assert_ne!(signed, moved);
    assert_eq!(decode(&secret, "admFs", &moved), None);
}

#[test]
fn values_age_on_the_clock_that_is_given() {
    let secret = CookieSecret::new(SECRET);
    let signed = format!("{PREFIX}{SIGNATURE}");
    let read = |max_age, now| decode_signed_value(&secret, "key", &signed, max_age, now).is_some();
    let day = Duration::from_secs(86_400);
    assert!(read(MAX_AGE, present() + 31 * day));
    assert!(!read(MAX_AGE, present() + 31 * day + Duration::from_nanos(1)));
    assert!(!read(day, present() + 2 * day));
    assert!(read(Duration::ZERO, present()));
    assert!(read(Duration::MAX, present() + 40_000 * day));
    // As in Tornado: one from the future, by another machine's clock, is good.
    assert!(read(MAX_AGE, UNIX_EPOCH));
    assert!(read(MAX_AGE, UNIX_EPOCH - day));
}

#[test]
fn payloads_that_were_tampered_with_are_nothing() {
    let secret = CookieSecret::new(SECRET);
    let prefixes = [
        "2|1:1|10:1300000000|3:key|8:dmFsdWU=|",
        "2|1:0|10:130000000|3:key|8:dmFsdWU=|",
        "2|1:0|9:1300000000|3:key|8:dmFsdWU=|",
        "2|1:0|10:1300000000|3:keey|8:dmFsdWU=|",
        "2|1:0|10:1300000000|4:key|8:dmFsdWU=|",
        "2|1:0|10:1300000000|2:key|8:dmFsdWU=|",
        "2|1:0|10:1300000001|3:key|8:dmFsdWU=|",
        "2|1:0|10:1300000000|3:key|8:dmFsdWV=|",
        "2|1:0|10:1300000000|3:key|8:dmFsdWU=",
        "3|1:0|10:1300000000|3:key|8:dmFsdWU=|",
        "02|1:0|10:1300000000|3:key|8:dmFsdWU=|",
        " 2|1:0|10:1300000000|3:key|8:dmFsdWU=|",
        "2|1:0|10:1300000000|3:key|",
        "",
    ];
    for prefix in prefixes {
        assert_eq!(
            decode(&secret, "key", &format!("{prefix}{SIGNATURE}")),
            None,
            "{prefix}"
        );
    }
}

#[test]
fn signatures_that_were_tampered_with_are_nothing() {
    let secret = CookieSecret::new(SECRET);
    let signatures = [
        "0".repeat(32),
        "0".repeat(64),
        SIGNATURE.replacen('3', "4", 1),
        format!("{}3", &SIGNATURE[..63]),
        SIGNATURE[..63].to_owned(),
        SIGNATURE[..62].to_owned(),
        format!("{SIGNATURE}8"),
        format!("{SIGNATURE}88"),
        SIGNATURE.to_uppercase(),
        format!("{}é", &SIGNATURE[..62]),
        String::new(),
    ];
    for signature in signatures {
        assert_eq!(
            decode(&secret, "key", &format!("{PREFIX}{signature}")),
            None,
            "{signature}"
        );
    }
}

#[test]
fn a_valid_signature_over_nonsense_is_nothing() {
    let secret = CookieSecret::new("s");
    let good = "2|1:0|10:1300000000|1:a|4:dg==|";
    assert_eq!(
        decode(&secret, "a", &sign(&secret, good)).as_deref(),
        Some(&b"v"[..])
    );
    let prefixes = [
        "2|1:0|12:not-a-number|1:a|4:dg==|",
        "2|1:0|0:|1:a|4:dg==|",
        "2|1:0|11:+1300000000|1:a|4:dg==|",
        "2|1:0|12: 1300000000 |1:a|4:dg==|",
        "2|1:0|13:1_300_000_000|1:a|4:dg==|",
        "2|1:0|20:99999999999999999999|1:a|4:dg==|",
        "2|1:x|10:1300000000|1:a|4:dg==|",
        "2|10:4294967296|10:1300000000|1:a|4:dg==|",
        "2|1:0|10:1300000000|1:a|3:dg=|",
        "2|1:0|10:1300000000|1:a|4:d===|",
        "2|1:0|10:1300000000|1:a|4:dg\u{e9}|",
        "2|+1:0|10:1300000000|1:a|4:dg==|",
        "2|:0|10:1300000000|1:a|4:dg==|",
        "2|1:0|10:1300000000|1:a|18446744073709551616:dg==|",
        "2|1:0|10:1300000000|1:a|18446744073709551615:dg==|",
        "2|1:0|10:1300000000|1:\u{e9}|4:dg==|",
    ];
    for prefix in prefixes {
        assert_eq!(decode(&secret, "a", &sign(&secret, prefix)), None, "{prefix}");
    }
    // A time that no clock reaches is in the future, not an overflow.
    let late = sign(&secret, "2|1:0|20:18446744073709551615|1:a|4:dg==|");
    assert!(decode(&secret, "a", &late).is_some());
}

#[test]
fn any_key_reads_and_one_writes() {
    for writer in 0..3 {
        let signed = create_signed_value(&keys(writer), "key", b"\xe9", present()).expect("a key");
        assert_eq!(key_version(&signed), Some(writer));
        assert_eq!(decode(&keys(0), "key", &signed).as_deref(), Some(&b"\xe9"[..]));
    }
    let signed = create_signed_value(&keys(0), "key", b"\xe9", present()).expect("a key");
    let without = CookieSecret::keys([(1, "12312312"), (2, "2342342")], 2);
    assert_eq!(decode(&without, "key", &signed), None);
    let other = CookieSecret::keys([(0, "12312312")], 0);
    assert_eq!(decode(&other, "key", &signed), None);
    // One secret reads any version of its own, as in Tornado.
    let alone = create_signed_value(&keys(2), "key", b"v", present()).expect("a key");
    assert!(decode(&CookieSecret::new("2342342"), "key", &alone).is_some());
    assert!(create_signed_value(&CookieSecret::keys([(1, "x")], 2), "key", b"v", present()).is_err());
}

#[test]
fn nonsense_of_any_length_is_nothing() {
    for unit in [":", "|", "1:", "1:0|", "0:|", "9"] {
        for count in [1000, 10_000] {
            let text = format!("2|{}", unit.repeat(count));
            assert_eq!(decode(&CookieSecret::new(SECRET), "key", &text), None);
        }
    }
}

proptest! {
    #[test]
    fn every_value_comes_back(name in "\\PC{0,20}", value in prop::collection::vec(any::<u8>(), 0..200)) {
        let secret = keys(1);
        let signed = create_signed_value(&secret, &name, &value, present()).expect("a key");
        prop_assert_eq!(decode(&secret, &name, &signed), Some(value));
    }

    #[test]
    fn every_change_is_noticed(at in 0_usize..101, to in any::<char>()) {
        let known = format!("{PREFIX}{SIGNATURE}");
        let changed: String = known.chars().enumerate().map(|(i, c)| if i == at { to } else { c }).collect();
        prop_assert_eq!(decode(&CookieSecret::new(SECRET), "key", &changed).is_some(), changed == known);
    }

    #[test]
    fn foreign_text_is_nothing(text in "\\PC{0,80}|2\\|([0-9]{1,3}:[a-z0-9=:|]{0,8}\\|){0,5}[0-9a-f]{0,70}") {
        prop_assert_eq!(decode(&CookieSecret::new(SECRET), "key", &text), None);
        let _ = key_version(&text);
    }
}
