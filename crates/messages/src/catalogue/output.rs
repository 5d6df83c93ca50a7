//! Where results go.

messages! {
    EXISTS = "O101" Refused,
        "{path} already exists",
        "{path} 已存在",
        hint "choose another output, or --if-exists replace to put the new result in its place once it is complete",
             "请选择其他输出路径，或用 --if-exists replace 在新结果完成后替换它";
    PARTIAL_EXISTS = "O102" Refused,
        "an unfinished run lies at {path}",
        "{path} 处有一个未完成的任务",
        hint "--if-exists resume continues it, --if-exists replace starts over", "--if-exists resume 继续该任务，--if-exists replace 重新开始";
    SAME_AS_INPUT = "O103" Refused,
        "the output {path} is, contains or lies inside the input {input}",
        "输出 {path} 与输入 {input} 相同、包含它或位于其中",
        hint "inputs are never modified; choose another output", "输入绝不会被修改；请选择其他输出路径";
    NOT_WRITABLE = "O104" Refused,
        "{path} cannot be written: {reason}",
        "无法写入 {path}:{reason}";
    NO_SPACE = "O105" Refused,
        "the result needs {needed}, {path} has {free} free",
        "结果需要 {needed}，而 {path} 仅剩 {free}",
        hint "free some space or choose another disk", "请腾出空间或选择其他磁盘";
    DISK_FULL = "O106" Interrupted,
        "the disk is full: {path} could not be written after {written}",
        "磁盘已满：{path} 写到 {written} 后无法继续",
        hint "what is there is kept; free some space and run the same command with --if-exists resume",
             "已写部分已保留；请腾出空间后用 --if-exists resume 再次运行同一命令";
    LOCKED = "O107" Refused,
        "another weldlm ({owner}) is writing to {path}",
        "另一个 weldlm（{owner}）正在写入 {path}",
        hint "wait until it has finished, or choose another output", "请等它完成，或选择其他输出路径";
    OTHER_REQUEST = "O108" Refused,
        "what lies at {path} belongs to another request ({difference})",
        "{path} 处的内容属于另一个请求（{difference}）",
        hint "--if-exists replace starts over, or choose another output", "--if-exists replace 重新开始，或选择其他输出路径";
    WRITE_FAILED = "O109" Failed,
        "{path} could not be written: {reason}",
        "{path} 写入失败：{reason}",
        hint "what is there is kept; --if-exists resume continues", "已写部分已保留；可用 --if-exists resume 继续";
    INTERRUPTED = "O110" Interrupted,
        "stopped on request after {written} of {total}",
        "已按要求停止：{total} 中完成了 {written}",
        hint "what is there is kept; the same command with --if-exists resume continues", "已写部分已保留；用同一命令加 --if-exists resume 即可继续";
    NOT_OURS = "O111" Refused,
        "{path} exists and is not a result of weldlm (it has no weldlm.json)",
        "{path} 已存在，且不是 weldlm 的结果（没有 weldlm.json）",
        hint "move it away or choose another output; replace only removes results of weldlm", "请移走它或选择其他输出路径；replace 只会移除 weldlm 的结果";
    NO_PARENT = "O112" Refused,
        "{path} cannot be made: {reason}",
        "无法创建 {path}:{reason}";
    BAD_NAME = "O113" Refused,
        "{path} cannot be the name of a result",
        "{path} 不能作为结果名称";
    ALREADY_DONE = "O114" Note,
        "{path} is already there, complete and intact: nothing to do",
        "{path} 已存在且完整无损：无需再做";
}
