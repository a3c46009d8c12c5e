use flate2::{Compress, Decompress, FlushCompress, FlushDecompress};
use proptest::prelude::*;

use super::*;

fn settings() -> impl Strategy<Value = Compression> {
    (0..=9_u8, any::<[bool; 2]>(), 8..=15_u8, 8..=15_u8).prop_map(|(level, takeover, server, client)| {
        Compression {
            level,
            threshold: 0,
            server_context_takeover: takeover[0],
            client_context_takeover: takeover[1],
            server_max_window_bits: server,
            client_max_window_bits: client,
        }
    })
}

/// Messages that share text with each other, at distances beyond the small windows.
fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let message = (0_usize..3000, 0_usize..3000, any::<u8>()).prop_map(|(start, len, salt)| {
        let mut message = text(6000).split_off(start);
        message.truncate(len);
        message.push(salt);
        message
    });
    proptest::collection::vec(prop_oneof![4 => message, 1 => Just(Vec::new())], 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_sent_is_received(
        server in settings(),
        client in settings(),
        messages in messages(),
        piece in 1_usize..2000,
    ) {
        let agreed = agree(&server, &client);
        for (role, peer, own) in [(Role::Server, Role::Client, server), (Role::Client, Role::Server, client)] {
            let mut writer = Deflater::new(&agreed, role, &own);
            let mut reader = Inflater::new(&agreed, peer);
            for message in &messages {
                let mut payload = Vec::new();
                if !writer.compress(message, &mut payload) {
                    prop_assert!(payload.is_empty());
                    continue;
                }
                let mut out = Vec::new();
                for chunk in payload.chunks(piece) {
                    prop_assert_eq!(reader.inflate(chunk, false, &mut out, message.len()), Ok(()));
                }
                prop_assert_eq!(reader.inflate(&[], true, &mut out, message.len()), Ok(()));
                prop_assert_eq!(&out, message);
            }
        }
    }

    /// The reference is flate2 driven by hand, with one context for all messages.
    #[test]
    fn both_halves_work_with_the_reference(messages in messages(), bits in 9..=15_u8, level in 0..=9_u32) {
        let settings = Compression { client_max_window_bits: bits, ..generous() };
        let mut writer = deflater(&settings);
        let mut decoder = Decompress::new_with_window_bits(false, bits);
        let mut reader = inflater(&settings);
        let mut encoder = Compress::new_with_window_bits(flate2::Compression::new(level), false, bits);
        for message in &messages {
            let mut payload = Vec::new();
            prop_assert!(writer.compress(message, &mut payload));
            payload.extend_from_slice(&[0, 0, 0xff, 0xff]);
            let mut out = Vec::with_capacity(message.len() + 64);
            prop_assert!(decoder.decompress_vec(&payload, &mut out, FlushDecompress::Sync).is_ok());
            prop_assert_eq!(&out, message);

            let mut payload = Vec::with_capacity(message.len() + 1024);
            prop_assert!(encoder.compress_vec(message, &mut payload, FlushCompress::Sync).is_ok());
            // A second flush in a row writes nothing; the section's form of an empty message is one byte.
            let payload = payload.strip_suffix(&[0, 0, 0xff, 0xff]).unwrap_or(&[0]);
            prop_assert_eq!(inflate(&mut reader, payload), Ok(message.clone()));
        }
    }
}
