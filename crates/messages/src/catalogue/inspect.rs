//! Words of inspect, diff and doctor.

messages! {
    // A model.
    MODEL = "I101" Note, "model     {name} ({path})", "模型      {name}（{path}）";
    FAMILY = "I102" Note, "family    {family} ({classes})", "家族      {family}（{classes}）";
    SIZE = "I103" Note,
        "size      {values} parameters, {bytes}, {tensors} tensors in {files} files ({format})",
        "大小      {values} 个参数，{bytes}，{tensors} 个张量，{files} 个文件（{format}）";
    STORED = "I104" Note,
        "size      {values} stored values, {bytes}, {tensors} tensors in {files} files ({format})",
        "大小      存储 {values} 个数值，{bytes}，{tensors} 个张量，{files} 个文件（{format}）";
    DIMENSIONS = "I105" Note,
        "shape     {layers} layers, hidden {hidden}, {heads} heads, {kv} key/value heads, feed-forward {inner}, vocabulary {vocab}",
        "结构      {layers} 层，隐藏维度 {hidden}，{heads} 个注意力头，{kv} 个键/值头，前馈维度 {inner}，词表 {vocab}";
    TYPES = "I106" Note, "types     {types}", "类型      {types}";
    HEAD_TIED = "I107" Note,
        "head      {head} is tied to {embedding} and not stored",
        "输出头    {head} 与 {embedding} 绑定，未单独存储";
    HEAD_TIED_STORED = "I108" Note,
        "head      {head} is tied to {embedding} and stored as well",
        "输出头    {head} 与 {embedding} 绑定，但也单独存储";
    HEAD_OWN = "I109" Note,
        "head      {head}, not tied to {embedding}",
        "输出头    {head}，未与 {embedding} 绑定";
    HEAD_NONE = "I110" Note,
        "head      none; embedding {embedding}",
        "输出头    无；词嵌入 {embedding}";
    QUANTISED = "I111" Note,
        "quantised {method} ({detail}); this version does not merge into it",
        "已量化    {method}（{detail}）；此版本不能向其合并";
    TOKENIZER = "I112" Note, "tokenizer {tokens} tokens, {template}", "分词器    {tokens} 个 token，{template}";
    TOKENIZER_NONE = "I113" Note, "tokenizer none with a readable vocabulary, {template}", "分词器    没有可读取的词表，{template}";
    TEMPLATE_THERE = "I114" Note, "with a chat template", "有对话模板";
    TEMPLATE_NOT = "I115" Note, "without a chat template", "无对话模板";
    MADE_BY = "I116" Note,
        "made by   weldlm {version} from {base} + {adapters} ({state})",
        "来历      由 weldlm {version} 生成：{base} + {adapters}（{state}）";
    MADE_BY_BUT = "I117" Note, "made by   weldlm, but {problem}", "来历      由 weldlm 生成，但{problem}";
    UNREAD = "I118" Note,
        "not read  {files} (weights in formats that weldlm does not read)",
        "未读取    {files}（weldlm 不读取这些格式的权重）";
    BESIDE = "I119" Note,
        "beside    {files} (other weights, no part of this model)",
        "旁边      {files}（其他权重，不属于此模型）";
    LEFTOVERS = "I120" Note, "leftovers {files}", "训练残留  {files}";

    // An adapter.
    ADAPTER = "I121" Note, "adapter   {name} ({path})", "适配器    {name}（{path}）";
    ADAPTER_TYPE = "I122" Note,
        "type      {type}, trained on '{base}', task {task}",
        "类型      {type}，训练基座 “{base}”，任务 {task}";
    ADAPTER_SIZE = "I123" Note,
        "size      {values} parameters, {bytes}, {tensors} tensors, {types}",
        "大小      {values} 个参数，{bytes}，{tensors} 个张量，{types}";
    GROUP = "I124" Note, "changes   {kind} ×{tensors}", "修改      {kind} ×{tensors}";
    GROUP_RANK = "I125" Note,
        "changes   {kind} ×{tensors}, rank {rank}, alpha {alpha}, scaling {scaling}",
        "修改      {kind} ×{tensors}，秩 {rank}，alpha {alpha}，缩放 {scaling}";
    CONFIGURED = "I126" Note,
        "config    r {rank}, lora_alpha {alpha}, init {init}, bias {bias}",
        "配置      r {rank}，lora_alpha {alpha}，初始化 {init}，偏置 {bias}";
    TARGETS = "I127" Note, "targets   {targets}", "目标模块  {targets}";
    SAVED = "I128" Note, "saved     modules_to_save: {modules}", "整体保存  modules_to_save:{modules}";
    TOKENS = "I129" Note, "tokens    {count} trained rows", "token     训练了 {count} 行";
    MERGEABLE = "I130" Note, "merge     weldlm can merge it", "合并      weldlm 可以合并";
    NOT_MERGEABLE = "I131" Note, "refused   {reason}", "不可合并  {reason}";
    NEEDS = "I132" Note, "needs     a base with", "要求      基座应有";
    FITS = "I133" Note,
        "fits      {base} by names and shapes ({rule}; {changed} tensors would change)",
        "适配      {base}：名称与形状吻合（{rule}；将修改 {changed} 个张量）";
    FITS_NOT = "I134" Note, "does not fit {base}: {reason}", "不适配 {base}:{reason}";
    CACHED_NONE = "I135" Note,
        "fits      none of the {count} models in the local hub cache",
        "适配      本地缓存的 {count} 个模型均不适配";
    BELOW = "I136" Note, "folder    {path} holds no weights itself; below it:", "文件夹    {path} 本身没有权重；其下有：";
    BELOW_MODEL = "I137" Note, "a model", "模型";
    BELOW_ADAPTER = "I138" Note, "an adapter", "适配器";
    OTHER_FORMAT = "I139" Refused,
        "{path} holds weights in a format that weldlm does not read: {files}",
        "{path} 中的权重格式 weldlm 不读取：{files}",
        hint "weldlm reads safetensors and PyTorch files (zip format); look for the repository that has them",
             "weldlm 读取 safetensors 与 PyTorch（zip 格式）文件；请查找提供这些文件的仓库";
    NOT_A_CHECKPOINT = "I140" Refused,
        "{path} is neither a checkpoint nor an adapter",
        "{path} 既不是检查点也不是适配器",
        hint "give a folder or a file with weights (.safetensors, .bin, .pt, .pth)", "请给出含权重的文件夹或文件（.safetensors、.bin、.pt、.pth）";

    // What differs.
    EQUAL = "I151" Note,
        "equal     {a} and {b}: {tensors} tensors and everything beside them",
        "相同      {a} 与 {b}:{tensors} 个张量及其余内容均一致";
    DIFFERENT = "I152" Note, "different {a} (A) and {b} (B)", "不同      {a}（A）与 {b}（B）";
    DIFF_TENSORS = "I153" Note,
        "tensors   {same} the same, {values} with other values, {heads} of another type or shape, {only_a} only in A, {only_b} only in B",
        "张量      {same} 个相同，{values} 个数值不同，{heads} 个类型或形状不同，{only_a} 个仅在 A，{only_b} 个仅在 B";
    DIFF_HEADERS = "I154" Note,
        "tensors   {same} with the same header, {heads} of another type or shape, {only_a} only in A, {only_b} only in B; values were not compared",
        "张量      {same} 个头信息相同，{heads} 个类型或形状不同，{only_a} 个仅在 A，{only_b} 个仅在 B；未比较数值";
    ONLY_A = "I155" Note, "  only in A: {name}", "  仅在 A:{name}";
    ONLY_B = "I156" Note, "  only in B: {name}", "  仅在 B:{name}";
    VALUES = "I157" Note,
        "  {name}: {count} of {of} values differ, max |a-b| {max}, ‖a-b‖/‖a‖ {relative}",
        "  {name}:{of} 个数值中 {count} 个不同，最大 |a-b| {max}，‖a-b‖/‖a‖ {relative}";
    VALUES_PLAIN = "I158" Note,
        "  {name}: {count} of {of} values differ ({dtype} is compared byte by byte)",
        "  {name}:{of} 个数值中 {count} 个不同（{dtype} 逐字节比较）";
    VALUES_NOT_FINITE = "I159" Note,
        "    {count} differences are NaN or infinite and not counted in these numbers",
        "    其中 {count} 个差值为 NaN 或无穷大，未计入";
    MORE = "I160" Note, "  and {count} more (--json lists all)", "  另有 {count} 项（--json 列出全部）";
    DIFF_CONFIG = "I161" Note, "config    {count} keys differ", "配置      {count} 个键不同";
    DIFF_VOCABULARY = "I162" Note,
        "tokenizer vocabulary: {only_a} only in A, {only_b} only in B, {moved} with another id",
        "分词器    词表：{only_a} 个仅在 A，{only_b} 个仅在 B，{moved} 个 id 不同";
    DIFF_ADDED = "I163" Note,
        "tokenizer added tokens: {only_a} only in A, {only_b} only in B, {moved} with another id",
        "分词器    新增 token:{only_a} 个仅在 A，{only_b} 个仅在 B，{moved} 个 id 不同";
    DIFF_MERGES = "I164" Note, "tokenizer merges: {a} in A, {b} in B, {differ} differ", "分词器    合并规则：A 有 {a} 条，B 有 {b} 条，{differ} 条不同";
    DIFF_TEMPLATE = "I165" Note, "tokenizer the chat template differs", "分词器    对话模板不同";
    DIFF_FILES = "I166" Note, "files     other content: {files}", "文件      内容不同：{files}";
    DIFF_FILES_ONLY_A = "I167" Note, "files     only in A: {files}", "文件      仅在 A:{files}";
    DIFF_FILES_ONLY_B = "I168" Note, "files     only in B: {files}", "文件      仅在 B:{files}";
    DIFF_LAYOUT = "I169" Note,
        "layout    {files_a} weight files ({format_a}) in A, {files_b} ({format_b}) in B",
        "布局      A 有 {files_a} 个权重文件（{format_a}），B 有 {files_b} 个（{format_b}）";
    STOPPED = "I170" Interrupted,
        "stopped on request after {done} of {total}; nothing was decided",
        "已按要求停止：{total} 中完成了 {done}；尚无结论";

    // This machine.
    VERSION = "I181" Note, "weldlm     {version}", "weldlm    版本 {version}";
    LANGUAGE = "I182" Note, "language   English (--lang zh for Chinese)", "语言      中文（--lang en 切换为英文）";
    PROCESSORS = "I183" Note,
        "processors {count}; the kernels use {level}",
        "处理器    {count} 个；计算内核使用 {level}";
    LEVEL_PLAIN = "I184" Note, "no vector instructions (slow, same results)", "普通指令（较慢，结果相同）";
    SELF_TEST_OK = "I185" Note,
        "self-test  fast and plain kernels agree on {values} values, bit for bit",
        "自检      快速内核与参考内核在 {values} 个数值上逐位一致";
    SELF_TEST_BAD = "I186" Unexpected,
        "self-test: fast and plain kernels disagree ({kernel}, {count} values)",
        "自检：快速内核与参考内核不一致（{kernel}，{count} 个数值）",
        hint "do not trust results of this machine; report it with the model of the processor", "请勿信任此机器的结果；请连同处理器型号一起报告";
    MEMORY = "I187" Note, "memory     {bytes} available", "内存      可用 {bytes}";
    DISK = "I188" Note, "disk       {bytes} free in {path}", "磁盘      {path} 剩余 {bytes}";
    IO_PROBED = "I189" Note,
        "files      direct I/O: {direct}; sharing of blocks between files (reflink): {reflink}",
        "文件读写  直接 I/O:{direct}；文件间共享数据块（reflink）：{reflink}";
    IO_NOT_TRIED = "I190" Note,
        "files      direct I/O and reflink: not tried, {path} is not writable ({reason})",
        "文件读写  直接 I/O 与 reflink：未尝试，{path} 不可写（{reason}）";
    WORKS = "I191" Note, "works", "可用";
    WORKS_NOT = "I192" Note, "not here (works without, more slowly)", "此处不可用（仍可运行，但较慢）";
    CACHE = "I193" Note, "hub cache  {path}: {models} models", "模型缓存  {path}:{models} 个模型";
    CACHE_NONE = "I194" Note, "hub cache  none found", "模型缓存  未找到";
    NOT_KNOWN = "I195" Note, "not known", "未知";
    TEMPLATE_FAILS = "I196" Warning,
        "the chat template cannot be shown on the sample conversation: {reason}",
        "无法在示例对话上显示聊天模板：{reason}";
}
