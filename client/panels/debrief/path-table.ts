/** The learner's path beside the true one as a table: what was right, missed, wrong, and what did not count. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TroubleEdge } from "../../../server/wire/debrief.js";
import { formatRatio } from "../../charts/format.js";
import { judgePath, PATH_VERDICTS } from "../../charts/path-verdicts.js";
import type { JudgedCall, PathVerdict } from "../../charts/path-verdicts.js";
import { sharedStyles } from "../../elements/shared.styles.js";

const CLASSES: Readonly<Record<PathVerdict, string>> = {
  right: "ok",
  missed: "warning",
  wrong: "critical",
  free: "soft",
};

@customElement("fd-path-table")
export class PathTable extends LitElement {
  @property({ attribute: false }) path: readonly { readonly from: string; readonly to: string }[] = [];
  @property({ attribute: false }) trouble: readonly TroubleEdge[] = [];
  @property({ attribute: false }) causes: readonly string[] = [];
  /** By id. */
  @property({ attribute: false }) titles: ReadonlyMap<string, string> = new Map();

  override render(): TemplateResult | typeof nothing {
    const calls = judgePath(this.path, this.trouble, this.causes);
    if (calls.length === 0) return nothing;
    const counts = (["right", "missed", "wrong"] as const).map((verdict) => {
      const count = calls.filter((call) => call.verdict === verdict).length;
      return `${String(count)} ${verdict}`;
    });
    return html`<h3>Your path beside the true one</h3>
      <p class="soft">
        ${this.path.length === 0 ? "You drew no path. " : ""}${counts.join(", ")}. Measured in the world in which nobody
        acted; only calls on a way from the cause to whom it hurt count.
      </p>
      <div class="scroll" tabindex="0" role="group" aria-label="Calls of both paths">
        <table>
          <thead>
            <tr>
              <th>Call</th>
              <th>You drew it</th>
              <th>On the trouble's way</th>
              <th>Verdict</th>
            </tr>
          </thead>
          <tbody>
            ${calls.map((call) => this.row(call))}
          </tbody>
        </table>
      </div>`;
  }

  private row({ from, to, drawn, verdict, hurt }: JudgedCall): TemplateResult {
    const { mark, word } = PATH_VERDICTS[verdict];
    return html`<tr>
      <td>${this.titles.get(from) ?? from} → ${this.titles.get(to) ?? to}</td>
      <td>${drawn ? "yes" : "no"}</td>
      <td>${hurt === undefined ? "no" : `yes, ${formatRatio(hurt.hurtRatio)} of ${hurt.operation} hurt`}</td>
      <td class=${CLASSES[verdict]}>
        ${mark} ${word} ${verdict === "free" ? html`<span class="soft">too few to count</span>` : nothing}
      </td>
    </tr>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      p {
        margin-block: var(--space-1) var(--space-2);
      }
      .scroll {
        overflow-x: auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-path-table": PathTable;
  }
}
