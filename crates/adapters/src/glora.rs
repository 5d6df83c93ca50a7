//! GLoRA: W + W∘A + B, and for the bias b + b∘D + E + W·C; each of the five a product, a vector, a number, or nothing.
//! Chavan et al. 2023, <https://arxiv.org/abs/2306.07967>; layouts as in PEFT 0.20.

use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::map;
use crate::{AdapterData, Bounded, Change, Config, Done, Edit, Rewrite};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_tensor::math::{add_scaled, multiply};
use weldlm_tensor::{MatrixRead, ReadFailed};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "glora",
        summary: "GLoRA on linear layers with their biases: every form of its five paths",
        summary_zh: "GLoRA：线性层及其偏置，支持五条路径的所有形式",
        link: "https://arxiv.org/abs/2306.07967",
        limits: &["together with another adapter on the same tensor (it is not a sum)"],
    },
    peft_types: &["GLORA"],
    parts: &["glora_A", "glora_B", "glora_C", "glora_D", "glora_E"],
    leaves: &["Xd", "Xu", "X", "zeros"],
    edits,
    ..PLAIN
};

/// Names of the tensors of a path.
#[derive(Clone)]
enum Path {
    Nothing,
    /// A number for all, or one for each output.
    Numbers(String),
    Product(String, String, usize),
}

/// A path with its numbers.
enum Loaded {
    Nothing,
    Numbers(Vec<f32>),
    Product(Vec<f32>, Vec<f32>, usize),
}

impl Path {
    fn of(parts: &Parts<'_>, part: &str, (rows, columns): (u64, u64)) -> Result<Path, Problem> {
        let get = |leaf: &str| parts.site.get(part, leaf);
        if let Some(x) = get("X") {
            let n: u64 = x.shape.iter().product();
            let fits = (n == 1 || n == rows) && x.dtype.is_float();
            return if fits {
                Ok(Path::Numbers(x.name.clone()))
            } else {
                Err(parts.misshapen(x, &rows.to_string()))
            };
        }
        let (Some(d), Some(u)) = (get("Xd"), get("Xu")) else {
            return parts.need(part).map(|_| Path::Nothing);
        };
        let rank = d.shape.get(1).copied().unwrap_or(0);
        let floats = d.dtype.is_float() && u.dtype.is_float();
        if d.shape != [rows, rank] || u.shape != [rank, columns] || rank == 0 || !floats {
            return Err(parts.misshapen(d, &format!("({rows}, r)")));
        }
        Ok(Path::Product(d.name.clone(), u.name.clone(), rank as usize))
    }

    fn load(&self, data: &dyn AdapterData) -> Result<Loaded, Problem> {
        Ok(match self {
            Path::Nothing => Loaded::Nothing,
            Path::Numbers(name) => Loaded::Numbers(data.values(name)?),
            Path::Product(d, u, rank) => Loaded::Product(data.values(d)?, data.values(u)?, *rank),
        })
    }
}

impl Loaded {
    fn number(&self, row: usize) -> f64 {
        match self {
            Loaded::Numbers(x) => f64::from(x[row.min(x.len() - 1)]),
            _ => 0.0,
        }
    }

    fn row(&self, row: usize, out: &mut [f64]) {
        out.fill(self.number(row));
        if let Loaded::Product(d, u, rank) = self {
            for (factor, line) in d[row * rank..].iter().zip(u.chunks_exact(out.len()).take(*rank)) {
                add_scaled(out, f64::from(*factor), line);
            }
        }
    }
}

/// Outputs and inputs, from whichever tensor of A or C knows them.
fn shape_of(parts: &Parts<'_>) -> (Option<u64>, Option<u64>) {
    let size =
        |part: &str, leaf: &str, i: usize| parts.site.get(part, leaf).and_then(|h| h.shape.get(i)).copied();
    let known = |n: &u64| *n > 1;
    let rows = size("glora_A", "Xd", 0).or(size("glora_A", "zeros", 0));
    let rows = rows.or(size("glora_A", "X", 0).filter(known)).or(size("glora_D", "X", 0).filter(known));
    let rows = rows.or(size("glora_D", "zeros", 0));
    let columns = size("glora_A", "Xu", 1).or(size("glora_A", "zeros", 1)).or(size("glora_C", "Xd", 0));
    (rows, columns.or(size("glora_C", "X", 0)).or(size("glora_C", "zeros", 0)))
}

