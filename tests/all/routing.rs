//! Which handler answers, through the application.

use waterspout::prelude::*;
use waterspout::testing::TestClient;

/// Writes its name and its path arguments.
struct Says(&'static str);

impl RequestHandler for Says {
    async fn get(&self, cx: &mut Context) -> Result {
        let text = [&[self.0], &cx.path_args()[..]].concat().join(" ");
        cx.write(text)
    }
}

fn text(client: &TestClient, path: &str) -> String {
    let response = client.get(path).send();
    match response.status() {
        200 => response.text().to_owned(),
        status => status.to_string(),
    }
}

#[test]
fn the_first_rule_that_matches_wins() {
    let client = TestClient::new(
        Application::new()
            .route("/user/me", Says("me"))
            .route("/user/{id}", Says("user"))
            .route("/user/late", Says("never"))
            .route("/user/{id}", Says("never"))
            .post("/user/{id}", async |cx| cx.write("joined")),
    );
    assert_eq!(text(&client, "/user/me"), "me");
    assert_eq!(text(&client, "/user/late"), "user late");
    assert_eq!(text(&client, "/user/7"), "user 7");
    assert_eq!(client.post("/user/7").send().text(), "joined");
    for path in ["/user", "/user/", "/user/7/", "/User/7", "/user/7/x"] {
        assert_eq!(text(&client, path), "404", "{path}");
    }
}

#[test]
fn functions_of_one_pattern_merge_into_one_route() {
    let client = TestClient::new(
        Application::new()
            .get("/x", async |cx| cx.write("get"))
            .get("/{any}", async |cx| cx.write("any"))
            .post("/x", async |cx| cx.write("post"))
            .get("/x", async |cx| cx.write("second get")),
    );
    assert_eq!(client.get("/x").send().text(), "get");
    assert_eq!(client.post("/x").send().text(), "post");
    assert_eq!(
        client.put("/x").send().header("allow"),
        Some("GET, HEAD, POST, OPTIONS")
    );
    assert_eq!(client.get("/y").send().text(), "any");
}

#[test]
fn rules_of_a_host_come_first() {
    let app = Application::new()
        .route("/", Says("public"))
        .route("/only", Says("only"))
        .host("admin.example.com", |rules| rules.route("/", Says("admin")))
        .host("*.example.com", |rules| rules.route("/", Says("below")))
        .host_regex(r"[0-9]+\.test", |rules| rules.route("/", Says("number")))
        .route("/after", Says("after"));
    let client = TestClient::new(app);
    for (host, path, answer) in [
        ("admin.example.com", "/", "admin"),
        ("ADMIN.Example.com:8080", "/", "admin"),
        ("admin.example.com.", "/", "admin"),
        ("www.example.com", "/", "below"),
        ("example.com", "/", "public"),
        ("42.test", "/", "number"),
        ("x42.test", "/", "public"),
        ("admin.example.com", "/only", "only"),
        ("elsewhere", "/after", "after"),
    ] {
        assert_eq!(
            client.get(path).header("host", host).send().text(),
            answer,
            "{host}{path}"
        );
    }
    // An absolute target names the host, whatever the Host field says (RFC 9112, 3.2.2).
    assert_eq!(text(&client, "http://admin.example.com/"), "admin");
}

#[test]
fn addresses_are_made_back_from_names() {
    let app = Application::new()
        .route("/user/{id}/{*rest}", Says("user"))
        .name("user")
        .route_regex(r"/entry/(\d+)", Says("entry"))
        .name("entry")
        .get("/to/{name}", async |cx| {
            let url = cx.reverse_url(cx.path_arg("name")?, &["1", "2"])?;
            cx.redirect(&url)
        });
    assert_eq!(
        app.reverse_url("user", &["a b/c", "d/e"]).expect("url"),
        "/user/a%20b%2Fc/d/e"
    );
    assert_eq!(app.reverse_url("entry", &["7"]).expect("url"), "/entry/7");
    for (name, args) in [
        ("nobody", &[][..]),
        ("user", &["1"]),
        ("entry", &["x"]),
        ("entry", &["1", "2"]),
    ] {
        assert!(app.reverse_url(name, args).is_err(), "{name} {args:?}");
    }
    let client = TestClient::new(app.clone()).mount("/app");
    assert_eq!(
        client.get("/to/user").send().header("location"),
        Some("/app/user/1/2")
    );
    assert_eq!(client.get("/to/nobody").send().status(), 500);
    assert_eq!(
        TestClient::new(app).get("/to/user").send().header("location"),
        Some("/user/1/2")
    );
}

#[test]
fn what_is_wrong_with_the_rules_is_told_by_check() {
    let app = Application::new()
        .route("no-slash", Says("x"))
        .route("/{open", Says("x"))
        .route_regex("/(", Says("x"))
        .host("a b", |rules| rules.route("/", Says("x")))
        .route("/a", Says("a"))
        .name("same")
        .route("/b", Says("b"))
        .name("same");
    let problems = app.check().expect_err("problems").to_string();
    for part in ["no-slash", "/{open", "/(", "a b", "`same`"] {
        assert!(problems.contains(part), "{part} is not in {problems}");
    }
    assert!(Application::new().check().is_ok());
    // A name after a bad pattern does not go to the rule before it.
    let app = Application::new()
        .route("/a", Says("a"))
        .route("bad", Says("b"))
        .name("b");
    assert!(app.reverse_url("b", &[]).is_err());
}

#[test]
fn regex_rules_match_the_whole_path() {
    let client = TestClient::new(
        Application::new()
            .route_regex(r"/(\d+)-(\w+)", Says("both"))
            .route_regex(r"/(?P<id>[a-z]+)|/alt", Says("named"))
            .route("/{n:[0-9]+}.{kind:json|xml}", Says("typed"))
            .route("/files/{*rest}", Says("files")),
    );
    for (path, answer) in [
        ("/1-a", "both 1 a"),
        ("/1-a/", "404"),
        ("/x1-a", "404"),
        ("/abc", "named abc"),
        ("/alt", "named alt"),
        ("/12.json", "typed 12 json"),
        ("/12.yaml", "404"),
        ("/files/", "files "),
        ("/files/a/b%2Fc", "files a/b/c"),
        ("/files", "named files"),
    ] {
        assert_eq!(text(&client, path), answer, "{path}");
    }
}

#[test]
fn an_escaped_slash_does_not_split_a_segment() {
    let client = TestClient::new(
        Application::new()
            .route("/one/{a}", Says("one"))
            .route("/one/{a}/{b}", Says("two")),
    );
    assert_eq!(text(&client, "/one/a%2Fb"), "one a/b");
    assert_eq!(text(&client, "/one/a/b"), "two a b");
    assert_eq!(text(&client, "//one/a"), "404");
}

#[test]
fn dot_segments_are_400_unless_a_route_wants_raw_paths() {
    let client = TestClient::new(
        Application::new()
            .route("/raw/{*rest}", Says("raw"))
            .raw_paths()
            .route("/{*rest}", Says("rest")),
    );
    for path in [
        "/../x",
        "/a/./b",
        "/a/..",
        "/%2e%2E/x",
        "/a/.%2e/b",
        "/a%2F..%2Fb",
        "/..%5Cb",
    ] {
        assert_eq!(text(&client, path), "400", "{path}");
    }
    assert_eq!(text(&client, "/.well-known/a..b"), "rest .well-known/a..b");
    assert_eq!(text(&client, "/raw/../x"), "raw ../x");
    assert_eq!(text(&client, "/a?x=/../b"), "rest a", "the query is no path");
    // Where nothing matches, a bad path is still a bad path.
    let empty = TestClient::new(Application::new());
    assert_eq!(
        (text(&empty, "/../x"), text(&empty, "/x")),
        ("400".into(), "404".into())
    );
}

#[test]
fn what_matches_nothing_goes_to_not_found() {
    struct Lost;
    impl RequestHandler for Lost {
        async fn prepare(&self, cx: &mut Context) -> Result {
            let path = cx.request().path().to_owned();
            Err(Error::new(404).message(format!("nothing at {path}")))
        }
    }
    let client = TestClient::new(Application::new().not_found(Lost).route("/a", Says("a")));
    assert!(client.post("/x").send().text().contains("nothing at /x"));
    assert_eq!(text(&client, "/a"), "a");
    assert_eq!(client.post("/a").send().status(), 405);
}

#[test]
fn a_clone_that_is_added_to_leaves_the_original_alone() {
    let first = Application::new().route("/a", Says("a"));
    let second = first.clone().route("/b", Says("b")).raw_paths();
    assert_eq!(text(&TestClient::new(first), "/b"), "404");
    assert_eq!(text(&TestClient::new(second), "/b"), "b");
}
