//! What sessions do, whatever keeps them: one suite, run over every store.

use std::sync::Arc;
use std::time::Duration;

use waterspout::cookies::CookieSecret;
use waterspout::prelude::*;
use waterspout::session::{SessionStore, Sessions};
use waterspout::testing::{TestClient, TestResponse};
use waterspout::{Peer, Scheme};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// The store of a test, and what it can do.
pub(crate) struct Kept {
    pub(crate) store: Arc<dyn SessionStore>,
    /// It can make a cookie worthless that somebody still has.
    pub(crate) on_server: bool,
}

/// Runs the whole suite; `make` gives a store, which may be the same each time.
pub(crate) fn run(make: impl Fn() -> Kept) {
    let always: &[fn(&Kept)] = &[
        visitors_are_not_remembered,
        values_come_back,
        a_session_ends_without_use,
        a_session_ends_in_any_case,
        a_renewed_session_has_its_values_and_a_new_begin,
        a_logout_takes_the_cookie,
        an_invented_id_is_not_taken_over,
        a_session_is_saved_before_the_first_flush,
        an_error_of_the_server_changes_nothing,
        the_last_to_save_wins,
        what_has_ended_by_its_time_is_not_saved_again,
        a_session_that_is_too_long_is_an_error,
        https_has_a_cookie_of_its_own,
    ];
    let on_server: &[fn(&Kept)] = &[
        a_renewed_session_is_nothing_under_its_old_id,
        a_logout_ends_every_copy_of_the_cookie,
        a_logout_holds_even_if_the_answer_is_an_error,
        what_has_been_ended_is_not_saved_again,
        a_use_does_not_undo_the_change_of_another_request,
        a_session_can_change_after_the_head_but_none_can_begin,
    ];
    for test in always {
        test(&make());
    }
    let kept = make();
    if kept.on_server {
        for test in on_server {
            test(&make());
        }
    }
}

fn client(kept: &Kept) -> TestClient {
    TestClient::new(application(Sessions::new(kept.store.clone())))
}

fn application(sessions: Sessions) -> Application {
    Application::new()
        .settings(Settings {
            cookie_secret: Some(CookieSecret::new(
                "of no use outside of this test, but long enough",
            )),
            ..Settings::default()
        })
        .sessions(sessions)
        .get("/", async |cx| cx.write("no session"))
        .get("/get", async |cx| {
            let value = cx.session().await?.get::<String>("value")?;
            cx.write(value.unwrap_or_else(|| "none".into()))
        })
        .get("/set", async |cx| set(cx).await)
        .get("/put", async |cx| {
            let name = cx.get_argument("name")?;
            cx.session().await?.insert(&name, &true)
        })
        .get("/names", async |cx| {
            let names: Vec<_> = cx.session().await?.names().map(str::to_owned).collect();
            cx.write(names.join(","))
        })
        .get("/renew", async |cx| {
            cx.session().await?.renew();
            Ok(())
        })
        .get("/logout", async |cx| {
            cx.session().await?.destroy();
            cx.write("bye")
        })
        .get("/exchange", async |cx| {
            cx.session().await?.destroy();
            set(cx).await
        })
        .get("/fail/{status}/{what}", async |cx| {
            let (status, what): (u16, String) = cx.path()?;
            match what.as_str() {
                "set" => set(cx).await?,
                _ => cx.session().await?.destroy(),
            }
            Err(Error::new(status))
        })
        .get("/finish", async |cx| {
            set(cx).await?;
            Err(Error::finish())
        })
        .get("/stream", async |cx| {
            // Looks at the session, sends its head, and goes on when somebody reads on.
            let before = cx.get_argument_or("before", "")?;
            let session = cx.session().await?;
            if !before.is_empty() {
                session.insert("value", &before)?;
            }
            cx.write("head,")?;
            cx.flush().await?;
            cx.write("middle,")?;
            cx.flush().await?;
            let after = cx.get_argument_or("after", "")?;
            if !after.is_empty() {
                cx.session().await?.insert("value", &after)?;
            }
            cx.write("end")
        })
        .get("/fill", async |cx| {
            // No text that could be packed: a cookie has room for some 3000 bytes.
            let bytes = cx.argument("bytes")?;
            cx.session().await?.insert("value", &"x".repeat(bytes))
        })
}

async fn set(cx: &mut Context) -> Result {
    let value = cx.get_argument_or("to", "v")?;
    cx.session().await?.insert("value", &value)?;
    cx.write("set")
}

fn value(client: &TestClient) -> String {
    client.get("/get").send().text().to_owned()
}

/// What the cookie is called, and its value.
fn cookie(client: &TestClient) -> String {
    client.cookie("session").expect("a cookie of a session")
}

/// What somebody gets who has this cookie.
fn value_of(client: &TestClient, cookie: &str) -> String {
    let request = client.get("/get").header("cookie", &format!("session={cookie}"));
    request.send().text().to_owned()
}

