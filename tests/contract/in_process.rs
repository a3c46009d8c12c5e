//! The carrier without a wire: what `TestClient` does, with the whole of a message in view.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Version};
use waterspout::testing::ManualClock;
use waterspout::{
    Abilities, Application, Body, BodySender, BoxFuture, Bytes, HttpBody, Link, Mount, Request,
};

use crate::carry::{Carry, Heard, Need, Talk};
use crate::message::{Field, Payload, RawRequest, RawResponse};
use crate::pipe::Pipe;

pub(crate) struct InProcess {
    app: Application,
    clock: ManualClock,
    link: Link,
    tasks: Tasks,
    stopping: Arc<AtomicBool>,
}

/// What a server would have spawned; it runs along with the connection that the client listens to.
#[derive(Clone, Default)]
pub(crate) struct Tasks(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Tasks {
    #[cfg(feature = "http-types")]
    pub(crate) fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.lock().expect("tasks").push(task);
    }

    fn poll(&self, cx: &mut Context<'_>) {
        let mut tasks = self.0.lock().expect("tasks");
        tasks.retain_mut(|task| task.as_mut().poll(cx).is_pending());
    }
}

impl InProcess {
    pub(crate) fn new(app: Application, mount: &str) -> Self {
        app.check().expect("an application without problems");
        Self::on(ManualClock::new(), Tasks::default(), app, mount)
    }

    pub(crate) fn on(clock: ManualClock, tasks: Tasks, app: Application, mount: &str) -> Self {
        let mut link = Link::new(Arc::new(clock.clone()));
        link.mount = Mount(mount.into());
        link.abilities = Abilities {
            upgrade: true,
            stream_in: true,
            stream_out: true,
            ..Abilities::default()
        };
        Self {
            app,
            clock,
            link,
            tasks,
            stopping: Arc::default(),
        }
    }

    pub(crate) fn without_abilities(mut self) -> Self {
        self.link.abilities = Abilities::default();
        self
    }

    fn request(&self, raw: &RawRequest) -> (Request, Option<BodySender>) {
        let mut headers = HeaderMap::new();
        for (name, value) in &raw.fields {
            append(&mut headers, name, value);
        }
        let len = match &raw.payload {
            Payload::Whole(body) => Some(body.len() as u64),
            Payload::OpenWithLength(len) => Some(*len),
            Payload::None | Payload::Behind(_) | Payload::Pieces(..) | Payload::Open => None,
        };
        if let Some(len) = len {
            headers.insert("content-length", len.into());
        }
        let (sender, body) = match &raw.payload {
            Payload::None | Payload::Behind(_) => (None, Body::empty()),
            Payload::Whole(body) => (None, Body::from(body.clone())),
            Payload::Pieces(..) | Payload::Open | Payload::OpenWithLength(_) => {
                let (sender, body) = Body::channel(len);
                (Some(sender), body)
            }
        };
        let target = match raw.target.strip_prefix('/') {
            Some(rest) => format!("{}/{rest}", self.link.mount.0),
            None => raw.target.clone(),
        };
        let mut link = self.link.clone();
        link.abilities.upgrade &= !raw.old;
        let request = Request::new(
            Method::from_bytes(raw.method.as_bytes()).expect("a method"),
            raw.target.parse().expect("a target"),
            if raw.old {
                Version::HTTP_10
            } else {
                Version::HTTP_11
            },
            headers,
            body,
            Some(target.into()),
            Arc::new(link),
        );
        (request, sender)
    }
}

fn append(headers: &mut HeaderMap, name: &str, value: &[u8]) {
    let name = HeaderName::from_bytes(name.as_bytes()).expect("a field name");
    headers.append(name, HeaderValue::from_bytes(value).expect("a field value"));
}

fn fields(headers: &HeaderMap) -> Vec<Field> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect()
}

impl Carry for InProcess {
    fn name(&self) -> String {
        format!("in process, mount {:?}", self.link.mount.0)
    }

    fn can(&self, need: Need) -> bool {
        let abilities = &self.link.abilities;
        match need {
            Need::Upgrade => abilities.upgrade,
            Need::StreamIn => abilities.stream_in,
            Need::StreamOut => abilities.stream_out,
            Need::SeesLeaving | Need::Trailers | Need::Old => true,
            Need::KeepAlive => false,
        }
    }

    fn mount(&self) -> &str {
        &self.link.mount.0
    }

    fn open(&self, raw: RawRequest) -> Box<dyn Talk> {
        let (request, sender) = self.request(&raw);
        let (mut trailers, mut early) = (Vec::new(), Vec::new());
        match raw.payload {
            Payload::Pieces(_, fields) => trailers = fields,
            Payload::Behind(bytes) => early = bytes,
            _ => {}
        }
        Box::new(Local {
            is_head: raw.method == "HEAD",
            app: self.app.clone(),
            clock: self.clock.clone(),
            tasks: self.tasks.clone(),
            request: Some(request),
            sender,
            trailers_out: trailers,
            early,
            stopping: self.stopping.clone(),
            head: None,
            body: None,
            declared: None,
            got: 0,
            trailers: Vec::new(),
            upgraded: None,
        })
    }

