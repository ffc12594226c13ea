// Checks an auction's end as a stranger would: node proof.mjs URL AUCTION.
// It trusts nobody but the server's published keys: the signed head must be
// the hash that the exported log comes to.

import { createHash } from 'node:crypto';
import { compactVerify, createRemoteJWKSet } from 'jose';

const [url, auction] = process.argv.slice(2);
const sha256 = (...parts) => {
    const hash = createHash('sha256');
    parts.forEach((part) => hash.update(part));
    return hash.digest();
};

const told = await (await fetch(`${url}/api/v1/auctions/${auction}/verify`)).json();
const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
const { payload, protectedHeader } = await compactVerify(told.settled.jws, keys,
    { algorithms: ['RS256'] });
const claims = JSON.parse(new TextDecoder().decode(payload));

const log = await (await fetch(
    `${url}/api/v1/auctions/${auction}/export?what=log`)).text();

let head = Buffer.alloc(32);

for (const line of log.trimEnd().split('\n')) {
    const event = JSON.parse(line);

    if (event.seq > claims.seq) {
        break;
    }

    head = sha256(head, event.public, event.private_hash
        ? Buffer.from(event.private_hash, 'hex') : sha256(''));
}

console.log(JSON.stringify({
    typ: protectedHeader.typ,
    kid: protectedHeader.kid,
    claims,
    same: head.toString('hex') === claims.head
        && claims.auction_id === Number(auction),
}));
