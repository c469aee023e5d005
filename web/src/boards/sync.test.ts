import { describe, expect, it } from "vitest";

import type { Answer } from "../lib/api";
import type * as T from "../lib/types";
import { completeItem, type ItemChange } from "./engine/types";
import { SaveQueue, type Edit, type Transport } from "./sync";

/** A server of one board that can be away, and can lose its answers. */
class Server implements Transport {
  away = false;
  loseAnswers = false;
  steps_: T.BoardStep[] = [];
  edits = 0;

  private answer<V>(value: V): Answer<V> {
    if (this.away || this.loseAnswers) return { ok: false, error: { code: "unreachable", message: "away", status: 0 } };
    return { ok: true, value };
  }
  step(what: string, changes: T.ItemChange[]): T.BoardStep {
    const step = { revision: this.steps_.length + 1, at: "", what, undone: false, changes };
    this.steps_.push(step);
    return step;
  }
  async edit(edit: T.BoardEdit): Promise<Answer<T.EditResult>> {
    await Promise.resolve();
    if (this.away) return this.answer(null as never);
    this.edits++;
    const missed = this.steps_.filter(({ revision }) => revision > edit.base_revision);
    const step = this.step(edit.what, edit.changes);
    return this.answer({ step, missed, conflicts: [], can_undo: true, can_redo: false, revision: step.revision });
  }
  async undo(): Promise<Answer<T.EditResult>> {
    return { ok: false, error: { code: "not_found", message: "nothing to undo", status: 404 } };
  }
  redo = this.undo;
  async steps(since: number): Promise<Answer<{ steps: T.BoardStep[]; revision: number }>> {
    await Promise.resolve();
    return this.answer({ steps: this.steps_.filter(({ revision }) => revision > since), revision: this.steps_.length });
  }
}

const put = (id: string, x: number): Edit => ({ what: `put ${id}`, changes: [{ id, item: completeItem({ id, x }) }] });

function queueOn(server: Server): { queue: SaveQueue; shown: Map<string, number | null>; kept: () => number } {
  const shown = new Map<string, number | null>();
  let kept = 0;
  const queue = new SaveQueue(
    server,
    { write: (operations) => ((kept = operations.length), true) },
    {
      shown: (changes: readonly ItemChange[]) => changes.forEach(({ id, item }) => shown.set(id, item?.x ?? null)),
      named: () => {},
      state: () => {},
      conflicts: () => {},
      refused: () => {},
    },
  );
  queue.open({ id: "b", name: "", background: "", revision: 0, created: "", changed: "", is_template: false, items: [], can_undo: false, can_redo: false });
  return { queue, shown, kept: () => kept };
}
const settle = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

describe("saving", () => {
  it("sends edits one after another and forgets them when they are made", async () => {
    const server = new Server();
    const { queue, kept } = queueOn(server);
    queue.push({ kind: "edit", edit: put("a", 1) });
    queue.push({ kind: "edit", edit: put("b", 2) });
    expect(kept()).toBe(2);
    await settle();
    expect(server.steps_.map(({ what }) => what)).toEqual(["put a", "put b"]);
    expect([queue.waiting, kept(), queue.revision]).toEqual([0, 0, 2]);
  });

  it("keeps edits while the server is away and sends them when woken", async () => {
    const server = new Server();
    server.away = true;
    const { queue, kept } = queueOn(server);
    queue.push({ kind: "edit", edit: put("a", 1) });
    await settle();
    expect([queue.waiting, kept(), queue.trouble?.code]).toEqual([1, 1, "unreachable"]);
    server.away = false;
    queue.wake();
    await settle();
    expect([queue.waiting, queue.trouble, server.edits]).toEqual([0, null, 1]);
  });

  it("does not make an edit twice when only its answer was lost", async () => {
    const server = new Server();
    server.loseAnswers = true;
    const { queue } = queueOn(server);
    queue.push({ kind: "edit", edit: put("a", 1) });
    await settle();
    expect(server.edits).toBe(1);
    server.loseAnswers = false;
    queue.wake();
    await settle();
    expect([server.edits, queue.waiting, queue.revision]).toEqual([1, 0, 1]);
  });

  it("offers to redo what is being undone, before the server has answered", async () => {
    const { queue } = queueOn(new Server());
    queue.push({ kind: "edit", edit: put("a", 1) });
    expect([queue.canUndo, queue.canRedo]).toEqual([true, false]);
    queue.push({ kind: "undo" });
    expect(queue.canRedo).toBe(true);
    queue.push({ kind: "edit", edit: put("b", 2) });
    expect(queue.canRedo).toBe(false);
    await settle();
    expect([queue.canUndo, queue.canRedo]).toEqual([true, false]);
  });

  it("shows what others did, but not under an own edit that waits", async () => {
    const server = new Server();
    const { queue, shown } = queueOn(server);
    server.step("theirs", [{ id: "a", item: completeItem({ id: "a", x: 7 }) as unknown as T.BoardItem }, { id: "c", item: completeItem({ id: "c", x: 9 }) as unknown as T.BoardItem }]);
    server.away = true;
    queue.push({ kind: "edit", edit: put("a", 1) });
    await settle();
    server.away = false;
    await queue.hear(1);
    expect(shown.has("a")).toBe(false);
    expect(shown.get("c")).toBe(9);
    queue.wake();
    await settle();
    expect(shown.get("a")).toBe(1);
    queue.close();
  });
});
