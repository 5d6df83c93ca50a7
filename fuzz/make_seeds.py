#!/usr/bin/env python3
"""Writes seeds/ from the golden files of crates/testkit: small inputs that are right, for the fuzzer to damage.

Run it anywhere with Python 3.9 or later; it needs nothing else. The same files come out each time.
"""

import json
import math
import pathlib
import shutil
import struct
import zipfile

HERE = pathlib.Path(__file__).parent
GOLDEN = HERE.parent / "crates/testkit/golden"
BYTES_MAX = 6000


def compact(path):
    return json.dumps(json.loads(path.read_text()), separators=(",", ":")).encode()


def header(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length])


def emptied(path):
    """The file with every tensor cut to one row of at most four columns."""
    head, data, cut = header(path), b"", {}
    sizes = {"F32": 4, "F16": 2, "BF16": 2, "I8": 1, "I64": 8}
    for name, tensor in head.items():
        if name == "__metadata__":
            cut[name] = tensor
            continue
        shape = [1] * (len(tensor["shape"]) - 1) + [min(tensor["shape"][-1], 4)]
        begin = len(data)
        data += bytes(shape[-1] * sizes[tensor["dtype"]])
        cut[name] = {"dtype": tensor["dtype"], "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(cut, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def ones(shapes):
    """A safetensors file of ones."""
    head, data = {}, b""
    for name, shape in shapes.items():
        begin = len(data)
        data += struct.pack("<f", 1) * math.prod(shape)
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(head, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def names(adapter):
    """A line of config, then a line for each tensor: what the target adapter_names reads."""
    head = header(adapter / "adapter_model.safetensors")
    lines = [f"{n} {t['dtype']} {','.join(map(str, t['shape']))}" for n, t in head.items() if n != "__metadata__"]
    return compact(adapter / "adapter_config.json") + b"\n" + "\n".join(lines).encode()


def distinct(paths, read):
    """Inputs by name of their case, each content once, the large ones left out."""
    found = {}
    for path in sorted(paths):
        data = read(path)
        if len(data) <= BYTES_MAX and data not in found.values():
            case = path if path.is_dir() else path.parent
            found[f"{case.parent.name}-{case.name}"] = data
    return found


def requests():
    return {
        "article.json": b'{"base_model_path":"b","adapter_path":"a","output_path":"o","safe_merge":true,"dtype":"fp16","tokenizer_path":"t","module_mapping":{"a.b":"c"}}',
        "export.json": b'{"input_path":"i","export_format":["hf"],"output_path":"o","push_to_hub":false,"repo_id":"","include_tokenizer":true,"trust_remote_code":false}',
        "merge.yaml": b'base_model_path: b\nadapter_path: [a, "c::x"]\nscale: [0.5, -2]\noutput_path: o\nmax_shard_size: 5GB\nsafe_serialization: both\nif_exists: resume\nverify: none\nthreads: 4\n',
        "anchors.yaml": b"a: &a [1, 2]\nb: {c: *a, <<: {d: e}}\nbits: 4\n",
        "later.json": b'{"input_path":"i","export_format":"gguf:q4_k_m","output_path":"o","bits":4,"group_size":128,"desc_act":true}',
    }


def indexes():
    index = {"metadata": {"total_size": 32}, "weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}
    out = index | {"weight_map": {"z": "../secret.safetensors"}}
    return {"good.json": json.dumps(index).encode(), "out.json": json.dumps(out).encode()}


def receipts():
    file = {"name": "model.safetensors", "bytes": 121, "blake3": "00"}
    tensor = {"name": "x", "file": "model.safetensors", "dtype": "F32", "shape": [2, 3], "blake3": "00"}
    adapter = {"name": "a", "scale": 0.30000000000000004, "files": [file], "groups": []}
    options = {"dtype": "keep", "safe_merge": False, "module_mapping": {"a": "b"}, "weights": "both", "max_shard_size": 5}
    receipt = {
        "weldlm": "0.1.0", "schema": 1, "task": "merge", "state": "complete", "request_blake3": "00",
        "options": options, "base": {"name": "b", "files": [file]}, "adapters": [adapter],
        "counts": {"tensors": 1}, "files": [file], "tensors": [tensor],
    }
    out = receipt | {"files": [file | {"name": "../secret", "bytes": 38}]}
    return {"good.json": json.dumps(receipt).encode(), "out.json": json.dumps(out).encode()}


def plans():
    """Which file, which options, and the file: see fuzz_targets/plan.rs."""
    tied = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "tie_word_embeddings": True, "vocab_size": 6, "torch_dtype": "float32"}
    nested = {"model_type": "llava", "text_config": {"model_type": "llama", "tie_word_embeddings": True, "dtype": "float32"}}
    lora = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"], "use_rslora": True}
    token = {"model": {"vocab": {"a": 0, "b": 5}}, "added_tokens": [{"id": 9, "content": "<x>"}]}
    files = [(0, tied), (0, nested), (1, lora), (4, token), (5, {"chat_template": "x"}), (7, [{"path": "1_Dense"}]), (8, {"<y>": 7})]
    q, e = "base_model.model.model.layers.0.self_attn.q_proj.", "base_model.model.model.embed_tokens."
    tensors = [
        {q + "lora_A.weight": [2, 4], q + "lora_B.weight": [4, 2], q + "lora_B.bias": [4], "base_model.model.score.weight": [2, 4]},
        {q + "lora_A.weight": [2, 4], q + "lora_B.weight": [4, 2], q + "lora_magnitude_vector": [4], e + "base_layer.weight": [7, 4]},
        {"base_model.model.lm_head.weight": [6, 4], e + "token_adapter.trainable_tokens_delta": [2, 4]},
        {"base_model.model.lm_head.weight": [8, 4], e + "weight": [8, 4], "model.norm.ln_tuning_layers.weight": [4]},
        {"base_model.model.lm_head.lora_A.weight": [2, 4], "base_model.model.lm_head.lora_B.weight": [6, 2]},
    ]
    weights = {f"weights-{i}": bytes([2, 9 * i % 64]) + ones(t) for i, t in enumerate(tensors)}
    made = weights | {f"{i}": bytes([which, 7 * i % 64]) + json.dumps(content).encode() for i, (which, content) in enumerate(files)}
    return made | {"card": b"\x06\x00---\nlicense: other\nlanguage:\n- en\n---\ntext\n"}


def looks():
    """The same without the byte for the options."""
    return {name: data[:1] + data[2:] for name, data in plans().items()}


def main():
    cases, refusals = GOLDEN / "cases", GOLDEN / "refusals"
    adapters = [p for p in [*cases.glob("*/adapter*"), *refusals.glob("*/adapter*")] if p.is_dir()]
    configs = [p / "adapter_config.json" for p in adapters if (p / "adapter_config.json").is_file()]
    good = [p for p in cases.glob("*/adapter") if (p / "adapter_model.safetensors").is_file()]
    pickles = [p / "adapter_model.bin" for p in adapters if (p / "adapter_model.bin").is_file()]
    unzip = lambda path: next(z.read(n) for z in [zipfile.ZipFile(path)] for n in z.namelist() if n.endswith("data.pkl"))
    json_only = lambda path: compact(path) if "broken" not in str(path) else path.read_bytes()
    few = [p / "adapter_model.safetensors" for p in sorted(good)[::8]]
    seeds = {
        "safetensors": distinct(few, emptied),
        "torch": distinct(pickles, pathlib.Path.read_bytes),
        "pickle": distinct(pickles, unzip),
        "adapter_config": distinct(sorted(configs)[::3], json_only),
        "adapter_names": distinct(sorted(good)[::5], names),
        "model_config": distinct((GOLDEN / "bases").glob("*/config.json"), compact),
        "index": indexes(), "request": requests(), "receipt": receipts(), "plan": plans(), "look": looks(),
    }
    shutil.rmtree(HERE / "seeds", ignore_errors=True)
    for target, files in seeds.items():
        (HERE / "seeds" / target).mkdir(parents=True)
        for name, data in files.items():
            (HERE / "seeds" / target / name).write_bytes(data)
        print(f"{target}: {len(files)} files, {sum(map(len, files.values()))} bytes")


main()
