//! Words of progress and reports.

messages! {
    STAGE_PLAN = "R101" Note, "plan", "计划";
    STAGE_RUN = "R102" Note, "merge", "合并";
    STAGE_VERIFY = "R103" Note, "verify", "校验";
    STAGE_PUBLISH = "R104" Note, "publish", "发布";
    BASE = "R111" Note,
        "base      {name} ({family}, {dtype}, {bytes}, {tensors} tensors in {files} files)",
        "基座      {name}（{family}，{dtype}，{bytes}，{tensors} 个张量，{files} 个文件）";
    ADAPTER = "R112" Note,
        "adapter   {name} ({kinds}; scale {scale}; {rule})",
        "适配器    {name}（{kinds}；缩放 {scale}；{rule}）";
    WILL_CHANGE = "R113" Note,
        "plan      {changed} tensors change, {untouched} stay byte for byte",
        "计划      修改 {changed} 个张量，{untouched} 个保持逐字节不变";
    SIDE_FILES = "R114" Note,
        "beside    {files}",
        "附带文件  {files}";
    COST = "R115" Note,
        "cost      reads {read}, writes {write}, memory about {memory}, free disk {free}, about {seconds} s",
        "开销      读取 {read}，写入 {write}，内存约 {memory}，磁盘剩余 {free}，约 {seconds} 秒";
    COUNTS = "R116" Note,
        "applied   {applied} tensors changed, {replaced} replaced, {added} added, {untouched} untouched, {skipped} skipped",
        "应用      修改 {applied} 个张量，替换 {replaced} 个，新增 {added} 个，未动 {untouched} 个，跳过 {skipped} 个";
    CHANGE = "R117" Note,
        "change    mean ‖ΔW‖/‖W‖ {mean}; {values} values differ, {lost} lost to rounding; strongest:",
        "变化      平均 ‖ΔW‖/‖W‖ {mean}；{values} 个数值改变，{lost} 个因舍入丢失；变化最大：";
    PROVEN = "R118" Note,
        "proven    {bytes} read back from the disk and equal, {tensors} tensors hashed, {rows} rows recomputed in f64",
        "验证      已从磁盘读回 {bytes} 且一致，{tensors} 个张量已计算哈希，{rows} 行以 f64 重新计算";
    WHERE = "R119" Note,
        "result    {path} (receipt: weldlm.json)",
        "结果      {path}（收据：weldlm.json）";
    TOOK = "R120" Note,
        "took      {seconds} s",
        "用时      {seconds} 秒";
    CONTINUE_WITH = "R121" Note,
        "continue with: {command}",
        "继续运行：{command}";
}
