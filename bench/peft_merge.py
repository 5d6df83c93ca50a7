"""The same merge with PEFT: load, merge_and_unload, save.

    python peft_merge.py BASE ADAPTER OUTPUT
"""
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

base, adapter, output = sys.argv[1:]
torch.set_num_threads(2)
model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16)
model = PeftModel.from_pretrained(model, adapter)
model.merge_and_unload().save_pretrained(output)
