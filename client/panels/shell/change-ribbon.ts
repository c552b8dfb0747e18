/** Under every view: what changed and what fired, on the axis of the window. A mark opens what it stands for. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { formatClockTick } from "../../charts/format.js";
import { groupLetters, groupMarkers, groupText, leadOf } from "../../charts/marker-groups.js";
import type { MarkerGroup } from "../../charts/marker-groups.js";
import { markerView } from "../../charts/markers.js";
import { timeTicks } from "../../charts/scatter-axis.js";
import { CrosshairController } from "../../controllers/crosshair-controller.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { ResizeController } from "../../controllers/resize-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { crosshairContext, runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { isOutsideRun } from "../../state/empty-reason.js";
import type { CrosshairModel } from "../../state/crosshair.js";
import type { UrlState } from "../../state/url-state.js";
import "./announcer.js";

/** Width of a mark and its gap, px. */
const MARK_PX = 24;
/** Between the times that are written below the marks, px at least. */
const TICK_PX = 110;
/** Half of a written time, px: one that stands nearer to an end would be cut. */
const TICK_HALF_PX = 30;
/** A chart that takes less of the ribbon's width is one of several beside each other: none of them is its axis. */
const ALIGNED_SHARE_MIN = 0.6;

@customElement("fd-change-ribbon")
export class ChangeRibbon extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair!: CrosshairModel;
  private readonly marks = new MarkerController(this, () => this.run);
  private readonly size = new ResizeController(this, () => this.renderRoot.querySelector("section"));
  private readonly pointer = new CrosshairController(this, {
    model: () => this.crosshair,
    container: () => this.renderRoot.querySelector("section"),
    place: (atUs) => this.placeOf(atUs),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.time, events: ["window"] },
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
      { target: () => this.crosshair, events: ["plots"] },
    );
  }

  override render(): TemplateResult {
    const window = this.time.window();
    const length = window.toUs - window.fromUs;
    const marks = groupMarkers(this.marks.markers, window, MARK_PX / Math.max(1, this.size.width));
    return html`<fd-announcer .markers=${this.marks.known}></fd-announcer>
      <section
        aria-label="Changes and alerts in this time range"
        style=${this.alignment()}
        @pointermove=${this.pointed}
        @pointerleave=${this.left}
        @dblclick=${this.lock}
      >
        ${timeTicks(window.fromUs, window.toUs, Math.max(1, Math.floor(this.size.width / TICK_PX)))
          .map((atUs) => ({ atUs, share: (atUs - window.fromUs) / length }))
          .filter(({ share }) => Math.min(share, 1 - share) * this.size.width >= TICK_HALF_PX)
          .map(
            ({ atUs, share }) =>
              html`<span class="tick small soft" style="left:${percent(share)}">${formatClockTick(atUs)}</span>`,
          )}
        ${
          marks.length > 0
            ? nothing
            : html`<span class="none small soft"
                >${
                  isOutsideRun(this.run.store, window)
                    ? "Nothing is known of this time"
                    : "Nothing was changed and no alert began in this range"
                }</span
              >`
        }
        ${marks.map((mark) => this.mark(mark))}
      </section>`;
  }

  /** px from the left edge of the axis; undefined outside the window. */
  private placeOf(atUs: number): number | undefined {
    const { fromUs, toUs } = this.time.window();
    return atUs < fromUs || atUs > toUs ? undefined : ((atUs - fromUs) / (toUs - fromUs)) * this.size.width;
  }

  /** The axis of the widest chart on the page, so that a mark stands right below its line; else the whole width. */
  private alignment(): string {
    const span = this.crosshair.widestSpan;
    const own = this.getBoundingClientRect();
    if (span === undefined || own.width === 0) return "";
    const start = Math.max(0, span.left - own.left);
    const end = Math.max(0, own.right - span.right);
    if (own.width - start - end < ALIGNED_SHARE_MIN * own.width) return "";
    return `margin-inline:${start.toFixed(1)}px ${end.toFixed(1)}px`;
  }

  private readonly pointed = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const { fromUs, toUs } = this.time.window();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
    this.pointer.point(Math.round(fromUs + share * (toUs - fromUs)));
  };

  private readonly left = (): void => {
    this.pointer.leave();
  };

  private readonly lock = (): void => {
    this.crosshair.toggleLock();
  };

  private mark(group: MarkerGroup): TemplateResult | typeof nothing {
    const first = leadOf(group);
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
      }
      section {
        position: relative;
        margin-inline: var(--space-4);
        height: 44px;
        overflow: hidden;
      }
      .tick {
        position: absolute;
        bottom: 2px;
        /* No transform: each would be a layer of its own to the painter. */
        width: 80px;
        margin-inline-start: -40px;
        text-align: center;
        font-family: var(--font-data);
        font-size: var(--text-s);
        line-height: 1;
      }
      .none {
        position: absolute;
        top: 3px;
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
