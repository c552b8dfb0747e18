/**
 * The right one of two views side by side, as an address of its own that stands in the page's: `split` holds its view
 * and search (`logs?level=error`). Unless `apart` is set it has the page's window of time and moves with it.
 */
import { formatUrl, mergeParameters, parseUrl, UrlState } from "./url-state.js";
import type { UrlHost, UrlParts } from "./url-state.js";

export const SPLIT_PARAMETER = "split";
/** Present while the two views have windows of their own. */
export const APART_PARAMETER = "apart";

/** Belongs to the page and not to one of its views. */
const TIME_PARAMETERS: readonly string[] = ["from", "to"];

/** What the `split` of an address says. */
export function readSplit(text: string | undefined): { readonly view: string; readonly search: string } | undefined {
  const [, view, search] = /^([a-z-]+)(?:\?(.*))?$/s.exec(text ?? "") ?? [];
  return view === undefined ? undefined : { view, search: search ?? "" };
}

/** Makes `outer` look like the browser's own address and history to the view on the right. */
class SplitHost implements UrlHost {
  private shown: string;
  private writing = false;
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly outer: UrlState) {
    this.shown = this.address;
    outer.addEventListener("changed", this.changed);
  }

  close(): void {
    this.outer.removeEventListener("changed", this.changed);
  }

  get location(): { readonly pathname: string; readonly search: string } {
    const [pathname = "/", search = ""] = this.address.split(/\?(.*)/s);
    return { pathname, search };
  }

  readonly history = {
    pushState: (_data: unknown, _unused: string, address: string): void => this.write(address, false),
    replaceState: (_data: unknown, _unused: string, address: string): void => this.write(address, true),
  };

  addEventListener(_type: "popstate", listener: () => void): void {
    this.listeners.push(listener);
  }

  private get address(): string {
    const split = readSplit(this.outer.get(SPLIT_PARAMETER));
    const own = new Map(new URLSearchParams(split?.search ?? ""));
    const parameters = this.apart ? own : mergeParameters(own, this.outerTime());
    return formatUrl({ runId: this.outer.runId, view: split?.view ?? "brief", parameters });
  }

  private get apart(): boolean {
    return this.outer.get(APART_PARAMETER) !== undefined;
  }

  private outerTime(): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(TIME_PARAMETERS.map((name) => [name, this.outer.get(name)]));
  }

  private write(address: string, replace: boolean): void {
    const { view, parameters } = parseUrl(...splitAddress(address));
    const own = this.apart
      ? parameters
      : mergeParameters(parameters, Object.fromEntries(TIME_PARAMETERS.map((name) => [name, undefined])));
    const time = this.apart ? {} : Object.fromEntries(TIME_PARAMETERS.map((name) => [name, parameters.get(name)]));
    this.writing = true;
    this.outer.set({ ...time, [SPLIT_PARAMETER]: formatSplit(view, own) }, { replace });
    this.writing = false;
    this.shown = this.address;
  }

  private readonly changed = (): void => {
    if (this.writing || this.address === this.shown) return;
    this.shown = this.address;
    for (const listener of this.listeners) listener();
  };
}

/** The address with the two views apart, the right one with the window `range` of its own; undefined: in step again. */
export function withOwnTime(
  outer: UrlParts,
  range: { readonly from: string; readonly to: string } | undefined,
): UrlParts {
  const split = readSplit(outer.parameters.get(SPLIT_PARAMETER));
  if (split === undefined) return outer;
  const own = mergeParameters(new Map(new URLSearchParams(split.search)), {
    from: range?.from,
    to: range?.to,
  });
  const apart = range === undefined ? undefined : "1";
  return {
    ...outer,
    parameters: mergeParameters(outer.parameters, {
      [SPLIT_PARAMETER]: formatSplit(split.view, own),
      [APART_PARAMETER]: apart,
    }),
  };
}

/** The address with left and right exchanged; windows of their own go along. */
export function swapSides(outer: UrlParts): UrlParts {
  const split = readSplit(outer.parameters.get(SPLIT_PARAMETER));
  if (split === undefined) return outer;
  const ofPage = ["crosshair", APART_PARAMETER, ...(outer.parameters.has(APART_PARAMETER) ? [] : TIME_PARAMETERS)];
  const kept = [...outer.parameters].filter(([name]) => ofPage.includes(name));
  const left = [...outer.parameters].filter(([name]) => name !== SPLIT_PARAMETER && !ofPage.includes(name));
  const parameters = new Map([
    ...kept,
    ...new URLSearchParams(split.search),
    [SPLIT_PARAMETER, formatSplit(outer.view, new Map(left))] as const,
  ]);
  return { ...outer, view: split.view, parameters };
}

export interface SplitUrl {
  readonly url: UrlState;
  close(): void;
}

/** The address of the view on the right; `outer` must have a `split`. */
export function openSplitUrl(outer: UrlState): SplitUrl {
  const host = new SplitHost(outer);
  return { url: new UrlState(host), close: () => host.close() };
}

/** `logs?level=error`, as `readSplit` reads it. */
export function formatSplit(view: string, parameters: ReadonlyMap<string, string>): string {
  const search = new URLSearchParams([...parameters]).toString();
  return search === "" ? view : `${view}?${search}`;
}

function splitAddress(address: string): [string, string] {
  const [pathname = "/", search = ""] = address.split(/\?(.*)/s);
  return [pathname, search];
}
