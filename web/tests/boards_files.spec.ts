// Boards as files: what each export is, what a ZIP and a PureRef file give back, the page that opens without a network.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expectAccessible } from "./support/axe.ts";
import { boardOf, exported, imported, kFormats, saved, send, sheet, stored, type Format, type Item, type Stored } from "./support/boards.ts";
import { expect, startServer, test, visit } from "./support/server.ts";

const kBegins: Record<Format, RegExp> = {
  pdf: /^%PDF-/,
  png: /^\x89PNG\r\n/,
  html: /^<!doctype html>/,
  zip: /^PK\x03\x04/,
  json: /^\{/,
  "contact-sheet": /^%PDF-/,
  credits: /\w/,
  pur: /1\x00\.\x001\x000/,
};

test("a board is exported in every format, from one dialog", async ({ page }) => {
  test.setTimeout(120_000);
  await boardOf(page, "Every format", 2);
  for (const format of kFormats) {
    const bytes = await exported(page, format);
    expect(bytes.subarray(0, 64).toString("latin1"), format).toMatch(kBegins[format]);
    expect(bytes.length, format).toBeGreaterThan(100);
  }
});

test("a ZIP gives the same board back", async ({ page }) => {
  const id = await boardOf(page, "There and back", 3);
  await sheet(page).focus();
  await page.keyboard.press("r");
  await saved(page);
  const copy = await imported(page, "board.zip", await exported(page, "zip"));
  expect(copy).not.toBe(id);
  expect((await stored(page, copy)).items).toEqual((await stored(page, id)).items);
});

const byPlace = (a: Item, b: Item): number => Math.round(a.y) - Math.round(b.y) || a.x - b.x;

test("a PureRef file gives the pictures and their places back", async ({ browser, spare }) => {
  test.setTimeout(120_000);
  // The pictures in it are new ones to the library.
  const server = await startServer(spare.folder);
  const page = await visit(browser, server);
  const id = await boardOf(page, "To PureRef", 4);
  const copy = await imported(page, "board.pur", await exported(page, "pur"));
  const before = [...(await stored(page, id)).items].sort(byPlace);
  const after = [...(await stored(page, copy)).items].sort(byPlace);
  expect(after.map(({ kind }) => kind)).toEqual(["picture", "picture", "picture", "picture"]);
  for (const item of after) expect(item.asset).toBeGreaterThan(0);
  const shape = (all: Item[]) => all.map(({ x, y, width, height }) => [x - all[0]!.x, y - all[0]!.y, width, height]);
  for (const [i, numbers] of shape(after).entries()) {
    for (const [j, number] of numbers.entries()) expect(number, `picture ${i}, number ${j}`).toBeCloseTo(shape(before)[i]![j]!, 0);
  }
  await page.context().close();
  await server.stop();
});

test("what cannot be imported is named, and leaves no board behind", async ({ page }) => {
  const boards = async () => ((await (await page.request.get("/api/v1/boards")).json()) as { boards: unknown[] }).boards.length;
  const count = await boards();
  await boardOf(page, "Of today", 1);
  const newer = JSON.parse((await exported(page, "json")).toString()) as Record<string, unknown>;
  newer["version"] = 999;
  await page.goto("/boards");
  for (const [name, bytes, why] of [
    ["newer.json", Buffer.from(JSON.stringify(newer)), /newer Vitrine/],
    ["holiday.zip", Buffer.from("PK\x03\x04 and no more"), /ZIP|archive/i],
    ["noise.pur", Buffer.alloc(4096, 7), /is no board/],
  ] as const) {
    await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
    const words = page.getByText(`${name} was not imported.`);
    await expect(words).toBeVisible();
    await expect(words).toContainText(why);
  }
  await expect(page).toHaveURL("/boards");
  expect(await boards()).toBe(count + 1);
});

test("the HTML page opens from a disk without a network, pans and zooms", async ({ page, browser }) => {
  const id = await boardOf(page, "Offline", 3);
  await send(page, "PATCH", `/boards/${id}`, {
    base_revision: (await stored(page, id)).revision,
    what: "Added a note",
    changes: [{ id: "note", item: { id: "note", kind: "note", x: 0, y: 300, width: 300, height: 80, text: "Words <b>on</b> it" } }],
  } satisfies { base_revision: Stored["revision"]; what: string; changes: unknown[] });
  const html = await exported(page, "html");
  const folder = mkdtempSync(join(tmpdir(), "vitrine-html-"));
  writeFileSync(join(folder, "board.html"), html);
  const away = await browser.newContext({ offline: true });
  try {
    const alone = await away.newPage();
    const troubles: string[] = [];
    alone.on("pageerror", (error) => troubles.push(String(error)));
    alone.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
    alone.on("request", (request) => !/^(file|data):/.test(request.url()) && troubles.push(request.url()));
    await alone.goto(pathToFileURL(join(folder, "board.html")).href);
    await expect(alone).toHaveTitle("Offline");
    await expect(alone.getByText("Words <b>on</b> it")).toBeVisible();
    const pictures = alone.getByRole("img");
    await expect(pictures).toHaveCount(3);
    for (const picture of await pictures.all()) {
      expect(await picture.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth)).toBeGreaterThan(0);
      await expect(picture).toBeInViewport({ ratio: 0.99 });
    }
    await expectAccessible(alone, "the exported page");
    const box = async () => (await pictures.first().boundingBox())!;
    const start = await box();
    await alone.mouse.move(640, 360);
    await alone.mouse.wheel(0, -400);
    await expect.poll(async () => (await box()).width).toBeGreaterThan(start.width * 1.5);
    const large = await box();
    await alone.mouse.down();
    await alone.mouse.move(740, 420, { steps: 4 });
    await alone.mouse.up();
    expect((await box()).x).toBeCloseTo(large.x + 100, 0);
    expect((await box()).y).toBeCloseTo(large.y + 60, 0);
    await alone.keyboard.press("0");
    expect(await box()).toEqual(start);
    await alone.getByRole("button", { name: "Zoom in" }).click();
    expect((await box()).width).toBeCloseTo(start.width * 1.25, 0);
    await alone.keyboard.press("ArrowRight");
    await alone.getByRole("button", { name: "Fit the whole board" }).click();
    expect(await box()).toEqual(start);
    expect(troubles).toEqual([]);
  } finally {
    await away.close();
    rmSync(folder, { recursive: true });
  }
});
