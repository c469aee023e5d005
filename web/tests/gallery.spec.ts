// The gallery as people use it: asking, choosing, tagging, looking closely.
import type { Page } from "@playwright/test";

import { expect, test } from "./support/server.ts";

const box = (page: Page) => page.getByRole("combobox", { name: "Search pictures" });
const tiles = (page: Page) => page.locator("[data-picture]");
const tile = (page: Page, n: number) => page.locator(`[data-picture="${n}"]`);

test.beforeEach(async ({ page }) => {
  await expect(tile(page, 0)).toBeVisible();
});

test("a query keeps its place in the address, ranks, and marks where it becomes less certain", async ({ page }) => {
  await box(page).fill("a horse");
  await expect(page.getByRole("heading", { name: "Less certain" })).toBeVisible();
  await expect(page).toHaveURL(/\?q=a\+horse$/);
  await expect(tile(page, 0)).toHaveAccessibleName(/relevance \d+/);
  await tile(page, 0).hover();
  await expect(tile(page, 0).locator(".why")).toContainText("%");
  await page.reload();
  await expect(box(page)).toHaveValue("a horse");
});

test("facts become chips; taking one off widens the search; back undoes it", async ({ page }) => {
  await box(page).pressSequentially("type:jpeg ");
  await expect(page.getByRole("button", { name: "Remove: Type: jpeg" })).toBeVisible();
  await expect(box(page)).toHaveValue("");
  await page.keyboard.press("Enter");
  await expect(page.getByText("15 pictures").first()).toBeVisible();
  await page.getByRole("button", { name: "Remove: Type: jpeg" }).click();
  await expect(page.getByText("120 pictures").first()).toBeVisible();
  await page.goBack();
  await expect(page.getByText("15 pictures").first()).toBeVisible();
});

