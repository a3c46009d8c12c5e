use super::*;

/// A message of `len` zeros, as a peer would send it.
fn bomb(len: usize) -> Vec<u8> {
    let mut out = Vec::new();
    assert!(deflater(&generous()).compress(&vec![0; len], &mut out));
    out
}

#[test]
fn a_bomb_is_found_out_at_the_limit() {
    let bomb = bomb(16 << 20);
    assert!(bomb.len() < 32 << 10, "{}", bomb.len());
    for limit in [0, 1, 63, 64, 65, 1000, 16 << 10, 100_000, (16 << 20) - 1] {
        let mut out = Vec::new();
        let result = inflater(&generous()).inflate(&bomb, true, &mut out, limit);
        assert_eq!(result, Err(InflateError::TooLarge), "{limit}");
        assert!(out.capacity() <= limit + 64, "{limit}: {}", out.capacity());
    }
    let mut out = Vec::new();
    assert_eq!(
        inflater(&generous()).inflate(&bomb, true, &mut out, 16 << 20),
        Ok(())
    );
    assert_eq!(out.len(), 16 << 20);
}

#[test]
fn a_bomb_in_pieces_is_found_out_at_the_same_place() {
    let bomb = bomb(1 << 20);
    let mut reader = inflater(&generous());
    let mut out = Vec::new();
    let failed = bomb
        .chunks(7)
        .map(|chunk| reader.inflate(chunk, false, &mut out, 10_000))
        .find(Result::is_err);
    assert_eq!(failed, Some(Err(InflateError::TooLarge)));
    assert!(out.capacity() <= 10_064);
}

#[test]
fn a_message_of_the_very_limit_is_none_too_large() {
    for len in [1, 64, 65, 1000, 1024, 16 << 10, 40_000] {
        let message = text(len);
        let mut payload = Vec::new();
        assert!(deflater(&generous()).compress(&message, &mut payload));
        let mut out = Vec::new();
        assert_eq!(
            inflater(&generous()).inflate(&payload, true, &mut out, len),
            Ok(()),
            "{len}"
        );
        assert_eq!(out, message);
        let mut out = Vec::new();
        let short = inflater(&generous()).inflate(&payload, true, &mut out, len - 1);
        assert_eq!(short, Err(InflateError::TooLarge), "{len}");
    }
}

#[test]
fn what_is_no_deflate_data_is_corrupt() {
    for payload in [
        // Block type 3; a stored block whose lengths contradict; a distance before the beginning.
        &[0x07][..],
        &[0xff, 0xff, 0xff, 0xff],
        &[0x00, 0x05, 0x00, 0x00, 0x00, b'H'],
        &[0xf2, 0x00, 0x11, 0x00, 0x00],
        // Rubbish behind a block marked as the last.
        &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x07],
        // Nothing, where RFC 7692 section 7.2.3.6 has a byte.
        &[],
    ] {
        for settings in [frugal(), generous()] {
            assert_eq!(
                inflate(&mut inflater(&settings), payload),
                Err(InflateError::Corrupt),
                "{payload:?}"
            );
        }
    }
}

#[test]
fn a_message_cut_short_is_corrupt() {
    let message = text(3000);
    let mut payload = Vec::new();
    assert!(deflater(&generous()).compress(&message, &mut payload));
    for len in 0..payload.len() {
        let cut = payload.get(..len).expect("shorter than the payload");
        // Never a shorter message that seems whole.
        let result = inflate(&mut inflater(&frugal()), cut);
        assert_eq!(result, Err(InflateError::Corrupt), "{len} of {}", payload.len());
    }
}

#[test]
fn blocks_go_on_behind_a_last_one() {
    // Each of two blocks is marked as the last; the second refers to nothing or to the first one's text.
    let hello = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let again = [0xf3, 0x00, 0x11, 0x00];
    let mut reader = inflater(&generous());
    assert_eq!(inflate(&mut reader, &hello), Ok(b"Hello".to_vec()));
    assert_eq!(
        inflate(&mut reader, &[hello, hello].concat()),
        Ok(b"HelloHello".to_vec())
    );
    let mixed = [&hello[..], &again, &[0x00]].concat();
    assert_eq!(inflate(&mut reader, &mixed), Ok(b"HelloHello".to_vec()));
    // Byte by byte, and over the border of messages.
    let mut out = Vec::new();
    for byte in mixed {
        assert_eq!(reader.inflate(&[byte], false, &mut out, 10), Ok(()));
    }
    assert_eq!(reader.inflate(&[], true, &mut out, 10), Ok(()));
    assert_eq!(out, b"HelloHello");
    assert_eq!(inflate(&mut reader, &again), Ok(b"Hello".to_vec()));
}

proptest::proptest! {
    #[test]
    fn rubbish_never_panics_and_stays_in_bounds(
        payload in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        pieces in 1_usize..50,
        limit in 0_usize..500,
    ) {
        let mut reader = inflater(&generous());
        let mut out = Vec::new();
        let mut result = Ok(());
        for chunk in payload.chunks(pieces) {
            result = result.and_then(|()| reader.inflate(chunk, false, &mut out, limit));
        }
        let result = result.and_then(|()| reader.inflate(&[], true, &mut out, limit));
        proptest::prop_assert!(out.len() <= limit + 64);
        if result.is_ok() {
            proptest::prop_assert!(out.len() <= limit);
            // The pieces make no difference.
            let mut whole = Vec::new();
            let mut reader = inflater(&generous());
            proptest::prop_assert_eq!(reader.inflate(&payload, true, &mut whole, limit), Ok(()));
            proptest::prop_assert_eq!(whole, out);
        }
    }
}
