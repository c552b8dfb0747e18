/**
 * What cannot be read or reached on a page, by its geometry: scrolling sideways (WCAG 1.4.10), text that lies on text, text
 * that is cut without a sign of it, and controls that no scrolling brings onto the screen. Every function runs in the page,
 * and so holds all that it needs.
 */

/** How much wider than the window the page is, and the first element that makes it so; undefined where it fits. */
export function overflowOf(): string | undefined {
  const { scrollWidth, clientWidth } = document.documentElement;
  const shell = document.querySelector("fd-app")?.shadowRoot?.querySelector("fd-workspace")?.shadowRoot;
  const main = shell?.querySelector("main");
  const over = Math.max(scrollWidth - clientWidth, (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0));
  if (over <= 1) return undefined;
  const wide: string[] = [];
  const visit = (root: Element | ShadowRoot): void => {
    for (const child of root.children) {
      const { right, width } = child.getBoundingClientRect();
      const scrolls = getComputedStyle(child).overflowX !== "visible";
      if (width > 0 && right > clientWidth + 1)
        wide.push(
          `${child.localName}.${child.className} “${child.textContent.trim().slice(0, 20)}” ${String(Math.round(right))}`,
        );
      if (scrolls && child.localName !== "main") continue;
      if (child.shadowRoot !== null) visit(child.shadowRoot);
      visit(child);
    }
  };
  visit(shell ?? document.body);
  return `${String(over)} px wider than the window: ${wide.slice(-3).join(", ")}`;
}

/** Texts of which one lies on another, on the same layer of the page, and texts that their box cuts without an ellipsis. */
export function unreadableTexts(): string[] {
  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }
  interface Words {
    /** One that ends with an ellipsis has a box of each: they are the same text. */
    readonly node: Text;
    readonly text: string;
    readonly box: Box;
    readonly layer: Element | null;
    readonly where: string;
  }
  const found = new Set<string>();
  const all: Words[] = [];
  const meet = (one: Box, other: Box): Box => ({
    left: Math.max(one.left, other.left),
    right: Math.min(one.right, other.right),
    top: Math.max(one.top, other.top),
    bottom: Math.min(one.bottom, other.bottom),
  });
  const wordsOf = (node: Text, clip: Box, layer: Element | null, where: string): void => {
    const text = node.data.trim();
    if (text === "") return;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      // Lines of text have air above and below the letters.
      const air = rect.height * 0.25;
      const box = meet({ left: rect.left, right: rect.right, top: rect.top + air, bottom: rect.bottom - air }, clip);
      if (box.right - box.left > 2 && box.bottom - box.top > 2)
        all.push({ node, text: text.slice(0, 30), box, layer, where });
    }
  };
  const cut = (element: Element, style: CSSStyleDeclaration, text: string): void => {
    const isCut = element.scrollWidth > element.clientWidth + 2 && element.clientWidth > 2;
    const isSaid = style.textOverflow === "ellipsis" || element.closest("[title]") !== null;
    if (isCut && !isSaid && /^(hidden|clip)$/.test(style.overflowX)) found.add(`cut: “${text.slice(0, 30)}”`);
  };
  const visit = (node: Node, clip: Box, layer: Element | null, where: string): void => {
    if (node instanceof Text) wordsOf(node, clip, layer, where);
    if (!(node instanceof Element) || /^(style|script|canvas|option|select)$/.test(node.localName)) return;
    const style = getComputedStyle(node);
    const isThere = style.display === "contents" || node.checkVisibility({ visibilityProperty: true });
    if (!isThere || style.opacity === "0" || node.classList.contains("visually-hidden")) return;
    const own = node.getBoundingClientRect();
    const isText = [...node.childNodes].some((child) => child instanceof Text && child.data.trim() !== "");
    if (isText) cut(node, style, node.textContent.trim());
    const clips = style.overflowX !== "visible" && !(node instanceof SVGElement);
    const inner = clips ? meet(clip, own) : clip;
    const floats = node.matches(":popover-open, dialog[open]") || style.position === "fixed" || style.zIndex !== "auto";
    const name = node.localName.includes("-") ? node.localName : where;
    const inside = node instanceof HTMLSlotElement ? node.assignedNodes() : (node.shadowRoot ?? node).childNodes;
    for (const child of inside) visit(child, inner, floats ? node : layer, name);
  };
  visit(document.body, { left: -1e6, right: 1e6, top: -1e6, bottom: 1e6 }, null, "page");
  all.sort((one, other) => one.box.top - other.box.top);
  all.forEach((one, index) => {
    for (let next = index + 1; next < all.length; next++) {
      const other = all[next];
      if (other === undefined || other.box.top >= one.box.bottom) break;
      if (other.layer !== one.layer || other.node === one.node) continue;
      const { left, right, top, bottom } = meet(one.box, other.box);
      if (right - left > 2 && bottom - top > 2)
        found.add(`“${one.text}” lies on “${other.text}” (${one.where}, ${other.where})`);
    }
  });
  return [...found];
}

