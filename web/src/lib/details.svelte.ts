// What is known of single pictures, kept for a while: the lightbox goes back and forth between the same few.
import { api, type Answer } from "./api";
import type { Details, PictureId } from "./types";

const kKept = 100;

class DetailsCache {
  private readonly kept = new Map<PictureId, Promise<Answer<Details>>>();

  get(id: PictureId): Promise<Answer<Details>> {
    const known = this.kept.get(id);
    if (known) return known;
    const asked = api.details(id);
    this.kept.set(id, asked);
    void asked.then((answer) => {
      if (!answer.ok) this.kept.delete(id);
    });
    const oldest = this.kept.keys().next();
    if (this.kept.size > kKept && !oldest.done) this.kept.delete(oldest.value);
    return asked;
  }

  /** Of pictures that changed; of all where none are named. */
  forget(ids?: Iterable<PictureId>): void {
    if (!ids) return this.kept.clear();
    for (const id of ids) this.kept.delete(id);
  }
}

export const details = new DetailsCache();
