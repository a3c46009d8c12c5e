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

use chromium::Chromium;
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
