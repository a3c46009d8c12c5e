mod bodies;
mod endpoints;
mod hosts;
mod requests;
mod responses;
mod roundtrip;
