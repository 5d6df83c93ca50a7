//! Adapter types, one file each, collected in [`ALL`].
//!
//! An adapter file is first sorted into [`Site`]s (one module of the base model and the tensors that belong to
//! it). Every type then turns the parts of a site that are its own into [`Edit`]s: which parameter changes,
//! which shape it must have, and how to change it. Adding a type is one file and one line in [`ALL`].
//!
//! This crate opens no file and knows no checkpoint format: configs come as text, tensors through
//! [`AdapterData`], base rows as slices of f32.

#![forbid(unsafe_code)]

mod config;
mod dora;
mod edit;
mod foreign;
mod full;
mod keys;
mod linear;
mod ln_tuning;
mod lora;
mod low_rank;
mod olora;
mod pissa;
mod refused;
mod residual;
mod site;
mod trainable_tokens;

pub use config::{Config, TokenIndices};
pub use edit::{AdapterData, Bounded, Change, Delta, Edit, Fit, Recipe, Rewrite, Stage, Target, TensorHead};
pub use foreign::{Foreign, recognise};
pub use keys::adapter_names;
pub use refused::{Refused, check as check_supported, types as refused_types, variants as refused_variants};
pub use site::{Part, Site, sites};

use weldlm_about::About;
use weldlm_messages::Problem;

/// A type of adapter.
pub trait AdapterKind: Sync {
    /// What it says of itself.
    fn about(&self) -> &'static About;

    /// The values of `peft_type` that stand for it.
    fn peft_types(&self) -> &'static [&'static str];

    /// Names of its tensors: the segments that follow the module path in a key, e.g. `lora_A`.
    fn parts(&self) -> &'static [&'static str];

    /// Whether the site's parts of those names are to be read by this type. The first type in [`ALL`] that
    /// says yes gets a part.
    fn claims(&self, site: &Site, config: &Config) -> bool;

    /// The changes that the site's parts of this type stand for, from shapes and config alone.
    ///
    /// # Errors
    /// When parts are missing or do not fit each other.
    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem>;
}

/// Every adapter type, the more special ones first.
pub const ALL: &[&dyn AdapterKind] = &[
    &dora::Dora,
    &pissa::Pissa,
    &olora::Olora,
    &lora::Lora,
    &trainable_tokens::TrainableTokens,
    &ln_tuning::LnTuning,
    &full::Full,
];

/// The changes of a whole adapter, in the order of its sites.
///
/// # Errors
/// All that is wrong with it, site by site.
pub fn edits(sites: &[Site], config: &Config) -> (Vec<Edit>, Vec<Problem>) {
    let mut edits = Vec::new();
    let mut problems = Vec::new();
    for site in sites {
        for kind in ALL.iter().filter(|kind| claims(**kind, site, config)) {
            match kind.edits(site, config) {
                Ok(found) => edits.extend(found),
                Err(problem) => problems.push(problem),
            }
        }
    }
    (edits, problems)
}

fn claims(kind: &dyn AdapterKind, site: &Site, config: &Config) -> bool {
    let first = |part: &str| {
        let owner = ALL.iter().find(|k| k.parts().contains(&part) && k.claims(site, config));
        owner.is_some_and(|k| k.about() == kind.about())
    };
    site.parts.iter().any(|p| first(p.part))
}
