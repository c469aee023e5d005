// What is true of the server now: the library's figures, its jobs, whether it answers. Kept fresh by its events.
import { api, watchErrors } from "./api";
import { events } from "./events";
import type { Job, LibraryInfo, Part } from "./types";

class Live {
  library: LibraryInfo | null = $state(null);
  jobs: Job[] = $state([]);
  /** "ended": the cookie is not accepted; the page must be opened anew from the terminal. */
  connection: "unknown" | "open" | "lost" | "ended" = $state("unknown");
  /** Grows with every change of the library that this page should see. */
  version: number = $state(0);

  start(): () => void {
    watchErrors((error) => {
      if (error.status === 401) this.connection = "ended";
    });
    const ends = [
      events.on("connection", ({ open }) => {
        if (open) void this.refresh();
        this.connection = open ? "open" : this.connection === "ended" ? "ended" : "lost";
      }),
      events.on("library", ({ version }) => {
        this.version = version;
        void this.readLibrary();
      }),
      events.on("job", (job) => this.put(job)),
      events.start(),
    ];
    void this.refresh();
    return () => ends.forEach((end) => end());
  }

  /** Whether the library answers a part of the interface; one on a cluster lacks some. */
  has(part: Part): boolean {
    return !(this.library?.lacks ?? []).includes(part);
  }

  async refresh(): Promise<void> {
    const [, jobs] = await Promise.all([this.readLibrary(), api.jobs()]);
    if (jobs.ok) this.jobs = jobs.value.jobs;
  }

  put(job: Job): void {
    const at = this.jobs.findIndex((known) => known.id === job.id);
    this.jobs = at < 0 ? [job, ...this.jobs] : this.jobs.map((known, i) => (i === at ? job : known));
  }

  /** The newest job of a kind, running or not. */
  latest(kind: Job["kind"]): Job | undefined {
    const of = this.jobs.filter((job) => job.kind === kind);
    return of.find((job) => job.state === "running") ?? of.reduce<Job | undefined>((best, job) => (best && best.started > job.started ? best : job), undefined);
  }

  private async readLibrary(): Promise<void> {
    const answer = await api.library();
    if (answer.ok) {
      this.library = answer.value;
      if (this.connection !== "open") this.connection = "open";
    } else if (answer.error.status !== 401 && this.connection !== "ended") {
      this.connection = answer.error.status === 0 ? "lost" : "open";
    }
  }
}

export const live = new Live();
