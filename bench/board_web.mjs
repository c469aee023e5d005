// How smoothly a board of 500 and of 2,000 pictures pans and zooms in a browser: times between frames while the page is
// driven by one wheel event a frame, p50 and p95, beside a page with nothing on it, which is the machine's own limit.
//
//   node bench/board_web.mjs PHOTOS [RESULT.json]
//
// PHOTOS is a folder of at least 500 pictures; a board of more repeats them. VITRINE_BIN and VITRINE_CHROMIUM say what
// to run. Headless Chromium paints in software here.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { binary, figures, machine, open, root } from "./browser.mjs";

const [photos, result = join(root, "bench/results/board_web.json")] = process.argv.slice(2);
if (!photos) {
  console.error("usage: board_web.mjs PHOTOS [RESULT.json]");
  process.exit(2);
}
const kPictures = 500;
const kSeconds = 6;

const top = mkdtempSync(join(tmpdir(), "vitrine-board-web-"));
const library = join(top, "library");
mkdirSync(join(top, "photos"));
const names = readdirSync(photos).filter((name) => /\.(jpe?g|png)$/i.test(name)).sort().slice(0, kPictures);
if (names.length < kPictures) throw new Error(`${photos} holds ${names.length} pictures; ${kPictures} are needed`);
for (const name of names) copyFileSync(join(photos, name), join(top, "photos", name));
execFileSync(binary, ["--library", library, "index", join(top, "photos")], { stdio: ["ignore", "ignore", "inherit"] });

const { page, url, launch_url, close, version } = await open(library);

/** Runs in the page: drives `motion` by one event a frame and returns the times between frames. */
function drive({ motion, seconds }) {
  return new Promise((resolve) => {
    const sheet = document.getElementById("sheet");
    const times = [];
    let start = 0;
    let last = 0;
    const step = (now) => {
      if (start === 0) start = now;
      else times.push(now - last);
      last = now;
      const t = (now - start) / 1000;
      if (t > seconds) return resolve(times);
      const common = { bubbles: true, cancelable: true, clientX: 700, clientY: 450 };
      if (motion === "pan") {
        sheet.dispatchEvent(new WheelEvent("wheel", { ...common, deltaX: 24 * Math.cos(t * 2), deltaY: 18 * Math.sin(t * 3) }));
      } else if (motion === "zoom") {
        sheet.dispatchEvent(new WheelEvent("wheel", { ...common, ctrlKey: true, deltaY: Math.sin(t * 2.1) > 0 ? -5 : 5 }));
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

const report = {
  what: "times between animation frames of a board in headless Chromium, painted in software, 1280 x 800",
  ...machine(version),
  boards: {},
};
try {
  await page.goto("about:blank");
  report.empty_page = figures(await page.evaluate(drive, { motion: "none", seconds: kSeconds }));
  await page.goto(launch_url);
  const ids = (await (await page.request.get(`${url}api/v1/pictures?limit=${kPictures}`)).json()).ids;
  for (const count of [500, 2000]) {
    const origin = new URL(url).origin;
    const made = await page.request.post(`${url}api/v1/boards`, {
      data: { name: `${count}`, pictures: Array.from({ length: count }, (_, i) => ids[i % ids.length]) },
      headers: { Origin: origin },
    });
    const board = await made.json();
    await page.goto(`${url}boards/${board.id}`);
    await page.getByRole("listbox").waitFor();
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(2000);
    const whole = {
      items: board.items.length,
      pan_fitted: figures(await page.evaluate(drive, { motion: "pan", seconds: kSeconds })),
      zoom: figures(await page.evaluate(drive, { motion: "zoom", seconds: kSeconds })),
    };
    await page.getByRole("listbox").focus();
    await page.keyboard.press("0");
    for (let i = 0; i < 6; i++) await page.keyboard.press("+");
    await page.waitForTimeout(1500);
    whole.pan_near = figures(await page.evaluate(drive, { motion: "pan", seconds: kSeconds }));
    whole.heap_mb = await page.evaluate(() => Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1e5) / 10);
    report.boards[count] = whole;
  }
} finally {
  await close();
  rmSync(top, { recursive: true, force: true });
}
writeFileSync(result, `${JSON.stringify(report, null, 2)}\n`);
console.log(readFileSync(result, "utf8"));
