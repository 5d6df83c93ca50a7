//! Results that do not pass their checks.

messages! {
    HASH_DIFFERS = "V101" Failed,
        "{file}: tensor {tensor} is not what was written (checksum {found}, expected {expected})",
        "{file}：张量 {tensor} 与写入内容不符（校验和 {found}，应为 {expected}）",
        hint "the disk or memory altered it; run again with --if-exists replace", "磁盘或内存改变了它；请用 --if-exists replace 重新运行";
    FILE_DIFFERS = "V102" Failed,
        "{file} was changed after it was written (blake3 {found}, expected {expected})",
        "{file} 在写入后被修改（blake3 {found}，应为 {expected}）";
    FILE_MISSING = "V103" Failed,
        "{file} is missing",
        "缺少 {file}";
    FILE_EXTRA = "V104" Failed,
        "{file} holds weights that the receipt does not know",
        "{file} 含有收据中没有的权重";
    NO_RECEIPT = "V105" Refused,
        "{path} has no weldlm.json: it was not made by weldlm, or its receipt was removed",
        "{path} 没有 weldlm.json：它不是由 weldlm 生成，或收据已被删除";
    BAD_RECEIPT = "V106" Failed,
        "weldlm.json in {path} is damaged or was edited: {reason}",
        "{path} 的 weldlm.json 已损坏或被修改：{reason}";
    VALUE_DIFFERS = "V107" Failed,
        "{tensor}[{index}] is {found}, recomputed from the inputs it must be {expected}",
        "{tensor}[{index}] 为 {found}，由输入重新计算应为 {expected}",
        hint "this is a fault of weldlm or of the machine; nothing was published", "这是 weldlm 或机器的故障；未发布任何结果";
    HEADER_DIFFERS = "V108" Failed,
        "{file}: tensor {tensor} is stored as {found}, the plan says {expected}",
        "{file}：张量 {tensor} 存储为 {found}，而计划为 {expected}";
    INPUT_DIFFERS = "V109" Failed,
        "{file} is not the input that the receipt names (blake3 {found}, expected {expected})",
        "{file} 不是收据所列的输入（blake3 {found}，应为 {expected}）";
    SIZE_DIFFERS = "V110" Failed,
        "{file} has {found} bytes, the receipt says {expected}",
        "{file} 有 {found} 字节，而收据为 {expected}";
    NOT_FINITE = "V111" Failed,
        "{file}: tensor {tensor} holds {count} values that are NaN or infinite",
        "{file}：张量 {tensor} 有 {count} 个 NaN 或无穷大";
    INTACT = "V112" Note,
        "{path} is intact: {files} files, {tensors} tensors",
        "{path} 完整无损：{files} 个文件，{tensors} 个张量";
    REBUILT = "V113" Note,
        "recomputed from the inputs: all {tensors} tensors are the same",
        "由输入重新计算：全部 {tensors} 个张量一致";
    PROBLEMS = "V114" Failed,
        "{count} problems were found in {path}",
        "在 {path} 中发现 {count} 个问题";
    OTHER_ADAPTER_COUNT = "V115" Usage,
        "the receipt names {known} adapters, {given} were given",
        "收据列出 {known} 个适配器，但给出了 {given} 个",
        hint "give one --adapter for each, in the order of the merge", "请按合并顺序为每个适配器给出一个 --adapter";
    REBUILT_DIFFERS = "V116" Failed,
        "{tensor}, recomputed from the inputs, has the checksum {found}; the receipt says {expected}",
        "由输入重新计算的 {tensor} 的校验和为 {found}；收据为 {expected}";
    OTHER_INPUT_COUNT = "V117" Failed,
        "the base given has {found} weight files, the receipt names {expected}",
        "给出的基座有 {found} 个权重文件，而收据列出 {expected} 个";
}
