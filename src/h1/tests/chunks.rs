use super::*;

#[test]
fn sizes() {
    check(&[
        (
            chunked("4\r\nfoo=\r\n3\r\nbar\r\n0\r\n\r\n"),
            "POST / [foo=bar] end",
        ),
        (chunked("0\r\n\r\n"), "POST / end"),
        (chunked("000\r\n\r\n"), "POST / end"),
        (
            chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
            "POST / [01234567890123456789] end",
        ),
        (
            chunked("00000000000000000000000003\r\nabc\r\n0\r\n\r\n"),
            "POST / [abc] end",
        ),
        (chunked("7fffffffffffffff\r\nabc"), "POST / [abc]"),
        (chunked("8000000000000000\r\nabc"), "POST / 400"),
        (chunked("ffffffffffffffff\r\nabc"), "POST / 400"),
        (chunked("10000000000000003\r\nabc"), "POST / 400"),
        (chunked("fffffffffffffffffffff\r\nabc"), "POST / 400"),
        (
            chunked("3\r\nabc\r\n0\r\n\r\n") + &get(""),
            "POST / [abc] end GET /",
        ),
    ]);
    let bad = [
        "0x2", "+2", "-2", "1_a", " 2", "\t2", "2 ", "2\t", "2 2", "", "g", "2.", "2,", "\u{a0}2", "2\0",
        "\"2\"", "2\x0b",
    ];
    for size in bad {
        check(&[(chunked(&format!("{size}\r\nab\r\n0\r\n\r\n")), "POST / 400")]);
    }
}

#[test]
fn line_ends() {
    check(&[
        (chunked("2\nab\r\n0\r\n\r\n"), "POST / 400"),
        (chunked("2\rab\r\n0\r\n\r\n"), "POST / 400"),
        (chunked("2\r\r\nab\r\n0\r\n\r\n"), "POST / 400"),
        (chunked("2\r\nab\n0\r\n\r\n"), "POST / [ab] 400"),
        (chunked("2\r\nab\r0\r\n\r\n"), "POST / [ab] 400"),
        (chunked("2\r\nabc\r\n0\r\n\r\n"), "POST / [ab] 400"),
        (chunked("2\r\nabXX0\r\n\r\n"), "POST / [ab] 400"),
        (chunked("2\r\nab\r\n\r\n0\r\n\r\n"), "POST / [ab] 400"),
        (chunked("0\n\n"), "POST / 400"),
        (chunked("0\r\n\n"), "POST / 400"),
        (chunked("0\r\nX: a\n\r\n"), "POST / 400"),
        (chunked("0\r\n\rX"), "POST / 400"),
        (chunked("0\r\n X"), "POST / 400"),
        (chunked("0\r\nX: a\r"), "POST /"),
        (chunked("0\r\n\rX\r\n\r\n"), "POST / 400"),
    ]);
}

#[test]
fn extensions() {
    let extended = |extension: &str| chunked(&format!("2{extension}\r\nab\r\n0\r\n\r\n"));
    let good = [
        ";a",
        ";a=b",
        ";a=\"b\"",
        ";a=\"\"",
        ";a=\" ;,\\\"\\\\ \t\u{e9}\"",
        ";a;b;c=d",
        " ; a = b",
        "\t;\ta\t=\tb ;c",
        ";a =b",
        ";a= \"b\" ;c",
        ";!#$%&'*+-.^_`|~=x",
        ";a=0",
    ];
    for extension in good {
        check(&[(extended(extension), "POST / [ab] end")]);
        check(&[(chunked(&format!("0{extension}\r\n\r\n")), "POST / end")]);
    }
    let bad = [
        ";",
        ";;a",
        ";a;",
        ";=b",
        ";a=",
        ";a==b",
        ";a=b=c",
        ";a b",
        ";a=b c",
        ";a ",
        ";a=b ",
        ";a=\"b\" ",
        ";a=\"b",
        ";a=\"b\"c",
        ";a=b\"",
        ";a=\"\0\"",
        ";a=\"\\\0\"",
        ";a=\"\x7f\"",
        ";\0",
        ";a\0",
        ";a=\0",
        ";a\nb",
        ";a\rb",
        ";a=\"\n\"",
        ";a=\"\r\n\"",
        ";a,b",
        ";a=(b)",
        ";\u{e9}=a",
        ";a=\"\\",
        " ",
        " a",
        ";a=\x0b",
        "; ",
        ";a=;b",
        "; ;a",
    ];
    for extension in bad {
        check(&[(extended(extension), "POST / 400")]);
    }
}

