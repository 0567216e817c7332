// An authorisation server that nobody here wrote (oidc-provider), in MyCase's clothes, for tests/it/oauth_server.rs.
//
// What is oidc-provider's: the authorize page, codes, the form endpoint /token, rotation of refresh tokens, and that a used
// refresh token which comes again revokes the whole grant with its access tokens. What is ours, because MyCase differs from
// an OpenID provider there, and nothing more:
// - /login_sessions/new adds the scopes that oidc-provider wants and MyCase does not know;
// - the person at the page says yes at once;
// - /tokens takes MyCase's JSON and hands it to /token as the form it stands for; status and body come back untouched;
// - /v1/firm answers whoever brings an access token that oidc-provider knows;
// - /control counts what /tokens was asked for, and loses answers on demand.
// Prints one line with the address when it listens. Ends when its stdin does, so that it never outlives its test.

import http from 'node:http';
import Provider from 'oidc-provider';

const ACCESS_SECONDS = Number(process.env.ACCESS_SECONDS ?? 60);
const CLIENT = { client_id: 'casebridge', client_secret: 'a-secret-that-is-only-for-tests' };
const REDIRECT = 'http://127.0.0.1:8766/callback';

const control = { exchanges: 0, refreshes: 0, lose: 0 };

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const base = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(base, {
  clients: [{
    ...CLIENT,
    application_type: 'native',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  cookies: { keys: ['only-for-tests'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (_context, interaction) => `/person/${interaction.uid}` },
  pkce: { required: () => false },
  rotateRefreshToken: true,
  scopes: ['openid', 'offline_access'],
  ttl: { AccessToken: ACCESS_SECONDS, AuthorizationCode: 60, Grant: 1209600, IdToken: 60, Interaction: 60, RefreshToken: 1209600, Session: 600 },
});
const theirs = provider.callback();

async function answer(request, response) {
  const url = new URL(request.url, base);
  if (url.pathname === '/login_sessions/new') {
    url.searchParams.set('scope', 'openid offline_access');
    url.searchParams.set('prompt', 'consent');
    response.writeHead(302, { location: `/auth?${url.searchParams}` }).end();
  } else if (url.pathname.startsWith('/person/')) {
    await sayYes(request, response);
  } else if (url.pathname === '/tokens') {
    await tokens(request, response);
  } else if (url.pathname === '/v1/firm') {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const known = token && await provider.AccessToken.find(token);
    json(response, known ? 200 : 401, known ? { name: 'Harlow & Pike', url: 'https://harlowpike.mycase.com' } : { error: 'invalid_token' });
  } else if (url.pathname === '/control') {
    control.lose = Number(url.searchParams.get('lose') ?? control.lose);
    json(response, 200, control);
  } else {
    theirs(request, response);
  }
}

async function sayYes(request, response) {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'person' } });
  }
  const grant = new provider.Grant({ accountId: 'person', clientId: params.client_id });
  grant.addOIDCScope('openid offline_access');
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

async function tokens(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const asked = JSON.parse(Buffer.concat(chunks).toString());
  control[asked.grant_type === 'refresh_token' ? 'refreshes' : 'exchanges'] += 1;
  const form = await fetch(`${base}/token`, { method: 'POST', body: new URLSearchParams(asked) });
  const body = await form.text();
  if (control.lose > 0) {
    control.lose -= 1;
    request.socket.destroy();
    return;
  }
  response.writeHead(form.status, { 'content-type': form.headers.get('content-type') ?? 'application/json' }).end(body);
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
console.log(JSON.stringify({ base, redirect_uri: REDIRECT, ...CLIENT }));
