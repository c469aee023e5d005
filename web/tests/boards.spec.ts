// Boards as people use them, on the built program.
import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";

import { expect, startServer, test } from "./support/server.ts";

async function newBoard(page: Page, name: string): Promise<string> {
  await page.goto("/boards");
  await page.getByRole("button", { name: "New board" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Make the board" }).click();
  await expect(page.getByLabel("Name of the board")).toHaveValue(name);
  return page.url().split("/").at(-1) as string;
}

const items = (page: Page): Locator => page.getByRole("option", { disabled: false });
const saved = (page: Page) => expect(page.getByText("Saved", { exact: true })).toBeAttached();

async function addPictures(page: Page, count: number): Promise<void> {
  await page.getByRole("button", { name: "Add pictures" }).click();
  const list = page.getByRole("complementary").getByRole("listitem").getByRole("button");
  await expect(list.first()).toBeVisible();
  for (let i = 0; i < count; i++) {
    await list.nth(i).click();
    await expect(items(page)).toHaveCount(Math.min(i + 1, 13));
  }
  await page.getByRole("button", { name: "Close the panel" }).click();
  await saved(page);
}

interface Stored {
  revision: number;
  items: { id: string; kind: string; x: number; y: number; text?: string }[];
}

async function stored(page: Page, id: string): Promise<Stored> {
  return (await (await page.request.get(`/api/v1/boards/${id}`)).json()) as Stored;
}

test("pictures are added, moved, and taken back after a reload", async ({ page }) => {
  const id = await newBoard(page, "Kitchen");
  await addPictures(page, 3);
  const before = await stored(page, id);
  expect(before.items).toHaveLength(3);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Shift+ArrowRight");
  await saved(page);
  await expect.poll(async () => (await stored(page, id)).items[0]!.x).toBeCloseTo(before.items[0]!.x + 10, 6);
  await page.reload();
  await expect(items(page)).toHaveCount(3);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await stored(page, id)).items.map(({ x }) => x)).toEqual(before.items.map(({ x }) => x));
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(items(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Redo" }).click();
  await expect(items(page)).toHaveCount(3);
});

test("a picture is dragged with the pointer", async ({ page }) => {
  const id = await newBoard(page, "Drag");
  await addPictures(page, 1);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("0");
  const box = (await page.getByRole("listbox").boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const before = (await stored(page, id)).items[0]!;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 5 });
  await page.mouse.up();
  await saved(page);
  await expect.poll(async () => (await stored(page, id)).items[0]!.x).toBeGreaterThan(before.x);
});

test("notes, arrows and frames", async ({ page }) => {
  const id = await newBoard(page, "Words");
  const box = (await page.getByRole("listbox").boundingBox())!;
  const draw = async (key: string, x: number, y: number) => {
    await page.getByRole("listbox").focus();
    await page.keyboard.press(key);
    await page.mouse.move(box.x + x, box.y + y);
    await page.mouse.down();
    await page.mouse.move(box.x + x + 200, box.y + y + 120, { steps: 3 });
    await page.mouse.up();
  };
  await draw("n", 200, 100);
  await page.getByLabel("Text").fill("Warm light <script>");
  await page.keyboard.press("Escape");
  await draw("w", 500, 100);
  await draw("f", 200, 300);
  await page.getByLabel("Text").fill("Opening");
  await page.keyboard.press("Enter");
  await saved(page);
  await expect.poll(async () => (await stored(page, id)).items.map(({ kind, text }) => `${kind} ${text ?? ""}`).sort()).toEqual([
    "arrow ", "frame Opening", "note Warm light <script>",
  ]);
  await expect(page.getByRole("option", { name: "Note: Warm light <script>" })).toBeAttached();
});

test("two tabs see each other's edits", async ({ page, context }) => {
  const id = await newBoard(page, "Shared");
  await addPictures(page, 2);
  const other = await context.newPage();
  await other.goto(`/boards/${id}`);
  await expect(items(other)).toHaveCount(2);
  await other.getByRole("listbox").focus();
  await other.keyboard.press("Control+a");
  await other.keyboard.press("Control+d");
  await expect(items(page)).toHaveCount(4);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await expect(page.getByText("Deleted 4 items").first()).toBeAttached();
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(0);
  await other.close();
});

test("arranged by meaning, with nothing overlapping, and undone", async ({ page }) => {
  const id = await newBoard(page, "Meaning");
  await addPictures(page, 8);
  const before = await stored(page, id);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Arrange" }).click();
  await page.getByRole("menuitem", { name: "By meaning" }).press("Enter");
  await expect.poll(async () => (await stored(page, id)).revision).toBeGreaterThan(before.revision);
  await saved(page);
  const after = (await stored(page, id)).items as unknown as { x: number; y: number; width: number; height: number }[];
  for (const a of after) {
    for (const b of after) {
      if (a === b) continue;
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(apart).toBe(true);
    }
  }
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await stored(page, id)).items).toEqual(before.items);
});

