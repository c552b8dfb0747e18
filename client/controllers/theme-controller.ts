/** Tells a canvas that the colours of the page changed: by the theme attribute or by the operating system. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

const QUERIES = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"];

/** The same for everything on the page: a browser keeps what each call of `matchMedia` has parsed. */
let shared: readonly MediaQueryList[] | undefined;
const mediaLists = (): readonly MediaQueryList[] => (shared ??= QUERIES.map((query) => matchMedia(query)));

export class ThemeController implements ReactiveController {
  private observer: MutationObserver | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly changed: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.observer = new MutationObserver(this.changed);
    this.observer.observe(document.documentElement, {
      attributes: true,
      attributeFilter: ["data-theme", "data-density"],
    });
    for (const query of mediaLists()) query.addEventListener("change", this.changed);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    for (const query of mediaLists()) query.removeEventListener("change", this.changed);
  }
}
