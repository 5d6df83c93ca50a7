//! LoRA: W + s·B·A. Hu et al. 2021, <https://arxiv.org/abs/2106.09685>; layouts as in PEFT 0.20.
//!
//! Linear, Conv1D (GPT-2 storage), Conv1d/2d/3d and Embedding; rsLoRA and per-module ranks and alphas come in
//! through the config's scaling. PiSSA, OLoRA and others that were converted when saved are ordinary LoRA.

use crate::linear::bias_edit;
use crate::low_rank::Factors;
use crate::{AdapterData, AdapterKind, Change, Config, Edit, Fit, Recipe, Site, Stage, Target};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) struct Lora;

const ABOUT: About = About {
    name: "lora",
    summary: "LoRA on linear, Conv1D, convolution and embedding layers, with rsLoRA, patterns and lora_bias",
    summary_zh: "LoRA：线性层、Conv1D、卷积层与词嵌入层，支持 rsLoRA、按模块设置的秩与 alpha、lora_bias",
    link: "https://arxiv.org/abs/2106.09685",
    limits: &["convolutions with groups", "fused expert parameters (target_parameters)"],
};

/// Tensors of a low-rank site.
pub(crate) const PARTS: &[&str] = &["lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B"];

impl AdapterKind for Lora {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn peft_types(&self) -> &'static [&'static str] {
        &["LORA"]
    }

    fn parts(&self) -> &'static [&'static str] {
        PARTS
    }

    fn claims(&self, _site: &Site, _config: &Config) -> bool {
        true
    }

    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem> {
        let factors = Factors::of(site, config)?;
        let scaling = factors.scaling;
        let weight = edit(site, ABOUT.name, factors.clone(), Vec::new(), Box::new(AddLowRank { factors }));
        Ok(std::iter::once(weight).chain(bias_edit(site, config, ABOUT.name, scaling)?).collect())
    }
}

/// The edit of a low-rank site's weight; `extra` names tensors that it uses besides the factors.
pub(crate) fn edit(
    site: &Site,
    kind: &'static str,
    factors: Factors,
    extra: Vec<String>,
    recipe: Box<dyn Recipe>,
) -> Edit {
    let names = factors.names();
    let tensors = names.iter().cloned().chain(extra.iter().cloned()).collect();
    Edit {
        rank: Some(factors.rank),
        alpha: Some(factors.alpha),
        scaling: factors.scaling,
        zero_if: if extra.is_empty() && recipe.is_sum() { names } else { Vec::new() },
        ..Edit::new((&site.module, "weight"), kind, tensors, recipe)
    }
}

struct AddLowRank {
    factors: Factors,
}

impl Recipe for AddLowRank {
    fn stage(&self) -> Stage {
        Stage::Update
    }

    fn is_sum(&self) -> bool {
        true
    }

    fn expects(&self) -> String {
        self.factors.expects()
    }

    fn fits(&self, shape: &[u64]) -> Fit {
        self.factors.fits(shape)
    }

    fn rows_if_resized(&self, shape: &[u64]) -> Option<u64> {
        self.factors.rows_if_resized(shape)
    }

    fn load(&self, target: &Target, data: &dyn AdapterData) -> Result<Change, Problem> {
        Ok(Change::Add(Box::new(self.factors.load(target, data)?)))
    }
}
