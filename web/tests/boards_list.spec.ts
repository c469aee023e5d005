// The page of all boards: templates, copies, names, versions, the bin.
import type { Page } from "@playwright/test";

import { boardOf, items, newBoard, saved, sheet, stored, type Item } from "./support/boards.ts";
import { expect, test } from "./support/server.ts";

async function act(page: Page, board: string, action: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${board}`, exact: true }).click();
  await page.getByRole("menuitem", { name: action }).press("Enter");
}

const kTemplates = [
  ["Story: frames in a row", 3],
  ["Palette: pictures and colours", 5],
  ["Compare: two sides", 2],
  ["Grid: nine places", 9],
] as const;

test("each template gives a board with its frames, which is nobody else's", async ({ page }) => {
  for (const [start, frames] of kTemplates) {
    const id = await newBoard(page, `From ${start}`, start);
    const made = await stored(page, id);
    expect(made.items.filter(({ kind }) => kind === "frame"), start).toHaveLength(frames);
    expect(made.is_template, start).toBe(false);
    await expect(items(page)).toHaveCount(Math.min(13, made.items.length));
  }
  const id = await newBoard(page, "Another story", "Story: frames in a row");
  await sheet(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(0);
  expect((await stored(page, await newBoard(page, "A third story", "Story: frames in a row"))).items.length).toBeGreaterThan(0);
});

const withoutIds = (all: Item[]) => all.map((item) => ({ ...item, id: "" }));

test("a board becomes a template, begins another, and stops being one", async ({ page }) => {
  const id = await boardOf(page, "House style", 2);
  await page.goto("/boards");
  await act(page, "House style", "Use as template");
  await expect(page.getByRole("listitem").filter({ hasText: "House style" })).toContainText("Template");
  const copy = await newBoard(page, "In house style", "House style");
  expect(withoutIds((await stored(page, copy)).items)).toEqual(withoutIds((await stored(page, id)).items));
  expect((await stored(page, copy)).is_template).toBe(false);
  await page.goto("/boards");
  await act(page, "House style", "No longer a template");
  await expect(page.getByRole("listitem").filter({ hasText: "House style" }).filter({ hasText: "Template" })).toHaveCount(0);
  await page.getByRole("button", { name: "New board" }).click();
  await expect(page.getByLabel("Begin with").getByRole("option", { name: "House style" })).toHaveCount(0);
});

test("a board is renamed and duplicated; the copy goes its own way", async ({ page }) => {
  const id = await boardOf(page, "First name", 2);
  await page.goto("/boards");
  await act(page, "First name", "Rename");
  await page.getByRole("dialog", { name: "Rename" }).getByLabel("Name").fill("Second name");
  await page.keyboard.press("Enter");
  await act(page, "Second name", "Duplicate");
  await expect(page.getByLabel("Name of the board")).toHaveValue("Second name (copy)");
  await sheet(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await saved(page);
  await expect(items(page)).toHaveCount(0);
  expect((await stored(page, id)).items).toHaveLength(2);
});

test("versions: kept, restored, undone; a board in the bin comes back", async ({ page }) => {
  const id = await boardOf(page, "Versions of it", 2);
  const before = await stored(page, id);
  await page.getByRole("button", { name: "Versions" }).click();
  await page.getByLabel("Name of this version").fill("two");
  await page.getByRole("button", { name: "Save this version" }).click();
  await expect(page.getByRole("button", { name: "Restore two" })).toBeVisible();
  await sheet(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await saved(page);
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(0);
  await page.getByRole("button", { name: "Restore two" }).click();
  await expect.poll(async () => (await stored(page, id)).items).toEqual(before.items);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(0);
  await page.goto("/boards");
  await act(page, "Versions of it", "Move to the bin");
  await expect(page.getByRole("link", { name: "Versions of it" })).toHaveCount(0);
  await page.getByRole("button", { name: "Show the bin" }).click();
  await act(page, "Versions of it", "Restore");
  await page.getByRole("button", { name: "Back to the boards" }).click();
  await expect(page.getByRole("link", { name: "Versions of it" })).toBeVisible();
});
