// Changes to pictures, each with its words and its way back. Whoever shows pictures listens for "changed" through
// details.forget and the library's version.
import { api } from "./api";
import { details } from "./details.svelte";
import { t } from "./i18n";
import { toasts } from "./toast.svelte";
import type { PictureId } from "./types";

/** True when it was done. `after` runs then, and again when it was undone. */
type After = () => void;

export async function decideTag(word: "add" | "remove" | "accept" | "reject", tag: string, ids: readonly PictureId[], after: After = () => {}): Promise<boolean> {
  const answer = await api.decideTag(word, tag, ids);
  if (!answer.ok) {
    toasts.error(answer.error.message);
    return false;
  }
  const renew = () => {
    details.forget(ids);
    after();
  };
  renew();
  const n = answer.value.pictures;
  const texts = { add: "changed.tagged", accept: "changed.tagged", remove: "changed.untagged", reject: "changed.rejected" } as const;
  if (answer.value.entry === null) toasts.show(t("changed.nothing"));
  else toasts.changed(t(texts[word], { n, tag }), renew);
  return true;
}

export async function note(ids: readonly PictureId[], change: { rating?: number | null; caption?: string }, after: After = () => {}): Promise<boolean> {
  const answer = await api.note(ids, change);
  if (!answer.ok) {
    toasts.error(answer.error.message);
    return false;
  }
  const renew = () => {
    details.forget(ids);
    after();
  };
  renew();
  const n = answer.value.changed;
  const text =
    change.caption !== undefined ? t("changed.caption") : change.rating === null || change.rating === undefined ? t("changed.unrated", { n }) : t("changed.rated", { n, rating: change.rating });
  if (answer.value.entry === null) toasts.show(t("changed.nothing"));
  else toasts.changed(text, renew);
  return true;
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
