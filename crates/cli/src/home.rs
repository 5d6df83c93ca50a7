//! Where weldlm keeps its own data.

use std::path::{Path, PathBuf};

/// `--data`, then `WELDLM_HOME`, then `XDG_DATA_HOME/weldlm`, then `~/.local/share/weldlm`.
pub fn data_folder(option: Option<&Path>) -> PathBuf {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = option
        .map(Path::to_path_buf)
        .or_else(|| from("WELDLM_HOME"))
        .or_else(|| from("XDG_DATA_HOME").map(|d| d.join("weldlm")))
        .or_else(|| from("HOME").map(|home| home.join(".local/share/weldlm")))
        .unwrap_or_else(|| PathBuf::from("weldlm-data"));
    std::path::absolute(&folder).unwrap_or(folder)
}
