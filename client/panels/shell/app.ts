/** The application: the start page or the workspace of one run, by the URL. Links inside are followed without a load. */
import { provide } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { StoreController } from "../../controllers/store-controller.js";
import { urlContext } from "../../state/contexts.js";
import { UrlState } from "../../state/url-state.js";
import "../start/start-page.js";
import { internalLink } from "./internal-link.js";
import "./workspace.js";

@customElement("fd-app")
export class FiredrillApp extends LitElement {
  @provide({ context: urlContext }) @state() private readonly url = new UrlState(window);

  /** The run that is shown, empty for the start page; undefined until something was. */
  private shown: string | undefined;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
    this.addEventListener("click", this.clicked);
  }

  override render(): TemplateResult {
    const { runId } = this.url;
    if (runId === undefined) return html`<fd-start-page></fd-start-page>`;
    return html`${keyed(runId, html`<fd-workspace run-id=${runId} ?entered=${this.shown !== undefined}></fd-workspace>`)}`;
  }

  /** What was pressed to come here is gone with its page: the focus comes along. */
  override updated(): void {
    const { runId = "" } = this.url;
    if (this.shown !== undefined && this.shown !== runId && runId === "") {
      const page = this.renderRoot.querySelector("fd-start-page");
      void page?.updateComplete.then(() => {
        page.focus();
      });
    }
    this.shown = runId;
  }

  private readonly clicked = (event: MouseEvent): void => {
    const address = internalLink(event);
    if (address === undefined) return;
    event.preventDefault();
    this.url.follow(address.pathname, address.search);
  };

  static override styles = css`
    :host {
      display: block;
      height: 100%;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-app": FiredrillApp;
  }
}
