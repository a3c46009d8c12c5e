//! What a server finds in frames: the classes of cases that the Autobahn suite has for plain messages.

use super::*;

#[test]
fn frames_and_lengths() {
    check(&[
        (&[text(b"")], "text()"),
        (&[text(b"hello")], "text(hello)"),
        (&[binary(b"\x00\xff")], "binary(\\x00\\xff)"),
        (
            &[text(b"a"), binary(b"b"), text(b"c")],
            "text(a) binary(b) text(c)",
        ),
        // Lengths in more bytes than they need, and with the first bit set.
        (&[raw(b"\x81\xfe\x00\x7d")], "failed(1002)"),
        (
            &[raw(b"\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff")],
            "failed(1002)",
        ),
        // Beyond the limit, told before a byte of it has come.
        (
            &[raw(b"\x82\xff\x00\x00\x00\x00\x00\xa0\x00\x01")],
            "failed(1009)",
        ),
        (
            &[raw(b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff")],
            "failed(1009)",
        ),
        // Without a mask.
        (&[raw(b"\x81\x05hello")], "failed(1002)"),
        (&[raw(b"\x89\x00")], "failed(1002)"),
    ]);
}

#[test]
fn pings_and_pongs() {
    check(&[
        (&[frame(0x89, b"")], "ping()"),
        (&[frame(0x89, b"data")], "ping(data)"),
        (&[frame(0x89, &[b'x'; 126])], "failed(1002)"),
        (&[frame(0x8a, &[b'x'; 126])], "failed(1002)"),
        (&[frame(0x8a, b"unasked")], "pong(unasked)"),
        (&[frame(0x8a, b""), frame(0x89, b"x")], "pong() ping(x)"),
        (&[frame(0x09, b"x")], "failed(1002)"),
        (&[frame(0x0a, b"")], "failed(1002)"),
        (&[frame(0x08, b"")], "failed(1002)"),
    ]);
}

#[test]
fn reserved_bits_and_opcodes() {
    for bits in [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] {
        for opcode in [1, 2, 8, 9, 10] {
            check(&[(
                &[text(b"a"), frame(0x80 | bits | opcode, b"x")],
                "text(a) failed(1002)",
            )]);
        }
    }
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        check(&[
            (&[frame(0x80 | opcode, b"")], "failed(1002)"),
            (&[text(b"a"), frame(0x80 | opcode, b"x")], "text(a) failed(1002)"),
            (&[frame(opcode, b"x")], "failed(1002)"),
        ]);
    }
}

#[test]
fn fragments() {
    check(&[
        (&[frame(1, b"frag"), frame(0x80, b"ment")], "text(fragment)"),
        (
            &[frame(2, b"a"), frame(0, b"b"), frame(0x80, b"c")],
            "binary(abc)",
        ),
        (&[frame(1, b""), frame(0, b""), frame(0x80, b"")], "text()"),
        (
            &[frame(1, b"a"), frame(0x89, b"ping"), frame(0x80, b"b")],
            "ping(ping) text(ab)",
        ),
        (
            &[
                frame(1, b"a"),
                frame(0x8a, b"pong"),
                frame(0x80, b"b"),
                text(b"c"),
            ],
            "pong(pong) text(ab) text(c)",
        ),
        (&[frame(1, b"a"), text(b"b")], "failed(1002)"),
        (&[frame(1, b"a"), frame(2, b"b")], "failed(1002)"),
        (&[frame(0x80, b"b"), text(b"c")], "failed(1002)"),
        (&[frame(0, b"b"), frame(0x80, b"c")], "failed(1002)"),
        (
            &[frame(1, b"a"), frame(0x80, b"b"), frame(0x80, b"c")],
            "text(ab) failed(1002)",
        ),
    ]);
}

#[test]
fn close_frames() {
    let close = |payload: &[u8]| [frame(0x88, payload)];
    let reason = [b"\x03\xe8".as_slice(), &[b'x'; 123]].concat();
    check(&[
        (&close(b""), "closing(1005) closed"),
        (&close(b"\x03\xe8"), "closing(1000) closed"),
        (&close(b"\x03\xe8bye"), "closing(1000: bye) closed"),
        (
            &close(&reason),
            &format!("closing(1000: {}) closed", "x".repeat(123)),
        ),
        (&close(b"\x03"), "failed(1002)"),
        (&close(&[b'x'; 126]), "failed(1002)"),
        (
            &close(b"\x03\xe8\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"),
            "failed(1007)",
        ),
        // What comes behind is not looked at.
        (
            &[frame(0x88, b""), text(b"late"), frame(0x89, b"")],
            "closing(1005) closed",
        ),
        (&[frame(1, b"half"), frame(0x88, b"")], "closing(1005) closed"),
    ]);
}

#[test]
fn close_codes() {
    for code in (0..=5000).chain([65_535]) {
        let sent = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
        let expected = if sent {
            format!("closing({code}) closed")
        } else {
            "failed(1002) closed".into()
        };
        let mut server = server();
        server.receive(&frame(0x88, &u16::to_be_bytes(code)));
        assert_eq!(brief(&events(&mut server)), expected);
        let answer = written(&mut server);
        assert_eq!(answer.first(), Some(&0x88));
        let told: u16 = if sent { code } else { 1002 };
        assert_eq!(
            answer.get(2..4),
            Some(told.to_be_bytes().as_slice()),
            "for {code}"
        );
        let said = server.close_frame().map(|close| close.code.as_u16());
        assert_eq!(said, Some(if sent { code } else { 1006 }));
    }
}
