//! `waterspout-tcp` on a port of its own, spoken to by a plain blocking client.

use std::net::SocketAddr;
use std::thread::JoinHandle;

use waterspout::Application;
use waterspout_tcp::{Engine, Handle, Runtime, Server};

use crate::carry::{Carry, Need, Talk};
use crate::exceptions::{self, Suite};
use crate::message::RawRequest;
use crate::wire::Wire;

pub(crate) struct Tcp {
    app: Application,
    runtime: Runtime,
    engine: Engine,
    address: SocketAddr,
    handle: Handle,
    running: Option<JoinHandle<waterspout::Result>>,
}

impl Tcp {
    pub(crate) fn start(app: Application, runtime: Runtime, engine: Engine) -> Self {
        let server = Server::builder(app.clone())
            .runtime(runtime)
            .engine(engine)
            .threads(2)
            .bind("127.0.0.1:0")
            .expect("a free port");
        let (address, handle) = (server.local_addr(), server.handle());
        Self {
            app,
            runtime,
            engine,
            address,
            handle,
            running: Some(std::thread::spawn(move || server.run())),
        }
    }
}

impl Carry for Tcp {
    fn name(&self) -> String {
        format!("tcp on {}, engine {}", self.runtime.name(), self.engine.name())
    }

    fn exceptions(&self) -> Vec<(&'static str, &'static str)> {
        match self.engine {
            Engine::AsyncH1 => exceptions::of(Suite::Contract),
            _ => Vec::new(),
        }
    }

    fn can(&self, _: Need) -> bool {
        true
    }

    fn remote(&self) -> &str {
        "127.0.0.1"
    }

    fn open(&self, request: RawRequest) -> Box<dyn Talk> {
        Box::new(Wire::open(self.address, request))
    }

    fn open_behind(&self, first: RawRequest, second: RawRequest) -> Box<dyn Talk> {
        let mut wire = Wire::open(self.address, first);
        assert!(!wire.rest().cut);
        Box::new(wire.again(second))
    }

    fn another(&self) -> Box<dyn Carry> {
        Box::new(Self::start(self.app.clone(), self.runtime, self.engine))
    }

    fn stop(&self) {
        self.handle.shutdown();
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(running) = self.running.take() {
            let ended = running.join().expect("a server that does not panic");
            ended.expect("a server that ends well");
        }
    }
}
