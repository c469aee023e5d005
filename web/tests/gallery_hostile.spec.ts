// Script in every text that people or files can bring: names, folders, cameras, tags, captions, saved searches. None runs.
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { writeDated } from "./support/exif.ts";
import { expect, makeLibrary, startServer, test } from "./support/server.ts";

const kCode = "window.ran=1";
const kShapes = [
  (code: string) => `<script>${code}</script>`,
  (code: string) => `<img src=x onerror=${code}>`,
  (code: string) => `<svg onload=${code}>`,
  (code: string) => `"><script>${code}</script>`,
  (code: string) => `'><img src=x onerror='${code}'>`,
  (code: string) => `" autofocus onfocus="${code}`,
  (code: string) => `javascript:${code}`,
  (code: string) => `<a href="javascript:${code}">x</a>`,
  (code: string) => `<iframe srcdoc="<script>parent.${code}</script>">`,
  (code: string) => `{{constructor.constructor('${code}')()}}`,
  (code: string) => "${" + code + "}",
  (code: string) => `{@html '<img src=x onerror=${code}>'}`,
  (code: string) => `</textarea><script>${code}</script>`,
  (code: string) => `</title><svg onload=${code}>`,
  (code: string) => `--><img src=x onerror=${code}>`,
  (code: string) => `<details open ontoggle=${code}>`,
  (code: string) => `<input onfocus=${code} autofocus>`,
  (code: string) => `<style>@import 'x';</style><math><mi xlink:href="javascript:${code}">`,
  (code: string) => `\u202e<img src=x onerror=${code}>`,
  (code: string) => `&lt;script&gt;${code}&lt;/script&gt;<b onmouseover=${code}>`,
];
const kPayloads = kShapes.flatMap((shape, s) =>
  Array.from({ length: 10 }, (_, i) => `${shape(i % 2 === 0 ? kCode : `alert(${s})`)} ${s}-${i}`),
);
const kPictures = 40;

test("200 payloads: no dialog, no script, no request elsewhere", async ({ browser }) => {
  test.setTimeout(120_000);
  const library = makeLibrary(kPictures, (photos) => {
    const hostile = join(photos, "<img src=x onerror=window.ran=1>");
    mkdirSync(hostile);
    let n = 0;
    for (const folder of readdirSync(photos)) {
      if (join(photos, folder) === hostile) continue;
      for (const name of readdirSync(join(photos, folder))) {
        const to = join(hostile, `${(kPayloads[n] as string).replaceAll("/", "\u2215").slice(0, 60)}${name.slice(-4)}`);
        if (name.endsWith(".jpg")) writeDated(join(photos, folder, name), to, "2024:01:01 00:00:00", kPayloads[n]);
        else renameSync(join(photos, folder, name), to);
        ++n;
      }
      rmSync(join(photos, folder), { recursive: true });
    }
  });
  const server = await startServer(library.folder);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const seen: string[] = [];
    page.on("dialog", (dialog) => {
      seen.push(dialog.message());
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url())) seen.push(request.url());
    });
    const clean = async (where: string) => {
      expect(seen, where).toEqual([]);
      expect(await page.evaluate(() => "ran" in window), where).toBe(false);
    };
    await page.goto(server.launchUrl);
    await expect(page.locator('[data-picture="0"]')).toBeVisible();
    const made = await page.evaluate(
      async ([payloads, count]) => {
        const send = (method: string, path: string, body: unknown) =>
          fetch(`/api/v1${path}`, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).then(({ ok }) => ok);
        const { ids } = (await (await fetch("/api/v1/pictures")).json()) as { ids: number[] };
        let done = 0;
        for (const [i, payload] of payloads.entries()) {
          done += Number(await send("POST", "/tags/decide", { word: "add", tag: payload.replaceAll("/", "\\/").replace(/\\(?!\/)/g, ""), ids: [ids[i % count]] }));
          if (i < count) done += Number(await send("POST", "/pictures/note", { ids: [ids[i]], caption: payload }));
        }
        for (const payload of payloads.slice(0, 20)) done += Number(await send("PUT", `/searches/${encodeURIComponent(payload)}`, { query: "dog" }));
        return done;
      },
      [kPayloads, kPictures] as const,
    );
    expect(made).toBe(kPayloads.length + kPictures + 20);

    await page.goto(`${server.url}`);
    await expect(page.getByRole("complementary", { name: "Filters" }).getByText("<script>").first()).toBeVisible();
    const more = page.getByRole("button", { name: /^\d+ more$/ });
    while ((await more.count()) > 0) await more.first().click();
    await clean("gallery");
    await page.getByRole("combobox", { name: "Search pictures" }).pressSequentially("tag:scr");
    await expect(page.getByRole("option").first()).toBeVisible();
    await clean("proposals");
    await page.keyboard.press("Enter");
    await page.goto(`${server.url}?q=${encodeURIComponent(kPayloads[0] as string)}`);
    await expect(page.locator('[data-picture="0"]')).toBeVisible();
    await clean("query");
    await page.goto(server.url);
    await page.locator('[data-picture="0"]').click();
    const panel = page.getByRole("complementary", { name: "What is known of it" });
    for (let i = 0; i < kPictures; ++i) {
      await expect(panel.getByLabel("Caption")).not.toHaveValue("");
      await page.keyboard.press("ArrowRight");
    }
    await clean("lightbox");
    await page.goto(`${server.url}activity`);
    await expect(page.getByText("onerror").first()).toBeVisible();
    await clean("activity");
  } finally {
    await context.close();
    await server.stop();
    library.remove();
  }
});
