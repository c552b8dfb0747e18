import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printDurationText } from "../../../../client/panels/traces/duration-text.js";
import { factsOf, samplingNotes } from "../../../../client/panels/traces/sampling.js";
import { sketchBars } from "../../../../client/panels/traces/sketch.js";
import {
  conditionsOf,
  parseTags,
  printTags,
  traceqlOf,
  withTag,
} from "../../../../client/panels/traces/trace-conditions.js";
import { baselineKindOf, baselineSetOf, chosenSetOf } from "../../../../client/panels/traces/trace-sets.js";
import { wantedAt } from "../../../../client/panels/traces/traceql-language.js";
import {
  boxRequestOf,
  exploreRequestOf,
  filterValues,
  formProblems,
  parseBox,
  printBox,
  queryIn,
  setRequestOf,
  valuesOfQuery,
  withDurations,
  withoutDurations,
} from "../../../../client/panels/traces/traces-query.js";
import { parseDurationUs } from "../../../../client/state/time-range.js";
import { readSearch } from "../../../../server/query/traceql/advice.js";

const WINDOW = { fromUs: 100, toUs: 200 };
const read = (search: string) => (name: string) => new URLSearchParams(search).get(name) ?? undefined;

describe("chips", () => {
  test.each([
    ["", "{}"],
    ["service=cart", '{ resource.service.name = "cart" }'],
    [
      "service=cart&operation=GET+/cart&min=250ms&max=2s&status=error",
      '{ resource.service.name = "cart" && name = "GET /cart" && status = error && duration >= 250ms && duration <= 2s }',
    ],
    [
      'f=http.route=/cart app.retries>2 db.name!="a b" http.code="500" host.name=~web.%2B',
      '{ span.http.route = "/cart" && span.app.retries > 2 && span.db.name != "a b" && span.http.code = "500" && resource.host.name =~ "web.+" }',
    ],
    ["q={} | count() > 3&service=ignored", "{} | count() > 3"],
  ])("%s is %s", (search, query) => {
    expect(queryIn(read(search))).toBe(query);
    expect(readSearch(query).ok).toBe(true);
  });

  test("a query that is no more than chips is read back into them, any other is kept as it is", () => {
    const query =
      '{ resource.service.name = "cart" && status = error && duration >= 1.5s && span.http.route != "/x y" }';
    expect(valuesOfQuery(query)).toMatchObject({
      q: undefined,
      service: "cart",
      status: "error",
      min: "1.5s",
      f: 'http.route!="/x y"',
    });
    for (const other of [
      '{ name = "a" || name = "b" }',
      "{ status = error } >> { kind = server }",
      "{ .a = 1 }",
      "{ duration > 1s }",
      '{ name = "a" && }',
      "{ status != ok }",
    ]) {
      expect(valuesOfQuery(other), other).toMatchObject({ q: other, service: undefined, f: undefined });
    }
  });

  test("printing and reading are inverse", () => {
    const text = fc.string({ minLength: 1, maxLength: 12 });
    const tag = fc.record({
      name: fc.constantFrom("http.route", "app.user.id", "k8s.pod.name"),
      operator: fc.constantFrom("=", "!=", "=~", ">", "<=" as const),
      value: fc.oneof(
        text.filter((one) => !/[{}"\\()[\]*+?|^$]/.test(one) && one.trim() === one),
        fc.constantFrom("500", "true", '"500"'),
      ),
    });
    const conditions = fc.record({
      service: fc.constantFrom("cart", 'odd "name"', "ü"),
      minDuration: fc.constantFrom("250ms", "1.5s"),
      tags: fc.array(tag, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(conditions, (given) => {
        const parsed = parseTags(printTags(given.tags));
        expect(parsed.ok && parsed.tags).toEqual(given.tags);
        const query = traceqlOf(given);
        expect(readSearch(query).ok, query).toBe(true);
        // What is quoted because the operator wants it so comes back in quotes.
        const values = given.tags.filter(
          ({ operator, value }) => /^!?=$/.test(operator) || !/^[\d"]|^true$/.test(value),
        );
        if (values.length === given.tags.length) expect(conditionsOf(query)).toEqual(given);
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  test("a tag takes the place of its opposite", () => {
    const one = { name: "a", operator: "=", value: "1" } as const;
    expect(withTag([one], { ...one, operator: "!=" })).toEqual([{ ...one, operator: "!=" }]);
  });
});

describe("traces query", () => {
  test("is read from the URL", () => {
    expect(exploreRequestOf(read("tmin=1s&order=spans&limit=1000"), WINDOW, { columns: 10, rows: 5 })).toEqual({
      ...WINDOW,
      query: "{}",
      minDurationUs: 1_000_000,
      order: "spans",
      limit: 1_000,
      columns: 10,
      rows: 5,
    });
    expect(exploreRequestOf(read("limit=7&order=odd"), WINDOW, { columns: 1, rows: 1 })).toMatchObject({
      limit: 300,
      order: "newest",
    });
  });

  test("mistakes are told beside their field", () => {
    expect(formProblems(read("min=fast&tmax=2&f=%3D")).map(({ field }) => field)).toEqual(["min", "tmax", "f"]);
  });

  test("a box narrows the set, and stands in the URL", () => {
    const box = { fromUs: 50, toUs: 150, minDurationUs: 1_000, maxDurationUs: 2_000 };
    expect(parseBox(printBox(box))).toEqual(box);
    expect(parseBox("5-1_2-3")).toBeUndefined();
    expect(boxRequestOf(setRequestOf(read("tmin=1500us"), WINDOW), box)).toEqual({
      fromUs: 100,
      toUs: 150,
      query: "{}",
      minDurationUs: 1_500,
      maxDurationUs: 2_000,
    });
  });

  test("bounds of the trace are written into the query for those who take a query alone", () => {
    const bounds = setRequestOf(read("tmin=250ms&tmax=2s"), WINDOW);
    expect(withDurations("{}", bounds)).toBe("{ nestedSetParent < 0 && duration >= 250ms && duration <= 2s }");
    const box = { ...WINDOW, minDurationUs: 250_000, maxDurationUs: 2_000_000 };
    for (const query of [withDurations("{ status = error }", bounds), withoutDurations("{ status = error }", box)]) {
      expect(readSearch(query).ok, query).toBe(true);
    }
  });

  test("durations are printed as they are typed", () => {
    expect([250_000, 1_500_000, 120_000_000, 999, 1_234_567].map(printDurationText)).toEqual([
      "250ms",
      "1.5s",
      "2m",
      "999us",
      "1234.567ms",
    ]);
    fc.assert(
      fc.property(fc.nat(10_000_000), (durationUs) => {
        expect(parseDurationUs(printDurationText(durationUs))).toBe(durationUs);
      }),
    );
  });
});

test.each([
  ["{ ", "field"],
  ["{ span.ht", "field"],
  ['{ resource.service.name = "c', "value"],
  ["{ status = ", "value"],
  ["{ status = error && du", "field"],
  ["{ status = error } | co", "stage"],
  ["{} | by(re", "field"],
  ["{ status = error }", "nothing"],
])("after %s the editor offers a %s", (before, kind) => {
  expect(wantedAt(before).kind).toBe(kind);
});

test("a sketch has a line for each span, and each is seen", () => {
  expect(sketchBars([0, 1_000, 0, 0, 999, 0, 1, 1], { width: 100, height: 20 })).toEqual([
    { x: 0, y: 0, width: 100, height: 3.5, service: 0, failed: false },
    { x: 99, y: 4, width: 1, height: 3.5, service: 1, failed: true },
  ]);
});

test("what was not kept is said in words, and nothing where all was", () => {
  const sampled = (text: string, value: number) => ({ metric: { sampled: text }, value: [0, String(value)] as const });
  const facts = factsOf({ result: [sampled("true", 120), sampled("false", 880)] }, { result: [sampled("", 41.2)] });
  expect(samplingNotes(0.5, facts)).toEqual([
    "Head sampling keeps 50 % of all traces; the others were never stored.",
    "Kept by tail sampling: 12 %; about 880 traces were dropped.",
    "The collector lost about 41 spans: some traces have gaps.",
  ]);
  expect(samplingNotes(1, factsOf({ result: [] }, {}))).toEqual([]);
});

describe("a value of the results", () => {
  test.each([
    [
      { field: "name", value: "GET /", isIncluded: true },
      { operation: "GET /", q: undefined, tab: undefined },
    ],
    [
      { field: "service", value: "cart", isIncluded: true },
      { service: "cart", q: undefined },
    ],
    [
      { field: "name", value: "GET /", isIncluded: false },
      { q: '{} && { nestedSetParent < 0 } !>> { name = "GET /" }', service: undefined },
    ],
    [
      { field: "http.route", value: "/cart", isIncluded: false },
      { f: "http.route!=/cart", service: undefined },
    ],
  ])("%j goes into the address", (filter, values) => {
    expect(filterValues(() => undefined, filter)).toMatchObject(values);
  });
});

describe("the sets that are compared", () => {
  const window = { fromUs: 1_000, toUs: 2_000 };
  test("are the window and as much time before it", () => {
    expect(chosenSetOf(read(""), window)).toMatchObject(window);
    expect(baselineSetOf(read(""), window)).toMatchObject({ fromUs: 0, toUs: 999 });
  });

  test("are the box and all that was found", () => {
    const boxed = read("sel=1200-1300_5-50");
    expect(chosenSetOf(boxed, window)).toMatchObject({ fromUs: 1_200, toUs: 1_300, minDurationUs: 5 });
    expect([baselineKindOf(boxed), baselineSetOf(boxed, window)]).toMatchObject(["all", window]);
  });

  test("are what another query finds", () => {
    expect(baselineSetOf(read("base=query&bq={ status = error }"), window)).toEqual({
      ...window,
      query: "{ status = error }",
    });
  });
});
