//! Who may come in. Each request passes, from the outside in: headers of the answer, the name it was asked by, and
//! for the interface the sign-in, with the checks that keep other pages from acting in its name.

pub mod auth;
mod headers;
mod hosts;
mod origin;
mod tries;

pub use auth::{Auth, Who};
pub use headers::protect;
pub use hosts::Hosts;

use crate::app::App;
use crate::errors::{Answer, Failure};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use weldlm_messages::{Problem, catalogue::server as says};

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address that sign-ins are counted for.
pub fn peer(request: &axum::http::Extensions) -> IpAddr {
    request.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |p| p.0.ip())
}

/// Routes that strangers may use: to see how one signs in, and to do so.
const OPEN: &[(Method, &str)] = &[(Method::GET, "/api/v1/session"), (Method::POST, "/api/v1/login")];

/// Only names that this server has: a page elsewhere cannot make its own name point here.
pub async fn by_name(State(app): State<Arc<App>>, request: Request, next: Next) -> Answer<Response> {
    app.hosts.check(request.headers(), request.uri())?;
    Ok(next.run(request).await)
}

/// Lets signed-in requests through, and open ones. Whatever is not below the interface is the UI's files, which
/// say nothing about this machine.
pub async fn signed_in(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Answer<Response> {
    if !request.uri().path().starts_with("/api/") || request.uri().path() == "/api/docs" {
        return Ok(next.run(request).await);
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes {
        origin::check(request.headers())?;
    }
    let who = app.auth.who(request.headers(), peer(request.extensions()))?;
    let open = OPEN.iter().any(|(method, path)| request.method() == method && request.uri().path() == *path);
    match &who {
        None if !open => {
            return Err(Failure::new(StatusCode::UNAUTHORIZED, Problem::new(&says::NOT_SIGNED_IN)));
        }
        Some(who) if changes && !open => meant(&app.auth, who, request.headers())?,
        _ => {}
    }
    if let Some(who) = who {
        request.extensions_mut().insert(who);
    }
    Ok(next.run(request).await)
}

/// A browser sends cookies by itself, so a cookie does not show that the page meant it; the token does.
fn meant(auth: &Auth, who: &Who, headers: &HeaderMap) -> Answer<()> {
    let Some(expected) = auth.csrf(who) else { return Ok(()) };
    let given = headers.get("x-csrf-token").map(|v| v.as_bytes()).unwrap_or_default();
    if auth::same(given, expected.as_bytes()) {
        return Ok(());
    }
    let problem = Problem::new(&says::NOT_FROM_PAGE).arg("reason", "X-CSRF-Token");
    Err(Failure::new(StatusCode::FORBIDDEN, problem))
}
