// Boards looked at: presented, in small windows, enlarged, and written from right to left.
import type { Page } from "@playwright/test";

import { boardOf, fitted, middleOf, newBoard, sheet, stored } from "./support/boards.ts";
import { layoutFaults } from "./support/layout.ts";
import { expect, test } from "./support/server.ts";

test("a presentation goes from frame to frame, changes nothing, and gives everything back", async ({ page }) => {
  const id = await newBoard(page, "To show", "Story: frames in a row");
  const before = await stored(page, id);
  await sheet(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("p");
  const told = (words: string) => expect(page.getByText(words, { exact: true })).toBeAttached();
  await told("1 of 3: Beginning");
  await expect(page.getByLabel("Name of the board")).toBeHidden();
  await expect(page.getByRole("toolbar", { name: "Tools" })).toBeHidden();
  await page.keyboard.press("ArrowRight");
  await told("2 of 3: Turn");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await told("3 of 3: End");
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await told("3 of 3: End");
  await page.getByRole("button", { name: "Previous", exact: true }).click();
  await told("2 of 3: Turn");
  // The keys of editing do not hold now, wherever the focus is.
  for (const key of ["Delete", "n", "Control+d", "l", "r"]) await page.keyboard.press(key);
  await sheet(page).focus();
  for (const key of ["Delete", "n", "Control+d", "l", "r"]) await page.keyboard.press(key);
  await page.getByRole("button", { name: "End the presentation" }).click();
  await expect(page.getByLabel("Name of the board")).toBeVisible();
  await expect(sheet(page)).toBeFocused();
  expect((await stored(page, id)).revision).toBe(before.revision);
  await page.keyboard.press("p");
  await told("1 of 3: Beginning");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("toolbar", { name: "Tools" })).toBeVisible();
});

async function visitEverything(page: Page, check: (state: string) => Promise<void>): Promise<void> {
  await boardOf(page, "Small window", 3);
  await check("board");
  expect((await sheet(page).boundingBox())!.height).toBeGreaterThan(120);
  for (const panel of ["Add pictures", "Suggestions", "Palette", "Versions"]) {
    await page.getByRole("button", { name: panel }).click();
    await expect(page.getByRole("complementary", { name: panel })).toBeVisible();
    await check(panel);
  }
  await page.getByRole("button", { name: "Close the panel" }).click();
  await page.getByRole("button", { name: "Arrange" }).click();
  await check("menu");
  await page.keyboard.press("Escape");
  await sheet(page).focus();
  await page.keyboard.press(".");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("group", { name: "Crop" })).toBeVisible();
  await check("crop");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Export", exact: true })).toBeInViewport({ ratio: 1 });
  await check("export");
  await page.keyboard.press("Escape");
  await page.goto("/boards");
  await expect(page.getByRole("link", { name: "Small window" }).first()).toBeVisible();
  await check("all boards");
  await page.getByRole("button", { name: "New board" }).click();
  await check("new board");
}

for (const [name, width, height] of [["320 px", 320, 640], ["200 % zoom", 640, 400]] as const) {
  test(`${name}: nothing is cut off, everything can be pressed`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await visitEverything(page, async (state) => expect(await layoutFaults(page), state).toEqual([]));
  });
}

test("from right to left: the tools change sides, the pictures do not", async ({ page }) => {
  await page.addInitScript(() => document.addEventListener("DOMContentLoaded", () => (document.documentElement.dir = "rtl")));
  await visitEverything(page, async (state) => expect(await layoutFaults(page), state).toEqual([]));
  const id = await boardOf(page, "Right to left", 2);
  const { items: all } = await stored(page, id);
  const box = (await sheet(page).boundingBox())!;
  const rail = (await page.getByRole("toolbar", { name: "Tools" }).boundingBox())!;
  expect(rail.x).toBeGreaterThan(box.x + box.width / 2);
  const view = await fitted(page, all);
  for (const item of all) {
    const at = view.at(middleOf(item));
    await page.mouse.click(at.x, at.y);
    await expect(page.getByRole("option", { selected: true })).toHaveAttribute("id", `item-${item.id}`);
  }
});
