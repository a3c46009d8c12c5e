//! Sessions in the core's own stores.

use std::sync::{Arc, Mutex, PoisonError};

use waterspout::cookies::CookieSecret;
use waterspout::prelude::*;
use waterspout::session::{
    Access, CookieStore, Entry, MemoryStore, Saved, SessionId, SessionStore, Sessions, Stored, Write,
};
use waterspout::testing::TestClient;
use waterspout::{BoxFuture, Peer, Scheme};

use crate::suite::{self, Kept};

#[test]
fn memory_store() {
    suite::run(|| Kept {
        store: Arc::new(MemoryStore::new()),
        on_server: true,
    });
}

#[test]
fn cookie_store() {
    suite::run(|| Kept {
        store: Arc::new(CookieStore::new()),
        on_server: false,
    });
}

/// A memory store that says what it is asked for, and fails when it is told to.
#[derive(Clone, Default)]
struct Watched {
    inner: MemoryStore,
    log: Arc<Mutex<Vec<String>>>,
    fails: Arc<Mutex<bool>>,
}

impl Watched {
    fn note(&self, what: impl Into<String>) -> Result {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what.into());
        if *self.fails.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(Error::new(503).message("the store is away"));
        }
        Ok(())
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn fail(&self, fails: bool) {
        *self.fails.lock().unwrap_or_else(PoisonError::into_inner) = fails;
    }
}

impl SessionStore for Watched {
    fn load<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result<Option<Stored>>> {
        Box::pin(async move {
            self.note("load")?;
            self.inner.load(access, id).await
        })
    }

    fn save<'a>(
        &'a self,
        access: Access<'a>,
        id: &'a SessionId,
        entry: Entry<'a>,
    ) -> BoxFuture<'a, Result<Saved>> {
        Box::pin(async move {
            self.note(match entry.write {
                Write::New => "new",
                Write::Changed => "changed",
                Write::Touched => "touched",
            })?;
            self.inner.save(access, id, entry).await
        })
    }

    fn delete<'a>(&'a self, access: Access<'a>, id: &'a SessionId) -> BoxFuture<'a, Result> {
        Box::pin(async move {
            self.note("delete")?;
            self.inner.delete(access, id).await
        })
    }
}

fn watched() -> (TestClient, Watched) {
    let store = Watched::default();
    let app = Application::new()
        .sessions(Sessions::new(store.clone()))
        .get("/nothing", async |cx| cx.write("nothing"))
        .get("/look", async |cx| {
            let first = cx.session().await?.get::<u8>("a")?;
            let second = cx.session().await?.get::<u8>("a")?;
            cx.write(format!("{first:?}{second:?}"))
        })
        .get("/set", async |cx| {
            cx.session().await?.insert("a", &7)?;
            cx.flush().await?;
            cx.write("set")
        })
        .get("/wrong", async |cx| {
            cx.session().await?.get::<String>("a")?;
            Ok(())
        })
        .get("/logout", async |cx| {
            cx.session().await?.destroy();
            Ok(())
        });
    (TestClient::new(app), store)
}

#[test]
fn the_store_is_asked_as_seldom_as_it_can_be() {
    let (client, store) = watched();
    assert_eq!(client.get("/look").send().text(), "NoneNone");
    assert!(store.take().is_empty(), "no cookie, nothing to look up");
    client.get("/set").send();
    assert_eq!(store.take(), ["new"]);
    client.get("/nothing").send();
    assert!(store.take().is_empty(), "nobody has asked for the session");
    assert_eq!(client.get("/look").send().text(), "Some(7)Some(7)");
    assert_eq!(store.take(), ["load"], "once a request");
    client.get("/set").send();
    assert_eq!(store.take(), ["load"], "the value was that already");
    client.advance(std::time::Duration::from_secs(360));
    client.get("/look").send();
    assert_eq!(store.take(), ["load", "touched"]);
    client.get("/logout").send();
    assert_eq!(store.take(), ["load", "delete"]);
    assert!(store.inner.is_empty());
}

