/** `<fd-questions-section>`: questions to think on; what a strong answer holds is only seen by asking for it. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { FollowUp } from "../../../server/wire/debrief.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { sectionStyles } from "./section.styles.js";

@customElement("fd-questions-section")
export class QuestionsSection extends LitElement {
  @property({ attribute: false }) questions: readonly FollowUp[] = [];

  override render(): TemplateResult {
    return html`${this.questions.map((question, index) => renderQuestion(question, index))}`;
  }

  static override styles = [
    sharedStyles,
    sectionStyles,
    css`
      h3 {
        padding-block: var(--space-2) var(--space-1);
      }
    `,
  ];
}

function renderQuestion({ question, strong, redFlags }: FollowUp, index: number): TemplateResult {
  return html`<details>
    <summary>${index + 1}. ${question}</summary>
    <h3>A strong answer</h3>
    <ul>
      ${strong.map((text) => html`<li>${text}</li>`)}
    </ul>
    <h3>Red flags</h3>
    <ul>
      ${redFlags.map((text) => html`<li>${text}</li>`)}
    </ul>
  </details>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-questions-section": QuestionsSection;
  }
}
