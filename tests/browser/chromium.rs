//! Headless Chromium over the DevTools protocol: JSON with a NUL after each, through two pipes.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

/// How long the browser may take for one step. It only ends tests that fail.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with a profile of its own. It is killed when it is dropped.
pub(crate) struct Chromium {
    child: Child,
    profile: PathBuf,
    to: RefCell<ChildStdin>,
    from: Receiver<Value>,
    last_id: Cell<u64>,
    /// The documents that have loaded, by their loader's name.
    loaded: RefCell<Vec<Value>>,
}

impl Chromium {
    /// `None`, said on standard output, where there is no Chromium. `test` names the profile's folder.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
        let Some(name) = names.into_iter().find(there) else {
            println!("left out: there is no Chromium here");
            return None;
        };
        let profile = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("chromium-{test}"));
        let _ = fs::remove_dir_all(&profile);
        // Chromium reads commands from descriptor 3 and answers on descriptor 4.
        let mut child = Command::new("sh")
            .args([
                "-c",
                "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
                "sh",
                name,
            ])
            .args([
                "--headless=new",
                "--no-sandbox", // it refuses to run as root with one; it only opens our own pages
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-extensions",
                "--disable-background-networking",
                "--no-first-run",
                "--remote-debugging-pipe",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let to = child.stdin.take().expect("a pipe");
        let answers = child.stdout.take().expect("a pipe");
        let (sender, from) = channel();
        std::thread::spawn(move || {
            for text in BufReader::new(answers).split(0) {
                let Some(value) = text.ok().and_then(|text| serde_json::from_slice(&text).ok()) else {
                    return;
                };
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let last_id = Cell::new(0);
        Some(Self {
            child,
            profile,
            to: RefCell::new(to),
            from,
            last_id,
            loaded: RefCell::default(),
        })
    }

    /// Opens a tab and waits until it has loaded `url`.
    pub(crate) fn open(&self, url: &str) -> Page<'_> {
        let target = self.call("", "Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call("", "Target.attachToTarget", attach);
        let session = session["sessionId"].as_str().expect("a session").to_owned();
        let page = Page {
            browser: self,
            session,
        };
        page.call("Page.enable", json!({}));
        page.call("Page.setLifecycleEventsEnabled", json!({"enabled": true}));
        let answer = page.call("Page.navigate", json!({"url": url}));
        assert!(answer["errorText"].is_null(), "{url}: {}", answer["errorText"]);
        let until = Instant::now() + PATIENCE;
        while !self.loaded.borrow().contains(&answer["loaderId"]) {
            self.next(url, until);
        }
        page
    }

    /// The next message. What it tells of documents is noted.
    fn next(&self, waits_for: &str, until: Instant) -> Value {
        let left = until.saturating_duration_since(Instant::now());
        let message = self.from.recv_timeout(left);
        let mut message = message.unwrap_or_else(|error| panic!("Chromium, asked for {waits_for}: {error}"));
        if message["method"] == "Page.lifecycleEvent" && message["params"]["name"] == "load" {
            let loader = message["params"]["loaderId"].take();
            self.loaded.borrow_mut().push(loader);
        }
        message
    }

    fn call(&self, session: &str, method: &str, params: Value) -> Value {
        let id = self.last_id.get() + 1;
        self.last_id.set(id);
        let mut command = json!({"id": id, "method": method, "params": params});
        if !session.is_empty() {
            command["sessionId"] = session.into();
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.to.borrow_mut().write_all(&bytes).expect("Chromium reads");
        let until = Instant::now() + PATIENCE;
        loop {
            let mut message = self.next(method, until);
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

/// A tab.
pub(crate) struct Page<'a> {
    browser: &'a Chromium,
    session: String,
}

impl Page<'_> {
    fn call(&self, method: &str, params: Value) -> Value {
        self.browser.call(&self.session, method, params)
    }

    /// What a JavaScript expression is, awaited if it is a promise.
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let params = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut answer = self.call("Runtime.evaluate", params);
        let failure = &answer["exceptionDetails"];
        assert!(failure.is_null(), "{expression}: {failure}");
        answer["result"]["value"].take()
    }

    /// Waits until the expression is true, looking whenever the document changes, and answers what it is.
    pub(crate) fn wait(&self, expression: &str) -> Value {
        let patience = PATIENCE.as_millis();
        self.evaluate(&format!(
            "new Promise((done, fail) => {{
                const seen = () => document.body && document.body.innerText;
                const late = setTimeout(() => fail(new Error('it shows: ' + seen())), {patience} / 2);
                const look = () => {{
                    const value = {expression};
                    if (value) {{ clearTimeout(late); changes.disconnect(); done(value); }}
                }};
                const changes = new MutationObserver(look);
                const all = {{ subtree: true, childList: true, characterData: true, attributes: true }};
                changes.observe(document, all);
                look();
            }})"
        ))
    }

    /// Focuses the element and types, as a keyboard does; `\r` is Enter.
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        self.evaluate(&format!("document.querySelector({}).focus()", json!(selector)));
        for c in text.chars() {
            let key = json!({"type": "char", "text": c.to_string()});
            self.call("Input.dispatchKeyEvent", key);
        }
    }

    /// The tab as a PNG in `target/tmp/screenshots`, for people.
    pub(crate) fn screenshot(&self, name: &str) {
        let answer = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let png = BASE64_STANDARD.decode(answer["data"].as_str().expect("a picture"));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{name}.png")), png.expect("base64")).expect("it can be written");
    }
}
