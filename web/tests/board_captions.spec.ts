// Captions of pictures on a board: written by keyboard, taken back, and found in what is exported.
import AxeBuilder from "@axe-core/playwright";

import { expect, test } from "./support/server.ts";

test("a caption is written by keyboard alone, undone, and exported", async ({ page, server }) => {
  const headers = { Origin: server.url.replace(/\/$/, "") };
  const { ids } = (await (await page.request.get("/api/v1/pictures")).json()) as { ids: number[] };
  const made = await page.request.post("/api/v1/boards", { headers, data: { name: "Captions", pictures: ids.slice(0, 2) } });
  const { id } = (await made.json()) as { id: string };
  const captions = async (): Promise<string[]> => {
    const board = (await (await page.request.get(`/api/v1/boards/${id}`)).json()) as { items: { text?: string }[] };
    return board.items.map(({ text }) => text ?? "").filter((text) => text !== "");
  };

  await page.goto(`/boards/${id}`);
  await page.getByRole("listbox").focus();
  await page.keyboard.press(".");
  await page.keyboard.press("Space");
  await page.keyboard.press("t");
  const field = page.getByRole("textbox", { name: "Caption" });
  await expect(field).toBeFocused();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await field.fill("The harbour at six");
  await page.keyboard.press("Enter");
  await expect(field).toHaveCount(0);
  await expect.poll(captions).toEqual(["The harbour at six"]);
  await expect(page.getByRole("option", { name: "Picture The harbour at six" })).toBeAttached();

  await page.keyboard.press("Control+z");
  await expect.poll(captions).toEqual([]);
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(captions).toEqual(["The harbour at six"]);

  const started = await page.request.post(`/api/v1/boards/${id}/export`, { headers, data: { format: "html" } });
  const job = (await started.json()) as { id: string };
  type Ended = { id: string; state: string; result: { download: string } };
  let ended: Ended | undefined;
  await expect
    .poll(async () => {
      const { jobs } = (await (await page.request.get("/api/v1/jobs")).json()) as { jobs: Ended[] };
      ended = jobs.find((one) => one.id === job.id);
      return ended?.state;
    })
    .toBe("done");
  const html = await (await page.request.get(ended?.result.download ?? "")).text();
  expect(html).toContain("The harbour at six");
});

test("a caption needs one picture, and says so", async ({ page, server }) => {
  const headers = { Origin: server.url.replace(/\/$/, "") };
  const { ids } = (await (await page.request.get("/api/v1/pictures")).json()) as { ids: number[] };
  const made = await page.request.post("/api/v1/boards", { headers, data: { name: "Two", pictures: ids.slice(0, 2) } });
  const { id } = (await made.json()) as { id: string };
  await page.goto(`/boards/${id}`);
  await page.getByRole("listbox").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("t");
  await expect(page.getByText("Choose one picture that is not locked to write its caption")).toBeAttached();
  await expect(page.getByRole("textbox", { name: "Caption" })).toHaveCount(0);
});
