// Every page and state: what axe objects to, small windows, zoom, the size of what is pressed; duplicates and activity.
import type { Page } from "@playwright/test";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { expectAccessible } from "./support/axe.ts";
import { writeDated } from "./support/exif.ts";
import { layoutFaults } from "./support/layout.ts";
import { expect, makeLibrary, startServer, test } from "./support/server.ts";

const ready = (page: Page) => expect(page.locator('[data-picture="0"]')).toBeVisible();
const kStates: Record<string, (page: Page) => Promise<void>> = {
  timeline: async (page) => {
    await page.goto("/");
    await ready(page);
  },
  ranked: async (page) => {
    await page.goto("/?q=a+horse+-tag:nothing");
    await expect(page.getByRole("heading", { name: "Less certain" })).toBeVisible();
  },
  proposals: async (page) => {
    await page.goto("/");
    await page.getByRole("combobox", { name: "Search pictures" }).pressSequentially("mood:");
    await expect(page.getByRole("option").first()).toBeVisible();
  },
  "no match": async (page) => {
    await page.goto("/?q=quarterly+tax+spreadsheet");
    await expect(page.getByText("Nothing really matches.")).toBeVisible();
  },
  "a wrong query": async (page) => {
    await page.goto("/?q=camra:x");
    await expect(page.getByRole("alert")).toBeVisible();
  },
  chosen: async (page) => {
    await page.goto("/");
    await ready(page);
    await page.locator('[data-picture="0"]').focus();
    await page.keyboard.press("x");
    await expect(page.getByRole("toolbar")).toBeVisible();
  },
  "tag dialog": async (page) => {
    await kStates["chosen"]?.(page);
    await page.keyboard.press("t");
    await expect(page.getByRole("button", { name: "Propose tags" })).toBeVisible();
  },
  lightbox: async (page) => {
    await page.goto("/");
    await ready(page);
    await page.locator('[data-picture="1"]').click();
    await expect(page.getByRole("complementary", { name: "What is known of it" })).toBeVisible();
    await expect(page.locator(".sharp")).toBeVisible();
  },
  keys: async (page) => {
    await page.goto("/");
    await ready(page);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  activity: async (page) => {
    await page.goto("/activity");
    await expect(page.getByRole("heading", { name: "Library" })).toBeVisible();
  },
  duplicates: async (page) => {
    await page.goto("/duplicates");
    await expect(page.getByRole("button", { name: /^Look/ })).toBeVisible();
  },
};

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing that axe objects to, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const [name, go] of Object.entries(kStates)) {
      await go(page);
      await expectAccessible(page, name);
    }
  });
}

for (const [name, width, height] of [["320 px", 320, 640], ["200 % zoom", 640, 400]] as const) {
  test(`${name}: nothing is cut off sideways, and what is pressed is at least 24 px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    for (const state of ["timeline", "ranked", "chosen", "activity", "duplicates"]) {
      await kStates[state]?.(page);
      expect(await layoutFaults(page), state).toEqual([]);
    }
    await page.goto("/");
    await ready(page);
    await page.locator('[data-picture="1"]').click();
    await expect(page.getByRole("button", { name: "Close" })).toBeInViewport({ ratio: 1 });
  });
}

test("a copy is found, shown beside its original, and the rest tagged", async ({ browser }) => {
  const library = makeLibrary(20);
  const server = await startServer(library.folder);
  const page = await browser.newPage();
  await page.goto(server.launchUrl);
  const views = join(library.photos, "views");
  const original = readdirSync(views).filter((name) => name.endsWith(".jpg")).sort()[0] as string;
  writeDated(join(views, original), join(views, "the same again.jpg"), "2020:01:01 00:00:00");
  await page.goto(`${server.url}activity`);
  await page.getByRole("button", { name: "Index again" }).click();
  await expect(page.getByRole("article").getByText("1 indexed")).toBeVisible({ timeout: 30_000 });
  await page.goto(`${server.url}duplicates`);
  await page.getByRole("button", { name: /^Look/ }).click();
  const group = page.getByRole("group", { name: /^Group 1 of 1/ });
  await expect(group).toBeVisible({ timeout: 30_000 });
  await expect(group.getByText("same shot")).toBeVisible();
  await page.keyboard.press("2");
  await expect(group.getByRole("radio").nth(1)).toBeChecked();
  await page.getByLabel("Tag as").fill("spare");
  await page.getByRole("button", { name: "Tag 1 copy" }).click();
  await expect(page.getByText("Tagged 1 picture: spare")).toBeVisible();
  const tagged = async () => ((await (await page.request.get(`${server.url}api/v1/pictures?q=tag:spare`)).json()) as { ids: number[] }).ids.length;
  expect(await tagged()).toBe(1);
  await page.goto(`${server.url}activity`);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(tagged).toBe(0);
  await page.getByRole("button", { name: "Redo" }).click();
  await expect.poll(tagged).toBe(1);
  await page.close();
  await server.stop();
  library.remove();
});
