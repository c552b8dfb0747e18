/**
 * `npm run swarm`: random worlds, each played in 1,000 steps here, in one step and over a checkpoint in a thread beside;
 * all must give the same bytes. `-- --seed N` plays world N, `-- --worlds N` the first N (200), `-- --minutes N` new ones
 * for so long, `-- --show` prints the world instead.
 */
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { bundle } from "./bench/bundle.mjs";

const WORLDS = 200;
const PROGRESS_MS = 10_000;
/** Numbers from here on are not those of the tests. */
const NEW_WORLDS_FROM = 1_000;

function valueOf(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  if (at < 0) return fallback;
  const value = Number(process.argv[at + 1]);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} takes a number`);
  process.exit(2);
}

/** Plays worlds in a thread of its own, one after another. */
class Thread {
  #worker;
  #answer;

  constructor(program) {
    this.#worker = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
       import(workerData).then(({ checkWhole }) => {
         parentPort.on("message", (number) => {
           try { parentPort.postMessage(checkWhole(number)); } catch (error) { parentPort.postMessage({ failure: String(error) }); }
         });
       });`,
      { eval: true, workerData: program },
    );
    this.#worker.on("message", (answer) => this.#answer(answer));
  }

  play(number) {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#worker.postMessage(number);
    });
  }

  close() {
    return this.#worker.terminate();
  }
}

async function main() {
  const program = pathToFileURL(await bundle("test/fixtures/swarm.ts")).href;
  const { checkInSteps, describeWorld, expectSame } = await import(program);
  const one = valueOf("seed", undefined);
  if (process.argv.includes("--show")) {
    console.log(describeWorld(one ?? 0));
    return;
  }
  const minutes = valueOf("minutes", undefined);
  const first = one ?? (minutes === undefined ? 0 : NEW_WORLDS_FROM + (Date.now() % 1_000_000) * 1_000);
  const last = one !== undefined ? one : minutes !== undefined ? Infinity : valueOf("worlds", WORLDS) - 1;
  const thread = new Thread(program);
  const begun = Date.now();
  const until = minutes === undefined ? Infinity : begun + minutes * 60_000;
  let worlds = 0;
  let failed = 0;
  let spans = 0;
  let told = begun;
  for (let number = first; number <= last && Date.now() < until; number++) {
    worlds++;
    try {
      const whole = thread.play(number);
      const inSteps = checkInSteps(number);
      spans += inSteps.spans;
      const answer = await whole;
      if (answer.failure !== undefined) throw new Error(`in a thread: ${answer.failure}`);
      expectSame("in 1,000 steps", answer, inSteps);
    } catch (error) {
      failed++;
      console.error(
        `world ${number} failed: npm run swarm -- --seed ${number}\n${error instanceof Error ? error.stack : error}`,
      );
    }
    if (Date.now() - told > PROGRESS_MS) {
      told = Date.now();
      console.log(`${line(worlds, failed, spans, told - begun)} …`);
    }
  }
  await thread.close();
  console.log(line(worlds, failed, spans, Date.now() - begun));
  process.exitCode = failed === 0 ? 0 : 1;
}

const line = (worlds, failed, spans, ms) =>
  `${worlds} worlds, ${failed} failed, ${spans} spans, ${(ms / 1_000).toFixed(1)} s, ${(worlds / (ms / 1_000)).toFixed(1)} worlds/s`;

await main();
