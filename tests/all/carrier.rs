//! What the carrier gives a handler: clock, timers, threads, a deadline.

use std::time::Duration;

use waterspout::Abilities;
use waterspout::prelude::*;
use waterspout::testing::TestClient;

use crate::support::{poll, request};

#[test]
fn sleeping_takes_the_carriers_time_and_none_of_ours() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        let before = cx.carrier()?.monotonic();
        cx.sleep(Duration::from_secs(3600)).await?;
        let slept = cx.carrier()?.monotonic() - before;
        cx.write(slept.as_secs().to_string())
    });
    assert_eq!(TestClient::new(app).get("/").send().text(), "3600");
}

#[test]
fn the_clock_can_be_turned_by_hand() {
    let client = TestClient::new(Application::new().get("/", async |cx: &mut Context| {
        let now = cx.carrier()?.now().duration_since(std::time::UNIX_EPOCH)?;
        cx.write(now.as_secs().to_string())
    }));
    let read = || client.get("/").send().text().parse::<u64>().expect("seconds");
    let before = read();
    client.advance(Duration::from_secs(90));
    assert_eq!(read(), before + 90);
}

#[test]
fn a_sleeper_wakes_when_it_is_due_and_not_before() {
    let clock = waterspout::testing::ManualClock::new();
    let mut sleep = waterspout::Carrier::sleep(&clock, Duration::from_secs(2));
    assert!(poll(sleep.as_mut()).is_pending());
    clock.advance(Duration::from_secs(1));
    assert!(poll(sleep.as_mut()).is_pending());
    clock.advance(Duration::from_secs(1));
    assert!(poll(sleep.as_mut()).is_ready());
}

#[test]
fn blocking_work_gives_its_result_and_its_panic() {
    let app = Application::new()
        .get("/", async |cx: &mut Context| {
            let sum: u32 = cx.unblock(|| (1..=10).sum())?.await;
            cx.write(sum.to_string())
        })
        .get("/panic", async |cx: &mut Context| {
            cx.unblock(|| panic!("in a thread"))?.await;
            Ok(())
        });
    let client = TestClient::new(app);
    assert_eq!(client.get("/").send().text(), "55");
    assert_eq!(client.get("/panic").send().status(), 500);
    assert_eq!(client.get("/").send().text(), "55", "and life goes on");
}

#[test]
fn the_deadline_counts_down() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        cx.sleep(Duration::from_secs(2)).await?;
        let left = cx.deadline();
        cx.write(format!("{left:?}"))
    });
    assert_eq!(TestClient::new(app.clone()).get("/").send().text(), "None");
    for (deadline, left) in [(5, "Some(3s)"), (1, "Some(0ns)")] {
        let client = TestClient::new(app.clone()).abilities(Abilities {
            deadline: Some(Duration::from_secs(deadline)),
            ..Abilities::default()
        });
        assert_eq!(client.get("/").send().text(), left);
    }
}

#[test]
fn a_timer_that_is_dropped_is_forgotten() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        let short = cx.sleep(Duration::from_secs(1));
        let long = cx.sleep(Duration::from_secs(1000));
        futures_lite::future::or(short, long).await?;
        cx.sleep(Duration::from_secs(1)).await?;
        let now = cx.carrier()?.monotonic();
        cx.write(now.as_secs().to_string())
    });
    assert_eq!(TestClient::new(app).get("/").send().text(), "2");
}

#[test]
fn streams_in_time() {
    let app = Application::new().get("/", async |cx: &mut Context| {
        for n in 0..3 {
            cx.write(n.to_string())?;
            cx.flush().await?;
            cx.sleep(Duration::from_secs(1)).await?;
        }
        Ok(())
    });
    let client = TestClient::new(app.clone());
    let mut response = client.get("/").start();
    for (text, seconds) in [("0", 0), ("1", 1), ("2", 2)] {
        assert_eq!(response.next_chunk().as_deref(), Some(text.as_bytes()));
        assert_eq!(waterspout::Carrier::monotonic(client.clock()).as_secs(), seconds);
    }
    assert_eq!(response.next_chunk(), None);
    // Without anybody to turn the clock, it waits.
    let mut response = crate::support::respond(&app, request("GET", "/", ()));
    assert_eq!(crate::support::frame(response.body_mut()), "0");
    assert_eq!(crate::support::frame(response.body_mut()), "pending");
}