#[test]
fn a_store_that_fails_fails_the_request_and_nothing_is_lost() {
    let (client, store) = watched();
    client.get("/set").send();
    store.take();
    store.fail(true);
    for target in ["/look", "/logout"] {
        let response = client.get(target).send();
        assert_eq!(
            (response.status(), response.header("set-cookie")),
            (503, None),
            "{target}"
        );
    }
    assert_eq!(store.take(), ["load", "load"]);
    assert_eq!(client.get("/nothing").send().status(), 200);
    store.fail(false);
    assert_eq!(client.get("/look").send().text(), "Some(7)Some(7)");
    // What cannot be saved is not answered as if it were: nothing has been flushed.
    let (client, store) = watched();
    store.fail(true);
    let response = client.get("/set").send();
    assert_eq!((response.status(), response.header("set-cookie")), (503, None));
    assert!(response.error().is_none());
    assert_eq!(store.take(), ["new"], "not tried again for the error page");
}

#[test]
fn a_value_of_another_type_is_an_error_and_sessions_have_to_be_set_up() {
    let (client, _) = watched();
    client.get("/set").send();
    assert_eq!(client.get("/wrong").send().status(), 500);
    let app = Application::new().get("/", async |cx| cx.session().await.map(|_| ()));
    assert_eq!(TestClient::new(app).get("/").send().status(), 500);
}

#[test]
fn nothing_that_prints_shows_an_id_or_a_value() {
    let app = Application::new()
        .sessions(Sessions::new(MemoryStore::new()).cookie_name("sid"))
        .get("/", async |cx| {
            let session = cx.session().await?;
            session.insert("name", "secret")?;
            let text = format!("{session:?}");
            cx.write(text)
        });
    let client = TestClient::new(app).peer(Peer {
        scheme: Scheme::Https,
        ..Peer::default()
    });
    assert_eq!(client.get("/").send().text(), "Session[\"name\"]");
    assert!(client.cookie("__Host-sid").is_some());
}

#[test]
fn what_a_handler_says_of_caches_stays() {
    let app = Application::new()
        .sessions(Sessions::new(MemoryStore::new()))
        .get("/{vary}", async |cx| {
            let vary = cx.path_arg("vary")?.to_owned();
            cx.set_header("vary", vary)?;
            cx.set_header("cache-control", "no-store")?;
            cx.session().await?.insert("a", &1)
        });
    for (said, sent) in [("*", 1), ("Accept, cookie", 1), ("Accept", 2)] {
        let response = TestClient::new(app.clone())
            .get(&format!("/{}", said.replace(' ', "%20")))
            .send();
        assert_eq!(response.headers().get_all("vary").iter().count(), sent, "{said}");
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }
}

fn in_cookies(secret: &str) -> TestClient {
    let app = Application::new()
        .settings(Settings {
            cookie_secret: Some(CookieSecret::new(secret)),
            ..Settings::default()
        })
        .sessions(Sessions::default())
        .get("/set", async |cx| cx.session().await?.insert("name", "somebody"))
        .get("/get", async |cx| {
            let name = cx.session().await?.get::<String>("name")?;
            cx.write(name.unwrap_or_else(|| "none".into()))
        });
    TestClient::new(app)
}

#[test]
fn a_session_in_a_cookie_can_neither_be_read_nor_changed() {
    let client = in_cookies("It's a secret to everybody");
    client.get("/set").send();
    let cookie = client.cookie("session").expect("a cookie");
    let text = |client: &TestClient, cookie: &str| {
        let request = client.get("/get").header("cookie", &format!("session={cookie}"));
        request.send().text().to_owned()
    };
    assert_eq!(text(&client, &cookie), "somebody");
    assert!(!cookie.contains("somebody"));
    for at in 0..cookie.len() {
        let mut bytes = cookie.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("ASCII");
        assert_eq!(text(&client, &changed), "none", "byte {at}");
        assert_eq!(text(&client, &cookie[..at]), "none", "cut at {at}");
    }
    assert_eq!(text(&in_cookies("another secret"), &cookie), "none");
    // What was sealed for something else is no session.
    let secret = CookieSecret::new("It's a secret to everybody");
    let sealed = secret
        .seal("session", br#"\xff\xff{"c":0,"v":{}}"#)
        .expect("sealed");
    assert_eq!(text(&client, &sealed), "none");
}

#[test]
fn a_cookie_store_without_a_secret_is_told_at_the_start() {
    let problem = Application::new().sessions(Sessions::default()).check();
    let text = problem.expect_err("no secret").to_string();
    assert!(text.contains("Settings::cookie_secret"), "{text}");
}
