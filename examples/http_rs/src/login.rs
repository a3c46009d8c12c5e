//! The login: oauth2 knows the protocol, `AsyncHttpClient` carries it.

use oauth2::basic::BasicClient;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse, TokenUrl,
};
use waterspout::cookies::{SameSite, SetCookie};
use waterspout::prelude::*;
use waterspout::{BoxFuture, ClientError, RequestClient, Url};

use crate::once::Once;
use crate::page;
use crate::provider::CLIENT;

/// Binds a login to the browser that began it.
const COOKIE: &str = "login";

struct Login {
    client: BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>,
    begun: Once<PkceCodeVerifier>,
}

pub(crate) fn routes(app: Application, own: &Url) -> Result<Application> {
    let client = BasicClient::new(ClientId::new(CLIENT.into()))
        .set_auth_uri(AuthUrl::from_url(own.join("/authorize")?))
        .set_token_uri(TokenUrl::from_url(own.join("/token")?))
        .set_redirect_uri(RedirectUrl::from_url(own.join("/callback")?));
    let begun = Once::new();
    let app = app.get("/login", begin).get("/callback", finish);
    Ok(app.state(Login { client, begun }))
}

async fn begin(cx: &mut Context) -> Result {
    let login = cx.state::<Login>()?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let state = login.begun.put(verifier)?;
    let cookie = SetCookie::new(COOKIE, state.as_str()).same_site(SameSite::Lax);
    let (url, _) = login
        .client
        .authorize_url(|| CsrfToken::new(state))
        .set_pkce_challenge(challenge)
        .url();
    cx.set_cookie(&cookie.http_only(true))?;
    cx.redirect(url.as_str())
}

async fn finish(cx: &mut Context) -> Result {
    let state = cx.get_query_argument("state")?;
    let code = AuthorizationCode::new(cx.get_query_argument("code")?);
    // The state is good once, and in the browser that it was made for.
    let mine = cx.get_cookie(COOKIE).filter(|mine| *mine == state);
    let login = cx.state::<Login>()?;
    let verifier = mine.and_then(|state| login.begun.take(&state)).status(403)?;

    let http = http(cx.client());
    let exchange = login.client.exchange_code(code).set_pkce_verifier(verifier);
    let token = exchange.request_async(&http).await.status(502)?;
    let seconds = token.expires_in().unwrap_or_default().as_secs();
    cx.clear_cookie(COOKIE)?;
    page(cx, "Logged in", format!("For {seconds} seconds."))
}

/// What oauth2 sends by: neither redirects, nor errors for a status, nor more than a token may be large.
fn http(
    client: RequestClient,
) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, ClientError>> {
    move |request| {
        let fetch = FetchRequest::from(request)
            .follow_redirects(false)
            .raise_error(false);
        let response = client.fetch(fetch.max_body_size(64 << 10));
        Box::pin(async { response.await.map(HttpResponse::from) })
    }
}
