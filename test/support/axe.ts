import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

/** WCAG 2.2 AA and what came before it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** `passes`: a run that looked at nothing must not count as clean. */
const found = z.object({
  passes: z.array(z.object({ id: z.string() })).min(1),
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** What axe-core finds wrong on the page, and whether anything is wider than the window. */
export async function findings(page: Page): Promise<string[]> {
  const options = JSON.stringify({ runOnly: TAGS, resultTypes: ['violations'] });
  const { violations } = found.parse(await page.evaluate(`${axe.source}; axe.run(document, ${options})`));
  const wide = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  const wrong = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  return wide === true ? [...wrong, 'wider than the window'] : wrong;
}
