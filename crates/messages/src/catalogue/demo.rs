//! Words around the demo.

messages! {
    WHAT = "D101" Note,
        "weldlm welds an adapter into its base model: two folders become one ordinary model folder, with a receipt that says what was done and how it was checked.",
        "weldlm 把适配器焊接到基座模型上：两个文件夹变成一个普通的模型文件夹，并附有收据，说明做了什么、如何校验。";
    PAIR = "D102" Note,
        "Such a pair was just made in {dir}: base/ is a small Llama-shaped model with random weights ({base}), adapter/ is a LoRA for it as PEFT saves one ({adapter}).",
        "刚刚在 {dir} 中生成了这样一对：base/ 是一个随机权重的小型 Llama 结构模型（{base}），adapter/ 是它的 LoRA 适配器，格式与 PEFT 保存的相同（{adapter}）。";
    NOW = "D103" Note,
        "Now both are merged into merged/: planned first, then written, read back from the disk and checked against the inputs. The receipt:",
        "现在把两者合并到 merged/：先做计划，再写入，然后从磁盘读回并与输入核对。收据如下：";
    NEXT = "D104" Note,
        "Try next (no GPU, no Python, no network needed):",
        "接下来可以试试（不需要 GPU、Python 或网络）：";
    TRY_INSPECT = "D105" Note,
        "what the adapter holds, and whether it fits the base",
        "适配器里有什么，是否适合该基座";
    TRY_VERIFY = "D106" Note,
        "check the result later, or elsewhere: against its receipt, and computed again from the inputs",
        "以后或在别处检查结果：核对收据，并根据输入重新计算";
    TRY_MERGE = "D107" Note,
        "another merge, in float16, as a plan; without --dry-run it is carried out",
        "再做一次 float16 合并，只显示计划；去掉 --dry-run 即可执行";
    TRY_OWN = "D108" Note,
        "the same for a model and an adapter of your own",
        "对你自己的模型和适配器做同样的事";
    NOT_A_DEMO = "D111" Refused,
        "{path} is there already and is not a demo of weldlm",
        "{path} 已存在，且不是 weldlm 的演示文件夹",
        hint "name a folder that does not exist yet or is empty", "请指定一个尚不存在或为空的文件夹";
}
