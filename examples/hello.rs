//! The slides' first program: `cargo run --example hello`, then open http://127.0.0.1:8888/.

use waterspout::prelude::*;

struct Main;

impl RequestHandler for Main {
    async fn get(&self, cx: &mut Context) -> Result {
        cx.write("Hello, world")
    }
}

fn main() -> Result {
    let app = Application::new().route("/", Main);
    waterspout_tcp::run(app, "127.0.0.1:8888")
}
