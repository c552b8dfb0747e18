/** Colours of LogQL in an editor: a tokenizer by words, as a stream. Its meaning is the server's to tell. */
import { StreamLanguage } from "@codemirror/language";
import type { StreamParser } from "@codemirror/language";

const KEYWORDS =
  /^(?:json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format|decolorize|drop|keep|distinct|by|without|on|ignoring|group_left|group_right|offset|bool|and|or|unless)\b/;
const FUNCTIONS =
  /^(?:\w+_over_time|rate|rate_counter|bytes_rate|sum|avg|count|max|min|stddev|stdvar|bottomk|topk|approx_topk|sort|sort_desc|vector|label_replace|ip|duration|duration_seconds|bytes)(?=\s*(?:\(|by\b|without\b))/;

/** Kinds of tokens by the expressions that begin them, tried in order. The names are those of Lezer's tags. */
const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/^#[^\n]*/, "comment"],
  [/^"(?:[^"\\\n]|\\.)*"?/, "string"],
  [/^`[^`]*`?/, "string"],
  [/^\[[^\]]*\]?/, "number"],
  [FUNCTIONS, "keyword"],
  [KEYWORDS, "modifier"],
  [/^\d[\w.]*/, "number"],
  [/^[A-Za-z_]\w*(?=\s*(?:=|!|>|<))/, "labelName"],
  [/^[A-Za-z_]\w*/, "variableName"],
  [/^(?:\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[|=<>+\-*/%^])/, "operator"],
  [/^[{}]/, "brace"],
  [/^[()]/, "paren"],
];

const parser: StreamParser<unknown> = {
  name: "logql",
  token(stream) {
    if (stream.eatSpace()) return null;
    for (const [pattern, kind] of TOKENS) if (stream.match(pattern) !== null) return kind;
    stream.next();
    return null;
  },
};

export const logqlLanguage = StreamLanguage.define(parser);
