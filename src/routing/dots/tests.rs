use proptest::prelude::*;

use super::dot_segments;

/// RFC 3986, 5.2.4, step by step.
fn remove_dot_segments(path: &str) -> String {
    let mut input = path.to_owned();
    let mut output = String::new();
    while !input.is_empty() {
        if let Some(rest) = input.strip_prefix("../").or_else(|| input.strip_prefix("./")) {
            input = rest.to_owned();
        } else if let Some(rest) = input.strip_prefix("/./") {
            input = format!("/{rest}");
        } else if input == "/." {
            input = "/".to_owned();
        } else if input.starts_with("/../") || input == "/.." {
            input = format!("/{}", input.get(4..).unwrap_or_default());
            output.truncate(output.rfind('/').unwrap_or(0));
        } else if input == "." || input == ".." {
            input.clear();
        } else {
            let end = input
                .char_indices()
                .skip(1)
                .find(|(_, c)| *c == '/')
                .map_or(input.len(), |(at, _)| at);
            output.push_str(&input[..end]);
            input.drain(..end);
        }
    }
    output
}

#[test]
fn sees_dot_segments() {
    for path in [
        "/.",
        "/..",
        "/./",
        "/../",
        "/a/./b",
        "/a/../b",
        "/a/..",
        "..",
        ".",
        "./a",
        "/%2e",
        "/%2E%2e/",
        "/.%2e",
        "/%2e./x",
        "/..\\x",
        "/..%5cx",
        "/..%5C",
        "/a%2f..",
        "/a%2F.%2Fb",
        "/a\\.",
        "\\..",
        "/a%5c%2e%2e",
        "//..",
    ] {
        assert!(dot_segments(path), "{path}");
    }
}

#[test]
fn lets_other_dots_be() {
    for path in [
        "",
        "/",
        "/a",
        "/.a",
        "/a.",
        "/...",
        "/..a",
        "/a..",
        "/.well-known/x",
        "/a.b/c.d",
        "/%2ea",
        "/%2e%2e%2e",
        "/%252e",
        "/%2",
        "/%",
        "/.%",
        "/.%2",
        "/x%5",
        "/a%2e",
        "/..;/",
        "*",
    ] {
        assert!(!dot_segments(path), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn is_rfc_3986(path in r"(/|\.|a|%2e|%2E|%2f|%5C|\\|%){0,10}") {
        let plain = path.replace("%2e", ".").replace("%2E", ".").replace("%2f", "/").replace("%5C", "/").replace('\\', "/");
        prop_assert_eq!(dot_segments(&path), remove_dot_segments(&plain) != plain);
    }
}
