/**
 * `<fd-service-graph>`: the drawn map. Nodes are focusable one at a time (arrow keys go to the neighbour, Enter
 * chooses); a drag on the ground moves, ctrl and wheel or + and − zoom, 0 fits. Width of an edge is its rate; colour, a
 * word and a symbol say what is worse than in the hour before.
 */
import { LitElement, html, nothing, svg } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { MapEdge, MapNode, ServiceMap } from "../../server/wire/telemetry.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { seriesColor } from "./colors.js";
import { formatDurationUs, formatNumber, formatRatio } from "./format.js";
import { mapGraphStyles } from "./map-graph.styles.js";
import { edgeWidth, healthOf } from "./map-health.js";
import type { Health } from "./map-health.js";
import { edgePath, layoutMap, neighbourOf, NODE_HEIGHT, NODE_WIDTH } from "./map-layout.js";
import type { MapPlacement, MapPoint } from "./map-layout.js";

/** Scale and shift from layout units to pixels. */
interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const SCALE_MIN = 0.3;
const SCALE_MAX = 2.5;
const ZOOM_STEP = 1.2;

/** Outline by kind, so that a store is told from a service without its colour. Drawn around (0, 0). */
const OUTLINES: Readonly<Record<MapNode["kind"], string>> = {
  service: roundedBox(4),
  plant: roundedBox(0),
  external: roundedBox(26),
  store: cylinder(),
  cache: cutBox(),
  queue: pointedBox(),
};

const DIRECTIONS: Readonly<Record<string, "left" | "right" | "up" | "down">> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** Dispatches `node-choose` {id} and `edge-choose` {from, to}. */
@customElement("fd-service-graph")
export class ServiceGraph extends LitElement {
  @property({ attribute: false }) map!: ServiceMap;
  /** Id of a node, or `from>to` of an edge. */
  @property() chosen: string | undefined;
  /** Ids of the nodes at full strength. */
  @property({ attribute: false }) lit: ReadonlySet<string> = new Set();
  /** Undefined fits the whole map. */
  @state() private camera: Camera | undefined;
  @state() private focusedId: string | undefined;
  private readonly size = new ResizeController(this);
  private placement: MapPlacement | undefined;
  private placedFor = "";
  private drag: { readonly x: number; readonly y: number; readonly camera: Camera } | undefined;

  /** Laid out again only when the parts change, not their figures. */
  override willUpdate(_changed: PropertyValues<this>): void {
    const key = JSON.stringify([this.map.nodes.map(({ id }) => id), this.map.edges.map(({ from, to }) => [from, to])]);
    if (key === this.placedFor) return;
    this.placedFor = key;
    this.placement = layoutMap(this.map);
  }

  override render(): TemplateResult {
    const { placement } = this;
    if (placement === undefined) return html``;
    const { scale, x, y } = this.view(placement);
    const edges = new Map(this.map.edges.map((edge) => [`${edge.from}>${edge.to}`, edge]));
    return html`<svg
        role="group"
        aria-label="Service map. Arrow keys go from part to part, Enter shows its figures. The table holds the same."
        @pointerdown=${this.pressed}
        @pointermove=${this.moved}
        @pointerup=${this.released}
        @pointercancel=${this.released}
        @wheel=${this.wheeled}
        @keydown=${this.keyed}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" fill="context-stroke"></path>
          </marker>
        </defs>
        <g transform="translate(${x} ${y}) scale(${scale})">
          ${placement.edges.map(({ from, to, points }) => this.edge(edges.get(`${from}>${to}`), points))}
          ${this.map.nodes.map((node) => this.node(node, placement.nodes.get(node.id), placement))}
          ${placement.edges.map(({ from, to, points }) => this.edgeLabel(edges.get(`${from}>${to}`), points))}
        </g>
      </svg>
      <div class="zoom">
        ${this.zoomButton("Zoom in", "+", ZOOM_STEP)}${this.zoomButton("Zoom out", "−", 1 / ZOOM_STEP)}
        <button
          aria-label="Fit the whole map"
          @click=${() => {
            this.camera = undefined;
          }}
        >
          Fit
        </button>
      </div>`;
  }

  private zoomButton(label: string, sign: string, factor: number): TemplateResult {
    return html`<button
      aria-label=${label}
      @click=${() => {
        this.zoomAt(factor, this.size.width / 2, this.size.height / 2);
      }}
    >
      ${sign}
    </button>`;
  }