test("a server stopped in the middle loses nothing", async ({ browser, library }) => {
  const first = await startServer(library.folder);
  const port = new URL(first.url).port;
  const context = await browser.newContext({ baseURL: first.url });
  const page = await context.newPage();
  await page.goto(first.launchUrl);
  const id = await newBoard(page, "Cut off");
  await page.getByRole("listbox").focus();
  await first.stop();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "written while the server was away");
    document.getElementById("sheet")!.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  });
  await expect(page.getByRole("alert").filter({ hasText: "not saved yet" })).toBeVisible();
  await expect(items(page)).toHaveCount(1);
  const again = await startServer(library.folder, ["--port", port]);
  await page.goto(again.launchUrl);
  await page.goto(`/boards/${id}`);
  await saved(page);
  await expect.poll(async () => (await stored(page, id)).items.map(({ text }) => text)).toEqual(["written while the server was away"]);
  await context.close();
  await again.stop();
});

for (const [format, label] of [["pdf", "PDF"], ["png", "PNG"], ["html", "HTML"], ["zip", "ZIP"], ["json", "JSON"], ["contact-sheet", "Contact"], ["credits", "Credits"], ["pur", "PureRef"]] as const) {
  test(`exported as ${format}`, async ({ page }) => {
    await newBoard(page, `Export ${label}`);
    await addPictures(page, 2);
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByLabel("Format").selectOption(format);
    await page.getByRole("dialog").getByRole("button", { name: "Export", exact: true }).click();
    const link = page.getByRole("link", { name: /^Download / });
    await expect(link).toBeVisible({ timeout: 20_000 });
    const answer = await page.request.get((await link.getAttribute("href"))!);
    expect((await answer.body()).length).toBeGreaterThan(100);
  });
}

test("a ZIP gives the same board back", async ({ page }) => {
  const id = await newBoard(page, "There and back");
  await addPictures(page, 3);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("r");
  await saved(page);
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByLabel("Format").selectOption("zip");
  await page.getByRole("dialog").getByRole("button", { name: "Export", exact: true }).click();
  const link = page.getByRole("link", { name: /^Download / });
  await expect(link).toBeVisible({ timeout: 20_000 });
  const body = await (await page.request.get((await link.getAttribute("href"))!)).body();
  await page.goto("/boards");
  await page.getByLabel("Import ...").last().setInputFiles({ name: "board.zip", mimeType: "application/zip", buffer: body });
  await expect(page).toHaveURL(/\/boards\/[0-9a-f]{16}$/, { timeout: 20_000 });
  const copy = page.url().split("/").at(-1) as string;
  expect(copy).not.toBe(id);
  expect((await stored(page, copy)).items).toEqual((await stored(page, id)).items);
});

test("versions: kept, restored, undone; a board in the bin comes back", async ({ page }) => {
  const id = await newBoard(page, "Versions of it");
  await addPictures(page, 2);
  const before = await stored(page, id);
  await page.getByRole("button", { name: "Versions" }).click();
  await page.getByLabel("Name of this version").fill("two");
  await page.getByRole("button", { name: "Save this version" }).click();
  await expect(page.getByRole("button", { name: "Restore two" })).toBeVisible();
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await saved(page);
  await page.getByRole("button", { name: "Restore two" }).click();
  await expect.poll(async () => (await stored(page, id)).items).toEqual(before.items);
  await page.goto("/boards");
  await page.getByRole("button", { name: "Actions for Versions of it" }).click();
  await page.getByRole("menuitem", { name: "Move to the bin" }).press("Enter");
  await expect(page.getByRole("link", { name: "Versions of it" })).toHaveCount(0);
  await page.getByRole("button", { name: "Show the bin" }).click();
  await page.getByRole("button", { name: "Actions for Versions of it" }).click();
  await page.getByRole("menuitem", { name: "Restore" }).press("Enter");
  await page.getByRole("button", { name: "Back to the boards" }).click();
  await expect(page.getByRole("link", { name: "Versions of it" })).toBeVisible();
});

test("suggestions are added, and nothing overflows a narrow screen", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const id = await newBoard(page, "Narrow");
  await addPictures(page, 2);
  await page.getByRole("button", { name: "Suggestions" }).click();
  await page.getByRole("button", { name: "More like this board" }).click();
  await page.getByRole("complementary").getByRole("listitem").getByRole("button").first().press("Enter");
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(3);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.goto("/boards");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing that axe objects to, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const check = async (what: string) => expect((await new AxeBuilder({ page }).analyze()).violations, what).toEqual([]);
    await newBoard(page, `Axe ${colorScheme}`);
    await check("empty board");
    await addPictures(page, 2);
    await check("board");
    for (const panel of ["Add pictures", "Suggestions", "Palette", "Versions"]) {
      await page.getByRole("button", { name: panel }).click();
      await check(panel);
    }
    await page.getByRole("button", { name: "Close the panel" }).click();
    await page.getByRole("button", { name: "Arrange" }).click();
    await check("menu");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await check("export");
    await page.keyboard.press("Escape");
    await page.goto("/boards");
    await expect(page.getByRole("link", { name: `Axe ${colorScheme}` })).toBeVisible();
    await check("list");
    await page.getByRole("button", { name: "New board" }).click();
    await check("new board");
  });
}
