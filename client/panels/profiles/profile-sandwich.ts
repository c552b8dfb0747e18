/** `<fd-profile-sandwich>`: one function between all that call it and all that it calls. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { calleesOf, callersOf, functionRows } from "../../charts/flame-tree.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import { Remembered } from "../../state/remembered.js";
import type { UrlState } from "../../state/url-state.js";
import { graphStyles } from "./graph.styles.js";
import { heaviestLeft } from "./profile-reading.js";
import type { ProfileReading } from "./profile-reading.js";
import "./stack-flame.js";

@customElement("fd-profile-sandwich")
export class ProfileSandwich extends LitElement {
  @property({ attribute: false }) reading!: ProfileReading;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  private readonly remembered = new Remembered();

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const { reading } = this;
    const name = this.url.get("fn") ?? functionRows(reading.tree)[0]?.name ?? "";
    const { callers, callees } = this.remembered.once("sides", [reading.key, name], () => {
      const above = callersOf(reading.tree, name);
      const below = calleesOf(reading.tree, name);
      return {
        callers: { tree: above, layout: heaviestLeft(reading, above, "up") },
        callees: { tree: below, layout: heaviestLeft(reading, below, "down") },
      };
    });
    if (callees.tree.sum === 0 && callees.tree.baselineSum === 0) return this.renderEmpty(name);
    return html`<h2>Called by</h2>
      <fd-stack-flame
        .reading=${reading}
        .tree=${callers.tree}
        .layout=${callers.layout}
        caption="Callers of ${name}, the function at the bottom"
      ></fd-stack-flame>
      <h2>Calls</h2>
      <fd-stack-flame
        .reading=${reading}
        .tree=${callees.tree}
        .layout=${callees.layout}
        caption="What ${name} calls, the function at the top"
      ></fd-stack-flame>`;
  }

  private renderEmpty(name: string): TemplateResult {
    return html`<fd-empty-state heading="${name} does not occur here"
      >Choose a function in the table, or
      <button
        class="link"
        @click=${() => {
          this.url.set({ fn: undefined });
        }}
      >
        take the heaviest one</button
      >.</fd-empty-state
    >`;
  }

  static override styles = [
    sharedStyles,
    graphStyles,
    css`
      h2 {
        font-size: var(--text-s);
        color: var(--ink-soft);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-profile-sandwich": ProfileSandwich;
  }
}
