//! Sessions, users, the way to the login and back.

use super::{Case, World};
use crate::message::{RawRequest, RawResponse};

/// Asks as the client of this cookie.
fn as_client(w: &World, method: &str, target: &str, cookie: &str) -> RawResponse {
    w.send(RawRequest::new(method, target).field("Cookie", cookie))
}

/// The name and value of the cookie that was set.
fn cookie(response: &RawResponse) -> String {
    let fields = response.all("set-cookie");
    assert_eq!(fields.len(), 1, "{fields:?}");
    let (cookie, attributes) = fields[0].split_once("; ").expect("attributes");
    assert_eq!(attributes, "HttpOnly; Path=/; SameSite=Lax");
    cookie.to_owned()
}

fn login(w: &World, target: &str, cookie: &str) -> RawResponse {
    w.send(RawRequest::form(target, "user=somebody").field("Cookie", cookie))
        .is(303)
}

pub(crate) const CASES: &[Case] = &[
    Case::new("who has logged in is known until the logout", |w| {
        let first = cookie(&login(w, "/login", "").has("location", "/private"));
        for target in ["/private", "/class/private"] {
            as_client(w, "GET", target, &first)
                .is(200)
                .says("somebody")
                .has("vary", "Cookie, Accept-Encoding, Origin");
            as_client(w, "HEAD", target, &first).is(200).says("");
        }
        as_client(w, "POST", "/private", &first).is(200).says("somebody");
        let second = cookie(&login(w, "/login", &first));
        assert_ne!(first, second, "a login gives a new id");
        as_client(w, "GET", "/private", &first).is(302);
        as_client(w, "GET", "/private", &second).is(200).says("somebody");
        let gone = as_client(w, "POST", "/logout", &second).is(200);
        assert!(gone.header("set-cookie").expect("a cookie").contains("Max-Age=0"));
        as_client(w, "GET", "/private", &second).is(302);
    }),
    Case::new("an id that a client has invented is nobody's", |w| {
        let invented = "session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        as_client(w, "GET", "/private", invented).is(302);
        let given = cookie(&login(w, "/login", invented));
        assert_ne!(given, invented);
        as_client(w, "GET", "/private", invented).is(302);
    }),
    Case::new("a session is saved before the head of a stream leaves", |w| {
        let response = w.get("/session/stream").is(200).says("abc");
        as_client(w, "GET", "/private", &cookie(&response))
            .is(200)
            .says("streamer");
    }),
    Case::new("an error of the server changes no session, a refusal may", |w| {
        w.get("/session/fail/500").is(500).lacks("set-cookie");
        let refused = w.get("/session/fail/404").is(404);
        as_client(w, "GET", "/private", &cookie(&refused))
            .is(200)
            .says("failed");
    }),
    Case::new("who is no user is sent to the login, or refused", |w| {
        let mount = w.carry.mount();
        let escaped = mount.replace('/', "%2F");
        for target in ["/private", "/class/private"] {
            let next = format!("{escaped}{}%3Fa%3Db%2526", target.replace('/', "%2F"));
            let location = format!("{mount}/login?next={next}");
            for method in ["GET", "HEAD"] {
                w.ask(method, &format!("{target}?a=b%26"))
                    .is(302)
                    .has("location", &location);
            }
            for method in ["PUT", "DELETE"] {
                w.ask(method, target).is(403).lacks("location");
            }
            w.send(RawRequest::form(target, "a=b")).is(403);
        }
    }),
    Case::new("the way back from the login leads to no other site", |w| {
        let cases = [
            ("%2Fclass%2Fprivate%3Fa", "/class/private?a"),
            ("//example.com", "/private"),
            ("/%5Cexample.com", "/private"),
            ("/%09/example.com", "/private"),
            ("%20%01https://example.com", "/private"),
            ("javascript:alert(1)", "/private"),
        ];
        for (next, location) in cases {
            login(w, &format!("/login?next={next}"), "").has("location", location);
        }
    }),
];
