//! UTF-8 that is checked as it arrives.

use super::*;

/// Sequences and whether they are UTF-8, from the classes of Autobahn's section 6.
const TABLE: [(&[u8], bool); 24] = [
    (b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", true),
    (b"\x00", true),
    (b"\x7f", true),
    (b"\xc2\x80", true),
    (b"\xdf\xbf", true),
    (b"\xe0\xa0\x80", true),
    (b"\xed\x9f\xbf", true),
    (b"\xee\x80\x80", true),
    (b"\xef\xbf\xbf", true),
    (b"\xf0\x90\x80\x80", true),
    (b"\xf4\x8f\xbf\xbf", true),
    // Overlong forms.
    (b"\xc0\x80", false),
    (b"\xc1\xbf", false),
    (b"\xe0\x9f\xbf", false),
    (b"\xf0\x8f\xbf\xbf", false),
    // Surrogates, and beyond the last character.
    (b"\xed\xa0\x80", false),
    (b"\xed\xbf\xbf", false),
    (b"\xf4\x90\x80\x80", false),
    (b"\xf8\x88\x80\x80\x80", false),
    (b"\xff", false),
    (b"\xfe", false),
    // Continuations alone, and characters that are cut off.
    (b"\x80", false),
    (b"\xe2\x82", false),
    (b"\xf0\x9f\x98", false),
];

#[test]
fn sequences() {
    for (sequence, valid) in TABLE {
        for padding in [0, 1, 7, 1022, 1023, 1024, 2047] {
            let payload = ["x".repeat(padding).as_bytes(), sequence].concat();
            let expected = match std::str::from_utf8(&payload) {
                Ok(text) => format!("text({text})"),
                Err(_) => "failed(1007)".into(),
            };
            assert_eq!(expected != "failed(1007)", valid);
            let (first, second) = payload.split_at(padding + sequence.len() / 2);
            check(&[
                (&[text(&payload)], &expected),
                (&[frame(1, first), frame(0x80, second)], &expected),
            ]);
            if valid {
                let pinged = [frame(1, first), frame(0x89, b""), frame(0x80, second)];
                check(&[(&pinged, &format!("ping() {expected}"))]);
            }
        }
    }
}

#[test]
fn it_fails_at_the_first_byte_that_cannot_be() {
    // How many bytes are taken without complaint.
    let table: [(&[u8], usize); 6] = [
        (b"ab\xff", 2),
        (b"\xe2\x82\x28", 2),
        (b"\xed\xa0\x80", 1),
        (b"\xf4\x90\x80\x80", 1),
        (b"\xe0\x9f\xbf", 1),
        (b"\xf0\x9f\x98x", 3),
    ];
    for (payload, good) in table {
        let mut server = server();
        // Of a frame whose rest never comes.
        let wire = text(&[payload, &[b'x'; 50]].concat());
        let (before, rest) = wire.split_at(6 + good);
        server.receive(before);
        assert_eq!(events(&mut server), [], "{}", payload.escape_ascii());
        server.receive(&rest[..1]);
        assert_eq!(brief(&events(&mut server)), "failed(1007) closed");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn as_the_standard_library_sees_it(bytes in prop::collection::vec(any::<u8>(), 0..12), good in "\\PC{0,6}", cut in any::<prop::sample::Index>()) {
        let payload = [good.as_bytes(), &bytes].concat();
        let (first, second) = payload.split_at(cut.index(payload.len() + 1));
        let wire = [frame(1, first), frame(0x80, second)].concat();
        let (events, _) = seen(&Options::default(), [&wire[..]]);
        match String::from_utf8(payload) {
            Ok(text) => prop_assert_eq!(events, [Event::Message(Message::Text(text))]),
            Err(_) => prop_assert_eq!(brief(&events), "failed(1007) closed"),
        }
    }
}
