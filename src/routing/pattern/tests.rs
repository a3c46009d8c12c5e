use super::*;

fn parse(source: &str) -> Pattern {
    Pattern::parse(source).unwrap_or_else(|error| panic!("{error}"))
}

/// The captures of `path`, or `None` if it does not match.
fn got<'p>(pattern: &Pattern, path: &'p str) -> Option<Vec<Option<&'p str>>> {
    let captures = pattern.matches(path)?;
    Some(
        (0..captures.len())
            .map(|index| captures.raw(index, path))
            .collect(),
    )
}

fn some<'p>(values: &[&'p str]) -> Option<Vec<Option<&'p str>>> {
    Some(values.iter().copied().map(Some).collect())
}

#[test]
fn literals_compare_exactly() {
    let pattern = parse("/a%2fb/c");
    assert_eq!(got(&pattern, "/a%2fb/c"), some(&[]));
    for path in ["/a%2Fb/c", "/a/b/c", "/a%2fb/c/", "/a%2fb", "/a%2fb/C"] {
        assert_eq!(got(&pattern, path), None, "{path}");
    }
    assert_eq!(got(&parse("/a{{b}}"), "/a{b}"), some(&[]));
    assert_eq!(got(&parse("/{{{a}}}"), "/{x}"), some(&["x"]));
}

#[test]
fn literals_outside_ascii_are_encoded_once() {
    for pattern in [
        parse("/caf\u{e9} 1"),
        parse("/caf\u{e9} {n}"),
        parse("/caf\u{e9} {*n}"),
    ] {
        for path in ["/caf%C3%A9%201", "/caf%c3%a9%201", "/caf%c3%A9%201"] {
            assert!(pattern.matches(path).is_some(), "{path}");
        }
        for path in [
            "/caf%C3%A8%201",
            "/cafe%201",
            "/caf\u{e9} 1",
            "/caf%25C3%25A9%201",
        ] {
            assert!(pattern.matches(path).is_none(), "{path}");
        }
    }
    assert_eq!(got(&parse("/\u{e9}/%2f/{x}"), "/%c3%a9/%2f/1"), some(&["1"]));
    assert_eq!(
        got(&parse("/\u{e9}/%2f/{x}"), "/%c3%a9/%2F/1"),
        None,
        "a literal % is exact"
    );
}

#[test]
fn parameters_with_a_regex() {
    let pattern = parse("/user/{id:[0-9]{3}}/x.y/{name}/{*rest}");
    assert_eq!(got(&pattern, "/user/123/x.y/a/b//c"), some(&["123", "a", "b//c"]));
    for path in [
        "/user/12/x.y/a/",
        "/user/1234/x.y/a/",
        "/user/123/x-y/a/",
        "/user/123/x.y//",
    ] {
        assert_eq!(got(&pattern, path), None, "{path}");
    }
    assert_eq!(
        got(&parse(r"/{a:(x)|(?:y)(z)}-{b}"), "/yz-1"),
        some(&["yz", "1"]),
        "groups inside"
    );
    assert_eq!(
        got(&parse(r"/{a:\{+\}}"), "/{{}"),
        some(&["{{}"]),
        "escaped braces"
    );
    assert_eq!(
        got(&parse("/{a:.*}/x"), "/1/2/x"),
        some(&["1/2"]),
        "a regex may take slashes"
    );
    assert_eq!(got(&parse("/{a:x:y}"), "/x:y"), some(&["x:y"]), "colons");
    assert_eq!(got(&parse("/{a:x|y}"), "/xz"), None, "alternatives stay inside");
    assert_eq!(got(&parse("/{a:x|y}/{*r}"), "/y/"), some(&["y", ""]));
}

#[test]
fn raw_regexes_are_anchored() {
    let pattern = Pattern::regex(r"/entry/(\d+)").unwrap();
    assert_eq!(got(&pattern, "/entry/12"), some(&["12"]));
    for path in ["/entry/12/", "/entry/12x", "x/entry/12", "/entry/12\n", "/entry/"] {
        assert_eq!(got(&pattern, path), None, "{path}");
    }
    let pattern = Pattern::regex("/a|/bc").unwrap();
    assert!(pattern.matches("/a").is_some() && pattern.matches("/bc").is_some());
    assert!(pattern.matches("/ac").is_none() && pattern.matches("/a/bc").is_none());
    assert!(Pattern::regex("^/a$").unwrap().matches("/a").is_some());
    assert_eq!(
        got(&Pattern::regex("/(.*?)/(.*?)/(.*)").unwrap(), "/a/b/c/d"),
        some(&["a", "b", "c/d"])
    );
    assert_eq!(
        got(&Pattern::regex("/moved(.*)").unwrap(), "/moved/%2F+"),
        some(&["/%2F+"])
    );
}

