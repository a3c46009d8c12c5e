//! Hooks, finishing from elsewhere, the carrier's clock and threads.

use super::{Case, World};

/// What happened to a request of `/life/...`, once it is answered.
#[track_caller]
fn lived(w: &World, how: &str, status: u16, body: &str, steps: &[&str]) {
    let tag = format!("life-{how}");
    w.get(&format!("/life/{how}?tag={tag}")).is(status).says(body);
    w.ledger.wait(&tag, "finish");
    assert_eq!(w.ledger.of(&tag), steps);
}

pub(crate) const CASES: &[Case] = &[
    Case::new("prepare, verb, on_finish, each once", |w| {
        lived(w, "plain", 200, "done", &["prepare", "get", "finish"]);
        lived(w, "flush", 200, "onetwo", &["prepare", "get", "finish"]);
    }),
    Case::new("prepare may finish early", |w| {
        lived(w, "early", 200, "early", &["prepare", "finish"]);
    }),
    Case::new("prepare may refuse, and the handler's own page is shown", |w| {
        lived(
            w,
            "refused",
            403,
            "own page: 403",
            &["prepare", "error", "finish"],
        );
    }),
    Case::new("on_finish comes after a panic too", |w| {
        lived(
            w,
            "panic",
            500,
            "own page: 500",
            &["prepare", "get", "error", "finish"],
        );
    }),
    Case::new("Finish ends with what was written", |w| {
        lived(w, "finish", 200, "enough", &["prepare", "get", "finish"]);
    }),
    Case::new("a flushed 204 is no lost client", |w| {
        lived(w, "no-content", 204, "", &["prepare", "get", "finish"]);
    }),
    Case::new("a Finisher answers from a thread", |w| {
        w.get("/detach/thread").is(200).says("from a thread");
    }),
    Case::new("a Finisher can fail", |w| {
        let response = w.get("/detach/fail").is(409);
        assert!(response.text().contains("from a thread"));
    }),
    Case::new("a Finisher that is dropped answers 500", |w| {
        w.get("/detach/drop").is(500);
    }),
    Case::new("a joined future runs along until the Finisher is used", |w| {
        w.get("/detach/join").is(200).says("joined");
    }),
    Case::new("sleep is on the carrier's clock", |w| {
        w.get("/sleep").is(200).says("slept");
    }),
    Case::new("blocking work gives its result", |w| {
        w.get("/unblock").is(200).says("42");
    }),
    Case::new("a panic of blocking work is a 500", |w| {
        w.get("/unblock/panic").is(500);
        w.get("/unblock").is(200).says("42");
    }),
];
