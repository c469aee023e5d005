// A board from nothing to a file, by keyboard alone: the page counts every pointer event, and there is none.
import { expect, test } from "./support/server.ts";

test("make a board, search, add five, export: no pointer", async ({ page }) => {
  await page.addInitScript(() => {
    const seen = { pointers: 0 };
    (window as unknown as { seen: typeof seen }).seen = seen;
    for (const name of ["pointerdown", "mousedown", "touchstart", "pointermove", "mousemove"]) window.addEventListener(name, () => seen.pointers++, true);
  });
  await page.goto("/boards");
  const press = async (...names: string[]) => {
    for (const name of names) await page.keyboard.press(name);
  };
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim() ?? "");
  const tabTo = async (name: RegExp) => {
    for (let i = 0; i < 60; i++) {
      if (name.test(await focused())) return;
      await press("Tab");
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await tabTo(/^New board$/);
  await press("Enter");
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("By keyboard");
  await press("Enter");
  await expect(page.getByLabel("Name of the board")).toHaveValue("By keyboard");
  await press("a");
  await expect(page.getByLabel("Search your library")).toBeFocused();
  await page.keyboard.type("dog");
  await expect(page.getByRole("complementary").getByRole("listitem").first()).toBeVisible();
  await tabTo(/^Add picture /);
  for (let i = 1; i <= 5; i++) {
    await press("Enter");
    await expect(page.getByRole("option")).toHaveCount(i);
    await press("Tab");
  }
  await press("e");
  await expect(page.getByLabel("Format")).toBeFocused();
  await tabTo(/^Export$/);
  await press("Enter");
  await expect(page.getByRole("link", { name: /^Download / })).toBeVisible({ timeout: 20_000 });
  expect(await page.evaluate(() => (window as unknown as { seen: { pointers: number } }).seen.pointers)).toBe(0);
});
