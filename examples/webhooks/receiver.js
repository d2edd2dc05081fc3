/** Takes Emban's webhooks: whoever cannot sign is turned away, what was seen before is acknowledged and no more. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

const { EMBAN_WEBHOOK_SECRET, PORT = '3000' } = process.env;
const webhook = new Webhook(EMBAN_WEBHOOK_SECRET);
const seen = new Set(); // Yours is a table: a message may come again after a restart.
const files = new Set(['application/pdf', 'image/png', 'application/zip']);

/** Throws for what Emban did not send, or sent more than five minutes ago. */
function verify(body, headers) {
  if (!files.has(headers['content-type'])) return webhook.verify(body, headers, { jsonParse: false });
  // The library takes text alone. Of other files it still checks headers and time, with a signature of no text …
  const stamp = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`;
  webhook.verify('', { ...headers, 'webhook-signature': sign(stamp, Buffer.alloc(0)) });
  // … and the file's own signature is computed in the same way, over its bytes.
  const wanted = Buffer.from(sign(stamp, body));
  const same = (one) => one.length === wanted.length && timingSafeEqual(Buffer.from(one), wanted);
  if (!headers['webhook-signature'].split(' ').some(same)) {
    throw new WebhookVerificationError('No matching signature found');
  }
}

/** A signature as the header has it. */
function sign(stamp, body) {
  const key = Buffer.from(EMBAN_WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(stamp).update(body).digest('base64')}`;
}

/** Do what the message is for. */
function handle(body, headers) {
  if ('x-emban-report-id' in headers) {
    console.log(`report ${headers['x-emban-report-id']}: ${body.length} bytes`);
    return;
  }
  const alert = JSON.parse(body);
  console.log(`alert ${alert.alert_id} is ${alert.state}: ${alert.value}`);
}

// Emban waits ten seconds for an answer: what takes longer is done after it.
createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  try {
    verify(body, request.headers);
  } catch (error) {
    response.writeHead(401).end(error.message);
    return;
  }
  const message = request.headers['webhook-id'];
  if (!seen.has(message)) {
    seen.add(message);
    handle(body, request.headers);
  }
  response.writeHead(204).end();
}).listen(Number(PORT), '127.0.0.1');
