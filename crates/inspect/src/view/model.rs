use super::types;
use serde_json::Value;
use weldlm_formats::is_foreign_weights;
use weldlm_messages::Problem;
use weldlm_models::Quantized;
use weldlm_output::RECEIPT;
use weldlm_plan::{Base, side};
use weldlm_tensor::Dtype;

/// Tensors of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Types {
    /// The type.
    pub dtype: Dtype,
    /// How many tensors have it.
    pub tensors: u64,
    /// Their values.
    pub values: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a model is.
pub struct ModelView {
    /// Its weights and config.
    pub base: Base,
    /// How it is quantised, if it is.
    pub quantised: Option<Quantized>,
    /// Its types, the largest first.
    pub types: Vec<Types>,
    /// Largest token id plus one, where a tokenizer says it.
    pub tokens: Option<u64>,
    /// Whether it brings a chat template.
    pub has_template: bool,
    /// The receipt, when weldlm made it, or what is wrong with the receipt.
    pub receipt: Option<Result<Value, Problem>>,
    /// Weights in formats that are not read.
    pub unread: Vec<String>,
    /// Weights in formats that are read, but not of this model.
    pub beside: Vec<String>,
    /// What a training run left behind.
    pub leftovers: Vec<String>,
}

impl ModelView {
    /// The receipt of a result of weldlm.
    pub fn made_by(&self) -> Option<&Value> {
        self.receipt.as_ref()?.as_ref().ok()
    }
}

pub(super) fn view(base: Base, quantised: Option<Quantized>) -> Result<ModelView, Problem> {
    let folder = base.folder().clone();
    // A file that the user named is looked at alone; its neighbours may belong to other models.
    let alone = folder.only().is_some_and(|only| !only.ends_with(".index.json"));
    let mut view = ModelView {
        types: types(&base.checkpoint),
        tokens: None,
        has_template: false,
        receipt: None,
        unread: Vec::new(),
        beside: Vec::new(),
        leftovers: Vec::new(),
        quantised,
        base,
    };
    if alone {
        return Ok(view);
    }
    view.tokens = side::vocabulary_size(&folder)?;
    view.has_template = side::has_template(&folder)?;
    view.receipt = folder.has(RECEIPT).then(|| weldlm_pipeline::verify::receipt(&folder));
    view.unread = weldlm_formats::foreign_files(&folder)?;
    view.leftovers = side::leftovers(&folder)?;
    let other = |name: &String| {
        let known = view.unread.contains(name) || view.leftovers.contains(name);
        let own = view.base.checkpoint.files.iter().any(|f| f.name == *name) || name.ends_with(".index.json");
        is_foreign_weights(name) && !known && !own
    };
    view.beside = folder.files()?.into_iter().map(|f| f.name).filter(other).collect();
    Ok(view)
}
