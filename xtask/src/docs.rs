//! The generated part of ARCHITECTURE.md: the crates with their captions, in reading order.

use crate::manifest::members;
use crate::repo::Repo;
use std::path::Path;

const PAGE: &str = "ARCHITECTURE.md";
const BEGIN: &str = "<!-- crates: written by `cargo xtask docs` from Cargo.toml -->\n";
const END: &str = "<!-- end of crates -->";

/// Rewrites the page; says what it did.
pub fn write(root: &Path, repo: &Repo) -> Result<String, String> {
    let page = fresh(repo)?;
    if repo.text(PAGE) == Some(&page) {
        return Ok(format!("{PAGE} is fresh"));
    }
    std::fs::write(root.join(PAGE), page).map_err(|e| format!("{PAGE}: {e}"))?;
    Ok(format!("{PAGE} rewritten"))
}

/// The page as it should be.
pub fn fresh(repo: &Repo) -> Result<String, String> {
    let page = repo.text(PAGE).ok_or(format!("{PAGE} is missing"))?;
    let manifest = repo.text("Cargo.toml").unwrap_or_default();
    let (before, rest) =
        page.split_once(BEGIN).ok_or(format!("{PAGE} lacks the line {}", BEGIN.trim_end()))?;
    let (_, after) = rest.split_once(END).ok_or(format!("{PAGE} lacks the line {END}"))?;
    let rows: String =
        members(manifest).iter().map(|m| format!("- `{}`: {}\n", m.folder, m.caption)).collect();
    Ok(format!("{before}{BEGIN}\n{rows}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_replace_what_was_there() {
        let page = format!("a\n{BEGIN}old\n{END}\nb\n");
        let manifest = "members = [\n    \"crates/a\", # Does a.\n]\n";
        let repo = Repo::of(&[(PAGE, &page), ("Cargo.toml", manifest)]);
        assert_eq!(fresh(&repo).unwrap(), format!("a\n{BEGIN}\n- `crates/a`: Does a.\n\n{END}\nb\n"));
        assert!(fresh(&Repo::of(&[(PAGE, "no markers")])).is_err());
    }
}
