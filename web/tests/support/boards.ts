// What the tests of boards do over and over: make a board, lay pictures on it, ask the server what it holds, take a file.
import type { Locator, Page } from "@playwright/test";
import { readFileSync } from "node:fs";

import { expect } from "./server.ts";

export interface Item {
  id: string;
  kind: string;
  x: number;
  y: number;
  width: number;
  height: number;
  text?: string;
  content?: string;
  asset?: number;
}

export interface Stored {
  id: string;
  revision: number;
  is_template: boolean;
  items: Item[];
}

export interface Point {
  x: number;
  y: number;
}

export const sheet = (page: Page): Locator => page.getByRole("listbox", { name: "Items on the board" });
export const items = (page: Page): Locator => sheet(page).getByRole("option", { disabled: false });
export const saved = (page: Page) => expect(page.getByText("Saved", { exact: true })).toBeAttached();
export const idOf = (page: Page): string => page.url().split("/").at(-1) as string;

/** What the server holds of a board. */
export async function stored(page: Page, id: string): Promise<Stored> {
  return (await (await page.request.get(`/api/v1/boards/${id}`)).json()) as Stored;
}

/** A call that changes something, from inside the page: the server takes it from nowhere else. */
export function send<Answer>(page: Page, method: string, path: string, body: unknown): Promise<Answer> {
  return page.evaluate(
    async ([verb, address, json]) => {
      const answer = await fetch(`/api/v1${address}`, { method: verb, headers: { "Content-Type": "application/json" }, body: json });
      if (!answer.ok) throw new Error(`${verb} ${address}: ${await answer.text()}`);
      return answer.json();
    },
    [method, path, JSON.stringify(body)] as const,
  ) as Promise<Answer>;
}

/** A new board as people make it: by the dialog. Returns its id. */
export async function newBoard(page: Page, name: string, start?: string): Promise<string> {
  await page.goto("/boards");
  await page.getByRole("button", { name: "New board" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  if (start !== undefined) await page.getByLabel("Begin with").selectOption({ label: start });
  await page.getByRole("button", { name: "Make the board" }).click();
  await expect(page.getByLabel("Name of the board")).toHaveValue(name);
  return idOf(page);
}

/** A board of pictures that the query finds; the page stays where it is. Returns its id. The PNGs are small, so exports are fast. */
export async function makeBoard(page: Page, name: string, pictures: number, query = "type:png"): Promise<string> {
  const { ids } = (await (await page.request.get("/api/v1/pictures", { params: { q: query } })).json()) as { ids: number[] };
  return (await send<{ id: string }>(page, "POST", "/boards", { name, pictures: ids.slice(0, pictures) })).id;
}

/** The same, and opens it: for tests of what happens then. */
export async function boardOf(page: Page, name: string, pictures: number, query?: string): Promise<string> {
  const id = await makeBoard(page, name, pictures, query);
  await openBoard(page, id, pictures);
  return id;
}

export async function openBoard(page: Page, id: string, count: number): Promise<void> {
  await page.goto(`/boards/${id}`);
  await expect(items(page)).toHaveCount(Math.min(count, 13));
}

/** By clicks in the panel. */
export async function addPictures(page: Page, count: number): Promise<void> {
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

/** Fits the board into the view; returns at which pixel a point of the board then lies, and how large a unit is. */
export async function fitted(page: Page, all: readonly Item[]): Promise<{ at: (point: Point) => Point; zoom: number }> {
  await sheet(page).focus();
  await page.keyboard.press("0");
  const box = (await sheet(page).boundingBox())!;
  const left = Math.min(...all.map(({ x }) => x));
  const top = Math.min(...all.map(({ y }) => y));
  const width = Math.max(...all.map((item) => item.x + item.width)) - left;
  const height = Math.max(...all.map((item) => item.y + item.height)) - top;
  const zoom = Math.min((box.width - 96) / width, (box.height - 96) / height, 2);
  const at = ({ x, y }: Point) => ({
    x: Math.round(box.x + box.width / 2 + (x - left - width / 2) * zoom),
    y: Math.round(box.y + box.height / 2 + (y - top - height / 2) * zoom),
  });
  return { at, zoom };
}

export const middleOf = (item: Item): Point => ({ x: item.x + item.width / 2, y: item.y + item.height / 2 });

/** The zoom that the page shows, in percent. */
export async function zoomOf(page: Page): Promise<number> {
  const name = await page.getByRole("button", { name: /^Fit everything/ }).getAttribute("aria-label");
  return Number(/(\d+)\s*%/.exec(name ?? "")?.[1]);
}

export async function dragMouse(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
}

const kEndings = { pdf: ".pdf", png: ".png", html: ".html", zip: ".zip", json: ".json", "contact-sheet": " contact sheet.pdf", credits: " credits.txt", pur: ".pur" };
export type Format = keyof typeof kEndings;
export const kFormats = Object.keys(kEndings) as Format[];

/** Exports the open board through its dialog, which stays open; returns the bytes of the file that the link gives. */
export async function exported(page: Page, format: Format): Promise<Buffer> {
  const name = await page.getByLabel("Name of the board").inputValue();
  const dialog = page.getByRole("dialog", { name: "Export the board" });
  if (!(await dialog.isVisible())) await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByLabel("Format").selectOption(format);
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  const link = page.getByRole("link", { name: `Download ${name}${kEndings[format]} (` });
  const coming = page.waitForEvent("download");
  await link.click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe(`${name}${kEndings[format]}`);
  return readFileSync(await file.path());
}

/** Imports a file through the page of all boards; returns the new board's id. */
export async function imported(page: Page, name: string, buffer: Buffer): Promise<string> {
  await page.goto("/boards");
  await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await expect(page).toHaveURL(/\/boards\/[0-9a-f]{16}$/);
  return idOf(page);
}
