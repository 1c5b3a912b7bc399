// Plays the card processor: it opens pages, each once the walk lets it, and says in news that it signs what was paid there.
import crypto from 'node:crypto';
import http from 'node:http';

export const account = { key: 'sk_test_of_the_walk', webhook_secret: 'whsec_of_the_walk_0123456789abcdef' };

export async function till() {
  const sessions = new Map(); // by the id of our payment
  const session = (card) => {
    if (!sessions.has(card)) {
      const made = { id: `cs_${sessions.size + 1}`, wrong: [] };
      made.let = new Promise((resolve) => { made.open = resolve; });
      sessions.set(card, made);
    }
    return sessions.get(card);
  };

  async function create(request, answer, base) {
    const form = new URLSearchParams(await body(request));
    if (request.headers.authorization !== `Bearer ${account.key}` || !request.headers['stripe-version']) return answer.writeHead(401).end();
    const made = session(form.get('metadata[comity_card]'));
    Object.assign(made, { back: form.get('success_url'), amount: 0, currency: form.get('line_items[0][price_data][currency]') });
    for (let i = 0; form.has(`line_items[${i}][price_data][unit_amount]`); i++) made.amount += Number(form.get(`line_items[${i}][price_data][unit_amount]`));
    await made.let;
    answer.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ id: made.id, object: 'checkout.session', url: `${base}/pay/${made.id}` }));
  }

  const server = http.createServer((request, answer) => {
    const base = `http://${request.headers.host}`;
    if (request.method === 'POST' && request.url === '/v1/checkout/sessions') return create(request, answer, base);
    const made = [...sessions.values()].find((s) => request.url === `/pay/${s.id}`);
    if (!made) return answer.writeHead(404).end();
    if (request.method === 'POST') return answer.writeHead(303, { Location: made.back }).end();
    if (request.headers.referer) made.wrong.push(`the processor is told from where: ${request.headers.referer}`);
    answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<!DOCTYPE html><html lang="en"><title>Till</title><h1>Till</h1><form method="post"><button>Pay</button></form></html>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    open: (card) => session(card).open(),
    wrong: (card) => session(card).wrong,
    // paid tells Comity's address for the factor's news that a payment was made.
    async paid(card, news) {
      const { id, amount, currency } = session(card);
      const object = { id, object: 'checkout.session', amount_total: amount, currency, payment_status: 'paid', payment_intent: `pi_${id}`, metadata: { comity_card: card } };
      const at = Math.floor(Date.now() / 1000);
      const payload = JSON.stringify({
        id: `evt_${id}`, object: 'event', api_version: '2026-02-25.clover', created: at, livemode: false, type: 'checkout.session.completed', data: { object },
      });
      const signature = crypto.createHmac('sha256', account.webhook_secret).update(`${at}.${payload}`).digest('hex');
      const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Stripe-Signature': `t=${at},v1=${signature}` };
      const answer = await fetch(news, { method: 'POST', headers, body: payload });
      if (!answer.ok) throw new Error(`the news are refused: ${answer.status} ${await answer.text()}`);
    },
    stop: () => { server.close(); server.closeAllConnections(); },
  };
}

async function body(request) {
  let all = '';
  for await (const part of request) all += part;
  return all;
}
