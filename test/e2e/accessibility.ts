/** What axe finds on a page. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright";

/**
 * Serious and critical violations, a line each. Only these are gathered, and in the page itself, for it has no frames: what
 * passed, described and carried through a second page, would take four times as long.
 */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ["violations"] })
    .setLegacyMode(true)
    .analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id} at ${String(nodes[0]?.target)}`);
}
