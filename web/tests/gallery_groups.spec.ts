// Ranked lists made smaller and more varied: near-duplicates under one picture, and the ways back to them.
import AxeBuilder from "@axe-core/playwright";
import { join } from "node:path";

import { writeDated } from "./support/exif.ts";
import { expect, makeLibrary, startServer, test } from "./support/server.ts";

const kWallpaper = "/usr/share/backgrounds/Dragonfly_by_Bolly.jpg";
const kCopies = 3;

test("a group of near-duplicates is opened by its badge and by key, and put away again", async ({ browser }) => {
  const library = makeLibrary(20, (photos) => {
    for (let i = 0; i < kCopies; ++i) writeDated(kWallpaper, join(photos, `again-${i}.jpg`), `2001:0${i + 1}:01 12:00:00`);
  });
  const server = await startServer(library.folder);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(server.launchUrl);
    const tiles = page.locator("[data-picture]");
    await expect(tiles.first()).toBeVisible();
    await page.goto(`${server.url}?q=a+dragonfly&group=similar`);
    const badge = page.getByRole("button", { name: `Show ${kCopies} similar pictures` });
    await expect(badge).toHaveText(`+${kCopies}`);
    const grouped = await tiles.count();
    await badge.click();
    await expect(tiles).toHaveCount(grouped + kCopies);
    const opened = page.getByRole("button", { name: `Hide ${kCopies} similar pictures` });
    await expect(opened).toHaveAttribute("aria-expanded", "true");
    await expect(page.getByRole("status").filter({ hasText: "3 similar pictures are shown behind it" })).toBeAttached();
    const found = await new AxeBuilder({ page }).analyze();
    expect(found.violations).toEqual([]);

    // The key works on any picture of the group, and the focus stays with its first.
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("e");
    await expect(tiles).toHaveCount(grouped);
    await expect(page.locator("[data-picture]:focus").getByRole("button", { name: `Show ${kCopies} similar pictures` })).toBeAttached();
    await page.keyboard.press("e");
    await expect(tiles).toHaveCount(grouped + kCopies);
  } finally {
    await context.close();
    await server.stop();
    library.remove();
  }
});

test("more variety is asked for with the list, and stays in the address", async ({ page }) => {
  await page.goto("/?q=a+horse");
  const variety = page.getByRole("button", { name: "More variety" });
  await expect(variety).toHaveAttribute("aria-pressed", "false");
  const asked = page.waitForRequest((request) => request.url().includes("diverse=1"));
  await variety.click();
  await asked;
  await expect(variety).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/diverse=1/);
  await page.goBack();
  await expect(variety).toHaveAttribute("aria-pressed", "false");
});