  private edge(edge: MapEdge | undefined, points: readonly MapPoint[]): TemplateResult | typeof nothing {
    if (edge === undefined) return nothing;
    const { from, to, now, before } = edge;
    const health = healthOf(now, before);
    const id = `${from}>${to}`;
    const path = edgePath(points);
    const lit = this.lit.has(from) && this.lit.has(to);
    return svg`<g class="edge ${health.severity} ${lit ? "" : "dimmed"} ${id === this.chosen ? "chosen" : ""}" @click=${() => {
      this.dispatchEvent(new CustomEvent("edge-choose", { detail: { from, to } }));
    }}>
      <title>${from} to ${to}: ${now === undefined ? "not measured" : `${formatNumber(now.requestsPerSecond)}/s, ${formatRatio(now.errorRatio)} errors, p99 ${formatDurationUs(now.latencyMsP99 * 1_000)}`}</title>
      <path class="target" d=${path}></path>
      <path class="line" d=${path} stroke-width=${edgeWidth(now?.requestsPerSecond)} marker-end="url(#arrow)"></path>
    </g>`;
  }

  /** Drawn after the nodes, as it may be wider than the space between them. */
  private edgeLabel(edge: MapEdge | undefined, points: readonly MapPoint[]): TemplateResult | typeof nothing {
    const middle = points[Math.floor(points.length / 2)];
    const health = edge === undefined ? undefined : healthOf(edge.now, edge.before);
    const reason = health?.reasons[0];
    if (edge === undefined || middle === undefined || health === undefined || reason === undefined) return nothing;
    const lit = this.lit.has(edge.from) && this.lit.has(edge.to);
    const text = `${symbolOf(health)} ${reason.replace(/^errors (.*)$/, "$1 err")}`;
    return svg`<g class="edge ${health.severity} ${lit ? "" : "dimmed"}" aria-hidden="true">
      <text class="label" x=${middle.x} y=${middle.y - 6} text-anchor="middle">${text}</text>
    </g>`;
  }

  private node(node: MapNode, at: MapPoint | undefined, placement: MapPlacement): TemplateResult | typeof nothing {
    if (at === undefined) return nothing;
    const { id, title, kind, now, before } = node;
    const health = healthOf(now, before);
    const tabStop = this.focusedId ?? this.chosen ?? this.map.nodes[0]?.id;
    const classes = `node ${health.severity} ${this.lit.has(id) ? "" : "dimmed"} ${id === this.chosen ? "chosen" : ""}`;
    const left = -NODE_WIDTH / 2 + 12;
    // The lid of a store takes the first pixels.
    const top = kind === "store" ? 5 : 0;
    return svg`<g
      class=${classes}
      data-id=${id}
      transform="translate(${at.x} ${at.y})"
      tabindex=${placement.nodes.has(tabStop ?? "") && tabStop !== id ? "-1" : "0"}
      role="button"
      aria-pressed=${id === this.chosen ? "true" : "false"}
      aria-label="${title}, ${kind}: ${health.reasons.length === 0 ? "as before" : health.reasons.join(", ")}"
      @focus=${() => {
        this.focusedId = id;
      }}
      @click=${() => {
        this.choose(id);
      }}
    >
      <path class="box" d=${OUTLINES[kind]}></path>
      <rect class="stripe" x=${-NODE_WIDTH / 2 + 4} y="-22" width="3" height="44" fill=${seriesColor(id)}></rect>
      <text class="title" x=${left} y=${top - 14}>${shorten(title, 21)}</text>
      <text class="figures" x=${left} y=${top + 4}>${now === undefined ? "not measured" : `${formatNumber(now.requestsPerSecond)}/s  ${formatRatio(now.errorRatio)} err`}</text>
      <text class="figures" x=${left} y=${top + 21}>${now === undefined ? kind : latencyText(node)}</text>
      ${health.reasons.length === 0 ? nothing : svg`<text class="symbol" x=${NODE_WIDTH / 2 - 10} y="-13" text-anchor="end">${symbolOf(health)}</text>`}
    </g>`;
  }

  private choose(id: string): void {
    this.dispatchEvent(new CustomEvent("node-choose", { detail: { id } }));
  }

  private view(placement: MapPlacement): Camera {
    if (this.camera !== undefined) return this.camera;
    const { width, height } = this.size;
    const scale = Math.min(1.15, Math.max(SCALE_MIN, Math.min(width / placement.width, height / placement.height)));
    return { scale, x: (width - placement.width * scale) / 2, y: (height - placement.height * scale) / 2 };
  }

