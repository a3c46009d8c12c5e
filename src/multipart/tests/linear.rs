//! No input costs more than its length, whatever it is and however it comes.

use super::*;

fn count(boundary: &str, input: &[u8], step: usize) -> usize {
    LOOKED_AT.set(0);
    let limits = Limits {
        parts: usize::MAX,
        head: 1 << 24,
        fields: 128,
    };
    let _ = drive(boundary, limits, input.chunks(step));
    LOOKED_AT.take()
}

/// However it is cut, a byte is looked at a bounded number of times; ten times the input is then ten times the work.
#[track_caller]
fn assert_linear(name: &str, boundary: &str, input: impl Fn(usize) -> String) {
    for scale in [1, 10] {
        let input = input(1000 * scale);
        for step in [1, 7, 4096, usize::MAX] {
            let looked = count(boundary, input.as_bytes(), step);
            assert!(looked > 0, "{name} is counted");
            assert!(
                looked <= 4 * input.len() + 200,
                "{name} in steps of {step}: {looked} looks at {} bytes",
                input.len()
            );
        }
    }
}

const HEAD: &str = "Content-Disposition: form-data; name=a\r\n";

#[test]
fn content_that_nearly_is_the_delimiter() {
    for near in [
        "\r",
        "\r\n",
        "\r\n-",
        "\r\n--",
        "\r\n--B",
        "\r\n--BBBBBBB",
        "\n--BBBBBBBB",
        "--",
    ] {
        assert_linear(near, "BBBBBBBB", |n| {
            format!("--BBBBBBBB\r\n{HEAD}\r\n{}", near.repeat(n))
        });
    }
}

#[test]
fn preambles_and_padding() {
    assert_linear("preamble", "B", |n| "\r\n--".repeat(n) + "\r\n--B--");
    assert_linear("padding", "B", |n| format!("--B{}\r\n", " ".repeat(n)));
    assert_linear("epilogue", "B", |n| format!("--B--{}", "\r\n--B".repeat(n)));
}

#[test]
fn many_parts() {
    assert_linear("parts", "B", |n| {
        format!("--B\r\n{HEAD}\r\nx\r\n").repeat(n / 10) + "--B--"
    });
    assert_linear("empty parts", "B", |n| {
        format!("--B\r\n{HEAD}\r\n").repeat(n / 10) + "--B--"
    });
}

/// CVE-2025-67726 and its kin.
#[test]
fn dispositions() {
    for sent in [
        "x=\"{;}",
        "{;}",
        "{;a}",
        "{;a=b}",
        "{;a=\"\\\\\"}",
        "a=\"{\\\"}\"",
        "{ ;}",
        "a={b}",
    ] {
        let (before, rest) = sent.split_once('{').expect("braces");
        let (again, behind) = rest.split_once('}').expect("braces");
        assert_linear(sent, "B", |n| {
            let disposition = format!("form-data; name=a; {before}{}{behind}", again.repeat(n));
            format!("--B\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--B--")
        });
    }
}
