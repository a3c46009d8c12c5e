//! Routes that take forms.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use waterspout::prelude::*;

pub(crate) fn routes(app: Application) -> Application {
    app.any("/form", form)
        .streaming("/parts", parts)
        .post("/order", async |cx| {
            let order: Order = cx.form()?;
            cx.write(format!(
                "{} {} {}",
                order.count,
                order.dish,
                order.extra.join("+")
            ))
        })
        .streaming("/limited/{most}", async |cx| {
            let most = cx.path_arg("most")?.parse().status(400)?;
            cx.set_max_body_size(most);
            count(cx).await
        })
        .streaming("/count-default", count)
        .streaming("/hurry/{ms}", async |cx| {
            let ms = cx.path_arg("ms")?.parse().status(400)?;
            cx.set_body_timeout(Duration::from_millis(ms))?;
            count(cx).await
        })
}

/// Fields and files of a form, as JSON.
async fn form(cx: &mut Context) -> Result {
    let fields: Vec<_> = cx.body_arguments().iter().collect();
    let mut files = Vec::new();
    for file in cx.files() {
        let content = file.bytes(1 << 20).await?;
        files.push(json!([
            file.name(),
            file.filename(),
            file.content_type(),
            String::from_utf8_lossy(&content)
        ]));
    }
    let value = json!({ "fields": fields, "files": files });
    cx.write_json(&value)
}

/// Each part as it comes, one a line.
async fn parts(cx: &mut Context) -> Result {
    let mut parts = cx.multipart().await?;
    while let Some(mut part) = parts.next_part().await? {
        let text = part.text(1000).await?;
        cx.write(format!("{} {:?} {text}\n", part.name(), part.safe_filename()))?;
        cx.flush().await?;
    }
    Ok(())
}

async fn count(cx: &mut Context) -> Result {
    let mut count = 0;
    while let Some(chunk) = cx.read_chunk().await? {
        count += chunk.len();
    }
    cx.write(count.to_string())
}

#[derive(Deserialize)]
struct Order {
    dish: String,
    count: u8,
    #[serde(default)]
    extra: Vec<String>,
}
