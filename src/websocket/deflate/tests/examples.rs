//! The examples of RFC 7692 section 7.2.3, byte for byte.

use super::*;

const HELLO: [u8; 7] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];

#[test]
fn one_compressed_block() {
    let mut reader = inflater(&frugal());
    assert_eq!(inflate(&mut reader, &HELLO), Ok(b"Hello".to_vec()));
    // The same in two fragments, as the section has it.
    let mut out = Vec::new();
    let (first, second) = HELLO.split_at(3);
    assert_eq!(reader.inflate(first, false, &mut out, 5), Ok(()));
    assert_eq!(reader.inflate(second, true, &mut out, 5), Ok(()));
    assert_eq!(out, b"Hello");
}

#[test]
fn a_shared_window() {
    let mut reader = inflater(&generous());
    assert_eq!(inflate(&mut reader, &HELLO), Ok(b"Hello".to_vec()));
    let second = [0xf2, 0x00, 0x11, 0x00, 0x00];
    assert_eq!(inflate(&mut reader, &second), Ok(b"Hello".to_vec()));
    let mut alone = inflater(&frugal());
    assert_eq!(inflate(&mut alone, &HELLO), Ok(b"Hello".to_vec()));
    assert_eq!(inflate(&mut alone, &second), Err(InflateError::Corrupt));
}

#[test]
fn a_block_without_compression() {
    let payload = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    assert_eq!(
        inflate(&mut inflater(&generous()), &payload),
        Ok(b"Hello".to_vec())
    );
}

#[test]
fn a_block_marked_as_the_last() {
    let payload = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    for settings in [frugal(), generous()] {
        let mut reader = inflater(&settings);
        for _ in 0..3 {
            assert_eq!(inflate(&mut reader, &payload), Ok(b"Hello".to_vec()));
        }
    }
}

#[test]
fn two_blocks() {
    let payload = [
        0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00,
    ];
    assert_eq!(
        inflate(&mut inflater(&generous()), &payload),
        Ok(b"Hello".to_vec())
    );
}

#[test]
fn nothing_at_all() {
    let mut reader = inflater(&generous());
    assert_eq!(inflate(&mut reader, &[0x00]), Ok(Vec::new()));
    assert_eq!(inflate(&mut reader, &HELLO), Ok(b"Hello".to_vec()));
}

#[test]
fn what_we_send_is_what_the_section_shows() {
    let settings = generous();
    let agreed = agree(&settings, &settings);
    let mut writer = Deflater::new(&agreed, Role::Client, &settings);
    let mut sent = |text: &[u8]| {
        let mut out = Vec::new();
        assert!(writer.compress(text, &mut out));
        out
    };
    assert_eq!(sent(b"Hello"), HELLO);
    assert_eq!(sent(b""), [0x00]);
    assert_eq!(sent(b"Hello"), [0xf2, 0x00, 0x11, 0x00, 0x00]);
    // Without takeover seven bytes for five are no gain.
    let settings = Compression {
        threshold: 0,
        ..frugal()
    };
    let mut alone = Deflater::new(&agree(&settings, &settings), Role::Client, &settings);
    let mut out = Vec::new();
    assert!(!alone.compress(b"Hello", &mut out));
    assert_eq!(out, b"");
}
