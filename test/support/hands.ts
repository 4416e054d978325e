import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** How somebody works a page. Selectors name one element each. */
export interface Hand {
  press(selector: string): Promise<void>;
  /** Puts `text` in the place of what stands in a field. */
  type(selector: string, text: string): Promise<void>;
  /** Chooses the option of this number, the prompt being 0. */
  choose(selector: string, option: number): Promise<void>;
  /** Ticks a box. */
  tick(selector: string): Promise<void>;
}

/** A mouse, or a finger where the page is touched, and a keyboard to type on. */
export function pointing(page: Page, how: 'click' | 'tap'): Hand {
  return {
    press: (selector) => page.locator(selector)[how](),
    type: (selector, text) => page.fill(selector, text),
    async choose(selector, option) {
      await page.selectOption(selector, { index: option });
    },
    tick: (selector) => page.locator(selector)[how](),
  };
}

/** More stops than any page has. */
const MOST_STOPS = 60;

/** Whether the focus is at the element, and whether a person who sees can tell. */
const focusAt = (selector: string) => `(() => {
  const at = document.activeElement;
  if (!at?.matches(${JSON.stringify(selector)})) return 'elsewhere';
  const { outlineStyle, boxShadow } = getComputedStyle(at);
  return outlineStyle !== 'none' || boxShadow !== 'none' ? 'seen' : 'unseen';
})()`;

/** Nothing but a keyboard: what can't be reached with Tab, or does not show that it was, fails. */
export function keyboard(page: Page): Hand {
  const reach = async (selector: string) => {
    for (let stops = 0; stops < MOST_STOPS; stops += 1) {
      const focus = await page.evaluate(focusAt(selector));
      if (focus !== 'elsewhere') return assert.equal(focus, 'seen', `the focus on ${selector} can't be seen`);
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab never gets to ${selector} on ${page.url()}`);
  };
  return {
    async press(selector) {
      await reach(selector);
      await page.keyboard.press('Enter');
    },
    async type(selector, text) {
      await reach(selector);
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
    },
    async choose(selector, option) {
      await reach(selector);
      for (let down = 0; down < option; down += 1) await page.keyboard.press('ArrowDown');
    },
    async tick(selector) {
      await reach(selector);
      await page.keyboard.press('Space');
    },
  };
}
