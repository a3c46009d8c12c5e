//! Which verbs a handler has.

use http::Method;

use super::{Context, RequestHandler};

/// The order in which `Allow` names them.
const ORDER: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::TRACE,
    Method::CONNECT,
];

/// True for a method of RFC 9110 or RFC 5789.
pub(crate) fn is_known(method: &Method) -> bool {
    ORDER.contains(method)
}

/// The methods that the route answers: those of `handler`, and those of functions on the same route.
pub(super) fn methods<H: RequestHandler>(handler: &H, cx: &mut Context) -> Vec<Method> {
    let mut methods = written(handler, cx);
    let functions = cx.path.route_methods(&cx.app);
    if !functions.is_empty() {
        methods.extend(functions);
        methods.sort_by_key(|method| {
            let known = ORDER.iter().position(|known| known == method);
            (known.unwrap_or(ORDER.len()), method.to_string())
        });
        methods.dedup();
    }
    methods
}

/// The methods that `handler` has. Futures are lazy: making one runs nothing.
fn written<H: RequestHandler>(handler: &H, cx: &mut Context) -> Vec<Method> {
    if let Some(methods) = handler.allow() {
        return methods;
    }
    fn has<F>(future: F) -> bool {
        size_of_val(&future) != 0
    }
    let get = has(handler.get(cx));
    [
        (Method::GET, get),
        (Method::HEAD, get || has(handler.head(cx))),
        (Method::POST, has(handler.post(cx))),
        (Method::PUT, has(handler.put(cx))),
        (Method::PATCH, has(handler.patch(cx))),
        (Method::DELETE, has(handler.delete(cx))),
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
