//! WaveFT: Δ is the inverse wavelet transform, one level deep, of a few coefficients at random places; without `use_idwt`
//! it is these coefficients. Bilican et al. 2025, <https://arxiv.org/abs/2505.12532>; layouts as in PEFT 0.20.
//!
//! A coefficient reaches as far as its filters, so a row needs the coefficients of a few rows and nothing else.

use crate::fourierft::{places, room_for};
use crate::kind::{Kind, Made, PLAIN, Parts, Wanted};
use crate::rows::{outputs_inputs, sum};
use crate::{Config, Edit};
use serde_json::Value;
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::math::Sparse;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "waveft",
        summary: "WaveFT on linear and Conv1D layers, with every wavelet that PEFT can use, or without the transform",
        summary_zh: "WaveFT：线性层与 Conv1D，支持 PEFT 可用的全部小波，或不做变换",
        link: "https://arxiv.org/abs/2505.12532",
        limits: &[],
    },
    peft_types: &["WAVEFT"],
    parts: &["waveft_spectrum"],
    edits,
    ..PLAIN
};

/// Made by `data/make_wavelets.py`.
const WAVELETS: &str = include_str!("../data/wavelets.json");

fn filter(config: &Config) -> Result<Vec<f64>, Problem> {
    let name = config.raw.get("wavelet_family").and_then(Value::as_str).unwrap_or("db1");
    let table: Value = serde_json::from_str(WAVELETS).unwrap_or_default();
    let numbers = table.get(name).and_then(Value::as_array);
    let numbers = numbers.map(|n| n.iter().filter_map(Value::as_f64).collect());
    numbers.ok_or_else(|| {
        Problem::new(&says::BAD_CONFIG)
            .arg("file", &config.file)
            .arg("key", "wavelet_family")
            .arg("found", name)
            .arg("expected", "db1-db10, sym2-sym10, coif1-coif4")
            .at(&config.file)
    })
}

/// Coefficients of one level, with what a row of the result needs of them.
struct Waves {
    low: Vec<f64>,
    high: Vec<f64>,
    /// By row of the coefficients.
    coefficients: Sparse,
    /// Rows and columns of one of the four bands.
    band: (usize, usize),
}

impl Waves {
    fn new(
        low: Vec<f64>,
        (outputs, inputs): (usize, usize),
        places: Vec<(usize, usize)>,
        values: &[f32],
    ) -> Waves {
        let high = low.iter().rev().enumerate().map(|(i, v)| if i % 2 == 0 { *v } else { -v }).collect();
        let padded = |n: usize| (n + low.len() - 2).next_multiple_of(2);
        let (rows, columns) = (padded(outputs), padded(inputs));
        let at = ((rows - outputs) / 2, (columns - inputs) / 2);
        let elements = places.into_iter().zip(values);
        let elements =
            elements.map(|((row, column), v)| (row + at.0, column + at.1, f64::from(*v))).collect();
        Waves { high, band: (rows / 2, columns / 2), coefficients: Sparse::new(rows, elements), low }
    }

    fn row(&self, row: usize, factor: f64, out: &mut [f64]) {
        let (length, cut) = (self.low.len(), self.low.len() - 2);
        let y = row + cut;
        for i in (y + 1).saturating_sub(length).div_ceil(2)..=(y / 2).min(self.band.0 - 1) {
            for (band_row, along) in [(i, &self.low), (i + self.band.0, &self.high)] {
                for (column, value) in self.coefficients.row(band_row) {
                    let across = if *column >= self.band.1 { &self.high } else { &self.low };
                    let value = value * factor * across[y - 2 * i];
                    let start = column % self.band.1 * 2;
                    for (q, weight) in along.iter().enumerate() {
                        let x = (start + q).checked_sub(cut);
                        if let Some(out) = x.and_then(|x| out.get_mut(x)) {
                            *out += value * weight;
                        }
                    }
                }
            }
        }
    }
}

fn edits(parts: &Parts<'_>, config: &Config) -> Result<Vec<Edit>, Problem> {
    let head = parts.shaped("waveft_spectrum", &[0])?;
    let seed = config.seed("random_loc_seed", 777);
    let scaling = config.number("scaling", 25.0)?;
    let low = if config.flag("use_idwt", true) { Some(filter(config)?) } else { None };
    let name = head.name.clone();
    let recipe = Made::sum(Wanted::columns(None), move |target, data| {
        let spectrum = data.values(&name)?;
        let (outputs, inputs) = outputs_inputs(target);
        let places = places(target, seed, spectrum.len());
        let Some(low) = low.clone() else {
            let elements = places.into_iter().zip(spectrum).map(|((r, c), v)| (r, c, f64::from(v) * scaling));
            let sparse = Sparse::new(outputs, elements.collect());
            return Ok(sum(target, move |row, out| {
                sparse.row(row).iter().for_each(|(column, value)| out[*column] += value);
            }));
        };
        let waves = Waves::new(low, (outputs, inputs), places, &spectrum);
        Ok(sum(target, move |row, out| waves.row(row, scaling, out)))
    });
    let recipe = recipe.check(room_for(parts, "waveft_spectrum")?);
    let zero_if = vec![head.name.clone()];
    Ok(vec![Edit { zero_if, scaling, ..parts.edit("weight", recipe) }])
}
