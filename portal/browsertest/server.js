// A Comity of its own for one walk: built before, started on free ports and a data folder that is thrown away.
import { spawn, execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

const sockets = ['COMITY_LISTEN', 'COMITY_METRICS', 'COMITY_CATCHER_SMTP', 'COMITY_CATCHER_HTTP'];

// free finds an address for each socket; all are held until the last is found, so that none is found twice.
async function free() {
  const held = await Promise.all(sockets.map(() => new Promise((resolve, reject) => {
    const s = net.createServer();
    s.once('error', reject);
    s.listen(0, '127.0.0.1', () => resolve(s));
  })));
  const found = held.map((s, n) => [sockets[n], `127.0.0.1:${s.address().port}`]);
  await Promise.all(held.map((s) => new Promise((resolve) => s.close(resolve))));
  return Object.fromEntries(found);
}

// up starts the program and waits until it serves.
async function up(env) {
  const name = path.join(env.COMITY_DATA, 'log');
  const log = fs.openSync(name, 'w');
  const server = spawn(path.join(root, 'bin/comity'), ['run'], { env, stdio: ['ignore', log, log] });
  fs.closeSync(log);
  const gone = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await gone;
  };
  for (let tries = 0; ; tries++) {
    if (server.exitCode !== null || tries > 600) {
      await stop();
      throw new Error(`the server did not start:\n${fs.readFileSync(name, 'utf8')}`);
    }
    if (await fetch(`http://${env.COMITY_LISTEN}/readyz`).then((r) => r.ok, () => false)) return stop;
    await pause(100);
  }
}

// upAgain is up, up to three times: whoever else is on this machine may take a port before the server does.
async function upAgain(env, between) {
  for (let tries = 1; ; tries++) {
    try {
      return await up(env);
    } catch (e) {
      if (tries === 3 || !e.message.includes('address already in use')) throw e;
      await between();
    }
  }
}

export async function start() {
  const data = fs.mkdtempSync('/var/tmp/comity-pages-');
  fs.chmodSync(data, 0o755); // the database's own account enters it
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, COMITY_DATA: data, ...await free() };
  const end = () => fs.rmSync(data, { recursive: true, force: true });
  let down = await upAgain(env, async () => Object.assign(env, await free())).catch((e) => { end(); throw e; });
  const base = `http://${env.COMITY_LISTEN}`;
  const stop = async () => {
    await down();
    end();
  };
  // takeCards starts it again with the accounts of factors at a card processor: a factor has no id before.
  const takeCards = async (url, accounts) => {
    await down();
    const file = path.join(data, 'cards.json');
    fs.writeFileSync(file, JSON.stringify(accounts), { mode: 0o600 });
    Object.assign(env, { COMITY_CARDS: file, COMITY_CARDS_URL: url });
    down = await upAgain(env, () => pause(1000)); // its links name its port
  };
  const pages = async (debtors, invoices, confidential = 0) => {
    const made = await run(path.join(root, 'bin/comity'), ['debtor-page', '-debtors', debtors, '-confidential', confidential, '-invoices', invoices].map(String), { env, maxBuffer: 1 << 26 });
    return JSON.parse(made.stdout);
  };
  const operator = () => JSON.parse(fs.readFileSync(path.join(data, 'logins.json'), 'utf8')).find((l) => l.kind === 'platform');
  return { base, pages, stop, operator, takeCards };
}

// neutral signs up somebody who mediates in the world of a join code, and has the operator admit it.
export async function neutral(base, operator, code) {
  const login = { email: `neutral-${crypto.randomUUID().slice(0, 8)}@example.org`, password: crypto.randomUUID() };
  const body = {
    join_code: code, kind: 'mediator', name: 'Fairway Dispute Resolution', legal_type: 'company', country: 'DE', tax_ids: [],
    user_name: 'Owner', user_email: login.email, user_password: login.password,
  };
  const answer = await fetch(`${base}/v1/auth/sign-up`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`sign-up: ${answer.status} ${await answer.text()}`);
  const mediator = await as(base, login);
  const { organization } = await mediator.get('/v1/me');
  await operator.put(`/v1/mediators/${organization.id}`, { body: 'A body', number: 'N-1', valid_until: '2027-12-31', languages: ['en'] });
  return { ...mediator, id: organization.id };
}

// as signs somebody in, and returns what it can read and do over the API.
export async function as(base, login) {
  const call = async (method, url, body, token) => {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(), ...(token && { Authorization: `Bearer ${token}` }) };
    const answer = await fetch(base + url, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  };
  const signIn = async () => (await call('POST', '/v1/auth/token', { email: login.email, password: login.password })).access_token;
  let token = await signIn();
  let since = Date.now();
  const ask = async (method, url, body) => {
    if (Date.now() - since > 600_000) { // a walk on a slow machine outlives a token
      token = await signIn();
      since = Date.now();
    }
    return call(method, url, body, token);
  };
  const get = (url) => ask('GET', url);
  return {
    get,
    post: (url, body) => ask('POST', url, body),
    put: (url, body) => ask('PUT', url, body),
    // timeline returns the kinds of events of a case.
    async timeline(kase) {
      const kinds = new Set();
      for (let after = ''; ;) {
        const list = await get(`/v1/events?limit=200${after}`);
        for (const e of list.data) if (e.case_id === kase) kinds.add(e.kind);
        if (!list.next_cursor) return kinds;
        after = `&cursor=${encodeURIComponent(list.next_cursor)}`;
      }
    },
  };
}
