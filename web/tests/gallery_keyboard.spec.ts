// Everything by keyboard: search, choose five, tag, put on a board. No pointer is used in this file.
import { expect, test } from "./support/server.ts";

test("search, choose five, tag them, make a board of them", async ({ page }) => {
  await expect(page.locator('[data-picture="0"]')).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("combobox", { name: "Search pictures" })).toBeFocused();
  await page.keyboard.type("an animal");
  await expect(page.locator('[data-picture="0"]')).toHaveAccessibleName(/relevance/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator('[data-picture="0"]')).toBeFocused();
  await page.keyboard.press("x");
  for (let i = 0; i < 4; ++i) await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByText("5 chosen")).toBeVisible();

  await page.keyboard.press("t");
  await expect(page.getByRole("combobox", { name: "Add a tag" })).toBeFocused();
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Tagged 5 pictures: by keyboard")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.locator('[data-picture="4"]')).toBeFocused();

  await page.keyboard.press("b");
  await expect(page.getByLabel("Name of a new board")).toBeFocused();
  await page.keyboard.type("Keyboard board");
  await page.keyboard.press("Enter");
  await expect(page.getByText("5 pictures put on Keyboard board")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.getByText(/^Undone:/)).toBeVisible();
});

test("arrows follow the rows, one stop for Tab, the sheet tells the keys", async ({ page }) => {
  const focused = () => page.evaluate(() => Number((document.activeElement as HTMLElement | null)?.dataset["picture"] ?? -1));
  const topOf = (n: number) => page.evaluate((i) => document.querySelector(`[data-picture="${i}"]`)?.getBoundingClientRect().top ?? 0, n);
  await expect(page.locator('[data-picture="0"]')).toBeVisible();
  expect(await page.locator('.tiles [tabindex="0"]').count()).toBe(1);
  await page.locator('[data-picture="0"]').focus();
  await page.keyboard.press("End");
  const end = await focused();
  expect(await topOf(end)).toBe(await topOf(0));
  await page.keyboard.press("ArrowRight");
  expect(await focused()).toBe(end + 1);
  expect(await topOf(end + 1)).toBeGreaterThan(await topOf(0));
  await page.keyboard.press("ArrowUp");
  expect(await focused()).toBeLessThanOrEqual(end);
  await page.keyboard.press("Control+End");
  expect(await focused()).toBe(119);
  await page.keyboard.press("Control+Home");
  expect(await focused()).toBe(0);
  await page.keyboard.press("PageDown");
  expect(await focused()).toBeGreaterThan(end);
  expect(await page.locator('.tiles [tabindex="0"]').count()).toBe(1);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Picture" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("More like this", { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  for (const [keys, path] of [["g d", "/duplicates"], ["g a", "/activity"], ["g b", "/boards"], ["g g", "/"]] as const) {
    for (const key of keys.split(" ")) await page.keyboard.press(key);
    await expect(page).toHaveURL(path);
  }
});
