// The one shape of errors.

/** Why this is not a Problem, or null. */
export function malformed(answer) {
  const problem = answer.json;
  if (typeof problem !== "object" || problem === null) return `no JSON: ${answer.text.slice(0, 200)}`;
  for (const field of ["code", "what"]) {
    if (typeof problem[field] !== "string" || problem[field] === "") return `${field} is missing`;
  }
  if (!Array.isArray(problem.fixes)) return "fixes is missing";
  for (const lang of ["en", "zh"]) {
    if (!problem.texts?.[lang]?.what) return `no ${lang} text`;
  }
  if (!/json/.test(answer.headers["content-type"] ?? ""))
    return `content type ${answer.headers["content-type"]}`;
  return null;
}

/** Fails unless it is one of these statuses, with a Problem. */
export function refused(answer, statuses, what) {
  const wanted = [statuses].flat();
  if (!wanted.includes(answer.status)) {
    throw new Error(
      `${what}: ${answer.status} instead of ${wanted.join(" or ")}: ${answer.text.slice(0, 300)}`,
    );
  }
  const why = malformed(answer);
  if (why) throw new Error(`${what}: ${answer.status} without the shape of a Problem: ${why}`);
}
