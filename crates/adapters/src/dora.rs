//! DoRA: V = W + s·B·A, then every output of V is brought to a trained magnitude.
//! Liu et al. 2024, <https://arxiv.org/abs/2402.09353>; layouts as in PEFT 0.20: the norm runs over the inputs
//! of an output (linear, convolution) or over the vocabulary (embedding).

use crate::low_rank::{Factors, Layer, LowRank, show};
use crate::{
    AdapterData, AdapterKind, Bounded, Change, Config, Delta, Done, Edit, Fit, Recipe, Rewrite, Site, Stage,
    Target, TensorHead, lora,
};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::{MatrixRead, ReadFailed};

/// The type.
pub(crate) struct Dora;

const ABOUT: About = About {
    name: "dora",
    summary: "DoRA (weight-decomposed LoRA) on the same layers as LoRA",
    summary_zh: "DoRA（权重分解的 LoRA），支持与 LoRA 相同的层",
    link: "https://arxiv.org/abs/2402.09353",
    limits: &["together with another adapter on the same tensor (it is not a sum)"],
};

const MAGNITUDE: &str = "lora_magnitude_vector";

impl AdapterKind for Dora {
    fn about(&self) -> &About {
        &ABOUT
    }

    fn peft_types(&self) -> &'static [&'static str] {
        &["LORA"]
    }

    fn parts(&self) -> &'static [&'static str] {
        &["lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B", MAGNITUDE]
    }

    fn claims(&self, site: &Site, config: &Config) -> bool {
        let low_rank = site.parts.iter().any(|p| lora::PARTS.contains(&p.part));
        site.has(MAGNITUDE)
            || (config.raw.get("use_dora") == Some(&serde_json::Value::Bool(true)) && low_rank)
    }

    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem> {
        let factors = Factors::of(site, config)?;
        let Some(magnitude) = site.any(MAGNITUDE) else {
            return Err(Problem::new(&says::HALF_MISSING)
                .arg("module", &site.module)
                .arg("present", "use_dora")
                .arg("missing", MAGNITUDE)
                .at(&site.module));
        };
        let outputs = factors.b.shape[0];
        let elements: u64 = magnitude.shape.iter().product();
        if elements != outputs || !magnitude.dtype.is_float() {
            let shown = |t: &TensorHead| format!("{} {}", t.name, show(&t.shape));
            return Err(Problem::new(&says::FACTORS_DISAGREE)
                .arg("module", &site.module)
                .arg("first", shown(magnitude))
                .arg("second", shown(&factors.b))
                .at(&magnitude.name));
        }
        let recipe = Box::new(Decomposed { factors: factors.clone(), magnitude: magnitude.name.clone() });
        Ok(vec![lora::edit(site, ABOUT.name, factors, vec![magnitude.name.clone()], recipe)])
    }
}

struct Decomposed {
    factors: Factors,
    magnitude: String,
}

impl Recipe for Decomposed {
    fn stage(&self) -> Stage {
        Stage::Update
    }

    fn expects(&self) -> String {
        self.factors.expects()
    }

    fn fits(&self, shape: &[u64]) -> Fit {
        self.factors.fits(shape)
    }

    fn rows_if_resized(&self, shape: &[u64]) -> Option<u64> {
        self.factors.rows_if_resized(shape)
    }

    fn load(&self, target: &Target, data: &dyn AdapterData) -> Result<Change, Problem> {
        let update = self.factors.load(target, data)?;
        let magnitude = data.values(&self.magnitude)?;
        // An output is a row of the stored matrix, except where it is stored across.
        if self.factors.layer == Layer::Embedding || target.transposed {
            return Ok(Change::Rewrite(Box::new(ByColumn { update, magnitude, norms: Vec::new() })));
        }
        Ok(Change::Rewrite(Box::new(ByRow { update, magnitude })))
    }
}

/// Σ v² in f64, in order.
fn norm(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|v| v * v).sum::<f64>().sqrt()
}

struct ByRow {
    update: LowRank,
    magnitude: Vec<f32>,
}

impl Rewrite for ByRow {
    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        self.update.fill(row, new);
        let columns = self.update.columns;
        for (i, (new, old)) in new.chunks_exact_mut(columns).zip(old.chunks_exact(columns)).enumerate() {
            for (n, o) in new.iter_mut().zip(old) {
                *n += o;
            }
            let factor = self.magnitude[row + i] / norm(new.iter().map(|v| f64::from(*v))) as f32;
            for n in new {
                *n *= factor;
            }
        }
        Ok(())
    }

    fn exact(&self, row: usize, old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let sums: Vec<Bounded> =
            self.update.exact(row).iter().zip(old).map(|(d, w)| (d.0 + w, d.1)).collect();
        let factor = f64::from(self.magnitude[row]) / norm(sums.iter().map(|s| s.0));
        Ok(sums.iter().map(|s| scaled(*s, factor)).collect())
    }
}

/// A value and its bound times a factor that is itself only known to f32 precision.
fn scaled((value, bound): Bounded, factor: f64) -> Bounded {
    (value * factor, (bound + value.abs() * 8.0 * 2f64.powi(-24)) * factor.abs())
}

struct ByColumn {
    update: LowRank,
    magnitude: Vec<f32>,
    norms: Vec<f64>,
}

/// Rows that the pass for the column norms looks at together.
const ROWS_PER_PASS: usize = 64;

impl Rewrite for ByColumn {
    fn prepare(&mut self, base: &dyn MatrixRead) -> Done {
        let (rows, columns) = base.shape();
        let mut squares = vec![0f64; columns];
        let (mut old, mut delta) = (vec![0f32; ROWS_PER_PASS * columns], vec![0f32; ROWS_PER_PASS * columns]);
        for row in (0..rows).step_by(ROWS_PER_PASS) {
            let n = ROWS_PER_PASS.min(rows - row) * columns;
            base.rows(row, &mut old[..n])?;
            self.update.fill(row, &mut delta[..n]);
            for (old, delta) in old[..n].chunks_exact(columns).zip(delta[..n].chunks_exact(columns)) {
                for ((s, o), d) in squares.iter_mut().zip(old).zip(delta) {
                    let v = f64::from(o + d);
                    *s += v * v;
                }
            }
        }
        self.norms = squares.into_iter().map(f64::sqrt).collect();
        Ok(())
    }

    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        self.update.fill(row, new);
        let columns = self.update.columns;
        for (new, old) in new.chunks_exact_mut(columns).zip(old.chunks_exact(columns)) {
            for (((n, o), m), norm) in new.iter_mut().zip(old).zip(&self.magnitude).zip(&self.norms) {
                *n = (*n + o) * (m / *norm as f32);
            }
        }
        Ok(())
    }

    fn exact(&self, row: usize, old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let updates = self.update.exact(row);
        let columns = updates.iter().zip(old).zip(self.magnitude.iter().zip(&self.norms));
        Ok(columns.map(|((d, w), (m, norm))| scaled((d.0 + w, d.1), f64::from(*m) / norm)).collect())
    }
}
