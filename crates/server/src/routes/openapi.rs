//! The document that describes the interface.

use axum::http::header;
use axum::response::IntoResponse;
use std::sync::OnceLock;

/// The document as text, as it is checked in.
pub fn document() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| super::all().to_openapi().to_pretty_json().unwrap_or_default() + "\n")
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "about", responses(
    (status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = BTreeMap<String, Value>),
    (status = "default", description = "What went wrong", body = crate::schema::Problem),
))]
pub async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn operations_have_names_of_their_own() {
        let document: serde_json::Value = serde_json::from_str(super::document()).unwrap();
        let operations =
            document["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values());
        let ids: Vec<&str> = operations.map(|o| o["operationId"].as_str().unwrap()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
    }
}
