/** What can stand where the cursor is in a query in LogQL, told from the text before it. Pure; the editor's completion asks it. */

export type CompletionPlace =
  | { readonly kind: "label"; readonly from: number }
  /** `from`: after the opening quotation mark. */
  | { readonly kind: "value"; readonly label: string; readonly from: number }
  /** After a pipe: stages, and labels to compare. */
  | { readonly kind: "stage"; readonly from: number }
  | { readonly kind: "range"; readonly from: number }
  /** Functions over queries, or the beginning of one. */
  | { readonly kind: "function"; readonly from: number };

const LAST_VALUE = /([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)$/;

/** Undefined where nothing is known: inside of a text, for example. */
export function completionPlace(before: string): CompletionPlace | undefined {
  const value = LAST_VALUE.exec(before);
  const at = before.length;
  if (value !== null && isOpenText(before))
    return { kind: "value", label: value[1] ?? "", from: at - (value[2] ?? "").length };
  if (isOpenText(before)) return undefined;
  const bare = before.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, (text) => "_".repeat(text.length));
  const word = /[A-Za-z_]\w*$/.exec(bare)?.[0] ?? "";
  const from = at - word.length;
  const range = /\[(\w*)$/.exec(bare);
  if (range !== null) return { kind: "range", from: at - (range[1] ?? "").length };
  const brace = bare.lastIndexOf("{");
  if (brace > bare.lastIndexOf("}")) {
    return /[{,]\s*$/.test(bare.slice(0, from)) ? { kind: "label", from } : undefined;
  }
  if (/\|\s*$/.test(bare.slice(0, from))) return { kind: "stage", from };
  if (/\b(?:by|without)\s*\((?:[\w\s]*,)?\s*$/.test(bare.slice(0, from))) return { kind: "label", from };
  return /(?:^|[(\s,+\-*/])$/.test(bare.slice(0, from)) && !/[}`"]\s*$/.test(before.slice(0, from))
    ? { kind: "function", from }
    : undefined;
}

/** Whether the end of the text is inside of quotation marks. */
function isOpenText(text: string): boolean {
  const rest = text.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "");
  return rest.includes('"') || rest.includes("`");
}

export interface Word {
  readonly label: string;
  readonly detail: string;
  /** What is put in, where that is not the word itself. */
  readonly apply?: string;
}

export const STAGES: readonly Word[] = [
  { label: "json", detail: "fields of a line in JSON" },
  { label: "logfmt", detail: "fields of a line of key=value" },
  { label: "pattern", detail: "fields by their places", apply: 'pattern "<_> <field>"' },
  { label: "regexp", detail: "fields by named groups", apply: 'regexp "(?P<field>\\\\w+)"' },
  { label: "line_format", detail: "another text for the line", apply: 'line_format "{{.field}}"' },
  { label: "label_format", detail: "labels renamed or made" },
  { label: "unwrap", detail: "a label's number as the sample" },
  { label: "drop", detail: "labels away" },
  { label: "keep", detail: "no other labels" },
  { label: "decolorize", detail: "without terminal colours" },
];

const over = (name: string, detail: string): Word => ({
  label: name,
  detail,
  apply: `${name}({service_name=~".+"}[1m])`,
});

export const FUNCTIONS: readonly Word[] = [
  { label: "{service_name=…}", detail: "lines of a service", apply: '{service_name="' },
  over("count_over_time", "lines in each range"),
  over("rate", "lines per second"),
  over("bytes_over_time", "bytes in each range"),
  over("bytes_rate", "bytes per second"),
  {
    label: "sum by (level)",
    detail: "one series a level",
    apply: 'sum by (level) (count_over_time({service_name=~".+"}[1m]))',
  },
  {
    label: "quantile_over_time",
    detail: "a quantile of an unwrapped number",
    apply: 'quantile_over_time(0.99, {service_name=~".+"} | unwrap duration_ms [1m]) by (service_name)',
  },
  {
    label: "topk",
    detail: "the largest series",
    apply: 'topk(5, sum by (service_name) (count_over_time({level="error"}[1m])))',
  },
];

export const RANGES: readonly string[] = ["30s", "1m", "5m", "10m", "30m", "1h"];
