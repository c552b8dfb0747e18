/** The matrix of exhibits and hypotheses; each cell a choice from −2 to +2. Dispatches `hypothesis-changed` {Hypothesis}. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Exhibit, Hypothesis } from "../../../server/wire/run.js";
import type { FaultClass } from "../../../server/wire/scenario.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { isUndecisive, judge, JUDGEMENTS, judgementOf, leastContradicted, verdictOf } from "./judgements.js";
import type { Judgement } from "./judgements.js";
import { classTitle, sortHypotheses } from "./notebook-model.js";

@customElement("fd-judgement-matrix")
export class JudgementMatrix extends LitElement {
  @property({ attribute: false }) hypotheses: readonly Hypothesis[] = [];
  @property({ attribute: false }) exhibits: readonly Exhibit[] = [];
  @property({ attribute: false }) taxonomy: readonly FaultClass[] = [];
  @property({ type: Boolean }) readonly = false;

  override render(): TemplateResult | typeof nothing {
    const { exhibits } = this;
    const hypotheses = sortHypotheses(this.hypotheses);
    if (hypotheses.length === 0 || exhibits.length === 0) return nothing;
    const best = new Set(leastContradicted(hypotheses, exhibits));
    return html`<h2>Judgement</h2>
      <p class="soft small">
        How far does each exhibit speak for or against each hypothesis? The one that least speaks against stands.
      </p>
      <div class="scroll" tabindex="0" role="group" aria-label="Judgement of hypotheses by exhibits">
        <table>
          <caption class="visually-hidden">
            Exhibits by hypothesis, from −2 (rules it out) to +2 (hardly otherwise)
          </caption>
          <thead>
            <tr>
              <th scope="col">Exhibit</th>
              ${hypotheses.map(
                (hypothesis) =>
                  html`<th scope="col">
                    <fd-service-chip name=${hypothesis.component}></fd-service-chip>
                    <span class="class">${this.nameOf(hypothesis)}</span>
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${exhibits.map((exhibit, index) => this.row(exhibit, index, hypotheses))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Against · in favour</th>
              ${hypotheses.map((hypothesis) => {
                const { against, inFavour } = verdictOf(hypothesis, exhibits);
                return html`<td class="data">
                  ${against === 0 ? "0" : `−${String(-against)}`} · ${inFavour === 0 ? "0" : `+${String(inFavour)}`}
                  ${best.has(hypothesis.id) ? html`<span class="tag">stands</span>` : nothing}
                </td>`;
              })}
            </tr>
          </tfoot>
        </table>
      </div>`;
  }

  private nameOf({ faultClass }: Hypothesis): string {
    return classTitle(this.taxonomy, faultClass);
  }

  private row(exhibit: Exhibit, index: number, hypotheses: readonly Hypothesis[]): TemplateResult {
    const idle = isUndecisive(exhibit.id, hypotheses);
    return html`<tr>
      <th scope="row" title=${exhibit.title}>
        ${String(index + 1)}. ${exhibit.title}${idle ? html`<span class="soft"> (tells none apart)</span>` : nothing}
      </th>
      ${hypotheses.map(
        (hypothesis) =>
          html`<td>
            <select
              class=${classOf(judgementOf(hypothesis, exhibit.id))}
              aria-label=${`${exhibit.title} for ${this.nameOf(hypothesis)} in ${hypothesis.component}`}
              ?disabled=${this.readonly}
              @change=${(event: Event) => {
                const value = Number((event.target as HTMLSelectElement).value) as Judgement;
                this.dispatchEvent(
                  new CustomEvent("hypothesis-changed", { detail: judge(hypothesis, exhibit.id, value) }),
                );
              }}
            >
              ${JUDGEMENTS.map(
                ({ value, sign, words }) =>
                  html`<option value=${String(value)} ?selected=${judgementOf(hypothesis, exhibit.id) === value}>
                    ${sign} ${words}
                  </option>`,
              )}
            </select>
          </td>`,
      )}
    </tr>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
        min-width: 0;
      }
      table {
        width: auto;
      }
      th {
        white-space: normal;
        max-width: 28ch;
        color: var(--ink);
        overflow-wrap: anywhere;
      }
      .class {
        display: block;
        font-weight: 400;
      }
      select {
        width: 24ch;
      }
      select.for {
        border-inline-start: 4px solid var(--accent);
      }
      select.against {
        border-inline-start: 4px solid var(--severity-critical);
      }
    `,
  ];
}

const classOf = (value: Judgement): string => (value > 0 ? "for" : value < 0 ? "against" : "");

declare global {
  interface HTMLElementTagNameMap {
    "fd-judgement-matrix": JudgementMatrix;
  }
}
