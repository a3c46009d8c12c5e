use proptest::prelude::*;

use super::*;

fn parse(source: &str, args: &[&str]) -> Result<String, ReverseError> {
    fill(&Pattern::parse(source).unwrap(), args)
}

fn regex(source: &str, args: &[&str]) -> Result<String, ReverseError> {
    fill(&Pattern::regex(source).unwrap(), args)
}

fn ok(path: &str) -> Result<String, ReverseError> {
    Ok(path.to_owned())
}

#[test]
fn fills_in_order() {
    assert_eq!(
        parse("/u/{id:[0-9]+}/{*rest}", &["12", "a/b c"]),
        ok("/u/12/a/b%20c")
    );
    assert_eq!(parse("/v{n}.json", &["a/b+c"]), ok("/va%2Fb%2Bc.json"));
    assert_eq!(parse("/caf\u{e9}/{x}", &["\u{e9}"]), ok("/caf%C3%A9/%C3%A9"));
    assert_eq!(parse("/{x}", &["100%25"]), ok("/100%2525"));
    assert_eq!(parse("/x{{}}", &[]), ok("/x{}"));
    assert_eq!(parse("/f/{*r}", &[""]), ok("/f/"));
}

#[test]
fn tornado_reverses() {
    assert_eq!(regex(r"/favicon\.ico", &[]), ok("/favicon.ico"));
    assert_eq!(regex(r"^/favicon\.ico$", &[]), ok("/favicon.ico"));
    assert_eq!(regex(r"^/api/v1/foo/(\w+)$", &["bar"]), ok("/api/v1/foo/bar"));
    assert_eq!(
        regex(r"/api\.v1/foo/([0-9]+)/icon\.png", &["5"]),
        ok("/api.v1/foo/5/icon.png")
    );
    assert_eq!(
        regex(r"^/api/v\d+/foo/(\w+)$", &["x"]),
        Err(ReverseError::TooComplex(r"^/api/v\d+/foo/(\w+)$".into()))
    );
}

#[test]
fn simple_regexes_only() {
    assert_eq!(regex(r"/a\-b/(?P<id>[^/]+)", &["x/y"]), ok("/a-b/x%2Fy"));
    assert_eq!(
        regex(r"/([)(]|[^]a)]|[a[^]]\]]|b)", &["b"]),
        ok("/b"),
        "parentheses in classes"
    );
    assert_eq!(regex(r"/(\(\)|b)", &["b"]), ok("/b"), "escaped parentheses");
    assert_eq!(regex("/(a|b)-(?<c>x{2})", &["b", "xx"]), ok("/b-xx"));
    for source in [
        "/a|/b", "/a+", "/a.b", "/[ab]", r"/\d", "/((a)b)", "/(?:a)", "/(a)?", "/(a){2}", r"/\bx", "/(?i)x",
        "/x^", "/$x", r"/\<x",
    ] {
        assert_eq!(
            regex(source, &[]),
            Err(ReverseError::TooComplex(source.to_owned())),
            "{source}"
        );
    }
}

#[test]
fn errors() {
    let mismatch = |parameter: &str, value: &str| {
        Err(ReverseError::Mismatch {
            parameter: parameter.to_owned(),
            value: value.to_owned(),
        })
    };
    assert_eq!(
        parse("/{a}", &[]),
        Err(ReverseError::WrongCount {
            expected: 1,
            given: 0
        })
    );
    assert_eq!(
        parse("/a", &["x"]),
        Err(ReverseError::WrongCount {
            expected: 0,
            given: 1
        })
    );
    assert_eq!(parse("/{a}/{id:[0-9]+}", &["x", "12a"]), mismatch("id", "12a"));
    assert_eq!(parse("/{a}", &[""]), mismatch("a", ""));
    assert_eq!(regex(r"/(\d+)/(\d+)", &["1", "x"]), mismatch("2", "x"));
    assert_eq!(
        parse("/{a}-{b}", &["x", "y-z"]),
        Err(ReverseError::Ambiguous("/x-y-z".to_owned()))
    );
    assert_eq!(
        parse("/{a}", &[".."]),
        Err(ReverseError::NotAPath("/..".to_owned()))
    );
    assert_eq!(
        parse("/{a}", &["../x"]),
        Err(ReverseError::NotAPath("/..%2Fx".to_owned()))
    );
    assert_eq!(
        parse("/f/{*r}", &["a/./b"]),
        Err(ReverseError::NotAPath("/f/a/./b".to_owned()))
    );
}

