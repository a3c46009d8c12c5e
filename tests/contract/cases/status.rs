//! Statuses, reasons, redirects, responses without content.

use super::Case;
use crate::message::RawRequest;

pub(crate) const CASES: &[Case] = &[
    Case::new("statuses leave as they are", |w| {
        for code in [200, 202, 402, 418, 503] {
            w.get(&format!("/status/{code}")).is(code).says("status");
        }
    }),
    Case::new("statuses that nobody has registered leave as they are", |w| {
        for code in [299, 499, 599] {
            w.get(&format!("/status/{code}")).is(code).says("status");
        }
    }),
    Case::new("a status out of range is 500", |w| {
        for code in [0, 99, 101, 199, 1000] {
            w.get(&format!("/status/{code}")).is(500);
        }
    }),
    Case::new("a reason phrase leaves, one that is not allowed does not", |w| {
        let reason = |query: &str| w.get(&format!("/status/299?reason={query}")).is(299).reason;
        assert_eq!(reason("All+is+well"), "All is well");
        assert_eq!(reason("a%0d%0aX-Evil:+1"), "Unknown");
        assert_eq!(reason("%3Cb%3E"), "Unknown");
        assert_eq!(w.get("/status/404").reason, "Not Found");
    }),
    Case::new("204 and 205 have no content", |w| {
        for code in [204, 205] {
            let response = w.get(&format!("/empty/{code}")).is(code).says("");
            response.lacks("content-type");
        }
        w.get("/empty/204")
            .lacks("content-length")
            .lacks("transfer-encoding");
    }),
    Case::new("304 has no content", |w| {
        let request = RawRequest::get("/empty/304").field("If-None-Match", "\"a\"");
        w.send(request)
            .is(304)
            .says("")
            .lacks("content-type")
            .lacks("transfer-encoding");
    }),
    Case::new("200 without content has length 0", |w| {
        let response = w.get("/empty/200").is(200).says("");
        let length = response.header("content-length");
        assert!(length.is_none() || length.as_deref() == Some("0"), "{length:?}");
    }),
    Case::new("redirects", |w| {
        for code in [301, 302, 303, 307, 308] {
            w.get(&format!("/redirect/{code}"))
                .is(code)
                .has("location", "/there?a=b#c");
        }
        w.get("/redirect/200").is(500).lacks("location");
    }),
    Case::new("an own Content-Length that is right is used", |w| {
        w.get("/own-length/right")
            .is(200)
            .says("abcdef")
            .has("content-length", "6");
    }),
    Case::new("a body shorter than its Content-Length is cut off", |w| {
        let response = w.get("/own-length/short");
        assert!(response.cut && response.status == 200, "{response:?}");
    }),
    Case::new("a body longer than its Content-Length is cut off", |w| {
        let response = w.get("/own-length/long");
        assert!(response.cut && response.status == 200, "{response:?}");
    }),
];
