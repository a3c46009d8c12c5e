//! A journal in templates: a layout that pages inherit, a list with a fragment that is also served alone, a card that is
//! a template of its own, and one page for all errors. `cargo run --example templates [ADDR]`, then open
//! http://127.0.0.1:8888/.

use waterspout::prelude::*;
use waterspout::template::ErrorPage;

struct Entry {
    slug: &'static str,
    title: &'static str,
    text: &'static str,
}

const ENTRIES: &[Entry] = &[
    Entry {
        slug: "waterspout",
        title: "What is a waterspout?",
        text: "A tornado that stands on water. It does not mind what carries it.",
    },
    Entry {
        slug: "escaping",
        title: "Tags like <b> & <i> are text",
        text: "What a template writes is escaped for HTML, unless the template says that it is safe.",
    },
    Entry {
        slug: "compiled",
        title: "Compiled with the program",
        text: "A name that is misspelt in a template is an error of the compiler, not of a user's evening.",
    },
];

/// The list, and the fragment of it that a search replaces: `Journal::as_rows`.
#[derive(Template)]
#[template(path = "journal.html", blocks = ["rows"])]
struct Journal {
    query: String,
    entries: Vec<&'static Entry>,
}

/// What Tornado calls a UI module is a template like any other.
#[derive(Template)]
#[template(path = "card.html")]
struct Card<'a> {
    entry: &'a Entry,
}

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    entry: &'static Entry,
}

#[derive(Template)]
#[template(path = "error.html")]
struct Oops {
    error: ErrorPage,
}

fn search(cx: &Context) -> Result<Journal> {
    let query = cx.get_argument_or("q", "")?;
    let wanted = query.to_lowercase();
    let found = ENTRIES
        .iter()
        .filter(|entry| entry.title.to_lowercase().contains(&wanted));
    Ok(Journal {
        entries: found.collect(),
        query,
    })
}

async fn home(cx: &mut Context) -> Result {
    let journal = search(cx)?;
    cx.render(journal)
}

async fn rows(cx: &mut Context) -> Result {
    let journal = search(cx)?;
    cx.render(journal.as_rows())
}

async fn entry(cx: &mut Context) -> Result {
    let slug = cx.path_arg("slug")?;
    let found = ENTRIES.iter().find(|entry| entry.slug == slug);
    let entry = found.ok_or_else(|| Error::new(404).message(format!("There is no entry “{slug}”.")))?;
    cx.render(EntryPage { entry })
}

fn main() -> Result {
    let app = Application::new()
        .template_value("site", "Waterspout's journal")
        .error_template(|error| Oops { error })
        .get("/", home)
        .name("home")
        .get("/rows", rows)
        .name("rows")
        .get("/entry/{slug}", entry)
        .name("entry");
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8888".into());
    waterspout_tcp::run(app, &address)
}
