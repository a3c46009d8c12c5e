//! Any `Cookie` field; any cookie to be set, which must then be read as it was meant.
//!
//! Input: a flag and the attribute's name, each with its length the cookie's name, its value and the attribute's value; the
//! rest is a field.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waterspout::cookies::{SetCookie, parse};
use waterspout_fuzz::Choices;

const ATTRIBUTES: [&str; 8] = [
    "domain", "path", "max-age", "expires", "samesite", "secure", "httponly", "partitioned",
];

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices(input);
    let secure = choices.flag();
    let attribute = choices.of(&ATTRIBUTES);
    let [name, value, text] = [(); 3].map(|()| String::from_utf8_lossy(choices.some()).into_owned());
    let mut cookie = SetCookie::new(name.as_str(), value.as_str()).secure(secure);
    let accepted = cookie.attribute(attribute, &text).is_ok();
    if let Ok(field) = cookie.encode() {
        let field = field.to_str().expect("printable ASCII");
        let first = field.split("; ").next().expect("one part");
        assert!(parse([first.as_bytes()]).iter().eq([(name.as_str(), value.as_str())]));
        // Path is always there, Secure where it was asked for; one attribute more at most.
        let most = 1 + usize::from(secure) + usize::from(accepted);
        assert!(field.matches(';').count() <= most, "{field}");
    }
    let field = choices.0;
    let cookies = parse([field]);
    assert!(cookies.len() <= 1 + field.iter().filter(|byte| **byte == b';').count());
    // Latin-1 read as UTF-8 is twice as long at most.
    let size: usize = cookies.iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!(size <= 2 * field.len());
    for (name, _) in cookies.iter() {
        assert!(cookies.get(name).is_some());
    }
});
