/**
 * The workspace as a learner uses it: by what is on the screen. Every step waits for the page's own idle flag; nothing
 * sleeps. Playwright's locators look into shadow roots by themselves.
 */
import { expect } from "vitest";
import type { Locator, Page } from "playwright";
import { idle, textOf } from "../fixtures/browser.js";

export interface Diagnosis {
  /** Start of the option's text, as the list shows it. */
  readonly component: string;
  readonly faultClass: string;
  /** Part of the change's line; undefined: no change set it off. */
  readonly trigger?: string;
  /** Calls along which the trouble travelled, `caller>callee`, drawn by a click on each. */
  readonly path?: readonly string[];
  /** `14:02:00`. */
  readonly onset: string;
  readonly sentence: string;
}

const PATIENCE_MS = 40_000;

export class Workspace {
  /** What the page complained about: script errors and refused loads. */
  readonly complaints: string[] = [];

  constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  /** From the start page into the run: takes the page of a scenario and starts the clock. */
  async take(title: string): Promise<void> {
    await this.page.goto(this.url);
    await idle(this.page);
    await this.page.getByRole("button", { name: `Take ${title}` }).click();
    await this.page.getByRole("button", { name: "Start the clock" }).click();
    await this.page.getByRole("button", { name: "Pause" }).waitFor();
    await idle(this.page);
  }

  get runId(): string {
    return /\/run\/([0-9a-f]+)/.exec(this.page.url())?.[1] ?? "";
  }

  /** Opens a view by the rail. */
  async open(view: string): Promise<Locator> {
    await this.page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click();
    await idle(this.page);
    return this.page.getByRole("main");
  }

  /** Opens a view at an address, as a copied link does. */
  async goto(path: string): Promise<Locator> {
    await this.page.goto(`${this.url}/run/${this.runId}/${path}`);
    await this.page.getByRole("navigation", { name: "Views" }).waitFor();
    await idle(this.page);
    return this.page.getByRole("main");
  }

  /** Says what is believed, and judges the first exhibit for it. */
  async believe({ component, faultClass }: Diagnosis): Promise<void> {
    const notebook = await this.open("Notebook");
    await this.#choose(notebook.getByLabel("Component", { exact: true }), component);
    await notebook.getByLabel("Words to narrow the fault classes").fill(faultClass);
    const classes = notebook.getByLabel("Fault class", { exact: true });
    await classes.selectOption((await classes.locator("option:not([value=''])").first().getAttribute("value")) ?? "");
    await notebook.getByRole("button", { name: "Add" }).click();
    const judgement = notebook.locator("fd-judgement-matrix select").first();
    await judgement.selectOption("2");
    await notebook.getByText("stands").first().waitFor();
  }

  /** Plans and applies what the form at `path` has been filled in with by its address. */
  async act(path: string): Promise<void> {
    await this.goto(path);
    await this.page.getByRole("button", { name: "Show the plan" }).click();
    const plan = this.page.getByRole("region", { name: "Plan" });
    await plan.waitFor();
    const confirmation = plan.getByLabel(/^Type .* to confirm$/);
    if ((await confirmation.count()) > 0) await confirmation.fill(await plan.locator("label code").innerText());
    await plan.getByRole("button", { name: "Apply" }).click();
    // The card that watches what the action should move.
    const taken = this.page.getByRole("region", { name: "Actions taken" });
    await taken.getByText(/^Watch: /).waitFor();
    await taken.locator("fd-time-chart .u-over").first().waitFor();
  }

  async submit(diagnosis: Diagnosis): Promise<void> {
    const main = await this.open("Submit");
    await this.#choose(main.getByLabel("Component", { exact: true }), diagnosis.component);
    await main.getByLabel("Search the fault classes").fill(diagnosis.faultClass);
    await main.getByRole("radiogroup", { name: "Fault class" }).getByRole("radio").first().check();
    await this.#choose(main.getByLabel("Trigger"), diagnosis.trigger ?? "None");
    await this.#setFlag(main.getByRole("slider", { name: "Onset" }), diagnosis.onset);
    for (const call of diagnosis.path ?? []) await this.#drawCall(main.locator("fd-path-picker"), call);
    await main.getByLabel("In a sentence").fill(diagnosis.sentence);
    await main.getByRole("button", { name: "Review" }).click();
    await this.page.getByRole("button", { name: "Send the diagnosis" }).click();
  }

