"""Makes a model of a given shape with random bf16 weights, and a LoRA adapter (r = 16, all linear layers).

    python make_model.py 1.1B DIR        # DIR/base and DIR/adapter; shapes below
Needs numpy only. The values are random, so the model says nothing; size, shapes and file layout are real.
"""
import json
import os
import struct
import sys

import numpy as np

SHAPES = {  # hidden, intermediate, layers, heads, key/value heads, vocabulary, shards
    "tiny": (256, 704, 4, 4, 2, 4096, 2),
    "0.5B": (1024, 2816, 24, 16, 16, 32000, 1),
    "1.1B": (2048, 5632, 22, 32, 4, 32000, 1),
    "6B": (4096, 11008, 32, 32, 4, 64000, 3),
}
RANK = 16


def bf16(values):
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")


def write(path, tensors, dtype):
    """tensors: list of (name, shape, function that gives the values); written one at a time."""
    size = {"BF16": 2, "F32": 4}[dtype]
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, shape, _ in tensors:
        end = at + int(np.prod(shape)) * size
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for _, shape, values in tensors:
            data = values(shape)
            (bf16(data) if dtype == "BF16" else data.astype("<f4")).tofile(f)


def main():
    shape, out = sys.argv[1], sys.argv[2]
    hidden, inner, layers, heads, kv_heads, vocab, shards = SHAPES[shape]
    rng = np.random.default_rng(0)
    normal = lambda std: lambda s: rng.standard_normal(s, dtype=np.float32) * np.float32(std)
    ones = lambda s: np.ones(s, dtype=np.float32)
    kv = hidden // heads * kv_heads
    linears = {
        "self_attn.q_proj": [hidden, hidden], "self_attn.k_proj": [kv, hidden], "self_attn.v_proj": [kv, hidden],
        "self_attn.o_proj": [hidden, hidden], "mlp.gate_proj": [inner, hidden], "mlp.up_proj": [inner, hidden],
        "mlp.down_proj": [hidden, inner],
    }
    base, adapter = [("model.embed_tokens.weight", [vocab, hidden], normal(0.02))], []
    for i in range(layers):
        for name, (rows, columns) in linears.items():
            path = f"model.layers.{i}.{name}"
            base.append((f"{path}.weight", [rows, columns], normal(0.02)))
            adapter.append((f"base_model.model.{path}.lora_A.weight", [RANK, columns], normal(0.02)))
            adapter.append((f"base_model.model.{path}.lora_B.weight", [rows, RANK], normal(0.01)))
        base.append((f"model.layers.{i}.input_layernorm.weight", [hidden], ones))
        base.append((f"model.layers.{i}.post_attention_layernorm.weight", [hidden], ones))
    base += [("model.norm.weight", [hidden], ones), ("lm_head.weight", [vocab, hidden], normal(0.02))]

    os.makedirs(f"{out}/base", exist_ok=True)
    os.makedirs(f"{out}/adapter", exist_ok=True)
    per = -(-len(base) // shards)
    parts = [base[i * per:(i + 1) * per] for i in range(shards)]
    names = ["model.safetensors"] if shards == 1 else [f"model-{i + 1:05}-of-{shards:05}.safetensors" for i in range(shards)]
    for name, part in zip(names, parts):
        write(f"{out}/base/{name}", part, "BF16")
    if shards > 1:
        total = sum(int(np.prod(s)) * 2 for _, s, _ in base)
        weight_map = {t[0]: name for name, part in zip(names, parts) for t in part}
        with open(f"{out}/base/model.safetensors.index.json", "w") as f:
            json.dump({"metadata": {"total_size": total}, "weight_map": weight_map}, f)
    write(f"{out}/adapter/adapter_model.safetensors", adapter, "F32")
    with open(f"{out}/base/config.json", "w") as f:
        json.dump({
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
            "hidden_size": hidden, "intermediate_size": inner, "num_hidden_layers": layers,
            "num_attention_heads": heads, "num_key_value_heads": kv_heads, "vocab_size": vocab,
            "max_position_embeddings": 2048, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
            "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2,
        }, f, indent=2)
    with open(f"{out}/adapter/adapter_config.json", "w") as f:
        json.dump({
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": None, "r": RANK, "lora_alpha": 32,
            "lora_dropout": 0.0, "bias": "none", "fan_in_fan_out": False, "inference_mode": True,
            "target_modules": sorted(n.split(".")[1] for n in linears),
        }, f, indent=2)
    print(out, sum(int(np.prod(s)) for _, s, _ in base) / 1e9, "B parameters")


main()
