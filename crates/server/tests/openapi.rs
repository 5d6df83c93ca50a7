//! `docs/openapi.json` agrees with the code. `UPDATE_DOCS=1 cargo test -p weldlm-server --test openapi` writes it anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::Value;
use std::path::Path;

#[test]
fn the_document_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let fresh = weldlm_server::document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, fresh).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == fresh,
        "docs/openapi.json is stale; run: UPDATE_DOCS=1 cargo test -p weldlm-server --test openapi"
    );
}

#[test]
fn the_document_names_what_clients_are_generated_from() {
    let document: Value = serde_json::from_str(weldlm_server::document()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in [
        "Problem",
        "Fix",
        "Job",
        "JobPage",
        "JobStage",
        "Catalog",
        "About",
        "Format",
        "Field",
        "System",
        "Root",
        "Listing",
        "Entry",
        "CachedModel",
        "Preflight",
        "Plan",
        "PlanTotals",
        "PlanFile",
        "PlanTensor",
        "Receipt",
        "Inspection",
        "Difference",
        "EventPage",
        "Event",
        "Recipe",
        "Settings",
        "Session",
    ] {
        assert!(schemas.contains_key(name), "{name}");
    }
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["responses"]["default"].is_object(), "{method} {path} has no error shape");
        }
    }
}
