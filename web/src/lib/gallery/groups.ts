// Groups of near-duplicates in a ranked list: one hit stands for all, and can be opened to show the others behind it.
import type { Listing, PictureId } from "../types";

/** The pictures behind the first of a group. */
export type Opened = readonly { readonly id: PictureId; readonly aspect: number }[];

/** The answer with the pictures of the open groups, each behind its first. */
export function shownWith(answer: Listing, opened: ReadonlyMap<PictureId, Opened>): Listing {
  if (opened.size === 0) return answer;
  const ids: PictureId[] = [];
  const aspects: number[] = [];
  let above = answer.above_cut;
  answer.ids.forEach((id, i) => {
    ids.push(id);
    aspects.push(answer.aspects[i] as number);
    for (const other of opened.get(id) ?? []) {
      ids.push(other.id);
      aspects.push(other.aspect);
      if (above !== undefined && i < (answer.above_cut ?? 0)) above++;
    }
  });
  return above === undefined ? { ...answer, ids, aspects } : { ...answer, ids, aspects, above_cut: above };
}

/** The first of the open group that a picture lies in behind it, or null. */
export function groupOf(opened: ReadonlyMap<PictureId, Opened>, id: PictureId): PictureId | null {
  for (const [first, others] of opened) if (others.some((other) => other.id === id)) return first;
  return null;
}

/** Whether an open group shows nothing but what the answer has under its first; files that are gone may be missing. */
export function sameGroup(grouped: readonly PictureId[], others: Opened): boolean {
  return others.length > 0 && others.every(({ id }) => grouped.includes(id));
}
