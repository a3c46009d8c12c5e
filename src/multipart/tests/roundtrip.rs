//! Whatever is put into a form comes out of it.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Content that the delimiter may not be in, but nearly.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let near = ["\r\n--", "\r\n--b", "\r\n", "\r", "--boun", "x", "\0", "\u{e9}"];
    vec(proptest::sample::select(near.to_vec()), 0..12).prop_map(|parts| parts.concat().into_bytes())
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(
        form in vec(("[a-z\u{e9}\"\\\\; ]{1,8}", proptest::option::of("[a-z\u{e9}\"\\\\;/ ]{0,8}"), contents()), 0..5),
        step in 1..50_usize,
    ) {
        let mut body = Vec::new();
        for (name, filename, content) in &form {
            body.extend_from_slice(format!("--bound\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name)).as_bytes());
            if let Some(filename) = filename {
                body.extend_from_slice(format!("; filename=\"{}\"", quoted(filename)).as_bytes());
            }
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--bound--\r\n");
        let (events, end) = drive("bound", Limits::default(), body.chunks(step));
        prop_assert_eq!(end, Ok(()));
        let mut seen: Vec<(String, Option<String>, Vec<u8>)> = Vec::new();
        for event in events {
            match (event, seen.last_mut()) {
                (Event::Part(head), _) => seen.push((head.name().into(), head.filename().map(Into::into), Vec::new())),
                (Event::Data(data), Some((_, _, content))) => content.extend_from_slice(&data),
                _ => {}
            }
        }
        prop_assert_eq!(seen, form);
    }
}
