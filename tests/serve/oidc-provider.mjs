// The walk of oidc-provider.sh: arguments are the program and a folder of runs.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [program, runs] = process.argv.slice(2);

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const jwk = (type, options, id) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  kid: id,
  use: 'sig',
});

const GROUPS = { operator: ['v6-operators'], health: ['health'], stranger: ['others'] };

/** The provider, with one client as the case says. */
async function startProvider(base, client, idTokenHasClaims) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'v6ready',
      redirect_uris: [`${base}/login/oidc/callback`],
      post_logout_redirect_uris: [`${base}/login`],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      ...client,
    }],
    jwks: { keys: [jwk('rsa', { modulusLength: 2048 }, 'r'), jwk('ec', { namedCurve: 'P-256' }, 'e')] },
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    conformIdTokenClaims: !idTokenHasClaims,
    cookies: { keys: ['only for this walk'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: `${id}@example.gov.vn`, groups: GROUPS[id] }),
    }),
  });
  const server = createServer(provider.callback());
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return { issuer, server };
}

async function startDaemon(base, issuer, secret, at) {
  writeFileSync(`${at}.yaml`, `serve:
  listen: "${new URL(base).host}"
  base_url: ${base}/
  oidc:
    title: the portal
    issuer: ${issuer}
    client_id: v6ready
${secret ? `    client_secret: ${secret}\n` : ''}    groups:
      - {group: v6-operators, role: operator}
      - {group: health, role: viewer}
`);
  const daemon = spawn(program, ['--db', 'v6ready.db', '--config', `${at}.yaml`, 'serve'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  daemon.stderr.on('data', (text) => { log += text; });
  for (let tries = 0; tries < 300; tries += 1) {
    const ready = await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);
    if (ready) return { daemon, log: () => log };
    await new Promise((done) => setTimeout(done, 200));
  }
  daemon.kill();
  throw new Error(`the daemon isn't ready:\n${log}`);
}

/** A browser without script: cookies by origin and path, redirects followed one by one. */
class Browser {
  cookies = new Map();

  async ask(url, form) {
    let [target, body] = [new URL(url), form];
    for (let hops = 0; hops < 20; hops += 1) {
      const own = [...this.cookies.values()].filter((cookie) => cookie.origin === target.origin && target.pathname.startsWith(cookie.path));
      const headers = { cookie: own.map(({ name, value }) => `${name}=${value}`).join('; ') };
      const answer = await fetch(target, {
        redirect: 'manual',
        headers: body ? { ...headers, 'content-type': 'application/x-www-form-urlencoded', origin: target.origin } : headers,
        ...(body && { method: 'POST', body: new URLSearchParams(body).toString() }),
      });
      for (const line of answer.headers.getSetCookie()) {
        const [pair, ...attributes] = line.split(';').map((part) => part.trim());
        const name = pair.slice(0, pair.indexOf('='));
        const path = attributes.find((part) => part.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
        const isGone = attributes.some((part) => /^max-age=0$|^expires=.*1970/i.test(part));
        const key = `${target.origin} ${path} ${name}`;
        if (isGone) this.cookies.delete(key);
        else this.cookies.set(key, { origin: target.origin, path, name, value: pair.slice(name.length + 1) });
      }
      if (answer.status < 300 || answer.status > 399) {
        return { url: target, status: answer.status, text: await answer.text() };
      }
      [target, body] = [new URL(answer.headers.get('location'), target), undefined];
    }
    throw new Error(`${url}: redirects without end`);
  }

  /** Sends the form of a page whose action contains a text. */
  async submit(page, action, fields) {
    const forms = [...page.text.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
    const form = forms.find(([, target]) => target.includes(action));
    assert(form, `no form to ${action} at ${page.url}:\n${page.text}`);
    const hidden = Object.fromEntries([...form[2].matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)?.[1], /value="([^"]*)"/.exec(input)?.[1] ?? '',
    ]));
    return this.ask(new URL(form[1], page.url), { ...hidden, ...fields });
  }

  /** Through the provider's two pages. */
  async logIn(base, user, next = '/') {
    let page = await this.ask(`${base}/login/oidc?next=${encodeURIComponent(next)}`);
    page = await this.submit(page, '/interaction/', { login: user, password: 'any' });
    return page.text.includes('value="consent"') ? this.submit(page, '/interaction/', {}) : page;
  }
}

for (const name of readdirSync(runs)) {
  execFileSync(program, ['--quiet', '--db', 'v6ready.db', 'runs', 'import', `${runs}/${name}`]);
}
const CASES = {
  'public client, RS256, claims at the user-info endpoint': [{ token_endpoint_auth_method: 'none' }, false],
  'secret by Basic, RS256, claims in the token': [{ client_secret: 'a-secret-of-this-walk' }, true],
  'secret by Basic, ES256': [{ client_secret: 'a-secret-of-this-walk', id_token_signed_response_alg: 'ES256' }, false],
};
let count = 0;
for (const [title, [client, inToken]] of Object.entries(CASES)) {
  count += 1;
  const base = `http://127.0.0.1:${await freePort()}`;
  const { issuer, server } = await startProvider(base, client, inToken);
  const { daemon, log } = await startDaemon(base, issuer, client.client_secret, `case-${count}`);
  try {
    const refused = await new Browser().ask(`${base}/services`);
    assert.equal(refused.url.pathname, '/login', 'nothing is shown without a log-in');

    const browser = new Browser();
    const page = await browser.logIn(base, 'operator', '/services');
    assert.equal(page.url.href, `${base}/services`, `the log-in ends where it began\n${page.text}\n${log()}`);
    assert(page.text.includes('operator@example.gov.vn'), 'the page names the user');
    assert.equal((await browser.ask(`${base}/runs`)).status, 200);

    const viewer = new Browser();
    assert((await viewer.logIn(base, 'health')).text.includes('health@example.gov.vn'));

    const stranger = await new Browser().logIn(base, 'stranger');
    assert.equal(stranger.status, 403, `in no group: ${stranger.status}`);
    assert(!stranger.text.includes('href="/log-out'), 'and in no session');

    // Somebody who goes back at the provider.
    const undecided = new Browser();
    const form = await undecided.ask(`${base}/login/oidc`);
    const abort = /href="([^"]*\/abort)"/.exec(form.text)[1];
    const back = await undecided.ask(new URL(abort, form.url));
    assert(back.url.href.startsWith(base) && back.status >= 400, `${back.url} ${back.status}`);

    // A code from elsewhere, or a second time.
    const forged = await new Browser().ask(`${base}/login/oidc/callback?code=x&state=y&iss=${encodeURIComponent(issuer)}`);
    assert(forged.status >= 400 && forged.status < 500, `${forged.status}`);

    // The page leads on to the provider by a link, whose own page asks once more.
    const here = await browser.submit(page, 'logout', {});
    const link = /href="([^"]*id_token_hint[^"]*)"/.exec(here.text)?.[1].replaceAll(/&amp;|&#38;/g, '&');
    assert(link?.startsWith(issuer), `no way to the provider's log-out:\n${here.text}`);
    const out = await browser.ask(link);
    const confirmed = await browser.submit(out, '/session/end/confirm', { logout: 'yes' });
    assert.equal(confirmed.url.href.split('?')[0], `${base}/login`, `the log-out ends at our page: ${confirmed.url}`);
    assert.equal((await browser.ask(`${base}/services`)).url.pathname, '/login');
    console.log(`${title}: as it should be`);
  } catch (error) {
    console.error(log());
    throw error;
  } finally {
    daemon.kill();
    server.closeAllConnections();
    server.close();
  }
}
