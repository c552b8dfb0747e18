/**
 * The URL is the state of the page: `/` is the start page, `/run/<id>/<view>?…` a view of a run. Everything that
 * changes what is drawn stands in the search part, so that back, forward and a copied link are exact.
 */

export interface UrlParts {
  readonly runId: string | undefined;
  readonly view: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export type UrlValues = Readonly<Record<string, string | undefined>>;

/** Parameters that a pivot from one view to another takes along. */
export const SHARED_PARAMETERS: readonly string[] = ["from", "to", "crosshair", "split", "apart"];

/** Reads path and search. An unknown path is the start page; a run without a view shows its brief. */
export function parseUrl(pathname: string, search: string): UrlParts {
  const [root, runId, view] = pathname.split("/").filter((part) => part !== "");
  const parameters = new Map(new URLSearchParams(search));
  if (root !== "run" || runId === undefined) return { runId: undefined, view: "start", parameters };
  return { runId: decodeURIComponent(runId), view: view ?? "brief", parameters };
}

/** The inverse of `parseUrl`. Parameters keep their order; empty values stay. */
export function formatUrl(parts: UrlParts): string {
  const path = parts.runId === undefined ? "/" : `/run/${encodeURIComponent(parts.runId)}/${parts.view}`;
  const search = new URLSearchParams([...parts.parameters]).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** `base` with `values` laid over; undefined removes. */
export function mergeParameters(base: ReadonlyMap<string, string>, values: UrlValues): ReadonlyMap<string, string> {
  const merged = new Map(base);
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) merged.delete(name);
    else merged.set(name, value);
  }
  return merged;
}

/** What of the browser the state needs; a test brings its own. */
export interface UrlHost {
  readonly location: { readonly pathname: string; readonly search: string };
  readonly history: {
    pushState(data: unknown, unused: string, url: string): void;
    replaceState(data: unknown, unused: string, url: string): void;
  };
  addEventListener(type: "popstate", listener: () => void): void;
}

/** Dispatches `changed` after every change, by the page or by the browser's back and forward. */
export class UrlState extends EventTarget {
  private parts: UrlParts;

  constructor(private readonly host: UrlHost) {
    super();
    this.parts = parseUrl(host.location.pathname, host.location.search);
    host.addEventListener("popstate", () => {
      this.parts = parseUrl(host.location.pathname, host.location.search);
      this.dispatchEvent(new Event("changed"));
    });
  }

  get view(): string {
    return this.parts.view;
  }

  get runId(): string | undefined {
    return this.parts.runId;
  }

  /** The search part without `?`, as `ViewReference.search` holds it. */
  get search(): string {
    return new URLSearchParams([...this.parts.parameters]).toString();
  }

  /** All that the address says. */
  get address(): UrlParts {
    return this.parts;
  }

  /** Of this view, in the order of the address. */
  get parameters(): ReadonlyMap<string, string> {
    return this.parts.parameters;
  }

  get(name: string): string | undefined {
    return this.parts.parameters.get(name);
  }

  /** Changes parameters of this view. `replace` leaves no step to go back to: for typing and dragging. */
  set(values: UrlValues, options: { readonly replace?: boolean } = {}): void {
    const parameters = mergeParameters(this.parts.parameters, values);
    this.go({ ...this.parts, parameters }, options.replace ?? false);
  }

  /** Goes to another view of the run; the time range comes along unless `values` has another. */
  open(view: string, values: UrlValues = {}): void {
    this.go(this.partsOf(view, values), false);
  }

  /** Goes to the view as a `ViewReference` names it, with exactly its search part. */
  openSearch(view: string, search: string): void {
    this.go({ ...this.parts, view, parameters: new Map(new URLSearchParams(search)) }, false);
  }

  /** Goes to an address within the application, as a link holds it. */
  follow(pathname: string, search: string): void {
    this.go(parseUrl(pathname, search), false);
  }

  /** Goes to an address as `address` has it. */
  openAddress(parts: UrlParts): void {
    this.go(parts, false);
  }

  /** Goes to a run (its brief) or, with undefined, to the start page. */
  openRun(runId: string | undefined): void {
    this.go({ runId, view: runId === undefined ? "start" : "brief", parameters: new Map() }, false);
  }

  /** The address that `open` would go to, for links. */
  href(view: string, values: UrlValues = {}): string {
    return formatUrl(this.partsOf(view, values));
  }

  private partsOf(view: string, values: UrlValues): UrlParts {
    const shared = SHARED_PARAMETERS.flatMap((name) => {
      const value = this.parts.parameters.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return { runId: this.parts.runId, view, parameters: mergeParameters(new Map(shared), values) };
  }

  private go(parts: UrlParts, replace: boolean): void {
    const from = formatUrl(this.parts);
    const to = formatUrl(parts);
    if (from === to) return;
    this.parts = parts;
    if (replace) this.host.history.replaceState(null, "", to);
    else this.host.history.pushState(null, "", to);
    this.dispatchEvent(new Event("changed"));
  }
}
