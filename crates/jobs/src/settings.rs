//! What the user set once and for all: `settings.json`.

use crate::files;
use serde::{Deserialize, Serialize};
use std::path::Path;
use weldlm_messages::{Problem, catalogue::usage};

const NAME: &str = "settings.json";
const WORKERS_MAX: usize = 64;

/// Settings of the program, for all who use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `auto`, `en` or `zh`.
    pub lang: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// How many jobs run at once.
    pub workers: usize,
    /// Memory that all workers may plan with, in bytes; what is free when not given.
    pub memory_limit: Option<u64>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { lang: "auto".to_string(), theme: "auto".to_string(), workers: 1, memory_limit: None }
    }
}

impl Settings {
    /// Checks the values.
    ///
    /// # Errors
    /// The first that is not one.
    pub fn check(&self) -> Result<(), Problem> {
        let bad = |field: &str, value: &dyn std::fmt::Display, expected: &str| {
            let problem = Problem::new(&usage::BAD_VALUE).arg("value", value).arg("field", field);
            Err(problem.arg("expected", expected).at(field))
        };
        if !["auto", "en", "zh"].contains(&self.lang.as_str()) {
            return bad("lang", &self.lang, "auto, en, zh");
        }
        if !["auto", "light", "dark"].contains(&self.theme.as_str()) {
            return bad("theme", &self.theme, "auto, light, dark");
        }
        if !(1..=WORKERS_MAX).contains(&self.workers) {
            return bad("workers", &self.workers, "a number from 1 to 64");
        }
        match self.memory_limit {
            Some(0) => bad("memory_limit", &0, "a size such as 5GB or 512MiB"),
            _ => Ok(()),
        }
    }

    /// Those of a data folder; the usual ones where the file is missing or damaged.
    pub(crate) fn load(home: &Path) -> Result<Settings, Problem> {
        let text = files::read(&home.join(NAME))?;
        let found: Option<Settings> = text.and_then(|t| serde_json::from_str(&t).ok());
        Ok(found.filter(|s| s.check().is_ok()).unwrap_or_default())
    }

    pub(crate) fn save(&self, home: &Path) -> Result<(), Problem> {
        self.check()?;
        let path = home.join(NAME);
        let text = serde_json::to_string_pretty(self).map_err(|e| files::failed(&path, &e))?;
        files::write(&path, format!("{text}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_checked_and_mended() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Settings::load(dir.path()).unwrap(), Settings::default());
        let settings = Settings { workers: 3, lang: "zh".to_string(), ..Settings::default() };
        settings.save(dir.path()).unwrap();
        assert_eq!(Settings::load(dir.path()).unwrap(), settings);
        let none = Settings { workers: 0, ..Settings::default() };
        assert_eq!(none.save(dir.path()).unwrap_err().code(), "U102");
        for damaged in ["{", "{\"workers\": 0}", "[]"] {
            std::fs::write(dir.path().join(NAME), damaged).unwrap();
            assert_eq!(Settings::load(dir.path()).unwrap(), Settings::default());
        }
    }
}
