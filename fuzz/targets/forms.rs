//! Any bytes as an urlencoded form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waterspout::Arguments;

fuzz_target!(|input: &[u8]| {
    let arguments = Arguments::parse(input);
    let fields = input
        .split(|&byte| byte == b'&')
        .filter(|field| !field.is_empty());
    assert_eq!(arguments.iter().count(), fields.count());

    // What is written again is read as the same.
    let pairs: Vec<(String, Vec<u8>)> = arguments
        .iter()
        .map(|(name, _)| name)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .flat_map(|name| {
            arguments
                .raw(name)
                .map(move |value| (name.to_owned(), value.to_vec()))
        })
        .collect();
    let text: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name.as_bytes()), encode(value)))
        .collect();
    let again = Arguments::parse(text.join("&").as_bytes());
    for (name, _) in &pairs {
        assert!(arguments.raw(name).eq(again.raw(name)), "{name:?}");
        // Text or an error, never a panic.
        assert_eq!(arguments.last(name).ok(), again.last(name).ok(), "{name:?}");
    }
});

fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}
