//! The interface at `/api/v1`, one file for each resource.

mod catalog;
mod diff;
mod events;
mod files;
mod inspect;
mod jobs;
mod messages;
mod models;
mod openapi;
mod plan;
mod recipes;
mod session;
mod settings;
mod system;

pub use openapi::document;

use crate::app::App;
use crate::schema;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the document says besides the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "weldlm",
        description = "Merge adapters into base models, export them, watch it happen. Every answer that is not a \
                       success has the shape `Problem`. Sign in with `POST /login` (a cookie; requests that change \
                       something then repeat `csrf` of `GET /session` as `X-CSRF-Token`) or send \
                       `Authorization: Bearer TOKEN`."
    ),
    servers((url = "/api/v1")),
    components(schemas(schema::Receipt, schema::Inspection, schema::Difference, schema::Event, schema::PlanTensor))
)]
struct Head;

/// Every route, with its documentation.
pub fn all() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(session::session))
        .routes(routes!(session::login))
        .routes(routes!(session::logout))
        .routes(routes!(catalog::catalog))
        .routes(routes!(system::system))
        .routes(routes!(files::files))
        .routes(routes!(models::models))
        .routes(routes!(plan::preflight))
        .routes(routes!(inspect::inspect))
        .routes(routes!(diff::diff))
        .routes(routes!(jobs::list, jobs::submit))
        .routes(routes!(jobs::get, jobs::delete))
        .routes(routes!(jobs::pause))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::resume))
        .routes(routes!(jobs::retry))
        .routes(routes!(jobs::reorder))
        .routes(routes!(jobs::plan))
        .routes(routes!(jobs::receipt))
        .routes(routes!(jobs::log))
        .routes(routes!(events::of_job))
        .routes(routes!(events::of_all))
        .routes(routes!(recipes::list))
        .routes(routes!(recipes::get, recipes::put, recipes::delete))
        .routes(routes!(settings::get, settings::put))
        .routes(routes!(messages::messages))
        .routes(routes!(openapi::openapi))
}
