/**
 * One incident from the start page to the debrief by keys alone: every view that an investigation needs, every gesture
 * that has a pointer's form. What is chosen comes from the scenario's truth; how, only from what the screen offers.
 */
import { expect } from "vitest";
import type { Page } from "playwright";
import { idle, textOf } from "../fixtures/browser.js";
import type { Keyboard } from "./keyboard.js";

export interface Journey {
  /** Name of the scenario's file, for `--only`. */
  readonly id: string;
  readonly title: string;
  readonly alert: string;
  /** Beginning of the service's name in lists, and the operation whose traces are looked at. */
  readonly service: string;
  readonly operation: string;
  /** Part of the map that is looked at. */
  readonly part: string;
  /** Words that narrow the changes to the one that is opened. */
  readonly change: string;
  readonly component: string;
  readonly faultClass: string;
  /** Beginning of the option in the list of triggers. */
  readonly trigger: string;
  /** Seconds of the day. */
  readonly onset: string;
  /** Calls of the path as the titles of the two parts that they join. */
  readonly path: readonly (readonly [string, string])[];
  readonly act: (keyboard: Keyboard) => Promise<void>;
  /** Typed where the plan wants to have the target's name. */
  readonly confirm?: string;
}

export const JOURNEYS: readonly Journey[] = [
  {
    id: "checkout-errors",
    title: "Checkout is failing",
    alert: "CheckoutErrorBudgetBurn",
    service: "edge",
    operation: "POST /checkout",
    part: "Payment provider",
    change: "cart",
    component: "Payment provider",
    faultClass: "slow dependency",
    trigger: "None",
    onset: "14:02:00",
    path: [
      ["Payment provider", "Payment service"],
      ["Payment service", "Order service"],
    ],
    act: async (keyboard) => {
      await keyboard.write("searchbox", /^Find/, "flag");
      await keyboard.activate("button", /^Set a flag$/);
      await keyboard.choose(/^Flag$/, "checkout.deferred");
      await keyboard.choose(/^Value$/, "On");
    },
  },
  {
    id: "slow-baskets",
    title: "Slow for some",
    alert: "CheckoutLatencyHigh",
    service: "edge",
    operation: "POST /checkout",
    part: "Inventory service",
    change: "inventory",
    component: "Inventory service",
    faultClass: "N+1",
    trigger: "14:01:00 deploy",
    onset: "14:01:00",
    path: [
      ["Catalogue database", "Inventory service"],
      ["Inventory service", "Order service"],
    ],
    act: async (keyboard) => {
      await keyboard.activate("button", /^Roll back a change$/);
      await keyboard.choose(/^Change$/, "inventory");
    },
    confirm: "inventory-3-22-0",
  },
  {
    id: "missing-dashboards",
    title: "Flying blind",
    alert: "MetricsServerSeriesBudgetExceeded",
    service: "edge",
    operation: "POST /checkout",
    part: "Cart service",
    change: "cart",
    component: "Cart service",
    faultClass: "cardinality",
    trigger: "14:01:00 deploy",
    onset: "14:01:00",
    path: [],
    act: async (keyboard) => {
      await keyboard.write("searchbox", /^Find/, "label");
      await keyboard.activate("button", /^Drop a metric label$/);
      await keyboard.choose(/^Metric$/, "http_server_request_duration");
      await keyboard.choose(/^Label$/, "user_id");
    },
  },
];

/** Plays it; the score of 100 as the debrief shows it. */
export async function playByKeys(keyboard: Keyboard, url: string, journey: Journey): Promise<number> {
  const learner = new JourneyPlayer(keyboard, journey);
  await learner.takeThePage(url);
  await learner.readAlert();
  await learner.readMetrics();
  await learner.readLogs();
  await learner.readTrace();
  await learner.readMap();
  await learner.readChanges();
  await learner.believe();
  await learner.act();
  await learner.submit();
  return learner.readDebrief();
}

class JourneyPlayer {
  constructor(
    private readonly keyboard: Keyboard,
    private readonly journey: Journey,
  ) {}

