//! The program as it is run: started as a process, spoken to over TCP, stopped with SIGTERM.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test is a panic, in its helpers too"
)]

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use async_std::net::TcpStream;
use async_std::stream::StreamExt;
use async_std::task::block_on;
use async_tungstenite::tungstenite::client::IntoClientRequest;
use async_tungstenite::tungstenite::{Bytes, Error, Message};
use async_tungstenite::{WebSocketStream, client_async};
use oauth2::PkceCodeChallenge;
use waterspout::{FetchRequest, FetchResponse, Url};

struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Program {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_http_rs"))
            .arg("127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("text");
        let address = line.strip_prefix("listening on ").expect("where it listens");
        let address = address.trim_end().parse().expect("an address");
        Self {
            child,
            output,
            address,
        }
    }

    fn url(&self, path: &str) -> Url {
        let url = Url::parse(&format!("http://{}/", self.address)).expect("an URL");
        url.join(path).expect("a path")
    }

    fn get(&self, path: &str) -> FetchResponse {
        fetch(self.url(path).into())
    }

    fn text(&self, path: &str) -> String {
        let response = self.get(path);
        assert_eq!(response.status(), 200, "{path}");
        response.text().expect("text")
    }

    /// A WebSocket, with this `Origin`.
    async fn socket(&self, origin: Option<&str>) -> Result<WebSocketStream<TcpStream>, Error> {
        let stream = TcpStream::connect(self.address).await.expect("it accepts");
        let request = format!("ws://{}/echo", self.address).into_client_request();
        let mut request = request.expect("a request");
        if let Some(origin) = origin {
            let origin = origin.parse().expect("a value");
            request.headers_mut().insert("origin", origin);
        }
        client_async(request, stream).await.map(|(socket, _)| socket)
    }

    /// SIGTERM ends it in good order, and it has said nothing more.
    fn stop(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.expect("kill").success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, "");
        assert!(self.child.wait().expect("its status").success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn fetch(request: FetchRequest) -> FetchResponse {
    let request = request.follow_redirects(false).raise_error(false);
    block_on(waterspout_client::client().fetch(request)).expect("an answer")
}

/// Where a redirect leads.
fn location(response: &FetchResponse) -> Url {
    assert_eq!(response.status(), 302);
    let location = response.header("location").expect("where to");
    Url::parse(location).expect("an URL")
}

fn argument(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {url}"))
        .1
        .into_owned()
}

#[test]
fn pages_by_askama_by_tide_and_by_surf() {
    let program = Program::start();
    let home = program.text("/");
    assert!(
        home.contains("<h1>One program</h1>") && home.contains("&#60;types&#62;"),
        "{home}"
    );
    let tide = program.text("/tide/hello/you");
    assert_eq!(tide, "Hello, you, says tide at /hello/you");
    let fetched = program.text("/fetch");
    let text = "<p>Hello, surf, says tide at /hello/surf</p>";
    assert!(
        fetched.contains("<h1>Fetched by surf</h1>") && fetched.contains(text),
        "{fetched}"
    );
    assert_eq!(program.get("/tide/nothing").status(), 404);
    assert_eq!(program.get("/nothing").status(), 404);
    program.stop();
}

#[test]
fn a_web_socket_echoes() {
    let program = Program::start();
    block_on(async {
        let own = format!("http://{}", program.address);
        let mut socket = program.socket(Some(&own)).await.expect("a WebSocket");
        let large = Bytes::from(vec![7; 200_000]);
        for message in [
            Message::text("Hello"),
            Message::text("héllo"),
            Message::binary(large),
        ] {
            socket.send(message.clone()).await.expect("sent");
            assert_eq!(socket.next().await.expect("open").expect("a message"), message);
        }
        socket.send(Message::Ping("?".into())).await.expect("sent");
        let pong = socket.next().await.expect("open").expect("a message");
        assert_eq!(pong, Message::Pong("?".into()));
        socket.close(None).await.expect("sent");
        assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
        assert!(socket.next().await.is_none());

        assert!(program.socket(None).await.is_ok(), "a program that is no browser");
        for origin in ["http://example.com", "null"] {
            let refused = program.socket(Some(origin)).await;
            assert!(
                matches!(refused, Err(Error::Http(answer)) if answer.status() == 403),
                "{origin}"
            );
        }
    });
    assert_eq!(program.get("/echo").status(), 400, "no handshake");
    program.stop();
}

#[test]
fn a_login_goes_round_once() {
    let program = Program::start();
    let begun = program.get("/login");
    let cookie = begun.header("set-cookie").expect("a cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let authorize = location(&begun);
    assert_eq!(argument(&authorize, "code_challenge_method"), "S256");
    let callback = location(&fetch(authorize.clone().into()));
    assert_eq!(argument(&callback, "state"), argument(&authorize, "state"));

    let finish = |url: &Url, cookie: &str| fetch(FetchRequest::from(url.clone()).header("cookie", cookie));
    let mut wrong = callback.clone();
    wrong
        .query_pairs_mut()
        .clear()
        .append_pair("code", &argument(&callback, "code"));
    wrong.query_pairs_mut().append_pair("state", "guessed");
    // Another state, another browser, a state that nobody gave.
    assert_eq!(finish(&wrong, &cookie).status(), 403);
    assert_eq!(finish(&callback, "login=guessed").status(), 403);
    assert_eq!(finish(&wrong, "login=guessed").status(), 403);

    let done = finish(&callback, &cookie);
    assert_eq!(done.status(), 200);
    let page = done.text().expect("text");
    assert!(
        page.contains("<h1>Logged in</h1>") && page.contains("For 3600 seconds."),
        "{page}"
    );
    assert_eq!(finish(&callback, &cookie).status(), 403, "the same again");
    program.stop();
}

#[test]
fn the_provider_gives_a_token_for_a_code_once_and_to_whom_it_belongs() {
    let program = Program::start();
    let callback = program.url("/callback");
    let begin = |redirect: &str, method: &str, challenge: &str| {
        let arguments = [
            ("response_type", "code"),
            ("client_id", "http_rs"),
            ("redirect_uri", redirect),
            ("state", "s"),
            ("code_challenge", challenge),
            ("code_challenge_method", method),
        ];
        fetch(FetchRequest::from(program.url("/authorize")).query(arguments))
    };
    let token = |code: &str, verifier: &str| {
        fetch(FetchRequest::post(program.url("/token")).form([
            ("grant_type", "authorization_code"),
            ("client_id", "http_rs"),
            ("redirect_uri", callback.as_str()),
            ("code", code),
            ("code_verifier", verifier),
        ]))
    };
    let refused = r#"{"error":"invalid_grant"}"#;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let code = || {
        argument(
            &location(&begin(callback.as_str(), "S256", challenge.as_str())),
            "code",
        )
    };

    let good = code();
    let answer = token(&good, verifier.secret());
    assert_eq!(answer.status(), 200);
    assert!(answer.text().expect("text").contains(r#""token_type":"bearer""#));
    let again = token(&good, verifier.secret());
    assert_eq!(
        (again.status().as_u16(), &again.body()[..]),
        (400, refused.as_bytes())
    );

    // Somebody else's verifier, and then the right one for a code that has been tried.
    let stolen = code();
    for verifier in [
        "guessed-guessed-guessed-guessed-guessed-guessed",
        verifier.secret(),
    ] {
        let answer = token(&stolen, verifier);
        assert_eq!(
            (answer.status().as_u16(), &answer.body()[..]),
            (400, refused.as_bytes())
        );
    }
    let cases = [
        ("http://example.com/callback", "S256"),
        (callback.as_str(), "plain"),
    ];
    for (redirect, method) in cases {
        assert_eq!(
            begin(redirect, method, challenge.as_str()).status(),
            400,
            "{redirect} {method}"
        );
    }
    program.stop();
}