/** Controls that stay off the screen, or under something else, when the page is scrolled to them. */
export function unreachedControls(): string[] {
  const missed: string[] = [];
  // What is out of reach in one row of a table is so in all of them.
  const ENOUGH = 12;
  const CONTROLS_MAX = 240;
  const parentOf = (element: Element): Element | null =>
    element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;
  const holds = (outer: Element, inner: Element): boolean => {
    for (let at: Element | null = inner; at !== null; at = parentOf(at)) if (at === outer) return true;
    return false;
  };
  // What is open over the page is dealt with first.
  const isOver = (element: Element): boolean => {
    for (let at: Element | null = element; at !== null; at = parentOf(at))
      if (at.matches(":modal, :popover-open")) return true;
    return false;
  };
  const hitAt = (x: number, y: number): Element | null => {
    let hit = document.elementFromPoint(x, y);
    for (let inner = hit?.shadowRoot?.elementFromPoint(x, y); inner && inner !== hit;) {
      hit = inner;
      inner = hit.shadowRoot?.elementFromPoint(x, y);
    }
    return hit;
  };
  const controls: Element[] = [];
  const visit = (root: Element | ShadowRoot): void => {
    for (const child of root.children) {
      if (child.matches("a[href], button:not(:disabled), input, select, textarea, summary")) controls.push(child);
      if (child.shadowRoot !== null) visit(child.shadowRoot);
      visit(child);
    }
  };
  visit(document.body);
  const open = controls.some(isOver);
  // Of long lists every some rows.
  const every = Math.ceil(controls.length / CONTROLS_MAX);
  for (const [index, control] of controls.entries()) {
    if (index % every !== 0) continue;
    if (missed.length >= ENOUGH) break;
    if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (open && !isOver(control)) continue;
    // A link that shows when it has the focus stands above the page until then.
    if (control.classList.contains("skip")) continue;
    const labels = (control as Partial<HTMLInputElement>).labels ?? [];
    const boxes = [control, ...labels].filter((one) => one.getBoundingClientRect().width > 1);
    const [target] = boxes;
    if (target === undefined) continue;
    target.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const { left, right, top, bottom } = target.getBoundingClientRect();
    const name = `${control.localName} “${(control.getAttribute("aria-label") ?? control.textContent).replace(/\s+/g, " ").trim().slice(0, 30)}”`;
    if (right > window.innerWidth + 1 || left < -1) {
      missed.push(`${name} stands ${String(Math.round(right))} px of ${String(window.innerWidth)}`);
      continue;
    }
    const isHit = [0.5, 0.1, 0.9, 0.3, 0.7].some((across) =>
      [0.5, 0.2, 0.8].some((down) => {
        const hit = hitAt(left + (right - left) * across, top + (bottom - top) * down);
        return hit !== null && (holds(control, hit) || holds(hit, control) || boxes.some((box) => holds(box, hit)));
      }),
    );
    if (!isHit) missed.push(`${name} is covered at ${String(Math.round(left))}, ${String(Math.round(top))}`);
  }
  document.scrollingElement?.scrollTo(0, 0);
  return missed;
}

/**
 * Canvases and charts drawn as SVG that nothing says anything about: no name of their own, no labelled part around them, and
 * not set aside for assistive technology with words beside them.
 */
export function picturesWithoutWords(): string[] {
  const silent: string[] = [];
  const named = (element: Element): boolean =>
    element.hasAttribute("aria-label") ||
    element.hasAttribute("aria-labelledby") ||
    (element.localName === "figure" && element.querySelector("figcaption") !== null);
  const visit = (root: Element | ShadowRoot, hosts: readonly Element[]): void => {
    for (const child of root.children) {
      const around = [child, ...hosts];
      const { width, height } = child.getBoundingClientRect();
      // Icons are smaller; a sparkline is a chart.
      const isPicture = (child.localName === "canvas" || child.localName === "svg") && width >= 48 && height >= 16;
      if (
        isPicture &&
        !around.slice(0, 9).some(named) &&
        !around.slice(0, 9).some((one) => one.localName === "button" || one.localName === "a" || one.localName === "td")
      )
        silent.push(
          `${hosts
            .slice(0, 4)
            .map(({ localName }) => localName)
            .reverse()
            .join(" > ")} > ${child.localName}`,
        );
      if (child.localName === "svg") continue;
      if (child.shadowRoot !== null) visit(child.shadowRoot, around);
      visit(child, around);
    }
  };
  visit(document.body, []);
  return [...new Set(silent)];
}
