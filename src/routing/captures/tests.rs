use super::super::Pattern;
use super::*;

fn of(count: usize) -> Captures {
    let mut captures = Captures::with_capacity(count);
    for n in 0..count {
        captures.push(Some((n, n + 1))).unwrap();
    }
    captures
}

#[test]
fn keeps_ranges_inline_and_on_the_heap() {
    for count in 0..10 {
        let captures = of(count);
        assert_eq!((captures.len(), captures.is_empty()), (count, count == 0));
        for n in 0..count {
            assert_eq!(captures.raw(n, "0123456789"), Some(&*n.to_string()));
        }
        assert_eq!(captures.raw(count, "0123456789"), None);
        assert_eq!(matches!(captures.0, Store::Heap(_)), count > INLINE);
    }
}

#[test]
fn reverses_a_tail() {
    for count in [3, 7] {
        let mut captures = of(count);
        captures.reverse_from(1);
        assert_eq!(captures.raw(0, "0123456789"), Some("0"));
        assert_eq!(captures.raw(1, "0123456789"), Some(&*(count - 1).to_string()));
        assert_eq!(captures.raw(count - 1, "0123456789"), Some("1"));
    }
}

#[test]
fn refuses_what_is_not_there() {
    let captures = of(3);
    assert_eq!(captures.raw(2, "01"), None, "a shorter path");
    assert_eq!(captures.raw(1, "\u{e9}\u{e9}"), None, "inside a character");
    let mut none = Captures::with_capacity(1);
    none.push(None).unwrap();
    assert_eq!((none.len(), none.raw(0, "abc")), (1, None));
    assert_eq!(none.push(Some((0, 1 << 40))), None, "beyond 4 GiB");
}

#[test]
fn reads_by_name() {
    let pattern = Pattern::parse("/{a}/{b}").unwrap();
    let captures = pattern.matches("/x/y").unwrap();
    assert_eq!(captures.raw_named(&pattern, "b", "/x/y"), Some("y"));
    assert_eq!(captures.raw_named(&pattern, "c", "/x/y"), None);
}

#[test]
fn decodes() {
    assert_eq!(decode("a%2Fb").unwrap(), "a/b");
    assert_eq!(decode("a+b%2B").unwrap(), "a+b+");
    assert_eq!(decode("100%zz%").unwrap(), "100%zz%");
    assert_eq!(decode("caf%C3%a9").unwrap(), "caf\u{e9}");
    assert_eq!(decode("%FF"), Err(InvalidUtf8));
    assert!(matches!(decode("plain").unwrap(), Cow::Borrowed("plain")));
}
