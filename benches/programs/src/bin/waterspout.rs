use waterspout::prelude::*;

#[derive(Template)]
#[template(path = "template.html")]
struct Page {
    body: String,
}

async fn hello(cx: &mut Context) -> Result {
    cx.write("Hello, world")
}

async fn fetch(cx: &mut Context) -> Result {
    let response = cx.client().fetch("http://example.com/").await?;
    let body = response.text()?;
    cx.render(Page { body })
}

// websocket: begin
struct Echo;

impl WebSocketHandler for Echo {
    async fn open(&mut self, _ws: &mut WebSocket) -> Result {
        println!("WebSocket opened");
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        ws.write_message(format!("You said: {message}")).await
    }

    async fn on_close(&mut self, _ws: &mut WebSocket) {
        println!("WebSocket closed");
    }
}
// websocket: end

fn app() -> Application {
    Application::new()
        .get("/", hello)
        .get("/fetch", fetch)
        .websocket("/websocket", || Echo)
}

fn main() -> Result {
    waterspout_tcp::run(app(), "127.0.0.1:8888")
}