#[test]
fn bad_sizes_are_refused_behind_the_head() {
    check(&[
        (chunked("x"), "POST / 400"),
        (chunked("2;"), "POST /"),
        (chunked("2;;"), "POST / 400"),
    ]);
}

#[test]
fn extensions_are_bounded() {
    let line = |length: usize| format!("1;{}\r\nx\r\n", "a".repeat(length - 2));
    check(&[
        (chunked(&(line(256) + "0\r\n\r\n")), "POST / [x] end"),
        (chunked(&line(257)), "POST / 400"),
    ]);
    check(&[(chunked(&format!("1;{}", "a".repeat(65_536))), "POST / 400")]);
    check(&[(chunked(&format!("{}1\r\nx", "0".repeat(300))), "POST / 400")]);
    // 65 lines of 255 bytes of extension are beyond 16 KiB and the 65 bytes of data they carry.
    assert!(seen(Limits::default(), chunked(&line(256).repeat(64)).as_bytes()).ends_with(']'));
    let refused = seen(Limits::default(), chunked(&line(256).repeat(66)).as_bytes());
    assert!(refused.ends_with("400"), "{refused}");
    // Data earns room for more: a long upload may have an extension in every chunk.
    let honest = format!("40;sig={}\r\n{}\r\n", "a".repeat(64), "x".repeat(64)).repeat(400);
    assert!(seen(Limits::default(), chunked(&(honest + "0\r\n\r\n")).as_bytes()).ends_with("end"));
}

#[test]
fn trailers() {
    check(&[
        (chunked("0\r\nX-Sum: 1\r\n\r\n"), "POST / end{x-sum: 1}"),
        (
            chunked("1\r\nx\r\n0\r\nA: 1\r\nB:\t2\t\r\n\r\n") + &get(""),
            "POST / [x] end{a: 1, b: 2} GET /",
        ),
        (chunked("0\r\nX\r\n\r\n"), "POST / 400"),
        (chunked("0\r\nX : 1\r\n\r\n"), "POST / 400"),
        (chunked("0\r\n X: 1\r\n\r\n"), "POST / 400"),
        (chunked("0\r\nX: 1\r\n 2\r\n\r\n"), "POST / 400"),
        (chunked("0\r\nX: \0\r\n\r\n"), "POST / 400"),
        (chunked("0\r\nX: a\rb\r\n\r\n"), "POST / 400"),
        (
            chunked(&format!("0\r\n{}\r\n", "X: 1\r\n".repeat(129))),
            "POST / 400",
        ),
        (
            chunked(&format!("0\r\nX: {}\r\n\r\n", "x".repeat(8192))),
            "POST / 400",
        ),
    ]);
    for name in ["Content-Length", "Transfer-Encoding", "Host", "TE", "Connection"] {
        check(&[(chunked(&format!("0\r\n{name}: 1\r\n\r\n")), "POST / 400")]);
    }
    let dropped = [
        "Authorization",
        "Cookie",
        "Set-Cookie",
        "Content-Encoding",
        "Content-Type",
        "Content-Range",
        "Trailer",
        "Cache-Control",
        "Expect",
        "Max-Forwards",
        "Age",
        "Date",
        "Expires",
        "Location",
        "Retry-After",
        "Vary",
        "Warning",
        "Range",
        "If-Match",
        "If-Range",
        "WWW-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
    ];
    for name in dropped {
        check(&[
            (chunked(&format!("0\r\n{name}: 1\r\n\r\n")), "POST / end"),
            (
                chunked(&format!("0\r\n{name}: 1\r\nA: 2\r\n{name}: 3\r\n\r\n")),
                "POST / end{a: 2}",
            ),
        ]);
    }
}
