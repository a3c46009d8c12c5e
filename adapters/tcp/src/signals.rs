//! ctrl-c and SIGTERM: stop in good order; the second time at once.

use std::io;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};

use crate::server;

/// Listens while it lives.
pub(crate) struct Guard(Handle);

pub(crate) fn stop_on_signal(server: server::Handle) -> io::Result<Guard> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let handle = signals.handle();
    thread::Builder::new()
        .name("waterspout-signals".into())
        .spawn(move || {
            let mut told = false;
            for signal in &mut signals {
                if told {
                    let _ = signal_hook::low_level::emulate_default_handler(signal);
                }
                told = true;
                tracing::info!(target: "waterspout", "stopping");
                server.shutdown();
            }
        })?;
    Ok(Guard(handle))
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.close();
    }
}
