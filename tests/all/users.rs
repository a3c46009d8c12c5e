//! The current user, the guard, and the way back after a login.

use std::sync::atomic::{AtomicUsize, Ordering};

use waterspout::authenticated;
use waterspout::prelude::*;
use waterspout::session::{MemoryStore, Sessions};
use waterspout::testing::TestClient;

use crate::support::Log;

/// The user of the cookie `user`.
#[derive(Debug)]
struct User {
    name: String,
}

async fn from_cookie(cx: &mut Context) -> Result<Option<User>> {
    Ok(cx.get_cookie("user").map(|name| User { name }))
}

fn with_login(login: &str) -> Application {
    Application::new()
        .settings(Settings {
            login_url: Some(login.into()),
            ..Settings::default()
        })
        .get_current_user(from_cookie)
}

async fn page(cx: &mut Context) -> Result {
    let user = cx.current_user::<User>().await?.status(500)?;
    cx.write(&user.name)
}

#[test]
fn the_user_is_asked_for_once_and_only_when_somebody_wants_to_know() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let app = Application::new()
        .get_current_user(async |cx| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            Ok(cx.get_cookie("user"))
        })
        .get("/", async |cx| cx.write("public"))
        .get("/twice", async |cx| {
            let first = cx.current_user::<String>().await?;
            let second = cx.current_user::<String>().await?;
            cx.write(format!("{first:?}{second:?}"))
        });
    let client = TestClient::new(app);
    client.get("/").send();
    assert_eq!(ASKED.load(Ordering::SeqCst), 0);
    assert_eq!(client.get("/twice").send().text(), "NoneNone");
    let response = client.get("/twice").header("cookie", "user=me").send();
    assert_eq!(response.text(), "Some(\"me\")Some(\"me\")");
    assert_eq!(ASKED.load(Ordering::SeqCst), 2);
}

#[test]
fn what_cannot_be_answered_is_an_error_with_its_reason() {
    let debug = || Settings {
        debug: true,
        ..Settings::default()
    };
    let text = |app: Application| {
        let response = TestClient::new(app.settings(debug()))
            .get("/")
            .header("cookie", "user=me")
            .send();
        assert_eq!(response.status(), 500);
        response.text().to_owned()
    };
    let app = || Application::new().get("/", page);
    assert!(text(app()).contains("the application has no get_current_user"));
    assert!(
        text(app().get_current_user(async |cx| Ok(cx.get_cookie("user")))).contains("the current user is no")
    );
    let circle = app().get_current_user(async |cx| {
        cx.current_user::<User>().await?;
        Ok(None::<User>)
    });
    assert!(text(circle).contains("get_current_user asks for the current user"));
    let guarded = Application::new()
        .get("/", async |cx| cx.write("page"))
        .authenticated();
    let problem = guarded.check().expect_err("told at the start");
    assert!(problem.to_string().contains("no get_current_user"), "{problem}");
    assert!(guarded.get_current_user(from_cookie).check().is_ok());
    let wrapped = Application::new().route("/", authenticated(Told(Log::default())));
    assert_eq!(TestClient::new(wrapped).get("/").send().text(), "own page of 500");
}

#[test]
fn an_error_is_not_remembered_as_nobody() {
    static TRIES: AtomicUsize = AtomicUsize::new(0);
    let app = Application::new()
        .get_current_user(async |_| match TRIES.fetch_add(1, Ordering::SeqCst) {
            0 => Err(Error::new(503)),
            _ => Ok(Some(7_u8)),
        })
        .get("/", async |cx| {
            let first = cx
                .current_user::<u8>()
                .await
                .map_err(|error| error.status_code().as_u16());
            let second = cx.current_user::<u8>().await?;
            cx.write(format!("{first:?} {second:?}"))
        });
    assert_eq!(TestClient::new(app).get("/").send().text(), "Err(503) Some(7)");
}

