"""The table of golden cases, a line each. engine.py says how a case is made and proven."""

import torch
import transformers as tf
from peft import LNTuningConfig, LoraConfig, TrainableTokensConfig

import producers as by
from engine import Case
from tuners import TUNERS

UNTIED = {"tie_word_embeddings": False}
UNTIED_VLM = UNTIED | {"text_config.tie_word_embeddings": False}


def lora(targets=("q_proj", "v_proj"), **options):
    """A maker of LoRA configs: rank 4, alpha 8 unless told otherwise."""
    targets = targets if isinstance(targets, str) else list(targets)
    return lambda: LoraConfig(**{"r": 4, "lora_alpha": 8, "target_modules": targets} | options)


def resize(rows):
    def prepare(model):
        torch.manual_seed(1)
        model.resize_token_embeddings(rows, mean_resizing=False)

    return prepare


def linear(id, base, what, targets, dtype="f32", adapter_dtype="f32", **options):
    return Case(id, base, what, lora(targets, **options), dtype, adapter_dtype)


LINEAR = [
    linear("llama-all-linear", "llama", "LoRA on every linear of a Llama layer, alpha = 2 r.", "all-linear"),
    linear("llama-bf16", "llama", "bf16 base, f32 adapter: one rounding at the end.", ["q_proj", "down_proj"], "bf16"),
    linear("llama-bf16-adapter-bf16", "llama", "bf16 base and bf16 adapter; the product is taken in f32.", ["k_proj", "up_proj"], "bf16", "bf16"),
    linear("llama-f16-adapter-f16", "llama", "f16 base and f16 adapter.", ["v_proj", "gate_proj"], "f16", "f16"),
    linear("llama-f32-adapter-bf16", "llama", "f32 base, bf16 adapter.", ["o_proj"], "f32", "bf16"),
    linear("qwen2-linear", "qwen2", "Qwen2: attention projections that have biases, biases untouched.", ["q_proj", "k_proj"], "f16"),
    linear("qwen3-linear", "qwen3", "Qwen3: q and k norms beside the projections.", ["q_proj", "o_proj"], "bf16"),
    linear("gemma3-linear", "gemma3", "Gemma 3, tied, adapter away from the embeddings: stays tied.", ["v_proj", "down_proj"], "bf16"),
    linear("phi3-fused", "phi3", "Phi-3: fused qkv_proj and gate_up_proj.", ["qkv_proj", "gate_up_proj"], "bf16"),
    linear("neox-fused-qkv", "gpt_neox", "GPT-NeoX: fused query_key_value and dense.", ["query_key_value", "dense"], "f16"),
    linear("mixtral-attention", "mixtral", "LoRA on the attention of an expert model; experts untouched.", ["q_proj", "v_proj"], "bf16"),
    linear("target-regex", "llama", "target_modules is a regex string.", r"model\.layers\.\d+\.self_attn\.(q|o)_proj"),
    linear("excluded", "llama", "exclude_modules takes v_proj out again.", ["q_proj", "v_proj"], exclude_modules=["v_proj"]),
    linear("layers-to-transform", "llama_deep", "Only layers 2 and 11 of twelve.", ["q_proj"], layers_to_transform=[2, 11]),
    linear("rank-1", "llama", "Rank 1.", ["q_proj", "down_proj"], "bf16", r=1),
    linear("rank-80", "llama", "Rank 80, above both dimensions of k_proj.", ["k_proj"], r=80, lora_alpha=20),
]

