// Pictures of every page, for people and for the README: light and dark, wide and narrow.
import { kRoot } from "../support/paths.ts";
import { expect, test } from "../support/server.ts";

const kPages = [
  { name: "gallery", path: "/" },
  { name: "duplicates", path: "/duplicates" },
  { name: "boards", path: "/boards" },
  { name: "activity", path: "/activity" },
];
const kWidths = [
  { name: "wide", width: 1440, height: 900 },
  { name: "narrow", width: 390, height: 844 },
];

for (const colorScheme of ["light", "dark"] as const) {
  for (const { name, path } of kPages) {
    test(`${name}, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const width of kWidths) {
        await page.setViewportSize({ width: width.width, height: width.height });
        await page.goto(path);
        await expect(page.getByRole("main")).toBeVisible();
        // Not "networkidle": a page that listens to events is never idle.
        await expect.poll(() => page.evaluate(() => [...document.images].every((image) => image.complete))).toBe(true);
        await page.screenshot({ path: `${kRoot}/build/screenshots/${name}-${width.name}-${colorScheme}.png` });
      }
    });
  }
}
