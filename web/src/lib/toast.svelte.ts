// Short messages at the foot of the page, with one thing to do about them: mostly to undo what just happened. They stay
// for eight seconds, longer under the pointer or the focus; Activity keeps what can be undone for ever.
import { api } from "./api";
import { t } from "./i18n";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "error";
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

const kStayMs = 8000;
const kMost = 3;

class Toasts {
  list: Toast[] = $state([]);
  private next = 1;
  private readonly timers = new Map<number, number>();

  show(text: string, action?: Toast["action"], tone: Toast["tone"] = "plain"): void {
    const toast: Toast = { id: this.next++, text, tone, action };
    this.list = [...this.list.slice(1 - kMost), toast];
    this.resume(toast.id);
  }

  error(text: string): void {
    if (text !== "") this.show(text, undefined, "error");
  }

  /** Says what changed in the library, with a way back. `after` runs when it was undone. */
  changed(text: string, after?: () => void): void {
    this.show(text, { label: t("toast.undo"), run: () => void this.undo(after) });
  }

  /** Takes the library's last step back and says so. */
  async undo(after?: () => void): Promise<void> {
    const answer = await api.undo();
    if (!answer.ok) return this.error(answer.error.message);
    this.show(t("toast.undone", { what: answer.value.entry.what }));
    after?.();
  }

  async redo(after?: () => void): Promise<void> {
    const answer = await api.redo();
    if (!answer.ok) return this.error(answer.error.message);
    this.show(t("toast.redone", { what: answer.value.entry.what }));
    after?.();
  }

  dismiss(id: number): void {
    this.pause(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  pause(id: number): void {
    window.clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }

  resume(id: number): void {
    this.pause(id);
    this.timers.set(id, window.setTimeout(() => this.dismiss(id), kStayMs));
  }
}

export const toasts = new Toasts();
