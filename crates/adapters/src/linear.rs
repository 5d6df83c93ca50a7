use crate::low_rank::show;
use crate::{
    AdapterData, Bounded, Change, Config, Delta, Edit, Fit, Recipe, Site, Stage, Target, TensorHead,
};
use weldlm_messages::{Problem, catalogue::adapter as says};

/// `lora_bias`: the trained bias of lora_B, scaled, is added to the bias of the base (PEFT 0.14 and later).
/// A bias that the config does not announce is ignored by PEFT, and returned as `None`.
pub(crate) fn bias_edit(
    site: &Site,
    config: &Config,
    kind: &'static str,
    scaling: f64,
) -> Result<Option<Edit>, Problem> {
    let Some(head) = site.get("lora_B", "bias") else { return Ok(None) };
    if !config.lora_bias {
        return Ok(None);
    }
    if head.shape.len() != 1 || !head.dtype.is_float() {
        return Err(Problem::new(&says::FACTORS_DISAGREE)
            .arg("module", &site.module)
            .arg("first", format!("{} {}", head.name, show(&head.shape)))
            .arg("second", "a bias")
            .at(&head.name));
    }
    let (tensors, recipe) = (vec![head.name.clone()], Box::new(AddBias { head: head.clone(), scaling }));
    let zero_if = tensors.clone();
    Ok(Some(Edit { scaling, zero_if, ..Edit::new((&site.module, "bias"), kind, tensors, recipe) }))
}

struct AddBias {
    head: TensorHead,
    scaling: f64,
}

impl Recipe for AddBias {
    fn stage(&self) -> Stage {
        Stage::Update
    }

    fn is_sum(&self) -> bool {
        true
    }

    fn expects(&self) -> String {
        show(&self.head.shape)
    }

    fn fits(&self, shape: &[u64]) -> Fit {
        if shape == self.head.shape { Fit::Yes } else { Fit::No }
    }

    fn load(&self, target: &Target, data: &dyn AdapterData) -> Result<Change, Problem> {
        let scale = (self.scaling * target.scale) as f32;
        let values: Vec<f32> = data.values(&self.head.name)?.into_iter().map(|v| v * scale).collect();
        Ok(Change::Add(Box::new(Vector(values))))
    }
}

struct Vector(Vec<f32>);

impl Delta for Vector {
    fn delta(&self, _row: usize, out: &mut [f32]) {
        out.copy_from_slice(&self.0);
    }

    fn exact(&self, _row: usize) -> Vec<Bounded> {
        self.0.iter().map(|v| (f64::from(*v), 0.0)).collect()
    }
}
