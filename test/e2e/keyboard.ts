/**
 * A learner who has no pointer: Tab, arrows, Enter, Space, Escape, letters and the documented keys. What has the focus is
 * read as assistive technology reads it, from the browser's accessibility tree. After every key the focus has to be
 * somewhere, on the screen, not covered and marked (WCAG 2.4.3, 2.4.7, 2.4.11); what is not, is written down as a fault.
 */
import type { CDPSession, Page } from "playwright";

/** A world that is opened takes its time. */
const LOADS_MS = 60_000;
/** Presses of Tab before a control counts as out of reach, unless a step says otherwise. */
const TABS_MAX = 30;
/** Presses of the key from part to part, and of any other key that is repeated. */
const PARTS_MAX = 12;
const PRESSES_MAX = 60;

interface Focused {
  readonly role: string;
  readonly name: string;
  /** Value or chosen option, where there is one; of a slider what it says of it. */
  readonly value: string;
}

interface Reach {
  /** Presses of Tab before the control counts as out of reach. */
  readonly max?: number;
  /** Shift and Tab. */
  readonly back?: boolean;
}

export class Keyboard {
  /** Where the focus was lost, hidden or not to be seen, with the step it happened in. */
  readonly faults: string[] = [];
  /** Presses of Tab in all. */
  tabs = 0;
  /** The most that one control took, and which. */
  longest = { tabs: 0, name: "" };
  #step = "";

  private constructor(
    readonly page: Page,
    private readonly session: CDPSession,
  ) {}

  static async of(page: Page): Promise<Keyboard> {
    const session = await page.context().newCDPSession(page);
    await session.send("Accessibility.enable");
    return new Keyboard(page, session);
  }

  /** Names what is being done, for what is said when it fails. */
  step(title: string): void {
    this.#step = title;
  }

  /** One key after the other; then waits until the page has answered. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
    await this.#settle();
    await this.#look(keys.join(" "));
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.#settle();
  }

  /** Tab (or Shift and Tab) until the focus is on a control of that role and name. */
  async tabTo(role: string, name: RegExp, options: Reach = {}): Promise<void> {
    const { max = TABS_MAX, back = false } = options;
    const met: string[] = [];
    for (let tab = 0; tab <= max; tab++) {
      const focused = await this.focused();
      if (focused?.role === role && name.test(focused.name)) {
        if (tab > this.longest.tabs) this.longest = { tabs: tab, name: `${this.#step}: ${focused.name}` };
        await this.#settle();
        return;
      }
      met.push(wordsOf(focused));
      await this.page.keyboard.press(back ? "Shift+Tab" : "Tab");
      this.tabs += 1;
      await this.#look("Tab");
    }
    throw new Error(
      `${this.#step}: no ${role} named ${String(name)} within ${String(max)} Tabs; met ${met.join(" | ")}`,
    );
  }

  /** Tab to it, then Enter. */
  async activate(role: string, name: RegExp, options: Reach = {}): Promise<void> {
    await this.tabTo(role, name, options);
    await this.press("Enter");
  }

  /** Tab to a list of options, then type how one begins. */
  async choose(name: RegExp, beginning: string, options: Reach = {}): Promise<void> {
    await this.tabTo("combobox", name, options);
    await this.type(beginning);
    const value = (await this.focused())?.value ?? "";
    if (!value.toLowerCase().includes(beginning.toLowerCase()))
      throw new Error(`${this.#step}: typing “${beginning}” into ${String(name)} chose “${value}”`);
  }

  /** Tab to a field, then write into it, whatever stands there. */
  async write(role: string, name: RegExp, text: string, options: Reach = {}): Promise<void> {
    await this.tabTo(role, name, options);
    await this.page.keyboard.press("Control+a");
    await this.type(text);
  }

  /** By F8 from part to part of the view, until the focus is on one of that role and name. */
  async partTo(role: string, name: RegExp, max = PARTS_MAX): Promise<void> {
    const met: string[] = [];
    for (let part = 0; part <= max; part++) {
      const focused = await this.focused();
      if (focused?.role === role && name.test(focused.name)) return;
      met.push(wordsOf(focused));
      await this.press("F8");
    }
    throw new Error(`${this.#step}: no part ${role} named ${String(name)}; met ${met.join(" | ")}`);
  }

  /** One key again and again until what has the focus is as wanted. */
  async pressUntil(key: string, wanted: (focused: Focused) => boolean, max = PRESSES_MAX): Promise<void> {
    for (let press = 0; press <= max; press++) {
      const focused = await this.focused();
      if (focused !== undefined && wanted(focused)) return;
      await this.press(key);
    }
    throw new Error(`${this.#step}: ${String(max)} times ${key} led to ${wordsOf(await this.focused())}`);
  }

