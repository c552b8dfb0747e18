/**
 * The learner's path beside the true one, call by call. As the grading sees it: trouble travels from a cause to its
 * callers and theirs, only calls on such a way are part of the path, and of those the seldom hurt are free. A line on
 * the map has no direction. Pure.
 */
import { PATH_OPTIONAL_BELOW } from "../../server/wire/debrief.js";
import type { TroubleEdge } from "../../server/wire/debrief.js";

/** `free`: a call that was hurt, but so seldom that naming it neither helps nor harms. */
export type PathVerdict = "right" | "missed" | "wrong" | "free";

interface Call {
  readonly from: string;
  readonly to: string;
}

export interface JudgedCall extends Call {
  readonly drawn: boolean;
  readonly verdict: PathVerdict;
  /** What was hurt most of its calls; undefined where it is on no way from a cause. */
  readonly hurt: Pick<TroubleEdge, "operation" | "hurtRatio"> | undefined;
}

export const PATH_VERDICTS: Readonly<Record<PathVerdict, { readonly mark: string; readonly word: string }>> = {
  right: { mark: "✓", word: "right" },
  missed: { mark: "○", word: "missed" },
  wrong: { mark: "✕", word: "wrong" },
  free: { mark: "–", word: "free" },
};

const ORDER: readonly PathVerdict[] = ["right", "missed", "wrong", "free"];

/** A line without direction. */
export const lineKey = ({ from, to }: Call): string => (from < to ? `${from} ${to}` : `${to} ${from}`);

/** Every call that was drawn or travelled: right ones first, then missed, wrong and free ones. */
export function judgePath(
  path: readonly Call[],
  trouble: readonly TroubleEdge[],
  causes: readonly string[],
): readonly JudgedCall[] {
  const reached = callersOf(causes, trouble);
  const drawn = new Set(path.map(lineKey));
  const judged = new Map<string, JudgedCall>();
  for (const { from, to, operation, hurtRatio } of trouble) {
    if (!reached.has(from) || !reached.has(to)) continue;
    const key = lineKey({ from, to });
    // A line has no direction: of two, the more hurt one counts.
    if ((judged.get(key)?.hurt?.hurtRatio ?? -1) >= hurtRatio) continue;
    const isDrawn = drawn.has(key);
    const verdict = hurtRatio < PATH_OPTIONAL_BELOW ? "free" : isDrawn ? "right" : "missed";
    judged.set(key, { from, to, drawn: isDrawn, verdict, hurt: { operation, hurtRatio } });
  }
  for (const { from, to } of path) {
    const key = lineKey({ from, to });
    if (!judged.has(key)) judged.set(key, { from, to, drawn: true, verdict: "wrong", hurt: undefined });
  }
  const rank = ({ verdict, hurt }: JudgedCall): number => ORDER.indexOf(verdict) - (hurt?.hurtRatio ?? 0) / 2;
  return [...judged.values()].sort((one, other) => rank(one) - rank(other));
}

/** The causes, who called them along hurt calls, who called those, and so on. */
function callersOf(causes: readonly string[], trouble: readonly TroubleEdge[]): ReadonlySet<string> {
  const reached = new Set(causes);
  for (let size = -1; size !== reached.size;) {
    size = reached.size;
    for (const { from, to } of trouble) if (reached.has(to)) reached.add(from);
  }
  return reached;
}
