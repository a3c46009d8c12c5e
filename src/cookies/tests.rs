use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use super::*;

fn read(field: &str) -> Vec<(String, String)> {
    parse([field.as_bytes()])
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn pairs(field: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    assert_eq!(read(field), expected, "{field}");
}

fn sent(cookie: &SetCookie) -> String {
    let field = cookie.encode().expect("a legal cookie");
    assert!(field.is_sensitive());
    field.to_str().expect("ASCII").to_owned()
}

fn refused(cookie: &SetCookie, error: CookieError) {
    assert_eq!(cookie.encode(), Err(error), "{cookie:?}");
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn plain_cookies_are_read_in_order() {
    pairs("", &[]);
    pairs("fruit=plum; tool=saw", &[("fruit", "plum"), ("tool", "saw")]);
    pairs("fruit=plum;tool=saw;", &[("fruit", "plum"), ("tool", "saw")]);
    pairs(
        "k:t=v:w; a.b=[; {c}=]",
        &[("k:t", "v:w"), ("a.b", "["), ("{c}", "]")],
    );
    pairs(
        "a=b; Path=/x; $Version=1",
        &[("a", "b"), ("Path", "/x"), ("$Version", "1")],
    );
}

#[test]
fn the_first_equals_sign_ends_the_name() {
    pairs("sum=e=m=c2", &[("sum", "e=m=c2")]);
    pairs("a=b]_xsrf=injected", &[("a", "b]_xsrf=injected")]);
    pairs("a==", &[("a", "=")]);
    pairs(
        r#"o p,q<>@:/[]?{}=r "  "  =s,t u"#,
        &[("o p,q<>@:/[]?{}", r#"r "  "  =s,t u"#)],
    );
    pairs(
        "one two=three four = five; g=h",
        &[("one two", "three four = five"), ("g", "h")],
    );
}

#[test]
fn cookies_without_a_name_are_read() {
    pairs("/=exception;", &[("/", "exception")]);
    pairs("x=y; lonely; z=w", &[("x", "y"), ("", "lonely"), ("z", "w")]);
    pairs(r#"x=y; "; z=w"#, &[("x", "y"), ("", "\""), ("z", "w")]);
    pairs("=v", &[("", "v")]);
    pairs(r#""""#, &[("", "")]);
    pairs("=; ;; = ;\t=\t", &[]);
    pairs("  =  b  ;  ;  =  ;   c  =  ;  ", &[("", "b"), ("c", "")]);
}

#[test]
fn only_spaces_and_tabs_are_trimmed() {
    pairs(" \t a\t = \t b \t", &[("a", "b")]);
    // Django and ASP.NET took such a name for `__Host-sid`.
    for space in ["\u{a0}", "\u{2000}", "\u{85}", "\u{b}", "\u{c}", "\u{1f}"] {
        let cookies = parse([format!("{space}__Host-sid=evil").as_bytes()]);
        assert_eq!((cookies.len(), cookies.get("__Host-sid")), (1, None), "{space:?}");
    }
    pairs("a=\u{a0}b", &[("a", "\u{a0}b")]);
}

#[test]
fn the_last_of_a_name_wins_and_iteration_shows_all() {
    let cookies = parse([&b"a=1; b=2; a=3"[..], b"b=4; c=5", b""]);
    assert_eq!(
        [cookies.get("a"), cookies.get("b"), cookies.get("c")],
        [Some("3"), Some("4"), Some("5")]
    );
    assert_eq!([cookies.get("A"), cookies.get(""), cookies.get("a=1")], [None; 3]);
    let all = [("a", "1"), ("b", "2"), ("a", "3"), ("b", "4"), ("c", "5")];
    assert!(cookies.iter().eq(all) && cookies.iter().rev().eq(all.into_iter().rev()));
    assert_eq!(
        (cookies.len(), cookies.iter().len(), cookies.is_empty()),
        (5, 5, false)
    );
    let none = parse([]);
    assert!(none.is_empty() && none == Cookies::default() && none.iter().next().is_none());
}

#[test]
fn a_semicolon_ends_a_cookie_even_between_quotes() {
    pairs(r#"foo="a;b""#, &[("foo", "\"a"), ("", "b\"")]);
    pairs(r#"foo="a\073b""#, &[("foo", "a;b")]);
    pairs(
        r#"k="E=mc2; L=\"Love\"; f=\012;""#,
        &[("k", "\"E=mc2"), ("L", r#"\"Love\""#), ("f", r"\012"), ("", "\"")],
    );
}

#[test]
fn quoted_values_are_unescaped() {
    let vectors = [
        (r#"""#, "\""),
        (r#""""#, ""),
        (r#"" ""#, " "),
        (r#""x=\"""#, "x=\""),
        (r#""x=\\""#, r"x=\"),
        (r#""x=\=""#, "x=="),
        (r#""x=\n""#, "x=n"),
        (r#""x=\042""#, "x=\""),
        (r#""x=\134""#, r"x=\"),
        (r#""x=\377""#, "x=\u{ff}"),
        (r#""x=\400""#, "x=400"),
        (r#""x=\42""#, "x=42"),
        (r#""x=\\042""#, r"x=\042"),
        (r#""x=\\134""#, r"x=\134"),
        (r#""x=\\\"""#, r#"x=\""#),
        (r#""x=\\\042""#, r#"x=\""#),
        (r#""x=\134\"""#, r#"x=\""#),
        (r#""x=\134\042""#, r#"x=\""#),
        (r#""x\""#, r"x\"),
        (r#""\08""#, "08"),
        (r#""\0421""#, "\"1"),
        (r#""\378""#, "378"),
        (r#""\000\015\012""#, "\0\r\n"),
        (r#""x"y""#, "x\"y"),
        (r#"x\073y"#, r"x\073y"),
        (r#""x\073y"#, r#""x\073y"#),
        (r#"x\073y""#, r#"x\073y""#),
    ];
    for (raw, text) in vectors {
        pairs(&format!("a={raw}"), &[("a", text)]);
    }
    pairs(r#""n\073"="v""#, &[(r#""n\073""#, "v")]); // names are never unquoted
}

#[test]
fn text_is_utf_8_or_else_latin_1() {
    pairs(
        "saint=André Bessette; ü=€",
        &[("saint", "André Bessette"), ("ü", "€")],
    );
    let cookies = parse([&b"\xfc=\xe9\xe2\x82\xac; a=\"\\351\"; b=\"\\303\\251\"; c=\"\\\xc3\xa9\""[..]]);
    let all = [("ü", "é\u{e2}\u{82}\u{ac}"), ("a", "é"), ("b", "é"), ("c", "é")];
    assert!(cookies.iter().eq(all));
}

/// Counts the work: bytes handed on by `pieces`, and steps of unquoting, each of which looks at four bytes at most.
fn work(field: &[u8]) -> (usize, usize) {
    let mut handed_on = 0;
    let mut steps = 0;
    for (name, value) in parse::pieces(field) {
        handed_on += name.len() + value.len();
        let mut rest = value;
        while let Some((_, tail)) = quoted::step(rest) {
            assert!(tail.len() < rest.len() && rest.len() - tail.len() <= 4 && value.ends_with(tail));
            rest = tail;
            steps += 1;
        }
    }
    (handed_on, steps)
}

#[test]
fn the_work_is_linear() {
    // CVE-2024-52804 and CVE-2024-7592: escapes in a long value; then other shapes of the same length.
    for unit in [
        r"\\", r"\", r"\042", r"\04", "\"", ";", "=", " ", "a;", "a=\"\\;", "\\\";",
    ] {
        for count in [1000, 30_000] {
            let field = format!("a=\"b={}\"", unit.repeat(count));
            let (handed_on, steps) = work(field.as_bytes());
            assert!(handed_on <= field.len() && steps <= handed_on, "{unit} {count}");
            let cookies = parse([field.as_bytes()]);
            let size: usize = cookies.iter().map(|(name, value)| name.len() + value.len()).sum();
            assert!(size <= field.len() && cookies.len() <= 1 + field.matches(';').count());
        }
    }
    let long = parse([format!("a=\"b={}\"", r"\\".repeat(10_000)).as_bytes()]);
    assert_eq!(long.get("a"), Some(format!("b={}", r"\".repeat(10_000)).as_str()));
}

#[test]
fn values_are_written_as_python_writes_them() {
    let printable: String = ('!'..='~').collect();
    let all = concat!(
        r##""!\"#$%&'()*+\054-./0123456789:\073<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"##,
        r##"abcdefghijklmnopqrstuvwxyz{|}~""##
    );
    let vectors = [
        ("b", "b"),
        ("", r#""""#),
        ("a=b", r#""a=b""#),
        ("a;b", r#""a\073b""#),
        ("a\"b", r#""a\"b""#),
        (r"a\b", r#""a\\b""#),
        ("a,b", r#""a\054b""#),
        ("a\x7fb", r#""a\177b""#),
        ("enhjdg==|MTIzNA==", r#""enhjdg==|MTIzNA==""#),
        ("é€", r#""\303\251\342\202\254""#),
        ("!#$%&'*+-.^_`|~:", "!#$%&'*+-.^_`|~:"),
        (printable.as_str(), all),
    ];
    for (value, wire) in vectors {
        assert_eq!(sent(&SetCookie::new("a", value)), format!("a={wire}; Path=/"));
        pairs(&format!("a={wire}"), &[("a", value)]);
    }
}

#[test]
fn attributes_are_written_in_order() {
    let cookie = SetCookie::new("a", "b")
        .partitioned(true)
        .secure(true)
        .same_site(SameSite::Lax)
        .path("/")
        .max_age(10)
        .http_only(true)
        .expires(at(784_111_777))
        .domain("example.com");
    let all = concat!(
        "a=b; Domain=example.com; expires=Sun, 06 Nov 1994 08:49:37 GMT; HttpOnly; Max-Age=10; Path=/; ",
        "SameSite=Lax; Secure; Partitioned"
    );
    assert_eq!(sent(&cookie), all);
    let none = cookie
        .domain("")
        .path("")
        .http_only(false)
        .partitioned(false)
        .max_age(-1)
        .expires(UNIX_EPOCH);
    let rest = "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=-1; SameSite=Lax; Secure";
    assert_eq!(sent(&none), rest);
    assert_eq!(
        sent(&SetCookie::new("a", "b").path("/foo,bar").max_age(0)),
        "a=b; Max-Age=0; Path=/foo,bar"
    );
}

#[test]
fn a_response_sets_a_cookie_once() {
    let mut headers = http::HeaderMap::new();
    headers.insert("x-other", http::HeaderValue::from_static("a=0"));
    for field in ["a=1; Domain=example.com", "ab=2", "a=3", "b=a=4", "a=5"] {
        put(&mut headers, http::HeaderValue::from_static(field));
    }
    let all: Vec<_> = headers.get_all("set-cookie").iter().collect();
    assert_eq!(all, ["ab=2", "b=a=4", "a=5"]);
    assert_eq!(headers.len(), 4);
}

#[test]
fn a_removal_repeats_where_the_cookie_was() {
    let epoch = "expires=Thu, 01 Jan 1970 00:00:00 GMT";
    assert_eq!(
        sent(&SetCookie::removal("z")),
        format!("z=\"\"; {epoch}; Max-Age=0; Path=/")
    );
    let cookie = SetCookie::removal("z")
        .domain("a.example")
        .path("/x")
        .same_site(SameSite::Strict)
        .secure(true);
    let expected = format!("z=\"\"; Domain=a.example; {epoch}; Max-Age=0; Path=/x; SameSite=Strict; Secure");
    assert_eq!(sent(&cookie), expected);
    refused(&SetCookie::removal("__Host-z"), CookieError::HostPrefix);
    sent(&SetCookie::removal("__Host-z").secure(true));
}

#[test]
fn names_and_values_are_checked() {
    for name in [
        "", "a b", "a;b", "a=b", "a\r\nb", "a\0", "a\x7f", "é", "\"a\"", "a:b", "a,b", "a\tb", "{a}",
    ] {
        refused(&SetCookie::new(name, "b"), CookieError::InvalidName);
    }
    sent(&SetCookie::new("!#$%&'*+-.^_`|~09azAZ", "b"));
    for byte in 0..=b' ' {
        let value = format!("a{}b", char::from(byte));
        refused(&SetCookie::new("a", value), CookieError::InvalidValue);
    }
}

#[test]
fn domain_and_path_are_checked() {
    let forbidden = (0..=b' ')
        .chain([b';', 0x7f])
        .map(|byte| format!("/{}x", char::from(byte)));
    let more = ["example.com; HttpOnly", "/;Secure", "/\r\nX: y", "/é", "/€"].map(str::to_owned);
    for text in forbidden.chain(more).chain(["x".repeat(1025)]) {
        refused(
            &SetCookie::new("a", "b").domain(text.as_str()),
            CookieError::InvalidDomain,
        );
        refused(
            &SetCookie::new("a", "b").path(text.as_str()),
            CookieError::InvalidPath,
        );
        let mut cookie = SetCookie::new("a", "b");
        assert_eq!(cookie.attribute("domain", &text), Err(CookieError::InvalidDomain));
        assert_eq!(cookie.attribute("path", &text), Err(CookieError::InvalidPath));
        assert_eq!(cookie, SetCookie::new("a", "b"));
    }
    sent(
        &SetCookie::new("a", "b")
            .path("/".repeat(1024))
            .domain(".example.com"),
    );
}

#[test]
fn prefixes_need_their_attributes() {
    for name in ["__Host-a", "__host-a", "__HOST-", "__Host-Http-a"] {
        let cookie = SetCookie::new(name, "b");
        refused(&cookie, CookieError::HostPrefix);
        let cookie = cookie.secure(true);
        assert_eq!(sent(&cookie), format!("{name}=b; Path=/; Secure"));
        refused(&cookie.clone().path("/x"), CookieError::HostPrefix);
        refused(&cookie.clone().path(""), CookieError::HostPrefix);
        refused(&cookie.domain("example.com"), CookieError::HostPrefix);
    }
    for name in ["__Secure-a", "__sEcure-a"] {
        refused(&SetCookie::new(name, "b"), CookieError::SecurePrefix);
        sent(
            &SetCookie::new(name, "b")
                .secure(true)
                .domain("example.com")
                .path("/x"),
        );
    }
    for name in ["__Host", "__Secure", "_Host-a", "x__Host-a"] {
        sent(&SetCookie::new(name, "b").path("/x"));
    }
}

#[test]
fn some_attributes_need_secure() {
    let none = SetCookie::new("a", "b").same_site(SameSite::None);
    refused(&none, CookieError::SameSiteNone);
    assert_eq!(sent(&none.secure(true)), "a=b; Path=/; SameSite=None; Secure");
    let partitioned = SetCookie::new("a", "b").partitioned(true);
    refused(&partitioned, CookieError::Partitioned);
    assert_eq!(
        sent(&partitioned.secure(true)),
        "a=b; Path=/; Secure; Partitioned"
    );
}

#[test]
fn name_and_value_have_4096_bytes_as_sent() {
    sent(&SetCookie::new("ab", "x".repeat(4094)));
    refused(&SetCookie::new("ab", "x".repeat(4095)), CookieError::TooLong);
    refused(&SetCookie::new("a".repeat(4097), ""), CookieError::TooLong);
    // Two quotes and four bytes for each comma.
    sent(&SetCookie::new("ab", ",".repeat(1023)));
    refused(&SetCookie::new("abc", ",".repeat(1023)), CookieError::TooLong);
}

#[test]
fn times_stay_within_http_dates() {
    let last = SetCookie::new("a", "b").expires(at(253_402_300_799));
    assert_eq!(sent(&last), "a=b; expires=Fri, 31 Dec 9999 23:59:59 GMT; Path=/");
    refused(&last.expires(at(253_402_300_800)), CookieError::InvalidExpires);
    let early = UNIX_EPOCH
        .checked_sub(Duration::from_nanos(1))
        .expect("representable");
    refused(
        &SetCookie::new("a", "b").expires(early),
        CookieError::InvalidExpires,
    );
    for age in [i64::MIN, i64::MAX] {
        assert_eq!(
            sent(&SetCookie::new("a", "b").max_age(age)),
            format!("a=b; Max-Age={age}; Path=/")
        );
    }
}

#[test]
fn attributes_are_taken_from_text() {
    let mut cookie = SetCookie::new("a", "b");
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (name, value) in [
        ("Domain", "example.com"),
        ("PATH", "/x"),
        ("max-age", "7"),
        ("expires", date),
        ("HttpOnly", ""),
        ("secure", "true"),
        ("samesite", "lax"),
        ("Partitioned", "1"),
    ] {
        cookie.attribute(name, value).expect("legal");
    }
    let head = format!("a=b; Domain=example.com; expires={date}; HttpOnly; Max-Age=7; Path=/x; ");
    assert_eq!(sent(&cookie), head + "SameSite=Lax; Secure; Partitioned");
    for (name, value) in [
        ("max_age", "-3"),
        ("httponly", "false"),
        ("partitioned", "0"),
        ("domain", ""),
    ] {
        cookie.attribute(name, value).expect("legal");
    }
    assert_eq!(
        sent(&cookie),
        format!("a=b; expires={date}; Max-Age=-3; Path=/x; SameSite=Lax; Secure")
    );
}

#[test]
fn malformed_attributes_are_refused() {
    use CookieError::*;
    let cases = [
        ("max_age", "1; Path=/x", InvalidMaxAge),
        ("max-age", "", InvalidMaxAge),
        ("max-age", " 1", InvalidMaxAge),
        ("max-age", "+1", InvalidMaxAge),
        ("max-age", "-", InvalidMaxAge),
        ("max-age", "1.5", InvalidMaxAge),
        ("max-age", "1\r\n", InvalidMaxAge),
        ("max-age", "9223372036854775808", InvalidMaxAge),
        ("samesite", "Lax;Partitioned", InvalidSameSite),
        ("samesite", "", InvalidSameSite),
        ("samesite", "Lax ", InvalidSameSite),
        ("expires", "", InvalidExpires),
        ("expires", "tomorrow", InvalidExpires),
        ("expires", "784111777", InvalidExpires),
        ("expires", "Sun, 06 Nov 1994 08:49:37 GMT; Secure", InvalidExpires),
        ("expires", "Sun, 06 Nov 1994 08:49:37 GMT\n", InvalidExpires),
        ("expires", "Fri, 31 Feb 1994 08:49:37 GMT", InvalidExpires),
        ("expires", "Wed, 31 Dec 1969 23:59:59 GMT", InvalidExpires),
        ("secure", "yes; Domain=x", InvalidFlag),
        ("httponly", "TRUE", InvalidFlag),
        ("partitioned", "2", InvalidFlag),
        ("", "", UnknownAttribute),
        ("domain ", "x", UnknownAttribute),
        ("version", "1", UnknownAttribute),
    ];
    for (name, value, error) in cases {
        let mut cookie = SetCookie::new("a", "b");
        assert_eq!(cookie.attribute(name, value), Err(error), "{name} {value:?}");
        assert_eq!(cookie, SetCookie::new("a", "b"));
    }
}

#[test]
fn debug_shows_no_values() {
    let cookies = parse([&b"sid=secret; =hidden"[..]]);
    assert_eq!(format!("{cookies:?}"), r#"Cookies["sid", ""]"#);
    let cookie = SetCookie::new("sid", "secret");
    assert_eq!(format!("{cookie:?}"), r#"SetCookie { name: "sid", .. }"#);
    assert_eq!(
        (cookie.name(), format!("{:?}", cookie.encode())),
        ("sid", "Ok(Sensitive)".to_owned())
    );
    assert!(!CookieError::InvalidValue.to_string().is_empty());
}

proptest! {
    #[test]
    fn values_survive_the_round_trip(name in "[!#$%&'*+.^_`|~0-9a-zA-Z-]{1,20}", value in "[^\\x00-\\x20]{0,200}") {
        let field = SetCookie::new(name.as_str(), value.as_str()).secure(true).encode().expect("legal");
        let wire = field.to_str().expect("ASCII").split(';').next().expect("one part");
        let cookies = parse([wire.as_bytes()]);
        prop_assert!(cookies.iter().eq([(name.as_str(), value.as_str())]));
    }

    #[test]
    fn any_bytes_are_read_with_linear_work(field in prop::collection::vec(
        prop_oneof![3 => prop::sample::select(&b"\\\";= \t0347a"[..]), 1 => any::<u8>()], 0..300,
    )) {
        let (handed_on, steps) = work(&field);
        prop_assert!(handed_on <= field.len() && steps <= handed_on);
        let cookies = parse([&field[..]]);
        prop_assert_eq!(cookies.len(), parse::pieces(&field).count());
        for (name, _) in cookies.iter() {
            prop_assert!(cookies.get(name).is_some());
        }
        let halves = field.iter().position(|byte| *byte == b';').map(|at| (&field[..at], &field[at + 1..]));
        if let Some((first, second)) = halves {
            prop_assert_eq!(parse([first, second]), cookies);
        }
    }

    #[test]
    fn nothing_slips_into_the_field(
        name in "\\PC{0,12}|[ -~]{0,12}|[a-z]{1,4}", value in any::<String>(),
        domain in "[a-z.;\r\n =é]{0,6}", path in "/[a-z.;\r\n ,=\\x7f]{0,6}", age: i64,
    ) {
        let cookie = SetCookie::new(name.as_str(), value).domain(domain.as_str()).path(path.as_str()).max_age(age);
        if let Ok(field) = cookie.encode() {
            let field = field.to_str().expect("printable ASCII");
            let mut parts = field.split("; ");
            let first = parts.next().expect("one part");
            let value = first.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('='));
            prop_assert!(value.is_some() && !first.contains([';', ' ']));
            let domain = (!domain.is_empty()).then(|| format!("Domain={domain}"));
            let rest = [format!("Max-Age={age}"), format!("Path={path}")];
            prop_assert!(parts.eq(domain.into_iter().chain(rest)));
        }
    }

    #[test]
    fn loose_text_never_adds_an_attribute(
        name in "domain|path|max_age|max-age|expires|samesite|secure|httponly|partitioned",
        value in "\\PC{0,8}|[a-c0-9;=/ \r\n-]{0,5}|(1|true|Lax|None)[; ]?[a-z]?",
    ) {
        let mut cookie = SetCookie::new("a", "b").secure(true);
        if cookie.attribute(&name, &value).is_ok() {
            let field = sent(&cookie);
            prop_assert!(field.matches(';').count() <= 3, "{}", field);
        }
    }
}
