//! Many requests at once on one thread, by hand; and one application on many threads.

use std::task::Poll;

use waterspout::prelude::*;

use crate::support::{Log, frame, pause, poll, request};

struct Walker(Log);

impl RequestHandler for Walker {
    async fn get(&self, cx: &mut Context) -> Result {
        let id: usize = cx.path()?;
        for _ in 0..id % 7 {
            pause().await;
        }
        cx.write(format!("{id}:"))?;
        cx.flush().await?;
        for step in 0..id % 5 {
            pause().await;
            cx.write(step.to_string())?;
            cx.flush().await?;
        }
        if id % 10 == 3 {
            panic!("number {id}");
        }
        cx.write("!")
    }

    fn on_finish(&self, _: &mut Context) {
        self.0.add("on_finish");
    }
}

#[test]
fn a_hundred_requests_interleave_on_one_thread() {
    let log = Log::default();
    let app = Application::new().route("/{id}", Walker(log.clone()));
    let mut futures: Vec<_> = (0..100)
        .map(|id| Some(Box::pin(app.respond(request("GET", &format!("/{id}"), ())))))
        .collect();
    let mut bodies: Vec<Option<Body>> = (0..100).map(|_| None).collect();
    let mut texts = vec![String::new(); 100];
    let mut open = 100;
    let mut most_open_bodies = 0;
    while open > 0 {
        for id in 0..100 {
            if let Some(future) = &mut futures[id] {
                if let Poll::Ready(mut response) = poll(future.as_mut()) {
                    futures[id] = None;
                    bodies[id] = Some(response.take_body());
                }
            } else if let Some(body) = &mut bodies[id] {
                match frame(body).as_str() {
                    "pending" => {}
                    end @ ("end" | "error") => {
                        texts[id].push_str(if end == "error" { "x" } else { "" });
                        bodies[id] = None;
                        open -= 1;
                    }
                    piece => texts[id].push_str(piece),
                }
            }
        }
        most_open_bodies = most_open_bodies.max(bodies.iter().flatten().count());
    }
    for (id, text) in texts.iter().enumerate() {
        let steps: String = (0..id % 5).map(|step| step.to_string()).collect();
        let end = if id % 10 == 3 { "x" } else { "!" };
        assert_eq!(*text, format!("{id}:{steps}{end}"));
    }
    assert!(most_open_bodies > 50, "they did interleave");
    assert_eq!(log.take().len(), 100);
}

#[test]
fn threads_share_an_application() {
    let log = Log::default();
    let app = Application::new().route("/{id}", Walker(log.clone()));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let app = app.clone();
            scope.spawn(move || {
                let client = waterspout::testing::TestClient::new(app.clone());
                // None of these pauses: nobody would wake them.
                for id in [0, 35, 70].map(|id| id + 105 * thread) {
                    assert_eq!(client.get(&format!("/{id}")).send().text(), format!("{id}:!"));
                }
            });
        }
    });
    assert_eq!(log.take().len(), 12);
}

#[test]
fn a_response_may_move_between_threads_while_it_runs() {
    let app = Application::new().route("/{id}", Walker(Log::default()));
    let mut future = Box::pin(app.respond(request("GET", "/9", ())));
    assert!(poll(future.as_mut()).is_pending());
    let mut response = std::thread::spawn(move || {
        loop {
            if let Poll::Ready(response) = poll(future.as_mut()) {
                return response;
            }
        }
    })
    .join()
    .expect("no panic");
    let mut text = String::new();
    loop {
        match frame(response.body_mut()).as_str() {
            "end" => break,
            "pending" => {}
            piece => text.push_str(piece),
        }
    }
    assert_eq!(text, "9:0123!");
}
