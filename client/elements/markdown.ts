/** Shows Markdown as DOM. `heading-level` is the level that a `#` gets, so that headings fit into the page around. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { assertNever } from "../../server/base/assert.js";
import { readMarkdown } from "./markdown-blocks.js";
import type { Block, Inline, ListItem } from "./markdown-blocks.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-markdown")
export class MarkdownText extends LitElement {
  @property() text = "";
  @property({ type: Number, attribute: "heading-level" }) headingLevel = 3;

  override render(): TemplateResult {
    return html`${readMarkdown(this.text).map((block) => this.block(block))}`;
  }

  private block(block: Block): TemplateResult {
    switch (block.kind) {
      case "heading":
        return html`<div class="heading" role="heading" aria-level=${Math.min(6, block.level + this.headingLevel - 1)}>
          ${inlines(block.content)}
        </div>`;
      case "paragraph":
        return html`<p>${inlines(block.content)}</p>`;
      case "quote":
        return html`<blockquote>${inlines(block.content)}</blockquote>`;
      case "code":
        return html`<pre tabindex="0"><code>${block.text}</code></pre>`;
      case "list":
        return list(block.items, block.ordered);
      case "table":
        return table(block);
      case "rule":
        return html`<hr />`;
      default:
        return assertNever(block);
    }
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        max-width: 78ch;
        overflow-wrap: break-word;
      }
      .heading {
        font-weight: 600;
        margin-block: var(--space-3) var(--space-1);
      }
      p,
      ul,
      ol,
      pre,
      blockquote,
      table {
        margin: 0 0 var(--space-2);
      }
      :host > :last-child {
        margin-block-end: 0;
      }
      ul,
      ol {
        padding-inline-start: var(--space-5);
      }
      li {
        margin-block: 2px;
      }
      ul ul {
        margin: 0;
      }
      a {
        text-decoration: underline;
      }
      code {
        background: var(--surface-2);
        padding: 0 3px;
        border-radius: 2px;
        overflow-wrap: anywhere;
      }
      pre {
        background: var(--surface-2);
        padding: var(--space-2);
        overflow-x: auto;
      }
      pre code {
        padding: 0;
      }
      blockquote {
        border-inline-start: 2px solid var(--line-strong);
        padding-inline-start: var(--space-3);
        color: var(--ink-soft);
      }
      hr {
        border: 0;
        border-block-start: 1px solid var(--line);
      }
    `,
  ];
}

function inlines(content: readonly Inline[]): readonly unknown[] {
  return content.map((inline) => {
    switch (inline.kind) {
      case "text":
        return inline.text;
      case "code":
        return html`<code>${inline.text}</code>`;
      case "strong":
        return html`<strong>${inlines(inline.content)}</strong>`;
      case "emphasis":
        return html`<em>${inlines(inline.content)}</em>`;
      case "link":
        return html`<a href=${inline.href} rel="noreferrer">${inlines(inline.content)}</a>`;
      default:
        return assertNever(inline);
    }
  });
}

function list(items: readonly ListItem[], ordered: boolean): TemplateResult {
  const content = items.map(
    ({ content: text, children, checked }) =>
      html`<li>
        ${checked === undefined ? nothing : checked ? "☑ " : "☐ "}${inlines(text)}
        ${children.length === 0 ? nothing : list(children, false)}
      </li>`,
  );
  return ordered
    ? html`<ol>
        ${content}
      </ol>`
    : html`<ul>
        ${content}
      </ul>`;
}

function table(block: Extract<Block, { readonly kind: "table" }>): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        ${block.head.map((cell) => html`<th>${inlines(cell)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${block.rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell) => html`<td>${inlines(cell)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-markdown": MarkdownText;
  }
}
