/** All views of the run, in the order of an investigation. Icons alone where the window is narrow. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { VIEWS, viewById } from "../registry.js";

/** Views after which a new part of the work begins. */
const GROUP_ENDS: ReadonlySet<string> = new Set(["slo", "changes", "actions"]);

@customElement("fd-rail")
export class Rail extends LitElement {
  @property() current = "";
  @consume({ context: urlContext }) @state() private url!: UrlState;
  @consume({ context: runContext }) @state() private run!: RunContext;

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.run.store, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const marked = viewById(this.current)?.within ?? this.current;
    const { exhibits } = this.run.store.snapshot.notebook;
    const debriefed = this.run.store.snapshot.run.state === "debriefed";
    return html`<nav aria-label="Views">
      ${VIEWS.filter(({ key, id }) => key !== undefined && (id !== "debrief" || debriefed)).map(
        ({ id, title, icon: name, key }) =>
          html`<a
            href=${this.url.href(id)}
            class=${GROUP_ENDS.has(id) ? "end" : ""}
            aria-current=${id === marked ? "page" : nothing}
            title="${title} (g ${key ?? ""})"
            >${icon(name)}<span class="title">${title}</span>${
              id === "notebook" && exhibits.length > 0
                ? html`<span class="count small soft"
                    >${exhibits.length}<span class="visually-hidden"> exhibits</span></span
                  >`
                : nothing
            }</a
          >`,
      )}
    </nav>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        border-inline-end: 1px solid var(--line);
        background: var(--surface-1);
        overflow-y: auto;
      }
      nav {
        display: flex;
        flex-direction: column;
        padding: var(--space-1);
        width: 132px;
      }
      a {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-height: var(--row);
        padding: 0 var(--space-2);
        border-radius: var(--radius);
        color: var(--ink-soft);
      }
      a:hover {
        color: var(--ink);
        background: var(--surface-2);
        text-decoration: none;
      }
      a[aria-current] {
        color: var(--ink);
        background: var(--accent-soft);
        font-weight: 500;
      }
      .count {
        margin-inline-start: auto;
      }
      .end {
        margin-block-end: var(--space-3);
      }
      @media (max-width: 1100px) {
        nav {
          width: 44px;
        }
        .title,
        .count {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
        a {
          justify-content: center;
          padding: 0;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-rail": Rail;
  }
}
