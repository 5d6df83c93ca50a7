//! What this program can do, as it says it itself.

use crate::schema::{About, Catalog, Field, FieldKind, Format, Problem, Task};
use axum::Json;
use weldlm_plan::request::{self, EXPORTS, FIELDS, Kind};

/// Adapter types, formats and fields. Forms are drawn from it.
#[utoipa::path(get, path = "/catalog", tag = "about", responses(
    (status = 200, description = "The catalogue", body = Catalog),
    (status = "default", description = "What went wrong", body = Problem),
))]
pub async fn catalog() -> Json<Catalog> {
    let adapters = weldlm_adapters::ALL.iter().map(|kind| about(kind.about())).collect();
    let exports = EXPORTS.iter().map(|export| Format {
        about: about(&export.about),
        export: true,
        options: shown().filter(|f| export.options.contains(&f.name)).map(field).collect(),
    });
    let stored = weldlm_formats::ALL.iter().map(|format| Format {
        about: about(format.about()),
        export: false,
        options: Vec::new(),
    });
    Json(Catalog { adapters, formats: exports.chain(stored).collect(), fields: shown().map(field).collect() })
}

/// Fields that mean something here: those that start commands stay on the command line, those of formats that are
/// not built yet stay away.
fn shown() -> impl Iterator<Item = &'static request::Field> {
    FIELDS.iter().filter(|f| f.kind != Kind::Command && f.kind != Kind::Later)
}

fn about(about: &weldlm_about::About) -> About {
    About {
        name: about.name.to_string(),
        summary: about.summary.to_string(),
        summary_zh: about.summary_zh.to_string(),
        link: about.link.to_string(),
        limits: about.limits.iter().map(ToString::to_string).collect(),
    }
}

fn field(field: &request::Field) -> Field {
    let task = |task: &request::Task| match task {
        request::Task::Merge => Task::Merge,
        request::Task::Export => Task::Export,
    };
    let (kind, values): (FieldKind, &[&str]) = match field.kind {
        Kind::Path => (FieldKind::Path, &[]),
        Kind::Paths => (FieldKind::Paths, &[]),
        Kind::Text | Kind::Command | Kind::Later => (FieldKind::Text, &[]),
        Kind::Bool => (FieldKind::Bool, &[]),
        Kind::Choice(values) => (FieldKind::Choice, values),
        Kind::Bytes => (FieldKind::Bytes, &[]),
        Kind::Number => (FieldKind::Number, &[]),
        Kind::Mapping => (FieldKind::Mapping, &[]),
    };
    Field {
        name: field.name.to_string(),
        option: field.option.to_string(),
        tasks: field.tasks.iter().map(task).collect(),
        kind,
        values: values.iter().map(ToString::to_string).collect(),
        default: serde_json::from_str(field.default).unwrap_or(serde_json::Value::Null),
    }
}
