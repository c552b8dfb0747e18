/**
 * `<fd-service-graph>`: the drawn map. Nodes are focusable one at a time (arrow keys go to the neighbour, Enter
 * chooses); a drag moves it, ctrl and wheel or + and − zoom, 0 fits. Width of an edge is its rate; colour, a word and a
 * sign say what is worse than before. While it moves nothing is drawn again: a transform shifts what is there.
 */
import { LitElement, html, nothing, svg } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { MapEdge, MapNode, ServiceMap, TrafficFigures } from "../../server/wire/telemetry.js";
import { elementMarks, PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { KIND_WORDS } from "../elements/component-words.js";
import type { PivotSubject } from "../elements/pivots.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { FrameTask } from "./canvas-surface.js";
import { mapCaption } from "./chart-caption.js";
import { seriesColor } from "./colors.js";
import { formatDurationUs, formatNumber, formatRate, formatRatio } from "./format.js";
import {
  charactersIn,
  firstCamera,
  fitCamera,
  formatCamera,
  parseCamera,
  revealCamera,
  textAt,
  zoomCamera,
} from "./map-camera.js";
import type { Camera, MapText } from "./map-camera.js";
import { mapGraphStyles } from "./map-graph.styles.js";
import { edgeWidth, healthOf } from "./map-health.js";
import type { Health } from "./map-health.js";
import { LABEL_HEIGHT, labelWidth, placeLabels } from "./map-labels.js";
import type { EdgeLabel, PlacedLabel } from "./map-labels.js";
import { shortened } from "./readable-text.js";
import { edgePath, layoutMap, neighbourOf, NODE_HEIGHT, NODE_WIDTH } from "./map-layout.js";
import type { MapPlacement, MapPoint } from "./map-layout.js";

const ZOOM_STEP = 1.2;
/** Quiet time after which a movement is over, ms. */
const SETTLE_MS = 160;
const DRAG_MIN_PX = 4;
/** From the stripe to the right border. */
const TITLE_ROOM_PX = NODE_WIDTH - 14;
/** From one line of a part's text to the next. */
const LINE_PX = 18;

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

/** Dispatches `node-choose` {id}, `edge-choose` {from, to}, `camera-change` {camera: text of an address or undefined}. */
@customElement("fd-service-graph")
export class ServiceGraph extends LitElement {
  @property({ attribute: false }) map!: ServiceMap;
  /** What choosing a part does, in words. */
  @property() purpose = "Enter shows the figures of one";
  /** Id of a node, or `from>to` of an edge. */
  @property() chosen: string | undefined;
  /** Ids of the nodes at full strength. */
  @property({ attribute: false }) lit: ReadonlySet<string> = new Set();
  /** As `camera-change` gave it; undefined shows what can be read. */
  @property() camera: string | undefined;
  @state() private focusedId: string | undefined;
  @state() private text: MapText = textAt(1);
  @query(".world") private readonly world!: HTMLElement | null;
  private readonly size = new ResizeController(this);
  /** Calls that were seen, so that one that fell silent does not move the others. */
  private readonly calls = new Map<string, { readonly from: string; readonly to: string }>();
  private placement: MapPlacement | undefined;
  private placedFor = "";
  private moving: Camera | undefined;
  private drag: { readonly x: number; readonly y: number; readonly camera: Camera; moved: boolean } | undefined;
  private settleTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly frame = new FrameTask(() => {
    this.applyCamera();
  });

  constructor() {
    super();
    new PivotController(this, elementMarks(this, ".node, .edge", subjectOfPart));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.settleTimer);
    this.frame.cancel();
  }

  /** Laid out again only when the parts change, not their figures. */
  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("camera")) this.moving = undefined;
    for (const { from, to } of this.map.edges) this.calls.set(`${from}>${to}`, { from, to });
    const key = JSON.stringify([this.map.nodes.map(({ id }) => id).sort(), [...this.calls.keys()].sort()]);
    if (key !== this.placedFor) {
      this.placedFor = key;
      this.placement = layoutMap({ nodes: this.map.nodes, edges: [...this.calls.values()] });
    }
    const text = textAt(this.view().scale);
    if (text.titlePx !== this.text.titlePx || text.figures !== this.text.figures) this.text = text;
  }

  override updated(): void {
    this.applyCamera();
  }

  override render(): TemplateResult {
    const { placement } = this;
    if (placement === undefined) return html``;
    const edges = new Map(this.map.edges.map((edge) => [`${edge.from}>${edge.to}`, edge]));
    return html`<div
        class="stage"
        role="group"
        aria-label="${mapCaption(this.map)}. Arrow keys go from part to part. ${this.purpose}."
        @pointerdown=${this.pressed}
        @pointermove=${this.moved}
        @pointerup=${this.released}
        @pointercancel=${this.released}
        @wheel=${this.wheeled}
        @keydown=${this.keyed}
      >
        <div class="world">
          <svg width=${placement.width} height=${placement.height} style="--title:${String(this.text.titlePx ?? 13)}px">
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
            ${placement.edges.map(({ from, to, points }) => this.edge(edges.get(`${from}>${to}`), points))}
            ${this.map.nodes.map((node) => this.node(node, placement.nodes.get(node.id), placement))}
            ${this.text.figures ? placeLabels(placement, this.labels()).map((label) => this.edgeLabel(label)) : nothing}
          </svg>
        </div>
      </div>
      <div class="zoom">
        ${this.zoomButton("Zoom in", "+", ZOOM_STEP)}${this.zoomButton("Zoom out", "−", 1 / ZOOM_STEP)}
        <button
          aria-label="Fit the whole map"
          @click=${() => {
            this.setCamera(fitCamera(placement, this.size));
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
        this.zoomAt(factor, { x: this.size.width / 2, y: this.size.height / 2 });
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
    return svg`<g class="edge ${health.severity} ${this.isLit(id) ? "" : "dimmed"} ${id === this.chosen ? "chosen" : ""}" data-edge=${id}>
      <title>${from} to ${to}: ${callText(now)}</title>
      <path class="target" d=${path}></path>
      <path class="line" d=${path} stroke-width=${edgeWidth(now?.requestsPerSecond)} marker-end="url(#arrow)"></path>
    </g>`;
  }

  private isLit(edge: string): boolean {
    const [from = "", to = ""] = edge.split(">");
    return this.lit.has(from) && this.lit.has(to);
  }

  /** What is much worse has the first choice of a place. */
  private labels(): readonly EdgeLabel[] {
    const judged = this.map.edges
      .map((edge) => ({ edge: `${edge.from}>${edge.to}`, health: healthOf(edge.now, edge.before) }))
      .filter(({ health }) => health.reasons.length > 0);
    const isCritical = ({ health }: (typeof judged)[number]): number => (health.severity === "critical" ? 0 : 1);
    return judged
      .sort((one, other) => isCritical(one) - isCritical(other))
      .map(({ edge, health }) => ({
        edge,
        sign: symbolOf(health),
        text: (health.reasons[0] ?? "").replace(/^errors (.*)$/, "$1 err"),
      }));
  }

  private edgeLabel(label: PlacedLabel): TemplateResult {
    const { edge, sign, text, at, whole } = label;
    const width = whole ? labelWidth(label) : LABEL_HEIGHT;
    return svg`<g class="label ${sign === "◆" ? "critical" : "warning"} ${this.isLit(edge) ? "" : "dimmed"}" aria-hidden="true">
      <rect x=${at.x - width / 2} y=${at.y - LABEL_HEIGHT / 2} width=${width} height=${LABEL_HEIGHT} rx="3"></rect>
      <text x=${at.x} y=${at.y + 4.5} text-anchor="middle">${whole ? `${sign} ${text}` : sign}</text>
    </g>`;
  }

  private node(node: MapNode, at: MapPoint | undefined, placement: MapPlacement): TemplateResult | typeof nothing {
    if (at === undefined) return nothing;
    const { id, title, kind, now, before } = node;
    const health = healthOf(now, before);
    const tabStop = this.focusedId ?? this.chosen ?? this.map.nodes[0]?.id;
    const classes = `node ${health.severity} ${this.lit.has(id) ? "" : "dimmed"} ${id === this.chosen ? "chosen" : ""}`;
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
        this.reveal(at);
      }}
    >
      <title>${title}</title>
      <path class="box" d=${OUTLINES[kind]}></path>
      <rect class="stripe" x=${-NODE_WIDTH / 2 + 4} y="-31" width="3" height="62" fill=${seriesColor(id)}></rect>
      ${this.nodeText(node, health)}
    </g>`;
  }

  /** Named as telemetry names it. The sign stands on the line of the rate, which is short; far away on that of the name. */
  private nodeText(node: MapNode, health: Health): TemplateResult | typeof nothing {
    const { titlePx, figures } = this.text;
    if (titlePx === undefined) return nothing;
    const left = -NODE_WIDTH / 2 + 12;
    // The lid of a store takes the first pixels, and its bottom the last.
    const [top, linePx] = node.kind === "store" ? [4, LINE_PX - 2] : [0, LINE_PX];
    const sign = health.reasons.length === 0 ? "" : symbolOf(health);
    const room = charactersIn(TITLE_ROOM_PX - (sign === "" || figures ? 0 : titlePx), titlePx);
    const titleY = figures ? top - 1.25 * LINE_PX : top + titlePx * 0.35;
    const lines = figures ? figureLines(node) : [];
    return svg`<text class="title" x=${left} y=${titleY}>${shortened(nameOf(node), room)}</text>
      ${sign === "" ? nothing : svg`<text class="symbol" x=${NODE_WIDTH / 2 - 12} y=${figures ? titleY + linePx : titleY} text-anchor="end">${sign}</text>`}
      ${lines.map((text, index) => svg`<text class="figures" x=${left} y=${titleY + (index + 1) * linePx}>${text}</text>`)}`;
  }

  /* Moving */

  private view(): Camera {
    const { placement } = this;
    if (this.moving !== undefined) return this.moving;
    const given = parseCamera(this.camera);
    if (given !== undefined || placement === undefined) return given ?? { scale: 1, x: 0, y: 0 };
    const about = placement.nodes.get(this.chosen ?? "") ?? placement.nodes.get(this.chosen?.split(">")[0] ?? "");
    return firstCamera(placement, this.size, about);
  }

  private applyCamera(): void {
    const { scale, x, y } = this.view();
    if (this.world !== null)
      this.world.style.transform = `translate(${String(x)}px,${String(y)}px) scale(${String(scale)})`;
  }

  /** Moves at once; the address and the size of the text follow when it has come to rest. */
  private setCamera(camera: Camera): void {
    this.moving = camera;
    this.frame.request();
    this.world?.classList.add("moving");
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => {
      this.world?.classList.remove("moving");
      const detail = { camera: this.moving === undefined ? undefined : formatCamera(this.moving) };
      this.dispatchEvent(new CustomEvent("camera-change", { detail }));
      this.requestUpdate();
    }, SETTLE_MS);
  }

  private zoomAt(factor: number, at: MapPoint): void {
    this.setCamera(zoomCamera(this.view(), factor, at));
  }

  private reveal(at: MapPoint): void {
    const camera = this.view();
    const shown = revealCamera(camera, this.size, at, { width: NODE_WIDTH + 8, height: NODE_HEIGHT + 8 });
    if (shown.x !== camera.x || shown.y !== camera.y) this.setCamera(shown);
  }

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.drag = { x: event.clientX, y: event.clientY, camera: this.view(), moved: false };
  };

  private readonly moved = (event: PointerEvent): void => {
    const { drag } = this;
    if (drag === undefined) return;
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    if (!drag.moved) {
      if (Math.hypot(dx, dy) < DRAG_MIN_PX) return;
      drag.moved = true;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    }
    this.setCamera({ scale: drag.camera.scale, x: drag.camera.x + dx, y: drag.camera.y + dy });
  };

  /** A press that did not move is a click on what lies there. */
  private readonly released = (event: PointerEvent): void => {
    const { drag } = this;
    this.drag = undefined;
    if (drag === undefined || drag.moved || event.type === "pointercancel") return;
    const part = (event.target as Element).closest<SVGElement>(".node, .edge");
    const { id, edge } = part?.dataset ?? {};
    if (id !== undefined) this.choose(id);
    const [from = "", to = ""] = edge?.split(">") ?? [];
    if (edge !== undefined) this.dispatchEvent(new CustomEvent("edge-choose", { detail: { from, to } }));
  };

  private choose(id: string): void {
    this.dispatchEvent(new CustomEvent("node-choose", { detail: { id } }));
  }

  private readonly wheeled = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.getBoundingClientRect();
    this.zoomAt(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, {
      x: event.clientX - box.left,
      y: event.clientY - box.top,
    });
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || this.placement === undefined) return;
    const factor = { "+": ZOOM_STEP, "=": ZOOM_STEP, "-": 1 / ZOOM_STEP }[event.key];
    if (factor !== undefined) this.zoomAt(factor, { x: this.size.width / 2, y: this.size.height / 2 });
    if (event.key === "0") this.setCamera(fitCamera(this.placement, this.size));
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
    if (next !== undefined)
      this.renderRoot.querySelector<SVGElement>(`.node[data-id="${CSS.escape(next)}"]`)?.focus({ preventScroll: true });
  };

  static override styles = [sharedStyles, mapGraphStyles];
}