SCALING = [
    linear("alpha-below-r", "llama", "alpha 2, r 4.", ["q_proj"], lora_alpha=2),
    linear("alpha-float", "llama", "alpha is 3.7.", ["q_proj"], "bf16", lora_alpha=3.7),
    linear("rslora", "llama", "Rank-stabilised: alpha / sqrt(r), with r = 6.", ["q_proj", "v_proj"], "bf16", r=6, use_rslora=True),
    linear("rslora-patterns", "llama", "rsLoRA with rank and alpha patterns.", ["q_proj", "v_proj"], r=6, use_rslora=True, rank_pattern={"v_proj": 3}, alpha_pattern={"q_proj": 5}),
    linear("pattern-suffix", "llama_deep", "rank_pattern and alpha_pattern by suffix.", ["q_proj", "k_proj"], rank_pattern={"k_proj": 2}, alpha_pattern={"k_proj": 12}, layers_to_transform=[0, 1]),
    linear("pattern-regex", "llama_deep", "Patterns are regexes over the end of the path.", ["q_proj", "k_proj"], rank_pattern={r"layers\.[02]\.self_attn\.(q|k)_proj": 6}, alpha_pattern={r".*\.k_proj": 3}, layers_to_transform=[0, 1, 2]),
    linear("pattern-anchored", "llama_deep", "Patterns with a leading ^.", ["q_proj"], rank_pattern={r"^model.layers.1.self_attn.q_proj": 2}, alpha_pattern={r"^model.layers.1.self_attn.q_proj": 1, r"^layers.2.self_attn.q_proj": 99}, layers_to_transform=[1, 2]),
    linear("pattern-near-miss", "llama_deep", "`1.self_attn.q_proj` is layer 1, not layer 11; `roj` is nothing.", ["q_proj"], rank_pattern={"1.self_attn.q_proj": 2}, alpha_pattern={"1.self_attn.q_proj": 1, "roj": 50}),
    linear("pattern-overlap", "llama_deep", "Two alpha keys match: the first in file order wins.", ["q_proj", "v_proj"], alpha_pattern={r".*\.[01]\.self_attn\.q_proj": 2, "q_proj": 16, "self_attn.q_proj": 64}, layers_to_transform=[0, 1, 2]),
    linear("pattern-star", "llama_deep", "`layers.1.*` takes layers 1, 10 and 11.", ["q_proj"], alpha_pattern={r"layers.1.*": 1}),
]

SCALE_OPTIONS = [
    Case("scale-half", "llama", "The user scales the adapter by one half.", lora(), "bf16", truth="formula", options={"scale": [0.5]}, merge=by.merge_scaled),
    Case("two-adapters", "llama", "W + 0.7 s1 B1 A1 - 0.3 s2 B2 A2, of different rank and targets, rounded once.", [lora(), lora(["q_proj", "down_proj"], r=6)], "bf16", truth="formula", options={"scale": [0.7, -0.3]}, merge=by.merge_scaled),
    Case("two-adapters-f32", "qwen2", "Two adapters at scale 1; the second is rsLoRA and bf16.", [lora(), lora(use_rslora=True)], adapter_dtype="bf16", truth="formula", options={"scale": [1.0, 1.0]}, merge=by.merge_scaled),
    Case("module-mapping", "llama", "Module names that need the user's mapping decoder.blocks = model.layers.", lora(), options={"module_mapping": {"decoder.blocks": "model.layers"}}, respell=by.rename_keys(r"model\.model\.layers", "model.decoder.blocks")),
]

GPT2 = [
    linear("gpt2-conv1d", "gpt2", "GPT-2 Conv1D (in, out): delta transposed; c_proj of attention is square.", ["c_attn", "c_proj"], "bf16"),
    Case("gpt2-wrong-flag", "gpt2", "The GPT-2 adapter says fan_in_fan_out false; the model decides.", lora(["c_attn", "c_proj"]), "bf16", label="gpt2-conv1d", respell=by.edit_config(fan_in_fan_out=False)),
    linear("gpt2-bare", "gpt2_bare", "The checkpoint has no `transformer.` in front, the adapter has it.", ["c_attn", "attn.c_proj"]),
    linear("gpt2-bias-all", "gpt2", "bias=all on GPT-2: projection and LayerNorm biases are replaced.", ["c_attn"], "f16", bias="all"),
    linear("gpt2-dora", "gpt2", "DoRA on Conv1D, square and non-square.", ["c_proj"], use_dora=True),
]

CONV = [
    linear("conv1d", "conv", "Conv1d.", ["conv1d"], "bf16"),
    linear("conv2d-1x1", "conv", "Conv2d 1x1 and the Linear head.", ["point", "head"], "bf16"),
    linear("conv2d-3x3", "conv", "Conv2d 3x3.", ["square"]),
    linear("conv3d", "conv", "Conv3d.", ["conv3d"], "f16"),
    linear("conv2d-dora", "conv", "DoRA on Conv2d 3x3 and 1x1.", ["square", "point"], use_dora=True),
    linear("conv1d-conv3d-dora", "conv", "DoRA on Conv1d and Conv3d.", ["conv1d", "conv3d"], use_dora=True),
]

