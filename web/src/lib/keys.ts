// The keyboard map. Whoever has a shortcut registers it, with words for the `?` sheet, and the sheet shows what is
// registered: it cannot lie. A binding is written "mod+k" (Ctrl, or Command on a Mac), "shift+ArrowDown", "/", "?", or
// as a sequence, "g b". Letters are lower case; signs are the sign itself, however the keyboard makes it.
//
// Layers: a dialog opens a layer, and while it is open only bindings made inside it hold. Of two bindings for one key
// the later wins. In a text field only bindings marked inFields hold. Shortcuts of a single character can be switched
// off, for people who speak to their computer (WCAG 2.1.4).
import type { PlainKey } from "./i18n";
import { keep, readKept } from "./theme.svelte";

export interface Binding {
  readonly keys: string | readonly string[];
  readonly label: PlainKey;
  readonly group: PlainKey;
  /** Left out where an element handles the key itself and only the sheet should know. */
  readonly run?: (event: KeyboardEvent) => void;
  readonly inFields?: boolean;
}

interface Held extends Binding {
  readonly layer: number;
}

const kSequenceMs = 1200;
const kKey = "vitrine-single-keys";
const kModifiers = new Set(["Control", "Shift", "Alt", "Meta", "CapsLock", "AltGraph"]);

type KeyLike = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** The spelling of what was pressed. On keyboards without Latin letters, the letter printed at that place in Latin. */
export function nameOf(event: KeyLike): string {
  let key = event.key === " " ? "Space" : event.key;
  if (key.length === 1 && key.charCodeAt(0) > 127 && /^Key[A-Z]$/.test(event.code)) key = event.code.slice(3);
  const letter = /^[a-z]$/i.test(key);
  if (letter) key = key.toLowerCase();
  const shift = event.shiftKey && (letter || key.length > 1);
  const mod = event.ctrlKey || event.metaKey;
  return `${mod ? "mod+" : ""}${event.altKey ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !/^(checkbox|radio|button|range|color)$/.test(target.type);
}

const listOf = (keys: Binding["keys"]): readonly string[] => (typeof keys === "string" ? [keys] : keys);
const isSingle = (keys: string): boolean => keys.split(" ").every((part) => part.length === 1 || /^shift\+.$/.test(part));

export class KeyMap {
  private bindings: Held[] = [];
  private layers = 0;
  private begun = "";
  private begunAt = 0;
  singles = true;

  /** Holds until the returned function is called. */
  register(...bindings: Binding[]): () => void {
    const held = bindings.map((binding) => ({ ...binding, layer: this.layers }));
    this.bindings.push(...held);
    return () => {
      this.bindings = this.bindings.filter((binding) => !held.includes(binding));
    };
  }

  /** Opens a layer; the returned function closes it. */
  layer(): () => void {
    const mine = ++this.layers;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.bindings = this.bindings.filter((binding) => binding.layer !== mine);
      this.layers = Math.min(this.layers, mine - 1);
    };
  }

  /** What holds in a layer, in the order of registering; the sheet leaves out its own. */
  list(layer = this.layers): readonly Binding[] {
    return this.bindings.filter((binding) => binding.layer === layer);
  }

  get depth(): number {
    return this.layers;
  }

  readChoice(): void {
    this.singles = readKept(kKey) !== "off";
  }

  chooseSingles(on: boolean): void {
    this.singles = on;
    keep(kKey, on ? "on" : "off");
  }

  /** To be called for every keydown of the window. True when a binding took it. */
  handle(event: KeyboardEvent): boolean {
    if (event.defaultPrevented || event.isComposing || kModifiers.has(event.key)) return false;
    const name = nameOf(event);
    const now = event.timeStamp;
    const sequence = this.begun !== "" && now - this.begunAt < kSequenceMs ? `${this.begun} ${name}` : "";
    this.begun = "";
    const field = isField(event.target);
    const candidates = this.bindings.filter((binding) => binding.layer === this.layers && (!field || binding.inFields) && binding.run);
    for (const wanted of sequence === "" ? [name] : [sequence, name]) {
      const hit = candidates.filter((binding) => listOf(binding.keys).includes(wanted)).at(-1);
      if (!hit || (!this.singles && isSingle(wanted))) continue;
      event.preventDefault();
      hit.run?.(event);
      return true;
    }
    if (this.singles && candidates.some((binding) => listOf(binding.keys).some((keys) => keys.startsWith(`${name} `)))) {
      this.begun = name;
      this.begunAt = now;
    }
    return false;
  }
}

export const keys = new KeyMap();

const kMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
const kShown: Record<string, string> = {
  mod: kMac ? "\u2318" : "Ctrl",
  shift: "Shift",
  alt: kMac ? "\u2325" : "Alt",
  ArrowUp: "\u2191",
  ArrowDown: "\u2193",
  ArrowLeft: "\u2190",
  ArrowRight: "\u2192",
  Escape: "Esc",
  PageUp: "Page Up",
  PageDown: "Page Down",
};

/** The keys of a binding as caps to draw: "mod+k" gives [["Ctrl", "K"]], "g b" gives [["G"], ["B"]]. */
export function capsOf(written: string): string[][] {
  return written.split(" ").map((part) =>
    (part === "+" ? ["+"] : part.split(/\+(?=.)/)).map((cap) => kShown[cap] ?? (cap.length === 1 ? cap.toUpperCase() : cap)),
  );
}
