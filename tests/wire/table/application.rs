//! Arguments, and what must not get from a request into a response's head.

use super::{Row, answers, field, line, ok, post_to};

const T10: &str = "tornado 1.10";
const REASON: &str = "tornado 3.1 CVE-2025-67724";
const CRLF: &str = "tornado 3.1 CVE-2012-2374";
const COOKIE: &str = "tornado 3.1 CVE-2026-35536";
const PARSE: &str = "tornado 3.2 CookieTest";

fn get(target: &str) -> Vec<u8> {
    line(format!("GET {target} HTTP/1.1"))
}

fn form(body: impl AsRef<[u8]>) -> Vec<u8> {
    let fields = format!(
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}",
        body.as_ref().len()
    );
    post_to("/args?a=query", fields, body)
}

pub(super) fn rows() -> Vec<Row> {
    let many = |count| vec!["a=1"; count].join("&");
    vec![
        ok("an argument", T10, get("/args?a=1&a=2")).has("a=\"2\""),
        ok(
            "plus, escapes, blanks",
            "tornado 3.2 RequestEncodingTest",
            get("/args?a=%20x+y%2Bz%20"),
        )
        .has("a=\"x y+z\""),
        ok("control characters", "tornado 1.1", get("/args?a=x%00%01y")).has("a=\"x  y\""),
        ok("a bad escape stays", "tornado 1.1", get("/args?a=%zz%")).has("a=\"%zz%\""),
        answers(&[400], "%ff", T10, get("/args?a=%ff")).has("content-length"),
        answers(&[400], "missing", "tornado 1.1", get("/args")).has("missing argument a"),
        ok(
            "the body's value wins",
            "tornado 3.2 RequestEncodingTest",
            form("a=body"),
        )
        .has("a=\"body\""),
        ok(
            "1000 query fields",
            "tornado 3.1 6.5.9",
            get(&format!("/args?{}", many(1000))),
        ),
        answers(
            &[400],
            "1001 query fields",
            "tornado 3.1 6.5.9",
            get(&format!("/args?{}", many(1001))),
        ),
        answers(
            &[400],
            "1001 ampersands",
            "tornado 3.1 6.5.9",
            get(&format!("/args?{}", "&".repeat(1001))),
        ),
        ok("1000 form fields", "tornado 3.1 6.5.8", form(many(1000))),
        answers(&[400], "1001 form fields", "tornado 3.1 6.5.8", form(many(1001))),
        answers(&[400], "bad UTF-8 in a form", T10, form(b"a=%C3%28")),
        // Cookies as browsers read them.
        ok(
            "quoted cookie with a semicolon",
            PARSE,
            field("Cookie: foo=\"a;b\""),
        )
        .has("cookie foo=\\\"a\n"),
        ok("octal escape", PARSE, field("Cookie: foo=\"a\\073b\"")).has("cookie foo=a;b\n"),
        ok(
            "a bracket is no separator",
            "tornado 3.1 CVE-2014-9720",
            field("Cookie: a=b]_xsrf=injected"),
        )
        .has("cookie a=b]_xsrf=injected\n")
        .lacks("cookie _xsrf="),
        ok("odd names", PARSE, field("Cookie: /=exception;a=b")).has("cookie a=b\n"),
        ok(
            "blanks and empties",
            PARSE,
            field("Cookie:   =  b  ;  ;  =  ;   c  =  ;  "),
        )
        .has("cookie c=\n"),
        ok(
            "two lines of cookies",
            "RFC 6265 §5.4",
            field("Cookie: a=1\r\nCookie: b=2"),
        )
        .has("cookie a=1\ncookie b=2\n"),
        ok("Latin-1 in a cookie", PARSE, field(b"Cookie: a=\xe9; b=2")).has("cookie b=2\n"),
    ]
}

pub(super) fn injections() -> Vec<Row> {
    let header = |name, value: &str| {
        answers(&[400], name, CRLF, get(&format!("/header?value={value}"))).lacks("x-injection: injected")
    };
    let redirect = |name, url: &str| {
        answers(&[400], name, CRLF, get(&format!("/redirect?url={url}"))).lacks("x-injection: injected")
    };
    let reason = |name, text: &str| {
        let row = ok(name, REASON, get(&format!("/reason?reason={text}")));
        row.lacks("x-injection").lacks("script")
    };
    let cookie = |name, query: &str| {
        let row = answers(&[400], name, COOKIE, get(&format!("/setcookie?{query}")));
        row.lacks("set-cookie").lacks("x-injection")
    };
    vec![
        ok("a header", "DESIGN 8", get("/header?value=a%20b")).has("x-value: a b\n"),
        ok("a Latin-1 header", "tornado 1.1", get("/header?value=%C3%A9")),
        header("CR LF in a value", "a%0D%0AX-Injection:%20injected"),
        header("LF in a value", "a%0AX-Injection:%20injected"),
        header("CR in a value", "a%0DX-Injection:%20injected"),
        answers(
            &[400],
            "CR LF in a name",
            CRLF,
            get("/header?value=a&name=a:b%0D%0AX-Injection"),
        )
        .lacks("x-injection:"),
        answers(&[400], "space in a name", CRLF, get("/header?value=a&name=a%20b")),
        answers(&[302], "a redirect", "DESIGN 8", get("/redirect?url=/x")).has("location: /x\n"),
        redirect("CR LF in a redirect", "a%0D%0AX-Injection:%20injected"),
        redirect("LF in a redirect", "a%0AX-Injection:%20injected"),
        ok("a reason", REASON, get("/reason?reason=Fine%20so%20far")).has("200 Fine so far\n"),
        ok(
            "a reason that is not allowed",
            REASON,
            get("/reason?reason=OK%0D%0AX-Injection:injected"),
        )
        .has("200 Unknown\n"),
        reason("CR LF in a reason", "OK%0D%0AX-Injection:injected"),
        reason("LF in a reason", "OK%0AX-Injection:injected"),
        reason("script in a reason", "%3Cscript%3Ealert(1)%3C/script%3E"),
        reason("non-ASCII in a reason", "%C3%A4"),
        ok(
            "a cookie",
            "tornado 1.1",
            get("/setcookie?name=a&value=b&path=/&max_age=10&httponly=1&samesite=lax"),
        )
        .has("set-cookie: a=b; HttpOnly; Max-Age=10; Path=/; SameSite=Lax\n"),
        cookie(
            "domain with an attribute",
            "name=a&value=b&domain=example.com;%20HttpOnly",
        ),
        cookie("path with an attribute", "name=a&value=b&path=/;Secure"),
        cookie(
            "samesite with an attribute",
            "name=a&value=b&samesite=Lax;Partitioned",
        ),
        cookie("max_age with an attribute", "name=a&value=b&max_age=1;%20Path=/x"),
        cookie("name with a semicolon", "name=a;b&value=b"),
        cookie("name with CR LF", "name=a%0D%0AX-Injection:%20x&value=b"),
        cookie("value with CR LF", "name=a&value=b%0D%0AX-Injection:%20x"),
        cookie("value with a space", "name=a&value=b%20c"),
        cookie("path with CR LF", "name=a&value=b&path=/%0D%0AX-Injection:%20x"),
        cookie(
            "expires with an attribute",
            "name=a&value=b&expires=Sun,%2006%20Nov%202094%2008:49:37%20GMT;Secure",
        ),
        cookie(
            "__Host- without its conditions",
            "name=__Host-a&value=b&path=/x&secure=1",
        ),
    ]
}
