//! What all requests share, and the way they take.

use crate::errors::{self, Answer, Failure};
use crate::feed::Feeds;
use crate::guard::{self, Auth, Hosts};
use crate::{assets, routes};
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use weldlm_jobs::Jobs;
use weldlm_messages::{Lang, Problem, catalogue::server as says};

/// How long a request waits for its turn among those that read models.
const TURN: Duration = Duration::from_secs(20);

/// What all requests share.
pub struct App {
    /// The jobs.
    pub jobs: Jobs,
    /// Who may come in.
    pub auth: Auth,
    /// By which names.
    pub hosts: Hosts,
    /// The language when a client names none.
    pub lang: Lang,
    /// The folders that may be read and written.
    pub roots: Vec<PathBuf>,
    /// The weldlm program, which renders chat templates in processes of their own; here when there is none.
    pub program: Option<PathBuf>,
    /// Live events.
    pub feeds: Arc<Feeds>,
    /// Turns for requests that read models.
    heavy: Arc<Semaphore>,
    /// True once the server is to stop.
    pub stopping: watch::Receiver<bool>,
}

/// What an [`App`] is made of.
pub struct Parts {
    /// The jobs.
    pub jobs: Jobs,
    /// What clients must know.
    pub secret: guard::auth::Secret,
    /// Names besides addresses and `localhost`.
    pub hosts: Vec<String>,
    /// The language when a client names none.
    pub lang: Lang,
    /// The folders that may be read and written.
    pub roots: Vec<PathBuf>,
    /// The weldlm program.
    pub program: Option<PathBuf>,
}

impl App {
    /// Puts it together.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(parts: Parts, stopping: watch::Receiver<bool>) -> Result<App, Problem> {
        let turns = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, 4);
        Ok(App {
            feeds: Feeds::new(&parts.jobs),
            jobs: parts.jobs,
            auth: Auth::new(parts.secret)?,
            hosts: Hosts::new(&parts.hosts),
            lang: parts.lang,
            roots: parts.roots,
            program: parts.program,
            heavy: Arc::new(Semaphore::new(turns)),
            stopping,
        })
    }

    /// Reads models, once it is this request's turn.
    ///
    /// # Errors
    /// When no turn comes up; as the work itself.
    pub async fn in_turn<T, E>(&self, work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Answer<T>
    where
        T: Send + 'static,
        E: Into<Failure> + Send + 'static,
    {
        let busy = || Failure::new(StatusCode::SERVICE_UNAVAILABLE, Problem::new(&says::BUSY)).retry_after(5);
        let turn = tokio::time::timeout(TURN, self.heavy.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
        // The turn lasts as long as the work, which goes on when its client goes away.
        blocking(move || {
            let _turn = turn;
            work()
        })
        .await
    }
}

/// Does something that waits for files or for the index, away from the threads that serve connections.
///
/// # Errors
/// As the work itself; a panic in it is a fault of ours.
pub async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Answer<T>
where
    T: Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Failure::fault()),
    }
}

/// The whole server as a service.
pub fn router(app: Arc<App>) -> Router {
    let (api, _) = routes::all().split_for_parts();
    Router::new()
        .nest("/api/v1", api)
        .fallback(assets::serve)
        .with_state(app.clone())
        .layer(CatchPanicLayer::custom(errors::of_panic))
        .layer(from_fn_with_state(app.clone(), guard::signed_in))
        .layer(from_fn_with_state(app.clone(), guard::by_name))
        .layer(from_fn_with_state(app, errors::speak))
        .layer(from_fn(guard::protect))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        let failed = blocking(|| -> Result<(), Problem> { panic!("on purpose") }).await;
        assert_eq!(failed.unwrap_err().into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
        let response = errors::of_panic(Box::new("on purpose"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
