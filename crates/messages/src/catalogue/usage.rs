//! The request is not well formed.

messages! {
    UNKNOWN_KEY = "U101" Usage,
        "unknown field '{key}' in {file}",
        "{file} 中有未知字段 “{key}”",
        hint "nearest known field: {nearest}", "最接近的已知字段：{nearest}";
    BAD_VALUE = "U102" Usage,
        "'{value}' is not a value for {field}; it takes {expected}",
        "“{value}” 不是 {field} 的有效取值；它应为 {expected}";
    MISSING_FIELD = "U103" Usage,
        "{field} is missing",
        "缺少 {field}",
        hint "give it as {option}", "请用 {option} 指定";
    BAD_CONFIG_FILE = "U104" Usage,
        "{file} is not readable as JSON or YAML: {reason}",
        "{file} 无法作为 JSON 或 YAML 读取：{reason}";
    NOT_BUILT_YET = "U105" Refused,
        "{what} is not part of this version of weldlm",
        "此版本的 weldlm 尚不支持 {what}",
        hint "it has {have}", "目前支持：{have}";
    NOT_FOR_FORMAT = "U106" Usage,
        "{field} belongs to {formats} and has no meaning for export_format '{format}'",
        "{field} 属于 {formats}，对 export_format “{format}” 没有意义",
        hint "leave {field} out", "请去掉 {field}";
    SCALES_DO_NOT_MATCH = "U107" Usage,
        "{scales} scales were given for {adapters} adapters",
        "给出了 {scales} 个缩放系数，但有 {adapters} 个适配器",
        hint "give one --scale for each --adapter, in the same order", "请为每个 --adapter 按相同顺序给出一个 --scale";
    WHICH_COMMAND = "U108" Usage,
        "{file} names neither base_model_path (a merge) nor export_format (an export)",
        "{file} 既没有 base_model_path（合并）也没有 export_format（导出）";
    BAD_MAPPING = "U109" Usage,
        "'{value}' is not a module mapping",
        "“{value}” 不是有效的模块映射",
        hint "write it as OLD=NEW, for instance model.language_model=model", "请写成 旧=新，例如 model.language_model=model";
    REMOTE_CODE = "U110" Note,
        "trust_remote_code only copies the .py files along; code of a model repository is never run",
        "trust_remote_code 仅表示一并复制 .py 文件；绝不会执行模型仓库中的代码";
}
