//! Any argument `next`: what comes back is a path of this site, however a browser reads it.
//!
//! Input: how far the application is mounted, the length of the path and the path; the rest is the argument.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waterspout::Url;
use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout_fuzz::Choices;

/// The argument as it stands in a query.
fn escaped(text: &[u8]) -> String {
    text.iter().map(|byte| format!("%{byte:02X}")).collect()
}

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let mount = choices.of(&["", "/app", "/a/b"]);
    let path = escaped(choices.some());
    let next = choices.0;
    let app = Application::new().get("/{*rest}", async |cx| {
        let next = cx.next_url("/home");
        cx.write(next)
    });
    let client = TestClient::new(app).mount(mount);
    let response = client.get(&format!("/{path}?next={}", escaped(next))).send();
    if response.status() == 400 {
        return; // the path has dot segments, or is not UTF-8
    }
    assert_eq!(response.status(), 200);
    let target = response.text();
    assert!(
        target.starts_with('/') && !target.starts_with("//") && !target.starts_with("/\\"),
        "{target:?}"
    );
    assert!(HeaderValue::from_str(target).is_ok(), "{target:?}");
    let base = Url::parse("https://site.example/login").expect("a URL");
    let joined = base.join(target).expect("a reference");
    assert_eq!(joined.origin(), base.origin(), "{target:?}");
});
