//! What the engine `async-h1` of waterspout-tcp cannot do: the cases of the suites that it does not pass, each with its
//! reason. Both suites read this table. A case that passes all the same fails its suite: it must go from here.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    /// tests/contract
    Contract,
    /// tests/wire/table
    Wire,
}

use Suite::{Contract, Wire};

const STATUS: &str = "http-types has a fixed list of statuses: answered with 500, and logged";
const REASON: &str = "async-h1 writes the phrases of http-types; a phrase means nothing (RFC 9112 section 4)";
const ORDER: &str =
    "async-h1 sorts the fields by name; the order of names means nothing (RFC 9110 section 5.3)";
const OBS_TEXT: &str = "http-types has ASCII values only: answered with 500, and logged";
const TRAILERS: &str = "async-h1 sends no trailers: left out, and logged";

/// The suite, the name of the case, the reason.
const TABLE: &[(Suite, &str, &str)] = &[
    (
        Contract,
        "statuses that nobody has registered leave as they are",
        STATUS,
    ),
    (
        Contract,
        "a reason phrase leaves, one that is not allowed does not",
        REASON,
    ),
    (Contract, "response fields keep the order of their names", ORDER),
    (
        Contract,
        "bytes beyond ASCII are kept in response fields",
        OBS_TEXT,
    ),
    (Contract, "trailers of a response leave", TRAILERS),
    (Wire, "599", STATUS),
    (Wire, "a reason", REASON),
    (Wire, "a reason that is not allowed", REASON),
    (Wire, "a Latin-1 header", OBS_TEXT),
    (Wire, "response trailers", TRAILERS),
];

/// The exceptions from a suite, by name, with their reasons.
pub(crate) fn of(suite: Suite) -> Vec<(&'static str, &'static str)> {
    let own = TABLE.iter().filter(|(of, ..)| *of == suite);
    own.map(|(_, name, reason)| (*name, *reason)).collect()
}
