// How a gallery of many pictures feels in a browser: when its first pictures are painted, how smoothly it scrolls and
// with how many tiles, what its heap is, how long from a key to the pictures it asks for, and from a click to the
// lightbox. Beside the times between frames stand those of a page with nothing on it: the machine's own limit.
//
//   node bench/gallery_web.mjs LIBRARY [RESULT.json]
//
// LIBRARY holds the pictures (bench/made_pictures.py makes 100,000). VITRINE_BIN and VITRINE_CHROMIUM say what to run.
// Headless Chromium paints in software here.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { figures, machine, open, root } from "./browser.mjs";

const [library, result = join(root, "bench/results/gallery_web.json")] = process.argv.slice(2);
if (!library) {
  console.error("usage: gallery_web.mjs LIBRARY [RESULT.json]");
  process.exit(2);
}
const kRounds = 9;
const kSeconds = 8;
const kQueries = ["two dogs in the snow", "a red car", "children at the beach", "man on a bicycle", "a bird"];

/** In the page: until the pictures in sight are painted; milliseconds since `from`. */
function painted(from) {
  return new Promise((resolve) => {
    const look = () => {
      const inSight = [...document.querySelectorAll("[role=grid] img")].filter((image) => {
        const box = image.getBoundingClientRect();
        return box.bottom > 0 && box.top < innerHeight && image.src !== "";
      });
      if (inSight.length >= 4 && inSight.every((image) => image.complete && image.naturalWidth > 0)) {
        requestAnimationFrame(() => resolve(performance.now() - from));
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });
}

/**
 * In the page: `answer` becomes the times from the next key to the first picture that it asks for, and to all of them in
 * sight, painted; null when it asks for none.
 */
function listen() {
  performance.clearMarks("vitrine:results");
  globalThis.answer = new Promise((resolve) => {
    let first = null;
    const look = (pressed) => {
      if (performance.now() - pressed > 1500) return resolve(null);
      const again = () => requestAnimationFrame(() => look(pressed));
      if (performance.getEntriesByName("vitrine:results").length === 0) return again();
      const inSight = [...document.querySelectorAll("[role=grid] img")].filter((image) => {
        const box = image.getBoundingClientRect();
        return box.bottom > 0 && box.top < innerHeight && image.src !== "";
      });
      const painted = inSight.filter((image) => image.complete).length;
      if (painted > 0) first ??= performance.now() - pressed;
      if (painted < inSight.length) return again();
      requestAnimationFrame(() => resolve({ first, all: performance.now() - pressed }));
    };
    addEventListener("keydown", (event) => look(event.timeStamp), { once: true, capture: true });
  });
}

/** In the page: scrolls by `px` a frame and returns the times between frames and the most tiles that there were. */
function scroll({ px, seconds }) {
  return new Promise((resolve) => {
    const scrollers = [...document.querySelectorAll("*")].filter((element) => element.scrollHeight > element.clientHeight + 1000);
    const scroller = scrollers.sort((a, b) => b.scrollHeight - a.scrollHeight)[0] ?? document.scrollingElement;
    const times = [];
    let start = 0;
    let last = 0;
    let tiles = 0;
    const step = (now) => {
      if (start === 0) start = now;
      else times.push(now - last);
      last = now;
      tiles = Math.max(tiles, document.querySelectorAll("[role=gridcell]").length);
      if (now - start > 1000 * seconds) return resolve({ times, tiles });
      if (px > 0) scroller.scrollBy(0, px);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

const { page, url, launch_url, close, version } = await open(library);
const report = { what: "a gallery in headless Chromium, painted in software, 1280 x 800", ...machine(version) };
try {
  await page.goto("about:blank");
  report.empty_page = figures((await page.evaluate(scroll, { px: 0, seconds: kSeconds })).times);
  await page.goto(launch_url);
  report.pictures = (await (await page.request.get(`${url}api/v1/library`)).json()).pictures;
  report.first_visit_ms = Math.round(await page.evaluate(painted, 0));
  const first = [];
  for (let i = 0; i < kRounds; i++) {
    await page.goto(url);
    first.push(await page.evaluate(painted, 0));
  }
  report.first_paint = figures(first);

  for (const [name, px] of [["scroll_slow", 8], ["scroll_fast", 60]]) {
    await page.goto(url);
    await page.evaluate(painted, 0);
    const { times, tiles } = await page.evaluate(scroll, { px, seconds: kSeconds });
    report[name] = { px_a_frame: px, most_tiles: tiles, ...figures(times) };
  }
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  report.heap_mb = await page.evaluate(() => Math.round(performance.memory.usedJSHeapSize / 1e5) / 10);

  const keys = [];
  const box = page.getByRole("combobox", { name: "Search pictures" });
  for (const query of kQueries) {
    await page.goto(url);
    await page.evaluate(painted, 0);
    await page.getByRole("heading", { name: "Colour" }).waitFor();
    await box.focus();
    for (const key of query) {
      await page.evaluate(listen);
      await page.keyboard.press(key === " " ? "Space" : key);
      const took = await page.evaluate(() => globalThis.answer);
      if (took !== null) keys.push(took);
    }
  }
  report.key_to_first_picture = figures(keys.map(({ first }) => first));
  report.key_to_all_in_sight = figures(keys.map(({ all }) => all));

  await page.goto(url);
  await page.evaluate(painted, 0);
  const opens = [];
  for (let i = 0; i < 3 * kRounds; i++) {
    await page.evaluate(() => {
      performance.clearMarks("vitrine:lightbox");
      addEventListener("pointerdown", (event) => (globalThis.pressed = event.timeStamp), { once: true, capture: true });
    });
    await page.locator("[role=gridcell]").nth(i % 12).click();
    await page.waitForFunction(() => performance.getEntriesByName("vitrine:lightbox").length > 0);
    opens.push(await page.evaluate(() => performance.getEntriesByName("vitrine:lightbox")[0].startTime - globalThis.pressed));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }
  report.lightbox = figures(opens);
} finally {
  await close();
}
writeFileSync(result, `${JSON.stringify(report, null, 2)}\n`);
console.log(readFileSync(result, "utf8"));
