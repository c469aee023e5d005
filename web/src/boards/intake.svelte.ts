// Files from the desktop or the clipboard on their way in: kept in the library, a few at a time, then laid on the board in
// batches. What is dropped meanwhile waits behind them. It can be stopped; what came in until then stays.
import { api } from "../lib/api";
import { t } from "../lib/i18n";
import { toasts } from "../lib/toast.svelte";
import { kMostItems, type Point } from "./engine/types";

const kAtOnce = 4;
const kBatch = 100;

interface Picture {
  readonly id: number;
  readonly aspect: number;
}

export interface IntakeHost {
  /** How many items lie on the board. */
  count(): number;
  /** At the point, or where there is room. */
  lay(pictures: readonly Picture[], at: Point | undefined): Promise<boolean>;
}

interface Drop {
  readonly files: readonly File[];
  at: Point | undefined;
  readonly ready: Picture[];
}

export class Intake {
  running = $state(false);
  done = $state(0);
  total = $state(0);
  #drops: Drop[] = [];
  #laid = 0;
  #failed = 0;
  #reason = "";
  #stop = new AbortController();

  constructor(private readonly host: IntakeHost) {}

  /** What the board has no room for is said at once, and not taken. */
  take(files: readonly File[], at?: Point): void {
    const coming = this.total - this.#laid - this.#failed;
    const taken = files.slice(0, Math.max(0, kMostItems - this.host.count() - coming));
    if (taken.length < files.length) toasts.error(t("boards.full", { most: kMostItems, n: files.length - taken.length }));
    if (taken.length === 0) return;
    this.#drops.push({ files: taken, at, ready: [] });
    this.total += taken.length;
    if (!this.running) void this.#run();
  }

  stop(): void {
    this.#drops = [];
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    this.running = true;
    this.#stop = new AbortController();
    for (let drop = this.#drops.shift(); drop; drop = this.#drops.shift()) await this.#takeIn(drop, this.#stop.signal);
    if (this.#stop.signal.aborted) toasts.show(t("boards.intake_stopped", { n: this.#laid, total: this.total }));
    if (this.#failed > 0) toasts.error(t("boards.intake_failed", { n: this.#failed, why: this.#reason }));
    this.running = false;
    this.done = this.total = this.#laid = this.#failed = 0;
  }

  async #takeIn(drop: Drop, stopped: AbortSignal): Promise<void> {
    await mapFew(drop.files, kAtOnce, async (file) => {
      if (stopped.aborted) return;
      const answer = await api.addPicture(file, file.name || "pasted.png", stopped);
      if (answer.ok) drop.ready.push({ id: answer.value.id, aspect: answer.value.aspect });
      else if (answer.error.code !== "aborted") {
        this.#failed++;
        this.#reason = answer.error.message;
      }
      this.done++;
      if (drop.ready.length >= kBatch) await this.#lay(drop);
    });
    if (drop.ready.length > 0) await this.#lay(drop);
  }

  async #lay(drop: Drop): Promise<void> {
    const batch = drop.ready.splice(0, kBatch);
    const at = drop.at;
    drop.at = undefined;
    if (await this.host.lay(batch, at)) this.#laid += batch.length;
  }
}

/** Runs at most `most` at once; results in the order of the input. */
export async function mapFew<In, Out>(input: readonly In[], most: number, run: (value: In) => Promise<Out>): Promise<Out[]> {
  const out: Out[] = new Array<Out>(input.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < input.length) {
      const at = next++;
      out[at] = await run(input[at] as In);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, input.length) }, worker));
  return out;
}
