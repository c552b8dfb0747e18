/** Writing to the browser's storage, which may be full or forbidden: the page goes on, and says so once. */

/** Dispatches `full` when something could not be kept. The page's own, as its storage is. */
export const storageWarnings = new EventTarget();

/** Whether `text` was kept. */
export function storeText(storage: Pick<Storage, "setItem">, key: string, text: string): boolean {
  try {
    storage.setItem(key, text);
    return true;
  } catch {
    storageWarnings.dispatchEvent(new Event("full"));
    return false;
  }
}
