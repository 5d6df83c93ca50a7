//! Adapter files: what they are and why some are refused.

messages! {
    NO_ADAPTER = "A101" Refused,
        "{path} holds no adapter: {missing} is not there",
        "{path} 中没有适配器：缺少 {missing}",
        hint "an adapter folder has adapter_config.json and adapter_model.safetensors (or .bin)",
             "适配器文件夹应包含 adapter_config.json 和 adapter_model.safetensors（或 .bin）";
    UNKNOWN_TYPE = "A102" Refused,
        "adapters of type {peft_type} are not supported: {reason}",
        "不支持 {peft_type} 类型的适配器：{reason}",
        hint "{remedy}", "{remedy}";
    VARIANT_REFUSED = "A103" Refused,
        "the adapter uses {what}: {reason}",
        "适配器使用了 {what}:{reason}",
        hint "{remedy}", "{remedy}";
    FOREIGN_FORMAT = "A104" Refused,
        "{file} is an adapter in the format of {family}, not of PEFT",
        "{file} 是 {family} 格式的适配器，而不是 PEFT 格式",
        hint "{remedy}", "{remedy}";
    HALF_MISSING = "A105" Refused,
        "{module} has {present} but no {missing}",
        "{module} 有 {present} 但没有 {missing}",
        hint "the adapter file is incomplete; save or fetch it again", "适配器文件不完整，请重新保存或获取";
    RANK_MISMATCH = "A106" Refused,
        "{module}: the config says rank {expected}, {tensor} has rank {found}",
        "{module}：配置中的秩为 {expected}，而 {tensor} 的秩为 {found}",
        hint "adapter_config.json and the weights are not of the same adapter", "adapter_config.json 与权重不属于同一个适配器";
    FACTORS_DISAGREE = "A107" Refused,
        "{module}: {first} and {second} do not multiply",
        "{module}:{first} 与 {second} 无法相乘";
    NOT_FINITE = "A108" Refused,
        "adapter tensor {tensor} has {count} values that are NaN or infinite, the first at index {index}",
        "适配器张量 {tensor} 有 {count} 个 NaN 或无穷大，第一个位于下标 {index}",
        hint "the training diverged; use an earlier checkpoint", "训练已发散，请使用更早的检查点";
    CHANGES_NOTHING = "A109" Refused,
        "the adapter changes nothing: every delta is zero",
        "适配器不会改变任何内容：所有增量都为零",
        hint "it was saved before training, or its weights were lost on the way (lora_B is all zero), or its scale or lora_alpha is 0",
             "它在训练前就被保存，或权重在途中丢失（lora_B 全为零），或其 scale、lora_alpha 为 0";
    EMPTY = "A110" Refused,
        "{file} holds no tensors",
        "{file} 中没有任何张量";
    BAD_CONFIG = "A111" Refused,
        "{file}: {key} is {found}, expected {expected}",
        "{file}:{key} 为 {found}，应为 {expected}";
    NO_PEFT_TYPE = "A112" Refused,
        "{file} has no peft_type",
        "{file} 中没有 peft_type",
        hint "it is not the adapter_config.json of a PEFT adapter", "它不是 PEFT 适配器的 adapter_config.json";
    BAD_PATTERN = "A113" Refused,
        "{key} in {file} is not a regular expression: '{pattern}' ({reason})",
        "{file} 中的 {key} 不是有效的正则表达式：“{pattern}”({reason})";
    ALPHA_KEYS_DISAGREE = "A114" Warning,
        "several alpha_pattern keys match {module} with different values; the first in the file, '{used}', is used",
        "多个 alpha_pattern 键以不同的值匹配 {module}；采用文件中的第一个 “{used}”";
    BIASES_LOST = "A115" Warning,
        "the config says bias: {bias}, but the file has no biases; PEFT up to 0.20.0 does not save them for lora_only",
        "配置中 bias: {bias}，但文件中没有偏置；PEFT 0.20.0 及更早版本在 lora_only 时不会保存",
        hint "the trained biases are lost; save the adapter again with a newer PEFT if the training run still exists",
             "训练得到的偏置已丢失；若训练仍在，请用更新的 PEFT 重新保存";
    LORA_BIAS_IGNORED = "A116" Warning,
        "{module} has a lora_B.bias although lora_bias is false in the config; PEFT ignores it, and so does weldlm",
        "{module} 含有 lora_B.bias，但配置中 lora_bias 为 false；PEFT 会忽略它，weldlm 亦然";
    NO_BIAS_IN_BASE = "A117" Refused,
        "{module} brings a bias, but the base has no {tensor}",
        "{module} 带有偏置，但基座中没有 {tensor}";
    TOKEN_OUT_OF_RANGE = "A118" Refused,
        "trainable token {token} of {module} is out of range: the embedding has {rows} rows",
        "{module} 的可训练 token {token} 越界：词嵌入只有 {rows} 行",
        hint "the vocabulary was resized in training; its full embedding matrix is not in the adapter", "训练时词表被扩展，而完整词嵌入不在适配器中";
    TOKEN_COUNT = "A119" Refused,
        "{module}: the config lists {expected} trainable tokens, the file has rows for {found}",
        "{module}：配置列出 {expected} 个可训练 token，而文件中有 {found} 行";
    VOCAB_LARGER = "A120" Refused,
        "{module}: the adapter was trained on an embedding of {expected} rows, the base has {found}, and the full matrix is not in the adapter",
        "{module}：适配器训练于 {expected} 行的词嵌入，基座只有 {found} 行，且适配器中没有完整矩阵",
        hint "save the adapter with save_embedding_layers=True, or resize the base first", "请用 save_embedding_layers=True 保存适配器，或先扩展基座";
    DORA_NOT_ALONE = "A121" Refused,
        "{tensor} is changed by {kind} and by another adapter as well; such a change is not a sum",
        "{tensor} 同时被 {kind} 和另一个适配器修改；这种修改不能相加",
        hint "merge one after the other, in the order of training", "请按训练顺序逐个合并";
    GROUPED_CONV = "A123" Refused,
        "{module} is a convolution with groups; LoRA on it is not a function of the stored weight that PEFT can merge",
        "{module} 是分组卷积；其 LoRA 无法像 PEFT 那样合并到存储的权重中";
    UNKNOWN_CONFIG_KEY = "A124" Warning,
        "adapter_config.json has keys that weldlm does not know: {keys}; they were ignored",
        "adapter_config.json 中有 weldlm 未知的键：{keys}；已忽略";
    REPLACED_TWICE = "A125" Refused,
        "{tensor} is replaced by more than one adapter",
        "{tensor} 被多个适配器替换",
        hint "only one adapter may bring modules_to_save for it", "只能有一个适配器为它提供 modules_to_save";
    SCALE_NOT_APPLIED = "A126" Warning,
        "--scale {scale} does not apply to {tensor}, which the adapter replaces or transforms as a whole",
        "--scale {scale} 不作用于 {tensor}，因为适配器会整体替换或变换它";
    BAD_SCALE = "A127" Refused,
        "{module}: the scale of the adapter, {alpha} / {rank}, is not a finite number",
        "{module}：适配器的缩放 {alpha} / {rank} 不是有限数";

    SAME_TWICE = "A128" Warning,
        "the same adapter, {name}, is given more than once; its changes are added up",
        "同一适配器 {name} 被给出多次；其改动会累加";
    PART_SHAPE = "A129" Refused,
        "{module}: {tensor} is {found}, expected {expected}",
        "{module}:{tensor} 为 {found}，应为 {expected}",
        hint "the tensors of this module do not belong together, or the config is of another adapter",
             "该模块的张量彼此不匹配，或配置属于另一个适配器";
    INDEX_OUT_OF_RANGE = "A130" Refused,
        "{module}: {tensor} names the element {index}, the base tensor is {shape}",
        "{module}:{tensor} 指向元素 {index}，而基座张量为 {shape}";
    SINGULAR = "A131" Refused,
        "an adapter's rotation or reflection cannot be computed: its parameters are degenerate",
        "无法计算适配器的旋转或反射：其参数已退化",
        hint "the training diverged; use an earlier checkpoint", "训练已发散，请使用更早的检查点";
    // Reasons and remedies, said inside of A102, A103 and A104.
    WHY_PROMPT = "A201" Note,
        "it adds trained virtual tokens or prefixes in front of the input and changes no weight",
        "它在输入前加入训练得到的虚拟 token 或前缀，不改变任何权重";
    WHY_DEPENDS_ON_INPUT = "A202" Note,
        "what it adds depends on the input, so that no single weight stands for it",
        "它的作用取决于输入，没有单一权重可以代表它";
    WHY_UNKNOWN = "A205" Note,
        "weldlm does not know this type",
        "weldlm 不认识这种类型";
    WHY_BASE_CHANGED = "A206" Note,
        "this initialisation changed the base weights before training, in a way that cannot be recomputed from the base alone",
        "这种初始化在训练前修改了基座权重，且无法仅凭基座重新计算";
    WHY_POOLED = "A207" Note,
        "its lora_A works on pooled inputs",
        "其 lora_A 作用于池化后的输入";
    WHY_LAYERS = "A209" Note,
        "the model that was trained had repeated layers, so the adapter belongs to another layer stack than the base",
        "训练时模型含有重复层，适配器对应的层结构与基座不同";
    WHY_FUSED_QKV = "A210" Note,
        "it is the grouped fused-QKV form of PEFT before 0.3",
        "这是 PEFT 0.3 之前的分组融合 QKV 形式";
    WHY_EXPERTS = "A211" Note,
        "adapters on fused expert parameters are not built yet",
        "尚不支持针对融合专家参数的适配器";
    WHY_INIT_UNKNOWN = "A212" Note,
        "weldlm does not know whether this initialisation changes the base",
        "weldlm 不确定这种初始化是否修改了基座";
    WHY_OLD_OFT = "A213" Note,
        "it is the OFT of PEFT before 0.16, which rotates differently and which later versions do not load",
        "这是 PEFT 0.16 之前的 OFT，旋转方式不同，新版本也无法加载";
    WHY_NOT_STORED = "A214" Note,
        "its random projections are not in the file; they would have to be drawn again by the generator that training used",
        "其随机投影不在文件中，需要用训练时的随机数生成器重新生成";
    WHY_SAMPLED = "A215" Note,
        "its update is drawn anew for every input",
        "其更新量对每个输入重新采样";
    WHY_SIGNS = "A216" Note,
        "it turns singular vectors of the base, whose signs depend on the linear algebra library of the training machine",
        "它旋转基座的奇异向量，而其符号取决于训练机器所用的线性代数库";
    WHY_CLUSTERS = "A217" Note,
        "which rows of the base belong together was found by clustering in training, and the file does not say it",
        "哪些行属于同一子空间由训练时的聚类决定，文件中没有记录";
    WHY_SOLVED_AGAIN = "A218" Note,
        "it writes every layer in a basis that all layers share, and the file lacks each layer's own half of it",
        "它用所有层共享的基来表示每一层，而文件中缺少各层自己的一半";
    WHY_LAYER_ORDER = "A219" Note,
        "which of its shared vectors belongs to which layer follows from the order of modules in the training program, and the file does not say it",
        "共享向量与各层的对应关系取决于训练程序中的模块顺序，文件中没有记录";
    DO_SERVE_BOTH = "A221" Note,
        "serve the base together with the adapter in an engine that supports this type",
        "请在支持该类型的推理引擎中将基座与适配器一起部署";
    DO_MERGE_WITH_PEFT = "A222" Note,
        "merge it with PEFT (merge_and_unload) for now and use weldlm's export on the result",
        "请暂时用 PEFT（merge_and_unload）合并，再对结果使用 weldlm 的 export";
    DO_CONVERT = "A223" Note,
        "save the adapter again with PEFT's path_initial_model_for_weight_conversion, which makes it an ordinary LoRA, or give the residual base that it was trained on",
        "请用 PEFT 的 path_initial_model_for_weight_conversion 重新保存，使其成为普通 LoRA，或给出训练时所用的残差基座";
    DO_PEFT_FORMAT = "A224" Note,
        "save or convert it in PEFT's format (adapter_config.json with adapter_model.safetensors)",
        "请以 PEFT 格式保存或转换（adapter_config.json 与 adapter_model.safetensors）";
    DO_GGUF = "A225" Note,
        "use the PEFT folder that it was converted from; GGUF adapters come with the GGUF export",
        "请使用转换前的 PEFT 文件夹；GGUF 适配器将随 GGUF 导出一起支持";
    DO_CHECK_TYPE = "A226" Note,
        "check peft_type in adapter_config.json",
        "请检查 adapter_config.json 中的 peft_type";
    DO_OLD_PEFT = "A227" Note,
        "merge it with the PEFT version that trained it (0.15 or before), or train it again",
        "请用训练时的 PEFT 版本（0.15 或更早）合并，或重新训练";
}
