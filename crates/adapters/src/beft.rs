//! BEFT: a trained number is added to every output, which is to say to the bias.
//! <https://arxiv.org/abs/2509.15974>; layouts as in PEFT 0.20.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::sum;
use crate::{Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "beft",
        summary: "BEFT: trained biases of linear layers that have one",
        summary_zh: "BEFT：训练带偏置线性层的偏置",
        link: "https://arxiv.org/abs/2509.15974",
        limits: &["layers without a bias"],
    },
    peft_types: &["BEFT"],
    parts: &["beft_bias"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let head = parts.shaped("beft_bias", &[1, 0])?;
    let name = head.name.clone();
    let recipe = Made::sum(Wanted::vector(head.shape[1]), move |target, data| {
        let added = data.values(&name)?;
        Ok(sum(target, move |_, out| {
            out.iter_mut().zip(&added).for_each(|(o, a)| *o = f64::from(*a));
        }))
    });
    let zero_if = vec![head.name.clone()];
    Ok(vec![Edit { zero_if, ..parts.edit("bias", recipe) }])
}
