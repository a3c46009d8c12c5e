//! From a request to the handler that answers it: what stands behind the last middleware.

use std::sync::Arc;

use http::Method;
use http::header::ALLOW;

use crate::application::{Inner, Route};
use crate::error::Error;
use crate::handler::{Context, ErasedHandler, Failing, PathArguments, Run, join_methods};
use crate::request::Request;
use crate::routing::dot_segments;

/// The methods that a server answers somewhere: for `OPTIONS *`.
const ALL: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Finds the route and starts its handler.
pub(crate) fn start(app: &Arc<Inner>, request: Request) -> Run {
    match find(app, &request) {
        Ok((handler, path, guards)) => {
            let mut cx = Context::new(app.clone(), request, path).guarded(guards.origin);
            cx.for_users = guards.users;
            handler.start(cx)
        }
        Err(error) => fail(app, request, error),
    }
}

/// Answers with an error that no handler has part in.
pub(crate) fn fail(app: &Arc<Inner>, request: Request, error: Error) -> Run {
    let failing = Arc::new(Failing::new(error));
    failing.start(Context::new(app.clone(), request, PathArguments::default()))
}

/// What a request has to pass before its handler.
#[derive(Clone, Copy, Default)]
struct Guards {
    /// It must not come from another site's page.
    origin: bool,
    /// It must be a user's.
    users: bool,
}

type Found = (Arc<dyn ErasedHandler>, PathArguments, Guards);

fn find(app: &Inner, request: &Request) -> Result<Found, Error> {
    let method = request.method();
    if method == Method::CONNECT {
        return Err(Error::new(501).message("this server is no proxy"));
    }
    let path = request.path();
    let host = if app.table.has_hosts() {
        request.host()
    } else {
        None
    };
    let found = app.table.find(host, path);
    let raw_paths = found.as_ref().is_some_and(|found| found.target.raw_paths);
    // Decided once, here: a path that means another one to whoever resolves its dots is nobody's (RFC 3986, 5.2.4).
    if !raw_paths && dot_segments(path) {
        return Err(Error::new(400).message("the path has dot segments"));
    }
    let Some(found) = found else {
        return match path {
            "*" if *method == Method::OPTIONS => Ok((
                Arc::new(AllowAnswer(ALL.into())),
                PathArguments::default(),
                Guards::default(),
            )),
            _ if is_extension(method) => Err(Error::new(501)),
            _ => match &app.not_found {
                Some(handler) => {
                    let guards = Guards {
                        origin: true,
                        users: false,
                    };
                    Ok((handler.clone(), PathArguments::default(), guards))
                }
                None => Err(Error::new(404)),
            },
        };
    };
    let arguments = PathArguments::new(found.index, found.captures, path)?;
    let guards = Guards {
        origin: !found.target.any_origin,
        users: found.target.authenticated,
    };
    Ok((choose(found.target, method)?, arguments, guards))
}

/// The route's handler for a method.
fn choose(route: &Route, method: &Method) -> Result<Arc<dyn ErasedHandler>, Error> {
    if let Some(handler) = route.function(method).or(route.class.as_ref()) {
        return Ok(handler.clone());
    }
    if is_extension(method) {
        return Err(Error::new(501));
    }
    let allow = join_methods(&route.methods());
    if *method == Method::OPTIONS {
        return Ok(Arc::new(AllowAnswer(allow)));
    }
    let error = Error::method_not_allowed();
    Err(match allow.try_into() {
        Ok(value) => error.header(ALLOW, value),
        Err(_) => error,
    })
}

fn is_extension(method: &Method) -> bool {
    !crate::handler::is_known(method)
}

/// The framework's answer to OPTIONS: 204 with `Allow`.
struct AllowAnswer(String);

impl crate::RequestHandler for AllowAnswer {
    async fn other(&self, cx: &mut Context) -> crate::Result {
        cx.set_status(204);
        cx.set_header(ALLOW, self.0.as_str())
    }
}