#[test]
fn a_question_that_was_given_up_can_be_asked_again() {
    static TRIES: AtomicUsize = AtomicUsize::new(0);
    let app = Application::new()
        .get_current_user(async |_| {
            if TRIES.fetch_add(1, Ordering::SeqCst) == 0 {
                std::future::pending::<()>().await;
            }
            Ok(Some(7_u8))
        })
        .get("/", async |cx| {
            let late = cx.sleep(std::time::Duration::from_secs(1));
            let patient = async { cx.current_user::<u8>().await.map(|_| "asked") };
            let first = futures_lite::future::or(patient, async { late.await.map(|()| "given up") }).await?;
            let user = cx.current_user::<u8>().await?;
            cx.write(format!("{first} {user:?}"))
        });
    assert_eq!(TestClient::new(app).get("/").send().text(), "given up Some(7)");
}

#[test]
fn templates_see_the_user_who_was_asked_for() {
    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{% if let Ok(user) = "current_user"|value::<User> %}{{ user.name }}{% else %}nobody{% endif %}"#
    )]
    struct Page;
    let app = Application::new()
        .get_current_user(from_cookie)
        .get("/unasked", async |cx| cx.render(Page))
        .get("/asked", async |cx| {
            cx.current_user::<User>().await?;
            cx.render(Page)
        })
        .get("/later", async |cx| {
            cx.current_user::<User>().await?;
            cx.render_later(Page)
        })
        .get("/guarded", async |cx| cx.render(Page))
        .authenticated()
        .get("/set", async |cx| {
            cx.current_user::<User>().await?;
            let name = "A & B".into();
            cx.set_current_user(Some(User { name }));
            cx.render(Page)
        })
        .get("/gone", async |cx| {
            cx.current_user::<User>().await?;
            cx.set_current_user(None::<User>);
            cx.render(Page)
        });
    let client = TestClient::new(app);
    let cases = [
        ("/unasked", "nobody"),
        ("/asked", "me"),
        ("/later", "me"),
        ("/guarded", "me"),
        ("/set", "A &#38; B"),
        ("/gone", "nobody"),
    ];
    for (target, text) in cases {
        let response = client.get(target).header("cookie", "user=me").send();
        assert_eq!(response.text(), text, "{target}");
    }
    assert_eq!(client.get("/asked").send().text(), "nobody");
}

#[test]
fn the_guard_sends_to_the_login_and_back() {
    // (the setting, the target, the Location)
    let cases = [
        ("/login", "/p", "/login?next=%2Fp"),
        ("/login", "/p?a=b&c=%20d", "/login?next=%2Fp%3Fa%3Db%26c%3D%2520d"),
        ("/login", "/p?", "/login?next=%2Fp%3F"),
        ("/login?of=here", "/p", "/login?of=here"),
        ("/login?next=/home", "/p", "/login?next=/home"),
        (
            "http://sso.example.com/in",
            "/p",
            "http://sso.example.com/in?next=http%3A%2F%2Flocalhost%2Fp",
        ),
        (
            "//sso.example.com/in",
            "/p",
            "//sso.example.com/in?next=http%3A%2F%2Flocalhost%2Fp",
        ),
        ("login", "/p", "login?next=%2Fp"),
    ];
    for (login, target, location) in cases {
        let client = TestClient::new(with_login(login).get("/p", page).authenticated());
        for method in ["GET", "HEAD"] {
            let response = client.request(method, target).send();
            assert_eq!(
                (response.status(), response.header("location")),
                (302, Some(location)),
                "{login}"
            );
        }
    }
    let client = TestClient::new(with_login("/login").get("/p", page).authenticated()).mount("/app");
    let response = client.get("/p?a").send();
    assert_eq!(
        response.header("location"),
        Some("/app/login?next=%2Fapp%2Fp%3Fa")
    );
}