  private zoomAt(factor: number, atX: number, atY: number): void {
    if (this.placement === undefined) return;
    const before = this.view(this.placement);
    const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, before.scale * factor));
    const ratio = scale / before.scale;
    this.camera = { scale, x: atX - (atX - before.x) * ratio, y: atY - (atY - before.y) * ratio };
  }

  private readonly pressed = (event: PointerEvent): void => {
    const onPart = (event.target as Element).closest(".node, .edge") !== null;
    if (event.button !== 0 || onPart || this.placement === undefined) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.drag = { x: event.clientX, y: event.clientY, camera: this.view(this.placement) };
  };

  private readonly moved = (event: PointerEvent): void => {
    const { drag } = this;
    if (drag === undefined) return;
    const { scale, x, y } = drag.camera;
    this.camera = { scale, x: x + event.clientX - drag.x, y: y + event.clientY - drag.y };
  };

  private readonly released = (): void => {
    this.drag = undefined;
  };

  private readonly wheeled = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.getBoundingClientRect();
    this.zoomAt(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, event.clientX - box.left, event.clientY - box.top);
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || this.placement === undefined) return;
    const factor = { "+": ZOOM_STEP, "=": ZOOM_STEP, "-": 1 / ZOOM_STEP }[event.key];
    if (factor !== undefined) this.zoomAt(factor, this.size.width / 2, this.size.height / 2);
    if (event.key === "0") this.camera = undefined;
    const id = (event.target as Element).closest<SVGElement>(".node")?.dataset["id"];
    if (id === undefined) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(id);
    }
    const direction = DIRECTIONS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const next = neighbourOf(this.placement, id, direction);
    if (next !== undefined) this.renderRoot.querySelector<SVGElement>(`.node[data-id="${CSS.escape(next)}"]`)?.focus();
  };

  static override styles = [sharedStyles, mapGraphStyles];
}

function symbolOf({ severity }: Health): string {
  return severity === "critical" ? "◆" : "▲";
}

function latencyText({ now, before }: MapNode): string {
  if (now === undefined) return "";
  const text = `p99 ${formatDurationUs(now.latencyMsP99 * 1_000)}`;
  const factor = before === undefined ? 1 : now.latencyMsP99 / before.latencyMsP99;
  return factor > 0.8 && factor < 1.25 ? text : `${text} ×${formatNumber(factor, 2)}`;
}

const shorten = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;

function roundedBox(radius: number): string {
  const w = NODE_WIDTH / 2;
  const h = NODE_HEIGHT / 2;
  const r = String(radius);
  const corner = (x: number, y: number): string => `a${r},${r} 0 0 1 ${String(x)},${String(y)}`;
  return (
    `M${String(-w + radius)},${String(-h)}H${String(w - radius)}${corner(radius, radius)}V${String(h - radius)}` +
    `${corner(-radius, radius)}H${String(-w + radius)}${corner(-radius, -radius)}V${String(-h + radius)}${corner(radius, -radius)}z`
  );
}

function cylinder(): string {
  const w = NODE_WIDTH / 2;
  const h = NODE_HEIGHT / 2 - 5;
  const arc = (sweep: number, x: number): string => `a${String(w)},6 0 0 ${String(sweep)} ${String(x)},0`;
  return `M${String(-w)},${String(-h)}${arc(1, 2 * w)}V${String(h)}${arc(1, -2 * w)}zM${String(-w)},${String(-h)}${arc(0, 2 * w)}`;
}

/** Cut corners: kept close, not kept for good. */
function cutBox(): string {
  const w = NODE_WIDTH / 2;
  const h = NODE_HEIGHT / 2;
  const cut = 10;
  return `M${String(-w + cut)},${String(-h)}H${String(w - cut)}l${String(cut)},${String(cut)}V${String(h - cut)}l${String(-cut)},${String(cut)}H${String(-w + cut)}l${String(-cut)},${String(-cut)}V${String(-h + cut)}z`;
}

/** A pointed end: things pass through in one direction. */
function pointedBox(): string {
  const w = NODE_WIDTH / 2;
  const h = NODE_HEIGHT / 2;
  const point = 10;
  return `M${String(-w)},${String(-h)}H${String(w - point)}L${String(w)},0L${String(w - point)},${String(h)}H${String(-w)}z`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-service-graph": ServiceGraph;
  }
}
