//! LoHa: W + s·(A₁·B₁)∘(A₂·B₂). Hyeon-Woo et al. 2021, <https://arxiv.org/abs/2108.06098>; layouts as in PEFT 0.20.
//! A convolution may be kept as a core and two factors; core and input factor then make the right half of a product.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::low_rank::LowRank;
use crate::rows::product;
use crate::{AdapterData, Bounded, Change, Config, Delta, Edit, TensorHead};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::{self, transpose};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "loha",
        summary: "LoHa (Hadamard products) on linear layers and convolutions, with effective_conv2d",
        summary_zh: "LoHa（哈达玛积）：线性层与卷积层，支持 effective_conv2d",
        link: "https://arxiv.org/abs/2108.06098",
        limits: &[],
    },
    peft_types: &["LOHA"],
    parts: &["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2"],
    edits,
    ..PLAIN
};

/// One of the two products: its factors and, in the form for convolutions, its core.
#[derive(Clone)]
pub(crate) struct Half {
    pub(crate) a: TensorHead,
    pub(crate) b: TensorHead,
    pub(crate) core: Option<TensorHead>,
}

impl Half {
    /// Takes the parts of those names; a core is there or not.
    pub(crate) fn of(parts: &Parts<'_>, [a, b, core]: [&str; 3]) -> Result<Half, Problem> {
        let (a, b) = (parts.shaped(a, &[0, 0])?, parts.shaped(b, &[0, 0])?);
        let Some(core) = parts.get(core) else {
            if a.shape[1] != b.shape[0] || b.shape[0] == 0 {
                return Err(parts.misshapen(b, &format!("({}, *)", a.shape[1])));
            }
            return Ok(Half { a: a.clone(), b: b.clone(), core: None });
        };
        let [i, j, ..] = core.shape[..] else { return Err(parts.misshapen(core, "(r, r, k…)")) };
        if a.shape[0] != i || b.shape[0] != j || i == 0 || j == 0 || !core.dtype.is_float() {
            return Err(parts.misshapen(core, &format!("({}, {}, k…)", a.shape[0], b.shape[0])));
        }
        Ok(Half { a: a.clone(), b: b.clone(), core: Some(core.clone()) })
    }

    pub(crate) fn rank(&self) -> u64 {
        self.b.shape[0]
    }

    pub(crate) fn rows(&self) -> u64 {
        if self.core.is_some() { self.a.shape[1] } else { self.a.shape[0] }
    }

    pub(crate) fn columns(&self) -> u64 {
        let kernel: u64 = self.core.iter().flat_map(|core| &core.shape[2..]).product();
        self.b.shape[1] * kernel
    }

    /// (left, right) of its product, and the rank between them.
    pub(crate) fn load(&self, data: &dyn AdapterData) -> Result<(Vec<f32>, Vec<f32>, usize), Problem> {
        let (a, b) = (data.values(&self.a.name)?, data.values(&self.b.name)?);
        let Some(core) = &self.core else { return Ok((a, b, self.a.shape[1] as usize)) };
        let (outer, inner) = (core.shape[0] as usize, core.shape[1] as usize);
        let (t, inputs) = (data.values(&core.name)?, self.b.shape[1] as usize);
        let kernel = t.len() / (outer * inner);
        let mut right = vec![0f64; outer * inputs * kernel];
        for (i, right) in right.chunks_exact_mut((inputs * kernel).max(1)).enumerate() {
            for j in 0..inner {
                let core = &t[(i * inner + j) * kernel..][..kernel];
                for (right, b) in right.chunks_exact_mut(kernel).zip(&b[j * inputs..]) {
                    math::add_scaled(right, f64::from(*b), core);
                }
            }
        }
        Ok((transpose(&a, outer), right.into_iter().map(|v| v as f32).collect(), outer))
    }
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let first = Half::of(parts, ["hada_w1_a", "hada_w1_b", "hada_t1"])?;
    let second = Half::of(parts, ["hada_w2_a", "hada_w2_b", "hada_t2"])?;
    let (rows, columns) = (first.rows(), first.columns());
    if (second.rows(), second.columns()) != (rows, columns) {
        return Err(parts.misshapen(&second.b, &format!("{rows} x {columns}")));
    }
    let rank = first.rank();
    let (alpha, scaling) = config.plain_scaling(parts.module(), rank)?;
    let halves = [&first, &second];
    let zero_if = halves.iter().flat_map(|h| [&h.a, &h.b]).map(|head| head.name.clone()).collect();
    let recipe = Made::sum(Wanted::matrix(rows, columns), move |target, data| {
        let (left, right, rank) = first.load(data)?;
        let one = product(target, (left, right), rank, scaling);
        let (left, right, rank) = second.load(data)?;
        let mut other = product(target, (left, right), rank, 1.0);
        other.scale = 1.0;
        Ok(Change::Add(Box::new(Hadamard { one, other })))
    });
    Ok(vec![Edit {
        rank: Some(rank * 2),
        alpha: Some(alpha),
        scaling,
        zero_if,
        ..parts.edit("weight", recipe)
    }])
}

struct Hadamard {
    one: LowRank,
    other: LowRank,
}

impl Delta for Hadamard {
    fn delta(&self, row: usize, out: &mut [f32]) {
        self.one.fill(row, out);
        let mut other = vec![0f32; out.len()];
        self.other.fill(row, &mut other);
        out.iter_mut().zip(&other).for_each(|(o, v)| *o *= v);
    }

    fn exact(&self, row: usize) -> Vec<Bounded> {
        let both = self.one.exact(row).into_iter().zip(self.other.exact(row));
        both.map(|((a, a_off), (b, b_off))| {
            let bound = a.abs() * b_off + b.abs() * a_off + a_off * b_off;
            (a * b, bound + (a * b).abs() * 2f64.powi(-23))
        })
        .collect()
    }
}
