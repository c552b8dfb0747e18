import type { ReactiveController } from "lit";
import { describe, expect, test, vi } from "vitest";
import { QueryController } from "../../../client/controllers/query-controller.js";
import { ApiFailure } from "../../../client/net/api.js";
import { pageActivity } from "../../../client/state/activity.js";
import { pageQuestions } from "../../../client/state/question-watch.js";

interface Question {
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly fail: (cause: unknown) => void;
}

function host(): {
  addController(controller: ReactiveController): void;
  removeController(): void;
  requestUpdate(): void;
  readonly updateComplete: Promise<boolean>;
} {
  return {
    addController: () => undefined,
    removeController: () => undefined,
    requestUpdate: () => undefined,
    updateComplete: Promise.resolve(true),
  };
}

function open(): {
  readonly query: QueryController<string>;
  readonly questions: Question[];
  readonly ask: (key: string | undefined) => void;
} {
  const questions: Question[] = [];
  let key: string | undefined;
  const query = new QueryController<string>(host(), {
    key: () => key,
    run: (signal) =>
      new Promise((answer, fail) => {
        questions.push({ signal, answer, fail });
      }),
  });
  return {
    query,
    questions,
    ask: (next) => {
      key = next;
      query.hostUpdate();
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("QueryController", () => {
  test("asks when the key changes, once for each key", () => {
    const { questions, ask } = open();
    for (const key of ["a", "a", "b", undefined, "b"]) ask(key);
    expect(questions).toHaveLength(3);
    for (const { answer } of questions) answer("done");
  });

  test("aborts what is stale and never shows its answer", async () => {
    const { query, questions, ask } = open();
    ask("a");
    ask("b");
    questions[0]?.answer("old");
    questions[1]?.answer("new");
    await settled();
    expect(questions[0]?.signal.aborted).toBe(true);
    expect(query.value).toBe("new");
  });

  test("keeps the last answer while the next one loads and when it fails", async () => {
    const { query, questions, ask } = open();
    ask("a");
    questions[0]?.answer("first");
    await settled();
    ask("b");
    expect([query.value, query.stale]).toEqual(["first", true]);
    questions[1]?.fail(new ApiFailure(400, { code: "bad-query", message: "no" }));
    await settled();
    expect([query.value, query.error?.message, query.pending]).toEqual(["first", "no", false]);
  });

  test("the page is busy until every question has ended, aborted ones too", async () => {
    const { questions, ask, query } = open();
    await settled();
    ask("a");
    expect(pageActivity.idle).toBe(false);
    query.hostDisconnected();
    questions[0]?.answer("late");
    await settled();
    expect(pageActivity.idle).toBe(true);
  });

  test("an update that comes after the host went away asks nothing; one that came back asks again", () => {
    const { query, questions, ask } = open();
    query.hostDisconnected();
    ask("a");
    expect(questions).toHaveLength(0);
    query.hostConnected();
    ask("a");
    expect(questions).toHaveLength(1);
    questions[0]?.answer("done");
  });

  test("a refresh that was not wanted when the answer came begins once it is", async () => {
    const wanted: { refreshMs?: number } = {};
    let asked = 0;
    const query = new QueryController<number>(host(), {
      key: () => "a",
      run: () => Promise.resolve((asked += 1)),
      refreshMs: () => wanted.refreshMs,
    });
    query.hostUpdate();
    await settled();
    query.hostUpdate();
    await settled();
    expect(asked).toBe(1);
    wanted.refreshMs = 0;
    query.hostUpdate();
    await settled();
    await settled();
    query.hostDisconnected();
    expect(asked).toBeGreaterThan(1);
  });
});

test("a question that is stopped keeps the last answer, says so, and is asked again only by hand or with another key", async () => {
  const { ask, questions, query } = open();
  ask("a");
  questions[0]?.answer("first");
  await settled();
  ask("b");
  query.stop();
  expect([questions[1]?.signal.aborted, query.value, query.pending]).toEqual([true, "first", false]);
  expect(query.error?.message).toMatch(/Stopped/);
  ask("b");
  expect(questions).toHaveLength(2);
  pageQuestions.askStoppedAgain();
  questions[2]?.answer("second");
  await settled();
  expect([query.value, query.error, pageQuestions.stoppedCount]).toEqual(["second", undefined, 0]);
});

test("what found no server is asked again the moment it is back", async () => {
  const { ask, questions, query } = open();
  ask("a");
  questions[0]?.fail(new ApiFailure(0, { code: "unavailable", message: "" }));
  await settled();
  pageQuestions.askUnreachedAgain();
  questions[1]?.answer("back");
  await settled();
  expect([query.value, questions.length]).toEqual(["back", 2]);
});

test("a server that does not answer is asked again, later each time, until it does", async () => {
  vi.useFakeTimers();
  try {
    const { ask, questions, query } = open();
    const gone = (): void => questions.at(-1)?.fail(new ApiFailure(0, { code: "unavailable", message: "" }));
    ask("a");
    const askedAfter = [1_000, 2_000, 4_000];
    for (const [index, afterMs] of askedAfter.entries()) {
      gone();
      await vi.advanceTimersByTimeAsync(afterMs - 1);
      expect(questions).toHaveLength(index + 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(questions).toHaveLength(index + 2);
    }
    questions.at(-1)?.answer("back");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([query.value, query.error, questions.length]).toEqual(["back", undefined, 4]);
  } finally {
    vi.useRealTimers();
  }
});