BIAS = [
    linear("lora-bias", "qwen2", "lora_bias: bias + s B.bias.", ["q_proj", "v_proj"], "bf16", lora_bias=True),
    linear("bias-all", "qwen2", "bias=all on Qwen2: biases of adapted and other modules are replaced.", ["q_proj"], "bf16", bias="all"),
    Case("bias-lora-only", "qwen2", "bias=lora_only with `X.base_layer.bias` as PEFT main writes it (0.20.0 loses them; added by hand).", lora(bias="lora_only"), "bf16", train=by.train_lora_only_bias),
    Case("bias-lora-only-lost", "qwen2", "bias=lora_only as PEFT 0.20.0 saves it: the trained biases are lost; merges, deserves a warning.", lora(bias="lora_only"), lossy=True),
]

DORA = [
    linear("dora-linear", "llama", "DoRA on square and non-square linears.", ["q_proj", "k_proj", "down_proj"], use_dora=True),
    linear("dora-linear-bf16", "llama", "DoRA, bf16 base and bf16 adapter.", ["o_proj", "up_proj"], "bf16", "bf16", use_dora=True),
    linear("dora-rslora", "qwen2", "DoRA with rsLoRA; biases untouched.", ["q_proj", "v_proj"], "f16", use_dora=True, use_rslora=True),
    linear("dora-embedding", "llama", "DoRA on the input embedding: norms over the vocabulary.", ["embed_tokens"], use_dora=True),
]

INIT = [
    linear("init-gaussian", "llama", "init_lora_weights gaussian leaves the base alone.", ["q_proj"], init_lora_weights="gaussian"),
    linear("init-orthogonal", "llama", "init_lora_weights orthogonal leaves the base alone.", ["q_proj"], init_lora_weights="orthogonal"),
    linear("init-false", "llama", "init_lora_weights false.", ["q_proj"], init_lora_weights=False),
    linear("pissa", "llama", "Unconverted PiSSA: base minus its top-r SVD, plus s B A.", ["q_proj", "up_proj"], init_lora_weights="pissa"),
    linear("olora", "llama", "Unconverted OLoRA: base minus s Q R, plus s B A.", ["q_proj", "up_proj"], init_lora_weights="olora"),
    Case("pissa-converted", "llama", "PiSSA saved as plain LoRA of twice the rank and alpha.", lora(init_lora_weights="pissa"), "bf16", train=by.train_converted),
    Case("pissa-converted-pattern", "llama", "Converted PiSSA with a rank pattern.", lora(init_lora_weights="pissa", rank_pattern={"v_proj": 2}), train=by.train_converted),
    Case("olora-converted", "llama", "OLoRA saved as plain LoRA.", lora(init_lora_weights="olora"), train=by.train_converted),
]

EMBEDDINGS = [
    linear("embedding", "llama", "LoRA on an untied input embedding; the file also holds the base matrix.", ["embed_tokens"], "bf16"),
    linear("embedding-and-head", "qwen2", "LoRA on embedding and head, untied.", ["embed_tokens", "lm_head"], "f16"),
    Case("embedding-lean", "llama", "Embedding LoRA saved without the base matrix.", lora(["embed_tokens"]), save_options={"save_embedding_layers": False}),
    linear("gpt2-embedding", "gpt2", "LoRA on GPT-2's position table (an Embedding that is not tied).", ["wpe"]),
    linear("neox-head-memory", "gpt_neox", "LoRA on the head, spelled lm_head as in transformers 5; the checkpoint says embed_out.", ["lm_head"], "bf16"),
    Case("neox-head-disk", "gpt_neox", "The same, spelled embed_out as in transformers 4.", lora(["lm_head"]), "bf16", label="neox-head-memory", respell=by.respell(by.rename_keys(r"\.lm_head\.", ".embed_out."), by.edit_config(target_modules=["embed_out"]))),
]

