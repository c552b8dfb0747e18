/** Under every view: what changed and what fired, on the axis of the window. A mark opens what it stands for. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { formatClock } from "../../charts/format.js";
import { groupLetters, groupMarkers, groupText } from "../../charts/marker-groups.js";
import type { MarkerGroup } from "../../charts/marker-groups.js";
import { markerView } from "../../charts/markers.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { ResizeController } from "../../controllers/resize-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";

/** Width of a mark and its gap, px. */
const MARK_PX = 24;
const TICKS = 6;

@customElement("fd-change-ribbon")
export class ChangeRibbon extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly marks = new MarkerController(this, () => this.run);
  private readonly size = new ResizeController(this);

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.time, events: ["window", "hover"] },
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const window = this.time.window();
    const length = window.toUs - window.fromUs;
    const marks = groupMarkers(this.marks.markers, window, MARK_PX / Math.max(1, this.size.width));
    const { hoverUs } = this.time;
    const hovered = hoverUs !== undefined && hoverUs >= window.fromUs && hoverUs <= window.toUs ? hoverUs : undefined;
    return html`<section aria-label="Changes and alerts in this time range">
      ${Array.from({ length: TICKS }, (_, index) => {
        const share = (index + 0.5) / TICKS;
        return html`<span class="tick small soft" style="left:${percent(share)}"
          >${formatClock(window.fromUs + share * length)}</span
        >`;
      })}
      ${hovered === undefined ? nothing : html`<i class="hover" style="left:${percent((hovered - window.fromUs) / length)}"></i>`}
      ${marks.length === 0 ? html`<span class="none small soft">No changes or alerts in this range</span>` : nothing}
      ${marks.map((mark) => this.mark(mark))}
    </section>`;
  }

  private mark(group: MarkerGroup): TemplateResult | typeof nothing {
    const [first] = group.markers;
    if (first === undefined) return nothing;
    const text = groupText(group);
    const { view, values } = markerView(first);
    return html`<a
      class=${first.kind}
      style="left:clamp(12px, ${percent(group.position)}, 100% - 12px)"
      href=${this.url.href(view, values)}
      title=${text}
      aria-label=${text}
      >${groupLetters(group)}</a
    >`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        border-block-start: 1px solid var(--line);
        background: var(--surface-1);
        padding-inline: var(--space-4);
      }
      section {
        position: relative;
        height: 44px;
        overflow: hidden;
      }
      .tick {
        position: absolute;
        bottom: 2px;
        transform: translateX(-50%);
        font-family: var(--font-data);
        font-size: var(--text-s);
        line-height: 1;
      }
      .none {
        position: absolute;
        top: 3px;
      }
      .hover {
        position: absolute;
        inset-block: 0;
        width: 1px;
        background: var(--line-strong);
      }
      a {
        position: absolute;
        top: 3px;
        transform: translateX(-50%);
        min-width: 24px;
        height: 24px;
        padding: 0 3px;
        border: 1px solid var(--line-strong);
        border-radius: 3px;
        background: var(--surface-2);
        color: var(--ink);
        font-size: var(--text-s);
        font-weight: 600;
        line-height: 22px;
        text-align: center;
      }
      a:hover {
        background: var(--accent-soft);
        text-decoration: none;
        z-index: 1;
      }
      a.alert {
        border-color: var(--severity-critical);
        color: var(--severity-critical);
        background: var(--severity-critical-soft);
      }
      a.action {
        border-color: var(--accent);
        border-radius: 10px;
      }
    `,
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

declare global {
  interface HTMLElementTagNameMap {
    "fd-change-ribbon": ChangeRibbon;
  }
}
