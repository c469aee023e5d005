// Boards under fingers: one drags, two zoom and move the view, none of them scrolls the page away.
import type { CDPSession, Page } from "@playwright/test";

import { boardOf, fitted, middleOf, newBoard, sheet, stored, zoomOf, type Point } from "./support/boards.ts";
import { expect, test } from "./support/server.ts";

test.use({ hasTouch: true });

type Fingers = { start(...at: Point[]): Promise<void>; move(...at: Point[]): Promise<void>; end(): Promise<void> };

/** Fingers on the glass: Playwright itself only taps. */
async function fingersOn(page: Page): Promise<Fingers> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const tell = (type: "touchStart" | "touchMove" | "touchEnd", at: Point[]) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: at.map(({ x, y }, id) => ({ x, y, id })) }).then(() => {});
  return { start: (...at) => tell("touchStart", at), move: (...at) => tell("touchMove", at), end: () => tell("touchEnd", []) };
}

const between = (from: Point, to: Point, share: number): Point => ({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share });

async function drag(fingers: Fingers, from: Point, to: Point): Promise<void> {
  await fingers.start(from);
  for (const share of [0.25, 0.5, 0.75, 1]) await fingers.move(between(from, to, share));
  await fingers.end();
}

test("one finger drags a picture", async ({ page }) => {
  const id = await boardOf(page, "By finger", 1);
  const before = (await stored(page, id)).items;
  const view = await fitted(page, before);
  const from = view.at(middleOf(before[0]!));
  await drag(await fingersOn(page), from, { x: from.x + 80, y: from.y - 60 });
  await expect.poll(async () => (await stored(page, id)).items[0]!.x).toBeCloseTo(before[0]!.x + 80 / view.zoom, 3);
  expect((await stored(page, id)).items[0]!.y).toBeCloseTo(before[0]!.y - 60 / view.zoom, 3);
});

test("one finger beside the pictures moves the view; two zoom about what lies between them", async ({ page }) => {
  const id = await boardOf(page, "Pinch", 2);
  const before = await stored(page, id);
  const view = await fitted(page, before.items);
  const fingers = await fingersOn(page);
  const first = before.items[0]!;
  const middle = view.at(middleOf(first));
  const zoom = await zoomOf(page);
  await fingers.start({ x: middle.x - 40, y: middle.y }, { x: middle.x + 40, y: middle.y });
  for (const reach of [50, 60, 70, 80]) await fingers.move({ x: middle.x - reach, y: middle.y }, { x: middle.x + reach, y: middle.y });
  await fingers.end();
  await expect.poll(() => zoomOf(page)).toBeGreaterThan(zoom * 1.9);
  expect(await zoomOf(page)).toBeLessThan(zoom * 2.1);
  expect((await stored(page, id)).items).toEqual(before.items);

  // What lay between the fingers lies there still: a tap chooses it.
  await page.keyboard.press("Escape");
  await expect(page.getByRole("option", { selected: true })).toHaveCount(0);
  await fingers.start(middle);
  await fingers.end();
  await expect(page.getByRole("option", { selected: true })).toHaveAttribute("id", `item-${first.id}`);

  await page.keyboard.press("Escape");
  await expect(page.getByRole("option", { selected: true })).toHaveCount(0);
  await fitted(page, before.items);
  const box = (await sheet(page).boundingBox())!;
  const beside = { x: box.x + box.width / 2, y: box.y + 30 };
  await drag(fingers, beside, { x: beside.x, y: beside.y + 100 });
  await fingers.start({ x: middle.x, y: middle.y + 100 });
  await fingers.end();
  await expect(page.getByRole("option", { selected: true })).toHaveAttribute("id", `item-${first.id}`);
  expect((await stored(page, id)).items).toEqual(before.items);
});

test("a note is drawn and written with fingers", async ({ page }) => {
  const id = await newBoard(page, "Note by finger");
  await page.getByRole("button", { name: "Note", exact: true }).tap();
  const box = (await sheet(page).boundingBox())!;
  await drag(await fingersOn(page), { x: box.x + 300, y: box.y + 150 }, { x: box.x + 520, y: box.y + 260 });
  await page.getByLabel("Text").fill("by finger");
  await page.touchscreen.tap(box.x + 700, box.y + 500);
  await expect.poll(async () => (await stored(page, id)).items.map(({ kind, text }) => [kind, text])).toEqual([["note", "by finger"]]);
});
