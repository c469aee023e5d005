// The built pages under the strict policy, without a server behind them: they start, find their places, break no rule.
import AxeBuilder from "@axe-core/playwright";

import { expect, test } from "./support/preview.ts";

test("the policy is in force: an inline script does not run", async ({ page, watch }) => {
  await page.goto("/");
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'inline script ran'";
    document.body.append(script);
  });
  await expect.poll(() => watch.policy.length).toBe(1);
  await expect(page).not.toHaveTitle("inline script ran");
  watch.policy.length = 0;
});

test("each place has its page, reached by link and by address", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveTitle("Gallery - Vitrine");
  for (const [link, path] of [["Duplicates", "/duplicates"], ["Boards", "/boards"], ["Activity", "/activity"]] as const) {
    await page.getByRole("navigation").getByRole("link", { name: link }).click();
    await expect(page).toHaveURL(path);
    await expect(page).toHaveTitle(`${link} - Vitrine`);
  }
  await page.goBack();
  await expect(page).toHaveTitle("Boards - Vitrine");
  await page.goto("/boards/7");
  await expect(page).toHaveTitle("Board - Vitrine");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing that axe objects to, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    for (const path of ["/", "/duplicates", "/boards", "/activity", "/nowhere"]) {
      await page.goto(path);
      await expect(page.getByRole("main")).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations, path).toEqual([]);
    }
  });
}