#[test]
fn never_another_host() {
    assert_eq!(parse("/{*r}", &["/evil.com/x"]), ok("/%2Fevil.com/x"));
    assert_eq!(parse("/{*r}", &["///x"]), ok("/%2F%2F%2Fx"));
    assert_eq!(parse("/{*r}", &["\\evil.com"]), ok("/%5Cevil.com"));
    assert_eq!(regex("/(.*)", &["/evil.com"]), ok("/%2Fevil.com"));
    assert_eq!(
        parse("/{a:.*}/{b}", &["", "evil.com"]),
        Err(ReverseError::NotAPath("//evil.com".to_owned()))
    );
}

#[test]
fn by_name() {
    let pattern = Pattern::parse("/{a}/{b}").unwrap();
    assert_eq!(in_order(&pattern, &[("b", "2"), ("a", "1")]), Ok(vec!["1", "2"]));
    assert_eq!(
        in_order(&pattern, &[("a", "1")]),
        Err(ReverseError::WrongCount {
            expected: 2,
            given: 1
        })
    );
    for args in [[("a", "1"), ("c", "2")], [("a", "1"), ("a", "2")]] {
        assert_eq!(
            in_order(&pattern, &args),
            Err(ReverseError::MissingArgument("b".to_owned()))
        );
    }
    let positional = Pattern::regex("/(a)").unwrap();
    assert_eq!(
        in_order(&positional, &[("a", "a")]),
        Err(ReverseError::MissingArgument("1".to_owned()))
    );
}

const RULES: &[&str] = &[
    "/{a}",
    "/{a}/{b}",
    "/x{a}.json",
    "/{a}-{b}",
    "/{a}/{*r}",
    "/{*r}",
    "/f/{*r}",
    "/\u{e9} {a}/{b}",
    "/{a:[0-9a-z]+}/{b}",
    "/{a:.*}/{b}",
    "/{a:(x|%2F)*}/{*r}",
    "re:/(.*)",
    "re:/(?P<a>[^/]+)/(.+)",
    r"re:/a\.b/(\w+)-(\d*)",
    "re:(.*)",
    "re:(.*)(.*)",
    "re:/(.*?)/(.*?)/(.*)",
    r"re:/(\S+)/x",
];

fn argument() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z0-9]{0,4}", "[-a/+%. \u{e9}]{0,5}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reads_back_the_same(rule in prop::sample::select(RULES), args in prop::collection::vec(argument(), 3)) {
        let pattern = match rule.strip_prefix("re:") {
            Some(regex) => Pattern::regex(regex).unwrap(),
            None => Pattern::parse(rule).unwrap(),
        };
        let args: Vec<&str> = args.iter().map(String::as_str).take(pattern.names().len()).collect();
        match fill(&pattern, &args) {
            Ok(path) => {
                let captures = pattern.matches(&path).unwrap();
                let read: Vec<_> = (0..captures.len()).map(|n| decode(captures.raw(n, &path).unwrap()).unwrap()).collect();
                prop_assert_eq!(read, args);
                prop_assert!(!path.starts_with("//") && !dot_segments(&path) && path.is_ascii());
            }
            Err(error) => {
                let expected = matches!(
                    error,
                    ReverseError::Mismatch { .. } | ReverseError::Ambiguous(_) | ReverseError::NotAPath(_)
                );
                prop_assert!(expected, "{}", error);
            }
        }
    }

    #[test]
    fn one_plain_parameter_takes_anything(value in argument()) {
        let dots = value.split(['/', '\\']).any(|part| matches!(part, "." | ".."));
        for source in ["/{a}", "/u/{a}", "/{*a}", "/u/{*a}"] {
            let refused = dots || value.is_empty() && !source.contains('*');
            prop_assert_eq!(parse(source, &[&value]).is_err(), refused);
        }
    }
}
