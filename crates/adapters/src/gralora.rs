//! GraLoRA: a LoRA of its own for each of k×k blocks, and perhaps an ordinary one over all. Jung et al. 2025,
//! <https://arxiv.org/abs/2505.20355>; layouts as in PEFT 0.20.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::sum;
use crate::{Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::{self, add_scaled};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "gralora",
        summary: "GraLoRA on linear and Conv1D layers, hybrid or not",
        summary_zh: "GraLoRA：线性层与 Conv1D，支持混合形式",
        link: "https://arxiv.org/abs/2505.20355",
        limits: &[],
    },
    peft_types: &["GRALORA"],
    parts: &["gralora_A", "gralora_B", "gralora_A_general", "gralora_B_general"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let a = parts.shaped("gralora_A", &[0, 0, 0])?;
    let [k, inputs, rank] = [0, 1, 2].map(|i| a.shape[i]);
    let b = parts.shaped("gralora_B", &[k, rank, 0])?;
    let outputs = b.shape[2];
    if k == 0 || rank == 0 || rank % k != 0 {
        return Err(parts.misshapen(a, "(k, *, n k)"));
    }
    let mut names = vec![a.name.clone(), b.name.clone()];
    let mut general = 0;
    if parts.get("gralora_A_general").is_some() {
        let a = parts.shaped("gralora_A_general", &[0, k * inputs])?;
        general = a.shape[0];
        let b = parts.shaped("gralora_B_general", &[k * outputs, general])?;
        names.extend([a.name.clone(), b.name.clone()]);
    }
    let (alpha, scaling) = (config.number("alpha", 64.0)?, rank + general);
    let scaling = alpha / scaling as f64;
    let recipe = Made::sum(Wanted::matrix(k * outputs, k * inputs), move |target, data| {
        let [k, inputs, rank, outputs] = [k, inputs, rank, outputs].map(|n| n as usize);
        let (b, general) = (data.values(&names[1])?, general as usize);
        // Each block of A turned, so that what a row adds up lies together: (k, rank, inputs).
        let mut a = Vec::with_capacity(k * rank * inputs);
        for block in data.values(&names[0])?.chunks_exact((inputs * rank).max(1)) {
            a.extend(math::transpose(block, inputs));
        }
        let over_all = match names.get(2..) {
            Some([a, b]) => (data.values(a)?, data.values(b)?),
            _ => (Vec::new(), Vec::new()),
        };
        Ok(sum(target, move |row, out| {
            let (m, o, share) = (row / outputs, row % outputs, rank / k);
            for (n, out) in out.chunks_exact_mut(inputs).enumerate() {
                for t in 0..share {
                    let factor = b[(m * rank + n * share + t) * outputs + o];
                    let line = &a[(n * rank + m * share + t) * inputs..][..inputs];
                    add_scaled(out, f64::from(factor) * scaling, line);
                }
            }
            let lines = over_all.0.chunks_exact(k * inputs);
            for (factor, line) in over_all.1.iter().skip(row * general).take(general).zip(lines) {
                add_scaled(out, f64::from(*factor) * scaling, line);
            }
        }))
    });
    Ok(vec![Edit { rank: Some(rank), alpha: Some(alpha), scaling, ..parts.edit("weight", recipe) }])
}
