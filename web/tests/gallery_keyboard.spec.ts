// How the keyboard moves about the gallery; keyboard.spec.ts does a whole task with it.
import { expect, test } from "./support/server.ts";

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
