//! Plans.

use super::{Problem, Task};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Whether a request fits, and what it would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preflight {
    /// Whether it can be started.
    pub fits: bool,
    /// What it is; none when that could not be told.
    #[schema(required = true)]
    pub task: Option<Task>,
    /// What it would do.
    #[schema(required = true)]
    pub plan: Option<Plan>,
    /// Why it cannot be started.
    pub problems: Vec<Problem>,
    /// What is worth knowing.
    pub warnings: Vec<Problem>,
}

/// A plan, as `--dry-run --json` says it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The base.
    pub base: String,
    /// The adapters.
    pub adapters: Vec<String>,
    /// How the names of each were matched.
    pub names: Vec<String>,
    /// The same in every language.
    pub rules: Vec<Problem>,
    /// The output folder.
    pub output: String,
    /// Weight files.
    pub files: Vec<PlanFile>,
    /// Other files.
    pub side_files: Vec<PlanSideFile>,
    /// Edits of config.json.
    pub config_edits: Vec<ConfigEdit>,
    /// Every tensor of the result.
    pub tensors: Vec<PlanTensor>,
    /// What `safe_merge` leaves out.
    pub skipped: Vec<PlanSkipped>,
    /// What is worth knowing.
    pub warnings: Vec<Problem>,
    /// What it costs.
    pub totals: PlanTotals,
}

/// A weight file of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// How many tensors it holds.
    pub tensors: u64,
}

/// Another file of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSideFile {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// An edit of config.json.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigEdit {
    /// The key, with dots between parts.
    pub key: String,
    /// Its new value.
    pub value: Value,
}

/// A tensor of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTensor {
    /// Its name.
    pub name: String,
    /// Its type.
    pub dtype: String,
    /// Its shape.
    pub shape: Vec<u64>,
    /// The adapter types that change it.
    pub changed_by: Vec<String>,
    /// Whether the base does not have it.
    pub new: bool,
}

/// A layer that `safe_merge` leaves out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSkipped {
    /// The module.
    pub module: String,
    /// Why.
    pub problem: Problem,
}

/// What a plan costs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTotals {
    /// Bytes read.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Estimate of the peak memory.
    pub peak_memory: u64,
    /// Free bytes where the result goes.
    pub free_disk: u64,
    /// Rough estimate of the time.
    pub seconds: f64,
}
