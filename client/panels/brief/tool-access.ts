/**
 * Where other programs read this run: one address for each tool, with the run's token in it, and the choice whose clock
 * they go by. Nothing is asked of the server before the section is opened.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { RunAccessAnswer } from "../../../server/wire/access.js";
import { QueryController } from "../../controllers/query-controller.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";

@customElement("fd-tool-access")
export class ToolAccess extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @state() private open = false;
  /** Whose clock the addresses go by. */
  @state() private clock: "simulated" | "wall" = "wall";
  /** What was copied last, or why it was not. */
  @state() private told = "";

  private readonly access = new QueryController<RunAccessAnswer | undefined>(this, {
    key: () => [this.run.runId, this.open],
    run: (signal) => (this.open ? this.run.queries.access(signal) : Promise.resolve(undefined)),
  });

  override render(): TemplateResult {
    return html`<details
      @toggle=${(event: Event) => {
        this.open = (event.target as HTMLDetailsElement).open;
      }}
    >
      <summary>Read this run with your own tools</summary>
      <p class="soft">
        Grafana, promtool, logcli, jaeger-ui and others take these as the addresses of their data sources. Whoever has
        one may read this run's telemetry, and nothing else.
      </p>
      ${this.access.error ? html`<fd-error-notice .error=${this.access.error}></fd-error-notice>` : nothing}
      ${this.access.value === undefined ? nothing : this.renderTools(this.access.value)}
    </details>`;
  }

  private renderTools({ tools }: RunAccessAnswer): TemplateResult {
    return html`
      <fieldset class="row">
        <legend class="soft small">Times are those of</legend>
        ${this.renderClock("wall", "my clock: “last 15 minutes” is the simulated last 15 minutes")}
        ${this.renderClock("simulated", "the simulated clock, as on this page")}
      </fieldset>
      <table>
        <caption class="visually-hidden">
          Addresses of tools
        </caption>
        <tbody>
          ${tools.map(({ title, path, wallPath }) => {
            const address = new URL(this.clock === "wall" ? wallPath : path, location.href).href;
            return html`<tr>
              <th scope="row">${title}</th>
              <td><code>${address}</code></td>
              <td>
                <button
                  type="button"
                  aria-label=${`Copy the address of ${title}`}
                  @click=${() => this.copy(title, address)}
                >
                  Copy
                </button>
              </td>
            </tr>`;
          })}
        </tbody>
      </table>
      <p class="soft small" role="status">${this.told}</p>
    `;
  }

  private renderClock(clock: "simulated" | "wall", label: string): TemplateResult {
    return html`<label
      ><input
        type="radio"
        name="clock"
        value=${clock}
        .checked=${this.clock === clock}
        @change=${() => {
          this.clock = clock;
        }}
      />
      ${label}</label
    >`;
  }

  private async copy(title: string, address: string): Promise<void> {
    this.told = await navigator.clipboard.writeText(address).then(
      () => `The address of ${title} is on the clipboard.`,
      () => "The browser does not let this page write to the clipboard: select the address and copy it.",
    );
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      summary {
        cursor: pointer;
        font-weight: 600;
      }
      fieldset {
        border: 0;
        margin: 0 0 var(--space-2);
        padding: 0;
        flex-wrap: wrap;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th {
        text-align: start;
        font-weight: 500;
        padding-inline-end: var(--space-3);
        white-space: nowrap;
      }
      td {
        border-block-end: 1px solid var(--line);
        padding-block: var(--space-1);
      }
      code {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-tool-access": ToolAccess;
  }
}