#[test]
fn raw_regexes_name_groups() {
    let pattern = Pattern::regex(r"/(?P<year>\d{4})(/(?<day>\d\d))?").unwrap();
    assert_eq!(
        pattern.names().collect::<Vec<_>>(),
        [Some("year"), None, Some("day")]
    );
    assert_eq!(got(&pattern, "/2012"), Some(vec![Some("2012"), None, None]));
    let captures = pattern.matches("/2012/07").unwrap();
    assert_eq!(captures.raw_named(&pattern, "day", "/2012/07"), Some("07"));
    assert_eq!(pattern.index_of("month"), None);
}

#[test]
fn more_captures_than_fit_inline() {
    assert_eq!(
        got(&parse("/{a}-{b}-{c}/{d}/{e}.{f}"), "/1-2-3/4/5.6"),
        some(&["1", "2", "3", "4", "5", "6"])
    );
    let six = Pattern::regex("/(a)(b)(c)(d)(e)(f)").unwrap();
    assert_eq!(got(&six, "/abcdef"), some(&["a", "b", "c", "d", "e", "f"]));
}

#[test]
fn errors_say_what_is_wrong() {
    use PatternErrorKind as Kind;
    let name = str::to_owned;
    for (source, kind) in [
        ("", Kind::MissingSlash),
        ("x", Kind::MissingSlash),
        ("{a}", Kind::MissingSlash),
        ("/{a", Kind::UnclosedBrace),
        ("/{a:[0-9]{3}", Kind::UnclosedBrace),
        ("/a}", Kind::StrayBrace),
        ("/{}", Kind::EmptyName),
        ("/{*}", Kind::EmptyName),
        ("/{:x}", Kind::EmptyName),
        ("/{a b}", Kind::BadName(name("a b"))),
        ("/{a/{b}", Kind::BadName(name("a/{b"))),
        ("/{*a:x}", Kind::BadName(name("*a:x"))),
        ("/{a}/{a}", Kind::DuplicateName(name("a"))),
        ("/{*a}/x", Kind::RestNotLast(name("a"))),
        ("/{a}{b}", Kind::Adjacent(name("a"), name("b"))),
        ("/{a:x}{*b}", Kind::Adjacent(name("a"), name("b"))),
        ("/a?b", Kind::NotInPath('?')),
    ] {
        let error = Pattern::parse(source).unwrap_err();
        assert_eq!((error.kind(), error.pattern()), (&kind, source));
    }
    for source in ["/{a:[}", "/{a:x)(y}", "/{a:*}"] {
        let error = Pattern::parse(source).unwrap_err();
        assert!(
            matches!(error.kind(), Kind::BadRegex { regex, .. } if source.contains(regex)),
            "{error}"
        );
    }
    let error = Pattern::regex("/(a").unwrap_err();
    assert!(
        error.to_string().starts_with("pattern `/(a`: bad regex `/(a`: "),
        "{error}"
    );
}

#[test]
fn prefixes_are_safe() {
    for (source, prefix) in [
        ("/entry/(\\d+)", "/entry/"),
        ("/a\\.b", "/a.b"),
        ("/ab*", "/a"),
        ("/ab?c", "/a"),
        ("/ab{0}", "/a"),
        ("/ab+", "/ab"),
        ("/a|/b", ""),
        ("/x(a|b)", "/x"),
        ("(?i)/abc", ""),
        ("/a(?i)bc", "/a"),
        ("^/a\\d$", "/a"),
        ("(.*)", ""),
        ("/a[bc]", "/a"),
    ] {
        assert_eq!(Pattern::regex(source).unwrap().prefix(), prefix, "{source}");
    }
}

#[test]
fn equality_is_by_source_and_syntax() {
    assert_eq!(parse("/a"), parse("/a"));
    assert_ne!(parse("/a"), Pattern::regex("/a").unwrap());
    assert_eq!(parse("/{a}").source(), "/{a}");
}