/// A request that has sent its head and waits.
fn begin(client: &TestClient, target: &str) -> TestResponse {
    let cookie = client.cookie("session").map(|cookie| format!("session={cookie}"));
    let mut request = client.get(target);
    if let Some(cookie) = cookie {
        request = request.header("cookie", &cookie);
    }
    let mut response = request.start();
    assert_eq!(response.next_chunk().as_deref(), Some(&b"head,"[..]));
    response
}

/// Lets it go on to its end.
fn finish(response: &mut TestResponse) {
    while response.next_chunk().is_some() {}
}

fn visitors_are_not_remembered(kept: &Kept) {
    let client = client(kept);
    let response = client.get("/").send();
    assert_eq!(
        (response.header("set-cookie"), response.header("vary")),
        (None, None)
    );
    for target in ["/get", "/renew", "/logout"] {
        let response = client.get(target).send();
        assert_eq!(response.status(), 200);
        assert_eq!(response.header("set-cookie"), None, "{target}");
        assert_eq!(response.header("vary"), Some("Cookie"), "{target}");
    }
}

fn values_come_back(kept: &Kept) {
    let client = client(kept);
    let response = client.get("/set?to=one").send();
    let field = response.header("set-cookie").expect("a cookie");
    assert!(field.ends_with("; HttpOnly; Path=/; SameSite=Lax"), "{field}");
    assert!(field.starts_with("session="), "{field}");
    assert_eq!(response.header("vary"), Some("Cookie"));
    assert_eq!(response.header("cache-control"), Some("private"));
    assert_eq!(value(&client), "one");
    let others = TestClient::new(application(Sessions::new(kept.store.clone())));
    assert_eq!(value(&others), "none", "another client has another session");
    for (target, names) in [("/put?name=b", "b,value"), ("/put?name=a", "a,b,value")] {
        assert_eq!(client.get(target).send().status(), 200);
        assert_eq!(client.get("/names").send().text(), names);
    }
    assert_eq!(client.get("/finish?to=two").send().status(), 200);
    assert_eq!(
        value(&client),
        "two",
        "a request that ends by `Error::finish` saves as well"
    );
}

fn a_session_ends_without_use(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    for _ in 0..5 {
        client.advance(HOUR + 50 * MINUTE);
        assert_eq!(value(&client), "v", "each use puts the end off");
    }
    let last = cookie(&client);
    client.advance(2 * HOUR);
    assert_eq!(value_of(&client, &last), "none");
    client.get("/set?to=new").send();
    assert_eq!(value(&client), "new");
    assert_eq!(value_of(&client, &last), "none", "the old id is not used again");
}

fn a_session_ends_in_any_case(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    for _ in 0..14 * 24 - 1 {
        client.advance(HOUR);
        assert_eq!(value(&client), "v");
    }
    client.advance(HOUR);
    assert_eq!(value(&client), "none");
}

fn a_renewed_session_has_its_values_and_a_new_begin(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    let before = cookie(&client);
    for _ in 0..13 * 24 {
        client.advance(HOUR);
        assert_eq!(value(&client), "v");
    }
    let response = client.get("/renew").send();
    assert!(response.header("set-cookie").is_some());
    assert_ne!(cookie(&client), before);
    for _ in 0..13 * 24 {
        client.advance(HOUR);
        assert_eq!(value(&client), "v");
    }
}

fn a_renewed_session_is_nothing_under_its_old_id(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    let before = cookie(&client);
    client.get("/renew").send();
    assert_eq!(
        (value(&client), value_of(&client, &before)),
        ("v".into(), "none".into())
    );
}

fn a_logout_takes_the_cookie(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    let response = client.get("/logout").send();
    let field = response.header("set-cookie").expect("a cookie");
    assert!(
        field.starts_with("session=\"\"; ") && field.contains("; Max-Age=0; "),
        "{field}"
    );
    assert_eq!((client.cookie("session"), value(&client)), (None, "none".into()));
    client.get("/set").send();
    let before = cookie(&client);
    client.get("/exchange?to=other").send();
    assert_ne!(cookie(&client), before);
    assert_eq!(
        value(&client),
        "other",
        "what is put in after the end begins another session"
    );
}

fn a_logout_ends_every_copy_of_the_cookie(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    let copy = cookie(&client);
    assert_eq!(value_of(&client, &copy), "v");
    client.get("/logout").send();
    assert_eq!(value_of(&client, &copy), "none");
    client.get("/set").send();
    let copy = cookie(&client);
    client.get("/exchange?to=other").send();
    assert_eq!(value_of(&client, &copy), "none");
}

fn a_logout_holds_even_if_the_answer_is_an_error(kept: &Kept) {
    let client = client(kept);
    for status in [403, 500] {
        client.get("/set").send();
        let copy = cookie(&client);
        assert_eq!(
            client.get(&format!("/fail/{status}/destroy")).send().status(),
            status
        );
        assert_eq!(
            (client.cookie("session"), value_of(&client, &copy)),
            (None, "none".into())
        );
    }
}

