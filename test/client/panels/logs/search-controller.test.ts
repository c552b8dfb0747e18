/** A search that the server does in slices: asked until it is done, stopped, gone on with, given up for another. */
import { describe, expect, test } from "vitest";
import { LogSearchController } from "../../../../client/panels/logs/search-controller.js";
import { TailController } from "../../../../client/panels/logs/tail-controller.js";
import { pageActivity } from "../../../../client/state/activity.js";
import type { LogHistogram, LogsRequest } from "../../../../server/wire/telemetry.js";

const HOST = {
  addController: () => undefined,
  removeController: () => undefined,
  requestUpdate: () => undefined,
  updateComplete: Promise.resolve(true),
};

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

interface Question {
  readonly request: LogsRequest;
  readonly signal: AbortSignal;
  readonly answer: (lines: number, searched?: number) => Promise<void>;
}

function open(): { readonly search: LogSearchController; readonly questions: Question[]; text: string } {
  const questions: Question[] = [];
  const test = { text: "a", questions } as { search: LogSearchController; questions: Question[]; text: string };
  test.search = new LogSearchController(HOST, {
    request: () => ({ fromUs: 0, toUs: 100, text: test.text }),
    ask: (request, signal) =>
      new Promise<LogHistogram>((resolve) => {
        const answer = async (lines: number, searched?: number): Promise<void> => {
          const counts = { error: lines, warn: 0, info: 0, debug: 0 };
          const buckets = [{ fromUs: 0, counts }];
          resolve({ stepUs: 100, buckets, ...(searched === undefined ? {} : { searched }) });
          await settled();
        };
        questions.push({ request, signal, answer });
      }),
  });
  return test;
}

describe("a search", () => {
  test("is asked until all lines have been looked at, and shows what it has", async () => {
    const { search, questions } = open();
    search.hostUpdate();
    await questions[0]?.answer(3, 0.25);
    expect([search.total, search.searched, search.isRunning, pageActivity.idle]).toEqual([3, 0.25, true, false]);
    await questions[1]?.answer(8);
    expect([search.total, search.searched, search.isRunning, questions.length]).toEqual([8, 1, false, 2]);
    expect(questions[1]?.request.sliceMs).toBeGreaterThan(0);
    expect(pageActivity.idle).toBe(true);
  });

  test("can be stopped and gone on with", async () => {
    const { search, questions } = open();
    search.hostUpdate();
    await questions[0]?.answer(3, 0.25);
    search.stop();
    await questions[1]?.answer(5, 0.5);
    expect([search.total, search.isStopped, search.isRunning, questions.length]).toEqual([3, true, false, 2]);
    search.resume();
    await questions[2]?.answer(9);
    expect([search.total, search.isStopped]).toEqual([9, false]);
  });

  test("is given up when another is wanted", async () => {
    const page = open();
    page.search.hostUpdate();
    page.text = "b";
    page.search.hostUpdate();
    expect(page.questions[0]?.signal.aborted).toBe(true);
    await page.questions[0]?.answer(1);
    expect(page.search.total).toBeUndefined();
    await page.questions[1]?.answer(2);
    expect(page.search.total).toBe(2);
  });
});

test("a tail counts what comes while one reads, and follows at the newest line", async () => {
  const seen = { atNewest: false, followed: 0 };
  const tail = new TailController(HOST, {
    isLive: () => true,
    isAtNewest: () => seen.atNewest,
    follow: () => {
      seen.followed += 1;
    },
    countNew: () => Promise.resolve(12),
  });
  tail.look();
  await settled();
  expect([tail.waiting, seen.followed]).toEqual([12, 0]);
  seen.atNewest = true;
  tail.look();
  expect([tail.waiting, seen.followed]).toEqual([0, 1]);
});
