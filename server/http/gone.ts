/** Hears when whoever asked has gone away before the answer was there: a tab that was closed, a request that was given up. */
import type { ServerResponse } from "node:http";

export function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableEnded) gone.abort();
  });
  return gone.signal;
}
