/**
 * A silence as it is written: matchers, how long, why, and what it would keep quiet now. It is an action: it stands in the
 * audit trail and can be ended. Dispatches `silence-set` {matchers, durationUs, comment} and `silence-left`.
 */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AlertMatcher } from "../../../server/wire/alerting.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { parseDurationUs } from "../../state/time-range.js";
import { MATCH_OPERATORS, draftProblem, matchersFor, operatorOf, silenced, withOperator } from "./silence-draft.js";
import type { Labels, MatchOperator } from "./silence-draft.js";

const DURATIONS = ["30m", "1h", "2h", "8h"];

@customElement("fd-silence-form")
export class SilenceForm extends LitElement {
  /** Of the alert that it begins from. */
  @property({ attribute: false }) labels: Labels = {};
  /** Alerts that fire or wait, to count those that it fits. */
  @property({ attribute: false }) alerts: readonly { readonly labels: Labels }[] = [];
  @state() private matchers: readonly AlertMatcher[] = [];
  @state() private duration = "1h";
  @state() private comment = "";

  override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has("labels")) this.matchers = matchersFor(this.labels);
  }

  override render(): TemplateResult {
    const problem = draftProblem({ matchers: this.matchers, duration: this.duration, comment: this.comment });
    const used = this.matchers.filter(({ name }) => name !== "");
    const found = silenced(used, this.alerts);
    const names = [...new Set(found.map(({ labels }) => labels["alertname"] ?? ""))];
    return html`<form
      aria-label="Silence"
      @submit=${(event: Event) => {
        event.preventDefault();
        const durationUs = parseDurationUs(this.duration);
        if (problem !== undefined || durationUs === undefined) return;
        const detail = { matchers: used, durationUs, comment: this.comment.trim() };
        this.dispatchEvent(new CustomEvent("silence-set", { detail }));
      }}
    >
      <div class="matchers">
        ${this.matchers.map((matcher, index) => this.matcher(matcher, index))}
        <button
          type="button"
          class="quiet small"
          @click=${() => {
            this.matchers = [...this.matchers, { name: "", value: "", isRegex: false, isEqual: true }];
          }}
        >
          ${icon("include", 13)}Matcher
        </button>
      </div>
      <div class="row">
        <label class="row small"
          >For
          <input
            class="duration"
            list="durations"
            .value=${this.duration}
            @input=${(event: Event) => {
              this.duration = (event.target as HTMLInputElement).value;
            }}
          /><datalist id="durations">${DURATIONS.map((text) => html`<option value=${text}></option>`)}</datalist></label
        >
        <label class="row small why"
          >Why
          <input
            .value=${this.comment}
            placeholder="Known, being worked on by …"
            @input=${(event: Event) => {
              this.comment = (event.target as HTMLInputElement).value;
            }}
        /></label>
        <button class="primary" ?disabled=${problem !== undefined}>Silence</button>
        <button
          type="button"
          class="quiet"
          @click=${() => {
            this.dispatchEvent(new CustomEvent("silence-left"));
          }}
        >
          Cancel
        </button>
      </div>
      <p class="small" role="status">
        <strong>Silences ${found.length} ${found.length === 1 ? "alert" : "alerts"} now</strong>${
          names.length === 0 ? "" : `: ${names.join(", ")}`
        }.
        <span class="soft">${problem ?? "It keeps them from waking anybody; it heals nothing."}</span>
      </p>
    </form>`;
  }

  private matcher(matcher: AlertMatcher, index: number): TemplateResult {
    const change = (next: AlertMatcher): void => {
      this.matchers = this.matchers.map((one, at) => (at === index ? next : one));
    };
    return html`<span class="row matcher">
      <input
        aria-label="Label"
        class="data"
        .value=${matcher.name}
        @input=${(event: Event) => {
          change({ ...matcher, name: (event.target as HTMLInputElement).value.trim() });
        }}
      />
      <select
        aria-label="Comparison"
        @change=${(event: Event) => {
          change(withOperator(matcher, (event.target as HTMLSelectElement).value as MatchOperator));
        }}
      >
        ${MATCH_OPERATORS.map(
          (operator) =>
            html`<option value=${operator} ?selected=${operator === operatorOf(matcher)}>${operator}</option>`,
        )}
      </select>
      <input
        aria-label="Value"
        class="data value"
        .value=${matcher.value}
        @input=${(event: Event) => {
          change({ ...matcher, value: (event.target as HTMLInputElement).value });
        }}
      />
      <button
        type="button"
        class="quiet"
        aria-label="Remove the matcher of ${matcher.name}"
        @click=${() => {
          this.matchers = this.matchers.filter((_, at) => at !== index);
        }}
      >
        ${icon("close", 13)}
      </button>
    </span>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      form {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-3);
        border-inline-start: 3px solid var(--accent);
        background: var(--surface-2);
      }
      .matchers {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
      }
      .matcher {
        gap: 2px;
        flex-wrap: nowrap;
      }
      .matcher input {
        width: 11ch;
      }
      .matcher input.value {
        width: 20ch;
      }
      .duration {
        width: 8ch;
      }
      .why {
        flex: 1;
      }
      .why input {
        flex: 1;
        min-width: 160px;
      }
      p {
        margin: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-silence-form": SilenceForm;
  }
}
