// What is wrong with the page's layout in the window as it is.
import type { Page } from "@playwright/test";

/** What sticks out sideways, and what is too small to be pressed (WCAG 2.2, 2.5.8: 24 px, links in a text aside). */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll("button, select, input, nav a")]
      .filter((element) => element.checkVisibility() && !element.closest(".unseen"))
      .map((element) => ({ box: element.getBoundingClientRect(), html: element.outerHTML.slice(0, 120), element }));
    const wide = Math.max(document.documentElement.scrollWidth, document.querySelector("main")?.scrollWidth ?? 0) > window.innerWidth;
    const small = shown.filter(({ box, element }) => !element.matches("[type=radio], [type=checkbox]") && box.width > 1 && (box.width < 24 || box.height < 24));
    const out = shown.filter(({ box }) => box.left < -0.5 || box.right > window.innerWidth + 0.5);
    return [
      ...(wide ? ["the page scrolls sideways"] : []),
      ...small.map(({ html }) => `too small: ${html}`),
      ...out.map(({ html }) => `sticks out: ${html}`),
    ];
  });
}
