//! openidconnect's calls over the one HTTP client.

use host_net::{Call, Client, NetError};
use openidconnect::http::Response;
use openidconnect::http::header::CONTENT_TYPE;
use openidconnect::{HttpRequest, HttpResponse};

/// Makes one call. INVARIANT: a redirect is an answer and not followed, which openidconnect asks for.
pub(crate) fn call(client: &Client, request: &HttpRequest) -> Result<HttpResponse, NetError> {
    let url = request.uri().to_string();
    if request.uri().scheme_str() != Some("https") {
        return Err(NetError::Address(url));
    }
    let headers: Vec<(&str, &[u8])> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let answer = client.call(&Call {
        method: request.method().as_str(),
        url: &url,
        headers: &headers,
        body: request.body(),
    })?;
    let mut response = Response::builder().status(answer.status);
    if let Some(kind) = &answer.content_type {
        response = response.header(CONTENT_TYPE, kind);
    }
    response.body(answer.body).map_err(|_| NetError::Broken("it answers something else than HTTP".to_owned()))
}
