/** Tells a canvas that the colours of the page changed: by the theme attribute or by the operating system. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

const QUERIES = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)", "(forced-colors: active)"];

export class ThemeController implements ReactiveController {
  private observer: MutationObserver | undefined;
  private readonly media = QUERIES.map((query) => matchMedia(query));

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
    for (const query of this.media) query.addEventListener("change", this.changed);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    for (const query of this.media) query.removeEventListener("change", this.changed);
  }
}
