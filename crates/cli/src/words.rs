//! Plans and receipts in words.

use crate::screen::Screen;
use weldlm_messages::catalogue::{merge as merge_says, report as says};
use weldlm_messages::{Message, Problem};
use weldlm_output::human;
use weldlm_pipeline::plan::{Adapter, Plan};
use weldlm_pipeline::report::{Report, TensorReport};

/// How many of the strongest changes a receipt names.
const STRONGEST: usize = 3;

fn say(screen: &Screen, message: &'static Message, facts: &[(&'static str, String)]) {
    screen.line(&screen.words(message, facts));
}

fn inputs(plan: &Plan, screen: &Screen) {
    let base = &plan.base;
    let family = base.facts.model_type.clone().unwrap_or_else(|| "-".to_string());
    let dtype = base.checkpoint.tensors.iter().map(|t| t.dtype).find(|d| d.is_float());
    say(
        screen,
        &says::BASE,
        &[
            ("name", base.folder().label().to_string()),
            ("family", family),
            ("dtype", dtype.map_or("-", |d| d.torch_name()).to_string()),
            ("bytes", human(base.checkpoint.total_bytes())),
            ("tensors", base.checkpoint.tensors.len().to_string()),
            ("files", base.checkpoint.files.len().to_string()),
        ],
    );
    for (adapter, rule) in plan.adapters.iter().zip(&plan.rules) {
        say(
            screen,
            &says::ADAPTER,
            &[
                ("name", adapter.folder().label().to_string()),
                ("kinds", kinds(adapter)),
                ("scale", adapter.scale.to_string()),
                ("rule", rule.what(screen.lang)),
            ],
        );
    }
}

/// `lora r=8 s=2 (210), saved (1)`.
fn kinds(adapter: &Adapter) -> String {
    let mut groups: Vec<(String, usize)> = Vec::new();
    for edit in &adapter.edits {
        let name = match edit.rank {
            Some(rank) => format!("{} r={rank} s={:.4}", edit.kind, edit.scaling),
            None => edit.kind.to_string(),
        };
        let name = if name.contains('.') {
            name.trim_end_matches('0').trim_end_matches('.').to_string()
        } else {
            name
        };
        match groups.iter_mut().find(|g| g.0 == name) {
            Some(group) => group.1 += 1,
            None => groups.push((name, 1)),
        }
    }
    groups.iter().map(|(name, n)| format!("{name} ×{n}")).collect::<Vec<_>>().join(", ")
}

/// Shows a plan.
pub fn plan(plan: &Plan, screen: &Screen) {
    inputs(plan, screen);
    let changed = plan.entries.iter().filter(|e| !e.edits.is_empty()).count();
    say(
        screen,
        &says::WILL_CHANGE,
        &[("changed", changed.to_string()), ("untouched", (plan.entries.len() - changed).to_string())],
    );
    for file in &plan.files {
        screen.line(&format!("  {}  {}", file.plan.name, human(file.plan.len)));
    }
    let side: Vec<&str> = plan.side.iter().map(|f| f.name.as_str()).collect();
    say(screen, &says::SIDE_FILES, &[("files", side.join(", "))]);
    for edit in &plan.config_edits {
        screen.line(&format!("  config.json: {} = {}", edit.path.join("."), edit.value));
    }
    skipped(plan, screen);
    let t = &plan.totals;
    say(
        screen,
        &says::COST,
        &[
            ("read", human(t.bytes_read)),
            ("write", human(t.bytes_written)),
            ("memory", human(t.peak_memory)),
            ("free", human(t.free_disk)),
            ("seconds", format!("{:.0}", t.seconds.ceil())),
        ],
    );
}

fn skipped(plan: &Plan, screen: &Screen) {
    for skip in &plan.skipped {
        let problem = Problem::new(&merge_says::SKIPPED)
            .arg("module", &skip.module)
            .words("reason", skip.problem.clone());
        screen.line(&format!("  ! {}", problem.what(screen.lang)));
    }
}

/// Shows the receipt of a finished job.
pub fn report(plan: &Plan, report: &Report, screen: &Screen) {
    inputs(plan, screen);
    let c = &report.counts;
    say(
        screen,
        &says::COUNTS,
        &[
            ("applied", c.applied.to_string()),
            ("replaced", c.replaced.to_string()),
            ("added", c.added.to_string()),
            ("untouched", c.untouched.to_string()),
            ("skipped", c.skipped.to_string()),
        ],
    );
    skipped(plan, screen);
    let mut changed: Vec<&TensorReport> = report.tensors.iter().filter(|t| t.relative().is_some()).collect();
    if !changed.is_empty() {
        let mean = changed.iter().filter_map(|t| t.relative()).sum::<f64>() / changed.len() as f64;
        changed.sort_by(|a, b| b.relative().partial_cmp(&a.relative()).unwrap_or(std::cmp::Ordering::Equal));
        say(
            screen,
            &says::CHANGE,
            &[
                ("mean", percent(mean)),
                ("values", c.values_changed.to_string()),
                ("lost", c.lost_to_rounding.to_string()),
            ],
        );
        for tensor in changed.iter().take(STRONGEST) {
            screen.line(&format!("  {:>8}  {}", percent(tensor.relative().unwrap_or(0.0)), tensor.name));
        }
    }
    let touched = c.values_changed + c.lost_to_rounding;
    if c.lost_to_rounding * 2 > touched && touched > 0 {
        let percent = format!("{:.0}", 100.0 * c.lost_to_rounding as f64 / touched as f64);
        let dtype = report.tensors.iter().find(|t| t.stats.is_some()).map_or("-", |t| t.dtype);
        screen.warning(
            &Problem::new(&merge_says::LOST_TO_ROUNDING).arg("percent", percent).arg("dtype", dtype),
        );
    }
    say(
        screen,
        &says::PROVEN,
        &[
            ("bytes", human(report.bytes)),
            ("rows", c.rows_recomputed.to_string()),
            ("tensors", c.tensors.to_string()),
        ],
    );
    say(screen, &says::WHERE, &[("path", plan.request.output.display().to_string())]);
}

fn percent(share: f64) -> String {
    if share >= 0.1 { format!("{:.1} %", share * 100.0) } else { format!("{:.3} %", share * 100.0) }
}
