/** How a menu looks that opens from a button or a value: the same everywhere. */
import { css } from "lit";

export const menuStyles = css`
  .menu {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: var(--space-1);
    min-width: 200px;
    max-width: calc(100vw - 8px);
    max-height: calc(100vh - 8px);
    overflow: auto;
    color: var(--ink);
    background: var(--surface-1);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    font-family: var(--font-ui);
    font-size: var(--text-m);
    /* Also where the value that it belongs to stands in a heading. */
    font-weight: 400;
    white-space: normal;
  }
  .menu [role="separator"] {
    border-block-start: 1px solid var(--line);
    margin-block: 3px;
  }
  .menu a,
  .menu button {
    display: flex;
    align-items: center;
    justify-content: flex-start;
    gap: var(--space-2);
    width: 100%;
    min-height: 26px;
    padding: 2px var(--space-2);
    border: 0;
    border-radius: 2px;
    background: none;
    color: var(--ink);
    text-align: start;
    text-decoration: none;
  }
  .menu a:hover,
  .menu a:focus,
  .menu button:hover,
  .menu button:focus {
    background: var(--accent-soft);
  }
  .menu kbd {
    margin-inline-start: auto;
    font-family: var(--font-data);
    color: var(--ink-soft);
  }
  @media (pointer: coarse) {
    .menu a,
    .menu button {
      min-height: 44px;
    }
  }
`;

/** Room that a menu keeps from the edges of the window, px. */
const EDGE_PX = 4;
const GAP_PX = 2;

/** Below `anchor`; above it, or moved in, where the window ends. */
export function placeMenu(menu: HTMLElement, anchor: DOMRectReadOnly): void {
  const { offsetWidth, offsetHeight } = menu;
  const below = anchor.bottom + GAP_PX + offsetHeight <= window.innerHeight;
  const top = below ? anchor.bottom + GAP_PX : Math.max(EDGE_PX, anchor.top - offsetHeight - GAP_PX);
  const left = Math.max(EDGE_PX, Math.min(anchor.left, window.innerWidth - offsetWidth - EDGE_PX));
  menu.style.top = `${String(top)}px`;
  menu.style.left = `${String(left)}px`;
}
