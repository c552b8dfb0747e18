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
  /** `14:02:00`. */
  readonly onset: string;
  readonly sentence: string;
}

const PATIENCE_MS = 20_000;

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

  /** Plans and applies what the form at `path` has been filled in with by its address. */
  async act(path: string): Promise<void> {
    await this.goto(path);
    await this.page.getByRole("button", { name: "Show the plan" }).click();
    const plan = this.page.getByRole("region", { name: "Plan" });
    await plan.waitFor();
    const confirmation = plan.getByLabel(/^Type .* to confirm$/);
    if ((await confirmation.count()) > 0) await confirmation.fill(await plan.locator("label code").innerText());
    await plan.getByRole("button", { name: "Apply" }).click();
    await this.page
      .getByRole("region", { name: "Actions taken" })
      .getByRole("button", { name: "Open in metrics" })
      .or(this.page.getByRole("region", { name: "Actions taken" }).getByRole("link", { name: "Open in metrics" }))
      .first()
      .waitFor();
  }

  async submit(diagnosis: Diagnosis): Promise<void> {
    await this.goto("submit");
    const main = this.page.getByRole("main");
    await this.#choose(main.getByLabel("Component", { exact: true }), diagnosis.component);
    await main.getByLabel("Search the fault classes").fill(diagnosis.faultClass);
    await main.getByRole("radiogroup", { name: "Fault class" }).getByRole("radio").first().check();
    await this.#choose(main.getByLabel("Trigger"), diagnosis.trigger ?? "None");
    await main.getByLabel("Or typed").fill(diagnosis.onset);
    await main.getByLabel("In a sentence").fill(diagnosis.sentence);
    await main.getByRole("button", { name: "Review" }).click();
    await this.page.getByRole("button", { name: "Send the diagnosis" }).click();
  }

  /** Waits for the grading; the score of 100 as the debrief shows it. */
  async score(): Promise<number> {
    await this.page.goto(`${this.url}/run/${this.runId}/debrief`);
    const main = this.page.getByRole("main");
    await main.getByRole("heading", { name: "Score" }).waitFor({ timeout: 60_000 });
    await idle(this.page);
    const text = await textOf(main);
    const match = /(\d+(?:\.\d+)?) ?of 100 points/.exec(text);
    expect(match, `a score in “${text.slice(0, 300)}”`).not.toBeNull();
    return Number(match?.[1]);
  }

  /** Chooses the option whose text contains `part`. */
  async #choose(select: Locator, part: string): Promise<void> {
    const value = await select.locator("option", { hasText: part }).first().getAttribute("value");
    await select.selectOption(value ?? "");
  }
}
