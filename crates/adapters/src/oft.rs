//! OFT: W' = W·diag(R₁, R₂, …)ᵀ with orthogonal blocks over the inputs. Qiu et al. 2023,
//! <https://arxiv.org/abs/2306.07280>; Cayley-Neumann form of <https://arxiv.org/abs/2506.19847>; layouts as in PEFT 0.16
//! and later. A block is known by the upper triangle of a skew-symmetric Q.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::map;
use crate::{Config, Edit, TensorHead};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::math::{Square, rotate};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "oft",
        summary: "OFT on linear, Conv2d and embedding layers: Cayley and Cayley-Neumann, block_share, COFT",
        summary_zh: "OFT：线性层、Conv2d 与词嵌入层，支持 Cayley 与 Cayley-Neumann、block_share、COFT",
        link: "https://arxiv.org/abs/2306.07280",
        limits: &[
            "adapters of PEFT before 0.16, which PEFT itself no longer loads",
            "together with another adapter on the same tensor (it is not a sum)",
        ],
    },
    peft_types: &["OFT"],
    parts: &["oft_R", "oft_embedding_R", "oft_r", "oft_s"],
    edits,
    ..PLAIN
};

/// How the blocks are made of their triangles.
#[derive(Clone, Copy)]
struct Form {
    /// Terms of the Neumann series; `None`: solved exactly.
    terms: Option<u64>,
    /// Factor of the last term.
    last: f64,
    /// COFT's limit for the norm of Q.
    limit: Option<f64>,
}

/// A series of more terms was never trained with, and would keep a merge from ending.
const TERMS_MAX: u64 = 1000;

impl Form {
    fn of(config: &Config, blocks: u64) -> Result<Form, Problem> {
        let neumann = config.flag("use_cayley_neumann", true);
        let terms = config.count("num_cayley_neumann_terms", 5, TERMS_MAX)?;
        // PEFT 0.16 and 0.17, which name no version, doubled the last term of the series as well.
        let last = if config.raw.contains_key("peft_version") { 1.0 } else { 2.0 };
        let eps = config.number("eps", 6e-5)? / (blocks as f64).sqrt();
        Ok(Form { terms: neumann.then_some(terms), last, limit: config.flag("coft", false).then_some(eps) })
    }

    fn rotation(self, triangle: &[f32], size: usize) -> Result<Square, Problem> {
        let mut q = Square::skew(triangle, size);
        if let Some(limit) = self.limit {
            let norm = q.norm();
            if norm > limit {
                q.scale(limit / norm);
            }
        }
        let Some(terms) = self.terms else {
            return q.cayley().ok_or_else(|| Problem::new(&says::SINGULAR));
        };
        let mut sum = Square::identity(size);
        let mut power = q.clone();
        if terms > 1 {
            sum.add(&power, 2.0);
        }
        if terms > 2 {
            power = power.times(&q);
            sum.add(&power, 2.0);
            // As PEFT counts: three terms are made like four.
            let more = if self.last == 1.0 { terms.max(4) - 3 } else { terms - 3 };
            for i in 1..=more {
                power = power.times(&q);
                sum.add(&power, if i == more { self.last } else { 2.0 });
            }
        }
        Ok(sum)
    }
}

/// The size of a block, from the number of elements of its upper triangle.
fn block_size(elements: u64) -> Option<u64> {
    let size = elements.checked_mul(8)?.checked_add(1)?.isqrt().div_ceil(2);
    (size > 0 && size * (size - 1) / 2 == elements).then_some(size)
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    if parts.get("oft_r").or(parts.get("oft_s")).is_some() {
        return Err(Problem::new(&says::VARIANT_REFUSED)
            .arg("what", "oft_r")
            .words("reason", (&says::WHY_OLD_OFT).into())
            .words("remedy", (&says::DO_OLD_PEFT).into())
            .at(parts.module()));
    }
    let embedding = parts.get("oft_embedding_R").is_some();
    let head: &TensorHead = parts.shaped(if embedding { "oft_embedding_R" } else { "oft_R" }, &[0, 0])?;
    let (blocks, elements) = (head.shape[0], head.shape[1]);
    let Some(size) = block_size(elements).filter(|_| blocks > 0) else {
        return Err(parts.misshapen(head, "(n, b(b-1)/2)"));
    };
    let shared = blocks == 1 && config.flag("block_share", false);
    let form = Form::of(config, blocks)?;
    let columns = (!shared).then_some(blocks * size);
    let name = head.name.clone();
    let recipe = Made::rewrite(Wanted::columns(columns).upright(), move |target, data| {
        let triangles = data.values(&name)?;
        let mut rotations = Vec::new();
        for triangle in triangles.chunks(elements.max(1) as usize) {
            let r = form.rotation(triangle, size as usize).map_err(|p| p.at(&name))?;
            // PEFT multiplies embeddings from the other side.
            rotations.push(if embedding { r } else { r.transpose() });
        }
        if elements == 0 {
            rotations.push(Square::identity(1));
        }
        Ok(map(target, move |_, values| rotate(values, &rotations)))
    });
    let problem = parts.misshapen(head, &format!("a divisor of the inputs ({size})"));
    let recipe = recipe.check(move |shape| {
        let columns = weldlm_tensor::as_matrix(shape).1;
        if columns.is_multiple_of(size) { Ok(()) } else { Err(problem.clone()) }
    });
    Ok(vec![parts.edit("weight", recipe)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_sizes() {
        assert_eq!([0, 1, 3, 28, 496].map(block_size), [Some(1), Some(2), Some(3), Some(8), Some(32)]);
        assert_eq!(block_size(5), None);
    }
}