/** A group says how many it holds in its title, which begins with its id. */
const nameOf = ({ id, title }: MapNode): string => (title.startsWith(id) ? title : id);

function figureLines({ kind, now, before }: MapNode): readonly string[] {
  if (now === undefined) return ["no requests", KIND_WORDS[kind]];
  if (now.requestsPerSecond === 0)
    return ["no requests", ...(before === undefined ? [] : [`${formatRate(before.requestsPerSecond)} before`])];
  return [
    formatRate(now.requestsPerSecond),
    `${formatRatio(now.errorRatio)} err`,
    latencyText(now.latencyMsP99, before?.latencyMsP99),
  ];
}

/** What a call shows under the pointer and to screen readers. */
function callText(now: TrafficFigures | undefined): string {
  if (now === undefined) return "not measured";
  const { requestsPerSecond, errorRatio, latencyMsP99 } = now;
  if (requestsPerSecond === 0) return "no calls";
  return `${formatRate(requestsPerSecond)}, ${formatRatio(errorRatio)} errors, p99 ${formatDurationUs(latencyMsP99 * 1_000)}`;
}

/** A part, or of a call the part that is called, seen from its caller. */
function subjectOfPart({ dataset: { id, edge } }: HTMLElement | SVGElement): PivotSubject | undefined {
  if (id !== undefined) return { field: "service", value: id };
  const [from, to] = edge?.split(">") ?? [];
  return from === undefined || to === undefined ? undefined : { field: "server_address", value: to, service: from };
}

function symbolOf({ severity }: Health): string {
  return severity === "critical" ? "◆" : "▲";
}

function latencyText(nowMs: number, beforeMs: number | undefined): string {
  const text = `p99 ${formatDurationUs(nowMs * 1_000)}`;
  const factor = beforeMs === undefined ? 1 : nowMs / beforeMs;
  return factor < 1.25 ? text : `${text} ×${formatNumber(factor, 2)}`;
}

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
  const h = NODE_HEIGHT / 2 - 3;
  const arc = (sweep: number, x: number): string => `a${String(w)},5 0 0 ${String(sweep)} ${String(x)},0`;
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
