//! Both bridges to http-types in one: our request becomes theirs for an endpoint, and ours again for the application
//! behind it; the response goes back the same way.

use std::sync::Arc;

use waterspout::Application;
use waterspout::compat::{Endpoint, Host};
use waterspout::testing::ManualClock;

use crate::carry::{Carry, Need, Talk};
use crate::in_process::{InProcess, Tasks};
use crate::message::RawRequest;

/// What http-types has no place for; src/compat/mod.rs has the whole table.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "methods arrive as they are",
        "its methods are a list, in upper case: 501",
    ),
    ("raw paths have their dots", "its URL resolves dot segments: 400"),
    (
        "repeated request fields keep their order",
        "its fields stand in a HashMap: the order between names is lost",
    ),
    (
        "bytes beyond ASCII are kept in request fields",
        "its values are ASCII: 400",
    ),
    (
        "response fields keep the order of their names",
        "its fields stand in a HashMap: the order between names is lost",
    ),
    (
        "bytes beyond ASCII are kept in response fields",
        "its values are ASCII: 500",
    ),
    (
        "statuses that nobody has registered leave as they are",
        "its statuses are a list: 500",
    ),
    (
        "a reason phrase leaves, one that is not allowed does not",
        "it has no reason phrases",
    ),
];

pub(crate) struct Bridged(InProcess);

impl Bridged {
    pub(crate) fn new(app: Application) -> Self {
        app.check().expect("an application without problems");
        let (clock, tasks) = (ManualClock::new(), Tasks::default());
        let spawner = tasks.clone();
        let host = Host::new(app, Arc::new(clock.clone())).upgrades(move |task| spawner.spawn(task));
        let endpoint = Endpoint::new(move |request| {
            let response = host.respond(request);
            async move { Ok(response.await) }
        });
        // What is behind the bridge looks after itself, and says whom it trusts.
        let outer = Application::new()
            .route("/{*rest}", endpoint.max_body_size(u64::MAX))
            .any_origin()
            .raw_paths();
        Self(InProcess::on(clock, tasks, outer, ""))
    }
}

impl Carry for Bridged {
    fn name(&self) -> String {
        "through http-types".into()
    }

    fn can(&self, need: Need) -> bool {
        self.0.can(need)
    }

    fn exceptions(&self) -> Vec<(&'static str, &'static str)> {
        EXCEPTIONS.to_vec()
    }

    fn open(&self, raw: RawRequest) -> Box<dyn Talk> {
        self.0.open(raw)
    }
}
