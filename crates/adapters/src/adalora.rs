//! AdaLoRA: W + B·diag(E)·A·α/(r₀ + 10⁻⁵), where r₀ is the rank before pruning.
//! Zhang et al. 2023, <https://arxiv.org/abs/2303.10512>; layouts as in PEFT 0.20, which saves the pruned ranks only.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::product;
use crate::{Change, Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "adalora",
        summary: "AdaLoRA on linear, Conv1D and Conv2d layers, pruned or not",
        summary_zh: "AdaLoRA：线性层、Conv1D 与 Conv2d，剪枝前后均可",
        link: "https://arxiv.org/abs/2303.10512",
        limits: &[],
    },
    peft_types: &["ADALORA"],
    parts: &["lora_A", "lora_B", "lora_E"],
    claims: |site, config| site.has("lora_E") || (config.peft_type == "ADALORA" && site.has("lora_A")),
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let a = parts.shaped("lora_A", &[0, 0])?;
    let rank = a.shape[0];
    let e = parts.shaped("lora_E", &[rank, 1])?;
    let b = parts.shaped("lora_B", &[0, 0])?;
    if b.shape[1] != rank {
        return Err(parts.misshapen(b, &format!("(*, {rank})")));
    }
    let first_rank = config.number("init_r", 12.0)?;
    let alpha = if config.lora_alpha > 0.0 { config.lora_alpha } else { first_rank };
    // PEFT adds in f32, where the sum is not always a new number.
    let scaling = alpha / f64::from(first_rank as f32 + 1e-5);
    let names = [a, b, e].map(|head| head.name.clone());
    let recipe = Made::sum(Wanted::matrix(b.shape[0], a.shape[1]), move |target, data| {
        let [mut a, b, e] = [data.values(&names[0])?, data.values(&names[1])?, data.values(&names[2])?];
        let columns = a.len() / e.len().max(1);
        for (row, e) in a.chunks_exact_mut(columns.max(1)).zip(&e) {
            row.iter_mut().for_each(|v| *v *= e);
        }
        Ok(Change::Add(Box::new(product(target, (b, a), e.len(), scaling))))
    });
    let zero_if = [a, b, e].map(|head| head.name.clone()).to_vec();
    Ok(vec![Edit { rank: Some(rank), alpha: Some(alpha), scaling, zero_if, ..parts.edit("weight", recipe) }])
}
