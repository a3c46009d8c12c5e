//! Testing without sockets: a client that calls the application, a clock turned by hand, and the contract as a program.

mod client;
mod clock;
mod duplex;
mod engine;
mod lint;
mod response;
mod websocket;

pub use client::{TestClient, TestRequest};
pub use clock::ManualClock;
pub use duplex::TestUpgrade;
pub use engine::TestEngine;
pub use lint::{Lint, Report, Rule, Side, Violation};
pub use response::TestResponse;
pub use websocket::{TestHandshake, TestWebSocket};
