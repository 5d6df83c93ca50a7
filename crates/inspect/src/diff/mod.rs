//! What differs between two checkpoints: headers, values, config, tokenizer, other files. Values are read in
//! tiles, bytes are compared before numbers, so that equal tensors cost little and memory stays small.

mod beside;
mod tokenizer;
mod values;

pub use beside::{Files, KeyChange, config_changes};
pub use tokenizer::{Tokenizers, Words};
pub use values::ValueChange;

use crate::view::place;
use serde_json::{Value, json};
use weldlm_formats::{Checkpoint, TensorInfo};
use weldlm_messages::{Problem, catalogue::source};
use weldlm_pipeline::events::{Event, Stage};
use weldlm_pipeline::run::Context;
use weldlm_plan::adapter as adapters;
use weldlm_source::Folder;

/// One of the two.
pub struct Side {
    /// Where it lies.
    pub place: String,
    /// Its weights.
    pub checkpoint: Checkpoint,
}

/// A tensor that is stored in another type or shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderChange {
    /// Its name.
    pub name: String,
    /// Type and shape in A.
    pub a: String,
    /// Type and shape in B.
    pub b: String,
}

/// Everything that differs.
#[derive(Default)]
pub struct Difference {
    /// Tensors that only A has.
    pub only_a: Vec<String>,
    /// Tensors that only B has.
    pub only_b: Vec<String>,
    /// Tensors of another type or shape.
    pub headers: Vec<HeaderChange>,
    /// Tensors of the same shape with other values.
    pub values: Vec<ValueChange>,
    /// Whether values were compared.
    pub values_compared: bool,
    /// Tensors that are the same.
    pub same: usize,
    /// Keys of config.json.
    pub config: Vec<KeyChange>,
    /// Tokenizers.
    pub tokenizer: Tokenizers,
    /// Files other than weights.
    pub files: Files,
}

impl Difference {
    /// Whether the weights are the same.
    pub fn same_weights(&self) -> bool {
        self.only_a.is_empty() && self.only_b.is_empty() && self.headers.is_empty() && self.values.is_empty()
    }

    /// Whether nothing differs.
    pub fn is_equal(&self) -> bool {
        self.same_weights() && self.config.is_empty() && self.tokenizer.is_equal() && self.files.is_equal()
    }
}

/// Opens one of the two: a model, quantised or not, or an adapter.
///
/// # Errors
/// When it holds no weights that can be read.
pub fn open(named: &str) -> Result<Side, Problem> {
    let folder = Folder::open(named)?;
    let opened = weldlm_formats::open(&folder);
    let checkpoint = match opened {
        Err(problem) if problem.code() == source::NO_WEIGHTS.code => match adapters::open_weights(&folder) {
            Ok(checkpoint) => checkpoint,
            Err(_) => return Err(problem),
        },
        other => other?,
    };
    Ok(Side { place: place(&folder), checkpoint })
}

/// Compares two checkpoints; with `headers_only`, no values.
///
/// # Errors
/// When something cannot be read, or when stopped.
pub fn compare(a: &Side, b: &Side, headers_only: bool, context: &Context<'_>) -> Result<Difference, Problem> {
    let mut difference = Difference { values_compared: !headers_only, ..Difference::default() };
    let (of_a, of_b) = (&a.checkpoint, &b.checkpoint);
    let missing = |from: &Checkpoint, other: &Checkpoint| -> Vec<String> {
        from.tensors.iter().map(|t| t.name.clone()).filter(|n| other.get(n).is_none()).collect()
    };
    difference.only_a = missing(of_a, of_b);
    difference.only_b = missing(of_b, of_a);
    let pairs: Vec<(&TensorInfo, &TensorInfo)> =
        of_a.tensors.iter().filter_map(|t| of_b.get(&t.name).map(|other| (t, other))).collect();
    let show = |t: &TensorInfo| format!("{} {}", t.dtype, shape(&t.shape));
    let other_header = |(a, b): &&(&TensorInfo, &TensorInfo)| a.dtype != b.dtype || a.shape != b.shape;
    difference.headers = pairs
        .iter()
        .filter(other_header)
        .map(|(a, b)| HeaderChange { name: a.name.clone(), a: show(a), b: show(b) })
        .collect();
    let mut changed =
        difference.headers.iter().map(|h| h.name.clone()).collect::<std::collections::HashSet<_>>();
    if !headers_only {
        let comparable = |(a, b): &(&TensorInfo, &TensorInfo)| {
            a.shape == b.shape && (a.dtype == b.dtype || (a.dtype.is_float() && b.dtype.is_float()))
        };
        let pairs: Vec<_> = pairs.iter().copied().filter(comparable).collect();
        context.say(Event::Stage(Stage::Verify, pairs.iter().map(|p| p.0.bytes()).sum()));
        difference.values = values::compare((of_a, of_b), &pairs, context)?;
        changed.extend(difference.values.iter().map(|v| v.name.clone()));
    }
    difference.same = pairs.iter().filter(|(a, _)| !changed.contains(&a.name)).count();
    let (folder_a, folder_b) = (&of_a.folder, &of_b.folder);
    if folder_a.only().is_none() && folder_b.only().is_none() {
        difference.config = config_changes(folder_a, folder_b)?;
        difference.tokenizer = tokenizer::compare(folder_a, folder_b)?;
        difference.files = beside::files(folder_a, folder_b)?;
    }
    Ok(difference)
}

pub(crate) fn shape(shape: &[u64]) -> String {
    format!("({})", shape.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
}

/// A difference as JSON.
pub fn to_json(a: &Side, b: &Side, difference: &Difference) -> Value {
    let side = |s: &Side| json!({"path": s.place, "format": s.checkpoint.format.about().name, "files": s.checkpoint.files.len(), "tensors": s.checkpoint.tensors.len()});
    let headers = difference.headers.iter().map(|h| json!({"name": h.name, "a": h.a, "b": h.b}));
    let values = difference.values.iter().map(|v| {
        json!({
            "name": v.name, "dtype": v.dtype.name(), "values": v.of, "differing": v.differing, "max_abs": v.max_abs,
            "relative": v.relative, "not_finite": v.not_finite,
        })
    });
    let config = difference.config.iter().map(|k| json!({"key": k.key, "a": k.a, "b": k.b}));
    json!({
        "equal": difference.is_equal(),
        "same_weights": difference.same_weights(),
        "values_compared": difference.values_compared,
        "a": side(a),
        "b": side(b),
        "same": difference.same,
        "only_a": difference.only_a,
        "only_b": difference.only_b,
        "headers": headers.collect::<Vec<_>>(),
        "values": values.collect::<Vec<_>>(),
        "config": config.collect::<Vec<_>>(),
        "tokenizer": difference.tokenizer.to_json(),
        "files": {"differ": difference.files.differ, "only_a": difference.files.only_a, "only_b": difference.files.only_b},
    })
}