# The rows of "tied embeddings" in the specification of adapter merging.
TIED = [
    Case("tied-embed", "llama_tied", "LoRA on the embedding of a tied model: untie, head keeps W.", lora(["embed_tokens"]), truth="forward", config_edits=UNTIED),
    Case("tied-head", "qwen2_tied", "LoRA on the head of a tied model: untie, embedding keeps W.", lora(["lm_head"]), "bf16", truth="forward", config_edits=UNTIED),
    Case("tied-both", "llama_tied", "LoRA on both sides of a tied model, different deltas: untie.", lora(["embed_tokens", "lm_head"]), "bf16", truth="forward", config_edits=UNTIED),
    Case("tied-both-ensured", "qwen2_tied", "ensure_weight_tying: one delta on both sides, once, stays tied.", lora(["embed_tokens", "lm_head"], ensure_weight_tying=True), truth="forward"),
    Case("tied-saved-embed", "llama_tied", "modules_to_save embedding of a tied model: untie, head keeps the old matrix.", lora(modules_to_save=["embed_tokens"]), truth="forward", config_edits=UNTIED),
    Case("tied-saved-both", "qwen2_tied", "modules_to_save embedding and head of a tied model, different: untie.", lora(modules_to_save=["embed_tokens", "lm_head"]), "f16", truth="forward", config_edits=UNTIED),
    Case("tied-saved-ensured", "llama_tied", "modules_to_save with ensure_weight_tying: one matrix, stays tied.", lora(modules_to_save=["embed_tokens", "lm_head"], ensure_weight_tying=True), "bf16", "bf16", truth="forward"),
    Case("tied-tokens", "llama_tied", "trainable_token_indices on a tied model: rows replaced, stays tied.", lora(trainable_token_indices=[3, 90, 7]), "bf16", truth="forward"),
    Case("tied-head-saved", "llama_tied", "modules_to_save head of a tied model: untie, embedding keeps W.", lora(modules_to_save=["lm_head"]), truth="forward", config_edits=UNTIED),
    Case("tied-stored-embed", "llama_tied_stored", "LoRA on the embedding, the checkpoint stores both copies: only one changes, untie.", lora(["embed_tokens"]), truth="forward", config_edits=UNTIED),
    Case("tied-stored-ensured", "llama_tied_stored", "ensure_weight_tying, the checkpoint stores both copies: both change alike.", lora(["embed_tokens", "lm_head"], ensure_weight_tying=True), truth="forward"),
    Case("tied-stored-tokens", "llama_tied_stored", "Trainable tokens, the checkpoint stores both copies: both change alike.", lora(trainable_token_indices=[0, 95]), truth="forward"),
    Case("tied-gemma3-embed", "gemma3", "Gemma 3: LoRA on the scaled embedding; the scale plays no part.", lora(["embed_tokens"]), "bf16", truth="forward", config_edits=UNTIED),
    Case("tied-gpt2-embed", "gpt2", "GPT-2: LoRA on wte, tied to a head that the file does not hold.", lora(["wte"]), truth="forward", config_edits=UNTIED),
    Case("tied-vlm-embed", "gemma3_vlm_tied", "Nested config: LoRA on the text embedding of a tied vision-language model.", lora(["embed_tokens"]), truth="forward", config_edits=UNTIED_VLM),
    Case("tied-vlm-head", "gemma3_vlm_tied", "Nested config: LoRA on the head of a tied vision-language model.", lora(["lm_head"]), "bf16", truth="forward", config_edits=UNTIED_VLM),
]

SAVED = [
    Case("saved-head", "llama", "modules_to_save lm_head, untied.", lora(modules_to_save=["lm_head"]), "bf16", "bf16"),
    Case("saved-embed-and-head", "qwen2", "modules_to_save embedding and head, untied.", lora(["q_proj"], modules_to_save=["embed_tokens", "lm_head"])),
    Case("saved-norm", "llama", "modules_to_save norms.", lora(modules_to_save=["norm", "input_layernorm"]), "f16"),
    Case("saved-norm-with-bias", "gpt2", "modules_to_save of a LayerNorm: weight and bias.", lora(["c_attn"], modules_to_save=["ln_f"]), "bf16"),
    Case("saved-old-names", "llama", "modules_to_save in the old spelling, with original_module copies to ignore.", lora(modules_to_save=["lm_head"]), "bf16", "bf16", label="saved-head", respell=by.old_modules_to_save),
    Case("seq-cls", "llama", "SEQ_CLS with two labels: the score head is added.", lora(task_type="SEQ_CLS"), "bf16", model_class=tf.LlamaForSequenceClassification, drops_head=True, config_edits={"architectures": ["LlamaForSequenceClassification"]}),
    Case("seq-cls-three", "llama", "SEQ_CLS with three labels: id2label must say so, or the head cannot be loaded.", lora(task_type="SEQ_CLS"), model_class=tf.LlamaForSequenceClassification, model_options={"num_labels": 3}, drops_head=True, config_edits={"architectures": ["LlamaForSequenceClassification"], "id2label": {str(i): f"LABEL_{i}" for i in range(3)}}),
]