#[test]
fn other_methods_are_forbidden_and_users_pass() {
    let app = with_login("/login")
        .get("/p", page)
        .post("/p", page)
        .any("/p", page)
        .authenticated()
        .get("/open", async |cx| cx.write("open"));
    let client = TestClient::new(app);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
        let response = client.request(method, "/p").send();
        assert_eq!(
            (response.status(), response.header("location")),
            (403, None),
            "{method}"
        );
    }
    for method in ["GET", "POST", "BREW"] {
        let response = client.request(method, "/p").header("cookie", "user=me").send();
        assert_eq!((response.status(), response.text()), (200, "me"), "{method}");
    }
    assert_eq!(
        client.get("/open").send().text(),
        "open",
        "the guard is that of one route"
    );
    assert_eq!(client.get("/nowhere").send().status(), 404);
    let without = Application::new()
        .get_current_user(from_cookie)
        .get("/p", page)
        .authenticated();
    assert_eq!(
        TestClient::new(without).get("/p").send().status(),
        403,
        "no login to send to"
    );
}

/// Says what of it was called.
struct Told(Log);

impl RequestHandler for Told {
    async fn prepare(&self, _: &mut Context) -> Result {
        self.0.add("prepare");
        Ok(())
    }
    async fn get(&self, cx: &mut Context) -> Result {
        self.0.add("get");
        page(cx).await
    }
    async fn write_error(&self, cx: &mut Context, error: &Error) -> Result {
        cx.write(format!("own page of {}", error.status_code().as_u16()))
    }
    fn on_finish(&self, _: &mut Context) {
        self.0.add("on_finish");
    }
}

#[test]
fn a_wrapped_handler_is_itself_for_users_and_silent_for_others() {
    let log = Log::default();
    let app = with_login("/login").route("/p", authenticated(Told(log.clone())));
    let client = TestClient::new(app);
    assert_eq!(client.get("/p").send().status(), 302);
    let refused = client.post("/p").send();
    assert_eq!((refused.status(), refused.text()), (403, "own page of 403"));
    assert!(log.take().is_empty());
    assert_eq!(client.get("/p").header("cookie", "user=me").send().text(), "me");
    assert_eq!(log.take(), ["prepare", "get", "on_finish"]);
    let refused = client.delete("/p").header("cookie", "user=me").send();
    assert_eq!(
        (refused.status(), refused.header("allow")),
        (405, Some("GET, HEAD, OPTIONS"))
    );
}

#[test]
fn a_single_verb_can_ask_for_a_user() {
    struct Entry;
    impl RequestHandler for Entry {
        async fn get(&self, cx: &mut Context) -> Result {
            let user = cx.authenticated_user::<User>().await?;
            cx.write(&user.name)
        }
        async fn post(&self, cx: &mut Context) -> Result {
            cx.authenticated_user::<User>().await?;
            cx.write("never")
        }
    }
    let client = TestClient::new(with_login("/login").route("/", Entry));
    let response = client.get("/").send();
    assert_eq!(
        (response.status(), response.header("location")),
        (302, Some("/login?next=%2F"))
    );
    assert_eq!(response.text(), "");
    assert_eq!(client.post("/").send().status(), 403);
    assert_eq!(client.get("/").header("cookie", "user=me").send().text(), "me");
}

#[test]
fn a_websocket_can_be_for_users_alone_and_begin_a_session() {
    struct Greeter(String);
    impl WebSocketHandler for Greeter {
        async fn prepare(&mut self, cx: &mut Context) -> Result {
            self.0 = cx.authenticated_user::<User>().await?.name.clone();
            cx.session().await?.insert("seen", &true)
        }
        async fn open(&mut self, ws: &mut WebSocket) -> Result {
            ws.write_message(self.0.as_str()).await
        }
        async fn on_message(&mut self, _: &mut WebSocket, _: Message) -> Result {
            Ok(())
        }
    }
    let app = with_login("/login")
        .sessions(Sessions::new(MemoryStore::new()))
        .websocket("/ws", || Greeter(String::new()))
        .authenticated();
    let client = TestClient::new(app);
    let refused = client.websocket("/ws").send();
    assert_eq!(
        (refused.status(), refused.header("location")),
        (302, Some("/login?next=%2Fws"))
    );
    let accepted = client.websocket("/ws").header("cookie", "user=me").send();
    assert_eq!(accepted.status(), 101);
    assert!(
        accepted
            .header("set-cookie")
            .is_some_and(|set| set.starts_with("session="))
    );
    let mut socket = client.websocket("/ws").header("cookie", "user=me").connect();
    assert_eq!(socket.receive(), Some(Message::from("me")));
}

