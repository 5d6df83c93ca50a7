//! LoKr: W + s·(W₁ ⊗ W₂), each of the two stored in full or as factors (W₂ also as core and factors).
//! Yeh et al. 2023, <https://arxiv.org/abs/2309.14859>; layouts as in PEFT 0.20.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::loha::Half;
use crate::rows::sum;
use crate::{AdapterData, Config, Edit, TensorHead};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::{add_scaled, multiply};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "lokr",
        summary: "LoKr (Kronecker products) on linear layers and convolutions: full, factored, decompose_both, effective_conv2d",
        summary_zh: "LoKr（克罗内克积）：线性层与卷积层，支持完整、分解、decompose_both 与 effective_conv2d",
        link: "https://arxiv.org/abs/2309.14859",
        limits: &[],
    },
    peft_types: &["LOKR"],
    parts: &["lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2"],
    edits,
    ..PLAIN
};

/// One side of the product.
enum Side {
    Full(TensorHead),
    Factored(Half),
}

impl Side {
    fn of(parts: &Parts<'_>, full: &str, factors: [&str; 3]) -> Result<Side, Problem> {
        if parts.get(full).is_none() {
            return Half::of(parts, factors).map(Side::Factored);
        }
        let head = parts.need(full)?;
        let fits = head.shape.len() >= 2 && !head.shape.contains(&0) && head.dtype.is_float();
        if fits { Ok(Side::Full(head.clone())) } else { Err(parts.misshapen(head, "(*, *)")) }
    }

    fn shape(&self) -> (u64, u64) {
        match self {
            Side::Full(head) => weldlm_tensor::as_matrix(&head.shape),
            Side::Factored(half) => (half.rows(), half.columns()),
        }
    }

    fn rank(&self) -> Option<u64> {
        if let Side::Factored(half) = self { Some(half.rank()) } else { None }
    }

    fn load(&self, data: &dyn AdapterData) -> Result<Vec<f32>, Problem> {
        match self {
            Side::Full(head) => data.values(&head.name),
            Side::Factored(half) => half.load(data).map(|(left, right, rank)| multiply(&left, &right, rank)),
        }
    }

    /// PEFT's product of a matrix and a Conv1d kernel puts the kernel's outputs first: its three dimensions.
    fn conv1d(&self) -> Option<[usize; 3]> {
        let Side::Full(head) = self else { return None };
        let [a, b, c] = head.shape[..] else { return None };
        Some([a as usize, b as usize, c as usize])
    }
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let first = Side::of(parts, "lokr_w1", ["lokr_w1_a", "lokr_w1_b", ""])?;
    let second = Side::of(parts, "lokr_w2", ["lokr_w2_a", "lokr_w2_b", "lokr_t2"])?;
    let ((p, q), (r, s)) = (first.shape(), second.shape());
    let rank = first.rank().or(second.rank());
    let (alpha, scaling) = match rank {
        Some(rank) => config.plain_scaling(parts.module(), rank)?,
        None => config.plain_scaling(parts.module(), config.rank(parts.module(), config.r))?,
    };
    let recipe = Made::sum(Wanted::matrix(p * r, q * s), move |target, data| {
        let (one, two) = (first.load(data)?, second.load(data)?);
        let (p, q, r, s) = (p as usize, q as usize, r as usize, s as usize);
        if let Some([outputs, inputs, kernel]) = second.conv1d() {
            let columns = q * s;
            debug_assert_eq!(p * outputs * columns, one.len() * two.len());
            return Ok(sum(target, move |row, out| {
                for (j, out) in out.iter_mut().enumerate() {
                    let at = row * columns + j;
                    let (k, line) = (at % (q * kernel), at / (q * kernel));
                    let (d, o) = (line % (p * inputs), line / (p * inputs));
                    let value = one[d / inputs * q + k / kernel];
                    let other = two[(o * inputs + d % inputs) * kernel + k % kernel];
                    *out = f64::from(value) * f64::from(other) * scaling;
                }
            }));
        }
        Ok(sum(target, move |row, out| {
            let two = &two[row % r * s..][..s];
            for (factor, out) in one[row / r * q..][..q].iter().zip(out.chunks_exact_mut(s)) {
                add_scaled(out, f64::from(*factor) * scaling, two);
            }
        }))
    });
    Ok(vec![Edit { rank, alpha: Some(alpha), scaling, ..parts.edit("weight", recipe) }])
}
