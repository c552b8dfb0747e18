/** What axe finds on a page. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright";

/** The rules of axe whose findings depend on the colours of a theme. */
export const COLOR_RULES = ["color-contrast", "link-in-text-block"];

/**
 * Serious and critical violations, a line each. Only these are gathered, and in the page itself, for it has no frames: what
 * passed, described and carried through a second page, would take four times as long.
 *
 * @param rules of axe; all of them without
 */
export async function seriousViolations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const builder = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode(true);
  if (rules !== undefined) builder.withRules([...rules]);
  const { violations } = await builder.analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id} at ${String(nodes[0]?.target)}`);
}
