//! What differs between two checkpoints.

use crate::app::App;
use crate::asked::{Asked, path_text};
use crate::errors::Answer;
use crate::schema::{DiffRequest, Difference, Problem};
use axum::Json;
use axum::extract::State;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use weldlm_inspect::diff::{compare, open, to_json};
use weldlm_pipeline::Context;

/// Compares two checkpoints. Reading all values can take minutes; it stops when the client goes away.
#[utoipa::path(post, path = "/diff", tag = "work", request_body = DiffRequest, responses(
    (status = 200, description = "What differs", body = Difference),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn diff(State(app): State<Arc<App>>, Asked(asked): Asked<DiffRequest>) -> Answer<Json<Value>> {
    path_text("a", &asked.a)?;
    path_text("b", &asked.b)?;
    let stop = StopWhenDropped(Arc::new(AtomicBool::new(false)));
    let seen = stop.0.clone();
    let compared = app.in_turn(move || {
        let (a, b) = (open(&asked.a)?, open(&asked.b)?);
        let nobody = |_| {};
        let difference = compare(&a, &b, asked.headers.unwrap_or(false), &Context::new(&seen, &nobody))?;
        Ok::<_, weldlm_messages::Problem>(to_json(&a, &b, &difference))
    });
    compared.await.map(Json)
}

/// The request's future is dropped when its client goes away; the thread that works for it then stops.
struct StopWhenDropped(Arc<AtomicBool>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
