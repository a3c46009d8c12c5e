//! Which verbs a handler has.

use http::Method;

use super::{Context, RequestHandler};

/// True for a method with a function of its own in [`RequestHandler`].
pub(crate) fn is_known(method: &Method) -> bool {
    [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ]
    .contains(method)
}

/// The methods that `handler` answers, in the order of RFC 9110. Futures are lazy: making one runs nothing.
pub(super) fn methods<H: RequestHandler>(handler: &H, cx: &mut Context) -> Vec<Method> {
    if let Some(methods) = handler.allow() {
        return methods;
    }
    fn written<F>(future: F) -> bool {
        size_of_val(&future) != 0
    }
    let get = written(handler.get(cx));
    [
        (Method::GET, get),
        (Method::HEAD, get || written(handler.head(cx))),
        (Method::POST, written(handler.post(cx))),
        (Method::PUT, written(handler.put(cx))),
        (Method::PATCH, written(handler.patch(cx))),
        (Method::DELETE, written(handler.delete(cx))),
        (Method::OPTIONS, true),
    ]
    .into_iter()
    .filter_map(|(method, written)| written.then_some(method))
    .collect()
}

/// `GET, HEAD, OPTIONS`: the value of `Allow`.
pub(crate) fn join(methods: &[Method]) -> String {
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}
