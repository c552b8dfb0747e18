/** How much of the processors' time a virtual machine did not get: what was measured meanwhile says less about the code. */
import { readFileSync } from "node:fs";

/** Columns of the first line of /proc/stat (proc(5)): user nice system idle iowait irq softirq steal. */
const STEAL = 7;

/** Ticks of the processors since the start, all and stolen; undefined where the system does not tell. */
function ticks() {
  try {
    const [line] = readFileSync("/proc/stat", "utf8").split("\n", 1);
    const columns = line.trim().split(/\s+/).slice(1, 9).map(Number);
    return { all: columns.reduce((sum, value) => sum + value, 0), stolen: columns[STEAL] };
  } catch {
    return undefined;
  }
}

/** Begins to count; the answer of what it returns is the share that was stolen since, 0 where nobody knows. */
export function watchStolenTime() {
  const before = ticks();
  return () => {
    const after = ticks();
    if (before === undefined || after === undefined || after.all === before.all) return 0;
    return (after.stolen - before.stolen) / (after.all - before.all);
  };
}
