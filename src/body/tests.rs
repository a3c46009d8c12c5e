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
