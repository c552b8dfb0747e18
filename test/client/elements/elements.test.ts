import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { readDiff } from "../../../client/elements/diff-lines.js";
import { readInline, readMarkdown } from "../../../client/elements/markdown-blocks.js";
import { pivotItems } from "../../../client/elements/pivots.js";

describe("Markdown", () => {
  test("reads the blocks of a runbook", () => {
    const blocks = readMarkdown(
      "# A\n\ntext\nmore\n\n1. one\n2. two\n   - below\n\n```sh\nls\n```\n> quote\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n---",
    );
    expect(blocks.map(({ kind }) => kind)).toEqual(["heading", "paragraph", "list", "code", "quote", "table", "rule"]);
    expect(blocks[2]).toMatchObject({ ordered: true, items: [{ children: [] }, { children: [{}] }] });
  });

  test("reads emphasis, code and links inside", () => {
    expect(readInline("a **b** `c` *d* [e](/run/x)").map(({ kind }) => kind)).toEqual([
      "text",
      "strong",
      "text",
      "code",
      "text",
      "emphasis",
      "text",
      "link",
    ]);
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "//evil.example/x"])("%s is no link", (href) => {
    expect(readInline(`[x](${href})`)).toEqual([{ kind: "text", text: "x" }]);
  });

  test("names with underscores stay whole", () => {
    expect(readInline("http_server_request_duration")).toEqual([
      { kind: "text", text: "http_server_request_duration" },
    ]);
  });

  test("ends for every text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("#", " ", "\n", "|", "-", "`", "*", "a", "[", "](", ")", ">", "1.", "_")),
        (parts) => {
          expect(Array.isArray(readMarkdown(parts.join("")))).toBe(true);
        },
      ),
    );
  });
});

test("diff lines are numbered on both sides", () => {
  expect(readDiff("@@ -10,2 +20,2 @@\n same\n-old\n+new\n")).toEqual([
    { kind: "hunk", text: "@@ -10,2 +20,2 @@", oldNumber: undefined, newNumber: undefined },
    { kind: "context", text: "same", oldNumber: 10, newNumber: 20 },
    { kind: "removed", text: "old", oldNumber: 11, newNumber: undefined },
    { kind: "added", text: "new", oldNumber: undefined, newNumber: 21 },
  ]);
});

describe("pivots", () => {
  test("a service with an instant leads to its minute", () => {
    const [logs] = pivotItems({ field: "service", value: "order", atUs: 100_000_000 });
    expect(logs).toMatchObject({ view: "logs", values: { services: "order", from: "40000000", to: "160000000" } });
  });

  test("a trace id leads to the trace and its logs", () => {
    expect(pivotItems({ field: "trace_id", value: "abc" }).map(({ view, values }) => [view, values])).toEqual([
      ["trace", { trace: "abc" }],
      ["logs", { trace: "abc" }],
    ]);
  });
});
