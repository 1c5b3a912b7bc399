// Walks every verb of the debtor's pages in every language at both widths, in a real browser, against a server of its
// own; light and dark alternate, and two walks have scripts off. Then the pages of debtors that are not told of the sale.
// Prints what it counted, and ends with 1 when anything is wrong. ONLY='^de 360' walks what has such a name.
import fs from 'node:fs';
import { chromium } from 'playwright-core';
import { as, neutral, start } from './server.js';
import { discreet, fault, found, look, shots, watch } from './checks.js';
import { account, till } from './till.js';

const languages = ['en', 'es', 'fr', 'de', 'pt'];
const locales = { en: 'en-GB', es: 'es-ES', fr: 'fr-FR', de: 'de-AT', pt: 'pt-BR' };
const widths = [360, 1280];
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// day returns a day of the sandbox, whose clock stands at 4 March 2026.
const day = (n) => new Date(Date.UTC(2026, 2, 4 + n)).toISOString().slice(0, 10);

const instalments = { count: '2', day: day(20), every: '14', reason: 'cash_flow', said: 'The season begins in April' };

// answered lets the seller answer the dispute, offered lets the factor offer what was asked for.
async function answered(walk) {
  const list = await walk.factor.get(`/v1/cases/${walk.made.case_id}/disputes`);
  await walk.seller.post(`/v1/disputes/${list.data[0].id}/answer`, { position: 'partly', credit: { amount: '5.00', currency: 'EUR' }, said: 'One box was ours, and we credit it.' });
}
async function offered(walk) {
  const list = await walk.factor.get(`/v1/cases/${walk.made.case_id}/plans`);
  await walk.factor.post(`/v1/cases/${walk.made.case_id}/plans`, { deal_id: list.data.at(-1).deal_id });
}

// mediation lets the seller decline what the debtor asked for, and the factor ask once more.
async function mediation(walk) {
  const list = await walk.factor.get('/v1/mediations?status=offered&limit=200');
  const disputes = await walk.factor.get(`/v1/cases/${walk.made.case_id}/disputes`);
  const open = list.data.find((m) => m.dispute_id === disputes.data[0].id);
  await walk.seller.post(`/v1/mediations/${open.id}/answer`, { word: 'declined' });
  await walk.factor.post(`/v1/disputes/${open.dispute_id}/mediations`);
}

// offeredAgain lets the seller answer the second dispute and the factor ask for a neutral person in it; its files are looked at.
async function offeredAgain(walk, page) {
  const list = await walk.factor.get(`/v1/cases/${walk.made.case_id}/disputes`);
  walk.dispute = list.data.find((d) => d.status === 'open').id;
  await walk.seller.post(`/v1/disputes/${walk.dispute}/answer`, { position: 'rejects', said: 'They left our house dry.' });
  walk.mediation = (await walk.factor.post(`/v1/disputes/${walk.dispute}/mediations`)).id;
  await page.goto(`${walk.made.link}/disputes/${walk.dispute}`);
  await look(page, `${walk.name} files`, walk.lang);
  await page.locator('main input[type=file]').setInputFiles({ name: 'Lieferung-vom-2-Maerz-zwei-nasse-Kartons.txt', mimeType: 'text/plain', buffer: Buffer.from('wet boxes') });
  await follow(page, page.locator('main form button'));
  if (await page.locator('main ul.links a[download]').count() !== 1) fault(`${walk.name} files`, 'the file that was attached is not listed');
  await look(page, `${walk.name} files attached`, walk.lang, walk);
}

// dated has a neutral appointed who proposes dates, proposed has it propose how to end the dispute.
async function dated(walk) {
  const at = `/v1/mediations/${walk.mediation}`;
  await walk.seller.post(`${at}/answer`, { word: 'accepted' });
  await walk.operator.post(`${at}/appoint`, { organization_id: walk.neutral.id });
  await walk.neutral.post(`${at}/timetable`, { papers_by: day(8), talk_on: day(14), proposal_by: day(20) });
  for (const who of [walk.seller, walk.factor]) await who.post(`${at}/agree`, { timetable: 1 });
}
async function proposed(walk) {
  await walk.neutral.post(`/v1/mediations/${walk.mediation}/proposals`, {
    credit: { amount: '5.00', currency: 'EUR' }, reasons: 'One box was wet on arrival, the other was opened later.', root_cause: 'No inspection at handover.',
  });
}