TOKENS = [
    Case("tokens-list", "llama", "trainable_token_indices list, untied: rows of the embedding only.", lora(trainable_token_indices=[95, 0, 41]), "bf16", "bf16"),
    Case("tokens-dict", "qwen2", "trainable_token_indices dict: different rows of embedding and head, untied.", lora(trainable_token_indices={"embed_tokens": [5, 6], "lm_head": [6, 90, 1]}), "f16"),
    Case("tokens-dict-tied", "qwen2_tied", "trainable_token_indices dict naming the embedding of a tied model: stays tied.", lora(trainable_token_indices={"embed_tokens": [5, 6]}), truth="forward"),
    Case("tokens-tuner", "llama", "TRAINABLE_TOKENS tuner.", lambda: TrainableTokensConfig(token_indices=[2, 64], target_modules=["embed_tokens"]), "bf16"),
    Case("tokens-tuner-tied", "llama_tied", "TRAINABLE_TOKENS tuner on a tied model: stays tied.", lambda: TrainableTokensConfig(token_indices=[2, 64], target_modules=["embed_tokens"]), truth="forward"),
    Case("ln-tuning", "llama", "LN_TUNING of RMS norms.", lambda: LNTuningConfig(target_modules=["input_layernorm", "norm"]), "bf16"),
    Case("ln-tuning-bias", "gpt2", "LN_TUNING of LayerNorms with biases.", lambda: LNTuningConfig(target_modules=["ln_1", "ln_2"])),
]

VOCABULARY = [
    Case("vocab-up", "llama", "96 to 104 rows; the adapter holds the full matrices.", lora(["q_proj"]), "bf16", "bf16", prepare=resize(104), save_options={"save_embedding_layers": True}, config_edits={"vocab_size": 104}),
    Case("vocab-up-tied", "llama_tied", "96 to 104 rows on a tied model; stays tied.", lora(["q_proj"]), prepare=resize(104), save_options={"save_embedding_layers": True}, truth="forward", config_edits={"vocab_size": 104}),
    Case("vocab-up-lora", "llama", "96 to 104 rows with LoRA on embedding and head: base_layer.weight is the W to add to.", lora(["embed_tokens", "lm_head"]), "bf16", prepare=resize(104), config_edits={"vocab_size": 104}),
    Case("vocab-up-saved", "qwen2", "96 to 104 rows through modules_to_save.", lora(["q_proj"], modules_to_save=["embed_tokens", "lm_head"]), "bf16", prepare=resize(104), config_edits={"vocab_size": 104}),
    Case("vocab-down", "llama", "96 to 80 rows; the adapter holds the full matrices.", lora(["q_proj"]), "f16", "f16", prepare=resize(80), save_options={"save_embedding_layers": True}, config_edits={"vocab_size": 80}),
]

MIXTRAL_EXPERT = "model.layers.0.block_sparse_moe.experts."
QWEN3_EXPERT = "model.layers.0.mlp.experts."
HANDMADE = dict(train=by.train_by_hand, merge=by.merge_by_hand, truth="formula")
EXPERTS = [
    Case("mixtral-experts", "mixtral", "Per-expert LoRA in transformers 4 names on two of four experts, by hand.", lora([f"{MIXTRAL_EXPERT}{e}.{w}" for e in (1, 3) for w in ("w1", "w2", "w3")]), "bf16", **HANDMADE),
    Case("mixtral-w1-only", "mixtral", "Per-expert LoRA on w1 alone, by hand (PEFT cannot load it).", lora([f"{MIXTRAL_EXPERT}{e}.w1" for e in range(4)]), **HANDMADE),
    Case("qwen3-moe-experts", "qwen3_moe", "Per-expert and attention LoRA in transformers 4 names, by hand.", lora(["model.layers.0.self_attn.q_proj"] + [f"{QWEN3_EXPERT}{e}.{p}_proj" for e in (0, 3) for p in ("gate", "up", "down")]), "bf16", **HANDMADE),
    Case("qwen3-moe-gate-only", "qwen3_moe", "Per-expert LoRA on gate_proj alone, by hand (PEFT cannot load it).", lora([f"{QWEN3_EXPERT}{e}.gate_proj" for e in (0, 1, 2, 3)]), "f16", **HANDMADE),
    Case("qwen3-moe-all-experts", "qwen3_moe", "Per-expert LoRA on every projection of every expert, by hand; proven with PEFT, which fuses it.", lora([f"{QWEN3_EXPERT}{e}.{p}_proj" for e in range(4) for p in ("gate", "up", "down")], r=2), train=by.train_by_hand, merge=by.merge_by_hand_and_peft, truth="formula"),
    Case("mixtral-all-experts", "mixtral", "Per-expert LoRA on every projection of every expert, by hand; proven with PEFT, which fuses it.", lora([f"{MIXTRAL_EXPERT}{e}.{w}" for e in range(4) for w in ("w1", "w2", "w3")], r=2), "bf16", train=by.train_by_hand, merge=by.merge_by_hand_and_peft, truth="formula"),
]

