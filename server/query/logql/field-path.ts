/** Paths into JSON, `servers[0].name` or `["a key"]`. Source: grafana/loki pkg/logql/log/jsonexpr. */
import { failure, success, type Result } from "../../base/result.js";
import { unquote } from "../promql/literals.js";

export type FieldPath = readonly (string | number)[];

const WORDS = /\s*(?:(?<field>[\p{L}_][\p{L}\p{Nd}_-]*)|(?<index>\d+)|(?<text>"(?:[^"\\]|\\.)*")|(?<symbol>[.[\]]))/uy;
const NAMES: Readonly<Record<string, string>> = { ".": "DOT", "[": "LSB", "]": "RSB" };

interface Word {
  readonly name: string;
  readonly value: string | number;
}

/** The steps of a path; the error is Loki's. */
export function parseFieldPath(text: string): Result<FieldPath, string> {
  const words = wordsOf(text);
  const path: (string | number)[] = [];
  let at = 0;
  const fault = (...expecting: readonly string[]): Result<FieldPath, string> => {
    const wanted = expecting.length === 0 ? "" : `, expecting ${expecting.join(" or ")}`;
    return failure(`cannot parse expression [${text}]: syntax error: unexpected ${words[at].name}${wanted}`);
  };
  if (words[0].name === "FIELD") path.push(words[at++].value);
  else if (words[0].name !== "LSB") return fault("LSB", "FIELD");
  while (words[at].name !== "$end") {
    if (words[at].name === "DOT") {
      at++;
      if (words[at].name !== "FIELD") return fault("FIELD");
      path.push(words[at++].value);
      continue;
    }
    if (words[at].name !== "LSB") return fault();
    at++;
    if (words[at].name !== "STRING" && words[at].name !== "INDEX") return fault("STRING", "INDEX");
    path.push(words[at++].value);
    if (words[at].name !== "RSB") return fault("RSB");
    at++;
  }
  return success(path);
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    WORDS.lastIndex = at;
    const match = WORDS.exec(text);
    if (match === null) {
      words.push({ name: "$unk", value: "" });
      break;
    }
    at += match[0].length;
    words.push(wordOf(match.groups ?? {}));
  }
  words.push({ name: "$end", value: "" });
  return words;
}

function wordOf(groups: Readonly<Record<string, string | undefined>>): Word {
  const { field, index, text, symbol = "" } = groups;
  if (field !== undefined) return { name: "FIELD", value: field };
  if (index !== undefined) return { name: "INDEX", value: Number(index) };
  if (text === undefined) return { name: NAMES[symbol], value: symbol };
  const meant = unquote(text);
  return { name: "STRING", value: meant.ok ? meant.value : text };
}
