//! DeLoRA: W + (λ/r)·Σ bᵢ·aᵢᵀ/(‖aᵢ‖·‖bᵢ‖), every column times the norm that the base's had when training began.
//! Bini et al. 2025, <https://arxiv.org/abs/2503.18225>; layouts as in PEFT 0.20.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::product;
use crate::{Change, Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "delora",
        summary: "DeLoRA on linear layers",
        summary_zh: "DeLoRA：线性层",
        link: "https://arxiv.org/abs/2503.18225",
        limits: &[],
    },
    peft_types: &["DELORA"],
    parts: &["delora_A", "delora_B", "delora_lambda", "delora_w_norm"],
    edits,
    ..PLAIN
};

/// Shorter vectors count as this long.
const SHORTEST: f64 = 1e-4;

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let a = parts.shaped("delora_A", &[0, 0])?;
    let (rank, inputs) = (a.shape[0], a.shape[1]);
    let b = parts.shaped("delora_B", &[0, 0])?;
    if rank == 0 || b.shape[1] != rank {
        return Err(parts.misshapen(b, &format!("(*, {rank})")));
    }
    let (lambda, norms) = (parts.shaped("delora_lambda", &[1])?, parts.shaped("delora_w_norm", &[inputs])?);
    let names = [a, b, lambda, norms].map(|head| head.name.clone());
    let zero_if = names[..3].to_vec();
    let wanted = Wanted::matrix(b.shape[0], inputs).upright();
    let recipe = Made::sum(wanted, move |target, data| {
        let (mut a, b) = (data.values(&names[0])?, data.values(&names[1])?);
        let (lambda, norms) = (data.values(&names[2])?, data.values(&names[3])?);
        let rank = rank as usize;
        let length = |values: &mut dyn Iterator<Item = f32>| {
            values.map(|v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt().max(SHORTEST)
        };
        for (k, line) in a.chunks_exact_mut(norms.len().max(1)).enumerate() {
            let both =
                length(&mut line.iter().copied()) * length(&mut b.iter().skip(k).step_by(rank).copied());
            let factor = lambda.iter().map(|l| f64::from(*l)).sum::<f64>() / rank as f64 / both;
            line.iter_mut()
                .zip(&norms)
                .for_each(|(v, n)| *v = (f64::from(*v) * factor * f64::from(*n)) as f32);
        }
        Ok(Change::Add(Box::new(product(target, (b, a), rank, 1.0))))
    });
    Ok(vec![Edit { rank: Some(rank), zero_if, ..parts.edit("weight", recipe) }])
}
