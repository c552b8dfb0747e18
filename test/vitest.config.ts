import { defineConfig } from "vitest/config";

/** Tests by what they need: `unit` needs nothing, `process` the compiled server, `browser` a Chromium as well. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/process/**"],
          environment: "node",
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "process",
          include: ["test/process/**/*.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          globalSetup: ["test/fixtures/compile.ts"],
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/e2e/**/*.test.ts"],
          environment: "node",
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          globalSetup: ["test/fixtures/compile.ts"],
        },
      },
    ],
  },
});
