//! Where models and adapters come from, and files that cannot be read.

messages! {
    NOT_FOUND = "S101" Refused,
        "{path} does not exist",
        "{path} 不存在",
        hint "give a folder, a file, or the id of a model in the local hub cache ({caches})",
             "请给出文件夹、文件，或本地缓存中的模型 id({caches})";
    CANNOT_READ = "S102" Refused,
        "{path} cannot be read: {reason}",
        "无法读取 {path}:{reason}";
    NO_WEIGHTS = "S103" Refused,
        "{path} holds no weights that weldlm can read",
        "{path} 中没有 weldlm 可读取的权重文件",
        hint "expected {expected}", "应有 {expected}";
    SHARD_MISSING = "S104" Refused,
        "{index} names the shard {shard}, which is not there",
        "{index} 提到的分片 {shard} 不存在",
        hint "the download or the training save is incomplete; fetch the file again", "下载或训练保存不完整，请重新获取该文件";
    TENSOR_NOT_IN_SHARD = "S105" Refused,
        "{index} says that {tensor} is in {shard}, but it is not",
        "{index} 声称 {tensor} 位于 {shard}，但其中没有",
        hint "the folder mixes files of two models, or a save was interrupted", "文件夹混入了两个模型的文件，或保存曾被中断";
    DUPLICATE_TENSOR = "S106" Refused,
        "{tensor} is stored twice, in {first} and in {second}",
        "{tensor} 被存储了两次：{first} 与 {second}";
    TRUNCATED = "S107" Refused,
        "{file} is cut short: it should have {expected} bytes and has {found}",
        "{file} 被截断：应有 {expected} 字节，实有 {found} 字节",
        hint "fetch the file again", "请重新获取该文件";
    BAD_HEADER = "S108" Refused,
        "{file} is not a valid {format} file: {reason}",
        "{file} 不是有效的 {format} 文件：{reason}";
    BAD_TENSOR = "S109" Refused,
        "{file}: tensor {tensor}: {reason}",
        "{file}：张量 {tensor}:{reason}";
    BAD_JSON = "S110" Refused,
        "{file} is not valid JSON: {reason}",
        "{file} 不是有效的 JSON:{reason}";
    TOO_LARGE = "S111" Refused,
        "{file}: {what} is {found}, more than the limit of {limit}",
        "{file}:{what} 为 {found}，超过上限 {limit}";
    UNSAFE_PICKLE = "S112" Refused,
        "{file} wants to call {call} while it is read; refused, nothing was run",
        "{file} 在读取时试图调用 {call}；已拒绝，未执行任何代码",
        hint "only tensors are read from pickle files; get the weights as safetensors", "pickle 文件中只读取张量；请获取 safetensors 版本";
    OLD_TORCH_FORMAT = "S113" Refused,
        "{file} has torch's format from before version 1.6 (not a zip file)",
        "{file} 是 torch 1.6 之前的旧格式（非 zip）",
        hint "save it again with a current torch, or convert it to safetensors", "请用新版 torch 重新保存，或转换为 safetensors";
    TWO_WEIGHT_SETS = "S114" Refused,
        "{path} holds several models ({files}); it is not clear which one is meant",
        "{path} 中有多个模型（{files}），无法判断用哪一个",
        hint "name the file itself", "请直接指定文件";
    CHANGED_WHILE_READ = "S115" Failed,
        "{file} changed while it was read",
        "{file} 在读取过程中被修改",
        hint "run again when nothing else writes to it", "请在没有其他程序写入时重新运行";
    LOOK_BELOW = "S116" Refused,
        "{path} has no {wanted}; {found} has it",
        "{path} 中没有 {wanted}；{found} 中有",
        hint "say so if that is the one you mean: {option}", "如果就是它，请明确指定：{option}";
    NO_CONFIG = "S117" Warning,
        "{path} has no config.json; names and shapes alone decide",
        "{path} 中没有 config.json；仅凭名称和形状判断";
    NOT_A_FILE_OR_FOLDER = "S118" Refused,
        "{path} is neither a file nor a folder",
        "{path} 既不是文件也不是文件夹";
    PATH_ESCAPES = "S119" Refused,
        "{file} names {name}, which lies outside of its folder",
        "{file} 提到的 {name} 位于文件夹之外";
    OUT_OF_MEMORY = "S120" Refused,
        "not enough memory to hold {bytes} bytes for {what}",
        "内存不足：{what} 需要 {bytes} 字节";
    NOT_THE_FILE = "S121" Refused,
        "{file} is {what}, not the weights themselves",
        "{file} 是 {what}，而不是权重文件本身",
        hint "fetch the file again (for Git LFS: git lfs pull)", "请重新获取该文件（Git LFS 请运行 git lfs pull）";
    OUTSIDE_ROOTS = "S122" Refused,
        "{path} lies outside of the folders that this server may use ({roots})",
        "{path} 位于此服务器允许使用的文件夹（{roots}）之外",
        hint "choose a place below them, or start weldlm ui with another --root", "请选择其中的位置，或用其他 --root 启动 weldlm ui";
    NOT_A_FOLDER = "S123" Refused,
        "{path} is not a folder",
        "{path} 不是文件夹";
}
