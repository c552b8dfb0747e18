/** How a message is shown: cut where it is long, as JSON where it is some. Pure. */
import { formatBytes } from "../../charts/format.js";
import { beginningOf } from "../../charts/readable-text.js";

/** Characters of an opened message before one asks for all. */
export const MESSAGE_SHOWN = 4_000;
/** Characters of one block of a long text: blocks outside of the view are not laid out. */
const BLOCK = 8_000;

/** Text in blocks that together are the text. */
export function blocksOf(text: string): readonly string[] {
  const blocks: string[] = [];
  for (let from = 0; from < text.length;) {
    // Not within an emoji; a text without end to its characters is cut all the same.
    const block = beginningOf(text.slice(from, from + BLOCK + 64), BLOCK) || text.slice(from, from + BLOCK);
    blocks.push(block);
    from += block.length;
  }
  return blocks;
}

/** `9.5 MB`, by the size in the browser. */
export const sizeOf = (characters: number): string => formatBytes(characters);

/** The text as indented JSON; undefined where it is none. Also for JSON behind some words. */
export function prettyJson(text: string): string | undefined {
  const at = text.search(/[[{]/);
  if (at < 0) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(at));
    if (typeof value !== "object" || value === null) return undefined;
    return `${text.slice(0, at)}${JSON.stringify(value, undefined, 2)}`.trim();
  } catch {
    return undefined;
  }
}
