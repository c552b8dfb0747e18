/** `<fd-map-times>`: of when the map is, and against when: the window or an instant of it, and another time; in the address. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { formatClock } from "../../charts/format.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { timeContext, urlContext } from "../../state/contexts.js";
import type { TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { addressSelect } from "./address-select.js";
import { instantOf, SPANS_S, timesText } from "./map-scope.js";
import "./time-scrubber.js";

@customElement("fd-map-times")
export class MapTimes extends LitElement {
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  override render(): TemplateResult {
    const at = instantOf(this.url.get("at"));
    return html`<div class="row">
      <fd-time-scrubber
        .window=${this.time.window()}
        .atUs=${at}
        @scrub=${(event: CustomEvent<{ readonly atUs: number | undefined }>) => {
          const { atUs } = event.detail;
          this.url.set({ at: atUs === undefined ? undefined : String(atUs) }, { replace: true });
        }}
      ></fd-time-scrubber>
      ${at === undefined ? nothing : this.renderSpan()} ${this.renderVersus()}
      ${at === undefined ? nothing : this.renderCompare(at)}
      <span class="soft small">
        ${timesText((name) => this.url.get(name), this.time.window())}: <span class="warning">▲ worse</span>
        <span class="critical">◆ much worse</span>; the wider an edge, the more calls
      </span>
    </div>`;
  }

  private renderSpan(): TemplateResult {
    const options = SPANS_S.map((seconds) => [seconds === 60 ? "" : String(seconds), `${String(seconds)} s`] as const);
    return addressSelect(this.url, { label: "of", name: "span", options });
  }

  private renderVersus(): TemplateResult {
    const versus = this.url.get("vs");
    const versusAt = instantOf(versus);
    return addressSelect(this.url, {
      label: "against",
      name: "vs",
      options: [
        ["", "the hour before"],
        ["prev", "the same time before"],
        ...(versusAt === undefined ? [] : [[versus ?? "", formatClock(versusAt)] as const]),
      ],
    });
  }

  private renderCompare(at: number): TemplateResult {
    return html`<button
      title="Then move on: the map shows what is worse than here"
      @click=${() => {
        this.url.set({ vs: String(at) });
      }}
    >
      Compare with ${formatClock(at)}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-map-times": MapTimes;
  }
}
