//! What is found does not depend on how the bytes were split.

use super::*;

fn some_frame() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        4 => prop::sample::select(vec![0x81_u8, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a]),
        1 => prop::sample::select(vec![0x88_u8, 0xc1, 0x83, 0x09]),
    ];
    let payload = prop_oneof![
        "\\PC{0,8}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..200),
        Just(vec![b'x'; 1500]),
    ];
    (first, payload).prop_map(|(first, payload)| frame(first, &payload))
}

fn pieces<'a>(input: &'a [u8], cuts: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
    cuts.sort_unstable();
    let mut from = 0;
    cuts.into_iter()
        .chain([input.len()])
        .map(|cut| &input[std::mem::replace(&mut from, cut)..cut])
        .collect()
}

/// What a server that may be sent compressed messages makes of these pieces, and what it writes.
fn inflated<'a>(options: &Options, pieces: impl IntoIterator<Item = &'a [u8]>) -> (String, Vec<u8>) {
    let (mut server, _) = agreed(options);
    let mut seen = Vec::new();
    for piece in pieces {
        server.receive(piece);
        seen.extend(events(&mut server));
    }
    seen.dedup();
    (brief(&seen), written(&mut server))
}

#[test]
fn of_a_message_with_two_faults_the_first_is_found() {
    let options = Options {
        max_message: 1000,
        ..Options::default()
    };
    // A text in a block without compression, which is no UTF-8 in its last byte.
    let stored = b"\x00\x05\x00\xfa\xffHell\xff";
    let mut long = Vec::new();
    let mut compressor = flate2::Compress::new(flate2::Compression::default(), false);
    long.reserve(1000);
    let text = [b"\xff".as_slice(), &[b'x'; 5000]].concat();
    compressor
        .compress_vec(&text, &mut long, flate2::FlushCompress::Sync)
        .expect("it fits");
    for (payload, what) in [
        ([stored.as_slice(), b"\xff"].concat(), "no DEFLATE data behind"),
        (long, "too large behind"),
    ] {
        let wire = frame(0xc1, &payload);
        let (whole, answer) = inflated(&options, [&wire[..]]);
        assert_eq!(whole, "failed(1007) closed", "{what}");
        assert!(answer.ends_with(b"text is not UTF-8"), "{what}: {answer:?}");
        assert_eq!((whole, answer), inflated(&options, wire.chunks(1)), "{what}");
    }
}

#[test]
fn too_large_is_found_before_what_follows_is_corrupt() {
    let options = Options {
        max_message: 200,
        ..Options::default()
    };
    let mut payload = Vec::with_capacity(1000);
    let mut compressor = flate2::Compress::new(flate2::Compression::default(), false);
    let text = [b'a'; 201];
    compressor
        .compress_vec(&text, &mut payload, flate2::FlushCompress::Sync)
        .expect("it fits");
    payload.push(38);
    let wire = frame(0xc1, &payload);
    let whole = inflated(&options, [&wire[..]]);
    assert_eq!(whole.0, "failed(1009) closed");
    assert_eq!(whole, inflated(&options, wire.chunks(1)));
}

fn cuts() -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn of_frames(frames in prop::collection::vec(some_frame(), 0..8), cuts in cuts()) {
        let wire = frames.concat();
        let options = Options::default();
        let (whole, _) = seen(&options, [&wire[..]]);
        prop_assert_eq!(&whole, &seen(&options, wire.chunks(1)).0);
        prop_assert_eq!(&whole, &seen(&options, pieces(&wire, &cuts)).0);
    }

    #[test]
    fn of_any_bytes(wire in prop::collection::vec(any::<u8>(), 0..100), cuts in cuts()) {
        let options = Options::default();
        let (whole, _) = seen(&options, [&wire[..]]);
        prop_assert_eq!(&whole, &seen(&options, pieces(&wire, &cuts)).0);
    }

    #[test]
    fn of_compressed_messages_with_faults(
        text in prop_oneof!["[ab]{0,300}".prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..20)],
        more in prop::collection::vec(any::<u8>(), 0..6),
        cuts in cuts(),
    ) {
        let options = Options { max_message: 200, ..Options::default() };
        let mut payload = Vec::with_capacity(1000);
        let mut compressor = flate2::Compress::new(flate2::Compression::default(), false);
        compressor.compress_vec(&text, &mut payload, flate2::FlushCompress::Sync).expect("it fits");
        payload.extend(more);
        let wire = frame(0xc1, &payload);
        let whole = inflated(&options, [&wire[..]]);
        prop_assert_eq!(&whole, &inflated(&options, wire.chunks(1)));
        prop_assert_eq!(&whole, &inflated(&options, pieces(&wire, &cuts)));
    }

    /// What one side sends the other receives, compressed or not, however it is cut.
    #[test]
    fn of_messages(
        messages in prop::collection::vec(
            prop_oneof![
                "\\PC{0,100}".prop_map(Message::from),
                prop::collection::vec(0..4_u8, 0..5000).prop_map(Message::from),
            ],
            0..5,
        ),
        compressed in any::<bool>(),
        from_server in any::<bool>(),
        cuts in cuts(),
    ) {
        let options = Options::default();
        let (mut server, mut client) = if compressed { agreed(&options) } else { (server(), client()) };
        let (from, to) = if from_server { (&mut server, &mut client) } else { (&mut client, &mut server) };
        for message in &messages {
            from.send(message).unwrap();
        }
        let wire = written(from);
        let mut seen = Vec::new();
        for piece in pieces(&wire, &cuts) {
            to.receive(piece);
            seen.extend(events(to));
        }
        let expected: Vec<Event> = messages.into_iter().map(Event::Message).collect();
        prop_assert_eq!(seen, expected);
    }
}
