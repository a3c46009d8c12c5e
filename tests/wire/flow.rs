//! What moves: bodies without end, clients that go away, answers in order, upgrades, shutdown, faults.

mod bulk;
mod continues;
mod fair;
mod faults;
mod fetches;
mod gone;
mod order;
mod pressure;
mod shutdown;
mod upgrades;
mod websockets;
