//! Browsing below the allowed folders.

use crate::app::{App, blocking};
use crate::asked::{Wanted, path_text};
use crate::errors::Answer;
use crate::schema::{Entry, EntryKind, Listing, Looks, Problem};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::path::Path;
use std::sync::Arc;
use utoipa::IntoParams;
use weldlm_source::{Found, allowed, browse};

/// Entries that are listed at most.
const ENTRIES: usize = 2000;

/// Which folder.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// An absolute path; without it, the allowed folders are listed.
    path: Option<String>,
}

/// The entries of a folder, folders first, with a guess at what they are from file names alone.
#[utoipa::path(get, path = "/files", tag = "files", params(Which), responses(
    (status = 200, description = "The folder", body = Listing),
    (status = 403, description = "It lies outside of the allowed folders", body = Problem),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn files(State(app): State<Arc<App>>, Wanted(which): Wanted<Which>) -> Answer<Json<Listing>> {
    blocking(move || list(&app, which.path.as_deref().filter(|p| !p.is_empty())).map(Json)).await
}

fn list(app: &App, path: Option<&str>) -> Answer<Listing> {
    let Some(path) = path else {
        let root = |path: &std::path::PathBuf| Entry {
            name: path.display().to_string(),
            path: path.display().to_string(),
            kind: EntryKind::Dir,
            bytes: None,
            modified: None,
            looks: weldlm_source::looks(path).map(looks),
        };
        let entries = app.roots.iter().map(root).collect();
        return Ok(Listing { path: None, parent: None, entries, truncated: false });
    };
    path_text("path", path)?;
    let place = allowed(&weldlm_source::expand_home(path))?;
    let (found, truncated) = browse(&place, ENTRIES)?;
    let parent = place.parent().filter(|p| allowed(p).is_ok()).map(|p| p.display().to_string());
    let entries = found.into_iter().map(|f| entry(&place, f)).collect();
    Ok(Listing { path: Some(place.display().to_string()), parent, entries, truncated })
}

fn looks(found: weldlm_source::Looks) -> Looks {
    match found {
        weldlm_source::Looks::Model => Looks::Model,
        weldlm_source::Looks::Adapter => Looks::Adapter,
        weldlm_source::Looks::Checkpoints => Looks::Checkpoints,
    }
}

fn entry(folder: &Path, found: Found) -> Entry {
    Entry {
        path: folder.join(&found.name).display().to_string(),
        name: found.name,
        kind: if found.len.is_none() { EntryKind::Dir } else { EntryKind::File },
        bytes: found.len,
        modified: found.modified.map(crate::clock::text),
        looks: found.looks.map(looks),
    }
}
