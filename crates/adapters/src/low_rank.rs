use crate::{AdapterData, Bounded, Config, Delta, Fit, Site, Target, TensorHead};
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::{kernels, math::transpose};

/// What kind of layer a pair of factors belongs to; decides how their product is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// A (r, in), B (out, r): W is (out, in), or (in, out) in Conv1D storage.
    Linear,
    /// A (r, in, k…), B (out, r, 1…): W is (out, in, k…).
    Conv,
    /// A (r, vocab), B (dim, r): W is (vocab, dim), Δ = (B·A)ᵀ.
    Embedding,
}

/// The two factors of a site, known by their headers.
#[derive(Debug, Clone)]
pub(crate) struct Factors {
    pub(crate) a: TensorHead,
    pub(crate) b: TensorHead,
    pub(crate) layer: Layer,
    pub(crate) rank: u64,
    pub(crate) alpha: f64,
    pub(crate) scaling: f64,
}

impl Factors {
    /// Finds LoRA's factors of a site and checks that they fit each other and the config.
    pub(crate) fn of(site: &Site, config: &Config) -> Result<Factors, Problem> {
        let names = [["lora_A", "lora_B"], ["lora_embedding_A", "lora_embedding_B"]];
        let factors = Factors::named(site, names)?;
        let expected = config.rank(&site.module, factors.rank);
        if expected != factors.rank {
            return Err(Problem::new(&says::RANK_MISMATCH)
                .arg("module", &site.module)
                .arg("expected", expected)
                .arg("tensor", &factors.a.name)
                .arg("found", factors.rank)
                .at(&factors.a.name));
        }
        let (alpha, scaling) = config.scaling(&site.module, factors.rank)?;
        Ok(Factors { alpha, scaling, ..factors })
    }

