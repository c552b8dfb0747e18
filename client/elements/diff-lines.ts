/** A unified diff as lines with their numbers in the old and the new file. Pure. */

export interface DiffLine {
  readonly kind: "added" | "removed" | "context" | "hunk" | "file";
  readonly text: string;
  readonly oldNumber: number | undefined;
  readonly newNumber: number | undefined;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Text without hunk headers is numbered from 1. `+` and `-` in front are cut off from the text of a line. */
export function readDiff(text: string): readonly DiffLine[] {
  let oldNumber = 1;
  let newNumber = 1;
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line): DiffLine => {
      if (/^(?:---|\+\+\+|diff |index )/.test(line)) return plain("file", line);
      const hunk = HUNK.exec(line);
      if (hunk !== null) {
        oldNumber = Number(hunk[1]);
        newNumber = Number(hunk[2]);
        return plain("hunk", line);
      }
      if (line.startsWith("+"))
        return { kind: "added", text: line.slice(1), oldNumber: undefined, newNumber: newNumber++ };
      if (line.startsWith("-"))
        return { kind: "removed", text: line.slice(1), oldNumber: oldNumber++, newNumber: undefined };
      return { kind: "context", text: line.replace(/^ /, ""), oldNumber: oldNumber++, newNumber: newNumber++ };
    });
}

const plain = (kind: "hunk" | "file", text: string): DiffLine => ({
  kind,
  text,
  oldNumber: undefined,
  newNumber: undefined,
});
