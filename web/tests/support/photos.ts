// The pictures of the browser tests: a fixed choice out of two Debian packages, the same sources as `make demo`.
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

import { writeDated } from "./exif.ts";

const kStamps = "/usr/share/tuxpaint/stamps";
const kWallpapers = "/usr/share/backgrounds";
const kFolders = ["animals", "food", "plants", "vehicles", "town", "household", "clothes", "hobbies", "sports"];
const kDrawn = /cartoon|roadsigns|flags/;

/** Copies `count` photographs into `folder`/<subject>/, spread evenly over the subjects; returns how many lie there. */
export function copyPhotos(folder: string, count: number): number {
  if (!existsSync(kStamps)) throw new Error(`${kStamps} is not here: run tools/bootstrap`);
  const wallpapers = existsSync(kWallpapers) ? picturesBelow(kWallpapers, /\.jpg$/) : [];
  const stamps = kFolders.flatMap((name) => picturesBelow(join(kStamps, name), /\.png$/));
  const wanted = Math.min(stamps.length, count - wallpapers.length);
  const chosen = Array.from({ length: wanted }, (_, i) => stamps[Math.floor((i * stamps.length) / wanted)] as string);
  const dates = months();
  for (const path of [...chosen, ...wallpapers]) {
    const subject = path.startsWith(kStamps) ? (path.slice(kStamps.length + 1).split("/")[0] as string) : "views";
    mkdirSync(join(folder, subject), { recursive: true });
    if (path.endsWith(".jpg")) writeDated(path, join(folder, subject, basename(path)), dates.next().value);
    else copyFileSync(path, join(folder, subject, basename(path)));
  }
  return chosen.length + wallpapers.length;
}

/** "2024:03:15 12:00:00" and on, seven months apart. */
function* months(): Generator<string, string> {
  for (let month = 0; ; month += 7) {
    const [year, number] = [2019 + Math.floor(month / 12), (month % 12) + 1];
    yield `${year}:${String(number).padStart(2, "0")}:15 12:00:00`;
  }
}

function picturesBelow(folder: string, ending: RegExp): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name) && !kDrawn.test(name))
    .sort()
    .map((name) => join(folder, name));
}
