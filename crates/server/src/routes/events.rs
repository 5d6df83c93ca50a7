//! Live events: of one job, from any place in its file, and of all jobs.

use crate::app::{App, blocking};
use crate::asked::{JobId, Wanted};
use crate::errors::{Answer, Failure};
use crate::feed::{self, Batch};
use crate::schema::{EventPage, Problem};
use crate::speech::{Tongue, translate};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use utoipa::IntoParams;
use weldlm_jobs::{Cursor, Level, LogQuery};

/// A line that says nothing comes at least this often, so that dead connections are noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events of one page, at most.
const PAGE: usize = 2000;

/// Which events.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Those behind this cursor.
    after: Option<u64>,
    /// Those that end at this cursor.
    before: Option<u64>,
    /// The last ones (`1`).
    tail: Option<u8>,
    /// How many at most.
    limit: Option<usize>,
    /// At least this level: `debug`, `info`, `warn`, `error`.
    #[param(value_type = Option<String>)]
    level: Option<Level>,
    /// Text in them.
    q: Option<String>,
    /// Whether progress is among them (`0` or `1`, as when not given).
    progress: Option<u8>,
}

impl Which {
    fn query(&self, limit: usize) -> LogQuery {
        LogQuery {
            limit: self.limit.unwrap_or(limit).clamp(1, PAGE),
            level: self.level,
            text: self.q.clone().filter(|q| !q.is_empty()),
            progress: self.progress != Some(0),
        }
    }
}

/// The events of a job. With `Accept: text/event-stream` they keep coming: `id` is the cursor behind an event,
/// `event` its type, `data` the event; `Last-Event-ID` (or `after`) goes on from there. The stream closes behind the
/// job's end; 204 means that there will be nothing behind the cursor. Otherwise one page as JSON.
#[utoipa::path(get, path = "/jobs/{id}/events", operation_id = "jobEvents", tag = "jobs",
    params(("id" = String, Path, description = "The job"), Which), responses(
    (status = 200, description = "The events", body = EventPage),
    (status = 204, description = "Of a stream: the job has ended, and nothing is behind the cursor"),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn of_job(
    State(app): State<Arc<App>>,
    Tongue(lang): Tongue,
    JobId(id): JobId,
    Wanted(which): Wanted<Which>,
    headers: HeaderMap,
) -> Answer<Response> {
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/event-stream") {
        return live(app, id, &which, &headers).await;
    }
    let cursor = match (&which.before, which.tail) {
        (Some(before), _) => Cursor::Before(*before),
        (None, Some(1)) => Cursor::Tail,
        _ => Cursor::After(which.after.unwrap_or(0)),
    };
    let (jobs, query) = (app.jobs.clone(), which.query(500));
    let page = blocking(move || {
        let found = jobs.events(&id, cursor, &query)?;
        let event = |(at, line): &(u64, String)| {
            let mut value: Value = serde_json::from_str(line).ok()?;
            translate(&mut value, lang);
            let mut event = json!({"id": at});
            event.as_object_mut()?.extend(std::mem::take(value.as_object_mut()?));
            Some(event)
        };
        let events: Vec<Value> = found.lines.iter().filter_map(event).collect();
        Ok::<_, weldlm_messages::Problem>(
            json!({"events": events, "next": found.next, "previous": found.previous, "end": found.end}),
        )
    });
    Ok(Json(page.await?).into_response())
}

async fn live(app: Arc<App>, id: String, which: &Which, headers: &HeaderMap) -> Answer<Response> {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()?.parse().ok());
    let mut at = last.or(which.after).unwrap_or(0);
    let query = which.query(PAGE);
    if last.is_none() && which.tail == Some(1) {
        let (jobs, id, query) = (app.jobs.clone(), id.clone(), query.clone());
        at = blocking(move || jobs.events(&id, Cursor::Tail, &query)).await?.previous;
    }
    let mut reader = feed::Reader::new(&app, id, at, query);
    // The first batch is read before answering, so that an unknown job is an error and not an empty stream.
    let first = reader.next().await?;
    if first.lines.is_empty() && first.end {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Sse::new(stream_of(reader, first)).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

/// Events as the client takes them; nothing is read ahead of it.
fn stream_of(reader: feed::Reader, first: Arc<Batch>) -> impl Stream<Item = Result<Event, Infallible>> {
    let queue: VecDeque<(u64, Arc<str>)> = first.lines.iter().cloned().collect();
    stream::unfold((reader, queue, first.end), |(mut reader, mut queue, mut end)| async move {
        while queue.is_empty() {
            if end || !reader.wait().await {
                return None;
            }
            let batch = reader.next().await.ok()?;
            queue.extend(batch.lines.iter().cloned());
            end = batch.end;
        }
        let (id, line) = queue.pop_front()?;
        let event = Event::default().id(id.to_string()).event(feed::kind(&line)).data(&*line);
        Some((Ok(event), (reader, queue, end)))
    })
}

/// What happens to all jobs, as it happens: `job` with the job as in the list, `removed` with its id. A client that
/// does not keep up is cut off, and reads the list again when it is back.
#[utoipa::path(get, path = "/events", operation_id = "events", tag = "jobs", responses(
    (status = 200, description = "The events", content_type = "text/event-stream", body = String),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn of_all(State(app): State<Arc<App>>) -> Result<impl IntoResponse, Failure> {
    let changes = (app.feeds.all(), app.stopping.clone());
    let events = stream::unfold(changes, |(mut changes, mut stopping)| async move {
        if *stopping.borrow() {
            return None;
        }
        let news = tokio::select! {
            news = changes.recv() => news.ok()?,
            _ = stopping.changed() => return None,
        };
        let event = Event::default().event(news.0).data(&*news.1);
        Some((Ok::<_, Infallible>(event), (changes, stopping)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}
