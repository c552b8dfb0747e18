/** `<fd-service-events>`: what became of the processes of one service in the window, from the lines they wrote about it. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogLine } from "../../../server/wire/telemetry.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import { pivotValue, timeValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";

/** Phrases of the lines that processes and their orchestrator write when they come and go. */
const PHRASES: readonly string[] = [
  '"starting version"',
  '"ready to serve"',
  '"stopping, version"',
  '"process ended"',
  '"probe failed"',
];
const LINES_OF_PHRASE = 40;
const LINES_MAX = 60;

@customElement("fd-service-events")
export class ServiceEvents extends LitElement {
  @property() service = "";
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;

  private readonly lines = new QueryController<readonly LogLine[]>(this, {
    key: () => (this.run === undefined || this.time === undefined ? undefined : [this.service, this.time.window()]),
    run: async (signal) => {
      const { run, time } = this;
      if (run === undefined || time === undefined) return [];
      const request = { ...time.window(), services: [this.service], offset: 0, limit: LINES_OF_PHRASE };
      const pages = await Promise.all(PHRASES.map((text) => run.queries.logs({ ...request, text }, signal)));
      return pages
        .flatMap(({ lines }) => lines)
        .sort((one, other) => other.timeUs - one.timeUs)
        .slice(0, LINES_MAX);
    },
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.time, events: ["window"] });
  }

  override render(): TemplateResult {
    const { error, value } = this.lines;
    if (error !== undefined) return html`<fd-error-notice .error=${error}></fd-error-notice>`;
    if (value === undefined) return html``;
    if (value.length === 0)
      return html`<p class="soft">No process of ${this.service} started, stopped or ended in this time.</p>`;
    return html`<table>
      <caption class="visually-hidden">
        What became of the processes of ${this.service}, newest first
      </caption>
      <tbody>
        ${value.map(
          ({ timeUs, instance, message, level }) =>
            html`<tr>
              <td class="data">${timeValue(timeUs, { service: this.service })}</td>
              <td class="data">${pivotValue("instance", instance, { service: this.service, atUs: timeUs })}</td>
              <td class=${level === "error" ? "critical" : level === "warn" ? "warning" : ""}>${message}</td>
              <td>
                ${
                  this.url === undefined
                    ? nothing
                    : html`<a
                        href=${this.url.href("logs", {
                          services: this.service,
                          from: String(timeUs - 60_000_000),
                          to: String(timeUs + 60_000_000),
                        })}
                        >lines around it</a
                      >`
                }
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
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
    "fd-service-events": ServiceEvents;
  }
}
