/** The query of a logs panel, a stream selector and words, as parameters of the logs view. Pure. */

export interface LogPanelQuery {
  readonly services: readonly string[];
  readonly levels: readonly string[];
  /** As the logs view's search takes them. */
  readonly text: string;
}

const SERVICE_LABELS = new Set(["service_name", "service", "job"]);
const LEVEL_LABELS = new Set(["level", "detected_level", "severity"]);

/** Undefined where the query says more than that: such a one is for the logs view's own LogQL. */
export function logPanelQuery(query: string): LogPanelQuery | undefined {
  const match = /^\s*\{([^}]*)\}\s*([\s\S]*)$/.exec(query);
  if (match === null) return undefined;
  const services: string[] = [];
  const levels: string[] = [];
  for (const part of (match[1] ?? "").split(/,(?=\s*\w+\s*(?:=|!))/)) {
    const matcher = /^\s*(\w+)\s*(=~|=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(part);
    if (matcher === null) return undefined;
    const [, label = "", operator, value = ""] = matcher;
    const values = operator === "=~" ? alternatives(value) : [value];
    if (SERVICE_LABELS.has(label)) services.push(...(values.includes(".*") || values.includes(".+") ? [] : values));
    else if (LEVEL_LABELS.has(label)) levels.push(...values);
    else return undefined;
  }
  const words = [...(match[2] ?? "").matchAll(/\s*\|=\s*["`]([^"`]*)["`]\s*/g)];
  const rest = (match[2] ?? "").replace(/\s*\|=\s*["`][^"`]*["`]\s*/g, "").trim();
  if (rest !== "") return undefined;
  return { services, levels, text: words.map(([, word = ""]) => (/\s/.test(word) ? `"${word}"` : word)).join(" ") };
}

/** `(a|b)` and `a|b`; backslashes before ordinary signs go. */
const alternatives = (pattern: string): readonly string[] =>
  pattern
    .replace(/^\((.*)\)$/, "$1")
    .split("|")
    .map((value) => value.replace(/\\+(?=[^\w\s])/g, ""));
