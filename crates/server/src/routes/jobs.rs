//! Jobs: the queue, their history, what can be done with them.

use crate::app::{App, blocking};
use crate::asked::{Asked, JobId, Wanted, check_job_id, fields};
use crate::errors::{Answer, Failure};
use crate::schema::{Fields, Job, JobPage, MoveRequest, Plan, Problem, Receipt};
use crate::speech::{Tongue, translate};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use utoipa::IntoParams;
use weldlm_jobs::{Action, Filter, Jobs, State as JobState};
use weldlm_messages::{Lang, catalogue::server as says};

/// Jobs of one page of the list, at most.
const PAGE: usize = 500;
/// Bytes of a log that are read at once.
const PIECE: usize = 64 << 10;

/// Which jobs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// States, with commas between them; all when not given.
    state: Option<String>,
    /// Text in their titles and paths.
    q: Option<String>,
    /// How many at most.
    limit: Option<usize>,
    /// How many are left out before.
    offset: Option<usize>,
}

/// How a job is removed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Removal {
    /// `keep` (as when not given) or `delete`: what becomes of its result, as far as this job made it.
    output: Option<String>,
}

/// Does something with the jobs and answers with what it gives, in the language of the request.
async fn with<T: Serialize + 'static>(
    app: &App,
    lang: Lang,
    work: impl FnOnce(&Jobs) -> Answer<T> + Send + 'static,
) -> Answer<Json<Value>> {
    let jobs = app.jobs.clone();
    let value = blocking(move || {
        let mut value = serde_json::to_value(work(&jobs)?).map_err(|_| Failure::fault())?;
        translate(&mut value, lang);
        Ok::<_, Failure>(value)
    });
    value.await.map(Json)
}

/// Jobs, the newest first.
#[utoipa::path(get, path = "/jobs", operation_id = "listJobs", tag = "jobs", params(Which), responses(
    (status = 200, description = "A page of the list", body = JobPage),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    Wanted(which): Wanted<Which>,
) -> Answer<Json<Value>> {
    let mut states = Vec::new();
    for name in which.state.as_deref().unwrap_or_default().split(',').filter(|s| !s.is_empty()) {
        let state = JobState::of(name).ok_or_else(|| bad_query(&format!("state={name}")))?;
        states.push(state);
    }
    let filter = Filter {
        states,
        text: which.q.filter(|q| !q.is_empty()),
        limit: which.limit.unwrap_or(100).clamp(1, PAGE),
        offset: which.offset.unwrap_or(0),
    };
    with(&app, lang, move |jobs| Ok(jobs.list(&filter)?)).await
}

fn bad_query(shown: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, weldlm_messages::Problem::new(&says::BAD_BODY).arg("reason", shown))
}

/// Queues a job.
#[utoipa::path(post, path = "/jobs", operation_id = "submitJob", tag = "jobs", request_body = Fields, responses(
    (status = 201, description = "The job", body = Job),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn submit(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    Asked(asked): Asked<Map<String, Value>>,
) -> Answer<impl IntoResponse> {
    fields(&asked)?;
    let job = with(&app, lang, move |jobs| Ok(jobs.submit(&asked)?)).await?;
    Ok((StatusCode::CREATED, job))
}

/// One job.
#[utoipa::path(get, path = "/jobs/{id}", operation_id = "getJob", tag = "jobs", params(("id" = String, Path, description = "Its id")), responses(
    (status = 200, description = "The job", body = Job),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn get(State(app): State<Arc<App>>, Tongue(lang): Tongue, JobId(id): JobId) -> Answer<Json<Value>> {
    with(&app, lang, move |jobs| Ok(jobs.get(&id)?)).await
}

