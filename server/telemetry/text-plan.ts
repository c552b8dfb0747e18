/**
 * How a free text search is decided for lines of one template whose spans have one site and status: the terms that their
 * fixed texts leave open, and where each of them could still be. Only there it is looked for.
 */
import { straddles } from "../base/text-gaps.js";
import { knownValues } from "./known-attributes.js";
import { DURATION_FIELD, durationMs, type LogTexts } from "./log-text.js";
import type { AttributeWords, LogSource } from "./sources.js";
import type { TextQuery } from "./text-query.js";

interface OpenTerm {
  readonly term: string;
  readonly isRequired: boolean;
  /** It may stand across a fixed text and a value. */
  readonly inMessage: boolean;
  readonly carriers: readonly string[];
}

/** `refused`: no such line matches. */
export type TextPlan = { readonly kind: "refused" } | { readonly kind: "open"; readonly terms: readonly OpenTerm[] };

interface Place {
  readonly template: number;
  readonly site: number;
  readonly status: number;
}

export function planText(
  query: TextQuery,
  texts: LogTexts,
  words: AttributeWords,
  { template, site, status }: Place,
): TextPlan {
  const fixed = texts.fixedOfSpan(template, site, status).map((text) => text.toLowerCase());
  const known = knownValues(texts.model.sites[site], status).map((value) => value.toLowerCase());
  const terms: OpenTerm[] = [];
  for (const isRequired of [true, false]) {
    for (const term of isRequired ? query.required : query.forbidden) {
      if ([...fixed, ...known].some((text) => text.includes(term))) {
        if (isRequired) continue;
        return { kind: "refused" };
      }
      const carriers = words.carriers(term);
      const isInGap = term === ABSENT || (texts.hasDuration(template) && DURATION_TEXT.test(term));
      const inMessage = isInGap || straddles(fixed, term);
      if (carriers.length > 0 || inMessage) terms.push({ term, isRequired, inMessage, carriers });
      else if (isRequired) return { kind: "refused" };
    }
  }
  return { kind: "open", terms };
}

/** What stands in a message for an attribute that is not there. */
const ABSENT = "-";

/** What may be in `12.5 ms`. */
const DURATION_TEXT = /^[\d.e+\- ms]+$/;

export function matchesPlan(plan: TextPlan, texts: LogTexts, source: LogSource, row: number): boolean {
  return plan.kind === "open" && plan.terms.every((term) => occurs(term, texts, source, row) === term.isRequired);
}

function occurs({ term, inMessage, carriers }: OpenTerm, texts: LogTexts, source: LogSource, row: number): boolean {
  const subject = source.table.subject[row];
  for (const name of carriers) {
    const value = name === DURATION_FIELD ? durationMs(source, row) : source.spans.attribute?.(subject, name);
    if (value !== undefined && String(value).toLowerCase().includes(term)) return true;
  }
  return inMessage && texts.message(source, row).toLowerCase().includes(term);
}