fn an_invented_id_is_not_taken_over(kept: &Kept) {
    let client = client(kept);
    let long = "x".repeat(5000);
    for invented in [
        "a",
        "0123456789012345678901234567890123456789012",
        "%00",
        "",
        &long,
    ] {
        let set = client
            .get("/set")
            .header("cookie", &format!("session={invented}"))
            .send();
        assert_eq!(set.status(), 200);
        assert_ne!(cookie(&client), invented);
        assert_eq!(value_of(&client, invented), "none", "{invented}");
        assert_eq!(value(&client), "v");
    }
}

fn a_session_is_saved_before_the_first_flush(kept: &Kept) {
    let client = client(kept);
    let mut response = begin(&client, "/stream?before=early");
    let field = response.header("set-cookie").expect("a cookie").to_owned();
    let id = field.split(['=', ';']).nth(1).expect("a value");
    assert_eq!(value_of(&client, id), "early", "the handler has not ended yet");
    finish(&mut response);
    assert_eq!(value_of(&client, id), "early");
}

fn an_error_of_the_server_changes_nothing(kept: &Kept) {
    let client = client(kept);
    client.get("/set?to=before").send();
    let response = client.get("/fail/500/set").send();
    assert_eq!((response.status(), response.header("set-cookie")), (500, None));
    assert_eq!(value(&client), "before");
    assert_eq!(client.get("/fail/404/set?to=after").send().status(), 404);
    assert_eq!(value(&client), "after", "a 4xx is an answer like any other");
}

fn the_last_to_save_wins(kept: &Kept) {
    if !kept.on_server {
        // Here it is the browser that keeps the last cookie it got, and the test client does the same.
        return;
    }
    let client = client(kept);
    client.get("/set").send();
    let mut slow = begin(&client, "/stream?after=slow");
    client.get("/set?to=quick").send();
    client.get("/put?name=other").send();
    assert_eq!(client.get("/names").send().text(), "other,value");
    finish(&mut slow);
    assert!(slow.error().is_none());
    assert_eq!(value(&client), "slow");
    assert_eq!(
        client.get("/names").send().text(),
        "value",
        "the whole session is saved"
    );
}

fn what_has_been_ended_is_not_saved_again(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    let copy = cookie(&client);
    let mut slow = begin(&client, "/stream?after=slow");
    client.get("/logout").send();
    finish(&mut slow);
    assert!(slow.error().is_none());
    assert_eq!(value_of(&client, &copy), "none");
}

fn what_has_ended_by_its_time_is_not_saved_again(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    let copy = cookie(&client);
    let mut slow = begin(&client, "/stream?after=slow");
    client.advance(2 * HOUR);
    finish(&mut slow);
    assert_eq!(value_of(&client, &copy), "none");
}

fn a_use_does_not_undo_the_change_of_another_request(kept: &Kept) {
    let client = client(kept);
    client.get("/set").send();
    let mut slow = begin(&client, "/stream");
    client.get("/set?to=quick").send();
    // So much later that the use is worth a write.
    client.advance(HOUR);
    finish(&mut slow);
    assert_eq!(value(&client), "quick");
    client.advance(HOUR + 30 * MINUTE);
    assert_eq!(
        value(&client),
        "quick",
        "the use at the end of the slow request counts"
    );
}

fn a_session_can_change_after_the_head_but_none_can_begin(kept: &Kept) {
    let client = client(kept);
    let mut late = begin(&client, "/stream?after=late");
    finish(&mut late);
    assert!(late.error().is_some(), "the client was given no cookie");
    client.get("/set").send();
    let mut late = begin(&client, "/stream?after=late");
    finish(&mut late);
    assert!(late.error().is_none());
    assert_eq!(value(&client), "late");
}

fn a_session_that_is_too_long_is_an_error(kept: &Kept) {
    let client = client(kept);
    client.get("/set?to=short").send();
    let (fits, too_long) = if kept.on_server {
        ((64 << 10) - 100, 64 << 10)
    } else {
        (2800, 4096)
    };
    assert_eq!(client.get(&format!("/fill?bytes={fits}")).send().status(), 200);
    assert_eq!(value(&client).len(), fits);
    let response = client.get(&format!("/fill?bytes={too_long}")).send();
    assert_eq!((response.status(), response.header("set-cookie")), (500, None));
    assert_eq!(value(&client).len(), fits);
}

fn https_has_a_cookie_of_its_own(kept: &Kept) {
    let secure = client(kept).peer(Peer {
        scheme: Scheme::Https,
        ..Peer::default()
    });
    let response = secure.get("/set").send();
    let field = response.header("set-cookie").expect("a cookie");
    assert!(field.starts_with("__Host-session="), "{field}");
    assert!(
        field.ends_with("; HttpOnly; Path=/; SameSite=Lax; Secure"),
        "{field}"
    );
    assert_eq!(value(&secure), "v");
    let id = secure.cookie("__Host-session").expect("a cookie");
    assert_eq!(
        value_of(&secure, &id),
        "none",
        "what was planted over http is not read over https"
    );
    let response = secure.get("/logout").send();
    let field = response.header("set-cookie").expect("a cookie");
    assert!(
        field.contains("Max-Age=0") && field.ends_with("; Secure"),
        "{field}"
    );
}
