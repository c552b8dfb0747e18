/**
 * The command palette: one field over everything that can be done or gone to. A combobox with a listbox below it
 * (WAI-ARIA APG, editable combobox with list autocomplete): the focus stays in the field, arrows choose, Enter does.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ModalController } from "../../controllers/modal-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { pageStorage } from "../../state/browser-storage.js";
import { runContext, timeContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { readHistory } from "../metrics/query-history.js";
import type { ShellActions } from "./command.js";
import { commandsFor } from "./commands.js";
import { keyHint } from "./key-hint.js";
import { paletteItems } from "./palette-items.js";
import type { PaletteItem, RankedItem } from "./palette-items.js";
import { paletteStyles } from "./palette.styles.js";

const PAGE_STEP = 8;

/** Dispatches `close`. */
@customElement("fd-command-palette")
export class CommandPalette extends LitElement {
  @property({ type: Boolean }) open = false;
  @property({ attribute: false }) shell: ShellActions | undefined;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  /** The view whose own commands are offered. */
  @property() view = "";
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @state() private typed = "";
  @state() private chosen = 0;
  private readonly modal = new ModalController(this, {
    layer: () => this.renderRoot.querySelector<HTMLElement>(".layer"),
    dismissed: () => {
      this.close();
    },
  });
  private readonly places = new QueryController(this, {
    key: () => (this.open ? [this.run.runId, Math.floor(this.time.nowUs / 10_000_000)] : undefined),
    run: async (signal) => {
      const { queries } = this.run;
      const [alerts, changes, catalogue] = await Promise.all([
        queries.alerts(signal),
        queries.changes(signal),
        queries.catalogue(signal),
      ]);
      return { alerts, changes, components: catalogue.components };
    },
  });

  override render(): TemplateResult {
    const items = this.open ? this.items() : [];
    const chosen = items[this.chosen];
    return html`<div class="layer" popover="manual">
      <div
        class="box"
        role="dialog"
        aria-modal="true"
        aria-label="Command palette"
        tabindex="-1"
        @keydown=${(event: KeyboardEvent) => this.keyed(event, items)}
      >
        <input
          role="combobox"
          aria-label="Search commands, views, services, alerts, changes, queries, times"
          aria-expanded="true"
          aria-controls="items"
          aria-autocomplete="list"
          aria-activedescendant=${chosen === undefined ? nothing : `item-${String(this.chosen)}`}
          autocomplete="off"
          spellcheck="false"
          placeholder="A command, a view, a service, 14:02-14:20, last 30m …"
          .value=${this.typed}
          @input=${(event: Event) => {
            this.typed = (event.target as HTMLInputElement).value;
            this.chosen = 0;
          }}
        />
        <div
          id="items"
          role="listbox"
          aria-label="Results"
          tabindex="-1"
          @pointermove=${this.pointed}
          @pointerup=${(event: Event) => this.clicked(event, items)}
        >
          ${this.list(items)}
        </div>
        <footer class="small soft" aria-live="polite">
          <span>${items.length} ${items.length === 1 ? "result" : "results"}</span>
          <span>${keyHint("ArrowUp")} ${keyHint("ArrowDown")} choose</span><span>${keyHint("Enter")} do it</span
          ><span>${keyHint("Escape")} close</span>
        </footer>
      </div>
    </div>`;
  }

  private items(): readonly RankedItem[] {
    const { value } = this.places;
    return paletteItems(this.typed, {
      commands: commandsFor(this.view),
      components: value?.components ?? [],
      alerts: value?.alerts,
      changes: value?.changes ?? [],
      queries: readHistory(pageStorage, this.run.runId),
      nowUs: this.time.nowUs,
    });
  }

  private list(items: readonly RankedItem[]): readonly TemplateResult[] {
    return items.map((item, index) => {
      const heading =
        item.group === items[index - 1]?.group
          ? nothing
          : html`<div class="group small soft" role="presentation">${item.group}</div>`;
      return html`${heading}
        <div id="item-${index}" class="item" role="option" aria-selected=${index === this.chosen ? "true" : "false"}>
          <span class="title">${marked(item)}</span>
          <span class="detail small soft">${item.detail}</span>
          ${item.keys === undefined ? nothing : keyHint(item.keys)}
        </div>`;
    });
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("open") && this.open) this.modal.show();
    if (changed.has("open") && !this.open) this.close();
    if (!this.open) return;
    this.renderRoot.querySelector(`#item-${String(this.chosen)}`)?.scrollIntoView({ block: "nearest" });
  }

  private readonly pointed = (event: Event): void => {
    this.chosen = indexOf(event) ?? this.chosen;
  };

  private clicked(event: Event, items: readonly RankedItem[]): void {
    const item = items[indexOf(event) ?? -1];
    if (item !== undefined) this.perform(item);
  }

  private keyed(event: KeyboardEvent, items: readonly RankedItem[]): void {
    if (event.isComposing) return;
    const item = items[this.chosen];
    if (event.key === "Enter" && item !== undefined) {
      event.preventDefault();
      this.perform(item);
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE_STEP, PageUp: -PAGE_STEP }[event.key];
    if (step === undefined || items.length === 0) return;
    event.preventDefault();
    const next = this.chosen + step;
    // Single steps go round, pages stop at the ends.
    this.chosen =
      Math.abs(step) === 1 ? (next + items.length) % items.length : Math.min(items.length - 1, Math.max(0, next));
  }

  /** Closes first: the focus goes back to where it was, and a command may put it somewhere else. */
  private perform({ deed }: PaletteItem): void {
    this.close();
    const { shell } = this;
    if (shell === undefined) return;
    if (deed.kind === "open") shell.go(() => deed);
    else if (deed.kind === "range") shell.setRange(deed.range);
    else deed.command.run(shell);
  }

  private close(): void {
    if (!this.modal.isShown) return;
    this.modal.hide();
    this.typed = "";
    this.chosen = 0;
    this.dispatchEvent(new CustomEvent("close"));
  }

  static override styles = [sharedStyles, paletteStyles];
}

/** Of the item that an event of the listbox happened on. */
function indexOf(event: Event): number | undefined {
  const option = event.target instanceof Element ? event.target.closest("[role='option']") : null;
  return option === null ? undefined : Number(option.id.slice("item-".length));
}

/** The title with what matched in bold. */
function marked({ title, marks }: RankedItem): readonly (TemplateResult | string)[] {
  const hit = new Set(marks);
  const parts: { text: string; marked: boolean }[] = [];
  for (const [index, character] of title.split("").entries()) {
    const last = parts.at(-1);
    if (last?.marked === hit.has(index)) last.text += character;
    else parts.push({ text: character, marked: hit.has(index) });
  }
  return parts.map((part) => (part.marked ? html`<b>${part.text}</b>` : part.text));
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-command-palette": CommandPalette;
  }
}
