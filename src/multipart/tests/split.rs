//! What is found depends on the bytes alone, never on the pieces they arrived in.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits {
    parts: 3,
    head: 80,
    fields: 3,
};

fn cut<'a>(body: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = body;
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        let (piece, behind) = rest.split_at((*length).min(rest.len()));
        pieces.push(piece);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    pieces
}

/// Bytes that are nearly a form, and sometimes one.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let tokens = [
        "--B\r\n",
        "\r\n--B\r\n",
        "\r\n--B--",
        "\r\n--B",
        "--B",
        "\r\n",
        "\r",
        "\n",
        "-",
        "--",
        " ",
        "\t",
        "x",
        "B",
        "\r\n--B--\r\n",
        "Content-Disposition: form-data; name=a\r\n\r\n",
        "Content-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n",
        "X: y\r\n",
        "X",
        ":",
        "\0",
        "\u{e9}",
    ];
    vec(proptest::sample::select(tokens.to_vec()), 0..24).prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #[test]
    fn pieces_do_not_matter(body in bodies(), lengths in vec(1..9_usize, 1..5)) {
        let whole = drive("B", LIMITS, [&body[..]]);
        prop_assert_eq!(&drive("B", LIMITS, body.chunks(1)), &whole);
        prop_assert_eq!(&drive("B", LIMITS, cut(&body, &lengths)), &whole);
    }
}

#[test]
fn every_cut_of_a_form() {
    let body = b"pre\r\n--B \r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--B\r\nContent-Disposition: form-data; \
        name=b; filename=c\r\nX: y\r\n\r\n\r\n--A\r\n--B--epilogue";
    let limits = Limits::default();
    let whole = drive("B", limits, [&body[..]]);
    assert_eq!(whole.1, Ok(()));
    for at in 0..=body.len() {
        let (before, behind) = body.split_at(at);
        assert_eq!(drive("B", limits, [before, behind]), whole, "cut at {at}");
    }
}
