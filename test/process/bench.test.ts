import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("the benchmarks run in their small size and print figures with checksums", () => {
  const output = execFileSync(process.execPath, ["test/bench.mjs", "--small"], { encoding: "utf8" });
  for (const figure of [
    /^reference +M\/M\/4.* events\/s .*[0-9a-f]{16}$/m,
    /^engine +shop, 2 min.* spans\/s .*[0-9a-f]{16}$/m,
    /^chain +engine, dedicated processors.* spans\/s .*[0-9a-f]{16}$/m,
    /^growth +50 services, 10 times the load .* ns\/span .*[0-9a-f]{16}$/m,
    /^real-time +shop with 20 times the load.* spans .*[0-9a-f]{16}$/m,
    /^world +last 15 minutes can be explored .* ms .*[0-9a-f]{16}-[0-9a-f]{16}$/m,
    /^courses +checkpoint and restore of the shop, median .* ms .*[0-9a-f]{16}$/m,
    /^courses +branch to its first event, median .* ms .*[0-9a-f]{16}$/m,
    /^courses +healthy twin of 3 min of the shop .* ms .*[0-9a-f]{16}$/m,
    /^courses +paired comparison of 3 min of the shop.* ms .*\d+\/[01]\.\d{6}$/m,
    /^query +bytes a sample, shop of 2 min +\d+.* B/m,
    /^query +sum by \(service\) \(rate\(x\[5m\]\)\) .* ms/m,
    /^server +ten dashboard queries over the hour, p95 .* ms .*[0-9a-f]{16}$/m,
  ]) {
    expect(output).toMatch(figure);
  }
});

test("an unknown benchmark is refused with the names there are", () => {
  expect(() => execFileSync(process.execPath, ["test/bench.mjs", "--only", "speed"], { stdio: "pipe" })).toThrow(
    /unknown benchmark speed: one of reference, engine, chain, .*\bserver\b/,
  );
});
