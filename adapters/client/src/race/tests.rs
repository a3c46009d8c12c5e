use std::cell::{Cell, RefCell};
use std::future::pending;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Waker};

use futures_lite::future::block_on;

use super::*;

fn addresses(list: &[&str]) -> Vec<SocketAddr> {
    list.iter()
        .map(|text| format!("{text}:80").parse().expect("an address"))
        .collect()
}

#[test]
fn families_take_turns_and_v6_is_first() {
    let mixed = interleave(addresses(&["1.1.1.1", "2.2.2.2", "[::1]", "3.3.3.3", "[::2]"]));
    assert_eq!(
        mixed,
        addresses(&["[::1]", "1.1.1.1", "[::2]", "2.2.2.2", "3.3.3.3"])
    );
    assert_eq!(interleave(addresses(&["1.1.1.1"])), addresses(&["1.1.1.1"]));
    assert_eq!(
        interleave(addresses(&["[::1]", "[::2]"])),
        addresses(&["[::1]", "[::2]"])
    );
}

/// How an address answers, and what was tried, in which order; pauses end when the clock is turned.
#[derive(Default)]
struct Script {
    tried: RefCell<Vec<String>>,
    dropped: RefCell<Vec<String>>,
    pauses: Cell<usize>,
    ended: Cell<usize>,
}

struct Attempt {
    script: Rc<Script>,
    address: SocketAddr,
}

/// 1.x hangs, 2.x fails, all others connect.
impl Future for Attempt {
    type Output = io::Result<SocketAddr>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.address.to_string().as_bytes() {
            [b'1', ..] => Poll::Pending,
            [b'2', ..] => Poll::Ready(Err(io::ErrorKind::ConnectionRefused.into())),
            _ => Poll::Ready(Ok(self.address)),
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.script
            .dropped
            .borrow_mut()
            .push(self.address.ip().to_string());
    }
}

fn run(script: &Rc<Script>, list: &[&str]) -> impl Future<Output = io::Result<SocketAddr>> {
    let attempts = script.clone();
    let connect = move |address: SocketAddr| {
        attempts.tried.borrow_mut().push(address.ip().to_string());
        Attempt {
            script: attempts.clone(),
            address,
        }
    };
    let pauses = script.clone();
    let pause = move || {
        pauses.pauses.set(pauses.pauses.get() + 1);
        let (number, pauses) = (pauses.pauses.get(), pauses.clone());
        poll_fn(move |_| {
            if pauses.ended.get() >= number {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    };
    race(addresses(list), connect, pause)
}

#[test]
fn a_failure_starts_the_next_at_once() {
    let script = Rc::new(Script::default());
    let connected = block_on(run(&script, &["2.0.0.1", "2.0.0.2", "3.0.0.1", "3.0.0.2"]));
    assert_eq!(connected.expect("the third"), addresses(&["3.0.0.1"])[0]);
    assert_eq!(*script.tried.borrow(), ["2.0.0.1", "2.0.0.2", "3.0.0.1"]);
}

#[test]
fn one_that_hangs_is_overtaken_after_a_pause_and_dropped() {
    let script = Rc::new(Script::default());
    let mut race = pin!(run(&script, &["1.0.0.1", "1.0.0.2", "3.0.0.1"]));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(race.as_mut().poll(&mut cx).is_pending());
    assert!(race.as_mut().poll(&mut cx).is_pending());
    assert_eq!(
        *script.tried.borrow(),
        ["1.0.0.1"],
        "not before the pause is over"
    );
    script.ended.set(1);
    assert!(race.as_mut().poll(&mut cx).is_pending());
    assert_eq!(*script.tried.borrow(), ["1.0.0.1", "1.0.0.2"]);
    script.ended.set(2);
    assert!(race.as_mut().poll(&mut cx).is_ready());
    drop(script.dropped.take());
    assert_eq!(
        script.pauses.get(),
        2,
        "behind the last there is nothing to wait for"
    );
}

#[test]
fn losers_are_dropped_with_the_race() {
    let script = Rc::new(Script::default());
    script.ended.set(usize::MAX);
    assert!(block_on(run(&script, &["1.0.0.1", "3.0.0.1"])).is_ok());
    let mut dropped = script.dropped.take();
    dropped.sort();
    assert_eq!(dropped, ["1.0.0.1", "3.0.0.1"]);
}

#[test]
fn all_failures_are_told() {
    let script = Rc::new(Script::default());
    let error = block_on(run(&script, &["2.0.0.1", "2.0.0.2"])).expect_err("all fail");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    let text = error.to_string();
    assert!(
        text.contains("2.0.0.1:80: ") && text.contains("2.0.0.2:80: "),
        "{text}"
    );
}

#[test]
fn no_address_is_a_failure() {
    let none = race(Vec::new(), |_| pending::<io::Result<()>>(), pending::<()>);
    assert!(block_on(none).is_err());
}
