//! Counts what waterspout allocates for a plaintext request, from its first byte read to its last byte written:
//! `cargo run --release --features allocs --bin allocs`. Exits 1 where it is more than 10 allocations.
//!
//! Every allocation of the process is counted. The client, in the same process, makes none while it counts: it
//! writes one constant and reads into one buffer, on a connection that is kept alive.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use waterspout::http::header::CONTENT_TYPE;
use waterspout::prelude::*;
use waterspout_tcp::{Runtime, Server};

/// What a plaintext request may cost at most.
const MOST: f64 = 10.0;
const WARM_UP: u32 = 1_000;
const REQUESTS: u32 = 10_000;

/// As wrk sends it.
const REQUEST: &[u8] = b"GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1:8888\r\n\r\n";

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, counted; memory that is grown counts as an allocation of its new size.
struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

fn count(bytes: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    BYTES.fetch_add(bytes as u64, Relaxed);
}

// SAFETY: every call goes to the system's allocator with the caller's own arguments, whose promises are the same.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

async fn plaintext(cx: &mut Context) -> Result {
    cx.set_header(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=UTF-8"),
    )?;
    cx.write(compare::HELLO)
}

/// Allocations and bytes a request.
struct Cost {
    allocations: f64,
    bytes: f64,
}

fn measure(runtime: Runtime, settings: Settings) -> Result<Cost> {
    let app = Application::new().settings(settings).get("/plaintext", plaintext);
    let server = Server::builder(app)
        .runtime(runtime)
        .threads(1)
        .bind("127.0.0.1:0")?;
    let (address, handle) = (server.local_addr(), server.handle());
    let running = std::thread::spawn(move || server.run());
    let cost = requests(address);
    handle.shutdown();
    running
        .join()
        .map_err(|_| Error::new(500).message("the server panicked"))??;
    Ok(cost?)
}

fn requests(address: SocketAddr) -> io::Result<Cost> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_nodelay(true)?;
    for _ in 0..WARM_UP {
        exchange(&mut connection)?;
    }
    let before = (ALLOCATIONS.load(Relaxed), BYTES.load(Relaxed));
    for _ in 0..REQUESTS {
        exchange(&mut connection)?;
    }
    let (allocations, bytes) = (
        ALLOCATIONS.load(Relaxed) - before.0,
        BYTES.load(Relaxed) - before.1,
    );
    Ok(Cost {
        allocations: allocations as f64 / f64::from(REQUESTS),
        bytes: bytes as f64 / f64::from(REQUESTS),
    })
}

/// One request and its whole answer.
fn exchange(connection: &mut TcpStream) -> io::Result<()> {
    connection.write_all(REQUEST)?;
    let (mut buffer, mut len) = ([0; 1024], 0);
    while !buffer[..len].ends_with(compare::HELLO.as_bytes()) {
        match connection.read(&mut buffer[len..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => len += read,
        }
    }
    if buffer.starts_with(b"HTTP/1.1 200 OK\r\n") {
        Ok(())
    } else {
        Err(io::Error::other("this is no 200"))
    }
}

fn main() -> ExitCode {
    println!("| runtime | settings | allocations a request | bytes a request |");
    println!("|---|---|---:|---:|");
    let mut over = false;
    for &runtime in Runtime::ALL {
        // As `examples/bench` has it for comparisons, and as it is by default.
        let bare = Settings {
            nosniff: false,
            request_id: false,
            ..Settings::default()
        };
        for (name, settings) in [("bench", bare), ("default", Settings::default())] {
            match measure(runtime, settings) {
                Ok(Cost { allocations, bytes }) => {
                    over |= allocations > MOST;
                    println!("| {} | {name} | {allocations:.2} | {bytes:.0} |", runtime.name());
                }
                Err(error) => {
                    eprintln!("allocs: {}: {error}", runtime.name());
                    return ExitCode::from(2);
                }
            }
        }
    }
    if over {
        eprintln!("allocs: more than {MOST} allocations a request");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
