// What must hold of every page, in whatever state: no finding of axe, nothing wider than the screen, nothing too small
// to hit, nothing loaded from elsewhere, and no complaint of the browser.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const shots = path.join(import.meta.dirname, 'shots');
export const found = { states: 0, axeRuns: 0, axeRules: 0, faults: [] };

export function fault(where, what) {
  found.faults.push(`${where}: ${what}`);
}

// watch notes what a page loads and what its browser complains about. It may leave for page.leavesFor, and loads nothing of that.
export function watch(page, base, where) {
  page.on('request', (r) => {
    const { origin } = new URL(r.url());
    if (origin !== base && !(origin === page.leavesFor && r.isNavigationRequest() && r.frame() === page.mainFrame())) fault(where, `loads ${r.url()}`);
  });
  page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) fault(where, `console: ${m.text()}`); });
  page.on('pageerror', (e) => fault(where, `script: ${e.message}`));
}

// judge lets axe judge the page; it is a script, and needs them on.
async function judge(page, where) {
  await page.evaluate(axe);
  const { passed, violated } = await page.evaluate(async (t) => { // the whole of its result is long on its way
    const { passes, violations } = await window.axe.run(document, { runOnly: t, resultTypes: ['violations'] });
    return { passed: passes.length, violated: violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((n) => n.html.slice(0, 120)) })) };
  }, tags);
  found.axeRuns++;
  found.axeRules = Math.max(found.axeRules, passed);
  for (const v of violated) fault(where, `axe ${v.id}: ${v.nodes.join(' | ')}`);
}

// discreet holds that nothing in a page names who is not to be named there.
export function discreet(page, where, html) {
  for (const name of page.hides ?? []) if (html.toLowerCase().includes(name)) fault(where, `names ${name}`);
}

// look checks the page as it stands, and writes a picture of it. What axe judged in another language or on a page of the same
// make need not be judged again; without scripts a page looks as with them.
export async function look(page, where, lang, { judged = true } = {}) {
  found.states++;
  if (page.scripts && judged) await judge(page, where);
  if (page.hides) discreet(page, where, await page.content());
  const seen = await page.evaluate(() => {
    const small = [];
    for (const e of document.querySelectorAll('a, button, summary, input:not([type=hidden]), textarea')) {
      const box = e.getBoundingClientRect();
      const inline = getComputedStyle(e).display === 'inline' && e.closest('p, dd');
      if (e.checkVisibility() && !inline && (box.height < 24 || box.width < 24)) small.push(e.outerHTML.slice(0, 100));
    }
    return {
      lang: document.documentElement.lang, title: document.title, wide: document.documentElement.scrollWidth - window.innerWidth, small,
      scripts: document.scripts.length, headings: document.querySelectorAll('h1').length,
    };
  });
  if (seen.lang !== lang) fault(where, `is in ${seen.lang}, not in ${lang}`);
  if (!seen.title) fault(where, 'has no title');
  if (seen.wide > 0) fault(where, `is ${seen.wide} px wider than the screen`);
  if (seen.scripts > 0) fault(where, 'has a script');
  if (seen.headings !== 1) fault(where, `has ${seen.headings} main headings`);
  for (const e of seen.small) fault(where, `too small to hit: ${e}`);
  if (page.scripts) await page.screenshot({ path: path.join(shots, `${where.replaceAll(' ', '-')}.jpg`), type: 'jpeg', quality: 85, fullPage: true, caret: 'initial' });
}
