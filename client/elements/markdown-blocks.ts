/**
 * The part of Markdown that runbooks, explanations and postmortems use: headings, paragraphs, lists (one level of
 * nesting by indentation), fenced code, quotes, tables, rules; emphasis, code and links inside. Read into plain data;
 * the element turns it into DOM, so nothing in the text can become markup.
 */

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong"; readonly content: readonly Inline[] }
  | { readonly kind: "emphasis"; readonly content: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly content: readonly Inline[] };

export interface ListItem {
  readonly content: readonly Inline[];
  readonly children: readonly ListItem[];
  /** `[ ]` and `[x]`; undefined for a plain item. */
  readonly checked: boolean | undefined;
}

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly content: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly content: readonly Inline[] }
  | { readonly kind: "quote"; readonly content: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly ListItem[] }
  | {
      readonly kind: "table";
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: "rule" };

const LIST_LINE = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const FENCE = /^\s*```\s*([\w-]*)\s*$/;

export function readMarkdown(text: string): readonly Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at += 1;
      continue;
    }
    const { block, next } = readBlock(lines, at);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

interface BlockEnd {
  readonly block: Block;
  readonly next: number;
}

function readBlock(lines: readonly string[], at: number): BlockEnd {
  const line = lines[at] ?? "";
  if (FENCE.test(line)) return readFence(lines, at);
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading !== null) {
    const block: Block = { kind: "heading", level: (heading[1] ?? "#").length, content: readInline(heading[2] ?? "") };
    return { block, next: at + 1 };
  }
  if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) return { block: { kind: "rule" }, next: at + 1 };
  if (LIST_LINE.test(line)) return readList(lines, at);
  if (line.startsWith(">")) return readQuote(lines, at);
  if (line.includes("|") && /^[\s|:-]+$/.test(lines[at + 1] ?? "") && (lines[at + 1] ?? "").includes("-")) {
    return readTable(lines, at);
  }
  return readParagraph(lines, at);
}

function readFence(lines: readonly string[], at: number): BlockEnd {
  const language = FENCE.exec(lines[at] ?? "")?.[1] ?? "";
  let end = at + 1;
  while (end < lines.length && !/^\s*```\s*$/.test(lines[end] ?? "")) end += 1;
  return { block: { kind: "code", language, text: lines.slice(at + 1, end).join("\n") }, next: end + 1 };
}

function readList(lines: readonly string[], at: number): BlockEnd {
  const drafts: { indent: number; text: string }[] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? "";
    const item = LIST_LINE.exec(line);
    const last = drafts.at(-1);
    if (item !== null) drafts.push({ indent: (item[1] ?? "").length, text: item[3] ?? "" });
    else if (last !== undefined && /^\s+\S/.test(line)) last.text += ` ${line.trim()}`;
    else break;
  }
  const base = Math.min(...drafts.map(({ indent }) => indent));
  const items: { content: readonly Inline[]; children: ListItem[]; checked: boolean | undefined }[] = [];
  for (const { indent, text } of drafts) {
    const box = /^\[([ xX])\]\s+(.*)$/.exec(text);
    const content = readInline(box?.[2] ?? text);
    const checked = box === null ? undefined : box[1] !== " ";
    const parent = items.at(-1);
    if (indent > base + 1 && parent !== undefined) parent.children.push({ content, children: [], checked });
    else items.push({ content, children: [], checked });
  }
  return { block: { kind: "list", ordered: /^\s*\d/.test(lines[at] ?? ""), items }, next: end };
}

function readQuote(lines: readonly string[], at: number): BlockEnd {
  let end = at;
  while (end < lines.length && (lines[end] ?? "").startsWith(">")) end += 1;
  const text = lines
    .slice(at, end)
    .map((line) => line.replace(/^>\s?/, ""))
    .join(" ");
  return { block: { kind: "quote", content: readInline(text) }, next: end };
}

function readTable(lines: readonly string[], at: number): BlockEnd {
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? "").includes("|")) end += 1;
  const rows = lines.slice(at + 2, end).map(cellsOf);
  return { block: { kind: "table", head: cellsOf(lines[at] ?? ""), rows }, next: end };
}

const cellsOf = (line: string): readonly (readonly Inline[])[] =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => readInline(cell.trim()));

function readParagraph(lines: readonly string[], at: number): BlockEnd {
  let end = at;
  while (end < lines.length) {
    const line = lines[end] ?? "";
    const ends =
      line.trim() === "" || FENCE.test(line) || /^#{1,6}\s/.test(line) || line.startsWith(">") || LIST_LINE.test(line);
    if (ends && end > at) break;
    end += 1;
    if (ends) break;
  }
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join(" ");
  return { block: { kind: "paragraph", content: readInline(text) }, next: end };
}

const INLINE =
  /(`+)(.+?)\1|\*\*(.+?)\*\*|__(.+?)__|\*([^\s*].*?)\*|(?<![\w])_([^\s_].*?)_(?![\w])|\[([^\]]+)\]\(((?:[^()\s]|\([^()\s]*\))+)\)/;

/** Inline content of one line of text. Links other than http(s), in-page and in-application ones become their text. */
export function readInline(text: string): readonly Inline[] {
  const content: Inline[] = [];
  let rest = text;
  while (rest !== "") {
    const match = INLINE.exec(rest);
    if (match === null) break;
    if (match.index > 0) content.push({ kind: "text", text: rest.slice(0, match.index) });
    content.push(...inlineOf(match));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") content.push({ kind: "text", text: rest });
  return content;
}

function inlineOf(match: RegExpExecArray): readonly Inline[] {
  const [, ticks, code, starred, lined, star, line, label, href] = match;
  if (ticks !== undefined) return [{ kind: "code", text: (code ?? "").trim() }];
  const strong = starred ?? lined;
  if (strong !== undefined) return [{ kind: "strong", content: readInline(strong) }];
  const emphasis = star ?? line;
  if (emphasis !== undefined) return [{ kind: "emphasis", content: readInline(emphasis) }];
  const content = readInline(label ?? "");
  return isSafeLink(href ?? "") ? [{ kind: "link", href: href ?? "", content }] : content;
}

const isSafeLink = (href: string): boolean => /^(?:https?:\/\/|\/(?!\/)|#)/i.test(href);
