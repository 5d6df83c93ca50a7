//! Signing in and out.

use crate::app::App;
use crate::asked::Asked;
use crate::errors::Answer;
use crate::guard::{self, Who};
use crate::schema::{Login, Problem, Session};
use crate::speech::Tongue;
use axum::extract::State;
use axum::http::{Extensions, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use axum::{Extension, Json};
use std::sync::Arc;

/// Whether this request is signed in, and how one signs in. Open to everyone.
#[utoipa::path(get, path = "/session", tag = "session", responses(
    (status = 200, description = "The session", body = Session),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn session(
    State(app): State<Arc<App>>,
    tongue: Tongue,
    who: Option<Extension<Who>>,
) -> Json<Session> {
    Json(Session {
        version: env!("CARGO_PKG_VERSION").to_string(),
        authenticated: who.is_some(),
        csrf: who.and_then(|who| app.auth.csrf(&who.0)),
        auth: app.auth.kind(),
        lang: tongue.into(),
    })
}

/// Signs in with the token or the password; sets the cookie of the session. Open to everyone, and limited in number.
#[utoipa::path(post, path = "/login", tag = "session", request_body = Login, responses(
    (status = 204, description = "Signed in; the cookie is set"),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn login(
    State(app): State<Arc<App>>,
    extensions: Connection,
    Asked(login): Asked<Login>,
) -> Answer<impl IntoResponse> {
    app.auth.check(&login.secret, guard::peer(&extensions.0))?;
    let cookie = app.auth.begin()?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)])))
}

/// Signs out.
#[utoipa::path(post, path = "/logout", tag = "session", responses(
    (status = 204, description = "Signed out"),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn logout(State(app): State<Arc<App>>, Extension(who): Extension<Who>) -> impl IntoResponse {
    (StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, app.auth.end(&who))]))
}

/// What is known of the connection.
pub struct Connection(Extensions);

impl<S: Sync> axum::extract::FromRequestParts<S> for Connection {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Connection(parts.extensions.clone()))
    }
}
