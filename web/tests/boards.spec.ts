// Boards as people work on them, on the built program: adding, moving, writing, arranging, asking for more.
import { addPictures, boardOf, dragMouse, fitted, items, makeBoard, middleOf, newBoard, openBoard, saved, send, sheet, stored, type Item } from "./support/boards.ts";
import { expect, test } from "./support/server.ts";

test("pictures are added, moved, and taken back after a reload", async ({ page }) => {
  const id = await newBoard(page, "Kitchen");
  await addPictures(page, 3);
  const before = await stored(page, id);
  expect(before.items).toHaveLength(3);
  await sheet(page).focus();
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
  const id = await boardOf(page, "Drag", 1);
  const before = (await stored(page, id)).items;
  const view = await fitted(page, before);
  const from = view.at(middleOf(before[0]!));
  await dragMouse(page, from, { x: from.x + 60, y: from.y + 40 });
  await expect.poll(async () => (await stored(page, id)).items[0]!.x).toBeCloseTo(before[0]!.x + 60 / view.zoom, 3);
  expect((await stored(page, id)).items[0]!.y).toBeCloseTo(before[0]!.y + 40 / view.zoom, 3);
});

test("notes, arrows and frames", async ({ page }) => {
  const id = await newBoard(page, "Words");
  const box = (await sheet(page).boundingBox())!;
  const draw = async (key: string, x: number, y: number) => {
    await sheet(page).focus();
    await page.keyboard.press(key);
    await dragMouse(page, { x: box.x + x, y: box.y + y }, { x: box.x + x + 200, y: box.y + y + 120 });
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
  const id = await boardOf(page, "Shared", 2);
  const other = await context.newPage();
  await other.goto(`/boards/${id}`);
  await expect(items(other)).toHaveCount(2);
  await sheet(other).focus();
  await other.keyboard.press("Control+a");
  await other.keyboard.press("Control+d");
  await expect(items(page)).toHaveCount(4);
  await sheet(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await expect(page.getByText("Deleted 4 items").first()).toBeAttached();
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(0);
  await other.close();
});

const apart = (a: Item, b: Item): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

test("arranged by meaning, with nothing overlapping, and undone", async ({ page }) => {
  const id = await boardOf(page, "Meaning", 8);
  const before = await stored(page, id);
  await page.getByRole("button", { name: "Arrange" }).click();
  await page.getByRole("menuitem", { name: "By meaning" }).press("Enter");
  await expect.poll(async () => (await stored(page, id)).revision).toBeGreaterThan(before.revision);
  await saved(page);
  const after = (await stored(page, id)).items;
  for (const a of after) for (const b of after) expect(a === b || apart(a, b), `${a.id} and ${b.id}`).toBe(true);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await stored(page, id)).items).toEqual(before.items);
});

test("a gap is drawn, and the picture that is chosen for it lies in it", async ({ page }) => {
  const id = await makeBoard(page, "Gap", 4);
  const { revision, items: laid } = await stored(page, id);
  const corners = laid.map((item, i) => ({ ...item, x: 600 * (i % 2), y: 500 * Math.floor(i / 2), width: 200, height: 150 }));
  await send(page, "PATCH", `/boards/${id}`, { base_revision: revision, what: "To the corners", changes: corners.map((item) => ({ id: item.id, item })) });
  await openBoard(page, id, 4);
  const before = (await stored(page, id)).items;
  await page.getByRole("button", { name: "Suggestions" }).click();
  await page.getByRole("button", { name: "Fill this gap" }).click();
  await expect(page.getByText("Draw a rectangle on the board where a picture is missing.")).toBeVisible();
  const view = await fitted(page, before);
  const gap = { x: 300, y: 250, width: 160, height: 120 };
  await dragMouse(page, view.at(gap), view.at({ x: gap.x + gap.width, y: gap.y + gap.height }));
  const hits = page.getByRole("complementary", { name: "Suggestions" }).getByRole("listitem").getByRole("button");
  await expect(hits.first()).toBeVisible();
  await hits.first().click();
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(5);
  const known = new Set(before.map((item) => item.id));
  const added = (await stored(page, id)).items.find((item) => !known.has(item.id))!;
  expect(before.map(({ content }) => content)).not.toContain(added.content);
  const middle = middleOf(added);
  const pixel = 1 / view.zoom;
  expect(Math.abs(middle.x - gap.x - gap.width / 2)).toBeLessThanOrEqual(pixel);
  expect(Math.abs(middle.y - gap.y - gap.height / 2)).toBeLessThanOrEqual(pixel);
  expect(added.width).toBeLessThanOrEqual(gap.width + 2 * pixel);
  expect(added.height).toBeLessThanOrEqual(gap.height + 2 * pixel);
});

for (const [kind, label] of [["more", "More like this board"], ["each", "One of each kind"]] as const) {
  test(`suggestions are added: ${kind}`, async ({ page }) => {
    const id = await boardOf(page, `Suggest ${kind}`, 2);
    const before = (await stored(page, id)).items.map(({ content }) => content);
    await page.getByRole("button", { name: "Suggestions" }).click();
    await page.getByRole("button", { name: label }).click();
    await page.getByRole("complementary").getByRole("listitem").getByRole("button").first().press("Enter");
    await expect.poll(async () => (await stored(page, id)).items.length).toBe(3);
    expect(new Set([...before, ...(await stored(page, id)).items.map(({ content }) => content)]).size).toBe(3);
  });
}
