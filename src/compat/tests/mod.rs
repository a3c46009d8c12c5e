mod bodies;
mod clients;
mod endpoints;
mod hosts;
mod requests;
mod responses;
mod roundtrip;
