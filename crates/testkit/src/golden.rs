//! The golden cases: bases, adapters written by PEFT, and the tensors that a correct merge gives.
//! How they are made and proven is described in `golden/README.md`.

use crate::model::Tensors;
use serde_json::Value;
use std::path::{Path, PathBuf};
use weldlm_tensor::Dtype;

/// A golden case, or an adapter that must be refused.
pub struct Case {
    /// Its name.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// `case.json`.
    pub json: Value,
}

/// The folder of the golden files.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// All cases below `cases` or `refusals`, by name.
pub fn all(kind: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = std::fs::read_dir(folder().join(kind))
        .unwrap_or_else(|e| panic!("golden/{kind}: {e}"))
        .map(|entry| {
            let folder = entry.unwrap_or_else(|e| panic!("golden/{kind}: {e}")).path();
            let text = std::fs::read_to_string(folder.join("case.json"))
                .unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
            let json: Value =
                serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
            Case { id: json["id"].as_str().unwrap_or_default().to_string(), folder, json }
        })
        .collect();
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    cases
}

impl Case {
    /// The type that the base is cast to before the merge.
    pub fn base_dtype(&self) -> Dtype {
        match self.json["base_dtype"].as_str() {
            Some("bf16") => Dtype::Bf16,
            Some("f16") => Dtype::F16,
            _ => Dtype::F32,
        }
    }

    /// The folder of the base as committed, in f32.
    pub fn base(&self) -> PathBuf {
        folder().join("bases").join(self.json["base"].as_str().unwrap_or_default())
    }

    /// Makes the base in the case's type below `to` and returns its folder.
    pub fn make_base(&self, to: &Path) -> PathBuf {
        let base = to.join("base");
        let mut tensors = Tensors::read(&self.base().join("model.safetensors"));
        tensors.cast(self.base_dtype());
        std::fs::create_dir_all(&base).unwrap_or_else(|e| panic!("{}: {e}", base.display()));
        tensors.write(&base.join("model.safetensors"));
        std::fs::copy(self.base().join("config.json"), base.join("config.json"))
            .unwrap_or_else(|e| panic!("config.json: {e}"));
        base
    }

    /// The folders of the adapters.
    pub fn adapters(&self) -> Vec<PathBuf> {
        self.names("adapters").iter().map(|name| self.folder.join(name)).collect()
    }

    /// A list of names in `case.json`.
    pub fn names(&self, key: &str) -> Vec<String> {
        self.json[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_string)
            .collect()
    }
}
