/** A postmortem draft in Markdown, in the order that most teams use; figures come from the worlds, prose from the scenario. */
import type { Debrief } from "../wire/debrief.js";
import { formatClockUtc, formatMs, formatSpan } from "./text.js";

export type PostmortemInput = Omit<Debrief, "postmortem"> & { readonly severity: string };

export function writePostmortem(input: PostmortemInput): string {
  const first = input.causes[0];
  const mineTotal = input.impact.mine.reduce((sum, value) => sum + value, 0);
  const untouchedTotal = input.impact.untouched.reduce((sum, value) => sum + value, 0);
  return [
    `# Postmortem: ${input.scenarioTitle}`,
    "",
    `- Severity: ${input.severity}`,
    `- Began: ${formatClockUtc(first.onsetUs)} UTC`,
    `- Impact: ${mineTotal.toFixed(0)} ${input.impact.unit} (${untouchedTotal.toFixed(0)} had nobody acted), until ${formatClockUtc(endOf(input))} UTC`,
    "",
    "## Summary",
    "",
    input.submission.sentence.trim() === "" ? "_To be written._" : input.submission.sentence.trim(),
    "",
    "## Root cause",
    "",
    ...input.causes.map(
      (cause) =>
        `- **${cause.component}**, ${cause.faultClass}, from ${formatClockUtc(cause.onsetUs)}: ${cause.description}`,
    ),
    "",
    input.explanation.trim(),
    "",
    "## How the trouble travelled",
    "",
    ...troubleTable(input),
    "",
    "## Timeline (UTC)",
    "",
    ...input.timeline
      .filter((entry) => entry.kind !== "look")
      .map((entry) => `- ${formatClockUtc(entry.atUs)} ${entry.kind}: ${entry.title}`),
    "",
    "## Response, measured",
    "",
    ...input.dimensions.flatMap((dimension) =>
      dimension.parts.map(
        (part) => `- ${part.title}: ${part.points.toFixed(1)} of ${part.pointsMax.toFixed(1)} (${part.formula})`,
      ),
    ),
    "",
    "## To discuss",
    "",
    ...input.followUps.map((item) => `- [ ] ${item.question}`),
    "",
    lengthLine(input),
    "",
  ].join("\n");
}

function troubleTable(input: PostmortemInput): readonly string[] {
  if (input.trouble.length === 0) return ["No call between components was hurt."];
  const { length: shown } = input.trouble;
  const listed = shown < input.troubledEdges ? ` ${String(shown)} of ${String(input.troubledEdges)} are listed.` : "";
  return [
    `Measured in the world in which nobody acted, on the kind of call that was hurt most between each two.${listed}`,
    "",
    "| caller | callee | call | hurt | p99 | p99 when healthy | errors |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    ...input.trouble.map((edge) => {
      const healthy = edge.latencyMsP99Twin === undefined ? "–" : formatMs(edge.latencyMsP99Twin);
      return `| ${edge.from} | ${edge.to} | ${edge.operation} | ${percent(edge.hurtRatio)} | ${formatMs(edge.latencyMsP99)} | ${healthy} | ${percent(edge.errorRatio)} |`;
    }),
  ];
}

/** The worlds go on after the submission, which is no part of the run: what lies there is told apart. */
function lengthLine(input: PostmortemInput): string {
  const onsetUs = Math.min(...input.causes.map((cause) => cause.onsetUs));
  const endUs = Math.max(onsetUs, endOfHarm(input));
  const submittedUs = input.timeline.find(({ kind }) => kind === "submission")?.atUs ?? endUs;
  const length = formatSpan(endUs - onsetUs);
  if (endUs <= submittedUs) return `_The trouble lasted ${length} in this run._`;
  const beyond = formatSpan(endUs - Math.max(onsetUs, submittedUs));
  return `_The trouble lasted ${length}; of these, ${beyond} lie after the submission, as the world would have gone on._`;
}

/** The end of the last minute in which somebody was hurt; the beginning of the curves where nobody was. */
function endOfHarm({ impact }: PostmortemInput): number {
  return impact.fromUs + (impact.mine.findLastIndex((value) => value > 0) + 1) * impact.stepUs;
}

function endOf({ impact }: PostmortemInput): number {
  return impact.fromUs + impact.mine.length * impact.stepUs;
}

/** Near none and near all a second decimal: three failures in ten thousand are not none. */
function percent(ratio: number): string {
  const isNearEnd = (ratio > 0 && ratio < 0.01) || (ratio > 0.99 && ratio < 1);
  return `${(ratio * 100).toFixed(isNearEnd ? 2 : 1)} %`;
}
