//! The layer that renders on the way out.

use crate::middleware::{Middleware, Next};
use crate::request::Request;
use crate::response::Response;

/// Renders what handlers have given to [`Context::render_later`](crate::Context::render_later).
///
/// Every application does so by itself, behind the outermost middleware. This layer is for one that has a middleware that
/// wants to see the finished page (to compress it, to make a tag of its bytes): put it inside of that one. What stands
/// inside of this layer meets the template, what stands outside meets bytes.
///
/// ```
/// use waterspout::prelude::*;
/// use waterspout::template::Templates;
///
/// #[derive(Template)]
/// #[template(ext = "html", source = "Hello, world")]
/// struct Page;
///
/// let app = Application::new()
///     .wrap(async |request, next| {
///         let mut response = next.run(request).await;
///         let length = response.body().len().unwrap_or_default();
///         response.headers_mut().insert("x-length", length.into());
///         response
///     })
///     .middleware(Templates)
///     .get("/", async |cx| cx.render_later(Page));
/// # let client = waterspout::testing::TestClient::new(app);
/// assert_eq!(client.get("/").send().header("x-length"), Some("12"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Templates;

impl Middleware for Templates {
    async fn handle(&self, request: Request, next: Next<'_>) -> Response {
        let mut response = next.run(request).await;
        response.render_template();
        response
    }
}
