//! Sessions, settings, recipes, and what is asked for.

use super::{Fields, Task};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A stored request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// What it asks for; none when it is not complete.
    #[schema(required = true)]
    pub task: Option<Task>,
    /// Its fields.
    pub fields: Fields,
    /// Its text as it was written.
    pub text: String,
    /// `json` or `yaml`.
    pub format: RecipeFormat,
}

/// How a recipe is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecipeFormat {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// What a recipe is to become: a text with its format, or fields.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipeEdit {
    /// Its text.
    pub text: Option<String>,
    /// How the text is written.
    pub format: Option<RecipeFormat>,
    /// Its fields, instead of a text.
    pub fields: Option<Fields>,
}

/// Languages that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// The browser's.
    Auto,
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

/// Themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// The browser's.
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Settings of this installation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The language of pages.
    pub lang: Language,
    /// The theme of pages.
    pub theme: Theme,
    /// Jobs that run at the same time.
    pub workers: u64,
    /// Memory that jobs may use; none for what is free.
    #[schema(required = true)]
    pub memory_limit: Option<u64>,
}

/// How one signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AuthKind {
    /// With the token of the printed address.
    Token,
    /// With a password.
    Password,
    /// Not at all.
    None,
}

/// Languages that the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Spoken {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

/// Who is asking, and what a page must know before anything else.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Version of weldlm.
    pub version: String,
    /// Whether this request may do anything.
    pub authenticated: bool,
    /// What `X-CSRF-Token` must be in requests that change something.
    #[schema(required = true)]
    pub csrf: Option<String>,
    /// How one signs in.
    pub auth: AuthKind,
    /// The language of answers to this request.
    pub lang: Spoken,
}

/// What signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The token or the password.
    pub secret: String,
}

/// What is to be looked at.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectRequest {
    /// Folder, file, or id in the local hub cache; `PATH::NAME` means one of several adapters of a file.
    pub path: String,
    /// A base that an adapter is tried on.
    pub base: Option<String>,
    /// Whether every tensor is listed.
    pub tensors: Option<bool>,
}

/// What is to be compared.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiffRequest {
    /// The one.
    pub a: String,
    /// The other.
    pub b: String,
    /// Compare headers and files only, not values.
    pub headers: Option<bool>,
}

/// Where a queued job is to stand.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// The job that it is put before; none for the end of the queue.
    #[schema(required = true)]
    pub before: Option<String>,
}

/// An entry of the catalogue of messages, in one language; `{name}` marks a placeholder.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageText {
    /// What happened.
    pub text: String,
    /// What to do next; may be empty.
    pub hint: String,
}

/// An entry of the catalogue of messages.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// English.
    pub en: MessageText,
    /// Simplified Chinese.
    pub zh: MessageText,
}
