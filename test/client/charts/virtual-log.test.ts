import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LogPages, PAGE_LINES, PAGES_MAX } from "../../../client/charts/virtual-log-pages.js";
import {
  contentPx,
  contentTopOf,
  isScaled,
  rowAt,
  rowsInView,
  rowTop,
  scrollTopOf,
  spacerPx,
  SPACER_PX_MAX,
  topRevealing,
} from "../../../client/charts/virtual-log-scroll.js";
import type { ListGeometry } from "../../../client/charts/virtual-log-scroll.js";
import type { LogPage } from "../../../server/wire/telemetry.js";

const list = (rowCount: number, opened: [number, number][] = []): ListGeometry => ({
  rowCount,
  rowPx: 20,
  viewportPx: 100,
  opened: new Map(opened),
});

describe("scroll geometry", () => {
  test("opened rows push down what follows", () => {
    const three = list(10, [[2, 50]]);
    expect([rowTop(three, 2), rowTop(three, 3), contentPx(three)]).toEqual([40, 110, 250]);
    expect([rowAt(three, 59), rowAt(three, 109), rowAt(three, 110)]).toEqual([2, 2, 3]);
  });

  test("rowAt is the inverse of rowTop for any opened rows", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(49), fc.integer({ min: 1, max: 300 })), { maxLength: 6 }),
        fc.nat(49),
        (opened, index) => {
          const geometry = list(50, opened);
          expect(rowAt(geometry, rowTop(geometry, index))).toBe(index);
          expect(rowAt(geometry, rowTop(geometry, index) + 19)).toBe(index);
        },
      ),
    );
  });

  test("up to eight million pixels the scroll bar is exact", () => {
    const exact = list(400_000);
    expect([isScaled(exact), contentTopOf(exact, 1_234)]).toEqual([false, 1_234]);
  });

  test("above, it is a scaled picture that still reaches both ends", () => {
    const long = list(2_000_000);
    expect(spacerPx(long)).toBe(SPACER_PX_MAX);
    expect(contentTopOf(long, 0)).toBe(0);
    expect(contentTopOf(long, SPACER_PX_MAX - 100)).toBeCloseTo(contentPx(long) - 100, 3);
    expect(scrollTopOf(long, contentTopOf(long, 77_777))).toBeCloseTo(77_777, 6);
  });

  test("renders the rows in view and a margin, none of an empty list", () => {
    expect(rowsInView(list(1_000), 200, 2)).toEqual({ first: 8, last: 17 });
    expect(rowsInView(list(3), 0, 5)).toEqual({ first: 0, last: 2 });
    expect(rowsInView(list(0), 0, 5)).toEqual({ first: 0, last: -1 });
  });

  test("a row is brought into view with least movement", () => {
    const geometry = list(100);
    expect([topRevealing(geometry, 200, 5), topRevealing(geometry, 200, 12), topRevealing(geometry, 200, 30)]).toEqual([
      100, 200, 520,
    ]);
  });
});

/** A server with `total` lines that answers when told. */
function fakeServer(total: number): {
  load: (offset: number, limit: number, signal: AbortSignal) => Promise<LogPage>;
  asked: number[];
  aborted: number[];
} {
  const asked: number[] = [];
  const aborted: number[] = [];
  return {
    asked,
    aborted,
    load: (offset, limit, signal) => {
      asked.push(offset);
      signal.addEventListener("abort", () => aborted.push(offset));
      const count = Math.max(0, Math.min(limit, total - offset));
      const lines = Array.from({ length: count }, (_, index) => ({
        id: String(offset + index),
        timeUs: 0,
        level: "info" as const,
        service: "s",
        instance: "s-0",
        message: "m",
        attributes: {},
      }));
      return Promise.resolve({ total, offset, lines });
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("log pages", () => {
  test("fetch what is wanted once and give lines by index", async () => {
    const server = fakeServer(1_000);
    const pages = new LogPages({ load: server.load, changed: () => undefined });
    pages.want(0, 40);
    pages.want(0, 40);
    await settled();
    pages.want(190, 230);
    await settled();
    expect(server.asked).toEqual([0, 200]);
    expect([pages.total, pages.line(230)?.id, pages.line(999), pages.indexOf("215")]).toEqual([
      1_000,
      "230",
      undefined,
      215,
    ]);
  });

  test("fetch the last page again when the search has found more", async () => {
    let total = 250;
    const asked: number[] = [];
    const pages = new LogPages({
      load: (offset, limit) => {
        asked.push(offset);
        const length = Math.max(0, Math.min(limit, total - offset));
        const lines = Array.from({ length }, (_, at) => ({ id: String(offset + at) }));
        return Promise.resolve({ total, offset, lines, searched: 0.5 } as unknown as LogPage);
      },
      changed: () => undefined,
    });
    pages.want(0, 10);
    await settled();
    pages.want(200, 249);
    await settled();
    expect(pages.line(249)?.id).toBe("249");
    total = 300;
    pages.grow(300);
    expect([pages.total, pages.line(249), pages.line(10)?.id]).toEqual([300, undefined, "10"]);
    pages.want(200, 299);
    await settled();
    expect([asked, pages.line(299)?.id]).toEqual([[0, 200, 200], "299"]);
  });

  test("give up pages that were scrolled past", async () => {
    const server = fakeServer(100_000);
    const pages = new LogPages({ load: server.load, changed: () => undefined });
    pages.want(0, 40);
    await settled();
    pages.want(50_000, 50_040);
    pages.want(90_000, 90_040);
    await settled();
    expect(server.aborted).toEqual([50_000]);
    expect([pages.line(50_001), pages.line(90_001)?.id]).toEqual([undefined, "90001"]);
  });

  test("forget the pages that were used longest ago", async () => {
    const server = fakeServer(1_000_000);
    const pages = new LogPages({ load: server.load, changed: () => undefined });
    for (let page = 0; page <= PAGES_MAX; page++) {
      pages.want(page * PAGE_LINES, page * PAGE_LINES);
      await settled();
    }
    expect(pages.line(0)).toBeUndefined();
    expect(pages.line(PAGE_LINES)?.id).toBe(String(PAGE_LINES));
  });

  test("do not ask again for a page that failed until told to", async () => {
    let calls = 0;
    const pages = new LogPages({
      load: () => {
        calls += 1;
        return Promise.reject(new Error("over the limit"));
      },
      changed: () => {
        pages.want(0, 10);
      },
    });
    pages.want(0, 10);
    await settled();
    expect([calls, (pages.error as Error).message]).toEqual([1, "over the limit"]);
    pages.retry();
    pages.want(0, 10);
    expect([calls, pages.error]).toEqual([2, undefined]);
  });
});
