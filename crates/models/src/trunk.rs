//! Prefixes under which the same text trunk and head are found.
//!
//! Which spelling an adapter uses depends on the class and the library version it was trained with.
//! A swap is a guess: callers keep one only if the checkpoint has the resulting names.

/// Prefixes of the text trunk, the most specific first. The empty one stands for a trunk saved bare.
///
/// Source: class layouts of transformers 4.40 to 5.19 (adapter-merge-spec 4.3, 4.4).
const TRUNKS: &[&str] = &[
    "model.language_model",
    "language_model.model",
    "thinker.model",
    "model.text_model",
    "text_model.model",
    "model.model",
    "model.llm",
    "llm.model",
    "model.transformer",
    "vlm.model",
    "vlm.language_model",
    "language_model",
    "text_model",
    "transformer",
    "backbone",
    "gpt_neox",
    "llm",
    "model",
    "",
];

/// Names of the same output head.
const HEADS: &[&str] = &[
    "lm_head",
    "language_model.lm_head",
    "thinker.lm_head",
    "text_model.lm_head",
    "model.lm_head",
    "llm.lm_head",
    "embed_out",
    "output",
];

/// Exchanges one leading name for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swap<'a> {
    /// Leading segments that must be there; empty for none.
    pub from: &'a str,
    /// What takes their place; empty for nothing.
    pub to: &'a str,
}

impl Swap<'_> {
    /// The path with its leading segments exchanged, or None if it does not begin with them.
    /// Works on whole segments: `model` does not match `model_proj.weight`.
    pub fn apply(&self, path: &str) -> Option<String> {
        let rest = if self.from.is_empty() {
            path
        } else {
            let rest = path.strip_prefix(self.from)?;
            match rest.strip_prefix('.') {
                Some(below) => below,
                None if rest.is_empty() => rest,
                None => return None,
            }
        };
        match (self.to.is_empty(), rest.is_empty()) {
            (true, true) => None,
            (true, false) => Some(rest.to_owned()),
            (false, true) => Some(self.to.to_owned()),
            (false, false) => Some(format!("{}.{rest}", self.to)),
        }
    }
}

/// Every swap, in the order to try: trunk prefixes, then head names.
pub fn swaps() -> impl Iterator<Item = Swap<'static>> {
    trunk_swaps().chain(head_swaps())
}

/// Swaps between prefixes of the text trunk, the longest prefix to remove first.
pub fn trunk_swaps() -> impl Iterator<Item = Swap<'static>> {
    pairs(TRUNKS)
}

/// Swaps between names of the output head.
pub fn head_swaps() -> impl Iterator<Item = Swap<'static>> {
    pairs(HEADS)
}

fn pairs(names: &'static [&'static str]) -> impl Iterator<Item = Swap<'static>> {
    names
        .iter()
        .flat_map(move |from| names.iter().map(move |to| Swap { from, to }))
        .filter(|swap| swap.from != swap.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swaps_whole_segments_only() {
        let swap = Swap { from: "model", to: "model.language_model" };
        assert_eq!(swap.apply("model.layers.0.mlp").as_deref(), Some("model.language_model.layers.0.mlp"));
        assert_eq!(swap.apply("model"), Some("model.language_model".to_owned()));
        assert_eq!(swap.apply("model_proj.weight"), None);
        assert_eq!(swap.apply("x.model.layers"), None);
    }

    #[test]
    fn an_empty_side_adds_or_removes() {
        let add = Swap { from: "", to: "transformer" };
        assert_eq!(add.apply("h.0.attn").as_deref(), Some("transformer.h.0.attn"));
        let remove = Swap { from: "transformer", to: "" };
        assert_eq!(remove.apply("transformer.h.0").as_deref(), Some("h.0"));
        assert_eq!(remove.apply("transformer"), None);
    }

    #[test]
    fn the_three_spellings_of_a_vision_language_trunk_reach_each_other() {
        let spellings =
            ["language_model.model.layers.0.q", "model.language_model.layers.0.q", "model.layers.0.q"];
        for from in spellings {
            let reached: Vec<String> = swaps().filter_map(|swap| swap.apply(from)).collect();
            for to in spellings.iter().filter(|to| **to != from) {
                assert!(reached.iter().any(|name| name == to), "{from} -> {to}");
            }
        }
    }

    #[test]
    fn heads_reach_each_other() {
        let reached: Vec<String> = head_swaps().filter_map(|s| s.apply("lm_head.weight")).collect();
        assert!(reached.contains(&"embed_out.weight".to_owned()));
        assert!(reached.contains(&"language_model.lm_head.weight".to_owned()));
        assert!(head_swaps().all(|swap| swap.apply("lm_head_norm.weight").is_none()));
    }
}
