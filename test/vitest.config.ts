import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** By Node itself, not by Vite: the engine takes less than half of the time so. */
const importedByNode = {
  execArgv: ["--import", new URL("typescript-loader.mjs", import.meta.url).href],
  experimental: { viteModuleRunner: false, nodeLoader: false },
};

/**
 * Tests by what they need: `unit` and `unit-client` need nothing, `process` the compiled server, `browser` a Chromium as
 * well.
 */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    // Left alone it leaves one processor free, which of two is half.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/process/**", "test/client/**"],
          environment: "node",
          testTimeout: 30_000,
          ...importedByNode,
          // Modules have no state of their own, so that one process can take one file after another.
          isolate: false,
        },
      },
      {
        test: {
          name: "unit-client",
          include: ["test/client/**/*.test.ts"],
          environment: "node",
          // A thread for each file begins sooner than a process.
          pool: "threads",
        },
      },
      {
        test: {
          name: "process",
          include: ["test/process/**/*.test.ts"],
          environment: "node",
          ...importedByNode,
          testTimeout: 180_000,
          globalSetup: ["test/fixtures/compile.mjs"],
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/e2e/**/*.test.ts"],
          environment: "node",
          testTimeout: 180_000,
          hookTimeout: 120_000,
          globalSetup: ["test/fixtures/compile.mjs"],
        },
      },
    ],
  },
});
