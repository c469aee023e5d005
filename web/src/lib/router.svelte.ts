// The address bar as a value. One page holds the whole application; its places are
//
//   /  /duplicates  /boards  /boards/:id  /activity
//
// and the server answers each of them with the same index.html. `router.current` is reactive; `navigate` changes it and
// the address together; the browser's own back and forward arrive through `popstate`. Plain links need no handler of
// their own: a click on one that leads to a place above becomes a `navigate`.

export type Route =
  | { readonly name: "gallery" }
  | { readonly name: "duplicates" }
  | { readonly name: "boards" }
  | { readonly name: "board"; readonly id: string }
  | { readonly name: "activity" }
  | { readonly name: "unknown"; readonly path: string };

/** The place that a path names. A slash at the end changes nothing; an id is what stands between slashes, decoded. */
export function parseRoute(path: string): Route {
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second] = parts;
  if (first === undefined) return { name: "gallery" };
  if (parts.length === 1) {
    if (first === "duplicates" || first === "boards" || first === "activity") return { name: first };
  }
  if (parts.length === 2 && first === "boards" && second !== undefined) {
    const id = decoded(second);
    if (id !== null) return { name: "board", id };
  }
  return { name: "unknown", path };
}

/** The path of a place; the inverse of parseRoute. */
export function pathOf(route: Route): string {
  switch (route.name) {
    case "gallery":
      return "/";
    case "board":
      return `/boards/${encodeURIComponent(route.id)}`;
    case "unknown":
      return route.path;
    default:
      return `/${route.name}`;
  }
}

class Router {
  current: Route = $state({ name: "gallery" });
  /** The part after `?`, without it: what each page keeps there is its own matter. */
  query: string = $state("");

  /** Reads the address and follows it from now on. Returns what ends that. */
  start(): () => void {
    const read = () => {
      this.current = parseRoute(window.location.pathname);
      this.query = window.location.search.slice(1);
    };
    const click = (event: MouseEvent) => this.followLink(event);
    read();
    window.addEventListener("popstate", read);
    document.addEventListener("click", click);
    return () => {
      window.removeEventListener("popstate", read);
      document.removeEventListener("click", click);
    };
  }

  /** Goes to `path` (with its query). `replace` leaves no step for the back button. */
  navigate(path: string, { replace = false } = {}): void {
    const url = new URL(path, window.location.origin);
    if (replace) window.history.replaceState(null, "", url);
    else window.history.pushState(null, "", url);
    this.current = parseRoute(url.pathname);
    this.query = url.search.slice(1);
  }

  private followLink(event: MouseEvent): void {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!plain || event.defaultPrevented) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target !== "" || link.hasAttribute("download")) return;
    const url = new URL(link.href, window.location.href);
    if (url.origin !== window.location.origin || parseRoute(url.pathname).name === "unknown") return;
    if (url.hash !== "" && url.pathname === window.location.pathname) return;
    event.preventDefault();
    this.navigate(url.pathname + url.search);
  }
}

export const router = new Router();

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
