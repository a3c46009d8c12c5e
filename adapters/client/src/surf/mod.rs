//! surf and [`AsyncHttpClient`](waterspout::AsyncHttpClient), one over the other. Feature `surf`.
//!
//! [`Backend`] carries what a [`surf::Client`] sends, over an engine of waterspout: surf's own backends
//! are not needed, and must not be turned on. They skip the check of a TLS host, give one caller's body to the next, or
//! rest on crates with known vulnerabilities. [`SurfEngine`] is the other way round: a surf client, with its middleware,
//! as the engine of `AsyncHttpClient`.
//!
//! ```
//! # async fn page() -> surf::Result<()> {
//! let client = waterspout_client::surf::client();
//! let text = client.get("https://example.com/").recv_string().await?;
//! # Ok(())
//! # }
//! ```
//!
//! In a handler, over whatever carries the application:
//!
//! ```
//! use waterspout::prelude::*;
//! use waterspout_client::surf::{Backend, client_error};
//!
//! async fn page(cx: &mut Context) -> Result {
//!     let client = surf::Client::with_http_client(Backend::from(cx.client()));
//!     let text = client.get("https://example.com/").recv_string().await;
//!     cx.write(text.map_err(client_error)?)
//! }
//! # let engine = waterspout::testing::TestEngine::new()
//! #     .host("example.com", Application::new().get("/", async |cx| cx.write("hi")));
//! # let app = Application::new().get("/", page).client(engine);
//! # assert_eq!(waterspout::testing::TestClient::new(app).get("/").send().text(), "hi");
//! ```
//!
//! # What is different from `AsyncHttpClient`
//! - A status is no error, and nothing is decompressed: both are surf's way.
//! - Redirects are not followed. surf's own middleware `Redirect` must not be used: it sends every request twice, and
//!   takes `Authorization` and `Cookie` to other hosts. Follow a `Location` by hand, or fetch with `AsyncHttpClient`.
//! - Deadlines and limits are those of [`ClientLimits`](waterspout::ClientLimits): 20 s for the head, as long for each
//!   piece of the body, 100 MiB for all of it.
//! - What http-types has no place for is an error that names it ([`Refused`](waterspout::compat::Refused)): a field's
//!   value that is not ASCII, a status or a method outside its lists.
//!
//! # Advisories
//! surf is unmaintained (RUSTSEC-2025-0036, RUSTSEC-2026-0169) and brings http-types with its default features:
//! RUSTSEC-2026-0174, RUSTSEC-2026-0097 and notices about crates for cookies, which nothing here calls.

mod backend;
mod engine;
mod error;

pub use http_client;

pub use backend::{Backend, client};
pub use engine::SurfEngine;
pub use error::client_error;
