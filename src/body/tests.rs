use futures_lite::future::{block_on, poll_once};
use futures_lite::stream;

use super::*;

#[test]
fn a_stream_is_collected_up_to_the_limit() {
    let pieces = || {
        Body::from_stream(stream::iter(
            ["ab", "cd", "ef"].map(|s| Ok::<_, std::io::Error>(Bytes::from(s))),
        ))
    };
    assert_eq!(block_on(pieces().collect(6)).expect("fits"), "abcdef");
    assert_eq!(
        block_on(pieces().collect(5)).expect_err("too large").status(),
        413
    );
}

#[test]
fn a_declared_length_over_the_limit_is_refused_before_reading() {
    let (sender, body) = Body::channel(Some(11));
    assert_eq!(block_on(body.collect(10)).expect_err("too large").status(), 413);
    assert!(!sender.asked() && sender.is_closed());
}

#[test]
fn the_channel_asks_for_one_piece_at_a_time() {
    let (mut sender, mut body) = Body::channel(None);
    assert!(block_on(poll_once(poll_fn(|cx| sender.poll_wanted(cx)))).is_none());
    assert!(block_on(poll_once(body.next_chunk())).is_none());
    assert_eq!(
        block_on(poll_once(poll_fn(|cx| sender.poll_wanted(cx)))),
        Some(true)
    );
    sender.send("one".into());
    assert!(block_on(poll_once(poll_fn(|cx| sender.poll_wanted(cx)))).is_none());
    assert_eq!(block_on(body.next_chunk()).expect("piece").expect("ok"), "one");
    sender.finish(None);
    assert!(block_on(body.next_chunk()).is_none());
}

#[test]
fn a_dropped_sender_is_a_body_cut_off() {
    let (sender, mut body) = Body::channel(Some(3));
    drop(sender);
    assert!(
        block_on(body.next_chunk())
            .expect("an error")
            .expect_err("cut off")
            .is_cut_off()
    );
    assert!(block_on(body.next_chunk()).is_none());
}

#[test]
fn trailers_follow_the_data() {
    let (mut sender, mut body) = Body::channel(None);
    sender.send("x".into());
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", "1".parse().expect("value"));
    sender.finish(Some(trailers.clone()));
    let mut frames = Vec::new();
    while let Some(frame) = block_on(poll_fn(|cx| Pin::new(&mut body).poll_frame(cx))) {
        frames.push(frame.expect("frame"));
    }
    assert_eq!(frames.len(), 2);
    assert_eq!(
        frames.pop().and_then(|frame| frame.into_trailers().ok()),
        Some(trailers)
    );
}

/// An open file of 100,000 bytes that counts up, and its name.
fn counting_file(name: &str) -> (std::fs::File, std::path::PathBuf) {
    let path = std::env::temp_dir().join(format!("waterspout-{}-{name}", std::process::id()));
    let content: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    std::fs::write(&path, content).expect("a file");
    (std::fs::File::open(&path).expect("the file"), path)
}

fn file_body(file: std::fs::File, offset: u64, len: u64) -> Body {
    let carrier = std::sync::Arc::new(crate::testing::ManualClock::new());
    Body::from_file(FileBody::new(file, offset, len, carrier))
}

#[test]
fn a_range_of_a_file_comes_in_pieces_and_its_length_is_known() {
    let (file, path) = counting_file("range");
    let mut body = file_body(file, 10, 70_000);
    assert_eq!(body.len(), Some(70_000));
    let first = block_on(body.next_chunk()).expect("piece").expect("ok");
    assert_eq!((first.len(), first.first()), (64 << 10, Some(&10)));
    assert_eq!(body.len(), Some(70_000 - (64 << 10)));
    let file = body.as_file().expect("a file");
    assert_eq!(
        (file.offset(), file.len()),
        (10 + (64 << 10), 70_000 - (64 << 10))
    );
    let second = block_on(body.next_chunk()).expect("piece").expect("ok");
    assert_eq!(second.len(), 70_000 - (64 << 10));
    assert!(block_on(body.next_chunk()).is_none() && body.is_end_stream());
    std::fs::remove_file(path).expect("removed");
}

#[test]
fn a_file_that_is_shorter_than_promised_is_cut_off() {
    let (file, path) = counting_file("short");
    let mut body = file_body(file, 99_999, 5);
    assert_eq!(block_on(body.next_chunk()).expect("piece").expect("ok").len(), 1);
    let error = block_on(body.next_chunk())
        .expect("an error")
        .expect_err("too short");
    assert!(error.is_cut_off());
    assert!(block_on(body.next_chunk()).is_none());
    std::fs::remove_file(path).expect("removed");
}

#[test]
fn a_piece_that_was_not_waited_for_joins_the_one_before() {
    let (mut sender, mut body) = Body::channel(Some(3));
    sender.send("a".into());
    sender.send("".into());
    sender.send("bc".into());
    sender.finish(None);
    assert!(!body.is_end_stream());
    assert_eq!(block_on(body.next_chunk()).expect("piece").expect("ok"), "abc");
    assert_eq!(body.len(), Some(0));
    assert!(body.is_end_stream() && block_on(body.next_chunk()).is_none());
}

#[test]
fn a_stream_that_panics_or_fails_ends_there() {
    let failing = stream::iter([
        Ok(Bytes::from("a")),
        Err(std::io::Error::other("x")),
        Ok("b".into()),
    ]);
    let panicking = stream::poll_fn(|_| -> Poll<Option<std::io::Result<Bytes>>> { panic!("in a stream") });
    let mut failing = Body::from_stream(failing);
    assert!(block_on(failing.next_chunk()).expect("piece").is_ok());
    let mut panicking = Body::from_stream(panicking);
    for body in [&mut failing, &mut panicking] {
        assert_eq!(
            block_on(body.next_chunk())
                .expect("an error")
                .expect_err("failed")
                .status(),
            500
        );
        assert!(block_on(body.next_chunk()).is_none());
    }
    assert!(panicking.is_end_stream() && panicking.is_empty());
}
