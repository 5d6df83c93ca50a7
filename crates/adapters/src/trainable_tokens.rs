//! Trained rows of an embedding (and of a head), from `trainable_token_indices` of a LoRA config or from a
//! TRAINABLE_TOKENS adapter. The file holds the new rows, not differences; their ids are in the config only.
//! <https://huggingface.co/docs/peft/package_reference/trainable_tokens>

use crate::{
    AdapterData, AdapterKind, Change, Config, Edit, Fit, Recipe, Site, Stage, Target, TensorHead,
    TokenIndices,
};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};

/// The type.
pub(crate) struct TrainableTokens;

const ABOUT: About = About {
    name: "trainable_tokens",
    summary: "trained rows of the embedding (trainable_token_indices, TRAINABLE_TOKENS)",
    summary_zh: "词嵌入中训练过的行（trainable_token_indices、TRAINABLE_TOKENS）",
    link: "https://huggingface.co/docs/peft/package_reference/trainable_tokens",
    limits: &[],
};

const PART: &str = "trainable_tokens_delta";

impl AdapterKind for TrainableTokens {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn peft_types(&self) -> &'static [&'static str] {
        &["TRAINABLE_TOKENS"]
    }

    fn parts(&self) -> &'static [&'static str] {
        &[PART]
    }

    fn claims(&self, _site: &Site, _config: &Config) -> bool {
        true
    }

    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem> {
        let Some(head) = site.any(PART) else { return Ok(Vec::new()) };
        let ids = ids_of(&site.module, config.tokens.as_ref());
        let found = head.shape.first().copied().unwrap_or(0);
        if ids.len() as u64 != found || head.shape.len() != 2 || !head.dtype.is_float() {
            return Err(Problem::new(&says::TOKEN_COUNT)
                .arg("module", &site.module)
                .arg("expected", ids.len())
                .arg("found", found)
                .at(&head.name));
        }
        let recipe = Box::new(SetRows { module: site.module.clone(), head: head.clone(), ids });
        Ok(vec![Edit::new((&site.module, "weight"), ABOUT.name, vec![head.name.clone()], recipe)])
    }
}

/// The ids that belong to a module: PEFT matches names against the end of the path.
fn ids_of(module: &str, tokens: Option<&TokenIndices>) -> Vec<u64> {
    match tokens {
        None => Vec::new(),
        Some(TokenIndices::Embedding(ids)) => ids.clone(),
        Some(TokenIndices::ByModule(pairs)) => {
            let ends = |name: &str| module == name || module.ends_with(&format!(".{name}"));
            pairs.iter().find(|(name, _)| ends(name)).map(|(_, ids)| ids.clone()).unwrap_or_default()
        }
    }
}

struct SetRows {
    module: String,
    head: TensorHead,
    ids: Vec<u64>,
}

impl Recipe for SetRows {
    fn stage(&self) -> Stage {
        Stage::Rows
    }

    fn expects(&self) -> String {
        format!("(>{}, {})", self.ids.iter().max().unwrap_or(&0), self.head.shape[1])
    }

    fn fits(&self, shape: &[u64]) -> Fit {
        if shape.len() == 2 && shape[1] == self.head.shape[1] { Fit::Yes } else { Fit::No }
    }

    fn check(&self, shape: &[u64]) -> Result<(), Problem> {
        let rows = shape.first().copied().unwrap_or(0);
        match self.ids.iter().find(|id| **id >= rows) {
            Some(token) => Err(Problem::new(&says::TOKEN_OUT_OF_RANGE)
                .arg("token", token)
                .arg("module", &self.module)
                .arg("rows", rows)
                .at(&self.head.name)),
            None => Ok(()),
        }
    }

    fn load(&self, _target: &Target, _data: &dyn AdapterData) -> Result<Change, Problem> {
        Ok(Change::Rows(self.ids.clone(), self.head.name.clone()))
    }
}
