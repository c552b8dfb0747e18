/**
 * Exceptions of a service's own code that nobody caught, with the stack trace that its runtime prints. Which mistake it is
 * follows from the operation: one defect fails in one way. Functions have the names that profiles give them.
 */
import { below, combine, keyOfText } from "../base/draw.js";
import type { SpanPlace } from "../topology/model-types.js";
import { camel, functionNamesOf, pascal, snake } from "./code-names.js";
import type { Failure } from "./failure-words.js";

interface Runtime {
  /** Type and message of what goes wrong in such code. */
  readonly defects: readonly (readonly [type: string, message: string])[];
  /** The whole text, given functions from the innermost to the outermost. */
  readonly print: (type: string, message: string, frames: readonly Frame[]) => string;
}

interface Frame {
  readonly name: string;
  readonly module: string;
  readonly line: number;
}

const lines = (...parts: readonly (string | readonly string[])[]): string => parts.flat().join("\n");

const jvm = (extension: string, defects: Runtime["defects"]): Runtime => ({
  defects,
  print: (type, message, frames) =>
    lines(
      `${type}: ${message}`,
      frames.map(({ name, module, line }) => `\tat ${name}(${pascal(module)}.${extension}:${String(line)})`),
      "\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)",
      "\tat java.base/java.util.concurrent.ThreadPoolExecutor$Worker.run(ThreadPoolExecutor.java:642)",
      "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
    ),
});

const RUNTIMES: Readonly<Record<string, Runtime>> = {
  java: jvm("java", [
    ["java.util.NoSuchElementException", "No value present"],
    ["java.lang.NullPointerException", 'Cannot invoke "java.math.BigDecimal.scale()" because "amount" is null'],
    ["java.lang.IllegalStateException", "Duplicate key (attempted merging two values)"],
  ]),
  kotlin: jvm("kt", [
    ["java.lang.IllegalArgumentException", "Requirement failed: quantity must be positive"],
    ["java.util.NoSuchElementException", "Collection contains no element matching the predicate."],
    ["java.lang.NullPointerException", "null cannot be cast to non-null type kotlin.String"],
  ]),
  go: {
    defects: [
      ["runtime.errorString", "runtime error: invalid memory address or nil pointer dereference"],
      ["*json.SyntaxError", "unexpected end of JSON input"],
      ["runtime.boundsError", "runtime error: index out of range [0] with length 0"],
    ],
    print: (_type, message, frames) =>
      lines(
        `panic: ${message}`,
        "",
        "goroutine 4127 [running]:",
        frames.flatMap(({ name, module, line }) => [
          `${name}(...)`,
          `\t/src/${snake(module)}/handler.go:${String(line)} +0x1d4`,
        ]),
        "net/http.HandlerFunc.ServeHTTP(...)",
        "\t/usr/local/go/src/net/http/server.go:2220 +0x29",
      ),
  },
  python: {
    defects: [
      ["KeyError", "'segment'"],
      ["IndexError", "list index out of range"],
      ["ValueError", "could not broadcast input array from shape (0,) into shape (128,)"],
      ["AttributeError", "'NoneType' object has no attribute 'address'"],
    ],
    print: (type, message, frames) =>
      lines(
        "Traceback (most recent call last):",
        frames
          .map(
            ({ name, module, line }) =>
              `  File "/app/${snake(module)}/handlers.py", line ${String(line)}, in ${last(name)}`,
          )
          .reverse(),
        `${type}: ${message}`,
      ),
  },
  ruby: {
    defects: [
      ["NoMethodError", "undefined method `on_hand' for nil"],
      ["KeyError", 'key not found: "sku"'],
      ["TypeError", "nil can't be coerced into Integer"],
    ],
    print: (type, message, frames) =>
      lines(
        `${type}: ${message}`,
        frames.map(
          ({ name, module, line }) =>
            `  from app/controllers/${snake(module)}_controller.rb:${String(line)}:in '${name}'`,
        ),
        "  from actionpack (7.2.2) lib/action_controller/metal/basic_implicit_render.rb:8:in 'send_action'",
      ),
  },
  typescript: {
    defects: [
      ["TypeError", "Cannot read properties of undefined (reading 'price')"],
      ["SyntaxError", "Unexpected end of JSON input"],
      ["RangeError", "Invalid time value"],
    ],
    print: (type, message, frames) =>
      lines(
        `${type}: ${message}`,
        frames.map(({ name, module, line }) => `    at ${name} (/app/dist/${camel(module)}.js:${String(line)}:17)`),
        "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
      ),
  },
};

const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** Undefined for a language whose failures are not told as exceptions. */
export function exceptionOf({ component, name }: SpanPlace, language: string): Failure | undefined {
  if (!Object.hasOwn(RUNTIMES, language)) return undefined;
  const { defects, print } = RUNTIMES[language];
  const key = keyOfText(`${component} ${name}`);
  const [type, message] = defects[below(key, defects.length)];
  const write = functionNamesOf(language);
  const frames = ["check", name, "dispatch"].map((functionName, place) => ({
    name: write(component, functionName),
    module: component,
    line: 24 + below(combine(key, place), 160),
  }));
  return { type, message, stacktrace: print(type, message, frames), thrown: true };
}