fn edits(parts: &Parts<'_>, _config: &Config) -> Result<Vec<Edit>, Problem> {
    let (rows, columns) = shape_of(parts);
    let (outputs, inputs) = (rows.unwrap_or(1), columns.unwrap_or(1));
    let weight =
        [Path::of(parts, "glora_A", (outputs, inputs))?, Path::of(parts, "glora_B", (outputs, inputs))?];
    let bias = [
        Path::of(parts, "glora_C", (inputs, 1))?,
        Path::of(parts, "glora_D", (outputs, 1))?,
        Path::of(parts, "glora_E", (outputs, 1))?,
    ];
    let changes = |paths: &[Path]| paths.iter().any(|p| !matches!(p, Path::Nothing));
    let (has_weight, has_bias) = (changes(&weight), changes(&bias));
    let of_weight = Made::rewrite(Wanted { rows, columns, across: false }, move |target, data| {
        let (a, b) = (weight[0].load(data)?, weight[1].load(data)?);
        Ok(map(target, move |row, values| {
            let (mut factor, mut added) = (vec![0f64; values.len()], vec![0f64; values.len()]);
            a.row(row, &mut factor);
            b.row(row, &mut added);
            for ((v, f), a) in values.iter_mut().zip(&factor).zip(&added) {
                *v += *v * f + a;
            }
        }))
    });
    let of_bias = Made::rewrite(Wanted { rows: Some(1), columns: rows, across: false }, move |_, data| {
        let along = match bias[0].load(data)? {
            Loaded::Nothing => Vec::new(),
            Loaded::Numbers(x) => x,
            Loaded::Product(d, u, rank) => multiply(&d, &u, rank),
        };
        let (factor, added) = (bias[1].load(data)?, bias[2].load(data)?);
        Ok(Change::Rewrite(Box::new(OfBias { along, factor, added, sums: Vec::new() })))
    });
    let mut edits = Vec::new();
    if has_weight {
        edits.push(parts.edit("weight", of_weight));
    }
    if has_bias {
        edits.push(parts.edit("bias", of_bias));
    }
    Ok(edits)
}

struct OfBias {
    /// C, as a column.
    along: Vec<f32>,
    factor: Loaded,
    added: Loaded,
    /// W·C
    sums: Vec<f64>,
}

impl OfBias {
    fn value(&self, i: usize, old: f64) -> f64 {
        let sum = self.sums.get(i).copied().unwrap_or(0.0);
        old + old * self.factor.number(i) + self.added.number(i) + sum
    }
}

impl Rewrite for OfBias {
    fn looks_at(&self) -> Option<&'static str> {
        (!self.along.is_empty()).then_some("weight")
    }

    fn prepare(&mut self, weight: &dyn MatrixRead) -> Done {
        let (rows, columns) = weight.shape();
        if self.along.is_empty() {
            return Ok(());
        }
        if self.along.len() != columns {
            let reason = format!("it has {columns} inputs, and C {}", self.along.len());
            return Err(ReadFailed(reason));
        }
        let mut line = vec![0f32; columns];
        for row in 0..rows {
            weight.rows(row, &mut line)?;
            self.sums.push(line.iter().zip(&self.along).map(|(w, c)| f64::from(*w) * f64::from(*c)).sum());
        }
        Ok(())
    }

    fn rewrite(&self, _row: usize, old: &[f32], new: &mut [f32], _base: &dyn MatrixRead) -> Done {
        let pairs = new.iter_mut().zip(old).enumerate();
        pairs.for_each(|(i, (n, o))| *n = self.value(i, f64::from(*o)) as f32);
        Ok(())
    }

    fn exact(&self, _row: usize, old: &[f64], _base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed> {
        let values = old.iter().enumerate().map(|(i, o)| self.value(i, *o));
        Ok(values.map(|v| (v, v.abs() * 2f64.powi(-24))).collect())
    }
}
