//! The example programs as a browser sees them: headless Chromium opens their pages, types and reads.
//!
//! `cargo test` builds the examples first; `cargo test --test browser` does not. Screenshots: `target/tmp/screenshots`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed test is a panic, in its helpers too; one that is left out says so"
)]
#![cfg(unix)]

#[path = "browser/chromium.rs"]
mod chromium;
#[allow(dead_code, reason = "tests/programs.rs asks more of a program")]
#[path = "programs/process.rs"]
mod process;

use std::net::TcpListener;

use chromium::{Chromium, Page};
use process::Program;

#[test]
fn the_journal_searches_while_one_types() {
    let Some(browser) = Chromium::start("journal") else {
        return;
    };
    let journal = Program::start_logging("templates", &["127.0.0.1:0"]).expect("any port is free");
    let page = browser.open(&format!("http://{}/", journal.address()));
    assert_eq!(page.evaluate("document.querySelectorAll('article').length"), 3);
    page.type_into("input", "<b>");
    page.wait("document.querySelectorAll('article').length == 1");
    page.screenshot("journal");
    assert_eq!(
        page.evaluate("document.querySelector('article h2').innerText"),
        "Tags like <b> & <i> are text"
    );
    page.type_into("input", "!");
    page.wait("document.querySelector('#rows').innerText.includes('Nothing about “<b>!”.')");
    drop(browser);
    journal.stop();
}

#[test]
fn the_slides_page_is_answered() {
    const ADDRESS: &str = "127.0.0.1:8888"; // it takes no other
    let Some(browser) = Chromium::start("websocket") else {
        return;
    };
    if TcpListener::bind(ADDRESS).is_err() {
        println!("left out: {ADDRESS} is taken");
        return;
    }
    let Some(websocket) = Program::start_logging("websocket", &[]) else {
        println!("left out: {ADDRESS} was taken meanwhile");
        return;
    };
    let page = browser.open(&format!("http://{ADDRESS}/"));
    page.wait("document.querySelector('#state').innerText == 'open'");
    for said in ["Hello", "Grüße ☂ <b>"] {
        page.type_into("#text", &format!("{said}\r"));
        page.wait(&format!("document.body.innerText.includes('You said: {said}')"));
    }
    page.screenshot("websocket");
    websocket.stop();
    page.wait("document.querySelector('#state').innerText == 'closed'");
}

#[test]
fn two_chat_pages_see_each_other() {
    let Some(browser) = Chromium::start("chat") else {
        return;
    };
    let chat = Program::start_logging("chat", &["127.0.0.1:0"]).expect("any port is free");
    two_pages_chat(&browser, &format!("http://{}", chat.address()));
    drop(browser);
    chat.stop();
}

fn two_pages_chat(browser: &Chromium, url: &str) {
    let ready = "!document.querySelector('#say button').disabled";
    let ann = browser.open(&format!("{url}/?name=Ann"));
    ann.wait(ready);
    say(&ann, "Is anybody here?");
    ann.wait(&shows("Ann", "Is anybody here?"));

    let bob = browser.open(&format!("{url}/?name=Bob"));
    bob.wait(&shows("Ann", "Is anybody here?")); // the history
    ann.wait("document.querySelector('#people').innerText.includes('Bob')");
    bob.wait(ready);
    say(&bob, "Yes, I am. <b>Hello</b> ☂");
    for page in [&ann, &bob] {
        page.wait(&shows("Bob", "Yes, I am. <b>Hello</b> ☂"));
    }
    say(&ann, "So am I.");
    bob.wait(&shows("Ann", "So am I."));
    ann.screenshot("chat-ann");
    bob.screenshot("chat-bob");

    // Another room is another conversation, and its door is in the list.
    let cem = browser.open(&format!("{url}/?name=Cem#weather"));
    cem.wait(ready);
    say(&cem, "It rains.");
    cem.wait(&shows("Cem", "It rains."));
    ann.wait("/# weather\\s*1/.test(document.querySelector('#rooms').innerText)");
    assert_eq!(ann.evaluate(&shows("Cem", "It rains.")), false);
    cem.screenshot("chat-weather");

    // The connection breaks: the page comes back by itself, and misses nothing that was said meanwhile.
    bob.evaluate("socket.close(4000)");
    bob.wait("!document.querySelector('#state').hidden");
    bob.screenshot("chat-lost");
    say(&ann, "Bob?");
    bob.wait(&shows("Ann", "Bob?"));
    bob.wait(ready);
    say(&bob, "Here again.");
    for page in [&ann, &bob] {
        page.wait(&shows("Bob", "Here again."));
    }
    let count = "document.querySelectorAll('#log .text').length";
    assert_eq!(ann.evaluate(count), bob.evaluate(count), "nothing twice");
}

fn say(page: &Page<'_>, text: &str) {
    page.type_into("#say input", &format!("{text}\r"));
}

/// True when the page shows that `name` said `text`: above it stands the nearest name.
fn shows(name: &str, text: &str) -> String {
    format!(
        "[...document.querySelectorAll('#log article')].some((article, at, all) => {{
            const first = all.slice(0, at + 1).findLast((other) => other.querySelector('.who'));
            const who = first.querySelector('.who').firstChild.data;
            return who === {name:?} && article.querySelector('.text').innerText === {text:?};
        }})"
    )
}
