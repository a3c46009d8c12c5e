use super::super::extension::extensions;

/// The members as text: `name|parameter|parameter=value`, and `!` for one that is malformed.
fn read(field: &[u8]) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    extensions(field)
        .map(|member| {
            let Some(member) = member else {
                return "!".to_owned();
            };
            let parameters = member.parameters.iter().map(|(name, value)| match value {
                None => text(name),
                Some(value) => format!("{}={}", text(name), text(value)),
            });
            std::iter::once(text(member.name))
                .chain(parameters)
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect()
}

#[test]
fn members_and_parameters_are_taken_apart() {
    for (field, expected) in [
        ("", &[][..]),
        (" , ,\t,", &[]),
        ("foo", &["foo"]),
        ("foo, bar; baz=2", &["foo", "bar|baz=2"]),
        ("a;b;c=d , e", &["a|b|c=d", "e"]),
        ("a ; b = c", &["a|b=c"]),
        (r#"a; b="c""#, &["a|b=c"]),
        (r#"a; b="\c\d""#, &["a|b=cd"]),
        ("a;b;b", &["a|b|b"]),
    ] {
        assert_eq!(read(field.as_bytes()), expected, "{field:?}");
    }
}

#[test]
fn a_malformed_member_spoils_no_other() {
    for (field, expected) in [
        ("a;", &["!"][..]),
        (";a", &["!"]),
        ("a;;b", &["!"]),
        ("a;b;", &["!"]),
        ("a b", &["!"]),
        ("a; b c", &["!"]),
        ("a; b=", &["!"]),
        ("a; =b", &["!"]),
        ("a; b=c=d", &["!"]),
        (r#"a; b="""#, &["!"]),
        (r#"a; b=""#, &["!"]),
        (r#"a; b="c d""#, &["!"]),
        (r#"a; b="c,d", e"#, &["!", "e"]),
        (r#"a; b="c;d", e"#, &["!", "e"]),
        (r#"a; b="c\", d"#, &["!"]),
        (r#"a; b="c\"", d"#, &["!", "d"]),
        (r#"a; b="c"d, e"#, &["!", "e"]),
        (r#"a; b="c\""#, &["!"]),
        ("a=b, c", &["!", "c"]),
        ("b\u{e4}h, c", &["!", "c"]),
    ] {
        assert_eq!(read(field.as_bytes()), expected, "{field:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(field in "[ab;,=\"\\\\ \t\u{0}\u{ff}]{0,40}") {
        let members = extensions(field.as_bytes()).count();
        proptest::prop_assert!(members <= field.len());
    }
}
