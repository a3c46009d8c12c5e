mod bodies;
mod responses;
