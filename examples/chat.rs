//! A chat: rooms, who is there, what was said before, and a page that comes back by itself when the connection breaks.
//! `cargo run --example chat [ADDR]`, then open http://127.0.0.1:8888/ in two windows.
//!
//! A message's number is the time at which it was said, made unique. A page that returns says which one it saw last and gets
//! what it has missed, even from a server that was restarted meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_lite::future::block_on;
use serde_json::{Value, json};
use waterspout::http::header::CONTENT_TYPE;
use waterspout::prelude::*;
use waterspout::websocket::{Broadcast, CloseCode, Membership, Options, Sender};

const ROOMS: [&str; 3] = ["lobby", "rust", "weather"];
const MOST_ROOMS: usize = 100;
const HISTORY: usize = 200;
const LONGEST_NAME: usize = 24;
const LONGEST_TEXT: usize = 2000;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells a group. By its policy a slow member is closed and comes back later, so this waits for nobody, and can be called
/// under a lock: all see the same things in the same order.
fn tell(group: &Broadcast, event: &Value) {
    block_on(group.send(&event.to_string().into()));
}

#[derive(Default)]
struct Room {
    group: Broadcast,
    talk: Mutex<Talk>,
}

#[derive(Default)]
struct Talk {
    messages: VecDeque<(u64, Value)>,
    /// Each with the number of its windows.
    people: HashMap<String, usize>,
}

impl Talk {
    fn names(&self) -> BTreeSet<&str> {
        self.people.keys().map(String::as_str).collect()
    }
}

impl Room {
    /// Adds a window. What was said since `since` is in its welcome, all else comes after.
    fn enter(&self, name: &str, since: u64, sender: &Sender) -> Membership {
        let mut talk = lock(&self.talk);
        let membership = self.group.join(sender);
        let windows = talk.people.entry(name.to_owned()).or_default();
        *windows += 1;
        let joined = (*windows == 1).then_some(name);
        let missed = talk.messages.iter().filter(|(id, _)| *id > since);
        let missed: Vec<_> = missed.map(|(_, message)| message).collect();
        let welcome = json!({"type": "welcome", "name": name, "missed": missed});
        // If it is gone already, it is about to leave.
        let _ = sender.try_send(welcome.to_string());
        tell(
            &self.group,
            &json!({"type": "people", "people": talk.names(), "joined": joined}),
        );
        membership
    }

    fn leave(&self, name: &str) {
        let mut talk = lock(&self.talk);
        let Some(windows) = talk.people.get_mut(name) else {
            return;
        };
        *windows -= 1;
        if *windows == 0 {
            talk.people.remove(name);
            tell(
                &self.group,
                &json!({"type": "people", "people": talk.names(), "left": name}),
            );
        }
    }

    fn say(&self, name: &str, text: &str) {
        let mut talk = lock(&self.talk);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_millis()).unwrap_or(0);
        let id = talk.messages.back().map_or(now, |(last, _)| now.max(last + 1));
        let message = json!({"type": "message", "id": id, "name": name, "text": text});
        tell(&self.group, &message);
        if talk.messages.len() == HISTORY {
            talk.messages.pop_front();
        }
        talk.messages.push_back((id, message));
    }
}

struct Chat {
    rooms: Mutex<BTreeMap<String, Arc<Room>>>,
    everyone: Broadcast,
}

impl Chat {
    fn new() -> Self {
        Self {
            rooms: Mutex::new(ROOMS.map(|name| (name.to_owned(), Arc::default())).into()),
            everyone: Broadcast::default(),
        }
    }

    /// The room, made if it is not there; `None` if there are too many.
    fn room(&self, name: &str) -> Option<Arc<Room>> {
        let mut rooms = lock(&self.rooms);
        if rooms.len() >= MOST_ROOMS && !rooms.contains_key(name) {
            return None;
        }
        Some(rooms.entry(name.to_owned()).or_default().clone())
    }

    /// Tells everyone which rooms there are. One that nobody is in and where nothing was said is none.
    fn tell_rooms(&self) {
        let mut rooms = lock(&self.rooms);
        let mut list = Vec::new();
        rooms.retain(|name, room| {
            let talk = lock(&room.talk);
            let kept = ROOMS.contains(&name.as_str())
                || !talk.people.is_empty()
                || !talk.messages.is_empty()
                || Arc::strong_count(room) > 1; // somebody is at the door
            if kept {
                list.push(json!({"name": name, "people": talk.people.len()}));
            }
            kept
        });
        tell(&self.everyone, &json!({"type": "rooms", "rooms": list}));
    }
}

/// One window of a browser.
struct Window {
    chat: Arc<Chat>,
    room: Option<Arc<Room>>,
    name: String,
    since: u64,
    memberships: Option<[Membership; 2]>,
}

/// A name as it can be shown in one line.
fn tidy(name: &str, otherwise: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    if name.is_empty() {
        otherwise.to_owned()
    } else {
        name
    }
}

impl WebSocketHandler for Window {
    async fn prepare(&mut self, cx: &mut Context) -> Result {
        self.name = tidy(&cx.get_argument_or("name", "")?, "somebody");
        self.since = cx.get_argument_or("since", "0")?.parse().status(400)?;
        self.room = self.chat.room(&tidy(cx.path_arg("room")?, ROOMS[0]));
        Ok(())
    }

    async fn open(&mut self, ws: &mut WebSocket) -> Result {
        let Some(room) = &self.room else {
            ws.close(
                CloseCode::POLICY_VIOLATION,
                "There are rooms enough: choose one of them.",
            );
            return Ok(());
        };
        let sender = ws.sender();
        self.memberships = Some([
            room.enter(&self.name, self.since, &sender),
            self.chat.everyone.join(&sender),
        ]);
        self.chat.tell_rooms();
        Ok(())
    }

    async fn on_message(&mut self, ws: &mut WebSocket, message: Message) -> Result {
        let Some(text) = message.as_text() else {
            ws.close(CloseCode::UNSUPPORTED_DATA, "This chat is in text.");
            return Ok(());
        };
        let text: String = text.trim().chars().take(LONGEST_TEXT).collect();
        if let Some(room) = self.room.as_ref().filter(|_| !text.is_empty()) {
            room.say(&self.name, &text);
        }
        Ok(())
    }

    async fn on_close(&mut self, _ws: &mut WebSocket) {
        let entered = self.memberships.take().is_some();
        if let Some(room) = self.room.take().filter(|_| entered) {
            room.leave(&self.name);
        }
        self.chat.tell_rooms();
    }
}

async fn page(cx: &mut Context) -> Result {
    cx.set_header(CONTENT_TYPE, "text/html; charset=UTF-8")?;
    cx.write(include_str!("chat.html"))
}

fn main() -> Result {
    let chat = Arc::new(Chat::new());
    let window = move || Window {
        chat: chat.clone(),
        room: None,
        name: String::new(),
        since: 0,
        memberships: None,
    };
    let options = Options {
        max_message: 4 * LONGEST_TEXT,
        ..Options::default()
    };
    let app = Application::new()
        .get("/", page)
        .websocket_with("/rooms/{room}/ws", options, window);
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8888".into());
    waterspout_tcp::run(app, &address)
}
