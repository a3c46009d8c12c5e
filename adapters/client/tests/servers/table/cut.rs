//! Answers that end too early.

use waterspout::ClientErrorKind::{CutOff, NoResponse};

use super::{Row, chunked, fails, ok, with};

const P6: &str = "packages §6";
const RFC: &str = "RFC 9112 §8";

fn cut(name: &'static str, answer: impl AsRef<[u8]>) -> [Row; 2] {
    let row = fails(CutOff, name, P6, answer);
    [row.clone().closes(), row.cuts()]
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = vec![
        fails(NoResponse, "nothing", RFC, "").closes(),
        fails(NoResponse, "nothing, cut", RFC, "").cuts(),
        ok(
            "a whole body, then cut",
            RFC,
            with("Content-Length: 5", "hello"),
            "hello",
        )
        .cuts(),
        ok(
            "all chunks, then cut",
            RFC,
            chunked("5\r\nhello\r\n0\r\n\r\n"),
            "hello",
        )
        .cuts(),
        // An attacker on the way can shorten such a body, but cannot say good-bye in the server's name.
        fails(CutOff, "until the end, cut", RFC, with("X: y", "hello"))
            .cuts()
            .only_tls(),
        fails(CutOff, "nothing until the end, cut", RFC, with("X: y", ""))
            .cuts()
            .only_tls(),
    ];
    rows.extend(cut("in the status line", "HTTP/1.1 2"));
    rows.extend(cut("behind the status line", "HTTP/1.1 200 OK\r\n"));
    rows.extend(cut("in a field", "HTTP/1.1 200 OK\r\nContent-Le"));
    rows.extend(cut(
        "before the empty line",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
    ));
    rows.extend(cut("no body", with("Content-Length: 5", "")));
    rows.extend(cut("in the body", with("Content-Length: 5", "hell")));
    rows.extend(cut("no chunk", chunked("")));
    rows.extend(cut("in a chunk's size", chunked("5")));
    rows.extend(cut("in a chunk", chunked("5\r\nhel")));
    rows.extend(cut("behind a chunk", chunked("5\r\nhello")));
    rows.extend(cut("without the last chunk", chunked("5\r\nhello\r\n")));
    rows.extend(cut("in the last chunk", chunked("5\r\nhello\r\n0\r\n")));
    rows.extend(cut("in the trailers", chunked("5\r\nhello\r\n0\r\nX: y\r\n")));
    rows.extend(cut("behind 103", "HTTP/1.1 103 Early Hints\r\n\r\n"));
    rows
}
