//! Jobs, their workers and their history.

messages! {
    DATA_IN_USE = "J101" Refused,
        "another weldlm server uses the data folder {path}",
        "另一个 weldlm 服务正在使用数据目录 {path}",
        hint "open that server, stop it, or choose another folder with --data", "请打开该服务、将其停止，或用 --data 指定其他目录";
    NEWER_DATA = "J102" Refused,
        "{path} was written by a newer weldlm (form {found}; this one knows {known})",
        "{path} 由更新版本的 weldlm 写入（格式 {found}；当前版本只支持到 {known}）",
        hint "update weldlm, or choose another folder with --data", "请升级 weldlm，或用 --data 指定其他目录";
    CANNOT_STORE = "J103" Unexpected,
        "{path} of the data folder cannot be used: {reason}",
        "无法使用数据目录中的 {path}:{reason}",
        hint "look whether the disk is full and the folder belongs to you", "请检查磁盘是否已满，以及该目录是否属于当前用户";
    NO_SUCH_JOB = "J104" Usage,
        "there is no job '{id}'",
        "没有任务 “{id}”";
    NOT_NOW = "J105" Refused,
        "{action} is not possible: the job is {state}",
        "无法{action}：任务{state}";
    NO_COMMANDS = "J106" Usage,
        "on_event names a command, and commands are not taken from the web",
        "on_event 指定的是命令，而网页提交的任务不接受命令",
        hint "leave it out, or use --on-event on the command line", "请去掉它，或在命令行中使用 --on-event";
    WORKER_VANISHED = "J107" Interrupted,
        "the worker process ended without a word ({reason})",
        "工作进程未作说明就结束了（{reason}）",
        hint "what is there is kept, resume continues; if it happens again, look for lack of memory and at the job's worker.log",
             "已写部分已保留，可点击继续；若再次发生，请检查内存是否不足以及任务的 worker.log";
    BAD_JOB_FOLDER = "J108" Unexpected,
        "{path} is not the folder of a job: {reason}",
        "{path} 不是任务目录：{reason}";
    HAS_WORKER = "J109" Refused,
        "the job in {path} has a worker already",
        "{path} 中的任务已有工作进程";
    CANNOT_START = "J110" Unexpected,
        "the worker process could not be started: {reason}",
        "无法启动工作进程：{reason}";
    BAD_RECIPE_NAME = "J111" Usage,
        "'{name}' cannot be the name of a recipe",
        "“{name}” 不能作为配方名称",
        hint "use up to 100 letters, digits, spaces, '.', '-' and '_', not beginning with '.'",
             "请使用最多 100 个字母、数字、空格、“.”、“-” 和 “_”，且不以 “.” 开头";
    NO_SUCH_RECIPE = "J112" Usage,
        "there is no recipe '{name}'",
        "没有配方 “{name}”";
    LOG_SHORTENED = "J113" Note,
        "the log has reached {size}; from here on it holds states, stages and warnings only",
        "日志已达 {size}；此后只记录状态、阶段和警告";
    INDEX_MADE_AGAIN = "J114" Warning,
        "the index of jobs could not be read and was made again from the jobs' folders; the old one is {path}",
        "任务索引无法读取，已根据任务目录重建；旧索引保存在 {path}";
    STATE_QUEUED = "J201" Note, "queued", "排队中";
    STATE_PLANNING = "J202" Note, "planning", "规划中";
    STATE_RUNNING = "J203" Note, "running", "运行中";
    STATE_VERIFYING = "J204" Note, "verifying", "校验中";
    STATE_DONE = "J205" Note, "done", "已完成";
    STATE_PARTIAL = "J206" Note, "done but partial", "部分完成";
    STATE_FAILED = "J207" Note, "failed", "已失败";
    STATE_CANCELLED = "J208" Note, "cancelled", "已取消";
    STATE_INTERRUPTED = "J209" Note, "interrupted", "已中断";
    ACTION_PAUSE = "J211" Note, "pause", "暂停";
    ACTION_CANCEL = "J212" Note, "cancel", "取消";
    ACTION_RESUME = "J213" Note, "resume", "继续";
    ACTION_RETRY = "J214" Note, "retry", "重试";
    ACTION_DELETE = "J215" Note, "delete", "删除";
    ACTION_MOVE = "J216" Note, "moving in the queue", "调整排队次序";
}
