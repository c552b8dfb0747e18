/** The server and the browser that the tests of a file share, from before the first to after the last. */
import type { Browser } from "playwright";
import { afterAll, beforeAll } from "vitest";
import { launchBrowser } from "../fixtures/browser.js";
import { ServerProcess } from "../fixtures/server-process.js";

/** Both can be had in hooks that are set up later, and in tests. */
export interface Stage {
  readonly server: ServerProcess;
  readonly browser: Browser;
}

/** Call it where the hooks of the tests would stand. */
export function setStage(): Stage {
  let stage: Stage | undefined;
  const there = (): Stage => {
    if (stage === undefined) throw new Error("nothing runs before the first test");
    return stage;
  };
  beforeAll(async () => {
    stage = { server: await ServerProcess.start(), browser: await launchBrowser() };
  });
  afterAll(async () => {
    await stage?.browser.close();
    await stage?.server.stop();
  });
  return {
    get server() {
      return there().server;
    },
    get browser() {
      return there().browser;
    },
  };
}
