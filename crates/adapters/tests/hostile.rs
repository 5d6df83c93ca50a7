//! Adapters that are not what they promise: refused, and not computed with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use weldlm_adapters::{Change, Config, Edit, Fit, Target, TensorHead, edits, sites};
use weldlm_messages::Problem;
use weldlm_tensor::Dtype::{self, F32, I8, I64};
use weldlm_tensor::{MatrixRead, ReadFailed};

type Tensor<'a> = (&'a str, Dtype, &'a [u64]);

const HUGE: u64 = 1 << 62;

fn read(config: &str, tensors: &[Tensor<'_>]) -> (Vec<Edit>, Vec<Problem>) {
    let head = |(name, dtype, shape): &Tensor<'_>| TensorHead {
        name: format!("base_model.model.m.{name}"),
        dtype: *dtype,
        shape: shape.to_vec(),
    };
    let heads: Vec<TensorHead> = tensors.iter().map(head).collect();
    edits(&sites(&heads, None).0, &Config::parse(config, "adapter_config.json").unwrap())
}

fn refused(what: &str, config: &str, tensors: &[Tensor<'_>]) {
    let (found, problems) = read(config, tensors);
    assert!(found.is_empty() && !problems.is_empty(), "{what} is taken");
}

#[test]
fn headers_that_nothing_can_be_computed_from() {
    refused(
        "a number of blocks that no rank is a multiple of",
        r#"{"peft_type": "LORA", "use_bdlora": {"nblocks": 9223372036854775808, "target_modules_bd_a": ["m"]}}"#,
        &[("lora_A.weight", F32, &[2, 2]), ("lora_B.weight", F32, &[2, 2])],
    );
    refused(
        "a triangle with more elements than fit",
        r#"{"peft_type": "OFT"}"#,
        &[("oft_R.weight", F32, &[0, HUGE])],
    );
    refused("no kernel", r#"{"peft_type": "C3A"}"#, &[("c3a_kernel", F32, &[0, HUGE, HUGE])]);
    refused(
        "no base",
        r#"{"peft_type": "RANDLORA"}"#,
        &[
            ("randlora_lambda", F32, &[2, 0]),
            ("randlora_gamma", F32, &[0, 4]),
            ("randlora_A", F32, &[2, 1, 4]),
            ("randlora_B", F32, &[4, 0, 2]),
        ],
    );
    refused(
        "a network without width",
        r#"{"peft_type": "PEANUT"}"#,
        &[
            ("peanut_A.weight", F32, &[0, 4]),
            ("peanut_B.weight", F32, &[4, 0]),
            ("peanut_encoders.0.weight", F32, &[0, 0]),
            ("peanut_decoders.0.weight", F32, &[0, 0]),
        ],
    );
    refused(
        "half a mean",
        r#"{"peft_type": "PVERA"}"#,
        &[
            ("pvera_lambda_b", F32, &[4]),
            ("pvera_lambda_d", F32, &[5]),
            ("pvera_A", F32, &[4, 4]),
            ("pvera_B", F32, &[4, 2]),
        ],
    );
}

#[test]
fn counts_that_are_none() {
    for terms in ["1e18", "-1", "2.5"] {
        let config = format!(r#"{{"peft_type": "OFT", "num_cayley_neumann_terms": {terms}}}"#);
        refused(terms, &config, &[("oft_R.weight", F32, &[2, 1])]);
    }
    for size in ["-2", "2.5"] {
        let config = format!(r#"{{"peft_type": "ROAD", "group_size": {size}}}"#);
        refused(size, &config, &[("road_theta", F32, &[2]), ("road_alpha", F32, &[2])]);
    }
}

#[test]
fn banks_and_their_logits() {
    let bank = |bank: [u64; 2], logits: u64| {
        let (a, b) = ([2, 4, logits], [4, 2, logits]);
        let tensors: [Tensor<'_>; 3] =
            [("vblora_vector_bank", F32, &bank), ("vblora_logits_A", F32, &a), ("vblora_logits_B", F32, &b)];
        read(r#"{"peft_type": "VBLORA"}"#, &tensors).1.len()
    };
    assert_eq!(bank([8, 16], 8), 0);
    assert_eq!(bank([8, 16], 0), 1, "no logits");
    assert_eq!(bank([8, 16], 9), 1, "logits of a vector that is not there");
    assert_eq!(bank([0, HUGE], 0), 1, "no vectors");
}

#[test]
fn integers_are_no_weights() {
    refused(
        "OSF in integers",
        r#"{"peft_type": "OSF"}"#,
        &[
            ("osf_svd_params.U_low", I8, &[4, 2]),
            ("osf_svd_params.S_low", F32, &[2]),
            ("osf_svd_params.V_low", F32, &[2, 4]),
        ],
    );
    for dtypes in [[I64, F32], [F32, I8]] {
        let mut tensors: Vec<Tensor<'_>> =
            vec![("glora_A.Xd", dtypes[0], &[4, 2]), ("glora_A.Xu", dtypes[1], &[2, 4])];
        let others = ["glora_B.zeros", "glora_C.zeros", "glora_D.zeros", "glora_E.zeros"];
        tensors.extend(others.map(|name| (name, F32, [1].as_slice())));
        refused("GLoRA in integers", r#"{"peft_type": "GLORA"}"#, &tensors);
    }
}

#[test]
fn vera_is_for_matrices_within_its_projections() {
    let (edits, problems) = read(
        r#"{"peft_type": "VERA"}"#,
        &[
            ("vera_lambda_b", F32, &[1]),
            ("vera_lambda_d", F32, &[2]),
            ("vera_A", F32, &[2, 8]),
            ("vera_B", F32, &[1, 2]),
        ],
    );
    assert!(problems.is_empty(), "{problems:?}");
    let takes = |shape: &[u64]| {
        let recipe = &edits[0].recipe;
        recipe.fits(shape) != Fit::No && recipe.check(shape).is_ok()
    };
    assert!(takes(&[1, 8]) && takes(&[8, 1]));
    for shape in [&[1, 9][..], &[1, 3, 3, 3], &[1, 4, 3, 3], &[1], &[], &[0, HUGE, HUGE]] {
        assert!(!takes(shape), "{shape:?}");
    }
}

struct Ones(usize, usize);

impl MatrixRead for Ones {
    fn shape(&self) -> (usize, usize) {
        (self.0, self.1)
    }

    fn rows(&self, _row: usize, out: &mut [f32]) -> Result<(), ReadFailed> {
        out.fill(1.0);
        Ok(())
    }
}

struct Numbers;

impl weldlm_adapters::AdapterData for Numbers {
    fn values(&self, _tensor: &str) -> Result<Vec<f32>, Problem> {
        Ok(vec![1.0; 3])
    }

    fn indices(&self, _tensor: &str) -> Result<Vec<i64>, Problem> {
        Ok(Vec::new())
    }
}

#[test]
fn a_bias_that_depends_on_another_matrix() {
    let mut tensors: Vec<Tensor<'_>> = vec![("glora_C.X", F32, &[3, 1])];
    let others = ["glora_A.zeros", "glora_B.zeros", "glora_D.zeros", "glora_E.zeros"];
    tensors.extend(others.map(|name| (name, F32, [2, 3].as_slice())));
    let (edits, problems) = read(r#"{"peft_type": "GLORA"}"#, &tensors);
    assert!(problems.is_empty() && edits.len() == 1, "{problems:?}");
    let target = Target { shape: vec![2], dtype: F32, transposed: false, scale: 1.0 };
    let prepared = |base: Ones| {
        let Change::Rewrite(mut rewrite) = edits[0].recipe.load(&target, &Numbers).unwrap() else {
            panic!("no rewrite");
        };
        rewrite.prepare(&base).is_ok()
    };
    assert!(prepared(Ones(2, 3)));
    assert!(!prepared(Ones(2, 4)), "C would be left out without a word");
}
