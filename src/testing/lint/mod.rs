//! The contract between applications and carriers, as a program that looks on.

mod body;
mod clock;
mod fields;
mod report;
mod request;
mod response;
mod rules;

pub use report::{Report, Rule, Side, Violation};

use body::Watched;
use clock::Watch;
use response::Asked;

use crate::middleware::{Middleware, Next};
use crate::request::Request;
use crate::response::Response;

/// The executable contract (Rack's lint for this framework): the outermost middleware of an application under test.
///
/// It looks at what an adapter gives, the request and its body, and how it reads the response's; and at what the
/// application answers, the head and, as it passes, the body. It changes nothing. What breaks a rule of docs/SPEC.md
/// or of HTTP goes into a [`Report`] that the test looks at afterwards, and to the log.
///
/// It must be added before any other middleware: what stands outside of it counts as the adapter. What the framework
/// itself adds to every response comes after it and is not seen.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::testing::{Lint, TestClient};
///
/// let (lint, report) = Lint::new();
/// let app = Application::new()
///     .middleware(lint)
///     .get("/", async |cx| cx.write("Hello, world"))
///     .get("/moved", async |cx| {
///         cx.set_status(301);
///         Ok(())
///     });
/// let client = TestClient::new(app);
///
/// client.get("/").send();
/// report.assert_clean();
///
/// client.get("/moved").send();
/// assert_eq!(report.violations()[0].code, "no-location");
/// ```
#[derive(Debug)]
pub struct Lint {
    report: Report,
}

impl Lint {
    /// A lint, and the report that it writes.
    pub fn new() -> (Self, Report) {
        let report = Report::default();
        let lint = Self {
            report: report.clone(),
        };
        (lint, report)
    }

    /// Every rule that is checked.
    pub fn rules() -> &'static [Rule] {
        rules::ALL
    }
}

impl Middleware for Lint {
    async fn handle(&self, mut request: Request, next: Next<'_>) -> Response {
        let report = &self.report;
        request::check(&request, report);
        let asked = Asked::new(&request);
        let mut watch = request.carrier().cloned().map(Watch::start);
        let field = request::content_length(request.headers()).ok().flatten();
        let body = request.take_body();
        request.set_body(Watched::wrap(body, &body::REQUEST, field, None, report));

        let mut response = next.run(request).await;

        if let Some(watch) = &mut watch {
            watch.look(report);
        }
        // The core would do it next: what a template adds is checked too.
        if !asked.has_no_content(response.status()) {
            response.render_template();
        }
        asked.check(&response, report);
        // A file goes as it is to a carrier that can send files. Where there is no content the body is dropped, and
        // only as it is does the core see that this is no lost client.
        let as_file = asked.can_send_file() && response.body().as_file().is_some();
        if !as_file && !asked.has_no_content(response.status()) {
            let field = request::content_length(response.headers()).ok().flatten();
            let body = response.take_body();
            response.set_body(Watched::wrap(body, &body::RESPONSE, field, watch, report));
        }
        response
    }
}

#[cfg(test)]
mod tests;
