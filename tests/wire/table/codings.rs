//! `Transfer-Encoding`.

use super::{Row, ok, post, refused};

const T10: &str = "tornado 1.10";
const R2: &str = "reliability §2";
const MPMX: &str = "tornado 3.1 GHSA-753j-mpmx-qq6g";
const RFC: &str = "RFC 9112 §6.1";

/// A POST with these lines that could be read as ended at once, and the chunked body of one byte.
fn coding(lines: impl AsRef<[u8]>) -> Vec<u8> {
    post(lines, "1\r\na\r\n0\r\n\r\n")
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        ok("chunked", T10, coding("Transfer-Encoding: chunked")).has("POST /post h 1\na"),
        ok(
            "Chunked",
            "tornado 3.2 HTTPServerRawTest",
            coding("Transfer-Encoding: Chunked"),
        ),
        ok("blanks around", RFC, coding("Transfer-Encoding:\t chunked \t")),
        refused(
            400,
            "gzip, chunked",
            MPMX,
            coding("Transfer-Encoding: gzip, chunked"),
        ),
        refused(400, "identity", T10, coding("Transfer-Encoding: identity")),
        refused(400, "gzip", RFC, coding("Transfer-Encoding: gzip")),
        refused(
            400,
            "chunked, gzip",
            RFC,
            coding("Transfer-Encoding: chunked, gzip"),
        ),
        refused(
            400,
            "chunked, chunked",
            RFC,
            coding("Transfer-Encoding: chunked, chunked"),
        ),
        refused(
            400,
            "chunked, identity",
            RFC,
            coding("Transfer-Encoding: chunked, identity"),
        ),
        refused(
            400,
            "identity, chunked",
            RFC,
            coding("Transfer-Encoding: identity, chunked"),
        ),
        refused(400, "comma before", RFC, coding("Transfer-Encoding: ,chunked")),
        refused(400, "comma behind", RFC, coding("Transfer-Encoding: chunked,")),
        refused(400, "empty", RFC, coding("Transfer-Encoding:")),
        refused(
            400,
            "no-break space",
            MPMX,
            coding(b"Transfer-Encoding: \xa0chunked"),
        ),
        refused(400, "vertical tab", RFC, coding("Transfer-Encoding: \x0bchunked")),
        refused(400, "parameter", RFC, coding("Transfer-Encoding: chunked;a=b")),
        refused(400, "quoted", RFC, coding("Transfer-Encoding: \"chunked\"")),
        refused(400, "prefix", RFC, coding("Transfer-Encoding: xchunked")),
        refused(
            400,
            "Kelvin sign",
            RFC,
            coding("Transfer-Encoding: chun\u{212a}ed"),
        ),
        refused(
            400,
            "twice",
            MPMX,
            coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        ),
        refused(
            400,
            "chunked and identity",
            MPMX,
            coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        ),
        refused(
            400,
            "with Content-Length behind",
            R2,
            coding("Transfer-Encoding: chunked\r\nContent-Length: 11"),
        ),
        refused(
            400,
            "with Content-Length before",
            MPMX,
            coding("Content-Length: 11\r\nTransfer-Encoding: chunked"),
        ),
        refused(
            400,
            "with Content-Length: 0",
            R2,
            coding("Content-Length: 0\r\nTransfer-Encoding: chunked"),
        ),
        refused(
            400,
            "space before the colon",
            RFC,
            coding("Transfer-Encoding : chunked"),
        ),
        refused(
            400,
            "behind a bare LF",
            R2,
            coding("X: y\nTransfer-Encoding: chunked"),
        ),
        refused(400, "folded", RFC, coding("Transfer-Encoding:\r\n chunked")),
        refused(
            400,
            "in HTTP/1.0",
            T10,
            "POST /x HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
    ]
}
