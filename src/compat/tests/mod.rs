mod bodies;
mod clients;
mod requests;
mod responses;
mod roundtrip;
