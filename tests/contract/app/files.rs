//! Static files: the example's.

use waterspout::prelude::*;
use waterspout::static_files::StaticFiles;

pub(crate) fn routes(app: Application) -> Application {
    let files = StaticFiles::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/static"));
    let files = files.default_file("index.html");
    app.static_files("/static/", files.clone())
        .host("files.test", |rules| rules.static_files("/", files))
        .get("/static-url", async |cx| cx.write(cx.static_url("css/site.css")?))
}
