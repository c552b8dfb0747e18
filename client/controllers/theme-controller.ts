/** Tells a canvas that the colours of the page changed: by the theme attribute or by the operating system. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class ThemeController implements ReactiveController {
  private observer: MutationObserver | undefined;
  private readonly media = matchMedia("(prefers-color-scheme: dark)");

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
    this.media.addEventListener("change", this.changed);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    this.media.removeEventListener("change", this.changed);
  }
}
