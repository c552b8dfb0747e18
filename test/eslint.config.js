import tseslint from "typescript-eslint";
import { configs as lit } from "eslint-plugin-lit";
import { configs as wc } from "eslint-plugin-wc";
import litA11y from "eslint-plugin-lit-a11y";

/** Folders that must run anywhere: no Node, no DOM, no wall clock, no ambient randomness. */
const PORTABLE = [
  "base",
  "wire",
  "topology",
  "sim",
  "faults",
  "telemetry",
  "query",
  "alerting",
  "apis",
  "scenario",
  "world",
  "grading",
].map((folder) => `server/${folder}/**/*.ts`);

const AMBIENT = [
  "Date",
  "process",
  "console",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "performance",
  "window",
  "document",
  "fetch",
  "crypto",
];

export default tseslint.config(
  { ignores: ["dist/**", "data/**", "node_modules/**", "test-results/**"] },
  {
    files: ["server/**/*.ts", "client/**/*.ts", "test/**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["server/tsconfig.core.json", "server/tsconfig.json", "client/tsconfig.json", "test/tsconfig.json"],
        tsconfigRootDir: new URL("..", import.meta.url).pathname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Branded numbers and template texts of numbers are everywhere; the compiler knows they are numbers.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A listener or callback may be a one-line arrow whose value nobody reads.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      eqeqeq: "error",
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "Use a union of string literals." }],
    },
  },
  {
    files: PORTABLE,
    rules: {
      "no-restricted-globals": ["error", ...AMBIENT],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Draws are keyed: see server/base/draw.ts." },
      ],
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^node:|^(fs|path|os|worker_threads)$", message: "The core is portable." }] },
      ],
    },
  },
  {
    files: ["client/**/*.ts"],
    plugins: { ...lit["flat/recommended"].plugins, ...wc["flat/recommended"].plugins, "lit-a11y": litA11y },
    rules: {
      ...lit["flat/recommended"].rules,
      ...wc["flat/recommended"].rules,
      ...litA11y.configs.recommended.rules,
      // Lit methods and event handlers are passed as bound listeners by lit-html itself.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Tests state facts about fixtures that the compiler cannot know.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
    },
  },
);
