//! Adapter types, one file each, collected in [`ALL`].
//!
//! An adapter file is first sorted into [`Site`]s (one module of the base model and the tensors that belong to
//! it). Every type then turns the parts of a site that are its own into [`Edit`]s: which parameter changes,
//! which shape it must have, and how to change it. Adding a type is one file and one line in [`ALL`].
//!
//! This crate opens no file and knows no checkpoint format: configs come as text, tensors through
//! [`AdapterData`], base rows as slices of f32.

#![forbid(unsafe_code)]

mod adalora;
mod bdlora;
mod beft;
mod boft;
mod bone;
mod c3a;
mod config;
mod deft;
mod delora;
mod dora;
mod edit;
mod foreign;
mod fourierft;
mod full;
mod glora;
mod gralora;
mod hira;
mod hra;
mod ia3;
mod keys;
mod kind;
mod linear;
mod ln_tuning;
mod loha;
mod lokr;
mod lora;
mod low_rank;
mod miss;
mod oft;
mod olora;
mod osf;
mod peanut;
mod pissa;
mod pvera;
mod randlora;
mod refused;
mod residual;
mod road;
mod rows;
mod shira;
mod site;
mod trainable_tokens;
mod unilora;
mod vblora;
mod vera;
mod waveft;

pub use config::{Config, TokenIndices};
pub use edit::{
    AdapterData, Bounded, Change, Delta, Done, Edit, Fit, Recipe, Rewrite, Stage, Target, TensorHead,
};
pub use foreign::{Foreign, recognise};
pub use keys::adapter_names;
pub use refused::{Refused, check as check_supported, types as refused_types, variants as refused_variants};
pub use site::{Part, Site, sites};

use weldlm_about::About;
use weldlm_messages::Problem;

/// A type of adapter.
pub trait AdapterKind: Sync {
    /// What it says of itself.
    fn about(&self) -> &About;

    /// The values of `peft_type` that stand for it.
    fn peft_types(&self) -> &'static [&'static str];

    /// Names of its tensors: the segments that follow the module path in a key, e.g. `lora_A`.
    fn parts(&self) -> &'static [&'static str];

    /// Those of its parts that an adapter has once for all modules; every site of the type gets them.
    fn shared(&self) -> &'static [&'static str] {
        &[]
    }

    /// Names that stand behind a part in a key in place of `weight` and `bias`.
    fn leaves(&self) -> &'static [&'static str] {
        &[]
    }

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
    &adalora::KIND,
    &bdlora::KIND,
    &dora::Dora,
    &pissa::Pissa,
    &olora::Olora,
    &lora::Lora,
    &loha::KIND,
    &lokr::KIND,
    &ia3::KIND,
    &oft::KIND,
    &boft::KIND,
    &vera::KIND,
    &pvera::KIND,
    &hra::KIND,
    &miss::KIND,
    &bone::KIND,
    &vblora::KIND,
    &shira::KIND,
    &c3a::KIND,
    &road::KIND,
    &gralora::KIND,
    &delora::KIND,
    &hira::KIND,
    &randlora::KIND,
    &beft::KIND,
    &unilora::KIND,
    &fourierft::KIND,
    &waveft::KIND,
    &glora::KIND,
    &deft::KIND,
    &osf::KIND,
    &peanut::KIND,
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
