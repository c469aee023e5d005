// Styles go to files, never into the scripts: the pages run under a policy that forbids inline styles.
/** @type {import("@sveltejs/vite-plugin-svelte").SvelteConfig} */
export default {
  compilerOptions: { css: "external", runes: true },
};
