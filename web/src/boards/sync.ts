// Saving. Every gesture is one edit; it shows at once and goes to the server in its turn, one at a time.
//
// `confirmed` is the board as the server last told it; what is shown is that with the edits on top that the server has
// not answered yet. An answer, or a step of another tab, changes `confirmed`; where an unanswered edit covers the same
// item, the edit stays on top. While the server is away the edits wait, kept in the browser's storage under this tab's
// name, and are sent again with growing pauses: also by the next page that opens this board when this one is gone.
//
// An edit whose answer was lost may have been made. Before it is sent again the steps since its base are read: one that
// says the same of the same items is taken for it.
import type { ApiError, Answer } from "../lib/api";
import type * as T from "../lib/types";
import { completeItem, wireItem, type BoardItem, type ItemChange } from "./engine/types";

export interface Edit {
  readonly what: string;
  readonly changes: readonly ItemChange[];
  readonly name?: string;
  readonly background?: string;
}

export type Operation =
  | { readonly kind: "edit"; readonly edit: Edit; tried?: boolean }
  | { readonly kind: "undo" }
  | { readonly kind: "redo" }
  | { readonly kind: "call"; readonly run: () => Promise<Answer<T.EditResult>>; readonly done: (ok: boolean) => void };

export interface Transport {
  edit(edit: T.BoardEdit): Promise<Answer<T.EditResult>>;
  undo(base: number): Promise<Answer<T.EditResult>>;
  redo(base: number): Promise<Answer<T.EditResult>>;
  steps(since: number): Promise<Answer<{ steps: T.BoardStep[]; revision: number }>>;
}

export interface Keeper {
  write(operations: readonly { kind: string; edit?: Edit }[]): boolean;
}

export interface Listener {
  /** What is shown has to change so. */
  shown(changes: readonly ItemChange[], by: "own" | "others"): void;
  named(name: string | undefined, background: string | undefined): void;
  state(): void;
  conflicts(ids: readonly string[]): void;
  refused(error: ApiError, what: string): void;
}

const kFirstDelayMs = 500;
const kLongestDelayMs = 10_000;
const kWorthRetrying = new Set(["unreachable", "no_space", "locked", "io", "timeout", "too_many", "internal", "unauthorised"]);

export class SaveQueue {
  #queue: Operation[] = [];
  #confirmed = new Map<string, BoardItem>();
  #revision = 0;
  #running = false;
  #delay = kFirstDelayMs;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  trouble: ApiError | null = null;
  kept = true;
  #canUndo = false;
  #canRedo = false;

  constructor(
    private readonly transport: Transport,
    private readonly keeper: Keeper,
    private readonly listener: Listener,
  ) {}

  get revision(): number {
    return this.#revision;
  }

  /** Once all that waits is done, which it will be: somebody undoes and redoes faster than a server answers. */
  get canUndo(): boolean {
    return this.#canUndo || this.#queue.length > 0;
  }