TRUNK = r".*language_model.*\.(q_proj|v_proj|down_proj)"
TRUNK_LIST = ["down_proj", "q_proj", "v_proj"]
VLM = [
    Case("vlm-memory", "llava", "Text trunk of a VLM, spelled as in transformers 4.52 and later; the vision tower has the same leaf names.", lora(TRUNK), "bf16", label="vlm"),
    Case("vlm-disk", "llava", "The same adapter, spelled as before 4.52 and as on disk.", lora(TRUNK), "bf16", label="vlm", respell=by.rename_keys(r"model\.model\.language_model\.", "model.language_model.model.")),
    Case("vlm-text", "llava", "The same adapter, trained on the text model alone.", lora(TRUNK), "bf16", label="vlm", respell=by.respell(by.rename_keys(r"model\.model\.language_model\.", "model.model."), by.edit_config(target_modules=TRUNK_LIST))),
    Case("vlm-vision", "llava", "The vision tower only, in memory spelling; the text trunk must stay.", lora(r".*vision_tower.*\.(q|v)_proj"), images=True),
    Case("vlm-everywhere", "llava", "q_proj of text trunk and vision tower, and the projector.", lora(["q_proj", "linear_1"]), "f16", images=True),
    Case("vlm-head", "llava", "lm_head of a VLM: on disk language_model.lm_head.", lora(["lm_head"]), "bf16"),
    Case("vlm-gemma3", "gemma3_vlm_tied", "Text trunk of a tied Gemma 3 VLM; stays tied.", lora(TRUNK), "bf16"),
]

PREFIX = r"^base_model\.model\."
SPELLINGS = [
    ("keys-adapter-name", "The adapter name inside the keys.", by.rename_keys(r"(lora_[AB])\.", r"\1.default.")),
    ("keys-other-name", "An adapter name other than default inside the keys.", by.rename_keys(r"(lora_[AB])\.", r"\1.my_task.")),
    ("keys-no-prefix", "Keys without base_model.model.", by.rename_keys(PREFIX, "")),
    ("keys-doubled-prefix", "base_model.model. twice.", by.rename_keys(PREFIX, "base_model.model.base_model.model.")),
    ("keys-orig-mod", "A torch.compile segment in the keys.", by.rename_keys(PREFIX, "base_model.model._orig_mod.")),
    ("keys-fsdp", "FSDP and activation-checkpoint segments in the keys.", by.rename_keys(r"layers\.0\.", "_fsdp_wrapped_module.layers.0._checkpoint_wrapped_module.")),
    ("keys-module", "A leading module. from data parallel training.", by.rename_keys(PREFIX, "module.base_model.model.")),
    ("keys-swift", "ms-swift legacy format: no prefix, adapter name in the keys, additional_config.json.", by.swift_legacy),
    ("adapter-bin", "adapter_model.bin in place of safetensors.", by.to_bin),
]
KEYS = [Case(id, "llama", what, lora(), label="keys", respell=step) for id, what, step in SPELLINGS] + [
    Case("adapter-bin-bf16", "llama", "adapter_model.bin with bf16 tensors.", lora(), "bf16", "bf16", label="keys", respell=by.to_bin),
]

CASES = [
    *LINEAR, *SCALING, *SCALE_OPTIONS, *GPT2, *CONV, *BIAS, *DORA, *INIT, *EMBEDDINGS,
    *TIED, *SAVED, *TOKENS, *VOCABULARY, *EXPERTS, *VLM, *KEYS, *TUNERS,
]