test("proposals by arrow and Enter", async ({ page }) => {
  await box(page).pressSequentially("orie");
  await expect(page.getByRole("option", { name: "orientation:" })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(box(page)).toHaveValue("orientation:");
  await page.keyboard.type("port");
  await expect(page.getByRole("option", { name: /portrait/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove: Shape: portrait" })).toBeVisible();
});

test("a filter counts what it then shows", async ({ page }) => {
  const filters = page.getByRole("complementary", { name: "Filters" });
  const food = filters.getByRole("button", { name: /^food/ });
  const count = Number((await food.textContent())?.match(/\d+$/)?.[0]);
  await food.click();
  await expect(food).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText(`${count} pictures`).first()).toBeVisible();
  await expect(tiles(page)).toHaveCount(count);
});

test("words for what cannot be read, and for what is not there", async ({ page }) => {
  await box(page).fill("camra:x");
  await expect(page.getByRole("alert")).toContainText("did you mean camera:");
  await box(page).fill("quarterly tax spreadsheet");
  await expect(page.getByText("Nothing really matches.")).toBeVisible();
  await page.goto("/?q=type:jpeg+type:png");
  await expect(page.getByText("No picture has all of this.")).toBeVisible();
  await page.getByRole("button", { name: "without type:png" }).click();
  await expect(page.getByText("15 pictures").first()).toBeVisible();
});

test("tag what is chosen, find it by the tag, take it back", async ({ page }) => {
  await tile(page, 0).hover();
  await tile(page, 0).locator(".check").click();
  await tile(page, 4).click({ modifiers: ["Shift"] });
  await expect(page.getByRole("toolbar").getByText("5 chosen")).toBeVisible();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByRole("combobox", { name: "Add a tag" }).fill("five of them");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Tagged 5 pictures: five of them")).toBeVisible();
  // Once more changes nothing, and offers no undo: that would take back something older.
  await page.getByRole("button", { name: "Undo" }).first().waitFor({ state: "visible" });
  const offers = await page.getByRole("button", { name: "Undo" }).count();
  await page.getByRole("combobox", { name: "Add a tag" }).fill("five of them");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Nothing to change: it was so already.")).toBeVisible();
  expect(await page.getByRole("button", { name: "Undo" }).count()).toBeLessThanOrEqual(offers);
  await page.keyboard.press("Escape");
  await box(page).fill('tag:"five of them"');
  await page.keyboard.press("Enter");
  await expect(page.getByText("5 pictures", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(page.getByText("No picture has all of this.")).toBeVisible({ timeout: 10_000 });
});

test("a rectangle chooses what it touches; ratings come and go with undo", async ({ page, server }) => {
  const first = (await tile(page, 0).boundingBox())!;
  const third = (await tile(page, 2).boundingBox())!;
  await page.mouse.move(first.x + 5, first.y + 30);
  await page.mouse.down();
  await page.mouse.move(third.x + 10, third.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByRole("toolbar").getByText("3 chosen")).toBeVisible();
  await page.getByRole("toolbar").getByRole("button", { name: "4 stars" }).click();
  await expect(page.getByText("Rated 3 pictures: 4")).toBeVisible();
  const rated = async () => ((await (await page.request.get(`${server.url}api/v1/pictures?q=rating:4`)).json()) as { ids: number[] }).ids.length;
  expect(await rated()).toBe(3);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect.poll(rated).toBe(0);
});

test("the lightbox: open, go on, change, and back to the tile", async ({ page }) => {
  await tile(page, 1).click();
  const dialog = page.getByRole("dialog", { name: "Picture" });
  await expect(dialog.getByText("2 of 120")).toBeVisible();
  await expect(dialog.locator(".quick")).toHaveJSProperty("complete", true);
  await expect(dialog.locator(".sharp")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(dialog.getByText("3 of 120")).toBeVisible();
  await dialog.getByLabel("Caption").fill("a careful caption");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Caption changed")).toBeVisible();
  await dialog.getByRole("combobox", { name: "Add a tag" }).fill("from the lightbox");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("from the lightbox", { exact: true })).toBeVisible();
  await dialog.getByRole("button", { name: "Take off: from the lightbox" }).click();
  await expect(dialog.getByText("from the lightbox", { exact: true })).toBeHidden();
  await page.goBack();
  await expect(dialog).toBeHidden();
  await page.goForward();
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(tile(page, 2)).toBeFocused();
});

test("a part of a picture, and a dropped file, are asked with", async ({ page }) => {
  await tile(page, 3).click();
  await page.getByRole("button", { name: "Search by a part" }).click();
  const frame = (await page.locator(".stage .frame").boundingBox())!;
  await page.mouse.move(frame.x + 20, frame.y + 20);
  await page.mouse.down();
  await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2, { steps: 4 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Search by this part" }).click();
  await expect(page.getByText(/^like part of /)).toBeVisible();
  await expect(tile(page, 0)).toHaveAccessibleName(/relevance/);

  await page.goto("/");
  await page.evaluate(async () => {
    const bytes = await (await fetch("/api/v1/pictures/1/thumbnail")).blob();
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await expect(page.getByText("like dropped.jpg")).toBeVisible();
  await expect(tile(page, 0)).toHaveAccessibleName(/relevance/);
});

test("the timeline: months above their pictures, the scrubber by keyboard", async ({ page }) => {
  const months = page.locator(".section-name");
  await expect(months.first()).toHaveText(/20\d\d/);
  const scrubber = page.getByRole("slider", { name: "Month" });
  await scrubber.focus();
  await page.keyboard.press("End");
  await expect(scrubber).toHaveAttribute("aria-valuetext", "Without a date");
  await expect(page.getByRole("heading", { name: "Without a date" })).toBeVisible();
  await page.keyboard.press("Home");
  await expect(tile(page, 0)).toBeVisible();
});

test("a search under a name, and gone again", async ({ page }) => {
  await page.goto("/?q=type:jpeg");
  await page.getByRole("button", { name: "Save this search" }).click();
  await page.getByLabel("Name of the search").fill("only photographs");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Saved: only photographs")).toBeVisible();
  const saved = page.getByRole("button", { name: "only photographs", exact: true });
  await page.goto("/");
  await saved.click();
  await expect(page.getByText("15 pictures").first()).toBeVisible();
  await page.getByRole("button", { name: "Delete the saved search only photographs" }).click({ force: true });
  await expect(saved).toBeHidden();
});
