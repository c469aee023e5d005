// Light, dark, or as the system has it. The choice is kept in the browser; <html data-theme> says what holds now, and
// src/app.css gives each its colours.

export type ThemeChoice = "system" | "light" | "dark";

const kKey = "vitrine-theme";
const isChoice = (text: string | null): text is ThemeChoice => text === "system" || text === "light" || text === "dark";

class Theme {
  choice: ThemeChoice = $state("system");
  /** What holds now. A canvas that paints by itself follows this. */
  dark: boolean = $state(false);

  /** To be called before anything is shown. */
  start(): void {
    const kept = readKept(kKey);
    if (isChoice(kept)) this.choice = kept;
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", () => this.apply(system.matches));
    this.apply(system.matches);
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    keep(kKey, choice);
    this.apply(window.matchMedia("(prefers-color-scheme: dark)").matches);
  }

  private apply(systemIsDark: boolean): void {
    this.dark = this.choice === "dark" || (this.choice === "system" && systemIsDark);
    document.documentElement.dataset["theme"] = this.dark ? "dark" : "light";
  }
}

export const theme = new Theme();

/** What the browser kept; null where it keeps nothing or is told not to. */
export function readKept(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // A browser told to keep nothing: the choice holds until the page is closed.
  }
}