// verbs are walked in this order: what is typed first is refused, what comes after is taken. Some are there only for who is told of the sale.
const verbs = [
  { verb: 'question', wrong: { said: ' ' }, right: { said: 'Is this the order of <b>May</b> & June?' } },
  { verb: 'dispute', wrong: { amount: '999999.00', said: 'Two boxes were wet' }, right: { amount: '12,50', reason: 'damaged', said: 'Two boxes were wet', remedy: '' } },
  { verb: 'dispute/note', event: 'note', before: answered, right: { said: 'Three, in fact' } },
  { verb: 'dispute/mediate', told: true, event: 'mediation.offered', right: { nonce: '' } },
  { verb: 'dispute/mediation-no', told: true, event: 'mediation.declined', before: mediation, right: { nonce: '' } },
  { verb: 'dispute/agree', event: 'agrees', right: { nonce: '' } },
  { verb: 'dispute', again: true, told: true, right: { amount: '10,00', reason: 'damaged', said: 'Two more were wet', remedy: 'A credit' } },
  { verb: 'dispute/mediation-yes', told: true, event: 'mediation.accepted', before: offeredAgain, right: { nonce: '' } },
  { verb: 'dispute/mediation-dates', told: true, event: 'mediation.scheduled', before: dated, also: 'dispute/mediation-object', right: { nonce: '' } },
  { verb: 'dispute/mediation-take', told: true, event: 'mediation.proposal_accepted', before: proposed, also: 'dispute/mediation-leave', right: { nonce: '' } },
  { verb: 'plan', event: 'plan_requested', wrong: { ...instalments, count: 'two' }, right: instalments },
  { verb: 'plan/decline', event: 'plan_declined', before: offered, right: { nonce: '' } },
  { verb: 'plan', event: 'plan_requested', right: instalments, again: true },
  { verb: 'plan/accept', event: 'plan_accepted', before: offered, right: { nonce: '' } },
  { verb: 'paid', wrong: { amount: '0', day: day(0) }, right: { amount: '100.00', day: day(0) } },
  { verb: 'promise', wrong: { amount: 'all of it', day: day(5) }, right: { amount: '1.000,00', day: day(5) } },
  { verb: 'not-received', event: 'not_received', right: { nonce: '' } },
  { verb: 'not-received', event: 'not_received', right: { nonce: '' }, again: true },
  { verb: 'proof', told: true, right: { said: 'Please call 030 1234567' } },
  { verb: 'wrong-contact', event: 'wrong_contact', wrong: { said: 'Ask <i>Ms Vance</i>' }, right: { mistake: 'person', said: 'Ask <i>Ms Vance</i>' } },
  { verb: 'preferences', right: { mode: 'digest', email: 'yes', phone: 'none', hours: 'morning', language: '' } },
  { verb: 'complaint', wrong: { said: ' ' }, right: { said: 'Two letters on one day' } },
];

// follow clicks what leads to another page, and waits until that is there.
async function follow(page, what) {
  const there = page.waitForNavigation();
  await what.click();
  await there;
}

async function fill(page, fields) {
  await page.evaluate(() => { for (const f of document.forms) f.noValidate = true; }); // the server must say it too
  for (const [name, value] of Object.entries(fields)) {
    const radio = page.locator(`main form input[type=radio][name=${name}][value="${value}"]`);
    if (name === 'nonce') continue; // a form without a field
    if (await radio.count()) await radio.check();
    else if (await page.locator(`main form select[name=${name}]`).count()) await page.locator(`main form select[name=${name}]`).selectOption(value);
    else await page.locator(`main form [name=${name}]`).fill(value);
  }
  await follow(page, page.locator('main form').filter({ has: page.locator(`[name=${Object.keys(fields)[0]}]`) }).locator('button'));
}

