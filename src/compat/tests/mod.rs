mod bodies;
mod requests;
mod responses;
mod roundtrip;
