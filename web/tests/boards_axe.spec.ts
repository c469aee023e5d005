// What axe objects to on boards: every page, panel and dialog, in light and dark.
import { expectAccessible } from "./support/axe.ts";
import { boardOf, exported, newBoard, sheet } from "./support/boards.ts";
import { expect, test } from "./support/server.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("the board, its panels and its menus", async ({ page }) => {
      await newBoard(page, `Empty, ${colorScheme}`);
      await expectAccessible(page, "empty board");
      await boardOf(page, `Axe, ${colorScheme}`, 2);
      for (const [panel, ready] of [
        ["Add pictures", /^Add picture /],
        ["Suggestions", "Fill this gap"],
        ["Palette", /^Copy #/],
        ["Versions", "Save this version"],
      ] as const) {
        await page.getByRole("button", { name: panel, exact: true }).click();
        await expect(page.getByRole("complementary", { name: panel }).getByRole("button", { name: ready }).first()).toBeVisible();
        await expectAccessible(page, panel);
      }
      await page.getByLabel("Name of this version").fill("first");
      await page.getByRole("button", { name: "Save this version" }).click();
      await expect(page.getByRole("button", { name: "Restore first" })).toBeVisible();
      await expectAccessible(page, "Versions, one kept");
      await page.getByRole("button", { name: "Suggestions", exact: true }).click();
      await page.getByRole("button", { name: "More like this board" }).click();
      await expect(page.getByRole("complementary").getByRole("listitem").first()).toBeVisible();
      await expectAccessible(page, "Suggestions, answered");
      await page.getByRole("button", { name: "Fill this gap" }).click();
      await expect(page.getByRole("button", { name: "Use the middle of the view" })).toBeVisible();
      await expectAccessible(page, "Suggestions, for a gap");
      await page.getByRole("button", { name: "Close the panel" }).click();
      await page.getByRole("button", { name: "Arrange" }).click();
      await expectAccessible(page, "menu");
    });

    test("crop, keys, export, presentation", async ({ page }) => {
      await boardOf(page, `Axe dialogs, ${colorScheme}`, 2);
      await sheet(page).focus();
      await page.keyboard.press(".");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("group", { name: "Crop" })).toBeVisible();
      await expectAccessible(page, "crop");
      await page.getByRole("button", { name: "Done" }).click();
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
      await expectAccessible(page, "keys");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Export", exact: true }).click();
      for (const format of ["pdf", "png", "zip"]) {
        await page.getByLabel("Format").selectOption(format);
        await expectAccessible(page, `export, ${format}`);
      }
      await exported(page, "zip");
      await expectAccessible(page, "export, done");
      await page.keyboard.press("Escape");
      await page.keyboard.press("p");
      await expect(page.getByRole("button", { name: "End the presentation" })).toBeVisible();
      await expectAccessible(page, "presentation");
    });

    test("all boards, the bin, and the dialogs there", async ({ page }) => {
      const name = `Axe list, ${colorScheme}`;
      await newBoard(page, name);
      await page.goto("/boards");
      await expect(page.getByRole("link", { name })).toBeVisible();
      await expectAccessible(page, "list");
      await page.getByRole("button", { name: `Actions for ${name}` }).click();
      await expectAccessible(page, "actions");
      await page.getByRole("menuitem", { name: "Rename" }).press("Enter");
      await expect(page.getByRole("dialog", { name: "Rename" })).toBeVisible();
      await expectAccessible(page, "rename");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "New board" }).click();
      await expectAccessible(page, "new board");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Show the bin" }).click();
      await expect(page.getByRole("heading", { name: "Bin", exact: true })).toBeVisible();
      await expectAccessible(page, "bin");
    });
  });
}
