/** Users hurt in the last minute, with the minutes before as a small curve. What happens to people, not a score. */
import { consume } from "@lit/context";
import { LitElement, css, html, svg } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { formatNumber, formatShare } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";

const REFRESH_MS = 5_000;
const MINUTES_SHOWN = 30;
const WIDTH = 72;
const HEIGHT = 18;
/** The curve's scale reaches at least this far, so that a quiet world looks quiet. */
const SCALE_RATIO_MIN = 0.02;

@customElement("fd-impact-meter")
export class ImpactMeter extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  private readonly impact = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.run.state],
    run: (signal) => this.run.queries.impact(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.run.store, events: ["changed"] });
  }

  override render(): TemplateResult {
    const answer = this.impact.value;
    if (answer === undefined) return html`<span class="small soft">Users hurt –</span>`;
    const ratios = answer.minutes
      .slice(-MINUTES_SHOWN)
      .map(({ requests, hurt }) => (requests === 0 ? 0 : hurt / requests));
    const hurt = answer.minutes.reduce((sum, minute) => sum + minute.hurt, 0);
    const share = formatShare(answer.lastMinuteRatio);
    return html`<span
      class="meter"
      title="In the last minute ${share} of what users set out to do (search, add to cart, check out) failed or took longer than they wait. Since the history began: ${formatNumber(hurt)} such journeys."
    >
      <span class="small soft">Users hurt</span>
      <span class="data">${share}</span>
      <span class="small soft of">of journeys</span>
      ${curve(ratios)}
    </span>`;
  }

  static override styles = [
    sharedStyles,
    css`
      .meter {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        white-space: nowrap;
      }
      .data {
        min-width: 7ch;
        text-align: end;
      }
      @media (max-width: 1320px) {
        .of {
          display: none;
        }
      }
      @media (max-width: 1240px) {
        svg {
          display: none;
        }
      }
      path {
        fill: none;
        stroke: var(--ink-soft);
        stroke-width: 1.25;
      }
    `,
  ];
}

function curve(ratios: readonly number[]): TemplateResult {
  const most = Math.max(SCALE_RATIO_MIN, ...ratios);
  const step = WIDTH / Math.max(1, ratios.length - 1);
  const points = ratios.map(
    (ratio, index) => `${(index * step).toFixed(1)} ${(HEIGHT - 1 - (ratio / most) * (HEIGHT - 2)).toFixed(1)}`,
  );
  return html`<svg
    width=${WIDTH}
    height=${HEIGHT}
    role="img"
    aria-label="Share of users hurt by minute, the last ${ratios.length} minutes: at most ${formatShare(Math.max(0, ...ratios))}"
  >
    ${svg`<path d=${points.length < 2 ? "" : `M${points.join("L")}`}></path>`}
  </svg>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-impact-meter": ImpactMeter;
  }
}
