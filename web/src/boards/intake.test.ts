import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { toasts } from "../lib/toast.svelte";
import { kMostItems, type Point } from "./engine/types";
import { Intake } from "./intake.svelte";

const files = (count: number, name = "file"): File[] => Array.from({ length: count }, (_, i) => new File(["x"], `${name} ${i}.jpg`, { type: "image/jpeg" }));

/** A board that counts what is laid on it. */
function board(full = 0): { intake: Intake; batches: { n: number; at: Point | undefined }[] } {
  const batches: { n: number; at: Point | undefined }[] = [];
  const host = {
    count: () => full + batches.reduce((sum, { n }) => sum + n, 0),
    lay: async (pictures: readonly unknown[], at: Point | undefined) => (batches.push({ n: pictures.length, at }), true),
  };
  return { intake: new Intake(host), batches };
}

const texts = (): string[] => toasts.list.map(({ text }) => text);
const idle = (intake: Intake) => vi.waitUntil(() => !intake.running);

beforeEach(() => {
  toasts.list = [];
  vi.stubGlobal("window", { setTimeout, clearTimeout });
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    init.signal?.throwIfAborted();
    const name = decodeURIComponent((init.headers as Record<string, string>)["X-Vitrine-Name"] ?? "");
    const bad = name.startsWith("bad");
    const body = bad ? { error: { code: "unsupported", message: `${name} is no picture` } } : { id: 1, aspect: 1, known: false };
    return new Response(JSON.stringify(body), { status: bad ? 415 : 200 });
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("Intake", () => {
  it("lays batches, the first where it was dropped; a second drop waits for its turn", async () => {
    const { intake, batches } = board();
    intake.take(files(250), { x: 1, y: 2 });
    intake.take(files(3), { x: 3, y: 4 });
    expect(intake.total).toBe(253);
    await idle(intake);
    expect(batches.map(({ n }) => n).reduce((a, b) => a + b)).toBe(253);
    expect(batches[0]!.at).toEqual({ x: 1, y: 2 });
    expect(batches.at(-1)).toEqual({ n: 3, at: { x: 3, y: 4 } });
    expect(batches.slice(1, -1).every(({ at }) => at === undefined)).toBe(true);
    expect(texts()).toEqual([]);
  });

  it("takes what there is room for, counting what is on its way, and says what did not fit", async () => {
    const { intake, batches } = board(kMostItems - 5);
    intake.take(files(3));
    intake.take(files(4));
    expect(intake.total).toBe(5);
    await idle(intake);
    expect(batches.map(({ n }) => n)).toEqual([3, 2]);
    intake.take(files(1));
    expect(intake.running).toBe(false);
    expect(texts().map((text) => /(\d+) did not fit/.exec(text)?.[1])).toEqual(["2", "1"]);
  });

  it("stopped: what came in stays and is counted", async () => {
    const { intake, batches } = board();
    const answer = fetch;
    let asked = 0;
    vi.stubGlobal("fetch", (...call: Parameters<typeof fetch>) => {
      if (++asked === 150) intake.stop();
      return answer(...call);
    });
    intake.take(files(1000));
    await idle(intake);
    const laid = batches.reduce((sum, { n }) => sum + n, 0);
    expect(laid).toBeGreaterThan(140);
    expect(laid).toBeLessThan(150);
    expect(texts()).toEqual([`Stopped: ${laid} of 1,000 files are taken in and lie on the board.`]);
  });

  it("files that are no pictures are counted, and the last one's reason is told", async () => {
    const { intake, batches } = board();
    intake.take([...files(2), ...files(3, "bad")]);
    await idle(intake);
    expect(batches.map(({ n }) => n)).toEqual([2]);
    expect(texts()).toEqual(["3 files were not taken in. The last: bad 2.jpg is no picture"]);
  });
});
