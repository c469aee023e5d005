// Boards when the world is against them: the server stops, the disk is full, a picture's file is gone. Nothing is lost, and
// the page says what is the matter.
import type { Page } from "@playwright/test";
import { renameSync } from "node:fs";

import { fitted, items, makeBoard, middleOf, newBoard, openBoard, saved, send, stored, type Item } from "./support/boards.ts";
import { smallDisk } from "./support/disk.ts";
import { expect, startServer, test, visit } from "./support/server.ts";

async function pasteText(page: Page, text: string): Promise<void> {
  await page.evaluate((words) => {
    const data = new DataTransfer();
    data.setData("text/plain", words);
    document.getElementById("sheet")!.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  }, text);
}

const unsaved = (page: Page) => page.getByRole("alert").filter({ hasText: "not saved yet" });
const textsOf = async (page: Page, id: string) => (await stored(page, id)).items.map(({ text }) => text);

test("a server stopped in the middle loses nothing; the open page goes on when it is back", async ({ browser, spare }) => {
  const first = await startServer(spare.folder);
  const page = await visit(browser, first);
  const id = await newBoard(page, "Cut off");
  await first.stop();
  await pasteText(page, "written while the server was away");
  await expect(unsaved(page)).toBeVisible();
  await expect(items(page)).toHaveCount(1);
  await pasteText(page, "and one more");
  await expect(unsaved(page)).toContainText("2 changes");

  const again = await startServer(spare.folder, ["--port", new URL(first.url).port]);
  const other = await page.context().newPage();
  await other.goto(again.launchUrl);
  await expect(unsaved(page)).toBeHidden();
  await expect.poll(async () => (await textsOf(page, id)).sort()).toEqual(["and one more", "written while the server was away"]);
  await other.goto(`/boards/${id}`);
  await expect(items(other)).toHaveCount(2);
  await page.context().close();
  await again.stop();
});

test("a page closed while the server is away: the next page of the board sends what was left", async ({ browser, spare }) => {
  const first = await startServer(spare.folder);
  const page = await visit(browser, first);
  const id = await newBoard(page, "Closed too early");
  await first.stop();
  await pasteText(page, "left behind");
  await expect(unsaved(page)).toBeVisible();
  const again = await startServer(spare.folder, ["--port", new URL(first.url).port]);
  const next = await page.context().newPage();
  await page.close();
  await next.goto(again.launchUrl);
  await next.goto(`/boards/${id}`);
  await expect.poll(() => textsOf(next, id)).toEqual(["left behind"]);
  await saved(next);
  await next.context().close();
  await again.stop();
});

test("a full disk: the page keeps the change, says so, and saves when there is room", async ({ browser, spare }) => {
  const disk = smallDisk(spare.folder, 64);
  test.skip(disk === null, "no disk can be mounted here: that takes root");
  const server = await startServer(disk!.library);
  try {
    const page = await visit(browser, server);
    const id = await newBoard(page, "Full");
    await pasteText(page, "before");
    await expect.poll(() => textsOf(page, id)).toEqual(["before"]);
    disk!.fill();
    const long = "too late? ".repeat(250);
    await pasteText(page, long);
    await expect(unsaved(page)).toContainText("The disk is full; free some space there.");
    await expect(unsaved(page)).toContainText("kept in this browser");
    await expect(items(page)).toHaveCount(2);
    expect(await textsOf(page, id)).toEqual(["before"]);

    // Not even a reload loses it.
    await page.reload();
    await expect(items(page)).toHaveCount(2);
    await expect(unsaved(page)).toContainText("The disk is full; free some space there.");
    disk!.free();
    await expect(unsaved(page)).toBeHidden();
    expect((await textsOf(page, id)).sort()).toEqual(["before", long]);
    await page.context().close();
  } finally {
    await server.stop();
    disk!.remove();
  }
});

type Colour = readonly number[];

/** The mean colours of patches across the middle of an item, as the canvas shows it. */
async function coloursOf(page: Page, all: readonly Item[], item: Item): Promise<Colour[]> {
  const view = await fitted(page, all);
  const spots = [0.2, 0.4, 0.6, 0.8].map((share) => view.at({ x: item.x + item.width * share, y: middleOf(item).y }));
  return page.evaluate((points) => {
    const canvas = document.querySelector("canvas") as HTMLCanvasElement;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const edge = 24;
    return points.map(({ x, y }) => {
      const { data } = canvas.getContext("2d")!.getImageData((x - box.left) * scale - edge / 2, (y - box.top) * scale - edge / 2, edge, edge);
      const mean = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (const part of [0, 1, 2]) mean[part]! += (data[i + part] as number) / edge ** 2;
      return mean.map(Math.round);
    });
  }, spots);
}

const furthest = (a: readonly Colour[], b: readonly Colour[]): number =>
  Math.max(...a.flatMap((colour, i) => colour.map((part, j) => Math.abs(part - b[i]![j]!))));

/** More than one colour: a picture, not a place for one. */
const varied = (colours: readonly Colour[]): boolean => furthest(colours, colours.map(() => colours[0]!)) > 4;

const gone = (page: Page) => page.getByRole("option", { name: /whose file is not there/ });

test("the drive of a picture is gone: its thumbnail stays, its name says so, and it comes back whole", async ({ browser, spare }) => {
  const server = await startServer(spare.folder);
  const page = await visit(browser, server);
  const id = await makeBoard(page, "Drive gone", 2, "type:jpeg");
  const all = (await stored(page, id)).items;
  const first = all[0]!;
  const away = `${spare.photos} away`;
  renameSync(spare.photos, away);
  let thumbnail: Colour[];
  try {
    await openBoard(page, id, 2);
    await expect(gone(page)).toHaveCount(2);
    await expect.poll(async () => varied((thumbnail = await coloursOf(page, all, first)))).toBe(true);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Shift+ArrowDown");
    await expect.poll(async () => (await stored(page, id)).items[0]!.y).toBeCloseTo(first.y + 10, 6);
  } finally {
    renameSync(away, spare.photos);
  }
  const sharp = page.waitForResponse((answer) => answer.url().includes("/rendition?") && answer.ok());
  await openBoard(page, id, 2);
  await sharp;
  await expect(gone(page)).toHaveCount(0);
  await expect.poll(async () => furthest(await coloursOf(page, all, first), thumbnail)).toBeLessThan(40);
  await page.context().close();
  await server.stop();
});

interface Job {
  id: string;
  state: string;
}

test("a picture is deleted and the library indexed again: it stays on its board as it was", async ({ browser, spare }) => {
  const server = await startServer(spare.folder);
  const page = await visit(browser, server);
  const id = await makeBoard(page, "Deleted", 1, "type:jpeg");
  const [item] = (await stored(page, id)).items as [Item];
  const { paths } = (await (await page.request.get(`/api/v1/pictures/${item.asset}`)).json()) as { paths: { path: string }[] };
  const path = paths[0]!.path;
  renameSync(path, `${spare.photos} deleted`);
  try {
    const { id: job } = await send<Job>(page, "POST", "/jobs/index", {});
    const state = async () => ((await (await page.request.get("/api/v1/jobs")).json()) as { jobs: Job[] }).jobs.find((one) => one.id === job)?.state;
    await expect.poll(state).toBe("done");
    await openBoard(page, id, 1);
    await expect(gone(page)).toHaveCount(1);
    await expect.poll(async () => varied(await coloursOf(page, [item], item))).toBe(true);
    expect((await stored(page, id)).items).toEqual([item]);
  } finally {
    renameSync(`${spare.photos} deleted`, path);
  }
  await page.context().close();
  await server.stop();
});
