// Drives a real browser over casebridge's page. One part per call: node page.mjs BASE PART; the first thing that is not as it
// should be ends it with words. Started by tests/it/cli/browser.rs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [base, part] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];
const shots = process.env.SHOTS;

function expect(right, words) {
  if (!right) throw new Error(words);
}

const looks = {
  light: { viewport: { width: 1100, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1100, height: 900 }, colorScheme: "dark" },
  narrow: { viewport: { width: 320, height: 700 }, colorScheme: "light" },
  zoomed: { viewport: { width: 550, height: 450 }, deviceScaleFactor: 2, colorScheme: "dark" },
};

async function open(browser, look) {
  const context = await browser.newContext(looks[look]);
  const page = await context.newPage();
  // Machines under test are busy; only a failure waits so long.
  page.setDefaultTimeout(120_000);
  page.problems = [];
  page.on("console", (message) => message.type() === "error" && page.problems.push(message.text()));
  return page;
}

/** Tabs until the focus is on what bears these words; everybody who uses a keyboard does. */
async function tabTo(page, words) {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const on = await page.evaluate(() => {
      const found = document.activeElement;
      const seen = found && getComputedStyle(found);
      return { text: (found?.innerText || found?.id || "").trim(), ring: seen ? seen.outlineStyle !== "none" : false };
    });
    if (on.text.startsWith(words)) {
      expect(on.ring, `the focus on ${words} cannot be seen`);
      return;
    }
  }
  throw new Error(`no key leads to ${words}`);
}

/** No rule of axe's is broken, with every detail opened. */
async function accessible(page, where) {
  const closed = page.locator("details:not([open]) > summary");
  while ((await closed.count()) > 0) await closed.first().click();
  // Beside the page's own policy: axe is a test's, not a page's.
  const found = await page.evaluate(`(() => { ${axe}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
  const broken = found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
  expect(found.passes.length > 10, `${where}: axe looked at nothing`);
  expect(broken.length === 0, `${where} breaks ${broken.join("; ")}`);
}

async function look(browser) {
  const paths = { front: "/", firm: "/firms/acme", run: "/firms/acme/runs/1", connected: "/firms/acme/connected" };
  for (const kind of Object.keys(looks)) {
    for (const [name, path] of Object.entries(paths)) {
      const page = await open(browser, kind);
      await page.goto(base + path);
      expect((await page.locator("h1").count()) === 1, `${name} has one heading of the first rank`);
      const { wide, fits } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, fits: window.innerWidth }));
      expect(wide <= fits, `${name}, ${kind}: ${wide} pixels in a window of ${fits}`);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${kind}.png`), fullPage: true });
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
      const dark = looks[kind].colorScheme === "dark";
      expect(ground[0] < 100 === dark, `${name}, ${kind}: its ground is ${ground}`);
      await accessible(page, `${name}, ${kind}`);
      expect(page.problems.length === 0, `${name}, ${kind}: ${page.problems.join("; ")}`);
      await page.context().close();
    }
  }
}

async function connect(browser) {
  const page = await open(browser, "light");
  await page.goto(base + "/");
  await tabTo(page, "Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo(page, "Harlow & Pike");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/firms/acme");
  await tabTo(page, "Connect");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/firms/acme/connected");
  expect(!page.url().includes("code"), "no code in the address");
  expect((await page.locator("h1").innerText()).startsWith("Connected to"), await page.locator("main").innerText());
  await page.goBack();
  expect(!page.url().includes("code"), "no code in the history");
}

async function approve(browser) {
  const page = await open(browser, "light");
  await page.goto(base + "/");
  await tabTo(page, "Harlow & Pike");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/firms/acme");
  await tabTo(page, "Approve");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/approve");
  expect((await page.locator("h1").innerText()).startsWith("Approve "), "the question repeats the count");
  if (shots) await page.screenshot({ path: join(shots, "question.png"), fullPage: true });
  await accessible(page, "the question");
  await page.reload();
  await tabTo(page, "who");
  await page.keyboard.type("Jo Smith");
  await tabTo(page, "Approve");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/runs/*");
  expect((await page.locator("main").innerText()).includes("written"), await page.locator("main").innerText());
  expect(page.problems.length === 0, page.problems.join("; "));
}

/** With a token, and MyCase on another site than the page: a browser holds the cookie back on the way from there. */
async function signIn(browser) {
  const page = await open(browser, "light");
  await page.goto(base + "/firms/acme");
  await page.waitForURL("**/login?to=*");
  await accessible(page, "the token's form");
  await page.getByLabel("The page's token").fill("a-wrong-one");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await accessible(page, "the token's form after a wrong one");
  await page.getByLabel("The page's token").fill(process.env.TOKEN);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/firms/acme");
  // The sandbox says yes at once; MyCase has a page of its own on which a person does, so that it is MyCase's page, and not ours,
  // that sends the browser back.
  let authorize;
  await page.route("**/firms/acme/connect", async (route) => {
    authorize = (await route.fetch({ maxRedirects: 0 })).headers().location;
    await route.fulfill({ contentType: "text/html", body: "on the way" });
  }, { times: 1 });
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("on the way").waitFor();
  const mycase = new URL("/allow", authorize).href;
  expect(new URL(mycase).hostname !== new URL(base).hostname, "MyCase is another site");
  await page.route(mycase, (route) => route.fulfill({ contentType: "text/html", body: `<a href="${authorize.replaceAll("&", "&amp;")}">Allow Access</a>` }));
  await page.goto(mycase);
  await page.getByRole("link", { name: "Allow Access" }).click();
  await page.waitForURL("**/firms/acme/connected");
  await page.getByRole("heading", { name: /^Connected to/ }).waitFor();
  await page.goto(base + "/");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/login?to=*");
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, args: flags });
try {
  await { connect, approve, look, signIn }[part](browser);
} catch (error) {
  console.error(error.message ?? error);
  process.exitCode = 1;
} finally {
  await browser.close();
}