  /** Puts the flag there by a click, then to the second by its keys, from the start of the axis: five minutes, one, ten seconds. */
  async #setFlag(flag: Locator, clock: string): Promise<void> {
    const box = await flag.boundingBox();
    expect(box).not.toBeNull();
    if (box === null) return;
    await flag.click({ position: { x: box.width / 2, y: box.height / 2 } });
    expect(await flag.getAttribute("aria-valuetext")).toMatch(/^\d\d:\d\d:\d\d UTC$/);
    await flag.press("Home");
    const first = await flag.getAttribute("aria-valuetext");
    const seconds = secondsOf(clock) - secondsOf(first ?? "");
    const steps = [
      ["PageUp", Math.floor(seconds / 300)],
      ["Shift+ArrowRight", Math.floor((seconds % 300) / 60)],
      ["ArrowRight", Math.floor((seconds % 60) / 10)],
    ] as const;
    for (const [key, times] of steps) for (let time = 0; time < times; time++) await flag.press(key);
    expect(await flag.getAttribute("aria-valuetext")).toBe(`${clock} UTC`);
  }

  /** Clicks the line of a call on the small map, where nothing lies over it. */
  async #drawCall(picker: Locator, call: string): Promise<void> {
    const fit = picker.getByRole("button", { name: "Fit the whole map" });
    await fit.scrollIntoViewIfNeeded();
    await fit.click();
    const line = picker.locator(`[data-edge="${call}"] .target`);
    await expect
      .poll(
        async () => {
          const place = await line.evaluate(clearPlaceOn);
          if (place === undefined) return "covered";
          await this.page.mouse.click(place.x, place.y);
          return picker.getByRole("list", { name: "Calls of the path" }).innerText();
        },
        { timeout: PATIENCE_MS },
      )
      .toContain(call.split(">").toReversed().join(" hurt "));
  }

  /** Waits for the grading, which sending leads to; the score of 100 as the debrief shows it. */
  async score(): Promise<number> {
    const main = this.page.getByRole("main");
    await main.getByRole("heading", { name: "Score" }).waitFor({ timeout: 100_000 });
    await idle(this.page);
    const text = await textOf(main);
    const match = /(\d+(?:\.\d+)?) ?of 100 points/.exec(text);
    expect(match, `a score in “${text.slice(0, 300)}”`).not.toBeNull();
    return Number(match?.[1]);
  }

  /** The score as the run's own record has it. */
  async gradedScore(): Promise<number> {
    const answer = await this.page.request.get(`${this.url}/api/runs/${this.runId}`);
    const { run } = (await answer.json()) as { readonly run: { readonly score?: number } };
    return run.score ?? NaN;
  }

  /** Chooses the option whose text contains `part`. */
  async #choose(select: Locator, part: string): Promise<void> {
    const value = await select.locator("option", { hasText: part }).first().getAttribute("value");
    await select.selectOption(value ?? "");
  }
}

const secondsOf = (clock: string): number =>
  clock
    .slice(0, 8)
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0);

/** Runs in the page: a point of the screen on the path whose topmost element is the path itself. */
function clearPlaceOn(element: SVGElement | HTMLElement): { readonly x: number; readonly y: number } | undefined {
  if (!(element instanceof SVGPathElement)) return undefined;
  const matrix = element.getScreenCTM();
  const root = element.getRootNode();
  if (matrix === null || !(root instanceof ShadowRoot)) return undefined;
  for (const share of [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9]) {
    const point = element.getPointAtLength(element.getTotalLength() * share).matrixTransform(matrix);
    const place = { x: point.x, y: point.y };
    if (root.elementFromPoint(place.x, place.y)?.parentElement === element.parentElement) return place;
  }
  return undefined;
}
