/**
 * What a person's browser keeps for them: settings, recent queries, an unfinished diagnosis. A storage that is full or
 * forbidden stops nothing: what it does not take is kept for as long as the page is open, and the page says so once.
 */

export type StorageTrouble = "full" | "forbidden";

/** Dispatches `trouble` when it first turns out that something is not kept beyond the page. */
export class PageStorage extends EventTarget implements Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  /** What went wrong first; undefined while everything is kept. */
  trouble: StorageTrouble | undefined;
  /** What the browser did not take; undefined for what was removed and could not be. */
  private readonly own = new Map<string, string | undefined>();

  /** @param open gives the browser's storage; throws where it is forbidden */
  constructor(private readonly open: () => Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    super();
  }

  getItem(key: string): string | null {
    if (this.own.has(key)) return this.own.get(key) ?? null;
    try {
      return this.open().getItem(key);
    } catch {
      this.tell("forbidden");
      return null;
    }
  }

  setItem(key: string, text: string): void {
    try {
      this.open().setItem(key, text);
      this.own.delete(key);
    } catch (cause) {
      this.own.set(key, text);
      this.tell(troubleOf(cause));
    }
  }

  removeItem(key: string): void {
    try {
      this.open().removeItem(key);
      this.own.delete(key);
    } catch {
      this.own.set(key, undefined);
      this.tell("forbidden");
    }
  }

  private tell(trouble: StorageTrouble): void {
    if (this.trouble !== undefined) return;
    this.trouble = trouble;
    this.dispatchEvent(new Event("trouble"));
  }
}

/** A browser that keeps nothing for a page throws `SecurityError`; all else is a matter of room. */
const troubleOf = (cause: unknown): StorageTrouble =>
  cause instanceof DOMException && cause.name === "SecurityError" ? "forbidden" : "full";

/** The page's own: the storage is the one thing of which every page has one. */
export const pageStorage = new PageStorage(() => window.localStorage);
