//! The few shapes of TOML that our manifests have. What has another shape is a finding of `tidy::deps`.

/// A line of `members` in the root manifest.
#[derive(Debug, PartialEq)]
pub struct Member<'a> {
    pub folder: &'a str,
    /// The comment beside it.
    pub caption: &'a str,
    pub line: usize,
}

/// A dependency.
#[derive(Debug, PartialEq)]
pub struct Dependency<'a> {
    pub name: &'a str,
    /// Only for tests.
    pub dev: bool,
    /// What stands behind the name, comment left out.
    pub value: &'a str,
    /// The comment beside it.
    pub reason: &'a str,
    pub line: usize,
}

impl Dependency<'_> {
    /// Whether version and features are those of the workspace.
    pub fn is_inherited(&self) -> bool {
        self.value == ".workspace = true" || self.value.contains("workspace = true,")
    }
}

/// The members of the workspace, in the order of the manifest.
pub fn members(manifest: &str) -> Vec<Member<'_>> {
    let in_list = |(_, line): &(usize, &str)| !line.starts_with(']');
    let lines = manifest.lines().enumerate().skip_while(|(_, line)| !line.starts_with("members")).skip(1);
    lines.take_while(in_list).filter_map(|(i, line)| member(line, i + 1)).collect()
}

fn member(line: &str, number: usize) -> Option<Member<'_>> {
    let (folder, rest) = line.trim().strip_prefix('"')?.split_once('"')?;
    Some(Member { folder, caption: comment(rest).1, line: number })
}

/// Every entry of every section whose name ends in `dependencies`.
pub fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let mut found = Vec::new();
    let mut section = "";
    for (i, text) in manifest.lines().enumerate() {
        let (line, reason) = comment(text);
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
        } else if section.ends_with("dependencies") && !line.is_empty() {
            let end =
                line.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(line.len());
            let dev = section.ends_with("dev-dependencies");
            found.push(Dependency {
                name: &line[..end],
                dev,
                value: line[end..].trim_end(),
                reason,
                line: i + 1,
            });
        }
    }
    found
}

/// Sections that hide dependencies from [`dependencies`]: `[dependencies.serde]`.
pub fn odd_sections(manifest: &str) -> impl Iterator<Item = (usize, &str)> {
    let odd = |(_, line): &(usize, &str)| line.starts_with('[') && line.contains("dependencies.");
    manifest.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(odd)
}

fn comment(line: &str) -> (&str, &str) {
    let (text, comment) = line.split_once('#').unwrap_or((line, ""));
    (text.trim(), comment.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_members_and_captions() {
        let found = members("[workspace]\nmembers = [\n    \"crates/a\", # Does a.\n    \"xtask\",\n]\n");
        let expected = [
            Member { folder: "crates/a", caption: "Does a.", line: 3 },
            Member { folder: "xtask", caption: "", line: 4 },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_dependencies() {
        let found = dependencies(
            "[package]\nname = \"x\"\n[dependencies]\nb.workspace = true\n\n\
             [dev-dependencies]\nc = { workspace = true, features = [] } # why\nd = \"1\"\n",
        );
        let shown: Vec<_> =
            found.iter().map(|d| (d.name, d.dev, d.is_inherited(), d.reason, d.line)).collect();
        assert_eq!(
            shown,
            [("b", false, true, "", 4), ("c", true, true, "why", 7), ("d", true, false, "", 8)]
        );
        assert_eq!(odd_sections("[dependencies.x]\n[dependencies]").count(), 1);
    }
}
