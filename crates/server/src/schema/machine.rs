//! What the program can do, and what lies on the machine.

use super::Task;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What an adapter type or a format says of itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct About {
    /// Its name in requests and receipts.
    pub name: String,
    /// One sentence in English.
    pub summary: String,
    /// One sentence in Chinese.
    pub summary_zh: String,
    /// The paper or specification that it follows.
    pub link: String,
    /// What it cannot do.
    pub limits: Vec<String>,
}

/// A format.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Format {
    /// What it says of itself.
    #[serde(flatten)]
    pub about: About,
    /// Whether `export_format` takes it.
    pub export: bool,
    /// The fields that mean something for it.
    pub options: Vec<Field>,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// A folder, a file, or an id of the local hub cache.
    Path,
    /// Several of them.
    Paths,
    /// Text.
    Text,
    /// true or false.
    Bool,
    /// One of `values`.
    Choice,
    /// A size, such as 5GB or 512MiB.
    Bytes,
    /// A number, or one for each adapter.
    Number,
    /// Pairs OLD=NEW.
    Mapping,
}

/// A field of a request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The command-line option.
    pub option: String,
    /// The requests in which it may stand.
    pub tasks: Vec<Task>,
    /// What it takes.
    pub kind: FieldKind,
    /// The values of a choice.
    pub values: Vec<String>,
    /// What holds when it is not given.
    pub default: Value,
}

/// What this program can do: forms are drawn from it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The adapter types that can be merged.
    pub adapters: Vec<About>,
    /// The formats that are read or written.
    pub formats: Vec<Format>,
    /// The fields of requests.
    pub fields: Vec<Field>,
}

/// An allowed folder.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// Where it is.
    pub path: String,
    /// Bytes that can still be written there.
    #[schema(required = true)]
    pub free_bytes: Option<u64>,
    /// Bytes of its disk.
    #[schema(required = true)]
    pub total_bytes: Option<u64>,
}

/// Memory of the machine.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// All of it, or the limit of the control group.
    #[schema(required = true)]
    pub total_bytes: Option<u64>,
    /// What can still be had.
    #[schema(required = true)]
    pub available_bytes: Option<u64>,
}

/// The machine and the server.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Version of weldlm.
    pub version: String,
    /// The data folder.
    pub data: String,
    /// The folders that may be read and written.
    pub roots: Vec<Root>,
    /// Memory.
    pub memory: Memory,
    /// Processors.
    pub processors: u64,
    /// Jobs that run at the same time.
    pub workers: u64,
    /// Memory that jobs may use.
    #[schema(required = true)]
    pub memory_limit: Option<u64>,
    /// Local hub caches.
    pub caches: Vec<String>,
    /// Memory of the server itself.
    #[schema(required = true)]
    pub server_bytes: Option<u64>,
}

/// Kinds of entries of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A folder.
    Dir,
    /// A file.
    File,
}

/// What something looks like, from file names alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Looks {
    /// A model.
    Model,
    /// An adapter.
    Adapter,
    /// A folder of a training run, with checkpoints below.
    Checkpoints,
}

/// An entry of a folder.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Folder or file.
    pub kind: EntryKind,
    /// Length of a file.
    #[schema(required = true)]
    pub bytes: Option<u64>,
    /// When it was changed (RFC 3339, UTC).
    #[schema(required = true)]
    pub modified: Option<String>,
    /// What it looks like.
    #[schema(required = true)]
    pub looks: Option<Looks>,
}

/// A folder's entries, folders first.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The folder; none for the list of allowed folders.
    #[schema(required = true)]
    pub path: Option<String>,
    /// The folder above, if it is allowed.
    #[schema(required = true)]
    pub parent: Option<String>,
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Whether there are more than are listed.
    pub truncated: bool,
}

/// A model of a local hub cache.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CachedModel {
    /// Its id, to be used like a path.
    pub id: String,
    /// Where it lies.
    pub path: String,
}