  get #page(): Page {
    return this.keyboard.page;
  }

  #view(): Promise<string> {
    return textOf(this.#page.getByRole("main"));
  }

  async takeThePage(url: string): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("take the page");
    await this.#page.goto(url);
    await idle(this.#page);
    await keyboard.activate("button", new RegExp(`^Take ${journey.title}`));
    await this.#page.getByRole("button", { name: "Start the clock" }).waitFor({ timeout: LOADS_MS });
    await keyboard.activate("button", /^Start the clock$/);
    await this.#page.getByRole("button", { name: "Pause" }).waitFor();
  }

  async readAlert(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("alert");
    await keyboard.press("g", "a");
    await keyboard.tabTo("DisclosureTriangle", new RegExp(`^Firing ${journey.alert}`));
    await keyboard.activate("button", /^Acknowledge$/);
    expect(await this.#view()).toContain("cknowledged");
    await keyboard.press("Space");
    await this.#page.getByRole("button", { name: "Go on" }).waitFor();
  }

  /** A query typed, the chart read by arrows, a stretch selected and zoomed to, the zoom undone, the view pinned. */
  async readMetrics(): Promise<void> {
    const { keyboard } = this;
    keyboard.step("metrics");
    await keyboard.press("g", "m");
    await keyboard.press("/");
    await this.#page.keyboard.press("Control+a");
    await keyboard.type("sum by (job) (rate(http_server_request_duration_seconds_count[1m]))");
    await keyboard.press("Escape");
    await keyboard.press("Control+Enter");
    await keyboard.tabTo("button", /^Run$/);
    await keyboard.partTo("application", /^sum by|^Answer|rate\(/);
    await keyboard.press("ArrowLeft", "ArrowLeft");
    const before = this.#page.url();
    await keyboard.press("Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter");
    expect(this.#page.url(), "a selection by keys zooms").not.toBe(before);
    await keyboard.press("z");
    await keyboard.press("T");
    expect((await keyboard.focused())?.name, "a key leads to the chart's table").toBe("Show as table");
    await keyboard.press("T", "p");
  }

  /** Filtered by level, a bar walked to, a line opened, the menu of one of its values looked at. */
  async readLogs(): Promise<void> {
    const { keyboard } = this;
    keyboard.step("logs");
    await keyboard.press("g", "l");
    await keyboard.activate("button", /^warn$/);
    await keyboard.partTo("image", /^Log lines by level over time/);
    await keyboard.press("ArrowLeft");
    await keyboard.partTo("treegrid", /lines/i);
    await keyboard.press("ArrowDown", "ArrowDown", "Enter");
    await keyboard.tabTo("button", /^\d{4}-.*Z$/);
    await keyboard.press("Enter");
    expect((await keyboard.focused())?.role).toBe("menuitem");
    await keyboard.press("ArrowDown", "Escape");
    expect((await keyboard.focused())?.role).toBe("button");
  }

  /** Searched, a box selected in the heatmap, the slowest opened, a span chosen, a pivot taken, and back. */
  async readTrace(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("traces");
    await keyboard.press("g", "t");
    await keyboard.choose(/^Service$/, journey.service);
    await keyboard.choose(/^Operation$/, journey.operation);
    await keyboard.partTo("application", /traces by start and duration/);
    await keyboard.press("ArrowLeft", "Shift+ArrowUp", "Escape");
    await keyboard.activate("button", /^Duration/);
    await keyboard.tabTo("link", new RegExp(`^${journey.operation}`), { max: 8 });
    await keyboard.press("ArrowDown", "ArrowUp", "Enter");
    await this.#page.waitForURL(/\/trace\?/);
    await idle(this.#page);
    keyboard.step("waterfall");
    await keyboard.partTo("treegrid", /^Spans of /);
    await keyboard.press("ArrowDown", "ArrowDown", "ArrowDown", "w", "d", "0");
    expect(await this.#view()).toMatch(/on the critical path/);
    await keyboard.tabTo("button", new RegExp(`^[a-z-]+-\\d`), { max: 18 });
    await keyboard.press("Enter");
    await keyboard.pressUntil("ArrowDown", ({ name }) => /^Logs of/.test(name));
    const trace = this.#page.url();
    await keyboard.press("Enter");
    await this.#page.waitForURL(/\/logs\?/);
    await keyboard.press("[");
    await this.#page.waitForURL(trace);
  }

  async readMap(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("map");
    await keyboard.press("g", "p");
    await keyboard.partTo("button", /, (service|external|store|queue|cache|plant): /);
    await this.#goToPart(journey.part);
    await keyboard.press("Enter");
    expect(await textOf(this.#page.getByRole("complementary", { name: "The chosen part" }))).toMatch(/Changes/);
  }

  async readChanges(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("changes");
    await keyboard.press("g", "c");
    await keyboard.press("/");
    await keyboard.type(journey.change);
    await keyboard.activate("button", new RegExp(`^(Deploy|Flag|Setting).*${journey.change}`));
    expect(await this.#view()).toMatch(/Author|Scope|Diff|diff/);
  }

  /** A hypothesis, and what was pinned judged for it. */
  async believe(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("hypothesis");
    await keyboard.press("h");
    await keyboard.choose(/^Component$/, journey.component);
    await keyboard.write("searchbox", /^Words to narrow/, journey.faultClass);
    await keyboard.tabTo("combobox", /^Fault class$/);
    await keyboard.press("ArrowDown");
    await keyboard.activate("button", /^Add$/);
    await this.#page.locator("fd-hypothesis-row").first().waitFor();
    await keyboard.write("textbox", /^What would prove it wrong$/, "That it answers as quickly as before.", {
      max: 15,
      back: true,
    });
    await keyboard.partTo("combobox", / in [a-z-]+$/, 14);
    await keyboard.type("+1");
    expect((await keyboard.focused())?.value).toMatch(/fits/);
    await keyboard.press("Tab");
  }

  /** Planned, applied, and its card watched. */
  async act(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("act");
    await keyboard.press("g", "x");
    await keyboard.activate("button", /^Resume$/);
    await journey.act(keyboard);
    await keyboard.activate("button", /^Show the plan$/);
    if (journey.confirm !== undefined) await keyboard.write("textbox", /^Type .* to confirm$/, journey.confirm);
    await keyboard.activate("button", /^Apply$/);
    keyboard.step("watch");
    await this.#page
      .getByRole("region", { name: "Actions taken" })
      .getByRole("heading", { level: 3 })
      .first()
      .waitFor();
    await keyboard.partTo("application", /Arrow keys read/);
    await keyboard.press("ArrowLeft");
  }

  async submit(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("submit");
    await keyboard.press("g", "s");
    await keyboard.choose(/^Component$/, journey.component);
    await keyboard.write("searchbox", /^Search the fault classes$/, journey.faultClass);
    await keyboard.tabTo("radio", /./);
    await keyboard.press("Space");
    await keyboard.choose(/^Trigger$/, journey.trigger);
    keyboard.step("onset flag");
    await keyboard.tabTo("slider", /^Onset$/);
    await keyboard.press("End");
    await keyboard.pressUntil("Shift+ArrowLeft", ({ value }) => secondsOf(value) - secondsOf(journey.onset) < 60);
    await keyboard.pressUntil("ArrowLeft", ({ value }) => secondsOf(value) - secondsOf(journey.onset) < 8);
    await this.#drawPath();
    keyboard.step("confidence");
    await keyboard.tabTo("slider", /^Confidence$/);
    await keyboard.pressUntil("ArrowRight", ({ value }) => value.startsWith("90"));
    await keyboard.tabTo("checkbox", /./);
    await keyboard.press("Space");
    await keyboard.write("textbox", /^In a sentence$/, "Found and mended without a pointer.");
    await keyboard.write("textbox", /^Scope$/, "Everybody who checks out.");
    await keyboard.activate("button", /^Review$/);
    keyboard.step("review");
    await keyboard.activate("button", /^Send the diagnosis$/);
  }

  /** On the map: two parts, one after the other, for each call. */
  async #drawPath(): Promise<void> {
    const { keyboard, journey } = this;
    keyboard.step("path");
    for (const [one, other] of journey.path) {
      await keyboard.tabTo("button", /, (service|external|store|queue|cache|plant): /);
      await this.#goToPart(one);
      await keyboard.press("Enter");
      await this.#goToPart(other);
      await keyboard.press("Enter");
    }
    const drawn = this.#page.getByRole("list", { name: "Calls of the path" }).getByRole("listitem");
    expect(await drawn.count()).toBe(journey.path.length);
  }

  async readDebrief(): Promise<number> {
    const { keyboard } = this;
    keyboard.step("debrief");
    const score = this.#page.getByRole("main").getByRole("heading", { name: "Score" });
    await this.#page.getByRole("link", { name: "Debrief" }).first().waitFor({ timeout: LOADS_MS });
    await keyboard.press("g", "e");
    await score.waitFor();
    await idle(this.#page);
    const text = await this.#view();
    for (const part of ["Answer and truth", "Impact", "Charts", "Timeline", "Questions", "Postmortem"])
      expect(text).toContain(part);
    expect(text, "the twin differs in nothing before the onset").toMatch(/d = 0/);
    for (let part = 0; part < 8; part++) await keyboard.press("F8");
    return Number(/(\d+(?:\.\d+)?) ?of 100 points/.exec(text)?.[1]);
  }

  /** Over the drawn map by arrows, as one who sees where the part lies. */
  async #goToPart(title: string): Promise<void> {
    const { keyboard } = this;
    const wanted = this.#page.getByRole("button", { name: new RegExp(`^${title}, `) });
    for (let step = 0; step < STEPS_MAX; step++) {
      const name = (await keyboard.focused())?.name ?? "";
      if (name.startsWith(`${title}, `)) return;
      const here = await this.#page.getByRole("button", { name, exact: true }).boundingBox();
      const there = await wanted.boundingBox();
      if (here === null || there === null) break;
      const keys = arrowsTowards(there.x - here.x, there.y - here.y);
      for (const key of keys) {
        await keyboard.press(key);
        if ((await keyboard.focused())?.name !== name) break;
      }
    }
    throw new Error(`${title} is not reached by arrows on the map`);
  }
}

/** A world that is opened takes its time, and so does the grading. */
const LOADS_MS = 60_000;
/** From one end of the map to the other, and some detours. */
const STEPS_MAX = 24;

/** The arrows that lead nearer, the one along the longer way first. */
function arrowsTowards(right: number, down: number): readonly string[] {
  const across = right > 0 ? "ArrowRight" : "ArrowLeft";
  const along = down > 0 ? "ArrowDown" : "ArrowUp";
  return Math.abs(right) > Math.abs(down) ? [across, along] : [along, across];
}

/** Of `14:02:00 UTC`. */
function secondsOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = (/\d+:\d+:\d+/.exec(clock)?.[0] ?? "").split(":").map(Number);
  return hours * 3_600 + minutes * 60 + seconds;
}
