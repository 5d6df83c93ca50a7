//! C³A: W plus circulant blocks, each known by its first column. Chen et al. 2024,
//! <https://arxiv.org/abs/2407.19342>; layouts as in PEFT 0.20, which divides by the number of inputs.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::sum;
use crate::{Config, Edit};
use weldlm_about::About;
use weldlm_messages::Problem;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "c3a",
        summary: "C³A (circulant blocks) on linear layers",
        summary_zh: "C³A（循环块）：线性层",
        link: "https://arxiv.org/abs/2407.19342",
        limits: &[],
    },
    peft_types: &["C3A"],
    parts: &["c3a_kernel"],
    edits,
    ..PLAIN
};

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let head = parts.shaped("c3a_kernel", &[0, 0, 0])?;
    let [down, across, size] = [0, 1, 2].map(|i| head.shape[i]);
    if head.shape.contains(&0) {
        return Err(parts.misshapen(head, "(*, *, b)"));
    }
    let name = head.name.clone();
    let wanted = Wanted::matrix(down * size, across * size).upright();
    let recipe = Made::sum(wanted, move |target, data| {
        let (kernels, across, size) = (data.values(&name)?, across as usize, size as usize);
        let inputs = (across * size) as f64;
        Ok(sum(target, move |row, out| {
            let kernels = &kernels[row / size * across * size..];
            for (out, kernel) in out.chunks_exact_mut(size).zip(kernels.chunks_exact(size)) {
                for (q, out) in out.iter_mut().enumerate() {
                    *out = f64::from(kernel[(q + size - row % size) % size]) / inputs;
                }
            }
        }))
    });
    let zero_if = vec![head.name.clone()];
    Ok(vec![Edit { zero_if, ..parts.edit("weight", recipe) }])
}
