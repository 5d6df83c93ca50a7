//! The web server and its clients.

messages! {
    NOT_SIGNED_IN = "H101" Refused,
        "this needs a signed-in session",
        "需要先登录",
        hint "open the address that weldlm ui printed, or sign in with its token or password", "请打开 weldlm ui 打印的地址，或用其令牌或密码登录";
    WRONG_SECRET = "H102" Refused,
        "that is not the token or password of this server",
        "令牌或密码不正确";
    TOO_MANY_TRIES = "H103" Refused,
        "too many failed sign-ins",
        "登录失败次数过多",
        hint "wait {seconds} seconds and try again", "请等待 {seconds} 秒后重试";
    NOT_FROM_PAGE = "H104" Refused,
        "this request does not come from the page itself ({reason})",
        "此请求并非来自页面本身（{reason}）",
        hint "reload the page", "请重新加载页面";
    BAD_HOST = "H105" Refused,
        "this server does not answer to the name '{host}'",
        "此服务器不使用名称 “{host}”",
        hint "use its IP address or localhost, or start it with --allow-host {host}", "请使用其 IP 地址或 localhost，或用 --allow-host {host} 启动";
    NO_SUCH_PLACE = "H106" Refused,
        "there is nothing at {path}",
        "{path} 处没有任何内容";
    WRONG_METHOD = "H107" Usage,
        "{path} does not take {method}",
        "{path} 不接受 {method}";
    BODY_TOO_LARGE = "H108" Usage,
        "the request is larger than {limit}",
        "请求超过 {limit}";
    NOT_JSON = "H109" Usage,
        "the request must be JSON (Content-Type: application/json)",
        "请求必须是 JSON(Content-Type: application/json)";
    BAD_BODY = "H110" Usage,
        "the request cannot be read: {reason}",
        "无法读取请求：{reason}";
    TOO_SLOW = "H111" Usage,
        "the request did not arrive in time",
        "请求未能及时到达";
    FAULT = "H112" Unexpected,
        "something went wrong inside the server",
        "服务器内部出错",
        hint "this is a fault of weldlm; the server goes on, and what was running is not affected", "这是 weldlm 的故障；服务器继续运行，正在进行的任务不受影响";
    BUSY = "H113" Refused,
        "the server is busy with other requests of this kind",
        "服务器正忙于其他同类请求",
        hint "try again in a moment", "请稍后重试";
    NO_COMMANDS = "H114" Refused,
        "{field} starts a command and cannot be given over HTTP",
        "{field} 会启动命令，不能通过 HTTP 提供",
        hint "leave {field} out, or use the command line", "请去掉 {field}，或使用命令行";
    BAD_TEXT = "H115" Usage,
        "{field} holds a character that no path can have",
        "{field} 含有路径中不允许的字符";
    PORT_TAKEN = "H116" Refused,
        "{address} is already in use",
        "{address} 已被占用",
        hint "another weldlm ui may be running there; choose another port with --port", "可能已有 weldlm ui 在该处运行；请用 --port 选择其他端口";
    CANNOT_LISTEN = "H117" Refused,
        "the server cannot listen on {address}: {reason}",
        "服务器无法监听 {address}:{reason}";
    OPEN_TO_ALL = "H118" Refused,
        "{host} can be reached from other machines, which needs a token or password of your choice",
        "{host} 可从其他机器访问，必须由你指定令牌或密码",
        hint "give --token, --password-file FILE or WELDLM_PASSWORD", "请给出 --token、--password-file FILE 或 WELDLM_PASSWORD";
    SHORT_SECRET = "H119" Usage,
        "the token or password is too short: it needs at least {limit} characters here",
        "令牌或密码太短：此处至少需要 {limit} 个字符";
    REACHABLE = "H120" Warning,
        "this server can be reached from other machines, without encryption; whoever knows its token or password can read and write below {roots}",
        "此服务器可从其他机器访问且未加密；知道令牌或密码的人可读写 {roots} 下的内容",
        hint "put a proxy with TLS in front of it, or use ssh -L {port}:127.0.0.1:{port} instead", "请在前面放置带 TLS 的代理，或改用 ssh -L {port}:127.0.0.1:{port}";
    UI_AT = "H121" Note,
        "weldlm is at {address}",
        "weldlm 位于 {address}";
    UI_PASSWORD = "H122" Note,
        "sign in with the password that you gave",
        "请用你给出的密码登录";
    STOPPING = "H123" Note,
        "the server stops; {jobs} running jobs go on in processes of their own, and the next weldlm ui finds them again",
        "服务器停止；{jobs} 个正在运行的任务在各自进程中继续，下次 weldlm ui 会重新找到它们";
    STOPPED = "H124" Note,
        "the server stops; no job is running",
        "服务器停止；没有正在运行的任务";
    NO_UI = "H125" Note,
        "This weldlm was built without its pages. The interface at /api/v1 works.",
        "此 weldlm 构建时未包含页面。/api/v1 接口可用。",
        hint "To get the pages: install Node 20 or newer and build again (./start does both).", "要获得页面：请安装 Node 20 或更新版本后重新构建（./start 会完成这两步）。";
    NO_HOST = "H126" Usage,
        "'{host}' is not an address of this machine",
        "“{host}” 不是本机地址";
    TWO_SECRETS = "H127" Usage,
        "{first} and {second} exclude each other",
        "{first} 与 {second} 不能同时使用";
    BROWSER_NOT_OPENED = "H128" Warning,
        "the browser could not be opened: {reason}",
        "无法打开浏览器：{reason}";
    NO_SERVER = "H131" Refused,
        "no weldlm ui answers at {address}: {reason}",
        "{address} 处没有 weldlm ui 响应：{reason}",
        hint "start one with weldlm ui, or name it with --server", "请用 weldlm ui 启动，或用 --server 指定";
    NO_SERVER_KNOWN = "H132" Refused,
        "no weldlm ui is running ({path} does not name one)",
        "没有正在运行的 weldlm ui（{path} 未指明）",
        hint "start one with weldlm ui, or name it with --server and --token", "请用 weldlm ui 启动，或用 --server 和 --token 指定";
    SERVER_SAID = "H133" Refused,
        "the server says: {what}",
        "服务器回复：{what}",
        hint "{hint}", "{hint}";
    BAD_ANSWER = "H134" Failed,
        "{address} does not answer like a weldlm ui: {reason}",
        "{address} 的响应不像 weldlm ui:{reason}";
    BAD_SERVER = "H135" Usage,
        "'{server}' is not the address of a weldlm ui; write it as http://127.0.0.1:7860",
        "“{server}” 不是 weldlm ui 的地址；请写成 http://127.0.0.1:7860";
    NO_JOBS = "H136" Note, "no jobs", "没有任务";
    DELETED = "H138" Note, "{id} deleted", "已删除 {id}";
    DELETING = "H139" Note,
        "{id} is being cancelled; delete it again once it has ended",
        "正在取消 {id}；结束后请再次删除";
}
