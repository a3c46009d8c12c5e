use super::*;

#[test]
fn one_message_serves_every_connection_whose_window_is_large_enough() {
    let plain = frugal();
    let message = text(5000);
    for bits in 8..=15 {
        let form = compress_shared(&message, &plain, bits).expect("text gets smaller");
        for own in 8..=15 {
            for takeover in [false, true] {
                let settings = Compression {
                    client_context_takeover: takeover,
                    client_max_window_bits: own,
                    ..generous()
                };
                let (mut writer, mut reader) = (deflater(&settings), inflater(&settings));
                assert_eq!(writer.sends_shared(bits), bits <= own);
                if bits > own {
                    continue;
                }
                assert_eq!(inflate(&mut reader, &form), Ok(message.clone()));
            }
        }
    }
}

#[test]
fn messages_before_and_behind_a_shared_one_are_right() {
    let settings = generous();
    let (mut writer, mut reader) = (deflater(&settings), inflater(&settings));
    let form = compress_shared(&text(700), &settings, 15).expect("text gets smaller");
    for round in 0..3 {
        let own = [b"round ".as_slice(), &[b'0' + round], &text(500)].concat();
        for _ in 0..2 {
            let mut payload = Vec::new();
            assert!(writer.compress(&own, &mut payload));
            assert_eq!(inflate(&mut reader, &payload), Ok(own.clone()));
        }
        assert!(writer.sends_shared(15));
        assert_eq!(inflate(&mut reader, &form), Ok(text(700)));
    }
}

#[test]
fn what_would_not_get_smaller_is_not_compressed() {
    let settings = frugal();
    assert_eq!(compress_shared(&text(63), &settings, 15), None);
    let mut state = 7_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(1000)
    .collect();
    assert_eq!(compress_shared(&noise, &settings, 15), None);
    let mut out = b"before".to_vec();
    assert!(!deflater(&settings).compress(&noise, &mut out));
    assert!(!deflater(&settings).compress(&text(63), &mut out));
    assert_eq!(out, b"before");
}
