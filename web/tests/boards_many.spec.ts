// Ten thousand at once: dropped from the desktop, and copied on the sheet.
import type { Page } from "@playwright/test";

import { boardOf, items, newBoard, saved, send, sheet, stored } from "./support/boards.ts";
import { expect, test } from "./support/server.ts";

const kMany = 10_000;

/** Drops so many files on the sheet; their bytes are a picture that the library has. */
async function dropFiles(page: Page, count: number): Promise<void> {
  await page.evaluate(async (n) => {
    const { ids } = (await (await fetch("/api/v1/pictures?q=type:png")).json()) as { ids: number[] };
    const bytes = await (await fetch(`/api/v1/pictures/${ids[0]}/original`)).blob();
    const data = new DataTransfer();
    for (let i = 0; i < n; i++) data.items.add(new File([bytes], `dropped ${i}.jpg`, { type: "image/jpeg" }));
    document.getElementById("sheet")!.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, count);
}

test("10,000 files are dropped: it is counted, can be worked beside, waits for no one, and can be stopped", async ({ page }) => {
  const id = await newBoard(page, "Too much at once");
  await dropFiles(page, kMany);
  const intake = page.getByRole("status").filter({ hasText: "Taking in pictures" });
  await expect(intake).toContainText("of 10,000");
  await expect(intake).toContainText(/: [1-9][\d,]* of/);

  // The page is usable meanwhile.
  await sheet(page).focus();
  await page.keyboard.press("n");
  const box = (await sheet(page).boundingBox())!;
  await page.mouse.click(box.x + 400, box.y + 200);
  await page.getByLabel("Text").fill("written meanwhile");
  await page.keyboard.press("Escape");
  await expect.poll(async () => (await stored(page, id)).items.map(({ text }) => text)).toContain("written meanwhile");
  await expect(intake).toBeVisible();

  // More can be dropped: it joins what is waiting.
  await dropFiles(page, 3);
  await expect(intake).toContainText("of 10,003");

  await intake.getByRole("button", { name: "Stop" }).click();
  await expect(intake).toBeHidden();
  const words = page.getByText(/^Stopped: [\d,]+ of 10,003 files (is|are) taken in/);
  await expect(words).toBeVisible();
  const said = Number(/[\d,]+/.exec((await words.textContent())!)![0].replaceAll(",", ""));
  expect(said).toBeGreaterThan(0);
  await saved(page);
  await expect.poll(async () => (await stored(page, id)).items.filter(({ kind }) => kind === "picture").length).toBe(said);
});

test("10,000 items: copied at once, moved at once, undone; a board's limit is said before anything is lost", async ({ page }) => {
  test.setTimeout(120_000);
  const id = await boardOf(page, "Very full", 1);
  const { revision, items: [first] } = await stored(page, id);
  const changes = Array.from({ length: kMany - 1 }, (_, i) => {
    const copy = { ...first!, id: `copy${i}`, x: (i % 100) * 300, y: 400 + Math.floor(i / 100) * 300 };
    return { id: copy.id, item: copy };
  });
  await send(page, "PATCH", `/boards/${id}`, { base_revision: revision, what: "Filled", changes });
  await page.goto(`/boards/${id}`);
  await expect(items(page).first()).toHaveAttribute("aria-setsize", String(kMany));
  await sheet(page).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Shift+ArrowRight");
  await saved(page);
  await expect.poll(async () => (await stored(page, id)).items.find((item) => item.id === first!.id)!.x).toBeCloseTo(first!.x + 10, 6);
  await page.keyboard.press("Control+d");
  await expect(items(page).first()).toHaveAttribute("aria-setsize", String(2 * kMany));
  await saved(page);
  expect((await stored(page, id)).items).toHaveLength(2 * kMany);
  await page.keyboard.press("Control+d");
  await expect(page.getByText("A board holds at most 20,000 items; 10,000 did not fit. Make a second board for them.")).toBeVisible();
  await dropFiles(page, 5);
  await expect(page.getByText("A board holds at most 20,000 items; 5 did not fit. Make a second board for them.")).toBeVisible();
  await page.getByRole("button", { name: "Undo", exact: true }).first().click();
  await expect.poll(async () => (await stored(page, id)).items.length).toBe(kMany);
});
