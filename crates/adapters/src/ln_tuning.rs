//! LN tuning: normalisation layers trained as a whole and put in place of the base's.
//! Zhao et al. 2023, <https://arxiv.org/abs/2312.11420>.

use crate::full::replace;
use crate::{AdapterKind, Config, Edit, Site};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) struct LnTuning;

const ABOUT: About = About {
    name: "ln_tuning",
    summary: "LN_TUNING: trained normalisation layers",
    summary_zh: "LN_TUNING：训练后的归一化层",
    link: "https://arxiv.org/abs/2312.11420",
    limits: &[],
};

const PART: &str = "ln_tuning_layers";

impl AdapterKind for LnTuning {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn peft_types(&self) -> &'static [&'static str] {
        &["LN_TUNING"]
    }

    fn parts(&self) -> &'static [&'static str] {
        &[PART]
    }

    fn claims(&self, _site: &Site, _config: &Config) -> bool {
        true
    }

    fn edits(&self, site: &Site, _config: &Config) -> Result<Vec<Edit>, Problem> {
        let layers = site.parts.iter().filter(|p| p.part == PART);
        Ok(layers.map(|p| replace(site, &p.leaf, &p.head, false, ABOUT.name)).collect())
    }
}
