//! The merge itself.

messages! {
    NOT_FINITE = "M101" Failed,
        "{tensor}: {count} values are NaN or infinite after the merge, the first at index {index} ({value})",
        "{tensor}：合并后有 {count} 个 NaN 或无穷大，第一个位于下标 {index}（{value}）",
        hint "nothing was published; {cause}", "未发布任何结果；{cause}";
    OVERFLOW = "M102" Failed,
        "{tensor}: {count} values do not fit into {dtype}, the largest is {value}",
        "{tensor}：有 {count} 个值超出 {dtype} 的范围，最大为 {value}",
        hint "nothing was published; use --dtype bf16 or f32", "未发布任何结果；请使用 --dtype bf16 或 f32";
    CHANGES_NOTHING = "M103" Failed,
        "the merge changed nothing: the result would equal the base",
        "合并没有改变任何内容：结果与基座相同",
        hint "{cause}", "{cause}";
    QUANTISED_BASE = "M104" Refused,
        "the base is quantised ({method}); merging into it needs a choice that this version does not offer yet",
        "基座已量化（{method}）；合并需要做出选择，而此版本尚不支持",
        hint "a later version offers: the original 16-bit base, dequantise then merge, or merge and quantise again. Today: give the 16-bit base that it was made from",
             "后续版本将提供：使用原始 16 位基座、先反量化再合并、合并后重新量化。目前请给出它的 16 位原始基座";
    UNSUPPORTED_DTYPE = "M105" Refused,
        "{tensor} has dtype {dtype}, which cannot be merged into",
        "{tensor} 的类型为 {dtype}，无法合并";
    UNTIED = "M106" Warning,
        "the adapter changes {changed} but not the same way its tied partner; the tie is undone so that the model computes the same function, and the result grows by {bytes}",
        "适配器修改了 {changed}，但与其绑定的另一侧不同；为保持模型函数不变已解除绑定，结果增大 {bytes}";
    VOCAB_RESIZED = "M108" Warning,
        "the vocabulary changes from {from} to {to} rows",
        "词表从 {from} 行变为 {to} 行";
    VOCAB_SPLIT = "M109" Refused,
        "the adapter brings {brings} with {rows} rows, but {lacks} keeps {kept}: the two must agree",
        "适配器带来 {rows} 行的 {brings}，而 {lacks} 仍为 {kept} 行：二者必须一致",
        hint "the resized matrix of the other side was not saved with the adapter", "另一侧扩展后的矩阵没有随适配器保存";
    TOKENIZER_TOO_LARGE = "M110" Warning,
        "the tokenizer in {path} has {tokens} tokens, the embedding {rows} rows; the base's tokenizer is kept",
        "{path} 的分词器有 {tokens} 个 token，词嵌入只有 {rows} 行；保留基座的分词器";
    TOKENIZER_REFUSED = "M111" Refused,
        "the tokenizer in {path} has {tokens} tokens, the embedding only {rows} rows",
        "{path} 的分词器有 {tokens} 个 token，而词嵌入只有 {rows} 行";
    NO_TOKENIZER = "M112" Refused,
        "{path} holds no tokenizer files",
        "{path} 中没有分词器文件";
    TOKENIZER_FROM_ADAPTER = "M113" Note,
        "the tokenizer comes from the adapter's folder",
        "分词器取自适配器文件夹";
    F16_RISK = "M114" Warning,
        "{from} to f16 can overflow; a value that does not fit stops the run",
        "{from} 转为 f16 可能溢出；若有值超出范围，任务会停止";
    NEW_TENSOR = "M115" Warning,
        "{tensor} is not in the base and is added from the adapter",
        "基座中没有 {tensor}，已从适配器添加";
    SKIPPED = "M116" Warning,
        "skipped {module}: {reason}",
        "已跳过 {module}:{reason}";
    VETO = "M117" Refused,
        "the command given with --on-event vetoed the merge: {reason}",
        "--on-event 指定的命令否决了合并：{reason}";
    CALLBACK_FAILED = "M118" Refused,
        "the command given with --on-event could not be started: {reason}",
        "无法启动 --on-event 指定的命令：{reason}";
    CALLBACK_SILENT = "M119" Warning,
        "the command given with --on-event did not answer the plan within {seconds} s; the merge goes on",
        "--on-event 指定的命令在 {seconds} 秒内没有答复计划；合并继续";
    ADAPTER_IN_CHECKPOINT = "M120" Refused,
        "{path} has adapter tensors inside the model itself, the first is {tensor}",
        "{path} 的模型内含适配器张量，第一个是 {tensor}",
        hint "it was saved without merging; give its base with the adapter's own folder instead", "它在保存时没有合并；请改为给出基座和适配器文件夹";
    DROPPED = "M121" Warning,
        "{tensor} is a training leftover ({kind}) and is left out",
        "{tensor} 是训练残留（{kind}），已略去";
    RENAMED = "M122" Warning,
        "{count} tensors are stored under their clean names ({example})",
        "{count} 个张量以规范名称保存（{example}）";
    TIED_ENCODER_DECODER = "M123" Refused,
        "{tensor} is shared by encoder, decoder and head; changing it for one of them only is not supported",
        "{tensor} 由编码器、解码器和输出头共享；不支持只修改其中之一",
        hint "serve the base together with the adapter, or train an adapter that leaves the shared embedding alone",
             "请将基座与适配器一起部署，或训练不修改共享词嵌入的适配器";
    EXPORT_NEEDS_BASE = "M124" Refused,
        "{path} is an adapter, not a model",
        "{path} 是适配器，而不是模型",
        hint "export it together with its base: --input BASE --adapter {path}", "请与基座一起导出：--input 基座 --adapter {path}";
    LOST_TO_ROUNDING = "M125" Warning,
        "{percent} % of the changed values round back to the base value in {dtype}; --dtype f32 keeps them",
        "{percent} % 的改动在 {dtype} 下舍入回基座的值；--dtype f32 可以保留";
    CAUSE_ADAPTER = "M127" Note,
        "the base is finite, so the adapter's update makes them (an overflow, or DoRA on a row of zeros)",
        "基座数值正常，因此由适配器的更新引起（溢出，或 DoRA 遇到全零行）";
    CAUSE_BASE = "M128" Note,
        "the base tensor itself holds {count} such values",
        "基座张量本身就有 {count} 个此类值";
    CAUSE_ROUNDING = "M129" Note,
        "every delta is lost to rounding in the stored dtype; use --dtype f32",
        "所有增量在存储精度下都被舍入掉；请使用 --dtype f32";
    CAUSE_SAME = "M130" Note,
        "every delta is zero and every replaced tensor equals the base",
        "所有增量为零，且被替换的张量与基座相同";
    WORKER_DIED = "M131" Unexpected,
        "a worker thread stopped unexpectedly: {reason}",
        "工作线程意外终止：{reason}";
    HEAD_UNKNOWN = "M107" Refused,
        "the adapter changes {tensor} but not the output head that is tied to it, and weldlm does not know under which name this family stores the head",
        "适配器修改了 {tensor}，但没有修改与其绑定的输出头，而 weldlm 不知道该系列模型以何名称存储输出头",
        hint "serve the base together with the adapter, or train an adapter that leaves the embedding alone",
             "请将基座与适配器一起部署，或训练不修改词嵌入的适配器";
    SWAPPED = "M132" Refused,
        "{base}, given as the base, is an adapter; the two seem to be exchanged",
        "作为基座给出的 {base} 是一个适配器；两者似乎给反了",
        hint "--base takes the model, --adapter the adapter", "--base 应为模型，--adapter 应为适配器";
}