/// Removes an ended job. One that is queued or at work is cancelled instead; remove it once it has ended.
#[utoipa::path(delete, path = "/jobs/{id}", operation_id = "deleteJob", tag = "jobs",
    params(("id" = String, Path, description = "Its id"), Removal), responses(
    (status = 202, description = "It is being cancelled"),
    (status = 204, description = "It is gone"),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn delete(
    State(app): State<Arc<App>>,
    JobId(id): JobId,
    Wanted(removal): Wanted<Removal>,
) -> Answer<StatusCode> {
    let output = match removal.output.as_deref() {
        None | Some("keep") => false,
        Some("delete") => true,
        Some(other) => return Err(bad_query(&format!("output={other}"))),
    };
    let jobs = app.jobs.clone();
    let removed = blocking(move || {
        if jobs.get(&id)?.state.is_ended() {
            return jobs.delete(&id, output).map(|()| StatusCode::NO_CONTENT);
        }
        jobs.act(&id, Action::Cancel).map(|_| StatusCode::ACCEPTED)
    });
    removed.await
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $op:literal $path:literal $action:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, operation_id = $op, tag = "jobs", params(("id" = String, Path, description = "Its id")), responses(
            (status = 200, description = "The job", body = Job),
            (status = "default", description = "What went wrong", body = Problem),
        ))]
        pub async fn $name(
            State(app): State<Arc<App>>,
            Tongue(lang): Tongue,
            JobId(id): JobId,
        ) -> Answer<Json<Value>> {
            with(&app, lang, move |jobs| Ok(jobs.act(&id, Action::$action)?)).await
        }
    )* };
}

actions! {
    /// Stops a job, keeps what it has written, and frees its memory.
    pause "pauseJob" "/jobs/{id}/pause" Pause,
    /// Stops a job for good. What it has written stays until it is removed.
    cancel "cancelJob" "/jobs/{id}/cancel" Cancel,
    /// Goes on where a job stopped.
    resume "resumeJob" "/jobs/{id}/resume" Resume,
    /// Starts a job over.
    retry "retryJob" "/jobs/{id}/retry" Retry,
}

/// Puts a queued job before another, or at the end.
#[utoipa::path(post, path = "/jobs/{id}/move", operation_id = "moveJob", tag = "jobs", request_body = MoveRequest,
    params(("id" = String, Path, description = "Its id")), responses(
    (status = 200, description = "The job", body = Job),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn reorder(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    JobId(id): JobId,
    Asked(asked): Asked<MoveRequest>,
) -> Answer<Json<Value>> {
    asked.before.iter().try_for_each(|before| check_job_id(before))?;
    with(&app, lang, move |jobs| Ok(jobs.reorder(&id, asked.before.as_deref())?)).await
}

/// The plan of a job.
#[utoipa::path(get, path = "/jobs/{id}/plan", operation_id = "jobPlan", tag = "jobs", params(("id" = String, Path, description = "Its id")), responses(
    (status = 200, description = "The plan", body = Plan),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn plan(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    JobId(id): JobId,
) -> Answer<Json<Value>> {
    with(&app, lang, move |jobs| jobs.plan(&id)?.ok_or_else(|| Failure::nothing_at("plan"))).await
}

/// The receipt of a job.
#[utoipa::path(get, path = "/jobs/{id}/receipt", operation_id = "jobReceipt", tag = "jobs", params(("id" = String, Path, description = "Its id")), responses(
    (status = 200, description = "The receipt", body = Receipt),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn receipt(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    JobId(id): JobId,
) -> Answer<Json<Value>> {
    with(&app, lang, move |jobs| jobs.receipt(&id)?.ok_or_else(|| Failure::nothing_at("receipt"))).await
}

/// The events of a job as they stand in its file, one JSON object a line, as a download.
#[utoipa::path(get, path = "/jobs/{id}/log", operation_id = "jobLog", tag = "jobs", params(("id" = String, Path, description = "Its id")), responses(
    (status = 200, description = "The log", content_type = "text/plain", body = String),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn log(State(app): State<Arc<App>>, JobId(id): JobId) -> Answer<impl IntoResponse> {
    let (jobs, name) = (app.jobs.clone(), format!("attachment; filename=\"{id}.jsonl\""));
    let path = blocking(move || jobs.log_path(&id)).await?;
    // The data folder is our own and need not be one of the allowed folders.
    let file = tokio::fs::File::open(&path).await.map_err(|_| Failure::nothing_at("log"))?;
    let pieces = stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_string()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(pieces)))
}
