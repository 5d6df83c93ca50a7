//! One error shape for every answer that is not a success, in the language of the request.

use crate::app::App;
use crate::speech::of_request;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::Arc;
use weldlm_messages::catalogue::{jobs, server as says, source};
use weldlm_messages::{Class, Message, Problem};

/// Why a request was not done.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    problem: Problem,
    retry_after: Option<u64>,
}

/// What a handler returns.
pub type Answer<T> = Result<T, Failure>;

/// The problem behind a response, for [`speak`].
#[derive(Clone)]
struct Said(Problem);

impl Failure {
    /// A failure with its status.
    pub fn new(status: StatusCode, problem: Problem) -> Failure {
        Failure { status, problem, retry_after: None }
    }

    /// Tells the client when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Failure {
        self.retry_after = Some(seconds);
        self
    }

    /// A fault of our own.
    pub fn fault() -> Failure {
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, Problem::new(&says::FAULT))
    }

    /// Nothing is at a path.
    pub fn nothing_at(path: &str) -> Failure {
        Failure::new(StatusCode::NOT_FOUND, Problem::new(&says::NO_SUCH_PLACE).arg("path", path))
    }
}

/// The status of a problem that did not come with one.
fn status_of(problem: &Problem) -> StatusCode {
    const CODES: &[(&Message, StatusCode)] = &[
        (&source::NOT_FOUND, StatusCode::NOT_FOUND),
        (&source::OUTSIDE_ROOTS, StatusCode::FORBIDDEN),
        (&jobs::NO_SUCH_JOB, StatusCode::NOT_FOUND),
        (&jobs::NO_SUCH_RECIPE, StatusCode::NOT_FOUND),
        (&jobs::NOT_NOW, StatusCode::CONFLICT),
        (&jobs::HAS_WORKER, StatusCode::CONFLICT),
    ];
    if let Some((_, status)) = CODES.iter().find(|(message, _)| message.code == problem.code()) {
        return *status;
    }
    match problem.class() {
        Class::Usage => StatusCode::BAD_REQUEST,
        Class::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
        Class::Interrupted => StatusCode::SERVICE_UNAVAILABLE,
        Class::Refused | Class::Failed | Class::Warning | Class::Note => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::new(status_of(&problem), problem)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Said(self.problem));
        response
    }
}

/// What a panic in a handler becomes. Its message goes to standard error, where a panic hook puts it, and not to
/// the client.
pub fn of_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    Failure::fault().into_response()
}

/// Finds the language of a request, and puts the problem of a failed one into words. What a library answered by
/// itself (no such route, wrong method, unreadable parameter) gets the same shape.
pub async fn speak(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let lang = of_request(request.uri().query(), request.headers(), app.lang);
    let (method, path) = (request.method().clone(), request.uri().path().to_string());
    request.extensions_mut().insert(lang);
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let said = response.extensions().get::<Said>().map(|s| s.0.clone());
    let problem = said.unwrap_or_else(|| general(status, &method, &path));
    let mut spoken = (status, Json(problem.to_json(lang.0))).into_response();
    for (name, value) in response.headers() {
        if [header::RETRY_AFTER, header::ALLOW, header::SET_COOKIE].contains(name) {
            spoken.headers_mut().append(name, value.clone());
        }
    }
    spoken
}

fn general(status: StatusCode, method: &Method, path: &str) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(&says::NO_SUCH_PLACE).arg("path", path),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(&says::WRONG_METHOD).arg("path", path).arg("method", method)
        }
        status if status.is_server_error() => Problem::new(&says::FAULT),
        status => Problem::new(&says::BAD_BODY).arg("reason", status.canonical_reason().unwrap_or("-")),
    }
}
