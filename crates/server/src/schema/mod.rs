//! The shapes of the HTTP interface, as they stand in `docs/openapi.json`. Names here are names there, and the
//! names of types in the client that the UI generates.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

mod ask;
mod job;
mod machine;
mod plan;

pub use ask::*;
pub use job::*;
pub use machine::*;
pub use plan::*;

macro_rules! free_form {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub BTreeMap<String, Value>);
    )* };
}

free_form! {
    /// A request: the fields of a merge or an export by their names, as in `weldlm --config`.
    Fields,
    /// The receipt of a result: what is in its `weldlm.json`.
    Receipt,
    /// What `weldlm inspect --json` says, with `chat_template` and `config`.
    Inspection,
    /// What `weldlm diff --json` says.
    Difference,
}

/// Words in one language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What happened.
    pub what: String,
    /// What to do next; may be empty.
    pub hint: String,
}

/// The same words in every language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// English.
    pub en: Words,
    /// Simplified Chinese.
    pub zh: Words,
}

/// A change of the request that would mend a problem.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    /// The request's field.
    pub field: String,
    /// The value that it should get.
    pub value: Value,
    /// The same as a command-line option.
    pub option: String,
}

/// What went wrong, or is worth knowing: the one error shape.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Stable code, to be found in the error reference.
    pub code: String,
    /// What happened, in the language of the request.
    pub what: String,
    /// Where: a file, a tensor, a field of the request.
    #[schema(required = true)]
    pub place: Option<String>,
    /// What to do next, in the language of the request; may be empty.
    pub hint: String,
    /// Changes of the request that would mend it.
    pub fixes: Vec<Fix>,
    /// Its words in every language.
    pub texts: Texts,
}
