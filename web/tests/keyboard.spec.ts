// The whole task by keyboard alone: search, choose five, tag, put them on a board, arrange it by meaning, export a PDF.
// The page counts what pointers do to it, and there is nothing.
import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";

import { idOf, items, stored } from "./support/boards.ts";
import { expect, test } from "./support/server.ts";

const kPointers = ["pointerdown", "pointermove", "mousedown", "mousemove", "touchstart", "wheel"];

/** What a screen reader would call the focused element, nearly. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  });

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${name}`);
}

test("search, choose five, tag, board, arrange by meaning, PDF: no pointer", async ({ page }) => {
  await page.addInitScript((names) => {
    const seen = { pointers: 0 };
    Object.assign(window, { seen });
    for (const name of names) window.addEventListener(name, () => seen.pointers++, true);
  }, kPointers);
  await page.goto("/");
  const press = (key: string) => page.keyboard.press(key);
  const tile = (n: number) => page.locator(`[data-picture="${n}"]`);
  await expect(tile(0)).toBeVisible();

  await press("/");
  await expect(page.getByRole("combobox", { name: "Search pictures" })).toBeFocused();
  await page.keyboard.type("an animal");
  await expect(tile(0)).toHaveAccessibleName(/relevance/);
  await press("Enter");
  await press("ArrowDown");
  await expect(tile(0)).toBeFocused();
  await press("x");
  for (let i = 0; i < 4; ++i) await press("Shift+ArrowRight");
  await expect(page.getByText("5 chosen")).toBeVisible();

  await press("t");
  await expect(page.getByRole("combobox", { name: "Add a tag" })).toBeFocused();
  await page.keyboard.type("by keyboard");
  await press("Enter");
  await expect(page.getByText("Tagged 5 pictures: by keyboard")).toBeVisible();
  await press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(tile(4)).toBeFocused();
  await press("Control+z");
  await expect(page.getByText(/^Undone:/)).toBeVisible();
  await press("Control+Shift+z");
  await expect(page.getByText(/^Done again:/)).toBeVisible();

  await press("b");
  await expect(page.getByLabel("Name of a new board")).toBeFocused();
  await page.keyboard.type("By keyboard");
  await press("Enter");
  await expect(page.getByText("5 pictures put on By keyboard")).toBeVisible();
  await press("g");
  await press("b");
  await expect(page.getByRole("link", { name: "By keyboard" })).toBeVisible();
  await tabTo(page, /^By keyboard$/);
  await press("Enter");
  await expect(items(page)).toHaveCount(5);
  const id = idOf(page);
  const before = await stored(page, id);

  await tabTo(page, /^Arrange$/);
  await press("Enter");
  await expect(page.getByRole("menuitem", { name: "By meaning" })).toBeFocused();
  await press("Enter");
  await expect.poll(async () => (await stored(page, id)).revision).toBeGreaterThan(before.revision);

  await press("e");
  await expect(page.getByLabel("Format")).toBeFocused();
  await expect(page.getByLabel("Format")).toHaveValue("pdf");
  await tabTo(page, /^Export$/);
  await press("Enter");
  await expect(page.getByRole("link", { name: /^Download / })).toBeVisible();
  await tabTo(page, /^Download By keyboard\.pdf/);
  const coming = page.waitForEvent("download");
  await press("Enter");
  const pdf = readFileSync(await (await coming).path());
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.subarray(-6).toString()).toContain("%%EOF");
  expect(await page.evaluate(() => (window as unknown as { seen: { pointers: number } }).seen.pointers)).toBe(0);
});