// deed walks one verb: its form, its form refused, and the statement after it.
async function deed(page, walk, { verb, wrong, right, again, before, also }, unfold) {
  const where = `${walk.name} ${verb.replace('/', ' ')}${again ? ' again' : ''}`;
  if (before) await before(walk, page);
  if (before || !page.url().startsWith(`${walk.made.link}?done=`)) await page.goto(walk.made.link); // the deed before leads to the statement
  if (also) { // a form that nothing is sent by
    const other = await page.locator(`main a[href*="/${also}?"]`).first().getAttribute('href');
    await page.goto(new URL(other, walk.made.link).href);
    await look(page, `${walk.name} ${also.replace('/', ' ')} form`, walk.lang);
    await page.goto(walk.made.link);
  }
  const link = page.locator(`main a[href*="/${verb}?"]`).or(page.locator(`main a[href$="/${verb}"]`));
  if (unfold && !(await link.first().isVisible())) await page.locator('details.item > summary').first().click();
  if (unfold && !(await link.first().isVisible())) await page.locator('details.item > summary').last().click();
  await follow(page, link.first());
  if (!again || walk.thorough) await look(page, `${where} form`, walk.lang, { judged: !again && !walk.judgedBefore });
  if (wrong) {
    await fill(page, wrong);
    if (await page.locator('[role=alert]').count() !== 1) fault(where, 'was not refused');
    if (walk.thorough) await look(page, `${where} refused`, walk.lang, walk);
  }
  await fill(page, right);
  if (!page.url().includes(`done=${encodeURIComponent(verb)}`)) fault(where, `was not taken: ${page.url()}`);
  if (await page.locator('[role=status]').count() !== 1) fault(where, 'the page does not say what was done');
  if (!walk.thorough && !walk.last(verb)) return;
  if (unfold) await page.locator('details.item > summary').first().click();
  await look(page, `${where} done`, walk.lang, walk);
}

// confirm types the code of the notice, first wrongly.
async function confirm(page, walk) {
  const where = `${walk.name} confirm`;
  await page.goto(walk.made.link);
  await fill(page, { code: 'WRONG' });
  await look(page, `${where} refused`, walk.lang, walk);
  await fill(page, { code: walk.made.code.toLowerCase() });
  if (!(await page.locator('#pay').innerText()).replaceAll(' ', '').includes('DE')) fault(where, 'the account is not shown');
  await look(page, `${where} done`, walk.lang, walk);
}

// feedback answers the one question that stands on the page after a deed; then it is gone.
async function feedback(page, walk) {
  const where = `${walk.name} feedback`;
  await page.goto(`${walk.made.link}?done=paid`);
  await look(page, `${where} form`, walk.lang, { judged: !walk.judgedBefore });
  await fill(page, { said: 'All fine' });
  if (walk.thorough) await look(page, `${where} refused`, walk.lang, walk);
  await fill(page, { ease: 'yes' });
  await look(page, `${where} done`, walk.lang, walk);
  if (await page.locator('#feedback').count()) fault(where, 'is asked again');
}

// others looks at what is there to be read: how to pay one invoice, and the rules that bind us.
async function others(page, walk) {
  await page.goto(`${walk.made.link}/pay?deal=${walk.made.deals[0]}`);
  if (await page.locator('svg.qr').count() !== (walk.made.confidential ? 0 : 1)) fault(walk.name, 'has a payment code before the notice\'s code, or none after it');
  await look(page, `${walk.name} pay`, walk.lang, walk);
  await page.goto(`${walk.made.link}/policy`);
  await look(page, `${walk.name} policy`, walk.lang, walk);
  const download = page.waitForEvent('download');
  await page.goto(`${walk.made.link}/document?deal=${walk.made.deals[0]}`).catch(() => {}); // a download is no page
  if (!(await download).suggestedFilename().endsWith('.xml')) fault(walk.name, 'does not give the invoice');
}

// card pays a part of an invoice by card: on the processor's page, back before its news are here, and after them.
async function card(page, walk, processor) {
  const where = `${walk.name} card`;
  await page.goto(walk.made.link);
  await follow(page, page.locator('main a[href$="/card"]'));
  await look(page, `${where} all form`, walk.lang);
  await page.goto(`${walk.made.link}/pay?deal=${walk.made.deals[0]}`);
  await follow(page, page.locator('main a[href*="/card?deal="]'));
  await look(page, `${where} form`, walk.lang);
  await fill(page, { amount: '999999.00' });
  if (await page.locator('[role=alert]').count() !== 1) fault(where, 'was not refused');
  if (walk.thorough) await look(page, `${where} refused`, walk.lang, walk);
  await fill(page, { amount: '12,50' });
  const id = new URL(page.url()).pathname.split('/').at(-1);
  await look(page, `${where} preparing`, walk.lang, walk);
  processor.open(id);
  const leaving = page.locator(`main a[href^="${processor.base}/pay/"]`);
  for (let tries = 0; !await leaving.count(); tries++) {
    if (tries === 150) throw new Error(`${where}: the processor's page is never ready`);
    await page.waitForTimeout(100);
    await follow(page, page.locator('main a[href=""]')); // looks again
  }
  await look(page, `${where} ready`, walk.lang, walk);
  page.leavesFor = processor.base;
  await follow(page, leaving);
  if (new URL(page.url()).origin !== processor.base) fault(where, `leads to ${page.url()}`);
  await follow(page, page.locator('button'));
  page.leavesFor = undefined;
  if (!page.url().includes(`/paid-by-card/${id}`)) fault(where, `comes back to ${page.url()}`);
  await look(page, `${where} back`, walk.lang, walk);
  await processor.paid(id, walk.news);
  await page.reload();
  if (await leaving.count()) fault(where, 'leads to the processor again after it was paid');
  await look(page, `${where} paid`, walk.lang, walk);
  for (const wrong of processor.wrong(id)) fault(where, wrong);
}

