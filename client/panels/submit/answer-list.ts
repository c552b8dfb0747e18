/** `<fd-answer-list>`: the answers of a submission, before it is sent and after. */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Exhibit, Submission } from "../../../server/wire/run.js";
import { formatDateTime } from "../../charts/format.js";
import "../../elements/service-chip.js";
import { factListStyles } from "../../elements/fact-list.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { classTitle, percent } from "../notebook/notebook-model.js";
import type { Choices } from "./choices.js";

const FURTHER_ANSWERS = [
  ["scope", "Scope"],
  ["statusUpdate", "Status update"],
  ["misfit", "What does not fit"],
] as const;

@customElement("fd-answer-list")
export class AnswerList extends LitElement {
  @property({ attribute: false }) submission!: Submission;
  @property({ attribute: false }) exhibits: readonly Exhibit[] = [];
  /** For titles; ids are shown until they are there. */
  @property({ attribute: false }) choices: Choices | undefined;

  override render(): TemplateResult {
    const { submission, choices } = this;
    const trigger = choices?.changes.find(({ id }) => id === submission.trigger);
    return html`<dl>
      <dt>Component</dt>
      <dd><fd-service-chip name=${submission.component}></fd-service-chip></dd>
      <dt>Fault class</dt>
      <dd>${classTitle(choices?.taxonomy ?? [], submission.faultClass)}</dd>
      <dt>Trigger</dt>
      <dd>${submission.trigger === undefined ? "None" : (trigger?.title ?? submission.trigger)}</dd>
      <dt>Onset</dt>
      <dd class="data">${formatDateTime(submission.onsetUs)} UTC</dd>
      <dt>Confidence</dt>
      <dd class="data">${percent(submission.confidence)}</dd>
      <dt>Exhibits</dt>
      <dd>${this.renderExhibits()}</dd>
      <dt>Path</dt>
      <dd>
        ${submission.path === undefined ? "Not drawn" : submission.path.map(({ from, to }) => html`<div>${from} → ${to}</div>`)}
      </dd>
      <dt>Sentence</dt>
      <dd>${submission.sentence}</dd>
      ${FURTHER_ANSWERS.map(([name, title]) =>
        submission[name] === undefined
          ? nothing
          : html`<dt>${title}</dt>
              <dd>${submission[name]}</dd>`,
      )}
    </dl>`;
  }

  private renderExhibits(): TemplateResult | string {
    const { exhibits } = this.submission;
    if (exhibits.length === 0) return "None";
    const titleOf = (id: string): string => this.exhibits.find((exhibit) => exhibit.id === id)?.title ?? id;
    return html`<ol>
      ${exhibits.map((id) => html`<li>${titleOf(id)}</li>`)}
    </ol>`;
  }

  static override styles = [
    sharedStyles,
    factListStyles,
    css`
      :host {
        display: block;
      }
      dl {
        gap: var(--space-2) var(--space-5);
      }
      ol {
        margin: 0;
        padding-inline-start: var(--space-4);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-answer-list": AnswerList;
  }
}
