/** Numbers of requests: every source has its own, and each tells whose it is. */
import { expect, test } from "vitest";
import { RequestNumbers, SECONDS_OF_REQUEST_IDS } from "../../../server/sim/request-numbers.js";

const SOURCES = { crowds: 4, probes: true, campaigns: true, waitingUsers: 5_000, triesMax: 3 };
const numbers = new RequestNumbers(SOURCES);

test("numbers of waiting users are distinct and give user and cycle back", () => {
  const seen = new Set<number>();
  for (const user of [0, 1, 77, 2_500, 4_999]) {
    for (let cycle = 0; cycle < 400; cycle++) {
      for (let tried = 0; tried < 3; tried++) {
        const request = numbers.waiting(user, cycle * 179, tried);
        expect([numbers.waitingUserOf(request), numbers.cycleOf(request)]).toEqual([user, cycle * 179]);
        expect([numbers.crowdOf(request), numbers.probeOf(request)]).toEqual([-1, -1]);
        seen.add(request);
      }
    }
  }
  expect(seen.size).toBe(5 * 400 * 3);
});

test("cycles beyond those that have numbers begin again", () => {
  expect(numbers.cyclesMax).toBe(Math.floor(Math.floor(2 ** 30 / 5_000) / 3));
  expect(numbers.waiting(7, 5 + numbers.cyclesMax, 1)).toBe(numbers.waiting(7, 5, 1));
  expect(numbers.waiting(4_999, numbers.cyclesMax - 1, 2)).not.toBe(numbers.waiting(0, 0, 0));
});

test("sources of one second do not meet, whatever the second", () => {
  for (const second of [0, 1, 65_536, SECONDS_OF_REQUEST_IDS - 1]) {
    const all = [
      ...Array.from({ length: 8_192 }, (_, rank) => numbers.usual(second, rank)),
      ...Array.from({ length: 8_192 }, (_, ordinal) => numbers.extra(second, ordinal)),
      ...[0, 1, 2, 3].flatMap((crowd) =>
        Array.from({ length: 1_024 }, (_, place) => numbers.crowd(second, crowd, place)),
      ),
      ...Array.from({ length: 512 }, (_, probe) => numbers.probe(second, probe)),
      ...Array.from({ length: 3_584 }, (_, ordinal) => numbers.campaign(second, ordinal)),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((request) => numbers.waitingUserOf(request) === -1)).toBe(true);
    expect(numbers.crowdOf(numbers.crowd(second, 2, 1_023))).toBe(2);
    expect(numbers.probeOf(numbers.probe(second, 511))).toBe(511);
  }
});

test("without further sources every number is that of an open arrival", () => {
  const open = new RequestNumbers();
  expect([open.usualTo, open.extraFrom, open.special]).toEqual([32_768, 0, false]);
  for (const rank of [0, 9_000, 12_300, 20_000, 32_767]) {
    const request = open.usual(3, rank);
    expect([open.crowdOf(request), open.probeOf(request), open.waitingUserOf(request)]).toEqual([-1, -1, -1]);
  }
});
