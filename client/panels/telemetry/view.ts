/**
 * What this world keeps of its telemetry: for each signal the account from what was made to what can still be asked, and
 * the plant's own documentation. Nothing here is known that a platform team could not count.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { PlantSetting, TelemetryLedger } from "../../../server/wire/ledger.js";
import { formatClock } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { countText, ledgerTable, settingText, SIGNAL_TITLES } from "./account-text.js";
import "./signal-account.js";

@customElement("fd-view-telemetry")
export class TelemetryView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly ledger = new QueryController<TelemetryLedger>(this, {
    key: () => [this.run.runId, this.time.window(), this.run.store.snapshot.historyProgress >= 1],
    run: (signal) => this.run.queries.ledger(this.time.window(), signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  override render(): TemplateResult {
    const ledger = this.ledger.value;
    return html`<header class="row">
        <h1>Telemetry</h1>
        <span class="space"></span>
        ${
          ledger === undefined
            ? nothing
            : html`<fd-export-menu .source=${() => exported(ledger)}></fd-export-menu>
                <fd-pin-button label="Pin account" .exhibit=${() => exhibitOf(ledger)}></fd-pin-button>`
        }
      </header>
      <p class="soft">
        What the monitoring of this system made, kept and
        lost${
          ledger === undefined ? nothing : html` from ${formatClock(ledger.fromUs)} to ${formatClock(ledger.toUs)}`
        }.
        Before you conclude from what you do not see, look here whether you could have seen it.
      </p>
      <fd-error-notice .error=${this.ledger.error}></fd-error-notice>
      ${
        ledger === undefined
          ? nothing
          : html`${ledger.signals.map(
              (account) =>
                html`<section aria-label=${SIGNAL_TITLES[account.signal]}>
                  <fd-signal-account .account=${account} .ledger=${ledger}></fd-signal-account>
                </section>`,
            )}
            ${settings(ledger.settings)}`
      }`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        height: 100%;
        overflow: auto;
        padding: var(--space-4);
      }
      section {
        margin-block-start: var(--space-3);
      }
      section.settings {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface-1);
        padding: var(--space-3);
        overflow-x: auto;
      }
      p {
        max-width: 75ch;
        margin-block-start: var(--space-1);
      }
    `,
  ];
}

function settings(all: readonly PlantSetting[]): TemplateResult {
  return html`<section class="settings" aria-label="How the plant is set up">
    <h2>How the plant is set up</h2>
    <p class="soft">As its owners have documented it. What it does at the moment is told by the figures above.</p>
    <table>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">Setting</th>
          <th scope="col" class="number">Value</th>
        </tr>
      </thead>
      <tbody>
        ${all.map(
          (setting) =>
            html`<tr>
              <td>${setting.part}</td>
              <td>${setting.name}</td>
              <td class="number">${settingText(setting)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function exported(ledger: TelemetryLedger): ExportSource {
  const { fromUs, toUs } = ledger;
  return {
    title: "Telemetry",
    table: ledgerTable(ledger),
    json: ledger,
    requests: [{ own: "ledger", json: { fromUs, toUs } }],
  };
}

const exhibitOf = ({ signals }: TelemetryLedger): ExhibitParts => ({
  title: "What was made, kept and lost",
  frozen: {
    kind: "facts",
    facts: signals.map(({ signal, unit, made, kept, sampledOut, dropped }) => ({
      name: SIGNAL_TITLES[signal],
      value: `${countText(made.count)} ${unit} made, ${countText(kept.count)} kept, ${countText(sampledOut)} left out, ${countText(dropped)} lost`,
    })),
  },
});

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-telemetry": TelemetryView;
  }
}