// inAnotherLanguage chooses every language on the page and comes back.
async function inAnotherLanguage(page, walk) {
  for (const lang of languages) {
    await page.goto(walk.made.link);
    await page.locator('.tongues summary').click();
    await follow(page, page.locator(`.tongues a[lang=${lang}]`));
    const got = await page.evaluate(() => document.documentElement.lang);
    if (got !== lang) fault(walk.name, `chose ${lang} and got ${got}`);
  }
}

async function open(browser, server, walk) {
  const context = await browser.newContext({
    viewport: { width: walk.width, height: 800 }, colorScheme: walk.scheme, locale: walk.locale, javaScriptEnabled: walk.scripts,
  });
  const page = await context.newPage();
  page.scripts = walk.scripts;
  page.setDefaultTimeout(15000);
  watch(page, server.base, walk.name);
  return page;
}

async function walkThrough(page, walk, processor) {
  await page.goto(walk.made.link);
  await look(page, `${walk.name} statement`, walk.lang); // the form for the notice's code is on it
  await page.locator('.tongues summary').click();
  await look(page, `${walk.name} languages`, walk.lang, walk);
  await confirm(page, walk);
  await feedback(page, walk);
  await others(page, walk);
  if (walk.news) await card(page, walk, processor);
  for (const v of verbs) await deed(page, walk, v, walk.made.deals.length > 1);
  if (walk.thorough) await inAnotherLanguage(page, walk);
  await page.goto(`${walk.made.link.slice(0, -4)}AAAA`);
  await look(page, `${walk.name} missing`, walk.lang, walk);
  if (walk.thorough) await atTheNarrowest(page, walk);
}

// inConfidence walks the page of a debtor that is not told of the sale: it is its supplier's, and names no factor.
async function inConfidence(page, walk) {
  const { link, deals } = walk.made;
  page.hides = walk.hides;
  await page.goto(link);
  await look(page, `${walk.name} statement`, walk.lang);
  await others(page, walk);
  if (!walk.talks) return;
  await feedback(page, walk);
  for (const v of verbs) if (!v.told) await deed(page, walk, v, true);
  await page.goto(link);
  for (const a of await page.locator('a[href]').all()) {
    const address = new URL(await a.getAttribute('href'), link).href;
    discreet(page, `${walk.name} ${address}`, await (await fetch(address, { headers: { 'Accept-Language': walk.locale } })).text());
  }
  for (const where of ['confirm', 'proof', 'card', `card?deal=${deals[0]}`]) {
    const status = (await page.goto(`${link}/${where}`)).status();
    if (status !== 404) fault(walk.name, `has ${where}: ${status}`);
  }
}

// atTheNarrowest is a page of 1280 px at a zoom of 400 %.
async function atTheNarrowest(page, walk) {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(walk.made.link);
  await look(page, `${walk.name} at 320`, walk.lang);
}

// seenByBoth holds that seller and factor read of every verb.
async function seenByBoth(walk) {
  const done = [...verbs, { verb: 'feedback' }, { verb: 'files', event: 'dispute.evidence', told: true }];
  if (walk.news) done.push({ verb: 'card' }, { verb: 'paid by card', event: 'card.paid' });
  for (const who of ['seller', 'factor']) {
    const kinds = await walk[who].timeline(walk.made.case_id);
    for (const { verb, event = verb, told } of done) {
      if (walk.made.confidential && told) continue;
      if (!kinds.has(event.includes('.') ? event : `debtor.${event}`)) fault(who, `reads nothing of ${verb} in ${walk.name}`);
    }
  }
}

