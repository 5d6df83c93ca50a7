//! The model card of a merged model: where it comes from, in the metadata that the hub reads.

use super::adapter::Adapter;
use super::base::Base;
use weldlm_messages::Problem;

/// `org/name`, as hubs name models; a local path is not one.
fn hub_id(text: &str) -> Option<&str> {
    let parts: Vec<&str> = text.split('/').collect();
    let plain = |p: &&str| {
        !p.is_empty()
            && !p.starts_with('.')
            && p.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    (parts.len() == 2 && parts.iter().all(plain)).then_some(text)
}

/// The lines of a card's metadata that start with one of the keys, with what is indented below them.
fn carried(card: &str, keys: &[&str]) -> Vec<String> {
    let mut lines = card.lines();
    if lines.next().map(str::trim_end) != Some("---") {
        return Vec::new();
    }
    let mut keep = false;
    let mut found = Vec::new();
    for line in lines.take_while(|l| l.trim_end() != "---") {
        let below = line.starts_with([' ', '-']);
        if !below {
            keep = keys.iter().any(|key| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
        }
        if keep {
            found.push(line.to_string());
        }
    }
    found
}

/// The text of README.md.
pub(crate) fn text(base: &Base, adapters: &[Adapter]) -> Result<String, Problem> {
    const CARD_BYTES_MAX: u64 = 4 << 20;
    let named = adapters.iter().find_map(|a| a.config.base_model.as_deref().and_then(hub_id));
    let base_id = hub_id(base.folder().label())
        .filter(|_| !base.folder().path().ends_with(base.folder().label()))
        .or(named);
    let base_name = base_id.map_or_else(|| base.folder().short_name(), str::to_string);
    let mut head = vec!["---".to_string()];
    if let Some(id) = base_id {
        head.push(format!("base_model: {id}"));
        head.push("base_model_relation: merge".to_string());
    }
    let card = if base.folder().only().is_some() {
        None
    } else {
        base.folder().text("README.md", CARD_BYTES_MAX).unwrap_or(None)
    };
    let kept = ["license", "license_name", "license_link", "language", "pipeline_tag"];
    head.extend(carried(card.as_deref().unwrap_or(""), &kept));
    head.push("library_name: transformers".to_string());
    head.push("tags:\n- merge\n- weldlm".to_string());
    head.push("---".to_string());
    let mut body =
        format!("\n# {base_name}, merged\n\nMade by weldlm from the base model `{base_name}` and:\n\n");
    for adapter in adapters {
        let config = &adapter.config;
        let low_rank = adapter.edits.iter().find_map(|e| e.rank);
        let rank = low_rank
            .map_or(String::new(), |_| format!(", r = {}, lora_alpha = {}", config.r, config.lora_alpha));
        body.push_str(&format!(
            "- `{}` ({}{rank}), scale {}\n",
            adapter.folder().short_name(),
            config.peft_type,
            adapter.scale
        ));
    }
    body.push_str(
        "\n`weldlm.json` says what was applied, tensor by tensor, with hashes of all inputs and outputs.\n",
    );
    Ok(head.join("\n") + "\n" + &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_metadata() {
        assert_eq!(hub_id("org/name-1.5"), Some("org/name-1.5"));
        for path in ["/abs/x", "./a", "a", "a/b/c", "../b"] {
            assert_eq!(hub_id(path), None, "{path}");
        }
        let card =
            "---\nlicense: other\nlicense_name: x\ntags:\n- a\nlanguage:\n- en\n- zh\n---\nlicense: no";
        assert_eq!(carried(card, &["license", "language"]), ["license: other", "language:", "- en", "- zh"]);
        assert!(carried("no metadata\nlicense: x", &["license"]).is_empty());
    }
}
