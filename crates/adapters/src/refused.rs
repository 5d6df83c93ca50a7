//! What cannot be merged (yet), by name, with the reason and the way out.

use crate::Config;
use serde_json::Value;
use weldlm_messages::{Message, Problem, catalogue::adapter as says};

type Reason = (&'static Message, &'static Message);

const PROMPT: Reason = (&says::WHY_PROMPT, &says::DO_SERVE_BOTH);
const INPUT: Reason = (&says::WHY_DEPENDS_ON_INPUT, &says::DO_SERVE_BOTH);

/// The types of PEFT 0.20 that have no entry in [`crate::ALL`].
const TYPES: &[(&str, Reason)] = &[
    ("PROMPT_TUNING", PROMPT),
    ("MULTITASK_PROMPT_TUNING", PROMPT),
    ("P_TUNING", PROMPT),
    ("PREFIX_TUNING", PROMPT),
    ("ADAPTION_PROMPT", PROMPT),
    ("CPT", PROMPT),
    ("CARTRIDGE", PROMPT),
    ("XLORA", INPUT),
    ("POLY", INPUT),
    ("LILY", INPUT),
    ("ARROW", INPUT),
    ("PSOFT", (&says::WHY_SIGNS, &says::DO_MERGE_WITH_PEFT)),
    ("ADAMSS", (&says::WHY_CLUSTERS, &says::DO_MERGE_WITH_PEFT)),
    ("FROD", (&says::WHY_SOLVED_AGAIN, &says::DO_MERGE_WITH_PEFT)),
    ("TINYLORA", (&says::WHY_LAYER_ORDER, &says::DO_MERGE_WITH_PEFT)),
];

/// Config keys that turn a LoRA into something else.
const VARIANTS: &[(&str, Reason)] = &[
    ("alora_invocation_tokens", INPUT),
    ("arrow_config", INPUT),
    ("kasa_config", (&says::WHY_BASE_CHANGED, &says::DO_MERGE_WITH_PEFT)),
    ("use_qalora", (&says::WHY_POOLED, &says::DO_MERGE_WITH_PEFT)),
    ("layer_replication", (&says::WHY_LAYERS, &says::DO_SERVE_BOTH)),
    ("enable_lora", (&says::WHY_FUSED_QKV, &says::DO_MERGE_WITH_PEFT)),
    ("target_parameters", (&says::WHY_EXPERTS, &says::DO_MERGE_WITH_PEFT)),
];

/// Values of `init_lora_weights` that leave the base as it is.
const HARMLESS_INITS: &[&str] = &["true", "false", "gaussian", "orthogonal", "eva", "mica"];
/// Values whose change of the base is computed again.
const COMPUTED_INITS: &[&str] = &["pissa", "olora"];

/// Something that is refused by name: the reason and the way out are entries of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Refused {
    /// Value of `peft_type`, or key of `adapter_config.json`.
    pub name: &'static str,
    /// Why.
    pub reason: &'static Message,
    /// What to do instead.
    pub remedy: &'static Message,
}

fn named((name, (reason, remedy)): &(&'static str, Reason)) -> Refused {
    Refused { name, reason, remedy }
}

/// The known types that are refused, for the docs.
pub fn types() -> impl Iterator<Item = Refused> {
    TYPES.iter().map(named)
}

/// The config keys that are refused, for the docs.
pub fn variants() -> impl Iterator<Item = Refused> {
    VARIANTS.iter().map(named)
}

fn is_set(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(map)) => !map.is_empty(),
        Some(_) => true,
    }
}

/// Refuses what the config alone shows to be out of reach.
///
/// # Errors
/// With the name of the type or variant, the reason and the remedy.
pub fn check(config: &Config) -> Result<(), Problem> {
    let refuse = |message: &'static Message, name: &'static str, what: &str, (why, remedy): Reason| {
        Err(Problem::new(message)
            .arg(name, what)
            .words("reason", why.into())
            .words("remedy", remedy.into())
            .at(&config.file))
    };
    let peft_type = config.peft_type.as_str();
    if !crate::ALL.iter().any(|kind| kind.peft_types().contains(&peft_type)) {
        let known = TYPES.iter().find(|(name, _)| *name == peft_type);
        let reason = known.map_or((&says::WHY_UNKNOWN, &says::DO_CHECK_TYPE), |(_, reason)| *reason);
        return refuse(&says::UNKNOWN_TYPE, "peft_type", peft_type, reason);
    }
    for (key, reason) in VARIANTS {
        if is_set(config.raw.get(*key)) {
            return refuse(&says::VARIANT_REFUSED, "what", key, *reason);
        }
    }
    let init = config.init.as_str();
    if HARMLESS_INITS.contains(&init) || COMPUTED_INITS.contains(&init) {
        return Ok(());
    }
    const CHANGES_BASE: &[&str] = &["pissa_niter", "corda", "loftq", "lora_ga"];
    let why = if CHANGES_BASE.iter().any(|known| init.starts_with(known)) {
        &says::WHY_BASE_CHANGED
    } else {
        &says::WHY_INIT_UNKNOWN
    };
    let what = format!("init_lora_weights: {init}");
    refuse(&says::VARIANT_REFUSED, "what", &what, (why, &says::DO_CONVERT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(json: &str) -> &'static str {
        check(&Config::parse(json, "f").unwrap()).err().map_or("ok", |p| p.code())
    }

    #[test]
    fn every_type_is_accounted_for() {
        for (name, _) in TYPES {
            let merged = crate::ALL.iter().any(|kind| kind.peft_types().contains(name));
            assert!(!merged, "{name} is merged and refused");
            assert_eq!(code(&format!(r#"{{"peft_type": "{name}"}}"#)), "A102");
        }
        let known: Value =
            serde_json::from_str(include_str!("../../testkit/golden/peft_types.json")).unwrap();
        let known: Vec<&str> = known["types"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(known.len() >= 40, "PEFT's types are not all there");
        for name in known {
            let merged = crate::ALL.iter().any(|kind| kind.peft_types().contains(&name));
            assert!(merged || TYPES.iter().any(|(refused, _)| *refused == name), "{name} is unknown");
        }
        assert_eq!(code(r#"{"peft_type": "lora"}"#), "ok");
        assert_eq!(code(r#"{"peft_type": "SOMETHING"}"#), "A102");
    }

    #[test]
    fn variants_and_initialisations() {
        let lora = |extra: &str| code(&format!(r#"{{"peft_type": "LORA", {extra}}}"#));
        for ok in [
            "\"use_qalora\": false",
            "\"init_lora_weights\": \"pissa\"",
            "\"layer_replication\": null",
            "\"init_lora_weights\": false",
            "\"target_parameters\": []",
            "\"eva_config\": {\"rho\": 2}",
        ] {
            assert_eq!(lora(ok), "ok", "{ok}");
        }
        for bad in [
            "\"use_qalora\": true",
            "\"init_lora_weights\": \"pissa_niter_16\"",
            "\"layer_replication\": [[0,2]]",
            "\"alora_invocation_tokens\": [1]",
            "\"init_lora_weights\": \"loftq\"",
            "\"enable_lora\": [true]",
            "\"init_lora_weights\": \"brand_new\"",
            "\"kasa_config\": {\"a\": 1}",
        ] {
            assert_eq!(lora(bad), "A103", "{bad}");
        }
    }
}
