import { css } from "lit";

export const railStyles = css`
  .guided {
    outline: 2px dashed var(--accent);
    outline-offset: -2px;
  }
  :host {
    display: block;
    border-inline-end: 1px solid var(--line);
    background: var(--surface-1);
    overflow-y: auto;
  }
  .menu {
    display: none;
  }
  nav {
    display: flex;
    flex-direction: column;
    padding: var(--space-1);
    width: 132px;
  }
  [role="group"] {
    display: flex;
    flex-direction: column;
    margin-block-end: var(--space-2);
  }
  .group {
    padding: var(--space-1) var(--space-2) 2px;
  }
  a {
    display: flex;
    flex: none;
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
  @media (max-width: 1100px) and (min-width: 561px) {
    nav {
      width: 44px;
    }
    [role="group"] + [role="group"] {
      padding-block-start: var(--space-2);
      border-block-start: 1px solid var(--line);
    }
    .group {
      display: none;
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
  @media (max-width: 560px) {
    :host {
      border-inline-end: 0;
      border-block-end: 1px solid var(--line);
    }
    .menu {
      display: flex;
      justify-content: flex-start;
      gap: var(--space-2);
      width: 100%;
      border: 0;
      border-radius: 0;
      padding-inline: var(--space-3);
    }
    nav {
      display: none;
      width: auto;
      grid-template-columns: 1fr 1fr;
      border-block-start: 1px solid var(--line);
    }
    nav.unfolded {
      display: grid;
    }
  }
`;
