/** `<fd-profile-timeline>`: what was spent over time, a line for each process or version; a span of it is picked here. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ProfileTimeline as Timeline } from "../../../server/wire/profile.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { seriesColors } from "../../charts/colors.js";
import "../../charts/span-picker.js";
import type { PickerLine } from "../../charts/span-picker-layout.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { parameterToggle } from "./parameter-buttons.js";
import { formatSpan, kindOf, parseSpan } from "./profile-query.js";

/** Where the server has not said yet how long a step is. */
const STEP_US = 10_000_000;

@customElement("fd-profile-timeline")
export class ProfileTimeline extends LitElement {
  @property({ attribute: false }) service: string | undefined;
  /** What the picked span is compared with, where that is a span too. */
  @property({ attribute: false }) baseline: TimeWindow | undefined;
  /** Somebody else says already that there was no answer. */
  @property({ type: Boolean }) quiet = false;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  private readonly marks = new MarkerController(this, () => this.run);

  private readonly timeline = new QueryController<Timeline | undefined>(this, {
    key: () => (this.service === undefined || this.run === undefined ? undefined : this.request(this.service)),
    run: async (signal) => this.run?.queries.profileTimeline(this.request(this.service ?? ""), signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  private get byVersion(): boolean {
    return this.url.get("group") === "version";
  }

  private request(service: string) {
    const groupBy = this.byVersion ? ("version" as const) : ("instance" as const);
    return { service, kind: kindOf(this.url.get("type")).kind, ...this.time.window(), groupBy };
  }

  override render(): TemplateResult {
    const lines = linesOf(this.timeline.value);
    return html`${
        this.timeline.error === undefined || this.quiet
          ? nothing
          : html`<fd-error-notice .error=${this.timeline.error}></fd-error-notice>`
      }
      ${this.renderPicker(lines)}
      <div class="row small soft">
        <span class="legend"
          >${lines.map(({ name, color }) => html`<span><i style="background:${color}"></i>${name}</span>`)}</span
        >
        <span class="segments" role="group" aria-label="A line for each">
          ${parameterToggle(this.url, { name: "group", value: undefined, title: "Processes" })}
          ${parameterToggle(this.url, { name: "group", value: "version", title: "Versions" })}
        </span>
        <span>Drag to pick a span, shift and drag to pick the one to compare with.</span>
        ${
          this.url.get("sel") === undefined
            ? nothing
            : html`<button
                @click=${() => {
                  this.url.set({ sel: undefined });
                }}
              >
                ${icon("close", 12)} Whole range
              </button>`
        }
      </div>`;
  }

  private renderPicker(lines: readonly PickerLine[]): TemplateResult {
    const kind = kindOf(this.url.get("type"));
    return html`<fd-span-picker
      caption="${kind.title} of ${this.service ?? "a service"} over time, a line for each ${this.byVersion ? "version" : "process"}."
      .lines=${lines}
      .stepUs=${this.timeline.value?.stepUs ?? STEP_US}
      .window=${this.time.window()}
      .span=${parseSpan(this.url.get("sel"))}
      .baseline=${this.baseline}
      .markers=${this.marks.markers}
      .format=${kind.perSecond}
      @span-pick=${(event: CustomEvent<{ readonly span: TimeWindow | undefined }>) => {
        this.url.set({ sel: event.detail.span && formatSpan(event.detail.span), zoom: undefined });
      }}
      @baseline-pick=${(event: CustomEvent<{ readonly span: TimeWindow | undefined }>) => {
        this.url.set({ base: event.detail.span && formatSpan(event.detail.span), zoom: undefined });
      }}
    ></fd-span-picker>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
      }
      .legend i {
        display: inline-block;
        width: 12px;
        height: 3px;
        margin-inline-end: 4px;
        vertical-align: 3px;
      }
    `,
  ];
}

function linesOf(timeline: Timeline | undefined): readonly PickerLine[] {
  const groups = timeline?.groups ?? [];
  const colors = seriesColors(groups.map(({ name }) => name));
  return groups.map(({ name, points }) => ({
    name,
    color: colors.get(name) ?? "var(--series-1)",
    points: points.map(({ toUs, perSecond }) => ({ toUs, value: perSecond })),
  }));
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-profile-timeline": ProfileTimeline;
  }
}
