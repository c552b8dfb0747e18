/** Ways to mend a query in LogQL that does not parse, for mistakes that people make. Each is tried: only what parses then is offered. */
import type { Diagnostic } from "../../base/diagnostic.js";
import { nearestName } from "../../base/nearest-name.js";
import type { QueryFix } from "../../wire/logs.js";
import { parseLogql } from "./parse.js";

const FIXES_MAX = 3;

type Suggest = (text: string, place: Pick<Diagnostic, "from" | "to">) => readonly QueryFix[];

const insertion = (title: string, at: number, text: string): QueryFix => ({ title, from: at, to: at, text });

/** Brackets that are open at the end of the text, outside of strings; the innermost first. */
function openBrackets(text: string): string {
  const closers: string[] = [];
  const pairs: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|[{}()[\]]/g)) {
    if (Object.hasOwn(pairs, piece)) closers.unshift(pairs[piece]);
    else if (piece === closers[0]) closers.shift();
  }
  return closers.join("");
}

/** The quotation mark of a text that is open at the end. */
function openMark(text: string): string | undefined {
  const rest = text.replaceAll(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/g, "");
  return /["`]/.exec(rest)?.[0];
}

const STAGES: readonly string[] =
  "json logfmt regexp pattern unpack unwrap label_format line_format decolorize drop keep".split(" ");

const SUGGESTIONS: readonly Suggest[] = [
  // `{a="b" | json`: the stages begin before the selector ends.
  (text) => {
    const [selector] = /^\s*\{(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`|}])*(?=\|)/.exec(text) ?? [];
    return selector === undefined ? [] : [insertion("Close the selector with }", selector.trimEnd().length, "}")];
  },
  (text) => {
    const missing = openBrackets(text);
    return missing === "" ? [] : [insertion(`Add ${missing} at the end`, text.trimEnd().length, missing)];
  },
  // Words alone: what one types into a search field.
  (text) =>
    /^[^{}|"`()=]+$/.test(text.trim())
      ? [
          {
            title: "Look for these words in every line",
            from: 0,
            to: text.length,
            text: `{service_name=~".+"} |= \`${text.trim()}\``,
          },
        ]
      : [],
  // A filter without the streams that it filters.
  (text) => (/^\s*(?:\||!)/.test(text) ? [insertion("Begin with all streams", 0, '{service_name=~".+"} ')] : []),
  // `{}` and matchers that may be empty choose nothing in particular.
  (text) => {
    const selector = /\{([^}]*)\}/.exec(text);
    if (selector === null) return [];
    const inner = selector[1].trim();
    const at = selector.index + 1;
    return [insertion("Choose every service", at, `service_name=~".+"${inner === "" ? "" : ", "}`)];
  },
  // `level=error`: values stand in quotes.
  (text, { from, to }) => {
    const word = text.slice(from, Math.max(to, from + 1));
    return /^[\w.-]+$/.test(word) ? [{ title: `Put ${word} in quotation marks`, from, to, text: `"${word}"` }] : [];
  },
  // `'x'` is no string in LogQL.
  (text) => {
    const single = /'([^'"]*)'/.exec(text);
    if (single === null) return [];
    const [whole, inner] = single;
    return [
      {
        title: `Write "${inner}" with double quotation marks`,
        from: single.index,
        to: single.index + whole.length,
        text: `"${inner}"`,
      },
    ];
  },
  // `==` between a label and a value.
  (text) => {
    const doubled = /([A-Za-z_]\w*)\s*==\s*(?=["`])/.exec(text);
    if (doubled === null) return [];
    const at = doubled.index + doubled[1].length;
    return [{ title: "Compare texts with =", from: at, to: doubled.index + doubled[0].length, text: "=" }];
  },
  // Attributes have dots, labels do not.
  (text) => {
    const dotted = /[A-Za-z_]\w*(?:\.\w+)+(?=\s*(?:=|!=|=~|!~|>|<))/.exec(text);
    if (dotted === null) return [];
    const [name] = dotted;
    const label = name.replaceAll(".", "_");
    return [{ title: `Call it ${label}`, from: dotted.index, to: dotted.index + name.length, text: label }];
  },
  // A function of lines over time needs its range.
  (text) =>
    /(?:_over_time|rate)\s*\(/.test(text) && !text.includes("[")
      ? [insertion("Count over 1m", Math.max(0, text.lastIndexOf(")", text.trimEnd().length)), " [1m]")]
      : [],
  // `sum by job (…)`, as one reads it aloud.
  (text) => {
    const grouping = /\b(?:by|without)\s+(\w+(?:\s*,\s*\w+)*)(?=\s*\()/.exec(text);
    if (grouping === null) return [];
    const [whole, labels] = grouping;
    const to = grouping.index + whole.length;
    return [{ title: `Put ${labels} in parentheses`, from: to - labels.length, to, text: `(${labels})` }];
  },
  // A text that was not closed, and the brackets that it swallowed.
  (text) => {
    const mark = openMark(text);
    if (mark === undefined) return [];
    const end = text.trimEnd();
    const inside = /(?:\[[\w.]*\]|[)}\]])*$/.exec(end)?.[0] ?? "";
    const missing = openBrackets(`${end}${mark}`);
    return [
      insertion(`Close the text with ${mark}`, end.length - inside.length, mark),
      insertion(`Close the text with ${mark}${missing}`, end.length, `${mark}${missing}`),
    ];
  },
  // A stage by nearly its name is read as a label.
  (text) =>
    [...text.matchAll(/(?<=\|\s*)[a-z_]\w*/gi)].flatMap(({ 0: word, index }) => {
      const name = STAGES.includes(word) ? undefined : nearestName(word, STAGES);
      return name === undefined
        ? []
        : [{ title: `Write ${name} for ${word}`, from: index, to: index + word.length, text: name }];
    }),
  (text, { from, to }) => (to > from ? [{ title: `Take ${text.slice(from, to)} away`, from, to, text: "" }] : []),
];

/** Fixes after which the text parses, the most likely first. */
export function fixesOf(text: string, place: Pick<Diagnostic, "from" | "to">): readonly QueryFix[] {
  return SUGGESTIONS.flatMap((suggest) => suggest(text, place))
    .filter((fix) => parseLogql(text.slice(0, fix.from) + fix.text + text.slice(fix.to)).ok)
    .slice(0, FIXES_MAX);
}
