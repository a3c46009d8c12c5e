//! Runs the table: over plain TCP and TLS, in one piece and byte by byte; behind each row a second request, which must
//! get its own answer, whatever is left of the first.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use waterspout::{ClientError, FetchRequest, FetchResponse};

use crate::connection::Step;
use crate::fetch::{client, fetch};
use crate::identity::Identity;
use crate::server::Server;
use crate::table::{End, Row, Want, rows};

/// Beyond it an answer is not sent byte by byte.
const SMALL: usize = 1 << 10;

fn script(row: &Row, split: bool) -> Vec<Step> {
    let mut steps: Vec<Step> = if split {
        row.answer.iter().map(|&byte| Step::Send(vec![byte])).collect()
    } else {
        vec![Step::Send(row.answer.clone())]
    };
    match row.end {
        End::Open => {}
        End::Close => steps.push(Step::Close),
        End::Cut => steps.push(Step::Cut),
    }
    steps
}

fn ensure(holds: bool, text: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(text()) }
}

fn judge(row: &Row, result: Result<FetchResponse, ClientError>) -> Result<(), String> {
    match (&row.want, result) {
        (Want::Error(wanted), Err(error)) => {
            let same = std::mem::discriminant(wanted) == std::mem::discriminant(&error.kind());
            ensure(same, || format!("{error:?} and not {wanted:?}"))
        }
        (Want::Response(status, body), Ok(response)) => {
            ensure(response.status().as_u16() == *status, || {
                format!("{}", response.status())
            })?;
            ensure(response.body() == body, || {
                format!("other content: {:?}", response.body())
            })?;
            let Some((name, value)) = &row.field else {
                return Ok(());
            };
            let found = response.headers().get(*name).map(http::HeaderValue::as_bytes);
            ensure(found == Some(value), || format!("{name}: {found:?}"))
        }
        (_, Ok(response)) => Err(format!("{response:?} and no error")),
        (_, Err(error)) => Err(format!("{error:?}")),
    }
}

fn case(row: &Row, identity: Option<Identity>, split: bool) -> Result<(), String> {
    let steps = script(row, split);
    let played = AtomicBool::new(false);
    let server = Server::start(identity, move |connection| {
        let Some(_) = connection.request() else { return };
        if played.swap(true, Ordering::SeqCst) {
            connection.answer("200 OK", "second");
        } else if !connection.play(&steps) {
            return;
        }
        connection.serve(|_| "second".into());
    });
    let client = client();
    let first = FetchRequest::new(row.method.clone(), server.url("/first")).raise_error(false);
    judge(row, fetch(&client, first))?;
    let second = fetch(&client, server.url("/second")).map_err(|error| format!("then: {error:?}"))?;
    ensure(second.body() == "second", || format!("then: {:?}", second.body()))?;
    let lines = [format!("{} /first", row.method), "GET /second".into()];
    ensure(server.lines() == lines, || format!("{:?}", server.lines()))?;
    let connections = if row.keeps { 1 } else { 2 };
    ensure(server.connections() == connections, || {
        format!("{} connections", server.connections())
    })
}

fn run(identity: Option<Identity>, split: bool) {
    let rows: Vec<Row> = rows()
        .into_iter()
        .filter(|row| !row.only_tls || identity.is_some())
        .filter(|row| !split || !row.whole && row.answer.len() <= SMALL)
        .collect();
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        let failures = &failures;
        for part in rows.chunks(rows.len().div_ceil(4)) {
            scope.spawn(move || {
                for row in part {
                    if let Err(error) = case(row, identity, split) {
                        let text = format!("{} ({}): {error}", row.name, row.source);
                        failures.lock().expect("no panic under it").push(text);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic under it");
    assert!(
        failures.is_empty(),
        "{}:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn plain() {
    run(None, false);
}

#[test]
fn plain_byte_by_byte() {
    run(None, true);
}

#[test]
fn tls() {
    run(Some(Identity::Good), false);
}

#[test]
fn tls_byte_by_byte() {
    run(Some(Identity::Good), true);
}
