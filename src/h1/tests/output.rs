use std::io::IoSlice;

use proptest::prelude::*;

use super::super::input::Input;
use super::*;

#[test]
fn small_pieces_are_gathered_and_large_ones_are_not_copied() {
    let mut output = Output::default();
    let large = Bytes::from(vec![b'x'; 5000]);
    output.push(bytes("a"));
    output.push(bytes("b"));
    output.push(large.clone());
    output.push(bytes("c"));
    assert_eq!(output.len(), 5003);
    assert_eq!(output.chunk(), b"ab");
    let mut slices = [IoSlice::new(b""); 4];
    assert_eq!(output.chunks_vectored(&mut slices), 3);
    assert_eq!(
        (&*slices[0], slices[1].as_ptr(), &*slices[2]),
        (&b"ab"[..], large.as_ptr(), &b"c"[..])
    );
    assert_eq!(output.chunks_vectored(&mut slices[..1]), 1);
    assert_eq!(output.chunks_vectored(&mut []), 0);
    output.advance(2);
    assert_eq!(output.chunk().as_ptr(), large.as_ptr());
    output.advance(5000);
    assert_eq!(output.chunk(), b"c");
    output.advance(100);
    assert!(output.is_empty() && output.chunk().is_empty());
    assert_eq!(output.chunks_vectored(&mut [IoSlice::new(b"")]), 0);
}

proptest! {
    /// However pieces are pushed and read, the bytes come out in order; a queue that is never empty stays bounded.
    #[test]
    fn bytes_keep_their_order(steps in prop::collection::vec((0usize..9000, 0usize..9000), 0..60)) {
        let mut output = Output::default();
        let (mut expected, mut seen) = (Vec::new(), Vec::new());
        for (index, (push, take)) in steps.into_iter().enumerate() {
            let data = Bytes::from(vec![index as u8; push]);
            expected.extend_from_slice(&data);
            output.push(data);
            let mut vectored = [IoSlice::new(b""); 64];
            let count = output.chunks_vectored(&mut vectored);
            prop_assert_eq!(vectored[..count].iter().map(|part| part.len()).sum::<usize>(), output.len());
            let take = take.min(output.len());
            seen.extend_from_slice(&output.copy_to_bytes(take));
            prop_assert!(output.tail().len() <= 2 * output.len() + 4096);
        }
        let rest = output.len();
        seen.extend_from_slice(&output.copy_to_bytes(rest));
        prop_assert_eq!(seen, expected);
    }
}

#[test]
fn memory_is_given_back() {
    let mut output = Output::default();
    for _ in 0..10_000 {
        output.push(bytes("0123456789"));
    }
    assert!(output.tail().capacity() >= 100_000);
    output.advance(100_000);
    assert_eq!(output.tail().capacity(), 0);
    output.push(bytes("0123456789"));
    output.advance(10);
    assert!(
        output.tail().capacity() > 0,
        "a little is kept for the next response"
    );
}

#[test]
fn a_reader_that_is_never_done_does_not_make_it_grow() {
    let mut output = Output::default();
    output.push(Bytes::from(vec![0; 3000]));
    for _ in 0..10_000 {
        output.push(Bytes::from(vec![0; 100]));
        output.advance(100);
    }
    assert!(output.tail().capacity() < 20_000);
}

#[test]
fn the_input_fills_the_same_memory_again() {
    let mut input = Input::default();
    input.push(b"0123456789");
    let first = input.take(10).as_ptr();
    let mut turned = false;
    for _ in 0..1000 {
        input.push(b"0123456789");
        turned |= input.take(10).as_ptr() == first;
    }
    assert!(turned, "the buffer begins anew at its start");
    input.push(&[0; 100_000]);
    input.skip(100_000);
    input.relax();
    input.push(b"x");
    assert_eq!(input.bytes(), b"x");
}
