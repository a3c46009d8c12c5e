use std::sync::Arc;

use super::*;
use crate::handler::function::is_missing;
use crate::testing::TestClient;
use crate::{Application, Result};

struct Shapes;

impl RequestHandler for Shapes {
    async fn get(&self, _: &mut Context) -> Result {
        Ok(())
    }

    fn put(&self, _: &mut Context) -> impl Future<Output = Result> + Send {
        std::future::ready(Ok(()))
    }

    fn patch(&self, _: &mut Context) -> impl Future<Output = Result> + Send {
        std::future::pending()
    }

    async fn other(&self, cx: &mut Context) -> Result {
        assert!(!is_missing(&self.get(cx)));
        assert!(!is_missing(&self.put(cx)));
        assert!(is_missing(&self.post(cx)));
        let methods = allow::join(&allow::methods(self, cx));
        cx.write(methods)
    }
}

#[test]
fn a_verb_is_written_when_its_future_has_a_size() {
    // `Pending` has none, so a verb that is nothing but it counts as not written; nobody would miss it.
    let response = TestClient::new(Application::new().route("/", Shapes))
        .delete("/")
        .send();
    assert_eq!(response.text(), "GET, HEAD, PUT, OPTIONS");
}

#[test]
fn a_finisher_and_its_request_see_each_other_go() {
    let (finisher, detached) = finisher::pair();
    assert!(!finisher.is_closed());
    drop(detached);
    assert!(finisher.is_closed());
    let kept = Arc::new(());
    let held = kept.clone();
    finisher.complete(move |_| {
        drop(held);
        Ok(())
    });
    assert_eq!(
        Arc::strong_count(&kept),
        1,
        "a completion that nobody runs is dropped"
    );
}
