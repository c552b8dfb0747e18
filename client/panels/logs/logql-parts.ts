/** The search form in LogQL, and filters added to a query. Server `query/logql/reading.ts` reads the same back. */
import type { LogFilterParts } from "../../../server/wire/logs.js";
import type { FieldFilter } from "../../../server/wire/telemetry.js";

/** Every stream: LogQL asks for one matcher that is not empty. */
const ALL_STREAMS = 'service_name=~".+"';

/** Fields that are labels of streams. */
const STREAM_LABELS: Readonly<Record<string, string>> = {
  service: "service_name",
  level: "level",
  instance: "instance",
};

const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;

/** Between backquotes nothing has to be escaped. */
const quoteRaw = (text: string): string => (text.includes("`") ? quote(text) : `\`${text}\``);

const escapePattern = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");

/** `http.route` is `http_route` in LogQL. */
const labelOf = (field: string): string => {
  const label = field.replace(/[^a-zA-Z0-9_]/g, "_");
  return Object.hasOwn(STREAM_LABELS, label) || label === "job" ? `${label}_extracted` : label;
};

/** The query that finds what the form finds; words are looked for in the message alone. */
export function logqlOf({ levels, services, text, traceId, fields }: LogFilterParts): string {
  const inSelector = fields.filter(({ name }) => Object.hasOwn(STREAM_LABELS, name));
  const matchers = [
    ...listMatcher("service_name", services),
    ...listMatcher("level", levels),
    ...inSelector.map(({ name, operator, value }) => `${STREAM_LABELS[name] ?? name}${operator}${quote(value)}`),
  ];
  if (!matchers.some((matcher) => /^\w+=(?!~"\.\*")/.test(matcher))) matchers.unshift(ALL_STREAMS);
  const stages = [
    ...wordsOf(text).map(
      ({ word, isForbidden }) => `${isForbidden ? "!~" : "|~"} ${quoteRaw(`(?i)${escapePattern(word)}`)}`,
    ),
    ...fields.filter((field) => !inSelector.includes(field)).map(stageOf),
    ...(traceId === undefined || traceId === "" ? [] : [`| trace_id=${quote(traceId)}`]),
  ];
  return [`{${matchers.join(", ")}}`, ...stages].join(" ");
}

function listMatcher(label: string, values: readonly string[]): readonly string[] {
  if (values.length === 0) return [];
  const [only = ""] = values;
  return [values.length === 1 ? `${label}=${quote(only)}` : `${label}=~${quote(values.map(escapePattern).join("|"))}`];
}

/** A filter as a stage behind a selector. */
function stageOf({ name, operator, value }: FieldFilter): string {
  if (name === "pattern") return `${operator === "=" ? "|>" : "!>"} ${quoteRaw(value)}`;
  const label = STREAM_LABELS[name] ?? labelOf(name);
  return `| ${label}${operator}${quote(value)}`;
}

/** The query with a filter behind it; with the same filter already at its end, without it. */
export function withFilter(query: string, filter: FieldFilter): string {
  const stage = ` ${stageOf(filter)}`;
  const text = query.trimEnd();
  return text.endsWith(stage) ? text.slice(0, -stage.length) : text + stage;
}

/** Words of the form's text: `"two words"` as one, `-word` not wanted. */
function wordsOf(text: string): readonly { readonly word: string; readonly isForbidden: boolean }[] {
  return [...text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)]
    .map(([, minus, quoted, bare]) => ({ word: quoted ?? bare ?? "", isForbidden: minus === "-" }))
    .filter(({ word }) => word !== "");
}
