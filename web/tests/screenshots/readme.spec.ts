// The two pictures of the README: docs/images/CREDITS.md names who took the photographs in them. They are written beside
// the other screenshots; copy them to docs/images/ to publish them.
import { expect, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { kRoot, kVitrine } from "../support/paths.ts";
import { startServer } from "../support/server.ts";

// CC BY 4.0 and CC0: free to show to anybody who names their makers.
const kWallpapers = "/usr/share/backgrounds";
const kFree = [
  "aitzgorri_by_Aitzol_Berasategi",
  "friends_by_Aitzol_Berasategi",
  "life_by_Aitzol_Berasategi",
  "picosdeeuropa_by_Aitzol_Berasategi",
  "Picture_0B_by_freespace",
  "Picture_1A_by_freespace",
  "seeding_by_Clements_Engelhardt",
  "sunset_by_Aitzol_Berasategi",
  "umang_by_Abhishek_Mudgal",
  "Wine_by_Jakkub_Mede",
].map((name) => `${kWallpapers}/${name}.jpg`);

test("a gallery and a board", async ({ page }) => {
  const top = mkdtempSync(join(tmpdir(), "vitrine-readme-"));
  const photos = join(top, "photos");
  mkdirSync(photos);
  for (const path of kFree) copyFileSync(path, join(photos, basename(path)));
  const vitrine = (...words: string[]) => execFileSync(kVitrine, ["--library", join(top, "library"), ...words], { encoding: "utf8" });
  vitrine("index", photos);
  vitrine("board", "new", "Autumn journey", photos);
  vitrine("board", "arrange", "Autumn journey", "--by", "meaning");
  const server = await startServer(join(top, "library"));
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1200, height: 720 });
  const take = async (name: string) => {
    await expect.poll(() => page.evaluate(() => [...document.images].every((image) => image.complete))).toBe(true);
    await page.screenshot({ path: `${kRoot}/build/screenshots/readme-${name}.jpg`, type: "jpeg", quality: 80 });
  };
  try {
    await page.goto(server.launchUrl);
    await expect(page.getByRole("gridcell").first()).toBeVisible();
    await page.evaluate(() => performance.clearMarks());
    await page.getByRole("combobox", { name: "Search pictures" }).fill("mountains under a wide sky");
    await page.waitForFunction(() => performance.getEntriesByName("vitrine:results").length > 0);
    await take("gallery");
    await page.goto(`${server.url}boards`);
    await page.getByRole("link", { name: "Autumn journey" }).click();
    await expect(page.getByRole("option")).toHaveCount(kFree.length);
    await page.getByRole("button", { name: "Palette", exact: true }).click();
    await expect(page.getByRole("button", { name: /^Copy #/ }).first()).toBeVisible();
    await page.getByTitle("Fit everything").click();
    await take("board");
  } finally {
    await server.stop();
    rmSync(top, { recursive: true, force: true });
  }
});
