/** `<fd-truth-section>`: the learner's answer beside the truth, line by line, on the map, and as the path of the trouble. */
import { html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Debrief } from "../../../server/wire/debrief.js";
import { hopsToCause, markMap, troubledPart } from "../../charts/debrief-graph.js";
import "../../charts/debrief-map.js";
import { formatClock, formatDurationUs, formatRatio, formatUnit } from "../../charts/format.js";
import "../../elements/markdown.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { classTitle } from "../notebook/notebook-model.js";
import type { DebriefAnswer } from "./debrief-answer.js";
import "./path-table.js";
import { verdicts } from "./score-summary.js";
import { sectionStyles } from "./section.styles.js";

@customElement("fd-truth-section")
export class TruthSection extends LitElement {
  @property({ attribute: false }) answer!: DebriefAnswer;

  override render(): TemplateResult {
    const { debrief, taxonomy, changes, map } = this.answer;
    const titles = new Map(map.nodes.map(({ id, title }) => [id, title]));
    const rows = verdicts(debrief, {
      component: (id) => titles.get(id) ?? id,
      faultClass: (id) => classTitle(taxonomy, id),
      change: (id) => changes.find((change) => change.id === id)?.title ?? id,
      clock: (us) => `${formatClock(us)} UTC`,
      duration: formatDurationUs,
      share: formatRatio,
    });
    const graph = markMap(map, {
      causes: debrief.causes.map(({ component }) => component),
      answer: debrief.submission.component,
      trouble: debrief.trouble,
      path: debrief.submission.path ?? [],
    });
    const hops = hopsToCause(graph);
    return html`
      <div class="scroll" tabindex="0" role="group" aria-label="Your answer beside the truth">
        <table>
          <thead>
            <tr>
              <th><span class="visually-hidden">Line</span></th>
              <th>Your answer</th>
              <th>Truth</th>
              <th>Agree</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ question, answered, truth, agrees, note }) =>
                html`<tr>
                  <th scope="row">${question}</th>
                  <td>${answered}</td>
                  <td>${truth}</td>
                  <td class=${agrees === undefined ? "soft" : agrees ? "ok" : "critical"}>
                    ${agrees === undefined ? "for you to tell" : agrees ? "✓ yes" : "✕ no"}
                    ${note === undefined ? nothing : html`<span class="soft">${note}</span>`}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${debrief.causes.map(({ description }) => html`<p>${description}</p>`)}
      ${
        hops === undefined || hops === 0
          ? nothing
          : html`<p class="soft">Your answer lies ${hops} ${hops === 1 ? "hop" : "hops"} from the cause.</p>`
      }
      <fd-debrief-map .graph=${troubledPart(graph)}></fd-debrief-map>
      <fd-path-table
        .path=${debrief.submission.path ?? []}
        .trouble=${debrief.trouble}
        .causes=${debrief.causes.map(({ component }) => component)}
        .titles=${titles}
      ></fd-path-table>
      ${renderTroubleTable(debrief, titles)}
      <fd-markdown heading-level="3" .text=${debrief.explanation}></fd-markdown>
    `;
  }

  static override styles = [sharedStyles, sectionStyles];
}

function renderTroubleTable(
  { trouble, troubledEdges }: Pick<Debrief, "trouble" | "troubledEdges">,
  titles: ReadonlyMap<string, string>,
): TemplateResult {
  const sorted = [...trouble].sort((left, right) => right.hurtRatio - left.hurtRatio);
  return html`<details>
    <summary data-chart-table>The edges of the trouble in figures: had nobody acted, against the healthy twin</summary>
    <p class="soft">
      Figures are of the kind of call that was hurt most on its
      edge.${trouble.length < troubledEdges ? ` ${String(trouble.length)} of ${String(troubledEdges)} hurt edges.` : ""}
      ${trouble.some(({ latencyMsP99Twin }) => latencyMsP99Twin === undefined) ? "A dash: the twin never made this call." : nothing}
    </p>
    <div class="scroll" tabindex="0" role="group" aria-label="Edges of the trouble">
      <table>
        <thead>
          <tr>
            <th>From</th>
            <th>To</th>
            <th>Call</th>
            <th class="number">Hurt</th>
            <th class="number">p99</th>
            <th class="number">p99, twin</th>
            <th class="number">Errors</th>
            <th class="number">Errors, twin</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(
            (edge) =>
              html`<tr>
                <td>${titles.get(edge.from) ?? edge.from}</td>
                <td>${titles.get(edge.to) ?? edge.to}</td>
                <td>${edge.operation}</td>
                <td class="number">${formatRatio(edge.hurtRatio)}</td>
                <td class="number">${formatUnit(edge.latencyMsP99, "ms")}</td>
                <td class="number">${formatUnit(edge.latencyMsP99Twin ?? Number.NaN, "ms")}</td>
                <td class="number">${formatRatio(edge.errorRatio)}</td>
                <td class="number">${formatRatio(edge.errorRatioTwin ?? Number.NaN)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-truth-section": TruthSection;
  }
}