#[test]
fn next_leads_to_no_other_site() {
    let app = Application::new().any("/in/login", async |cx| {
        let next = cx.next_url("/home");
        cx.redirect(&next)
    });
    let client = TestClient::new(app);
    // (the argument, still encoded; where it leads)
    let cases = [
        ("/p", "/p"),
        ("/p?a=b%26c=d%23e", "/p?a=b&c=d#e"),
        ("%2Fp%3Fa", "/p?a"),
        ("/caf%C3%A9?%C3%A9", "/caf%C3%A9?%C3%A9"),
        ("/a b", "/a%20b"),
        ("/a%5Cb?c%5Cd", "/a/b?c\\d"),
        ("/a/../b", "/b"),
        ("/a%3A//example.com", "/a://example.com"),
        ("/@example.com", "/@example.com"),
        ("p", "/in/p"),
        ("?a", "/in/login?a"),
        ("http://localhost/p", "/p"),
        ("HTTP://LOCALHOST:80/p", "/p"),
        ("http:p", "/in/p"),
        ("http://user@localhost/p", "/p"),
        // Nothing, or elsewhere.
        ("", "/home"),
        ("%20%09", "/home"),
        ("http://example.com/p", "/home"),
        ("https://localhost/p", "/home"),
        ("http://localhost:81/p", "/home"),
        ("//example.com", "/home"),
        ("///example.com/p", "/home"),
        ("////example.com", "/home"),
        ("/%5Cexample.com", "/home"),
        ("%5C%5Cexample.com", "/home"),
        ("%5C/example.com", "/home"),
        ("/%09/example.com", "/home"),
        ("/%0D%0A/example.com", "/home"),
        ("%01//example.com", "/home"),
        ("%20//example.com", "/home"),
        ("%09//example.com", "/home"),
        ("/%0A%5Cexample.com", "/home"),
        ("ht%09tp://example.com", "/home"),
        ("https:example.com", "/home"),
        ("https:/example.com", "/home"),
        ("http:%5C%5Cexample.com", "/home"),
        ("http://localhost@example.com/", "/home"),
        ("http://localhost%5C@example.com/", "/@example.com/"),
        ("/.//example.com", "/home"),
        ("/..//example.com", "/home"),
        ("/a/..//example.com", "/home"),
        ("javascript:alert(1)", "/home"),
        ("java%0Ascript:alert(1)", "/home"),
        ("data:text/html,x", "/home"),
        ("mailto:a@example.com", "/home"),
        ("http://[", "/home"),
        ("http:", "/in/login"),
    ];
    for (next, location) in cases {
        let next = next.replace(' ', "%20").replace('#', "%23");
        let response = client.get(&format!("/in/login?next={next}")).send();
        assert_eq!(
            (response.status(), response.header("location")),
            (302, Some(location)),
            "{next}"
        );
    }
    let response = client.get("/in/login").send();
    assert_eq!(response.header("location"), Some("/home"));
    let response = client
        .post("/in/login?next=/query")
        .form(&[("next", "/body")])
        .send();
    assert_eq!(response.header("location"), Some("/body"));
    let response = client.post("/in/login?next=/first&next=/second").send();
    assert_eq!(response.header("location"), Some("/second"));
    let response = client
        .get("/in/login?next=/p")
        .header("host", "no host at all")
        .send();
    assert_eq!(
        response.header("location"),
        Some("/home"),
        "no base to read it against"
    );
}

#[test]
fn next_below_a_mount_may_lead_anywhere_on_the_site() {
    let app = Application::new().get("/login", async |cx| {
        let next = cx.next_url("/home");
        cx.write(next)
    });
    let client = TestClient::new(app).mount("/app");
    for (next, path) in [
        ("/app/p", "/app/p"),
        ("p", "/app/p"),
        ("/other", "/other"),
        ("//e.com", "/home"),
    ] {
        assert_eq!(client.get(&format!("/login?next={next}")).send().text(), path);
    }
}
