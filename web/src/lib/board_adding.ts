// Pictures onto a board that is not open: in rows below what lies on it already.
import { api, type Answer } from "./api";
import { details } from "./details.svelte";
import { t } from "./i18n";
import type { BoardItem, EditResult, PictureId } from "./types";

const kHeight = 240;
const kGap = 24;
const kRowWidth = 1600;

/** The lowest edge and the left edge of what lies there. */
function edgesOf(items: readonly BoardItem[]): { left: number; bottom: number } {
  if (items.length === 0) return { left: 0, bottom: -kGap };
  const left = Math.min(...items.map(({ x, width = 0 }) => Math.min(x, x + width)));
  return { left, bottom: Math.max(...items.map(({ y, height = 0 }) => Math.max(y, y + height))) };
}

export async function addToBoard(boardId: string, ids: readonly PictureId[], aspectOf: (id: PictureId) => number | undefined): Promise<Answer<EditResult>> {
  const board = await api.board(boardId);
  if (!board.ok) return board;
  const { items } = board.value;
  const { left, bottom } = edgesOf(items);
  let z = items.reduce((top, item) => Math.max(top, item.z ?? 0), 0);
  let x = left;
  let y = bottom + kGap;
  const changes = [];
  for (const asset of ids) {
    let aspect = aspectOf(asset);
    if (aspect === undefined) {
      const answer = await details.get(asset);
      aspect = answer.ok ? answer.value.width_px / Math.max(1, answer.value.height_px) : 1;
    }
    const width = Math.round(aspect * kHeight);
    if (x > left && x + width > left + kRowWidth) {
      x = left;
      y += kHeight + kGap;
    }
    const id = `p${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
    changes.push({ id, item: { id, kind: "picture" as const, asset, x, y, width, height: kHeight, z: ++z } });
    x += width + kGap;
  }
  return api.editBoard(boardId, { base_revision: board.value.revision, what: t("onto.added_step", { n: ids.length }), changes });
}
