//! Conversions to and from [`http_types`], the vocabulary of tide, surf and async-h1. Feature `http-types`.
//!
//! [`Endpoint`] mounts an endpoint of http-types, a tide application say, in an [`Application`](crate::Application);
//! [`Host`] serves an application from a server of http-types. Both stand on the conversions, which can be used alone:
//!
//! | from | to | |
//! |---|---|---|
//! | [`Request`](crate::Request) | [`http_types::Request`] | `TryFrom` |
//! | [`http_types::Request`] | [`Request`](crate::Request) | [`request()`], with the [`Link`](crate::Link) |
//! | [`Response`](crate::Response) | [`http_types::Response`] | `TryFrom`; [`for_server`] for one that is to be sent |
//! | [`http_types::Response`] | [`Response`](crate::Response) | `TryFrom`, its upgrade included |
//! | [`Body`](crate::Body) | [`http_types::Body`] | `TryFrom` |
//! | [`http_types::Body`] | [`Body`](crate::Body) | `From`; [`body_with_trailers`] |
//!
//! And for HTTP clients, above or below [`AsyncHttpClient`](crate::AsyncHttpClient) (surf, by `waterspout-client`):
//!
//! | from | to | |
//! |---|---|---|
//! | [`http_types::Request`] | [`FetchRequest`](crate::FetchRequest) | `TryFrom`; a user in the URL is sent as Basic credentials |
//! | [`FetchStream`](crate::FetchStream) | [`http_types::Response`] | `TryFrom` |
//! | [`Outgoing`](crate::Outgoing) | [`http_types::Request`] | `TryFrom` |
//! | [`http_types::Response`] | [`Incoming`](crate::Incoming) | [`incoming`], final responses alone |
//!
//! Every conversion is lossless or refused: what the other side has no place for is a [`Refused`] that names it, and
//! nothing panics, whatever comes in. Bodies stream both ways with back-pressure and keep their lengths; one that ends
//! before its declared length is an error, also where http-types takes that for the end.
//!
//! # What is refused
//!
//! | part | to http-types | from http-types |
//! |---|---|---|
//! | method | not one of its 39, which are in upper case | – |
//! | target | `*`, the authority form, another scheme than http and https, a fragment, what a URL changes: dot segments | another scheme, a user, a fragment |
//! | host | none at all and no local address, more than one, no valid one, one that a URL writes in another form (`0x7f.1`) | more than one |
//! | version | HTTP/0.9 | HTTP/0.9 |
//! | status | not in its list, 299 say | – |
//! | name of a field | – | no token |
//! | value of a field | not ASCII | a control character, CR and LF among them; of a request, blanks around it |
//! | trailers | as fields; the body ends in an error | as fields; a channel that somebody else has taken |
//! | upgrade | of a [`Response`](crate::Response) alone, without somebody to run it: [`Host`] has one | a channel that somebody else has taken |
//!
//! A channel that has been taken is found out by a panic of http-types that is caught; with `panic = "abort"` it is not.
//!
//! # What is not carried, since it means nothing
//!
//! The order between fields of different names: http-types has them in a `HashMap`. Values of one name keep theirs. The
//! reason phrase, and a response's version and addresses. A field of http-types without a value. Values in the extensions
//! of either side, but for [`Peer`](crate::Peer), [`Mount`](crate::Mount) and [`RawTarget`](crate::RawTarget), which
//! stand in those of an http-types request. The media type that an http-types body has of itself: the field counts, and
//! none is made up. Trailers behind a body that is declared empty, which nobody reads.
//!
//! A URL may percent-encode a character more than was sent (`'`, `"`, `{`): it means the same, and `RawTarget` has the
//! target as it was received. No version of an http-types request is HTTP/1.1.
//!
//! # Advisories
//!
//! http-types is frozen. With the feature come RUSTSEC-2026-0174 (its `Authorization` and `WwwAuthenticate` types, which
//! nothing here uses), RUSTSEC-2026-0097 (rand 0.7, for its trace ids) and RUSTSEC-2024-0384 (instant, for wasm alone).
//! Never show an http-types server to the internet: async-h1 reads some requests in two ways. Behind a server that has
//! checked them it is sound.

mod body;
mod client;
mod endpoint;
mod fields;
mod host;
mod peer;
mod refused;
mod request;
mod response;
mod target;
mod upgrade;

pub use http_types;

pub use body::body_with_trailers;
pub use client::incoming;
pub use endpoint::Endpoint;
pub use host::Host;
pub use refused::{Part, Refused};
pub use request::request;
pub use response::for_server;

#[cfg(test)]
mod tests;
