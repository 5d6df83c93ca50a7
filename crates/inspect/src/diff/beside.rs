use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use weldlm_messages::Problem;
use weldlm_plan::base::CONFIG_BYTES_MAX;
use weldlm_source::Folder;

/// Folders of models are never deeper.
const DEPTH_MAX: usize = 3;

/// A key of config.json that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyChange {
    /// The key, with dots between levels.
    pub key: String,
    /// Its value in A, if it has one.
    pub a: Option<Value>,
    /// Its value in B, if it has one.
    pub b: Option<Value>,
}

/// The keys of config.json (of adapter_config.json for adapters) that differ, A's in their order, then B's.
/// A config that is no JSON counts as a file like any other.
///
/// # Errors
/// When one is there but cannot be read.
pub fn config_changes(a: &Folder, b: &Folder) -> Result<Vec<KeyChange>, Problem> {
    let mut changes = Vec::new();
    for name in ["config.json", weldlm_plan::adapter::CONFIG] {
        let read = |folder: &Folder| -> Result<Option<Map<String, Value>>, Problem> {
            let text = folder.text(name, CONFIG_BYTES_MAX)?;
            let value = text.and_then(|t| serde_json::from_str::<Value>(&t).ok());
            Ok(value.map(|v| flat(&v)))
        };
        let (Some(a), Some(b)) = (read(a)?, read(b)?) else { continue };
        let keys: Vec<&String> = a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))).collect();
        let differing = keys.into_iter().filter(|k| a.get(*k) != b.get(*k));
        changes.extend(differing.map(|k| KeyChange {
            key: k.clone(),
            a: a.get(k).cloned(),
            b: b.get(k).cloned(),
        }));
    }
    Ok(changes)
}

/// Objects become dotted keys; lists stay whole.
fn flat(value: &Value) -> Map<String, Value> {
    fn add(at: &str, value: &Value, out: &mut Map<String, Value>) {
        match value {
            Value::Object(map) if !map.is_empty() || at.is_empty() => {
                for (key, below) in map {
                    let path = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                    add(&path, below, out);
                }
            }
            leaf => {
                out.insert(at.to_string(), leaf.clone());
            }
        }
    }
    let mut out = Map::new();
    add("", value, &mut out);
    out
}

/// Files other than weights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// In both, with other content.
    pub differ: Vec<String>,
    /// Only in A.
    pub only_a: Vec<String>,
    /// Only in B.
    pub only_b: Vec<String>,
}

impl Files {
    /// Whether they are the same.
    pub fn is_equal(&self) -> bool {
        self.differ.is_empty() && self.only_a.is_empty() && self.only_b.is_empty()
    }
}

pub(super) fn files(a: &Folder, b: &Folder) -> Result<Files, Problem> {
    let (of_a, of_b) = (listing(a)?, listing(b)?);
    let mut files = Files::default();
    let names: BTreeSet<&String> = of_a.keys().chain(of_b.keys()).collect();
    for name in names {
        match (of_a.get(name), of_b.get(name)) {
            (Some(_), None) => files.only_a.push(name.clone()),
            (None, Some(_)) => files.only_b.push(name.clone()),
            (len_a, len_b) => {
                let same = len_a == len_b && hash(a, name)? == hash(b, name)?;
                if !same {
                    files.differ.push(name.clone());
                }
            }
        }
    }
    Ok(files)
}

fn hash(folder: &Folder, name: &str) -> Result<String, Problem> {
    weldlm_plan::adapter::hash_file(folder, name)
}

/// Files that are neither weights nor hidden, with their lengths.
fn listing(folder: &Folder) -> Result<BTreeMap<String, u64>, Problem> {
    fn walk(folder: &Folder, at: &str, found: &mut BTreeMap<String, u64>) -> Result<(), Problem> {
        for file in folder.files()? {
            if !file.name.starts_with('.') && !weldlm_formats::is_foreign_weights(&file.name) {
                found.insert(format!("{at}{}", file.name), file.len);
            }
        }
        if at.matches('/').count() + 1 >= DEPTH_MAX {
            return Ok(());
        }
        for name in folder.folders()?.into_iter().filter(|n| !n.starts_with('.')) {
            if let Some(sub) = folder.sub(&name) {
                walk(&sub, &format!("{at}{name}/"), found)?;
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::flat;
    use serde_json::json;

    #[test]
    fn keys_are_dotted_and_lists_whole() {
        let map = flat(&json!({"a": {"b": {"c": 1}, "d": {}}, "e": [1, {"f": 2}]}));
        let keys: Vec<&str> = map.keys().map(String::as_str).collect();
        assert_eq!(keys, ["a.b.c", "a.d", "e"]);
        assert_eq!(map["e"], json!([1, {"f": 2}]));
    }
}
