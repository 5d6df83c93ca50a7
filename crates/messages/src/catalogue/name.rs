//! Adapter names against checkpoint names.

messages! {
    NAMES_DO_NOT_FIT = "N101" Refused,
        "{unmatched} of {total} adapted modules have no place in the base; the first is {example}",
        "{total} 个适配模块中有 {unmatched} 个在基座中找不到位置；第一个是 {example}",
        hint "{advice}", "{advice}";
    SHAPE_MISMATCH = "N102" Refused,
        "{module}: the adapter fits a base tensor of shape {expected}, {tensor} has {found}",
        "{module}：适配器对应的基座张量形状应为 {expected}，而 {tensor} 为 {found}",
        hint "the adapter was trained for another base model (its config names '{trained_on}')",
             "该适配器是为另一个基座训练的（其配置写明 “{trained_on}”）";
    AMBIGUOUS = "N103" Refused,
        "the adapter's names fit the base in more than one way: {first} and {second}",
        "适配器的名称能以多种方式对应基座：{first} 与 {second}",
        hint "choose one with --module-mapping OLD=NEW", "请用 --module-mapping 旧=新 选择其一";
    TWO_ON_ONE = "N104" Refused,
        "{first} and {second} both land on {tensor}",
        "{first} 与 {second} 都落在 {tensor} 上";
    UNUSED_TENSORS = "N105" Refused,
        "{count} tensors of {file} have no use in this merge; the first is {example}",
        "{file} 中有 {count} 个张量在此次合并中没有用处；第一个是 {example}",
        hint "nothing is dropped silently: remove them from the file, or use --safe-merge true to skip what does not match",
             "不会静默丢弃任何内容：请从文件中移除它们，或用 --safe-merge true 跳过不匹配的部分";
    SEVERAL_ADAPTER_NAMES = "N106" Refused,
        "{file} holds several adapters: {names}",
        "{file} 中有多个适配器：{names}",
        hint "choose one by writing {option}", "请这样选择其一：{option}";
    NOTHING_MATCHES = "N107" Refused,
        "no tensor of the adapter matches the base",
        "适配器中没有任何张量与基座匹配",
        hint "{advice}", "{advice}";
    OTHER_BASE_NAMED = "N108" Warning,
        "the adapter was trained on '{trained_on}', the base given is '{base}'; all names and shapes fit",
        "适配器训练于 “{trained_on}”，而给出的基座是 “{base}”；名称与形状均吻合";
    TARGETS_WITHOUT_TENSORS = "N109" Warning,
        "target_modules names {missing}, but the adapter file has no tensors for it",
        "target_modules 提到 {missing}，但适配器文件中没有对应张量";
    ADVICE_MAPPING = "N110" Note,
        "this mapping would make {fits} of {total} fit: {option}",
        "以下映射可使 {total} 个中的 {fits} 个吻合：{option}";
    ADVICE_OTHER_BASE = "N111" Note,
        "no renaming was found that makes them fit; is this the base that the adapter was trained on ('{trained_on}')? If so, give --module-mapping OLD=NEW",
        "未找到能使其吻合的改名；这是训练该适配器所用的基座（“{trained_on}”）吗？若是，请给出 --module-mapping 旧=新";
    MAPPING_UNUSED = "N112" Warning,
        "--module-mapping {mapping} matched no module of the adapter",
        "--module-mapping {mapping} 没有匹配适配器中的任何模块";
    NO_SUCH_TENSOR = "N113" Refused,
        "the base has no tensor for {name}",
        "基座中没有与 {name} 对应的张量";
    RULE_AS_THEY_STAND = "N121" Note, "names as they stand", "名称原样对应";
    RULE_IN_MEMORY = "N122" Note, "names in memory", "按内存中的名称对应";
    RULE_PREFIX = "N123" Note, "prefix {from} -> {to}", "前缀 {from} -> {to}";
    RULE_BY_HAND = "N124" Note, "mapped by hand, then {rule}", "手动映射后，{rule}";
    NO_SUCH_ADAPTER = "N114" Refused,
        "{path} has no adapter named '{name}'; it has: {names}",
        "{path} 中没有名为 “{name}” 的适配器；其中有：{names}";
}