async function main() {
  fs.rmSync(shots, { recursive: true, force: true });
  fs.mkdirSync(shots, { recursive: true });
  const began = Date.now();
  const processor = await till();
  const server = await start().catch((e) => { processor.stop(); throw e; });
  let browser;
  try {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
    const walks = [];
    // Axe judges every form. What is none is made the same in every language: it is judged in two, which are each width in light and in dark.
    const add = (lang, width, scheme, scripts) => walks.push({
      lang, width, scheme, scripts, locale: locales[lang], thorough: (lang === 'en' || lang === 'de' && width === 360) && scripts, judged: lang === 'en' || lang === 'es',
      name: [lang, width, scheme, scripts ? '' : 'nojs'].filter(Boolean).join(' '),
    });
    languages.forEach((lang, n) => widths.forEach((width, m) => add(lang, width, (n + m) % 2 ? 'dark' : 'light', true)));
    add('de', 360, 'light', false);
    add('fr', 1280, 'dark', false);
    // Who is not told sees the same forms in other words: every verb in two languages, and in all how to pay and the rules.
    const quiet = languages.flatMap((lang) => widths.map((width) => ({
      lang, width, scheme: 'light', scripts: true, locale: locales[lang], talks: lang === 'en' || lang === 'de', thorough: lang === 'en' ? width === 360 : width === 1280,
      judged: lang === 'en', judgedBefore: lang !== 'en', name: `quiet ${lang} ${width}`,
    })));
    const discussing = quiet.filter((w) => w.talks);
    const made = await server.pages(walks.length, 2, discussing.length + 1);
    const one = await server.pages(1, 1);
    const many = await server.pages(1, 60);
    const operator = await as(server.base, server.operator());
    const both = async (made) => ({
      operator, seller: await as(server.base, made.seller), factor: await as(server.base, made.factor), neutral: await neutral(server.base, operator, made.join_code),
    });
    const parties = await both(made);
    const { organization: factor } = await parties.factor.get('/v1/me');
    const news = `${server.base}/v1/inbound/cards/${factor.id}`;
    await server.takeCards(processor.base, { [factor.id]: account });
    const told = made.pages.filter((p) => !p.confidential);
    const untold = made.pages.filter((p) => p.confidential);
    walks.forEach((w, n) => Object.assign(w, parties, { made: told[n], news }));
    discussing.forEach((w, n) => Object.assign(w, { made: untold[n] }));
    const host = made.factor.email.split('@')[1];
    for (const w of quiet) Object.assign(w, parties, { made: w.made ?? untold.at(-1), hides: [factor.name.toLowerCase(), host, host.split('.')[0]] });
    console.log(`the server is up and has its invoices; ${((Date.now() - began) / 1000).toFixed(0)} s`);
    walks.push({ lang: 'en', locale: 'en-US', width: 360, scheme: 'light', scripts: true, judged: true, judgedBefore: true, made: one.pages[0], name: 'one-invoice 360', ...(await both(one)) });
    walks.push(...quiet);
    for (const w of walks) w.last = (verb) => verb === verbs.at(-1).verb; // whose page shows everything that was said
    const chosen = walks.filter((w) => new RegExp(process.env.ONLY ?? '').test(w.name));
    const queue = [...chosen];
    await Promise.all([1, 2, 3].map(async () => {
      for (let w; (w = queue.shift());) {
        const page = await open(browser, server, w);
        await (w.made.confidential ? inConfidence(page, w) : walkThrough(page, w, processor));
        await page.context().close();
      }
    }));
    for (const w of chosen) if (!w.made.confidential || w.talks) await seenByBoth(w);
    for (const width of widths) {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      page.scripts = true;
      watch(page, server.base, `many ${width}`);
      await page.goto(many.pages[0].link);
      await look(page, `many ${width}`, 'en');
      await page.close();
    }
    console.log(`${new Set(verbs.map((v) => v.verb)).size + 3} verbs × ${languages.length} languages × ${widths.length} widths walked; scripts on and off, light and dark`);
    console.log(`${found.states} states looked at; axe ran ${found.axeRuns} times, up to ${found.axeRules} rules passed at once`);
    console.log(`${fs.readdirSync(shots).length} pictures in ${shots}; ${((Date.now() - began) / 1000).toFixed(0)} s`);
  } finally {
    await browser?.close();
    await server.stop();
    processor.stop();
  }
  for (const f of found.faults) console.error('FAULT', f);
  if (found.faults.length) process.exitCode = 1;
}

await main();
