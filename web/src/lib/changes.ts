// Changes to pictures, each with its words and its way back. Whoever shows pictures listens for "changed" through
// details.forget and the library's version.
import { api } from "./api";
import { details } from "./details.svelte";
import { t } from "./i18n";
import { live } from "./live.svelte";
import { toasts } from "./toast.svelte";
import type { PictureId } from "./types";

/** True when it was done. `after` runs then, and again when it was undone. */
type After = () => void;

/** Says what became of a change. Where nothing changed there is nothing to undo: what undo would take back is older. */
function settle(ids: readonly PictureId[], changed: boolean, text: string, after: After): void {
  const renew = () => {
    details.forget(ids);
    after();
  };
  renew();
  if (changed) toasts.changed(text, renew);
  else toasts.show(t("changed.nothing"));
}

export async function decideTag(word: "add" | "remove" | "accept" | "reject", tag: string, ids: readonly PictureId[], after: After = () => {}): Promise<boolean> {
  const answer = await api.decideTag(word, tag, ids);
  if (!answer.ok) {
    toasts.error(answer.error.message);
    return false;
  }
  const texts = { add: "changed.tagged", accept: "changed.tagged", remove: "changed.untagged", reject: "changed.rejected" } as const;
  const n = answer.value.pictures;
  settle(ids, answer.value.entry !== 0, t(texts[word], { n, tag }), after);
  return true;
}

export async function note(ids: readonly PictureId[], change: { rating?: number | null; caption?: string }, after: After = () => {}): Promise<boolean> {
  const answer = await api.note(ids, change);
  if (!answer.ok) {
    toasts.error(answer.error.message);
    return false;
  }
  const n = answer.value.changed;
  const text =
    change.caption !== undefined ? t("changed.caption") : change.rating === null || change.rating === undefined ? t("changed.unrated", { n }) : t("changed.rated", { n, rating: change.rating });
  settle(ids, n > 0, text, after);
  return true;
}

/** Brings the library up to date with its folders. */
export async function startIndex(retryFailed: boolean): Promise<void> {
  const answer = await api.startIndex(retryFailed);
  if (answer.ok) live.put(answer.value);
  else toasts.error(answer.error.message);
}

/** Downloads originals, one after another: a browser asks once whether a page may give it several files. */
export function downloadOriginals(addresses: readonly string[]): void {
  addresses.forEach((address, i) =>
    window.setTimeout(() => {
      const link = document.createElement("a");
      link.href = address;
      link.download = "";
      document.body.append(link);
      link.click();
      link.remove();
    }, 250 * i),
  );
}
