//! Cookies, signed ones, XSRF tokens, other sites' pages: Tornado's cases, as tables.

use super::{Case, World};
use crate::message::RawRequest;

/// `Cookie`, and what the cookie `foo` is then.
const READ: &[(&str, &str)] = &[
    ("foo=bar", "bar"),
    ("foo=\"bar\"", "bar"),
    ("/=exception;", "default"),
    ("foo=a=b", "a=b"),
    ("foo=\"a=b\"", "a=b"),
    ("foo=\"a;b\"", "\"a"),
    ("foo=a\\073b", "a\\073b"),
    ("foo=\"a\\073b\"", "a;b"),
    ("foo=\"a\\\"b\"", "a\"b"),
    ("foo=1; h=i; foo=2", "2"),
    ("abc=def; unnamed; foo=en", "en"),
    ("=  b  ;  ;  =  ;   foo  =  ;", ""),
    ("a b=c; foo=d e = f", "d e = f"),
    ("FOO=1", "default"),
    ("foo", "default"),
    ("a=b]foo=injected", "default"),
    // Escapes between quotes.
    (r#"foo="b=\"""#, "b=\""),
    (r#"foo="b=\\""#, r"b=\"),
    (r#"foo="b=\=""#, "b=="),
    (r#"foo="b=\n""#, "b=n"),
    (r#"foo="b=\042""#, "b=\""),
    (r#"foo="b=\134""#, r"b=\"),
    (r#"foo="b=\377""#, "b=\u{ff}"),
    (r#"foo="b=\400""#, "b=400"),
    (r#"foo="b=\42""#, "b=42"),
    (r#"foo="b=\\042""#, r"b=\042"),
    (r#"foo="b=\\134""#, r"b=\134"),
    (r#"foo="b=\\\"""#, r#"b=\""#),
    (r#"foo="b=\\\042""#, r#"b=\""#),
    (r#"foo="b=\134\"""#, r#"b=\""#),
    (r#"foo="b=\134\042""#, r#"b=\""#),
];

/// The query of `/cookie/set`, and the field that goes out; `None` is 400.
const SET: &[(&str, Option<&str>)] = &[
    ("name=str&value=asdf", Some("str=asdf; Path=/")),
    (
        "name=u&value=blah&domain=foo.com&path=/foo",
        Some("u=blah; Domain=foo.com; Path=/foo"),
    ),
    ("name=equals&value=a%3Db", Some("equals=\"a=b\"; Path=/")),
    (
        "name=semicolon&value=a%3Bb",
        Some("semicolon=\"a\\073b\"; Path=/"),
    ),
    ("name=quote&value=a%22b", Some("quote=\"a\\\"b\"; Path=/")),
    (
        "name=foo&value=bar&max_age=10",
        Some("foo=bar; Max-Age=10; Path=/"),
    ),
    (
        "name=a&value=1&secure=&httponly=",
        Some("a=1; HttpOnly; Path=/; Secure"),
    ),
    ("name=a&value=1&secure=0&httponly=false", Some("a=1; Path=/")),
    ("name=__Host-a&value=1", None),
    ("name=__Secure-a&value=1", None),
    (
        "name=__Host-a&value=1&secure=1",
        Some("__Host-a=1; Path=/; Secure"),
    ),
    ("name=__Host-a&value=1&secure=1&path=/x", None),
    ("name=a&value=1&samesite=none", None),
    ("name=a&value=1&partitioned=1", None),
    (
        "name=a&value=1&samesite=none&partitioned=1&secure=1",
        Some("a=1; Path=/; SameSite=None; Secure; Partitioned"),
    ),
    ("name=a&value=b&domain=example.com%3B%20HttpOnly", None),
    ("name=a&value=b&path=/%3BSecure", None),
    ("name=a&value=b&samesite=Lax%3BPartitioned", None),
    ("name=a&value=b&max_age=1%3B%20Path=/x", None),
    ("name=a%3B&value=b", None),
    ("name=a%0D%0Ab&value=b", None),
    ("name=a&value=b%20c", None),
];

/// Fields of a POST to `localhost`, and whether it is let in.
const CROSS: &[(&[(&str, &str)], bool)] = &[
    (&[], true),
    (&[("Sec-Fetch-Site", "same-origin")], true),
    (&[("Sec-Fetch-Site", "none")], true),
    (&[("Sec-Fetch-Site", "cross-site")], false),
    (
        &[
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "https://other.example.com"),
        ],
        false,
    ),
    (
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", "http://localhost")],
        false,
    ),
    (
        &[
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", "https://trusted.example.com"),
        ],
        true,
    ),
    (&[("Origin", "http://localhost")], true),
    (&[("Origin", "http://LOCALHOST")], true),
    (&[("Origin", "https://localhost/foo")], true),
    (&[("Origin", "http://localhost:81")], false),
    (&[("Origin", "https://trusted.example.com")], true),
    (&[("Origin", "https://trusted.example.com/")], false),
    (&[("Origin", "http://trusted.example.com")], false),
    (&[("Origin", "https://evil.example.com")], false),
    (&[("Origin", "null")], false),
    (
        &[
            ("Origin", "https://evil.example.com"),
            ("Referer", "http://localhost/"),
        ],
        false,
    ),
    (&[("Referer", "https://evil.example.com/")], true),
];

fn with(request: RawRequest, fields: &[(&str, &str)]) -> RawRequest {
    fields
        .iter()
        .fold(request, |request, (name, value)| request.field(name, value))
}

/// The name and value of the one cookie that a target sets.
#[track_caller]
fn cookie(w: &World, target: &str) -> String {
    let cookies = w.get(target).is(200).all("set-cookie");
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    cookies[0].split(';').next().expect("one part").to_owned()
}

pub(crate) const CASES: &[Case] = &[
    Case::new("cookies are read as browsers write them", |w| {
        for (field, value) in READ {
            let response = w
                .send(RawRequest::get("/cookie/foo").field("Cookie", field))
                .is(200);
            assert_eq!(response.text(), *value, "{field}");
        }
    }),
    Case::new("cookies are written strictly", |w| {
        for (query, expected) in SET {
            let response = w.get(&format!("/cookie/set?{query}"));
            let expected_status = if expected.is_some() { 200 } else { 400 };
            assert_eq!(response.status, expected_status, "{query}");
            assert_eq!(response.header("set-cookie").as_deref(), *expected, "{query}");
        }
    }),
    Case::new("a cookie takes the place of one of the same name", |w| {
        let mut cookies = w.get("/cookie/twice").is(200).all("set-cookie");
        cookies.sort();
        assert_eq!(cookies, ["a=e; Path=/", "c=d; Domain=example.com; Path=/"]);
    }),
    Case::new("signed and encrypted cookies come back, and no others do", |w| {
        for target in ["/signed", "/encrypted"] {
            let cookie = cookie(w, &format!("{target}?set=caf%C3%A9+%3B"));
            let read = |cookie: &str| w.send(RawRequest::get(target).field("Cookie", cookie));
            read(&cookie).is(200).says("caf\u{e9} ;");
            let value = cookie.strip_prefix("a=").expect("the name");
            for bad in [
                String::new(),
                format!("b={value}"),
                format!("a{}={}", &value[..4], &value[4..]),
                format!("{cookie}0"),
                cookie[..cookie.len() - 1].to_owned(),
                format!("{cookie}; a=x"),
            ] {
                assert_eq!(read(&bad).status, 403, "{bad}");
            }
        }
    }),
    Case::new(
        "a form needs the token of the cookie, masked anew each time",
        |w| {
            let page = w.get("/xsrf").is(200);
            let token = page.text();
            assert_eq!(
                page.header("set-cookie"),
                Some(format!("_xsrf={token}; Path=/; SameSite=Lax"))
            );
            let again = RawRequest::get("/xsrf").field("Cookie", format!("_xsrf={token}"));
            let again = w.send(again).is(200).lacks("set-cookie").text();
            assert_ne!(again, token);
            let post = |cookie: &str, token: &str, fields: &[(&str, &str)]| {
                let form = RawRequest::form("/xsrf", &format!("_xsrf={}", token.replace('|', "%7C")));
                w.send(with(form.field("Cookie", cookie), fields))
            };
            let cookie = format!("_xsrf={token}");
            for good in [&token, &again] {
                post(&cookie, good, &[]).is(200).says("ok");
                post(&cookie, "", &[("X-Xsrftoken", good)]).is(200).says("ok");
                post(&cookie, "", &[("X-Csrftoken", good)]).is(200).says("ok");
            }
            post(&cookie, "", &[("X-Requested-With", "XMLHttpRequest")]).is(403);
            post(&cookie, "3|", &[]).is(403);
            post("", &token, &[]).is(403);
            post("_xsrf=3|", &token, &[]).is(403);
            post("a=b]_xsrf=injected", "injected", &[]).is(403);
            post(&format!("a=b]{cookie}"), &token, &[]).is(403);
        },
    ),
    Case::new(
        "pages of other sites send nothing that could change something",
        |w| {
            for (fields, allowed) in CROSS {
                let response = w.send(with(RawRequest::post("/guarded", "x=1"), fields));
                let expected = if *allowed { 200 } else { 403 };
                assert_eq!(response.status, expected, "{fields:?}");
            }
            let cross = [
                ("Sec-Fetch-Site", "cross-site"),
                ("Origin", "https://evil.example.com"),
            ];
            for method in ["GET", "HEAD", "OPTIONS"] {
                w.send(with(RawRequest::new(method, "/guarded"), &cross)).is(200);
            }
            for method in ["PUT", "PATCH", "DELETE"] {
                w.send(with(RawRequest::new(method, "/guarded"), &cross)).is(403);
            }
            w.send(with(RawRequest::post("/unguarded", "x=1"), &cross))
                .is(200);
            w.send(with(RawRequest::post("/functions/x", "x=1"), &cross))
                .is(403);
        },
    ),
];
