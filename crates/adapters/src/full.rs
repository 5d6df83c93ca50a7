//! Whole parameters that an adapter brings along: `modules_to_save`, resized embeddings and heads, biases
//! trained with `bias: all` or `lora_only`, and the base matrix saved beside an embedding's LoRA.
//! They replace the base's parameter. Names as in PEFT 0.20's `get_peft_model_state_dict`.

use crate::keys::FULL;
use crate::low_rank::show;
use crate::{AdapterData, AdapterKind, Change, Config, Edit, Fit, Recipe, Site, Stage, Target, TensorHead};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) struct Full;

const ABOUT: About = About {
    name: "saved",
    summary: "whole parameters saved with the adapter (modules_to_save, resized vocabularies, biases)",
    summary_zh: "随适配器保存的完整参数（modules_to_save、扩展后的词表、偏置）",
    link: "https://huggingface.co/docs/peft/developer_guides/troubleshooting",
    limits: &[],
};

impl AdapterKind for Full {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn peft_types(&self) -> &'static [&'static str] {
        &[]
    }

    fn parts(&self) -> &'static [&'static str] {
        &[FULL]
    }

    fn claims(&self, _site: &Site, _config: &Config) -> bool {
        true
    }

    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem> {
        let full = site.parts.iter().filter(|p| p.part == FULL);
        Ok(full
            .map(|part| replace(site, &part.leaf, &part.head, saved(&site.module, config), ABOUT.name))
            .collect())
    }
}

/// Whether the config announces the module in `modules_to_save`; classification tasks add their heads
/// without saying so.
fn saved(module: &str, config: &Config) -> bool {
    let implied: &[&str] = match config.task_type.as_deref() {
        Some("SEQ_CLS" | "TOKEN_CLS") => &["classifier", "score"],
        _ => &[],
    };
    let named = config.modules_to_save.iter().map(String::as_str).chain(implied.iter().copied());
    // PEFT compares the plain end of a module's path (so `classifier` takes in `pre_classifier`), and wraps the
    // whole module, so that everything below it is saved too.
    let ends = module.match_indices('.').map(|(at, _)| &module[..at]).chain([module]);
    let paths: Vec<&str> = ends.collect();
    named.into_iter().any(|name| paths.iter().any(|path| path.ends_with(name)))
}

/// An edit that replaces a parameter by an adapter tensor.
pub(crate) fn replace(
    site: &Site,
    param: &str,
    head: &TensorHead,
    may_be_new: bool,
    kind: &'static str,
) -> Edit {
    let recipe = Box::new(ReplaceWith { head: head.clone() });
    Edit { may_be_new, ..Edit::new((&site.module, param), kind, vec![head.name.clone()], recipe) }
}

struct ReplaceWith {
    head: TensorHead,
}

impl Recipe for ReplaceWith {
    fn stage(&self) -> Stage {
        Stage::Replace
    }

    fn expects(&self) -> String {
        show(&self.head.shape)
    }

    /// Rows may differ: a vocabulary can be resized. The planner allows that for embeddings and heads only.
    fn fits(&self, shape: &[u64]) -> Fit {
        let resized = shape.len() == 2 && self.head.shape.len() == 2 && shape[1] == self.head.shape[1];
        if shape == self.head.shape || resized { Fit::Yes } else { Fit::No }
    }

    fn replaces_with(&self) -> Option<&[u64]> {
        Some(&self.head.shape)
    }

    fn load(&self, _target: &Target, _data: &dyn AdapterData) -> Result<Change, Problem> {
        Ok(Change::Replace(self.head.name.clone()))
    }
}
