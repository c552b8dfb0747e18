/**
 * `<fd-map-tree>`: the map as a tree for keyboards and screen readers. Arrows walk, right and left open and fold, Enter
 * chooses. Source of keys and roles: WAI-ARIA Authoring Practices, Tree View.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ServiceMap } from "../../../server/wire/telemetry.js";
import { healthOf } from "../../charts/map-health.js";
import { elementMarks, PivotController } from "../../controllers/pivot-controller.js";
import { icon } from "../../elements/icons.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { figureRows } from "./map-figures.js";
import { moveInTree, treeRows } from "./map-tree-rows.js";
import type { TreeMove, TreeRow } from "./map-tree-rows.js";

const MOVES: Readonly<Record<string, TreeMove>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** Dispatches `node-choose` {id} and `fold-change` {folded: paths}. */
@customElement("fd-map-tree")
export class MapTree extends LitElement {
  @property({ attribute: false }) map: ServiceMap = { nodes: [], edges: [] };
  @property({ attribute: false }) lit: ReadonlySet<string> = new Set();
  @property({ attribute: false }) folded: ReadonlySet<string> = new Set();
  @property() chosen: string | undefined;
  @state() private current = "";

  constructor() {
    super();
    new PivotController(
      this,
      elementMarks(this, "[data-path]", ({ dataset }) => {
        const row = treeRows(this.map, this.folded).find(({ path }) => path === dataset["path"]);
        return row === undefined ? undefined : { field: "service", value: row.node.id };
      }),
    );
  }

  override render(): TemplateResult {
    const rows = treeRows(this.map, this.folded);
    const stop = rows.some(({ path }) => path === this.current) ? this.current : rows[0]?.path;
    return html`<p id="reading" class="small soft">
        The figures of a part below another are those of the calls between the two, as the caller sees them.
      </p>
      <div
        role="tree"
        aria-label="Parts and what they call, the most called first"
        aria-describedby="reading"
        @keydown=${this.keyed}
        @click=${this.clicked}
      >
        ${rows.map((row) => this.row(row, row.path === stop))}
      </div>`;
  }

  private row(row: TreeRow, isStop: boolean): TemplateResult {
    const { node, edge, path, level, expanded } = row;
    const measured = edge ?? node;
    const health = healthOf(measured.now, measured.before);
    return html`<div
      role="treeitem"
      class=${this.lit.has(node.id) ? "" : "dimmed"}
      style="--level:${String(level - 1)}"
      data-path=${path}
      tabindex=${isStop ? "0" : "-1"}
      aria-level=${level}
      aria-posinset=${row.position}
      aria-setsize=${row.siblings}
      aria-expanded=${expanded === undefined ? nothing : expanded ? "true" : "false"}
      aria-selected=${node.id === this.chosen ? "true" : "false"}
      aria-label=${rowText(row)}
    >
      <span class="twist">${expanded === undefined ? nothing : icon(expanded ? "down" : "chevron", 12)}</span>
      <fd-service-chip name=${node.id}></fd-service-chip>
      <span class="figures data"
        >${figureRows(measured.now, measured.before).map(({ name, now }) => html`<span><span class="soft">${name}</span> ${now}</span>`)}</span
      >
      <span class="says"
        >${health.reasons.length === 0 ? nothing : html`<span class=${health.severity}>${icon(health.severity, 14)} ${health.reasons.join(", ")}</span>`}
        ${row.repeated ? html`<span class="soft small">what it calls: see above</span>` : nothing}</span
      >
    </div>`;
  }

  private choose(id: string): void {
    this.dispatchEvent(new CustomEvent("node-choose", { detail: { id } }));
  }

  private fold({ path }: TreeRow, folds: boolean): void {
    const folded = new Set(this.folded);
    if (folds) folded.add(path);
    else folded.delete(path);
    this.dispatchEvent(new CustomEvent("fold-change", { detail: { folded: [...folded] } }));
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = treeRows(this.map, this.folded);
    const path = (event.target as HTMLElement).dataset["path"] ?? "";
    const row = rows.find((one) => one.path === path);
    if (row === undefined || !this.act(rows, row, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  private readonly clicked = (event: MouseEvent): void => {
    const target = event.target as Element;
    const path = target.closest<HTMLElement>("[data-path]")?.dataset["path"];
    const row = treeRows(this.map, this.folded).find((one) => one.path === path);
    if (row === undefined) return;
    this.current = row.path;
    if (target.closest(".twist") === null) this.choose(row.node.id);
    else this.fold(row, row.expanded === true);
  };

  private act(rows: readonly TreeRow[], row: TreeRow, key: string): boolean {
    const move = MOVES[key];
    if (move !== undefined) this.go(moveInTree(rows, row.path, move));
    else if (key === "ArrowRight" && row.expanded === false) this.fold(row, false);
    else if (key === "ArrowRight") this.go(moveInTree(rows, row.path, "child"));
    else if (key === "ArrowLeft" && row.expanded === true) this.fold(row, true);
    else if (key === "ArrowLeft") this.go(moveInTree(rows, row.path, "parent"));
    else if (key === "Enter" || key === " ") this.choose(row.node.id);
    else return false;
    return true;
  }

  private go(path: string): void {
    this.current = path;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
    });
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        overflow: auto;
        padding-block: var(--space-2);
      }
      #reading {
        margin: 0;
        padding: 2px var(--space-2) var(--space-2);
      }
      [role="treeitem"] {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px var(--space-3);
        min-height: var(--row);
        padding: 2px var(--space-2) 2px calc(var(--space-2) + var(--level) * 20px);
        border-bottom: 1px solid var(--line);
        cursor: pointer;
      }
      [role="treeitem"]:hover {
        background: var(--surface-2);
      }
      [role="treeitem"][aria-selected="true"] {
        background: var(--accent-soft);
        box-shadow: inset 3px 0 var(--accent);
      }
      [role="treeitem"]:focus-visible {
        outline-offset: -2px;
      }
      .twist {
        width: 16px;
        text-align: center;
      }
      /* Columns of one width each, so that figures of all rows stand below one another. */
      .figures {
        display: grid;
        grid-template-columns: repeat(4, 18ch);
        margin-inline-start: auto;
      }
      .says {
        flex: 0 0 180px;
      }
      @media (max-width: 900px) {
        .figures {
          grid-template-columns: repeat(auto-fit, minmax(15ch, 1fr));
          flex: 1 1 100%;
        }
        .says {
          flex-basis: auto;
        }
      }
      .dimmed {
        opacity: 0.45;
      }
    `,
  ];
}

/** All of a row in words. */
function rowText({ node, edge, repeated }: TreeRow): string {
  const measured = edge ?? node;
  const { reasons } = healthOf(measured.now, measured.before);
  return [
    node.id,
    ...figureRows(measured.now, measured.before).map(({ name, now }) => `${name} ${now}`),
    reasons.length === 0 ? "as before" : `worse: ${reasons.join(", ")}`,
    ...(repeated ? ["what it calls is above"] : []),
  ].join(", ");
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-map-tree": MapTree;
  }
}
