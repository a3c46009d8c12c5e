//! The cases, and what runs them.

mod arguments;
mod bodies;
mod errors;
mod fields;
mod files;
mod forms;
mod guards;
mod life;
mod responses;
mod routes;
mod status;
mod streams;
mod upgrades;
mod users;
mod websockets;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use waterspout::Application;

use crate::app;
use crate::carry::{Carry, Heard, Need, Talk};
use crate::ledger::Ledger;
use crate::message::{RawRequest, RawResponse};

/// One thing that every carrier must do alike.
pub(crate) struct Case {
    name: &'static str,
    needs: &'static [Need],
    run: fn(&World),
}

impl Case {
    const fn new(name: &'static str, run: fn(&World)) -> Self {
        Self {
            name,
            needs: &[],
            run,
        }
    }

    const fn with(name: &'static str, needs: &'static [Need], run: fn(&World)) -> Self {
        Self { name, needs, run }
    }
}

const ALL: &[&[Case]] = &[
    routes::CASES,
    fields::CASES,
    guards::CASES,
    arguments::CASES,
    bodies::CASES,
    responses::CASES,
    forms::CASES,
    status::CASES,
    errors::CASES,
    life::CASES,
    streams::CASES,
    upgrades::CASES,
    websockets::CASES,
    files::CASES,
    users::CASES,
];

/// Rules that cases break on purpose; the lint must have seen it.
const ON_PURPOSE: &[&str] = &["body-short", "body-long"];

/// What a case has to work with.
pub(crate) struct World<'a> {
    carry: &'a dyn Carry,
    ledger: &'a Ledger,
}

impl World<'_> {
    fn send(&self, request: RawRequest) -> RawResponse {
        self.carry.exchange(request)
    }

    fn get(&self, target: &str) -> RawResponse {
        self.send(RawRequest::get(target))
    }

    fn ask(&self, method: &str, target: &str) -> RawResponse {
        self.send(RawRequest::new(method, target))
    }
}

/// Hears until `wanted` has come: where one piece ends and the next begins is the carrier's.
#[track_caller]
fn hear(talk: &mut dyn Talk, wanted: impl AsRef<[u8]>) {
    let (mut heard, wanted) = (Vec::new(), wanted.as_ref());
    while heard.len() < wanted.len() {
        match talk.hear() {
            Heard::Piece(piece) => heard.extend(piece),
            end => panic!("{end:?} after {}", heard.escape_ascii()),
        }
    }
    assert!(
        heard == wanted,
        "{} instead of {}",
        heard.escape_ascii(),
        wanted.escape_ascii()
    );
}

/// Runs every case that the carrier must pass, and says at the end which failed. An exception that passes has failed: it
/// is one no longer.
pub(crate) fn run(start: impl FnOnce(Application) -> Box<dyn Carry>) {
    let ledger = Ledger::default();
    let (app, report) = app::build(&ledger);
    let carry = start(app);
    let world = World {
        carry: &*carry,
        ledger: &ledger,
    };
    let (mut ran, mut failed) = (0, Vec::new());
    let mut excepted: BTreeSet<_> = carry.exceptions().into_iter().map(|(name, _)| name).collect();
    for case in ALL.iter().copied().flatten() {
        if !case.needs.iter().all(|need| carry.can(*need)) {
            continue;
        }
        ran += 1;
        let outcome = catch_unwind(AssertUnwindSafe(|| (case.run)(&world)));
        match (outcome, excepted.remove(case.name)) {
            (Ok(()), false) | (Err(_), true) => {}
            (Ok(()), true) => failed.push(format!("{}: passes, and stands among the exceptions", case.name)),
            (Err(panic), false) => {
                let text = panic
                    .downcast::<String>()
                    .map_or_else(|_| "panic".into(), |text| *text);
                failed.push(format!("{}: {text}", case.name));
            }
        }
    }
    failed.extend(
        excepted
            .iter()
            .map(|name| format!("{name}: an exception from no case")),
    );
    let name = carry.name();
    // Whatever is still on its way ends here.
    drop(carry);
    assert!(
        failed.is_empty(),
        "over {name}, {} of {ran} failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    let (known, found): (Vec<_>, Vec<_>) = report
        .violations()
        .into_iter()
        .partition(|violation| ON_PURPOSE.contains(&violation.code));
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "over {name}, the contract was broken:\n{}",
        found.join("\n")
    );
    for code in ON_PURPOSE {
        assert!(
            known.iter().any(|violation| violation.code == *code),
            "{code} went unseen"
        );
    }
}

#[test]
fn names_are_unique_and_there_are_enough() {
    let names: Vec<_> = ALL.iter().copied().flatten().map(|case| case.name).collect();
    let unique: BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
    assert!(names.len() >= 60, "{}", names.len());
}
