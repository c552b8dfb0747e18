/** The size of its host's box in CSS pixels, for canvases. The host is drawn again when it changes. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

export class ResizeController implements ReactiveController {
  width = 0;
  height = 0;
  private observer: ResizeObserver | undefined;

  /** @param target what is measured; the host itself where left out. */
  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly target: () => Element | null = () => host,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box === undefined || (box.width === this.width && box.height === this.height)) return;
      this.width = box.width;
      this.height = box.height;
      this.host.requestUpdate();
    });
    this.observe();
  }

  /** The target may be in the shadow root and thus there only after the first drawing. */
  hostUpdated(): void {
    this.observe();
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    this.observer = undefined;
    this.observed = undefined;
  }

  private observed: Element | undefined;

  private observe(): void {
    const target = this.target();
    if (target === null || target === this.observed || this.observer === undefined) return;
    this.observer.disconnect();
    this.observer.observe(target);
    this.observed = target;
  }
}
