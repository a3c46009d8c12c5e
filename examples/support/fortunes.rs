//! The table that `bench` and its peers in benches/compare render, so that all do the same work.

use askama::Template;

#[derive(Template)]
#[template(path = "fortunes.html")]
pub(crate) struct Fortunes {
    fortunes: &'static [Fortune],
}

struct Fortune {
    id: u32,
    message: &'static str,
}

impl Fortunes {
    /// Every message goes through the escaper, two of them have something to escape.
    pub(crate) const TWELVE: Self = Self {
        fortunes: &[
            fortune(1, "A server is a program that waits for other programs."),
            fortune(2, "Measure first. Then measure what you measured with."),
            fortune(3, "Whoever says \"it cannot happen\" has not read the log."),
            fortune(4, "A cache is a promise to be wrong later."),
            fortune(5, "<script>alert('This is text & not a script.');</script>"),
            fortune(6, "There are two hard things, and this is the other one."),
            fortune(7, "A timeout is a guess with consequences."),
            fortune(8, "水上の竜巻は水の上の竜巻である。"),
            fortune(9, "The fastest request is the one that is not sent."),
            fortune(10, "Nothing is as permanent as a temporary header."),
            fortune(11, "Retry is a strategy; retry for ever is another outage."),
            fortune(12, "Read the specification. Then read what the others read."),
        ],
    };
}

const fn fortune(id: u32, message: &'static str) -> Fortune {
    Fortune { id, message }
}
