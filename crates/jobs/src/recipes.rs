//! Requests with a name: the same files that the command line takes with `--config`.

use crate::files;
use serde::Serialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use weldlm_messages::{Problem, catalogue::jobs as says, catalogue::usage};
use weldlm_pipeline::request::{Task, parse_file};

const FORMATS: [&str; 2] = ["yaml", "json"];
const NAME_MAX: usize = 100;
const TEXT_MAX: usize = 1 << 20;

/// A recipe.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recipe {
    /// Its name.
    pub name: String,
    /// `merge` or `export`; nothing when its fields do not say, as in one that is half written.
    pub task: Option<&'static str>,
    /// Its fields.
    pub fields: Map<String, Value>,
    /// Its text, comments and all.
    pub text: String,
    /// `yaml` or `json`.
    pub format: &'static str,
}

/// A name that is also a harmless file name.
fn checked(name: &str) -> Result<&str, Problem> {
    let plain = |c: char| c.is_alphanumeric() || " ._-".contains(c);
    let good = (1..=NAME_MAX).contains(&name.chars().count())
        && name.chars().all(plain)
        && !name.starts_with('.')
        && name.trim() == name
        && name.len() <= 240;
    if good { Ok(name) } else { Err(Problem::new(&says::BAD_RECIPE_NAME).arg("name", name).at("name")) }
}

fn path(home: &Path, name: &str, format: &str) -> PathBuf {
    home.join("recipes").join(format!("{name}.{format}"))
}

fn recipe(name: &str, format: &'static str, text: String) -> Result<Recipe, Problem> {
    let fields = parse_file(&text, name)?;
    let task = Task::of(&fields, name).ok().map(Task::name);
    Ok(Recipe { name: name.to_string(), task, fields, text, format })
}

/// All recipes, by name. A file that is none is passed over.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(home: &Path) -> Result<Vec<Recipe>, Problem> {
    let folder = home.join("recipes");
    let mut names: Vec<String> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries
            .flatten()
            .filter_map(|e| {
                let name = e.file_name().into_string().ok()?;
                let (stem, format) = name.rsplit_once('.')?;
                (FORMATS.contains(&format) && checked(stem).is_ok()).then(|| stem.to_string())
            })
            .collect(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(files::failed(&folder, &e)),
    };
    names.sort();
    names.dedup();
    Ok(names.iter().filter_map(|name| load(home, name).ok()).collect())
}

/// The recipe of a name.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn load(home: &Path, name: &str) -> Result<Recipe, Problem> {
    let name = checked(name)?;
    for format in FORMATS {
        if let Some(text) = files::read(&path(home, name, format))? {
            return recipe(name, format, text);
        }
    }
    Err(Problem::new(&says::NO_SUCH_RECIPE).arg("name", name).at("name"))
}

/// Keeps a text as a recipe, in place of one of the same name.
///
/// # Errors
/// When the name or the text will not do, or it cannot be written.
pub fn save(home: &Path, name: &str, text: &str, format: &str) -> Result<Recipe, Problem> {
    let name = checked(name)?;
    let bad = |field: &str, value: &dyn std::fmt::Display, expected: &str| {
        let problem = Problem::new(&usage::BAD_VALUE).arg("value", value).arg("field", field);
        problem.arg("expected", expected).at(field)
    };
    let Some(format) = FORMATS.into_iter().find(|f| *f == format) else {
        return Err(bad("format", &format, &FORMATS.join(", ")));
    };
    if text.len() > TEXT_MAX {
        return Err(bad("text", &"…", "at most 1 MiB"));
    }
    let recipe = recipe(name, format, text.to_string())?;
    files::folder(&home.join("recipes"))?;
    files::write(&path(home, name, format), text.as_bytes())?;
    for other in FORMATS.iter().filter(|f| **f != format) {
        let _ = std::fs::remove_file(path(home, name, other));
    }
    Ok(recipe)
}

/// Keeps fields as a recipe, as JSON.
///
/// # Errors
/// As [`save`].
pub fn save_fields(home: &Path, name: &str, fields: &Map<String, Value>) -> Result<Recipe, Problem> {
    save(home, name, &format!("{:#}\n", Value::Object(fields.clone())), "json")
}

/// Removes a recipe.
///
/// # Errors
/// When there is none, or it cannot be removed.
pub fn delete(home: &Path, name: &str) -> Result<(), Problem> {
    let name = checked(name)?;
    let mut found = false;
    for path in FORMATS.map(|format| path(home, name, format)) {
        match std::fs::remove_file(&path) {
            Ok(()) => found = true,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(files::failed(&path, &e)),
        }
    }
    if found { Ok(()) } else { Err(Problem::new(&says::NO_SUCH_RECIPE).arg("name", name).at("name")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_under_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path();
        assert!(list(home).unwrap().is_empty());
        let text = "# mine\nbase_model_path: b\nadapter_path: a\n";
        let kept = save(home, "合并 1", text, "yaml").unwrap();
        assert_eq!((kept.task, kept.fields["base_model_path"].as_str()), (Some("merge"), Some("b")));
        assert_eq!(load(home, "合并 1").unwrap(), kept);
        save_fields(home, "合并 1", &kept.fields).unwrap();
        let all = list(home).unwrap();
        assert_eq!((all.len(), all[0].format), (1, "json"));
        delete(home, "合并 1").unwrap();
        assert_eq!(delete(home, "合并 1").unwrap_err().code(), "J112");
        assert_eq!(load(home, "合并 1").unwrap_err().code(), "J112");
    }

    #[test]
    fn names_are_no_paths() {
        let dir = tempfile::tempdir().unwrap();
        let long = "x".repeat(101);
        for name in ["", ".", "..", "a/b", "../a", "a\0", ".hidden", " a", "a\n", &long] {
            for outcome in [load(dir.path(), name), save(dir.path(), name, "a: 1", "yaml")] {
                assert_eq!(outcome.unwrap_err().code(), "J111", "{name:?}");
            }
            assert!(delete(dir.path(), name).is_err());
        }
        assert_eq!(save(dir.path(), "a", "just text", "yaml").unwrap_err().code(), "U104");
        assert_eq!(save(dir.path(), "a", "a: 1", "toml").unwrap_err().code(), "U102");
    }
}