    /// Factors of other names (for a layer, for an embedding), which have no scale and whose rank is their own.
    pub(crate) fn named(
        site: &Site,
        [plain, of_embedding]: [[&'static str; 2]; 2],
    ) -> Result<Factors, Problem> {
        let embedding = of_embedding.iter().any(|name| site.has(name));
        let names = if embedding { of_embedding } else { plain };
        let (a, b) = match names.map(|name| site.any(name)) {
            [Some(a), Some(b)] => (a.clone(), b.clone()),
            [a, _] => {
                let (present, missing) =
                    if a.is_some() { (names[0], names[1]) } else { (names[1], names[0]) };
                return Err(Problem::new(&says::HALF_MISSING)
                    .arg("module", &site.module)
                    .arg("present", present)
                    .arg("missing", missing)
                    .at(&site.module));
            }
        };
        let layer = match (embedding, a.shape.len()) {
            (true, _) => Layer::Embedding,
            (false, 0..=2) => Layer::Linear,
            (false, _) => Layer::Conv,
        };
        let rank = a.shape.first().copied().unwrap_or(0);
        check_pair(site, layer, (&a, &b), rank)?;
        Ok(Factors { a, b, layer, rank, alpha: 1.0, scaling: 1.0 })
    }

    /// Shape of W as the factors see it.
    pub(crate) fn shape(&self) -> Vec<u64> {
        let (rows, columns) = (self.b.shape[0], &self.a.shape[1..]);
        match self.layer {
            Layer::Linear | Layer::Conv => [&[rows], columns].concat(),
            Layer::Embedding => vec![columns[0], rows],
        }
    }

    pub(crate) fn expects(&self) -> String {
        show(&self.shape())
    }

    pub(crate) fn fits(&self, shape: &[u64]) -> Fit {
        let own = self.shape();
        let plain = own == shape;
        let transposed =
            self.layer == Layer::Linear && shape.len() == 2 && own[0] == shape[1] && own[1] == shape[0];
        match (plain, transposed) {
            (true, true) => Fit::Either,
            (true, false) => Fit::Yes,
            (false, true) => Fit::Transposed,
            (false, false) => Fit::No,
        }
    }

    /// The rows of W when a stored matrix has other rows but the same columns.
    pub(crate) fn rows_if_resized(&self, shape: &[u64]) -> Option<u64> {
        let own = self.shape();
        (own.len() == 2 && shape.len() == 2 && own[1] == shape[1] && own[0] != shape[0]).then(|| own[0])
    }

    /// Names of both factors; Δ is zero when either is.
    pub(crate) fn names(&self) -> Vec<String> {
        vec![self.a.name.clone(), self.b.name.clone()]
    }

    pub(crate) fn load(&self, target: &Target, data: &dyn AdapterData) -> Result<LowRank, Problem> {
        let rank = self.rank as usize;
        let (a, b) = (data.values(&self.a.name)?, data.values(&self.b.name)?);
        let across = self.layer == Layer::Embedding || target.transposed;
        let (left, right) =
            if across { (transpose(&a, rank), transpose(&b, b.len() / rank.max(1))) } else { (b, a) };
        let scale = (self.scaling * target.scale) as f32;
        let columns = right.len() / rank.max(1);
        Ok(LowRank { left, right, rank, columns, scale })
    }
}

fn check_pair(
    site: &Site,
    layer: Layer,
    (a, b): (&TensorHead, &TensorHead),
    rank: u64,
) -> Result<(), Problem> {
    if layer == Layer::Conv && b.shape.len() == a.shape.len() && b.shape[1] != rank {
        return Err(Problem::new(&says::GROUPED_CONV).arg("module", &site.module).at(&site.module));
    }
    let dims = if layer == Layer::Conv { a.shape.len() } else { 2 };
    let ones = b.shape.iter().skip(2).all(|&d| d == 1);
    let fits = a.shape.len() == dims && b.shape.len() == dims && b.shape[1] == rank && ones && rank > 0;
    if fits && a.dtype.is_float() && b.dtype.is_float() {
        return Ok(());
    }
    let shown = |t: &TensorHead| format!("{} {} {}", t.name, t.dtype, show(&t.shape));
    Err(Problem::new(&says::FACTORS_DISAGREE)
        .arg("module", &site.module)
        .arg("first", shown(a))
        .arg("second", shown(b))
        .at(&site.module))
}

/// A shape for messages: `(4096, 11008)`.
pub(crate) fn show(shape: &[u64]) -> String {
    let dims: Vec<String> = shape.iter().map(u64::to_string).collect();
    format!("({})", dims.join(", "))
}

/// Δ = scale · left · right, in the storage layout of W: left is (rows, r), right (r, columns).
pub(crate) struct LowRank {
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
    pub(crate) rank: usize,
    pub(crate) columns: usize,
    pub(crate) scale: f32,
}

impl LowRank {
    pub(crate) fn fill(&self, row: usize, out: &mut [f32]) {
        let rows = out.len() / self.columns.max(1);
        let left = &self.left[row * self.rank..(row + rows) * self.rank];
        kernels::lowrank(left, &self.right, self.rank, self.scale, out);
    }
}

impl Delta for LowRank {
    fn delta(&self, row: usize, out: &mut [f32]) {
        self.fill(row, out);
    }

    fn exact(&self, row: usize) -> Vec<Bounded> {
        let left = &self.left[row * self.rank..(row + 1) * self.rank];
        let scale = f64::from(self.scale);
        let element = |j: usize| {
            let (mut sum, mut magnitude) = (0f64, 0f64);
            for (k, &b) in left.iter().enumerate() {
                let product = f64::from(b) * f64::from(self.right[k * self.columns + j]);
                sum += product;
                magnitude += product.abs();
            }
            // r additions and two roundings, each at most half a unit in the last place of a partial sum.
            let bound = (self.rank + 2) as f64 * 2f64.powi(-24) * magnitude * scale.abs();
            (sum * scale, bound)
        };
        (0..self.columns).map(element).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_bounds_the_kernel() {
        let noise = |n: usize, k: u32| {
            (0..n as u32).map(|i| ((i * 7919 + k) % 1009) as f32 / 504.5 - 1.0).collect::<Vec<_>>()
        };
        let delta =
            LowRank { left: noise(3 * 24, 1), right: noise(24 * 50, 2), rank: 24, columns: 50, scale: 0.37 };
        let mut fast = vec![0f32; 150];
        delta.delta(0, &mut fast);
        for (row, fast) in fast.chunks_exact(50).enumerate() {
            for ((value, bound), f) in delta.exact(row).iter().zip(fast) {
                assert!((value - f64::from(*f)).abs() <= *bound && *bound < 1e-4);
            }
        }
    }
}
