/** The drawings of the field notes: line art of 240 × 88 in the current colours. */
import { svg } from "lit";
import type { SVGTemplateResult } from "lit";

const line = (points: string, tone = "ink"): SVGTemplateResult =>
  svg`<polyline points=${points} class=${tone} fill="none" stroke-width="1.8" stroke-linejoin="round"></polyline>`;
const bar = (x: number, y: number, width: number, height: number, tone: string): SVGTemplateResult =>
  svg`<rect x=${String(x)} y=${String(y)} width=${String(width)} height=${String(height)} class="fill-${tone}"></rect>`;
const text = (x: number, y: number, words: string, anchor = "start"): SVGTemplateResult =>
  svg`<text x=${String(x)} y=${String(y)} text-anchor=${anchor}>${words}</text>`;
const dot = (x: number, y: number, tone: string, radius = 5): SVGTemplateResult =>
  svg`<circle cx=${String(x)} cy=${String(y)} r=${String(radius)} class="fill-${tone}"></circle>`;
const dashed = (x1: number, y1: number, x2: number, y2: number): SVGTemplateResult =>
  svg`<line x1=${String(x1)} y1=${String(y1)} x2=${String(x2)} y2=${String(y2)} class="soft" stroke-dasharray="4 3"></line>`;
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const PICTURES = {
  red: () => [
    text(4, 12, "rate"), line("4,40 20,36 36,40 52,37 70,39"),
    text(86, 12, "errors"), line("86,70 110,70 116,34 150,32", "critical"),
    text(168, 12, "duration"), line("168,66 200,64 208,60 236,58"), line("168,52 200,50 208,24 236,20", "critical"),
  ],
  use: () => [
    text(4, 12, "busy"), bar(4, 22, 120, 18, "line"), bar(4, 22, 108, 18, "accent"),
    text(4, 62, "waiting"), ...range(6).map((index) => bar(60 + index * 14, 52, 10, 12, "warning")),
    dashed(124, 16, 124, 46), text(130, 35, "full"),
  ],
  golden: () => [
    text(4, 12, "latency"), line("4,32 40,30 56,22 100,20"), text(132, 12, "traffic"), line("132,30 160,26 190,30 232,24"),
    text(4, 56, "errors"), line("4,80 60,80 66,66 100,68", "critical"),
    text(132, 56, "saturation"), dashed(132, 62, 236, 62), line("132,82 170,80 200,70 236,64", "warning"),
  ],
  percentiles: () => [
    line("4,80 24,74 40,30 54,16 70,34 92,60 130,72 180,77 236,79"), dashed(56, 10, 56, 80), text(60, 20, "p50"),
    dashed(84, 26, 84, 80), text(88, 36, "mean"), dashed(190, 46, 190, 80), text(190, 42, "p99", "middle"),
  ],
  burn: () => [
    text(4, 12, "budget left"), line("4,20 236,80"), text(150, 48, "burn rate 1"), line("4,20 24,80", "critical"), text(30, 72, "14.4"),
  ],
  sampling: () => [
    ...range(10).map((index) => {
      const y = 8 + index * 8;
      const kept = index % 4 === 1;
      return kept ? bar(4, y - 2, 60 + ((index * 37) % 90), 4, "accent") : dashed(4, y, 64 + ((index * 37) % 90), y);
    }),
    text(170, 20, "kept"), text(170, 70, "never seen"),
  ],
  waterfall: () => [
    bar(4, 6, 230, 7, "accent"), bar(8, 20, 30, 7, "line-strong"),
    ...range(8).map((index) => bar(42 + index * 22, 32 + index * 5, 19, 4, "warning")), text(4, 82, "8 × the same, one after the other"),
  ],
  patterns: () => [
    ...range(9).map((index) => bar(4, 6 + index * 8, 60 + ((index * 23) % 34), 3, "line-strong")),
    line("112,40 132,40 126,35"), line("132,40 126,45"),
    bar(144, 14, 84, 5, "line-strong"), bar(144, 36, 60, 5, "line-strong"), bar(144, 58, 74, 5, "critical"), text(144, 78, "new"),
  ],
  cardinality: () => [
    dot(14, 44, "accent"), ...range(3).map((index) => dot(70, 20 + index * 24, "accent", 4)),
    ...range(3).map((index) => line(`19,44 66,${String(20 + index * 24)}`, "soft")),
    ...range(60).map((index) => dot(120 + (index % 12) * 10, 18 + Math.floor(index / 12) * 12, "warning", 2)),
    text(4, 84, "1"), text(66, 84, "3"), text(172, 84, "3 × every user", "middle"),
  ],
  upstream: () => [
    ...range(4).map((index) => dot(26 + index * 62, 34, index === 3 ? "critical" : "accent", 9)),
    ...range(3).map((index) => line(`${String(38 + index * 62)},34 ${String(76 + index * 62)},34`, "soft")),
    bar(20, 54, 12, 26, "warning"), bar(82, 60, 12, 20, "warning"), bar(144, 68, 12, 12, "warning"), text(212, 62, "cause", "middle"), text(26, 16, "alert", "middle"),
  ],
  changes: () => [
    line("4,66 100,64 128,62 150,30 190,24 236,22", "critical"), ...[40, 122, 204].map((x) => dashed(x, 10, x, 80)),
    ...[40, 122, 204].map((x) => dot(x, 10, x === 122 ? "accent" : "line-strong", 4)),
  ],
  compare: () => [
    ...[30, 38, 26, 12, 6, 4].map((height, index) => bar(6 + index * 38, 80 - height, 15, height, "line-strong")),
    ...[6, 8, 10, 18, 44, 60].map((height, index) => bar(22 + index * 38, 80 - height, 15, height, "accent")),
  ],
  hypotheses: () => [
    ...range(3).flatMap((row) => [
      bar(4, 16 + row * 24, 66, 5, row === 1 ? "line" : "line-strong"),
      ...range(4).map((column) => text(96 + column * 40, 23 + row * 24, ["+1", "+2", "0", "+1", "+1", "−2", "0", "+1", "−1", "+1", "0", "0"][row * 4 + column] ?? "", "middle")),
    ]),
    line("4,43 70,43", "critical"),
  ],
  mitigate: () => [
    line("4,70 50,68 80,24 130,20 142,26 160,62 236,70", "critical"), dashed(136, 8, 136, 80), text(140, 16, "act"), dashed(216, 8, 216, 80), text(212, 16, "explain", "end"),
  ],
  flame: () => [
    bar(4, 8, 232, 14, "accent"), bar(4, 25, 150, 14, "warning"), bar(157, 25, 79, 14, "line-strong"), bar(4, 42, 128, 14, "warning"),
    bar(157, 42, 40, 14, "line-strong"), bar(4, 59, 120, 14, "critical"), text(8, 70, "here"), text(200, 84, "callees below", "middle"),
  ],
  criticalPath: () => [
    bar(4, 10, 232, 9, "accent"), bar(24, 34, 70, 9, "line-strong"), bar(24, 52, 170, 9, "warning"),
    line("4,24 24,24 24,66 194,66 194,24 236,24", "critical"), text(100, 42, "not on the path"), text(24, 82, "what holds it up"),
  ],
  heatmap: () => [
    ...range(24).flatMap((column) => range(3).map((row) => bar(4 + column * 9.7, 56 + row * 9, 8, 7, (column * 7 + row * 5) % 3 === 0 ? "line-strong" : "accent"))),
    ...range(10).map((column) => bar(139 + column * 9.7, 16 + (column % 2) * 9, 8, 7, "critical")), text(4, 20, "a second band"),
    dashed(132, 8, 132, 84),
  ],
  exemplars: () => [
    line("4,66 40,64 76,66 112,60 148,62"), ...[[30, 56], [84, 22], [120, 52]].map(([x = 0, y = 0]) => svg`<path d="M${x} ${y - 5}l5 5-5 5-5-5z" class="warning" fill="none" stroke-width="1.6"></path>`),
    line("92,22 150,22 145,17", "soft"), bar(160, 14, 74, 6, "accent"), bar(166, 26, 20, 6, "line-strong"), bar(188, 38, 44, 6, "warning"),
  ],
  probe: () => [
    text(4, 12, "every 30 s"), ...range(10).map((index) => dot(14 + index * 23, 32, index > 6 ? "critical" : "accent", 5)),
    ...[7, 8, 9].map((index) => line(`${String(9 + index * 23)},27 ${String(19 + index * 23)},37`, "critical")),
    text(4, 60, "users"), line("4,78 60,70 120,78 140,80 236,80", "soft"),
  ],
  checks: () => [
    bar(6, 20, 60, 34, "accent"), bar(90, 20, 60, 34, "line-strong"), bar(174, 20, 60, 34, "critical"), text(36, 70, "ready", "middle"),
    text(120, 70, "live, no traffic", "middle"), text(204, 70, "started again", "middle"), line("186,12 222,12 222,18", "critical"), line("36,4 36,16"), text(42, 12, "traffic"),
  ],
  vitals: () => range(3).flatMap((row) => [
    text(4, 20 + row * 28, ["LCP", "INP", "CLS"][row] ?? ""), bar(40, 12 + row * 28, 90, 9, "accent"), bar(131, 12 + row * 28, 50, 9, "warning"), bar(182, 12 + row * 28, 52, 9, "critical"),
    line([8, 25].map((y) => `${String(100 + row * 44)},${String(y + row * 28)}`).join(" ")),
  ]),
} as const satisfies Readonly<Record<string, () => readonly SVGTemplateResult[]>>; // prettier-ignore

export type PictureName = keyof typeof PICTURES;

export const drawPicture = (name: PictureName): SVGTemplateResult => svg`${PICTURES[name]()}`;
