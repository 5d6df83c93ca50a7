//! The machine and the server.

use crate::app::{App, blocking};
use crate::errors::Answer;
use crate::schema::{Memory, Problem, Root, System};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use weldlm_output::{disk_bytes, free_bytes, memory_available, memory_total, resident_bytes};

/// Disks, memory, processors, folders.
#[utoipa::path(get, path = "/system", tag = "about", responses(
    (status = 200, description = "The machine", body = System),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn system(State(app): State<Arc<App>>) -> Answer<Json<System>> {
    blocking(move || Ok::<_, weldlm_messages::Problem>(Json(look(&app)))).await
}

fn look(app: &App) -> System {
    let root = |path: &std::path::PathBuf| Root {
        path: path.display().to_string(),
        free_bytes: free_bytes(path),
        total_bytes: disk_bytes(path),
    };
    System {
        version: env!("CARGO_PKG_VERSION").to_string(),
        data: app.jobs.home().display().to_string(),
        roots: app.roots.iter().map(root).collect(),
        memory: Memory { total_bytes: memory_total(), available_bytes: memory_available() },
        processors: std::thread::available_parallelism().map_or(1, |n| n.get() as u64),
        workers: app.jobs.workers() as u64,
        memory_limit: app.jobs.settings().memory_limit,
        caches: weldlm_source::cache_folders().iter().map(|c| c.display().to_string()).collect(),
        server_bytes: resident_bytes(),
    }
}
