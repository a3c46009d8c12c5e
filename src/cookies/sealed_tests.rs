//! Sealed values, and the secret they are sealed with.

use proptest::prelude::*;

use super::CookieSecret;

const SECRET: &str = "It's a secret to everybody";

#[test]
fn what_is_sealed_is_opened() {
    let secret = CookieSecret::new(SECRET);
    for plain in [&b""[..], b"value", &[0; 3000]] {
        let sealed = secret.seal("purpose", plain).expect("randomness");
        assert_eq!(secret.open("purpose", &sealed).as_deref(), Some(plain));
        assert!(sealed.starts_with("1.0."), "{sealed}");
        assert_ne!(sealed, secret.seal("purpose", plain).expect("randomness"));
    }
}

#[test]
fn it_is_opened_for_its_purpose_and_with_its_secret_only() {
    let secret = CookieSecret::new(SECRET);
    let sealed = secret.seal("a", b"value").expect("randomness");
    for purpose in ["", "b", "aa", "A", "0.a"] {
        assert_eq!(secret.open(purpose, &sealed), None);
    }
    assert_eq!(CookieSecret::new("another").open("a", &sealed), None);
    assert_eq!(CookieSecret::new("").open("a", &sealed), None);
}

#[test]
fn every_changed_byte_is_noticed() {
    let secret = CookieSecret::new(SECRET);
    let sealed = secret.seal("a", b"value").expect("randomness");
    for at in 0..sealed.len() {
        for other in ['A', 'B', '0', '1', '.', '_', '=', ' '] {
            let changed = format!("{}{other}{}", &sealed[..at], &sealed[at + 1..]);
            let expected = (changed == sealed).then(|| b"value".to_vec());
            assert_eq!(secret.open("a", &changed), expected, "{at} {other}");
        }
        assert_eq!(secret.open("a", &sealed[..at]), None);
    }
    for longer in [format!("{sealed}A"), format!("{sealed}="), format!("{sealed}.")] {
        assert_eq!(secret.open("a", &longer), None);
    }
}

#[test]
fn keys_are_found_by_version() {
    let old = CookieSecret::keys([(1, "old")], 1);
    let both = CookieSecret::keys([(1, "old"), (2, "new")], 2);
    let new = CookieSecret::keys([(2, "new")], 2);
    let by_old = old.seal("a", b"1").expect("randomness");
    let by_both = both.seal("a", b"2").expect("randomness");
    assert!(by_old.starts_with("1.1.") && by_both.starts_with("1.2."));
    assert_eq!(both.open("a", &by_old).as_deref(), Some(&b"1"[..]));
    assert_eq!(new.open("a", &by_both).as_deref(), Some(&b"2"[..]));
    assert_eq!((new.open("a", &by_old), old.open("a", &by_both)), (None, None));
    // The version is part of what is protected, also where one secret reads all of them.
    assert_eq!(
        CookieSecret::new("new").open("a", &by_both).as_deref(),
        Some(&b"2"[..])
    );
    let renamed = by_both.replacen("1.2.", "1.1.", 1);
    assert_eq!(
        (
            both.open("a", &renamed),
            CookieSecret::new("new").open("a", &renamed)
        ),
        (None, None)
    );
}

#[test]
fn a_secret_that_cannot_work_says_so() {
    let without = CookieSecret::keys([(1, "old")], 2);
    assert!(without.problem().is_some() && without.seal("a", b"").is_err());
    assert!(CookieSecret::new("").problem().is_some());
    assert!(CookieSecret::keys::<&str>([], 0).problem().is_some());
    assert!(
        CookieSecret::keys([(1, "old"), (2, "new")], 2)
            .problem()
            .is_none()
    );
}

#[test]
fn debug_shows_no_secret() {
    let secret = CookieSecret::keys([(1, "hidden"), (2, "away")], 2);
    assert_eq!(
        format!("{secret:?}"),
        "CookieSecret { versions: [1, 2], writer: 2, .. }"
    );
}

proptest! {
    #[test]
    fn foreign_text_opens_nothing(text in "\\PC{0,80}|1\\.[0-9]{0,12}\\.[a-zA-Z0-9_-]{0,120}") {
        prop_assert_eq!(CookieSecret::new(SECRET).open("a", &text), None);
    }
}
