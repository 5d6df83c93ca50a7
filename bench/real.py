"""Proves weldlm on a real model and a real adapter against transformers and PEFT.

    python real.py WELDLM_BINARY BASE_DIR ADAPTER_DIR

Prompts and held-out answers are those of heldout.jsonl beside the adapter, if it is there. Needs torch, transformers,
peft, and memory for three copies of the model in f32. Prints a line per check; exit code 1 if one fails.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

LOGITS_APART = 1e-4  # largest difference allowed between f32 models that should be the same
PROMPTS = 4  # continued greedily
NEW_TOKENS = 32
ANSWERS = 24  # held-out answers whose loss is taken
RECEIPT = "weldlm.json"  # names the paths of its run, so two runs differ in it
failed = []


def check(what, ok, measured="-"):
    print(f"{'ok  ' if ok else 'FAIL'}  {what}: {measured}", flush=True)
    failed.extend([] if ok else [what])


def weldlm(binary, *arguments):
    done = subprocess.run([binary, "merge", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"weldlm merge {' '.join(map(str, arguments))}\nended with {done.returncode}\n{done.stderr}")


def merge(binary, base, adapter, output, *options):
    weldlm(binary, "--base", base, "--adapter", adapter, "--output", output, *options)
    return output


def merge_by_request(binary, base, adapter, output):
    """The same merge as a JSON body."""
    request = output.with_suffix(".json")
    paths = {"base_model_path": base, "adapter_path": adapter, "output_path": output, "tokenizer_path": base}
    request.write_text(json.dumps({k: str(v) for k, v in paths.items()} | {"safe_merge": False, "dtype": "bf16"}))
    weldlm(binary, "--config", request)
    return output


def load(folder, dtype, adapter=None):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    return (PeftModel.from_pretrained(model, adapter) if adapter else model).eval()


def files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != RECEIPT}


def conversations(adapter):
    path = adapter / "heldout.jsonl"
    example = json.dumps({"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi!"}]})
    return [json.loads(line)["messages"] for line in (path.read_text() if path.exists() else example).splitlines()]


def prompt_ids(tokenizer, messages):
    return torch.tensor([tokenizer.apply_chat_template(messages[:1], add_generation_prompt=True, return_dict=False)])


@torch.no_grad()
def loss(model, tokenizer, talks):
    """Mean loss over the tokens of the answers."""
    total, count = 0.0, 0
    for talk in talks:
        ask = prompt_ids(tokenizer, talk)
        answer = tokenizer(talk[1]["content"], return_tensors="pt", add_special_tokens=False).input_ids
        said = model(input_ids=torch.cat([ask, answer], 1)).logits[0, ask.shape[1] - 1 : -1]
        total += torch.nn.functional.cross_entropy(said.float(), answer[0], reduction="sum").item()
        count += answer.shape[1]
    return total / count


@torch.no_grad()
def compare_models(base, adapter, merged, talks):
    tokenizer = AutoTokenizer.from_pretrained(merged)
    different = {talk[0]["content"]: talk for talk in talks}.values()
    prompts = [prompt_ids(tokenizer, talk) for talk in different][:PROMPTS]
    models = load(base, torch.float32), load(base, torch.float32, adapter), load(merged, torch.float32)
    plain, tuned, ours = models
    apart = max((ours(p).logits - tuned(input_ids=p).logits).abs().max().item() for p in prompts)
    effect = max((ours(p).logits - plain(p).logits).abs().max().item() for p in prompts)
    check("f32 logits equal those of the unmerged adapter", apart <= LOGITS_APART, f"max |diff| {apart:.1e}")
    check("the adapter has an effect at all", effect > 1e-2, f"max |merged - base| {effect:.2f}")
    how = {"max_new_tokens": NEW_TOKENS, "do_sample": False}
    said = [[m.generate(input_ids=p, attention_mask=p > -1, **how)[0, p.shape[1] :] for p in prompts] for m in models]
    texts = [[tokenizer.decode(s) for s in each] for each in said]
    check("greedy text equals that of the unmerged adapter", texts[1] == texts[2], f"{len(prompts)} prompts")
    for before, after in zip(texts[0], texts[2], strict=True):
        print(f"        base    {before!r}\n        merged  {after!r}")
    losses = [loss(m, tokenizer, talks[:ANSWERS]) for m in models]
    check("held-out loss falls", losses[2] < losses[0], "base {:.4f}, unmerged {:.4f}, merged {:.4f}".format(*losses))


def compare_weights(base, adapter, merged):
    """Each bf16 element against PEFT's: one rounding apart means next to each other among the bf16 numbers."""
    want = load(base, torch.bfloat16, adapter).merge_and_unload().state_dict()
    got, before = load(merged, torch.bfloat16).state_dict(), load(base, torch.bfloat16).state_dict()
    check("the merged model has PEFT's tensors", want.keys() == got.keys(), f"{len(got)} tensors")
    steps = [(ordered(want[k]) - ordered(got[k])).abs() for k in want]
    other, worst = sum((s > 0).sum().item() for s in steps), max(s.max().item() for s in steps)
    changed = sum(not torch.equal(got[k], before[k]) for k in got)
    measured = f"{other} of {sum(s.numel() for s in steps)} elements differ, {changed} tensors changed"
    check("bf16 weights are PEFT's within one rounding", worst <= 1, measured)


def ordered(values):
    """Integers in the order of the bf16 numbers."""
    bits = values.to(torch.bfloat16).view(torch.int16).int()
    return torch.where(bits < 0, -(bits & 0x7FFF), bits)


def compare_torch_format(torch_folder, safetensors_folder):
    loaded = torch.load(torch_folder / "pytorch_model.bin", weights_only=True)
    stored = load_file(safetensors_folder / "model.safetensors")
    same = loaded.keys() == stored.keys() and all(torch.equal(loaded[k], stored[k]) for k in stored)
    check("torch.load(weights_only=True) gives the same tensors", same, f"{len(loaded)} tensors")
    a, b = (load(folder, torch.bfloat16).state_dict() for folder in (torch_folder, safetensors_folder))
    check("from_pretrained of both formats gives the same model", all(torch.equal(a[k], b[k]) for k in a | b))


def main():
    binary, base, adapter = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        bf16 = merge(binary, base, adapter, scratch / "flags", "--dtype", "bf16", "--tokenizer", base)
        request = merge_by_request(binary, base, adapter, scratch / "request")
        check("flags and JSON request give the same bytes", files(bf16) == files(request), f"{len(files(bf16))} files")
        f32 = merge(binary, base, adapter, scratch / "f32", "--dtype", "f32")
        compare_models(base, adapter, f32, conversations(adapter))
        compare_weights(base, adapter, bf16)
        compare_torch_format(merge(binary, base, adapter, scratch / "torch", "--safe-serialization", "false"), bf16)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
