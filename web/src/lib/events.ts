// What the server tells unasked: jobs, a changed library, changed boards.
//
// A browser opens six connections to a server at most, over all tabs; a stream of events would hold one for each tab, and
// the seventh tab would stand still. So one tab listens, the one that holds the lock, and tells the others through a
// BroadcastChannel. When it closes, the lock goes to the next. The stream reconnects by itself, after 1, 2, 4 ... 30 s.
import { addresses } from "./api";
import type { Job } from "./types";

export interface ServerEvents {
  job: Job;
  library: { version: number };
  board: { id: string; revision: number };
  /** Whether the stream is open; sent on every change. After `true`, ask anew for what may have been missed. */
  connection: { open: boolean };
}

type Name = keyof ServerEvents;
type Listener<N extends Name> = (data: ServerEvents[N]) => void;

const kNames = ["job", "library", "board"] as const;
const kFirstDelayMs = 1000;
const kLongestDelayMs = 30_000;

class EventStream {
  private readonly listeners = new Map<Name, Set<Listener<never>>>();
  private channel: BroadcastChannel | null = null;

  /** Calls `listener` for each event of the name; returns what ends that. */
  on<N extends Name>(name: N, listener: Listener<N>): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set);
    set.add(listener as Listener<never>);
    return () => set.delete(listener as Listener<never>);
  }

  /** Begins to listen. Returns what ends that. */
  start(): () => void {
    const stop = new AbortController();
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("vitrine-events") : null;
    if (this.channel) {
      this.channel.onmessage = ({ data }: MessageEvent<{ name: Name; data: never }>) => this.tell(data.name, data.data);
    }
    if (this.channel && "locks" in navigator) {
      const held = { signal: stop.signal };
      navigator.locks.request("vitrine-events", held, () => this.listen(stop.signal)).catch(() => {});
    } else {
      void this.listen(stop.signal);
    }
    return () => {
      stop.abort();
      this.channel?.close();
      this.channel = null;
    };
  }

  private tell<N extends Name>(name: N, data: ServerEvents[N]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as Listener<N>)(data);
  }

  private spread<N extends Name>(name: N, data: ServerEvents[N]): void {
    this.tell(name, data);
    this.channel?.postMessage({ name, data });
  }

  private listen(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let delay = kFirstDelayMs;
      let timer = 0;
      let source: EventSource | null = null;
      const open = () => {
        const now = new EventSource(addresses.events);
        source = now;
        now.onopen = () => {
          delay = kFirstDelayMs;
          this.spread("connection", { open: true });
        };
        now.onerror = () => {
          now.close();
          this.spread("connection", { open: false });
          timer = window.setTimeout(open, delay);
          delay = Math.min(2 * delay, kLongestDelayMs);
        };
        for (const name of kNames) {
          now.addEventListener(name, ({ data }: MessageEvent<string>) => {
            const value = parsed(data);
            if (value !== null) this.spread(name, value as never);
          });
        }
      };
      signal.addEventListener("abort", () => {
        window.clearTimeout(timer);
        source?.close();
        resolve();
      });
      open();
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const events = new EventStream();
