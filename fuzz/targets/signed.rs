//! Any text as a signed value, a sealed one, an XSRF token; signed and sealed values of any content, with one byte changed.
//!
//! Input: where a byte is changed and to what, the length of the name and the name; the rest is text, and a value.
#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use waterspout::cookies::CookieSecret;
use waterspout::cookies::signed::{MAX_AGE, create_signed_value, decode_signed_value, key_version};
use waterspout::prelude::*;
use waterspout::testing::TestClient;
use waterspout_fuzz::Choices;

fn change(text: &str, at: u8, to: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let place = usize::from(at) % bytes.len();
    bytes[place] = to;
    String::from_utf8(bytes).ok().filter(|changed| changed != text)
}

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let (at, to) = (choices.byte(), choices.byte());
    let name = String::from_utf8_lossy(choices.some()).into_owned();
    let (value, text) = (choices.0, String::from_utf8_lossy(choices.0));
    let now = UNIX_EPOCH + Duration::from_secs(1_300_000_000);
    let secret = CookieSecret::keys([(0, "It's a secret to everybody"), (7, "another one")], 7);
    let read = |text: &str| decode_signed_value(&secret, &name, text, MAX_AGE, now);

    assert_eq!(read(&text), None);
    assert_eq!(secret.open(&name, &text), None);
    let _ = key_version(&text);

    let signed = create_signed_value(&secret, &name, value, now).expect("a key");
    assert_eq!(read(&signed).as_deref(), Some(value));
    assert_eq!(key_version(&signed), Some(7));
    let sealed = secret.seal(&name, value).expect("randomness");
    assert_eq!(secret.open(&name, &sealed).as_deref(), Some(value));
    if let Some(changed) = change(&signed, at, to) {
        assert_eq!(read(&changed), None, "{changed}");
    }
    if let Some(changed) = change(&sealed, at, to) {
        assert_eq!(secret.open(&name, &changed), None, "{changed}");
    }

    if HeaderValue::from_str(&text).is_ok() {
        let settings = Settings {
            xsrf_cookies: true,
            ..Settings::default()
        };
        let app = Application::new().settings(settings).post("/", async |cx| cx.write("in"));
        let known = "_xsrf=2|ed0e15d1|6d660bebcbf49f300f313a22640f3330|1763800000";
        let client = TestClient::new(app);
        let response = client.post("/").header("cookie", known).header("x-xsrftoken", &text).send();
        // The known token's 16 bytes are good under any mask.
        assert!(matches!(response.status(), 200 | 403), "{text}");
    }
});
