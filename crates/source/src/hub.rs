//! Models that other tools have already downloaded: the Hugging Face hub cache
//! (`models--ORG--NAME/{refs,snapshots}`) and ModelScope's (`models/ORG/NAME`, dots written as `___`).
//! Locations follow `huggingface_hub` (`HF_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME`) and `modelscope`
//! (`MODELSCOPE_CACHE`).

use std::env;
use std::path::{Path, PathBuf};

fn var(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from)
}

fn user_cache() -> Option<PathBuf> {
    var("XDG_CACHE_HOME").or_else(|| var("HOME").map(|home| home.join(".cache")))
}

fn hugging_face() -> Option<PathBuf> {
    var("HF_HUB_CACHE")
        .or_else(|| var("HUGGINGFACE_HUB_CACHE"))
        .or_else(|| var("HF_HOME").map(|home| home.join("hub")))
        .or_else(|| user_cache().map(|cache| cache.join("huggingface/hub")))
}

fn modelscope() -> Vec<PathBuf> {
    // MODELSCOPE_CACHE is the folder of models itself in newer versions and its parent in older ones.
    let home = var("MODELSCOPE_CACHE").or_else(|| var("HOME").map(|home| home.join(".cache/modelscope")));
    home.into_iter().flat_map(|h| [h.join("models"), h.join("hub/models"), h.join("hub"), h]).collect()
}

/// The cache folders that exist on this machine.
pub fn cache_folders() -> Vec<PathBuf> {
    hugging_face().into_iter().chain(modelscope()).filter(|p| p.is_dir()).collect()
}

/// An id is `name` or `org/name`, of the characters that hubs allow, with an optional `@revision`.
fn parse(id: &str) -> Option<(Vec<&str>, &str)> {
    let (name, revision) = id.split_once('@').unwrap_or((id, "main"));
    let parts: Vec<&str> = name.split('/').collect();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let plain = |part: &str| !part.is_empty() && part.chars().all(allowed) && !part.starts_with('.');
    let revision_ok = revision.split('/').all(plain);
    (parts.len() <= 2 && parts.iter().all(|p| plain(p)) && revision_ok).then_some((parts, revision))
}

/// The folder of a model in a local cache.
pub(crate) fn find(id: &str) -> Option<PathBuf> {
    let (parts, revision) = parse(id)?;
    let in_hugging_face = hugging_face().map(|cache| cache.join(format!("models--{}", parts.join("--"))));
    if let Some(found) = in_hugging_face.and_then(|repo| snapshot(&repo, revision)) {
        return Some(found);
    }
    let relative: PathBuf = parts.iter().map(|part| part.replace('.', "___")).collect();
    let plain: PathBuf = parts.iter().collect();
    modelscope()
        .into_iter()
        .flat_map(|root| [root.join(&plain), root.join(&relative)])
        .find(|path| path.join("config.json").is_file() || path.join("adapter_config.json").is_file())
}

fn snapshot(repo: &Path, revision: &str) -> Option<PathBuf> {
    let snapshots = repo.join("snapshots");
    let commit =
        std::fs::read_to_string(repo.join("refs").join(revision)).unwrap_or_else(|_| revision.to_string());
    let commit = commit.trim();
    let named = snapshots.join(commit);
    let inside = !commit.is_empty() && !commit.contains(['/', '\\']) && commit != "." && commit != "..";
    if inside && named.is_dir() {
        return Some(named);
    }
    if revision != "main" {
        return None;
    }
    // A cache filled by commit id has no refs/main; a single snapshot is then the only candidate.
    let mut all = std::fs::read_dir(&snapshots).ok()?.flatten().map(|e| e.path()).filter(|p| p.is_dir());
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Ids of the models in the Hugging Face cache, sorted.
pub fn cached_models() -> Vec<String> {
    let entries = hugging_face().and_then(|cache| std::fs::read_dir(cache).ok());
    let mut ids: Vec<String> = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .filter_map(|name| name.strip_prefix("models--").map(|id| id.replacen("--", "/", 1)))
        .filter(|id| find(id).is_some())
        .collect();
    ids.sort();
    ids
}

/// The cache folders that exist on this machine, with how many models each holds. ModelScope has several
/// places for its folder; those without models are left out.
pub fn caches() -> Vec<(PathBuf, usize)> {
    let first = hugging_face().filter(|p| p.is_dir()).map(|p| (p, cached_models().len()));
    let below = |path: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(path)
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.is_dir())
            .collect()
    };
    let is_model = |p: &PathBuf| p.join("config.json").is_file() || p.join("adapter_config.json").is_file();
    let count =
        |root: &Path| below(root).iter().map(|org| below(org).into_iter().filter(is_model).count()).sum();
    let others =
        modelscope().into_iter().map(|root| (root.clone(), count(&root))).filter(|found| found.1 > 0);
    first.into_iter().chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn ids_and_paths_are_told_apart() {
        assert_eq!(parse("org/name"), Some((vec!["org", "name"], "main")));
        assert_eq!(parse("gpt2@refs/pr/3"), Some((vec!["gpt2"], "refs/pr/3")));
        for bad in ["", "/abs/path", "a/b/c", "../x", "a/..", "a b/c", "a/b@../../etc"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
