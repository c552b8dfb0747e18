/** What the notebook makes of a run's exhibits and hypotheses: order, links, sentences, and its Markdown. */
import { judgementOf, JUDGEMENTS } from "./judgements.js";
import type { ExhibitContent, Hypothesis, Notebook, ViewReference } from "../../../server/wire/run.js";
import type { FaultClass } from "../../../server/wire/scenario.js";

export const HYPOTHESIS_STATES: readonly {
  readonly value: Hypothesis["state"];
  readonly label: string;
  readonly mark: string;
}[] = [
  { value: "open", label: "Open", mark: "?" },
  { value: "confirmed", label: "Confirmed", mark: "✓" },
  { value: "ruled-out", label: "Ruled out", mark: "✕" },
];

const STATE_ORDER: Readonly<Record<Hypothesis["state"], number>> = { confirmed: 0, open: 1, "ruled-out": 2 };

/** Confirmed before open before ruled out; within each the most believed first. */
export function sortHypotheses(hypotheses: readonly Hypothesis[]): readonly Hypothesis[] {
  return [...hypotheses].sort(
    (left, right) =>
      STATE_ORDER[left.state] - STATE_ORDER[right.state] ||
      right.confidence - left.confidence ||
      left.id.localeCompare(right.id),
  );
}

/** What the learner believes most and has not ruled out: the first guess of the answer form. */
export function leadingHypothesis(hypotheses: readonly Hypothesis[]): Hypothesis | undefined {
  return sortHypotheses(hypotheses).find(({ state }) => state !== "ruled-out");
}

/**
 * Address that shows what a reference points at as it was: its view and search, over the window that was on the screen.
 * The window replaces relative ranges, which would have moved on with the clock.
 */
export function referenceHref(runId: string, { view, search, window }: ViewReference): string {
  const parameters = new URLSearchParams(search);
  parameters.set("from", String(Math.round(window.fromUs)));
  parameters.set("to", String(Math.round(window.toUs)));
  return `/run/${encodeURIComponent(runId)}/${view}?${parameters.toString()}`;
}

/** What was pinned, in one line. */
export function contentSummary(content: ExhibitContent): string {
  if (content.kind === "series") return counted(content.series.length, "series", "series");
  if (content.kind === "lines") return `${counted(content.lines.length, "line", "lines")} of ${String(content.total)}`;
  return counted(content.facts.length, "fact", "facts");
}

/** Series of a pinned chart as columns: ascending times in µs, values with NaN for gaps. */
export function frozenSeries(
  content: Extract<ExhibitContent, { kind: "series" }>,
): readonly { readonly name: string; readonly timesUs: Float64Array; readonly values: Float64Array }[] {
  return content.series.map(({ name, points }) => {
    const sorted = [...points].sort((left, right) => left[0] - right[0]);
    return {
      name,
      timesUs: Float64Array.from(sorted, ([timeUs]) => timeUs),
      // A point without a value is a gap.
      values: Float64Array.from(sorted, ([, value]) => value ?? Number.NaN),
    };
  });
}

/** Title of a fault class by its id; the id itself where the taxonomy does not know it. */
export function classTitle(taxonomy: readonly FaultClass[], id: string): string {
  return taxonomy.find((fault) => fault.id === id)?.title ?? id;
}

/** Belief in words that keep their order: 0.3 → `30 %`. */
export function percent(ratio: number): string {
  return `${String(Math.round(ratio * 100))} %`;
}

/** The notebook as Markdown: hypotheses as a table, exhibits as a list. `clock` writes an instant. */
export function notebookMarkdown(
  notebook: Notebook,
  {
    title,
    taxonomy,
    clock,
  }: { readonly title: string; readonly taxonomy: readonly FaultClass[]; readonly clock: (us: number) => string },
): string {
  const lines = [`# Notebook: ${title}`, "", "## Hypotheses", ""];
  if (notebook.hypotheses.length === 0) lines.push("None.");
  else lines.push("| component | class | confidence | state | note |", "| --- | --- | --- | --- | --- |");
  for (const { component, faultClass, confidence, state, note } of sortHypotheses(notebook.hypotheses)) {
    const cells = [component, classTitle(taxonomy, faultClass), percent(confidence), state, note];
    lines.push(`| ${cells.map(tableCell).join(" | ")} |`);
  }
  lines.push("", "## Exhibits", "");
  if (notebook.exhibits.length === 0) lines.push("None.");
  notebook.exhibits.forEach((exhibit, index) => {
    const note = exhibit.note === "" ? "" : ` — ${exhibit.note.replaceAll("\n", " ")}`;
    const from = clock(exhibit.reference.window.fromUs);
    const to = clock(exhibit.reference.window.toUs);
    lines.push(`${String(index + 1)}. **${exhibit.title}** (${exhibit.reference.view}, ${from} to ${to})${note}`);
  });
  return `${[...lines, ...judgementLines(notebook, taxonomy)].join("\n")}\n`;
}

/** The matrix of judgements, where there is one. */
function judgementLines({ exhibits, hypotheses }: Notebook, taxonomy: readonly FaultClass[]): readonly string[] {
  const sorted = sortHypotheses(hypotheses);
  if (!sorted.some(({ judgements = {} }) => Object.keys(judgements).length > 0)) return [];
  const row = (cells: readonly string[]): string => `| ${cells.map(tableCell).join(" | ")} |`;
  const signOf = (value: number): string => JUDGEMENTS.find((known) => known.value === value)?.sign ?? "0";
  return [
    "",
    "## Judgement",
    "",
    row(["exhibit", ...sorted.map(({ component, faultClass }) => `${component}: ${classTitle(taxonomy, faultClass)}`)]),
    row(["---", ...sorted.map(() => "---")]),
    ...exhibits.map(({ id, title }) =>
      row([title, ...sorted.map((hypothesis) => signOf(judgementOf(hypothesis, id)))]),
    ),
  ];
}

function tableCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function counted(figure: number, one: string, many: string): string {
  return `${String(figure)} ${figure === 1 ? one : many}`;
}
