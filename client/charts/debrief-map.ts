/**
 * Draws answer and truth on the service map: the cause, the answer, and the edges along which the trouble travelled,
 * told apart by words and line style as well as by colour. The table of edges beside it says the same in figures.
 */
import { css, html, LitElement, nothing, svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { KIND_WORDS } from "../elements/component-words.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { seriesColor } from "./colors.js";
import type { DebriefEdge, DebriefGraph, DebriefNode } from "./debrief-graph.js";
import { formatRatio } from "./format.js";
import { PATH_VERDICTS } from "./path-verdicts.js";
import { edgePath, layoutMap, NODE_HEIGHT, NODE_WIDTH } from "./map-layout.js";
import type { MapPlacement } from "./map-layout.js";
import { LABEL_HEIGHT, labelWidth, placeLabels } from "./map-labels.js";
import type { EdgeLabel, PlacedLabel } from "./map-labels.js";

/** Width of an edge on which every call was hurt. */
const EDGE_WIDTH_MAX = 6;
/** Characters of a title that fit into a node. */
const TITLE_LENGTH_MAX = 16;

@customElement("fd-debrief-map")
export class DebriefMap extends LitElement {
  @property({ attribute: false }) graph: DebriefGraph = { nodes: [], edges: [] };

  override render(): TemplateResult {
    const placement = layoutMap(this.graph);
    const { width } = placement;
    const { top, height } = extentOf(placement);
    const labels = placeLabels(placement, this.graph.edges.flatMap(edgeLabel));
    return html`<figure>
      <figcaption class="visually-hidden">
        Service map of the trouble: the cause, your answer, the calls that were hurt and the path that you drew
      </figcaption>
      <div class="scroll" tabindex="0" role="group" aria-label="Map of the trouble">
        <svg
          viewBox=${`0 ${String(top)} ${String(width)} ${String(height)}`}
          style=${`max-width:${String(width)}px;min-width:${String(Math.min(width, 640))}px`}
          role="img"
          aria-label=${describe(this.graph)}
        >
          ${this.graph.edges.map((edge) => renderEdge(edge, placement))}
          ${this.graph.nodes.map((node) => renderNode(node, placement))} ${labels.map((label) => renderLabel(label))}
        </svg>
      </div>
      <p class="soft small legend">
        <span class="row"><i class="cause"></i>cause</span>
        <span class="row"><i class="answer"></i>your answer</span>
        <span class="row"><i class="hurt"></i>calls hurt that were fine in the twin (wider: more of them)</span>
        <span class="row"><i class="drawn"></i>your path</span>
      </p>
    </figure>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      figure {
        margin: 0;
      }
      svg {
        display: block;
        width: 100%;
        height: auto;
      }
      .box {
        fill: var(--surface-1);
        stroke: var(--line-strong);
      }
      .isCause .box {
        fill: var(--severity-critical-soft);
        stroke: var(--severity-critical);
        stroke-width: 3;
      }
      .isAnswer .ring {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
        stroke-dasharray: 6 4;
      }
      text {
        fill: var(--ink);
        font-family: var(--font-ui);
        font-size: 13px;
      }
      text.soft {
        fill: var(--ink-soft);
      }
      text.mark {
        font-size: 12px;
        font-weight: 600;
      }
      path {
        fill: none;
        stroke: var(--line-strong);
      }
      path.hurt {
        stroke: var(--severity-critical);
      }
      path.drawn {
        stroke: var(--accent);
        stroke-width: 3;
        stroke-dasharray: 9 7;
      }
      .edge-label rect {
        fill: var(--surface-0);
        stroke: var(--line-strong);
      }
      .edge-label text {
        font-size: 12px;
        text-anchor: middle;
      }
      .legend {
        display: flex;
        gap: var(--space-4);
        flex-wrap: wrap;
        padding-top: var(--space-1);
      }
      i {
        width: 16px;
        height: 10px;
      }
      i.cause {
        border: 2px solid var(--severity-critical);
        background: var(--severity-critical-soft);
      }
      i.answer {
        border: 2px dashed var(--accent);
      }
      i.drawn {
        height: 0;
        border-top: 3px dashed var(--accent);
      }
      i.hurt {
        height: 3px;
        background: var(--severity-critical);
      }
    `,
  ];
}

function renderEdge(edge: DebriefEdge, placement: MapPlacement): SVGTemplateResult | typeof nothing {
  const { from, to, trouble, drawn } = edge;
  const placed = placement.edges.find((other) => other.from === from && other.to === to);
  if (placed === undefined) return nothing;
  const width = trouble === undefined ? 1 : 2 + (EDGE_WIDTH_MAX - 2) * Math.min(1, trouble.hurtRatio);
  const way = edgePath(placed.points);
  return svg`<path class=${trouble === undefined ? "" : "hurt"} stroke-width=${width} d=${way}></path>
    ${drawn ? svg`<path class="drawn" d=${way}></path>` : nothing}`;
}

/** `✓ right · 30 % hurt`: shape and words beside the colour. Where there is no room for them the shape stands alone. */
function edgeLabel({ from, to, trouble, verdict }: DebriefEdge): readonly EdgeLabel[] {
  if (verdict === undefined && trouble === undefined) return [];
  const judged = verdict === undefined ? [] : [PATH_VERDICTS[verdict].word];
  const hurt = trouble === undefined ? [] : [`${formatRatio(trouble.hurtRatio)} hurt`];
  const sign = verdict === undefined ? "" : PATH_VERDICTS[verdict].mark;
  return [{ edge: `${from}>${to}`, sign, text: [...judged, ...hurt].join(" · ") }];
}

function renderLabel(label: PlacedLabel): SVGTemplateResult | typeof nothing {
  const { at, whole, sign, text } = label;
  if (!whole && sign === "") return nothing;
  const width = whole ? labelWidth(label) : LABEL_HEIGHT;
  return svg`<g class="edge-label">
    <rect x=${at.x - width / 2} y=${at.y - LABEL_HEIGHT / 2} width=${width} height=${LABEL_HEIGHT} rx="3"></rect>
    <text x=${at.x} y=${at.y + 4}>${whole ? `${sign} ${text}`.trim() : sign}</text>
  </g>`;
}

/** From the highest to the lowest of parts and lines: lines that go around the parts reach farther than these. */
function extentOf(placement: MapPlacement): { readonly top: number; readonly height: number } {
  const lines = placement.edges.flatMap(({ points }) => points.map(({ y }) => y));
  const top = Math.min(0, ...lines.map((y) => y - LABEL_HEIGHT));
  return { top, height: Math.max(placement.height, ...lines.map((y) => y + LABEL_HEIGHT)) - top };
}

function renderNode(node: DebriefNode, placement: MapPlacement): SVGTemplateResult | typeof nothing {
  const centre = placement.nodes.get(node.id);
  if (centre === undefined) return nothing;
  const x = centre.x - NODE_WIDTH / 2;
  const y = centre.y - NODE_HEIGHT / 2;
  const marks = [node.isCause ? "cause" : "", node.isAnswer ? "your answer" : ""].filter(Boolean).join(" · ");
  const classes = [node.isCause ? "isCause" : "", node.isAnswer ? "isAnswer" : ""].join(" ");
  return svg`<g class=${classes}>
    <rect class="box" x=${x} y=${y} width=${NODE_WIDTH} height=${NODE_HEIGHT} rx="4"></rect>
    <rect x=${x} y=${y} width="5" height=${NODE_HEIGHT} rx="2" fill=${seriesColor(node.id)}></rect>
    <rect class="ring" x=${x - 5} y=${y - 5} width=${NODE_WIDTH + 10} height=${NODE_HEIGHT + 10} rx="7" fill="none"></rect>
    <text x=${x + 14} y=${y + 26}>${shortened(node.id)}<title>${node.title}</title></text>
    <text class="soft" x=${x + 14} y=${y + 46}>${KIND_WORDS[node.kind]}</text>
    <text class="mark" x=${x + 14} y=${y + 67}>${marks}</text>
  </g>`;
}

function describe(graph: DebriefGraph): string {
  const causes = graph.nodes.filter(({ isCause }) => isCause).map(({ title }) => title);
  const answers = graph.nodes.filter(({ isAnswer }) => isAnswer).map(({ title }) => title);
  const hurt = graph.edges.filter(({ trouble }) => trouble).map(({ from, to }) => `${from} to ${to}`);
  const path = (["right", "missed", "wrong"] as const).map((verdict) => {
    const lines = graph.edges.filter((edge) => edge.verdict === verdict).map(({ from, to }) => `${from} to ${to}`);
    return `${verdict} ${list(lines)}`;
  });
  return `Cause: ${list(causes)}. Your answer: ${list(answers)}. Calls were hurt: ${list(hurt)}. Of your path: ${path.join("; ")}.`;
}

const list = (items: readonly string[]): string => (items.length === 0 ? "none" : items.join(", "));

const shortened = (text: string): string =>
  text.length > TITLE_LENGTH_MAX ? `${text.slice(0, TITLE_LENGTH_MAX - 1)}…` : text;

declare global {
  interface HTMLElementTagNameMap {
    "fd-debrief-map": DebriefMap;
  }
}