  /** What has the focus, as assistive technology would say it; undefined where it is on the page itself. */
  async focused(): Promise<Focused | undefined> {
    const { result } = await this.session.send("Runtime.evaluate", { expression: `(${deepActive.toString()})()` });
    if (result.objectId === undefined) return undefined;
    const { nodes } = await this.session.send("Accessibility.getPartialAXTree", {
      objectId: result.objectId,
      fetchRelatives: false,
    });
    const [node] = nodes;
    const text = (value: { readonly value?: unknown } | undefined): string =>
      typeof value?.value === "string" || typeof value?.value === "number" ? String(value.value) : "";
    const spoken = node?.properties?.find((property) => (property.name as string) === "valuetext");
    return {
      role: text(node?.role),
      name: text(node?.name),
      value: text(spoken?.value) === "" ? text(node?.value) : text(spoken?.value),
    };
  }

  /** What a key sets off begins with the next frames; idle before them says nothing. */
  async #settle(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(resolve));
        }),
    );
    await this.page.waitForFunction(() => document.documentElement.dataset["idle"] === "true", undefined, {
      timeout: LOADS_MS,
    });
  }

  async #look(key: string): Promise<void> {
    const fault = await this.page.evaluate(focusFault);
    if (fault === undefined || (key === "Tab" && fault === ON_PAGE)) return;
    // What goes away with an answer of the server is found again within some frames.
    if (fault === ON_PAGE && (await this.#comesBack())) return;
    this.faults.push(`${this.#step}, after ${key}: ${fault}`);
  }

  #comesBack(): Promise<boolean> {
    return this.page
      .waitForFunction(() => document.activeElement !== document.body, undefined, { timeout: LOADS_MS })
      .then(
        () => true,
        () => false,
      );
  }
}

const wordsOf = (focused: Focused | undefined): string =>
  focused === undefined
    ? "the page"
    : `${focused.role} “${focused.name.slice(0, 50)}” ${focused.value.slice(0, 20)}`.trim();

const ON_PAGE = "the focus is lost to the page";

/** The element with the focus through all shadow roots; null for the page itself. Runs in the page. */
function deepActive(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active === document.body ? null : active;
}

/** What is wrong with where the focus is. Runs in the page. */
function focusFault(): string | undefined {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  if (active === null || active === document.body) return "the focus is lost to the page";
  const parentOf = (element: Element): Element | null =>
    element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;
  const holds = (outer: Element, inner: Element): boolean => {
    for (let at: Element | null = inner; at !== null; at = parentOf(at)) if (at === outer) return true;
    return false;
  };
  const said = `${active.localName} “${(active.getAttribute("aria-label") ?? active.textContent).replace(/\s+/g, " ").trim().slice(0, 50)}”`;

  // An input that a label draws for it counts with its label.
  const boxes = [active, ...((active as Partial<HTMLInputElement>).labels ?? [])].map((element) =>
    element.getBoundingClientRect(),
  );
  const box = boxes.find(({ width, height }) => width > 1 && height > 1);
  if (box === undefined) return `${said} has no size`;
  const left = Math.max(0, box.left);
  const right = Math.min(window.innerWidth, box.right);
  const top = Math.max(0, box.top);
  const bottom = Math.min(window.innerHeight, box.bottom);
  if (right - left < 2 || bottom - top < 2) return `${said} is off the screen`;

  const shares = [0.5, 0.05, 0.25, 0.75, 0.95];
  const isSeen = shares.some((across) =>
    shares.some((down) => {
      const x = left + (right - left) * across;
      const y = top + (bottom - top) * down;
      let hit = document.elementFromPoint(x, y);
      for (let inner = hit?.shadowRoot?.elementFromPoint(x, y); inner && inner !== hit;) {
        hit = inner;
        inner = hit.shadowRoot?.elementFromPoint(x, y);
      }
      return hit !== null && (holds(active, hit) || holds(hit, active));
    }),
  );
  if (!isSeen) return `${said} is covered`;

  let isMarked = false;
  for (let at: Element | null = active, level = 0; at !== null && level < 6; at = parentOf(at), level++) {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
    if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) isMarked = true;
    if (level === 0 && boxShadow !== "none") isMarked = true;
  }
  return isMarked ? undefined : `${said} shows no mark of the focus`;
}