    fn another(&self) -> Box<dyn Carry> {
        let (clock, tasks) = (self.clock.clone(), self.tasks.clone());
        Box::new(Self {
            link: self.link.clone(),
            ..Self::on(clock, tasks, self.app.clone(), "")
        })
    }

    fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

struct Local {
    is_head: bool,
    app: Application,
    clock: ManualClock,
    tasks: Tasks,
    request: Option<Request>,
    sender: Option<BodySender>,
    trailers_out: Vec<Field>,
    /// What the client sends at once for the protocol behind the 101.
    early: Vec<u8>,
    stopping: Arc<AtomicBool>,
    head: Option<RawResponse>,
    body: Option<Body>,
    declared: Option<u64>,
    got: u64,
    trailers: Vec<Field>,
    upgraded: Option<(Option<BoxFuture<'static, ()>>, Pipe)>,
}

impl Local {
    fn start(&mut self) {
        let Some(request) = self.request.take() else {
            return;
        };
        let mut response = self.clock.block_on(self.app.respond(request));
        let status = response.status();
        let reason = response
            .reason()
            .or(status.canonical_reason())
            .unwrap_or_default();
        let head = RawResponse {
            status: status.as_u16(),
            reason: reason.into(),
            fields: fields(response.headers()),
            ..RawResponse::default()
        };
        if !self.is_head && status != 304 {
            self.declared = head
                .header("content-length")
                .map(|len| len.parse().expect("a length"));
        }
        self.head = Some(head);
        self.body = Some(response.take_body());
        if let Some(upgrade) = response.take_upgrade() {
            let pipe = Pipe::default();
            pipe.send(&self.early);
            let stopping = self.stopping.clone();
            // Polled again whenever the client listens, so no waker is kept.
            let stops = poll_fn(move |_| match stopping.load(Ordering::Relaxed) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            });
            let running = upgrade.run_until(Box::new(pipe.clone()), stops);
            self.upgraded = Some((Some(running), pipe));
        }
    }

    /// What was declared and what came, at the body's end: an adapter makes a difference of them a body cut off.
    fn end_of_body(&mut self) -> Heard {
        self.body = None;
        if self.declared.is_some_and(|declared| declared != self.got) {
            Heard::Cut
        } else {
            Heard::End
        }
    }
}

impl Talk for Local {
    fn send(&mut self, piece: &[u8]) {
        if let Some((_, pipe)) = &self.upgraded {
            pipe.send(piece);
        } else if let Some(sender) = &mut self.sender {
            sender.send(Bytes::copy_from_slice(piece));
        }
    }

    fn end(&mut self) {
        if let Some((_, pipe)) = &self.upgraded {
            return pipe.end();
        }
        let mut trailers = HeaderMap::new();
        for (name, value) in &self.trailers_out {
            append(&mut trailers, name, value);
        }
        if let Some(sender) = self.sender.take() {
            sender.finish((!trailers.is_empty()).then_some(trailers));
        }
    }

    fn head(&mut self) -> RawResponse {
        self.start();
        self.head.clone().expect("a head")
    }

    fn hear(&mut self) -> Heard {
        self.start();
        if let Some((running, pipe)) = &mut self.upgraded {
            return self.clock.block_on(poll_fn(|cx| {
                self.tasks.poll(cx);
                if let Some(future) = running
                    && future.as_mut().poll(cx).is_ready()
                {
                    *running = None;
                }
                match pipe.take() {
                    bytes if !bytes.is_empty() => Poll::Ready(Heard::Piece(bytes)),
                    _ if running.is_none() => Poll::Ready(Heard::End),
                    _ => Poll::Pending,
                }
            }));
        }
        while let Some(body) = &mut self.body {
            let frame = self
                .clock
                .block_on(poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)));
            match frame {
                None => return self.end_of_body(),
                Some(Err(_)) => {
                    self.body = None;
                    return Heard::Cut;
                }
                Some(Ok(frame)) => {
                    if let Some(trailers) = frame.trailers_ref() {
                        self.trailers = fields(trailers);
                    } else if let Ok(data) = frame.into_data() {
                        self.got += data.len() as u64;
                        return Heard::Piece(data.to_vec());
                    }
                }
            }
        }
        Heard::End
    }

    fn trailers(&self) -> Vec<Field> {
        self.trailers.clone()
    }
}

/// The client leaves: the connection ends, of which what a server has spawned hears as well.
impl Drop for Local {
    fn drop(&mut self) {
        if let Some((_, pipe)) = self.upgraded.take() {
            pipe.end();
            self.tasks.poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}
