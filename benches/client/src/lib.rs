//! What the clients share: the command line, and how CPU time is told.

use std::cell::Cell;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Instant;

/// How many fetches run side by side.
pub const CONCURRENT: usize = 64;

/// The work: `CONCURRENT` loops take numbers from here until none are left.
#[derive(Clone)]
pub struct Work {
    pub url: String,
    left: Rc<Cell<u64>>,
}

impl Work {
    pub fn take(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }
}

/// User and system time of this process in microseconds, all threads.
fn cpu() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let nanoseconds: u64 = tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse::<u64>().ok())
        .sum();
    nanoseconds / 1000
}

/// Runs `run` with a warm-up of a tenth, then all of it, and prints `CPU-µs-a-request requests-a-second`.
pub fn measure(run: impl Fn(Work)) {
    let mut args = std::env::args().skip(1);
    let (Some(url), Some(count)) = (args.next(), args.next()) else {
        panic!("usage: NAME URL COUNT");
    };
    let count: u64 = count.parse().expect("a number");
    let work = |count| Work {
        url: url.clone(),
        left: Rc::new(Cell::new(count)),
    };
    run(work(count / 10));
    let (before, start) = (cpu(), Instant::now());
    run(work(count));
    let (used, took) = (cpu() - before, start.elapsed());
    println!(
        "{:.2} {:.0}",
        used as f64 / count as f64,
        count as f64 / took.as_secs_f64()
    );
}

/// A failure ends the program.
pub fn or_exit<T, E: Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}