  get canRedo(): boolean {
    const last = this.#queue.at(-1)?.kind;
    return last === "undo" || (last !== "edit" && this.#canRedo);
  }

  get waiting(): number {
    return this.#queue.length;
  }

  open(board: T.Board): void {
    this.#confirmed = new Map(board.items.map((item) => [item.id, completeItem(item as never)]));
    this.#revision = board.revision;
    this.#canUndo = board.can_undo;
    this.#canRedo = board.can_redo;
  }

  push(operation: Operation): void {
    this.#queue.push(operation);
    if (operation.kind === "edit") this.#keep();
    this.listener.state();
    void this.#work();
  }

  /** Tries again now: the server is said to be back. */
  wake(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#delay = kFirstDelayMs;
    void this.#work();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Another tab made a step: read what is new, unless an answer is on its way that will tell it. */
  async hear(revision: number): Promise<void> {
    this.#heard = Math.max(this.#heard, revision);
    if (revision <= this.#revision || this.#running) return;
    const answer = await this.transport.steps(this.#revision);
    if (answer.ok && !this.#running) this.#takeSteps(answer.value.steps, "others");
  }

  async #work(): Promise<void> {
    if (this.#running || this.#closed || this.#timer !== undefined) return;
    this.#running = true;
    while (this.#queue.length > 0 && !this.#closed) {
      const operation = this.#queue[0] as Operation;
      const answer = await this.#send(operation);
      if (!answer.ok && kWorthRetrying.has(answer.error.code) && operation.kind === "edit") {
        operation.tried = true;
        this.trouble = answer.error;
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          void this.#work();
        }, this.#delay);
        this.#delay = Math.min(kLongestDelayMs, this.#delay * 2);
        break;
      }
      this.#queue.shift();
      this.#delay = kFirstDelayMs;
      this.trouble = null;
      if (answer.ok) this.#takeResult(answer.value, operation);
      else this.#giveUp(operation, answer.error);
      if (operation.kind === "call") operation.done(answer.ok);
      this.#keep();
      this.listener.state();
    }
    this.#running = false;
    this.listener.state();
    if (this.#queue.length === 0) await this.#catchUp();
  }

  #heard = 0;
  async #catchUp(): Promise<void> {
    if (this.#heard > this.#revision) await this.hear(this.#heard);
  }

  async #send(operation: Operation): Promise<Answer<T.EditResult>> {
    if (operation.kind === "undo") return this.transport.undo(this.#revision);
    if (operation.kind === "redo") return this.transport.redo(this.#revision);
    if (operation.kind === "call") return operation.run();
    if (operation.tried) {
      const made = await this.transport.steps(this.#revision);
      if (!made.ok) return made;
      const same = made.value.steps.find((step) => isSame(step, operation.edit));
      if (same) {
        const at = made.value.steps.indexOf(same);
        const missed = made.value.steps.slice(0, at);
        const rest = made.value.steps.slice(at + 1);
        const value = { step: same, missed, conflicts: [], can_undo: true, can_redo: false, revision: same.revision };
        queueMicrotask(() => this.#takeSteps(rest, "others"));
        return { ok: true, value };
      }
    }
    const { what, changes, name, background } = operation.edit;
    const edit: T.BoardEdit = {
      base_revision: this.#revision,
      what,
      changes: changes.map(({ id, item }) => ({ id, item: item && (wireItem(item) as T.BoardItem) })),
    };
    if (name !== undefined) edit.name = name;
    if (background !== undefined) edit.background = background;
    return this.transport.edit(edit);
  }

  #takeResult(result: T.EditResult, operation: Operation): void {
    this.#takeSteps(result.missed, "others");
    this.#takeSteps([result.step], operation.kind === "edit" ? "own" : "others");
    this.#revision = Math.max(this.#revision, result.revision, result.step.revision);
    this.#canUndo = result.can_undo;
    this.#canRedo = result.can_redo;
    if (result.conflicts.length > 0) this.listener.conflicts(result.conflicts);
  }

  #takeSteps(steps: readonly T.BoardStep[], by: "own" | "others"): void {
    const covered = this.#covered();
    const shown = new Map<string, BoardItem | null>();
    for (const step of steps) {
      if (step.revision !== 0 && step.revision <= this.#revision) continue;
      for (const { id, item } of step.changes) {
        const whole = item ? completeItem(item as never) : null;
        if (whole) this.#confirmed.set(id, whole);
        else this.#confirmed.delete(id);
        if (!covered.has(id)) shown.set(id, whole);
      }
      this.#revision = Math.max(this.#revision, step.revision);
      if (by === "others") this.#canUndo = true;
      this.listener.named(step.name, step.background);
    }
    if (shown.size > 0) this.listener.shown([...shown].map(([id, item]) => ({ id, item })), by);
  }

  /** An edit that the server will never take: what it showed goes back. */
  #giveUp(operation: Operation, error: ApiError): void {
    if (operation.kind === "edit") {
      const covered = this.#covered();
      const back = operation.edit.changes.filter(({ id }) => !covered.has(id));
      this.listener.shown(back.map(({ id }) => ({ id, item: this.#confirmed.get(id) ?? null })), "others");
    }
    this.listener.refused(error, operation.kind === "edit" ? operation.edit.what : operation.kind);
  }

  #covered(): Set<string> {
    const ids = new Set<string>();
    for (const operation of this.#queue) {
      if (operation.kind === "edit") for (const { id } of operation.edit.changes) ids.add(id);
    }
    return ids;
  }

  #keep(): void {
    this.kept = this.keeper.write(this.#queue.filter((operation) => operation.kind === "edit"));
  }
}

function isSame(step: T.BoardStep, edit: Edit): boolean {
  if (step.undone || step.what !== edit.what || step.changes.length !== edit.changes.length) return false;
  const wanted = new Map(edit.changes.map(({ id, item }) => [id, item]));
  return step.changes.every(({ id, item }) => {
    const own = wanted.get(id);
    if (own === undefined || (own === null) !== (item === null)) return false;
    if (!own || !item) return true;
    const theirs = completeItem(item as never);
    return theirs.x === own.x && theirs.y === own.y && theirs.width === own.width && theirs.text === own.text && theirs.z === own.z;
  });
}

const kPrefix = "vitrine.unsaved.";

/** Keeps unsaved edits under this page's own name; the lock of that name is held while the page lives. */
export class StorageKeeper implements Keeper {
  readonly #key: string;
  readonly #name: string;

  constructor(private readonly board: string) {
    this.#name = crypto.randomUUID();
    this.#key = `${kPrefix}${board}.${this.#name}`;
    void navigator.locks?.request(`${kPrefix}${this.#name}`, () => this.#released);
  }

  #release: () => void = () => {};
  #released = new Promise<void>((resolve) => (this.#release = resolve));

  close(): void {
    this.#release();
  }

  write(operations: readonly { kind: string; edit?: Edit }[]): boolean {
    try {
      if (operations.length === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(operations.map(({ edit }) => edit)));
      return true;
    } catch {
      return false;
    }
  }

  /** Edits of pages of this board that are gone. They are this page's now. */
  async adopt(): Promise<Edit[]> {
    const found: Edit[] = [];
    const own = `${kPrefix}${this.board}.`;
    const names = Object.keys(localStorage).filter((key) => key.startsWith(own) && key !== this.#key);
    for (const key of names) {
      const take = (): void => {
        try {
          found.push(...(JSON.parse(localStorage.getItem(key) ?? "[]") as Edit[]));
        } catch {
          /* what cannot be read cannot be sent */
        }
        localStorage.removeItem(key);
      };
      if (!navigator.locks) take();
      else await navigator.locks.request(`${kPrefix}${key.slice(own.length)}`, { ifAvailable: true }, (lock) => (lock ? take() : undefined));
    }
    return found;
  }
}
